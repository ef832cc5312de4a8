"""Begin, peak, end and person-minutes of a session, from its journal."""

from __future__ import annotations

import pytest

from tests.core.scene import MODERATOR, PASER, Scene, operator
from vicon.core import commands as do
from vicon.core.course import MOST_POINTS, Course, RoomCourse
from vicon.core.events import TallyChanged

MINUTE = 60_000


def course(scene: Scene, until: int | None = None) -> Course:
    found = Course()
    for at, event in scene.records:
        found.take(at, event)
    if until is not None:
        found.until(until)
    return found


def session() -> Scene:
    """Eight at the beginning, twelve from the tenth minute, nine from the twentieth to the end at
    the thirtieth; the camera sees thirteen for a while."""
    scene = Scene(phase="lobby", now=0)
    count = operator(PASER)
    scene.does(count, do.SetCount(room=PASER, value=8))
    scene.now = 5 * MINUTE
    scene.does(MODERATOR, do.SetPhase(phase="live"))
    scene.now = 15 * MINUTE
    scene.does(count, do.SetCount(room=PASER, value=12))
    for persons in (13, 13):
        scene.now += 10_000
        scene.does(do.SYSTEM, do.RecordEstimate(room=PASER, persons=persons, quality="ok"))
    scene.does(MODERATOR, do.AcknowledgeCount(room=PASER, kind="over", reason="petugas"))
    scene.now = 25 * MINUTE
    scene.does(do.SYSTEM, do.RecordEstimate(room=PASER, persons=9, quality="ok"))
    scene.does(count, do.SetCount(room=PASER, value=9))
    scene.now = 35 * MINUTE
    scene.does(MODERATOR, do.SetPhase(phase="closed"))
    return scene


def test_begin_peak_end_and_person_minutes() -> None:
    found = course(session(), until=99 * MINUTE)
    room = found.rooms[PASER]
    assert (room.begin, room.peak, room.end) == (8, 12, 9)
    assert room.peak_at == 15 * MINUTE
    assert (room.camera_begin, room.camera_peak, room.camera_end) == (None, 13, 9)
    assert room.person_minutes == pytest.approx(8 * 10 + 12 * 10 + 9 * 10)
    assert (found.live_at, found.closed_at) == (5 * MINUTE, 35 * MINUTE)


def test_the_alarms_of_a_session_are_told_from_beginning_to_end() -> None:
    trail = course(session()).rooms[PASER].alarms
    assert [(one.kind, one.camera, one.by, one.reason) for one in trail] == [
        ("over", 13, "Sekretariat", "petugas")
    ]
    assert (trail[0].raised_at, trail[0].ended_at) == (15 * MINUTE + 20_000, 25 * MINUTE)


def test_points_are_changes_alone() -> None:
    points = course(session()).rooms[PASER].points
    assert [(p.at, p.effective, p.camera) for p in points] == [
        (0, 8, None),
        (15 * MINUTE, 12, None),
        (15 * MINUTE + 10_000, 12, 13),
        (25 * MINUTE, 9, 9),
    ]


def test_while_it_goes_on_the_minutes_grow() -> None:
    scene = Scene(now=0)
    scene.does(operator(PASER), do.SetCount(room=PASER, value=10))
    found = course(scene)
    assert found.rooms[PASER].person_minutes == 0
    found.until(6 * MINUTE)
    found.until(3 * MINUTE)
    assert found.rooms[PASER].person_minutes == pytest.approx(60)


def test_a_reading_is_of_its_own() -> None:
    scene = Scene(now=0)
    scene.does(operator(PASER), do.SetCount(room=PASER, value=10))
    growing = course(scene)
    early, late = growing.at(6 * MINUTE), growing.at(3 * MINUTE)
    assert [one.rooms[PASER].person_minutes for one in (early, late)] == [60, 30]
    scene.now = 9 * MINUTE
    for event in scene.does(operator(PASER), do.SetCount(room=PASER, value=7)):
        growing.take(scene.now, event)
    assert (early.rooms[PASER].end, len(early.rooms[PASER].points)) == (10, 1)
    assert growing.rooms[PASER].person_minutes == 90
    assert [point.effective for point in growing.rooms[PASER].points] == [10, 7]


def test_a_lost_companion_counts_until_it_expires() -> None:
    """A device changes no room, and yet its room's figures."""
    scene = Scene(now=0)
    phone = scene.phone(PASER)
    scene.loses(phone)
    scene.now = 5 * MINUTE
    scene.does(do.SYSTEM, do.ExpireDevices())
    room = course(scene, until=8 * MINUTE).rooms[PASER]
    assert [(point.at, point.effective) for point in room.points] == [(0, 1), (5 * MINUTE, None)]
    assert room.person_minutes == pytest.approx(5)


def test_a_room_where_nobody_counts_has_no_figures() -> None:
    room = course(Scene(now=0), until=MINUTE).rooms[PASER]
    assert (room.begin, room.peak, room.end, room.person_minutes) == (None, None, None, 0)


def test_a_clock_that_was_set_back_makes_no_negative_minutes() -> None:
    scene = Scene(now=10 * MINUTE)
    scene.does(operator(PASER), do.SetCount(room=PASER, value=10))
    scene.now = MINUTE
    scene.does(operator(PASER), do.SetCount(room=PASER, value=9))
    room = course(scene, until=11 * MINUTE).rooms[PASER]
    assert room.person_minutes == pytest.approx(9)


def test_the_points_are_bounded() -> None:
    found = course(Scene(now=0))
    for number in range(3 * MOST_POINTS):
        found.take(1_000 + number, TallyChanged(room=PASER, tally=number % 7))
    points = found.rooms[PASER].points
    assert len(points) <= MOST_POINTS
    assert points[0].at == 0
    assert points == sorted(points)
    assert RoomCourse().points == []
