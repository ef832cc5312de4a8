"""A slot of sound: what it repeats where packets are lost, and gathers where a line is thin."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple

from vicon.media.sfu.consumer import LATE, Consumer, Types
from vicon.media.sfu.layer import AudioLayer, Layer, Stored
from vicon.media.sfu.meter import OVERHEAD
from vicon.rtc import opus
from vicon.rtc.red import relabelled
from vicon.rtc.rtp import HEADER, ONE_BYTE_PROFILE

GATHER_S, LONGEST = 0.07, 2880
"""A packet waits at most so long for those that are to go with it; samples that one holds then at
most: 60 ms. Longer frames have few headers anyhow."""
_WIDE = struct.Struct("!BBHIIHHBBBH3x")
_LOUDEST = 5
"""Where the level stands in the header extension that all can share."""


class _Waiting(NamedTuple):
    """A packet that waits for others to go with."""

    payload: bytes
    extension: bytes
    marker: int
    timestamp: int
    """The source's."""
    samples: int
    since: float


class AudioConsumer(Consumer):
    __slots__ = ("_broken", "_newest", "_waiting", "gathers", "repeats")

    def __init__(
        self,
        *,
        ssrc: int,
        types: Types,
        clock_rate: int,
        first_sequence: int,
        send: Callable[[bytes], None],
    ) -> None:
        super().__init__(
            ssrc=ssrc,
            types=types,
            clock_rate=clock_rate,
            first_sequence=first_sequence,
            send=send,
        )
        self.repeats = 0
        """Earlier packets that each one carries again."""
        self.gathers = 1
        """Packets that go as one."""
        self._waiting: list[_Waiting] = []
        self._newest = 0
        """The source's number of the last packet that was gathered."""
        self._broken = False
        """Its numbers no longer differ from the source's by the offset."""

    def repeat(self, count: int) -> None:
        """Let each packet carry so many before it again (RFC 2198), if the receiver takes it."""
        self.repeats = count if "red" in self.types else 0

    def gather(self, count: int, now: float) -> None:
        """Let so many packets of Opus go as one (RFC 6716 section 3.2): on a thin line the headers
        of fifty packets a second take about as much as what they carry. Call flush() meanwhile."""
        self.gathers = count
        if count == 1:
            self._send_waiting(now)

    def flush(self, now: float) -> None:
        """Call every 20 ms or so: what would wait too long goes."""
        if self._waiting and now - self._waiting[0].since >= GATHER_S:
            self._send_waiting(now)

    def want(self, layer: Layer | None, now: float) -> None:
        if layer is None:
            self._waiting.clear()
        super().want(layer, now)

    def skip(self, layer: Layer, number: int) -> None:
        if not self._broken:
            super().skip(layer, number)

    def forward(self, layer: Layer, packet: Stored, plain: bytes, tail: bytes, now: float) -> None:
        marker = packet[1]
        if layer is not self.current:
            if layer is not self.wanted:
                return
            self._send_waiting(now)
            self._begin(layer, packet, now)
            self._broken = False
            marker = 128  # a talk spurt begins (RFC 3551 section 4.1)
        if packet[0] < self._source_start:
            return  # from before the gap that was closed: too late for any jitter buffer
        if self.gathers > 1 and self._gather(packet, plain, tail, marker, now):
            return
        if self._broken and not self._mend(packet[0], now):
            return
        self._forward(layer, packet, plain, tail, marker, now)

    def _forward(
        self, layer: Layer, packet: Stored, plain: bytes, tail: bytes, marker: int, now: float
    ) -> None:
        number, _, timestamp, _, red, _ = packet
        out = number + self._offset
        if out <= self.highest - LATE:
            return
        timestamp = (timestamp + self._timestamp) & 0xFFFFFFFF
        kind, doubled = self._type, self._doubled(layer, number, red)
        if doubled is not None:
            kind = self.types["red"][0]
            plain, tail = plain[: len(plain) - len(tail)] + doubled, doubled
        self._write(marker | kind, out, timestamp, plain, tail, now)
        if out > self.highest:
            self.highest = out
            self._last_timestamp = timestamp
            self._last_sent = now

    def _write(
        self, kind: int, out: int, timestamp: int, plain: bytes, tail: bytes, now: float
    ) -> None:
        head = self._head(kind, out, timestamp, plain, tail, now)
        self._send(head + (plain if self._shares(plain, tail) else tail))
        self.packets += 1
        self.octets += len(tail)

    # --- several as one -------------------------------------------------------------------------

    def _gather(self, packet: Stored, plain: bytes, tail: bytes, marker: int, now: float) -> bool:
        """Whether the packet waits, or is of no use; else it goes alone."""
        number, _, timestamp, _, _, _ = packet
        late = number <= self._newest if self._broken else number + self._offset <= self.highest
        if late:
            return True
        samples = opus.frame(tail)
        if self._waiting and (samples is None or not self._follows(timestamp, tail)):
            self._send_waiting(now)
        if samples is None:
            return False
        self._newest, self._broken = number, True
        extension = plain[: len(plain) - len(tail)]
        self._waiting.append(_Waiting(tail, extension, marker, timestamp, samples, now))
        if len(self._waiting) >= min(self.gathers, LONGEST // samples):
            self._send_waiting(now)
        return True

    def _follows(self, timestamp: int, payload: bytes) -> bool:
        """Nothing is missing between what waits and this, and it is of the same kind."""
        last = self._waiting[-1]
        expected = (last.timestamp + last.samples) & 0xFFFFFFFF
        return timestamp == expected and payload[0] == last.payload[0]

    def _send_waiting(self, now: float) -> None:
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        tail = opus.merged([one.payload for one in waiting])
        loudest = min(waiting, key=lambda one: one.extension[_LOUDEST : _LOUDEST + 1] or b"\xff")
        first, last = waiting[0], waiting[-1]
        self.highest += 1
        timestamp = (first.timestamp + self._timestamp) & 0xFFFFFFFF
        kind = max(one.marker for one in waiting) | self._type
        self._write(kind, self.highest, timestamp, loudest.extension + tail, tail, now)
        self._last_timestamp = (last.timestamp + self._timestamp) & 0xFFFFFFFF
        self._last_sent = now

    def _mend(self, number: int, now: float) -> bool:
        """From this packet on its number is the source's and the offset again; False: too late."""
        if number <= self._newest:
            return False
        self._send_waiting(now)
        out = self.highest + 1
        self._open(
            self.segments[-1]._replace(source_start=number, out_start=out, offset=out - number)
        )
        self._broken = False
        return True

    # --- on the wire ----------------------------------------------------------------------------

    def _doubled(self, layer: Layer, number: int, red: bytes) -> bytes | None:
        """The payload as RED, where it goes so."""
        if "red" not in self.types or not (red or self.repeats):
            return None
        own = self.types["opus"][0]
        if self.repeats and number == layer.reception.highest and isinstance(layer, AudioLayer):
            made = layer.redundant(own, self.repeats)
            if made is not None:
                return made
        return relabelled(red, own) if red else None

    def _shares(self, plain: bytes, tail: bytes) -> bool:
        """Whether the header extension that all can share goes with it."""
        return self._sent is None and self._extensions and len(plain) != len(tail)

    def _head(
        self, kind: int, out: int, timestamp: int, plain: bytes, tail: bytes, now: float
    ) -> bytes:
        if self._sent is None:
            first = 0x90 if self._shares(plain, tail) else 0x80
            return HEADER.pack(first, kind, out & 0xFFFF, timestamp, self.ssrc)
        level = self._extensions and len(plain) != len(tail)
        return _WIDE.pack(
            0x90,
            kind,
            out & 0xFFFF,
            timestamp,
            self.ssrc,
            ONE_BYTE_PROFILE,
            2,
            plain[4] if level else 0,
            plain[5] if level else 0,
            self._wide_head,
            self._sent(len(tail) + OVERHEAD, now),
        )
