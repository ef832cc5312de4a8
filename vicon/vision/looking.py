"""One look at a room's camera: a key frame and what mends it in, a count or the reason why there is
none out. Blocking work of about 100 to 300 ms of one core. Pictures are forgotten at once, but for
one of 160 x 90 grey points per room, by which a picture that stands still is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from vicon.core.estimate import Quality, crowded
from vicon.core.model import Zone
from vicon.ports import Still
from vicon.vision.camera import look
from vicon.vision.faces import Colour, Detector, Face

MOST_ROOMS = 256
MOST_SIDE = 4096
"""Pixels: a camera's picture is not larger."""
LEAST_SIDE = 300
"""Pixels of its shorter side: on a thumbnail a face that an encoder has worn away is not found, and
a hall full of people would be empty."""
MENDING = 30 * 640 * 360
"""Pixels of the pictures after the key frame that are decoded. At 360p a second: what was 7 of 15
persons on the key frame of a line of 150 kbit/s are 15 then. Key frames of 720p have more bytes."""
STILL_LOOKS = 2
"""So many times no different from the one before: a camera's noise never comes twice."""
_SMALL = (160, 90)
_STILL_DIFFERENCE = 0.05
"""Mean, of 256 levels: what an encoder leaves of a still picture's key frames differs by less."""
_QUALITY: dict[str, Quality] = {"black": "covered", "covered": "covered", "dark": "dark"}


class Looking:
    def __init__(self, find: Detector) -> None:
        self._find = find
        self._before: dict[str, tuple[NDArray[np.uint8], int]] = {}
        """Room -> the last picture, small, and how often nothing had changed."""

    def at(self, room: str, still: Still, zones: Sequence[Zone] = ()) -> tuple[int | None, Quality]:
        """Whatever comes is answered: what cannot be decoded is `unreadable`."""
        decoded = decode(still)
        if decoded is None:
            return None, "unreadable"
        # Key frames are like each other where nothing moves; what mends them is not.
        stands_still = self._stands_still(room, _grey(decoded.key))
        picture = decoded.last
        state = look([_grey(picture)], [0.0], moves=True).state
        if state in _QUALITY:
            return None, _QUALITY[state]
        if stands_still:
            return None, "frozen"
        if min(picture.shape[:2]) < LEAST_SIDE:
            return None, "small"
        faces = outside(self._find(picture), zones, picture)
        small = crowded([face.height for face in faces], picture.shape[1])
        return len(faces), "crowded" if small else "ok"

    def forget(self, room: str) -> None:
        self._before.pop(room, None)

    def _stands_still(self, room: str, grey: NDArray[np.uint8]) -> bool:
        small = np.asarray(cv2.resize(grey, _SMALL, interpolation=cv2.INTER_AREA), np.uint8)
        before, times = self._before.pop(room, (None, 0))
        same = before is not None and _difference(small, before) < _STILL_DIFFERENCE
        times = times + 1 if same else 0
        while len(self._before) >= MOST_ROOMS:
            del self._before[next(iter(self._before))]
        self._before[room] = (small, times)
        return times >= STILL_LOOKS


def _difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    return float(np.abs(one.astype(np.int16) - other).mean())


class Decoded(NamedTuple):
    key: Colour
    last: Colour
    """The key frame, as mended by what follows it."""


def decode(still: Still) -> Decoded | None:
    """None when the key frame is none, or a picture too large. What follows counts as far as it
    can be decoded."""
    context = av.VideoCodecContext.create(still.codec, "r")
    context.thread_count = 1  # else it keeps pictures back, one for each thread
    key, last = None, None
    for place, data in enumerate((still.data, *still.after, None)):
        if key is not None and data and place > MENDING // (key.width * key.height):
            continue
        frames = _frames(context, data)
        if frames is None:
            break
        for frame in frames:
            key, last = key or frame, frame
    if (
        key is None
        or last is None
        or max(key.width, key.height, last.width, last.height) > MOST_SIDE
    ):
        return None
    return Decoded(_colour(key), _colour(last))


def _frames(context: av.VideoCodecContext, data: bytes | None) -> list[av.VideoFrame] | None:
    """What comes out; None: it cannot be decoded. `data` None: nothing follows."""
    try:
        return context.decode(None if data is None else av.Packet(data))
    except av.FFmpegError:
        return None


def _colour(frame: av.VideoFrame) -> Colour:
    return np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


def _grey(picture: Colour) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)


def outside(faces: Sequence[Face], zones: Sequence[Zone], picture: Colour) -> list[Face]:
    """The faces whose middle lies in no zone."""
    height, width = picture.shape[:2]
    return [
        face
        for face in faces
        if not any(
            _holds(zone, (face.x + face.width / 2) / width, (face.y + face.height / 2) / height)
            for zone in zones
        )
    ]


def _holds(zone: Zone, x: float, y: float) -> bool:
    """Whether a point, in parts of the picture, lies in it."""
    return zone.x <= x <= zone.x + zone.width and zone.y <= y <= zone.y + zone.height
