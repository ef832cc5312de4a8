"""Packets on their way: numbered when sent, and what the receiver's feedback says of each."""

from __future__ import annotations

from array import array
from typing import NamedTuple, TypeVar

from vicon.rtc.gcc.prober import Cluster
from vicon.rtc.gcc.throughput import Throughput
from vicon.rtc.gcc.trend import DelayTrend
from vicon.rtc.rtp import SEQUENCE_MASK, unwrap
from vicon.rtc.twcc import REFERENCE_MASK, REFERENCE_TICKS, TICKS_PER_SECOND, Twcc

REMEMBERED = 4096
"""Packets: two seconds of the most that one receiver gets. A power of two."""
_PLACE = REMEMBERED - 1
BURST_S = 0.005
"""Packets sent within this make a group (draft-ietf-rmcat-gcc-02, section 5.2)."""
_TICK_S = 1 / TICKS_PER_SECOND
_MOST_LOST = 512
_LONG_AGO = -1e18
_Number = TypeVar("_Number", int, float)


class Heard(NamedTuple):
    """What one feedback told."""

    came: int
    """Packets."""
    lost: int
    late: int
    """Came, of those that a feedback before told to be lost."""
    waited: float | None
    """Seconds from sending the newest of them to now; None when none is new."""


class Flight:
    """Times are monotonic seconds, sizes bytes on the wire. Numbers are not wrapped inside."""

    __slots__ = (
        "_cell", "_first", "_heard", "_lost", "_reference", "_sizes", "_throughput", "_times",
        "_trend", "padding",
    )  # fmt: skip

    def __init__(self) -> None:
        self._times = array("d", bytes(8 * REMEMBERED))
        self._sizes = array("i", bytes(4 * REMEMBERED))
        self._cell = array("Q", (1, 0))
        """The next number to give, and the bytes sent."""
        self._first = self._heard = 1
        """The first number given, and the one before which every packet has been spoken of."""
        self._lost: dict[int, None] = {}
        """Spoken of as missing; may yet come."""
        self._reference: int | None = None
        self._trend = DelayTrend()
        self._throughput = Throughput()
        self.padding = 0
        """Bytes sent for probes."""

    @property
    def _next(self) -> int:
        return self._cell[0]

    @property
    def octets(self) -> int:
        """Bytes sent, for probes too."""
        return self._cell[1]

    def shared(self) -> tuple[array[int], array[float], array[int]]:
        """For who gives numbers as sent() does, outside Python: the next number and the bytes sent
        so far; times and sizes by number, the place of a number being its low bits."""
        return self._cell, self._times, self._sizes

    def sent(self, size: int, now: float, cluster: int = 0) -> int:
        """Note one packet and return the 16-bit transport-wide number to write into it.
        `cluster`: the number that probe() gave, when it is sent for that."""
        cell = self._cell
        number = cell[0]
        cell[0] = number + 1
        place = number & _PLACE
        self._times[place] = now
        self._sizes[place] = size
        cell[1] += size
        if cluster:
            self.padding += size
        return number & SEQUENCE_MASK

    def _take(self, packet: Twcc, watched: Cluster | None, now: float) -> Heard | None:
        """Feed trend and throughput. None when it tells only of packets that were never sent, or
        long ago."""
        first = unwrap(packet.base, self._next - 1)
        arrivals = packet.arrivals
        oldest = max(self._first, self._next - REMEMBERED)
        if first < oldest or first + len(arrivals) > self._next:
            arrivals = arrivals[max(0, oldest - first) : max(0, self._next - first)]
            first = max(first, oldest)
        if not arrivals:
            return None
        start = self._start_of(packet.reference)
        if watched is not None:
            self._observe(watched, first, arrivals, start)
        old = max(0, min(len(arrivals), self._heard - first))
        late_packets, late_bytes = self._take_late(first, arrivals[:old])
        if old == len(arrivals):
            self._throughput.more(0, late_bytes)
            return Heard(late_packets, 0, late_packets, None)
        late_bytes += self._skip(first)
        heard = self._take_new(first + old, arrivals[old:], start, late_bytes, now)
        return heard._replace(came=heard.came + late_packets, late=late_packets)

    def _start_of(self, reference: int) -> float:
        """Seconds of the receiver's clock, its 24 bits continued."""
        if self._reference is None:
            self._reference = reference
        half = (REFERENCE_MASK + 1) // 2
        self._reference += (reference - self._reference + half & REFERENCE_MASK) - half
        return self._reference * REFERENCE_TICKS * _TICK_S

    def _take_late(self, first: int, arrivals: tuple[int | None, ...]) -> tuple[int, int]:
        """Spoken of before: of what was thought lost some may have come. Packets and bytes."""
        if not self._lost:
            return 0, 0
        packets = size = 0
        for number, ticks in enumerate(arrivals, first):
            if ticks is not None and number in self._lost:
                del self._lost[number]
                packets += 1
                size += self._sizes[number & _PLACE]
        return packets, size

    def _skip(self, first: int) -> int:
        """Bytes of packets that no feedback speaks of, since it was lost: taken as come."""
        return sum(self._slice(self._sizes, max(self._heard, self._next - REMEMBERED), first))

    @staticmethod
    def _slice(ring: array[_Number], first: int, end: int) -> array[_Number]:
        """What is remembered of the packets from `first` on, before `end`."""
        start, stop = first & _PLACE, end & _PLACE
        if first >= end:
            return ring[:0]
        return ring[start:stop] if start < stop else ring[start:] + ring[:stop]

    def _take_new(
        self,
        first: int,
        arrivals: tuple[int | None, ...],
        start: float,
        otherwise: int,
        now: float,
    ) -> Heard:
        """Of packets not spoken of before. `otherwise`: bytes that came besides."""
        self._heard = end = first + len(arrivals)
        times = self._slice(self._times, first, end)
        everything = sum(self._slice(self._sizes, first, end)) + otherwise
        missing = lost = 0
        if None in arrivals:
            missing, lost = self._take_missing(first, arrivals)
        self._throughput.more(everything, everything - lost)
        if missing == len(arrivals):
            return Heard(0, missing, 0, None)
        newest, last_at, steady = self._feed_trend(arrivals, times, start)
        if not steady:
            self._throughput.clear()
        self._throughput.add(last_at, start + newest)
        return Heard(len(arrivals) - missing, missing, 0, now - last_at)

    def _take_missing(self, first: int, arrivals: tuple[int | None, ...]) -> tuple[int, int]:
        """Packets and bytes."""
        lost, sizes = self._lost, self._sizes
        numbers = [number for number, ticks in enumerate(arrivals, first) if ticks is None]
        lost.update(dict.fromkeys(numbers))
        while len(lost) > _MOST_LOST:
            del lost[next(iter(lost))]
        return len(numbers), sum(sizes[number & _PLACE] for number in numbers)

    def _feed_trend(
        self, arrivals: tuple[int | None, ...], times: array[float], start: float
    ) -> tuple[float, float, bool]:
        """At least one arrival. Returns when the newest came (seconds after `start`), when the last
        was sent, and whether the clock goes on steadily. This runs for every packet and every
        receiver: it is short on purpose."""
        add = self._trend.add
        steady = True
        group_end = _LONG_AGO
        group_at = group_delay = last_at = 0.0
        newest = -(1 << 62)
        for ticks, at in zip(arrivals, times, strict=True):
            if ticks is None:
                continue
            delay = ticks * _TICK_S - at
            if at >= group_end:
                if group_end > _LONG_AGO:
                    steady = add(group_at, start + group_delay) and steady
                group_end, group_at, group_delay = at + BURST_S, at, delay
            elif delay < group_delay:
                group_delay = delay
            if ticks > newest:
                newest = ticks
            last_at = at
        steady = add(group_at, start + group_delay) and steady
        return newest * _TICK_S, last_at, steady

    def _observe(
        self, cluster: Cluster, first: int, arrivals: tuple[int | None, ...], start: float
    ) -> None:
        """Tell a cluster what became of its packets."""
        end = first + len(arrivals)
        if cluster.last is not None:
            end = min(end, cluster.last + 1)
        for number in range(max(cluster.first, self._heard, first), end):
            ticks = arrivals[number - first]
            cluster.count += 1
            if ticks is not None:
                place = number & _PLACE
                came = start + ticks * _TICK_S
                cluster.came.append((came, self._times[place], self._sizes[place]))

    def _oldest_unheard(self) -> float | None:
        """When the oldest packet was sent of which no feedback has spoken; None: there is none."""
        if self._heard == self._next:
            return None
        return self._times[max(self._heard, self._next - REMEMBERED) & _PLACE]

    def _newest_heard(self) -> float:
        """When the newest packet was sent of which a feedback has spoken."""
        return self._times[(self._heard - 1) & _PLACE]
