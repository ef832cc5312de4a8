"""What one down connection's link carries, seen from the sending side. No I/O."""

from __future__ import annotations

from vicon.rtc.gcc.aimd import Aimd, Outcome
from vicon.rtc.gcc.answer import AnswerTime
from vicon.rtc.gcc.flight import Flight
from vicon.rtc.gcc.guard import Line, LossGuard
from vicon.rtc.gcc.prober import OF_FULL, OPENING, OPENING_RATE, SATURATED, Cluster, Prober
from vicon.rtc.gcc.throughput import LONG_S, SHORT_S, Flow
from vicon.rtc.gcc.trend import DelayTrend, Usage
from vicon.rtc.twcc import Twcc

_OVERDUE_S = 0.15
"""Answers so late tell more of the queue than those that came..."""
_FALLS_SHORT = 0.75
"""...and with less received of what was sent, the link is full."""
_PROBE_QUEUE_S = 0.15
"""So much may stand in the queue behind a probe."""
_FULL_QUEUE_S = 0.05
"""With more queued the link is full."""
_SPARE = 0.6
"""Sending less than this part of what the link carried, losses are hardly of our making."""
_SILENCE_S = 0.8
"""Feedback that is so late, after two answer times, will not come..."""
_SILENCE_AGAIN_S = 0.5
_SILENCE_SHARE = 0.7
"""...and then the rate falls to this part, again and again."""
_REMB_S = 10.0
_REPORT_RISE, _REPORT_LOW, _REPORT_MOST_S = 1.08, 0.02, 2.0
"""By reports alone: times a second, below this loss, for the time of a report at most."""
OPENING_S = 0.8
"""The first look at a link takes no longer..."""
GOOD, _LOOK_AGAIN = 3_000_000, 0.7
"""bit/s of a second look, where the first one came well and was of less than that share of it..."""
_AGAIN_S = 0.3
"""...which is waited for no longer."""
_CLEARLY = 0.6
"""...less of it than this part came as fast as it went, if the line is narrower than said..."""
_UNSEEN = 90_000
"""...and if nothing was seen by then, so little is sent."""
_ENOUGH = 1.2
"""And not further than this times what is wanted."""


class SendSide(Flight):
    """Times are monotonic seconds, rates bit/s, sizes bytes on the wire.

    Feed it with sent() for every packet, and with what the receiver tells. Without transport-wide
    feedback the target is the receiver's own estimate (REMB), lowered by reported losses; without
    that it follows reported losses alone (draft-ietf-rmcat-gcc-02, section 6).
    """

    __slots__ = (
        "_aimd", "_answer", "_feedback_at", "_guard", "_highest", "_lowest", "_opened_at",
        "_prober", "_remb", "_remb_at", "_reported_at", "_silent", "_silent_at", "_trip_reported",
        "_wanted", "_wide_open", "ignored", "round_trip",
    )  # fmt: skip

    def __init__(
        self, now: float, start: int, lowest: int = 30_000, highest: int = 6_000_000
    ) -> None:
        super().__init__()
        self._lowest, self._highest = lowest, highest
        self._wanted = float(highest)
        self._aimd = Aimd(now, float(max(lowest, min(highest, start))))
        self._guard = LossGuard(now)
        self._prober = Prober()
        self._opened_at: float | None = None
        self._wide_open = False
        """The last first look came as fast as it went."""
        self._answer = AnswerTime(now)
        self._feedback_at: float | None = None
        """When transport-wide feedback last came."""
        self._silent_at = now
        self._silent = False
        """Feedback did not come for long, and has not come again."""
        self._remb: int | None = None
        self._remb_at = self._reported_at = now
        self._trip_reported = False
        self.round_trip: float | None = None
        """Seconds, smoothed."""
        self.ignored = 0
        """Feedbacks that told of nothing that was sent."""

    def on_feedback(self, packet: Twcc, now: float) -> None:
        """Numbers that were not given, or long ago, are ignored."""
        heard = self._take(packet, self._prober.watched, now)
        if heard is None:
            self.ignored += 1
            return
        self._feedback_at = self._silent_at = now
        if self._silent:
            # The silence has been paid for.
            self._silent = not heard.came
            self._guard.count(heard.came, 0, heard.late)
        else:
            self._guard.count(heard.came, heard.lost, heard.late)
        if heard.waited is not None:
            self._answer.took(heard.waited, now)
            if not self._trip_reported:
                self.round_trip = self._answer.quickest
        self._control(now)

    def _control(self, now: float) -> None:
        before = self._aimd.target
        usage = self._trend.update(now)
        long, short = self._throughput.over(LONG_S), self._throughput.over(SHORT_S)
        usage, queue = self._usage(usage, short)
        own, response = self._guard.own, self._answer.smoothed
        outcome = self._aimd.update(usage, queue, long, short, own, response, now)
        if outcome is Outcome.EMPTIED:
            self._guard.relieve()
        elif outcome is Outcome.IN_VAIN:
            self._trend.rebase()
        if self._aimd.draining:
            self._guard.pause(now)
        elif long is not None:
            full = usage is Usage.OVER or queue > _FULL_QUEUE_S
            known = self._aimd.capacity.mean
            spare = known is not None and long.sent < _SPARE * known
            self._guard.update(Line(self.target, long.sent, long.received, full, spare), now)
        if self._aimd.target < before:
            self._prober.fell(now, response)
        self._look_up(now)

    def _look_up(self, now: float) -> None:
        cluster = self._prober.finished(self._heard)
        if cluster is not None:
            self._conclude(cluster, now)

    def _usage(self, usage: Usage, short: Flow | None) -> tuple[Usage, float]:
        """What trend and answer times together say of the queue."""
        queue, overdue = self._trend.queue, self._answer.overdue
        if overdue > max(queue, _OVERDUE_S):
            queue = overdue
            if short is not None and short.received < _FALLS_SHORT * short.sent:
                usage = Usage.OVER
        if usage is Usage.OVER and queue < _PROBE_QUEUE_S:
            since, until = self._prober.quiet
            if since <= self._newest_heard() < until:
                usage = Usage.NORMAL
        return usage, queue

    def _conclude(self, cluster: Cluster, now: float) -> None:
        """All is known of a probe."""
        flow = cluster.flow(self._guard.own)
        fell_at = self._aimd.fell_at
        if fell_at is not None and fell_at > cluster.start:
            flow = None
        if flow is not None and flow.received < SATURATED * flow.sent:
            self._aimd.capacity.saw(flow.received)
        if flow is not None and self._opened_at is not None:
            narrow = cluster.narrow(self._guard.own)
            self._believe(Flow(min(flow.sent, cluster.rate), flow.received), narrow, cluster.rate)
            wide = self._wide_open and OPENING_RATE <= cluster.rate < _LOOK_AGAIN * GOOD
            if cluster.number == OPENING and wide:
                self._prober.open(GOOD, (self._next, self.octets), now)
                self._opened_at = now - OPENING_S + _AGAIN_S
                return
        self._opened_at = None
        rate = self._prober.result(flow, cluster.rate, self._aimd.target, now)
        if rate is not None:
            self._aimd.raise_to(min(rate, float(self._highest)))

    def open(self, now: float) -> None:
        """Look at the link before anything is sent on it: to be called once, where the receiver
        gives transport-wide feedback. Call probe() every few ms meanwhile."""
        self._opened_at = now
        self._prober.open(self._aimd.target, (self._next, self.octets), now)

    def opening(self, now: float) -> bool:
        """Whether that look still goes on: what is sent now would stand behind it."""
        return self._opened_at is not None and now - self._opened_at < OPENING_S

    def _believe(self, flow: Flow, narrow: float | None, rate: float) -> None:
        """What a first look of `rate` showed. What came as fast as it went is taken for that rate,
        even if less was sent because we are busy: nothing else is known yet. A narrow line must
        show clearly, and not by one pause alone (`narrow`): a short burst may come a little drawn
        out over any."""
        self._wide_open = flow.received >= SATURATED * flow.sent
        if self._wide_open:
            self._aimd.raise_to(min(rate, float(self._highest)))
        elif narrow is not None and max(narrow, flow.received) < _CLEARLY * flow.sent:
            seen = min(self._aimd.target, OF_FULL * narrow)
            self._aimd.target = max(float(self._lowest), seen)

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
        elapsed = max(0.0, min(_REPORT_MOST_S, now - self._reported_at))
        self._reported_at = now
        self._guard.judge(fraction, Line(self.target, 0.0, 0.0, True, False), elapsed)
        if self._remb is None and fraction < _REPORT_LOW:
            enough = max(self._aimd.target, min(self._highest, _ENOUGH * self._wanted))
            self._aimd.target = min(enough, self._aimd.target * _REPORT_RISE**elapsed)

    def on_round_trip(self, seconds: float, now: float) -> None:
        """As a receiver report says (RFC 3550, section 6.4.1)."""
        if self.round_trip is None or not self._trip_reported:
            self.round_trip = seconds
        else:
            self.round_trip += (seconds - self.round_trip) / 4
        self._trip_reported = True

    def moved(self, now: float) -> None:
        """The connection goes another way (another pair, ICE restart): what is known of the link
        is void, but for the target."""
        self._trend = DelayTrend()
        self._throughput.clear()
        self._answer = AnswerTime(now)
        self._guard = LossGuard(now)
        self._aimd = Aimd(now, self._aimd.target)
        self._prober.again(now)
        self._silent_at = now

    def limited(self, wanted: int) -> None:
        """What would be sent if the link carried it: probes go no further. Until this is called
        they go up to the highest."""
        self._wanted = float(wanted)

    def tick(self, now: float) -> None:
        """Call every 20 ms."""
        if self._opened_at is not None and not self.opening(now):
            self._opened_at = None
            if not self._wide_open:
                self._begin_low()
        if self._remb is not None and now - self._remb_at > _REMB_S:
            self._remb = None
        if self._feedback_at is not None:
            self._fear_silence(now)
        elif self._remb is None:
            return
        self._prober.forget_late(self._next, self._answer.smoothed, now)
        self._look_up(now)
        if self._prober.due(now) and self._may_probe():
            self._prober.begin(
                self._aimd.target,
                min(self._wanted, float(self._highest)),
                self._aimd.capacity.mean,
                self._feedback_at is None,
                (self._next, self.octets),
                now,
            )

    def _begin_low(self) -> None:
        """Feedback has told nothing of the first look, or part of it: the line is very narrow, or
        its way back is full."""
        cluster = self._prober.watched
        flow = cluster.flow(self._guard.own) if cluster is not None else None
        rate = OF_FULL * flow.received if flow is not None else _UNSEEN
        self._aimd.target = max(float(self._lowest), min(self._aimd.target, rate))

    def _may_probe(self) -> bool:
        """On a link that looks full or has not shown itself yet there is nothing to try out."""
        limit = self._guard.limit
        if self._aimd.draining or (limit is not None and limit <= self._aimd.target):
            return False
        if self._feedback_at is None:
            return True
        empty = self._trend.queue < _FULL_QUEUE_S and self._answer.overdue < _OVERDUE_S
        return empty and self._trend.known

    def _fear_silence(self, now: float) -> None:
        """Feedback is overdue: what is sent may not come through."""
        oldest = self._oldest_unheard()
        if oldest is None:
            self._silent_at = now
            return
        patience = _SILENCE_S + 2 * self._answer.smoothed
        if now - max(self._silent_at, oldest) > patience:
            self._silent_at = now - patience + _SILENCE_AGAIN_S
            self._silent = True
            self._aimd.silence(now, _SILENCE_SHARE)
            self._aimd.target = max(self._aimd.target, float(self._lowest))
            self._prober.fell(now, self._answer.smoothed)

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
    def heard(self) -> bool:
        """Whether transport-wide feedback ever came."""
        return self._feedback_at is not None

    @property
    def own_loss(self) -> float:
        """The share of packets that the line loses whatever is sent, 0-1, as far as it is known."""
        return self._guard.own

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
        due = self._prober.pace(self._next, self.octets, now)
        if due is None:
            # Feedback may have spoken of its last packet before it was over, and says no more.
            self._look_up(now)
        return due
