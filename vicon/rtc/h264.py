"""H.264 in RTP (RFC 6184), packetization modes 0 and 1: where pictures begin, which of them are
keys. The payloads themselves are forwarded as they are.
"""

from __future__ import annotations

from collections.abc import Iterable

from vicon.rtc.payload import Descriptor, FormatError

_IDR, _SPS, _AUD = 5, 7, 9
_STAP_A, _FU_A = 24, 28
_START = b"\0\0\0\1"


class H264Error(FormatError):
    """The bytes are no H.264 payload of packetization mode 0 or 1."""


def parse(payload: bytes, dependency: bytes | None = None) -> Descriptor:
    """A payload's place in the stream (RFC 6184 section 5). Raises H264Error.

    `key` stands at a sequence parameter set as well as at the first slice of an IDR picture:
    encoders send the sets before it, in one packet with it, or once for all. `start` likewise
    stands at whatever begins an access unit, so that several packets of one may bear it. A
    picture that no other refers to has temporal id 1.
    """
    if not payload:
        raise H264Error("no H.264 payload")
    kind = payload[0] & 31
    if 0 < kind < _STAP_A:
        return _descriptor(*_unit(payload, 0, len(payload)))
    if kind == _FU_A:
        return _fragment(payload)
    if kind == _STAP_A:
        return _aggregate(payload)
    raise H264Error(f"NAL unit type {kind} has no place in packetization mode 1")


_Facts = tuple[bool, bool, bool, bool]
"""Begins an access unit; begins an IDR picture or is an SPS; a slice; that nothing refers to."""


def _unit(payload: bytes, position: int, end: int) -> _Facts:
    """Of a NAL unit. A slice begins a picture when its first_mb_in_slice, the Exp-Golomb number
    that comes first, is 0: a single 1 bit."""
    kind = payload[position] & 31
    if not 0 < kind <= _IDR:
        return _IDR < kind <= _AUD, kind == _SPS, False, False
    if position + 1 >= end:
        raise H264Error("H.264 slice cut short")
    begins = payload[position + 1] > 127
    return begins, begins and kind == _IDR, True, not payload[position] & 0x60


def _descriptor(start: bool, key: bool, slices: bool, unused: bool) -> Descriptor:
    discardable = slices and unused
    return Descriptor(0, start, key, None, None, discardable, int(discardable), discardable)


def _fragment(payload: bytes) -> Descriptor:
    """FU-A, section 5.8."""
    if len(payload) < 3:
        raise H264Error("H.264 fragment cut short")
    unit = bytes((payload[0] & 0xE0 | payload[1] & 31, payload[2]))
    begins, key, slices, unused = _unit(unit, 0, 2)
    first = payload[1] > 127
    return _descriptor(first and begins, first and key, slices, unused)


def _aggregate(payload: bytes) -> Descriptor:
    """STAP-A, section 5.7.1: NAL units of one access unit."""
    start = key = slices = other = False
    unused = True
    position, end = 1, len(payload)
    if position == end:
        raise H264Error("H.264 aggregation packet without a unit")
    while position < end:
        if position + 2 > end:
            raise H264Error("H.264 aggregation packet cut short")
        size = payload[position] << 8 | payload[position + 1]
        position += 2
        if size == 0 or position + size > end:
            raise H264Error("H.264 aggregation packet with a unit beyond its end")
        begins, is_key, is_slice, is_unused = _unit(payload, position, position + size)
        start, key = start or begins, key or is_key
        if is_slice:
            slices, unused = True, unused and is_unused
            other = other or payload[position] & 31 != _IDR
        position += size
    # Parameter sets repeated in front of an ordinary picture are no place to begin.
    return _descriptor(start, key and not other, slices, unused)


def annex_b(payloads: Iterable[bytes], *, alone: bool = True) -> bytes:
    """The byte stream (ITU-T H.264, annex B) of the packets of one access unit, in their order.
    `alone`: to be decoded without any before it; empty when there is no sequence parameter set in
    it."""
    stream = bytearray()
    for payload in payloads:
        kind = payload[0] & 31
        if kind == _FU_A and len(payload) > 2:
            if payload[1] > 127:
                stream += _START + bytes((payload[0] & 0xE0 | payload[1] & 31,))
            stream += payload[2:]
        elif kind == _STAP_A:
            position = 1
            while position + 2 < len(payload):
                size = payload[position] << 8 | payload[position + 1]
                stream += _START + payload[position + 2 : position + 2 + size]
                position += 2 + size
        else:
            stream += _START + payload
    able = any(unit[:1] and unit[0] & 31 == _SPS for unit in stream.split(_START))
    return bytes(stream) if able or not alone else b""
