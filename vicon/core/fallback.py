"""Each hall's fallback plan: set by its last trial, moved step by step by what its lines do, pinned
by a moderator. When it is time for a step: watch.py. What a level means for the media: layout.py.

The hub has none: from there the session is guided, and all halls are to be seen.
"""

from __future__ import annotations

from collections.abc import Sequence

from vicon.core import commands_fallback as do
from vicon.core.events import Event
from vicon.core.events_fallback import (
    FallbackLowered,
    FallbackPinned,
    FallbackRaised,
    FallbackSet,
    FallbackUnpinned,
)
from vicon.core.model import Conference, Room
from vicon.core.profile import Level, higher, least, lower
from vicon.core.refusals import Outcome, Refused, Who
from vicon.core.rooms import is_hub, main_device


def pin(state: Conference, asker: Who, command: do.PinFallback, now: int) -> Outcome:
    """Unpinned it goes on where it is, or at its ceiling."""
    code, level = command.room, command.level
    if is_hub(state, code):
        return Refused("not_allowed")
    plan, by = state.rooms[code].fallback, asker.name or asker.role
    if level is None:
        if not plan.pinned:
            return []
        return [FallbackUnpinned(room=code, level=least(plan.level, plan.ceiling), by=by)]
    if plan.pinned and plan.level == level:
        return []
    return [FallbackPinned(room=code, level=level, by=by)]


def lowered(state: Conference, asker: Who, command: do.LowerFallback, now: int) -> Outcome:
    if not _moves(state, command.room, command.level) or command.level == "audio":
        return []
    level = lower(command.level)
    return [FallbackLowered(room=command.room, level=level, trouble=command.trouble)]


def raised(state: Conference, asker: Who, command: do.RaiseFallback, now: int) -> Outcome:
    """Never above the ceiling."""
    if not _moves(state, command.room, command.level):
        return []
    ceiling = state.rooms[command.room].fallback.ceiling
    level = least(higher(command.level), ceiling)
    return [FallbackRaised(room=command.room, level=level)] if level != command.level else []


def _moves(state: Conference, code: str, level: Level) -> bool:
    """The hall is here, its plan moves by itself and still stands where it was measured."""
    if code not in state.rooms or is_hub(state, code) or main_device(state, code) is None:
        return False
    plan = state.rooms[code].fallback
    return not plan.pinned and plan.level == level


def consequences(before: Conference, after: Conference) -> Sequence[Event]:
    """A hall's camera has come, or a trial has ended: the plan of the last trial holds. What a
    moderator pinned stays pinned."""
    if before.rooms is after.rooms and before.devices is after.devices:
        return []
    return [
        event
        for room in after.plan.rooms
        if _anew(before, after, room.code) and (event := _set(after.rooms[room.code]))
    ]


def _anew(before: Conference, after: Conference, code: str) -> bool:
    if code not in before.rooms:
        return False
    if after.rooms[code].trial is not before.rooms[code].trial:
        return True
    return main_device(before, code) is None and main_device(after, code) is not None


def _set(room: Room) -> FallbackSet | None:
    """None: it holds already."""
    plan, trial = room.fallback, room.trial
    ceiling: Level = "720p"
    if trial is not None:  # a line that carried nothing is tried with sound
        ceiling = "audio" if trial.profile == "none" else trial.profile
    run = trial.run if trial is not None else ""
    level = plan.level if plan.pinned else ceiling
    if (level, ceiling, run) == (plan.level, plan.ceiling, plan.run):
        return None
    return FallbackSet(room=room.plan.code, level=level, ceiling=ceiling, run=run)
