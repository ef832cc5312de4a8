"""What the head count's events make of the state: tallies, limits, cameras, alarms, attendance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from vicon.core import events as ev
from vicon.core.change import with_room
from vicon.core.model import (
    TALLY_UNDO,
    AlarmKind,
    Attendee,
    CameraCount,
    Conference,
    CountAlarm,
    Visit,
)


def _tally(state: Conference, event: ev.TallyChanged, at: int) -> Conference:
    room = state.rooms[event.room]
    before = room.tally_before[:-1] if event.undo else (*room.tally_before, room.tally)
    return with_room(state, event.room, tally=event.tally, tally_before=before[-TALLY_UNDO:])


def _limit(state: Conference, event: ev.LimitChanged, at: int) -> Conference:
    reason = event.reason if event.limit > state.rooms[event.room].plan.cap else ""
    return with_room(state, event.room, limit=event.limit, limit_reason=reason)


def _estimate_switched(state: Conference, event: ev.EstimateSwitched, at: int) -> Conference:
    return with_room(state, event.room, counted=event.on, estimate=None)


def _estimate(state: Conference, event: ev.EstimateChanged, at: int) -> Conference:
    seen = CameraCount(persons=event.persons, quality=event.quality, since=at)
    return with_room(state, event.room, estimate=seen)


def _zones(state: Conference, event: ev.ZonesChanged, at: int) -> Conference:
    return with_room(state, event.room, zones=tuple(event.zones), estimate=None)


def _sign(state: Conference, event: ev.CountSignChanged, at: int) -> Conference:
    room = state.rooms[event.room]
    return with_room(
        state,
        event.room,
        over_since=(room.over_since or at) if event.over else None,
        mismatch_since=(room.mismatch_since or at) if event.mismatch else None,
    )


def _alarm_raised(state: Conference, event: ev.CountAlarmRaised, at: int) -> Conference:
    alarm = CountAlarm(
        kind=event.kind,
        raised_at=at,
        persons=event.persons,
        camera=event.camera,
        limit=event.limit,
        locked=event.locked,
    )
    alarms = {**state.rooms[event.room].alarms, event.kind: alarm}
    return with_room(state, event.room, alarms=alarms)


def _with_alarm(state: Conference, code: str, kind: AlarmKind, **changes: Any) -> Conference:
    """One that has ended and is acknowledged is no task any more."""
    alarms = dict(state.rooms[code].alarms)
    alarm = replace(alarms.pop(kind), **changes)
    if alarm.ended_at is None or not alarm.by:
        alarms[kind] = alarm
    return with_room(state, code, alarms=alarms)


def _alarm_escalated(state: Conference, event: ev.CountAlarmEscalated, at: int) -> Conference:
    return _with_alarm(state, event.room, event.kind, escalated=True)


def _alarm_acknowledged(state: Conference, event: ev.CountAlarmAcknowledged, at: int) -> Conference:
    said = {"by": event.by, "reason": event.reason, "acknowledged_at": at}
    return _with_alarm(state, event.room, event.kind, **said)


def _alarm_ended(state: Conference, event: ev.CountAlarmEnded, at: int) -> Conference:
    return _with_alarm(state, event.room, event.kind, ended_at=at, locked=False)


def _reduce(state: Conference, event: ev.ReduceAsked, at: int) -> Conference:
    return with_room(state, event.room, reduce_asked=event.on)


def _entered(state: Conference, event: ev.AttendeeEntered, at: int) -> Conference:
    known = state.rooms[event.room].attendance.get(event.person)
    visit = Visit(entered_at=event.entered_at)
    attendee = Attendee(
        id=event.person,
        name=event.name,
        institution=event.institution,
        role=event.role,
        visits=(*known.visits, visit) if known is not None else (visit,),
        by=event.by,
    )
    return _with_attendee(state, event.room, attendee)


def _with_attendee(state: Conference, code: str, attendee: Attendee) -> Conference:
    attendance = {**state.rooms[code].attendance, attendee.id: attendee}
    return with_room(state, code, attendance=attendance)


def _gone(state: Conference, event: ev.AttendeeLeft, at: int) -> Conference:
    return _last_visit(state, event.room, event.person, event.left_at)


def _stayed(state: Conference, event: ev.AttendeeStayed, at: int) -> Conference:
    return _last_visit(state, event.room, event.person, None)


def _last_visit(state: Conference, code: str, person: str, left_at: int | None) -> Conference:
    attendee = state.rooms[code].attendance[person]
    last = replace(attendee.visits[-1], left_at=left_at)
    return _with_attendee(state, code, replace(attendee, visits=(*attendee.visits[:-1], last)))


def _corrected(state: Conference, event: ev.AttendeeCorrected, at: int) -> Conference:
    attendee = replace(
        state.rooms[event.room].attendance[event.person],
        name=event.name,
        institution=event.institution,
        role=event.role,
    )
    return _with_attendee(state, event.room, attendee)


def _struck(state: Conference, event: ev.AttendeeStruck, at: int) -> Conference:
    attendance = dict(state.rooms[event.room].attendance)
    del attendance[event.person]
    return with_room(state, event.room, attendance=attendance)


def _expected(state: Conference, event: ev.ExpectedChanged, at: int) -> Conference:
    return with_room(state, event.room, expected=tuple(event.persons))


EVOLVERS: Mapping[type[ev.Event], Callable[[Conference, Any, int], Conference]] = {
    ev.TallyChanged: _tally,
    ev.LimitChanged: _limit,
    ev.EstimateSwitched: _estimate_switched,
    ev.EstimateChanged: _estimate,
    ev.ZonesChanged: _zones,
    ev.CountSignChanged: _sign,
    ev.CountAlarmRaised: _alarm_raised,
    ev.CountAlarmEscalated: _alarm_escalated,
    ev.CountAlarmAcknowledged: _alarm_acknowledged,
    ev.CountAlarmEnded: _alarm_ended,
    ev.ReduceAsked: _reduce,
    ev.AttendeeEntered: _entered,
    ev.AttendeeLeft: _gone,
    ev.AttendeeStayed: _stayed,
    ev.AttendeeCorrected: _corrected,
    ev.AttendeeStruck: _struck,
    ev.ExpectedChanged: _expected,
}
