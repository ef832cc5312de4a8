"""Pictures as a narrow line brings them: what a detector finds on the key frame, and on what the
pictures of the second after it have made of it."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from tests.vision.people import FPS, film
from vicon.ports import Still
from vicon.vision.faces import Colour, Detector
from vicon.vision.looking import decode

WIDTH, HEIGHT, KBPS = 640, 360, 150
"""A hall that is shown as a thumbnail sends this while it is looked at."""
NOISE = 3.0
"""Of the sensor: standard deviation, of 256 levels."""


def counts(find: Detector, pictures: Mapping[str, Colour]) -> dict[str, dict[str, int]]:
    found = {}
    for name, picture in pictures.items():
        first, *after = film(_filmed(picture), bit_rate=1000 * KBPS)
        decoded = decode(Still(codec="vp8", data=first, after=tuple(after)))
        assert decoded is not None
        found[name] = {"key": len(find(decoded.key)), "mended": len(find(decoded.last))}
    return found


def _filmed(picture: Colour) -> list[Colour]:
    """A second of it, with a sensor's noise; whole, in the middle of a camera's picture."""
    scale = min(WIDTH / picture.shape[1], HEIGHT / picture.shape[0])
    size = round(picture.shape[1] * scale), round(picture.shape[0] * scale)
    left, top = (WIDTH - size[0]) // 2, (HEIGHT - size[1]) // 2
    whole = np.full((HEIGHT, WIDTH, 3), 110, np.uint8)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    whole[top : top + size[1], left : left + size[0]] = small
    chance = np.random.default_rng(1)
    return [
        np.clip(whole + chance.normal(0, NOISE, whole.shape), 0, 255).astype(np.uint8)
        for _ in range(FPS + 1)
    ]
