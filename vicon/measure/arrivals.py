"""The receiving end: what came on the line, from which all else follows. No I/O.

Times are monotonic seconds. Numbers are transport-wide (draft-holmer-rmcat-transport-wide-cc-
extensions-01): sound, picture and retransmissions share them, so a gap is a packet that the line
lost, whether or not it was repaired.
"""

from __future__ import annotations

from collections import deque

from vicon.measure.report import Delay, Lost
from vicon.measure.statistics import jitter, lost, variation
from vicon.rtc.rtp import SEQUENCE_MASK, timestamp_distance, unwrap
from vicon.rtc.twcc import REFERENCE_TICKS, TICKS_PER_SECOND, Twcc

KEPT = 60_000
"""Packets remembered: two minutes of a full call."""
NEWEST_S = 0.2
"""The newest part of a window is not judged: a packet may still be on its way."""
FEEDBACK_S = 0.08
MOST_PER_FEEDBACK = 400
AGAIN = 256
"""A number so far behind is spoken of once more when it comes late."""
SPAN_S = 4.0
"""Times within one feedback lie this close: a delta has 16 bits (8 s)."""
MOST_SPAN = 4 * KEPT
"""With more numbers than this in a window the numbers are nonsense."""
SOUND_RATE = 48_000
BIN_S = 0.1


class Arrivals:
    """Feed packet() with all RTP packets and sound() with those of the sound too."""

    def __init__(self, now: float) -> None:
        self._marked = now
        self._highest: int | None = None
        self._came: dict[int, float] = {}
        self._late: set[int] = set()
        """Came after a later number."""
        self._next_feedback: int | None = None
        self._feedback_at = now
        self._feedback_count = 0
        self._sound: deque[tuple[float, float]] = deque(maxlen=KEPT)
        """Sent (by its timestamp), came."""
        self._sound_before: tuple[int, float] | None = None
        self._stalls: deque[tuple[float, float]] = deque(maxlen=1000)
        self._bins: deque[tuple[int, int]] = deque(maxlen=1200)
        """Number of the tenth of a second, bytes."""
        self.last = now
        """When the last packet came."""
        self.bytes = 0
        """Since the mark."""

    def mark(self, now: float) -> None:
        self._marked = now
        self.bytes = 0

    def packet(self, number: int | None, now: float, size: int) -> None:
        """`number`: 16 bits, None when it has none; `size`: bytes on the line."""
        self.last = now
        self.bytes += size
        slot = int(now / BIN_S)
        if self._bins and self._bins[-1][0] == slot:
            self._bins[-1] = (slot, self._bins[-1][1] + size)
        else:
            self._bins.append((slot, size))
        if number is not None:
            self._take(number, now)

    def _take(self, number: int, now: float) -> None:
        if self._highest is None:
            self._highest = self._next_feedback = number
        full = unwrap(number, self._highest)
        if full in self._came:
            return
        if full < self._highest:
            self._late.add(full)
            spoken = self._next_feedback
            if spoken is not None and spoken - AGAIN <= full < spoken:
                self._next_feedback = full
        self._highest = max(full, self._highest)
        self._came[full] = now
        if len(self._came) > KEPT:
            self._forget()

    def _forget(self) -> None:
        oldest = sorted(self._came)[: KEPT // 4]
        for full in oldest:
            del self._came[full]
        self._late = {full for full in self._late if full > oldest[-1]}

    def sound(self, timestamp: int, now: float) -> None:
        """A packet of the sound, by its RTP timestamp (48 kHz)."""
        if self._sound_before is None:
            self._sound_before = (timestamp, 0.0)
        before, sent = self._sound_before
        sent += timestamp_distance(timestamp, before) / SOUND_RATE
        self._sound_before = (timestamp, sent)
        self._sound.append((sent, now))

    def stalled(self, start: float, end: float) -> None:
        """We were not looking: arrivals in between are of unknown time."""
        self._stalls.append((start, end))

    def lost(self, now: float) -> Lost | None:
        """Since the mark; None before any packet, and when the numbers jump beyond reason."""
        inside = [n for n, at in self._came.items() if self._marked <= at <= now - NEWEST_S]
        if not inside:
            return None
        first, last = min(inside), max(inside)
        if last - first > MOST_SPAN:
            return None
        fates: list[tuple[float, bool]] = []
        at = self._marked
        for full in range(first, last + 1):
            came = self._came.get(full)
            at = max(at, came) if came is not None else at
            fates.append((at, came is None))
        reordered = sum(1 for full in self._late if first <= full <= last)
        return lost(fates, 0, reordered)

    def delay(self, now: float) -> Delay | None:
        inside = [one for one in self._sound if self._marked <= one[1] <= now]
        clean = [one for one in inside if not self._in_stall(one[1])]
        if not clean:
            return None
        step, spread = jitter(clean), variation(clean)
        return Delay(
            jitter=None if step is None else 1000 * step,
            variation_p95=None if spread is None else 1000 * spread,
        )

    def _in_stall(self, at: float) -> bool:
        return any(start <= at <= end + 0.005 for start, end in self._stalls)

    def feedback(self, now: float, sender: int, media: int) -> Twcc | None:
        """What to tell the sender now, if anything; call often."""
        if now < self._feedback_at or self._highest is None or self._next_feedback is None:
            return None
        self._feedback_at = now + FEEDBACK_S
        first = self._next_feedback
        last = min(self._highest, first + MOST_PER_FEEDBACK - 1)
        times = _near([self._came.get(full) for full in range(first, last + 1)])
        if not times:
            return None
        last = first + len(times) - 1
        if last < self._highest:
            self._feedback_at = now
        self._next_feedback = last + 1
        # After a long break in the line a feedback may hold nothing but what is missing.
        least = min((at for at in times if at is not None), default=now)
        return self._build(first, times, least, sender, media)

    def _build(
        self, first: int, times: list[float | None], least: float, sender: int, media: int
    ) -> Twcc:
        reference = int(least * TICKS_PER_SECOND) // REFERENCE_TICKS
        start = reference * REFERENCE_TICKS
        ticks = tuple(None if at is None else int(at * TICKS_PER_SECOND) - start for at in times)
        self._feedback_count = (self._feedback_count + 1) & 255
        base = first & SEQUENCE_MASK
        return Twcc(sender, media, base, reference, self._feedback_count, ticks)

    def fastest(self, since: float, now: float, window_s: float = 1.5) -> float | None:
        """Most kbit/s that came within any `window_s` since `since`; None when nothing came for
        so long. On a full line that is the line."""
        first, last = int(since / BIN_S) + 1, int(now / BIN_S) - 1
        width = round(window_s / BIN_S)
        if last - first + 1 < width:
            return None
        bins = dict(self._bins)
        counts = [bins.get(slot, 0) for slot in range(first, last + 1)]
        total = sum(counts[:width])
        most = total
        for end in range(width, len(counts)):
            total += counts[end] - counts[end - width]
            most = max(most, total)
        return most * 8 / 1000 / window_s if most else None

    def series(self, since: float, now: float, step_s: float = 0.5) -> list[tuple[float, float]]:
        """Seconds since `since` and kbit/s, step by step."""
        bins = dict(self._bins)
        width = round(step_s / BIN_S)
        slots = range(int(since / BIN_S), int(now / BIN_S) - width + 1, width)
        return [
            (
                round(i * step_s, 2),
                sum(bins.get(slot + k, 0) for k in range(width)) * 8 / 1000 / step_s,
            )
            for i, slot in enumerate(slots)
        ]


def _near(times: list[float | None]) -> list[float | None]:
    """The first of them, up to one that is too far in time from the first to be told with it."""
    start: float | None = None
    for place, at in enumerate(times):
        if at is None:
            continue
        start = at if start is None else start
        if abs(at - start) > SPAN_S:
            return times[:place]
    return times
