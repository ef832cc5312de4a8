"""The sound of all rooms as one: summed where each belongs, and held below full scale."""

from __future__ import annotations

import numpy as np

from vicon.programme.source import RATE, Sound

WINDOW_S = 4.0
"""What is heard may be given so far ahead of what is taken."""
CEILING = 0.97
STEP = 480
"""Samples in which the loudness is looked at: 10 ms."""
RELEASE = 0.02
"""So much the gain rises again with each step: from half to whole in 0.25 s."""


class Mixer:
    """Samples are counted from the film's beginning."""

    def __init__(self) -> None:
        self._window: Sound = np.zeros((round(WINDOW_S * RATE), 2), np.float32)
        self._begin = 0
        self._gain = 1.0

    def add(self, start: int, block: Sound) -> None:
        """What lies before what was taken, or too far ahead, is left out."""
        first = start - self._begin
        skip = max(0, -first)
        first = max(0, first)
        block = block[skip : skip + max(0, len(self._window) - first)]
        self._window[first : first + len(block)] += block

    def take(self, samples: int) -> Sound:
        """The next ones: a multiple of STEP, at most a second."""
        if samples % STEP or not 0 < samples <= RATE:
            raise ValueError(f"{samples} samples")
        made = self._window[:samples].copy()
        gains = self._gains(self._window[: samples + STEP])
        if (gains < 1).any():
            places = np.arange(samples) / STEP
            made *= np.interp(places, np.arange(len(gains)), gains).astype(np.float32)[:, None]
        self._window[:-samples] = self._window[samples:]
        self._window[-samples:] = 0
        self._begin += samples
        return np.clip(made, -1, 1, out=made)

    def _gains(self, samples: Sound) -> Sound:
        """At the beginning of each step, and at the end of the last: at both ends of a step what
        its peak allows. So it falls in the step before a loud one, and `samples` has one more."""
        peaks = np.abs(samples).max(axis=1).reshape(-1, STEP).max(axis=1)
        allowed = CEILING / np.maximum(peaks, CEILING)
        gains = np.empty(len(peaks), np.float32)
        gains[0] = self._gain
        for index in range(1, len(peaks)):
            rising = min(1.0, gains[index - 1] + RELEASE)
            gains[index] = min(allowed[index - 1], allowed[index], rising)
        self._gain = float(gains[-1])
        return gains
