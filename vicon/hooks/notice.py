"""What a receiver is told of an entry of the journal. Pure. No names of persons, no free text: what
leaves the server is what a monitor needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import Struct

from vicon.core import events as core
from vicon.core import events_ceremony as ceremony
from vicon.core import events_fallback as fallback
from vicon.core import events_office as office
from vicon.core import events_server as server
from vicon.core.model import Conference
from vicon.ports import Record

Group = Literal["conference", "room", "count", "trial", "alarm"]
"""What stands before the dot of a type; a receiver chooses among these."""
Data = dict[str, Any]


class Notice(NamedTuple):
    id: str
    """The same however often it is sent; no other has it."""
    type: str
    body: bytes

    @property
    def group(self) -> str:
        return self.type.partition(".")[0]


class Place(Struct):
    """How far a receiver has been told of one conference."""

    sequence: int
    hash: str
    mains: dict[str, str]
    """By device the room of which it is, or was last, the main camera."""


def mains_of(state: Conference) -> dict[str, str]:
    return {room.main: code for code, room in state.rooms.items() if room.main is not None}


def pass_over(place: Place, record: Record) -> None:
    """This entry has been told, or need not be."""
    place.sequence, place.hash = record.sequence, record.hash
    event = record.event
    if isinstance(event, core.MainChanged):
        gone = [device for device, room in place.mains.items() if room == event.room]
        for device in gone:
            del place.mains[device]
        if event.device is not None:
            place.mains[event.device] = event.room


def notice(record: Record, mains: Mapping[str, str]) -> Notice | None:
    """None: nobody is told of such an entry. `mains`: see Place, before this entry."""
    said = _told(record.event, mains)
    if said is None:
        return None
    type, data = said
    at = datetime.fromtimestamp(record.at / 1000, UTC).isoformat(timespec="milliseconds")
    whole = {
        "type": type,
        "timestamp": at.replace("+00:00", "Z"),
        "data": {"conference": record.conference, "sequence": record.sequence, **data},
    }
    id = f"{record.conference}_{record.sequence}_{record.hash[:16]}"
    return Notice(id, type, msgspec.json.encode(whole))


def _told(event: core.Event, mains: Mapping[str, str]) -> tuple[str, Data] | None:
    if isinstance(event, core.DeviceLost | core.DeviceReturned):
        room = mains.get(event.device)
        if room is None:
            return None
        return "room.lost" if isinstance(event, core.DeviceLost) else "room.returned", _room(room)
    found = _KINDS.get(type(event))
    if found is None:
        return None
    kind, data = found
    if isinstance(event, core.MainChanged) and event.device is None:
        kind = "room.left"
    return kind, data(event)


def _room(code: str) -> Data:
    return {"room": code}


def _fields(*names: str) -> Callable[[Any], Data]:
    return lambda event: {name: getattr(event, name) for name in names}


def _trial(event: Any) -> Data:
    trial = event.trial
    return {
        "room": event.room,
        "run": trial.run,
        "verdict": trial.verdict,
        "profile": trial.profile,
        "cause": trial.cause,
    }


_ROOM = _fields("room")
_KINDS: Mapping[type[Struct], tuple[str, Callable[[Any], Data]]] = {
    core.ConferenceCreated: ("conference.created", _fields()),
    core.PhaseChanged: ("conference.phase_changed", _fields("phase")),
    office.PlanChanged: ("conference.plan_changed", _fields()),
    office.ConferenceArchived: ("conference.archived", _fields()),
    office.ConferenceRestored: ("conference.restored", _fields()),
    core.FloorChanged: ("conference.floor_changed", _fields("room", "next")),
    core.MainChanged: ("room.joined", _ROOM),
    fallback.FallbackSet: ("room.fallback_changed", _fields("room", "level")),
    fallback.FallbackLowered: ("room.fallback_changed", _fields("room", "level")),
    fallback.FallbackRaised: ("room.fallback_changed", _fields("room", "level")),
    fallback.FallbackPinned: ("room.fallback_changed", _fields("room", "level")),
    fallback.FallbackUnpinned: ("room.fallback_changed", _fields("room", "level")),
    core.TallyChanged: ("count.tally_changed", _fields("room", "tally")),
    core.LimitChanged: ("count.limit_changed", _fields("room", "limit")),
    core.AttendeeEntered: ("count.person_entered", _ROOM),
    core.AttendeeLeft: ("count.person_left", _ROOM),
    core.AttendeeStayed: ("count.person_stayed", _ROOM),
    core.AttendeeStruck: ("count.person_struck", _ROOM),
    core.TrialRecorded: ("trial.recorded", _trial),
    core.CountAlarmRaised: (
        "alarm.raised",
        _fields("room", "kind", "persons", "camera", "limit"),
    ),
    core.CountAlarmEscalated: ("alarm.escalated", _fields("room", "kind")),
    core.CountAlarmAcknowledged: ("alarm.acknowledged", _fields("room", "kind")),
    core.CountAlarmEnded: ("alarm.ended", _fields("room", "kind")),
    ceremony.HelpCalled: ("alarm.help_called", _ROOM),
    ceremony.HelpAnswered: ("alarm.help_answered", _ROOM),
    server.PressureChanged: ("alarm.pressure_changed", _fields("level", "why")),
}
TYPES: tuple[str, ...] = tuple(
    sorted({kind for kind, _ in _KINDS.values()} | {"room.left", "room.lost", "room.returned"})
)
