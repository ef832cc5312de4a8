"""Trying out whether the link carries more than is sent: clusters of padding on top of the media.

After libwebrtc's probe controller: three times the start, then six times; later twice what is
known, as long as something is wanted. Differs in this: the media that goes out meanwhile is part
of a cluster, so that padding only fills the gaps, and a cluster is long enough to hold a frame or
two. One that shows no more than is known costs the link at most a tenth of a second of queue.
"""

from __future__ import annotations

from itertools import pairwise

from vicon.rtc.gcc.throughput import Flow

CLUSTER_S = 0.06
_LEAST_BYTES = 1_500
_LONGEST_S = 0.25
_LONG_CLUSTER_S = 1.2
"""Where only the receiver measures (REMB): its window is a second."""
_LEAST_PACKETS = 5
_LEAST_SHARE = 0.6
"""Of a cluster that must have come."""
_QUANTUM = 150
"""Bytes; less is left for the next call."""
_AHEAD_S = 0.005
_CATCH_UP_S = 0.02
"""After a stall no more than this, and a packet, is made up for at once."""
_PACKET = 1200
_FIRST, _NEXT, _NEAR = 3.0, 2.0, 1.5
"""Times the target."""
OPENING = 1
"""Number of the cluster that goes before anything else..."""
OPENING_RATE, _OPENING_MOST = 900_000, 3_000_000
"""...and its bit/s: as many as the start, between these two."""
_NEAR_SHARE = 1.3
"""A link that was full not further above the target is near."""
_BEYOND, _BEYOND_BITS = 1.1, 20_000
"""More than what is wanted, so that it is sure to fit."""
_SATISFIED_S = 0.5
INTERVAL_S, _LONGEST_INTERVAL_S = 5.0, 8.0
_AGAIN_S = 1.5
"""After a cluster that told nothing."""
_EARLY, _NEARLY = 4, 0.6
"""One of the first clusters that showed nearly as much as is known: a short burst is easily drawn
out, and who has just come should not wait for pictures."""
_RECOVERY_S = 2.5
"""After a fall, when it is over."""
_FALSE_S = 10.0
"""A rate that a probe promised and that fell within this was promised falsely."""
_LONGEST_DOUBT_S = 10.0
SATURATED = 0.85
"""Received over sent below which the link was full."""
_CARRIED = 0.7
"""With this part of a cluster's rate carried, the next may follow at once."""
OF_FULL = 0.92
_WAIT_S = 1.0


class Cluster:
    """All packets sent from `first` to `last`, padding or not."""

    __slots__ = (
        "came", "count", "ended", "first", "goal", "last", "number", "rate", "span", "start",
        "start_octets",
    )  # fmt: skip

    def __init__(
        self, number: int, rate: float, span: float, first: int, octets: int, now: float
    ) -> None:
        self.number = number
        self.rate = rate
        self.span = span
        self.first = first
        """Transport-wide number of its first packet, not wrapped."""
        self.last: int | None = None
        self.start = self.ended = now
        self.start_octets = octets
        self.goal = max(_LEAST_BYTES, int(rate * span / 8))
        self.count = 0
        """Packets that a feedback spoke of."""
        self.came: list[tuple[float, float, int]] = []
        """Came at (receiver's clock), sent at, bytes."""

    def flow(self, own: float) -> Flow | None:
        """None when too little came to tell. `own`: share that the line loses by itself."""
        came = self.came
        if len(came) < _LEAST_PACKETS or len(came) < _LEAST_SHARE * self.count:
            return None
        came.sort()
        sends = [sent for _, sent, _ in came]
        first, last = min(sends), max(sends)
        if last <= first:
            return None
        total = sum(size for _, _, size in came)
        # A rate over a span leaves out one packet: the last sent, the first that came.
        last_size = max(size for _, sent, size in came if sent == last)
        span_came = max(came[-1][0] - came[0][0], 1e-3)
        received = (total - came[0][2]) * 8 / span_came / (1 - own)
        return Flow((total - last_size) * 8 / (last - first) / (1 - own), received)

    def narrow(self, own: float) -> float | None:
        """The bit/s at which it came, without the longest pause between two packets: somebody who
        was busy for a moment is no narrow line, which draws all of them apart. None when too
        little is left to tell."""
        came = sorted(self.came)
        pauses = [(after[0] - before[0], after[2]) for before, after in pairwise(came)]
        if len(pauses) < _LEAST_PACKETS:
            return None
        pauses.remove(max(pauses))
        span, octets = map(sum, zip(*pauses, strict=True))
        return octets * 8 / max(span, 1e-3) / (1 - own)


class Prober:
    """Times are monotonic seconds, rates bit/s."""

    __slots__ = (
        "_active", "_doubt", "_failures", "_next_at", "_number", "_pending", "_promised_at",
        "_stage", "quiet",
    )  # fmt: skip

    def __init__(self) -> None:
        self._active: Cluster | None = None
        self._pending: Cluster | None = None
        """Ended; its feedback has not all come."""
        self._number = 0
        self._next_at: float | None = None
        self._stage = _FIRST
        self._failures = 0
        self._doubt = INTERVAL_S
        self._promised_at: float | None = None
        self.quiet = (0.0, 0.0)
        """Packets sent between these may wait behind a probe: their delay is no sign."""

    @property
    def active(self) -> bool:
        return self._active is not None

    @property
    def watched(self) -> Cluster | None:
        """The cluster that wants to know what became of its packets."""
        return self._active or self._pending

    def due(self, now: float) -> bool:
        return self.watched is None and (self._next_at is None or now >= self._next_at)

    def begin(
        self,
        target: float,
        wanted: float,
        known: float | None,
        long: bool,
        position: tuple[int, int],
        now: float,
    ) -> None:
        """Start a cluster, if more is wanted than the target. `known`: the link's rate as last
        seen when it was full; `long`: the receiver measures; `position`: the next packet's number
        and the bytes sent so far."""
        if target >= wanted:
            self._next_at = now + _SATISFIED_S
            return
        near = known is not None and known < _NEAR_SHARE * target
        factor = _NEAR if long or (near and self._stage == _NEXT) else self._stage
        rate = min(factor * target, _BEYOND * wanted + _BEYOND_BITS)
        self._start(rate, _LONG_CLUSTER_S if long else CLUSTER_S, position, now)

    def open(self, target: float, position: tuple[int, int], now: float) -> None:
        """Start a cluster before anything else is sent."""
        rate = min(_FIRST * target, max(OPENING_RATE, min(target, _OPENING_MOST)))
        self._start(rate, CLUSTER_S, position, now)

    def _start(self, rate: float, span: float, position: tuple[int, int], now: float) -> None:
        self._number = self._number % 255 + 1
        self._active = Cluster(self._number, rate, span, *position, now)
        self.quiet = (now, now + 2 * span)

    def pace(self, number: int, octets: int, now: float) -> tuple[int, int] | None:
        """`number`: the next packet's; `octets`: all that was sent so far. Returns the cluster's
        number and bytes to send now, if any."""
        cluster = self._active
        if cluster is None:
            return None
        sent = octets - cluster.start_octets
        elapsed = now - cluster.start
        done = sent >= cluster.goal and elapsed >= cluster.span
        if done or elapsed > max(_LONGEST_S, cluster.span):
            self._end(cluster, number, now)
            return None
        due = int(cluster.rate * (elapsed + _AHEAD_S) / 8) - sent
        if due < _QUANTUM:
            return None
        return cluster.number, min(due, int(cluster.rate * _CATCH_UP_S / 8) + _PACKET)

    def _end(self, cluster: Cluster, number: int, now: float) -> None:
        self._active = None
        cluster.last = number - 1
        cluster.ended = now
        self.quiet = (cluster.start, now + 2 * CLUSTER_S)
        if cluster.span < _LONG_CLUSTER_S and cluster.last >= cluster.first:
            self._pending = cluster
        else:
            self._next_at = now + INTERVAL_S

    def finished(self, heard: int) -> Cluster | None:
        """The cluster that ended, once feedback has spoken of all before number `heard`."""
        cluster = self._pending
        if cluster is None or cluster.last is None or heard <= cluster.last:
            return None
        self._pending = None
        return cluster

    def result(self, flow: Flow | None, rate: float, target: float, now: float) -> float | None:
        """Take in what a cluster of `rate` showed. Returns the rate that sender and receiver
        agree on when it is more than the target."""
        if flow is None:
            self._next_at = now + _AGAIN_S
            return None
        self._stage = _NEXT
        agreed = min(flow.sent, flow.received, rate)  # what came in a burst proves no more
        full = flow.received < SATURATED * min(flow.sent, rate)
        if agreed <= target and not full:
            # The start holds, and no more was asked; or more was not sent: we are busy ourselves.
            self._next_at = now if rate <= target else now + _AGAIN_S
            return None
        if agreed <= target:
            self._failures += 1
            interval = min(_LONGEST_INTERVAL_S, INTERVAL_S * (1 + self._failures / 4))
            if self._number <= _EARLY and agreed > _NEARLY * target:
                self._next_at = now + _AGAIN_S
            else:
                self._next_at = now + max(interval, self._doubt)
            return None
        self._failures = 0
        self._promised_at = now
        if full or agreed < _CARRIED * rate:
            self._next_at = now + max(INTERVAL_S, self._doubt)
            return OF_FULL * agreed if full else agreed
        self._next_at = now
        return agreed

    def fell(self, now: float, response: float) -> None:
        """The target fell: try again soon, unless a probe had promised what did not hold."""
        self._stage = _NEXT
        if self._promised_at is not None and now - self._promised_at < _FALSE_S:
            self._doubt = min(_LONGEST_DOUBT_S, 2 * self._doubt)
            self._promised_at = None
            self._next_at = now + self._doubt
            return
        soon = now + _RECOVERY_S + response
        if self._next_at is None or self._next_at < soon:
            self._next_at = soon

    def forget_late(self, number: int, response: float, now: float) -> None:
        """End a cluster that nobody paces, give up one that no feedback speaks of. `number`: the
        next packet's."""
        cluster = self._active
        if cluster is not None and now - cluster.start > max(_LONGEST_S, cluster.span):
            self._end(cluster, number, now)
        cluster = self._pending
        if cluster is not None and now - cluster.ended > _WAIT_S + 2 * response:
            self._pending = None
            self._next_at = now + INTERVAL_S

    def again(self, now: float) -> None:
        """All that was known is void."""
        self._active = self._pending = self._promised_at = None
        self._stage, self._failures, self._doubt = _NEXT, 0, INTERVAL_S
        self._next_at = now
