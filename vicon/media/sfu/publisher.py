"""An up connection: sorts its packets to the producers of its tracks and reports to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vicon.media.sfu.bandwidth import publisher_limit
from vicon.media.sfu.producer import Producer
from vicon.rtc.negotiate import Choice
from vicon.rtc.rtcp import (
    ReceiverReport,
    ReportBlock,
    RtcpError,
    RtcpPacket,
    SenderReport,
    build,
    parse,
)
from vicon.rtc.rtp import HEADER, RtpError, find_extension, locate
from vicon.rtc.vp8 import Vp8Error

REPORT_S = 1.0
SILENT_S = 5.0
"""Without a media packet for so long, a device no longer counts as publishing."""
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
    ) -> None:
        self.producers = {
            choice.kind: Producer(choice, local_ssrc, send_rtcp) for choice in choices
        }
        self.publishing = False
        self.malformed = 0
        self.unknown = 0
        self._send_rtcp = send_rtcp
        self._on_publishing = on_publishing
        self._local_ssrc = local_ssrc
        self._closed = False
        self._last_media = 0.0
        self._next_report = 0.0
        self._receive: dict[int, _Receive] = {}
        for producer in self.producers.values():
            if producer.choice.ssrc is not None:
                self._receive[producer.choice.ssrc] = producer.receive
            if producer.choice.rtx_ssrc is not None:
                self._receive[producer.choice.rtx_ssrc] = _again(producer)

    def on_rtp(self, packet: bytes, now: float) -> None:
        """Take in what came from the transport: anything may come."""
        if len(packet) < HEADER.size:
            self.malformed += 1
            return
        try:
            _, second, sequence, timestamp, ssrc = HEADER.unpack_from(packet)
            receive = self._receive.get(ssrc)
            if receive is None:
                receive = self._identify(packet, second & 127, ssrc)
                if receive is None:
                    self.unknown += 1
                    return
            receive(packet, second, sequence, timestamp, now)
        except (RtpError, Vp8Error):
            self.malformed += 1
            return
        self._last_media = now
        if not self.publishing:
            self._set_publishing(True)

    def _identify(self, packet: bytes, payload_type: int, ssrc: int) -> _Receive | None:
        """Find the track of an SSRC that the offer did not name, by MID and payload type
        (RFC 8843 section 9.2). Raises RtpError."""
        if self._closed or len(self._receive) >= _MAX_SSRCS:
            return None
        bounds = locate(packet)
        for producer in self.producers.values():
            choice = producer.choice
            mid = None
            if choice.mid_id is not None:
                mid = find_extension(packet, bounds, choice.mid_id)
            if mid is not None and mid != choice.mid.encode():
                continue
            if payload_type == choice.codec.payload_type:
                producer.ssrc = ssrc
                receive: _Receive = producer.receive
            elif choice.rtx is not None and payload_type == choice.rtx.payload_type:
                receive = _again(producer)
            else:
                continue
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
                for producer in self.producers.values():
                    if producer.ssrc == packet.ssrc:
                        producer.heard_sender(packet, now)

    def tick(self, now: float) -> None:
        """Call every 20 ms or so."""
        for producer in self.producers.values():
            producer.tick(now)
        if now >= self._next_report:
            self._next_report = now + REPORT_S
            self._report(now)
            if self.publishing and now - self._last_media > SILENT_S:
                self._set_publishing(False)

    def _report(self, now: float) -> None:
        blocks: list[ReportBlock] = []
        videos: list[int] = []
        for producer in self.producers.values():
            block = producer.report(now)
            if block is None:
                continue
            blocks.append(block)
            if producer.video:
                videos.append(block.ssrc)
        if not blocks:
            return
        packets: list[RtcpPacket] = [ReceiverReport(self._local_ssrc, tuple(blocks))]
        if videos:
            packets.append(publisher_limit(self._local_ssrc, tuple(videos)))
        self._send_rtcp(build(*packets))

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


def _again(producer: Producer) -> _Receive:
    def receive(packet: bytes, second: int, sequence: int, timestamp: int, now: float) -> None:
        producer.receive_again(packet, now)

    return receive
