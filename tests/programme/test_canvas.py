"""What stands on a picture of the programme, as somebody sees it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from msgspec.structs import replace

from vicon.programme.canvas import I420, Canvas
from vicon.programme.captions import Captions
from vicon.programme.scene import Caption, Scene

Bgr = npt.NDArray[np.uint8]
RED, GREEN, WHITE = (40, 40, 200), (60, 160, 40), (255, 255, 255)
SCENE = Scene(
    air="64.02",
    title="Deklarasi dan Penandatanganan Pakta Integritas",
    clock="09:12:40 WITA",
    captions={
        "64.02": Caption("Kutai Kartanegara", "Sambutan Bupati"),
        "64.71": Caption("Balikpapan"),
    },
    without="Tanpa gambar",
)


def picture(width: int, height: int, colour: tuple[int, int, int]) -> I420:
    plain = np.full((height, width, 3), colour, np.uint8)
    return np.asarray(cv2.cvtColor(plain, cv2.COLOR_BGR2YUV_I420), np.uint8)


def seen(canvas: Canvas, scene: Scene, pictures: Mapping[str, I420 | None]) -> Bgr:
    drawn = canvas.draw(scene, pictures)
    assert drawn.shape == (canvas.height * 3 // 2, canvas.width)
    return np.asarray(cv2.cvtColor(drawn, cv2.COLOR_YUV2BGR_I420), np.uint8)


def near(drawn: Bgr, x: int, y: int, colour: tuple[int, int, int]) -> bool:
    found = drawn[y, x].astype(int)
    return bool(np.abs(found - colour).max() < 12)


def bright(drawn: Bgr) -> int:
    """Pixels of letters."""
    return int((drawn.min(axis=2) > 150).sum())


def test_a_picture_fills_the_canvas_and_its_name_stands_below() -> None:
    drawn = seen(Canvas(1280, 720), SCENE, {"64.02": picture(640, 360, RED)})
    assert near(drawn, 640, 360, RED)
    assert near(drawn, 2, 2, RED)
    assert bright(drawn[600:700, 24:600]) > 1000
    assert bright(drawn[20:70, 1000:1270]) > 300
    assert bright(drawn[100:550]) == 0


def test_a_picture_of_another_shape_keeps_it() -> None:
    plain = replace(SCENE, captions={}, clock="")
    drawn = seen(Canvas(1280, 720), plain, {"64.02": picture(320, 240, RED)})
    inside = [x for x in range(1280) if near(drawn, x, 360, RED)]
    assert inside[-1] - inside[0] + 1 == pytest.approx(960, abs=4)
    assert inside[0] == pytest.approx(160, abs=4)


def test_two_rooms_stand_side_by_side_each_with_its_name() -> None:
    both = {"64.02": picture(1280, 720, RED), "64.71": picture(320, 180, GREEN)}
    drawn = seen(Canvas(1280, 720), replace(SCENE, beside="64.71"), both)
    assert near(drawn, 320, 300, RED)
    assert near(drawn, 960, 300, GREEN)
    assert bright(drawn[450:540, :636]) > 500
    assert bright(drawn[450:540, 644:]) > 500
    assert not near(drawn, 640, 360, RED)
    assert not near(drawn, 640, 360, GREEN)


@pytest.mark.parametrize("pictures", [{}, {"64.02": None}])
def test_a_room_without_a_picture_is_a_slate_with_its_name(
    pictures: dict[str, I420 | None],
) -> None:
    drawn = seen(Canvas(1280, 720), SCENE, pictures)
    assert bright(drawn[300:420, 300:980]) > 1000
    without = seen(Canvas(1280, 720), replace(SCENE, captions={}), pictures)
    assert bright(without[300:420, 300:980]) < bright(drawn[300:420, 300:980]) / 2


def test_a_black_programme_shows_the_title_and_no_room() -> None:
    black = replace(SCENE, black=True, notice="Sesi belum dimulai")
    drawn = seen(Canvas(1280, 720), black, {"64.02": picture(640, 360, RED)})
    assert not (np.abs(drawn.astype(int) - RED).max(axis=2) < 40).any()
    assert bright(drawn[280:440]) > 1000
    assert bright(drawn[20:70, 1000:1270]) > 300
    nobody = seen(Canvas(1280, 720), replace(black, black=False, air=None), {})
    assert (nobody == drawn).all()


def test_the_clock_shows_each_second_and_stays_where_it_is() -> None:
    canvas = Canvas(1280, 720)
    clocks = [f"09:12:{second:02} WITA" for second in range(4)]
    shots = [seen(canvas, replace(SCENE, clock=clock, air=None), {}) for clock in clocks]
    for before, after in pairwise(shots):
        rows, columns = np.nonzero((before != after).any(axis=2))
        assert len(rows)
        assert columns.max() - columns.min() < 30  # one figure alone
        assert rows.max() < 80


@pytest.mark.parametrize("size", [(640, 360), (1920, 1080), (854, 480), (360, 640)])
def test_all_sizes_hold_their_words(size: tuple[int, int]) -> None:
    both = {"64.02": picture(640, 360, RED), "64.71": None}
    for scene in (SCENE, replace(SCENE, beside="64.71"), replace(SCENE, black=True)):
        drawn = seen(Canvas(*size), scene, dict(both))
        assert bright(drawn) > 100
        edges = (drawn[:2], drawn[-2:], drawn[:, :2], drawn[:, -2:])
        assert all(bright(edge) == 0 for edge in edges)


def test_a_canvas_refuses_what_it_cannot_be() -> None:
    for size in ((641, 360), (640, 361), (32, 18)):
        with pytest.raises(ValueError, match="canvas"):
            Canvas(*size)


def test_a_long_name_is_never_cut() -> None:
    captions = Captions()
    name = "Kabupaten Penajam Paser Utara dan Kabupaten Kutai Kartanegara"
    whole = captions.text(name, 32, width=4000)
    smaller = captions.text(name, 32, width=whole.shape[1] - 60)
    assert smaller.shape[1] <= whole.shape[1] - 60
    assert smaller.shape[0] < whole.shape[0]
    lines = captions.text(name, 32, width=whole.shape[1] // 2)
    assert lines.shape[0] > 1.5 * smaller.shape[0]
    ink = lines.astype(int).sum() / whole.astype(int).sum()
    assert ink == pytest.approx((24 / 32) ** 2, rel=0.15)  # all letters, smaller


def test_words_are_set_once() -> None:
    captions = Captions()
    assert captions.text("Paser", 24, width=300) is captions.text("Paser", 24, width=300)
    for number in range(300):
        captions.clock(f"09:{number // 60:02}:{number % 60:02} WITA", 20)
    assert captions.text("Paser", 24, width=300) is captions.text("Paser", 24, width=300)
