"""How long the link takes to answer: from sending a packet to the feedback that tells of it."""

from __future__ import annotations

_FIRST_S = 0.2
_WINDOW_S = 10.0
_HELD_S = 0.1
"""A receiver may hold a feedback back so long."""


class AnswerTime:
    """Seconds. `smoothed` counts waiting in queues and at the receiver; `quickest` is close to a
    round trip."""

    __slots__ = ("_end", "_last", "_quickest", "smoothed")

    def __init__(self, now: float) -> None:
        self.smoothed = _FIRST_S
        self._last = 0.0
        self._quickest: tuple[float | None, float | None] = (None, None)
        """Of the window before and of this."""
        self._end = now

    def took(self, seconds: float, now: float) -> None:
        self.smoothed += (seconds - self.smoothed) / 8
        self._last = seconds
        before, this = self._quickest
        if now >= self._end:
            self._quickest = (this, seconds)
            self._end = now + _WINDOW_S
        elif this is None or seconds < this:
            self._quickest = (before, seconds)

    @property
    def quickest(self) -> float | None:
        """Of the last ten to twenty seconds; None before any answer."""
        before, this = self._quickest
        return this if before is None or this is None else min(before, this)

    @property
    def overdue(self) -> float:
        """By how much the last answer came later than can be explained but by a queue. It shows
        here before the packets in it have come through."""
        return max(0.0, self._last - (self.quickest or 0.0) - _HELD_S)
