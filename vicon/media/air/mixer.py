"""The sound of all rooms that are heard, as one. No I/O. Samples are of one channel, 48,000 a
second, counted on the server's monotonic clock; a lane is one room's."""

from __future__ import annotations

from collections import deque
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

RATE = 48_000
STEADY_S = 0.04
"""So far apart from where they belong samples are put on behind the former: the clocks' jitter must
not be heard."""
MOST_S = 4.0
"""Held at most, of one lane."""
RELEASE = 0.02
"""A too loud moment makes all softer at once; that goes away by this share with each taking."""

Samples: TypeAlias = npt.NDArray[np.float32]


class Lane:
    def __init__(self) -> None:
        self._held: deque[tuple[int, Samples]] = deque()
        self._end: int | None = None

    def add(self, at: float, samples: Samples) -> None:
        """`at`: monotonic seconds of the first of them."""
        start = round(at * RATE)
        if self._end is not None and abs(start - self._end) < STEADY_S * RATE:
            start = self._end
        elif self._end is not None and start < self._end:
            samples = samples[self._end - start :]  # what was said already is not said again
            start = self._end
        if not len(samples):
            return
        self._held.append((start, samples))
        self._end = start + len(samples)
        while self._held and self._held[0][0] < self._end - MOST_S * RATE:
            self._held.popleft()

    def onto(self, mixed: Samples, start: int) -> None:
        """Add what there is of mixed's time; what is older is forgotten."""
        end = start + len(mixed)
        while self._held and self._held[0][0] < end:
            begins, samples = self._held[0]
            low, high = max(begins, start), min(begins + len(samples), end)
            if low < high:
                mixed[low - start : high - start] += samples[low - begins : high - begins]
            if begins + len(samples) > end:
                return
            self._held.popleft()

    def clear(self) -> None:
        self._held.clear()
        self._end = None


class Mixer:
    def __init__(self) -> None:
        self._lanes: dict[str, Lane] = {}
        self._gain = 1.0

    def lane(self, device: str) -> Lane:
        return self._lanes.setdefault(device, Lane())

    def drop(self, device: str) -> None:
        self._lanes.pop(device, None)

    def take(self, start: int, count: int) -> Samples:
        """From sample `start` on; within -1 and 1. Call with rising starts."""
        mixed: Samples = np.zeros(count, np.float32)
        for lane in self._lanes.values():
            lane.onto(mixed, start)
        loudest = float(np.abs(mixed).max(initial=0.0))
        self._gain = min(1.0, self._gain + RELEASE)
        if loudest * self._gain > 1.0:
            self._gain = 1.0 / loudest
        return mixed * np.float32(self._gain)
