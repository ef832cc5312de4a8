"""By how much regular work comes late. Pure."""

from __future__ import annotations


class Lateness:
    """As something is kept waiting that comes at a random moment: one long pause in a second counts
    for more than many short ones."""

    def __init__(self) -> None:
        self._weighted = self._time = 0.0

    def note(self, late: float, elapsed: float) -> None:
        """One piece of work came `late` seconds late, `elapsed` after the one before; early counts
        as in time."""
        self._weighted += max(0.0, late) * max(0.0, late)
        self._time += elapsed

    def take(self) -> float | None:
        """The average since the last call, ms; None: there was no work."""
        if self._time <= 0:
            return None
        average = 1000 * self._weighted / self._time
        self._weighted = self._time = 0.0
        return average
