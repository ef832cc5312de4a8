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
    """The second room's microphone opens if its operator agreed, else it is asked; when it leaves
    the air, a lock closes it again."""
    code = command.room
    if code == state.beside:
        return []
    if code is not None:
        if code == on_air(state):
            return Refused("on_air_already", {"room": state.rooms[code].plan.name})
        if not present(state, code):
            return Refused("room_absent", {"room": state.rooms[code].plan.name})
    events: list[Event] = [SpotlightChanged(beside=code, pinned=state.pinned, black=state.black)]
    return [*events, *_left(state), *_opened(state, code)]


def _left(state: Conference) -> list[Event]:
    """The room that was beside closes its microphone under a lock."""
    code = state.beside
    if code is None or not state.rooms[code].mic or not mics.locked(state, code):
        return []
    return [MicChanged(room=code, on=False)] if code != on_air(state) else []


def _opened(state: Conference, code: str | None) -> list[Event]:
    if code is None or is_hub(state, code) or state.rooms[code].mic:
        return []
    if state.rooms[code].consent:
        return [MicChanged(room=code, on=True)]
    return [] if state.rooms[code].mic_asked else [MicAsked(room=code)]


def consequences(state: Conference) -> list[Event]:
    """A room that is on air, or whose camera is gone, is not beside; one without a camera is not
    pinned."""
    gone = state.beside is not None and state.rooms[state.beside].main is None
    beside = None if gone or state.beside == on_air(state) else state.beside
    lost = state.pinned is not None and state.rooms[state.pinned].main is None
    pinned = None if lost else state.pinned
    if (beside, pinned) == (state.beside, state.pinned):
        return []
    return [SpotlightChanged(beside=beside, pinned=pinned, black=state.black)]


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
