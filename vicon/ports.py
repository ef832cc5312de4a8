"""What the application needs of the world, as Protocols. The parts implement them; compose.py
puts them together. Imports core alone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Literal, Protocol

from msgspec import Struct

from vicon.core.events import Event


class Clock(Protocol):
    def now(self) -> int:
        """Unix milliseconds, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start, never going back."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class Record(Struct, frozen=True, kw_only=True):
    """One entry of the journal. `hash` = SHA-256 over the canonical form of all other fields, of
    which `previous` is the hash of the entry before (64 zeros for the first)."""

    conference: str
    sequence: int
    """From 1, without gaps, per conference."""
    at: int
    actor: Mapping[str, str]
    """role, name, and where known room and device."""
    event: Event
    previous: str
    hash: str


class JournalError(Exception):
    """The journal could not be written or read; the message says why and what to do."""


class Journal(Protocol):
    async def append(
        self, conference: str, at: int, actor: Mapping[str, str], events: Sequence[Event]
    ) -> list[Record]:
        """Write all or nothing, durable when it returns. Raises JournalError."""
        ...

    async def append_many(
        self, conference: str, batch: Sequence[tuple[int, Mapping[str, str], Sequence[Event]]]
    ) -> list[Record]:
        """Several acts in one durable transaction (group commit), all or nothing."""
        ...

    def replay(self, conference: str) -> AsyncIterator[Record]: ...

    async def conferences(self) -> list[str]: ...

    async def close(self) -> None: ...


class SlotPlan(Struct, frozen=True, kw_only=True, array_like=True):
    """One media section wanted on a down connection: the room whose source it carries."""

    room: str
    kind: Literal["audio", "video"]


class Slot(Struct, frozen=True, kw_only=True, array_like=True):
    mid: str
    room: str
    kind: Literal["audio", "video"]


class Route(Struct, frozen=True, kw_only=True, array_like=True):
    """`receiver` gets what `sender` publishes in its slot for `room`."""

    receiver: str
    room: str
    sender: str
    audio: bool
    video: bool


class MediaChanged(Struct, frozen=True, kw_only=True):
    """Media of a device began (first packets came) or ended (connection failed or closed)."""

    device: str
    publishing: bool


class MediaRestarted(Struct, frozen=True, kw_only=True):
    """The media plane lost everything and is ready again; all connections must be set up anew."""

    epoch: str


MediaEvent = MediaChanged | MediaRestarted


class MediaError(Exception):
    """`code` is one of the wire's refusal codes: media_unavailable, bad_sdp, media_state."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class MediaEngine(Protocol):
    """Forwards media between devices. Conferences do not see each other: all ids are given with
    their conference. Every call returns within its timeout or raises MediaError."""

    @property
    def epoch(self) -> str:
        """Changes whenever MediaRestarted is told."""
        ...

    async def publish(self, conference: str, device: str, offer: str) -> str:
        """Answer to the up connection's offer (sendonly audio/video). A second call for the same
        device replaces the first connection."""
        ...

    async def subscribe(
        self, conference: str, device: str, slots: Sequence[SlotPlan]
    ) -> tuple[str, list[Slot]]:
        """Offer of a new down connection with these sections, none of them fed yet."""
        ...

    async def answer(self, conference: str, device: str, answer: str) -> None: ...

    async def route(self, conference: str, routes: Sequence[Route]) -> None:
        """All routes wanted now; the engine finds and applies the difference, without
        renegotiation. Routes whose ends do not exist yet take effect when they do."""
        ...

    async def remove(self, conference: str, device: str) -> None:
        """Close the device's connections, if any."""
        ...

    def events(self, conference: str) -> AsyncIterator[MediaEvent]: ...

    async def close(self) -> None: ...
