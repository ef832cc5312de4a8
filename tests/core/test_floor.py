"""Who is on air, who is next, and whose hand is up."""

from __future__ import annotations

import pytest

from tests.core.scene import BERAU, HUB, KUKAR, MODERATOR, PASER, Scene, make_plan
from vicon.core import commands as do
from vicon.core.floor import next_after
from vicon.core.model import Actor, Policy


def give(room: str) -> do.GiveFloor:
    return do.GiveFloor(room=room)


def full_house() -> tuple[Scene, dict[str, Actor]]:
    scene = Scene()
    return scene, {code: scene.hall(code) for code in (PASER, KUKAR, BERAU)}


def test_the_first_room_of_the_order_is_next_from_the_start() -> None:
    assert Scene().state.next == PASER


def test_the_next_room_is_the_following_present_one_round_the_end() -> None:
    scene = Scene(make_plan(rooms=4))
    assert next_after(scene.state, PASER) == KUKAR
    scene.hall(BERAU)
    assert next_after(scene.state, PASER) == BERAU
    assert next_after(scene.state, "64.07") == BERAU
    assert next_after(scene.state, BERAU) == "64.07"


def test_a_single_room_has_nobody_after_it() -> None:
    assert next_after(Scene(make_plan(rooms=1)).state, PASER) is None


def test_giving_the_floor_lowers_the_hand_and_cues_the_following_room() -> None:
    scene, halls = full_house()
    for code in (BERAU, KUKAR):
        scene.does(halls[code], do.RaiseHand(room=code))
    scene.now = 7_000
    scene.does(MODERATOR, give(KUKAR))
    state = scene.state
    assert (state.floor, state.floor_since, state.next) == (KUKAR, 7_000, BERAU)
    assert state.hands == (BERAU,)


def test_the_floor_goes_only_to_a_room_that_is_there() -> None:
    scene = Scene()
    assert scene.refuses(MODERATOR, give(PASER)) == "room_absent"
    scene.phone(PASER)
    assert scene.refuses(MODERATOR, give(PASER)) == "room_absent"
    scene.loses(scene.hall(PASER))
    assert scene.refuses(MODERATOR, give(PASER)) == "room_absent"


def test_the_floor_does_not_go_to_a_hall_that_waits_for_admission() -> None:
    scene = Scene(make_plan(policy=Policy(admission="ask")))
    scene.hall(PASER)
    assert scene.refuses(MODERATOR, give(PASER)) == "room_absent"


def test_the_floor_can_be_rehearsed_in_the_lobby() -> None:
    scene = Scene(phase="lobby")
    scene.hall(PASER)
    scene.does(MODERATOR, give(PASER))
    assert scene.state.floor == PASER


def test_giving_the_floor_again_only_lowers_the_hand() -> None:
    scene, halls = full_house()
    scene.does(MODERATOR, give(PASER))
    assert scene.does(MODERATOR, give(PASER)) == []
    scene.does(halls[PASER], do.RaiseHand(room=PASER))
    scene.does(MODERATOR, give(PASER))
    assert scene.hands() == []


@pytest.mark.parametrize("command", [do.TakeFloor(), give(HUB)])
def test_back_to_the_hub(command: do.Command) -> None:
    scene, _ = full_house()
    assert scene.does(MODERATOR, command) == []
    scene.does(MODERATOR, give(PASER))
    scene.now = 9_000
    scene.does(MODERATOR, command)
    state = scene.state
    assert (state.floor, state.floor_since, state.next) == (None, 9_000, KUKAR)


def test_a_moderator_names_who_is_next_present_or_not() -> None:
    scene = Scene()
    scene.does(MODERATOR, do.CueRoom(room=BERAU))
    assert scene.state.next == BERAU
    assert scene.does(MODERATOR, do.CueRoom(room=BERAU)) == []
    assert scene.refuses(MODERATOR, do.CueRoom(room=HUB)) == "not_allowed"


def test_the_room_on_air_is_never_next() -> None:
    scene, _ = full_house()
    scene.does(MODERATOR, give(PASER))
    assert scene.does(MODERATOR, do.CueRoom(room=PASER)) == []
    assert scene.state.next == KUKAR


def test_the_microphone_opens_with_the_operators_consent_only() -> None:
    scene = Scene(make_plan(policy=Policy(mute_on_join=True)))
    scene.hall(PASER, consent=True)
    scene.hall(KUKAR, consent=False)
    scene.does(MODERATOR, give(PASER))
    assert scene.mic(PASER)
    scene.does(MODERATOR, give(KUKAR))
    assert not scene.mic(KUKAR)


def test_under_a_lock_the_room_that_loses_the_floor_is_muted_again() -> None:
    scene, _ = full_house()
    scene.does(MODERATOR, do.LockMic(on=True))
    scene.does(MODERATOR, give(PASER))
    assert scene.mic(PASER)
    scene.does(MODERATOR, give(KUKAR))
    assert (scene.mic(PASER), scene.mic(KUKAR)) == (False, True)


def test_without_a_lock_it_stays_open() -> None:
    scene, _ = full_house()
    scene.does(MODERATOR, give(PASER))
    scene.does(MODERATOR, do.TakeFloor())
    assert scene.mic(PASER)


def test_undo_brings_back_floor_next_hand_and_microphones() -> None:
    scene, halls = full_house()
    scene.does(MODERATOR, give(PASER))
    scene.does(MODERATOR, do.LockMic(on=True))
    for code in (BERAU, KUKAR):
        scene.does(halls[code], do.RaiseHand(room=code))
    scene.does(MODERATOR, do.CueRoom(room=BERAU))
    before = scene.state
    scene.now += 1_000
    scene.does(MODERATOR, give(BERAU))
    scene.now += 10_000
    scene.does(MODERATOR, do.UndoFloor())
    after = scene.state
    assert (after.floor, after.floor_since, after.next) == (PASER, 1_000, BERAU)
    assert after.hands == before.hands == (BERAU, KUKAR)
    assert after.rooms == before.rooms
    assert scene.refuses(MODERATOR, do.UndoFloor()) == "nothing_to_undo"


def test_undo_is_for_ten_seconds() -> None:
    scene, _ = full_house()
    assert scene.refuses(MODERATOR, do.UndoFloor()) == "nothing_to_undo"
    scene.does(MODERATOR, give(PASER))
    scene.now += 10_001
    assert scene.refuses(MODERATOR, do.UndoFloor()) == "undo_too_late"


def test_undo_leaves_alone_the_hands_that_came_and_went_since() -> None:
    scene, halls = full_house()
    for code in (PASER, KUKAR):
        scene.does(halls[code], do.RaiseHand(room=code))
    scene.does(MODERATOR, give(PASER))
    scene.does(halls[KUKAR], do.LowerHand(room=KUKAR))
    scene.does(halls[BERAU], do.RaiseHand(room=BERAU))
    scene.does(MODERATOR, do.UndoFloor())
    assert scene.hands() == [PASER, BERAU]


def test_undo_to_a_room_that_has_left_is_refused() -> None:
    scene, halls = full_house()
    scene.does(MODERATOR, give(PASER))
    scene.does(MODERATOR, give(KUKAR))
    scene.does(halls[PASER], do.LeaveRoom())
    assert scene.refuses(MODERATOR, do.UndoFloor()) == "room_absent"


def test_undo_never_leaves_a_hall_open_under_a_lock() -> None:
    scene, _ = full_house()
    scene.does(MODERATOR, give(PASER))
    scene.does(MODERATOR, do.LockMic(on=True))
    assert scene.mic(PASER)
    scene.does(MODERATOR, do.UndoFloor())
    assert not scene.mic(PASER)


def test_hands_queue_in_order_and_only_once() -> None:
    scene, halls = full_house()
    for code in (KUKAR, PASER):
        scene.does(halls[code], do.RaiseHand(room=code))
    assert scene.does(halls[KUKAR], do.RaiseHand(room=KUKAR)) == []
    assert scene.hands() == [KUKAR, PASER]
    scene.does(MODERATOR, do.LowerHand(room=KUKAR))
    scene.does(halls[PASER], do.LowerHand(room=PASER))
    assert scene.hands() == []
    assert scene.does(halls[PASER], do.LowerHand(room=PASER)) == []


def test_the_hub_raises_no_hand() -> None:
    scene = Scene()
    operator = scene.joins("hub-operator", "operator", HUB)
    assert scene.refuses(operator, do.RaiseHand(room=HUB)) == "not_allowed"
