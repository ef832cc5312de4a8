"""When what bears an RTP timestamp was taken, on the server's monotonic clock. No I/O.

A sender's reports (RFC 3550 section 6.4.1) tie the timestamps of its sound and picture to one clock
of its own; how far that lies from the server's is told by the packets that came soonest.
"""

from __future__ import annotations

from collections import deque

from vicon.rtc.rtp import TIMESTAMP_MASK, timestamp_distance

BUCKET_S, BUCKETS = 5.0, 6
"""The soonest packets of the last half minute tell the distance."""
SETTLE_S, SLEW = 3.0, 0.0005
"""Found within the first seconds; then it follows the sender's drift, so much a second at most."""
JUMP_S = 0.5
"""Further off, the sender's clock has jumped: it is followed at once."""


class SenderClock:
    """The distance from a sender's clock to the server's: all its streams share it."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._at = 0.0
        self._offset = 0.0
        self._least: deque[tuple[float, float]] = deque(maxlen=BUCKETS)
        """Begin and least distance of each bucket."""

    def heard(self, taken: float, arrived: float) -> None:
        """A packet that was taken then by the sender's clock came."""
        distance = arrived - taken
        if self._began is None or abs(distance - self._offset) > JUMP_S + self._patience(distance):
            self._began, self._at, self._offset = arrived, arrived, distance
            self._least.clear()
        if not self._least or arrived - self._least[-1][0] > BUCKET_S:
            self._least.append((arrived, distance))
        elif distance < self._least[-1][1]:
            self._least[-1] = (self._least[-1][0], distance)
        target = min(least for _, least in self._least)
        passed, self._at = max(0.0, arrived - self._at), max(self._at, arrived)
        if arrived - self._began < SETTLE_S:
            self._offset = target
        else:
            most = SLEW * passed
            self._offset += max(-most, min(most, target - self._offset))

    def _patience(self, distance: float) -> float:
        """A packet that comes late is no jump of the clock as long as it is not very late."""
        return 10.0 if distance > self._offset else 0.0

    def server(self, taken: float) -> float:
        return taken + self._offset


class StreamClock:
    """Timestamps of one stream. Without a sender's report yet, by when its packets come."""

    def __init__(self, rate: int, sender: SenderClock) -> None:
        self._rate, self._sender = rate, sender
        self._report: tuple[float, int] | None = None
        self._alone = SenderClock()
        self._first: tuple[int, int] | None = None
        """Last timestamp, and ticks since the first."""

    @property
    def known(self) -> bool:
        return self._report is not None

    def report(self, ntp: int, timestamp: int) -> None:
        self._report = (ntp / 4294967296, timestamp)

    def time(self, timestamp: int, arrived: float) -> float:
        """Call in the order of the frames. Wraps of the timestamp are followed."""
        if self._report is not None:
            at, mark = self._report
            taken = at + timestamp_distance(timestamp & TIMESTAMP_MASK, mark) / self._rate
            self._sender.heard(taken, arrived)
            return self._sender.server(taken)
        last, ticks = self._first or (timestamp, 0)
        ticks += timestamp_distance(timestamp & TIMESTAMP_MASK, last)
        self._first = (timestamp, ticks)
        taken = ticks / self._rate
        self._alone.heard(taken, arrived)
        return self._alone.server(taken)
