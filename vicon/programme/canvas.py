"""A scene as a picture in yuv420p: the pictures on air letterboxed, names and clock over them.

Pictures come and go as I420, the three planes one below the other in one array of shape
(3 * height / 2, width), uint8, of the limited range (BT.601): as PyAV's to_ndarray("yuv420p") gives
them and VideoFrame.from_ndarray(..., "yuv420p") takes them. Width and height are even.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from vicon.programme.captions import NORMAL, STRONG, Alpha, Captions, Kept
from vicon.programme.overlay import INK, INK_2, PLATE, Overlay, Planes, planes, plate, yuv
from vicon.programme.scene import Scene, shown

I420: TypeAlias = npt.NDArray[np.uint8]
STAGE, SURFACE = yuv("#05080b"), yuv("#11171e")
"""Behind everything, and of a slate."""
LEAST_SIDE = 64


class Box(NamedTuple):
    """Pixels; all even."""

    x: int
    y: int
    width: int
    height: int


class Canvas:
    """Not for several threads at once. Of 1280 x 720 one scene takes 1 to 2 ms, a text that is new
    some 50 ms more."""

    def __init__(self, width: int, height: int, captions: Captions | None = None) -> None:
        """Pixels, both even and at least LEAST_SIDE. Raises ValueError."""
        if width % 2 or height % 2 or min(width, height) < LEAST_SIDE:
            raise ValueError(f"a canvas of {width} x {height}")
        self.width, self.height = width, height
        self._captions = captions if captions is not None else Captions()
        self._picture: I420 = np.empty((3 * height // 2, width), np.uint8)
        self._planes = planes(self._picture)
        self._plates: Kept[Overlay] = Kept(64)
        self._unit = height / 720
        self._margin = _even(24 * self._unit)

    def draw(self, scene: Scene, pictures: Mapping[str, I420 | None]) -> I420:
        """`pictures` by room, I420 of any even size; None or not there: a slate with the room's
        name. What comes back belongs to the canvas and holds until the next call."""
        for plane, value in zip(self._planes, STAGE, strict=True):
            plane[:] = value
        rooms = shown(scene)
        if not rooms:
            self._slate(Box(0, 0, self.width, self.height), scene.title, scene.notice, fill=False)
        for code, box in zip(rooms, self._boxes(len(rooms)), strict=True):
            picture = pictures.get(code)
            if picture is None:
                self._slate(box, self._name(scene, code), scene.without)
                continue
            self._lower_third(scene, code, box, _fit(picture, self._planes, box))
        self._over(scene, notice=bool(rooms))
        return self._picture

    def _boxes(self, count: int) -> list[Box]:
        if count < 2:
            return [Box(0, 0, self.width, self.height)][:count]
        gap = _even(8 * self._unit)
        width = (self.width - gap) // 4 * 2
        height = min(self.height, _even(width * 9 / 16))
        y = (self.height - height) // 4 * 2
        return [Box(0, y, width, height), Box(self.width - width, y, width, height)]

    def _name(self, scene: Scene, code: str) -> str:
        caption = scene.captions.get(code)
        return caption.name if caption is not None else ""

    def _slate(self, box: Box, title: str, under: str, *, fill: bool = True) -> None:
        if fill:
            for plane, value, half in zip(self._planes, SURFACE, (1, 2, 2), strict=True):
                _part(plane, box, half)[:] = value
        width = box.width - 2 * self._margin
        size = self._size(48 if box.width > 0.6 * self.width else 32)
        small = self._size(24 if box.width > 0.6 * self.width else 20)
        lines = [(title, size, STRONG, INK), (under, small, NORMAL, INK_2)]
        made = self._plates.take(
            ("slate", title, under, size, width),
            lambda: plate(
                [
                    (self._captions.text(words, of, width=width, weight=weight, centred=True), ink)
                    for words, of, weight, ink in lines
                    if words
                ],
                padding=0,
                gap=self._size(12),
                ground=None,
                centred=True,
            ),
        )
        made.onto(
            self._planes,
            _middle(box.x, box.width, made.width),
            _middle(box.y, box.height, made.height),
        )

    def _lower_third(self, scene: Scene, code: str, box: Box, picture: Box) -> None:
        caption = scene.captions.get(code)
        if caption is None or not caption.name:
            return
        inner = min(box.width, self.width * 2 // 3) - 4 * self._margin
        single = box.width > 0.6 * self.width
        lines = [
            (caption.name, self._size(32 if single else 24), STRONG, INK),
            (caption.line, self._size(20 if single else 18), NORMAL, INK_2),
        ]
        made = self._plates.take(
            ("third", caption, inner, single),
            lambda: plate(
                [
                    (self._captions.text(words, of, width=inner, weight=weight), ink)
                    for words, of, weight, ink in lines
                    if words
                ],
                padding=self._size(12),
                gap=self._size(2),
                ground=PLATE,
            ),
        )
        right = box.x + box.width - self._margin - made.width
        made.onto(
            self._planes,
            min(picture.x + self._margin, right),
            picture.y + picture.height - self._margin - made.height,
        )

    def _over(self, scene: Scene, *, notice: bool) -> None:
        if scene.clock:
            size = self._size(22)
            made = self._plates.take(
                ("clock", scene.clock),
                lambda: plate(
                    [(self._captions.clock(scene.clock, size), INK)],
                    padding=self._size(8),
                    gap=0,
                    ground=PLATE,
                ),
            )
            made.onto(self._planes, self.width - self._margin - made.width, self._margin)
        if notice and scene.notice:
            width = self.width // 2
            made = self._plates.take(
                ("notice", scene.notice),
                lambda: plate(
                    [(self._captions.text(scene.notice, self._size(20), width=width), INK)],
                    padding=self._size(8),
                    gap=0,
                    ground=PLATE,
                ),
            )
            made.onto(self._planes, self._margin, self._margin)

    def _size(self, pixels: float) -> int:
        return max(8 if pixels > 12 else 2, round(pixels * self._unit))


def _fit(picture: I420, onto: Planes, box: Box) -> Box:
    """As large as it can be, its middle in the middle. Where it is then."""
    source = planes(picture)
    height, width = source.y.shape
    share = min(box.width / width, box.height / height)
    wide, high = min(box.width, _even(width * share)), min(box.height, _even(height * share))
    at = Box(_middle(box.x, box.width, wide), _middle(box.y, box.height, high), wide, high)
    kind = cv2.INTER_AREA if share < 1 else cv2.INTER_LINEAR
    for plane, of, half in zip(onto, source, (1, 2, 2), strict=True):
        part = _part(plane, at, half)
        if part.shape == of.shape:
            part[:] = of
        else:
            part[:] = cv2.resize(of, (part.shape[1], part.shape[0]), interpolation=kind)
    return at


def _part(plane: Alpha, box: Box, half: int) -> Alpha:
    return plane[
        box.y // half : (box.y + box.height) // half, box.x // half : (box.x + box.width) // half
    ]


def _even(value: float) -> int:
    return max(2, int(value) // 2 * 2)


def _middle(at: int, room: int, size: int) -> int:
    return at + max(0, room - size) // 4 * 2
