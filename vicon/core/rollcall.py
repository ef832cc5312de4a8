"""The moderator's call of the rooms: present, late, excused or absent, proposed by the system from
who is connected. A room that comes after it was marked absent marks itself late."""

from __future__ import annotations

from collections.abc import Sequence

from vicon.core import commands_ceremony as do
from vicon.core.ceremony import RollStatus
from vicon.core.events import Event
from vicon.core.events_ceremony import RollMarked
from vicon.core.model import Conference
from vicon.core.refusals import Outcome, Refused, Who
from vicon.core.rooms import is_hub, present


def proposed(state: Conference, code: str) -> RollStatus:
    """What the system would mark; a room whose line is lost for the moment is here."""
    return "present" if present(state, code) or _lost(state, code) else "absent"


def _lost(state: Conference, code: str) -> bool:
    main = state.rooms[code].main
    return main is not None and not state.devices[main].waiting


def called(state: Conference) -> list[str]:
    """The rooms to be called, in the order of the floor."""
    return [code for code in state.rooms if not is_hub(state, code)]


def mark(state: Conference, asker: Who, command: do.MarkRoll, now: int) -> Outcome:
    if is_hub(state, command.room):
        return Refused("not_allowed")
    known = state.roll.get(command.room)
    if command.status == (known.status if known is not None else None):
        return []
    return [RollMarked(room=command.room, status=command.status, by=asker.name or asker.role)]


def take(state: Conference, asker: Who, command: do.TakeRoll, now: int) -> Outcome:
    by = asker.name or asker.role
    return [
        RollMarked(room=code, status=proposed(state, code), by=by)
        for code in called(state)
        if code not in state.roll
    ]


def consequences(before: Conference, after: Conference) -> Sequence[Event]:
    """Rooms marked absent that have come."""
    return [
        RollMarked(room=code, status="late")
        for code, known in after.roll.items()
        if known.status == "absent" and present(after, code) and not present(before, code)
    ]
