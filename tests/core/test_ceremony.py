"""Roll call, cue messages, calls for help, and who is shown beside the room on air."""

from __future__ import annotations

import pytest

from tests.core.scene import BERAU, HUB, KUKAR, MODERATOR, PASER, Scene, operator
from vicon.core import commands as base
from vicon.core import commands_ceremony as do
from vicon.core.ceremony import MAX_CUES, RollStatus
from vicon.core.cues import waiting
from vicon.core.layout import receive_wishes, routes, send_wish
from vicon.core.model import Actor
from vicon.core.rollcall import proposed

TECHNICIAN = Actor(role="technician", name="Teknisi")


def status(scene: Scene, code: str) -> RollStatus | None:
    mark = scene.state.roll.get(code)
    return mark.status if mark is not None else None


def cue(text: str = "Bersiap", room: str | None = PASER, number: int = 1) -> do.SendCue:
    return do.SendCue(cue=f"cue-{number:05}", text=text, room=room)


def test_the_roll_is_proposed_from_who_is_here() -> None:
    scene = Scene()
    scene.hall(PASER)
    kukar = scene.hall(KUKAR)
    scene.loses(kukar)
    assert [proposed(scene.state, c) for c in (PASER, KUKAR, BERAU)] == [
        "present",
        "present",
        "absent",
    ]
    scene.does(MODERATOR, do.MarkRoll(room=PASER, status="excused"))
    scene.does(MODERATOR, do.TakeRoll())
    assert [status(scene, c) for c in (PASER, KUKAR, BERAU)] == ["excused", "present", "absent"]
    assert scene.does(MODERATOR, do.TakeRoll()) == []
    assert HUB not in scene.state.roll


def test_who_comes_after_being_marked_absent_is_late_by_itself() -> None:
    scene = Scene()
    scene.does(MODERATOR, do.TakeRoll())
    scene.now = 77_000
    scene.hall(PASER)
    mark = scene.state.roll[PASER]
    assert (mark.status, mark.at, mark.by) == ("late", 77_000, "")
    scene.does(MODERATOR, do.MarkRoll(room=PASER, status="present"))
    assert scene.state.roll[PASER].by == "Sekretariat"
    scene.does(MODERATOR, do.MarkRoll(room=PASER, status=None))
    assert status(scene, PASER) is None
    assert scene.refuses(MODERATOR, do.MarkRoll(room=HUB, status="present")) == "not_allowed"


def test_a_cue_stands_in_the_hall_until_it_is_acknowledged() -> None:
    scene = Scene()
    scene.does(MODERATOR, cue("Mohon   berdiri", None, 1))
    scene.does(TECHNICIAN, cue("Periksa mikrofon", PASER, 2))
    assert [one.text for one in waiting(scene.state, PASER)] == [
        "Mohon berdiri",
        "Periksa mikrofon",
    ]
    assert [one.text for one in waiting(scene.state, KUKAR)] == ["Mohon berdiri"]
    assert scene.does(MODERATOR, cue("Mohon berdiri", None, 1)) == [], "sent once"
    scene.now = 5_000
    scene.does(operator(PASER), do.SeeCue(cue="cue-00001", room=PASER))
    assert scene.does(operator(PASER), do.SeeCue(cue="cue-00001", room=PASER)) == []
    assert [one.text for one in waiting(scene.state, PASER)] == ["Periksa mikrofon"]
    assert scene.state.cues[0].seen == {PASER: 5_000}
    scene.does(MODERATOR, do.WithdrawCue(cue="cue-00002"))
    assert waiting(scene.state, PASER) == []
    assert scene.does(operator(PASER), do.SeeCue(cue="cue-00002", room=PASER)) == []


@pytest.mark.parametrize("text", ["", "  ", "x" * 301, "a\x07b"])
def test_a_cue_that_cannot_be_read_is_refused(text: str) -> None:
    assert Scene().refuses(MODERATOR, cue(text)) == "bad_cue"


def test_cues_are_bounded() -> None:
    scene = Scene()
    for number in range(MAX_CUES + 5):
        scene.does(MODERATOR, cue(number=number))
    assert len(scene.state.cues) == MAX_CUES
    assert scene.state.cues[-1].id == f"cue-{MAX_CUES + 4:05}"


def test_a_hall_calls_for_help_and_somebody_answers() -> None:
    scene = Scene()
    scene.does(operator(PASER), do.CallHelp(room=PASER, text="suara tidak keluar"))
    assert scene.does(operator(PASER), do.CallHelp(room=PASER)) == []
    call = scene.state.rooms[PASER].help
    assert call is not None
    assert call.text == "suara tidak keluar"
    scene.does(TECHNICIAN, do.AnswerHelp(room=PASER))
    assert scene.state.rooms[PASER].help is None
    assert scene.does(MODERATOR, do.AnswerHelp(room=PASER)) == []
    long = do.CallHelp(room=PASER, text="x" * 301)
    assert scene.refuses(operator(PASER), long) == "bad_cue"


def stage() -> Scene:
    scene = Scene()
    scene.moderator()
    for code in (PASER, KUKAR, BERAU):
        scene.hall(code)
    scene.does(MODERATOR, base.GiveFloor(room=PASER))
    return scene


def large(scene: Scene, device: str) -> set[str]:
    return {w.room for w in receive_wishes(scene.state, device) if w.size == "large"}


def test_two_rooms_are_on_air_side_by_side() -> None:
    scene = stage()
    scene.does(MODERATOR, do.SetBeside(room=KUKAR))
    assert large(scene, "64.03-main") == {PASER, KUKAR}
    wish = send_wish(scene.state, "64.02-main")
    assert wish is not None
    assert wish.height == 720
    ranks = {w.room: w.rank for w in receive_wishes(scene.state, "64.03-main")}
    assert (ranks[PASER], ranks[KUKAR]) == (0, 0)
    assert scene.refuses(MODERATOR, do.SetBeside(room=PASER)) == "on_air_already"
    scene.does(MODERATOR, base.GiveFloor(room=KUKAR))
    assert scene.state.beside is None, "it is on air itself now"


def test_the_second_room_may_speak_under_a_lock_while_it_is_there() -> None:
    scene = stage()
    scene.does(MODERATOR, base.LockMic(on=True))
    assert not scene.mic(KUKAR)
    scene.does(MODERATOR, do.SetBeside(room=KUKAR))
    assert scene.mic(KUKAR), "its operator agreed"
    scene.does(MODERATOR, do.SetBeside(room=BERAU))
    assert (scene.mic(KUKAR), scene.mic(BERAU)) == (False, True)
    scene.does(MODERATOR, base.MuteAll())
    assert scene.mic(BERAU)


def test_a_hall_that_did_not_agree_is_asked_before_it_is_beside() -> None:
    scene = Scene()
    scene.hall(PASER, consent=False)
    scene.does(MODERATOR, base.MuteAll())
    scene.does(MODERATOR, do.SetBeside(room=PASER))
    assert (scene.mic(PASER), scene.state.rooms[PASER].mic_asked) == (False, True)


def test_a_second_room_whose_camera_leaves_is_gone() -> None:
    scene = stage()
    scene.does(MODERATOR, do.SetBeside(room=KUKAR))
    scene.does(MODERATOR, do.PinRoom(room=KUKAR))
    scene.does(MODERATOR, base.RemoveDevice(device="64.02-main"))
    assert (scene.state.beside, scene.state.pinned) == (None, None)


def test_a_pinned_room_is_large_everywhere_and_the_floor_is_still_heard() -> None:
    scene = stage()
    scene.does(MODERATOR, do.PinRoom(room=BERAU))
    assert large(scene, "64.02-main") == {BERAU}
    heard = {w.room: w.rank for w in receive_wishes(scene.state, "64.02-main")}
    assert heard[PASER] == 0, "sound of the room on air is always forwarded"
    scene.does(MODERATOR, do.PinRoom(room=None))
    assert large(scene, "64.02-main") == {PASER}


def test_rooms_that_are_not_here_are_neither_pinned_nor_beside() -> None:
    scene = Scene()
    scene.moderator()
    assert scene.refuses(MODERATOR, do.PinRoom(room=PASER)) == "room_absent"
    assert scene.refuses(MODERATOR, do.SetBeside(room=PASER)) == "room_absent"


def test_in_black_the_halls_get_the_hub_alone_and_the_moderator_sees_all() -> None:
    scene = stage()
    scene.does(MODERATOR, do.SetBlack(on=True))
    seen = {w.receiver: set[str]() for w in routes(scene.state)}
    for want in routes(scene.state):
        seen[want.receiver].add(want.room)
    assert seen["64.02-main"] == {HUB}
    assert seen["hub-main"] == {PASER, KUKAR, BERAU}
    assert large(scene, "64.02-main") == {HUB}
    scene.does(MODERATOR, do.SetBlack(on=False))
    assert large(scene, "64.02-main") == {PASER}


def test_hands_are_reordered() -> None:
    scene = stage()
    for code in (PASER, KUKAR, BERAU):
        scene.does(
            Actor(role="operator", name="o", room=code, device=f"{code}-main"),
            base.RaiseHand(room=code),
        )
    scene.does(MODERATOR, do.MoveHand(room=BERAU, place=1))
    assert scene.hands() == [BERAU, PASER, KUKAR]
    scene.does(MODERATOR, do.MoveHand(room=BERAU, place=99))
    assert scene.hands() == [PASER, KUKAR, BERAU]
    assert scene.does(MODERATOR, do.MoveHand(room=BERAU, place=3)) == []
    assert scene.does(MODERATOR, do.MoveHand(room=HUB, place=1)) == []
