"""Media as desired against actual: what the state wants is brought to the engine.

`decide` never calls the engine; after a crash of either side the same state leads to the same
connections and routes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog

from vicon.app.actor import ConferenceActor
from vicon.core import commands as do
from vicon.core import layout
from vicon.core.events import Event
from vicon.core.model import Conference
from vicon.core.recordplan import RecordingFigures
from vicon.ports import (
    Clock,
    LayersWanted,
    MediaChanged,
    MediaEngine,
    MediaError,
    MediaEvent,
    MediaFigures,
    PublishAgain,
    Route,
)
from vicon.programme.broadcast import BroadcastFigures

RETRY_SECONDS = 1.0

log = structlog.get_logger("vicon.media")


class Listener(Protocol):
    """Who passes on what the media plane says."""

    def media_restarted(self, epoch: str) -> None:
        """All clients must set up again."""
        ...

    def layers_wanted(self, wanted: LayersWanted) -> None: ...

    def publish_again(self, device: str) -> None: ...

    def media_figures(self, figures: MediaFigures) -> Sequence[do.Command]:
        """What the server is to ask of the conference because of them."""
        ...


class Reconciler:
    """One per conference."""

    def __init__(
        self,
        actor: ConferenceActor,
        engine: MediaEngine,
        clock: Clock,
        listener: Listener,
    ) -> None:
        self._actor, self._engine, self._clock = actor, engine, clock
        self._listener = listener
        self._wanted: list[Route] = []
        self._devices: set[str] = set()
        self._gone: set[str] = set()
        self._dirty = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self.changed(self._actor.state, self._actor.revision, ())
        self._actor.observe(self)
        name = f"media {self._actor.id}"
        self._tasks = [
            asyncio.create_task(self._apply(), name=f"{name} routes"),
            asyncio.create_task(self._listen(), name=f"{name} events"),
        ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def clear(self) -> None:
        """After stop(), of a conference that goes while the engine stays: nothing is left there."""
        try:
            for device in self._gone | self._devices:
                await self._engine.remove(self._actor.id, device)
            await self._engine.route(self._actor.id, [])
        except MediaError as error:  # then the engine is new, and knows nothing
            log.warning("x clear", conference=self._actor.id, code=error.code, why=str(error))

    def changed(self, state: Conference, revision: int, events: Sequence[Event]) -> None:
        """Observer of the actor: note what is wanted now; the task brings it there."""
        wanted = [
            Route(
                receiver=want.receiver,
                room=want.room,
                sender=want.sender,
                audio=want.audio,
                video=want.video,
                height=want.height,
                rank=want.rank,
                least=want.least,
            )
            for want in layout.routes(state)
        ]
        left = self._devices - set(state.devices)
        self._devices = set(state.devices)
        if left or wanted != self._wanted:
            self._gone |= left
            self._wanted = wanted
            self._dirty.set()

    async def _apply(self) -> None:
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            try:
                for device in list(self._gone):
                    await self._engine.remove(self._actor.id, device)
                    self._gone.discard(device)
                await self._engine.route(self._actor.id, self._wanted)
            except MediaError as error:
                log.warning("x routes", conference=self._actor.id, code=error.code, why=str(error))
                await self._clock.sleep(RETRY_SECONDS)
                self._dirty.set()

    async def _listen(self) -> None:
        async for event in self._engine.events(self._actor.id):
            await self._hear(event)

    async def _hear(self, event: MediaEvent) -> None:
        if isinstance(event, MediaChanged):
            await self._note(event.device, event.publishing)
        elif isinstance(event, LayersWanted):
            self._listener.layers_wanted(event)
        elif isinstance(event, PublishAgain):
            self._listener.publish_again(event.device)
        elif isinstance(event, MediaFigures):
            for command in self._listener.media_figures(event):
                await self._actor.submit(do.SYSTEM, command)
        elif not isinstance(event, RecordingFigures | BroadcastFigures):  # app.recordings' own
            log.warning("- media restarted", conference=self._actor.id, epoch=event.epoch)
            self._listener.media_restarted(event.epoch)
            for device in list(self._actor.state.devices.values()):
                if device.publishing:
                    await self._note(device.id, on=False)
            self._dirty.set()

    async def _note(self, device: str, on: bool) -> None:
        known = self._actor.state.devices.get(device)
        if known and known.publishing != on:
            await self._actor.submit(do.SYSTEM, do.SetPublishing(device=device, on=on))
