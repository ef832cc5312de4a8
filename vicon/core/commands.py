"""What may be asked of a conference. app/translate.py makes these of the wire's commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from vicon.core import commands_broadcast as broadcast
from vicon.core import commands_ceremony as ceremony
from vicon.core import commands_drill as drill
from vicon.core import commands_fallback as fallback
from vicon.core import commands_office as office
from vicon.core import commands_recording as recording
from vicon.core import commands_server as server
from vicon.core import commands_talk as talk
from vicon.core.estimate import Quality
from vicon.core.model import AlarmKind, Expected, Phase, Plan, Role, Trial, Via, Zone
from vicon.core.shape import BaseCommand


class Create(BaseCommand):
    """First command of a conference; only the server itself or the organizer."""

    plan: Plan


class SetPhase(BaseCommand):
    phase: Phase


class JoinRoom(BaseCommand):
    """`device`: the new device's id. `role` and `room` come with the actor."""

    device: str
    kind: Literal["auto", "main", "document", "screen", "companion", "voice"] = "auto"
    label: str = ""
    shared: bool = False
    take_over: bool = False
    consent: bool = True
    via: Via = "page"
    plays: str = ""


class LeaveRoom(BaseCommand):
    """The actor's own device."""


class LoseDevice(BaseCommand):
    """The signalling connection of a device is gone; only the server itself."""

    device: str
    why: str = "connection_lost"


class ReturnDevice(BaseCommand):
    """A lost device is back with its resume token; only the server itself."""

    device: str


class ExpireDevices(BaseCommand):
    """Remove the devices that were lost for longer than the policy's grace; only the server."""


class SetPublishing(BaseCommand):
    """Media of a device began or ended; only the server itself."""

    device: str
    on: bool


class TakeMain(BaseCommand):
    pass


class RemoveDevice(BaseCommand):
    device: str


class AdmitDevice(BaseCommand):
    device: str


class SetCamera(BaseCommand):
    on: bool


class SetCount(BaseCommand):
    room: str
    value: int


class AddCount(BaseCommand):
    room: str
    by: int


class UndoCount(BaseCommand):
    room: str


class AllowCount(BaseCommand):
    room: str
    limit: int
    reason: str


class SwitchEstimate(BaseCommand):
    """Whether the room's camera may be looked at, to estimate how many are there."""

    room: str
    on: bool


class RecordEstimate(BaseCommand):
    """What the room's camera shows now; only the server itself."""

    room: str
    persons: int | None
    quality: Quality


class SetZones(BaseCommand):
    """Where in the room's picture no faces are to be counted."""

    room: str
    zones: tuple[Zone, ...]


class WatchCounts(BaseCommand):
    """Raise and escalate the alarms whose time has come; only the server itself."""


class AcknowledgeCount(BaseCommand):
    room: str
    kind: AlarmKind
    reason: str


class AskReduce(BaseCommand):
    """Ask a room that persons leave, or take that back."""

    room: str
    on: bool


class EnterPerson(BaseCommand):
    """Enter a person on the room's list. `person`: an id that whoever asks has made, so that
    asking twice enters once. `ago_ms`: so long ago, where a phone was offline."""

    room: str
    person: str
    name: str
    institution: str
    role: str
    ago_ms: int = 0


class LeavePerson(BaseCommand):
    room: str
    person: str
    ago_ms: int = 0


class KeepPerson(BaseCommand):
    """Take back that a person left."""

    room: str
    person: str


class CorrectPerson(BaseCommand):
    room: str
    person: str
    name: str
    institution: str
    role: str


class StrikePerson(BaseCommand):
    """Take back that a person came."""

    room: str
    person: str


class ImportExpected(BaseCommand):
    """By room, in place of their lists before; other rooms keep theirs."""

    persons: Mapping[str, tuple[Expected, ...]]


class GiveFloor(BaseCommand):
    room: str


class TakeFloor(BaseCommand):
    pass


class CueRoom(BaseCommand):
    room: str


class UndoFloor(BaseCommand):
    pass


class MuteMic(BaseCommand):
    room: str


class UnmuteMic(BaseCommand):
    room: str


class AskMic(BaseCommand):
    room: str


class MuteAll(BaseCommand):
    pass


class LockMic(BaseCommand):
    on: bool
    room: str | None = None


class RaiseHand(BaseCommand):
    room: str


class LowerHand(BaseCommand):
    room: str


class RecordTrial(BaseCommand):
    """A room's trial came to its end; only the server itself."""

    room: str
    trial: Trial


class CheckEquipment(BaseCommand):
    """Tick an item of the room's equipment, or take the tick away."""

    room: str
    item: str
    on: bool


class OverrideGate(BaseCommand):
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
    | ceremony.CeremonyCommand
    | office.OfficeCommand
    | talk.TalkCommand
    | fallback.FallbackCommand
    | drill.DrillCommand
    | recording.RecordingCommand
    | broadcast.BroadcastCommand
    | server.ServerCommand
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


class Organizer(Struct, frozen=True):
    """Who prepares conferences, and takes no part in them."""

    name: str
    role: Literal["organizer"] = "organizer"
    room: None = None
    device: None = None


SYSTEM = System()
Asker = Role | Literal["system", "door", "organizer"]
