"""Twenty phones race for the last places of one hall, and the server is cut off in the middle."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from tests.e2e.service import Service, run
from vicon.ops.data import DataDir
from vicon.ops.links import read_door_links

pytestmark = pytest.mark.patient

ROOM, LIMIT = "64.02", 12
PHONES, EACH = 20, 10
BEFORE_THE_CUT = 60
"""Answers."""
PATIENCE_S = 40.0


@dataclass
class Rush:
    door: str
    answers: int = 0
    half: asyncio.Event = field(default_factory=asyncio.Event)
    entered: Counter[str] = field(default_factory=Counter)
    """Comings that were acknowledged, by the entry's id."""
    left: Counter[str] = field(default_factory=Counter)
    refused: int = 0

    def answered(self) -> None:
        self.answers += 1
        if self.answers >= BEFORE_THE_CUT:
            self.half.set()


class Phone:
    """Sends the same again until it is answered, as the page's script does."""

    def __init__(self, rush: Rush, number: int) -> None:
        self._rush, self._number = rush, number
        self._rng = random.Random(number)
        # Each from an address of its own, as phones on mobile data are.
        connector = aiohttp.TCPConnector(local_addr=(f"127.0.0.{10 + number}", 0))
        self._session = aiohttp.ClientSession(
            connector=connector, timeout=aiohttp.ClientTimeout(total=5)
        )

    async def queue(self) -> None:
        """Ten persons, one after the other; most do not stay long."""
        async with self._session:
            for count in range(EACH):
                await self._person(f"{self._number:02}-{count:02}-".ljust(24, "x"))

    async def _person(self, person: str) -> None:
        body = {"person": person, "name": f"Tamu {person}", "role": "KPU", "visit": 1}
        # Two taps: both are sent, at the same time.
        first, second = await asyncio.gather(
            self._send("entries", body), self._send("entries", body)
        )
        assert first == second or {first, second} <= {"masuk", "room_full"}
        if "masuk" not in (first, second):
            self._rush.refused += 1
            return
        self._rush.entered[person] = 1
        if self._rng.random() < 0.75:
            assert await self._send(f"entries/{person}/leave", {"visit": 1}) == "keluar"
            self._rush.left[person] = 1

    async def _send(self, path: str, body: dict[str, Any]) -> str:
        """The state it led to, or why it was refused."""
        while True:
            try:
                answer = await self._session.post(f"{self._rush.door}/{path}", json=body)
                told = await answer.json()
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(0.1 + 0.2 * self._rng.random())
                continue
            if answer.status != 200 and told["said"]["again"]:
                await asyncio.sleep(0.1 + 0.2 * self._rng.random())
                continue
            self._rush.answered()
            return str(told["state"] if answer.status == 200 else told["said"]["code"])


def happened(lines: str) -> Iterator[tuple[str, str]]:
    """What and who, of this hall, in the journal's order."""
    for line in lines.splitlines():
        event = json.loads(line)["event"]
        if event.get("room") == ROOM and event["type"] in ("attendee_entered", "attendee_left"):
            yield event["type"], event["person"]


@pytest.mark.timeout(60)
async def test_two_hundred_checkins_never_above_the_limit_none_twice_none_lost(
    service: Service,
) -> None:
    links = read_door_links(DataDir(service.data))
    rush = Rush(next(link.url for link in links if link.room == ROOM))
    async with asyncio.timeout(PATIENCE_S):
        phones = [asyncio.create_task(Phone(rush, number).queue()) for number in range(PHONES)]
        await rush.half.wait()
        await service.kill()
        await service.start()
        await asyncio.gather(*phones)
    assert rush.entered.total() + rush.refused == PHONES * EACH
    assert rush.refused, "there were more than places"

    await service.stop()
    await run("journal", "verify", "--data", str(service.data))
    here: set[str] = set()
    entered, left = Counter[str](), Counter[str]()
    for what, person in happened(await run("journal", "export", "--data", str(service.data))):
        if what == "attendee_entered":
            assert person not in here
            here.add(person)
            entered[person] += 1
        else:
            here.remove(person)
            left[person] += 1
        assert len(here) <= LIMIT
    assert entered == rush.entered, "whoever was told so came in, once, and nobody else"
    assert left == rush.left
