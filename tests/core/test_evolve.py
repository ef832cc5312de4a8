"""History makes the state: old journals stay readable, impossible ones are named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.core.scene import PASER, Scene, make_plan
from vicon.core import commands as do
from vicon.core import events as ev
from vicon.core import pact
from vicon.core.change import BrokenHistory
from vicon.core.evolve import evolve, replay
from vicon.core.headcount import effective
from vicon.core.model import CameraCount, Zone
from vicon.core.profile import Trouble

GOLDEN = Path(__file__).parents[1] / "golden" / "journal.jsonl"


class Line(msgspec.Struct):
    at: int
    event: ev.Event


def golden() -> list[str]:
    return GOLDEN.read_text(encoding="utf-8").splitlines()


def contains(new: Any, old: Any) -> bool:
    """Whether `new` says all that `old` says; fields may have been added since."""
    if isinstance(old, dict):
        return isinstance(new, dict) and all(k in new and contains(new[k], old[k]) for k in old)
    if isinstance(old, list):
        return len(new) == len(old) and all(map(contains, new, old))
    return bool(new == old)


def test_a_journal_of_the_first_version_is_still_read_whole() -> None:
    for line in golden():
        again = msgspec.json.encode(msgspec.json.decode(line, type=Line))
        assert contains(json.loads(again), json.loads(line))


def test_the_golden_journal_has_every_kind_of_event() -> None:
    kinds = {type(msgspec.json.decode(line, type=Line).event) for line in golden()}
    assert kinds == set(ev.Event.__args__)


def test_the_golden_journal_still_tells_the_same_story() -> None:
    lines = [msgspec.json.decode(line, type=Line) for line in golden()]
    state = replay((line.at, line.event) for line in lines)
    assert state is not None
    kutim, mahulu = state.rooms["64.08"], state.rooms["64.11"]
    assert (state.phase, state.floor, state.next, state.hands) == ("live", "64.08", "64.11", ())
    assert (effective(state, "64.08"), kutim.limit, kutim.limit_reason) == (
        1,
        13,
        "juru bahasa isyarat",
    )
    assert (kutim.mic, mahulu.mic, mahulu.mic_asked, mahulu.mic_lock) == (True, False, True, True)
    assert list(state.devices) == ["hub-main", "a1", "b1"]
    assert state.devices["a1"].lost_since == 1600995608750
    assert state.floor_since == 1600995608250
    assert kutim.trial is not None
    assert (kutim.trial.verdict, kutim.trial.capacity_up_more) == ("warn", True)
    assert {item: (tick.by, tick.at) for item, tick in kutim.ticks.items()} == {
        "camera": ("Teknisi", 1600995609250)
    }
    assert kutim.estimate == CameraCount(persons=9, quality="ok", since=1600995610000)
    assert (mahulu.counted, mahulu.estimate) == (False, None)
    assert mahulu.override == "dicek lewat telepon"
    assert mahulu.zones == (Zone(x=0.1, y=0.0, width=0.2, height=0.25),)
    there = {a.name: a.present for a in mahulu.attendance.values()}
    assert there == {"Siti Aminah": False, "Lusia Hibau, S.Sos.": True}
    assert [one.name for one in mahulu.expected] == ["Siti Aminah", "Yosep Ding"]
    assert (mahulu.over_since, mahulu.mismatch_since) == (1600995613250, 1600995613250)
    assert [(a.kind, a.escalated, a.by) for a in mahulu.alarms.values()] == [("over", True, "")]
    assert mahulu.reduce_asked
    talked, technicians = state.lines["64.08"], state.lines[""]
    assert (talked.texts, talked.ended) == (1, "hung_up")
    assert talked.answered_by == "Operator Kutai Timur"
    assert (technicians.voice, technicians.ended) == ("off", None)
    assert state.announcement is not None
    assert (state.announcement.by, state.announcement.at) == ("Sekretariat", 1600995634250)
    rundown = state.rundown
    assert (rundown.current, rundown.version, state.point) == ("i2", 1, 2)
    assert [(i, run.paused_ms, run.skipped) for i, run in rundown.runs.items()] == [
        ("i1", 250, False),
        ("i2", 0, False),
        ("i3", 0, True),
    ]
    assert {code: mark.status for code, mark in state.roll.items()} == {
        "64.08": "present",
        "64.11": "late",
    }
    assert [(cue.text, list(cue.seen)) for cue in state.cues] == [("Mohon berdiri", ["64.08"])]
    assert (kutim.help is not None, mahulu.help) == (True, None)
    assert [(one.id, one.struck_reason) for one in state.pact.signatures] == [
        ("s1", "salah orang"),
        ("s2", ""),
        ("s3", ""),
    ]
    assert [one.typed for one in state.pact.signatures] == ["", "", "Kasmidi Bulang"]
    assert state.pact.signatures[0].struck_at == 1600995621000
    assert (pact.board(state), state.pact.open) == (pact.Board(1, 1), True)
    assert (state.beside, state.pinned, state.black) == ("64.11", "64.08", False)
    assert (kutim.fallback.level, kutim.fallback.ceiling) == ("audio", "360p")
    assert (kutim.fallback.trouble, kutim.fallback.since) == (
        Trouble(why="loss", side="up", value=12.5),
        1600995635000,
    )
    pinned = mahulu.fallback
    assert (pinned.level, pinned.pinned, pinned.by) == ("360p", True, "Sekretariat")
    assert (state.plan.title, state.archived) == ("Deklarasi dan Pakta Integritas 2020", False)


def test_nothing_happened_is_no_conference() -> None:
    assert replay([]) is None


@pytest.mark.parametrize(
    "event",
    [
        ev.ConferenceCreated(plan=make_plan()),
        ev.DeviceLeft(device="never here", why="left"),
        ev.TallyChanged(room="64.99", tally=1),
        ev.MainChanged(room=PASER, device="never here"),
        ev.FloorUndone(),
    ],
)
def test_an_event_that_cannot_follow_is_named(event: ev.Event) -> None:
    with pytest.raises(BrokenHistory):
        evolve(Scene().state, event, 0)


def test_nothing_can_happen_before_the_beginning() -> None:
    with pytest.raises(BrokenHistory, match="before conference_created"):
        evolve(None, ev.PhaseChanged(phase="live"), 0)


def test_times_come_from_the_record() -> None:
    scene = Scene()
    main = scene.hall(PASER)
    scene.now = 77
    scene.loses(main)
    assert scene.state.devices[main.device or ""].lost_since == 77
    assert replay(scene.records) == scene.state
    scene.does(do.SYSTEM, do.ReturnDevice(device=main.device or ""))
    assert scene.state.devices[main.device or ""].lost_since is None
