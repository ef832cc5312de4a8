"""Recovery drills: something is broken on purpose in a rehearsal, and it is measured how long every
room takes to be there again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Literal, Protocol

from msgspec import Struct

from vicon.ports import Clock

Kind = Literal["cut", "ice", "worker", "server"]
KINDS: tuple[Kind, ...] = ("cut", "ice", "worker", "server")
"""A room's line is dead for CUT_S; another path is sought for media; the media worker is killed;
the server is killed and started again."""
CUT_S = 8.0
LOOK_S = 0.1
QUIET_S = 2.0
"""A room that was there for so long is back."""
LONGEST_S = 60.0
GOOD_S = 15.0
"""Longer is told as a fault."""


class Subject(Protocol):
    """A room's device."""

    def missing(self) -> str:
        """What is not as it should be; empty: it sends and receives."""
        ...

    def hold(self, on: bool) -> None:
        """Its line is dead, or is mended."""
        ...

    async def seek(self) -> None:
        """Look for another path for its media."""
        ...


class Recovery(Struct, frozen=True, kw_only=True):
    """`seconds` from the moment from which it could come back; None: it did not within LONGEST_S,
    and `missing` says what is missing."""

    kind: Kind
    room: str
    seconds: float | None
    missing: str = ""

    @property
    def good(self) -> bool:
        return self.seconds is not None and self.seconds <= GOOD_S


class Wrecker(Protocol):
    """Ends processes. Each raises SpokenError if that cannot be done here."""

    async def worker(self) -> None: ...

    async def server(self) -> None:
        """Killed, and started again by whoever does that."""
        ...


class Drill:
    """`tell` gets what begins, and every recovery as it is known."""

    def __init__(
        self,
        rooms: Mapping[str, Subject],
        wrecker: Wrecker,
        clock: Clock,
        tell: Callable[[Kind | Recovery], None],
    ) -> None:
        self._rooms, self._wrecker, self._clock, self._tell = rooms, wrecker, clock, tell
        self._bad: dict[str, tuple[float, str]] = {}
        self._acts: dict[Kind, Callable[[], Awaitable[float]]] = {
            "cut": self._cut,
            "ice": self._ice,
            "worker": self._worker,
            "server": self._server,
        }

    async def ready(self, wait_s: float = LONGEST_S) -> dict[str, str]:
        """Wait until all rooms are there; those that are not, and what they lack."""
        looking = asyncio.create_task(self._look(), name="drill-look")
        try:
            await self._settled(self._clock.monotonic(), wait_s)
        finally:
            await _ended(looking)
        return self._away()

    async def run(self, kinds: Sequence[Kind]) -> list[Recovery]:
        """One after the other. Raises SpokenError."""
        found: list[Recovery] = []
        for kind in kinds:
            self._tell(kind)
            looking = asyncio.create_task(self._look(), name="drill-look")
            try:
                since = await self._acts[kind]()
                await self._settled(since, LONGEST_S)
            finally:
                await _ended(looking)
            for room, recovery in self._told(kind, since).items():
                self._tell(recovery)
                found.append(recovery)
                self._bad.pop(room, None)
        return found

    def _told(self, kind: Kind, since: float) -> dict[str, Recovery]:
        away = self._away()
        return {
            room: Recovery(
                kind=kind,
                room=room,
                seconds=None if room in away else self._seconds(room, since),
                missing=away.get(room, ""),
            )
            for room in self._rooms
        }

    def _seconds(self, room: str, since: float) -> float:
        at, _ = self._bad.get(room, (since, ""))
        return round(max(0.0, at - since), 1)

    # --- breaking -------------------------------------------------------------------------------

    async def _cut(self) -> float:
        for subject in self._rooms.values():
            subject.hold(True)
        try:
            await self._clock.sleep(CUT_S)
        finally:
            for subject in self._rooms.values():
                subject.hold(False)
        return self._clock.monotonic()

    async def _ice(self) -> float:
        began = self._clock.monotonic()
        await asyncio.gather(*(subject.seek() for subject in self._rooms.values()))
        return began

    async def _worker(self) -> float:
        began = self._clock.monotonic()
        await self._wrecker.worker()
        return began

    async def _server(self) -> float:
        began = self._clock.monotonic()
        await self._wrecker.server()
        return began

    # --- looking --------------------------------------------------------------------------------

    async def _look(self) -> None:
        while True:
            now = self._clock.monotonic()
            for room, subject in self._rooms.items():
                if why := subject.missing():
                    self._bad[room] = (now, why)
            await self._clock.sleep(LOOK_S)

    async def _settled(self, since: float, wait_s: float) -> None:
        """Until all rooms were there for a while, at most `wait_s`."""
        end = self._clock.monotonic() + wait_s
        while self._clock.monotonic() < end:
            last = max([since, *(at for at, _ in self._bad.values())])
            if self._clock.monotonic() - last > QUIET_S:
                return
            await self._clock.sleep(LOOK_S)

    def _away(self) -> dict[str, str]:
        now = self._clock.monotonic()
        return {room: why for room, (at, why) in self._bad.items() if now - at <= QUIET_S}


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
