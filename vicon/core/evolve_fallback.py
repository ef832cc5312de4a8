"""What events of the fallback plans make of the state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from vicon.core import events_fallback as ev
from vicon.core.change import with_room
from vicon.core.events import Event
from vicon.core.model import Conference


def _changed(state: Conference, room: str, **changes: Any) -> Conference:
    return with_room(state, room, fallback=replace(state.rooms[room].fallback, **changes))


def _set(state: Conference, event: ev.FallbackSet, at: int) -> Conference:
    return _changed(
        state,
        event.room,
        level=event.level,
        ceiling=event.ceiling,
        run=event.run,
        trouble=None,
        since=None,
    )


def _lowered(state: Conference, event: ev.FallbackLowered, at: int) -> Conference:
    return _changed(state, event.room, level=event.level, trouble=event.trouble, since=at)


def _raised(state: Conference, event: ev.FallbackRaised, at: int) -> Conference:
    """On the way up the reason is still that of the way down."""
    plan = state.rooms[event.room].fallback
    trouble = plan.trouble if event.level != plan.ceiling else None
    return _changed(state, event.room, level=event.level, trouble=trouble, since=at)


def _pinned(state: Conference, event: ev.FallbackPinned, at: int) -> Conference:
    decided = {"level": event.level, "pinned": True, "by": event.by}
    return _changed(state, event.room, **decided, trouble=None, since=None)


def _unpinned(state: Conference, event: ev.FallbackUnpinned, at: int) -> Conference:
    return _changed(state, event.room, level=event.level, pinned=False, by="")


EVOLVERS: Mapping[type[Event], Callable[[Conference, Any, int], Conference]] = {
    ev.FallbackSet: _set,
    ev.FallbackLowered: _lowered,
    ev.FallbackRaised: _raised,
    ev.FallbackPinned: _pinned,
    ev.FallbackUnpinned: _unpinned,
}
