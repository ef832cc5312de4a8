"""Where the sound of a device goes: into the programme, to all halls as an announcement, or to the
other end of a private line. Always to one of these alone, so that nothing of a line can be in the
programme, whatever the microphone's own state is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from vicon.core.model import Conference, Device
from vicon.core.talk import Line

Goes = Literal["programme", "announcement", "line"]
ANNOUNCE, LINE = "@announce", "@line"
"""Slots of sound alone, beside those of the rooms; no code of a room begins so."""


class Voice(NamedTuple):
    """`receiver` hears `sender`, in this slot."""

    receiver: str
    slot: str
    sender: str


def standing(state: Conference) -> list[Line]:
    return [line for line in state.lines.values() if line.ended is None]


def talking(state: Conference, device: str) -> Line | None:
    """The line on which the device speaks and hears now."""
    lines = (line for line in standing(state) if line.voice == "on")
    return next((line for line in lines if device in (line.caller, line.answerer)), None)


def goes(state: Conference, device: str) -> Goes:
    """A moderator who announces while on a line speaks to the halls alone meanwhile."""
    if state.announcement is not None and state.announcement.device == device:
        return "announcement"
    return "programme" if talking(state, device) is None else "line"


def sends(state: Conference, device: str) -> bool:
    """Whether the device needs a way up although it is no main camera: it speaks, or is about to,
    its call being on its way."""
    if goes(state, device) != "programme":
        return True
    return any(line.caller == device and line.voice == "ringing" for line in standing(state))


def can_talk(device: Device) -> bool:
    """A page with a person before it, who may hear and be heard."""
    return device.via == "page" and not device.waiting and device.kind not in ("document", "screen")


def slots_of(device: Device) -> tuple[str, ...]:
    """The slots of a device beside those of the rooms. Observers and players have none."""
    if device.via != "page" or device.role not in ("moderator", "technician", "operator"):
        return ()
    return (ANNOUNCE, LINE) if device.role == "operator" else (LINE,)


def voices(state: Conference, hall_sounds: frozenset[str]) -> Iterator[Voice]:
    """All that is heard beside the programme now. `hall_sounds`: rooms whose main device plays the
    sound, so that a second one would echo."""
    said = state.announcement
    if said is not None and said.device in state.devices:
        for device in state.devices.values():
            if _hears_all(state, device, hall_sounds):
                yield Voice(device.id, ANNOUNCE, said.device)
    for line in standing(state):
        ends = (line.caller, line.answerer)
        for sender, receiver in (ends, ends[::-1]):
            if line.voice != "on" or sender is None or receiver is None:
                continue
            known = sender in state.devices and receiver in state.devices
            if known and goes(state, sender) == "line":
                yield Voice(receiver, LINE, sender)


def _hears_all(state: Conference, device: Device, hall_sounds: frozenset[str]) -> bool:
    """A hall's page: its main device, or a companion where that plays nothing."""
    hall = device.room is not None and device.room != state.plan.hub.code
    if not hall or device.role != "operator" or not can_talk(device):
        return False
    return device.kind == "main" or device.room not in hall_sounds
