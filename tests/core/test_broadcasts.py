"""A broadcast begins and ends by a moderator's word, carries no more than the halls see and hear,
and never holds the session up."""

from __future__ import annotations

from msgspec.structs import replace

from tests.core.scene import MODERATOR, PASER, Scene, operator
from vicon.core import broadcasts
from vicon.core import commands as do
from vicon.core import commands_broadcast as broadcast
from vicon.core import events_broadcast as ev

START = broadcast.StartBroadcast(id="b1")


def test_who_began_it_and_who_ended_it_is_known() -> None:
    scene = Scene()
    assert scene.does(MODERATOR, START) == [
        ev.BroadcastStarted(broadcast="b1", by=MODERATOR.name),
    ]
    assert scene.does(MODERATOR, replace(START, id="b2")) == []
    (stopped,) = scene.does(MODERATOR, broadcast.StopBroadcast())
    assert stopped == ev.BroadcastStopped(broadcast="b1", why="stopped", by=MODERATOR.name)
    assert broadcasts.running(scene.state) is None
    assert scene.does(MODERATOR, broadcast.StopBroadcast()) == []


def test_it_does_not_begin_where_it_is_not_set_up_or_another_one_runs() -> None:
    scene = Scene()
    assert scene.refuses(MODERATOR, replace(START, id="")) == "broadcast_off"
    assert scene.refuses(MODERATOR, replace(START, taken="Pelantikan")) == "broadcast_taken"
    assert scene.state.broadcast is None


def test_a_hall_decides_nothing_of_it() -> None:
    scene = Scene()
    assert scene.refuses(operator(PASER), START) == "not_allowed"
    assert scene.refuses(operator(PASER), broadcast.StopBroadcast()) == "not_allowed"


def test_the_end_of_the_session_is_its_end() -> None:
    scene = Scene()
    scene.does(MODERATOR, START)
    events = scene.does(MODERATOR, do.SetPhase(phase="closed"))
    assert events[-1] == ev.BroadcastStopped(broadcast="b1", why="closed")


def test_alarms_come_and_go_and_are_told_once() -> None:
    scene = Scene()
    scene.does(MODERATOR, START)
    cut = broadcast.WatchBroadcast(id="b1", interrupted=False, alarms=("channel", "channel"))
    assert scene.does(do.SYSTEM, replace(cut, id="b0")) == []
    assert scene.does(do.SYSTEM, cut) == [
        ev.BroadcastAlarmRaised(broadcast="b1", cause="channel"),
    ]
    assert scene.does(do.SYSTEM, cut) == []
    assert scene.state.broadcast is not None
    assert scene.state.broadcast.alarms == {"channel": scene.now}
    worse = replace(cut, interrupted=True, alarms=("late",))
    kinds = [type(event) for event in scene.does(do.SYSTEM, worse)]
    assert kinds == [ev.BroadcastInterrupted, ev.BroadcastAlarmRaised, ev.BroadcastAlarmEnded]
    again = scene.does(do.SYSTEM, replace(worse, interrupted=False))
    assert again == [ev.BroadcastResumed(broadcast="b1")]
    assert scene.state.broadcast.interruptions == 1
