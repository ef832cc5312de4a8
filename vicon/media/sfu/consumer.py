"""One slot of a down connection: an SSRC that never changes, fed now by one layer and now by
another, with sequence numbers, timestamps and picture numbers that go on as if it were one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from vicon.media.sfu.layer import Layer, Stored
from vicon.rtc.negotiate import TRANSPORT_WIDE_ID
from vicon.rtc.rtcp import ReportBlock, SenderReport, middle

SEGMENTS = 64
LATE = 1024
"""A packet further back than this is of no use to any jitter buffer."""
_LONGEST_STEP_S = 5.0
"""Two layers of one camera are never further apart: else their clocks are not to be believed."""


class Sent(Protocol):
    def __call__(self, size: int, now: float, cluster: int = 0) -> int:
        """Note a packet of so many bytes on the wire; gives its transport-wide number."""
        ...


Types = Mapping[str, tuple[int, int | None]]
"""Codec name -> payload type and that of its retransmissions."""


class Segment(NamedTuple):
    """A run of packets of one layer, forwarded with the same offsets."""

    layer: Layer
    source_start: int
    """First extended sequence number of the source that belongs to it."""
    out_start: int
    offset: int
    """Outgoing extended sequence number minus the source's."""
    timestamp: int
    """Outgoing timestamp minus the source's, 32 bits."""
    type: int
    """Payload type."""
    rtx_type: int | None = None
    picture: int = 0
    """Outgoing PictureID minus the source's, 15 bits."""
    tl0: int = 0
    """The same for TL0PICIDX, 8 bits."""


class Consumer:
    """What sound and picture have in common. Times are monotonic seconds. `send` gets whole RTP
    packets."""

    __slots__ = (
        "_clock_rate",
        "_extensions",
        "_last_sent",
        "_last_timestamp",
        "_offset",
        "_send",
        "_sent",
        "_sent_reports",
        "_source_start",
        "_timestamp",
        "_type",
        "_wide_head",
        "current",
        "highest",
        "jitter",
        "loss",
        "nacked",
        "octets",
        "packets",
        "plis",
        "round_trip",
        "segments",
        "ssrc",
        "switches",
        "types",
        "wanted",
    )
    video = False

    def __init__(
        self,
        *,
        ssrc: int,
        types: Types,
        clock_rate: int,
        first_sequence: int,
        send: Callable[[bytes], None],
    ) -> None:
        """`first_sequence`: random, below 32768 (RFC 3711 section 3.3.1)."""
        self.ssrc = ssrc
        self.types = types
        self.wanted: Layer | None = None
        self.current: Layer | None = None
        """Differs from `wanted` until a key frame of that one comes."""
        self.segments: deque[Segment] = deque(maxlen=SEGMENTS)
        self.highest = first_sequence - 1
        """Extended sequence number of the newest packet sent."""
        self.packets = self.octets = self.switches = self.nacked = self.plis = 0
        self.loss = 0.0
        """Fraction that the receiver reported last, 0-1."""
        self.jitter = 0.0
        """Seconds, as the receiver reported last."""
        self.round_trip: float | None = None
        self._send = send
        self._sent: Sent | None = None
        self._wide_head = TRANSPORT_WIDE_ID << 4 | 1
        self._clock_rate = clock_rate
        self._extensions = True
        self._type = self._offset = self._timestamp = self._source_start = 0
        self._last_timestamp = 0
        self._last_sent = 0.0
        self._sent_reports: deque[tuple[int, float]] = deque(maxlen=4)

    def agreed(
        self,
        types: Types,
        *,
        extensions: bool,
        sent: Sent | None,
        wide_id: int = TRANSPORT_WIDE_ID,
    ) -> None:
        """What the receiver's answer said: the codecs that it can decode, whether it knows our
        header extension (audio level; absolute send time), and, where it feeds back transport-wide
        numbers, who gives them and the id of their extension, 1-14."""
        self.types = types
        self._extensions = extensions
        self._sent = sent
        self._wide_head = wide_id << 4 | 1

    def sync(self) -> None:
        """Bring `packets`, `octets` and `highest` up to date, before they are read."""

    def decodes(self, layer: Layer) -> bool:
        return layer.codec in self.types

    def want(self, layer: Layer | None, now: float) -> None:
        """Take this source from now on: sound with its next packet, a picture with its next key
        frame; until then the present one goes on. None: stop at once."""
        if layer is self.wanted:
            return
        if self.wanted is not None and self.wanted is not self.current:
            self.wanted.discard(self)
        self.wanted = layer
        if layer is None:
            self._leave_current()
            return
        if layer is self.current:
            return  # came back to it before another took over
        layer.add(self)
        layer.request_key(now)

    def _leave_current(self) -> None:
        if self.current is not None:
            self.current.discard(self)
            self.current = None

    def forward(self, layer: Layer, packet: Stored, plain: bytes, tail: bytes, now: float) -> None:
        """See layer.Sink."""
        raise NotImplementedError

    def _begin(self, layer: Layer, packet: Stored, now: float) -> None:
        """The wanted source goes over with this packet."""
        before = self.segments[-1] if self.segments else None
        self._leave_current()
        self.current = layer
        self.switches += before is not None
        kind, rtx_kind = self.types[layer.codec]
        out = self.highest + 1
        picture, tl0 = self._pictures(packet)
        self._open(
            Segment(
                layer,
                packet[0],
                out,
                out - packet[0],
                self._time_offset(before, layer, packet[2], now) & 0xFFFFFFFF,
                kind,
                rtx_kind,
                picture,
                tl0,
            )
        )
        if any(segment.layer.closed for segment in self.segments):
            left = [segment for segment in self.segments if not segment.layer.closed]
            self.segments = deque(left, maxlen=SEGMENTS)

    def _pictures(self, packet: Stored) -> tuple[int, int]:
        return 0, 0

    def _time_offset(self, before: Segment | None, layer: Layer, timestamp: int, now: float) -> int:
        """So that time goes on: by the sender's own clocks between layers of one camera, else as
        much as has passed here."""
        if before is None:
            return 0
        if before.layer is layer:
            return before.timestamp
        elapsed = now - self._last_sent
        old = before.layer.reception.capture_time(self._last_timestamp - before.timestamp)
        new = layer.reception.capture_time(timestamp)
        if old is not None and new is not None and before.layer.track is layer.track:
            captured = new - old
            if abs(captured) < _LONGEST_STEP_S:
                elapsed = captured
        step = max(self._clock_rate // 100, round(elapsed * self._clock_rate))
        return self._last_timestamp + step - timestamp

    def _open(self, segment: Segment, *, instead: bool = False) -> None:
        if instead:
            self.segments[-1] = segment
        else:
            self.segments.append(segment)
            self._forget()
        self._source_start = segment.source_start
        self._offset = segment.offset
        self._timestamp = segment.timestamp
        self._type = segment.type

    def _forget(self) -> None:
        """Let go of segments of which nothing can be asked for again."""
        segments, oldest = self.segments, self.highest - LATE
        while len(segments) > 1 and segments[1].out_start <= oldest:
            segments.popleft()

    def skip(self, layer: Layer, number: int) -> None:
        """See layer.Sink: close the gap, if nothing after it went."""
        if layer is self.current and number + self._offset > self.highest:
            self._close_gap(number, 0)

    def _close_gap(self, number: int, pictures: int) -> None:
        """What follows `number` takes its place; so do pictures after so many."""
        last = self.segments[-1]
        offset = last.offset - 1
        following = last._replace(
            source_start=number + 1,
            out_start=number + 1 + offset,
            offset=offset,
            picture=(last.picture - pictures) & 0x7FFF,
        )
        self._open(following, instead=last.source_start == number)

    def on_nack(self, sequences: tuple[int, ...], now: float) -> None:
        """The receiver misses these."""
        self.nacked += len(sequences)

    def on_key_request(self, now: float) -> None:
        """The receiver cannot decode (PLI or FIR)."""
        self.plis += 1
        if self.wanted is not None:
            self.wanted.request_key(now, repair=self.wanted is self.current)

    def on_report(self, block: ReportBlock, now: float) -> None:
        """Keep what the receiver reports: loss, jitter, and the round trip since the report it
        names."""
        self.loss = block.fraction_lost / 256
        self.jitter = block.jitter / self._clock_rate
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
        """Leave every layer."""
        if self.wanted is not None:
            self.wanted.discard(self)
            self.wanted = None
        self._leave_current()
