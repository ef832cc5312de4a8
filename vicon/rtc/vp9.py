"""VP9 in RTP (RFC 9628): what the payload descriptor tells. Forwarded as it is."""

from __future__ import annotations

from vicon.rtc.payload import Descriptor, FormatError


class Vp9Error(FormatError):
    """The bytes are no VP9 payload."""


def parse(payload: bytes, dependency: bytes | None = None) -> Descriptor:
    """Read the payload descriptor (RFC 9628 section 4.2) as far as it is of use. Raises Vp9Error
    when it is cut short."""
    if not payload:
        raise Vp9Error("no VP9 payload")
    first = payload[0]
    position = 1
    layer = 0
    try:
        if first & 0x80:  # I: PictureID, of two bytes with M
            position += 2 if payload[position] & 0x80 else 1
        if first & 0x20:  # L: layer indices, and TL0PICIDX unless F
            layer = payload[position]
            position += 1 if first & 0x10 else 2
    except IndexError as error:
        raise Vp9Error("VP9 descriptor cut short") from error
    if position >= len(payload):
        raise Vp9Error("VP9 descriptor without a payload")
    spatial = layer >> 1 & 7
    begins = bool(first & 0x08) and spatial == 0
    key = begins and not first & 0x40
    return Descriptor(0, begins, key, None, None, False, layer >> 5, bool(layer & 0x10))
