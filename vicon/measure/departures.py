"""The sending end: what became of each packet, as the receiver's feedback tells. No I/O.

Times are monotonic seconds of this end; arrival times are seconds of the receiver's clock, of
which only differences are used.
"""

from __future__ import annotations

from collections import deque
from itertools import pairwise

from msgspec import Struct

from vicon.measure.report import Delay, Lost
from vicon.measure.statistics import jitter, lost, median, variation
from vicon.rtc.rtp import SEQUENCE_MASK, unwrap
from vicon.rtc.twcc import REFERENCE_MASK, REFERENCE_TICKS, TICKS_PER_SECOND, Twcc

KEPT = 60_000
GRACE_S = 0.3
"""Besides a round trip: how long feedback may take."""


class Sent(Struct):
    at: float
    size: int
    """Bytes on the line."""
    sound: bool
    came: float | None = None
    """Seconds of the receiver's clock."""
    known: bool = False
    """A feedback spoke of it."""


class Departures:
    def __init__(self, now: float) -> None:
        self._marked = now
        self._sent: dict[int, Sent] = {}
        self._last = 0
        """Transport-wide number given last, not wrapped."""
        self._reference: int | None = None
        self._recent: deque[tuple[float, int]] = deque(maxlen=4000)
        """Numbers that feedback spoke of, with the time at which we heard it."""
        self._unsized: deque[int] = deque(maxlen=4000)
        self.last_heard = now
        """When feedback last told of a packet that came."""
        self.bytes = 0
        """Since the mark; everything that was sent."""

    def mark(self, now: float) -> None:
        self._marked = now
        self.bytes = 0

    def stamp(self, now: float, sound: bool) -> int:
        """The next number, 16 bits, for a packet that is being made; sent() follows in the same
        order."""
        self._last += 1
        self._sent[self._last] = Sent(now, 0, sound)
        self._unsized.append(self._last)
        if len(self._sent) > KEPT:
            for full in sorted(self._sent)[: KEPT // 4]:
                del self._sent[full]
        return self._last & SEQUENCE_MASK

    def sent(self, now: float, size: int) -> None:
        """The next of the stamped packets goes out now: `size` bytes on the line. One without a
        number is told with plain()."""
        sent = self._sent.get(self._unsized.popleft()) if self._unsized else None
        if sent is not None:
            sent.at, sent.size = now, size
        self.bytes += size

    def plain(self, size: int) -> None:
        """A packet without a number goes out."""
        self.bytes += size

    def feedback(self, packet: Twcc, now: float) -> None:
        """Numbers that we did not give are ignored."""
        first = unwrap(packet.base, self._last)
        start = self._ticks(packet.reference)
        for place, ticks in enumerate(packet.arrivals):
            sent = self._sent.get(first + place)
            if sent is None:
                continue
            sent.known = True
            if ticks is not None:
                self.last_heard = now
                sent.came = (start + ticks) / TICKS_PER_SECOND
            self._recent.append((now, first + place))

    def _ticks(self, reference: int) -> int:
        """The reference time, its 24 bits continued."""
        if self._reference is None:
            self._reference = reference
        half = (REFERENCE_MASK + 1) // 2
        step = (reference - self._reference + half & REFERENCE_MASK) - half
        self._reference += step
        return self._reference * REFERENCE_TICKS

    def _window(self, now: float, round_trip: float) -> list[tuple[int, Sent]]:
        """Sent since the mark, and so long ago that feedback must have come; up to the last that
        feedback spoke of."""
        end = now - round_trip - GRACE_S
        inside = [(n, s) for n, s in self._sent.items() if self._marked <= s.at <= end]
        known = [place for place, (_, sent) in enumerate(inside) if sent.known]
        return inside[known[0] : known[-1] + 1] if known else []

    def lost(self, now: float, round_trip: float) -> Lost | None:
        """Since the mark; None before any feedback. `round_trip` in seconds."""
        window = self._window(now, round_trip)
        if not window:
            return None
        fates = [(sent.at, sent.came is None) for _, sent in window if sent.known]
        came = [sent.came for _, sent in window if sent.came is not None]
        reordered = sum(1 for a, b in pairwise(came) if b < a)
        return lost(fates, len(window) - len(fates), reordered)

    def delay(self, now: float, round_trip: float) -> Delay | None:
        pairs = [
            (sent.at, sent.came)
            for _, sent in self._window(now, round_trip)
            if sent.sound and sent.came is not None
        ]
        if not pairs:
            return None
        step, spread = jitter(pairs), variation(pairs)
        return Delay(
            jitter=None if step is None else 1000 * step,
            variation_p95=None if spread is None else 1000 * spread,
        )

    def heard(self, since: float, now: float) -> list[Sent]:
        """Packets of which feedback came within [since, now]; those that came and those lost."""
        found = []
        for at, full in reversed(self._recent):
            if at < since:
                break
            sent = self._sent.get(full)
            if sent is not None and at <= now:
                found.append(sent)
        found.reverse()
        return found

    def transit(self, since: float, now: float) -> float | None:
        """Median of (came - sent) of what was heard of; only differences mean anything."""
        transits = [s.came - s.at for s in self.heard(since, now) if s.came is not None]
        return median(transits) if len(transits) >= 5 else None

    def least_transit(self, since: float, now: float) -> float | None:
        transits = [s.came - s.at for s in self.heard(since, now) if s.came is not None]
        return min(transits) if len(transits) >= 5 else None

    def delivered(self, since: float, until: float) -> tuple[float, float] | None:
        """kbit/s at which the packets that were sent within [since, until] came, by the
        receiver's clock, and the share lost (0..1). None when too few came."""
        inside = self._between(since, until)
        places = [place for place, sent in enumerate(inside) if sent.known]
        if not places:
            return None
        inside = inside[places[0] : places[-1] + 1]
        known = [sent for sent in inside if sent.known]
        came = sorted((sent.came, sent.size) for sent in known if sent.came is not None)
        if len(came) < 20 or came[-1][0] <= came[0][0]:
            return None
        share_known = sum(sent.size for sent in known) / max(1, sum(s.size for s in inside))
        carried = sum(size for _, size in came[1:]) * 8 / 1000 / (came[-1][0] - came[0][0])
        return carried / max(share_known, 0.01), 1 - len(came) / len(known)

    def _between(self, since: float, until: float) -> list[Sent]:
        """Sent in between; looks from the newest on, for this is asked often."""
        found = []
        for sent in reversed(self._sent.values()):
            if sent.at < since:
                break
            if sent.at <= until:
                found.append(sent)
        return found
