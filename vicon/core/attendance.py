"""The attendance list of a room: who came, by the own phone at the door or by the operator's hand,
who left, and who is missing of those who were expected."""

from __future__ import annotations

import re

from vicon.core import commands as do
from vicon.core.events import (
    AttendeeCorrected,
    AttendeeEntered,
    AttendeeLeft,
    AttendeeStayed,
    AttendeeStruck,
    Event,
    ExpectedChanged,
)
from vicon.core.headcount import checked_in
from vicon.core.model import (
    MAX_ATTENDEES,
    MAX_EXPECTED,
    MAX_VISITS,
    Attendee,
    Conference,
    Expected,
    Room,
)
from vicon.core.refusals import Outcome, Refused, Who

LONGEST_NAME = 100
OFFLINE_MS = 12 * 3_600_000
"""A phone's word of what happened while it was offline is taken so far back."""
_ID = re.compile(r"[A-Za-z0-9_-]{8,40}")


def same(name: str, institution: str, other_name: str, other_institution: str) -> bool:
    """Whether two entries mean one person: the same words, whatever case and spaces."""
    return (_plain(name), _plain(institution)) == (_plain(other_name), _plain(other_institution))


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def arrivals(room: Room) -> list[Attendee | None]:
    """Of each expected person, in that order, the entry, present or gone again; one without an
    institution is found by the name alone. None: has not come. Every view of a room asks this: it
    looks at each list once."""
    if not room.expected:
        return []
    exact: dict[tuple[str, str], Attendee] = {}
    by_name: dict[str, Attendee] = {}
    for attendee in room.attendance.values():
        name = _plain(attendee.name)
        exact.setdefault((name, _plain(attendee.institution)), attendee)
        by_name.setdefault(name, attendee)
    return [
        exact.get((_plain(one.name), _plain(one.institution)))
        if one.institution
        else by_name.get(_plain(one.name))
        for one in room.expected
    ]


def enter(state: Conference, asker: Who, command: do.EnterPerson, now: int) -> Outcome:
    """The same id once more enters nobody; one who left comes in again."""
    room = state.rooms[command.room]
    said = _said(command)
    if isinstance(said, Refused):
        return said
    known = room.attendance.get(command.person)
    if known is not None and known.present:
        return []
    return _no_place(state, command, said, known) or [
        AttendeeEntered(
            room=command.room,
            person=command.person,
            name=said.name,
            institution=said.institution,
            role=said.role,
            entered_at=_when(known, command.ago_ms, now),
            by=_by(asker),
        )
    ]


def _by(asker: Who) -> str:
    """Empty for the person's own phone."""
    return "" if isinstance(asker, do.Door) else asker.name or asker.role


def _no_place(
    state: Conference, command: do.EnterPerson, said: Expected, known: Attendee | None
) -> Refused | None:
    room = state.rooms[command.room]
    if not _ID.fullmatch(command.person):
        return Refused("bad_person")
    twin = next(
        (
            one
            for one in room.attendance.values()
            if one.present and same(one.name, one.institution, said.name, said.institution)
        ),
        None,
    )
    if twin is not None:
        return Refused("person_twice", {"name": twin.name})
    if known is None and len(room.attendance) >= MAX_ATTENDEES:
        return Refused("list_full", {"most": MAX_ATTENDEES})
    if known is not None and len(known.visits) >= MAX_VISITS:
        return Refused("list_full", {"most": MAX_VISITS})
    there = checked_in(state, command.room)
    if there >= room.limit:
        return Refused("room_full", {"room": room.plan.name, "cap": room.limit, "count": there})
    return None


def _said(command: do.EnterPerson | do.CorrectPerson) -> Expected | Refused:
    """Name, institution and role with their spaces put right."""
    parts = [" ".join(text.split()) for text in (command.name, command.institution, command.role)]
    unfit = any(len(part) > LONGEST_NAME or not part.isprintable() for part in parts)
    if unfit or not parts[0]:
        return Refused("bad_person")
    return Expected(name=parts[0], institution=parts[1], role=parts[2])


def _when(known: Attendee | None, ago_ms: int, now: int) -> int:
    """Not before the person's last act, nor further back than a phone is believed."""
    at = now - max(0, min(OFFLINE_MS, ago_ms))
    last = known.visits[-1] if known is not None else None
    return max(at, (last.left_at or last.entered_at) if last is not None else at)


def leave(state: Conference, asker: Who, command: do.LeavePerson, now: int) -> Outcome:
    known = state.rooms[command.room].attendance.get(command.person)
    if known is None:
        return Refused("unknown_person")
    if not known.present:
        return []
    at = _when(known, command.ago_ms, now)
    return [AttendeeLeft(room=command.room, person=known.id, left_at=at, by=_by(asker))]


def keep(state: Conference, asker: Who, command: do.KeepPerson, now: int) -> Outcome:
    """The place may have been taken meanwhile."""
    room = state.rooms[command.room]
    known = room.attendance.get(command.person)
    if known is None:
        return Refused("unknown_person")
    if known.present:
        return []
    there = checked_in(state, command.room)
    if there >= room.limit:
        return Refused("room_full", {"room": room.plan.name, "cap": room.limit, "count": there})
    return [AttendeeStayed(room=command.room, person=known.id)]


def correct(state: Conference, asker: Who, command: do.CorrectPerson, now: int) -> Outcome:
    room = state.rooms[command.room]
    known = room.attendance.get(command.person)
    if known is None:
        return Refused("unknown_person")
    said = _said(command)
    if isinstance(said, Refused):
        return said
    if (said.name, said.institution, said.role) == (known.name, known.institution, known.role):
        return []
    for one in room.attendance.values():
        alike = same(one.name, one.institution, said.name, said.institution)
        if one.id != known.id and one.present and known.present and alike:
            return Refused("person_twice", {"name": one.name})
    return [
        AttendeeCorrected(
            room=command.room,
            person=known.id,
            name=said.name,
            institution=said.institution,
            role=said.role,
        )
    ]


def strike(state: Conference, asker: Who, command: do.StrikePerson, now: int) -> Outcome:
    if command.person not in state.rooms[command.room].attendance:
        return Refused("unknown_person")
    return [AttendeeStruck(room=command.room, person=command.person)]


def expect(state: Conference, asker: Who, command: do.ImportExpected, now: int) -> Outcome:
    events: list[Event] = []
    for code, persons in command.persons.items():
        if code not in state.rooms:
            return Refused("unknown_room")
        if len(persons) > MAX_EXPECTED:
            return Refused("list_full", {"most": MAX_EXPECTED})
        if persons != state.rooms[code].expected:
            events.append(ExpectedChanged(room=code, persons=list(persons)))
    return events
