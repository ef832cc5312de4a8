"""How the rooms' counts went over a session: begin, peak, end and person-minutes, read from the
journal afterwards or while it grows. Pure."""

from __future__ import annotations

from copy import copy
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from vicon.core import events as ev
from vicon.core.alarms import seen
from vicon.core.estimate import Quality
from vicon.core.evolve import evolve
from vicon.core.headcount import checked_in, declared, effective
from vicon.core.model import AlarmKind, Conference

MOST_POINTS = 5_000
"""Per room; beyond that every second one of the older half is let go."""


class Point(NamedTuple):
    """What was known of a room from `at` (Unix ms) on, until the next point."""

    at: int
    declared: int | None
    checked_in: int
    effective: int | None
    camera: int | None
    quality: Quality | None
    """None: the camera had not been looked at."""
    limit: int


class AlarmTrail(Struct, kw_only=True):
    """An alarm from its beginning to its end."""

    kind: AlarmKind
    raised_at: int
    persons: int | None
    camera: int | None
    limit: int
    escalated_at: int | None = None
    by: str = ""
    reason: str = ""
    acknowledged_at: int | None = None
    ended_at: int | None = None


class RoomCourse(Struct, kw_only=True):
    """Persons are those counted (effective), None where nobody had counted."""

    points: list[Point] = []
    begin: int | None = None
    """When the session went live."""
    end: int | None = None
    """When it was closed; until then the present figure."""
    peak: int | None = None
    """The most while it was live."""
    peak_at: int | None = None
    camera_begin: int | None = None
    camera_peak: int | None = None
    camera_end: int | None = None
    person_minutes: float = 0.0
    """Persons times minutes, while it was live."""
    alarms: list[AlarmTrail] = []


class Course:
    """Feed it with the journal's records in their order, then read `rooms`."""

    def __init__(self) -> None:
        self.state: Conference | None = None
        self.rooms: dict[str, RoomCourse] = {}
        self.live_at: int | None = None
        self.closed_at: int | None = None
        self._at = 0

    def take(self, at: int, event: ev.Event) -> None:
        """`at`: Unix ms; a clock that was set back counts as standing still. Raises
        BrokenHistory."""
        at = max(at, self._at)
        self.until(at)
        before, state = self.state, evolve(self.state, event, at)
        self.state = state
        for code in state.rooms:
            if before is None or _differs(before, state, code):
                self._note(state, code, at)
        if isinstance(event, ev.PhaseChanged):
            self._phase(state, event, at)
        self._trail(event, at)

    def until(self, now: int) -> None:
        """Count the minutes up to `now`; reading may follow."""
        if self.state is not None and self.state.phase == "live" and now > self._at:
            minutes = (now - self._at) / 60_000
            for course in self.rooms.values():  # `end` is the present figure until it is closed
                course.person_minutes += minutes * (course.end or 0)
        self._at = max(now, self._at)

    def at(self, now: int) -> Course:
        """As it stands at `now` (Unix ms), of its own: this one can be fed further."""
        found = copy(self)
        found.rooms = {
            code: replace(
                course, points=course.points.copy(), alarms=[replace(a) for a in course.alarms]
            )
            for code, course in self.rooms.items()
        }
        found.until(now)
        return found

    def _note(self, state: Conference, code: str, at: int) -> None:
        course = self.rooms.setdefault(code, RoomCourse())
        estimate = state.rooms[code].estimate
        point = Point(
            at=at,
            declared=declared(state, code),
            checked_in=checked_in(state, code),
            effective=effective(state, code),
            camera=seen(state, code),
            quality=estimate.quality if estimate is not None else None,
            limit=state.rooms[code].limit,
        )
        if state.phase != "closed":
            course.end, course.camera_end = point.effective, point.camera
        if state.phase == "live":
            self._peak(course, point)
        points = course.points
        if points and points[-1][1:] == point[1:]:
            return
        if points and points[-1].at == at:
            points.pop()
        points.append(point)
        if len(points) > MOST_POINTS:
            half = len(points) // 2
            points[1:half] = points[1:half:2]

    @staticmethod
    def _peak(course: RoomCourse, point: Point) -> None:
        if point.effective is not None and (course.peak is None or point.effective > course.peak):
            course.peak, course.peak_at = point.effective, point.at
        if point.camera is not None:
            course.camera_peak = max(point.camera, course.camera_peak or 0)

    def _phase(self, state: Conference, event: ev.PhaseChanged, at: int) -> None:
        if event.phase == "closed":
            self.closed_at = at
        if event.phase != "live":
            return
        self.live_at = at
        for code, course in self.rooms.items():
            course.begin, course.camera_begin = effective(state, code), seen(state, code)

    def _trail(self, event: ev.Event, at: int) -> None:
        if isinstance(event, ev.CountAlarmRaised):
            trail = AlarmTrail(
                kind=event.kind,
                raised_at=at,
                persons=event.persons,
                camera=event.camera,
                limit=event.limit,
            )
            self.rooms[event.room].alarms.append(trail)
            return
        if not isinstance(
            event, ev.CountAlarmEscalated | ev.CountAlarmAcknowledged | ev.CountAlarmEnded
        ):
            return
        alarms = self.rooms[event.room].alarms
        last = next(alarm for alarm in reversed(alarms) if alarm.kind == event.kind)
        if isinstance(event, ev.CountAlarmEscalated):
            last.escalated_at = at
        elif isinstance(event, ev.CountAlarmEnded):
            last.ended_at = at
        else:
            last.by, last.reason, last.acknowledged_at = event.by, event.reason, at


def _differs(before: Conference, state: Conference, code: str) -> bool:
    """Whether the room's figures may be others: what did not change is the same value."""
    room = before.rooms.get(code) is not state.rooms[code]
    return room or before.devices is not state.devices or before.phase != state.phase
