"""A recording begins and ends by a moderator's word, and never holds the session up."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.core.scene import MODERATOR, PASER, Scene, operator
from vicon.core import commands as do
from vicon.core import commands_office as ask
from vicon.core import commands_recording as record
from vicon.core import events_recording as ev
from vicon.core import recordings
from vicon.core.recordwords import RecordAlarm

START = record.StartRecording(id="r1", minutes=90, need=60, writable=True)


def test_who_began_it_and_who_ended_it_is_known() -> None:
    scene = Scene()
    (started,) = scene.does(MODERATOR, START)
    assert isinstance(started, ev.RecordingStarted)
    assert (started.recording, started.rooms) == ("r1", list(scene.state.rooms))
    assert scene.does(MODERATOR, replace(START, id="r2")) == []
    (stopped,) = scene.does(MODERATOR, record.StopRecording())
    assert stopped == ev.RecordingStopped(recording="r1", why="stopped", by=MODERATOR.name)
    assert recordings.running(scene.state) is None
    assert scene.does(MODERATOR, record.StopRecording()) == []


@pytest.mark.parametrize(
    ("lacking", "code"),
    [
        ({"minutes": 59}, "record_no_room"),
        ({"writable": False}, "record_unwritable"),
        ({"id": ""}, "record_unwritable"),
        ({"steady": False}, "record_clock"),
    ],
)
def test_it_does_not_begin_where_it_would_not_end_well(
    lacking: dict[str, object], code: str
) -> None:
    scene = Scene()
    assert scene.refuses(MODERATOR, replace(START, **lacking)) == code
    assert scene.state.recording is None


def test_a_hall_decides_nothing_of_it() -> None:
    scene = Scene()
    assert scene.refuses(operator(PASER), START) == "not_allowed"
    assert scene.refuses(operator(PASER), record.StopRecording()) == "not_allowed"


def test_the_end_of_the_session_is_its_end() -> None:
    scene = Scene()
    scene.does(MODERATOR, START)
    events = scene.does(MODERATOR, do.SetPhase(phase="closed"))
    assert events[-1] == ev.RecordingStopped(recording="r1", why="closed")


def test_a_full_disk_ends_it_and_not_the_session() -> None:
    scene = Scene()
    scene.does(MODERATOR, START)
    full = record.EndRecording(id="r1", why="disk_full")
    assert scene.does(do.SYSTEM, replace(full, id="r0")) == []
    scene.does(do.SYSTEM, full)
    recording = scene.state.recording
    assert recording is not None
    assert (recording.why, recording.ended_at, recording.ended_by) == ("disk_full", scene.now, "")
    assert scene.state.phase in ("lobby", "live")


def test_alarms_come_and_go_and_are_told_once() -> None:
    scene = Scene()
    scene.does(MODERATOR, START)
    silent = record.WatchRecording(id="r1", interrupted=False, alarms=((PASER, "sound"),))
    assert len(scene.does(do.SYSTEM, silent)) == 1
    assert scene.does(do.SYSTEM, silent) == []
    assert scene.state.recording is not None
    assert scene.state.recording.alarms == {PASER: RecordAlarm(cause="sound", since=scene.now)}
    worse = replace(silent, interrupted=True, alarms=(("64.99", "keys"),))
    kinds = [type(event) for event in scene.does(do.SYSTEM, worse)]
    assert kinds == [ev.RecordingInterrupted, ev.RecordingAlarmEnded]
    assert scene.does(do.SYSTEM, replace(worse, interrupted=False)) == [
        ev.RecordingResumed(recording="r1")
    ]
    assert scene.state.recording.interruptions == 1


def test_a_deletion_is_entered_also_afterwards_but_not_of_one_that_runs() -> None:
    scene = Scene()
    scene.does(MODERATOR, START)
    gone = record.NoteDeletion(id="r1", by="Sekretariat")
    assert scene.does(do.SYSTEM, gone) == []
    assert scene.refuses(MODERATOR, gone) == "not_allowed"
    scene.does(MODERATOR, do.SetPhase(phase="live"))
    scene.does(MODERATOR, do.SetPhase(phase="closed"))
    before = scene.state
    (deleted,) = scene.does(do.SYSTEM, gone)
    assert deleted == ev.RecordingDeleted(recording="r1", by="Sekretariat")
    assert scene.state == before
    scene.does(do.Organizer(name="Diskominfo"), ask.ArchiveConference())
    assert len(scene.does(do.SYSTEM, replace(gone, id="r0"))) == 1
