"""What became of the halls' fallback plans; a part of events.py, which is the whole: the same
promise."""

from __future__ import annotations

from vicon.core.profile import Level, Trouble
from vicon.core.shape import BaseEvent


class FallbackSet(BaseEvent, tag="fallback_set"):
    """The plan of the hall's last trial holds from now; `run` empty: it was not tested."""

    room: str
    level: Level
    ceiling: Level
    run: str = ""


class FallbackLowered(BaseEvent, tag="fallback_lowered"):
    """The line bore no more; `level`: from now."""

    room: str
    level: Level
    trouble: Trouble


class FallbackRaised(BaseEvent, tag="fallback_raised"):
    room: str
    level: Level


class FallbackPinned(BaseEvent, tag="fallback_pinned"):
    """A moderator decided the level; it does not move until it is unpinned."""

    room: str
    level: Level
    by: str


class FallbackUnpinned(BaseEvent, tag="fallback_unpinned"):
    """It moves by itself again, from `level` on."""

    room: str
    level: Level
    by: str


FallbackEvent = FallbackSet | FallbackLowered | FallbackRaised | FallbackPinned | FallbackUnpinned
