"""From single looks at a room's camera to a figure that can be shown: the median of the last five,
or nothing and why. Pure. A count of 12 or less is never proof that no more are there."""

from __future__ import annotations

from collections import deque
from statistics import median_high
from typing import Literal

from msgspec import Struct

Quality = Literal[
    "ok",
    "off",
    "dark",
    "covered",
    "frozen",
    "unreadable",
    "small",
    "unavailable",
    "stale",
    "crowded",
]
"""Why there is no figure, or why it is too low (`crowded`): the camera sends nothing; it is dark or
covered; its picture stands still; it cannot be decoded, or is too small for faces to be found; the
detector does not run; it was not looked at for a while; many faces are so small that more are there
than are seen."""
WINDOW = 5
"""Looks of which the median is taken."""
STALE = 3.0
"""Intervals without a look."""
SMALL, CROWD = 16.0, 0.3
"""Height of a face in pixels of a picture 1280 wide below which some are missed (87 % are found
from 12 to 16 pixels, 98 % above); and the share of such faces that makes a room crowded."""


class Look(Struct, frozen=True):
    """One look at a camera."""

    at: float
    """Seconds."""
    count: int | None
    """None: it could not be known; `quality` says why."""
    quality: Quality


class Estimated(Struct, frozen=True):
    count: int | None
    quality: Quality
    sampled_at: float | None
    """Seconds, of the last look; None: there was none yet."""


def crowded(heights: list[float], width: int) -> bool:
    """Whether faces of these heights, in pixels of a picture so many pixels wide, are so small
    that others are missed."""
    limit = SMALL * width / 1280
    small = sum(height < limit for height in heights)
    return small > CROWD * len(heights)


class Estimate:
    """Of one room. `interval`: seconds between two looks."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._looks: deque[Look] = deque(maxlen=WINDOW)

    def take(self, look: Look) -> None:
        """Raises ValueError for a look that goes back in time, counts below 0, or has no count and
        yet is said to be good."""
        if self._looks and look.at < self._looks[-1].at:
            raise ValueError("a look from before the last one")
        known = look.quality in ("ok", "crowded")
        if (look.count is not None) != known or (look.count or 0) < 0:
            raise ValueError("count and quality do not fit")
        self._looks.append(look)

    def read(self, now: float) -> Estimated:
        """The figure as it stands: the last look decides whether there is one at all."""
        if not self._looks:
            return Estimated(None, "stale", None)
        last = self._looks[-1]
        if now - last.at > STALE * self._interval:
            return Estimated(None, "stale", last.at)
        if last.count is None:
            return Estimated(None, last.quality, last.at)
        # Looks from before a pause, or another scene, are not of this one.
        oldest = now - (WINDOW + STALE) * self._interval
        counts = [x.count for x in self._looks if x.count is not None and x.at >= oldest]
        # Of an even number the higher: too many is the mistake that is seen and mended.
        return Estimated(median_high(counts), last.quality, last.at)
