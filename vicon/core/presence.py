"""Devices come, wait, are lost, return and go; one of a room's devices is its main camera."""

from __future__ import annotations

from vicon.core import commands as do
from vicon.core import mics
from vicon.core.events import (
    CameraChanged,
    DeviceAdmitted,
    DeviceJoined,
    DeviceLeft,
    DeviceLost,
    DeviceReturned,
    Event,
    MainChanged,
    PublishingChanged,
)
from vicon.core.evolve import evolve
from vicon.core.floor import handover, lowered
from vicon.core.headcount import due, full
from vicon.core.model import MAX_DEVICES_PER_ROOM, PROGRAMME, Actor, Conference, Device, DeviceKind
from vicon.core.readiness import blocked
from vicon.core.refusals import Outcome, Refused, Who
from vicon.core.relief import unwelcome
from vicon.core.rooms import is_hub, members


def join(state: Conference, asker: Actor, command: do.JoinRoom, now: int) -> Outcome:
    if asker.device in state.devices or command.device in state.devices:
        return Refused("already_joined")
    if asker.role == "observer" and asker.room is not None and asker.room not in state.rooms:
        return Refused("unknown_room")
    if asker.role in ("technician", "observer"):
        if command.plays not in ("", PROGRAMME, *state.rooms):
            return Refused("unknown_room")
        talks = asker.role == "technician" and command.kind == "voice"
        seat: DeviceKind = "voice" if talks else "desk"
        return _join_as(state, asker, command, room=None, kind=seat)
    if asker.room is None or asker.room not in state.rooms:
        return Refused("unknown_room")
    kind = _kind(state, asker, command, asker.room)
    if isinstance(kind, Refused):
        return kind
    return _join_as(state, asker, command, room=asker.room, kind=kind)


def _kind(state: Conference, asker: Actor, command: do.JoinRoom, code: str) -> DeviceKind | Refused:
    """What the new device becomes. `auto` is never refused: main, or else a moderator's desk or
    an operator's companion."""
    if command.kind == "voice":
        return Refused("not_allowed")
    if command.kind in ("document", "screen", "companion"):
        return command.kind
    taken = _claim(state, code, command.take_over)
    if taken is None:
        return "main"
    if command.kind == "main":
        return taken
    return "desk" if asker.role == "moderator" else "companion"


def _claim(state: Conference, code: str, take_over: bool) -> Refused | None:
    """Why the place of the main camera cannot be had. A lost one gives way when told to."""
    room = state.rooms[code]
    if room.main is None:
        return None
    if state.devices[room.main].connected:
        return Refused("main_taken", {"room": room.plan.name})
    return None if take_over else Refused("main_lost", {"room": room.plan.name})


def _join_as(
    state: Conference, asker: Actor, command: do.JoinRoom, *, room: str | None, kind: DeviceKind
) -> Outcome:
    hall = (asker.room or "") if asker.role == "observer" else ""
    outside = unwelcome(state, asker.role, kind, command.via, hall)
    if outside is not None:
        return outside
    replaced = state.rooms[room].main if room is not None and kind == "main" else None
    if len(members(state, room)) - (replaced is not None) >= MAX_DEVICES_PER_ROOM:
        return Refused("too_many_devices", {"max": MAX_DEVICES_PER_ROOM})
    joined = DeviceJoined(
        device=command.device,
        room=room,
        kind=kind,
        role=asker.role,
        label=command.label,
        name=asker.name,
        shared=command.shared and kind == "companion",
        waiting=asker.role == "operator" and _waits(state, room, kind),
        consent=command.consent and kind == "main",
        via=command.via,
        plays=command.plays,
        hall=hall,
    )
    if room is None or kind != "main":
        person = kind == "companion" and not joined.shared and not joined.waiting
        refused = full(state, room) if person and room is not None else None
        return refused or [joined]
    if replaced is not None:
        return [joined, *_succession(room, command.device, replaced)]
    return [joined, MainChanged(room=room, device=command.device), *_mic_at_entry(state, room)]


def _waits(state: Conference, room: str | None, kind: DeviceKind) -> bool:
    """For a moderator: every device where the policy says so, a hall's camera at the gate."""
    if state.plan.policy.admission == "ask":
        return True
    return kind == "main" and room is not None and blocked(state, room)


def _succession(code: str, device: str, old: str | None) -> list[Event]:
    """`device` is the room's main camera from now; the old one leaves."""
    changed: list[Event] = [MainChanged(room=code, device=device)]
    return [*changed, DeviceLeft(device=old, why="replaced")] if old is not None else changed


def _mic_at_entry(state: Conference, code: str) -> list[Event]:
    """Where the policy or a lock says so, a hall comes in muted."""
    muted = state.plan.policy.mute_on_join and not is_hub(state, code)
    return mics.closing(state, (code,)) if muted or mics.locked(state, code) else []


def take_main(state: Conference, asker: Actor, command: do.TakeMain, now: int) -> Outcome:
    """The asker's device becomes the main camera of its room where there is none or a lost one."""
    me = _own(state, asker)
    if me.room is None or me.kind == "screen":
        return Refused("not_allowed")
    main = state.rooms[me.room].main
    if main == me.id:
        return []
    refused = _claim(state, me.room, take_over=True)
    if refused:
        return refused
    entry = [] if main is not None else _mic_at_entry(state, me.room)
    return [*_succession(me.room, me.id, main), *entry]


def leave(state: Conference, asker: Actor, command: do.LeaveRoom, now: int) -> Outcome:
    return departure(state, _own(state, asker), "left")


def remove(state: Conference, asker: Who, command: do.RemoveDevice, now: int) -> Outcome:
    """A waiting device that is removed was declined."""
    device = state.devices.get(command.device)
    if device is None:
        return Refused("unknown_device")
    return departure(state, device, "declined" if device.waiting else "removed")


def admit(state: Conference, asker: Who, command: do.AdmitDevice, now: int) -> Outcome:
    """The cap counts again here: a companion becomes a person of the room only now."""
    device = state.devices.get(command.device)
    if device is None:
        return Refused("unknown_device")
    if not device.waiting:
        return []
    person = device.kind == "companion" and not device.shared and device.room is not None
    refused = full(state, device.room) if person and device.room is not None else None
    return refused or [DeviceAdmitted(device=device.id)]


def camera(state: Conference, asker: Actor, command: do.SetCamera, now: int) -> Outcome:
    me = _own(state, asker)
    return [] if me.camera == command.on else [CameraChanged(device=me.id, on=command.on)]


def lose(state: Conference, asker: Who, command: do.LoseDevice, now: int) -> Outcome:
    """The room keeps its floor and its hand; the device its place for the policy's grace."""
    device = state.devices.get(command.device)
    if device is None:
        return Refused("unknown_device")
    return [DeviceLost(device=device.id, why=command.why)] if device.connected else []


def give_back(state: Conference, asker: Who, command: do.ReturnDevice, now: int) -> Outcome:
    device = state.devices.get(command.device)
    if device is None:
        return Refused("unknown_device")
    return [] if device.connected else [DeviceReturned(device=device.id)]


def publishing(state: Conference, asker: Who, command: do.SetPublishing, now: int) -> Outcome:
    device = state.devices.get(command.device)
    if device is None:
        return Refused("unknown_device")
    if device.publishing == command.on:
        return []
    return [PublishingChanged(device=device.id, on=command.on)]


def expire(state: Conference, asker: Who, command: do.ExpireDevices, now: int) -> Outcome:
    return departures(state, due(state, now), "expired", now)


def departures(state: Conference, ids: tuple[str, ...], why: str, now: int) -> list[Event]:
    """Several devices leave one after the other."""
    events: list[Event] = []
    for device in ids:
        step = departure(state, state.devices[device], why)
        for event in step:
            state = evolve(state, event, now)
        events += step
    return events


def departure(state: Conference, device: Device, why: str) -> list[Event]:
    """A device leaves. With its main camera the room loses the floor, with its last device the
    raised hand. The leaving itself comes last, so that every step is a sound state."""
    left: list[Event] = [DeviceLeft(device=device.id, why=why)]
    code = device.room
    if code is None:
        return left
    hands = lowered(state, code) if len(members(state, code)) == 1 else []
    if state.rooms[code].main == device.id:
        left.insert(0, MainChanged(room=code, device=None))
        if state.floor == code:
            return [handover(state, None, state.hands), *hands, *left]
    return [*hands, *left]


def _own(state: Conference, asker: Actor) -> Device:
    """The asker's device; authority has seen that it exists."""
    return state.devices[asker.device or ""]
