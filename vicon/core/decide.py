"""What follows from a command: events, or a refusal. The only door into the core's rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from vicon.core import (
    alarms,
    announce,
    attendance,
    broadcasts,
    cues,
    drills,
    fallback,
    floor,
    headcount,
    lines,
    mics,
    pact,
    phases,
    plans,
    presence,
    presentations,
    readiness,
    recordings,
    relief,
    rollcall,
    rundown,
    spotlight,
)
from vicon.core import commands as do
from vicon.core import commands_broadcast as broadcast
from vicon.core import commands_ceremony as ceremony
from vicon.core import commands_drill as drill
from vicon.core import commands_fallback as ladder
from vicon.core import commands_office as office
from vicon.core import commands_recording as recording
from vicon.core import commands_server as server
from vicon.core import commands_talk as talk
from vicon.core.authority import objection
from vicon.core.events import Event
from vicon.core.evolve import evolve
from vicon.core.model import Conference
from vicon.core.refusals import Outcome, Refused, Who

_Decider = Callable[[Conference, Any, Any, int], Outcome]

_DECIDERS: Mapping[type[do.Command], _Decider] = {
    do.SetPhase: phases.set_phase,
    do.JoinRoom: presence.join,
    do.LeaveRoom: presence.leave,
    do.LoseDevice: presence.lose,
    do.ReturnDevice: presence.give_back,
    do.ExpireDevices: presence.expire,
    do.SetPublishing: presence.publishing,
    do.TakeMain: presence.take_main,
    do.RemoveDevice: presence.remove,
    do.AdmitDevice: presence.admit,
    do.SetCamera: presence.camera,
    do.SetCount: headcount.set_count,
    do.AddCount: headcount.add_count,
    do.UndoCount: headcount.undo_count,
    do.AllowCount: headcount.allow_count,
    do.SwitchEstimate: headcount.switch_estimate,
    do.RecordEstimate: headcount.record_estimate,
    do.SetZones: headcount.set_zones,
    do.WatchCounts: alarms.watch,
    do.AcknowledgeCount: alarms.acknowledge,
    do.AskReduce: alarms.ask_reduce,
    do.EnterPerson: attendance.enter,
    do.LeavePerson: attendance.leave,
    do.KeepPerson: attendance.keep,
    do.CorrectPerson: attendance.correct,
    do.StrikePerson: attendance.strike,
    do.ImportExpected: attendance.expect,
    do.GiveFloor: floor.give,
    do.TakeFloor: floor.take,
    do.CueRoom: floor.cue,
    do.UndoFloor: floor.undo,
    do.MuteMic: mics.mute,
    do.UnmuteMic: mics.unmute,
    do.AskMic: mics.ask,
    do.MuteAll: mics.mute_all,
    do.LockMic: mics.lock,
    do.RaiseHand: floor.raise_hand,
    do.LowerHand: floor.lower_hand,
    do.RecordTrial: readiness.record,
    do.CheckEquipment: readiness.check,
    do.OverrideGate: readiness.override,
    ceremony.EditRundown: rundown.edit,
    ceremony.Advance: rundown.advance,
    ceremony.SkipItem: rundown.skip,
    ceremony.PauseRundown: rundown.pause,
    ceremony.UndoRundown: rundown.undo,
    ceremony.MarkRoll: rollcall.mark,
    ceremony.TakeRoll: rollcall.take,
    ceremony.SendCue: cues.send,
    ceremony.SeeCue: cues.see,
    ceremony.WithdrawCue: cues.withdraw,
    ceremony.CallHelp: cues.call,
    ceremony.AnswerHelp: cues.answer,
    ceremony.SetBeside: spotlight.beside,
    ceremony.PinRoom: spotlight.pin,
    ceremony.SetBlack: spotlight.black,
    ceremony.ShowPresentation: presentations.show,
    ceremony.EndPresentation: presentations.end,
    ceremony.MoveHand: floor.move_hand,
    ceremony.EditPact: pact.edit,
    ceremony.ShowPoint: pact.show,
    ceremony.OpenPact: pact.open_,
    ceremony.NameSignatory: pact.name,
    ceremony.UnnameSignatory: pact.unname,
    ceremony.SetWitnesses: pact.witness,
    ceremony.SignPact: pact.sign,
    ceremony.StrikeSignature: pact.strike,
    office.ChangePlan: plans.change,
    office.ArchiveConference: plans.archive,
    office.RestoreConference: plans.restore,
    office.NoteLinks: plans.note_links,
    office.RevokeLink: plans.revoke,
    office.NoteExpiry: plans.note_expiry,
    office.ReleaseLink: plans.release,
    talk.Announce: announce.announce,
    talk.CallLine: lines.call,
    talk.RingLine: lines.ring,
    talk.AnswerLine: lines.answer,
    talk.DeclineLine: lines.decline,
    talk.WriteLine: lines.write,
    talk.EndLine: lines.end,
    talk.WatchLines: lines.watch,
    ladder.PinFallback: fallback.pin,
    drill.RecordDrill: drills.record,
    recording.StartRecording: recordings.start,
    recording.StopRecording: recordings.stop,
    recording.EndRecording: recordings.end,
    recording.WatchRecording: recordings.watch,
    recording.NoteDeletion: recordings.note_deletion,
    broadcast.StartBroadcast: broadcasts.start,
    broadcast.StopBroadcast: broadcasts.stop,
    broadcast.WatchBroadcast: broadcasts.watch,
    ladder.LowerFallback: fallback.lowered,
    ladder.RaiseFallback: fallback.raised,
    server.NotePressure: relief.note_pressure,
    server.NoteClock: relief.note_clock,
    server.NoteTakeover: relief.note_takeover,
}


def decide(state: Conference | None, asker: Who, command: do.Command, now: int) -> Outcome:
    """Decide `command` at `now` (Unix ms). Nothing changes here: put the events through evolve().

    An empty list means that all is as asked already. A conference begins with Create, which only
    the server itself and the organizer may ask.
    """
    if isinstance(command, do.Create):
        if not isinstance(asker, do.System | do.Organizer):
            return Refused("not_allowed")
        return phases.create(command.plan, now) if state is None else Refused("bad_phase")
    if state is None:
        return Refused("not_open")
    refused = objection(state, asker, command)
    outcome = refused or _DECIDERS[type(command)](state, asker, command, now)
    if isinstance(outcome, Refused):
        return outcome
    after = state
    for event in outcome:
        after = evolve(after, event, now)
    more: list[Event] = [*alarms.consequences(state, after, command, bool(outcome))]
    more += rollcall.consequences(state, after)
    more += spotlight.consequences(state, after)
    more += presentations.consequences(after)
    more += fallback.consequences(state, after)
    more += recordings.consequences(after)
    more += broadcasts.consequences(after)
    for event in more:
        after = evolve(after, event, now)
    ended = [*announce.consequences(state, after), *lines.consequences(state, after)]
    return [*outcome, *more, *ended]
