"""Filling a line, down and then up: the doing of the capacity step."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from signaling import messages as wire
from vicon.measure.report import LoadReport
from vicon.measure.run import Words
from vicon.trial import turn
from vicon.trial.legs import CALL, CALL_S, LOAD, Legs
from vicon.trial.seen import Seen
from vicon.trial.station import ASK_S, Line
from vicon.trial.tools import Tools

CEILING_KBPS, LIVE_CEILING_KBPS = 5200, 1000
LOAD_S, LOAD_UP_S, RAMP_S, DRAIN_S = 5.0, 6.0, 1.5, 1.5
PROGRAM_LOAD_S = 9.0
TURN_S = 600.0
"""The longest wait for other runs that fill their lines."""


class Loads:
    def __init__(
        self,
        tools: Tools,
        line: Line,
        legs: Legs,
        seen: Seen,
        conference: str,
        run: str,
        *,
        live: Callable[[], bool],
        show: Callable[[float | None, Words | None], None],
        delayed: Callable[[float], None],
    ) -> None:
        """`delayed`: the run may last so many seconds more (less, when negative)."""
        self._tools, self._line, self._legs, self._seen = tools, line, legs, seen
        self._engine, self._clock = tools.engine, tools.clock
        self._conference, self._run = conference, run
        self._live, self._show, self._delayed = live, show, delayed
        self._load_up: asyncio.Task[LoadReport] | None = None

    async def run(self) -> None:
        """With the call open. What could not be measured stays None. Raises as a step does."""
        if not await self._take_turn():
            return
        try:
            await self._fill()
        finally:
            self._tools.load_turn.release()

    def opened(self) -> None:
        """The station's load begins to come."""
        if self._load_up is None:
            self._load_up = asyncio.create_task(self._receive_load(LOAD, LOAD_UP_S))

    async def end(self) -> None:
        task, self._load_up = self._load_up, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _take_turn(self) -> bool:
        """Other runs may be filling their lines: that wait is not of this run's time."""
        turn_of = self._tools.load_turn
        if turn_of.locked():
            self._show(None, Words("menunggu giliran", "waiting for its turn"))
        began = self._clock.monotonic()
        self._delayed(TURN_S)
        try:
            async with asyncio.timeout(TURN_S):
                await turn_of.acquire()
        except TimeoutError:
            return False
        finally:
            self._delayed(self._clock.monotonic() - began - TURN_S)
        return True

    async def _fill(self) -> None:
        ceiling = LIVE_CEILING_KBPS if self._live() else CEILING_KBPS
        self._show(0.1, Words("unduh", "down"))
        self._seen.load_down = await self._engine.leg_load_down(
            self._conference, self._legs.name(CALL), ceiling, LOAD_S
        )
        self._show(0.55, Words("unggah", "up"))
        self._seen.load_up = await self._send_up(ceiling)

    async def _send_up(self, ceiling: int) -> LoadReport | None:
        if self._seen.client == "program":
            receiving = asyncio.create_task(self._receive_load(CALL, PROGRAM_LOAD_S))
            return await self._loaded(CALL, ceiling, LOAD_S, receiving)
        # The camera's own stream would share the line with the load.
        await self._line.ask(wire.DoHangUp(leg=CALL), ASK_S)
        await self._legs.close(CALL)
        await self._clock.sleep(DRAIN_S / 3)
        self._legs.want(LOAD, "load", "none")
        try:
            return await self._loaded(LOAD, ceiling, LOAD_UP_S, None)
        finally:
            await self._legs.close(LOAD)

    async def _loaded(
        self,
        leg: str,
        ceiling: int,
        seconds: float,
        receiving: asyncio.Task[LoadReport] | None,
    ) -> LoadReport | None:
        path = self._seen.chosen
        assert path is not None
        body = wire.DoLoadUp(
            leg=leg,
            ice=turn.for_path(self._tools.turn, path, self._run, self._clock.now()),
            relay_only=path != "udp",
            from_kbps=500,
            to_kbps=ceiling,
            ramp_s=RAMP_S,
            seconds=seconds,
            timeout_s=seconds + CALL_S,
        )
        self._load_up = receiving
        try:
            result = await self._line.ask(body, seconds + CALL_S + 2 * ASK_S)
            self._legs.raise_refusal()
            if not isinstance(result, wire.Loaded) or not result.connected:
                return None
            self._seen.load_up_limited = result.limited
            return await self._load_up if self._load_up is not None else None
        finally:
            await self.end()

    async def _receive_load(self, leg: str, seconds: float) -> LoadReport:
        call = self._seen.call
        quiet = call.round_trips.median if call is not None and call.round_trips else None
        return await self._engine.leg_load_up(
            self._conference, self._legs.name(leg), seconds, quiet
        )
