"""Talking beside the programme, as state: an announcement to all halls, private lines. Plain
values, as model.py's, of which they are a part. Times are Unix ms."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

LineVoice = Literal["off", "ringing", "on"]
LineSide = Literal["caller", "called"]
LineQuiet = Literal["", "declined", "unanswered", "on_air"]
"""Why a line that was to have voices has none; empty: it was opened to write."""
LineEnd = Literal["hung_up", "declined", "unanswered", "on_air", "lost", "left", "closed"]
AnnounceEnd = Literal["done", "lost", "left", "closed"]
CallerRole = Literal["moderator", "technician"]

TECHNICIANS = ""
"""In the place of a room's code: the line to whichever technician answers."""
RING_MS = 30_000
LONGEST_TEXT = 500


class Announcement(Struct, frozen=True, kw_only=True):
    """A moderator speaks to all halls, above the programme."""

    device: str
    by: str
    at: int


class Line(Struct, frozen=True, kw_only=True):
    """A private line between a caller's device and one room, or the technicians. What is written on
    it is no part of the state: app/lines.py."""

    id: str
    room: str
    """A room's code, or TECHNICIANS."""
    caller: str
    """The device."""
    by: str
    role: CallerRole
    at: int
    voice: LineVoice = "off"
    rung_at: int | None = None
    """Since when it rings."""
    answerer: str | None = None
    """The device that has answered, while voices are on."""
    answered_by: str = ""
    quiet: LineQuiet = ""
    texts: int = 0
    """How many messages were written."""
    ended: LineEnd | None = None
    """None: it stands. One that has ended stays until the next, so that both can read why."""
    ended_at: int | None = None
    ended_by: str = ""
