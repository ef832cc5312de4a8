"""Transport-wide feedback of a receiver whose media the kernel drops. It sees one packet in 128,
with its number and the time of its sending; what was numbered between two of these is what all
other rooms sent between their times, in that order, and is told to have come as long after that as
these two did."""

from __future__ import annotations

from tests.bench.streams import Log
from vicon.rtc.rtp import find_extension, locate
from vicon.rtc.twcc import REFERENCE_MASK, REFERENCE_TICKS, TICKS_PER_SECOND, Twcc

INTERVAL_S = 0.05
"""The shortest between two, libwebrtc's."""
MOST = 3000
"""Packets told of in one: what lies further back is left out."""
_TICK_NS = 1_000_000_000 // TICKS_PER_SECOND
_REFERENCE_NS = _TICK_NS * REFERENCE_TICKS


class Feedback:
    def __init__(self, receiver: int, log: Log) -> None:
        self.extension: int | None = None
        """Id of the header extension; None: nobody wants to know."""
        self._receiver, self._log = receiver, log
        self._last: tuple[int, int, int] | None = None
        self._told_at = 0.0
        self._count = 0

    def alone(self, packet: bytes, ssrc: int, came: int) -> Twcc | None:
        """Of one packet that came at `came` (Unix ns), before any media."""
        if self.extension is None:
            return None
        value = find_extension(packet, locate(packet), self.extension)
        if value is None:
            return None
        return self._tell(ssrc, int.from_bytes(value, "big"), [came])

    def came(self, packet: bytes, ssrc: int, stamp: int, delay: int, now: float) -> Twcc | None:
        """A packet that was sent at `stamp` came through `delay` later (ns). `now`: monotonic
        seconds."""
        if self.extension is None:
            return None
        value = find_extension(packet, locate(packet), self.extension)
        if value is None:
            return None
        number = int.from_bytes(value, "big")
        if self._last is None:
            self._last = number, stamp, delay
            return None
        before, since, delayed = self._last
        count = (number - before) & 0xFFFF
        if now - self._told_at < INTERVAL_S or not 0 < count < 0x8000 or stamp <= since:
            return None
        self._last, self._told_at = (number, stamp, delay), now
        times = self._log.between(since, stamp, self._receiver) or [stamp]
        if len(times) != count:  # what was sent again was numbered too
            times = [times[index * len(times) // count] for index in range(count)]
        slope = (delay - delayed) / (stamp - since)
        times = [int(at + delayed + slope * (at - since)) for at in times[-MOST:]]
        first = (number - len(times) + 1) & 0xFFFF
        return self._tell(ssrc, first, times)

    def _tell(self, ssrc: int, first: int, times: list[int]) -> Twcc:
        reference = times[0] // _REFERENCE_NS
        arrivals = tuple((at - reference * _REFERENCE_NS) // _TICK_NS for at in times)
        self._count += 1
        return Twcc(77, ssrc, first, reference & REFERENCE_MASK, self._count & 0xFF, arrivals)
