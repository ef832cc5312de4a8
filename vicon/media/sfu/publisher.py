"""An up connection: sorts its packets to the layers of its tracks and reports to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from vicon.media.sfu.layer import AudioLayer, Fan, Layer
from vicon.media.sfu.producer import Producer
from vicon.media.sfu.uplink import Uplink
from vicon.ports import Limit
from vicon.rtc.arrivals import Arrivals
from vicon.rtc.formats import FormatError
from vicon.rtc.negotiate import Choice
from vicon.rtc.remb import ReceiveLimit
from vicon.rtc.rtcp import (
    ReceiverReport,
    Remb,
    ReportBlock,
    RtcpError,
    RtcpPacket,
    SenderReport,
    build,
    parse,
)
from vicon.rtc.rtp import HEADER, Bounds, RtpError, find_extension, locate, wide_number

REPORT_S, FEEDBACK_S = 1.0, 0.1
THIN, THIN_FEEDBACK_S = 150_000, 0.25
"""When less than so many bit/s come, feedback goes less often: it must not fill the line itself."""
SILENT_S = 5.0
"""Without a media packet for so long, a device no longer counts as publishing."""
START_LIMIT = 1_500_000
"""bit/s that a publisher without transport-wide feedback may begin with (REMB)."""
_MAX_SSRCS = 16

_Receive = Callable[[bytes, int, int, int, float], None]


class Publisher:
    """Times are monotonic seconds. `send_rtcp` sends a compound packet to the device;
    `on_publishing` is told when its first packets come and when they stay away."""

    def __init__(
        self,
        choices: Sequence[Choice],
        local_ssrc: int,
        send_rtcp: Callable[[bytes], None],
        on_publishing: Callable[[bool], None],
        make_fan: Callable[[], Fan] | None = None,
    ) -> None:
        self.producers = {
            choice.kind: Producer(choice, local_ssrc, send_rtcp, make_fan) for choice in choices
        }
        self.publishing = False
        self.malformed = 0
        self.unknown = 0
        self._send_rtcp = send_rtcp
        self._on_publishing = on_publishing
        self._local_ssrc = local_ssrc
        self._closed = False
        self._last_media = 0.0
        self._next_report = self._next_feedback = 0.0
        self._receive: dict[int, _Receive] = {}
        self._wide_id = next((c.twcc_id for c in choices if c.twcc_id is not None), None)
        self._arrivals = Arrivals() if self._wide_id is not None else None
        self._wide_ssrc = 0
        self._thin = False
        self._uplink = Uplink()
        self._octets = 0
        self._sounds = (0, 0)
        self._limit = ReceiveLimit(0.0, START_LIMIT)
        for producer in self.producers.values():
            self._expect(producer)

    def _expect(self, producer: Producer) -> None:
        """What the offer named."""
        choice = producer.choice
        pairs = choice.layer_ssrcs if choice.rids else ((choice.ssrc, choice.rtx_ssrc),)
        for layer, (ssrc, rtx_ssrc) in zip(producer.layers, pairs, strict=False):
            if ssrc is not None:
                self._receive[ssrc] = layer.receive
            if rtx_ssrc is not None:
                self._receive[rtx_ssrc] = layer.receive_again

    def layers(self) -> Iterator[Layer]:
        for producer in self.producers.values():
            yield from producer.layers

    @property
    def audio(self) -> AudioLayer | None:
        producer = self.producers.get("audio")
        layer = producer.first if producer is not None else None
        return layer if isinstance(layer, AudioLayer) else None

    def on_rtp(self, packet: bytes, now: float) -> None:
        """Take in what came from the transport: anything may come."""
        if len(packet) < HEADER.size:
            self.malformed += 1
            return
        try:
            _, second, sequence, timestamp, ssrc = HEADER.unpack_from(packet)
            if self._wide_id is not None and self._arrivals is not None:
                number = wide_number(packet, self._wide_id)
                if number is not None:
                    self._arrivals.on_packet(number, now)
                    self._wide_ssrc = ssrc
            receive = self._receive.get(ssrc)
            if receive is None:
                receive = self._identify(packet, second & 127, ssrc)
                if receive is None:
                    self.unknown += 1
                    return
            receive(packet, second, sequence, timestamp, now)
        except (RtpError, FormatError):
            self.malformed += 1
            return
        self._last_media = now
        if not self.publishing:
            self._set_publishing(True)

    def _identify(self, packet: bytes, payload_type: int, ssrc: int) -> _Receive | None:
        """Find the layer of an SSRC that the offer did not name, by MID, rid and payload type
        (RFC 8843 section 9.2, RFC 8852). Raises RtpError."""
        if self._closed or len(self._receive) >= _MAX_SSRCS:
            return None
        bounds = locate(packet)
        for producer in self.producers.values():
            choice = producer.choice
            mid = _text(packet, bounds, choice.mid_id)
            if mid is not None and mid != choice.mid:
                continue
            receive = _receiver(producer, packet, bounds, payload_type, ssrc)
            if receive is not None:
                self._receive[ssrc] = receive
                return receive
        return None

    def on_rtcp(self, data: bytes, now: float) -> None:
        """Take in a compound packet: the sender's clocks are in it."""
        try:
            packets = parse(data)
        except RtcpError:
            self.malformed += 1
            return
        for packet in packets:
            if isinstance(packet, SenderReport):
                for layer in self.layers():
                    if layer.ssrc == packet.ssrc:
                        layer.heard_sender(packet, now)

    def tick(self, now: float) -> None:
        """Call every 20 ms or so."""
        for producer in self.producers.values():
            producer.tick(now)
        if self._arrivals is not None and now >= self._next_feedback:
            self._next_feedback = now + (THIN_FEEDBACK_S if self._thin else FEEDBACK_S)
            for packet in self._arrivals.feedback(self._local_ssrc, self._wide_ssrc, now):
                self._send_rtcp(build(packet))
        if now >= self._next_report:
            self._next_report = now + REPORT_S
            self._report(now)
            if self.publishing and now - self._last_media > SILENT_S:
                self._set_publishing(False)

    @property
    def rate(self) -> int:
        """bit/s on the wire that come from the device."""
        return sum(layer.meter.rate for layer in self.layers())

    @property
    def limit(self) -> Limit:
        """ "sound": its line has no room for a picture now."""
        return "sound" if self._uplink.limited else ""

    def _report(self, now: float) -> None:
        self._thin = 0 < self.rate < THIN
        blocks: list[ReportBlock] = []
        videos: list[int] = []
        for layer in self.layers():
            block = layer.report(now)
            if block is None:
                continue
            blocks.append(block)
            if layer.video:
                videos.append(block.ssrc)
        if not blocks:
            return
        self._watch_uplink(now)
        packets: list[RtcpPacket] = [ReceiverReport(self._local_ssrc, tuple(blocks))]
        if videos and self._arrivals is None:
            worst = max(block.fraction_lost for block in blocks) / 256
            limit = self._limit.update(self.rate, worst, now)
            packets.append(Remb(self._local_ssrc, limit, tuple(videos)))
        self._send_rtcp(build(*packets))

    def _watch_uplink(self, now: float) -> None:
        sound, camera = self.audio, self.producers.get("video")
        if sound is None or camera is None:
            return
        before, self._sounds = self._sounds, sound.reception.counts()
        pictures = camera.lowest(now) is not None
        octets = sum(layer.meter.wire for layer in self.layers())
        came, self._octets = octets - self._octets, octets
        sent, heard = (count - then for count, then in zip(self._sounds, before, strict=True))
        self._uplink.update(int(8 * came / REPORT_S), sent, heard, pictures, now)
        camera.resting = self._uplink.narrow

    def _set_publishing(self, publishing: bool) -> None:
        self.publishing = publishing
        self._on_publishing(publishing)

    def close(self) -> None:
        """Nothing is taken in any more: tell it and let go of the packets."""
        self._closed = True
        for producer in self.producers.values():
            producer.close()
        self._receive.clear()
        if self.publishing:
            self._set_publishing(False)


def _receiver(
    producer: Producer, packet: bytes, bounds: Bounds, payload_type: int, ssrc: int
) -> _Receive | None:
    choice = producer.choice
    again = choice.rtx is not None and payload_type == choice.rtx.payload_type
    if choice.rids:
        name = _text(packet, bounds, choice.repaired_id if again else choice.rid_id)
        layer = producer.layer(name) if name else None
        if layer is None:
            return None
    else:
        layer = producer.first
    if again:
        return layer.receive_again
    known = {choice.codec.payload_type}
    if choice.red is not None:
        known.add(choice.red.payload_type)
    if payload_type not in known:
        return None
    layer.ssrc = ssrc
    return layer.receive


def _text(packet: bytes, bounds: Bounds, identifier: int | None) -> str | None:
    if identifier is None:
        return None
    value = find_extension(packet, bounds, identifier)
    return value.decode("ascii", "replace") if value is not None else None
