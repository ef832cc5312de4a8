"""How fast a line is: a paced ramp that stops at the knee. No I/O; times are monotonic seconds.

Rates are kbit/s of IP packets. The line is full when the one-way delay has grown (the queue before
the bottleneck fills) or when less comes than goes; then it is held full for a moment, and what the
receiver's clock says of that moment is the capacity.
"""

from __future__ import annotations

from vicon.measure.departures import Departures
from vicon.measure.report import LoadReport

FIRST_KBPS, GROWTH, STEP_S = 300.0, 1.5, 0.35
KNEE_S, KNEE_DELAY_S, KNEE_SHARE = 0.3, 0.030, 0.85
SHARE_S, KNEE_LOST = 0.6, 0.2
"""A line without a queue drops what is too much. Random loss up to a tenth, and its scatter, is no
knee; the step after a full line loses a third."""
HOLD = 1.25
"""Above what was delivered at the knee: the queue stays full, the flood is bounded."""
HOLD_S, SETTLE_S, TOP_S = 2.0, 0.4, 1.6
DRAIN_S = 1.5


class Ramp:
    """The sending side. Ask rate() before each burst, observe() every 50 ms, until over()."""

    def __init__(
        self, departures: Departures, ceiling_kbps: float, seconds: float, now: float,
        round_trip: float,
    ) -> None:  # fmt: skip
        """`round_trip` in seconds: how late feedback is."""
        self._departures = departures
        self._ceiling = max(ceiling_kbps, FIRST_KBPS)
        self._start = now
        self._end = now + max(seconds, STEP_S)
        self._late = round_trip
        self._floor = departures.least_transit(now - 3.0, now)
        self._rate = min(FIRST_KBPS, self._ceiling)
        self._step_at = now
        self._full_since: float | None = None
        self._held_from: float | None = None
        self._top_at: float | None = None
        self._sending_until: float | None = None
        self._growth: float | None = None
        self._steps: list[tuple[float, float, float]] = []
        self.filled = False

    @property
    def start(self) -> float:
        return self._start

    @property
    def until(self) -> float | None:
        """When the sending ended."""
        return self._sending_until

    def rate(self, now: float) -> float:
        """kbit/s wanted on the line now, everything counted; 0 when it is drained."""
        return 0.0 if self._sending_until is not None else self._rate

    def observe(self, now: float) -> None:
        if self._sending_until is not None:
            return
        least = self._departures.least_transit(now - KNEE_S, now)
        if least is not None and self._floor is not None:
            self._growth = max(0.0, least - self._floor)
        if self._held_from is not None:
            enough = now - self._held_from >= SETTLE_S + HOLD_S + self._late
            if enough or now >= self._end + HOLD_S:
                self._stop(now)
        elif self._full(now):
            self._hold(now)
        elif now >= self._end:
            self._stop(now)
        else:
            self._climb(now)

    def _full(self, now: float) -> bool:
        """Since KNEE_S without a break."""
        if not self._looks_full(now):
            self._full_since = None
            return False
        self._full_since = self._full_since if self._full_since is not None else now
        return now - self._full_since >= KNEE_S

    def _looks_full(self, now: float) -> bool:
        if self._growth is not None and self._growth >= KNEE_DELAY_S:
            return True
        got = self._delivered(now, SHARE_S)
        if got is None or now - self._start < self._late + SHARE_S:
            return False
        offered = self._offered(now - self._late - SHARE_S, now - self._late)
        kbps, lost = got
        return offered > 0 and lost > KNEE_LOST and kbps < KNEE_SHARE * offered

    def _delivered(self, now: float, seconds: float) -> tuple[float, float] | None:
        end = now - self._late - 0.1
        return self._departures.delivered(end - seconds, end)

    def _offered(self, since: float, until: float) -> float:
        size = sum(s.size for s in self._departures.heard(0.0, until) if since <= s.at <= until)
        return size * 8 / 1000 / max(0.001, until - since)

    def _hold(self, now: float) -> None:
        self.filled = True
        self._held_from = now
        got = self._delivered(now, SHARE_S)
        if got is not None:
            kbps, lost = got
            # What is lost at random does not reach the bottleneck: offer that much more.
            self._rate = min(self._ceiling, HOLD * kbps / max(0.5, 1 - min(lost, 0.3)))

    def _climb(self, now: float) -> None:
        if self._rate >= self._ceiling:
            self._top_at = self._top_at if self._top_at is not None else now
            if now - self._top_at >= TOP_S + self._late:
                self._stop(now)
            return
        if now - self._step_at >= STEP_S:
            got = self._delivered(now, STEP_S)
            elapsed = round(now - self._start, 2)
            self._steps.append((elapsed, round(self._rate), round(got[0] if got else 0.0)))
            self._step_at = now
            self._rate = min(self._ceiling, self._rate * GROWTH)

    def _stop(self, now: float) -> None:
        self._sending_until = now

    def over(self, now: float) -> bool:
        """Everything is sent, drained, and spoken of."""
        until = self._sending_until
        return until is not None and now - until >= DRAIN_S + self._late

    def report(self, rtt_before: float | None, rtt_during: float | None) -> LoadReport:
        """`rtt_during`: median of the pings of the load's last second, ms; None: too few came
        back, and then the growth of the one-way delay stands for it."""
        until = self._sending_until if self._sending_until is not None else self._end
        if self._held_from is not None:
            since = self._held_from + SETTLE_S
        elif self._top_at is not None:
            since = self._top_at + 0.3
        else:
            since = until - HOLD_S
        got = self._departures.delivered(since, until)
        if rtt_during is None and rtt_before is not None and self._growth is not None:
            rtt_during = rtt_before + 1000 * self._growth
        return LoadReport(
            kbps=got[0] if got else None,
            filled=self.filled,
            rtt_before=rtt_before,
            rtt_during=rtt_during,
            lost_percent=100 * got[1] if got else None,
            steps=[*self._steps, (round(until - self._start, 2), round(self._rate),
                                  round(got[0] if got else 0.0))],
        )  # fmt: skip


class Received:
    """The receiving side of a load that the other end makes: from its first packet on."""

    def __init__(self, seconds: float, now: float, wait_s: float = 8.0) -> None:
        self._seconds = seconds
        self._wait_until = now + wait_s
        self.since: float | None = None
        self.until: float | None = None

    def packet(self, now: float) -> None:
        if self.since is None:
            self.since = now

    def over(self, now: float) -> bool:
        if self.since is None:
            return now >= self._wait_until
        if now - self.since >= self._seconds:
            self.until = self.until if self.until is not None else now
        return self.until is not None
