"""Talking beside the programme on the wire: announcements and private lines. A part of protocol v1;
signaling.messages is the whole. Times are Unix ms.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from signaling.shape import RoomCode, _Open, _Part, _Strict

LineId = Annotated[str, Meta(min_length=8, max_length=40, pattern="^[A-Za-z0-9_-]+$")]
LineVoice = Literal["off", "ringing", "on"]
LineSide = Literal["caller", "called"]
LineQuiet = Literal["", "declined", "unanswered", "on_air"]
LineEnd = Literal["hung_up", "declined", "unanswered", "on_air", "lost", "left", "closed"]
CallerRole = Literal["moderator", "technician"]


class AnnounceSet(_Strict, tag="announce.set"):
    """This device's microphone in every hall, above the programme, until it says so again."""

    on: bool


class LineCall(_Strict, tag="line.call"):
    """A private line to a room; `room` null: to the technicians. `line`: an id that the client
    makes. `voice` false: to write on alone, which rings nowhere."""

    line: LineId
    room: RoomCode | None = None
    voice: bool = True


class LineRing(_Strict, tag="line.ring"):
    """The caller asks for voices on a line that stands."""

    line: LineId


class LineAnswer(_Strict, tag="line.answer"):
    """With this device's microphone."""

    line: LineId


class LineDecline(_Strict, tag="line.decline"):
    line: LineId


class LineWrite(_Strict, tag="line.write"):
    line: LineId
    text: Annotated[str, Meta(min_length=1, max_length=500)]


class LineHangUp(_Strict, tag="line.end"):
    line: LineId


class AnnouncementView(_Part):
    device: str
    by: str
    at: int


class PrivateLineView(_Part):
    """The line that stands, or the last that did: then `ended` says why it does not."""

    id: str
    caller: str
    """The device that called."""
    by: str
    role: CallerRole
    at: int
    here: bool
    """The caller's link stands."""
    voice: LineVoice
    """on: both hear each other, and only they; their microphones are in no programme."""
    rings_until: int | None
    answerer: str | None
    """The device that speaks at the other end."""
    answered_by: str
    quiet: LineQuiet
    """Why a line that was to have voices has none."""
    texts: int
    """Messages that were written so far."""
    ended: LineEnd | None
    ended_at: int | None
    ended_by: str


class LineText(_Open, tag="line.text"):
    """Something written on a private line, for its two ends alone; after `welcome` once more what
    is kept of it. `number` rises by one from 1: a gap is what is not kept."""

    line: str
    number: int
    side: LineSide
    by: str
    at: int
    text: str
