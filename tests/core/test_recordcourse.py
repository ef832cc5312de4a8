"""What a recording's sheet says was seen and heard at a moment."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.core.scene import HUB, KUKAR, PASER, Scene
from vicon.core import recordlook
from vicon.core.recordcourse import Course, last_stage, same_stage
from vicon.core.recordplan import Marker, RecordingNote, RecordingSheet

OLD = b"""{"version":1,"id":"1-a","conference":"c","title":"Pakta","timezone":"Asia/Makassar",
"began":1000,"by":"Rini","rooms":{"64":"Provinsi","64.02":"Kukar"},"hub":"64","floor":"",
"parts":[{"file":"64.02-1.webm","room":"64.02","device":"d","video":"vp8","began":1200,
"seconds":4.0,"bytes":9,"ended":true}],
"markers":[{"at":1500,"title":"Pembukaan"}],
"notes":[{"at":2000,"what":"floor","room":"64.02"},{"at":3000,"what":"interrupted","room":""},
{"at":4000,"what":"resumed","room":""}],"ended":6000,"why":"stopped","ended_by":"Rini"}"""
"""As the first version of recordings wrote it."""


def sheet(*notes: RecordingNote, **more: object) -> RecordingSheet:
    plain = msgspec.json.decode(OLD, type=RecordingSheet)
    return msgspec.structs.replace(plain, notes=notes, **more)


def floor(at: int, room: str, beside: str = "", black: bool = False) -> RecordingNote:
    return RecordingNote(at=at, what="floor", room=room, beside=beside, black=black)


def test_an_old_sheet_is_read() -> None:
    course = Course(msgspec.json.decode(OLD, type=RecordingSheet))
    assert [course.at(at).room for at in (0, 1999, 2000, 9000)] == [HUB, HUB, KUKAR, KUKAR]
    assert [course.at(at).interrupted for at in (2999, 3000, 3999, 4000)] == [
        False, True, True, False,
    ]  # fmt: skip
    assert not any(course.at(at).line for at in (1500, 2500))  # whose item it was is not known
    assert course.silenced(0, 9000) == []


def test_items_stand_under_the_room_that_they_are_of() -> None:
    markers = (
        Marker(at=1000, title="Pembukaan", room=HUB),
        Marker(at=2000, title="Sambutan Kukar", room=KUKAR),
    )
    course = Course(sheet(floor(2000, KUKAR), floor(3000, PASER), markers=markers))
    assert [course.at(at).line for at in (900, 1000, 2000, 3000)] == [
        "", "Pembukaan", "Sambutan Kukar", "",
    ]  # fmt: skip


@given(
    st.lists(st.tuples(st.integers(0, 9000), st.sampled_from(["", KUKAR, PASER]), st.booleans()))
)
def test_the_hub_alone_is_heard_just_while_the_sheet_says_so(
    said: list[tuple[int, str, bool]],
) -> None:
    course = Course(sheet(*(floor(at, room, black=black) for at, room, black in said)))
    hushed = course.silenced(0, 9000)
    assert all(a < b for a, b in hushed)
    for at in {at for at, _, _ in said if at < 9000} | {0, 8999}:
        assert course.at(at).black == any(a <= at < b for a, b in hushed)


def test_what_is_noted_is_what_is_shown() -> None:
    session = Scene()

    def now(**changes: object) -> tuple[str, str, bool]:
        state = msgspec.structs.replace(session.state, **changes)
        note = recordlook.shown(state, 1)
        return note.room, note.beside, note.black

    assert now() == ("", "", False)
    assert now(floor=KUKAR) == (KUKAR, "", False)
    assert now(floor=KUKAR, beside=PASER) == (KUKAR, PASER, False)
    assert now(floor=KUKAR, beside=PASER, pinned=PASER) == (PASER, "", False)
    assert now(floor=KUKAR, beside=PASER, black=True) == ("", "", True)


def test_the_last_stage_is_the_last_noted() -> None:
    assert last_stage(sheet(beside=PASER)).beside == PASER
    notes = (floor(2000, KUKAR), RecordingNote(at=3000, what="interrupted"))
    assert same_stage(last_stage(sheet(*notes)), floor(1, KUKAR))
