"""The other end of a run: one station, what it is asked, and its going and coming back."""

from __future__ import annotations

import asyncio
from typing import Any, NoReturn

import structlog

from signaling import messages as wire
from vicon.app.trials import Visitor
from vicon.ports import Clock

BACK_S = 20.0
"""A station that lost its socket in the middle of a step is waited for so long."""
ASK_S = 10.0
"""What a station need not do much for, it answers within this time."""

log = structlog.get_logger("vicon.trial")


class StationLost(Exception):
    """It went and did not come back."""


class StationBack(Exception):
    """It went and came back: what was asked of it is void."""


class StationTimeout(Exception):
    """It did not answer in time."""


class Station:
    """A connection that can be tested. The same name on a new connection is the same station."""

    def __init__(self, visitor: Visitor, offer: wire.TrialOffer, since: int) -> None:
        self.name = offer.station
        self.client = offer.client
        self.agent = offer.agent
        self.since = since
        self.conference = visitor.conference
        self.room = visitor.actor.room or ""
        self.role = visitor.actor.role
        self.visitor: Visitor | None = visitor
        self.busy = False
        self._came = asyncio.Event()
        self._came.set()
        self._went = asyncio.Event()

    def went(self) -> None:
        self.visitor = None
        self._came.clear()
        self._went.set()

    def came(self, visitor: Visitor, offer: wire.TrialOffer) -> None:
        """On another connection what was asked is void, whether or not the old one is known to be
        gone."""
        if self.visitor is not visitor:
            self._went.set()
        self.client, self.agent = offer.client, offer.agent
        self.visitor = visitor
        self._came.set()

    async def back(self, seconds: float) -> bool:
        """Wait until it is there; whether it is."""
        try:
            async with asyncio.timeout(seconds):
                await self._came.wait()
        except TimeoutError:
            return False
        return True

    @property
    def lost(self) -> bool:
        """It went since forget_loss(), whether or not it is back."""
        return self._went.is_set()

    def forget_loss(self) -> None:
        if self.visitor is not None:
            self._went.clear()

    async def wait_loss(self) -> None:
        await self._went.wait()

    def view(self) -> wire.StationView:
        return wire.StationView(
            room=self.room,
            station=self.name,
            client=self.client,
            agent=self.agent,
            since=self.since,
            busy=self.busy,
        )


class Line:
    """Asks a station one thing after the other."""

    def __init__(self, station: Station, run: str, clock: Clock) -> None:
        self.station = station
        self._run, self._clock = run, clock
        self._number = 0
        self._answer: asyncio.Future[wire.TaskResult] | None = None

    def report(self, task: int, result: wire.TaskResult) -> bool:
        """A report came; whether it fits what is asked now."""
        if task != self._number or self._answer is None or self._answer.done():
            return False
        self._answer.set_result(result)
        return True

    async def begin(self) -> bool:
        """Before a step: the station is there. Whether it went since the last one: what it had
        open is then void. Raises StationLost."""
        station = self.station
        went = station.lost
        if station.visitor is None and not await station.back(BACK_S):
            raise StationLost
        station.forget_loss()
        return went

    async def ask(
        self, body: wire.Task, timeout: float, *, may_go: bool = False
    ) -> wire.TaskResult:
        """The station's answer. `may_go`: it will drop its socket and come back by itself.

        Raises StationTimeout, StationLost, or StationBack when the step has to begin anew."""
        station = self.station
        if station.lost:
            await self._void()
        self._number += 1
        self._answer = asyncio.get_running_loop().create_future()
        if station.visitor is not None:
            tag = body.__struct_config__.tag
            log.debug("> trial.do", run=self._run, task=self._number, what=tag)
            station.visitor.send(wire.TrialDo(run=self._run, task=self._number, body=body))
        try:
            return await self._wait(self._answer, timeout, may_go)
        finally:
            self._answer = None

    async def _wait(
        self, answer: asyncio.Future[wire.TaskResult], timeout: float, may_go: bool
    ) -> wire.TaskResult:
        loss = asyncio.ensure_future(self.station.wait_loss())
        waits: set[asyncio.Future[Any]] = {answer} if may_go else {answer, loss}
        try:
            done, _ = await asyncio.wait(
                waits, timeout=timeout, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            loss.cancel()
        if answer in done:
            return answer.result()
        if not done:
            raise StationTimeout
        return await self._void()

    async def _void(self) -> NoReturn:
        """The station went: what was begun with it has to begin anew, if it comes back."""
        if await self.station.back(BACK_S):
            raise StationBack
        raise StationLost

    def tell(self, body: wire.Task) -> None:
        """Ask for what has no answer."""
        if self.station.visitor is not None:
            self._number += 1
            self.station.visitor.send(wire.TrialDo(run=self._run, task=self._number, body=body))
