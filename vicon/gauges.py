"""Where the figures of a running server stand, for whoever tells them (vicon.metrics). Imports no
library of theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from vicon.core.estimate import Quality
from vicon.listeners import Listener
from vicon.ops.spread import Spread
from vicon.pair.first import First
from vicon.ports import MediaLoad, MediaVitals
from vicon.web.requests import Requests


class Plane(Protocol):
    """The media plane."""

    @property
    def ready(self) -> bool: ...

    @property
    def load(self) -> MediaLoad | None: ...

    @property
    def vitals(self) -> MediaVitals: ...


class CameraCounter(Protocol):
    """The process that counts on cameras' pictures."""

    @property
    def pid(self) -> int | None: ...

    @property
    def restarts(self) -> int: ...

    @property
    def looks(self) -> Mapping[Quality, int]: ...


class ReceiverStanding(Struct, frozen=True, kw_only=True):
    """How a receiver of webhooks stands."""

    name: str
    failing_s: float | None
    """For so long it has taken nothing; None: the last attempt went well."""
    waiting: int
    """Entries of the journal of which it has not been told, or that need not be told."""
    attempts: Mapping[str, int]
    """By outcome: ok, status (not 2xx), timeout, unreachable."""


class Gauges(Struct, kw_only=True):
    """Where the figures stand."""

    plane: Plane
    pair: First
    requests: Requests
    connections: Callable[[], int]
    """Signalling connections open now, let in or not."""
    pressure: Callable[[], int]
    writes: Spread
    """Seconds of the journal's transactions."""
    failures: Callable[[], int]
    """Transactions that did not become durable."""
    listeners: Sequence[Listener]
    folder: Path
    """The data directory."""
    counter: CameraCounter | None = None
    receivers: Callable[[], Sequence[ReceiverStanding]] = tuple
    """Of webhooks."""
