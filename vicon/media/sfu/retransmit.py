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

    __slots__ = ("_allowance", "_filled_at", "_sent", "_sequence", "count", "ssrc")

    def __init__(self, ssrc: int, first_sequence: int) -> None:
        self.ssrc = ssrc
        self.count = 0
        """Packets that were sent again because they were asked for."""
        self._sequence = first_sequence
        self._allowance = float(MAX_PER_SECOND)
        self._filled_at = 0.0
        self._sent: dict[int, float] = {}

    def allow(self, out: int, now: float) -> bool:
        """Whether the packet of this extended sequence number may be sent again: not when it went
        a moment ago or the allowance is used up."""
        if now - self._sent.get(out, -1.0) < SAME_AGAIN_S or not self._spend(now):
            return False
        if len(self._sent) >= _REMEMBERED:
            del self._sent[next(iter(self._sent))]
        self._sent[out] = now
        self.count += 1
        return True

    def wrap(self, packet: bytes, payload_type: int) -> bytes:
        """The retransmission of `packet`; its header extension is kept."""
        first, second, sequence, timestamp, _ = HEADER.unpack_from(packet)
        start = locate(packet).payload_start
        kind = second & 128 | payload_type
        head = HEADER.pack(first, kind, self._sequence & 0xFFFF, timestamp, self.ssrc)
        self._sequence += 1
        return head + packet[12:start] + rtx_payload(sequence, packet[start:])

    def _spend(self, now: float) -> bool:
        earned = (now - self._filled_at) * MAX_PER_SECOND
        self._allowance = min(float(MAX_PER_SECOND), self._allowance + earned)
        self._filled_at = now
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True
