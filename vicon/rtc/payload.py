"""What the forwarding logic needs to know of one RTP payload, whatever the codec."""

from __future__ import annotations

from typing import NamedTuple


class FormatError(ValueError):
    """The bytes are no payload of this codec. Each codec has its own subclass."""


class Descriptor(NamedTuple):
    """One payload. The names are VP8's (RFC 7741 section 4.2); other codecs fill in what they
    have."""

    length: int
    """Bytes at the start that are rewritten when the source changes; 0 for all codecs but VP8."""
    start: bool
    """The first packet of a frame."""
    key: bool
    """A decoder may begin with this packet."""
    picture_id: int | None
    """15 bits; from a short one 7."""
    tl0: int | None
    """TL0PICIDX, 8 bits."""
    discardable: bool
    """No other frame refers to this one."""
    tid: int = 0
    """Temporal id, 0-7: frames of higher ones can be left out. 0 where there is none."""
    sync: bool = False
    """Here a receiver may go up to this temporal id."""
