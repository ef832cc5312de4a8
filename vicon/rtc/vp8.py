"""VP8 in RTP (RFC 7741): payload descriptor, key frames, rewriting, packets of whole frames."""

from __future__ import annotations

from collections.abc import Iterator

from vicon.rtc.payload import Descriptor as Descriptor
from vicon.rtc.payload import FormatError

CLOCK_RATE = 90_000
PICTURE_ID_MASK = 0x7FFF
TL0_MASK = 0xFF


class Vp8Error(FormatError):
    """The bytes are no VP8 payload."""


def parse_descriptor(payload: bytes, start: int = 0, end: int | None = None) -> Descriptor:
    """Read the descriptor of `payload[start:end]`. Raises Vp8Error when it is cut short."""
    stop = len(payload) if end is None else end
    if start >= stop:
        raise Vp8Error("no VP8 payload")
    first = payload[start]
    position = start + 1
    picture_id = tl0 = None
    layer = 0
    try:
        if first & 0x80:
            flags = payload[position]
            position += 1
            if flags & 0x80:
                picture_id = payload[position]
                position += 1
                if picture_id & 0x80:
                    picture_id = (picture_id & 0x7F) << 8 | payload[position]
                    position += 1
            if flags & 0x40:
                tl0 = payload[position]
                position += 1
            if flags & 0x30:
                if flags & 0x20:
                    layer = payload[position]
                position += 1
    except IndexError as error:
        raise Vp8Error("VP8 descriptor cut short") from error
    if position >= stop:
        raise Vp8Error("VP8 descriptor without a payload")
    begins = first & 0x17 == 0x10
    key = begins and not payload[position] & 1
    return Descriptor(
        position - start,
        begins,
        key,
        picture_id,
        tl0,
        bool(first & 0x20),
        layer >> 6,
        bool(layer & 0x20),
    )


def rewrite_descriptor(descriptor: bytes, picture_id: int | None, tl0: int | None) -> bytes:
    """The same descriptor with other numbers where it has such; the PictureID always in its long
    form, so that it may continue one of another source. `descriptor` must have been parsed."""
    if not descriptor[0] & 0x80:
        return descriptor
    flags = descriptor[1]
    result = bytearray(descriptor[:2])
    position = 2
    if flags & 0x80:
        if picture_id is None:
            raise Vp8Error("the descriptor has a PictureID")
        position += 2 if descriptor[2] & 0x80 else 1
        result += (0x8000 | picture_id & PICTURE_ID_MASK).to_bytes(2, "big")
    if flags & 0x40:
        if tl0 is None:
            raise Vp8Error("the descriptor has a TL0PICIDX")
        position += 1
        result.append(tl0 & TL0_MASK)
    return bytes(result) + descriptor[position:]


def is_key_frame(frame: bytes) -> bool:
    """Whether a whole encoded frame is a key frame (RFC 6386 section 9.1)."""
    return len(frame) > 0 and not frame[0] & 1


def packetise(frame: bytes, picture_id: int, max_payload: int = 1150) -> Iterator[bytes]:
    """RTP payloads of a whole encoded frame, each with a descriptor of four bytes and at most
    `max_payload` bytes; the packet of the last one bears the marker. The parts are of nearly
    equal size. Raises Vp8Error for an empty frame."""
    if not frame:
        raise Vp8Error("no VP8 frame")
    identifier = (0x8000 | picture_id & PICTURE_ID_MASK).to_bytes(2, "big")
    count = -(-len(frame) // (max_payload - 4))
    size = -(-len(frame) // count)
    for offset in range(0, len(frame), size):
        first = 0x90 if offset == 0 else 0x80
        yield bytes([first, 0x80]) + identifier + frame[offset : offset + size]
