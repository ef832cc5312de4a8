"""A down connection: its slots, what its device asks for, and the reports to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from vicon.media.sfu.bandwidth import ReceiverEstimate
from vicon.media.sfu.consumer import Consumer
from vicon.rtc.rtcp import (
    Fir,
    Nack,
    Pli,
    ReceiverReport,
    Remb,
    RtcpError,
    RtcpPacket,
    SenderReport,
    build,
    parse,
)

REPORT_S = 1.0
_REPORTS_PER_PACKET = 40
"""28 bytes each: the compound packet stays below the path's MTU."""

SlotKey = tuple[str, str]
"""Room, and audio or video."""


class Subscriber:
    """Times are monotonic seconds. `send_rtcp` sends a compound packet to the device."""

    def __init__(
        self, slots: Mapping[SlotKey, Consumer], send_rtcp: Callable[[bytes], None]
    ) -> None:
        self.slots = dict(slots)
        self.estimate = ReceiverEstimate()
        self.malformed = 0
        self._send_rtcp = send_rtcp
        self._by_ssrc = {consumer.ssrc: consumer for consumer in self.slots.values()}
        self._next_report = 0.0
        self._switches = 0

    def on_rtcp(self, data: bytes, now: float) -> None:
        """Take in a compound packet: anything may come."""
        try:
            packets = parse(data)
        except RtcpError:
            self.malformed += 1
            return
        for packet in packets:
            self._on_packet(packet, now)

    def _on_packet(self, packet: RtcpPacket, now: float) -> None:
        if isinstance(packet, Nack):
            consumer = self._by_ssrc.get(packet.media)
            if consumer is not None:
                consumer.on_nack(packet.sequences, now)
        elif isinstance(packet, Pli):
            self._key_request(packet.media, now)
        elif isinstance(packet, Fir):
            for ssrc, _ in packet.requests:
                self._key_request(ssrc, now)
        elif isinstance(packet, ReceiverReport | SenderReport):
            for block in packet.blocks:
                consumer = self._by_ssrc.get(block.ssrc)
                if consumer is not None:
                    consumer.on_report(block, now)
        elif isinstance(packet, Remb):
            self.estimate.heard(packet, now)

    def _key_request(self, ssrc: int, now: float) -> None:
        consumer = self._by_ssrc.get(ssrc)
        if consumer is not None:
            consumer.on_key_request(now)

    def tick(self, now: float) -> None:
        """Call every 20 ms or so. Reports go out every second, and at once after a switch, since
        until then the device plays by the clock of the source before."""
        switches = sum(consumer.switches for consumer in self.slots.values())
        if now < self._next_report and switches == self._switches:
            return
        self._next_report = now + REPORT_S
        self._switches = switches
        reports = [consumer.sender_report(now) for consumer in self.slots.values()]
        self._report([report for report in reports if report is not None])

    def _report(self, reports: Sequence[SenderReport]) -> None:
        for start in range(0, len(reports), _REPORTS_PER_PACKET):
            self._send_rtcp(build(*reports[start : start + _REPORTS_PER_PACKET]))

    def drop(self, slot: SlotKey) -> None:
        """The device does not want this slot: feed it no more."""
        consumer = self.slots.pop(slot)
        self._by_ssrc.pop(consumer.ssrc)
        consumer.close()

    def close(self) -> None:
        for consumer in self.slots.values():
            consumer.close()
