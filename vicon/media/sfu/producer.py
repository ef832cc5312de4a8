"""One track that a device sends: receives it, repairs it, remembers it, hands it to consumers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from vicon.rtc.missing import Missing
from vicon.rtc.negotiate import ABS_SEND_TIME_ID, AUDIO_LEVEL_ID, Choice
from vicon.rtc.reception import Reception
from vicon.rtc.rtcp import Nack, Pli, ReportBlock, SenderReport, build
from vicon.rtc.rtp import find_extension, locate, rtx_original, unwrap
from vicon.rtc.vp8 import Descriptor, parse_descriptor

RING = 1024
KEY_INTERVAL_S = 0.3
"""Requests for a key frame go out at most this often; what comes between waits, it is not lost."""

Stored = tuple[int, int, int, Descriptor | None, bytes, bytes]
"""Extended sequence number, marker bit (128 or 0), timestamp, VP8 descriptor as read and as it
came (empty for audio), the payload after it. A tuple because one is made for every packet."""


class Sink(Protocol):
    """What a producer asks of a consumer."""

    def forward(
        self, producer: Producer, packet: Stored, extension: bytes, plain: bytes, now: float
    ) -> None:
        """`plain`: all that follows the fixed header when nothing needs to be renumbered."""
        ...

    def skip(self, producer: Producer, number: int) -> None:
        """The packet of this number held nothing and will not be sent on."""
        ...


class Producer:
    """Times are monotonic seconds. `send_rtcp` gets compound packets for the publisher."""

    def __init__(self, choice: Choice, local_ssrc: int, send_rtcp: Callable[[bytes], None]) -> None:
        self.choice = choice
        self.kind = choice.kind
        self.video = choice.kind == "video"
        self.ssrc = choice.ssrc
        self.reception = Reception(choice.codec.clock_rate)
        self.missing = Missing()
        self.consumers: tuple[Sink, ...] = ()
        self.level = 127
        """Last audio level, -dBov: 0 is the loudest."""
        self.keys_asked = 0
        self.asked_again = 0
        """Packets asked for by NACK, each time counted."""
        self.repaired = 0
        self._local_ssrc = local_ssrc
        self._send_rtcp = send_rtcp
        self._ring: list[Stored | None] = [None] * (RING if self.video else 0)
        self._key_wanted = False
        self._key_asked_at = -KEY_INTERVAL_S

    def add(self, consumer: Sink) -> None:
        if consumer not in self.consumers:
            self.consumers = (*self.consumers, consumer)

    def discard(self, consumer: Sink) -> None:
        self.consumers = tuple(c for c in self.consumers if c is not consumer)

    def receive(
        self, packet: bytes, second: int, sequence: int, timestamp: int, now: float
    ) -> None:
        """Take a packet in; `second` is its second byte. Raises RtpError or Vp8Error for one that
        is malformed, which then counts as received but goes nowhere."""
        reception = self.reception
        before = reception.highest
        number = reception.update(sequence, timestamp, now)
        if self.video and before >= 0 and number != before + 1:
            self._out_of_order(before, number, now)
        self._accept(packet, number, second & 128, timestamp, now)

    def receive_again(self, packet: bytes, now: float) -> None:
        """Take a retransmission in (RFC 4588). Raises RtpError or Vp8Error."""
        if self.reception.highest < 0:
            return
        bounds = locate(packet)
        sequence, payload = rtx_original(packet[bounds.payload_start : bounds.payload_end])
        number = unwrap(sequence, self.reception.highest)
        if not self.missing.came(number, now):
            return
        self.repaired += 1
        timestamp = int.from_bytes(packet[4:8], "big")
        self._deliver(number, packet[1] & 128, timestamp, payload, b"", now)

    def _out_of_order(self, before: int, number: int, now: float) -> None:
        if number <= before:
            self.missing.came(number, now)
            return
        asked = self.missing.gap(before + 1, number, now)
        if asked is None:
            self.request_key(now)
        elif self.consumers:
            self._nack(asked)

    def _accept(self, packet: bytes, number: int, marker: int, timestamp: int, now: float) -> None:
        bounds = locate(packet)
        extension = b""
        if self.video:
            if self.consumers:
                # abs-send-time in a one-byte block of one word; see rtp.abs_send_time.
                stamp = int(now * 262144) & 0xFFFFFF
                extension = _SEND_TIME_HEAD + stamp.to_bytes(3, "big")
        elif self.choice.level_id is not None:
            level = find_extension(packet, bounds, self.choice.level_id)
            if level is not None:
                self.level = level[0] & 127
                extension = _LEVEL_HEAD + level[:1] + b"\0\0"
        payload = packet[bounds.payload_start : bounds.payload_end]
        self._deliver(number, marker, timestamp, payload, extension, now)

    def _deliver(
        self,
        number: int,
        marker: int,
        timestamp: int,
        payload: bytes,
        extension: bytes,
        now: float,
    ) -> None:
        if not payload:
            for consumer in self.consumers:
                consumer.skip(self, number)
            return
        descriptor = None
        head = b""
        if self.video:
            descriptor = parse_descriptor(payload)
            head, payload = payload[: descriptor.length], payload[descriptor.length :]
        stored = (number, marker, timestamp, descriptor, head, payload)
        plain = extension + head + payload
        if descriptor is not None:
            self._ring[number % RING] = stored
            if self._key_wanted:
                self._look_for_key(descriptor, now)
        for consumer in self.consumers:
            consumer.forward(self, stored, extension, plain, now)

    def stored(self, number: int) -> Stored | None:
        """A packet of this extended sequence number, if it is still remembered."""
        if not self.video:
            return None
        entry = self._ring[number % RING]
        return entry if entry is not None and entry[0] == number else None

    def request_key(self, now: float) -> None:
        """Ask the publisher for a key frame; requests close together become one."""
        self._key_wanted = True
        if now - self._key_asked_at >= KEY_INTERVAL_S:
            self._ask_key(now)

    def _look_for_key(self, descriptor: Descriptor, now: float) -> None:
        if descriptor.key:
            self._key_wanted = False
        elif now - self._key_asked_at >= KEY_INTERVAL_S:
            # Repeated only while other packets come: a camera that is off is not asked on.
            self._ask_key(now)

    def _ask_key(self, now: float) -> None:
        if self.ssrc is None:
            return  # nothing has come yet, and what comes first is a key frame
        self._key_asked_at = now
        self.keys_asked += 1
        self._send_rtcp(build(Pli(self._local_ssrc, self.ssrc)))

    def _nack(self, numbers: list[int]) -> None:
        if self.ssrc is None:
            return
        self.asked_again += len(numbers)
        sequences = tuple(number & 0xFFFF for number in numbers)
        self._send_rtcp(build(Nack(self._local_ssrc, self.ssrc, sequences)))

    def tick(self, now: float) -> None:
        """Call every 20 ms or so: asks again for what is still missing, and after ten times for a
        key frame instead."""
        if not len(self.missing):
            return
        if not self.consumers:
            self.missing.clear()
            return
        asked, gave_up = self.missing.due(now)
        if asked:
            self._nack(asked)
        if gave_up:
            self.request_key(now)

    def heard_sender(self, report: SenderReport, now: float) -> None:
        self.reception.heard_sender(report, now)

    def close(self) -> None:
        """Forget all packets: consumers may still name this producer in old segments."""
        self.consumers = ()
        self.missing.clear()
        self._ring = [None] * len(self._ring)

    def report(self, now: float) -> ReportBlock | None:
        """The block for the next receiver report; None before the first packet."""
        if self.ssrc is None or self.reception.highest < 0:
            return None
        return self.reception.report(self.ssrc, now)


_SEND_TIME_HEAD = b"\xbe\xde\x00\x01" + bytes([ABS_SEND_TIME_ID << 4 | 2])
_LEVEL_HEAD = b"\xbe\xde\x00\x01" + bytes([AUDIO_LEVEL_ID << 4])
