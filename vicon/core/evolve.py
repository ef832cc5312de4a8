"""What an event makes of the state. No rules here: what was decided once stays so for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from vicon.core import events as ev
from vicon.core.model import (
    TALLY_UNDO,
    AlarmKind,
    Attendee,
    CameraCount,
    Conference,
    CountAlarm,
    Device,
    FloorChange,
    Plan,
    Room,
    Tick,
    Visit,
)


class BrokenHistory(ValueError):
    """An event that cannot follow from the state before it: the journal is not one story."""


def evolve(state: Conference | None, event: ev.Event, at: int) -> Conference:
    """The state after `event`, which happened at `at` (Unix ms). Raises BrokenHistory."""
    if isinstance(event, ev.ConferenceCreated):
        if state is not None:
            raise BrokenHistory("conference_created a second time")
        return _created(event.plan)
    if state is None:
        raise BrokenHistory(f"{type(event).__name__} before conference_created")
    try:
        return _EVOLVERS[type(event)](state, event, at)
    except KeyError as error:
        raise BrokenHistory(f"{type(event).__name__} of unknown {error}") from error


def replay(records: Iterable[tuple[int, ev.Event]]) -> Conference | None:
    """The state after all of (at, event), from nothing. Raises BrokenHistory."""
    state: Conference | None = None
    for at, event in records:
        state = evolve(state, event, at)
    return state


def _created(plan: Plan) -> Conference:
    rooms = {room.code: Room(plan=room, limit=room.cap) for room in (plan.hub, *plan.rooms)}
    return Conference(plan=plan, rooms=rooms)


def _with_room(state: Conference, code: str, **changes: Any) -> Conference:
    room = replace(state.rooms[code], **changes)
    return replace(state, rooms={**state.rooms, code: room})


def _with_device(state: Conference, device: str, **changes: Any) -> Conference:
    changed = replace(state.devices[device], **changes)
    return replace(state, devices={**state.devices, device: changed})


def _phase(state: Conference, event: ev.PhaseChanged, at: int) -> Conference:
    return replace(state, phase=event.phase)


def _joined(state: Conference, event: ev.DeviceJoined, at: int) -> Conference:
    device = Device(
        id=event.device,
        room=event.room,
        kind=event.kind,
        role=event.role,
        label=event.label,
        name=event.name,
        shared=event.shared,
        waiting=event.waiting,
        via=event.via,
        plays=event.plays,
    )
    state = replace(state, devices={**state.devices, event.device: device})
    if event.room is None or event.kind != "main":
        return state
    return _with_room(state, event.room, consent=event.consent)


def _admitted(state: Conference, event: ev.DeviceAdmitted, at: int) -> Conference:
    return _with_device(state, event.device, waiting=False)


def _left(state: Conference, event: ev.DeviceLeft, at: int) -> Conference:
    devices = dict(state.devices)
    del devices[event.device]
    return replace(state, devices=devices)


def _lost(state: Conference, event: ev.DeviceLost, at: int) -> Conference:
    return _with_device(state, event.device, connected=False, lost_since=at)


def _returned(state: Conference, event: ev.DeviceReturned, at: int) -> Conference:
    return _with_device(state, event.device, connected=True, lost_since=None)


def _main(state: Conference, event: ev.MainChanged, at: int) -> Conference:
    if event.device is None:
        return _with_room(state, event.room, main=None, mic_asked=False, consent=False)
    state = _with_device(state, event.device, kind="main", shared=False)
    return _with_room(state, event.room, main=event.device)


def _camera(state: Conference, event: ev.CameraChanged, at: int) -> Conference:
    return _with_device(state, event.device, camera=event.on)


def _publishing(state: Conference, event: ev.PublishingChanged, at: int) -> Conference:
    return _with_device(state, event.device, publishing=event.on)


def _tally(state: Conference, event: ev.TallyChanged, at: int) -> Conference:
    room = state.rooms[event.room]
    before = room.tally_before[:-1] if event.undo else (*room.tally_before, room.tally)
    return _with_room(state, event.room, tally=event.tally, tally_before=before[-TALLY_UNDO:])


def _limit(state: Conference, event: ev.LimitChanged, at: int) -> Conference:
    reason = event.reason if event.limit > state.rooms[event.room].plan.cap else ""
    return _with_room(state, event.room, limit=event.limit, limit_reason=reason)


def _estimate_switched(state: Conference, event: ev.EstimateSwitched, at: int) -> Conference:
    return _with_room(state, event.room, counted=event.on, estimate=None)


def _estimate(state: Conference, event: ev.EstimateChanged, at: int) -> Conference:
    seen = CameraCount(persons=event.persons, quality=event.quality, since=at)
    return _with_room(state, event.room, estimate=seen)


def _zones(state: Conference, event: ev.ZonesChanged, at: int) -> Conference:
    return _with_room(state, event.room, zones=tuple(event.zones), estimate=None)


def _sign(state: Conference, event: ev.CountSignChanged, at: int) -> Conference:
    room = state.rooms[event.room]
    return _with_room(
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
    return _with_room(state, event.room, alarms=alarms)


def _with_alarm(state: Conference, code: str, kind: AlarmKind, **changes: Any) -> Conference:
    """One that has ended and is acknowledged is no task any more."""
    alarms = dict(state.rooms[code].alarms)
    alarm = replace(alarms.pop(kind), **changes)
    if alarm.ended_at is None or not alarm.by:
        alarms[kind] = alarm
    return _with_room(state, code, alarms=alarms)


def _alarm_escalated(state: Conference, event: ev.CountAlarmEscalated, at: int) -> Conference:
    return _with_alarm(state, event.room, event.kind, escalated=True)


def _alarm_acknowledged(state: Conference, event: ev.CountAlarmAcknowledged, at: int) -> Conference:
    said = {"by": event.by, "reason": event.reason, "acknowledged_at": at}
    return _with_alarm(state, event.room, event.kind, **said)


def _alarm_ended(state: Conference, event: ev.CountAlarmEnded, at: int) -> Conference:
    return _with_alarm(state, event.room, event.kind, ended_at=at, locked=False)


def _reduce(state: Conference, event: ev.ReduceAsked, at: int) -> Conference:
    return _with_room(state, event.room, reduce_asked=event.on)


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
    return _with_room(state, code, attendance=attendance)


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
    return _with_room(state, event.room, attendance=attendance)


def _expected(state: Conference, event: ev.ExpectedChanged, at: int) -> Conference:
    return _with_room(state, event.room, expected=tuple(event.persons))


def _with_mics(rooms: Mapping[str, Room], mics: Mapping[str, bool]) -> dict[str, Room]:
    """An asked microphone that opens or closes is no longer asked."""
    changed = {code: replace(rooms[code], mic=on, mic_asked=False) for code, on in mics.items()}
    return {**rooms, **changed}


def _floor(state: Conference, event: ev.FloorChanged, at: int) -> Conference:
    replaced = FloorChange(
        at=at,
        floor=state.floor,
        floor_since=state.floor_since,
        next=state.next,
        hands=state.hands,
        mics={code: state.rooms[code].mic for code in event.mics},
    )
    return replace(
        state,
        floor=event.room,
        floor_since=at,
        next=event.next,
        hands=tuple(event.hands),
        rooms=_with_mics(state.rooms, event.mics),
        floor_change=replaced,
    )


def _floor_undone(state: Conference, event: ev.FloorUndone, at: int) -> Conference:
    change = state.floor_change
    if change is None:
        raise BrokenHistory("floor_undone without a change of the floor")
    return replace(
        state,
        floor=change.floor,
        floor_since=change.floor_since,
        next=change.next,
        hands=change.hands,
        rooms=_with_mics(state.rooms, change.mics),
        floor_change=None,
    )


def _next(state: Conference, event: ev.NextChanged, at: int) -> Conference:
    return replace(state, next=event.room)


def _mic(state: Conference, event: ev.MicChanged, at: int) -> Conference:
    return replace(state, rooms=_with_mics(state.rooms, {event.room: event.on}))


def _mic_asked(state: Conference, event: ev.MicAsked, at: int) -> Conference:
    return _with_room(state, event.room, mic_asked=True)


def _mic_lock(state: Conference, event: ev.MicLockChanged, at: int) -> Conference:
    if event.room is None:
        return replace(state, mic_lock=event.on)
    return _with_room(state, event.room, mic_lock=event.on)


def _hands(state: Conference, event: ev.HandsChanged, at: int) -> Conference:
    return replace(state, hands=tuple(event.hands))


def _trial(state: Conference, event: ev.TrialRecorded, at: int) -> Conference:
    return _with_room(state, event.room, trial=event.trial)


def _equipment(state: Conference, event: ev.EquipmentChecked, at: int) -> Conference:
    ticks = {item: t for item, t in state.rooms[event.room].ticks.items() if item != event.item}
    if event.on:
        ticks[event.item] = Tick(by=event.by, at=at)
    return _with_room(state, event.room, ticks=ticks)


def _override(state: Conference, event: ev.GateOverridden, at: int) -> Conference:
    return _with_room(state, event.room, override=event.reason if event.on else "")


_EVOLVERS: Mapping[type[ev.Event], Callable[[Conference, Any, int], Conference]] = {
    ev.PhaseChanged: _phase,
    ev.DeviceJoined: _joined,
    ev.DeviceAdmitted: _admitted,
    ev.DeviceLeft: _left,
    ev.DeviceLost: _lost,
    ev.DeviceReturned: _returned,
    ev.MainChanged: _main,
    ev.CameraChanged: _camera,
    ev.PublishingChanged: _publishing,
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
    ev.FloorChanged: _floor,
    ev.FloorUndone: _floor_undone,
    ev.NextChanged: _next,
    ev.MicChanged: _mic,
    ev.MicAsked: _mic_asked,
    ev.MicLockChanged: _mic_lock,
    ev.HandsChanged: _hands,
    ev.TrialRecorded: _trial,
    ev.EquipmentChecked: _equipment,
    ev.GateOverridden: _override,
}
