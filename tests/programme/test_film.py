"""A film of a recording, as somebody sees and hears it."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import pytest

from tests.programme.recorded import BEGAN, HUB, KUKAR, PASER, Film, Made
from vicon.core.recordplan import Marker, RecordingNote
from vicon.programme import film
from vicon.programme.film import NothingRecorded, compose
from vicon.programme.pieces import pieces
from vicon.programme.rooms import Rooms
from vicon.programme.writing import Look
from vicon.store.recordings import SHEET, read_sheet

LOOK = Look(width=640, height=360)
MOST_LENGTH_S, MOST_OFFSET_S = 0.2, 0.040


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path / "pakta-2020" / "r1")


def played(made: Made, name: str = "film.mp4", look: Look = LOOK) -> tuple[film.Film, Film]:
    out = made.place / name
    done = compose(made.place, made.sheet, out, look, "id", lambda done, total: None)
    assert done.bytes == out.stat().st_size
    assert out.stat().st_mode & 0o077 == 0
    return done, Film(out)


def floor(second: float, room: str, beside: str = "", black: bool = False) -> RecordingNote:
    at = BEGAN + round(1000 * second)
    return RecordingNote(at=at, what="floor", room=room, beside=beside, black=black)


def letters(shot: Shot, place: tuple[slice, slice], least: int = 150) -> int:
    """Bright pixels there."""
    return int((shot[place].min(axis=2) > least).sum())


Shot: TypeAlias = npt.NDArray[np.uint8]
NAME, ITEM = (slice(305, 348), slice(12, 300)), (slice(327, 342), slice(12, 300))
CLOCK = (slice(10, 36), slice(480, 630))


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv", "film.webm"])
def test_it_shows_who_was_on_air_in_step_with_the_sound(made: Made, name: str) -> None:
    made.file(HUB, 6, flashes=[1.0], beeps=[1.0])
    made.file(KUKAR, 5.5, after=0.48, flashes=[3.0], beeps=[3.0])
    made.tells(
        notes=(floor(3, KUKAR), floor(5, "")),
        markers=(
            Marker(at=BEGAN - 4000, title="Pembukaan", room=HUB),
            Marker(at=BEGAN + 3000, title="Sambutan Bupati", room=KUKAR),
        ),
    )
    done, seen = played(made, name)
    assert done.problems == ()
    assert abs(seen.duration - 6) < MOST_LENGTH_S
    assert [seen.colour(at) for at in (0.5, 2.8, 3.1, 4.8, 5.1, 5.9)] == [
        HUB, HUB, KUKAR, KUKAR, HUB, HUB,
    ]  # fmt: skip
    flashes, beeps = seen.flashes(), seen.beeps()
    assert flashes == pytest.approx([1.0, 3.48], abs=MOST_OFFSET_S)
    assert beeps == pytest.approx(flashes, abs=MOST_OFFSET_S)
    titles = ["Pembukaan", "Sambutan Bupati"]
    assert [title for _, title in seen.chapters] == titles
    assert [at for at, _ in seen.chapters] == pytest.approx([0.0, 3.0], abs=0.05)
    assert seen.title == made.sheet.title


def test_names_items_and_the_clock_stand_in_it(made: Made) -> None:
    made.file(HUB, 4)
    made.tells(markers=(Marker(at=BEGAN + 2000, title="Pembukaan oleh Gubernur", room=HUB),))
    _, seen = played(made)
    assert letters(seen.at(1.0), NAME) > 300
    assert letters(seen.at(3.0), ITEM, 90) > 100
    assert (seen.colour(1, x=0.1, y=0.86), seen.colour(3, x=0.1, y=0.86)) == (HUB, "")
    clocks = [seen.at(at)[CLOCK].astype(int) for at in (0.5, 0.9, 1.5)]
    assert letters(seen.at(0.5), CLOCK) > 100
    assert np.abs(clocks[0] - clocks[1]).max() < 40
    assert np.abs(clocks[0] - clocks[2]).max() > 100  # 09:12:40, 09:12:41


def test_two_rooms_side_by_side_and_the_hub_alone(made: Made) -> None:
    made.file(HUB, 6, beeps=[4.5])
    made.file(KUKAR, 6, beeps=[1.0, 5.0])
    made.file(PASER, 6, beeps=[5.5])
    made.tells(
        notes=(floor(0, KUKAR), floor(2, KUKAR, beside=PASER), floor(4, "", black=True)),
    )
    _, seen = played(made)
    assert seen.colour(1) == KUKAR
    assert (seen.colour(3, x=0.25, y=0.4), seen.colour(3, x=0.75, y=0.4)) == (KUKAR, PASER)
    assert seen.colour(5) == HUB
    # What the halls said meanwhile was heard by nobody.
    assert seen.beeps() == pytest.approx([1.0, 4.5], abs=MOST_OFFSET_S)


def test_a_room_without_a_picture_is_named_and_heard(made: Made) -> None:
    made.file(PASER, 4, size=None, beeps=[2.0])
    made.file(HUB, 1)
    made.tells(notes=(floor(0, PASER),))
    _, seen = played(made)
    assert seen.colour(2) == ""
    assert letters(seen.at(2.0), (slice(150, 220), slice(120, 520))) > 500
    assert seen.beeps() == pytest.approx([2.0], abs=MOST_OFFSET_S)


def test_a_picture_that_ends_makes_room_for_the_name(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vicon.programme.source.FRESH_S", 1.0)
    made.file(HUB, 2)
    made.file(HUB, 1.5, after=5)
    _, seen = played(made)
    assert [seen.colour(at) for at in (1, 2.5, 3.5, 4.5, 5.5)] == [HUB, HUB, "", HUB, HUB]


def test_files_that_are_cut_off_are_used_as_far_as_they_play(made: Made) -> None:
    path = made.file(HUB, 6, beeps=[1.0])
    made.file(KUKAR, 6, beeps=[5.0])
    broken = made.file(PASER, 6)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    broken.write_bytes(b"no film at all" * 100)
    gone = made.file(PASER, 2)
    gone.unlink()
    done, seen = played(made)
    assert abs(seen.duration - 6) < MOST_LENGTH_S
    assert seen.colour(1) == HUB
    assert seen.beeps() == pytest.approx([1.0, 5.0], abs=MOST_OFFSET_S)
    said = {problem.file: problem.words.en for problem in done.problems}
    assert said.keys() == {path.name, broken.name, gone.name}
    assert "of 0:06 can be played" in said[path.name]
    assert said[broken.name] == "it cannot be played"
    assert said[gone.name] == "the file is not there"


def test_damage_within_a_file_is_told_and_the_rest_is_there(made: Made) -> None:
    path = made.file(HUB, 6, beeps=[5.0], size=(640, 360))
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 200] = bytes(200)
    path.write_bytes(data)
    done, seen = played(made)
    assert abs(seen.duration - 6) < MOST_LENGTH_S
    assert seen.colour(1) == HUB
    assert seen.colour(5.9) == HUB
    assert seen.beeps() == pytest.approx([5.0], abs=MOST_OFFSET_S)
    assert len(done.problems) < 2


def test_a_file_that_the_sheet_does_not_know_says_itself_when_it_began(made: Made) -> None:
    made.file(HUB, 4)
    made.file(KUKAR, 3, after=1, flashes=[1.0])
    made.tells(parts=made.sheet.parts[:1], notes=(floor(1, KUKAR),))
    done, seen = played(made)
    assert done.problems == ()
    assert seen.colour(1.5) == KUKAR
    assert seen.flashes() == pytest.approx([2.0], abs=MOST_OFFSET_S)


def test_where_nothing_plays_there_is_no_film(made: Made) -> None:
    path = made.file(HUB, 1)
    path.write_bytes(b"")
    with pytest.raises(NothingRecorded) as raised:
        played(made)
    assert [problem.file for problem in raised.value.problems] == [path.name]
    assert [entry.name for entry in made.place.iterdir()] == [path.name, SHEET]


@pytest.mark.parametrize("wrong", [KeyboardInterrupt, OSError])
def test_what_is_interrupted_leaves_nothing(made: Made, wrong: type[BaseException]) -> None:
    made.file(HUB, 4)
    before = sorted(made.place.iterdir())

    def tell(done: float, total: float) -> None:
        if done > 1:
            raise wrong

    with pytest.raises(wrong):
        compose(made.place, made.sheet, made.place / "film.mp4", LOOK, "id", tell)
    assert sorted(made.place.iterdir()) == before


def test_an_old_film_stays_until_the_new_one_is_whole(made: Made) -> None:
    made.file(HUB, 1)
    out = made.place / "film.mp4"
    out.write_bytes(b"old")

    def tell(done: float, total: float) -> None:
        assert out.read_bytes() == b"old"

    compose(made.place, made.sheet, out, LOOK, "id", tell)
    assert Film(out).duration == pytest.approx(1, abs=MOST_LENGTH_S)


def test_recordings_of_before_these_fields_still_make_a_film(made: Made) -> None:
    made.file(HUB, 3)
    made.file(KUKAR, 3)
    made.tells(notes=(floor(1, KUKAR),), markers=(Marker(at=BEGAN, title="Pembukaan"),))
    plain = msgspec.json.decode((made.place / SHEET).read_bytes())
    for name in ("timezone_label", "beside", "black"):
        del plain[name]
    for note in plain["notes"]:
        del note["beside"], note["black"]
    del plain["markers"][0]["room"]
    (made.place / SHEET).write_bytes(msgspec.json.encode(plain))
    made.sheet = read_sheet(made.place)
    _, seen = played(made)
    assert [seen.colour(at) for at in (0.5, 2)] == [HUB, KUKAR]
    assert letters(seen.at(2.0), CLOCK) > 100


def test_pictures_of_odd_shapes_and_changing_sizes(made: Made) -> None:
    made.file(HUB, 2, size=(322, 242))
    made.file(HUB, 2, after=2, size=(182, 102))
    _, seen = played(made, look=Look(width=854, height=480, fps=30))
    assert seen.at(1.0).shape == (480, 854, 3)
    assert (seen.colour(1), seen.colour(3)) == (HUB, HUB)
    assert seen.colour(1, x=0.02) == ""  # it keeps its shape


def test_a_device_that_takes_over_is_seen_while_the_former_still_sends(made: Made) -> None:
    made.file(HUB, 4)
    made.file(HUB, 4, after=2, like=PASER)
    _, seen = played(made)
    assert [seen.colour(at) for at in (1, 1.9, 2.1, 5.5)] == [HUB, HUB, PASER, PASER]
    assert abs(seen.duration - 6) < MOST_LENGTH_S


def test_h264_in_matroska(made: Made) -> None:
    made.file(HUB, 4, codec="h264", flashes=[1.0], beeps=[1.0])
    done, seen = played(made)
    assert done.problems == ()
    assert (seen.colour(0.5), seen.colour(3.5)) == (HUB, HUB)
    assert seen.flashes() == pytest.approx(seen.beeps(), abs=MOST_OFFSET_S)


def test_memory_does_not_grow_with_what_nobody_sees(made: Made) -> None:
    """A room that is not shown keeps no more than what lies between two key frames."""
    made.file(KUKAR, 20)
    found, _ = pieces(made.place, made.sheet)
    most = 0
    with Rooms(found, lambda room, start, block: None) as rooms:
        for step in range(100):
            rooms.read(step * 0.2, (step + 1) * 0.2)
            (one,) = rooms._open
            most = max(most, len(one.reader._waiting))
        assert rooms.picture(KUKAR, 19.9) is not None
    assert most < (2 + 1.5) * 25
