"""Facts about a room that several topics need. Pure reading of the state."""

from __future__ import annotations

from vicon.core.model import Conference, Device


def members(state: Conference, code: str | None) -> list[Device]:
    """All devices of a room, waiting and lost ones too; None: the desks that belong to no room."""
    return [device for device in state.devices.values() if device.room == code]


def main_device(state: Conference, code: str) -> Device | None:
    """The room's main camera if it has one that is admitted; it may be lost."""
    main = state.rooms[code].main
    device = state.devices[main] if main is not None else None
    return device if device is not None and not device.waiting else None


def present(state: Conference, code: str) -> bool:
    """Whether the room can be on air now: an admitted main camera with a living connection."""
    main = main_device(state, code)
    return main is not None and main.connected


def is_hub(state: Conference, code: str) -> bool:
    return code == state.plan.hub.code


def on_stage(state: Conference) -> frozenset[str]:
    """The room on air and the one beside it."""
    beside = (state.beside,) if state.beside is not None else ()
    return frozenset((on_air(state), *beside))


def on_air(state: Conference) -> str:
    """The room that everybody sees large: the one with the floor, else the hub."""
    return state.floor if state.floor is not None else state.plan.hub.code
