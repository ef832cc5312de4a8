"""A hall's fallback plan: how much picture its line is trusted with. Sound always goes."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Level = Literal["720p", "360p", "audio"]
"""The largest picture that the hall sends and is sent. audio: the hall sends no picture, and of
the others it is sent who is shown large, as small as there is, where the line has room for it."""
Why = Literal["loss", "rtt", "rate", "cpu"]
"""loss: packets that do not come, percent. rtt: a round trip much longer than usual there, ms.
rate: the line has room for sound alone, kbit/s. cpu: of the time the hall's machine is too slow to
encode its picture, percent."""
Side = Literal["up", "down"]
"""up: from the hall to the server."""

LEVELS: tuple[Level, ...] = ("720p", "360p", "audio")
"""Best first."""
HEIGHTS: dict[Level, int] = {"720p": 720, "360p": 360, "audio": 180}
"""Pixels."""


class Trouble(Struct, frozen=True, kw_only=True):
    """What a look at a hall's lines found, as measured."""

    why: Why
    side: Side
    value: float
    """In the unit of `why`."""


class Fallback(Struct, frozen=True, kw_only=True):
    """A hall's plan and where it stands."""

    level: Level = "720p"
    ceiling: Level = "720p"
    """What its last trial found; 720p where there was none."""
    run: str = ""
    """That trial's run; empty: the hall was not tested."""
    pinned: bool = False
    """A moderator decided: the level does not move."""
    by: str = ""
    """Who pinned it."""
    trouble: Trouble | None = None
    """Why it stands below its ceiling."""
    since: int | None = None
    """When it last moved by itself, Unix ms; None: it has not, since the plan was set."""


def lower(level: Level) -> Level:
    """One step down; `audio` stays."""
    return LEVELS[min(LEVELS.index(level) + 1, len(LEVELS) - 1)]


def higher(level: Level) -> Level:
    """One step up; `720p` stays."""
    return LEVELS[max(LEVELS.index(level) - 1, 0)]


def least(one: Level, other: Level) -> Level:
    """The lower of the two."""
    return max(one, other, key=LEVELS.index)
