"""The minutes of a scripted session: every fact is what the script did, and nothing more."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.core.acts import ACTS, CEREMONY, COUNTS, SERVER
from tests.core.scene import BERAU, HUB, KUKAR, PASER, make_plan, operator
from tests.core.told import (
    DOCUMENT,
    MINUTE,
    NINE,
    RINI,
    TRIAL,
    Told,
    plan,
    recorded,
    session,
    talked,
    troubled,
)
from vicon.core import commands as do
from vicon.core import commands_ceremony as ask
from vicon.core import commands_fallback as ladder
from vicon.core import commands_recording as recording
from vicon.core import minuteserver
from vicon.core.commands_server import NoteClock, NotePressure
from vicon.core.minutes import MinuteTaker, minutes_of
from vicon.core.minutewords import (
    Announced,
    Counts,
    CueSeenAt,
    Decision,
    Guide,
    ItemMinutes,
    JournalMark,
    Mark,
    Minutes,
    Narrowed,
    Outage,
    RoomMinutes,
    Turn,
    Unsigned,
)
from vicon.core.model import Expected, Policy
from vicon.core.pactwords import document_hash
from vicon.core.profile import Trouble
from vicon.core.refusals import Who
from vicon.store.chain import entry_hash


def at(minutes: float) -> int:
    return round(NINE + minutes * MINUTE)


def told(scene: Told) -> Minutes:
    return minutes_of(scene.entries())


@pytest.fixture(scope="module")
def minutes() -> Minutes:
    return told(session())


def room(minutes: Minutes, code: str) -> RoomMinutes:
    return next(one for one in minutes.rooms if one.code == code)


def test_place_and_time(minutes: Minutes) -> None:
    assert (minutes.conference, minutes.hub, minutes.phase) == ("pakta-2020", HUB, "closed")
    assert minutes.title == "Deklarasi & Pakta Integritas 2020"
    assert (minutes.timezone, minutes.timezone_label) == ("Asia/Makassar", "WITA")
    assert (minutes.planned_begin, minutes.planned_end) == (NINE, at(13))
    assert (minutes.begun_at, minutes.closed_at) == (at(1), at(15))
    assert [one.code for one in minutes.rooms] == [HUB, PASER, KUKAR, BERAU]
    assert [one.hub for one in minutes.rooms] == [True, False, False, False]
    assert minutes.room_name(PASER) == "Kabupaten Paser"


def test_who_guided_and_who_acted_for_a_room(minutes: Minutes) -> None:
    rini = Guide(role="moderator", name="Rini", first_at=at(-20), last_at=at(15))
    assert minutes.guides == [rini]
    assert room(minutes, PASER).operators == ["64.01-main", "Operator 64.01"]


def test_who_came_and_who_did_not(minutes: Minutes) -> None:
    ani, citra = room(minutes, PASER).attendance
    assert (ani.name, ani.institution, ani.role, ani.by) == ("Ani", "KPU", "KPU", "")
    assert (ani.first_in, ani.last_out, ani.visits, ani.expected) == (at(-10), at(14), 1, True)
    assert (citra.name, citra.by, citra.last_out) == ("Citra", "Operator 64.01", None)
    assert not citra.expected
    assert room(minutes, PASER).missing == [Expected(name="Budi", institution="KPU")]
    assert room(minutes, KUKAR).attendance == []


def test_when_the_rooms_were_there(minutes: Minutes) -> None:
    assert (room(minutes, KUKAR).joined_at, room(minutes, KUKAR).left_at) == (at(-20), at(15))
    assert room(minutes, BERAU).joined_at == at(5)


def test_the_roll_call_with_its_times(minutes: Minutes) -> None:
    assert room(minutes, PASER).roll == [Mark(status="present", at=at(3), by="Rini")]
    assert room(minutes, BERAU).roll == [
        Mark(status="absent", at=at(3), by="Rini"),
        Mark(status="late", at=at(5), by=""),
    ]
    assert room(minutes, HUB).roll == []


def test_the_counts_and_alarms(minutes: Minutes) -> None:
    paser, kukar = room(minutes, PASER).counts, room(minutes, KUKAR).counts
    assert (kukar.begin, kukar.peak, kukar.end) == (9, 9, 9)
    assert kukar.person_minutes == 9 * 14
    assert (paser.begin, paser.peak, paser.peak_at, paser.end) == (2, 2, at(1), 1)
    assert (paser.camera_begin, paser.camera_peak, paser.camera_end) == (None, 13, 9)
    assert paser.person_minutes == 2 * 13 + 1
    over = next(alarm for alarm in paser.alarms if alarm.kind == "over")
    assert (over.raised_at, over.ended_at) == (at(10.4), at(12))
    assert (over.by, over.reason) == ("Rini", "Satu orang keluar")
    assert over.acknowledged_at == at(10.8)
    assert room(minutes, BERAU).counts == Counts()
    assert room(minutes, KUKAR).decisions == [
        Decision(at=at(-15), by="Rini", reason="Petugas medis", limit=14)
    ]


def test_the_rundown_as_planned_and_as_it_was(minutes: Minutes) -> None:
    rundown = minutes.rundown
    seen = [
        (item.id, item.planned_at, item.began_at, item.ended_at, item.taken_ms, item.behind_ms)
        for item in rundown.items
    ]
    assert seen == [
        ("open", NINE, at(1), at(3), 2 * MINUTE, MINUTE),
        ("roll", at(2), at(3), at(9), 5 * MINUTE, 2 * MINUTE),
        ("sign-1", at(7), at(9), at(11), 2 * MINUTE, 3 * MINUTE),
        ("sign-2", at(8), at(11), at(13), 2 * MINUTE, 4 * MINUTE),
        ("photo", at(9), None, None, None, None),
        ("end", at(11), at(13), at(14), MINUTE, 3 * MINUTE),
    ]
    assert [item.id for item in rundown.items if item.skipped] == ["photo"]
    assert [item.paused_ms for item in rundown.items] == [0, MINUTE, 0, 0, 0, 0]
    assert (rundown.planned_s, rundown.edits) == (780, 0)
    assert (rundown.began_at, rundown.ended_at) == (at(1), at(14))
    assert rundown.behind_ms == 3 * MINUTE


def test_who_was_on_air_how_often_and_how_long(minutes: Minutes) -> None:
    """The room that was put on air by mistake was not."""
    assert room(minutes, PASER).turns == [Turn(began_at=at(9), ended_at=at(11))]
    assert room(minutes, KUKAR).turns == [Turn(began_at=at(11), ended_at=at(13))]
    hub = room(minutes, HUB)
    assert [turn.began_at for turn in hub.turns] == [at(1), at(13)]
    assert hub.on_air_ms == 10 * MINUTE
    assert room(minutes, BERAU).on_air_ms == 0


def test_lines_that_were_lost(minutes: Minutes) -> None:
    assert minutes.outages == [
        Outage(
            kind="media",
            room=BERAU,
            why="",
            began_at=at(8),
            ended_at=at(8.5),
            lasted_ms=30_000,
            back="returned",
            live=True,
        ),
        Outage(
            kind="link",
            room=KUKAR,
            why="heartbeat",
            began_at=at(11.5),
            ended_at=at(11.75),
            lasted_ms=15_000,
            back="returned",
            live=True,
        ),
    ]


def test_pictures_that_a_line_did_not_bear(minutes: Minutes) -> None:
    assert minutes.narrowed == [
        Narrowed(
            room=KUKAR,
            trouble=Trouble(why="loss", side="up", value=12.5),
            lowest="audio",
            began_at=at(12.1),
            ended_at=at(12.4),
            lasted_ms=18_000,
            live=True,
        )
    ]


def test_a_picture_that_is_less_to_the_end_has_no_end_and_ends_with_the_hall() -> None:
    scene = Told(plan())
    scene.at(0)
    main = scene.hall(KUKAR)
    trouble = Trouble(why="cpu", side="up", value=90.0)
    scene.does(do.SYSTEM, ladder.LowerFallback(room=KUKAR, level="720p", trouble=trouble))
    scene.at(1)
    scene.does(RINI, do.SetPhase(phase="live"))
    (one,) = told(scene).narrowed
    assert (one.ended_at, one.lasted_ms, one.live) == (None, MINUTE, True)
    scene.at(2)
    scene.does(main, do.LeaveRoom())
    (one,) = told(scene).narrowed
    assert (one.ended_at, one.lowest) == (NINE + 2 * MINUTE, "360p")


def test_messages_and_calls_for_help(minutes: Minutes) -> None:
    every, one = minutes.cues
    assert (every.at, every.by, every.room, every.text) == (at(-5), "Rini", None, "Bersiap")
    assert every.seen == [CueSeenAt(room=PASER, at=at(-4.5))]
    assert (one.room, one.seen, one.withdrawn_at) == (KUKAR, [], at(-4.5))
    (call,) = minutes.help
    assert (call.at, call.room, call.by) == (at(12), BERAU, "Operator 64.03")
    assert (call.text, call.answered_at) == ("Suara hilang", at(12.5))
    assert call.answered_by == "Rini"


def test_what_was_said_beside_the_programme_but_never_the_words() -> None:
    minutes = told(talked())
    (announced,) = minutes.announcements
    assert announced == Announced(at=at(1), by="Rini", ended_at=at(1.5), why="done")
    answered, rung, written = minutes.lines
    assert (answered.at, answered.room, answered.by, answered.role) == (
        at(2), KUKAR, "Rini", "moderator"
    )  # fmt: skip
    assert (answered.answered_at, answered.answered_by) == (at(2.1), f"{KUKAR}-main")
    assert (answered.texts, answered.ended_at, answered.why) == (2, at(3), "hung_up")
    assert (rung.room, rung.answered_at, rung.ended_at) == (None, None, at(3.5))
    assert (rung.texts, rung.why) == (0, "unanswered")
    assert (written.answered_at, written.ended_at, written.why) == (None, at(5), "closed")
    assert b"Rahasia" not in msgspec.json.encode(minutes)


def test_the_pact_with_every_signature(minutes: Minutes) -> None:
    pact = minutes.pact
    assert pact is not None
    assert pact.document == DOCUMENT
    assert pact.document_hash == document_hash(DOCUMENT)
    assert (pact.signed, pact.rooms) == (1, 2)
    struck, again, kukar = pact.signatures
    assert (struck.signature.struck_by, struck.signature.struck_reason) == ("Rini", "Salah orang")
    assert struck.struck_at == at(9.8)
    assert (again.signature.name, again.signature.office) == ("Calon p1 64.01", "Calon Bupati")
    assert [one.name for one in again.signature.witnesses] == ["Dewi"]
    assert (again.signature.signed_at, again.struck_at) == (at(10), None)
    assert kukar.signature.room == KUKAR
    assert pact.unsigned == [Unsigned(room=PASER, name="Calon p2 64.01", office="Calon Bupati")]


def test_a_signature_stands_in_the_journal_where_the_minutes_say(minutes: Minutes) -> None:
    rows = session().rows()
    assert minutes.pact is not None
    for signed in minutes.pact.signatures:
        row = rows[signed.sequence - 1]
        assert signed.hash == row.hash == entry_hash(row)
        assert signed.signature.id.encode() in row.event


def test_the_last_trial_and_the_journal(minutes: Minutes) -> None:
    assert room(minutes, PASER).trial == TRIAL
    assert room(minutes, KUKAR).trial is None
    rows = session().rows()
    assert minutes.journal == JournalMark(
        entries=len(rows), first_at=at(-30), last_at=at(15), hash=rows[-1].hash
    )


def test_the_same_journal_gives_the_same_minutes(minutes: Minutes) -> None:
    assert told(session()) == minutes
    assert msgspec.json.encode(told(session())) == msgspec.json.encode(minutes)


def test_before_anything_happened_nothing_is_made_up() -> None:
    minutes = told(Told(make_plan()))
    assert (minutes.phase, minutes.pact) == ("lobby", None)
    assert (minutes.planned_begin, minutes.planned_end) == (None, None)
    assert (minutes.begun_at, minutes.closed_at) == (None, None)
    assert (minutes.rundown.items, minutes.rundown.behind_ms) == ([], None)
    lists = (
        minutes.guides,
        minutes.cues,
        minutes.help,
        minutes.outages,
        minutes.narrowed,
    )
    assert not any(lists)
    for one in minutes.rooms:
        assert (one.joined_at, one.left_at, one.trial) == (None, None, None)
        assert (one.attendance, one.turns, one.counts) == ([], [], Counts())
    with pytest.raises(ValueError, match="no entry"):
        MinuteTaker().minutes()


def test_what_goes_on_has_no_end() -> None:
    scene = Told(plan())
    scene.at(0)
    scene.does(RINI, do.JoinRoom(device="hub-main"))
    paser = scene.hall(PASER)
    scene.does(RINI, do.SetPhase(phase="live"))
    scene.lanjut()
    scene.at(1)
    scene.does(RINI, ask.PauseRundown(on=True))
    scene.does(RINI, do.GiveFloor(room=PASER))
    scene.loses(paser)
    scene.at(3)
    scene.does(RINI, ask.SendCue(cue="cue-00001", text="Tunggu"))
    minutes = told(scene)
    assert minutes.closed_at is None
    assert minutes.rundown.items[0] == ItemMinutes(
        id="open",
        kind="opening",
        title="Pembukaan",
        room=None,
        planned_at=NINE,
        planned_s=120,
        began_at=NINE,
        taken_ms=MINUTE,
        paused_ms=2 * MINUTE,
    )
    (outage,) = minutes.outages
    assert (outage.ended_at, outage.back, outage.lasted_ms) == (None, None, 2 * MINUTE)
    assert room(minutes, PASER).turns == [Turn(began_at=at(1), ended_at=None)]
    assert room(minutes, PASER).on_air_ms == 2 * MINUTE
    assert room(minutes, PASER).left_at == at(1)


def test_a_camera_that_another_replaced_and_one_that_left_by_itself() -> None:
    scene = Told(plan())
    first = scene.hall(PASER)
    scene.at(-10)
    scene.loses(first)
    scene.at(-8)
    scene.joins("second", "operator", PASER, kind="main", take_over=True)
    scene.at(-5)
    scene.does(replace(first, device="second", name="second"), do.LeaveRoom())
    minutes = told(scene)
    (outage,) = minutes.outages
    assert (outage.began_at, outage.ended_at, outage.back) == (at(-10), at(-8), "replaced")
    assert not outage.live
    assert room(minutes, PASER).left_at == at(-5)


def test_a_call_that_says_more_is_one_of_its_own_and_both_are_answered() -> None:
    scene = Told(plan())
    scene.does(operator(PASER), ask.CallHelp(room=PASER))
    scene.at(1)
    scene.does(operator(PASER), ask.CallHelp(room=PASER, text="Gambar gelap"))
    scene.does(operator(KUKAR), ask.CallHelp(room=KUKAR))
    scene.at(2)
    scene.does(operator(PASER), ask.AnswerHelp(room=PASER))
    seen = [(one.room, one.text, one.answered_at) for one in told(scene).help]
    assert seen == [(PASER, "", at(2)), (PASER, "Gambar gelap", at(2)), (KUKAR, "", None)]


def test_a_message_whose_id_was_withdrawn_and_used_again_stays_two() -> None:
    scene = Told(plan())
    scene.does(RINI, ask.SendCue(cue="cue-00001", text="Satu"))
    scene.does(RINI, ask.WithdrawCue(cue="cue-00001"))
    scene.does(RINI, ask.SendCue(cue="cue-00001", text="Dua"))
    scene.does(operator(PASER), ask.SeeCue(cue="cue-00001", room=PASER))
    first, second = told(scene).cues
    assert (first.text, first.withdrawn_at is None, first.seen) == ("Satu", False, [])
    assert (second.text, second.withdrawn_at, len(second.seen)) == ("Dua", None, 1)


def test_a_room_let_in_and_an_allowance_taken_back() -> None:
    scene = Told(replace(plan(), policy=Policy(gate=True)))
    scene.does(RINI, do.OverrideGate(room=PASER, on=True, reason="Jalur cadangan"))
    scene.does(RINI, do.AllowCount(room=PASER, limit=14, reason="Medis"))
    scene.does(RINI, do.AllowCount(room=PASER, limit=12, reason=""))
    decisions = room(told(scene), PASER).decisions
    seen = [(one.limit, one.reason, one.withdrawn) for one in decisions]
    assert seen == [(None, "Jalur cadangan", False), (14, "Medis", False), (12, "", True)]


def test_a_clock_that_was_set_back_stands_still() -> None:
    records = session().entries()
    late = [replace(records[0], at=records[0].at + 1000), *records[1:]]
    found = minutes_of(late)
    assert found.journal.first_at == records[0].at + 1000
    assert found.journal.last_at == records[-1].at
    frozen = minutes_of([*records[:-1], replace(records[-1], at=0)])
    assert frozen.journal.last_at == records[-2].at


ANYTHING = ACTS + COUNTS + CEREMONY + SERVER


@settings(max_examples=60)
@given(data=st.data())
def test_whatever_happened_there_are_minutes(data: st.DataObject) -> None:
    scene = Told(plan())
    halls = [scene.moderator(), scene.hall(PASER), scene.hall(KUKAR)]
    actors: list[Who] = [RINI, *halls, do.SYSTEM]
    for _ in range(data.draw(st.integers(0, 60))):
        scene.now += data.draw(st.integers(0, 5_000))
        scene.ask(data.draw(st.sampled_from(actors)), data.draw(st.one_of(ANYTHING)))
        if scene.state.phase == "lobby" and data.draw(st.booleans()):
            scene.ask(RINI, do.SetPhase(phase="live"))
    minutes = told(scene)
    live = scene.now - minutes.begun_at if minutes.begun_at is not None else 0
    assert sum(one.on_air_ms for one in minutes.rooms) <= live
    for one in minutes.rooms:
        for turn in one.turns:
            assert turn.ended_at is None or turn.ended_at > turn.began_at
    for outage in minutes.outages:
        assert outage.lasted_ms >= 0
        assert (outage.ended_at is None) == (outage.back is None)
    assert all(item.taken_ms is None or item.taken_ms >= 0 for item in minutes.rundown.items)
    assert msgspec.json.decode(msgspec.json.encode(minutes), type=Minutes) == minutes


def test_what_befell_the_server() -> None:
    server = minutes_of(troubled().entries()).server
    assert [
        (one.began_at, one.lasted_ms, one.highest, one.why, one.live) for one in server.pressed
    ] == [
        (at(-5), MINUTE, 1, "descriptors", False),
        (at(1), MINUTE, 3, "media_late", True),
        (at(4), MINUTE, 5, "media_late", True),
    ]
    assert server.pressed[-1].ended_at is None
    (jump,) = server.jumps
    assert (jump.at, jump.by_ms, jump.followed, jump.live) == (at(2), 3_600_000, False, True)
    (taken,) = server.takeovers
    assert (taken.at, taken.why, taken.epoch, taken.away_ms) == (at(3), "ended", 7, 5_000)
    assert (taken.server, taken.by, taken.live) == ("https://10.0.0.5:8443", "", True)
    assert server.more == 0


def test_of_many_incidents_of_the_server_the_minutes_tell_some_and_count_the_others() -> None:
    scene = Told(plan(), at=0)
    for number in range(minuteserver.MOST + 3):
        scene.at(number)
        scene.does(do.SYSTEM, NoteClock(by_ms=5_000, followed=False))
        scene.does(do.SYSTEM, NotePressure(level=1, why="descriptors"))
        scene.does(do.SYSTEM, NotePressure(level=0))
    server = minutes_of(scene.entries()).server
    assert len(server.jumps) == len(server.pressed) == minuteserver.MOST
    assert server.pressed[-1].ended_at is not None
    assert server.more == 6


def test_which_recordings_were_made_and_what_became_of_them() -> None:
    first, second, third = minutes_of(recorded().entries()).recordings
    assert (first.id, first.by, first.rooms) == ("r1", RINI.name, len(recorded().state.rooms))
    assert (first.began_at, first.ended_at, first.lasted_ms) == (at(0), at(2), 2 * MINUTE)
    assert (first.why, first.ended_by) == ("stopped", RINI.name)
    assert (first.interruptions, first.alarms) == (1, 1)
    assert (first.deleted_at, first.deleted_by, first.deleted_why) == (
        at(5),
        "Sekretariat",
        "asked",
    )
    assert (second.why, second.ended_by, second.deleted_at) == ("disk_full", "", None)
    assert (third.ended_at, third.why, third.lasted_ms) == (at(10), "closed", 4 * MINUTE)


def test_a_recording_that_runs_lasts_and_one_of_which_nothing_is_known_is_not_told() -> None:
    scene = Told(plan(), at=0)
    scene.does(RINI, do.SetPhase(phase="live"))
    start = recording.StartRecording(id="r1", minutes=90, need=60, writable=True)
    scene.does(RINI, start)
    scene.at(3)
    scene.does(do.SYSTEM, recording.NoteDeletion(id="r0", by=""))
    (one,) = minutes_of(scene.entries()).recordings
    assert (one.id, one.ended_at, one.why, one.lasted_ms) == ("r1", None, None, 3 * MINUTE)
