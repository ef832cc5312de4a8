"""The SFUs that are measured side by side: ours, in its worker process, and Janus."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Literal, Protocol

from tests.bench import janus
from tests.bench.load import Publisher, Subscriber
from vicon.core.recordplan import RecordPlan
from vicon.media.engine import EmbeddedEngine
from vicon.ops.clock import SystemClock
from vicon.ports import (
    LayersWanted,
    Route,
    SlotPlan,
    Still,
)
from vicon.rtc import sdp

Name = Literal["vicon", "python", "janus"]
"""python: vicon without its compiled part."""
CONFERENCE = "bench"
LINK_KBPS = 1_000_000
"""Of every receiver, as if a trial had measured it: the link is never what is full."""
SPARE_TIMEOUT_S = 20.0
Routing = Callable[[int, int], Route]
"""The route from a sender to a receiver, by their numbers."""


class Side(Protocol):
    """An SFU under measurement, in a process of its own."""

    pid: int

    async def publish(self, index: int, publisher: Publisher) -> None: ...

    async def subscribe(self, index: int, subscriber: Subscriber, sources: Sequence[int]) -> None:
        """Everything of these sources that the side's routing gives."""
        ...


def everything(receiver: int, sender: int) -> Route:
    """All as if on air: sound of every room, and no picture behind another."""
    return Route(
        receiver=f"d{receiver}",
        room=str(sender),
        sender=f"d{sender}",
        audio=True,
        video=True,
        rank=0,
    )


class Ours:
    def __init__(self, engine: EmbeddedEngine, routing: Routing) -> None:
        assert engine.worker_pid is not None
        self.pid = engine.worker_pid
        self._engine, self._routing = engine, routing
        self._routes: list[Route] = []
        self._publishers: dict[str, Publisher] = {}

    async def publish(self, index: int, publisher: Publisher) -> None:
        self._publishers[f"d{index}"] = publisher
        offer = await publisher.offer()
        await publisher.connect(await self._engine.publish(CONFERENCE, f"d{index}", offer))

    async def subscribe(self, index: int, subscriber: Subscriber, sources: Sequence[int]) -> None:
        plan = [
            SlotPlan(room=str(source), kind=kind)
            for source in sources
            for kind in ("audio", "video")
        ]
        device = f"d{index}"
        text, _ = await self._engine.subscribe(CONFERENCE, device, plan, LINK_KBPS)
        offer = sdp.parse(text)
        answer = await subscriber.answer(offer)
        await asyncio.gather(
            subscriber.connect(offer), self._engine.answer(CONFERENCE, device, answer)
        )
        self._routes += [self._routing(index, source) for source in sources]
        await self._engine.route(CONFERENCE, self._routes)

    async def still(self, index: int) -> Still | None:
        return await self._engine.still(CONFERENCE, f"d{index}")

    async def record(self, plan: RecordPlan | None) -> None:
        await self._engine.record(CONFERENCE, plan)

    async def obey(self) -> None:
        """Let the publishers encode what the engine wants; until cancelled."""
        async for event in self._engine.events(CONFERENCE):
            if isinstance(event, LayersWanted) and event.device in self._publishers:
                self._publishers[event.device].wanted(event.layers)


class Theirs:
    def __init__(self, pid: int, room: janus.Room) -> None:
        self.pid = pid
        self._room = room

    async def publish(self, index: int, publisher: Publisher) -> None:
        offer = await publisher.offer()
        await publisher.connect(await self._room.publish(index + 1, offer))

    async def subscribe(self, index: int, subscriber: Subscriber, sources: Sequence[int]) -> None:
        text = await self._room.subscribe(index + 1, [source + 1 for source in sources])
        offer = sdp.parse(text)
        answer = await subscriber.answer(offer)
        await asyncio.gather(subscriber.connect(offer), self._room.answer(index + 1, answer))


@contextlib.asynccontextmanager
async def ours(
    address: str, routing: Routing = everything, *, compiled: bool = True
) -> AsyncIterator[Ours]:
    """`compiled`: with the part of the SFU that a C compiler makes faster."""
    with tempfile.TemporaryDirectory() as folder:
        async with _ours(address, routing, Path(folder) if compiled else None) as side:
            yield side


@contextlib.asynccontextmanager
async def _ours(address: str, routing: Routing, cache: Path | None) -> AsyncIterator[Ours]:
    engine = EmbeddedEngine(SystemClock(), addresses=[address], cache=cache)
    await engine.start()
    async with asyncio.timeout(SPARE_TIMEOUT_S):
        while engine.spare_pid is None:  # its start would cost the measurement
            await asyncio.sleep(0.05)
    side = Ours(engine, routing)
    obeying = asyncio.create_task(side.obey())
    try:
        yield side
    finally:
        obeying.cancel()
        await engine.close()


@contextlib.asynccontextmanager
async def theirs() -> AsyncIterator[Theirs]:
    async with janus.running() as (pid, room):
        yield Theirs(pid, room)


def side(
    name: Name, address: str, routing: Routing = everything
) -> contextlib.AbstractAsyncContextManager[Side]:
    """The SFU of this name, running meanwhile."""
    if name == "janus":
        return theirs()
    return ours(address, routing, compiled=name == "vicon")
