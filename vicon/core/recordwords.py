"""A recording, as state. Plain values, as model.py's, of which they are a part. Times: Unix ms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

RecordEnd = Literal["stopped", "closed", "disk_full", "write_failed"]
"""A moderator stopped it; the session was closed; the disk is full; it cannot be written."""
DeletedWhy = Literal["asked", "retention"]
"""A person deleted it; its time was over."""
RecordCause = Literal["nothing", "picture", "keys", "sound", "left_out"]
"""Of a room whose camera sends: nothing of it is written; no picture; no key frame, so that it
cannot be played from there; no sound, though its microphone is open; the recorder does not keep
up."""


class RecordAlarm(Struct, frozen=True, kw_only=True):
    cause: RecordCause
    since: int


class Recording(Struct, frozen=True, kw_only=True):
    """The last one: it runs while `ended_at` is None."""

    id: str
    began: int
    by: str
    rooms: tuple[str, ...]
    """Of the plan then: all of them."""
    interrupted_at: int | None = None
    """The recorder ended; it is being started again."""
    interruptions: int = 0
    alarms: Mapping[str, RecordAlarm] = field(default_factory=dict)
    """By room."""
    ended_at: int | None = None
    why: RecordEnd | None = None
    ended_by: str = ""
