"""How many bits a second a layer has, by temporal id."""

from __future__ import annotations

OVERHEAD = 12 + 8 + 16 + 8 + 20
"""Bytes around a payload on the wire: RTP header and extension, SRTP tag, UDP and IPv4 headers."""
_SMOOTHING_S = 1.0
_FADE = 0.95
_TEMPORAL_IDS = 8


class Meter:
    """add() each packet, roll() a few times a second."""

    __slots__ = ("_at", "_counts", "_smoothed", "octets", "packets", "peak")

    def __init__(self) -> None:
        self.packets = self.octets = 0
        self.peak = 0.0
        """bit/s on the wire that it has had lately: forgotten by half in 14 s."""
        self._counts = [0] * _TEMPORAL_IDS
        self._smoothed: list[float] | None = None
        self._at: float | None = None

    def add(self, octets: int, tid: int) -> None:
        self.packets += 1
        self.octets += octets
        self._counts[tid] += octets + OVERHEAD

    def roll(self, now: float) -> None:
        """Take in what was counted since the last call."""
        before, self._at = self._at, now
        if before is None or now <= before:
            return
        elapsed = now - before
        rates = [8 * count / elapsed for count in self._counts]
        self._counts = [0] * _TEMPORAL_IDS
        if self._smoothed is None:
            self._smoothed = rates if any(rates) else None
            return
        self.peak = max(float(self.rate), self.peak * _FADE**elapsed)
        share = min(1.0, elapsed / _SMOOTHING_S)
        self._smoothed = [
            old + share * (new - old) for old, new in zip(self._smoothed, rates, strict=True)
        ]

    def rates(self) -> list[int]:
        """bit/s on the wire of the temporal ids up to 0, up to 1, ... that are in use; empty
        before anything was measured."""
        if self._smoothed is None:
            return []
        total, sums = 0.0, []
        for rate in self._smoothed:
            total += rate
            sums.append(int(total))
        while len(sums) > 1 and sums[-1] - sums[-2] < 1000:
            sums.pop()
        return sums

    @property
    def wire(self) -> int:
        """Bytes on the wire so far."""
        return self.octets + OVERHEAD * self.packets

    @property
    def rate(self) -> int:
        """bit/s on the wire of all together."""
        return int(sum(self._smoothed)) if self._smoothed is not None else 0
