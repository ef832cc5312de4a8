"""What may be asked of a conference, for Hypothesis to choose from."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace

from tests.core.scene import HUB, NAMES, make_plan
from vicon.core import commands as do
from vicon.core import commands_broadcast as broadcast
from vicon.core import commands_ceremony as ask
from vicon.core import commands_drill as drill
from vicon.core import commands_fallback as ladder
from vicon.core import commands_office as office
from vicon.core import commands_recording as recording
from vicon.core import commands_server as server
from vicon.core import commands_talk as talk
from vicon.core import readiness
from vicon.core.ceremony import Item
from vicon.core.model import Actor, Expected, Plan, Policy, Trial, Zone
from vicon.core.officewords import LinkNote
from vicon.core.pactwords import Document, Witness
from vicon.core.profile import LEVELS, Trouble
from vicon.core.recovered import Recovered

CAP = 3
ROOMS = list(NAMES)[:3]
CODES = st.sampled_from([HUB, *ROOMS, "64.99"])
DEVICES = st.sampled_from([f"d{number}" for number in range(12)])
JOIN_KINDS = st.sampled_from(["auto", "auto", "main", "document", "screen", "companion", "voice"])
POLICIES = st.builds(
    Policy,
    admission=st.sampled_from(["open", "ask"]),
    mute_on_join=st.booleans(),
    mute_lock=st.booleans(),
    gate=st.booleans(),
    trial_age_ms=st.just(3_000),
    companion_grace_ms=st.just(500),
    main_grace_ms=st.just(2_000),
    undo_ms=st.just(1_000),
    over=st.sampled_from(["warn", "lock_mic", "refuse_floor"]),
    escalate_ms=st.just(2_000),
)
PERSONS = st.sampled_from([f"person-{number}" for number in range(CAP + 3)])
WORDS: dict[str, st.SearchStrategy[str]] = {
    "name": st.sampled_from(["Orang 1", "Orang 2", "orang  1", "Orang 3", "Orang 4", ""]),
    "institution": st.sampled_from(["KPU", ""]),
    "role": st.just("KPU"),
}
ZONE = Zone(x=0.0, y=0.0, width=0.2, height=0.2)
RECOVERED = st.builds(
    Recovered,
    room=CODES,
    kind=st.sampled_from(["cut", "ice", "worker", "server"]),
    seconds=st.none() | st.floats(-1, 5_000),
)
RECORDINGS = st.sampled_from(["r1", "r2", ""])
ACTS: list[st.SearchStrategy[Any]] = [
    st.builds(
        recording.StartRecording,
        id=RECORDINGS,
        minutes=st.sampled_from([0, 90]),
        need=st.just(60),
        writable=st.sampled_from([True, True, False]),
        steady=st.sampled_from([True, True, False]),
    ),
    st.builds(recording.StopRecording),
    st.builds(
        broadcast.StartBroadcast, id=RECORDINGS, taken=st.sampled_from(["", "", "", "Other"])
    ),
    st.builds(broadcast.StopBroadcast),
    st.builds(drill.RecordDrill, found=st.lists(RECOVERED, max_size=4).map(tuple)),
    st.builds(do.GiveFloor, room=CODES),
    st.builds(do.TakeFloor),
    st.builds(do.CueRoom, room=CODES),
    st.builds(do.UndoFloor),
    st.builds(do.MuteMic, room=CODES),
    st.builds(do.UnmuteMic, room=CODES),
    st.builds(do.AskMic, room=CODES),
    st.builds(do.MuteAll),
    st.builds(do.LockMic, on=st.booleans(), room=st.none() | CODES),
    st.builds(do.RaiseHand, room=CODES),
    st.builds(do.LowerHand, room=CODES),
    st.builds(do.LeaveRoom),
    st.builds(do.TakeMain),
    st.builds(do.SetCamera, on=st.booleans()),
    st.builds(do.RemoveDevice, device=DEVICES),
    st.builds(do.AdmitDevice, device=DEVICES),
    st.builds(
        do.CheckEquipment, room=CODES, item=st.sampled_from(readiness.ITEMS), on=st.booleans()
    ),
    st.builds(ladder.PinFallback, room=CODES, level=st.none() | st.sampled_from(LEVELS)),
    st.builds(do.OverrideGate, room=CODES, on=st.booleans(), reason=st.just("dicek")),
]
SIGNERS = st.sampled_from(["p0", "p1"])
DOCUMENTS = [
    Document(title="Pakta", points=("satu", "dua")),
    Document(title="Pakta", points=("satu",)),
    Document(title=""),
]
CUES = st.sampled_from(["cue-00001", "cue-00002"])
ITEMS = st.sampled_from(["i0", "i1", "i2", "i3", "no"])
RUNDOWN = tuple(
    Item(id=f"i{n}", kind="free", title=f"Butir {n}", planned_s=1, room=room, hush=n == 1)
    for n, room in enumerate([None, HUB, *ROOMS[:2]])
)


def _plan(policy: Policy, rooms: list[str], cap: int, rundown: int, points: int) -> Plan:
    known = {room.code: room for room in make_plan(rooms=4, cap=cap).rooms}
    return replace(
        make_plan(cap=cap, policy=policy),
        rooms=tuple(known[code] for code in rooms),
        rundown=tuple(item for item in RUNDOWN[:rundown] if item.room in (None, HUB, *rooms)),
        pact=DOCUMENTS[points - 1] if points else None,
    )


PLANS = st.builds(
    _plan,
    policy=POLICIES,
    rooms=st.lists(st.sampled_from(list(NAMES)[:4]), min_size=1, unique=True),
    cap=st.sampled_from([CAP, CAP, CAP - 1, CAP + 1]),
    rundown=st.sampled_from([4, 4, 2]),
    points=st.integers(0, 2),
)
LINK = LinkNote(link="0a", role="operator", room=ROOMS[0], name="Operator", expires_at=9_000)
OFFICE: list[st.SearchStrategy[Any]] = [
    st.builds(office.ChangePlan, plan=PLANS),
    st.builds(
        office.RevokeLink, link=st.just(LINK), devices=st.lists(DEVICES, max_size=3).map(tuple)
    ),
    st.builds(office.NoteLinks, links=st.just((LINK,))),
    st.builds(office.ReleaseLink, link=st.just(LINK), on=st.booleans()),
]
CEREMONY: list[st.SearchStrategy[Any]] = [
    st.builds(ask.Advance, current=st.none() | ITEMS, item=st.none() | ITEMS),
    st.builds(ask.SkipItem, item=ITEMS, on=st.booleans()),
    st.builds(ask.PauseRundown, on=st.booleans()),
    st.builds(ask.UndoRundown),
    st.builds(
        ask.EditRundown,
        items=st.permutations(RUNDOWN).map(tuple) | st.just(RUNDOWN[:2]),
        version=st.integers(0, 2),
    ),
    st.builds(
        ask.MarkRoll, room=CODES, status=st.sampled_from([None, "present", "absent", "excused"])
    ),
    st.builds(ask.TakeRoll),
    st.builds(ask.SendCue, cue=CUES, text=st.sampled_from(["Bersiap", ""]), room=st.none() | CODES),
    st.builds(ask.SeeCue, cue=CUES, room=CODES),
    st.builds(ask.WithdrawCue, cue=CUES),
    st.builds(ask.CallHelp, room=CODES, text=st.sampled_from(["", "suara"])),
    st.builds(ask.AnswerHelp, room=CODES),
    st.builds(ask.SetBeside, room=st.none() | CODES),
    st.builds(ask.PinRoom, room=st.none() | CODES),
    st.builds(ask.SetBlack, on=st.booleans()),
    st.builds(ask.ShowPresentation, device=DEVICES),
    st.builds(ask.EndPresentation),
    st.builds(ask.MoveHand, room=CODES, place=st.integers(-1, 5)),
    st.builds(ask.EditPact, document=st.sampled_from(DOCUMENTS)),
    st.builds(ask.ShowPoint, point=st.integers(-1, 3)),
    st.builds(ask.OpenPact, on=st.booleans()),
    st.builds(ask.NameSignatory, room=CODES, person=SIGNERS, name=st.sampled_from(["Siti", ""])),
    st.builds(ask.UnnameSignatory, room=CODES, person=SIGNERS),
    st.builds(ask.SetWitnesses, room=CODES, witnesses=st.sampled_from([(), (Witness(name="B"),)])),
    st.builds(
        ask.StrikeSignature,
        room=CODES,
        signature=st.sampled_from(["s0", "s1", "s2"]),
        reason=st.sampled_from(["", "salah"]),
    ),
]
COUNTS: list[st.SearchStrategy[Any]] = [
    st.builds(do.SetCount, room=CODES, value=st.integers(-2, CAP + 3)),
    st.builds(do.AddCount, room=CODES, by=st.sampled_from([1, 1, -1])),
    st.builds(do.UndoCount, room=CODES),
    st.builds(
        do.AllowCount, room=CODES, limit=st.integers(0, CAP + 4), reason=st.sampled_from(["", "x"])
    ),
    st.builds(do.SwitchEstimate, room=CODES, on=st.booleans()),
    st.builds(do.SetZones, room=CODES, zones=st.sampled_from([(), (ZONE,)])),
    st.builds(do.AskReduce, room=CODES, on=st.booleans()),
    st.builds(
        do.AcknowledgeCount,
        room=CODES,
        kind=st.sampled_from(["over", "mismatch"]),
        reason=st.sampled_from(["", "x"]),
    ),
    st.builds(do.EnterPerson, room=CODES, person=PERSONS, **WORDS, ago_ms=st.integers(0, 900)),
    st.builds(do.LeavePerson, room=CODES, person=PERSONS),
    st.builds(do.KeepPerson, room=CODES, person=PERSONS),
    st.builds(do.CorrectPerson, room=CODES, person=PERSONS, **WORDS),
    st.builds(do.StrikePerson, room=CODES, person=PERSONS),
    st.builds(
        do.ImportExpected,
        persons=st.dictionaries(CODES, st.just((Expected(name="Orang 1"),)), max_size=2),
    ),
]
LINES = st.sampled_from(["line-0001", "line-0002", "line-0003"])
TALK: list[st.SearchStrategy[Any]] = [
    st.builds(talk.Announce, on=st.booleans()),
    st.builds(talk.CallLine, line=LINES, room=st.none() | CODES, voice=st.booleans()),
    st.builds(talk.RingLine, line=LINES),
    st.builds(talk.AnswerLine, line=LINES),
    st.builds(talk.DeclineLine, line=LINES),
    st.builds(talk.WriteLine, line=LINES, text=st.sampled_from(["Halo", " "])),
    st.builds(talk.EndLine, line=LINES),
]
TRIALS = st.builds(
    Trial,
    run=st.just("u"),
    at=st.integers(1_000, 5_000),
    by=st.just("t"),
    verdict=st.sampled_from(["pass", "warn", "fail"]),
    profile=st.sampled_from(["720p", "720p", "360p", "audio", "none"]),
    sentence_id=st.just("Begini."),
    sentence_en=st.just("So."),
)
SERVER: list[st.SearchStrategy[Any]] = [
    st.builds(recording.EndRecording, id=RECORDINGS, why=st.just("disk_full")),
    st.builds(recording.NoteDeletion, id=RECORDINGS, by=st.just("Sekretariat")),
    st.builds(
        recording.WatchRecording,
        id=RECORDINGS,
        interrupted=st.booleans(),
        alarms=st.lists(st.tuples(CODES, st.sampled_from(["nothing", "sound"])), max_size=3).map(
            tuple
        ),
    ),
    st.builds(
        broadcast.WatchBroadcast,
        id=RECORDINGS,
        interrupted=st.booleans(),
        alarms=st.lists(st.sampled_from(["channel", "late", "disk"]), max_size=3).map(tuple),
    ),
    st.builds(do.RecordTrial, room=CODES, trial=TRIALS),
    st.builds(do.LoseDevice, device=DEVICES),
    st.builds(do.ReturnDevice, device=DEVICES),
    st.builds(do.ExpireDevices),
    st.builds(do.WatchCounts),
    st.builds(talk.WatchLines),
    st.builds(
        server.NotePressure, level=st.integers(-1, 6), why=st.sampled_from(["media_cpu", ""])
    ),
    st.builds(
        server.NoteTakeover,
        why=st.sampled_from(["ended", "halls"]),
        epoch=st.integers(0, 3),
        away_ms=st.none() | st.just(5_000),
    ),
    st.builds(server.NoteClock, by_ms=st.sampled_from([0, -3_600_000]), followed=st.booleans()),
    st.builds(
        do.RecordEstimate,
        room=CODES,
        persons=st.integers(0, CAP + 3),
        quality=st.just("ok"),
    ),
    st.builds(do.RecordEstimate, room=CODES, persons=st.none(), quality=st.just("dark")),
    st.builds(do.SetPublishing, device=DEVICES, on=st.booleans()),
    st.builds(
        ladder.LowerFallback,
        room=CODES,
        level=st.sampled_from(LEVELS),
        trouble=st.just(Trouble(why="rtt", side="up", value=900.0)),
    ),
    st.builds(ladder.RaiseFallback, room=CODES, level=st.sampled_from(LEVELS)),
]
NOT_JOINED = st.one_of(
    st.builds(Actor, role=st.just("moderator"), name=st.just("m"), room=st.just(HUB)),
    st.builds(
        Actor, role=st.just("operator"), name=st.just("o"), room=st.sampled_from([*ROOMS, HUB])
    ),
    st.builds(Actor, role=st.sampled_from(["technician", "observer"]), name=st.just("t")),
)
