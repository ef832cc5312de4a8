"""The head count on the wire: commands and views of attendance, zones and alarms. A part of
protocol v1; signaling.messages is the whole. Times are Unix ms.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from signaling.shape import Reason, RoomCode, _Part, _Strict

AlarmKind = Literal["over", "mismatch"]
"""over: more persons than the limit allows. mismatch: the camera sees clearly more than were
counted."""
PersonId = Annotated[str, Meta(min_length=8, max_length=40, pattern="^[A-Za-z0-9_-]+$")]
PersonName = Annotated[str, Meta(min_length=1, max_length=100)]
PersonText = Annotated[str, Meta(max_length=100)]
AgoMs = Annotated[int, Meta(ge=0, le=86_400_000)]
Fraction = Annotated[float, Meta(ge=0, le=1)]


class Zone(_Strict, tag=False):
    """A rectangle of a camera's picture in which no faces are counted, as parts of its width and
    height from the top left."""

    x: Fraction
    y: Fraction
    width: Fraction
    height: Fraction


class CountZones(_Strict, tag="count.zones"):
    """Where no faces are counted; what the camera showed is then void."""

    room: RoomCode
    zones: Annotated[list[Zone], Meta(max_length=12)]


class CountAcknowledge(_Strict, tag="count.acknowledge"):
    """A moderator has seen to an alarm."""

    room: RoomCode
    kind: AlarmKind
    reason: Reason


class CountAskReduce(_Strict, tag="count.ask_reduce"):
    """Ask a room that persons leave, or take that back."""

    room: RoomCode
    on: bool


class AttendanceEnter(_Strict, tag="attendance.enter"):
    """Enter a person on the room's list, or again after leaving. `person` is an id that the client
    makes, so that asking twice enters once; `ago_ms`: it was so long ago."""

    room: RoomCode
    person: PersonId
    name: PersonName
    institution: PersonText = ""
    role: PersonText = ""
    ago_ms: AgoMs = 0


class AttendanceLeave(_Strict, tag="attendance.leave"):
    room: RoomCode
    person: PersonId
    ago_ms: AgoMs = 0


class AttendanceKeep(_Strict, tag="attendance.keep"):
    """Take back that a person left."""

    room: RoomCode
    person: PersonId


class AttendanceCorrect(_Strict, tag="attendance.correct"):
    room: RoomCode
    person: PersonId
    name: PersonName
    institution: PersonText = ""
    role: PersonText = ""


class AttendanceStrike(_Strict, tag="attendance.strike"):
    """Take back that a person came."""

    room: RoomCode
    person: PersonId


class CountAlarmView(_Part):
    """A task: acknowledged by a moderator with a reason. What has ended and is acknowledged is
    gone."""

    kind: AlarmKind
    raised_at: int
    persons: int | None
    """Counted when it was raised."""
    camera: int | None
    limit: int
    ended_at: int | None
    """When it was no longer so; null: it still is."""
    escalated: bool
    """Nobody acknowledged it in time."""
    by: str
    """Who acknowledged it; empty: nobody has."""
    acknowledged_at: int | None
    reason: str


class AttendeeView(_Part):
    """A person on the list, of the last visit."""

    id: str
    name: str
    institution: str
    role: str
    entered_at: int
    left_at: int | None
    by: str
    """Who entered the person; empty: the own phone."""


class ExpectedView(_Part):
    """A person who is to come."""

    name: str
    institution: str
    role: str
    person: str | None
    """The entry on the list, present or gone again; null: has not come."""
