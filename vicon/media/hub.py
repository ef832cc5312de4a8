"""Events of the media plane for those who follow a conference."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from vicon.ports import MediaChanged, MediaEvent, MediaRestarted


class _Follower:
    """What one listener has not fetched yet. Bounded without loss: of each device only its last
    change counts, and a restart makes all before it void."""

    def __init__(self) -> None:
        self._pending: dict[str, MediaEvent] = {}
        self._some = asyncio.Event()

    def put(self, event: MediaEvent) -> None:
        if isinstance(event, MediaRestarted):
            self._pending = {"": event}
        else:
            self._pending.pop(event.device, None)
            self._pending[event.device] = event
        self._some.set()

    async def get(self) -> MediaEvent:
        while not self._pending:
            self._some.clear()
            await self._some.wait()
        return self._pending.pop(next(iter(self._pending)))


class EventHub:
    """Knows which devices publish, tells followers, and those who come late what holds now."""

    def __init__(self) -> None:
        self._followers: dict[str, list[_Follower]] = {}
        self._publishing: dict[str, set[str]] = {}

    def changed(self, conference: str, device: str, publishing: bool) -> None:
        devices = self._publishing.setdefault(conference, set())
        if publishing:
            devices.add(device)
        else:
            devices.discard(device)
        self._tell(conference, MediaChanged(device=device, publishing=publishing))

    def lost(self) -> None:
        """The worker died: nobody publishes any more."""
        for conference, devices in self._publishing.items():
            for device in sorted(devices):
                self._tell(conference, MediaChanged(device=device, publishing=False))
            devices.clear()

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
        self._followers.setdefault(conference, []).append(follower)
        try:
            while True:
                yield await follower.get()
        finally:
            self._followers[conference].remove(follower)
