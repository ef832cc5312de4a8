"""A first server's journal, trials and line, and a standby that follows it, in one process: the
real parts, with real files, WebSocket and SQLite."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from aiohttp import web
from msgspec.structs import replace

from tests.e2e.until import until
from vicon.listeners import Listener, listen
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir, write_private
from vicon.pair.copy import Copy
from vicon.pair.feed import Feed
from vicon.pair.first import First
from vicon.pair.follow import Follower, Own
from vicon.pair.reach import trust
from vicon.pair.record import Fences, Record, make_key, new_record, read_record
from vicon.pair.rules import StandbyRules
from vicon.store.sqlite import SqliteJournal
from vicon.store.trials import SqliteTrials
from vicon.web.crowd import Bounds

KEY = b"k" * 32
BOUNDS = Bounds(body_s=0.3, answer_s=0.6)
"""The edge's own, but for the times of an answer."""


class FastClock(SystemClock):
    """Its seconds pass `pace` times as fast; what waits by the event loop's does not."""

    pace = 1.0

    def monotonic(self) -> float:
        return super().monotonic() * self.pace


class FirstHouse:
    def __init__(
        self, home: DataDir, journal: SqliteJournal, trials: SqliteTrials, clock: FastClock
    ) -> None:
        self.home, self.journal, self.trials, self.clock = home, journal, trials, clock
        self.first = First(home, new_record(clock.now()), clock, Fences(KEY), "")
        self.feed = Feed(home, self.first, trials, clock, lambda: ["one.example"])
        self.first.end_line = self.feed.close
        journal.mirror = self.first
        self.app = web.Application()
        self.app.add_routes(self.feed.routes())
        self.url = ""
        self._open = AsyncExitStack()

    async def listen(self) -> None:
        where = [Listener(host="127.0.0.1", port=0)]
        (self.url,) = await listen(self._open, self.app, where, BOUNDS)

    async def again(self) -> None:
        """Another application on the same port."""
        port = int(self.url.rpartition(":")[2])
        await self._open.aclose()
        where = [Listener(host="127.0.0.1", port=port)]
        await listen(self._open, self.app, where, BOUNDS)

    async def close(self) -> None:
        """As a server that is stopped, or one that dies: its port refuses then."""
        await self.first.close()
        await self._open.aclose()

    @property
    def record(self) -> Record:
        found = read_record(self.home)
        assert found is not None
        return found


@asynccontextmanager
async def first_house(folder: Path) -> AsyncIterator[FirstHouse]:
    with DataDir.claim(folder) as home:
        write_private(home.key, KEY)
        make_key(home)
        journal, trials = await SqliteJournal.open(home), await SqliteTrials.open(home)
        house = FirstHouse(home, journal, trials, FastClock())
        await house.listen()
        watching = asyncio.create_task(house.first.run())
        try:
            yield house
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            await house.close()
            await journal.close()
            await trials.close()


@asynccontextmanager
async def standby_of(
    house: FirstHouse, folder: Path, key: str = "", takeover_s: float = 3.0
) -> AsyncIterator[Follower]:
    with DataDir.claim(folder) as home:
        copy = await Copy.open(home, SystemClock())
        record = read_record(home) or replace(new_record(SystemClock().now()), part="standby")
        follower = Follower(
            home,
            copy,
            record,
            StandbyRules(takeover_s),
            SystemClock(),
            house.url,
            key or make_key(house.home),
            lambda: trust(home, None),
            Own(url="https://two.example:8443", hosts=["two.example"]),
            automatic=takeover_s > 0,
        )
        running = asyncio.create_task(follower.run())
        try:
            yield follower
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await copy.close()


async def synced(house: FirstHouse) -> None:
    async def right() -> bool:
        return house.first.rules.right

    await until(right, bool, 10, "the standby has everything, and the right", every=0.02)
