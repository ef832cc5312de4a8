"""The receiving end of a picture: whole frames in order, as a decoder could show them. No I/O.

Times are monotonic seconds. What is missing is asked for again (RFC 4585 NACK); what does not come
is given up, and then only a key frame goes on (PLI).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from vicon.measure.report import Picture
from vicon.rtc.missing import Missing
from vicon.rtc.reception import Reception
from vicon.rtc.vp8 import CLOCK_RATE, parse_descriptor

WAIT_S = 1.0
"""A gap is waited for so long at most."""
PLI_S = 0.5
KEPT_BYTES = 2 << 20
KEPT_S = 6.0
_MOST_PACKETS = 4000
_WINDOW = 30


@dataclass(frozen=True, slots=True)
class Part:
    """A packet of the picture without its RTP header."""

    timestamp: int
    marker: bool
    start: bool
    key: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class Whole:
    timestamp: int
    came: float
    key: bool
    data: bytes


class Frames:
    def __init__(self, now: float) -> None:
        self.reception = Reception(CLOCK_RATE)
        self.missing = Missing()
        self.width = self.height = 0
        self._parts: dict[int, Part] = {}
        self._next: int | None = None
        """Extended sequence number with which the next frame begins; None: a key frame must."""
        self._waiting_since: float | None = None
        self._pli_at = now
        self._kept: deque[Whole] = deque()
        self._kept_bytes = 0
        self._marked = now
        self._shown: deque[tuple[float, bool, int]] = deque(maxlen=20_000)
        self.asks: list[int] = []
        """16-bit numbers to ask for now; whoever takes them clears the list."""
        self.want_key = False

    def mark(self, now: float) -> None:
        self._marked = now

    def packet(self, sequence: int, timestamp: int, marker: bool, payload: bytes, now: float
               ) -> None:  # fmt: skip
        """A packet of the media stream. Raises Vp8Error."""
        before = self.reception.highest
        full = self.reception.update(sequence, timestamp, now)
        if before >= 0 and full > before + 1:
            asks = self.missing.gap(before + 1, full, now)
            self.asks += [number & 0xFFFF for number in asks or []]
        self.missing.came(full, now)
        self._take(full, timestamp, marker, payload, now)

    def again(self, sequence: int, timestamp: int, marker: bool, payload: bytes, now: float
              ) -> None:  # fmt: skip
        """A retransmission of the packet with this number. Raises Vp8Error."""
        highest = self.reception.highest
        if highest < 0:
            return
        full = highest + ((sequence - highest + 0x8000) & 0xFFFF) - 0x8000
        if self.missing.came(full, now):
            self._take(full, timestamp, marker, payload, now)

    def _take(self, full: int, timestamp: int, marker: bool, payload: bytes, now: float) -> None:
        if not payload or full in self._parts or (self._next is not None and full < self._next):
            return
        about = parse_descriptor(payload)
        data = payload[about.length :]
        self._parts[full] = Part(timestamp, marker, about.start, about.key, data)
        if len(self._parts) > _MOST_PACKETS:
            self._give_up(now)
        self._release(now)

    def tick(self, now: float) -> None:
        """Call every 20 ms or so."""
        asks, gone = self.missing.due(now)
        self.asks += [number & 0xFFFF for number in asks]
        waited = self._waiting_since is not None and now - self._waiting_since > WAIT_S
        if gone or waited:
            self._give_up(now)
            self._release(now)
        if self._next is None and self.reception.highest >= 0 and now >= self._pli_at:
            self._pli_at = now + PLI_S
            self.want_key = True

    def _give_up(self, now: float) -> None:
        self._next = None
        self._waiting_since = None
        self.missing.clear()
        keys = [n for n, part in self._parts.items() if part.start and part.key]
        first = max(keys, default=None)
        self._parts = {n: p for n, p in self._parts.items() if first is not None and n >= first}

    def _release(self, now: float) -> None:
        while True:
            start = self._next if self._next is not None else self._key()
            if start is None or not (parts := self._run(start)):
                break
            whole = b"".join(part.data for part in parts)
            self._show(Whole(parts[0].timestamp, now, parts[0].key, whole))
            for number in range(start, start + len(parts)):
                del self._parts[number]
            self._next = start + len(parts)
        ahead = self._next is not None and any(n > self._next for n in self._parts)
        if not ahead or self._next in self._parts:
            self._waiting_since = None
        elif self._waiting_since is None:
            self._waiting_since = now

    def _key(self) -> int | None:
        return max((n for n, p in self._parts.items() if p.start and p.key), default=None)

    def _run(self, start: int) -> list[Part]:
        """The packets of the frame that begins there; empty while it is not whole."""
        found: list[Part] = []
        number = start
        while (part := self._parts.get(number)) is not None:
            found.append(part)
            if part.marker:
                return found
            number += 1
        return []

    def _show(self, frame: Whole) -> None:
        if frame.key and len(frame.data) >= 10:
            # RFC 6386 section 9.1: 14 bits each, after the start code.
            self.width = int.from_bytes(frame.data[6:8], "little") & 0x3FFF
            self.height = int.from_bytes(frame.data[8:10], "little") & 0x3FFF
        self._shown.append((frame.came, frame.key, frame.timestamp))
        self._kept.append(frame)
        self._kept_bytes += len(frame.data)
        self._trim(frame.came)

    def _trim(self, now: float) -> None:
        """Let whole groups of pictures go, as long as what stays begins with a key frame."""
        while self._kept:
            later = next((i for i, f in enumerate(self._kept) if i and f.key), None)
            long_ago = later is not None and self._kept[later].came < now - KEPT_S / 2
            if self._kept_bytes <= KEPT_BYTES and not long_ago:
                return
            for _ in range(later if later is not None else len(self._kept)):
                self._kept_bytes -= len(self._kept.popleft().data)
            self.want_key = self.want_key or later is None

    def kept(self) -> list[Whole]:
        """The last seconds, from a key frame on."""
        frames = list(self._kept)
        first = next((i for i, frame in enumerate(frames) if frame.key), len(frames))
        return frames[first:]

    def shown(self) -> list[tuple[int, float]]:
        """RTP timestamp and time of the whole frames since the mark."""
        return [(timestamp, at) for at, _, timestamp in self._shown if at >= self._marked]

    def picture(self, now: float) -> Picture | None:
        """Since the mark; None before any packet of a picture."""
        if self.reception.highest < 0:
            return None
        times = [at for at, _, _ in self._shown if self._marked <= at <= now]
        keys = sum(1 for at, key, _ in self._shown if key and self._marked <= at <= now)
        freezes, frozen = _freezes(times, now)
        seconds = max(0.001, now - self._marked)
        return Picture(
            frames=len(times),
            fps=len(times) / seconds,
            width=self.width,
            height=self.height,
            freezes=freezes,
            frozen_ms=1000 * frozen,
            key_frames=keys,
        )


def _freezes(times: list[float], now: float) -> tuple[int, float]:
    """Count and seconds, by the rule of W3C webrtc-stats for freezeCount; the mean is over the
    last 30 gaps."""
    gaps: deque[float] = deque(maxlen=_WINDOW)
    count, frozen = 0, 0.0
    ends = [*times[1:], now] if times else []
    for start, end in zip(times, ends, strict=False):
        gap = end - start
        mean = sum(gaps) / len(gaps) if gaps else None
        if mean is not None and gap > max(3 * mean, mean + 0.15):
            count, frozen = count + 1, frozen + gap
        elif end != now:
            gaps.append(gap)
    return count, frozen
