"""The media plane inside the main process: for tests and for looking into it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from vicon.core.recordplan import RecordPlan
from vicon.measure.report import Collected, LegReport, LoadReport
from vicon.media.host import MediaHost
from vicon.media.hub import EventHub
from vicon.ports import (
    Clock,
    LegKind,
    Line,
    MediaEvent,
    MediaLoad,
    MediaVitals,
    Route,
    Slot,
    SlotPlan,
    Still,
)
from vicon.programme.broadcast import BroadcastPlan
from vicon.rtc.udp import UdpPlan


class InProcessEngine:
    """ports.MediaEngine without a worker. Made in a running event loop; owned by its maker, who
    calls close()."""

    def __init__(
        self,
        clock: Clock,
        *,
        addresses: Sequence[str] | None = None,
        udp: UdpPlan | None = None,
        cache: Path | None = None,
    ) -> None:
        """As EmbeddedEngine's."""
        self._hub = EventHub()
        self.host = MediaHost(
            clock,
            self._hub.changed,
            self._hub.layers,
            self._hub.again,
            self._hub.figures,
            self._hub.recording,
            self._hub.broadcast,
            udp=udp or UdpPlan(addresses=tuple(addresses or ())),
            cache=cache,
        )
        self._epoch = secrets.token_hex(8)
        self._ticking = asyncio.create_task(self.host.run(), name="media ticks")

    @property
    def epoch(self) -> str:
        return self._epoch

    @property
    def ready(self) -> bool:
        """Always: there is nothing that could die alone."""
        return True

    @property
    def load(self) -> MediaLoad:
        """Of this process: since the last call."""
        return MediaLoad(late_ms=self.host.late_ms())

    @property
    def vitals(self) -> MediaVitals:
        return MediaVitals(connections=self.host.connections, dropped=self.host.dropped)

    async def start(self) -> None:
        """Nothing to wait for; for likeness with EmbeddedEngine."""

    async def publish(self, conference: str, device: str, offer: str) -> str:
        return await self.host.publish((conference, device), offer)

    async def subscribe(
        self,
        conference: str,
        device: str,
        slots: Sequence[SlotPlan],
        start_kbps: int | None = None,
    ) -> tuple[str, list[Slot]]:
        return await self.host.subscribe((conference, device), slots, start_kbps)

    async def play(
        self, conference: str, device: str, offer: str, slots: Sequence[SlotPlan]
    ) -> str:
        return await self.host.play((conference, device), offer, slots)

    async def answer(self, conference: str, device: str, answer: str) -> None:
        await self.host.answer((conference, device), answer)

    async def restart(self, conference: str, device: str, line: Line, offer: str | None) -> str:
        return await self.host.restart((conference, device), line, offer)

    async def candidate(self, conference: str, device: str, line: Line, candidate: str) -> None:
        self.host.candidate((conference, device), line, candidate)

    async def route(self, conference: str, routes: Sequence[Route]) -> None:
        self.host.route(conference, routes)

    async def still(self, conference: str, device: str) -> Still | None:
        return await self.host.still((conference, device))

    async def record(self, conference: str, plan: RecordPlan | None) -> None:
        await self.host.record(conference, plan)

    async def broadcast(self, conference: str, plan: BroadcastPlan | None) -> None:
        await self.host.broadcast(conference, plan)

    async def remove(self, conference: str, device: str) -> None:
        self._hub.gone(conference, device)
        await self.host.remove((conference, device))

    def events(self, conference: str) -> AsyncIterator[MediaEvent]:
        return self._hub.follow(conference)

    async def leg_open(self, conference: str, leg: str, kind: LegKind, offer: str) -> str:
        return await self.host.legs.open((conference, leg), kind, offer)

    async def leg_send(self, conference: str, leg: str, level: str, extra_kbps: int) -> None:
        await self.host.legs.send((conference, leg), level, extra_kbps)

    async def leg_mark(self, conference: str, leg: str) -> None:
        self.host.legs.mark((conference, leg))

    async def leg_read(self, conference: str, leg: str) -> LegReport:
        return self.host.legs.read((conference, leg))

    async def leg_collect(self, conference: str, leg: str) -> Collected:
        return self.host.legs.collect((conference, leg))

    async def leg_load_down(
        self, conference: str, leg: str, ceiling_kbps: int, seconds: float
    ) -> LoadReport:
        return await self.host.legs.load_down((conference, leg), ceiling_kbps, seconds)

    async def leg_load_up(
        self, conference: str, leg: str, seconds: float, quiet_rtt: float | None
    ) -> LoadReport:
        return await self.host.legs.load_up((conference, leg), seconds, quiet_rtt)

    async def leg_close(self, conference: str, leg: str) -> None:
        await self.host.legs.close((conference, leg))

    async def close(self) -> None:
        self._ticking.cancel()
        await asyncio.wait([self._ticking], timeout=1)
        await self.host.close()
