"""Who receives whom, how large, and what is sent."""

from __future__ import annotations

import pytest

from tests.core.scene import HUB, KUKAR, MODERATOR, PASER, Scene, make_plan
from vicon.core import commands as do
from vicon.core.layout import (
    SendWish,
    Size,
    receive_wishes,
    routes,
    send_wish,
    slots_for,
    start_kbps,
)
from vicon.core.model import Actor, Policy, Trial


def on(scene: Scene, *actors: Actor) -> None:
    """Their media has begun to flow."""
    for actor in actors:
        scene.does(do.SYSTEM, do.SetPublishing(device=actor.device or "", on=True))


def ceremony() -> Scene:
    """Hub and ten rooms, all sending, with a desk of the technician."""
    scene = Scene(make_plan(rooms=10))
    on(scene, scene.moderator(), *(scene.hall(room.code) for room in scene.state.plan.rooms))
    scene.joins("tech", "technician", None)
    return scene


def sizes(scene: Scene, device: str) -> dict[str, Size]:
    return {want.room: want.size for want in receive_wishes(scene.state, device)}


def heard_by(scene: Scene, device: str) -> set[str]:
    return {want.room for want in receive_wishes(scene.state, device) if want.audio}


def test_hub_and_ten_rooms_see_and_hear_each_other() -> None:
    scene = ceremony()
    wants = routes(scene.state)
    mains = [f"{room.code}-main" for room in scene.state.plan.rooms] + ["hub-main"]
    for device in mains:
        received = [want for want in wants if want.receiver == device]
        assert len(received) == 10
        assert all(want.audio and want.video for want in received)
        assert device not in {want.sender for want in received}
    assert len([want for want in wants if want.receiver == "tech"]) == 11


def test_the_hub_is_large_everywhere_while_nobody_has_the_floor() -> None:
    scene = ceremony()
    seen = sizes(scene, "64.01-main")
    assert seen.pop(HUB) == "large"
    assert set(seen.values()) == {"thumbnail"}
    assert set(sizes(scene, "hub-main").values()) == {"thumbnail"}


def test_the_room_on_air_is_large_and_looks_at_the_hub() -> None:
    scene = ceremony()
    scene.does(MODERATOR, do.GiveFloor(room=KUKAR))
    elsewhere = sizes(scene, "64.01-main")
    assert (elsewhere[KUKAR], elsewhere[HUB]) == ("large", "inset")
    assert list(elsewhere.values()).count("thumbnail") == 8
    assert sizes(scene, "hub-main")[KUKAR] == "large"
    assert sizes(scene, "tech")[KUKAR] == "large"
    assert sizes(scene, f"{KUKAR}-main")[HUB] == "large"


def test_height_and_rank_follow_what_is_looked_at() -> None:
    scene = ceremony()
    scene.does(MODERATOR, do.GiveFloor(room=PASER))
    assert scene.state.next == KUKAR

    def seen(device: str) -> dict[str, tuple[int, int]]:
        return {w.room: (w.height, w.rank) for w in receive_wishes(scene.state, device)}

    elsewhere = seen("64.03-main")
    assert elsewhere.pop(PASER) == (720, 0)
    assert elsewhere.pop(HUB) == (360, 1)
    assert set(elsewhere.values()) == {(180, 2)}
    assert seen(f"{PASER}-main")[HUB] == (360, 0), "it looks at the hub, which sends no more"
    assert seen("hub-main")[KUKAR] == (360, 2), "the moderator's preview of what is next"
    assert seen("tech")[KUKAR] == (180, 2)


def test_nobody_is_to_receive_more_than_is_sent() -> None:
    scene = ceremony()
    scene.phone(PASER)
    for act in (None, do.GiveFloor(room=PASER), do.CueRoom(room="64.07"), do.TakeFloor()):
        if act is not None:
            scene.does(MODERATOR, act)
        for want in routes(scene.state):
            wish = send_wish(scene.state, want.sender)
            assert wish is not None
            assert want.height <= wish.height


def test_what_each_sends_follows_the_floor() -> None:
    scene = ceremony()
    scene.does(MODERATOR, do.GiveFloor(room=PASER))
    state = scene.state
    assert state.next == KUKAR
    assert send_wish(state, "64.01-main") == SendWish(True, True, 720, 1500)
    assert send_wish(state, "64.02-main") == SendWish(True, True, 360, 400)
    assert send_wish(state, "64.03-main") == SendWish(True, True, 180, 150)
    assert send_wish(state, "hub-main") == SendWish(True, True, 360, 400)
    scene.does(MODERATOR, do.TakeFloor())
    assert send_wish(scene.state, "hub-main") == SendWish(True, True, 720, 1500)


def test_only_main_cameras_and_what_is_offered_publish() -> None:
    scene = Scene()
    scene.hall(PASER)
    scene.joins("doc", "operator", PASER, kind="document")
    phone = scene.phone(PASER)
    scene.joins("tech", "technician", None)
    assert [send_wish(scene.state, d) for d in (phone.device or "", "tech", "gone")] == [None] * 3
    assert send_wish(scene.state, "doc") == SendWish(False, True, 180, 150)


def test_a_muted_microphone_is_neither_sent_nor_forwarded() -> None:
    scene = ceremony()
    scene.does(MODERATOR, do.MuteMic(room=PASER))
    assert PASER not in heard_by(scene, "hub-main")
    wish = send_wish(scene.state, "64.01-main")
    assert wish is not None
    assert (wish.audio, wish.video) == (False, True)


def test_a_camera_that_is_off_is_not_forwarded_but_heard() -> None:
    scene = ceremony()
    main = Actor(role="operator", name="x", room=PASER, device="64.01-main")
    scene.does(main, do.SetCamera(on=False))
    want = next(w for w in receive_wishes(scene.state, "hub-main") if w.room == PASER)
    assert (want.audio, want.video) == (True, False)
    scene.does(main, do.MuteMic(room=PASER))
    assert PASER not in sizes(scene, "hub-main")


def test_sound_is_forwarded_once_the_source_really_sends() -> None:
    scene = Scene()
    scene.moderator()
    main = scene.hall(PASER)
    assert heard_by(scene, "hub-main") == set()
    assert PASER in sizes(scene, "hub-main")
    on(scene, main)
    assert heard_by(scene, "hub-main") == {PASER}


def test_a_phone_in_the_hall_sees_hub_and_floor_without_sound() -> None:
    scene = ceremony()
    scene.phone(PASER)
    scene.does(MODERATOR, do.GiveFloor(room=KUKAR))
    assert sizes(scene, "64.01-phone-1") == {HUB: "inset", KUKAR: "large"}
    assert heard_by(scene, "64.01-phone-1") == set()
    scene.does(MODERATOR, do.GiveFloor(room=PASER))
    assert sizes(scene, "64.01-phone-1") == {HUB: "large"}


def test_a_phone_alone_in_its_room_hears() -> None:
    scene = Scene()
    on(scene, scene.moderator())
    phone = scene.phone(PASER)
    assert heard_by(scene, phone.device or "") == {HUB}


def test_a_main_camera_that_lost_its_signalling_but_sends_still_sounds_in_the_hall() -> None:
    scene = Scene()
    main = scene.hall(PASER)
    on(scene, scene.moderator(), main)
    phone = scene.phone(PASER)
    scene.loses(main)
    assert heard_by(scene, phone.device or "") == set()
    scene.does(do.SYSTEM, do.SetPublishing(device=main.device or "", on=False))
    assert heard_by(scene, phone.device or "") == {HUB}


def test_a_broken_signalling_connection_changes_no_route() -> None:
    scene = ceremony()
    before = routes(scene.state)
    scene.does(do.SYSTEM, do.LoseDevice(device="64.01-main"))
    assert routes(scene.state) == before


def test_who_waits_receives_and_sends_nothing() -> None:
    scene = Scene(make_plan(policy=Policy(admission="ask")))
    on(scene, scene.moderator(), scene.hall(PASER))
    assert routes(scene.state) == []
    assert send_wish(scene.state, "64.01-main") is None
    scene.does(MODERATOR, do.AdmitDevice(device="64.01-main"))
    assert len(routes(scene.state)) == 2


def test_a_document_camera_receives_nothing() -> None:
    scene = ceremony()
    scene.joins("doc", "operator", PASER, kind="document")
    assert receive_wishes(scene.state, "doc") == []


@pytest.mark.parametrize("device", ["64.01-main", "64.01-phone-1", "hub-main", "tech"])
def test_slots_are_every_other_rooms_and_never_change(device: str) -> None:
    scene = ceremony()
    scene.phone(PASER)
    slots = slots_for(scene.state, device)
    own = scene.state.devices[device].room
    expected = [code for code in scene.state.rooms if code != own]
    rooms = [(code, kind) for code in expected for kind in ("audio", "video")]
    beside = [slot for slot in slots if slot not in rooms]
    assert slots == rooms + beside, "what is beside the programme comes last"
    hall = scene.state.devices[device].role == "operator"
    voices = [("@announce", "audio"), ("@line", "audio")][0 if hall else 1 :]
    assert beside == [*voices, ("@present", "video")]
    wanted = {(w.room, "video") for w in receive_wishes(scene.state, device) if w.video}
    assert wanted <= set(slots)
    for other in list(scene.state.devices):
        if other != device:
            scene.does(MODERATOR, do.RemoveDevice(device=other))
    assert slots_for(scene.state, device) == slots


def test_an_unknown_device_has_no_slots() -> None:
    assert slots_for(Scene().state, "gone") == []
    assert receive_wishes(Scene().state, "gone") == []


def test_a_line_begins_with_what_its_trial_measured() -> None:
    scene = ceremony()
    device = f"{PASER}-main"
    assert start_kbps(scene.state, device, scene.now) is None

    def tested(kbps: float | None) -> None:
        trial = Trial(
            run="u1",
            at=scene.now,
            by="Teknisi",
            verdict="pass",
            profile="720p",
            sentence_id="Baik.",
            sentence_en="Good.",
            capacity_down_kbps=kbps,
        )
        scene.does(do.SYSTEM, do.RecordTrial(room=PASER, trial=trial))

    tested(1000.0)
    assert start_kbps(scene.state, device, scene.now) == 700
    assert start_kbps(scene.state, "hub-main", scene.now) is None, "a line of its own"
    assert start_kbps(scene.state, scene.phone(PASER).device or "", scene.now) is None
    assert start_kbps(scene.state, device, scene.now + 2 * 86_400_000) is None, "long ago"
    tested(10.0)
    assert start_kbps(scene.state, device, scene.now) == 60
    tested(None)
    assert start_kbps(scene.state, device, scene.now) is None
