"""Looks at each room's camera every few seconds, and records what it shows when that changes.

Pictures pass through and are kept nowhere: an integer and a state are all that is recorded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from vicon.app.actor import ConferenceActor
from vicon.core import commands as do
from vicon.core.estimate import Estimate, Look, Quality
from vicon.core.model import Device, Zone
from vicon.core.pressure import SMALL
from vicon.core.refusals import Refused
from vicon.core.rooms import main_device
from vicon.ops import trace
from vicon.ports import CameraCounter, Clock, MediaEngine, MediaError

log = structlog.get_logger("vicon.estimates")


class Estimates:
    """One per conference."""

    def __init__(
        self,
        actor: ConferenceActor,
        engine: MediaEngine,
        counter: CameraCounter,
        clock: Clock,
        interval_s: float,
    ) -> None:
        """`interval_s`: seconds between two looks at one room; the rooms take turns."""
        self._actor, self._engine, self._counter, self._clock = actor, engine, counter, clock
        self._interval = interval_s
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        rooms = list(self._actor.state.rooms)
        self._tasks = [
            asyncio.create_task(
                self._follow(code, self._interval * place / len(rooms)),
                name=f"estimate {self._actor.id} {code}",
            )
            for place, code in enumerate(rooms)
        ]
        for task in self._tasks:
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """The room has no figure any more; the session goes on."""
        if not task.cancelled() and (error := task.exception()) is not None:
            log.critical("x estimate", task=task.get_name(), exc_info=error)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _follow(self, code: str, first: float) -> None:
        estimate, zones = Estimate(self._interval), self._zones(code)
        due = self._clock.monotonic() + first
        while True:
            await self._clock.sleep(max(0.0, due - self._clock.monotonic()))
            due = max(due + self._interval, self._clock.monotonic())
            if code not in self._actor.state.rooms:  # the plan was changed
                return
            if not self._actor.state.rooms[code].counted:
                estimate = Estimate(self._interval)
                self._counter.forget(self._name(code))
                continue
            if zones != self._zones(code):
                estimate, zones = Estimate(self._interval), self._zones(code)
            if self._actor.state.pressure.level >= SMALL:  # pictures rest
                await self._record(code, estimate, self._clock.monotonic())
                continue
            with trace.following(trace.new_id()):
                count, quality = await self._look(code, zones)
            if zones != self._zones(code):  # what was just seen is void
                continue
            now = self._clock.monotonic()
            estimate.take(Look(at=now, count=count, quality=quality))
            await self._record(code, estimate, now)

    def _zones(self, code: str) -> tuple[Zone, ...]:
        return self._actor.state.rooms[code].zones

    async def _look(self, code: str, zones: Sequence[Zone]) -> tuple[int | None, Quality]:
        camera = main_device(self._actor.state, code)
        if camera is None or not _sends(camera):
            self._counter.forget(self._name(code))
            return None, "off"
        try:
            still = await self._engine.still(self._actor.id, camera.id)
        except MediaError as error:
            return None, "off" if error.code == "media_state" else "unavailable"
        if still is None:
            return None, "off"
        return await self._counter.look(self._name(code), still, zones)

    async def _record(self, code: str, estimate: Estimate, now: float) -> None:
        seen = estimate.read(now)
        command = do.RecordEstimate(room=code, persons=seen.count, quality=seen.quality)
        done = await self._actor.submit(do.SYSTEM, command)
        if isinstance(done, Refused):  # the next look is recorded, or the one after
            log.warning("x estimate", conference=self._actor.id, room=code, code=done.code)

    def _name(self, code: str) -> str:
        return f"{self._actor.id}/{code}"


def _sends(device: Device) -> bool:
    return device.connected and device.publishing and device.camera
