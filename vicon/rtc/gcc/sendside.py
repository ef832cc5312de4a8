"""What one down connection's link carries, seen from the sending side. No I/O."""

from __future__ import annotations

from array import array

from vicon.rtc.gcc.aimd import Aimd, Outcome
from vicon.rtc.gcc.guard import LossGuard
from vicon.rtc.gcc.prober import Cluster, Prober
from vicon.rtc.gcc.throughput import LONG_S, SHORT_S, Flow, Throughput
from vicon.rtc.gcc.trend import DelayTrend, Usage
from vicon.rtc.rtp import unwrap
from vicon.rtc.twcc import REFERENCE_MASK, REFERENCE_TICKS, TICKS_PER_SECOND, Twcc

REMEMBERED = 4096
"""Packets: two seconds of what one receiver gets at most."""
_PLACE = REMEMBERED - 1
BURST_S = 0.005
"""Packets sent within this make a group (draft-ietf-rmcat-gcc-02, section 5.2)."""
_TICK_S = 1 / TICKS_PER_SECOND
_MOST_LOST = 512
_FIRST_RESPONSE_S = 0.2
_QUICKEST_S = 10.0
_HELD_S = 0.1
"""A receiver may hold a feedback back so long."""
_OVERDUE_S = 0.15
_FALLS_SHORT = 0.75
_SILENCE_S = 0.8
_SILENCE_SHARE = 0.7
_REMB_S = 10.0
_FULL_QUEUE_S = 0.05
_REPORT_RISE = 1.08


class SendSide:
    """Times are monotonic seconds, rates bit/s, sizes bytes on the wire.

    Feed it with sent() for every packet, and with what the receiver tells. Without transport-wide
    feedback the target is the receiver's own estimate (REMB), lowered by reported losses; without
    that either it follows reported losses alone.
    """

    __slots__ = (
        "_aimd",
        "_feedback_at",
        "_first",
        "_guard",
        "_heard",
        "_highest",
        "_lost",
        "_lowest",
        "_next",
        "_prober",
        "_quickest",
        "_quickest_end",
        "_reference",
        "_remb",
        "_remb_at",
        "_reported_at",
        "_reported_trip_at",
        "_response",
        "_silent_at",
        "_sizes",
        "_throughput",
        "_times",
        "_trend",
        "_waited",
        "_wanted",
        "ignored",
        "octets",
        "padding",
        "round_trip",
    )  # fmt: skip

    def __init__(
        self, now: float, start: int, lowest: int = 30_000, highest: int = 6_000_000
    ) -> None:
        self._lowest, self._highest = lowest, highest
        self._wanted: float = highest
        self._times = array("d", bytes(8 * REMEMBERED))
        self._sizes = array("i", bytes(4 * REMEMBERED))
        """Of the packets in flight; below zero once it is known that they came."""
        self._next = self._first = self._heard = 1
        """Transport-wide numbers, not wrapped: the next to give, the first given, and the one
        before which all have been spoken of."""
        self._lost: dict[int, None] = {}
        """Spoken of as missing; may yet come."""
        self._reference: int | None = None
        self._trend = DelayTrend()
        self._throughput = Throughput()
        self._aimd = Aimd(now, float(min(highest, max(lowest, start))))
        self._guard = LossGuard(now)
        self._prober = Prober()
        self._feedback_at: float | None = None
        self._silent_at = now
        self._response = _FIRST_RESPONSE_S
        """Seconds from sending to its feedback, smoothed."""
        self._waited = 0.0
        self._quickest = (1e9, 1e9)
        """Least seconds from sending to feedback, of the window before and of this."""
        self._quickest_end = now
        self._reported_trip_at: float | None = None
        self._remb: int | None = None
        self._remb_at = self._reported_at = now
        self.round_trip: float | None = None
        """Seconds, smoothed."""
        self.octets = self.padding = 0
        """Bytes sent; of these for probes."""
        self.ignored = 0
        """Feedbacks of which nothing was known."""

    def sent(self, size: int, now: float, cluster: int = 0) -> int:
        """Note one packet and return the 16-bit transport-wide number to write into it.
        `cluster`: the number that probe() gave, when it is sent for that."""
        number = self._next
        self._next = number + 1
        place = number & _PLACE
        self._times[place] = now
        self._sizes[place] = size
        self.octets += size
        if cluster:
            self.padding += size
        return number & 0xFFFF

    def on_feedback(self, packet: Twcc, now: float) -> None:
        """Numbers that were not given, or long ago, are ignored."""
        first = unwrap(packet.base, self._next - 1)
        arrivals = packet.arrivals
        oldest = max(self._first, self._next - REMEMBERED)
        if first < oldest or first + len(arrivals) > self._next:
            arrivals = arrivals[max(0, oldest - first) : max(0, self._next - first)]
            first = max(first, oldest)
        if not arrivals:
            self.ignored += 1
            return
        start = self._start_of(packet.reference)
        self._feedback_at = self._silent_at = now
        if self._prober.watching() is not None:
            self._observe(first, arrivals, start)
        old = max(0, min(len(arrivals), self._heard - first))
        late = self._take_late(first, arrivals[:old]) if old else 0
        self._take_new(first + old, arrivals[old:], start, late, now)
        self._control(now)

    def _start_of(self, reference: int) -> float:
        """Seconds of the receiver's clock, its 24 bits continued."""
        if self._reference is None:
            self._reference = reference
        half = (REFERENCE_MASK + 1) // 2
        self._reference += (reference - self._reference + half & REFERENCE_MASK) - half
        return self._reference * REFERENCE_TICKS * _TICK_S

    def _take_late(self, first: int, arrivals: tuple[int | None, ...]) -> int:
        """Spoken of before: packets thought lost may have come. Returns their bytes."""
        found = 0
        for number, ticks in enumerate(arrivals, first):
            if ticks is not None and number in self._lost:
                del self._lost[number]
                self._guard.count(1, -1)
                place = number & _PLACE
                found += self._sizes[place]
                self._sizes[place] = -self._sizes[place]
        return found

    def _take_new(
        self, first: int, arrivals: tuple[int | None, ...], start: float, late: int, now: float
    ) -> None:
        """This runs for every packet and every receiver: it is short on purpose."""
        times, sizes, lost, add = self._times, self._sizes, self._lost, self._trend.add
        skipped = self._skip(first) if arrivals else 0
        received, everything, came, missing = 0, skipped, 0, 0
        group_end, group_at, group_delay = -1e18, 0.0, 0.0
        steady = True
        newest = last_at = -1e18
        number = first
        for ticks in arrivals:
            place = number & _PLACE
            size = sizes[place]
            everything += size
            if ticks is None:
                lost[number] = None
                missing += 1
            else:
                at = times[place]
                sizes[place] = -size
                received += size
                came += 1
                seconds = ticks * _TICK_S
                delay = start + seconds - at
                if at >= group_end:
                    if came > 1:
                        steady = add(group_at, group_delay) and steady
                    group_end, group_at, group_delay = at + BURST_S, at, delay
                elif delay < group_delay:
                    group_delay = delay
                if seconds > newest:
                    newest = seconds
                last_at = at
            number += 1
        if not came:
            self._heard = max(self._heard, number)
            self._guard.count(0, missing)
            self._throughput_more(everything, late)
            return
        steady = add(group_at, group_delay) and steady
        self._heard = max(self._heard, number)
        self._guard.count(came, missing)
        while len(lost) > _MOST_LOST:
            del lost[next(iter(lost))]
        if not steady:
            self._throughput.clear()
        self._throughput.add(last_at, start + newest, everything, received + late + skipped)
        self._answered(now - last_at, now)

    def _answered(self, seconds: float, now: float) -> None:
        self._response += (seconds - self._response) / 8
        self._waited = seconds
        if now >= self._quickest_end:
            self._quickest = (self._quickest[1], seconds)
            self._quickest_end = now + _QUICKEST_S
        elif seconds < self._quickest[1]:
            self._quickest = (self._quickest[0], seconds)
        if self._reported_trip_at is None:
            self.round_trip = min(self._quickest)

    @property
    def _overdue(self) -> float:
        """Seconds by which the last answer was later than the quickest: what waits in a queue
        shows here before it has come through."""
        return max(0.0, self._waited - min(self._quickest))

    def _throughput_more(self, sent: int, received: int) -> None:
        self._throughput.add(-1e18, -1e18, sent, received)

    def _skip(self, first: int) -> int:
        """Bytes of packets that no feedback speaks of, since it was lost: taken as come."""
        if first <= self._heard:
            return 0
        return sum(
            self._sizes[n & _PLACE] for n in range(max(self._heard, self._next - REMEMBERED), first)
        )

    def _observe(self, first: int, arrivals: tuple[int | None, ...], start: float) -> None:
        """Take down what became of a cluster's packets."""
        cluster = self._prober.watching()
        if cluster is None:
            return
        begin = max(cluster.first, self._heard, first)
        end = first + len(arrivals)
        if cluster.last is not None:
            end = min(end, cluster.last + 1)
        for number in range(begin, end):
            ticks = arrivals[number - first]
            cluster.count += 1
            if ticks is not None:
                place = number & _PLACE
                cluster.came.append(
                    (start + ticks * _TICK_S, self._times[place], abs(self._sizes[place]))
                )

    def _control(self, now: float) -> None:
        before = self._aimd.target
        usage = self._trend.update(now)
        queue = self._trend.queue
        overdue = self._overdue - _HELD_S
        if overdue > max(queue, _OVERDUE_S):
            queue = overdue
            flow = self._throughput.over(SHORT_S)
            if flow is not None and flow.received < _FALLS_SHORT * flow.sent:
                usage = Usage.OVER
        if usage is Usage.OVER and self._behind_probe() and queue < 0.15:
            usage = Usage.NORMAL
        long, short = self._throughput.over(LONG_S), self._throughput.over(SHORT_S)
        own = self._guard.own
        if own:
            # Lost behind the queue: the link carried it.
            long, short = _made_up(long, own), _made_up(short, own)
        outcome = self._aimd.update(usage, queue, long, short, self._response, now)
        if outcome is Outcome.EMPTIED:
            self._guard.relieve()
        elif outcome is Outcome.IN_VAIN:
            self._trend.rebase()
        if self._aimd.draining:
            self._guard.pause(now)
        elif long is not None:
            full = usage is Usage.OVER or queue > _FULL_QUEUE_S
            self._guard.update(float(self.target), long.sent, long.received, full, now)
        if self._aimd.target < before:
            self._prober.fell(now, self._response)
        cluster = self._prober.finished(self._heard)
        if cluster is not None:
            self._conclude(cluster, now)

    def _behind_probe(self) -> bool:
        """Whether the newest packets spoken of may have waited behind a probe."""
        return self._times[(self._heard - 1) & _PLACE] < self._prober.quiet_until

    def _conclude(self, cluster: Cluster, now: float) -> None:
        flow = cluster.flow()
        fell_at = self._aimd.fell_at
        if fell_at is not None and fell_at > cluster.start:
            flow = None
        if flow is not None and flow.received < 0.85 * flow.sent:
            self._aimd.capacity.saw(flow.received)
        rate = self._prober.result(flow, cluster.rate, self._aimd.target, now)
        if rate is not None:
            self._aimd.raise_to(rate)

    def on_remb(self, bitrate: int, now: float) -> None:
        """The receiver's own limit; its estimate where no transport-wide feedback comes. Holds
        for ten seconds."""
        self._remb, self._remb_at = bitrate, now
        if self._feedback_at is None:
            self._aimd.target = float(max(self._lowest, min(self._highest, bitrate)))

    def on_loss(self, fraction: float, now: float) -> None:
        """Lost share of a receiver report, 0-1: counts where no transport-wide feedback comes."""
        if self._feedback_at is not None:
            return
        fraction = max(0.0, min(1.0, fraction))
        elapsed = max(0.0, min(2.0, now - self._reported_at))
        self._reported_at = now
        target = float(self.target)
        self._guard.judge(fraction, target, 0.0, 0.0, True, elapsed)
        if self._remb is None and fraction < 0.02:
            ceiling = max(self._aimd.target, 1.2 * self._wanted)
            self._aimd.target = min(ceiling, self._aimd.target * _REPORT_RISE**elapsed)

    def on_round_trip(self, seconds: float, now: float) -> None:
        """As a receiver report says (RFC 3550, section 6.4.1)."""
        if self.round_trip is None or self._reported_trip_at is None:
            self.round_trip = seconds
        else:
            self.round_trip += (seconds - self.round_trip) / 4
        self._reported_trip_at = now

    def limited(self, wanted: int) -> None:
        """What would be sent if the link carried it: probes go no further."""
        self._wanted = float(wanted)

    def tick(self, now: float) -> None:
        """Call every 20 ms."""
        if self._remb is not None and now - self._remb_at > _REMB_S:
            self._remb = None
        if self._feedback_at is None:
            return
        self._fear_silence(now)
        self._prober.forget_late(self._response, now)
        if self._prober.due(now) and self._may_probe():
            self._prober.begin(
                self._aimd.target, self._wanted, float(self._highest), self._aimd.capacity.mean,
                self._next, self.octets, now,
            )  # fmt: skip

    def _may_probe(self) -> bool:
        limit = self._guard.limit
        return not self._aimd.draining and (limit is None or limit > self._aimd.target)

    def _fear_silence(self, now: float) -> None:
        """Feedback is overdue: what is sent may not come through."""
        if self._next == self._heard:
            self._silent_at = now
            return
        since = max(
            self._silent_at, self._times[max(self._heard, self._next - REMEMBERED) & _PLACE]
        )
        if now - since > _SILENCE_S + 2 * self._response:
            self._silent_at = now - self._response - _SILENCE_S / 2
            self._aimd.silence(now, _SILENCE_SHARE)
            self._aimd.target = max(self._aimd.target, self._lowest)
            self._prober.fell(now, self._response)

    @property
    def target(self) -> int:
        """What may be sent, media and retransmissions together."""
        rate = self._aimd.target
        if self._guard.limit is not None:
            rate = min(rate, self._guard.limit)
        if self._remb is not None:
            rate = min(rate, self._remb)
        return int(max(self._lowest, min(self._highest, rate)))

    @property
    def loss(self) -> float:
        """Share of packets lost, smoothed, 0-1."""
        return self._guard.loss

    @property
    def acknowledged(self) -> int | None:
        """What came through over the last half second; None before that is known."""
        flow = self._throughput.over(LONG_S)
        return None if flow is None else int(flow.received)

    @property
    def queue(self) -> float:
        """Seconds that packets wait on the way, beyond the least of the last half minute."""
        return self._trend.queue

    def probing(self, now: float) -> bool:
        """Whether probe() is to be called every few ms now."""
        return self._prober.active

    def probe(self, now: float) -> tuple[int, int] | None:
        """The cluster's number and how many bytes of padding or retransmissions to send now."""
        return self._prober.pace(self._next, self.octets, now)


def _made_up(flow: Flow | None, own: float) -> Flow | None:
    return None if flow is None else Flow(flow.sent, flow.received / (1 - own))
