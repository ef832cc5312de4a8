"""Who came, who left, who is missing: a room's attendance list."""

from __future__ import annotations

import pytest

from tests.core.scene import KUKAR, MODERATOR, PASER, Scene, operator
from vicon.core import commands as do
from vicon.core.attendance import arrivals
from vicon.core.headcount import checked_in, declared, effective
from vicon.core.model import MAX_EXPECTED, Attendee, Expected
from vicon.core.refusals import Refused

DOOR = do.Door(room=PASER)


def enter(number: int, name: str = "", **more: object) -> do.EnterPerson:
    said = {"name": name or f"Orang {number}", "institution": "KPU", "role": "KPU", **more}
    return do.EnterPerson(room=PASER, person=f"person-{number:03}", **said)  # type: ignore[arg-type]


def leave(number: int, ago_ms: int = 0) -> do.LeavePerson:
    return do.LeavePerson(room=PASER, person=f"person-{number:03}", ago_ms=ago_ms)


def the(scene: Scene, number: int) -> Attendee:
    return scene.state.rooms[PASER].attendance[f"person-{number:03}"]


def test_a_person_enters_and_leaves_and_comes_again() -> None:
    scene = Scene(now=1_000)
    scene.does(DOOR, enter(1, "  Siti   Aminah "))
    assert (the(scene, 1).name, the(scene, 1).present, the(scene, 1).by) == (
        "Siti Aminah",
        True,
        "",
    )
    scene.now = 61_000
    scene.does(operator(PASER), leave(1))
    assert not the(scene, 1).present
    assert checked_in(scene.state, PASER) == 0
    scene.now = 121_000
    scene.does(DOOR, enter(1, "Siti Aminah"))
    visits = [(visit.entered_at, visit.left_at) for visit in the(scene, 1).visits]
    assert visits == [(1_000, 61_000), (121_000, None)]


def test_a_double_tap_enters_once() -> None:
    scene = Scene()
    assert len(scene.does(DOOR, enter(1))) == 1
    assert scene.does(DOOR, enter(1)) == []
    assert checked_in(scene.state, PASER) == 1
    scene.does(DOOR, leave(1))
    assert scene.does(DOOR, leave(1)) == []


@pytest.mark.parametrize("name", ["siti  aminah", "SITI AMINAH"])
def test_the_same_person_under_another_id_is_not_entered_twice(name: str) -> None:
    scene = Scene()
    scene.does(DOOR, enter(1, "Siti Aminah"))
    assert scene.ask(DOOR, enter(2, name)) == Refused("person_twice", {"name": "Siti Aminah"})
    scene.does(DOOR, enter(3, "Siti Aminah", institution="Bawaslu"))
    scene.does(DOOR, leave(1))
    scene.does(DOOR, enter(2, name))


def test_the_thirteenth_is_refused_until_a_moderator_allows_more() -> None:
    scene = Scene()
    for number in range(12):
        scene.does(DOOR, enter(number))
    full = Refused("room_full", {"room": "Kabupaten Paser", "cap": 12, "count": 12})
    assert scene.ask(DOOR, enter(12)) == full
    assert scene.ask(operator(PASER), enter(12)) == full
    scene.does(MODERATOR, do.AllowCount(room=PASER, limit=13, reason="tamu"))
    scene.does(DOOR, enter(12))
    assert scene.refuses(DOOR, enter(13)) == "room_full"
    scene.does(DOOR, leave(3))
    scene.does(DOOR, enter(13))
    keep = do.KeepPerson(room=PASER, person="person-003")
    assert scene.refuses(operator(PASER), keep) == "room_full", "the place is taken"


def test_the_effective_count_is_the_larger_of_declared_and_checked_in() -> None:
    scene = Scene()
    assert effective(scene.state, PASER) is None
    scene.does(DOOR, enter(1))
    scene.does(DOOR, enter(2))
    assert (declared(scene.state, PASER), effective(scene.state, PASER)) == (None, 2)
    scene.does(operator(PASER), do.SetCount(room=PASER, value=9))
    assert effective(scene.state, PASER) == 9
    scene.does(do.SYSTEM, do.RecordEstimate(room=PASER, persons=12, quality="ok"))
    assert effective(scene.state, PASER) == 9, "the camera enters nobody"
    scene.does(do.SYSTEM, do.RecordEstimate(room=PASER, persons=1, quality="ok"))
    assert effective(scene.state, PASER) == 9, "nor does it take anybody away"
    scene.does(operator(PASER), do.SetCount(room=PASER, value=0))
    for number in (1, 2):
        scene.does(DOOR, leave(number))
    assert effective(scene.state, PASER) == 0, "empty now, and known to be"


def test_what_a_phone_says_late_is_entered_with_its_own_time() -> None:
    scene = Scene(now=100_000_000)
    scene.does(DOOR, enter(1, ago_ms=300_000))
    assert the(scene, 1).visits[0].entered_at == 99_700_000
    scene.does(DOOR, leave(1, ago_ms=60_000))
    assert the(scene, 1).visits[0].left_at == 99_940_000
    scene.does(DOOR, enter(1, ago_ms=86_000_000))
    assert the(scene, 1).visits[1].entered_at == 99_940_000, "not before it left"
    scene.does(DOOR, enter(2, ago_ms=86_000_000))
    assert the(scene, 2).visits[0].entered_at == 100_000_000 - 12 * 3_600_000


def test_an_operator_corrects_takes_back_and_strikes() -> None:
    scene = Scene()
    person = "person-001"
    who = operator(PASER)
    scene.does(who, enter(1, "Siti Aminah"))
    assert the(scene, 1).by == "Operator 64.01"
    scene.does(
        who,
        do.CorrectPerson(
            room=PASER, person=person, name="Siti Aminah, S.E.", institution="KPU", role="Pers"
        ),
    )
    assert (the(scene, 1).name, the(scene, 1).role) == ("Siti Aminah, S.E.", "Pers")
    scene.does(who, enter(2, "Budi"))
    twin = do.CorrectPerson(
        room=PASER, person="person-002", name="siti aminah, s.e.", institution="kpu", role=""
    )
    assert scene.refuses(who, twin) == "person_twice"
    scene.does(who, leave(1))
    scene.does(who, do.KeepPerson(room=PASER, person=person))
    assert the(scene, 1).present
    assert len(the(scene, 1).visits) == 1
    scene.does(who, do.StrikePerson(room=PASER, person=person))
    assert person not in scene.state.rooms[PASER].attendance
    for command in (
        do.StrikePerson(room=PASER, person=person),
        do.KeepPerson(room=PASER, person=person),
        leave(1),
    ):
        assert scene.refuses(who, command) == "unknown_person"


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "Siti\u202eAminah", "a\x00b"])
def test_a_name_that_cannot_be_printed_is_refused(name: str) -> None:
    scene = Scene()
    command = do.EnterPerson(room=PASER, person="person-001", name=name, institution="", role="")
    assert scene.refuses(DOOR, command) == "bad_person"


@pytest.mark.parametrize("person", ["", "short", "x" * 41, "../../etc/x", "ab cd efgh"])
def test_an_id_is_plain(person: str) -> None:
    command = do.EnterPerson(room=PASER, person=person, name="Siti", institution="", role="")
    assert Scene().refuses(DOOR, command) == "bad_person"


def test_who_is_expected_is_found_among_those_who_came() -> None:
    scene = Scene()
    siti, budi = Expected(name="Siti Aminah", institution="KPU"), Expected(name="BUDI")
    scene.does(MODERATOR, do.ImportExpected(persons={PASER: (siti, budi)}))
    room = scene.state.rooms[PASER]
    assert arrivals(room) == [None, None]
    scene.does(DOOR, enter(1, "siti aminah"))
    scene.does(DOOR, enter(2, "Budi", institution="Pemda"))
    scene.does(DOOR, leave(2))
    room = scene.state.rooms[PASER]
    came = [one is not None and one.present for one in arrivals(room)]
    assert came == [True, False], "came; came and is gone again"
    assert None not in arrivals(room)
    scene.does(MODERATOR, do.ImportExpected(persons={KUKAR: (budi,)}))
    assert scene.state.rooms[PASER].expected == (siti, budi), "others keep theirs"


def test_a_list_for_a_room_that_is_not_there_or_too_long_changes_nothing() -> None:
    scene = Scene()
    budi = Expected(name="Budi")
    both = do.ImportExpected(persons={PASER: (budi,), "64.99": (budi,)})
    assert scene.refuses(MODERATOR, both) == "unknown_room"
    long = do.ImportExpected(persons={PASER: (budi,) * (MAX_EXPECTED + 1)})
    assert scene.refuses(MODERATOR, long) == "list_full"
    assert scene.state.rooms[PASER].expected == ()


def test_the_door_is_closed_before_and_after() -> None:
    assert Scene(phase="draft").refuses(DOOR, enter(1)) == "not_open"
    scene = Scene()
    scene.does(MODERATOR, do.SetPhase(phase="closed"))
    assert scene.refuses(DOOR, enter(1)) == "conference_closed"
