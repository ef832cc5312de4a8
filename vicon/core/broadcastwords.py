"""A broadcast, as state. Plain values, as model.py's, of which they are a part. Times: Unix ms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

BroadcastEnd = Literal["stopped", "closed"]
"""A moderator stopped it; the session was closed."""
BroadcastCause = Literal["channel", "late", "disk"]
"""The public channel cannot be reached; the server is too busy to draw every picture; what is for
the public cannot be written to the disk."""


class Broadcast(Struct, frozen=True, kw_only=True):
    """The last one: it runs while `ended_at` is None."""

    id: str
    began: int
    by: str
    interrupted_at: int | None = None
    """What draws and sends it ended; it is being started again."""
    interruptions: int = 0
    alarms: Mapping[BroadcastCause, int] = field(default_factory=dict)
    """What is wrong, and since when."""
    ended_at: int | None = None
    why: BroadcastEnd | None = None
    ended_by: str = ""
