"""What a receiver knows of one incoming RTP stream: extended sequence numbers, losses, jitter,
the sender's clock, and from these the report block for the sender."""

from __future__ import annotations

from vicon.rtc.rtcp import ReportBlock, SenderReport, middle
from vicon.rtc.rtp import SEQUENCE_MASK, TIMESTAMP_MASK, timestamp_distance

_MAX_JUMP = 3000
"""RFC 3550 appendix A.1, MAX_DROPOUT: a larger jump is a restart of the source."""


class Reception:
    """Statistics of one SSRC. Times are monotonic seconds."""

    __slots__ = (
        "_base",
        "_clock_at",
        "_clock_ntp",
        "_clock_rtp",
        "_expected_before",
        "_jitter",
        "_rate",
        "_received_before",
        "_transit",
        "highest",
        "received",
    )

    def __init__(self, clock_rate: int) -> None:
        self.highest = -1
        """Extended: the 16-bit number and 65536 per wrap; -1 before the first packet."""
        self.received = 0
        self._base = 0
        self._rate = clock_rate
        self._jitter = 0.0
        self._transit = 0.0
        self._expected_before = 0
        self._received_before = 0
        self._clock_at: float | None = None
        self._clock_ntp = 0
        self._clock_rtp = 0

    def update(self, sequence: int, timestamp: int, now: float) -> int:
        """Count a packet and return its extended sequence number. One that jumps too far
        restarts the statistics from it (still rising, so that nothing stored is confused)."""
        self.received += 1
        highest = self.highest
        if highest < 0:
            # One wrap up, so that packets from before the first have numbers too.
            extended = 65536 + sequence
            self._restart(extended, timestamp, now)
            return extended
        step = ((sequence - highest + 0x8000) & SEQUENCE_MASK) - 0x8000
        extended = highest + step
        if step > _MAX_JUMP or step < -_MAX_JUMP:
            extended = highest + ((sequence - highest) & SEQUENCE_MASK)
            self._restart(extended, timestamp, now)
            return extended
        if step > 0:
            self.highest = extended
            # RFC 3550 appendix A.8; a reordered packet would only blur it.
            transit = now * self._rate - timestamp
            delta = abs(transit - self._transit)
            self._transit = transit
            if delta < 0x10000000:  # not over the timestamp's wrap
                self._jitter += (delta - self._jitter) / 16
        return extended

    def _restart(self, extended: int, timestamp: int, now: float) -> None:
        self.highest = self._base = extended
        self.received = 1
        self._expected_before = self._received_before = 0
        self._transit = now * self._rate - timestamp

    def heard_sender(self, report: SenderReport, now: float) -> None:
        self._clock_at, self._clock_ntp, self._clock_rtp = now, report.ntp, report.timestamp

    def sender_time(self, now: float) -> tuple[int, int] | None:
        """What the sender's clocks show now, by its last report: NTP time (64 bits) and RTP
        timestamp (32 bits). None before its first report."""
        if self._clock_at is None:
            return None
        age = max(0.0, now - self._clock_at)
        ntp = self._clock_ntp + int(age * 4294967296) & 0xFFFFFFFFFFFFFFFF
        return ntp, self._clock_rtp + int(age * self._rate) & 0xFFFFFFFF

    @property
    def clock(self) -> tuple[int, int] | None:
        """The sender's last report: NTP time (64 bits) and RTP timestamp (32 bits). None before
        the first."""
        return (self._clock_ntp, self._clock_rtp) if self._clock_at is not None else None

    @property
    def jitter(self) -> float:
        """Seconds (RFC 3550 section 6.4.1)."""
        return self._jitter / self._rate

    def counts(self) -> tuple[int, int]:
        """Packets that the sender numbered since the first, and those that came."""
        return (self.highest - self._base + 1 if self.highest >= 0 else 0), self.received

    def capture_time(self, timestamp: int) -> float | None:
        """Seconds on the sender's own clock (NTP) at which what bears this timestamp was captured,
        by its last report. None before that."""
        if self._clock_at is None:
            return None
        behind = timestamp_distance(timestamp & TIMESTAMP_MASK, self._clock_rtp)
        return self._clock_ntp / 4294967296 + behind / self._rate

    def report(self, ssrc: int, now: float) -> ReportBlock:
        """The block for a receiver report (RFC 3550 section 6.4.1, appendix A.3); the interval
        for the fraction begins anew."""
        expected = self.highest - self._base + 1
        interval = expected - self._expected_before
        lost = interval - (self.received - self._received_before)
        self._expected_before, self._received_before = expected, self.received
        fraction = min(255, max(0, lost * 256 // interval)) if interval > 0 else 0
        last_sr = delay = 0
        if self._clock_at is not None:
            last_sr = middle(self._clock_ntp)
            delay = int((now - self._clock_at) * 65536)
        return ReportBlock(
            ssrc,
            fraction,
            expected - self.received,
            self.highest & 0xFFFFFFFF,
            int(self._jitter),
            last_sr,
            delay,
        )
