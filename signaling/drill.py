"""Recovery drills on the wire: what `vicon drill` found. A part of protocol v1; signaling.messages
is the whole. Times are Unix ms.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from signaling.shape import RoomCode, _Part, _Strict

DrillKind = Literal["cut", "ice", "worker", "server"]
"""cut: the room's line was dead for 8 s. ice: another path was sought for its media. worker,
server: that process was killed."""
DrillSeconds = Annotated[float, Meta(ge=0, le=3600)]


class DrillResult(_Strict):
    room: RoomCode
    kind: DrillKind
    seconds: DrillSeconds | None
    """Until it was back; null: it was not."""


class DrillRecord(_Strict, tag="drill.record"):
    """A drill has ended; this takes the place of the one before."""

    found: Annotated[list[DrillResult], Meta(max_length=800)]


class RecoveredView(_Part):
    room: str
    kind: DrillKind
    seconds: float | None


class DrillView(_Part):
    """The last recovery drill; for moderators and technicians."""

    at: int
    by: str
    found: list[RecoveredView]
