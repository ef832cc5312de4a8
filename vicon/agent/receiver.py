"""The down connection's side of RTP: counts what arrives in each slot, asks for what is missing.

Nothing is decoded; a frame counts when a decoder could show it. No I/O. Time comes in as
monotonic seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from vicon.rtc import rtcp, rtp, vp8
from vicon.rtc.negotiate import Choice

NACK_TRIES = 10
MAX_GAP = 200
"""A larger jump of the sequence is no loss that repeating could mend."""
REPORT_INTERVAL = 1.0
"""Seconds between receiver reports."""
KEY_INTERVAL = 1.0
"""Shortest time in seconds between two requests for a key frame in one slot."""
KEY_PATIENCE = 0.5
"""So long in seconds a picture may arrive that cannot be shown, before a key frame is asked for:
the server asks for one by itself when a slot gets another source."""
_LATE = 0.2
"""So long in seconds a packet may be late where nothing can be asked for again."""
_RETRY = 0.06
"""Seconds until a packet that is still missing is asked for again."""


@dataclass(slots=True)
class _Missing:
    next_at: float
    tries: int = 0


@dataclass(slots=True)
class Received:
    """Totals of one slot's stream since the start."""

    packets: int = 0
    octets: int = 0
    frames: int = 0
    """Video: frames that a decoder could show."""
    key_frames: int = 0
    repaired: int = 0
    """Packets that came as a retransmission."""
    lost: int = 0
    """Packets that did not come, after all tries."""
    key_requests: int = 0
    last_at: float | None = None
    """Monotonic seconds of the last packet."""
    loudest: int = 127
    """-dBov, of the last report's time."""


@dataclass(slots=True)
class _Report:
    """What the next receiver report is computed from (RFC 3550, section 6.4.1 and appendix A)."""

    expected_before: int = 0
    received_before: int = 0
    jitter: float = 0.0
    transit: float | None = None
    last_sr: int = 0
    last_sr_at: float = 0.0


@dataclass(slots=True)
class Incoming:
    """One stream of a slot. `choice` must have an SSRC."""

    room: str
    choice: Choice
    totals: Received = field(default_factory=Received)
    first: int | None = None
    highest: int = 0
    """Extended sequence number."""
    missing: dict[int, _Missing] = field(default_factory=dict)
    report: _Report = field(default_factory=_Report)
    showable: bool = False
    """A decoder could show the next frame: a key frame came and nothing was lost since."""
    dark_since: float | None = None
    """When the first packet came that could not be shown."""
    key_asked_at: float = 0.0

    @property
    def ssrc(self) -> int:
        return self.choice.ssrc or 0

    # --- packets ------------------------------------------------------------------------------

    def take(self, packet: bytes, sequence: int, timestamp: int, now: float) -> None:
        """A packet of the stream itself."""
        if self.first is None:
            self.first = self.highest = sequence
        else:
            extended = rtp.unwrap(sequence, self.highest)
            if extended > self.highest:
                self._gap(extended, now)
                self.highest = extended
            elif self.missing.pop(extended, None) is None:
                return  # a copy of one that is here, or given up
        self._jitter(timestamp, now)
        bounds = rtp.locate(packet)
        self._count(packet, bounds.payload_start, bounds.payload_end, packet[1] > 127, now)
        if self.choice.level_id is not None:
            level = rtp.find_extension(packet, bounds, self.choice.level_id)
            if level:
                self.totals.loudest = min(self.totals.loudest, level[0] & 127)

    def take_copy(self, packet: bytes, now: float) -> None:
        """A retransmission (RFC 4588): counts when the original is missed."""
        bounds = rtp.locate(packet)
        start, end = bounds.payload_start, bounds.payload_end
        if end - start < 2 or self.first is None:
            return  # padding
        original, _ = rtp.rtx_original(packet[start:end])
        if self.missing.pop(rtp.unwrap(original, self.highest), None) is None:
            return
        self.totals.repaired += 1
        self._count(packet, start + 2, end, packet[1] > 127, now)

    def _gap(self, extended: int, now: float) -> None:
        skipped = extended - self.highest - 1
        if skipped > MAX_GAP:
            self.totals.lost += skipped + len(self.missing)
            self.missing.clear()
            self._broken()
            return
        entry = (now, 0) if self.choice.rtx is not None else (now + _LATE, NACK_TRIES)
        for number in range(self.highest + 1, extended):
            self.missing[number] = _Missing(*entry)

    def _count(self, packet: bytes, start: int, end: int, marker: bool, now: float) -> None:
        totals = self.totals
        totals.packets += 1
        totals.octets += len(packet)
        totals.last_at = now
        if self.choice.kind != "video" or start >= end:
            return
        # The descriptor is read only where a key frame may begin: S set, partition 0.
        if packet[start] & 0x17 == 0x10 and vp8.parse_descriptor(packet, start, end).key:
            totals.key_frames += 1
            self.showable, self.dark_since = True, None
        if self.showable:
            totals.frames += marker
        elif self.dark_since is None:
            self.dark_since = now

    def _broken(self) -> None:
        self.showable = False

    def _jitter(self, timestamp: int, now: float) -> None:
        """RFC 3550, section 6.4.1: J += (|D| - J) / 16, in timestamp units."""
        transit = now * self.choice.codec.clock_rate - timestamp
        before, self.report.transit = self.report.transit, transit
        if before is None:
            return
        difference = abs(transit - before)
        if difference < 0x40000000:  # else the timestamp wrapped
            self.report.jitter += (difference - self.report.jitter) / 16

    # --- what to ask for ----------------------------------------------------------------------

    def due_nacks(self, now: float) -> list[int]:
        """Sequence numbers to ask for now; what was asked for in vain too often is given up."""
        wanted: list[int] = []
        for extended, entry in list(self.missing.items()):
            if entry.next_at > now:
                continue
            if entry.tries >= NACK_TRIES:
                del self.missing[extended]
                self.totals.lost += 1
                self._broken()
                continue
            entry.tries += 1
            entry.next_at = now + _RETRY
            wanted.append(extended & rtp.SEQUENCE_MASK)
        return wanted

    def wants_key(self, now: float) -> bool:
        """Whether to ask for a key frame now."""
        dark = self.dark_since is not None and now - self.dark_since >= KEY_PATIENCE
        if not dark or now - self.key_asked_at < KEY_INTERVAL:
            return False
        self.key_asked_at = now
        self.totals.key_requests += 1
        return True

    def block(self, now: float) -> rtcp.ReportBlock | None:
        """The stream's part of a receiver report; None before its first packet."""
        if self.first is None:
            return None
        report = self.report
        expected = self.highest - self.first + 1
        received = expected - len(self.missing) - self.totals.lost
        interval = expected - report.expected_before
        lost_now = interval - (received - report.received_before)
        report.expected_before, report.received_before = expected, received
        fraction = 0 if interval <= 0 or lost_now <= 0 else min(255, 256 * lost_now // interval)
        delay = int((now - report.last_sr_at) * 65536) if report.last_sr else 0
        return rtcp.ReportBlock(
            self.ssrc,
            fraction,
            expected - received,
            self.highest,
            int(report.jitter),
            report.last_sr,
            delay,
        )


class SlotReceiver:
    """All slots of a down connection."""

    def __init__(self, slots: Sequence[tuple[str, Choice]], own_ssrc: int, now: float) -> None:
        """`slots`: room and what the server offers for it; those without an SSRC are left out.
        `own_ssrc` names us in our RTCP."""
        self.incoming = [Incoming(room, c) for room, c in slots if c.ssrc is not None]
        self.strange = 0
        """Packets of no slot, or malformed ones."""
        self._own_ssrc = own_ssrc
        self._by_ssrc = {stream.ssrc: stream for stream in self.incoming}
        self._by_copies = {
            stream.choice.rtx_ssrc: stream
            for stream in self.incoming
            if stream.choice.rtx_ssrc is not None
        }
        self._report_at = now + REPORT_INTERVAL

    def on_rtp(self, packet: bytes, now: float) -> None:
        """A decrypted RTP packet."""
        if len(packet) < rtp.HEADER.size:
            self.strange += 1
            return
        _, _, sequence, timestamp, ssrc = rtp.HEADER.unpack_from(packet)
        try:
            stream = self._by_ssrc.get(ssrc)
            if stream is not None:
                stream.take(packet, sequence, timestamp, now)
            elif ssrc in self._by_copies:
                self._by_copies[ssrc].take_copy(packet, now)
            else:
                self.strange += 1
        except (rtp.RtpError, vp8.Vp8Error):
            self.strange += 1

    def on_rtcp(self, packets: Sequence[rtcp.RtcpPacket], now: float) -> None:
        """The server's RTCP: of its sender reports the time is kept for our reports."""
        for packet in packets:
            if isinstance(packet, rtcp.SenderReport) and packet.ssrc in self._by_ssrc:
                report = self._by_ssrc[packet.ssrc].report
                report.last_sr, report.last_sr_at = rtcp.middle(packet.ntp), now

    def deadline(self, now: float) -> float:
        """When `poll` should be called again: soon while something is missing."""
        waiting = any(s.missing or s.dark_since is not None for s in self.incoming)
        return min(self._report_at, now + _RETRY / 2) if waiting else self._report_at

    def poll(self, now: float) -> list[bytes]:
        """RTCP to send: NACK, PLI and, once a second, a receiver report."""
        out: list[bytes] = []
        asks: list[rtcp.RtcpPacket] = []
        for stream in self.incoming:
            if stream.missing:
                wanted = stream.due_nacks(now)
                if wanted:
                    asks.append(rtcp.Nack(self._own_ssrc, stream.ssrc, tuple(wanted)))
            if stream.dark_since is not None and stream.wants_key(now):
                asks.append(rtcp.Pli(self._own_ssrc, stream.ssrc))
        if asks:
            out.append(rtcp.build(*asks))
        if now >= self._report_at:
            self._report_at = now + REPORT_INTERVAL
            out += self._reports(now)
        return out

    def _reports(self, now: float) -> list[bytes]:
        blocks = [b for b in (stream.block(now) for stream in self.incoming) if b is not None]
        return [
            rtcp.build(rtcp.ReceiverReport(self._own_ssrc, tuple(blocks[at : at + rtcp.MAX_COUNT])))
            for at in range(0, len(blocks), rtcp.MAX_COUNT)
        ]
