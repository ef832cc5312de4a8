"""The moving picture and the voice of a made clip: pure arrays, the same for the same arguments.

Smooth on purpose: a detailed picture would not fit the bit rate that a hall's link may have.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.uint8]
Samples = npt.NDArray[np.int16]

SAMPLE_RATE = 48_000
"""Hz; the only rate of Opus in RTP (RFC 7587, section 4.1)."""

_GLYPHS = {
    "0": "01110 10001 10011 10101 11001 10001 01110",
    "1": "00100 01100 00100 00100 00100 00100 01110",
    "2": "01110 10001 00001 00110 01000 10000 11111",
    "3": "11110 00001 00001 01110 00001 00001 11110",
    "4": "00010 00110 01010 10010 11111 00010 00010",
    "5": "11111 10000 11110 00001 00001 10001 01110",
    "6": "00110 01000 10000 11110 10001 10001 01110",
    "7": "11111 00001 00010 00100 01000 01000 01000",
    "8": "01110 10001 10001 01110 10001 10001 01110",
    "9": "01110 10001 10001 01111 00001 00010 01100",
    ".": "00000 00000 00000 00000 00000 01100 01100",
}
_GLYPH_PIXEL = 8
_BRIGHT, _DARK = 225, 40


def texture(width: int, height: int) -> Plane:
    """Luma of the background; its left and right edges fit, so that it may be rolled sideways."""
    x = np.arange(width) * (2 * math.pi / width)
    y = np.arange(height) * (2 * math.pi / height)
    waves = np.sin(2 * x)[None, :] * np.cos(y)[:, None] + 0.4 * np.cos(3 * x)[None, :]
    plane: Plane = (120 + 36 * waves).astype(np.uint8)
    return plane


def label(code: str) -> Plane:
    """`code` in large digits, white on dark, for the eyes of the person who rehearses. Signs that
    have no glyph are left out."""
    rows = [_GLYPHS[sign].split() for sign in code if sign in _GLYPHS]
    bits = np.zeros((9, max(1, 6 * len(rows) + 1)), np.uint8)
    for place, glyph in enumerate(rows):
        for row, dots in enumerate(glyph):
            bits[1 + row, 6 * place + 1 : 6 * place + 6] = [int(dot) for dot in dots]
    large = np.kron(bits, np.ones((_GLYPH_PIXEL, _GLYPH_PIXEL), np.uint8))
    plane: Plane = np.where(large > 0, _BRIGHT, _DARK).astype(np.uint8)
    return plane


def luma(background: Plane, sign: Plane, index: int, count: int) -> Plane:
    """Picture `index` of a loop of `count`: the background drifts, a bright bar crosses once a
    loop, the sign stands still."""
    height, width = background.shape
    shift = index * width // count
    plane = np.roll(background, -shift, axis=1)
    bar = max(8, width // 32)
    left = (shift + width // 2) % (width - bar)
    plane[:, left : left + bar] = _BRIGHT
    rows, columns = min(sign.shape[0], height), min(sign.shape[1], width)
    top, edge = (height - rows) // 2, (width - columns) // 2
    plane[top : top + rows, edge : edge + columns] = sign[:rows, :columns]
    return plane


def chroma(hue: float) -> tuple[int, int]:
    """The U and V of a colour; `hue` in turns, 0..1."""
    angle = hue * 2 * math.pi
    return round(128 + 46 * math.cos(angle)), round(128 + 46 * math.sin(angle))


def i420(plane: Plane, colour: tuple[int, int]) -> Plane:
    """The planes of one picture below each other, as PyAV's `yuv420p` arrays want them."""
    height, width = plane.shape
    quarter = height // 2 * width // 2 // width
    u, v = (np.full((quarter, width), value, np.uint8) for value in colour)
    picture: Plane = np.concatenate([plane, u, v])
    return picture


def voice(pitch: float, seconds: int) -> Samples:
    """Tone bursts in the rhythm of speech: four syllables a second, a breath of 0.25 s after
    every seventh. Short, so that whoever listens for half a second hears something.

    `pitch` in Hz. The loop begins and ends in silence, so that it may be repeated."""
    t = np.arange(seconds * SAMPLE_RATE) / SAMPLE_RATE
    tone = sum(np.sin(2 * math.pi * pitch * n * t) / n for n in (1, 2, 3, 4))
    syllables = np.sin(4 * math.pi * t) ** 2
    speaking = (t % 2 < 1.75).astype(np.float64)
    samples: Samples = (7_000 * tone * syllables * speaking).astype(np.int16)
    return samples
