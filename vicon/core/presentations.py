"""Presentations: a screen or a document camera is a further device of a room, that stands for no
person and sends a picture alone. A moderator shows one of them at a time to everybody, large, with
who speaks beside it. The device is the room's offer; with it the presentation ends."""

from __future__ import annotations

from vicon.core import commands_ceremony as do
from vicon.core.events import Event
from vicon.core.events_ceremony import PresentationEnded, PresentationShown
from vicon.core.model import Conference, Device
from vicon.core.presentwords import PresentationKind
from vicon.core.refusals import Outcome, Refused, Who
from vicon.core.rooms import is_hub

PRESENT = "@present"
"""The slot of its picture; no code of a room begins so."""


def kind_of(device: Device) -> PresentationKind | None:
    """What the device offers to show; None: it is none of those that do."""
    return device.kind if device.kind in ("screen", "document") else None


def chosen(state: Conference) -> Device | None:
    """The device that is presented, whether its picture comes or not."""
    known = state.presentation
    return state.devices.get(known.device) if known is not None else None


def shown(state: Conference) -> Device | None:
    """The device whose picture everybody sees large now: until it comes, and while the hub alone is
    seen, who speaks keeps that place."""
    device = chosen(state)
    if device is None or state.black or not device.publishing or not device.camera:
        return None
    return device if carried(state, device) else None


def carried(state: Conference, device: Device) -> bool:
    """Whether the fallback plan of its hall lets a picture out."""
    if device.room is None or is_hub(state, device.room):
        return device.room is not None
    return state.rooms[device.room].fallback.level != "audio"


def show(state: Conference, asker: Who, command: do.ShowPresentation, now: int) -> Outcome:
    """In place of another one."""
    device = state.devices.get(command.device)
    kind = kind_of(device) if device is not None else None
    if device is None or kind is None or device.room is None:
        return Refused("unknown_device")
    facts: dict[str, str | int] = {"room": state.rooms[device.room].plan.name}
    if device.waiting or not device.connected:
        return Refused("presentation_away", facts)
    if not carried(state, device):
        return Refused("presentation_sound_only", facts)
    if state.presentation is not None and state.presentation.device == device.id:
        return []
    by = asker.name or asker.role
    return [PresentationShown(device=device.id, room=device.room, kind=kind, by=by)]


def end(state: Conference, asker: Who, command: do.EndPresentation, now: int) -> Outcome:
    if state.presentation is None:
        return []
    return [PresentationEnded(why="ended", by=asker.name or asker.role)]


def consequences(state: Conference) -> list[Event]:
    """Who shared has stopped, is gone for good, or became the room's camera."""
    if state.presentation is None:
        return []
    device = chosen(state)
    if device is not None and kind_of(device) is not None:
        return []
    return [PresentationEnded(why="stopped")]
