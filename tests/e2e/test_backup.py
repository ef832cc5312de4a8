"""A backup of a server that is being used: what was acknowledged before is in it, nobody notices,
and a server that is restored from it goes on."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
from collections import defaultdict
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.e2e.service import Link, Service, run

pytestmark = pytest.mark.patient

PAUSE_S = 0.1
"""Between an operator's acts: below the server's limit of a connection."""
BACKUPS = 3


class Counting:
    """Operators of all rooms who count, each act after the last was acknowledged."""

    def __init__(self) -> None:
        self.acknowledged: dict[str, list[int]] = defaultdict(list)
        """By room, in their order."""

    @property
    def acts(self) -> int:
        return sum(map(len, self.acknowledged.values()))

    async def one(self, client: Client, link: Link) -> None:
        assert link.room
        for number in itertools.cycle(range(1, 13)):
            await client.command(m.CountSet(room=link.room, value=number), timeout=30)
            self.acknowledged[link.room].append(number)
            await asyncio.sleep(PAUSE_S)


async def _tallies(data: Path) -> dict[str, list[int]]:
    lines = (await run("journal", "show", "--json", "--data", str(data))).splitlines()
    events = [json.loads(line)["event"] for line in lines]
    tallies: dict[str, list[int]] = defaultdict(list)
    for event in events:
        if event["type"] == "tally_changed":
            tallies[event["room"]].append(event["tally"])
    return tallies


@pytest.mark.timeout(120)
async def test_a_backup_under_acts(service: Service, tmp_path: Path) -> None:
    counting, links = Counting(), service.operators()
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(Client(*parse_link(one.url), rng=random.Random(n)))
            for n, one in enumerate(links)
        ]
        await asyncio.gather(*(client.ready(timeout=30) for client in clients))
        acts = [
            asyncio.create_task(counting.one(client, link))
            for client, link in zip(clients, links, strict=True)
        ]
        for number in range(BACKUPS):
            async with asyncio.timeout(30):
                while counting.acts < 30 * (number + 1):
                    await asyncio.sleep(0.05)
            before = {room: list(kept) for room, kept in counting.acknowledged.items()}
            out = tmp_path / f"{number}.vicon"
            await run("backup", "--data", str(service.data), "--out", str(out))
            await run("backup", "verify", str(out))
            place = tmp_path / f"second{number}"
            place.mkdir()
            await run("restore", str(out), "--data", str(place / "data"))
            found = await _tallies(place / "data")
            assert before == {room: found[room][: len(kept)] for room, kept in before.items()}
            await run("journal", "verify", "--data", str(place / "data"))
        ended = [task for task in acts if task.done()]
        assert not ended, "an operator was disturbed"
        for task in acts:
            task.cancel()
        await asyncio.gather(*acts, return_exceptions=True)
    await service.stop()

    again = Service(tmp_path / f"second{BACKUPS - 1}", fresh=True)
    await again.start()
    try:
        assert [one.token for one in again.operators()] == [one.token for one in links]
        moderator = again.link("moderator")
        async with Client(*parse_link(moderator.url), rng=random.Random(0)) as client:
            view = await client.ready(timeout=10)
            counts = {room.code: room.count for room in view.rooms}
            assert {room: counts[room] for room in found} == {
                room: tallies[-1] for room, tallies in found.items()
            }
            await client.command(m.CountSet(room="64.02", value=0), timeout=10)
    finally:
        await again.stop()
    assert (await _tallies(again.data))["64.02"] == [*found["64.02"], 0]
    await run("journal", "verify", "--data", str(again.data))


async def test_a_running_server_keeps_its_folder(service: Service, tmp_path: Path) -> None:
    out = tmp_path / "one.vicon"
    await run("backup", "--data", str(service.data), "--out", str(out))
    await run("restore", str(out), "--data", str(service.data), expect=3)
    await run("purge", "--data", str(service.data), "--dry-run", "--days", "0")
    assert await service.stop() == 0
