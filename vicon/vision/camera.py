"""Is a camera's picture fit to be shown? Judged from frames as they came over the line.

The thresholds were set by the pictures of tests/vision: halls well lit and dim must not be accused.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from vicon.measure.looks import CameraLook, CameraState

Luma = NDArray[np.uint8]

SIZE = (640, 360)
BLACK_MEAN, BLACK_SPREAD = 22.0, 2.0
COVERED_MEAN, COVERED_SPREAD = 70.0, 3.0
"""Spread: standard deviation once the sensor's noise is smoothed away."""
DARK_MEAN = 45.0
BRIGHT, BRIGHT_SHARE, BRIGHT_MEAN = 230, 0.35, 212.0
"""Luma of video: white is 235."""
SHARP_LEAST = 22.0
FROZEN_S = 2.0
FROZEN_PIXEL, FROZEN_SHARE, FROZEN_STEPS = 1, 5e-4, 25
"""Frozen: in so many percent of the steps from one picture to the next no more than this share of
the pixels differs by more than one. An encoder lets a still picture settle and then changes nothing
(but for its key frames); a sensor's noise gets through in every step: the stillest step of a live
picture that was seen through Chromium had 9e-4, most have 20e-4 to 300e-4. Some encoders never come
to rest: whoever sees the camera itself knows better."""
_TILES = 8


def look(
    frames: Sequence[Luma], times_ms: Sequence[float], moves: bool | None = None
) -> CameraLook:
    """`frames`: grey, full range, in order, with their times. `moves`: whether the picture changed
    at all before it was encoded; None: not known. Raises ValueError for no frames."""
    if not frames:
        raise ValueError("no picture")
    small = [_small(frame) for frame in frames]
    last = small[-1]
    brightness, contrast = float(last.mean()), float(last.std())
    sharpness = _sharpness(last)
    frozen = _still(small, times_ms) if moves is None else not moves
    state = _state(last, sharpness, frozen)
    height, width = frames[-1].shape
    span = (times_ms[-1] - times_ms[0]) / 1000 if len(times_ms) > 1 else 0.0
    return CameraLook(
        state=state,
        brightness=brightness,
        contrast=contrast,
        sharpness=sharpness,
        motion=_motion(small),
        fps=(len(frames) - 1) / span if span > 0 else 0.0,
        width=width,
        height=height,
    )


def _small(frame: Luma) -> Luma:
    return np.asarray(cv2.resize(frame, SIZE, interpolation=cv2.INTER_AREA), np.uint8)


def _state(last: Luma, sharpness: float, frozen: bool) -> CameraState:
    mean, spread = float(last.mean()), float(cv2.blur(last, (15, 15)).std())
    if mean < BLACK_MEAN and spread < BLACK_SPREAD:
        return "black"
    if mean < COVERED_MEAN and spread < COVERED_SPREAD:
        return "covered"
    if frozen:
        return "frozen"
    if mean > BRIGHT_MEAN or float((last >= BRIGHT).mean()) > BRIGHT_SHARE:
        return "over_exposed"
    if mean < DARK_MEAN:
        return "dark"
    if sharpness < SHARP_LEAST:
        return "blurred"
    return "good"


def _sharpness(picture: Luma) -> float:
    """Of the sharpest of 64 tiles: a plain wall is not blurred as long as something before it is
    sharp."""
    edges = cv2.Laplacian(picture, cv2.CV_32F, ksize=1)
    height, width = SIZE[1] // _TILES, SIZE[0] // _TILES
    tiles = edges[: height * _TILES, : width * _TILES].reshape(_TILES, height, _TILES, width)
    return float(np.percentile(tiles.var(axis=(1, 3)), 97))


def _motion(small: Sequence[Luma]) -> float:
    steps = [
        float(cv2.absdiff(a, b).mean()) for a, b in zip(small[-12:], small[-11:], strict=False)
    ]
    return sum(steps) / len(steps) if steps else 0.0


def _still(small: Sequence[Luma], times_ms: Sequence[float]) -> bool:
    """Nothing has changed over the last two seconds, though pictures kept coming."""
    recent = [
        frame
        for frame, at in zip(small, times_ms, strict=True)
        if at >= times_ms[-1] - 1000 * FROZEN_S
    ]
    if len(recent) < 5 or times_ms[-1] - times_ms[0] < 1000 * FROZEN_S:
        return False
    steps = [float((cv2.absdiff(a, b) > FROZEN_PIXEL).mean()) for a, b in pairwise(recent)]
    return float(np.percentile(steps, FROZEN_STEPS)) <= FROZEN_SHARE
