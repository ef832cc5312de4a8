"""What a client tells those who watch it: bounded, since of each kind only the last waits."""

from __future__ import annotations

import asyncio

from msgspec import Struct

from signaling.messages import Text


class Connected(Struct, frozen=True):
    """Welcomed; the view is a new snapshot. Equal to the `media_epoch` of before: media holds."""

    media_epoch: str


class Disconnected(Struct, frozen=True):
    """The connection is lost; the client connects again by itself."""


class Changed(Struct, frozen=True):
    """The view changed."""


class MediaReset(Struct, frozen=True):
    """Publish and subscribe again."""

    epoch: str


class Ended(Struct, frozen=True):
    """The server closed for good; the last event."""

    code: str
    text: Text


Event = Connected | Disconnected | Changed | MediaReset | Ended


class Feed:
    """Asynchronous iterator of events. A newer event replaces an older one of its kind that was
    not taken yet, and takes the last place: what is pending tells the present state."""

    def __init__(self) -> None:
        self._pending: dict[type, Event] = {}
        self._news = asyncio.Event()
        self._over = False

    def put(self, event: Event) -> None:
        self._pending.pop(type(event), None)
        self._pending[type(event)] = event
        self._news.set()

    def finish(self) -> None:
        """No event comes any more."""
        self._over = True
        self._news.set()

    async def wait(self) -> None:
        """Until something happened since the last call; what is pending is taken."""
        await self._news.wait()
        self._pending.clear()
        if not self._over:
            self._news.clear()

    def __aiter__(self) -> Feed:
        return self

    async def __anext__(self) -> Event:
        while not self._pending:
            if self._over:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        return self._pending.pop(next(iter(self._pending)))
