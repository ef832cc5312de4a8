"""Copies of the state with one part changed, for who evolves it."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from vicon.core.model import Conference


class BrokenHistory(ValueError):
    """An event that cannot follow from the state before it: the journal is not one story."""


def with_room(state: Conference, code: str, **changes: Any) -> Conference:
    """Raises KeyError for a room that is not of the plan."""
    room = replace(state.rooms[code], **changes)
    return replace(state, rooms={**state.rooms, code: room})


def with_device(state: Conference, device: str, **changes: Any) -> Conference:
    """Raises KeyError for a device that is not here."""
    changed = replace(state.devices[device], **changes)
    return replace(state, devices={**state.devices, device: changed})
