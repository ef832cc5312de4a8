"""Devices of a room: coming, waiting, lost, back, gone; and who is the main camera."""

from __future__ import annotations

import pytest

from tests.core.scene import HUB, KUKAR, MODERATOR, PASER, Scene, make_plan, operator
from vicon.core import commands as do
from vicon.core.events import DeviceLeft, DeviceLost, FloorChanged
from vicon.core.model import MAX_DEVICES_PER_ROOM, Actor, DeviceKind, Policy, Role
from vicon.core.views import presence


def kinds(scene: Scene) -> dict[str, DeviceKind]:
    return {device.id: device.kind for device in scene.state.devices.values()}


def test_the_first_device_of_a_hall_is_its_main_camera_and_the_second_a_companion() -> None:
    scene = Scene()
    scene.joins("a", "operator", PASER)
    scene.joins("b", "operator", PASER)
    assert kinds(scene) == {"a": "main", "b": "companion"}
    assert scene.state.rooms[PASER].main == "a"


def test_a_second_moderator_gets_a_desk() -> None:
    scene = Scene()
    scene.joins("a", "moderator", HUB)
    scene.joins("b", "moderator", HUB)
    assert kinds(scene) == {"a": "main", "b": "desk"}


@pytest.mark.parametrize("role", ["technician", "observer"])
def test_a_technician_and_an_observer_belong_to_no_room(role: Role) -> None:
    scene = Scene()
    scene.joins("a", role, None, kind="main")
    device = scene.state.devices["a"]
    assert (device.kind, device.room) == ("desk", None)


def test_a_connected_main_camera_is_not_pushed_out() -> None:
    scene = Scene()
    scene.hall(PASER)
    join = do.JoinRoom(device="b", kind="main", take_over=True)
    assert scene.refuses(operator(PASER), join) == "main_taken"


def test_a_lost_main_camera_gives_way_only_when_told_to() -> None:
    scene = Scene()
    old = scene.hall(PASER)
    scene.loses(old)
    assert scene.refuses(operator(PASER), do.JoinRoom(device="b", kind="main")) == "main_lost"
    events = scene.does(operator(PASER), do.JoinRoom(device="b", kind="main", take_over=True))
    assert DeviceLeft(device=old.device or "", why="replaced") in events
    assert kinds(scene) == {"b": "main"}
    assert scene.state.rooms[PASER].main == "b"


def test_auto_beside_a_lost_main_camera_is_a_companion() -> None:
    scene = Scene()
    scene.loses(scene.hall(PASER))
    scene.joins("b", "operator", PASER)
    assert kinds(scene)["b"] == "companion"
    scene.joins("c", "operator", PASER, take_over=True)
    assert kinds(scene) == {"b": "companion", "c": "main"}


def test_a_companion_takes_the_place_of_a_lost_main_camera() -> None:
    scene = Scene()
    main, phone = scene.hall(PASER), scene.phone(PASER)
    assert scene.refuses(phone, do.TakeMain()) == "main_taken"
    scene.loses(main)
    scene.does(phone, do.TakeMain())
    assert kinds(scene) == {phone.device: "main"}
    assert scene.does(phone, do.TakeMain()) == []


def test_taking_over_keeps_the_floor_and_the_consent() -> None:
    scene = Scene()
    main = scene.hall(PASER)
    phone = scene.phone(PASER)
    scene.does(MODERATOR, do.GiveFloor(room=PASER))
    scene.loses(main)
    scene.does(phone, do.TakeMain())
    assert scene.state.floor == PASER
    assert scene.state.rooms[PASER].consent


def test_one_link_joins_once() -> None:
    scene = Scene()
    main = scene.hall(PASER)
    assert scene.refuses(main, do.JoinRoom(device="other")) == "already_joined"
    same = do.JoinRoom(device=main.device or "")
    assert scene.refuses(operator(PASER), same) == "already_joined"


def test_after_leaving_one_may_join_again() -> None:
    scene = Scene()
    main = scene.hall(PASER)
    scene.does(main, do.LeaveRoom())
    assert presence(scene.state, PASER) == ("absent", None)
    scene.does(main, do.JoinRoom(device="again"))
    assert scene.state.rooms[PASER].main == "again"


def test_a_room_that_is_not_of_this_conference() -> None:
    scene = Scene()
    stranger = Actor(role="operator", name="x", room="64.99")
    assert scene.refuses(stranger, do.JoinRoom(device="a")) == "unknown_room"


def test_a_hundred_devices_and_no_more() -> None:
    scene = Scene()
    for number in range(MAX_DEVICES_PER_ROOM):
        scene.joins(f"d{number}", "operator", PASER, kind="document")
    join = do.JoinRoom(device="one-more", kind="document")
    assert scene.refuses(operator(PASER), join) == "too_many_devices"


def test_a_lost_device_comes_back_as_itself() -> None:
    scene = Scene()
    main = scene.hall(PASER)
    scene.does(main, do.RaiseHand(room=PASER))
    scene.now = 5_000
    scene.loses(main)
    assert presence(scene.state, PASER) == ("lost", 5_000)
    assert scene.does(do.SYSTEM, do.LoseDevice(device=main.device or "")) == []
    scene.returns(main)
    assert presence(scene.state, PASER) == ("joined", None)
    assert scene.hands() == [PASER]
    assert scene.does(do.SYSTEM, do.ReturnDevice(device=main.device or "")) == []


def test_losing_tells_why() -> None:
    scene = Scene()
    main = scene.hall(PASER)
    lost = do.LoseDevice(device=main.device or "", why="heartbeat")
    assert scene.does(do.SYSTEM, lost) == [DeviceLost(device=main.device or "", why="heartbeat")]


def test_a_main_camera_keeps_its_place_longer_than_a_companion() -> None:
    scene = Scene()
    main, phone = scene.hall(PASER), scene.phone(PASER)
    scene.loses(main)
    scene.loses(phone)
    scene.now += 60_000
    scene.does(do.SYSTEM, do.ExpireDevices())
    assert list(scene.state.devices) == [main.device]
    scene.now += 840_000
    events = scene.does(do.SYSTEM, do.ExpireDevices())
    assert events[-1] == DeviceLeft(device=main.device or "", why="expired")
    assert scene.state.rooms[PASER].main is None


def test_the_main_camera_takes_the_floor_with_it_when_it_leaves() -> None:
    scene = Scene()
    main = scene.hall(PASER)
    scene.phone(PASER)
    scene.does(main, do.RaiseHand(room=PASER))
    scene.does(MODERATOR, do.GiveFloor(room=PASER))
    scene.does(main, do.RaiseHand(room=PASER))
    events = scene.does(main, do.LeaveRoom())
    assert any(isinstance(event, FloorChanged) and event.room is None for event in events)
    assert scene.state.floor is None
    assert scene.hands() == [PASER]


def test_a_lost_main_camera_keeps_the_floor() -> None:
    scene = Scene()
    main = scene.hall(PASER)
    scene.does(MODERATOR, do.GiveFloor(room=PASER))
    scene.loses(main)
    assert scene.state.floor == PASER


def test_with_its_last_device_a_room_loses_its_hand() -> None:
    scene = Scene()
    main, phone = scene.hall(PASER), scene.phone(PASER)
    scene.does(main, do.RaiseHand(room=PASER))
    scene.does(main, do.LeaveRoom())
    assert scene.hands() == [PASER]
    scene.does(phone, do.LeaveRoom())
    assert scene.hands() == []


def test_with_admission_a_device_waits_until_a_moderator_lets_it_in() -> None:
    scene = Scene(make_plan(policy=Policy(admission="ask")))
    moderator, main = scene.moderator(), scene.hall(PASER)
    assert presence(scene.state, HUB) == ("joined", None)
    assert presence(scene.state, PASER) == ("waiting", None)
    assert scene.refuses(main, do.RaiseHand(room=PASER)) == "not_joined"
    scene.does(moderator, do.AdmitDevice(device=main.device or ""))
    assert presence(scene.state, PASER) == ("joined", None)
    assert scene.does(moderator, do.AdmitDevice(device=main.device or "")) == []


def test_a_waiting_device_may_leave_or_be_declined() -> None:
    scene = Scene(make_plan(policy=Policy(admission="ask")))
    first, second = scene.hall(PASER), scene.hall(KUKAR)
    scene.does(first, do.LeaveRoom())
    events = scene.does(MODERATOR, do.RemoveDevice(device=second.device or ""))
    assert events[-1] == DeviceLeft(device=second.device or "", why="declined")
    assert not scene.state.devices


def test_a_moderator_removes_a_device() -> None:
    scene = Scene()
    phone = scene.phone(PASER)
    events = scene.does(MODERATOR, do.RemoveDevice(device=phone.device or ""))
    assert events == [DeviceLeft(device=phone.device or "", why="removed")]


@pytest.mark.parametrize("command", [do.RemoveDevice(device="x"), do.AdmitDevice(device="x")])
def test_a_device_that_is_no_more(command: do.Command) -> None:
    assert Scene().refuses(MODERATOR, command) == "unknown_device"


@pytest.mark.parametrize(
    "command",
    [
        do.LoseDevice(device="x"),
        do.ReturnDevice(device="x"),
        do.SetPublishing(device="x", on=True),
    ],
)
def test_the_server_too_is_told_that_a_device_is_no_more(command: do.Command) -> None:
    assert Scene().refuses(do.SYSTEM, command) == "unknown_device"


def test_a_device_tells_of_its_camera_and_the_server_of_its_media() -> None:
    scene = Scene()
    main = scene.hall(PASER)
    scene.does(main, do.SetCamera(on=False))
    scene.does(do.SYSTEM, do.SetPublishing(device=main.device or "", on=True))
    device = scene.state.devices[main.device or ""]
    assert (device.camera, device.publishing) == (False, True)
    assert scene.does(main, do.SetCamera(on=False)) == []
    assert scene.does(do.SYSTEM, do.SetPublishing(device=main.device or "", on=True)) == []
