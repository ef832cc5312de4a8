"""Trying out whether the link carries more than is sent: clusters of padding on top of the media.

After libwebrtc's probe controller (three times, then six times the start; later twice what is
known, as long as something is wanted), with this difference: the media that goes out meanwhile is
part of a cluster, so that padding only fills the gaps, and a cluster is long enough to hold a
frame or two.
"""

from __future__ import annotations

from vicon.rtc.gcc.throughput import Flow

CLUSTER_S = 0.06
_LEAST_BYTES = 1_500
_LONGEST_S = 0.25
_LEAST_PACKETS = 5
_LEAST_SHARE = 0.8
"""Of a cluster that must have come."""
_QUANTUM = 150
"""Bytes; less is left for the next call."""
_CATCH_UP_S = 0.02
"""After a stall no more than this is made up for at once."""
_FIRST, _SECOND, _NEXT, _NEAR = 3.0, 6.0, 2.0, 1.5
"""Times the target."""
_BEYOND = 1.1
"""Times what is wanted: so that it is sure to fit."""
INTERVAL_S, _LONGEST_INTERVAL_S = 5.0, 8.0
_RECOVERY_S = 2.5
_FALSE_S = 10.0
"""A rate that a probe promised and that fell within this was promised falsely."""
_LONGEST_DOUBT_S = 10.0
SATURATED = 0.85
"""Received over sent below which the link was full."""
_CARRIED = 0.7
_WAIT_S = 1.0


class Cluster:
    __slots__ = (
        "came",
        "count",
        "ended",
        "first",
        "goal",
        "last",
        "number",
        "rate",
        "start",
        "start_octets",
    )

    def __init__(self, number: int, rate: float, first: int, octets: int, now: float) -> None:
        self.number = number
        self.rate = rate
        self.first = first
        """Transport-wide number of its first packet, not wrapped."""
        self.last: int | None = None
        self.start = now
        self.ended = now
        self.start_octets = octets
        self.goal = max(_LEAST_BYTES, int(rate * CLUSTER_S / 8))
        self.count = 0
        """Packets that a feedback spoke of."""
        self.came: list[tuple[float, float, int]] = []
        """Came at (receiver's clock), sent at, bytes."""

    def flow(self) -> Flow | None:
        """None when too little came to tell."""
        came = self.came
        if len(came) < _LEAST_PACKETS or len(came) < _LEAST_SHARE * self.count:
            return None
        came.sort()
        sends = [sent for _, sent, _ in came]
        first, last = min(sends), max(sends)
        span_sent, span_came = last - first, came[-1][0] - came[0][0]
        total = sum(size for _, _, size in came)
        if span_sent <= 0:
            return None
        last_size = max(size for _, sent, size in came if sent == last)
        received = (total - came[0][2]) * 8 / max(span_came, 1e-3)
        return Flow((total - last_size) * 8 / span_sent, received)


class Prober:
    """Times are monotonic seconds, rates bit/s."""

    __slots__ = (
        "_active",
        "_doubt",
        "_failures",
        "_next_at",
        "_number",
        "_pending",
        "_promised_at",
        "_stage",
        "quiet_until",
    )

    def __init__(self) -> None:
        self._active: Cluster | None = None
        self._pending: Cluster | None = None
        self._number = 0
        self._next_at: float | None = None
        self._stage = _FIRST
        self._failures = 0
        self._doubt = INTERVAL_S
        self._promised_at: float | None = None
        self.quiet_until = 0.0
        """Packets sent before this may wait behind a probe: their delay is no sign."""

    @property
    def active(self) -> bool:
        return self._active is not None

    def due(self, now: float) -> bool:
        return (
            self._active is None
            and self._pending is None
            and (self._next_at is None or now >= self._next_at)
        )

    def begin(
        self,
        target: float,
        wanted: float,
        highest: float,
        known: float | None,
        first: int,
        octets: int,
        now: float,
    ) -> None:
        """Start a cluster, if more is wanted than the target. `known`: the link's rate as last
        seen when it was full."""
        if target >= min(wanted, highest):
            self._next_at = now + 0.5
            return
        factor = self._stage
        if factor == _NEXT and known is not None and known < 1.3 * target:
            factor = _NEAR
        rate = min(factor * target, _BEYOND * wanted + 20_000, highest)
        self._number = self._number % 255 + 1
        self._active = Cluster(self._number, rate, first, octets, now)
        self.quiet_until = now + 2 * CLUSTER_S

    def pace(self, number: int, octets: int, now: float) -> tuple[int, int] | None:
        """`number`: the next packet's; `octets`: all that was sent so far. Returns the cluster's
        number and bytes to send now, if any."""
        cluster = self._active
        if cluster is None:
            return None
        sent = octets - cluster.start_octets
        elapsed = now - cluster.start
        if (sent >= cluster.goal and elapsed >= CLUSTER_S) or elapsed > _LONGEST_S:
            self._end(cluster, number, now)
            return None
        # One call ahead, since the first packet opens the clock.
        due = int(cluster.rate * (elapsed + 0.005) / 8) - sent
        if due < _QUANTUM:
            return None
        return cluster.number, min(due, int(cluster.rate * _CATCH_UP_S / 8) + 1200)

    def _end(self, cluster: Cluster, number: int, now: float) -> None:
        self._active = None
        cluster.last = number - 1
        cluster.ended = now
        self.quiet_until = now + 2 * CLUSTER_S
        if cluster.last >= cluster.first:
            self._pending = cluster
        else:
            self._next_at = now + INTERVAL_S

    def watching(self) -> Cluster | None:
        return self._active or self._pending

    def finished(self, heard: int) -> Cluster | None:
        """The cluster whose packets a feedback spoke of, all up to number `heard`."""
        cluster = self._pending
        if cluster is None or cluster.last is None or heard <= cluster.last:
            return None
        self._pending = None
        return cluster

    def result(self, flow: Flow | None, rate: float, target: float, now: float) -> float | None:
        """Take in what a cluster showed. Returns the rate that sender and receiver agree on when
        it is more than the target."""
        agreed = min(flow.sent, flow.received) if flow is not None else 0.0
        full = flow is not None and flow.received < SATURATED * flow.sent
        if agreed <= target:
            self._stage = _NEXT
            self._failures += 1
            interval = min(_LONGEST_INTERVAL_S, INTERVAL_S * (1 + self._failures / 4))
            self._next_at = now + max(interval, self._doubt)
            return None
        self._failures = 0
        self._promised_at = now
        if full or agreed < _CARRIED * rate:
            self._stage = _NEXT
            self._next_at = now + max(INTERVAL_S, self._doubt)
            return 0.92 * agreed if full else agreed
        self._stage = _NEXT
        self._next_at = now
        return agreed

    def fell(self, now: float, response: float) -> None:
        """The target fell."""
        if self._promised_at is not None and now - self._promised_at < _FALSE_S:
            self._doubt = min(_LONGEST_DOUBT_S, 2 * self._doubt)
            self._promised_at = None
            self._next_at = now + self._doubt
            return
        soon = now + _RECOVERY_S + response
        self._stage = _NEXT
        if self._next_at is None or self._next_at < soon:
            self._next_at = soon

    def forget_late(self, response: float, now: float) -> None:
        """Give up a cluster that no feedback speaks of."""
        cluster = self._pending
        if cluster is not None and now - cluster.ended > _WAIT_S + 2 * response:
            self._pending = None
            self._next_at = now + INTERVAL_S
