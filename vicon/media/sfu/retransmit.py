"""Retransmissions to one receiver (RFC 4588): an SSRC and sequence numbers of their own."""

from __future__ import annotations

from vicon.rtc.repairs import Repairs
from vicon.rtc.rtp import HEADER, locate, rtx_payload

MOST = 5_000_000
"""bit/s that one slot may be sent again at most."""
SAME_AGAIN_S = 0.02
_REMEMBERED, _REMEMBERED_S = 512, 2.0
"""Packets that were sent again, and for how long that is remembered: longer than any `wait`."""


class Retransmissions:
    """Times are monotonic seconds."""

    __slots__ = (
        "_allowance", "_filled_at", "_sent", "_sequence", "copies", "count", "due", "rate",
        "repairs", "ssrc", "wait",
    )  # fmt: skip

    def __init__(self, ssrc: int, first_sequence: int) -> None:
        self.ssrc = ssrc
        self.count = 0
        """Packets that were sent again because they were asked for."""
        self.rate = MOST
        """bit/s that may be sent again: what does not fit into a line is lost once more, and then
        asked for once more."""
        self.repairs = Repairs()
        """How much later they went than the first time."""
        self.wait = SAME_AGAIN_S
        """Seconds in which a packet is not sent once more: the request crossed the first answer."""
        self.copies = False
        """Each goes once more a moment later: on a line that loses packets it would often be lost,
        and what is lost twice is seen as a freeze."""
        self.due: list[int] = []
        """Of these, by extended sequence number, the copies are still to go."""
        self._sequence = first_sequence
        self._allowance = float(MOST)
        self._filled_at = 0.0
        self._sent: dict[int, float] = {}

    def allow(self, out: int, octets: int, now: float) -> bool:
        """Whether the packet of this extended sequence number, of so many octets on the wire, may
        be sent again: not when it went a moment ago or the allowance is used up."""
        if now - self._sent.get(out, -9.0) < self.wait or not self._spend(8 * octets, now):
            return False
        self._remember(out, now)
        self.count += 1
        if self.copies and len(self.due) < _REMEMBERED:
            self.due.append(out)
        return True

    def _remember(self, out: int, now: float) -> None:
        sent = self._sent
        sent.pop(out, None)
        while sent:
            oldest = next(iter(sent))
            if len(sent) < _REMEMBERED and now - sent[oldest] < _REMEMBERED_S:
                break
            del sent[oldest]
        sent[out] = now

    def allow_copy(self, octets: int, now: float) -> bool:
        """Whether the copy of one that went may go."""
        return self._spend(8 * octets, now)

    def wrap(self, packet: bytes, payload_type: int) -> bytes:
        """The retransmission of `packet`; its header extension is kept."""
        first, second, sequence, timestamp, _ = HEADER.unpack_from(packet)
        start = locate(packet).payload_start
        kind = second & 128 | payload_type
        head = HEADER.pack(first, kind, self.next_sequence(), timestamp, self.ssrc)
        return head + packet[12:start] + rtx_payload(sequence, packet[start:])

    def next_sequence(self) -> int:
        """The number of the next packet of this stream, 16 bits."""
        self._sequence += 1
        return (self._sequence - 1) & 0xFFFF

    def _spend(self, bits: int, now: float) -> bool:
        """A bucket that holds what may go in a second."""
        earned = (now - self._filled_at) * self.rate
        self._allowance = min(float(self.rate), self._allowance + earned)
        self._filled_at = now
        if self._allowance < bits:
            return False
        self._allowance -= bits
        return True
