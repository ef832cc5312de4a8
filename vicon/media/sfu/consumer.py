"""One slot of a down connection: an SSRC that never changes, fed now by one producer and now by
another, with sequence numbers, timestamps and picture numbers that go on as if it were one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from vicon.media.sfu.producer import Producer, Stored
from vicon.media.sfu.retransmit import Retransmissions
from vicon.rtc.rtcp import ReportBlock, SenderReport, middle
from vicon.rtc.rtp import HEADER, unwrap
from vicon.rtc.vp8 import Descriptor, rewrite_descriptor

SEGMENTS = 32
_LATE = 1024
"""A packet further back than this is of no use to any jitter buffer."""


class Segment(NamedTuple):
    """A run of packets of one producer, forwarded with the same offsets."""

    producer: Producer
    source_start: int
    """First extended sequence number of the source that belongs to it."""
    out_start: int
    offset: int
    """Outgoing extended sequence number minus the source's."""
    timestamp: int
    """Outgoing timestamp minus the source's, 32 bits."""
    picture: int
    """The same for the PictureID, 15 bits."""
    tl0: int
    """The same for TL0PICIDX, 8 bits."""


class Consumer:
    """Times are monotonic seconds. `send` gets whole RTP packets."""

    __slots__ = (
        "_clock_rate",
        "_extensions",
        "_last_descriptor",
        "_last_sent",
        "_last_timestamp",
        "_offset",
        "_picture",
        "_plain",
        "_renumbered",
        "_send",
        "_sent_reports",
        "_source_start",
        "_timestamp",
        "_tl0",
        "_type",
        "current",
        "highest",
        "loss",
        "octets",
        "packets",
        "retransmissions",
        "round_trip",
        "segments",
        "ssrc",
        "switches",
        "video",
        "wanted",
    )

    def __init__(
        self,
        *,
        video: bool,
        ssrc: int,
        payload_type: int,
        clock_rate: int,
        first_sequence: int,
        send: Callable[[bytes], None],
        retransmissions: Retransmissions | None,
    ) -> None:
        """`first_sequence`: random, below 32768 (RFC 3711 section 3.3.1)."""
        self.video = video
        self.ssrc = ssrc
        self.wanted: Producer | None = None
        self.current: Producer | None = None
        """Differs from `wanted` until a key frame of that one comes."""
        self.segments: deque[Segment] = deque(maxlen=SEGMENTS)
        self.highest = first_sequence - 1
        """Extended sequence number of the newest packet sent."""
        self.packets = self.octets = self.switches = 0
        self.loss = 0.0
        """Fraction that the receiver reported last, 0-1."""
        self.round_trip: float | None = None
        self.retransmissions = retransmissions
        self._send = send
        self._type = payload_type
        self._clock_rate = clock_rate
        self._extensions = True
        self._plain = True
        """Nothing after the fixed header differs from what the producer prepared."""
        self._renumbered = (b"", b"")
        """The last descriptor in and out: the packets of one frame mostly share it."""
        self._offset = self._timestamp = self._picture = self._tl0 = 0
        self._source_start = 0
        self._last_timestamp = 0
        self._last_sent = 0.0
        self._last_descriptor: Descriptor | None = None
        """As it came from the source, of the newest packet sent."""
        self._sent_reports: deque[tuple[int, float]] = deque(maxlen=4)

    def agreed(self, payload_type: int, rtx_type: int | None, extensions: bool) -> None:
        """What the receiver's answer said: its payload types (no RTX: None), and whether it knows
        our header extension."""
        self._type = payload_type
        self._extensions = extensions
        self._plain = self._plain and extensions
        if rtx_type is None:
            self.retransmissions = None
        elif self.retransmissions is not None:
            self.retransmissions.payload_type = rtx_type

    def want(self, producer: Producer | None, now: float) -> None:
        """Take this source from now on: audio with its next packet, video with its next key
        frame; until then the present one goes on. None: stop at once."""
        if producer is self.wanted:
            return
        if self.wanted is not None and self.wanted is not self.current:
            self.wanted.discard(self)
        self.wanted = producer
        if producer is None:
            self._leave_current()
            return
        if producer is self.current:
            return  # came back to it before another took over
        producer.add(self)
        if self.video:
            producer.request_key(now)

    def _leave_current(self) -> None:
        if self.current is not None:
            self.current.discard(self)
            self.current = None

    def forward(
        self, producer: Producer, packet: Stored, extension: bytes, plain: bytes, now: float
    ) -> None:
        """Send one packet of a producer on, if it belongs here. This runs for every packet and
        every receiver: it is short on purpose."""
        if producer is not self.current:
            if producer is self.wanted:
                self._begin(producer, packet, extension, plain, now)
            return
        number, marker, timestamp, descriptor, head, body = packet
        if number < self._source_start:
            self._forward_late(packet, extension, now)
            return
        out = number + self._offset
        timestamp = (timestamp + self._timestamp) & 0xFFFFFFFF
        if not self._plain:
            extension = extension if self._extensions else b""
            before, renumbered = self._renumbered
            if head != before:
                renumbered = self._renumber(packet, self._picture, self._tl0)
                self._renumbered = (head, renumbered)
            plain = extension + renumbered + body
        first = 0x90 if extension else 0x80
        self._send(
            HEADER.pack(first, marker | self._type, out & 0xFFFF, timestamp, self.ssrc) + plain
        )
        self.packets += 1
        self.octets += len(head) + len(body)
        if out > self.highest:
            self.highest = out
            self._last_timestamp = timestamp
            self._last_sent = now
            self._last_descriptor = descriptor

    def _begin(
        self, producer: Producer, packet: Stored, extension: bytes, plain: bytes, now: float
    ) -> None:
        """The wanted source sends: go over to it, for video at the start of a key frame."""
        descriptor = packet[3]
        if descriptor is not None and not descriptor.key:
            return
        before = self.segments[-1] if self.segments else None
        self._leave_current()
        self.current = producer
        self.switches += before is not None
        if before is not None and before.producer is producer:
            timestamp = before.timestamp
        elif before is None:
            timestamp = 0
        else:
            timestamp = self._continued_timestamp(now) - packet[2]
        picture, tl0 = self._picture, self._tl0
        if descriptor is not None:
            last = self._last_descriptor
            if last is not None:
                picture = _continued(last.picture_id, picture, descriptor.picture_id) & 0x7FFF
                tl0 = _continued(last.tl0, tl0, descriptor.tl0) & 0xFF
        out = self.highest + 1
        self._open(
            Segment(producer, packet[0], out, out - packet[0], timestamp & 0xFFFFFFFF, picture, tl0)
        )
        if not self.video:  # a talk spurt begins (RFC 3551 section 4.1)
            packet = (packet[0], 128, packet[2], packet[3], packet[4], packet[5])
        self.forward(producer, packet, extension, plain, now)
        self._catch_up(producer, packet[0], now)

    def _catch_up(self, producer: Producer, number: int, now: float) -> None:
        """Send what already came after a key frame's start that itself came late."""
        for later in range(number + 1, producer.reception.highest + 1):
            stored = producer.stored(later)
            if stored is not None:
                self.forward(producer, stored, b"", stored[4] + stored[5], now)

    def _continued_timestamp(self, now: float) -> int:
        """A source with another clock goes on where the old one would be now."""
        elapsed = int((now - self._last_sent) * self._clock_rate)
        return self._last_timestamp + max(self._clock_rate // 100, elapsed)

    def _open(self, segment: Segment) -> None:
        self.segments.append(segment)
        self._source_start = segment.source_start
        self._offset = segment.offset
        self._timestamp = segment.timestamp
        self._picture = segment.picture
        self._tl0 = segment.tl0
        self._plain = self._extensions and not (segment.picture or segment.tl0)
        self._renumbered = (b"", b"")

    def skip(self, producer: Producer, number: int) -> None:
        """A packet without content will not be sent: close its gap, if nothing after it went."""
        if producer is not self.current or number + self._offset <= self.highest:
            return
        last = self.segments[-1]
        start = number + 1
        self._open(
            last._replace(
                source_start=start, offset=last.offset - 1, out_start=start + last.offset - 1
            )
        )

    def _forward_late(self, packet: Stored, extension: bytes, now: float) -> None:
        """A packet from before a closed gap: by the offsets of its own segment, if that is of
        the present source. From before the key frame at which it began: dropped."""
        segment = self._segment_of(packet[0])
        if segment is None:
            return
        out = packet[0] + segment.offset
        if out <= self.highest - _LATE:
            return
        self._send(self._build(packet, segment, extension))
        self.packets += 1
        self.octets += len(packet[4]) + len(packet[5])
        if out > self.highest:
            self.highest = out
            self._last_timestamp = (packet[2] + segment.timestamp) & 0xFFFFFFFF
            self._last_sent = now
            self._last_descriptor = packet[3]

    def _segment_of(self, number: int) -> Segment | None:
        for segment in reversed(self.segments):
            if segment.producer is not self.current:
                return None
            if number >= segment.source_start:
                return segment
        return None

    def _renumber(self, packet: Stored, picture: int, tl0: int) -> bytes:
        descriptor, head = packet[3], packet[4]
        if descriptor is None:
            return head
        picture_id, index = descriptor.picture_id, descriptor.tl0
        if picture_id is not None:
            picture_id = (picture_id + picture) & 0x7FFF
        if index is not None:
            index = (index + tl0) & 0xFF
        return rewrite_descriptor(head, picture_id, index)

    def _build(self, packet: Stored, segment: Segment, extension: bytes) -> bytes:
        """As forward() does, with the offsets of any segment."""
        head = packet[4]
        if head and (segment.picture or segment.tl0):
            head = self._renumber(packet, segment.picture, segment.tl0)
        extension = extension if self._extensions else b""
        sequence = (packet[0] + segment.offset) & 0xFFFF
        timestamp = (packet[2] + segment.timestamp) & 0xFFFFFFFF
        first = 0x90 if extension else 0x80
        start = HEADER.pack(first, packet[1] | self._type, sequence, timestamp, self.ssrc)
        return start + extension + head + packet[5]

    def on_nack(self, sequences: tuple[int, ...], now: float) -> None:
        """Send again what is remembered. What is missing here too has been asked for upstream
        already and goes out when it comes."""
        rtx = self.retransmissions
        for sequence in sequences:
            out = unwrap(sequence, self.highest)
            segment = next((s for s in reversed(self.segments) if out >= s.out_start), None)
            if segment is None or out > self.highest:
                continue
            stored = segment.producer.stored(out - segment.offset)
            if stored is None:
                continue
            packet = self._build(stored, segment, b"")
            if rtx is None:
                self._send(packet)
            else:
                again = rtx.make(packet, out, now)
                if again is not None:
                    self._send(again)

    def on_key_request(self, now: float) -> None:
        """The receiver cannot decode (PLI or FIR)."""
        if self.video and self.wanted is not None:
            self.wanted.request_key(now)

    def on_report(self, block: ReportBlock, now: float) -> None:
        """Keep what the receiver reports: loss, and the round trip since the report it names."""
        self.loss = block.fraction_lost / 256
        for ntp, at in self._sent_reports:
            if ntp == block.last_sr and ntp:
                self.round_trip = max(0.0, now - at - block.delay / 65536)

    def sender_report(self, now: float) -> SenderReport | None:
        """The source's clock in this slot's own timestamps (RFC 3550 section 6.4.1), so that
        sound and picture of one source play in step. None while nothing is known or sent."""
        if self.current is None or not self.packets:
            return None
        shown = self.current.reception.sender_time(now)
        if shown is None:
            return None
        ntp, timestamp = shown
        self._sent_reports.append((middle(ntp), now))
        return SenderReport(
            self.ssrc, ntp, (timestamp + self._timestamp) & 0xFFFFFFFF, self.packets, self.octets
        )

    def close(self) -> None:
        """Leave every producer."""
        if self.wanted is not None:
            self.wanted.discard(self)
            self.wanted = None
        self._leave_current()


def _continued(last: int | None, offset: int, first: int | None) -> int:
    """The offset with which `first` follows `last`, which went out with `offset`."""
    return offset if last is None or first is None else last + offset + 1 - first
