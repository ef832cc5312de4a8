"""Pictures of a hall's camera, drawn: a front with lectern, flags, people; and what goes wrong."""

from __future__ import annotations

from functools import cache

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from vicon.measure.encode import VIDEO_RATE, Frame, encode_video
from vicon.measure.report import Collected

Colour = NDArray[np.uint8]
WIDTH, HEIGHT, FPS = 1280, 720, 15


def hall(moment: int = 0, light: float = 1.0) -> Colour:
    """A still hall with five heads, one of which nods."""
    picture = np.full((HEIGHT, WIDTH, 3), (150, 165, 175), np.uint8)
    cv2.rectangle(picture, (0, 520), (WIDTH, HEIGHT), (70, 85, 110), -1)
    cv2.rectangle(picture, (80, 120), (120, 520), (40, 40, 190), -1)
    cv2.rectangle(picture, (1130, 120), (1170, 520), (240, 240, 240), -1)
    cv2.rectangle(picture, (560, 380), (720, 640), (40, 70, 110), -1)
    cv2.putText(picture, "DEKLARASI", (400, 220), cv2.FONT_HERSHEY_SIMPLEX, 3, (30, 30, 120), 8)
    for index in range(5):
        x, nod = 180 + 230 * index, int(8 * np.sin(moment / 4)) if index == 2 else 0
        cv2.circle(picture, (x, 420 + nod), 46, (120, 150, 190), -1)
        cv2.rectangle(picture, (x - 60, 470), (x + 60, 640), (60 + 30 * index, 60, 90), -1)
        cv2.circle(picture, (x - 15, 412 + nod), 5, (20, 20, 20), -1)
        cv2.circle(picture, (x + 15, 412 + nod), 5, (20, 20, 20), -1)
    return np.asarray(np.clip(picture * light, 0, 255), np.uint8)


@cache
def _grain(sigma: float) -> NDArray[np.int16]:
    rng = np.random.default_rng(1)
    return np.rint(rng.standard_normal(HEIGHT * WIDTH * 3) * sigma).astype(np.int16)


def noisy(picture: Colour, moment: int, sigma: float = 2.0) -> Colour:
    """A sensor's noise: other in each moment, though it is drawn once and moved."""
    grain = np.roll(_grain(sigma), 104_729 * moment).reshape(picture.shape)
    return np.asarray(np.clip(picture + grain, 0, 255), np.uint8)


def filmed(name: str, seconds: float = 4.0) -> list[Colour]:
    """`name`: hall, still, dim, dark, black, frozen, blurred, bright, covered, beep."""
    count = int(seconds * FPS)
    return [_one(name, i) for i in range(count)]


def _one(name: str, i: int) -> Colour:
    if name == "hall":
        return noisy(hall(i), i)
    if name == "still":
        return noisy(hall(0), i)
    if name == "dim":
        return noisy(hall(i, 0.45), i, 4.0)
    if name == "dark":
        return noisy(hall(i, 0.14), i)
    if name == "black":
        return np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    if name == "frozen":
        return noisy(hall(0), 0)
    if name == "blurred":
        return noisy(np.asarray(cv2.GaussianBlur(hall(i), (0, 0), 14), np.uint8), i)
    if name == "bright":
        return noisy(np.asarray(np.clip(hall(i).astype(float) * 1.9, 0, 255), np.uint8), i)
    if name == "covered":
        return noisy(np.full((HEIGHT, WIDTH, 3), (18, 20, 34), np.uint8), i, 3.0)
    if name == "beep":
        return _beep(i)
    raise ValueError(name)


def _beep(i: int) -> Colour:
    """Like a browser's fake camera: one colour, a disc that goes round, a clock."""
    picture = np.full((HEIGHT, WIDTH, 3), (40, 180, 40), np.uint8)
    cv2.ellipse(picture, (200, 200), (120, 120), 0, 0, 6 * i % 360, (30, 120, 250), -1)
    where, white = (40, 640), (255, 255, 255)
    cv2.putText(picture, f"0:00:{i:03d}", where, cv2.FONT_HERSHEY_SIMPLEX, 2, white, 4)
    return picture


def sent(pictures: list[Colour], bits: int = 1_000_000) -> Collected:
    """As it comes over the line: VP8."""
    timed = (
        (i * VIDEO_RATE // FPS, av.VideoFrame.from_ndarray(p, format="bgr24").reformat(
            format="yuv420p"))
        for i, p in enumerate(pictures)
    )  # fmt: skip
    frames: tuple[Frame, ...] = encode_video(timed, WIDTH, HEIGHT, bits, FPS).frames
    return Collected(
        frames=[frame.data for frame in frames],
        frame_ms=[frame.at / 90 for frame in frames],
        packets=[],
        width=WIDTH,
        height=HEIGHT,
        sent_offset_ms=0.0,
    )
