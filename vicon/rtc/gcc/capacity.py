"""The rate of the link as it was seen when it was full (draft-ietf-rmcat-gcc-02, section 5.5)."""

from __future__ import annotations

from math import sqrt

_GAIN = 0.25
"""Weight of the newest sight."""
_DEVIATION_GAIN = 0.05
_LEAST, _MOST = 0.4, 2.5
"""Bounds of the variance in kbit/s, divided by the mean, as libwebrtc has them."""


class Capacity:
    """bit/s. `mean` None: not known."""

    __slots__ = ("_deviation", "mean")

    def __init__(self) -> None:
        self.mean: float | None = None
        self._deviation = _LEAST

    def saw(self, rate: float) -> None:
        if self.mean is None or abs(rate - self.mean) > 3 * self._spread():
            self.mean, self._deviation = rate, _LEAST
            return
        error = rate - self.mean
        self.mean += _GAIN * error
        square = (error / 1000) ** 2 / max(self.mean / 1000, 1)
        self._deviation += _DEVIATION_GAIN * (square - self._deviation)
        self._deviation = max(_LEAST, min(_MOST, self._deviation))

    def at_least(self, rate: float) -> None:
        """The same flood, later: it began on a link that was not full yet."""
        if self.mean is not None:
            self.mean = max(self.mean, rate)

    def _spread(self) -> float:
        return 1000 * sqrt(self._deviation * (self.mean or 0.0) / 1000)

    @property
    def upper(self) -> float | None:
        return None if self.mean is None else self.mean + 3 * self._spread()

    def near(self, rate: float) -> bool:
        return self.mean is not None and abs(rate - self.mean) <= 3 * self._spread()

    def forget(self) -> None:
        self.mean = None
