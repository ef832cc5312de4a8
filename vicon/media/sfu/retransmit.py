"""Retransmissions to one receiver (RFC 4588): an SSRC and sequence numbers of their own."""

from __future__ import annotations

from vicon.rtc.rtp import HEADER, locate, rtx_payload

MAX_PER_SECOND = 500
"""What one slot may be sent again; a receiver that asks for more is out of step or hostile."""
SAME_AGAIN_S = 0.02
"""A packet is not sent again sooner: the request crossed the first answer."""
_REMEMBERED = 512


class Retransmissions:
    """Times are monotonic seconds."""

    __slots__ = ("_allowance", "_filled_at", "_sent", "_sequence", "count", "payload_type", "ssrc")

    def __init__(self, ssrc: int, payload_type: int, first_sequence: int) -> None:
        self.ssrc = ssrc
        self.payload_type = payload_type
        self.count = 0
        self._sequence = first_sequence
        self._allowance = float(MAX_PER_SECOND)
        self._filled_at = 0.0
        self._sent: dict[int, float] = {}

    def make(self, packet: bytes, out: int, now: float) -> bytes | None:
        """The retransmission of `packet`, whose extended sequence number is `out`; None when it
        went a moment ago or the allowance is used up."""
        if now - self._sent.get(out, -1.0) < SAME_AGAIN_S or not self._allow(now):
            return None
        if len(self._sent) >= _REMEMBERED:
            del self._sent[next(iter(self._sent))]
        self._sent[out] = now
        first, second, sequence, timestamp, _ = HEADER.unpack_from(packet)
        start = locate(packet).payload_start
        kind = second & 128 | self.payload_type
        head = HEADER.pack(first, kind, self._sequence & 0xFFFF, timestamp, self.ssrc)
        self._sequence += 1
        self.count += 1
        return head + packet[12:start] + rtx_payload(sequence, packet[start:])

    def _allow(self, now: float) -> bool:
        earned = (now - self._filled_at) * MAX_PER_SECOND
        self._allowance = min(float(MAX_PER_SECOND), self._allowance + earned)
        self._filled_at = now
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True
