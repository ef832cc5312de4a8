"""How far the marked clip's sound is behind its picture. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from vicon.measure.sound import CHIRP_AT_S, CHIRP_EVERY_S

AGREE_S, LEAST = 0.040, 3
BESIDE_S = 0.6
"""Pictures this close to a chirp tell where the picture was then."""


def sound_after_picture(
    chirps: Sequence[float], marks: Sequence[tuple[float, int]], fps: int
) -> float | None:
    """Seconds, -0.5..0.5: median over the chirps.

    `chirps`: when each began to be heard. `marks`: when a picture was seen, and its mark, of a clip
    with so many pictures per second. None where fewer than three chirps agree within 40 ms, or
    fewer than half."""
    each = [
        _around([_wrapped(mark / fps + at - seen - CHIRP_AT_S) for seen, mark in beside])
        for at in chirps
        if (beside := [one for one in marks if abs(one[0] - at) <= BESIDE_S])
    ]
    if len(each) < LEAST:
        return None
    whole = _around(each)
    agree = sum(1 for one in each if abs(_wrapped(one - whole)) <= AGREE_S)
    return whole if agree >= LEAST and 2 * agree > len(each) else None


def _around(times: Sequence[float]) -> float:
    """Median of times that are only known to within the distance of two chirps."""
    first = times[0]
    return _wrapped(median(first + _wrapped(time - first) for time in times))


def _wrapped(seconds: float) -> float:
    return seconds - CHIRP_EVERY_S * round(seconds / CHIRP_EVERY_S)
