"""The receiving side of transport-wide congestion control: when each packet of a publisher came.

draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1: Chromium and Firefox adapt what
they send by this feedback. No I/O.
"""

from __future__ import annotations

from vicon.rtc.rtp import SEQUENCE_MASK
from vicon.rtc.twcc import REFERENCE_MASK, REFERENCE_TICKS, TICKS_PER_SECOND, Twcc

MOST_PER_FEEDBACK = 400
"""Packets told of in one, so that it fits into 1,200 bytes whatever they are."""
AGAIN = 256
"""A packet so far behind what was told of is still told of when it comes late."""
_MOST_WAITING = 4096
_MOST_JUMP = 3000
"""Numbers that jump further, forwards or back, begin anew (RFC 3550, appendix A.1)."""
_MOST_DELTA = 32767


class Arrivals:
    """Of one connection: all its streams share the numbers. Times are monotonic seconds."""

    __slots__ = ("_came", "_count", "_highest", "_next", "dropped")

    def __init__(self) -> None:
        self._came: dict[int, float] = {}
        """Not wrapped number -> time: what is not told of yet, and a little more."""
        self._highest = -1
        self._next = 0
        """The first number to tell of."""
        self._count = 0
        self.dropped = 0
        """Packets not taken down, since nobody asked for feedback."""

    def __len__(self) -> int:
        """Packets waiting to be told of, about."""
        return max(0, self._highest + 1 - self._next)

    def on_packet(self, number: int, now: float) -> None:
        """`number`: 16 bits. This runs for every packet: it is short on purpose."""
        highest = self._highest
        step = ((number - highest + 0x8000) & SEQUENCE_MASK) - 0x8000
        if step > _MOST_JUMP or step < -_MOST_JUMP or highest < 0:
            self._begin(number, now)
            return
        full = highest + step
        came = self._came
        if full in came:
            return
        if step > 0:
            self._highest = full
        if full < self._next:
            if full < self._next - AGAIN:
                return
            self._next = full
        if len(came) >= _MOST_WAITING:
            self.dropped += 1
            return
        came[full] = now

    def _begin(self, number: int, now: float) -> None:
        # One wrap up, so that packets from before the first have numbers too.
        full = max(self._highest, SEQUENCE_MASK) + 1
        full += (number - full) & SEQUENCE_MASK
        self._came = {full: now}
        self._highest = self._next = full

    def feedback(self, sender_ssrc: int, media_ssrc: int, now: float) -> list[Twcc]:
        """What to tell the publisher now, every 50 to 100 ms; empty when nothing new came. What
        one feedback cannot say (too many packets, too far apart in time) is in the next."""
        end = self._highest + 1
        if self._next >= end:
            return []
        came, found = self._came, list[Twcc]()
        base = self._next
        while base < end:
            packet, base = self._one(sender_ssrc, media_ssrc, base, end, now)
            found.append(packet)
        self._next = end
        oldest = end - AGAIN
        for number in [number for number in came if number < oldest]:
            del came[number]
        return found

    def _one(self, sender: int, media: int, base: int, end: int, now: float) -> tuple[Twcc, int]:
        """One feedback from `base` on, and the number after its last."""
        end = min(end, base + MOST_PER_FEEDBACK)
        came = self._came
        ticks: list[int | None] = []
        start = before = -1
        for number in range(base, end):
            at = came.get(number)
            if at is None:
                ticks.append(None)
                continue
            tick = int(at * TICKS_PER_SECOND)
            if start < 0:
                start = tick // REFERENCE_TICKS * REFERENCE_TICKS
                before = start
            if not -_MOST_DELTA <= tick - before <= _MOST_DELTA:
                end = number
                break
            before = tick
            ticks.append(tick - start)
        if start < 0:
            start = int(now * TICKS_PER_SECOND) // REFERENCE_TICKS * REFERENCE_TICKS
        self._count = (self._count + 1) & 255
        reference = start // REFERENCE_TICKS & REFERENCE_MASK
        packet = Twcc(sender, media, base & SEQUENCE_MASK, reference, self._count, tuple(ticks))
        return packet, end
