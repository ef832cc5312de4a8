"""What a publisher without transport-wide feedback may send: the bit rate for its REMB
(draft-alvestrand-rmcat-remb-03). No I/O.

By loss alone (draft-ietf-rmcat-gcc-02, section 6), and never far above what comes: such publishers
are few (encoders, players of files), and most do not follow delay anyway.
"""

from __future__ import annotations

_HIGH, _LOW = 0.10, 0.02
"""Lost share above which the limit falls, and below which it grows."""
_RISE = 1.08
"""Times a second."""
_HEADROOM = 1.5
_LONGEST_S = 2.0


class ReceiveLimit:
    """Rates are bit/s, times monotonic seconds."""

    __slots__ = ("_at", "_floor", "_highest", "_lowest", "limit")

    def __init__(
        self, now: float, start: int, lowest: int = 100_000, highest: int = 3_000_000
    ) -> None:
        """`start`: also what an idle publisher is always allowed to begin with."""
        self._lowest, self._highest = lowest, highest
        self._floor = max(lowest, min(highest, start))
        self._at = now
        self.limit = self._floor

    def update(self, received: int, loss: float, now: float) -> int:
        """Call every second or so. `received`: bit/s that came since the last call; `loss`: lost
        share of the same packets, 0 to 1. Returns the limit to tell."""
        elapsed = max(0.0, min(_LONGEST_S, now - self._at))
        self._at = now
        loss = max(0.0, min(1.0, loss))
        if loss > _HIGH:
            fallen = min(self.limit, max(received, 0)) * (1 - 0.5 * loss)
            self.limit = max(self._lowest, int(fallen))
            return self.limit
        if loss < _LOW:
            grown = max(self.limit, min(received, self._highest)) * _RISE**elapsed
            most = max(self._floor, _HEADROOM * received)
            # What is allowed already is not taken back because little is sent.
            self.limit = int(min(self._highest, max(self.limit, min(grown, most))))
        return self.limit
