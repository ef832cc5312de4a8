"""Persons in a room against its cap: who is declared (the operator's tally and the companions'
devices), who is checked in, and what the camera shows. Three figures, kept apart."""

from __future__ import annotations

from typing import Literal

from vicon.core import commands as do
from vicon.core.events import (
    EstimateChanged,
    EstimateSwitched,
    LimitChanged,
    TallyChanged,
    ZonesChanged,
)
from vicon.core.model import MAX_ZONES, Conference, Device, Zone
from vicon.core.refusals import Outcome, Refused, Who

CountState = Literal["unknown", "ok", "near", "full", "over"]
MAX_LIMIT = 999
"""Most persons that a moderator can allow in a room."""


def stands_for_person(device: Device) -> bool:
    """A companion is one person's own device, unless it is a shared one or still waits. A lost one
    keeps its person in the count until it expires."""
    return device.kind == "companion" and not device.shared and not device.waiting


def companions(state: Conference, code: str) -> int:
    """Persons whom devices stand for."""
    return sum(d.room == code and stands_for_person(d) for d in state.devices.values())


def declared(state: Conference, code: str) -> int | None:
    """Tally plus companions; None when nobody has said anything about the room."""
    tally, persons = state.rooms[code].tally, companions(state, code)
    return None if tally is None and not persons else (tally or 0) + persons


def checked_in(state: Conference, code: str) -> int:
    """Persons on the attendance list who have not left."""
    return sum(attendee.present for attendee in state.rooms[code].attendance.values())


def effective(state: Conference, code: str) -> int | None:
    """The larger of declared and checked in; the camera never changes it. None: nobody has said
    anything, and nobody ever checked in."""
    said = declared(state, code)
    if said is None and not state.rooms[code].attendance:
        return None
    return max(said or 0, checked_in(state, code))


def count_state(persons: int | None, cap: int) -> CountState:
    """ok below cap-1, near at cap-1, full at the cap, over above it."""
    if persons is None:
        return "unknown"
    if persons > cap:
        return "over"
    if persons == cap:
        return "full"
    return "near" if persons == cap - 1 else "ok"


def full(state: Conference, code: str, more: int = 1) -> Refused | None:
    """The refusal of `more` persons entering the room, or None when they find a place.

    `cap` of the refusal is the limit in force: the cap or what a moderator allowed.
    """
    room = state.rooms[code]
    persons = declared(state, code) or 0
    if more <= 0 or persons + more <= room.limit:
        return None
    return Refused("room_full", {"room": room.plan.name, "cap": room.limit, "count": persons})


def due(state: Conference, now: int) -> tuple[str, ...]:
    """Lost devices whose grace is over at `now` (Unix ms), and whose place is to be freed."""
    policy = state.plan.policy
    return tuple(
        device.id
        for device in state.devices.values()
        if device.lost_since is not None
        and now - device.lost_since
        >= (policy.main_grace_ms if device.kind == "main" else policy.companion_grace_ms)
    )


def set_count(state: Conference, asker: Who, command: do.SetCount, now: int) -> Outcome:
    return _tally(state, command.room, command.value)


def add_count(state: Conference, asker: Who, command: do.AddCount, now: int) -> Outcome:
    return _tally(state, command.room, (state.rooms[command.room].tally or 0) + command.by)


def _tally(state: Conference, code: str, value: int) -> Outcome:
    """Lowering is always possible, above the limit too."""
    tally = state.rooms[code].tally
    if value < 0:
        return Refused("count_negative")
    if value == tally:
        return []
    return full(state, code, value - (tally or 0)) or [TallyChanged(room=code, tally=value)]


def undo_count(state: Conference, asker: Who, command: do.UndoCount, now: int) -> Outcome:
    room = state.rooms[command.room]
    if not room.tally_before:
        return Refused("nothing_to_undo")
    tally = room.tally_before[-1]
    back = TallyChanged(room=command.room, tally=tally, undo=True)
    return full(state, command.room, (tally or 0) - (room.tally or 0)) or [back]


def allow_count(state: Conference, asker: Who, command: do.AllowCount, now: int) -> Outcome:
    """A limit above the cap wants a reason; a limit equal to the cap takes the allowance back."""
    room = state.rooms[command.room]
    cap, limit = room.plan.cap, command.limit
    reason = command.reason.strip()
    if not cap <= limit <= MAX_LIMIT or (limit > cap and not reason):
        return Refused("bad_limit", {"room": room.plan.name, "cap": cap})
    if limit == room.limit and (limit == cap or reason == room.limit_reason):
        return []
    return [LimitChanged(room=command.room, limit=limit, reason=reason)]


def switch_estimate(state: Conference, asker: Who, command: do.SwitchEstimate, now: int) -> Outcome:
    if command.on == state.rooms[command.room].counted:
        return []
    return [EstimateSwitched(room=command.room, on=command.on)]


def record_estimate(state: Conference, asker: Who, command: do.RecordEstimate, now: int) -> Outcome:
    """Of a room that is not to be looked at nothing is recorded, though a look was under way."""
    room = state.rooms.get(command.room)
    if room is None or not room.counted:
        return []
    seen, known = (command.persons, command.quality), room.estimate
    if known is not None and (known.persons, known.quality) == seen:
        return []
    return [EstimateChanged(room=command.room, persons=seen[0], quality=seen[1])]


def set_zones(state: Conference, asker: Who, command: do.SetZones, now: int) -> Outcome:
    zones = tuple(_rounded(zone) for zone in command.zones)
    if len(zones) > MAX_ZONES or not all(within(zone) for zone in zones):
        return Refused("bad_zones", {"most": MAX_ZONES})
    if zones == state.rooms[command.room].zones:
        return []
    return [ZonesChanged(room=command.room, zones=list(zones))]


def _rounded(zone: Zone) -> Zone:
    """To a thousandth of the picture: a wide one has hardly more pixels."""
    x, y, width, height = (round(v, 3) for v in (zone.x, zone.y, zone.width, zone.height))
    return Zone(x=x, y=y, width=width, height=height)


def within(zone: Zone) -> bool:
    """Whether it is a part of the picture: not empty, not outside, no NaN."""
    across = zone.x >= 0 and zone.width > 0 and zone.x + zone.width <= 1.001
    return across and zone.y >= 0 and zone.height > 0 and zone.y + zone.height <= 1.001
