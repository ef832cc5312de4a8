"""Microphones: a moderator closes and locks, only the hall itself opens."""

from __future__ import annotations

from tests.core.scene import BERAU, HUB, KUKAR, MODERATOR, PASER, Scene, make_plan
from vicon.core import commands as do
from vicon.core.model import Policy
from vicon.core.views import mic


def test_a_moderator_mutes_a_hall_and_cannot_open_it() -> None:
    scene = Scene()
    main = scene.hall(PASER)
    scene.does(MODERATOR, do.MuteMic(room=PASER))
    assert mic(scene.state, PASER) == "off"
    assert scene.does(MODERATOR, do.MuteMic(room=PASER)) == []
    assert scene.refuses(MODERATOR, do.UnmuteMic(room=PASER)) == "not_allowed"
    scene.does(main, do.UnmuteMic(room=PASER))
    assert mic(scene.state, PASER) == "on"
    assert scene.does(main, do.UnmuteMic(room=PASER)) == []


def test_a_moderator_opens_the_hubs_own_microphone() -> None:
    scene = Scene()
    scene.does(MODERATOR, do.MuteMic(room=HUB))
    scene.does(MODERATOR, do.UnmuteMic(room=HUB))
    assert scene.mic(HUB)


def test_mute_all_spares_the_hub_and_the_room_on_air() -> None:
    scene = Scene()
    for code in (PASER, KUKAR, BERAU):
        scene.hall(code)
    scene.does(MODERATOR, do.GiveFloor(room=KUKAR))
    scene.does(MODERATOR, do.MuteAll())
    open_rooms = [code for code in scene.state.rooms if scene.mic(code)]
    assert open_rooms == [HUB, KUKAR]


def test_a_lock_closes_and_keeps_closed_all_but_hub_and_floor() -> None:
    scene = Scene()
    halls = {code: scene.hall(code) for code in (PASER, KUKAR)}
    scene.does(MODERATOR, do.GiveFloor(room=KUKAR))
    scene.does(MODERATOR, do.LockMic(on=True))
    assert [mic(scene.state, code) for code in (HUB, PASER, KUKAR)] == ["on", "locked", "on"]
    assert scene.refuses(halls[PASER], do.UnmuteMic(room=PASER)) == "mic_locked"
    scene.does(halls[KUKAR], do.MuteMic(room=KUKAR))
    assert mic(scene.state, KUKAR) == "off"
    scene.does(halls[KUKAR], do.UnmuteMic(room=KUKAR))
    assert scene.does(MODERATOR, do.LockMic(on=True)) == []


def test_taking_the_lock_away_opens_nobodys_microphone() -> None:
    scene = Scene()
    main = scene.hall(PASER)
    scene.does(MODERATOR, do.LockMic(on=True))
    scene.does(MODERATOR, do.LockMic(on=False))
    assert mic(scene.state, PASER) == "off"
    scene.does(main, do.UnmuteMic(room=PASER))
    assert mic(scene.state, PASER) == "on"


def test_one_room_can_be_locked_by_itself() -> None:
    scene = Scene()
    scene.hall(PASER)
    scene.hall(KUKAR)
    scene.does(MODERATOR, do.LockMic(on=True, room=PASER))
    assert [mic(scene.state, code) for code in (PASER, KUKAR)] == ["locked", "on"]
    assert scene.refuses(MODERATOR, do.LockMic(on=True, room=HUB)) == "not_allowed"
    scene.does(MODERATOR, do.LockMic(on=False, room=PASER))
    assert mic(scene.state, PASER) == "off"


def test_an_asked_room_may_open_once_even_under_a_lock() -> None:
    scene = Scene()
    main = scene.hall(PASER)
    scene.does(MODERATOR, do.LockMic(on=True))
    scene.does(MODERATOR, do.AskMic(room=PASER))
    assert scene.state.rooms[PASER].mic_asked
    assert mic(scene.state, PASER) == "off"
    scene.does(main, do.UnmuteMic(room=PASER))
    assert mic(scene.state, PASER) == "on"
    assert not scene.state.rooms[PASER].mic_asked
    scene.does(main, do.MuteMic(room=PASER))
    assert scene.refuses(main, do.UnmuteMic(room=PASER)) == "mic_locked"


def test_muting_declines_or_withdraws_what_was_asked() -> None:
    scene = Scene()
    main = scene.hall(PASER)
    scene.does(main, do.MuteMic(room=PASER))
    for decline in (do.MuteMic(room=PASER), do.MuteAll()):
        scene.does(MODERATOR, do.AskMic(room=PASER))
        scene.does(MODERATOR, decline)
        assert not scene.state.rooms[PASER].mic_asked


def test_asking_wants_a_hall_that_is_there_and_muted() -> None:
    scene = Scene()
    assert scene.refuses(MODERATOR, do.AskMic(room=PASER)) == "room_absent"
    assert scene.refuses(MODERATOR, do.AskMic(room=HUB)) == "not_allowed"
    scene.hall(PASER)
    assert scene.does(MODERATOR, do.AskMic(room=PASER)) == []


def test_rooms_may_begin_locked() -> None:
    scene = Scene(make_plan(policy=Policy(mute_lock=True)))
    main = scene.hall(PASER)
    assert mic(scene.state, PASER) == "locked"
    assert scene.refuses(main, do.UnmuteMic(room=PASER)) == "mic_locked"
    scene.does(MODERATOR, do.GiveFloor(room=PASER))
    assert mic(scene.state, PASER) == "on"


def test_rooms_may_come_in_muted_but_not_the_hub() -> None:
    scene = Scene(make_plan(policy=Policy(mute_on_join=True)))
    scene.moderator()
    main = scene.hall(PASER)
    assert [mic(scene.state, code) for code in (HUB, PASER)] == ["on", "off"]
    scene.does(main, do.UnmuteMic(room=PASER))
    scene.loses(main)
    scene.returns(main)
    assert mic(scene.state, PASER) == "on"


def test_a_microphone_left_open_under_a_lock_is_closed_when_a_new_camera_comes() -> None:
    scene = Scene()
    main = scene.hall(PASER)
    scene.does(MODERATOR, do.LockMic(on=True))
    scene.does(MODERATOR, do.AskMic(room=PASER))
    scene.does(main, do.UnmuteMic(room=PASER))
    scene.does(main, do.LeaveRoom())
    scene.hall(PASER)
    assert mic(scene.state, PASER) == "locked"


def test_what_a_hall_was_asked_and_agreed_to_goes_with_its_main_camera() -> None:
    scene = Scene()
    main, phone = scene.hall(PASER), scene.phone(PASER)
    scene.does(MODERATOR, do.LockMic(on=True))
    scene.does(MODERATOR, do.AskMic(room=PASER))
    scene.does(main, do.LeaveRoom())
    scene.does(phone, do.TakeMain())
    assert scene.refuses(phone, do.UnmuteMic(room=PASER)) == "mic_locked"
    scene.does(MODERATOR, do.GiveFloor(room=PASER))
    assert mic(scene.state, PASER) == "off"


def test_a_phone_that_takes_an_empty_place_comes_in_as_a_new_camera_does() -> None:
    scene = Scene(make_plan(policy=Policy(mute_on_join=True)))
    main, phone = scene.hall(PASER), scene.phone(PASER)
    scene.does(main, do.UnmuteMic(room=PASER))
    scene.does(main, do.LeaveRoom())
    scene.does(phone, do.TakeMain())
    assert mic(scene.state, PASER) == "off"
