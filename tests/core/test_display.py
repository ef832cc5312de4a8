"""A hall's display: shows the programme, stands for nobody, and takes no more than it shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.scene import HUB, KUKAR, MODERATOR, PASER, Scene, make_plan
from tests.core.test_layout import ceremony, on, sizes
from tests.core.test_pressure import pressed
from vicon.core import commands as do
from vicon.core.commands_ceremony import SetBeside
from vicon.core.headcount import effective
from vicon.core.layout import receive_wishes, send_wish
from vicon.core.model import Actor
from vicon.core.pressure import CLOSED, PAUSED
from vicon.core.views import presence


def display(scene: Scene, hall: str) -> str:
    return scene.joins(f"tv {hall}", "observer", hall).device or ""


def test_it_receives_the_hub_and_who_is_on_air_alone() -> None:
    scene = ceremony()
    shown = display(scene, PASER)
    assert sizes(scene, shown) == {HUB: "large"}
    scene.does(MODERATOR, do.GiveFloor(room=KUKAR))
    assert sizes(scene, shown) == {KUKAR: "large", HUB: "inset"}
    scene.does(MODERATOR, SetBeside(room="64.03"))
    assert sizes(scene, shown) == {KUKAR: "large", "64.03": "large", HUB: "inset"}


def test_in_the_hall_that_is_on_air_it_shows_the_hub() -> None:
    scene = ceremony()
    shown = display(scene, PASER)
    scene.does(MODERATOR, do.GiveFloor(room=PASER))
    assert sizes(scene, shown) == {HUB: "large"}


def test_at_the_hub_it_shows_the_hubs_own_picture() -> None:
    scene = ceremony()
    assert sizes(scene, display(scene, HUB)) == {HUB: "large"}


def test_it_is_no_camera_and_no_person_of_its_hall() -> None:
    scene = Scene()
    scene.moderator()
    shown = display(scene, PASER)
    assert presence(scene.state, PASER) == ("absent", None)
    assert scene.state.rooms[PASER].main is None
    assert effective(scene.state, PASER) is None
    assert send_wish(scene.state, shown) is None
    hall = scene.hall(PASER)
    assert scene.state.rooms[PASER].main == hall.device


def test_it_may_do_nothing_but_look() -> None:
    scene = ceremony()
    asker = Actor(role="observer", name="tv", room=PASER, device=display(scene, PASER))
    for command in (do.RaiseHand(room=PASER), do.TakeMain(), do.SetCount(room=PASER, value=1)):
        assert scene.refuses(asker, command) == "not_allowed"


def test_it_comes_in_as_long_as_the_halls_other_devices_do() -> None:
    scene = pressed(Scene(), CLOSED)
    join = do.JoinRoom(device="tv")
    assert scene.refuses(Actor(role="observer", name="pers"), join) == "server_full"
    display(scene, PASER)
    pressed(scene, PAUSED)
    asker = Actor(role="observer", name="tv", room=KUKAR)
    assert scene.refuses(asker, join) == "server_full"


def test_a_hall_that_is_no_more_has_no_display() -> None:
    asker = Actor(role="observer", name="tv", room="64.99")
    assert Scene().refuses(asker, do.JoinRoom(device="tv")) == "unknown_room"


@given(
    hall=st.sampled_from([HUB, PASER, KUKAR]),
    floor=st.sampled_from([None, PASER, KUKAR, "64.03"]),
    beside=st.sampled_from([None, PASER, HUB]),
)
def test_what_it_receives_is_what_it_shows(
    hall: str, floor: str | None, beside: str | None
) -> None:
    """Never its own hall, never a thumbnail, never more than three."""
    scene = Scene(make_plan(rooms=3))
    on(scene, scene.moderator(), *(scene.hall(room.code) for room in scene.state.plan.rooms))
    shown = display(scene, hall)
    if floor is not None:
        scene.does(MODERATOR, do.GiveFloor(room=floor))
    if beside is not None and beside != floor and floor is not None:
        scene.does(MODERATOR, SetBeside(room=beside))
    wants = receive_wishes(scene.state, shown)
    assert {want.room for want in wants} <= {HUB, floor, beside}
    assert all(want.size != "thumbnail" for want in wants)
    assert hall == HUB or hall not in {want.room for want in wants}
    assert any(want.size == "large" for want in wants)


@pytest.mark.parametrize("level", [CLOSED, PAUSED])
def test_one_that_was_here_comes_back_under_pressure(level: int) -> None:
    scene = Scene()
    asker = scene.joins("tv", "observer", PASER)
    pressed(scene, level)
    scene.loses(asker)
    scene.returns(asker)
    assert scene.state.devices["tv"].connected
