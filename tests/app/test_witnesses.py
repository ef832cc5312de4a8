"""A server that asks its halls whether it may go on alone, through the real wire."""

from __future__ import annotations

import random
from contextlib import AsyncExitStack

from msgspec.structs import replace

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.e2e.until import until
from vicon import config
from vicon.compose import Listener, Server, running
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.pair.witnesses import Council

HALLS = ("64.01", "64.02", "64.03", "64.07")


async def entered(
    stack: AsyncExitStack, server: Server, role: str, room: str | None, life: str | None
) -> Client:
    link = next(one for one in server.links if one.role == role and room in (None, one.room))
    client = Client(*parse_link(link.url), rng=random.Random(1), life=life)
    await stack.enter_async_context(client)
    await client.ready(10)
    return client


async def test_halls_pages_say_one_thing_and_others_wait_elsewhere(home: DataDir) -> None:
    settings = config.load(config.example())
    inside = replace(settings, media=replace(settings.media, workers=0))
    where = [Listener(host="127.0.0.1", port=0)]
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(running(inside, home, SystemClock(), where))
        first = server.first
        moderator = await entered(stack, server, "moderator", None, "moderatorlife")
        halls = [
            await entered(stack, server, "operator", room, f"life-{room.replace('.', '-')}")
            for room in HALLS
        ]
        silent = await entered(stack, server, "operator", "64.08", None)
        for hall in (*halls, silent, moderator):
            await hall.command(m.RoomJoin())
        phone = await entered(stack, server, "operator", HALLS[0], "life-of-a-phone")
        await phone.command(m.RoomJoin(kind="companion"))
        members = first.halls.here()
        assert len(members) == len(HALLS), "cameras of halls alone, and each with a life"
        assert {one.partition(".")[2] for one in members} == {
            f"life-{room.replace('.', '-')}" for room in HALLS
        }

        first.halls.councils.name(Council(id="k1", members=members))
        first.halls.ask(Council(id="k1", members=members))

        async def carried() -> bool:
            return not first.halls.councils.asking

        await until(carried, bool, 5, "more than half have said so", every=0.02)

        first.halls.councils.name(Council(id="k2", members=members))
        calm = first.halls.calm
        first.halls.calm = lambda: None  # type: ignore[method-assign]  # no standby speaks here
        first.halls._asking_since = first._clock.monotonic() - 60
        few = first.frozen_but()
        assert few == members
        first.halls.send_on(few)
        await until(lambda: _reason(moderator), lambda why: why == "asking_other", 5, "it looks on")
        await until(lambda: _reason(silent), lambda why: why == "asking_other", 5, "so does this")
        assert all(hall.connected for hall in halls)
        first.halls.councils.release()
        first.halls._asking_since = None
        first.halls.calm = calm  # type: ignore[method-assign]
        await moderator.until(lambda _view: moderator.connected, 10)


async def _reason(client: Client) -> str:
    return client.failure
