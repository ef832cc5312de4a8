"""Words on a plate, ready to be laid over a picture in yuv420p."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from vicon.programme.captions import Alpha

Yuv: TypeAlias = tuple[int, int, int]


def yuv(colour: str) -> Yuv:
    """Of a colour as #0b0f14: Y, U, V of the limited range (BT.601)."""
    r, g, b = bytes.fromhex(colour[1:])
    return (
        round(16 + 0.2568 * r + 0.5041 * g + 0.0979 * b),
        round(128 - 0.1482 * r - 0.2910 * g + 0.4392 * b),
        round(128 + 0.4392 * r - 0.3678 * g - 0.0714 * b),
    )


INK, INK_2, PLATE = yuv("#eef2f6"), yuv("#b0bbc7"), yuv("#0b0f14")
PLATE_COVER = 230
"""Of 255: a plate lets a tenth of the picture through."""


class Planes(NamedTuple):
    """Views of one picture; y is twice as wide and high as u and v."""

    y: npt.NDArray[np.uint8]
    u: npt.NDArray[np.uint8]
    v: npt.NDArray[np.uint8]


def planes(picture: npt.NDArray[np.uint8]) -> Planes:
    """Of I420 in one array (3 * height / 2, width). Raises ValueError where it is none such."""
    rows, width = picture.shape
    if rows % 3 or width % 2:
        raise ValueError(f"no I420: {picture.shape}")
    height = rows // 3 * 2
    half = (height // 2, width // 2)
    flat = picture.reshape(-1)
    y, quarter = height * width, height * width // 4
    return Planes(
        flat[:y].reshape(height, width),
        flat[y : y + quarter].reshape(half),
        flat[y + quarter :].reshape(half),
    )


class _Layer(NamedTuple):
    """What is laid over one plane: what goes through of it, of 256, and what comes on top."""

    through: npt.NDArray[np.uint16]
    ink: npt.NDArray[np.uint16]


class Overlay:
    """Width and height are even."""

    def __init__(self, cover: Alpha, colours: Sequence[tuple[Alpha, Yuv]]) -> None:
        """`cover`: how much of the picture below is hidden; `colours`: of what is above, with
        weights which together are `cover`."""
        self.height, self.width = cover.shape
        self._layers = [
            _layer(cover, [(weight, colour[index]) for weight, colour in colours], halved=index > 0)
            for index in range(3)
        ]

    def onto(self, picture: Planes, x: int, y: int) -> None:
        """With its top left corner there (even); what does not fit is cut off."""
        for index, (plane, layer) in enumerate(zip(picture, self._layers, strict=True)):
            left, top = (x, y) if index == 0 else (x // 2, y // 2)
            part = plane[
                max(0, top) : top + layer.ink.shape[0], max(0, left) : left + layer.ink.shape[1]
            ]
            rows, columns = slice(max(0, -top), None), slice(max(0, -left), None)
            through = layer.through[rows, columns][: part.shape[0], : part.shape[1]]
            ink = layer.ink[rows, columns][: part.shape[0], : part.shape[1]]
            part[:] = (part * through + ink) >> 8


def _layer(cover: Alpha, weights: Sequence[tuple[Alpha, int]], *, halved: bool) -> _Layer:
    ink = sum(
        (weight.astype(np.float32) * value for weight, value in weights),
        np.zeros(cover.shape, np.float32),
    )
    hidden = cover.astype(np.float32)
    if halved:
        ink, hidden = _halved(ink), _halved(hidden)
    scale = 256 / 255
    through = np.rint(256 - scale * hidden)
    return _Layer(through.astype(np.uint16), np.rint(scale * ink).astype(np.uint16))


def _halved(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    height, width = values.shape
    mean: npt.NDArray[np.float32] = values.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))
    return mean


def plate(
    lines: Sequence[tuple[Alpha, Yuv]],
    *,
    padding: int,
    gap: int,
    ground: Yuv | None,
    centred: bool = False,
) -> Overlay:
    """Lines of words, one below the other. Pixels. `ground`: None, nothing behind the words."""
    width = max((words.shape[1] for words, _ in lines), default=2) + 2 * padding
    height = sum(words.shape[0] for words, _ in lines) + gap * max(0, len(lines) - 1) + 2 * padding
    shape = (height + height % 2, width + width % 2)
    behind = np.full(shape, PLATE_COVER if ground is not None else 0, np.uint8)
    colours: list[tuple[Alpha, Yuv]] = []
    cover, top = behind.copy(), padding
    for words, colour in lines:
        high, wide = words.shape
        left = (shape[1] - wide) // 2 if centred else padding
        at = slice(top, top + high), slice(left, left + wide)
        ink = np.zeros(shape, np.uint8)
        ink[at] = words
        # Letters hide the plate as the plate hides the picture.
        behind[at] = (behind[at].astype(np.uint16) * (255 - words) // 255).astype(np.uint8)
        cover[at] = ink[at] + behind[at]
        colours.append((ink, colour))
        top += high + gap
    if ground is not None:
        colours.append((behind, ground))
    return Overlay(cover, colours)
