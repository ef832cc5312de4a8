"""Watches what presses the server, and tells every conference what gives way."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence

import structlog

from vicon.app.actor import Done
from vicon.app.gateway import Hall
from vicon.core import commands as do
from vicon.core.commands_server import NoteClock, NotePressure
from vicon.core.pressure import NORMAL, Gauge, Signs, step
from vicon.ops.checks import Checks
from vicon.ops.clock import Jump
from vicon.ops.words import SpokenError, Words
from vicon.ports import Clock, Journal, JournalError, MediaLoad

LOOK_S = 1.0
BEAT_S, BEATS = 0.25, 8
"""How often it is looked whether this process comes late, and over how many times."""
PROBE_S, PROBE_SOON_S = 30.0, 2.0
"""How often a write is tried, and while writing fails."""
JUMPS = 8
"""Of the clock, that are remembered while nothing can be recorded."""
log = structlog.get_logger("vicon.pressure")


class Watch:
    """`run` until it is cancelled. `load` and `descriptors` may not know (None); `look_at_clock`:
    see ops.clock.SteadyClock.look."""

    def __init__(
        self,
        halls: Mapping[str, Hall],
        journal: Journal,
        clock: Clock,
        checks: Checks,
        *,
        load: Callable[[], MediaLoad | None],
        descriptors: Callable[[], int | None],
        look_at_clock: Callable[[bool], Jump | None],
    ) -> None:
        self._halls, self._journal, self._clock, self._checks = halls, journal, clock, checks
        self._load, self._descriptors = load, descriptors
        self._look_at_clock = look_at_clock
        self._late: deque[float] = deque(maxlen=BEATS)
        self._jumps: deque[Jump] = deque(maxlen=JUMPS)
        """That no conference has been told of."""
        self._probe_at = float("-inf")
        self.gauge = Gauge()
        self.unwritable: Words | None = None
        """Why the journal takes nothing; None: it does."""

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._beat(), name="pressure beat")
            tasks.create_task(self._watch(), name="pressure watch")

    async def _beat(self) -> None:
        while True:
            before = self._clock.monotonic()
            await self._clock.sleep(BEAT_S)
            self._late.append(max(0.0, self._clock.monotonic() - before - BEAT_S))

    async def _watch(self) -> None:
        while True:
            await self._clock.sleep(LOOK_S)
            await self.look()

    async def look(self) -> None:
        """Once: what presses, what gives way, the clock, the journal; and the desks are told."""
        self.gauge = step(self.gauge, self._signs(), self._clock.monotonic())
        here = any(hall.actor.state.devices for hall in self._halls.values())
        jump = self._look_at_clock(not here)
        if jump is not None:
            log.warning("x clock", jumped_ms=jump.by_ms, followed=jump.followed)
            self._jumps.append(jump)
        if self.unwritable is None:
            jumps, self._jumps = tuple(self._jumps), deque(maxlen=JUMPS)
            halls = list(self._halls.values())
            await asyncio.gather(*(self._tell(hall, jumps) for hall in halls))
        await self._probe()
        found = await self._checks.look()
        for hall in list(self._halls.values()):
            hall.server.take(found, self._clock.now())

    def _signs(self) -> Signs:
        load = self._load() or MediaLoad()
        late = 1000 * sum(self._late) / len(self._late) if self._late else None
        return Signs(
            media_cpu=load.cpu,
            media_late_ms=load.late_ms,
            server_late_ms=late,
            descriptors_free=self._descriptors(),
        )

    async def _tell(self, hall: Hall, jumps: Sequence[Jump]) -> None:
        """A level that cannot be recorded is told again the next time."""
        state, gauge = hall.actor.state, self.gauge
        if state.archived or state.phase not in ("lobby", "live"):
            return
        known = state.pressure
        if (known.level, known.why) != (gauge.level, gauge.why) and (
            state.devices or known.level != NORMAL
        ):
            note = NotePressure(level=gauge.level, why=gauge.why)
            if isinstance(await hall.actor.submit(do.SYSTEM, note), Done):
                words = {"level": gauge.level, "why": gauge.why}
                log.warning("- pressure", conference=state.plan.id, **words)
        for jump in jumps:
            noted = NoteClock(by_ms=jump.by_ms, followed=jump.followed)
            await hall.actor.submit(do.SYSTEM, noted)

    async def _probe(self) -> None:
        actors = [hall.actor for hall in self._halls.values()]
        failing = self.unwritable is not None or any(actor.failing for actor in actors)
        now = self._clock.monotonic()
        if now - self._probe_at < (PROBE_SOON_S if failing else PROBE_S):
            return
        self._probe_at = now
        try:
            await self._journal.probe()
            for actor in actors:
                await actor.recover()
        except JournalError as error:
            if self.unwritable is None:
                log.error("x journal", why=str(error))
            said = Words(str(error), str(error))
            self.unwritable = error.words if isinstance(error, SpokenError) else said
            return
        if failing:
            log.warning("- journal", why="it can be written again")
        self.unwritable = None
