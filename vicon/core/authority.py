"""Who may ask for what: one table by role, then the phase, the room and the asker's own device."""

from __future__ import annotations

from collections.abc import Mapping

from vicon.core import commands as do
from vicon.core import commands_broadcast as broadcast
from vicon.core import commands_ceremony as ceremony
from vicon.core import commands_drill as drill
from vicon.core import commands_fallback as fallback
from vicon.core import commands_office as office
from vicon.core import commands_recording as recording
from vicon.core import commands_server as server
from vicon.core import commands_talk as talk
from vicon.core.model import Conference
from vicon.core.refusals import Refused, Who

_LOOK = (do.JoinRoom, do.LeaveRoom)
_OWN_DEVICE = (do.TakeMain, do.SetCamera)
_DOOR = (do.EnterPerson, do.LeavePerson)
_COUNT = (
    do.SetCount,
    do.AddCount,
    do.UndoCount,
    do.SwitchEstimate,
    do.SetZones,
    *_DOOR,
    do.KeepPerson,
    do.CorrectPerson,
    do.StrikePerson,
)
_OWN_ROOM = (do.MuteMic, do.UnmuteMic, do.LowerHand)
_GUIDE = (
    do.SetPhase,
    do.RemoveDevice,
    do.AdmitDevice,
    do.AllowCount,
    do.AcknowledgeCount,
    do.AskReduce,
    do.ImportExpected,
    do.GiveFloor,
    do.TakeFloor,
    do.CueRoom,
    do.UndoFloor,
    do.AskMic,
    do.MuteAll,
    do.LockMic,
    do.OverrideGate,
    fallback.PinFallback,
    recording.StartRecording,
    recording.StopRecording,
    broadcast.StartBroadcast,
    broadcast.StopBroadcast,
)
_CEREMONY = (
    ceremony.EditRundown,
    ceremony.Advance,
    ceremony.SkipItem,
    ceremony.PauseRundown,
    ceremony.UndoRundown,
    ceremony.MarkRoll,
    ceremony.TakeRoll,
    ceremony.SetBeside,
    ceremony.PinRoom,
    ceremony.SetBlack,
    ceremony.ShowPresentation,
    ceremony.EndPresentation,
    ceremony.MoveHand,
    ceremony.EditPact,
    ceremony.ShowPoint,
    ceremony.OpenPact,
    ceremony.StrikeSignature,
)
_SIGNING = (
    ceremony.NameSignatory,
    ceremony.UnnameSignatory,
    ceremony.SetWitnesses,
)
_WORDS = (ceremony.SendCue, ceremony.WithdrawCue)
_HELP = (ceremony.CallHelp, ceremony.AnswerHelp)
_READY = (do.CheckEquipment,)
_OFFICE = (
    office.ChangePlan,
    office.ArchiveConference,
    office.RestoreConference,
    office.NoteLinks,
    office.RevokeLink,
    office.NoteExpiry,
    office.ReleaseLink,
)
_ON_LINE = (talk.AnswerLine, talk.DeclineLine, talk.WriteLine, talk.EndLine)
_CALL = (talk.CallLine, talk.RingLine, *_ON_LINE)

MAY: Mapping[do.Asker, tuple[type[do.Command], ...]] = {
    "moderator": (
        *_LOOK,
        *_OWN_DEVICE,
        *_COUNT,
        *_OWN_ROOM,
        *_GUIDE,
        *_READY,
        drill.RecordDrill,
        *_CEREMONY,
        *_WORDS,
        *_HELP,
        *_SIGNING,
        talk.Announce,
        *_CALL,
        office.ReleaseLink,
    ),
    "operator": (
        *_LOOK,
        *_OWN_DEVICE,
        *_COUNT,
        *_OWN_ROOM,
        do.RaiseHand,
        *_READY,
        ceremony.SeeCue,
        *_SIGNING,
        ceremony.SignPact,
        *_HELP,
        *_ON_LINE,
    ),
    "technician": (
        *_LOOK,
        *_READY,
        drill.RecordDrill,
        *_WORDS,
        ceremony.AnswerHelp,
        *_CALL,
        office.ReleaseLink,
    ),
    "observer": _LOOK,
    "tester": (),
    "door": _DOOR,
    "organizer": (do.Create, *_OFFICE),
    "system": (
        do.Create,
        do.SetPhase,
        do.LoseDevice,
        do.ReturnDevice,
        do.ExpireDevices,
        do.SetPublishing,
        do.RecordTrial,
        do.RecordEstimate,
        do.WatchCounts,
        office.ChangePlan,
        talk.WatchLines,
        fallback.LowerFallback,
        fallback.RaiseFallback,
        server.NotePressure,
        server.NoteClock,
        server.NoteTakeover,
        recording.EndRecording,
        recording.WatchRecording,
        recording.NoteDeletion,
        broadcast.WatchBroadcast,
    ),
}
_ALLOWED = {role: frozenset(commands) for role, commands in MAY.items()}

_NEEDS_DEVICE = frozenset((*_OWN_DEVICE, do.LeaveRoom, talk.Announce, *_CALL))
_NEEDS_DEVICE_IN_ROOM = _NEEDS_DEVICE | {*_OWN_ROOM, do.RaiseHand}
"""An operator speaks for the hall only from a device that stands in it. The count is free: it is
kept at the door before anybody has joined."""


def objection(state: Conference, asker: Who, command: do.Command) -> Refused | None:
    """Why `asker` may not ask for this at all, or None."""
    kind = type(command)
    if kind not in _ALLOWED[asker.role]:
        return Refused("not_allowed")
    if state.archived and kind not in (office.RestoreConference, recording.NoteDeletion):
        return Refused("archived")
    if isinstance(asker, do.System):
        return None
    return (
        _phase(state, kind)
        or _room(state, asker, getattr(command, "room", None))
        or _device(state, asker, kind)
    )


def _phase(state: Conference, kind: type[do.Command]) -> Refused | None:
    if kind is do.SetPhase or kind in _OFFICE or state.phase in ("lobby", "live"):
        return None
    return Refused("not_open" if state.phase == "draft" else "conference_closed")


def _room(state: Conference, asker: Who, room: str | None) -> Refused | None:
    """Operators act in their own room only; every named room must be one of the plan."""
    if room is None:
        return None
    if asker.role in ("operator", "door") and room != asker.room:
        return Refused("not_allowed")
    return None if room in state.rooms else Refused("unknown_room")


def _device(state: Conference, asker: Who, kind: type[do.Command]) -> Refused | None:
    """A device that still waits for admission may do nothing but leave."""
    needing = _NEEDS_DEVICE_IN_ROOM if asker.role == "operator" else _NEEDS_DEVICE
    if kind not in needing:
        return None
    device = state.devices.get(asker.device) if asker.device is not None else None
    if device is None or (device.waiting and kind is not do.LeaveRoom):
        return Refused("not_joined")
    return None
