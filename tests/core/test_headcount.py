"""Persons in a room against its cap of 12."""

from __future__ import annotations

import pytest

from tests.core.scene import KUKAR, MODERATOR, PASER, Scene, make_plan, operator
from vicon.core import commands as do
from vicon.core.decide import decide
from vicon.core.evolve import evolve
from vicon.core.headcount import count_state, effective
from vicon.core.model import Actor, Policy
from vicon.core.refusals import Refused


def add(by: int = 1, room: str = PASER) -> do.AddCount:
    return do.AddCount(room=room, by=by)


def put(value: int, room: str = PASER) -> do.SetCount:
    return do.SetCount(room=room, value=value)


@pytest.mark.parametrize(
    ("persons", "state"),
    [(None, "unknown"), (0, "ok"), (10, "ok"), (11, "near"), (12, "full"), (13, "over")],
)
def test_the_state_of_a_count_against_a_cap_of_twelve(persons: int | None, state: str) -> None:
    assert count_state(persons, 12) == state


def test_nobody_has_said_anything_is_not_zero() -> None:
    scene = Scene()
    assert effective(scene.state, PASER) is None
    scene.hall(PASER)
    assert effective(scene.state, PASER) is None
    scene.does(operator(PASER), put(0))
    assert effective(scene.state, PASER) == 0


def test_the_first_plus_one_makes_one() -> None:
    scene = Scene()
    scene.does(operator(PASER), add())
    assert effective(scene.state, PASER) == 1


def test_the_count_is_kept_at_the_door_before_anybody_joined() -> None:
    scene = Scene(phase="lobby")
    scene.does(operator(PASER), put(8))
    assert effective(scene.state, PASER) == 8


def test_companions_count_beside_the_tally_and_other_devices_do_not() -> None:
    scene = Scene()
    scene.hall(PASER)
    scene.joins("doc", "operator", PASER, kind="document")
    scene.phone(PASER, 1)
    scene.phone(PASER, 2, shared=True)
    assert effective(scene.state, PASER) == 1
    scene.does(operator(PASER), put(8))
    assert effective(scene.state, PASER) == 9


def test_a_lost_companion_keeps_its_person_until_it_expires() -> None:
    scene = Scene()
    phone = scene.phone(PASER)
    scene.loses(phone)
    scene.now += 59_999
    assert scene.does(do.SYSTEM, do.ExpireDevices()) == []
    assert effective(scene.state, PASER) == 1
    scene.now += 1
    scene.does(do.SYSTEM, do.ExpireDevices())
    assert effective(scene.state, PASER) is None


def test_the_thirteenth_person_is_refused_however_it_enters() -> None:
    scene = Scene()
    scene.hall(PASER)
    scene.does(operator(PASER), put(11))
    scene.phone(PASER)
    assert scene.refuses(operator(PASER), add()) == "room_full"
    assert scene.refuses(operator(PASER), put(12)) == "room_full"
    phone = Actor(role="operator", name="x", room=PASER)
    assert scene.refuses(phone, do.JoinRoom(device="x", kind="companion")) == "room_full"
    assert scene.refuses(MODERATOR, add()) == "room_full"


def test_the_refusal_names_the_limit_in_force() -> None:
    scene = Scene()
    scene.does(MODERATOR, do.AllowCount(room=PASER, limit=14, reason="tamu KPU"))
    scene.does(operator(PASER), put(14))
    outcome = scene.ask(operator(PASER), add())
    assert outcome == Refused("room_full", {"room": "Kabupaten Paser", "cap": 14, "count": 14})


def test_a_shared_hall_camera_enters_a_full_room() -> None:
    scene = Scene()
    scene.does(operator(PASER), put(12))
    scene.phone(PASER, shared=True)
    assert effective(scene.state, PASER) == 12


def test_fifty_devices_at_one_moment_leave_exactly_twelve_persons() -> None:
    scene = Scene()
    outcomes = [scene.ask(operator(PASER), do.JoinRoom(device=f"d{n}")) for n in range(50)]
    refused = [outcome.code for outcome in outcomes if isinstance(outcome, Refused)]
    kinds = [device.kind for device in scene.state.devices.values()]
    assert refused == ["room_full"] * 37
    assert sorted(kinds) == ["companion"] * 12 + ["main"]
    assert effective(scene.state, PASER) == 12


def test_below_zero_is_refused() -> None:
    scene = Scene()
    assert scene.refuses(operator(PASER), add(-1)) == "count_negative"
    scene.does(operator(PASER), put(0))
    assert scene.refuses(operator(PASER), add(-1)) == "count_negative"
    assert scene.refuses(operator(PASER), put(-3)) == "count_negative"


def test_a_moderator_allows_more_with_a_reason_and_takes_it_back() -> None:
    scene = Scene()
    scene.does(operator(PASER), put(12))
    allow = do.AllowCount(room=PASER, limit=13, reason="juru bahasa isyarat")
    scene.does(MODERATOR, allow)
    scene.does(operator(PASER), add())
    assert scene.state.rooms[PASER].limit_reason == "juru bahasa isyarat"
    assert scene.does(MODERATOR, allow) == []
    scene.does(MODERATOR, do.AllowCount(room=PASER, limit=12, reason="selesai"))
    room = scene.state.rooms[PASER]
    assert (room.limit, room.limit_reason) == (12, "")
    assert effective(scene.state, PASER) == 13


def test_above_a_limit_the_count_can_still_be_lowered_but_not_raised() -> None:
    scene = Scene()
    scene.does(MODERATOR, do.AllowCount(room=PASER, limit=15, reason="tamu"))
    scene.does(operator(PASER), put(15))
    scene.does(MODERATOR, do.AllowCount(room=PASER, limit=12, reason="selesai"))
    scene.does(operator(PASER), add(-1))
    scene.does(operator(PASER), put(13))
    assert scene.refuses(operator(PASER), put(14)) == "room_full"
    assert effective(scene.state, PASER) == 13


@pytest.mark.parametrize(("limit", "reason"), [(11, "x"), (0, "x"), (1000, "x"), (13, "  ")])
def test_an_allowance_below_the_cap_beyond_reason_or_without_one_is_refused(
    limit: int, reason: str
) -> None:
    scene = Scene()
    allow = do.AllowCount(room=PASER, limit=limit, reason=reason)
    assert scene.refuses(MODERATOR, allow) == "bad_limit"


def test_each_undo_goes_one_step_back_to_the_unknown() -> None:
    scene = Scene()
    undo = do.UndoCount(room=PASER)
    scene.does(operator(PASER), add())
    scene.does(operator(PASER), put(9))
    assert scene.does(operator(PASER), put(9)) == []
    seen = []
    for _ in range(2):
        scene.does(operator(PASER), undo)
        seen.append(effective(scene.state, PASER))
    assert seen == [1, None]
    assert scene.refuses(operator(PASER), undo) == "nothing_to_undo"


def test_an_undo_that_would_overfill_the_room_is_refused() -> None:
    scene = Scene()
    scene.does(operator(PASER), put(12))
    scene.does(operator(PASER), put(11))
    scene.phone(PASER)
    assert scene.refuses(operator(PASER), do.UndoCount(room=PASER)) == "room_full"


def test_twenty_steps_can_be_undone() -> None:
    scene = Scene()
    for step in range(30):
        scene.does(operator(PASER), put(step % 12))
    for _ in range(20):
        scene.does(operator(PASER), do.UndoCount(room=PASER))
    assert scene.state.rooms[PASER].tally == 9
    assert scene.refuses(operator(PASER), do.UndoCount(room=PASER)) == "nothing_to_undo"


def test_a_waiting_companion_is_counted_and_capped_when_it_is_admitted() -> None:
    scene = Scene(make_plan(policy=Policy(admission="ask")))
    phone = scene.phone(PASER)
    scene.does(operator(PASER), put(12))
    assert effective(scene.state, PASER) == 12
    admit = do.AdmitDevice(device=phone.device or "")
    assert scene.refuses(MODERATOR, admit) == "room_full"
    scene.does(operator(PASER), put(11))
    scene.does(MODERATOR, admit)
    assert effective(scene.state, PASER) == 12


def test_a_phone_that_becomes_the_main_camera_stands_for_nobody() -> None:
    scene = Scene()
    phone = scene.phone(PASER)
    scene.does(operator(PASER), put(3))
    scene.does(phone, do.TakeMain())
    assert effective(scene.state, PASER) == 3


def test_rooms_are_counted_apart_and_each_has_its_own_cap() -> None:
    scene = Scene(make_plan(cap=2))
    scene.does(operator(PASER), put(2))
    scene.does(operator(KUKAR), put(1, KUKAR))
    assert (effective(scene.state, PASER), effective(scene.state, KUKAR)) == (2, 1)
    assert scene.refuses(operator(PASER), add()) == "room_full"


def test_deciding_leaves_the_state_alone() -> None:
    scene = Scene()
    before = scene.state
    events = decide(before, operator(PASER), add(), 5)
    assert isinstance(events, list)
    evolve(before, events[0], 5)
    assert before.rooms[PASER].tally is None
