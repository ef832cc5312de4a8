"""How much later a picture is to be shown, so that what was lost of it is mended before.

A packet that is lost once, and whose request or repair is lost too, comes two or three round trips
late: its picture stands meanwhile. Who shows each picture that much later sees none of it. What
that takes is not reckoned from the loss and the round trip: it is what the repairs did take.
"""

from __future__ import annotations

from collections import deque

MOST_S = 0.4
"""One way, people talk over each other beyond it (ITU-T G.114)."""
NOTICED_S = 0.14
"""Repairs that take less delay nothing: from 150 ms on it is seen that a picture stands."""
WINDOW_S = 30.0
ONE_STALL_S = 0.2
"""Repairs that come so close together are seen as one stall."""
SPARED = 2
"""Of a window's stalls the longest that may be seen."""
MORE_S, LESS_S = 0.02, 0.05
"""It is worth a change only from so much on..."""
LESS_AFTER_S = 10.0
"""...and for less no sooner than so long after the last."""


class Repairs:
    """Of one stream. Times are monotonic seconds."""

    __slots__ = ("_changed_at", "_stalls", "delay")

    def __init__(self) -> None:
        self.delay = 0.0
        """Seconds, 0 to MOST_S; as of the last roll()."""
        self._stalls: deque[tuple[float, float]] = deque()
        """When, and how long the longest of its repairs took: WINDOW_S / ONE_STALL_S at most."""
        self._changed_at = 0.0

    def came(self, took: float, now: float) -> None:
        """One came so many seconds later than it would have."""
        stalls = self._stalls
        if not stalls or now - stalls[-1][0] >= ONE_STALL_S:
            stalls.append((now, took))
        elif took > stalls[-1][1]:
            stalls[-1] = (stalls[-1][0], took)

    def roll(self, now: float) -> None:
        """Call a few times a second."""
        needed = self._needed(now)
        more = needed > self.delay + MORE_S
        less = needed < self.delay - LESS_S and now - self._changed_at >= LESS_AFTER_S
        if more or less:
            self.delay, self._changed_at = needed, now

    def _needed(self, now: float) -> float:
        stalls = self._stalls
        while stalls and now - stalls[0][0] > WINDOW_S:
            stalls.popleft()
        if len(stalls) <= SPARED:
            return 0.0
        needed = sorted((took for _, took in stalls), reverse=True)[SPARED]
        return min(MOST_S, needed) if needed >= NOTICED_S else 0.0
