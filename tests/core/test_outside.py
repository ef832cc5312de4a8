"""Encoders and players: devices that only send, and such that only receive."""

from __future__ import annotations

import pytest

from tests.core.scene import HUB, KUKAR, MODERATOR, PASER, Scene, make_plan, operator
from tests.core.test_layout import heard_by, on, sizes
from vicon.core import commands as do
from vicon.core.layout import receive_wishes, routes, slots_for
from vicon.core.model import PROGRAMME, Actor, Policy
from vicon.core.views import presence


def encoder(scene: Scene, code: str, device: str = "obs") -> Actor:
    """What a WHIP request asks for."""
    asker = operator(code)
    join = do.JoinRoom(device=device, kind="main", take_over=True, via="whip", label="WHIP OBS")
    scene.does(asker, join)
    return Actor(role="operator", name=asker.name, room=code, device=device)


def player(scene: Scene, plays: str, device: str = "tv") -> None:
    asker = Actor(role="observer", name="Pemutar")
    scene.does(asker, do.JoinRoom(device=device, via="whep", plays=plays))


def played(scene: Scene) -> list[tuple[str, str, bool]]:
    return [(w.room, w.sender, w.audio) for w in receive_wishes(scene.state, "tv")]


def test_an_encoder_is_the_rooms_main_camera() -> None:
    scene = Scene()
    on(scene, scene.moderator(), encoder(scene, PASER))
    assert scene.state.rooms[PASER].main == "obs"
    assert presence(scene.state, PASER) == ("joined", None)
    assert heard_by(scene, "hub-main") == {PASER}
    scene.does(MODERATOR, do.GiveFloor(room=PASER))
    assert sizes(scene, "hub-main") == {PASER: "large"}


def test_an_encoder_receives_nothing() -> None:
    scene = Scene()
    on(scene, scene.moderator(), encoder(scene, PASER))
    assert receive_wishes(scene.state, "obs") == []


def test_the_operators_phone_is_the_loudspeaker_of_a_hall_with_an_encoder() -> None:
    scene = Scene()
    on(scene, scene.moderator(), encoder(scene, PASER))
    phone = scene.phone(PASER)
    assert heard_by(scene, phone.device or "") == {HUB}


def test_a_muted_room_stays_muted_whatever_its_encoder_sends() -> None:
    scene = Scene()
    scene.moderator()
    scene.phone(PASER)
    scene.does(MODERATOR, do.MuteMic(room=PASER))
    on(scene, encoder(scene, PASER))
    assert heard_by(scene, "hub-main") == set()
    assert PASER in sizes(scene, "hub-main")


def test_an_encoder_does_not_drive_a_living_page_away() -> None:
    scene = Scene()
    hall = scene.hall(PASER)
    join = do.JoinRoom(device="obs", kind="main", take_over=True, via="whip")
    assert scene.refuses(operator(PASER), join) == "main_taken"
    scene.loses(hall)
    encoder(scene, PASER)
    assert scene.state.rooms[PASER].main == "obs"
    assert hall.device not in scene.state.devices


def test_an_encoder_that_comes_again_finds_its_room_on_air() -> None:
    scene = Scene()
    scene.moderator()
    first = encoder(scene, PASER)
    scene.does(MODERATOR, do.GiveFloor(room=PASER))
    scene.loses(first)
    encoder(scene, PASER, "obs-2")
    assert scene.state.floor == PASER
    assert list(scene.state.devices) == ["hub-main", "obs-2"]


@pytest.mark.parametrize("policy", [Policy(admission="ask"), Policy(gate=True)])
def test_an_encoder_waits_where_a_page_would(policy: Policy) -> None:
    scene = Scene(make_plan(policy=policy))
    on(scene, scene.moderator(), encoder(scene, PASER))
    assert scene.state.devices["obs"].waiting
    assert not any(want.sender == "obs" for want in routes(scene.state))
    scene.does(MODERATOR, do.AdmitDevice(device="obs"))
    assert any(want.sender == "obs" and want.audio for want in routes(scene.state))


def test_the_programme_follows_the_floor() -> None:
    scene = Scene()
    player(scene, PROGRAMME)
    assert played(scene) == []
    on(scene, scene.moderator(), scene.hall(PASER), scene.hall(KUKAR))
    assert played(scene) == [(PROGRAMME, "hub-main", True)]
    scene.does(MODERATOR, do.GiveFloor(room=KUKAR))
    assert played(scene) == [(PROGRAMME, "64.02-main", True)]
    scene.does(MODERATOR, do.MuteMic(room=KUKAR))
    assert played(scene) == [(PROGRAMME, "64.02-main", False)]
    scene.does(MODERATOR, do.TakeFloor())
    assert played(scene) == [(PROGRAMME, "hub-main", True)]


def test_a_room_can_be_played_alone() -> None:
    scene = Scene()
    player(scene, PASER)
    on(scene, scene.moderator(), scene.hall(PASER))
    assert played(scene) == [(PASER, "64.01-main", True)]


@pytest.mark.parametrize("plays", [PROGRAMME, PASER])
def test_a_player_has_one_slot_of_each_kind(plays: str) -> None:
    scene = Scene()
    player(scene, plays)
    assert slots_for(scene.state, "tv") == [(plays, "audio"), (plays, "video")]


def test_nobody_plays_a_room_that_is_not_there() -> None:
    asker = Actor(role="observer", name="Pemutar")
    join = do.JoinRoom(device="tv", via="whep", plays="99")
    assert Scene().refuses(asker, join) == "unknown_room"


def test_a_player_is_no_person_and_no_presence() -> None:
    scene = Scene()
    player(scene, PASER)
    assert presence(scene.state, PASER) == ("absent", None)
    assert scene.state.devices["tv"].kind == "desk"
