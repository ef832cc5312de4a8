"""What may be asked of a conference. app/translate.py makes these of the wire's commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, dataclass_transform

from msgspec import Struct

from vicon.core.estimate import Quality
from vicon.core.model import AlarmKind, Expected, Phase, Plan, Role, Trial, Via, Zone


@dataclass_transform(frozen_default=True)  # mypy does not see it through the base
class _Command(Struct, frozen=True, kw_only=True):
    pass


class Create(_Command):
    """First command of a conference; only the server itself."""

    plan: Plan


class SetPhase(_Command):
    phase: Phase


class JoinRoom(_Command):
    """`device`: the new device's id. `role` and `room` come with the actor."""

    device: str
    kind: Literal["auto", "main", "document", "companion"] = "auto"
    label: str = ""
    shared: bool = False
    take_over: bool = False
    consent: bool = True
    via: Via = "page"
    plays: str = ""


class LeaveRoom(_Command):
    """The actor's own device."""


class LoseDevice(_Command):
    """The signalling connection of a device is gone; only the server itself."""

    device: str
    why: str = "connection_lost"


class ReturnDevice(_Command):
    """A lost device is back with its resume token; only the server itself."""

    device: str


class ExpireDevices(_Command):
    """Remove the devices that were lost for longer than the policy's grace; only the server."""


class SetPublishing(_Command):
    """Media of a device began or ended; only the server itself."""

    device: str
    on: bool


class TakeMain(_Command):
    pass


class RemoveDevice(_Command):
    device: str


class AdmitDevice(_Command):
    device: str


class SetCamera(_Command):
    on: bool


class SetCount(_Command):
    room: str
    value: int


class AddCount(_Command):
    room: str
    by: int


class UndoCount(_Command):
    room: str


class AllowCount(_Command):
    room: str
    limit: int
    reason: str


class SwitchEstimate(_Command):
    """Whether the room's camera may be looked at, to estimate how many are there."""

    room: str
    on: bool


class RecordEstimate(_Command):
    """What the room's camera shows now; only the server itself."""

    room: str
    persons: int | None
    quality: Quality


class SetZones(_Command):
    """Where in the room's picture no faces are to be counted."""

    room: str
    zones: tuple[Zone, ...]


class WatchCounts(_Command):
    """Raise and escalate the alarms whose time has come; only the server itself."""


class AcknowledgeCount(_Command):
    room: str
    kind: AlarmKind
    reason: str


class AskReduce(_Command):
    """Ask a room that persons leave, or take that back."""

    room: str
    on: bool


class EnterPerson(_Command):
    """Enter a person on the room's list. `person`: an id that whoever asks has made, so that
    asking twice enters once. `ago_ms`: so long ago, where a phone was offline."""

    room: str
    person: str
    name: str
    institution: str
    role: str
    ago_ms: int = 0


class LeavePerson(_Command):
    room: str
    person: str
    ago_ms: int = 0


class KeepPerson(_Command):
    """Take back that a person left."""

    room: str
    person: str


class CorrectPerson(_Command):
    room: str
    person: str
    name: str
    institution: str
    role: str


class StrikePerson(_Command):
    """Take back that a person came."""

    room: str
    person: str


class ImportExpected(_Command):
    """By room, in place of their lists before; other rooms keep theirs."""

    persons: Mapping[str, tuple[Expected, ...]]


class GiveFloor(_Command):
    room: str


class TakeFloor(_Command):
    pass


class CueRoom(_Command):
    room: str


class UndoFloor(_Command):
    pass


class MuteMic(_Command):
    room: str


class UnmuteMic(_Command):
    room: str


class AskMic(_Command):
    room: str


class MuteAll(_Command):
    pass


class LockMic(_Command):
    on: bool
    room: str | None = None


class RaiseHand(_Command):
    room: str


class LowerHand(_Command):
    room: str


class RecordTrial(_Command):
    """A room's trial came to its end; only the server itself."""

    room: str
    trial: Trial


class CheckEquipment(_Command):
    """Tick an item of the room's equipment, or take the tick away."""

    room: str
    item: str
    on: bool


class OverrideGate(_Command):
    """Let a room in although it is not ready, or take that back."""

    room: str
    on: bool
    reason: str


Command = (
    Create
    | SetPhase
    | JoinRoom
    | LeaveRoom
    | LoseDevice
    | ReturnDevice
    | ExpireDevices
    | SetPublishing
    | TakeMain
    | RemoveDevice
    | AdmitDevice
    | SetCamera
    | SetCount
    | AddCount
    | UndoCount
    | AllowCount
    | SwitchEstimate
    | RecordEstimate
    | SetZones
    | WatchCounts
    | AcknowledgeCount
    | AskReduce
    | EnterPerson
    | LeavePerson
    | KeepPerson
    | CorrectPerson
    | StrikePerson
    | ImportExpected
    | GiveFloor
    | TakeFloor
    | CueRoom
    | UndoFloor
    | MuteMic
    | UnmuteMic
    | AskMic
    | MuteAll
    | LockMic
    | RaiseHand
    | LowerHand
    | RecordTrial
    | CheckEquipment
    | OverrideGate
)


class System(Struct, frozen=True):
    """The server itself as an actor."""

    role: Literal["system"] = "system"
    name: str = "vicon"
    room: None = None
    device: None = None


class Door(Struct, frozen=True):
    """A person's phone at a room's door, without an account."""

    room: str
    role: Literal["door"] = "door"
    name: str = ""
    device: None = None


SYSTEM = System()
Asker = Role | Literal["system", "door"]
