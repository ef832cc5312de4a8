"""By how much regular work comes late. Pure."""

from __future__ import annotations


class Lateness:
    def __init__(self) -> None:
        self._sum, self._times = 0.0, 0

    def note(self, seconds: float) -> None:
        """One piece of work came so late; early counts as in time."""
        self._sum += max(0.0, seconds)
        self._times += 1

    def take(self) -> float | None:
        """The average since the last call, ms; None: there was no work."""
        if not self._times:
            return None
        average = 1000 * self._sum / self._times
        self._sum, self._times = 0.0, 0
        return average
