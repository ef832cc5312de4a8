"""RTP packets (RFC 3550 section 5) and header extensions (RFC 8285): parse, build, arithmetic.

Sequence numbers are 16 bits, timestamps 32 bits; both wrap. Nothing here keeps state.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from typing import NamedTuple

HEADER = struct.Struct("!BBHII")
"""Version and flags, marker and payload type, sequence, timestamp, SSRC."""
_U16 = struct.Struct("!H")
_EXTENSION_HEADER = struct.Struct("!HH")

ONE_BYTE_PROFILE = 0xBEDE
"""RFC 8285 section 4.2."""
TWO_BYTE_PROFILE = 0x1000
"""RFC 8285 section 4.3; the low four bits are the application's."""

ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
DEPENDENCY_DESCRIPTOR = (
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension"
)
MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
PLAYOUT_DELAY = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
TRANSPORT_WIDE = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

SEQUENCE_MASK = 0xFFFF
TIMESTAMP_MASK = 0xFFFFFFFF


class RtpError(ValueError):
    """The bytes are no RTP packet."""


class Bounds(NamedTuple):
    """Where the parts of a packet lie, as offsets into it. `extension_start` equals
    `extension_end` when there is no header extension (or an empty one)."""

    payload_start: int
    payload_end: int
    """Without the padding."""
    extension_start: int
    extension_end: int
    profile: int
    """The header extension's 16 bits "defined by profile"; 0 without one."""


def locate(packet: bytes) -> Bounds:
    """Find the parts of a packet (RFC 3550 sections 5.1 and 5.3.1).

    Raises RtpError when the packet is shorter than it says or not version 2.
    """
    length = len(packet)
    if length < 12 or packet[0] >> 6 != 2:
        raise RtpError("not an RTP version 2 header")
    flags = packet[0]
    start = 12 + 4 * (flags & 15)
    extension_start = extension_end = profile = 0
    if flags & 0x10:
        if length < start + 4:
            raise RtpError("header extension beyond the packet")
        profile, words = _EXTENSION_HEADER.unpack_from(packet, start)
        extension_start = start + 4
        start = extension_end = extension_start + 4 * words
    end = length
    if flags & 0x20:
        end -= packet[-1]
        if packet[-1] == 0:
            raise RtpError("padding of no length")
    if start > end:
        raise RtpError("payload beyond the packet")
    return Bounds(start, end, extension_start, extension_end, profile)


def payload_bounds(packet: bytes) -> tuple[int, int]:
    """As locate(), the payload alone: start and end. For every packet, so it makes no object.

    Raises RtpError.
    """
    first = packet[0]
    if first & 0xEF == 0x80 and len(packet) >= 16:  # as good as all are
        start = 16 + 4 * (packet[14] << 8 | packet[15]) if first & 0x10 else 12
        if start <= len(packet):
            return start, len(packet)
    bounds = locate(packet)
    return bounds.payload_start, bounds.payload_end


def find_extension(packet: bytes, bounds: Bounds, wanted: int) -> bytes | None:
    """The value of the header extension with id `wanted` (1-255), None when it is not there.
    A malformed element ends the search: what follows it has no meaning."""
    position, end = bounds.extension_start, bounds.extension_end
    one_byte = bounds.profile == ONE_BYTE_PROFILE
    if not one_byte and bounds.profile & 0xFFF0 != TWO_BYTE_PROFILE:
        return None
    while position < end:
        head = packet[position]
        if head == 0:  # padding between elements
            position += 1
            continue
        if one_byte:
            identifier, size = head >> 4, (head & 15) + 1
            position += 1
            if identifier == 15:
                return None
        else:
            if position + 2 > end:
                return None
            identifier, size = head, packet[position + 1]
            position += 2
        if position + size > end:
            return None
        if identifier == wanted:
            return packet[position : position + size]
        position += size
    return None


def wide_number(packet: bytes, identifier: int) -> int | None:
    """The transport-wide number in the header extension with this id (1-14, one-byte form); None
    where there is none. For every packet: find_extension() is the general way. `packet` has at
    least a whole fixed header."""
    if packet[0] & 0x1F != 0x10:
        return None
    length = len(packet)
    if length < 16 or packet[12] != 0xBE or packet[13] != 0xDE:
        return None
    position, end = 16, min(length, 16 + 4 * (packet[14] << 8 | packet[15]))
    while position + 2 < end:
        head = packet[position]
        if head >> 4 == identifier:
            return packet[position + 1] << 8 | packet[position + 2]
        position += (head & 15) + 2 if head else 1
    return None


def extensions_block(elements: Iterable[tuple[int, bytes]]) -> bytes:
    """The header extension in one-byte form, its four-byte head included; empty for none.

    Raises ValueError for an id outside 1-14 or a value outside 1-16 bytes.
    """
    body = bytearray()
    for identifier, value in elements:
        if not 1 <= identifier <= 14 or not 1 <= len(value) <= 16:
            raise ValueError("not a one-byte header extension")
        body.append(identifier << 4 | len(value) - 1)
        body += value
    if not body:
        return b""
    body += bytes(-len(body) % 4)
    return _EXTENSION_HEADER.pack(ONE_BYTE_PROFILE, len(body) // 4) + bytes(body)


class Packet(NamedTuple):
    """A whole packet, for code that is not in a hurry."""

    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    marker: bool = False
    extensions: Mapping[int, bytes] = {}

    def build(self) -> bytes:
        """The packet's bytes. Raises ValueError for a header extension that does not fit."""
        block = extensions_block(self.extensions.items())
        head = HEADER.pack(
            0x90 if block else 0x80,
            (0x80 if self.marker else 0) | self.payload_type,
            self.sequence,
            self.timestamp,
            self.ssrc,
        )
        return head + block + self.payload


def parse(packet: bytes, wanted_extensions: Iterable[int] = ()) -> Packet:
    """Read a packet; of the header extensions only those whose ids are wanted.

    Raises RtpError.
    """
    bounds = locate(packet)
    _, second, sequence, timestamp, ssrc = HEADER.unpack_from(packet)
    found = {}
    for identifier in wanted_extensions:
        value = find_extension(packet, bounds, identifier)
        if value is not None:
            found[identifier] = value
    payload = packet[bounds.payload_start : bounds.payload_end]
    return Packet(second & 127, sequence, timestamp, ssrc, payload, second > 127, found)


def sequence_distance(newer: int, older: int) -> int:
    """How far `newer` lies after `older`, -32768 to 32767: negative when it lies before."""
    return ((newer - older + 0x8000) & SEQUENCE_MASK) - 0x8000


def timestamp_distance(newer: int, older: int) -> int:
    """The same for timestamps, -2^31 to 2^31 - 1."""
    return ((newer - older + 0x80000000) & TIMESTAMP_MASK) - 0x80000000


def unwrap(sequence: int, near: int) -> int:
    """The extended sequence number with these 16 low bits that lies nearest to `near`."""
    return near + sequence_distance(sequence, near & SEQUENCE_MASK)


def abs_send_time(seconds: float) -> bytes:
    """The value of the abs-send-time extension: 24 bits, 6.18 fixed point of seconds.
    Only differences matter, so any steadily running clock will do."""
    return (int(seconds * 262144) & 0xFFFFFF).to_bytes(3, "big")


def audio_level(level: int, voice: bool) -> bytes:
    """The value of the audio level extension (RFC 6464): `level` in -dBov, 0 (loudest) to 127."""
    return bytes([(0x80 if voice else 0) | level & 127])


def rtx_payload(original_sequence: int, payload: bytes) -> bytes:
    """The payload of a retransmission (RFC 4588 section 4): original sequence number first."""
    return _U16.pack(original_sequence) + payload


def rtx_original(payload: bytes) -> tuple[int, bytes]:
    """Original sequence number and payload of a retransmission.

    Raises RtpError when it is too short (padding, sent to probe the bandwidth).
    """
    if len(payload) < 2:
        raise RtpError("retransmission without an original sequence number")
    return _U16.unpack_from(payload)[0], payload[2:]
