"""Fifty phones at one hall's door at the same moment."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import AsyncExitStack

import pytest

from signaling import messages as m
from signaling.client import Client, CommandRefused, parse_link
from tests.e2e.service import Service, run

pytestmark = pytest.mark.patient

ROOM = "64.02"
RUSH = 50


async def _enter(client: Client) -> tuple[str, str]:
    """How it ended, and what the person read."""
    try:
        await client.command(m.RoomJoin(kind="companion"), timeout=30)
    except CommandRefused as refused:
        return refused.code, refused.text.id
    return "joined", ""


@pytest.mark.timeout(60)
async def test_the_hall_holds_twelve_and_no_more(service: Service) -> None:
    url, token = parse_link(service.link("operator", ROOM).url)
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(Client(url, token, rng=random.Random(number)))
            for number in range(RUSH)
        ]
        await asyncio.gather(*(client.ready(timeout=30) for client in clients))
        outcome = await asyncio.gather(*(_enter(client) for client in clients))
        assert Counter(code for code, _ in outcome) == {"joined": 12, "room_full": RUSH - 12}
        assert all("12" in said for code, said in outcome if code == "room_full")

        moderator = await stack.enter_async_context(
            Client(*parse_link(service.link("moderator").url), rng=random.Random(0))
        )
        view = await moderator.ready(timeout=10)
        room = next(one for one in view.rooms if one.code == ROOM)
        assert (room.count, room.count_state) == (12, "full")
        assert len(room.devices) == 12
    await service.stop()
    await run("journal", "verify", "--data", str(service.data))
