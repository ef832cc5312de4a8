"""Whom the programme shows, from the conference's state."""

from __future__ import annotations

from msgspec.structs import replace

from tests.core.scene import HUB, KUKAR, PASER, make_plan
from tests.core.scene import Scene as Session
from vicon.core.ceremony import Item, Run, Rundown
from vicon.programme.scene import Scene, clock_at, scene_of, shown

AT = 1_600_996_360_000  # 25 September 2020, 09:12:40 WITA


def of(session: Session, **changes: object) -> Scene:
    return scene_of(replace(session.state, **changes), AT, "id")


def test_the_room_with_the_floor_is_shown_else_the_hub() -> None:
    session = Session()
    assert shown(of(session)) == (HUB,)
    assert shown(of(session, floor=KUKAR)) == (KUKAR,)
    assert shown(of(session, floor=KUKAR, beside=PASER)) == (KUKAR, PASER)
    assert shown(of(session, floor=KUKAR, beside=PASER, pinned=PASER)) == (PASER,)


def test_when_the_hub_alone_is_shown_it_says_so() -> None:
    scene = of(Session(), floor=KUKAR, beside=PASER, black=True)
    assert shown(scene) == (HUB,)
    assert scene.notice == "Hanya provinsi yang ditampilkan"


def test_before_and_after_the_session_nobody_is_shown() -> None:
    for phase, notice in (("lobby", "Sesi belum dimulai"), ("closed", "Sesi telah selesai")):
        scene = of(Session(), phase=phase)
        assert (shown(scene), scene.notice) == ((), notice)


def test_the_clock_is_the_conference_s() -> None:
    assert of(Session()).clock == "09:12:40 WITA"
    assert clock_at(AT, "Asia/Jakarta", "WIB") == "08:12:40 WIB"


def test_the_item_stands_under_the_room_that_it_is_of() -> None:
    item = Item(id="i", kind="speech", title="Sambutan Bupati", planned_s=60, room=KUKAR)
    rundown = Rundown(items=(item,), current="i", runs={"i": Run(started_at=1)})
    speaking = of(Session(), floor=KUKAR, rundown=rundown)
    assert speaking.captions[KUKAR].line == "Sambutan Bupati"
    assert speaking.captions[KUKAR].name == make_plan().rooms[1].name
    assert speaking.captions[HUB].line == ""
    taken = of(Session(), floor=PASER, rundown=rundown)
    assert not any(caption.line for caption in taken.captions.values())


def test_the_hub_s_item_stands_under_the_hub() -> None:
    item = Item(id="i", kind="opening", title="Pembukaan", planned_s=60)
    rundown = Rundown(items=(item,), current="i", runs={"i": Run(started_at=1)})
    assert of(Session(), rundown=rundown).captions[HUB].line == "Pembukaan"
