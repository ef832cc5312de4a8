"""What a recovery drill found, as state. Plain values, as model.py's, of which they are a part."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

DrillKind = Literal["cut", "ice", "worker", "server"]
"""cut: the room's line was dead for a while. ice: it sought another path for its media. worker,
server: that process was killed."""
MOST = 800
"""Results of one run: a hundred rooms and more, four drills."""
LONGEST_S = 3_600.0


class Recovered(Struct, frozen=True, kw_only=True):
    room: str
    kind: DrillKind
    seconds: float | None
    """Until it was back; None: it was not, as long as it was waited for."""


class DrillRun(Struct, frozen=True, kw_only=True):
    """The last one."""

    at: int
    """Unix ms."""
    by: str
    found: tuple[Recovered, ...]
