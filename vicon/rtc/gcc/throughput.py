"""What was sent and what came of it, feedback by feedback (R_hat of draft-ietf-rmcat-gcc-02,
section 5.5)."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

LONG_S = 0.5
"""The draft recommends half a second."""
SHORT_S = 0.2
"""On a full link the rate at which packets come is even: less will do."""
_KEPT = 64
_PAUSE_S = 1.0
"""After a longer one nothing from before it counts."""


class Flow(NamedTuple):
    """bit/s over the same packets."""

    sent: float
    received: float


class Throughput:
    """Times in seconds: of the sender's clock for sending, of the receiver's for coming."""

    __slots__ = ("_entries", "_received", "_sent")

    def __init__(self) -> None:
        self._entries: deque[tuple[float, float, int, int]] = deque(maxlen=_KEPT)
        """Last packet sent at, came at, bytes sent and bytes received since the entry before."""
        self._sent = self._received = 0
        """Of the next entry."""

    def add(self, sent: float, came: float) -> None:
        """The newest packet that a feedback tells of: when it was sent and came. What is not
        newer than the one before makes no entry of its own."""
        entries = self._entries
        if entries:
            pause = came - entries[-1][1]
            if pause <= 0 or sent <= entries[-1][0]:
                return
            if pause > _PAUSE_S:
                entries.clear()
        entries.append((sent, came, self._sent, self._received))
        self._sent = self._received = 0

    def more(self, sent_bytes: int, received_bytes: int) -> None:
        """Bytes that a feedback tells of; call before add()."""
        self._sent += sent_bytes
        self._received += received_bytes

    def over(self, window: float) -> Flow | None:
        """Of the last `window` seconds, or a little more; None before enough came."""
        entries = self._entries
        if len(entries) < 2:
            return None
        end_sent, end_came, sent, received = entries[-1]
        for place in range(len(entries) - 2, -1, -1):
            start_sent, start_came, more_sent, more_received = entries[place]
            span = end_came - start_came
            if span >= window or place == 0:
                if span < window / 2:
                    return None
                return Flow(sent * 8 / max(end_sent - start_sent, span / 8), received * 8 / span)
            sent += more_sent
            received += more_received
        return None

    def clear(self) -> None:
        self._entries.clear()
        self._sent = self._received = 0
