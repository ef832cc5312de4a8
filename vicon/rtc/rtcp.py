"""RTCP (RFC 3550 section 6, RFC 4585, RFC 5104, REMB): parse and build compound packets.

Whatever comes in, parse() returns packets or raises RtcpError; unknown types are left out.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from vicon.rtc.twcc import Twcc, TwccError, build_body, parse_body

_HEAD = struct.Struct("!BBH")
_U16 = struct.Struct("!H")
_U32 = struct.Struct("!I")
_SENDER = struct.Struct("!IQIII")
_BLOCK = struct.Struct("!IIIIII")
_PAIR = struct.Struct("!II")
_NACK = struct.Struct("!HH")

SR, RR, SDES, BYE, RTPFB, PSFB = 200, 201, 202, 203, 205, 206
_NACK_FORMAT, _TWCC_FORMAT = 1, 15
_PLI_FORMAT, _FIR_FORMAT, _APPLICATION_FORMAT = 1, 4, 15
NTP_EPOCH = 2_208_988_800
"""Seconds from 1900 to 1970."""
MAX_COUNT = 31


class RtcpError(ValueError):
    """The bytes are no RTCP."""


class ReportBlock(NamedTuple):
    """RFC 3550 section 6.4.1."""

    ssrc: int
    fraction_lost: int
    """0-255: of 256ths since the last report."""
    lost: int
    """Cumulative, signed 24 bits (duplicates make it negative)."""
    highest: int
    """Extended highest sequence number received."""
    jitter: int
    """In timestamp units."""
    last_sr: int
    """Middle 32 bits of the NTP time of the last SR; 0 for none."""
    delay: int
    """Since that SR came, in 1/65536 s."""


class SenderReport(NamedTuple):
    ssrc: int
    ntp: int
    """64 bits: seconds since 1900 in 32.32 fixed point."""
    timestamp: int
    packets: int
    octets: int
    blocks: tuple[ReportBlock, ...] = ()


class ReceiverReport(NamedTuple):
    ssrc: int
    blocks: tuple[ReportBlock, ...] = ()


class SourceName(NamedTuple):
    """An SDES packet's CNAME items."""

    names: tuple[tuple[int, str], ...]


class Bye(NamedTuple):
    sources: tuple[int, ...]


class Nack(NamedTuple):
    """Generic NACK, RFC 4585 section 6.2.1."""

    sender: int
    media: int
    sequences: tuple[int, ...]


class Pli(NamedTuple):
    """Picture loss indication, RFC 4585 section 6.3.1."""

    sender: int
    media: int


class Fir(NamedTuple):
    """Full intra request, RFC 5104 section 4.3.1."""

    sender: int
    requests: tuple[tuple[int, int], ...]
    """SSRC and command number, 0-255."""


class Remb(NamedTuple):
    """Receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb-03 section 2.2)."""

    sender: int
    bitrate: int
    """bit/s"""
    sources: tuple[int, ...]


RtcpPacket = SenderReport | ReceiverReport | SourceName | Bye | Nack | Pli | Fir | Remb | Twcc


def is_rtcp(packet: bytes) -> bool:
    """Whether a datagram of first byte 128-191 is RTCP and not RTP (RFC 5761 section 4)."""
    return len(packet) > 1 and 192 <= packet[1] <= 223


def parse(data: bytes) -> list[RtcpPacket]:
    """All packets of a compound packet in their order. Raises RtcpError."""
    packets: list[RtcpPacket] = []
    position = 0
    while position < len(data):
        if position + 4 > len(data):
            raise RtcpError("RTCP header cut short")
        first, kind, words = _HEAD.unpack_from(data, position)
        end = position + 4 + 4 * words
        if first >> 6 != 2 or end > len(data):
            raise RtcpError("not an RTCP version 2 packet")
        body = data[position + 4 : end]
        if first & 0x20:
            body = _without_padding(body)
        reader = _READERS.get(kind)
        if reader is not None:
            try:
                packet = reader(first & 31, body)
            except struct.error as error:
                raise RtcpError(f"RTCP packet of type {kind} cut short") from error
            if packet is not None:
                packets.append(packet)
        position = end
    return packets


def _without_padding(body: bytes) -> bytes:
    if not body or not 0 < body[-1] <= len(body):
        raise RtcpError("RTCP padding of a wrong length")
    return body[: -body[-1]]


def _read_blocks(count: int, body: bytes, offset: int) -> tuple[ReportBlock, ...]:
    blocks = []
    for index in range(count):
        ssrc, loss, highest, jitter, last_sr, delay = _BLOCK.unpack_from(body, offset + 24 * index)
        lost = loss & 0xFFFFFF
        if lost & 0x800000:
            lost -= 0x1000000
        blocks.append(ReportBlock(ssrc, loss >> 24, lost, highest, jitter, last_sr, delay))
    return tuple(blocks)


def _read_sr(count: int, body: bytes) -> RtcpPacket | None:
    ssrc, ntp, timestamp, packets, octets = _SENDER.unpack_from(body)
    return SenderReport(ssrc, ntp, timestamp, packets, octets, _read_blocks(count, body, 24))


def _read_rr(count: int, body: bytes) -> RtcpPacket | None:
    return ReceiverReport(_U32.unpack_from(body)[0], _read_blocks(count, body, 4))


def _read_sdes(count: int, body: bytes) -> RtcpPacket | None:
    names = []
    position = 0
    for _ in range(count):
        ssrc = _U32.unpack_from(body, position)[0]
        position += 4
        while position < len(body) and body[position] != 0:
            if position + 2 > len(body) or position + 2 + body[position + 1] > len(body):
                raise RtcpError("SDES item cut short")
            size = body[position + 1]
            if body[position] == 1:
                text = body[position + 2 : position + 2 + size]
                names.append((ssrc, text.decode("utf-8", "replace")))
            position += 2 + size
        position += 4 - position % 4  # the list's null octet and its padding
    return SourceName(tuple(names))


def _read_bye(count: int, body: bytes) -> RtcpPacket | None:
    return Bye(tuple(_U32.unpack_from(body, 4 * index)[0] for index in range(count)))


def _read_rtpfb(form: int, body: bytes) -> RtcpPacket | None:
    sender, media = _PAIR.unpack_from(body)
    if form == _TWCC_FORMAT:
        try:
            return parse_body(sender, media, body[8:])
        except TwccError as error:
            raise RtcpError(str(error)) from error
    if form != _NACK_FORMAT:
        return None
    sequences = []
    for offset in range(8, len(body) - 3, 4):
        first, mask = _NACK.unpack_from(body, offset)
        sequences.append(first)
        sequences += [(first + bit + 1) & 0xFFFF for bit in range(16) if mask >> bit & 1]
    return Nack(sender, media, tuple(sequences))


def _read_psfb(form: int, body: bytes) -> RtcpPacket | None:
    sender, media = _PAIR.unpack_from(body)
    if form == _PLI_FORMAT:
        return Pli(sender, media)
    if form == _FIR_FORMAT:
        offsets = range(8, len(body) - 7, 8)
        return Fir(sender, tuple((_U32.unpack_from(body, at)[0], body[at + 4]) for at in offsets))
    if form == _APPLICATION_FORMAT and body[8:12] == b"REMB":
        if len(body) < 16 or len(body) < 16 + 4 * body[12]:
            raise RtcpError("REMB cut short")
        exponent, mantissa = body[13] >> 2, (body[13] & 3) << 16 | body[14] << 8 | body[15]
        sources = tuple(_U32.unpack_from(body, 16 + 4 * index)[0] for index in range(body[12]))
        return Remb(sender, mantissa << exponent, sources)
    return None


_READERS = {
    SR: _read_sr,
    RR: _read_rr,
    SDES: _read_sdes,
    BYE: _read_bye,
    RTPFB: _read_rtpfb,
    PSFB: _read_psfb,
}


def build(*packets: RtcpPacket) -> bytes:
    """A compound packet. Raises ValueError for more than 31 blocks or sources in one packet."""
    return b"".join(_build_one(packet) for packet in packets)


def _packet(count: int, kind: int, body: bytes) -> bytes:
    if count > MAX_COUNT:
        raise ValueError("more than 31 items in one RTCP packet")
    return _HEAD.pack(0x80 | count, kind, len(body) // 4) + body


def _build_blocks(blocks: Sequence[ReportBlock]) -> bytes:
    return b"".join(
        _BLOCK.pack(
            block.ssrc,
            block.fraction_lost << 24 | max(-0x800000, min(0x7FFFFF, block.lost)) & 0xFFFFFF,
            block.highest & 0xFFFFFFFF,
            block.jitter & 0xFFFFFFFF,
            block.last_sr,
            block.delay & 0xFFFFFFFF,
        )
        for block in blocks
    )


def _build_one(packet: RtcpPacket) -> bytes:
    if isinstance(packet, SenderReport):
        head = _SENDER.pack(
            packet.ssrc,
            packet.ntp,
            packet.timestamp,
            packet.packets & 0xFFFFFFFF,
            packet.octets & 0xFFFFFFFF,
        )
        return _packet(len(packet.blocks), SR, head + _build_blocks(packet.blocks))
    if isinstance(packet, ReceiverReport):
        body = _U32.pack(packet.ssrc) + _build_blocks(packet.blocks)
        return _packet(len(packet.blocks), RR, body)
    if isinstance(packet, SourceName):
        return _packet(len(packet.names), SDES, b"".join(map(_sdes_chunk, packet.names)))
    if isinstance(packet, Bye):
        return _packet(len(packet.sources), BYE, b"".join(map(_U32.pack, packet.sources)))
    return _build_feedback(packet)


def _build_twcc(packet: Twcc) -> bytes:
    body, padding = build_body(packet)
    whole = bytearray(_packet(_TWCC_FORMAT, RTPFB, _PAIR.pack(*packet[:2]) + body))
    if padding:
        whole[0] |= 0x20
    return bytes(whole)


def _build_feedback(packet: Nack | Pli | Fir | Remb | Twcc) -> bytes:
    if isinstance(packet, Twcc):
        return _build_twcc(packet)
    if isinstance(packet, Nack):
        head = _PAIR.pack(packet.sender, packet.media)
        return _packet(_NACK_FORMAT, RTPFB, head + nack_items(packet.sequences))
    if isinstance(packet, Pli):
        return _packet(_PLI_FORMAT, PSFB, _PAIR.pack(packet.sender, packet.media))
    if isinstance(packet, Fir):
        items = b"".join(_U32.pack(ssrc) + bytes([n, 0, 0, 0]) for ssrc, n in packet.requests)
        return _packet(_FIR_FORMAT, PSFB, _PAIR.pack(packet.sender, 0) + items)
    exponent = max(0, packet.bitrate.bit_length() - 18)
    mantissa = packet.bitrate >> exponent
    body = _PAIR.pack(packet.sender, 0) + b"REMB"
    body += bytes([len(packet.sources), exponent << 2 | mantissa >> 16])
    body += _U16.pack(mantissa & 0xFFFF) + b"".join(map(_U32.pack, packet.sources))
    return _packet(_APPLICATION_FORMAT, PSFB, body)


def _sdes_chunk(item: tuple[int, str]) -> bytes:
    ssrc, name = item
    text = name.encode()[:255]
    chunk = _U32.pack(ssrc) + bytes([1, len(text)]) + text
    return chunk + bytes(4 - len(chunk) % 4)


def nack_items(sequences: Iterable[int]) -> bytes:
    """Sequence numbers as PID and bit mask pairs (RFC 4585 section 6.2.1), in the order given;
    neighbours of ascending order share a pair."""
    items: list[list[int]] = []
    for sequence in sequences:
        distance = (sequence - items[-1][0]) & 0xFFFF if items else 0
        if items and 0 < distance <= 16:
            items[-1][1] |= 1 << (distance - 1)
        else:
            items.append([sequence, 0])
    return b"".join(_NACK.pack(first, mask) for first, mask in items)


def to_ntp(unix_seconds: float) -> int:
    """Unix time as a 64-bit NTP time stamp (RFC 3550 section 4)."""
    return int((unix_seconds + NTP_EPOCH) * 4294967296) & 0xFFFFFFFFFFFFFFFF


def middle(ntp: int) -> int:
    """The middle 32 bits of an NTP time, as LSR carries them."""
    return ntp >> 16 & 0xFFFFFFFF


def round_trip(now_ntp: int, block: ReportBlock) -> float | None:
    """Round trip in seconds: A - LSR - DLSR (RFC 3550 section 6.4.1); None without an SR yet."""
    if block.last_sr == 0:
        return None
    ticks = (middle(now_ntp) - block.last_sr - block.delay) & 0xFFFFFFFF
    return 0.0 if ticks & 0x80000000 else ticks / 65536
