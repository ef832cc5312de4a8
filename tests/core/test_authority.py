"""Who may ask for what."""

from __future__ import annotations

import pytest

from tests.core.scene import HUB, KUKAR, MODERATOR, PASER, Scene, make_plan, operator
from vicon.core import commands as do
from vicon.core import commands_broadcast as broadcast
from vicon.core import commands_ceremony as ask
from vicon.core import commands_drill as drill
from vicon.core import commands_fallback as ladder
from vicon.core import commands_office as office
from vicon.core import commands_recording as recording
from vicon.core import commands_server as server
from vicon.core import commands_talk as talk
from vicon.core.model import Actor, Role, Trial
from vicon.core.officewords import LinkNote
from vicon.core.pactwords import Document, Signature, Witness
from vicon.core.profile import Trouble
from vicon.core.recovered import Recovered
from vicon.core.refusals import Who
from vicon.core.views import may

TRIAL = Trial(
    run="u1",
    at=1,
    by="t",
    verdict="pass",
    profile="720p",
    sentence_id="Siap.",
    sentence_en="Ready.",
)
SIGNATURE = Signature(
    id="s1",
    room=PASER,
    person="p1",
    name="Siti",
    office="",
    strokes=((0, 0, 500, 500),),
    witnesses=(Witness(name="Budi"),),
    document="00",
    signed_at=1,
    journal_sequence=1,
    journal_hash="00",
    seal="c2VhbA==",
)
TROUBLE = Trouble(why="loss", side="up", value=12.0)
LINK = LinkNote(link="0a", role="operator", room=PASER, name="Operator", expires_at=9_000)
EVERY: tuple[do.Command, ...] = (
    do.SetPhase(phase="live"),
    do.JoinRoom(device="new"),
    do.LeaveRoom(),
    do.LoseDevice(device="x"),
    do.ReturnDevice(device="x"),
    do.ExpireDevices(),
    do.SetPublishing(device="x", on=True),
    do.TakeMain(),
    do.RemoveDevice(device="x"),
    do.AdmitDevice(device="x"),
    do.SetCamera(on=True),
    do.SetCount(room=PASER, value=1),
    do.AddCount(room=PASER, by=1),
    do.UndoCount(room=PASER),
    do.AllowCount(room=PASER, limit=13, reason="tamu"),
    do.SwitchEstimate(room=PASER, on=False),
    do.RecordEstimate(room=PASER, persons=9, quality="ok"),
    do.SetZones(room=PASER, zones=()),
    do.WatchCounts(),
    do.AcknowledgeCount(room=PASER, kind="over", reason="tamu"),
    do.AskReduce(room=PASER, on=True),
    do.EnterPerson(room=PASER, person="p-12345678", name="Siti", institution="KPU", role="KPU"),
    do.LeavePerson(room=PASER, person="p-12345678"),
    do.KeepPerson(room=PASER, person="p-12345678"),
    do.CorrectPerson(room=PASER, person="p-12345678", name="Siti", institution="", role=""),
    do.StrikePerson(room=PASER, person="p-12345678"),
    do.ImportExpected(persons={PASER: ()}),
    do.GiveFloor(room=PASER),
    do.TakeFloor(),
    do.CueRoom(room=PASER),
    do.UndoFloor(),
    do.MuteMic(room=PASER),
    do.UnmuteMic(room=PASER),
    do.AskMic(room=PASER),
    do.MuteAll(),
    do.LockMic(on=True),
    do.RaiseHand(room=PASER),
    do.LowerHand(room=PASER),
    do.RecordTrial(room=PASER, trial=TRIAL),
    do.CheckEquipment(room=PASER, item="camera", on=True),
    do.OverrideGate(room=PASER, on=True, reason="dicek lewat telepon"),
    ask.EditRundown(items=(), version=0),
    ask.Advance(current=None),
    ask.SkipItem(item="i1", on=True),
    ask.PauseRundown(on=True),
    ask.UndoRundown(),
    ask.MarkRoll(room=PASER, status="present"),
    ask.TakeRoll(),
    ask.SendCue(cue="c-00000001", text="Bersiap", room=PASER),
    ask.SeeCue(cue="c-00000001", room=PASER),
    ask.WithdrawCue(cue="c-00000001"),
    ask.CallHelp(room=PASER, text="suara"),
    ask.AnswerHelp(room=PASER),
    ask.SetBeside(room=None),
    ask.PinRoom(room=None),
    ask.SetBlack(on=True),
    ask.ShowPresentation(device="d"),
    ask.EndPresentation(),
    ask.MoveHand(room=PASER, place=1),
    ask.EditPact(document=Document(title="Pakta", points=("satu",))),
    ask.ShowPoint(point=0),
    ask.OpenPact(on=False),
    ask.NameSignatory(room=PASER, person="p1", name="Siti"),
    ask.UnnameSignatory(room=PASER, person="p1"),
    ask.SetWitnesses(room=PASER, witnesses=()),
    ask.SignPact(room=PASER, signature=SIGNATURE),
    ask.StrikeSignature(room=PASER, signature="s1", reason="salah"),
    office.ChangePlan(plan=make_plan()),
    office.NoteLinks(links=()),
    office.NoteExpiry(link=LINK),
    office.RevokeLink(link=LINK),
    office.ReleaseLink(link=LINK),
    office.ArchiveConference(),
    office.RestoreConference(),
    talk.Announce(on=False),
    talk.CallLine(line="l-00000001", room=PASER),
    talk.RingLine(line="l-00000002"),
    talk.AnswerLine(line="l-00000002"),
    talk.DeclineLine(line="l-00000002"),
    talk.WriteLine(line="l-00000002", text="Halo"),
    talk.EndLine(line="l-00000002"),
    talk.WatchLines(),
    ladder.PinFallback(room=PASER, level="360p"),
    ladder.LowerFallback(room=PASER, level="720p", trouble=TROUBLE),
    ladder.RaiseFallback(room=PASER, level="360p"),
    drill.RecordDrill(found=(Recovered(room=PASER, kind="cut", seconds=1.0),)),
    recording.StartRecording(id="r1", minutes=90, need=60, writable=True),
    recording.StopRecording(),
    recording.EndRecording(id="r1", why="disk_full"),
    recording.WatchRecording(id="r1", interrupted=False),
    recording.NoteDeletion(id="r0", by="Sekretariat"),
    broadcast.StartBroadcast(id="b1"),
    broadcast.StopBroadcast(),
    broadcast.WatchBroadcast(id="b1", interrupted=False),
    server.NotePressure(level=2, why="media_cpu"),
    server.NoteClock(by_ms=3_600_000, followed=False),
    server.NoteTakeover(why="ended", epoch=5),
)
OFFICE = {
    "ChangePlan",
    "NoteLinks",
    "NoteExpiry",
    "RevokeLink",
    "ReleaseLink",
    "ArchiveConference",
    "RestoreConference",
}
EVERY_ENTRY = do.EnterPerson(
    room=PASER, person="p-12345678", name="Siti", institution="KPU", role="KPU"
)
SIGNING = {"NameSignatory", "UnnameSignatory", "SetWitnesses"}
LOOK = {"JoinRoom", "LeaveRoom"}
READY = {"CheckEquipment", "RecordDrill"}
SERVER = {
    "SetPhase",
    "LoseDevice",
    "ReturnDevice",
    "ExpireDevices",
    "SetPublishing",
    "RecordTrial",
    "RecordEstimate",
    "WatchCounts",
    "ChangePlan",
    "WatchLines",
    "LowerFallback",
    "RaiseFallback",
    "NotePressure",
    "NoteClock",
    "NoteTakeover",
    "EndRecording",
    "WatchRecording",
    "NoteDeletion",
    "WatchBroadcast",
}
DOOR = {"EnterPerson", "LeavePerson"}
OPERATE = (
    LOOK
    | DOOR
    | {
        "SetZones",
        "KeepPerson",
        "CorrectPerson",
        "StrikePerson",
        "TakeMain",
        "SetCamera",
        "SetCount",
        "AddCount",
        "UndoCount",
        "SwitchEstimate",
        "MuteMic",
        "UnmuteMic",
        "LowerHand",
    }
)
GUIDE = {
    "SetPhase",
    "RemoveDevice",
    "AdmitDevice",
    "AllowCount",
    "AcknowledgeCount",
    "AskReduce",
    "ImportExpected",
    "GiveFloor",
    "TakeFloor",
    "CueRoom",
    "UndoFloor",
    "AskMic",
    "MuteAll",
    "LockMic",
    "OverrideGate",
    "PinFallback",
    "StartRecording",
    "StopRecording",
    "StartBroadcast",
    "StopBroadcast",
}
CEREMONY = {
    "EditRundown",
    "Advance",
    "SkipItem",
    "PauseRundown",
    "UndoRundown",
    "MarkRoll",
    "TakeRoll",
    "SetBeside",
    "PinRoom",
    "SetBlack",
    "ShowPresentation",
    "EndPresentation",
    "MoveHand",
    "EditPact",
    "ShowPoint",
    "OpenPact",
    "StrikeSignature",
}
WORDS = {"SendCue", "WithdrawCue"}
HELP = {"CallHelp", "AnswerHelp"}
ON_LINE = {"AnswerLine", "DeclineLine", "WriteLine", "EndLine"}
CALL = ON_LINE | {"CallLine", "RingLine"}
LINKS = {"ReleaseLink"}
GUIDES = {"Announce"} | CALL
ALLOWED: dict[Role, set[str]] = {
    "moderator": OPERATE | GUIDE | READY | CEREMONY | WORDS | HELP | SIGNING | GUIDES | LINKS,
    "operator": OPERATE
    | {"CheckEquipment", "RaiseHand", "SeeCue", "SignPact"}
    | HELP
    | SIGNING
    | ON_LINE,
    "technician": LOOK | READY | WORDS | {"AnswerHelp"} | CALL | LINKS,
    "observer": LOOK,
}


def test_this_table_knows_every_command() -> None:
    assert {*map(type, EVERY), do.Create} == set(do.Command.__args__)


@pytest.mark.parametrize("role", ALLOWED)
def test_a_role_may_just_what_the_table_says(role: Role) -> None:
    scene = Scene()
    room = {"moderator": HUB, "operator": PASER}.get(role)
    actor = scene.joins("me", role, room)
    refused = {
        type(command).__name__
        for command in EVERY
        if getattr(scene.ask(actor, command), "code", "") == "not_allowed"
    }
    hall_only_by_itself = {"UnmuteMic"} if role == "moderator" else set()
    assert refused == {type(c).__name__ for c in EVERY} - ALLOWED[role] | hall_only_by_itself
    assert {command.__name__ for command in may(role)} == ALLOWED[role]


def test_a_tester_only_looks() -> None:
    scene = Scene()
    tester = Actor(role="tester", name="Uji Paser", room=PASER)
    assert not may("tester")
    assert {scene.refuses(tester, command) for command in EVERY} == {"not_allowed"}


def test_the_server_itself_may_only_its_own_acts() -> None:
    scene = Scene()
    refused = {
        type(command).__name__
        for command in EVERY
        if getattr(scene.ask(do.SYSTEM, command), "code", "") == "not_allowed"
    }
    assert refused == {type(command).__name__ for command in EVERY} - SERVER


def test_the_organizer_prepares_and_guides_nothing() -> None:
    scene = Scene(phase="lobby")
    refused = {
        type(command).__name__
        for command in EVERY
        if getattr(scene.ask(do.Organizer(name="Pengelola"), command), "code", "") == "not_allowed"
    }
    assert refused == {type(command).__name__ for command in EVERY} - OFFICE


def test_a_phone_at_the_door_enters_and_leaves_its_own_room_only() -> None:
    scene = Scene()
    refused = {
        type(command).__name__
        for command in EVERY
        if getattr(scene.ask(do.Door(room=PASER), command), "code", "") == "not_allowed"
    }
    assert refused == {type(command).__name__ for command in EVERY} - DOOR
    assert scene.refuses(do.Door(room=KUKAR), EVERY_ENTRY) == "not_allowed"


@pytest.mark.parametrize(
    "command",
    [
        do.SetCount(room=KUKAR, value=1),
        do.MuteMic(room=KUKAR),
        do.RaiseHand(room=KUKAR),
        do.LowerHand(room=KUKAR),
        do.CheckEquipment(room=KUKAR, item="camera", on=True),
        do.AddCount(room="no such room", by=1),
    ],
)
def test_an_operator_acts_in_the_own_room_only(command: do.Command) -> None:
    scene = Scene()
    assert scene.refuses(scene.hall(PASER), command) == "not_allowed"


@pytest.mark.parametrize(
    "command",
    [
        do.SetCount(room="64.99", value=1),
        do.GiveFloor(room="64.99"),
        do.LockMic(on=True, room="64.99"),
        do.CueRoom(room="64.99"),
        do.CheckEquipment(room="64.99", item="camera", on=True),
        do.OverrideGate(room="64.99", on=True, reason="x"),
    ],
)
def test_a_moderator_names_rooms_that_exist(command: do.Command) -> None:
    assert Scene().refuses(MODERATOR, command) == "unknown_room"


@pytest.mark.parametrize(
    ("asker", "command"),
    [
        (operator(PASER), do.LeaveRoom()),
        (operator(PASER), do.TakeMain()),
        (operator(PASER), do.SetCamera(on=False)),
        (operator(PASER), do.MuteMic(room=PASER)),
        (operator(PASER), do.RaiseHand(room=PASER)),
        (MODERATOR, do.LeaveRoom()),
        (Actor(role="operator", name="x", room=PASER, device="long gone"), do.LeaveRoom()),
    ],
)
def test_what_a_device_does_wants_a_device(asker: Who, command: do.Command) -> None:
    assert Scene().refuses(asker, command) == "not_joined"


def test_a_moderator_guides_without_having_joined() -> None:
    scene = Scene()
    scene.hall(PASER)
    scene.does(MODERATOR, do.GiveFloor(room=PASER))
    scene.does(MODERATOR, do.MuteMic(room=PASER))
