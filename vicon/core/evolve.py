"""What an event makes of the state. No rules here: what was decided once stays so for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from vicon.core import (
    broadcasts,
    drills,
    evolve_ceremony,
    evolve_counts,
    evolve_fallback,
    evolve_office,
    evolve_pact,
    evolve_talk,
    recordings,
)
from vicon.core import events as ev
from vicon.core import events_server as server
from vicon.core.ceremony import Rundown, RundownChange
from vicon.core.change import BrokenHistory, with_device, with_room
from vicon.core.model import (
    Conference,
    Device,
    FloorChange,
    Plan,
    Room,
    Tick,
)
from vicon.core.pactwords import Pact
from vicon.core.pressure import Pressure


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
    return Conference(
        plan=plan,
        rooms=rooms,
        rundown=Rundown(items=plan.rundown),
        pact=Pact(document=plan.pact),
    )


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
        hall=event.hall,
    )
    state = replace(state, devices={**state.devices, event.device: device})
    if event.room is None or event.kind != "main":
        return state
    return with_room(state, event.room, consent=event.consent)


def _admitted(state: Conference, event: ev.DeviceAdmitted, at: int) -> Conference:
    return with_device(state, event.device, waiting=False)


def _left(state: Conference, event: ev.DeviceLeft, at: int) -> Conference:
    devices = dict(state.devices)
    del devices[event.device]
    return replace(state, devices=devices)


def _lost(state: Conference, event: ev.DeviceLost, at: int) -> Conference:
    return with_device(state, event.device, connected=False, lost_since=at)


def _returned(state: Conference, event: ev.DeviceReturned, at: int) -> Conference:
    return with_device(state, event.device, connected=True, lost_since=None)


def _main(state: Conference, event: ev.MainChanged, at: int) -> Conference:
    if event.device is None:
        return with_room(state, event.room, main=None, mic_asked=False, consent=False)
    state = with_device(state, event.device, kind="main", shared=False)
    return with_room(state, event.room, main=event.device)


def _camera(state: Conference, event: ev.CameraChanged, at: int) -> Conference:
    return with_device(state, event.device, camera=event.on)


def _publishing(state: Conference, event: ev.PublishingChanged, at: int) -> Conference:
    return with_device(state, event.device, publishing=event.on)


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
        rundown_change=_floorless(state.rundown_change),
    )


def _floorless(change: RundownChange | None) -> RundownChange | None:
    """The floor has gone on since: it is not taken back with that step."""
    return replace(change, floor=False) if change is not None else None


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
        rundown_change=_floorless(state.rundown_change),
    )


def _next(state: Conference, event: ev.NextChanged, at: int) -> Conference:
    return replace(state, next=event.room)


def _mic(state: Conference, event: ev.MicChanged, at: int) -> Conference:
    return replace(state, rooms=_with_mics(state.rooms, {event.room: event.on}))


def _mic_asked(state: Conference, event: ev.MicAsked, at: int) -> Conference:
    return with_room(state, event.room, mic_asked=True)


def _mic_lock(state: Conference, event: ev.MicLockChanged, at: int) -> Conference:
    if event.room is None:
        return replace(state, mic_lock=event.on)
    return with_room(state, event.room, mic_lock=event.on)


def _hands(state: Conference, event: ev.HandsChanged, at: int) -> Conference:
    return replace(state, hands=tuple(event.hands))


def _trial(state: Conference, event: ev.TrialRecorded, at: int) -> Conference:
    return with_room(state, event.room, trial=event.trial)


def _equipment(state: Conference, event: ev.EquipmentChecked, at: int) -> Conference:
    ticks = {item: t for item, t in state.rooms[event.room].ticks.items() if item != event.item}
    if event.on:
        ticks[event.item] = Tick(by=event.by, at=at)
    return with_room(state, event.room, ticks=ticks)


def _override(state: Conference, event: ev.GateOverridden, at: int) -> Conference:
    return with_room(state, event.room, override=event.reason if event.on else "")


def _purged(state: Conference, event: ev.PersonalDataPurged, at: int) -> Conference:
    """The entries before it say so by themselves."""
    return state


def _pressure(state: Conference, event: server.PressureChanged, at: int) -> Conference:
    return replace(state, pressure=Pressure(level=event.level, why=event.why, since=at))


def _clock(state: Conference, event: server.ClockJumped, at: int) -> Conference:
    """For who reads the times."""
    return replace(state, jumps=state.jumps + 1)


def _taken_over(state: Conference, event: server.ServerTakenOver, at: int) -> Conference:
    return replace(state, epoch=event.epoch)


_EVOLVERS: Mapping[type[ev.Event], Callable[[Conference, Any, int], Conference]] = {
    **evolve_counts.EVOLVERS,
    **evolve_ceremony.EVOLVERS,
    **evolve_pact.EVOLVERS,
    **evolve_office.EVOLVERS,
    **evolve_talk.EVOLVERS,
    **evolve_fallback.EVOLVERS,
    **drills.EVOLVERS,
    **recordings.EVOLVERS,
    **broadcasts.EVOLVERS,
    ev.PhaseChanged: _phase,
    ev.DeviceJoined: _joined,
    ev.DeviceAdmitted: _admitted,
    ev.DeviceLeft: _left,
    ev.DeviceLost: _lost,
    ev.DeviceReturned: _returned,
    ev.MainChanged: _main,
    ev.CameraChanged: _camera,
    ev.PublishingChanged: _publishing,
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
    ev.PersonalDataPurged: _purged,
    server.PressureChanged: _pressure,
    server.ClockJumped: _clock,
    server.ServerTakenOver: _taken_over,
}
