"""A slot that carries pictures: begins at key frames, drops temporal layers, sends again."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from functools import partial

from vicon.media.sfu.consumer import LATE, Consumer, Segment, Sent, Types
from vicon.media.sfu.layer import Layer, Stored, send_time
from vicon.media.sfu.meter import OVERHEAD
from vicon.media.sfu.pacer import Pacer
from vicon.media.sfu.retransmit import Retransmissions
from vicon.rtc.rtp import HEADER, ONE_BYTE_PROFILE, rtx_payload, timestamp_distance, unwrap
from vicon.rtc.vp8 import Descriptor, rewrite_descriptor

ALL_TIDS = 7
_ONE_WORD = ONE_BYTE_PROFILE.to_bytes(2, "big") + b"\0\1"
_PADDING = bytes(254) + b"\xff"
WIRE = OVERHEAD - 20
"""Bytes around a packet of ours on the wire: SRTP tag, UDP and IPv4 headers."""
PADDING_PACKETS = 64
"""How many of the newest packets may serve as padding at once."""
TOLD_FRAMES = 30
"""How often a delay is told: of so many one comes through."""
_MOST_DELAY = 1000
"""As browsers have it where nothing is told: 10 s, in units of 10 ms."""
_WIDE_PICTURE = struct.Struct("!BBHIIHHBHx")


class VideoConsumer(Consumer):
    __slots__ = (
        "_delay",
        "_delay_head",
        "_dropped_picture",
        "_last_descriptor",
        "_pacer",
        "_picture",
        "_renumber",
        "_renumbered",
        "_telling",
        "_tid",
        "_tl0",
        "again",
        "tid",
    )
    video = True

    def __init__(
        self,
        *,
        ssrc: int,
        types: Types,
        clock_rate: int,
        first_sequence: int,
        send: Callable[[bytes], None],
        again: Retransmissions,
    ) -> None:
        super().__init__(
            ssrc=ssrc,
            types=types,
            clock_rate=clock_rate,
            first_sequence=first_sequence,
            send=send,
        )
        self.again = again
        self.tid = ALL_TIDS
        """Highest temporal id that is wanted."""
        self._tid = ALL_TIDS
        """The one in force: it falls at the start of a frame and rises where decoding can."""
        self._picture = self._tl0 = 0
        self._renumber = False
        """The descriptor's numbers differ from the source's."""
        self._renumbered = (b"", b"")
        """The last descriptor in and out: the packets of one frame mostly share it."""
        self._last_descriptor: Descriptor | None = None
        """As it came from the source, of the newest packet sent."""
        self._dropped_picture: int | None = None
        """PictureID of the last frame that was dropped."""
        self._pacer: Pacer | None = None
        self._delay_head = 0
        """Of the extension that tells a delay; 0: the receiver does not know it."""
        self._delay = self._telling = 0
        """Of 10 ms, as told last; in how many frames more it is told."""

    def forward(self, layer: Layer, packet: Stored, plain: bytes, tail: bytes, now: float) -> None:
        """See layer.Sink. This runs for every packet and every receiver: it is short on
        purpose."""
        number, descriptor = packet[0], packet[3]
        assert descriptor is not None
        if layer is not self.current:
            if layer is self.wanted and descriptor.key:
                self._begin(layer, packet, now)
                self._put(packet, plain, tail, now)
                self._catch_up(layer, number, now)
            return
        if number < self._source_start:
            self._forward_late(packet, now)
        elif (descriptor.tid > self._tid or self._tid != self.tid) and not self._admits(descriptor):
            self._drop(number, descriptor)
        else:
            self._put(packet, plain, tail, now)

    def _put(self, packet: Stored, plain: bytes, tail: bytes, now: float) -> None:
        if self._pacer is not None or self._telling:
            self._put_aside(packet, now)
            return
        number, marker, timestamp, descriptor, head, body = packet
        out = number + self._offset
        timestamp = (timestamp + self._timestamp) & 0xFFFFFFFF
        if self._renumber:
            before, renumbered = self._renumbered
            if head != before:
                renumbered = self._rewrite(packet, self._picture, self._tl0)
                self._renumbered = (head, renumbered)
            tail = renumbered + body
            plain = plain[:8] + tail
        size = len(tail)
        if self._sent is not None:
            self._send(
                _WIDE_PICTURE.pack(
                    0x90,
                    marker | self._type,
                    out & 0xFFFF,
                    timestamp,
                    self.ssrc,
                    ONE_BYTE_PROFILE,
                    1,
                    self._wide_head,
                    self._sent(size + OVERHEAD, now),
                )
                + tail
            )
        elif self._extensions:
            self._send(
                HEADER.pack(0x90, marker | self._type, out & 0xFFFF, timestamp, self.ssrc) + plain
            )
        else:
            self._send(
                HEADER.pack(0x80, marker | self._type, out & 0xFFFF, timestamp, self.ssrc) + tail
            )
        self.packets += 1
        self.octets += size
        if out > self.highest:
            self.highest = out
            self._last_timestamp = timestamp
            self._last_sent = now
            self._last_descriptor = descriptor

    def _put_aside(self, packet: Stored, now: float) -> None:
        """What waits has its numbers now, but for that which says when it was sent."""
        segment = self.segments[-1]
        self._note(packet, segment, now)
        if self._pacer is None:
            self._send_built(packet, segment, now)
            return
        out, send = packet[0] + segment.offset, partial(self._send_built, packet, segment)
        self._pacer.add(self, out, _octets(packet), send, now)

    def _send_built(self, packet: Stored, segment: Segment, now: float) -> None:
        self._send(self._build(packet, segment, now))
        self.packets += 1
        self.octets += len(packet[4]) + len(packet[5])
        if self._telling and packet[1]:
            self._telling -= 1

    def _note(self, packet: Stored, segment: Segment, now: float) -> None:
        out = packet[0] + segment.offset
        if out > self.highest:
            self.highest = out
            self._last_timestamp = (packet[2] + segment.timestamp) & 0xFFFFFFFF
            self._last_sent = now
            self._last_descriptor = packet[3]

    def _pictures(self, packet: Stored) -> tuple[int, int]:
        self._tid = self.tid
        last, first = self._last_descriptor, packet[3]
        if last is None or first is None:
            return self._picture, self._tl0
        return (
            _continued(last.picture_id, self._picture, first.picture_id) & 0x7FFF,
            _continued(last.tl0, self._tl0, first.tl0) & 0xFF,
        )

    def _open(self, segment: Segment, *, instead: bool = False) -> None:
        super()._open(segment, instead=instead)
        self._picture, self._tl0 = segment.picture, segment.tl0
        self._renumber = bool(segment.picture or segment.tl0)
        self._renumbered = (b"", b"")

    def _catch_up(self, layer: Layer, number: int, now: float) -> None:
        """Send what already came after a key frame's start that itself came late."""
        for later in range(number + 1, layer.reception.highest + 1):
            stored = layer.stored(later)
            if stored is not None:
                tail = stored[4] + stored[5]
                self.forward(layer, stored, send_time(now) + tail, tail, now)

    # --- temporal layers ------------------------------------------------------------------------

    def _admits(self, descriptor: Descriptor) -> bool:
        """Whether a packet goes while a limit is in force or changes. It falls between two frames;
        it rises at a key frame, or step by step at frames that need nothing which was dropped
        (RFC 7741 section 4.2, the Y bit)."""
        if descriptor.start or descriptor.length == 0:
            if self.tid < self._tid or descriptor.key:
                self._tid = self.tid
            elif self._tid < descriptor.tid <= self.tid and descriptor.sync:
                self._tid = descriptor.tid
        return descriptor.tid <= self._tid

    def _drop(self, number: int, descriptor: Descriptor) -> None:
        if number + self._offset <= self.highest:
            return
        picture = descriptor.picture_id
        another = picture is not None and picture != self._dropped_picture
        self._dropped_picture = picture
        self._close_gap(number, int(another))

    # --- late and lost packets ------------------------------------------------------------------

    def _forward_late(self, packet: Stored, now: float) -> None:
        """A packet from before a closed gap: by the offsets of its own segment, if that is of
        the present source. From before the key frame at which it began: dropped."""
        segment, descriptor = self._segment_of(packet[0]), packet[3]
        if segment is None or descriptor is None or descriptor.tid > self._tid:
            return
        if packet[0] + segment.offset <= self.highest - LATE:
            return
        self._send_built(packet, segment, now)
        self._note(packet, segment, now)

    def _segment_of(self, number: int) -> Segment | None:
        for segment in reversed(self.segments):
            if segment.layer is not self.current:
                return None
            if number >= segment.source_start:
                return segment
        return None

    def _rewrite(self, packet: Stored, picture: int, tl0: int) -> bytes:
        descriptor, head = packet[3], packet[4]
        if descriptor is None or not head:
            return head
        picture_id, index = descriptor.picture_id, descriptor.tl0
        if picture_id is not None:
            picture_id = (picture_id + picture) & 0x7FFF
        if index is not None:
            index = (index + tl0) & 0xFF
        return rewrite_descriptor(head, picture_id, index)

    def _build(self, packet: Stored, segment: Segment, now: float, cluster: int = 0) -> bytes:
        """As _put() does, with the offsets of any segment, and the delay while it is being told.
        `cluster`: see SendSide.sent."""
        head = packet[4]
        if segment.picture or segment.tl0:
            head = self._rewrite(packet, segment.picture, segment.tl0)
        tail = head + packet[5]
        kind = packet[1] | segment.type
        sequence = (packet[0] + segment.offset) & 0xFFFF
        timestamp = (packet[2] + segment.timestamp) & 0xFFFFFFFF
        told = self._told() if self._telling else b""
        if self._sent is None:
            first, told = (0x90, _ONE_WORD + told) if told else (0x80, told)
            return HEADER.pack(first, kind, sequence, timestamp, self.ssrc) + told + tail
        wide = self._sent(len(told) + len(tail) + OVERHEAD + 2, now, cluster)
        start = (0x90, kind, sequence, timestamp, self.ssrc, ONE_BYTE_PROFILE, 1 + len(told) // 4)
        return _WIDE_PICTURE.pack(*start, self._wide_head, wide) + told + tail

    def _told(self) -> bytes:
        """An element of a header extension, one word: least and most delay, in units of 10 ms."""
        return (self._delay_head << 24 | self._delay << 12 | _MOST_DELAY).to_bytes(4, "big")

    def on_nack(self, sequences: tuple[int, ...], now: float) -> None:
        """Send again what is remembered. What is missing here too has been asked for upstream
        already and goes out when it comes. While nothing is shown, nothing is worth that: an empty
        packet ends the asking, which would fill a narrow line by itself."""
        super().on_nack(sequences, now)
        if self.current is None:
            self._fill(sequences, now)
            return
        for sequence in sequences:
            out = unwrap(sequence, self.highest)
            found = self._sent_as(out)
            if found is not None and self.again.allow(out, _octets(found[0]), now):
                self._repeat(*found, now)
                self.again.repairs.came(self._late(*found, now), now)

    def _late(self, stored: Stored, segment: Segment, now: float) -> float:
        """Seconds since it would have gone, by the newest that went."""
        before = timestamp_distance(self._last_timestamp, stored[2] + segment.timestamp)
        return now - self._last_sent + before / self._clock_rate

    def _fill(self, sequences: tuple[int, ...], now: float) -> None:
        rtx_type = self._rtx_type()
        if rtx_type is None or self._sent is None:
            return
        for sequence in sequences:
            out = unwrap(sequence, self.highest)
            if out <= self.highest and self.again.allow(out, OVERHEAD + 2, now):
                head = self._again_head(0x90, rtx_type, self._sent(OVERHEAD + 2, now))
                self._send(head + rtx_payload(sequence, b""))

    def send_copies(self, now: float) -> None:
        """Those that are due: see Retransmissions.copies."""
        due, self.again.due = self.again.due, []
        for out in due:
            found = self._sent_as(out)
            if found is not None and self.again.allow_copy(_octets(found[0]), now):
                self._repeat(*found, now)

    def _sent_as(self, out: int) -> tuple[Stored, Segment] | None:
        """What went out with this extended sequence number. None when it is forgotten, or of
        another layer: a key frame has come since, or will."""
        segment = next((s for s in reversed(self.segments) if out >= s.out_start), None)
        if segment is None or out > self.highest or segment.layer is not self.current:
            return None
        stored = segment.layer.stored(out - segment.offset)
        return (stored, segment) if stored is not None else None

    def _repeat(self, stored: Stored, segment: Segment, now: float) -> None:
        packet = self._build(stored, segment, now)
        if segment.rtx_type is not None:
            packet = self.again.wrap(packet, segment.rtx_type)
        self._send(packet)

    def limit(self, tid: int) -> None:
        """Leave out what has a higher temporal id."""
        self.tid = tid

    def knows_delay(self, delay_id: int) -> None:
        """The receiver takes the playout delay's extension under this id, 1-14."""
        self._delay_head = delay_id << 4 | 2

    def delay(self, seconds: float) -> None:
        """Have the receiver show its pictures at least so long after they came."""
        units = round(100 * seconds)
        if units != self._delay and self._delay_head:
            self._delay, self._telling = units, TOLD_FRAMES

    def pace(self, pacer: Pacer | None) -> None:
        """Let it say when packets go; None: at once. What waits in one before goes by that."""
        self._pacer = pacer

    def pause(self) -> None:
        """Send nothing more of the present layer, whatever is wanted: it fills the line."""
        self._leave_current()
        self._drop_waiting()

    def want(self, layer: Layer | None, now: float) -> None:
        super().want(layer, now)
        if layer is None:
            self._drop_waiting()

    def close(self) -> None:
        super().close()
        self._drop_waiting()

    def _drop_waiting(self) -> None:
        """Their numbers go to what comes next: nothing is missing, then."""
        lowest = self._pacer.drop(self) if self._pacer is not None else None
        if lowest is not None:
            self.highest = min(self.highest, lowest - 1)

    def pad(self, octets: int, cluster: int, now: float) -> int:
        """Fill the line, to see what it carries, until at least `octets` went: with copies of the
        newest packets, or with empty ones where nothing is shown. Returns how many went; 0 where
        the receiver knows no retransmissions."""
        went = 0
        for packet in self._copies(cluster, now):
            self._send(packet)
            went += len(packet) + WIRE
            if went >= octets:
                return went
        rtx_type = self._rtx_type()
        while went < octets and rtx_type is not None and self._sent is not None:
            packet = self._padding(rtx_type, self._sent, cluster, now)
            self._send(packet)
            went += len(packet) + WIRE
        return went

    def _copies(self, cluster: int, now: float) -> Iterator[bytes]:
        layer, segment = self.current, self.segments[-1] if self.segments else None
        if layer is None or segment is None or segment.rtx_type is None:
            return
        newest = self.highest - segment.offset
        for number in range(newest, max(segment.source_start, newest - PADDING_PACKETS) - 1, -1):
            stored = layer.stored(number)
            if stored is not None:
                packet = self._build(stored, segment, now, cluster)
                yield self.again.wrap(packet, segment.rtx_type)

    @property
    def pads(self) -> bool:
        """Whether pad() has anything to fill the line with."""
        return self._rtx_type() is not None and self._sent is not None

    def _rtx_type(self) -> int | None:
        """Payload type of empty packets among the retransmissions, if the receiver knows any."""
        return next((rtx for _, rtx in self.types.values() if rtx is not None), None)

    def _padding(self, rtx_type: int, sent: Sent, cluster: int, now: float) -> bytes:
        """A packet of padding alone (RFC 3550 section 5.1) in the retransmissions' stream."""
        wide = sent(len(_PADDING) + OVERHEAD, now, cluster)
        return self._again_head(0xB0, rtx_type, wide) + _PADDING

    def _again_head(self, first: int, rtx_type: int, wide: int) -> bytes:
        """Header of a packet in the retransmissions' stream that shows nothing."""
        return _WIDE_PICTURE.pack(
            first,
            rtx_type,
            self.again.next_sequence(),
            self._last_timestamp,
            self.again.ssrc,
            ONE_BYTE_PROFILE,
            1,
            self._wide_head,
            wide,
        )


def _octets(stored: Stored) -> int:
    return len(stored[4]) + len(stored[5]) + OVERHEAD


def _continued(last: int | None, offset: int, first: int | None) -> int:
    """The offset with which `first` follows `last`, which went out with `offset`."""
    return offset if last is None or first is None else last + offset + 1 - first
