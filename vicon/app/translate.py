"""Between the wire and the core: commands one way, views the other."""

from __future__ import annotations

from msgspec import Struct, structs

from signaling import messages as wire
from vicon.app import ceremony_views, record_views, talk_views
from vicon.app.present_views import presentation_view
from vicon.core import attendance, headcount, layout, readiness, views
from vicon.core import commands as do
from vicon.core import commands_broadcast as broadcast
from vicon.core import commands_ceremony as ask
from vicon.core import commands_drill as drill
from vicon.core import commands_fallback as ladder
from vicon.core import commands_recording as recording
from vicon.core import commands_talk as talk
from vicon.core.ceremony import Item
from vicon.core.model import (
    Actor,
    Attendee,
    CameraCount,
    Conference,
    CountAlarm,
    Device,
    Room,
    Trial,
    Zone,
)
from vicon.core.pactwords import Document, Witness
from vicon.core.recovered import Recovered
from vicon.core.rooms import is_hub
from vicon.core.talk import TECHNICIANS

KINDS: dict[type[Struct], type[do.Command]] = {
    wire.RoomJoin: do.JoinRoom,
    wire.RoomLeave: do.LeaveRoom,
    wire.DeviceTakeMain: do.TakeMain,
    wire.DeviceRemove: do.RemoveDevice,
    wire.DeviceAdmit: do.AdmitDevice,
    wire.DeviceCamera: do.SetCamera,
    wire.CountSet: do.SetCount,
    wire.CountAdd: do.AddCount,
    wire.CountUndo: do.UndoCount,
    wire.CountAllow: do.AllowCount,
    wire.CountEstimate: do.SwitchEstimate,
    wire.CountZones: do.SetZones,
    wire.CountAcknowledge: do.AcknowledgeCount,
    wire.CountAskReduce: do.AskReduce,
    wire.AttendanceEnter: do.EnterPerson,
    wire.AttendanceLeave: do.LeavePerson,
    wire.AttendanceKeep: do.KeepPerson,
    wire.AttendanceCorrect: do.CorrectPerson,
    wire.AttendanceStrike: do.StrikePerson,
    wire.FloorGive: do.GiveFloor,
    wire.FloorTake: do.TakeFloor,
    wire.FloorCue: do.CueRoom,
    wire.FloorUndo: do.UndoFloor,
    wire.MicMute: do.MuteMic,
    wire.MicUnmute: do.UnmuteMic,
    wire.MicAsk: do.AskMic,
    wire.MicMuteAll: do.MuteAll,
    wire.MicLock: do.LockMic,
    wire.HandRaise: do.RaiseHand,
    wire.HandLower: do.LowerHand,
    wire.PhaseSet: do.SetPhase,
    wire.ReadinessCheck: do.CheckEquipment,
    wire.ReadinessOverride: do.OverrideGate,
    wire.RundownEdit: ask.EditRundown,
    wire.RundownAdvance: ask.Advance,
    wire.RundownSkip: ask.SkipItem,
    wire.RundownPause: ask.PauseRundown,
    wire.RundownUndo: ask.UndoRundown,
    wire.RollMark: ask.MarkRoll,
    wire.RollTake: ask.TakeRoll,
    wire.CueSend: ask.SendCue,
    wire.CueSee: ask.SeeCue,
    wire.CueWithdraw: ask.WithdrawCue,
    wire.HelpCall: ask.CallHelp,
    wire.HelpAnswer: ask.AnswerHelp,
    wire.SpotlightBeside: ask.SetBeside,
    wire.SpotlightPin: ask.PinRoom,
    wire.SpotlightBlack: ask.SetBlack,
    wire.PresentationShow: ask.ShowPresentation,
    wire.PresentationEnd: ask.EndPresentation,
    wire.HandMove: ask.MoveHand,
    wire.PactEdit: ask.EditPact,
    wire.PactShow: ask.ShowPoint,
    wire.PactOpen: ask.OpenPact,
    wire.PactName: ask.NameSignatory,
    wire.PactUnname: ask.UnnameSignatory,
    wire.PactWitnesses: ask.SetWitnesses,
    wire.PactSign: ask.SignPact,
    wire.PactStrike: ask.StrikeSignature,
    wire.AnnounceSet: talk.Announce,
    wire.LineCall: talk.CallLine,
    wire.LineRing: talk.RingLine,
    wire.LineAnswer: talk.AnswerLine,
    wire.LineDecline: talk.DeclineLine,
    wire.LineWrite: talk.WriteLine,
    wire.LineHangUp: talk.EndLine,
    wire.FallbackPin: ladder.PinFallback,
    wire.DrillRecord: drill.RecordDrill,
    wire.RecordingStart: recording.StartRecording,
    wire.RecordingStop: recording.StopRecording,
    wire.BroadcastStart: broadcast.StartBroadcast,
    wire.BroadcastStop: broadcast.StopBroadcast,
}
"""Acts of the conference. The media.* commands are none: they go to the media engine."""
_NAMES = {kind: str(body.__struct_config__.tag) for body, kind in KINDS.items()}


def command(body: wire.CommandBody) -> do.Command:
    """The core's command with the very fields of the wire's. Raises KeyError for media.*; for
    room.join, which needs a device id, see `join`; pact.sign is made by app.signing."""
    if isinstance(body, _NESTED):
        return _nested(body)
    return KINDS[type(body)](**structs.asdict(body))


_NESTED = (
    wire.CountZones,
    wire.RundownEdit,
    wire.PactEdit,
    wire.PactWitnesses,
    wire.DrillRecord,
)


def _nested(
    body: wire.CountZones
    | wire.RundownEdit
    | wire.PactEdit
    | wire.PactWitnesses
    | wire.DrillRecord,
) -> do.Command:
    """Commands that hold values of their own."""
    if isinstance(body, wire.CountZones):
        zones = tuple(Zone(**structs.asdict(zone)) for zone in body.zones)
        return do.SetZones(room=body.room, zones=zones)
    if isinstance(body, wire.DrillRecord):
        found = tuple(Recovered(**structs.asdict(one)) for one in body.found)
        return drill.RecordDrill(found=found)
    if isinstance(body, wire.RundownEdit):
        items = tuple(Item(**structs.asdict(item)) for item in body.items)
        return ask.EditRundown(items=items, version=body.version)
    if isinstance(body, wire.PactEdit):
        said = structs.asdict(body.document)
        return ask.EditPact(document=Document(**(said | {"points": tuple(said["points"])})))
    witnesses = tuple(Witness(**structs.asdict(one)) for one in body.witnesses)
    return ask.SetWitnesses(room=body.room, witnesses=witnesses)


def join(body: wire.RoomJoin, device: str) -> do.JoinRoom:
    return do.JoinRoom(
        device=device,
        kind=body.kind,
        label=body.label,
        shared=body.shared,
        take_over=body.take_over,
        consent=body.open_mic_on_air,
    )


def device_view(device: Device) -> wire.DeviceView:
    return wire.DeviceView(
        id=device.id,
        kind=device.kind,
        label=device.label,
        role=device.role,
        connected=device.connected,
        lost_since=device.lost_since,
        waiting=device.waiting,
        shared=device.shared,
        publishing=device.publishing,
        camera=device.camera,
    )


def readiness_view(state: Conference, code: str, now: int, *, whole: bool) -> wire.ReadinessView:
    """`whole`: with figures, ticks and who did what, for those who may see the devices."""
    room, found = state.rooms[code], readiness.readiness(state, code, now)
    why = wire.Text(id=found.id, en=found.en) if whole else wire.Text(id="", en="")
    return wire.ReadinessView(
        state=found.state,
        why=why,
        tested=_tested(room.trial) if whole and room.trial is not None else None,
        stale=found.stale,
        ticks=[
            wire.EquipmentTick(item=item, by=room.ticks[item].by, at=room.ticks[item].at)  # type: ignore[arg-type]
            for item in readiness.ITEMS
            if whole and item in room.ticks
        ],
        override=room.override if whole else "",
    )


def _tested(trial: Trial) -> wire.TestedView:
    return wire.TestedView(
        run=trial.run,
        at=trial.at,
        by=trial.by,
        verdict=trial.verdict,
        profile=trial.profile,
        sentence=wire.Text(id=trial.sentence_id, en=trial.sentence_en),
        rtt_ms=trial.rtt_ms,
        loss_up_percent=trial.loss_up_percent,
        loss_down_percent=trial.loss_down_percent,
        capacity_up_kbps=trial.capacity_up_kbps,
        capacity_down_kbps=trial.capacity_down_kbps,
        capacity_up_more=trial.capacity_up_more,
        capacity_down_more=trial.capacity_down_more,
        mos=trial.mos,
    )


def fallback_view(state: Conference, code: str, *, whole: bool) -> wire.FallbackView | None:
    """`whole`: with the reasons, for those who may see the devices."""
    if is_hub(state, code):
        return None
    plan = state.rooms[code].fallback
    trouble = plan.trouble if whole else None
    return wire.FallbackView(
        level=plan.level,
        ceiling=plan.ceiling,
        tested=bool(plan.run),
        pinned=plan.pinned,
        by=plan.by if whole else "",
        trouble=wire.TroubleView(**structs.asdict(trouble)) if trouble is not None else None,
        since=plan.since if whole else None,
    )


def room_view(state: Conference, code: str, now: int, *, devices: bool) -> wire.RoomView:
    """One room at `now` (Unix ms); with its devices for those who may see them."""
    room = state.rooms[code]
    plan = room.plan
    presence, lost_since = views.presence(state, code)
    main = state.devices.get(room.main) if room.main else None
    persons = headcount.effective(state, code)
    return wire.RoomView(
        code=plan.code,
        name=plan.name,
        title=views.title(plan.name),
        short_name=plan.short_name,
        abbr=plan.abbr,
        hub=code == state.plan.hub.code,
        cap=plan.cap,
        limit=room.limit,
        limit_reason=room.limit_reason,
        count=persons,
        declared=headcount.declared(state, code),
        checked_in=headcount.checked_in(state, code),
        tally=room.tally,
        count_state=headcount.count_state(persons, plan.cap),
        count_undo=bool(room.tally_before),
        counted=room.counted,
        estimate=_estimate_view(room.estimate) if devices else None,
        zones=[wire.Zone(**structs.asdict(zone)) for zone in room.zones] if devices else [],
        alarms=[_alarm_view(alarm) for alarm in room.alarms.values()] if devices else [],
        reduce_asked=room.reduce_asked,
        attendance=[_attendee_view(a) for a in room.attendance.values()] if devices else [],
        expected=_expected_views(room) if devices else [],
        presence=presence,
        lost_since=lost_since,
        publishing=bool(main and main.publishing),
        camera=bool(main and main.camera),
        mic=views.mic(state, code),
        mic_asked=room.mic_asked,
        mic_lock=room.mic_lock,
        hand=views.hand(state, code),
        main=room.main,
        devices=[device_view(d) for d in views.devices(state, code)] if devices else [],
        readiness=readiness_view(state, code, now, whole=devices),
        fallback=fallback_view(state, code, whole=devices),
        line=talk_views.line_view(state, code) if devices else None,
        **structs.asdict(ceremony_views.of_room(state, code, whole=devices)),
    )


def _estimate_view(estimate: CameraCount | None) -> wire.EstimateView | None:
    if estimate is None:
        return None
    return wire.EstimateView(
        persons=estimate.persons, quality=estimate.quality, since=estimate.since
    )


def _alarm_view(alarm: CountAlarm) -> wire.CountAlarmView:
    return wire.CountAlarmView(
        kind=alarm.kind,
        raised_at=alarm.raised_at,
        persons=alarm.persons,
        camera=alarm.camera,
        limit=alarm.limit,
        ended_at=alarm.ended_at,
        escalated=alarm.escalated,
        by=alarm.by,
        acknowledged_at=alarm.acknowledged_at,
        reason=alarm.reason,
    )


def _attendee_view(attendee: Attendee) -> wire.AttendeeView:
    last = attendee.visits[-1]
    return wire.AttendeeView(
        id=attendee.id,
        name=attendee.name,
        institution=attendee.institution,
        role=attendee.role,
        entered_at=last.entered_at,
        left_at=last.left_at,
        by=attendee.by,
    )


def _expected_views(room: Room) -> list[wire.ExpectedView]:
    return [
        wire.ExpectedView(
            name=one.name,
            institution=one.institution,
            role=one.role,
            person=entry.id if entry is not None else None,
        )
        for one, entry in zip(room.expected, attendance.arrivals(room), strict=True)
    ]


def conference_view(state: Conference, *, guide: bool) -> wire.ConferenceView:
    """`guide`: with what moderators and technicians alone see."""
    plan, change = state.plan, state.floor_change
    return wire.ConferenceView(
        id=plan.id,
        title=plan.title,
        phase=state.phase,
        timezone=plan.timezone,
        timezone_label=plan.timezone_label,
        starts_at=plan.starts_at,
        hub=plan.hub.code,
        floor=state.floor,
        floor_since=state.floor_since,
        next=state.next,
        floor_order=[room.code for room in plan.rooms],
        hands=list(state.hands),
        mic_lock=state.mic_lock,
        undo_until=change.at + plan.policy.undo_ms if change else None,
        gate=plan.policy.gate,
        roles=list(plan.policy.roles),
        over=plan.policy.over,
        beside=state.beside,
        pinned=state.pinned,
        black=state.black,
        presentation=presentation_view(state),
        progress=ceremony_views.progress_view(state),
        cues=[ceremony_views.cue_view(cue) for cue in state.cues] if guide else [],
        announcement=talk_views.announcement_view(state),
        line=talk_views.line_view(state, TECHNICIANS) if guide else None,
        signing=ceremony_views.signing_view(state),
        pressure=_pressure(state),
        drill=_drill(state) if guide else None,
        recording=record_views.recording_view(state, guide=guide),
        broadcast=record_views.broadcast_view(state, guide=guide),
    )


def _drill(state: Conference) -> wire.DrillView | None:
    run = state.drill
    if run is None:
        return None
    found = [wire.RecoveredView(**structs.asdict(one)) for one in run.found]
    return wire.DrillView(at=run.at, by=run.by, found=found)


def _pressure(state: Conference) -> wire.PressureView | None:
    known = state.pressure
    if not known.why or known.since is None:
        return None
    return wire.PressureView(level=known.level, why=known.why, since=known.since)


def you_view(state: Conference, actor: Actor, resume: str | None) -> wire.YouView:
    device = state.devices.get(actor.device) if actor.device else None
    wish = layout.send_wish(state, device.id) if device else None
    return wire.YouView(
        role=actor.role,
        name=actor.name,
        room=actor.room,
        device=device_view(device) if device else None,
        resume=resume if device else None,
        send=wire.SendWish(
            audio=wish.audio, video=wish.video, height=wish.height, max_kbps=wish.max_kbps
        )
        if wish
        else None,
        receive=[
            wire.ReceiveWish(
                room=want.room,
                size=want.size,
                audio=want.audio,
                video=want.video,
                rests=want.rests,
            )
            for want in (layout.receive_wishes(state, device.id) if device else ())
        ],
        may=[_NAMES[c] for c in views.may(actor.role) if c in _NAMES],
    )
