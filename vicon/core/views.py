"""Facts that people see, by role and by room; app/translate.py puts them on the wire."""

from __future__ import annotations

from typing import Literal

from vicon.core import commands as do
from vicon.core import mics
from vicon.core.authority import MAY
from vicon.core.model import Conference, Device, Role
from vicon.core.rooms import members

Presence = Literal["absent", "waiting", "joined", "lost"]
MicState = Literal["off", "on", "locked"]

_KINDS = ("Kabupaten ", "Kota ", "Provinsi ")


def may(role: Role) -> tuple[type[do.Command], ...]:
    """The commands that the role may use at all."""
    return MAY[role]


def title(name: str) -> str:
    """The name without its kind: `Kabupaten Kutai Kartanegara` -> `Kutai Kartanegara`."""
    kind = next((kind for kind in _KINDS if name.startswith(kind)), "")
    return name.removeprefix(kind) or name


def presence(state: Conference, code: str) -> tuple[Presence, int | None]:
    """Presence of the room's main camera and, if it is lost, since when (Unix ms)."""
    main = state.rooms[code].main
    if main is None:
        return "absent", None
    device = state.devices[main]
    if not device.connected:
        return "lost", device.lost_since
    return ("waiting" if device.waiting else "joined"), None


def mic(state: Conference, code: str) -> MicState:
    """`locked`: muted, and the operator may not open it now."""
    if mics.heard(state, code):
        return "on"
    return "off" if mics.may_open(state, code) else "locked"


def hand(state: Conference, code: str) -> int | None:
    """Place in the queue of raised hands, from 1."""
    return state.hands.index(code) + 1 if code in state.hands else None


def devices(state: Conference, code: str) -> list[Device]:
    """All devices of the room: the main camera first, then in the order of their coming."""
    main = state.rooms[code].main
    return sorted(members(state, code), key=lambda device: device.id != main)
