"""A refusal is a value: what decide() answers instead of events when an act is not possible."""

from __future__ import annotations

from msgspec import Struct

from vicon.core.commands import Door, Organizer, System
from vicon.core.events import Event
from vicon.core.model import Actor


class Refused(Struct, frozen=True):
    """`code` is one of the wire's refusal codes; `params` fill the placeholders of its sentence."""

    code: str
    params: dict[str, str | int] = {}


Who = Actor | System | Door | Organizer
Outcome = list[Event] | Refused
