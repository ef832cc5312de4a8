"""When more are in a hall than may be, or the camera sees more than were counted."""

from __future__ import annotations

import pytest

from tests.core.scene import HUB, KUKAR, MODERATOR, PASER, Scene, make_plan, operator
from vicon.core import commands as do
from vicon.core import events as ev
from vicon.core.alarms import WINDOW_MS, due
from vicon.core.model import AlarmKind, CountAlarm, Policy, Zone

ACK = do.AcknowledgeCount(room=PASER, kind="over", reason="dua petugas medis")


def looks(scene: Scene, persons: int | None, quality: str = "ok", room: str = PASER) -> list[str]:
    """One more look, ten seconds later; the kinds of what happened."""
    scene.now += 10_000
    command = do.RecordEstimate(room=room, persons=persons, quality=quality)  # type: ignore[arg-type]
    return [type(event).__name__ for event in scene.does(do.SYSTEM, command)]


def counts(scene: Scene, persons: int, room: str = PASER) -> None:
    scene.does(operator(room), do.SetCount(room=room, value=persons))


def alarm(scene: Scene, kind: AlarmKind = "over") -> CountAlarm | None:
    return scene.state.rooms[PASER].alarms.get(kind)


def watch(scene: Scene) -> list[ev.Event]:
    due_now = due(scene.state, scene.now)
    events = scene.does(do.SYSTEM, do.WatchCounts())
    assert bool(events) == due_now
    return events


def test_the_camera_above_the_limit_in_two_looks_is_an_alarm() -> None:
    scene = Scene()
    counts(scene, 12)
    assert looks(scene, 12) == ["EstimateChanged"]
    assert looks(scene, 13) == ["EstimateChanged", "CountSignChanged"]
    assert alarm(scene) is None
    scene.now += 3_600_000
    assert not due(scene.state, scene.now), "one look is never an alarm, however long ago"
    assert looks(scene, 13) == ["CountAlarmRaised"]
    raised = alarm(scene)
    assert raised is not None
    assert (raised.persons, raised.camera, raised.limit, raised.by) == (12, 13, 12, "")
    assert looks(scene, 13) == [], "raised once"


def test_one_look_above_the_limit_is_none() -> None:
    scene = Scene()
    counts(scene, 12)
    for persons in (12, 13, 12, 14, 11):
        looks(scene, persons)
    assert alarm(scene) is None


def test_a_camera_that_sees_two_more_than_were_counted_is_a_mismatch() -> None:
    scene = Scene()
    counts(scene, 5)
    looks(scene, 6)
    looks(scene, 6)
    assert alarm(scene, "mismatch") is None, "one more may be a mistake of the camera"
    looks(scene, 7)
    assert looks(scene, 8) == ["EstimateChanged", "CountAlarmRaised"]
    found = alarm(scene, "mismatch")
    assert found is not None
    assert (found.persons, found.camera) == (5, 8)
    assert alarm(scene) is None
    counts(scene, 8)
    found = alarm(scene, "mismatch")
    assert found is not None
    assert found.ended_at == scene.now, "stays a task until somebody has seen it"


def test_where_nobody_counts_the_camera_differs_from_nothing() -> None:
    scene = Scene()
    for _ in range(3):
        looks(scene, 9)
    assert not scene.state.rooms[PASER].alarms


@pytest.mark.parametrize("quality", ["covered", "off", "stale"])
def test_a_camera_that_no_longer_sees_ends_what_it_saw(quality: str) -> None:
    scene = Scene()
    counts(scene, 12)
    looks(scene, 14)
    looks(scene, 14)
    scene.does(MODERATOR, ACK)
    assert "CountAlarmEnded" in looks(scene, None, quality)
    assert alarm(scene) is None


def test_counted_persons_above_the_limit_are_an_alarm_after_a_while() -> None:
    scene = Scene()
    scene.does(MODERATOR, do.AllowCount(room=PASER, limit=14, reason="tamu"))
    counts(scene, 14)
    assert watch(scene) == []
    scene.does(MODERATOR, do.AllowCount(room=PASER, limit=12, reason=""))
    scene.now += WINDOW_MS - 1
    assert watch(scene) == []
    scene.now += 1
    assert [type(event) for event in watch(scene)] == [ev.CountAlarmRaised]
    assert watch(scene) == []
    counts(scene, 12)
    assert alarm(scene) is not None
    assert scene.does(MODERATOR, ACK) != []
    assert alarm(scene) is None, "ended and acknowledged"


def test_an_alarm_that_nobody_heeds_becomes_loud_after_a_minute() -> None:
    scene = Scene()
    counts(scene, 12)
    looks(scene, 13)
    looks(scene, 13)
    scene.now += 59_999
    assert watch(scene) == []
    scene.now += 1
    assert watch(scene) == [ev.CountAlarmEscalated(room=PASER, kind="over")]
    assert watch(scene) == []
    loud = alarm(scene)
    assert loud is not None
    assert loud.escalated


def test_an_acknowledged_alarm_has_a_name_and_a_reason_and_is_not_loud() -> None:
    scene = Scene()
    counts(scene, 12)
    looks(scene, 13)
    looks(scene, 13)
    unsaid = do.AcknowledgeCount(room=PASER, kind="over", reason="  ")
    assert scene.refuses(MODERATOR, unsaid) == "no_reason"
    scene.does(MODERATOR, ACK)
    scene.now += 600_000
    assert watch(scene) == []
    heeded = alarm(scene)
    assert heeded is not None
    assert (heeded.by, heeded.reason) == ("Sekretariat", "dua petugas medis")
    assert scene.does(MODERATOR, ACK) == []
    assert looks(scene, 13) == []
    assert "CountAlarmRaised" in looks(scene, 15), "more than was accepted"
    worse = alarm(scene)
    assert worse is not None
    assert (worse.by, worse.camera) == ("", 15)


def test_what_is_not_there_cannot_be_acknowledged() -> None:
    assert Scene().refuses(MODERATOR, ACK) == "no_alarm"


def test_an_alarm_that_comes_back_is_raised_again() -> None:
    scene = Scene()
    counts(scene, 12)
    for persons in (13, 13, 12, 13):
        looks(scene, persons)
    assert alarm(scene) is not None
    again = alarm(scene)
    assert again is not None
    assert again.ended_at is not None
    assert looks(scene, 13) == ["CountAlarmRaised"]


def over(policy: Policy) -> Scene:
    scene = Scene(make_plan(policy=policy))
    scene.hall(PASER)
    scene.does(operator(PASER), do.SetCount(room=PASER, value=12))
    looks(scene, 13)
    looks(scene, 13)
    return scene


def test_a_room_above_its_limit_may_lose_its_microphone_until_it_is_not() -> None:
    scene = over(Policy(over="lock_mic"))
    room = scene.state.rooms[PASER]
    assert (room.mic_lock, room.mic) == (True, False)
    scene.does(MODERATOR, ACK)
    assert scene.state.rooms[PASER].mic_lock
    assert "MicLockChanged" in looks(scene, 12)
    assert not scene.state.rooms[PASER].mic_lock


def test_a_lock_that_was_there_before_stays() -> None:
    scene = Scene(make_plan(policy=Policy(over="lock_mic")))
    scene.does(MODERATOR, do.LockMic(room=PASER, on=True))
    counts(scene, 12)
    for persons in (13, 13, 12):
        looks(scene, persons)
    assert scene.state.rooms[PASER].mic_lock


def test_the_hub_is_never_locked() -> None:
    scene = Scene(make_plan(policy=Policy(over="lock_mic")))
    looks(scene, 13, room=HUB)
    assert looks(scene, 13, room=HUB) == ["CountAlarmRaised"]
    assert not scene.state.rooms[HUB].mic_lock


def test_a_room_above_its_limit_may_be_refused_the_floor() -> None:
    scene = over(Policy(over="refuse_floor"))
    assert scene.refuses(MODERATOR, do.GiveFloor(room=PASER)) == "room_over"
    scene.does(MODERATOR, ACK)
    scene.does(MODERATOR, do.GiveFloor(room=PASER))


def test_by_default_nothing_is_taken_from_the_room() -> None:
    scene = over(Policy())
    assert scene.mic(PASER)
    scene.does(MODERATOR, do.GiveFloor(room=PASER))


def test_a_room_is_asked_to_reduce_until_it_has() -> None:
    scene = over(Policy())
    assert scene.refuses(MODERATOR, do.AskReduce(room=KUKAR, on=True)) == "not_over"
    scene.does(MODERATOR, do.AskReduce(room=PASER, on=True))
    assert scene.does(MODERATOR, do.AskReduce(room=PASER, on=True)) == []
    assert scene.state.rooms[PASER].reduce_asked
    assert "ReduceAsked" in looks(scene, 12)
    assert not scene.state.rooms[PASER].reduce_asked


def test_zones_void_what_the_camera_showed() -> None:
    scene = over(Policy())
    zone = Zone(x=0.12345, y=0, width=0.25, height=0.5)
    events = scene.does(operator(PASER), do.SetZones(room=PASER, zones=(zone,)))
    kinds = [type(event) for event in events]
    assert kinds == [ev.ZonesChanged, ev.CountSignChanged, ev.CountAlarmEnded]
    room = scene.state.rooms[PASER]
    assert (room.estimate, room.zones[0].x) == (None, 0.123)
    assert scene.does(operator(PASER), do.SetZones(room=PASER, zones=(zone,))) == []


@pytest.mark.parametrize(
    "zone",
    [
        Zone(x=0.5, y=0, width=0.6, height=0.1),
        Zone(x=0, y=0, width=0, height=0.1),
        Zone(x=-0.1, y=0, width=0.5, height=0.1),
        Zone(x=0, y=float("nan"), width=0.5, height=0.1),
    ],
)
def test_a_zone_lies_within_the_picture(zone: Zone) -> None:
    command = do.SetZones(room=PASER, zones=(zone,))
    assert Scene().refuses(operator(PASER), command) == "bad_zones"


def test_there_are_not_too_many_zones() -> None:
    zone = Zone(x=0, y=0, width=0.1, height=0.1)
    assert Scene().refuses(MODERATOR, do.SetZones(room=PASER, zones=(zone,) * 13)) == "bad_zones"
