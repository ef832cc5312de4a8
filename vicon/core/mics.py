"""Microphones of the halls: open or muted, locked, and asked to open.

`Room.mic` alone says whether a hall is heard. A lock closes the microphones it covers and forbids
opening them; under a lock a hall is heard while it has the floor or after a moderator asked it to
speak. Nobody but a hall's own operator, or the operator's consent, ever opens its microphone, so
taking a lock away leaves it closed.
"""

from __future__ import annotations

from collections.abc import Iterable

from vicon.core import commands as do
from vicon.core.events import Event, MicAsked, MicChanged, MicLockChanged
from vicon.core.model import Conference
from vicon.core.refusals import Outcome, Refused, Who
from vicon.core.rooms import is_hub, on_stage, present


def locked(state: Conference, code: str) -> bool:
    """Whether a lock, of all or of this room, covers the room; the hub is never locked."""
    return not is_hub(state, code) and (state.mic_lock or state.rooms[code].mic_lock)


def may_open(state: Conference, code: str) -> bool:
    """Whether the room's operator may open the microphone now."""
    return not locked(state, code) or code in on_stage(state) or state.rooms[code].mic_asked


def heard(state: Conference, code: str) -> bool:
    """Whether the others hear the room while its main device sends sound."""
    return state.rooms[code].mic


def closing(state: Conference, codes: Iterable[str]) -> list[Event]:
    """Mute these rooms, and withdraw what was asked of them."""
    rooms = ((code, state.rooms[code]) for code in codes)
    return [MicChanged(room=code, on=False) for code, room in rooms if room.mic or room.mic_asked]


def mute(state: Conference, asker: Who, command: do.MuteMic, now: int) -> Outcome:
    """An operator who was asked declines with this."""
    return closing(state, (command.room,))


def unmute(state: Conference, asker: Who, command: do.UnmuteMic, now: int) -> Outcome:
    code = command.room
    if asker.role == "moderator" and not is_hub(state, code):
        return Refused("not_allowed")
    if state.rooms[code].mic:
        return []
    if not may_open(state, code):
        return Refused("mic_locked", {"room": state.rooms[code].plan.name})
    return [MicChanged(room=code, on=True)]


def ask(state: Conference, asker: Who, command: do.AskMic, now: int) -> Outcome:
    """The room may open its microphone this once, locked or not."""
    room = state.rooms[command.room]
    if is_hub(state, command.room):
        return Refused("not_allowed")
    if not present(state, command.room):
        return Refused("room_absent", {"room": room.plan.name})
    return [] if room.mic or room.mic_asked else [MicAsked(room=command.room)]


def mute_all(state: Conference, asker: Who, command: do.MuteAll, now: int) -> Outcome:
    return closing(state, _audience(state))


def lock(state: Conference, asker: Who, command: do.LockMic, now: int) -> Outcome:
    code = command.room
    if code is not None and is_hub(state, code):
        return Refused("not_allowed")
    before = state.mic_lock if code is None else state.rooms[code].mic_lock
    if before == command.on:
        return []
    return lock_events(state, code, command.on)


def lock_events(state: Conference, code: str | None, on: bool) -> list[Event]:
    """Set or take away the lock of one room, or of all (None)."""
    changed: list[Event] = [MicLockChanged(room=code, on=on)]
    covered = [c for c in _audience(state) if code is None or c == code]
    return changed + closing(state, covered) if on else changed


def _audience(state: Conference) -> list[str]:
    """All rooms but the hub and those on air."""
    stage = on_stage(state)
    return [code for code in state.rooms if not is_hub(state, code) and code not in stage]
