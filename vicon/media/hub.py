"""Events of the media plane for those who follow a conference."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from msgspec.structs import replace

from vicon.core.recordplan import RecordingFigures
from vicon.ports import (
    LayersWanted,
    MediaChanged,
    MediaEvent,
    MediaFigures,
    MediaRestarted,
    PublishAgain,
)
from vicon.programme.broadcast import BroadcastFigures

_KEPT = (RecordingFigures, BroadcastFigures)


class _Follower:
    """What one listener has not fetched yet. Bounded: of each device only its last change of each
    kind counts, of figures only the last (with every file that a recording told of), and a restart
    makes all before it void but for these."""

    def __init__(self) -> None:
        self._pending: dict[tuple[type, str], MediaEvent] = {}
        self._some = asyncio.Event()

    def put(self, event: MediaEvent) -> None:
        if isinstance(event, MediaRestarted):
            kept = {k: e for k, e in self._pending.items() if isinstance(e, _KEPT)}
            self._pending = {(MediaRestarted, ""): event, **kept}
        else:
            name = _name(event)
            before = self._pending.pop((type(event), name), None)
            if isinstance(event, RecordingFigures) and isinstance(before, RecordingFigures):
                event = _both(before, event)
            self._pending[type(event), name] = event
        self._some.set()

    async def get(self) -> MediaEvent:
        while not self._pending:
            self._some.clear()
            await self._some.wait()
        return self._pending.pop(next(iter(self._pending)))


def _name(event: MediaEvent) -> str:
    """Of what only the last event of its kind counts."""
    if isinstance(event, RecordingFigures | BroadcastFigures):
        return event.id
    return "" if isinstance(event, MediaFigures | MediaRestarted) else event.device


def _both(before: RecordingFigures, event: RecordingFigures) -> RecordingFigures:
    files = {part.file: part for part in (*before.parts, *event.parts)}
    return replace(event, parts=tuple(files.values()), dropped=before.dropped + event.dropped)


class EventHub:
    """Knows which devices publish and with which layers, tells followers, and those who come late
    what holds now."""

    def __init__(self) -> None:
        self._followers: dict[str, list[_Follower]] = {}
        self._publishing: dict[str, set[str]] = {}
        self._layers: dict[str, dict[str, LayersWanted]] = {}

    def changed(self, conference: str, device: str, publishing: bool) -> None:
        devices = self._publishing.setdefault(conference, set())
        if publishing:
            devices.add(device)
        else:
            devices.discard(device)
        self._tell(conference, MediaChanged(device=device, publishing=publishing))

    def layers(self, conference: str, wanted: LayersWanted) -> None:
        self._layers.setdefault(conference, {})[wanted.device] = wanted
        self._tell(conference, wanted)

    def again(self, conference: str, word: PublishAgain) -> None:
        self._tell(conference, word)

    def gone(self, conference: str, device: str) -> None:
        """The device's connections were removed: nothing is wanted of it."""
        self._layers.get(conference, {}).pop(device, None)

    def figures(self, conference: str, figures: MediaFigures) -> None:
        self._tell(conference, figures)

    def recording(self, conference: str, figures: RecordingFigures) -> None:
        self._tell(conference, figures)

    def broadcast(self, conference: str, figures: BroadcastFigures) -> None:
        self._tell(conference, figures)

    def lost(self) -> None:
        """The worker died: nobody publishes any more."""
        for conference, devices in self._publishing.items():
            for device in sorted(devices):
                self._tell(conference, MediaChanged(device=device, publishing=False))
            devices.clear()
        self._layers.clear()

    def restarted(self, epoch: str) -> None:
        for conference in self._followers:
            self._tell(conference, MediaRestarted(epoch=epoch))

    def _tell(self, conference: str, event: MediaEvent) -> None:
        for follower in self._followers.get(conference, ()):
            follower.put(event)

    async def follow(self, conference: str) -> AsyncIterator[MediaEvent]:
        """What happens from now on, after what holds now; endless."""
        follower = _Follower()
        for device in sorted(self._publishing.get(conference, ())):
            follower.put(MediaChanged(device=device, publishing=True))
        for wanted in self._layers.get(conference, {}).values():
            follower.put(wanted)
        self._followers.setdefault(conference, []).append(follower)
        try:
            while True:
                yield await follower.get()
        finally:
            self._followers[conference].remove(follower)
