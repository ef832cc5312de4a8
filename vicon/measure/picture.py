"""The marked test picture: a number in large cells that survive a poor line, over a moving scene
that makes an encoder work. The only file of vicon.measure that uses OpenCV.

The band on top (a sixth of the height) has two rows of 20 cells:

    row 0:  D L  w0  w1  .. w15  L D
    row 1:  L D  w16 w17 .. w31  D L

D and L: dark and light, which say what dark and light have become on the way. w: the word of the
mark, 0..1023, by the dual of the BCH code that corrects two errors (MacWilliams and Sloane, 1977,
chapter 15): with u and v the low and high five bits of the mark, cell x shows Tr(u x + v x^3) over
GF(32), turned over where _TURNED says. Two words differ in 12, 16 or 20 cells. As 20 is less than
twice 12, no word lies between two others: a band of which a part is already the next frame's can
never show a third mark. A cell that is neither dark nor light, or cells that are no word, and there
is no reading. web_client/src/trial/mark.ts reads the same.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Luma = NDArray[np.uint8]

COLUMNS, ROWS, BITS = 20, 2, 10
BAND = 6
"""The band is one part in so many of the height."""
MARKS = 1 << BITS
DARK, LIGHT = 24, 232
WIDTH, HEIGHT = 1280, 720
_GUARD = 0.3
"""A cell is dark below this share of the way from dark to light, light above the rest of it."""
_LEAST_CONTRAST = 40
_FIELD = 0b100101
"""GF(32): x^5 + x^2 + 1."""
_TURNED = 0x00056542
"""Cell x is turned over where bit x is set: so each word has 8 to 24 light cells, and a band that
is plain beside its reference cells is no word."""
_SEED = 20200925


class Fidelity(Struct, frozen=True, kw_only=True):
    """A received scene beside what was sent."""

    psnr_db: float
    """At most 60."""
    ssim: float
    """Mean structural similarity (Wang et al., 2004: 11 x 11 Gaussian window, sigma 1.5)."""


def _times(a: int, b: int) -> int:
    """Product in GF(32)."""
    product = 0
    for place in range(5):
        product ^= a << place if b >> place & 1 else 0
    for place in range(8, 4, -1):
        product ^= _FIELD << place - 5 if product >> place & 1 else 0
    return product


def _trace(a: int) -> int:
    total = 0
    for _ in range(5):
        total ^= a
        a = _times(a, a)
    return total


def word(mark: int) -> int:
    """The 32 cells of a mark, bit x for cell x, 1 for light. Raises ValueError for a mark out of
    range."""
    if not 0 <= mark < MARKS:
        raise ValueError(f"a mark is 0..{MARKS - 1}")
    low, high = mark & 31, mark >> 5
    value = 0
    for x in range(32):
        cube = _times(x, _times(x, x))
        value |= _trace(_times(low, x) ^ _times(high, cube)) << x
    return value ^ _TURNED


@lru_cache(maxsize=1)
def _marks() -> dict[int, int]:
    """The mark of each word."""
    return {word(mark): mark for mark in range(MARKS)}


@lru_cache(maxsize=512)
def cells(mark: int) -> tuple[tuple[bool, ...], tuple[bool, ...]]:
    """Both rows, true for light. Raises ValueError for a mark out of range."""
    shown = tuple(bool(word(mark) >> x & 1) for x in range(32))
    first = (False, True, *shown[:16], True, False)
    second = (True, False, *shown[16:], False, True)
    return first, second


def draw(mark: int) -> Luma:
    """The whole picture at 1280 x 720; scale it down for smaller versions."""
    picture = scene(mark)
    height = HEIGHT // BAND // ROWS
    width = WIDTH // COLUMNS
    for row, values in enumerate(cells(mark)):
        for column, light in enumerate(values):
            top, left = row * height, column * width
            picture[top : top + height, left : left + width] = LIGHT if light else DARK
    return picture


def scaled(picture: Luma, width: int, height: int) -> Luma:
    if picture.shape == (height, width):
        return picture
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


@lru_cache(maxsize=1)
def _texture() -> NDArray[np.float32]:
    """Soft noise of several sizes that joins at its left and right edge."""
    rng = np.random.default_rng(_SEED)
    total = np.zeros((HEIGHT, WIDTH), np.float32)
    for cell, strength in ((160, 46.0), (40, 24.0), (10, 9.0)):
        coarse = rng.standard_normal((HEIGHT // cell + 2, WIDTH // cell)).astype(np.float32)
        joined = np.concatenate([coarse, coarse[:, :2]], axis=1)
        size = (WIDTH + 2 * cell, (HEIGHT // cell + 2) * cell)
        total += strength * cv2.resize(joined, size, interpolation=cv2.INTER_CUBIC)[:HEIGHT, :WIDTH]
    return total


def scene(mark: int) -> Luma:
    """What moves below the band, at 1280 x 720: the texture drifts, a plate and a disc cross it."""
    base = np.roll(_texture(), -6 * mark, axis=1) + 118
    picture = np.clip(base, 20, 236).astype(np.uint8)
    left = 11 * mark % (WIDTH + 240) - 240
    cv2.rectangle(picture, (left, 430), (left + 240, 560), 205, -1)
    for line in range(3):
        y = 455 + 36 * line
        cv2.rectangle(picture, (left + 20, y), (left + 60 + 50 * line, y + 12), 40, -1)
    angle = 2 * np.pi * (mark % 80) / 80
    centre = (int(640 + 420 * np.cos(angle)), int(330 + 150 * np.sin(angle)))
    cv2.circle(picture, centre, 60, 52, -1, cv2.LINE_AA)
    cv2.circle(picture, centre, 36, 214, -1, cv2.LINE_AA)
    return picture


def read(luma: Luma) -> int | None:
    """The mark of a received picture in grey, of any size; None when it cannot be read surely."""
    if luma.ndim != 2 or luma.shape[0] < ROWS * BAND * 2 or luma.shape[1] < COLUMNS * 2:
        return None
    band = luma[: luma.shape[0] // BAND]
    # Of each cell the middle: its edges bleed.
    small = cv2.resize(band, (COLUMNS * 4, ROWS * 4), interpolation=cv2.INTER_AREA)
    middles = small.reshape(ROWS, 4, COLUMNS, 4)[:, 1:3, :, 1:3].mean(axis=(1, 3))
    return _decode(middles)


def _decode(middles: NDArray[np.float64]) -> int | None:
    dark = (middles[0, 0], middles[0, 19], middles[1, 1], middles[1, 18])
    light = (middles[0, 1], middles[0, 18], middles[1, 0], middles[1, 19])
    low, high = float(max(dark)), float(min(light))
    if high - low < _LEAST_CONTRAST:
        return None
    floor, span = float(np.mean(dark)), float(np.mean(light)) - float(np.mean(dark))
    share = (middles[:, 2:18] - floor) / span
    if bool(((share > _GUARD) & (share < 1 - _GUARD)).any()):
        return None
    shown = (share > 0.5).reshape(-1)
    return _marks().get(sum(1 << x for x in range(32) if shown[x]))


def fidelity(mark: int, luma: Luma) -> Fidelity:
    """How like the scene of `mark` a received picture is (the band left out). Raises ValueError
    for a picture too small to compare."""
    height, width = luma.shape
    if height < 36 or width < 64:
        raise ValueError("too small to compare")
    top = -(-height // BAND)
    sent = scaled(draw(mark), width, height)[top:].astype(np.float64)
    came = luma[top:].astype(np.float64)
    error = float(np.mean((sent - came) ** 2))
    psnr = 60.0 if error == 0 else min(60.0, 10 * float(np.log10(255**2 / error)))
    return Fidelity(psnr_db=psnr, ssim=_ssim(sent, came))


def fidelity_of_grey(mark: int, grey: bytes, width: int, height: int) -> Fidelity:
    """The same of grey bytes of full range, row by row. Raises ValueError when they do not fit."""
    if len(grey) != width * height or not 0 <= mark < MARKS:
        raise ValueError("the picture does not fit its size")
    full = np.frombuffer(grey, np.uint8).reshape(height, width).astype(np.float32)
    return fidelity(mark, np.rint(16 + full * (219 / 255)).astype(np.uint8))


def _ssim(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    def blur(plane: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(cv2.GaussianBlur(plane, (11, 11), 1.5), np.float64)

    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    mean_a, mean_b = blur(a), blur(b)
    var_a, var_b = blur(a * a) - mean_a**2, blur(b * b) - mean_b**2
    both = blur(a * b) - mean_a * mean_b
    top = (2 * mean_a * mean_b + c1) * (2 * both + c2)
    bottom = (mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2)
    return float(np.mean(top / bottom))
