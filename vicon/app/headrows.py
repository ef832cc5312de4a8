"""The head count's rows as they are handed out. Times are Unix ms."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from vicon.core.course import AlarmTrail, Point

Status = Literal["present", "left", "absent"]


class VisitRow(Struct, frozen=True, kw_only=True):
    """One visit of a person; or a person who was expected and never came."""

    person: str | None
    """The entry on the list; None: has not come."""
    name: str
    institution: str
    role: str
    entered_at: int | None = None
    left_at: int | None = None
    minutes: float | None = None
    """In the room so far, or until the session was closed."""
    by: str = ""
    """Who entered the person; empty: the own phone."""
    expected: bool
    status: Status


class RoomVisits(Struct, frozen=True, kw_only=True):
    room: str
    name: str
    visits: list[VisitRow]


class RoomCounts(Struct, frozen=True, kw_only=True):
    """A room's course; see core.course.RoomCourse."""

    room: str
    points: list[Point]
    begin: int | None
    peak: int | None
    peak_at: int | None
    end: int | None
    camera_begin: int | None
    camera_peak: int | None
    camera_end: int | None
    person_minutes: float
    alarms: list[AlarmTrail]


class Attendances(Struct, frozen=True, kw_only=True):
    """The attendance list of rooms."""

    rooms: list[RoomVisits]
    live_at: int | None
    closed_at: int | None
    now: int


class CountCourses(Struct, frozen=True, kw_only=True):
    """The course of the counts of rooms."""

    rooms: list[RoomCounts]
    live_at: int | None
    closed_at: int | None
    now: int
