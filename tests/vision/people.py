"""Drawn persons in a drawn hall: plain, yet faces to the detectors."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from vicon.ports import Still, StillCodec
from vicon.vision.faces import Colour

_BIG = 256
_HEAD = 220
"""Height of the head on the big drawing."""
_SKIN, _SHADE, _DARK, _HAIR, _COAT = (
    (120, 155, 200), (85, 115, 155), (105, 138, 180), (30, 35, 45), (90, 60, 50)
)  # fmt: skip


def hall(
    persons: int, *, width: int = 1280, height: int = 720, head: int = 80, seed: int = 1
) -> Colour:
    """So many persons in rows, their heads `head` pixels high, with a sensor's noise. At most as
    many as find room."""
    picture = np.full((height, width, 3), (120, 130, 125), np.uint8)
    across = width // (2 * head)
    for n in range(persons):
        x = round((n % across + 0.5) * width / across)
        y = round((n // across + 0.6) * 2.6 * head)
        _person(picture, x, y, head)
    noise = np.random.default_rng(seed).normal(0, 4, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def _person(picture: Colour, x: int, y: int, head: int) -> None:
    """The head's middle at (x, y)."""
    face, mask = _head()
    side = round(head * _BIG / _HEAD)
    size = (side, side)
    colour = cv2.resize(face, size, interpolation=cv2.INTER_AREA)
    alpha = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
    left, top = x - side // 2, y - side // 2
    place = picture[top : top + side, left : left + side]
    part = alpha[: place.shape[0], : place.shape[1], None]
    place[:] = place * (1 - part) + colour[: place.shape[0], : place.shape[1]] * part
    middle = (x, y + round(side * 0.95))
    cv2.ellipse(picture, middle, (round(side * 0.75), round(side * 0.6)), 0, 180, 360, _COAT, -1)


def _head() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The drawing and how much of it covers what is behind, 0 to 1."""
    x = y = _BIG // 2
    face = np.empty((_BIG, _BIG, 3), np.float32)
    face[:] = _HAIR
    mask = np.zeros((_BIG, _BIG), np.float32)
    cv2.ellipse(mask, (x, y - 10), (92, 122), 0, 0, 360, (1.0,), -1)
    cv2.ellipse(face, (x, y + 8), (76, 102), 0, 0, 360, _SKIN, -1)
    for eye in (x - 34, x + 34):
        cv2.ellipse(face, (eye, y - 16), (20, 13), 0, 0, 360, _SHADE, -1)
        cv2.ellipse(face, (eye, y - 14), (14, 7), 0, 0, 360, (235, 235, 235), -1)
        cv2.circle(face, (eye, y - 14), 7, (25, 25, 30), -1)
        cv2.ellipse(face, (eye, y - 36), (20, 5), 0, 180, 360, _HAIR, 6)
    cv2.ellipse(face, (x, y + 20), (9, 24), 0, 0, 360, _DARK, -1)
    cv2.ellipse(face, (x, y + 34), (16, 8), 0, 0, 180, (75, 100, 140), -1)
    cv2.ellipse(face, (x, y + 62), (28, 9), 0, 0, 360, (80, 80, 160), -1)
    cv2.line(face, (x - 28, y + 62), (x + 28, y + 62), (50, 50, 100), 3)
    blurred = cv2.GaussianBlur(face, (0, 0), 4), cv2.GaussianBlur(mask, (0, 0), 3)
    return np.asarray(blurred[0], np.float32), np.asarray(blurred[1], np.float32)


_ENCODERS: dict[StillCodec, tuple[str, dict[str, str]]] = {
    "vp8": ("libvpx", {"deadline": "realtime", "cpu-used": "-6", "lag-in-frames": "0"}),
    "h264": ("libx264", {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline"}),
}
FPS = 15


def film(
    pictures: Sequence[Colour], codec: StillCodec = "vp8", bit_rate: int = 2_000_000
) -> list[bytes]:
    """As a call's encoder sends them, FPS a second: the first is a key frame."""
    name, options = _ENCODERS[codec]
    coder = av.VideoCodecContext.create(name, "w")
    assert isinstance(coder, av.VideoCodecContext)
    rate = {"maxrate": str(bit_rate), "minrate": str(bit_rate), "bufsize": str(bit_rate)}
    coder.options = {**options, **rate}
    coder.pix_fmt, coder.bit_rate = "yuv420p", bit_rate
    coder.time_base, coder.framerate = Fraction(1, FPS), Fraction(FPS, 1)
    coder.gop_size = 10_000
    coder.height, coder.width = pictures[0].shape[:2]
    found: list[bytes] = []
    for place, picture in enumerate(pictures):
        frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
        frame.pts = place
        found += [bytes(packet) for packet in coder.encode(frame)]
    return [*found, *(bytes(packet) for packet in coder.encode(None))]


def key_frame(picture: Colour, codec: StillCodec = "vp8") -> bytes:
    """The picture as an encoder begins with it."""
    (frame,) = film([picture], codec)
    return frame


def still(picture: Colour, codec: StillCodec = "vp8") -> Still:
    """Its key frame alone."""
    return Still(codec=codec, data=key_frame(picture, codec))
