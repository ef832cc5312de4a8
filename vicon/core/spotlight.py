"""Who is shown beside or instead of the room on air: a second room, a pinned one, the hub alone."""

from __future__ import annotations

from vicon.core import commands_ceremony as do
from vicon.core import mics
from vicon.core.events import Event, MicAsked, MicChanged
from vicon.core.events_ceremony import SpotlightChanged
from vicon.core.model import Conference
from vicon.core.refusals import Outcome, Refused, Who
from vicon.core.rooms import is_hub, on_air, present


def beside(state: Conference, asker: Who, command: do.SetBeside, now: int) -> Outcome:
    """The second room's microphone opens if its operator agreed, else it is asked."""
    code = command.room
    if code == state.beside:
        return []
    if code is not None:
        if code == on_air(state):
            return Refused("on_air_already", {"room": state.rooms[code].plan.name})
        if not present(state, code):
            return Refused("room_absent", {"room": state.rooms[code].plan.name})
    events: list[Event] = [SpotlightChanged(beside=code, pinned=state.pinned, black=state.black)]
    return [*events, *_opened(state, code)]


def _opened(state: Conference, code: str | None) -> list[Event]:
    if code is None or is_hub(state, code) or state.rooms[code].mic:
        return []
    if state.rooms[code].consent:
        return [MicChanged(room=code, on=True)]
    return [] if state.rooms[code].mic_asked else [MicAsked(room=code)]


def consequences(before: Conference, state: Conference) -> list[Event]:
    """A room that is on air, or whose camera is gone, is not beside; one without a camera is not
    pinned. The room that was beside and is on air no more closes its microphone under a lock."""
    beside, pinned = _still(state, state.beside), _still(state, state.pinned)
    beside = None if beside == on_air(state) else beside
    events: list[Event] = []
    if (beside, pinned) != (state.beside, state.pinned):
        events.append(SpotlightChanged(beside=beside, pinned=pinned, black=state.black))
    left = before.beside
    gone = left is not None and left not in (beside, on_air(state))
    if left is not None and gone and state.rooms[left].mic and mics.locked(state, left):
        events.append(MicChanged(room=left, on=False))
    return events


def _still(state: Conference, code: str | None) -> str | None:
    return code if code is not None and state.rooms[code].main is not None else None


def pin(state: Conference, asker: Who, command: do.PinRoom, now: int) -> Outcome:
    code = command.room
    if code == state.pinned:
        return []
    if code is not None and not present(state, code):
        return Refused("room_absent", {"room": state.rooms[code].plan.name})
    return [SpotlightChanged(beside=state.beside, pinned=code, black=state.black)]


def black(state: Conference, asker: Who, command: do.SetBlack, now: int) -> Outcome:
    if command.on == state.black:
        return []
    return [SpotlightChanged(beside=state.beside, pinned=state.pinned, black=command.on)]
