"""A mark is read after every ordeal that a trial puts it through, and never where none is."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.measure.marks import KINDS, decoded, ghosts, worn
from vicon.measure import picture, testclip
from vicon.measure.encode import Clip
from vicon.measure.picture import Luma, fidelity, read


@lru_cache(maxsize=1)
def clip() -> Clip:
    return testclip.make()


@lru_cache(maxsize=1)
def source() -> list[tuple[int, Luma]]:
    return decoded(clip())


def test_every_frame_of_every_version_is_read() -> None:
    assert len(source()) == 3 * testclip.SECONDS * testclip.FPS
    assert [read(luma) for _, luma in source()] == [mark for mark, _ in source()]


def test_worn_pictures_are_read_or_left() -> None:
    found = [(mark, read(luma)) for mark, luma in worn(source(), 1500, 2)]
    assert all(seen in (mark, None) for mark, seen in found)
    assert sum(seen is not None for _, seen in found) > 1450


def test_nothing_is_read_where_no_mark_is() -> None:
    kinds = set()
    for kind, luma, may in ghosts(source(), 3000, 3):
        seen = read(luma)
        assert seen is None or seen in may, (kind, seen, may)
        kinds.add(kind)
    assert kinds == set(KINDS)


def test_no_mark_lies_between_two_others() -> None:
    """So that no mixture of two can be read as a third: for all pairs of all marks."""
    words = np.array([picture.word(mark) for mark in range(picture.MARKS)], np.uint32)
    apart = np.bitwise_count(words[:, None] ^ words[None, :])[~np.eye(picture.MARKS, dtype=bool)]
    assert set(apart.tolist()) == {12, 16, 20}
    light = np.bitwise_count(words)
    assert (light.min(), light.max()) == (8, 24)


@given(st.integers(0, picture.MARKS - 1), st.integers(0, 39))
def test_one_wrong_cell_is_no_reading(mark: int, cell: int) -> None:
    luma = np.full((180, 320), 120, np.uint8)
    for row, values in enumerate(picture.cells(mark)):
        for column, light in enumerate(values):
            flipped = row * 20 + column == cell
            luma[15 * row : 15 * row + 15, 16 * column : 16 * column + 16] = (
                232 if light != flipped else 24
            )
    assert read(luma) is None


@pytest.mark.parametrize("size", [(10, 10), (180, 20), (1, 500)])
def test_a_picture_too_small_is_no_reading(size: tuple[int, int]) -> None:
    assert read(np.zeros(size, np.uint8)) is None


def test_fidelity_falls_with_the_bit_rate() -> None:
    by_height = {luma.shape[0]: fidelity(mark, luma) for mark, luma in source() if mark == 30}
    assert by_height[720].psnr_db > by_height[360].psnr_db > by_height[180].psnr_db > 20
    assert by_height[720].ssim > by_height[360].ssim > by_height[180].ssim > 0.5
    whole = picture.scaled(picture.draw(30), 320, 180)
    assert fidelity(30, whole).psnr_db == 60
    assert fidelity(31, whole).psnr_db < 40


def test_versions_fit_their_rates() -> None:
    for video, (_, _, bits, _) in zip(clip().videos, testclip.SIZES, strict=True):
        sent = sum(len(frame.data) for frame in video.frames) * 8 / testclip.SECONDS
        assert 0.7 * bits < sent < 1.1 * bits
        assert [f.at for f in video.frames] == [f.at for f in clip().videos[0].frames]
        assert sum(frame.key for frame in video.frames) == testclip.SECONDS
    assert max(len(f.data) for f in clip().videos[0].frames) < 6000


def test_the_clip_is_kept_and_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    first = testclip.load(folder)
    (path,) = folder.iterdir()
    assert testclip.load(folder) == first
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert testclip.load(folder) == first
    assert len(list(folder.iterdir())) == 1
