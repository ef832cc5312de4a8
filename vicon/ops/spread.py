"""How a figure spreads over its range, counted as it comes: a histogram with fixed bounds. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Bounds for what lasts from a millisecond to ten seconds."""


class Spread:
    def __init__(self, bounds: Sequence[float] = SECONDS) -> None:
        """`bounds`: the largest figure of each part, rising; what is larger has a part of its
        own."""
        self.bounds = tuple(bounds)
        self._parts = [0] * (len(self.bounds) + 1)
        self.sum = 0.0

    def note(self, value: float) -> None:
        self._parts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    def rising(self) -> list[tuple[str, float]]:
        """Upper bound and how many figures were no larger; the last bound is +Inf."""
        found, count = [], 0
        for bound, part in zip((*map(str, self.bounds), "+Inf"), self._parts, strict=True):
            count += part
            found.append((bound, float(count)))
        return found
