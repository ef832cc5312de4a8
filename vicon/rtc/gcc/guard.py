"""The rate that losses allow: draft-ietf-rmcat-gcc-02, section 6, with losses that are not ours.

By the draft, more than 10 % lost lowers the rate by half of the loss, less than 2 % raises it, and
between it stays. A radio or satellite line that always loses some would so come down to nothing.
Here each fall is a question to the line. If the share of lost packets stays the same although
clearly less is sent, and the delay is flat, then the line loses them whatever we do: that share is
from then on taken as the line's own, the fall is undone, and only what exceeds it counts. And as
long as the delay says that the line is not full, the limit never goes below what comes through.
Nor is the question asked when the line was seen to carry far more than is sent.
"""

from __future__ import annotations

from typing import NamedTuple

_HIGH, _LOW = 0.10, 0.02
_WINDOW_S, _SHORT_S = 1.0, 0.3
_HEAVY = 0.5
_LASTING = 0.75
"""The smoothed loss exceeds this part of the limit too: bursts of losses happen."""
_PACKETS = 20
_RISE, _SLOW_RISE = 1.08, 1.04
"""Times a second."""
_SAME = 0.7
"""Lost share after and before a fall that counts as unchanged..."""
_LESS = 0.95
"""...when so much less was sent."""
_LEARN = 0.1
"""Part by which losses of a line that is not full count as its own, each window."""
_OWN_TIMES, _OWN_MORE = 2.0, 0.03
"""A window may lose so much more than the line's own."""
_IMPROVED = 0.6
_MOST_OWN = 0.3
_SMOOTH = 0.3


class Line(NamedTuple):
    """As it was over the window; rates in bit/s."""

    target: float
    sent: float
    received: float
    full: bool
    """The delay says so."""
    spare: bool
    """It is known to carry far more than was sent."""


class LossGuard:
    """Rates in bit/s, shares 0 to 1. `limit` None: losses set none."""

    __slots__ = (
        "_asked",
        "_fresh",
        "_lost",
        "_received",
        "_since",
        "_twice",
        "limit",
        "loss",
        "own",
    )

    def __init__(self, now: float) -> None:
        self.limit: float | None = None
        self.loss = 0.0
        """Smoothed."""
        self.own = 0.0
        """The share that the line loses whatever is sent."""
        self._since = now
        self._received = self._lost = self._fresh = 0
        self._twice = False
        self._asked: tuple[float, float, float] | None = None
        """Share lost, rate sent, and limit or target before the fall that asks."""

    def count(self, received: int, lost: int, late: int) -> None:
        """Packets of one feedback. `late`: came, though the one before told them lost; a loss
        counts only when the next has not taken it back."""
        self._received += received
        self._lost += self._fresh - late
        self._fresh = lost

    def update(self, line: Line, now: float) -> None:
        """After each feedback."""
        elapsed = now - self._since
        total = self._received + max(0, self._lost)
        if total < _PACKETS or elapsed < _SHORT_S:
            if elapsed > 4 * _WINDOW_S:
                self._begin(now)
            return
        share = max(0, self._lost) / total
        if elapsed < _WINDOW_S and share < _HEAVY:
            return
        self._begin(now)
        self.judge(share, line, min(elapsed, 2 * _WINDOW_S))

    def pause(self, now: float) -> None:
        """The delay is dealing with what overflowed: count, judge nothing."""
        total = self._received + max(0, self._lost)
        if now - self._since >= _WINDOW_S and total >= _PACKETS:
            self.loss += _SMOOTH * (max(0, self._lost) / total - self.loss)
            self._begin(now)

    def _begin(self, now: float) -> None:
        self._since = now
        self._received = self._lost = 0

    def judge(self, share: float, line: Line, elapsed: float) -> None:
        """One window's lost share."""
        self.loss += _SMOOTH * (share - self.loss)
        if max(share, self.loss) < _IMPROVED * self.own:
            self.own = max(share, self.loss)
        high = max(_HIGH, _OWN_TIMES * self.own + _OWN_MORE)
        if share <= high or (line.spare and not line.full and share < _HEAVY):
            self._twice = False
            if not line.full:
                self.own += _LEARN * (share - self.own)
                self.own = min(_MOST_OWN, self.own)
            slow = 1.0 if line.full else _SLOW_RISE
            low = max(_LOW, self.own + _LOW)
            self._rise(line.target, elapsed, _RISE if share <= low else slow)
        elif not self._answered(share, line):
            lasting = self._twice and self.loss > _LASTING * high
            self._twice = True
            if lasting or share >= _HEAVY:
                self._fall(share, line)

    def _answered(self, share: float, line: Line) -> bool:
        """Whether the line has answered to a fall that it loses as much from less."""
        if self._asked is None:
            return False
        before, rate, limit = self._asked
        if line.sent > _LESS * rate:
            return False
        self._asked = None
        if share < _SAME * before or line.full:
            return False
        self.own = min(_MOST_OWN, (share + before) / 2)
        self.limit = max(limit, self.limit or 0.0)
        return True

    def _fall(self, share: float, line: Line) -> None:
        if self._asked is None and share < _HEAVY:
            self._asked = (share, line.sent, line.target)
        rate = min(line.target, line.sent) if line.sent > 0 else line.target
        lowered = rate * (1 - 0.5 * (share - self.own))
        if not line.full:
            lowered = max(lowered, line.received)
        self.limit = lowered if self.limit is None else min(self.limit, lowered)

    def relieve(self) -> None:
        """A queue that had overflowed is empty again: the delay has dealt with it."""
        if self.loss <= _HIGH:
            self.limit = None

    def _rise(self, target: float, elapsed: float, factor: float) -> None:
        if self.limit is None:
            self._asked = None
            return
        self.limit *= factor**elapsed
        if self.limit > 1.5 * target:
            self.limit = None
