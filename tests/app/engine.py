"""A media engine that does what a test says, on the port of the real one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from vicon.core.recordplan import RecordPlan
from vicon.ports import (
    Line,
    MediaEngine,
    MediaEvent,
    Route,
    Slot,
    SlotPlan,
    Still,
)
from vicon.programme.broadcast import BroadcastPlan


class ToldEngine(MediaEngine):
    """ports.MediaEngine: answers everything at once, remembers the routes, and tells the events
    that the test puts in."""

    def __init__(self) -> None:
        self.routes: list[Route] = []
        self.starts: list[int | None] = []
        """start_kbps of each subscription."""
        self.stills: dict[str, Still] = {}
        """By device."""
        self.plans: list[RecordPlan | None] = []
        """What was to be recorded, one after the other."""
        self.aired: list[BroadcastPlan | None] = []
        """What was to be broadcast, one after the other."""
        self._followers: list[asyncio.Queue[MediaEvent]] = []

    @property
    def epoch(self) -> str:
        return "e1"

    async def publish(self, conference: str, device: str, offer: str) -> str:
        return "v=0\r\n"

    async def subscribe(
        self,
        conference: str,
        device: str,
        slots: Sequence[SlotPlan],
        start_kbps: int | None = None,
    ) -> tuple[str, list[Slot]]:
        self.starts.append(start_kbps)
        made = [Slot(mid=str(n), room=s.room, kind=s.kind) for n, s in enumerate(slots)]
        return "v=0\r\n", made

    async def answer(self, conference: str, device: str, answer: str) -> None:
        """Taken."""

    async def restart(self, conference: str, device: str, line: Line, offer: str | None) -> str:
        return "v=0\r\n"

    async def candidate(self, conference: str, device: str, line: Line, candidate: str) -> None:
        """Not needed."""

    async def play(
        self, conference: str, device: str, offer: str, slots: Sequence[SlotPlan]
    ) -> str:
        return "v=0\r\n"

    async def route(self, conference: str, routes: Sequence[Route]) -> None:
        self.routes = list(routes)

    async def record(self, conference: str, plan: RecordPlan | None) -> None:
        self.plans.append(plan)

    async def broadcast(self, conference: str, plan: BroadcastPlan | None) -> None:
        self.aired.append(plan)

    async def still(self, conference: str, device: str) -> Still | None:
        return self.stills.get(device)

    async def remove(self, conference: str, device: str) -> None:
        """Nothing was made."""

    async def events(self, conference: str) -> AsyncIterator[MediaEvent]:
        queue: asyncio.Queue[MediaEvent] = asyncio.Queue()
        self._followers.append(queue)
        while True:
            yield await queue.get()
            queue.task_done()

    async def close(self) -> None:
        """Nothing is open."""

    async def start(self) -> None:
        """Nothing to wait for."""

    ready = True

    async def tell(self, *events: MediaEvent) -> None:
        """Returns when all have been heard."""
        for queue in self._followers:
            for event in events:
                queue.put_nowait(event)
            await asyncio.wait_for(queue.join(), 5)
