"""The ceremony's own state: rundown, roll call, cue messages and calls for help. Plain values, as
model.py's, of which they are a part. Times are Unix ms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

ItemKind = Literal["opening", "roll_call", "speech", "reading", "signing", "free", "closing"]
RollStatus = Literal["present", "late", "excused", "absent"]
MAX_ITEMS, MAX_CUES = 200, 50
LONGEST_ITEM_S = 86_400


class Item(Struct, frozen=True, kw_only=True):
    """One item of the rundown, as planned."""

    id: str
    kind: ItemKind
    title: str
    planned_s: int
    """Seconds."""
    room: str | None = None
    """Who is on air; None: the hub."""
    notes: str = ""
    """For the moderator alone."""
    point: int = 0
    """Of a reading: the point of the pact that every hall shows, from 1; 0: none."""
    hush: bool = False
    """All halls are muted when it begins, as for the anthem."""


class Run(Struct, frozen=True, kw_only=True):
    """What became of an item."""

    started_at: int
    ended_at: int | None = None
    paused_ms: int = 0
    """Of pauses that are over."""
    skipped: bool = False


class Rundown(Struct, frozen=True, kw_only=True):
    items: tuple[Item, ...] = ()
    current: str | None = None
    """None: not begun, or over."""
    runs: Mapping[str, Run] = field(default_factory=dict)
    """By item, in the order of their beginning."""
    paused_at: int | None = None
    version: int = 0
    """Rises with every edit of the items."""


class RundownChange(Struct, frozen=True, kw_only=True):
    """What the last step of the rundown replaced, so that it can be taken back."""

    at: int
    before: Rundown
    next: str | None
    point: int
    floor: bool = False
    """The last change of the floor was part of it."""


class RollMark(Struct, frozen=True, kw_only=True):
    status: RollStatus
    at: int
    by: str = ""
    """Empty: the room marked itself, by coming late."""


class Cue(Struct, frozen=True, kw_only=True):
    """A message of a moderator, shown large in the hall until it is acknowledged."""

    id: str
    at: int
    by: str
    room: str | None
    """None: all halls."""
    text: str
    seen: Mapping[str, int] = field(default_factory=dict)
    """Rooms that acknowledged it, and when."""


class Help(Struct, frozen=True, kw_only=True):
    """A hall calls for help."""

    at: int
    by: str
    text: str
