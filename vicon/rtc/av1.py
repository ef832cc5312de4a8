"""AV1 in RTP (AOMedia's "RTP Payload Format For AV1", v1.0): where frames begin. Forwarded as it
is.
"""

from __future__ import annotations

from vicon.rtc.payload import Descriptor, FormatError


class Av1Error(FormatError):
    """The bytes are no AV1 payload."""


def parse(payload: bytes, dependency: bytes | None = None) -> Descriptor:
    """Read the aggregation header (section 4.4) and, where the packet has one, the mandatory
    part of its dependency descriptor (appendix A.8.2). Raises Av1Error.

    Without a dependency descriptor, `start` stands at every packet that does not continue an OBU.
    The descriptor's templates are not followed: the temporal id is always 0.
    """
    if len(payload) < 2:
        raise Av1Error("no AV1 payload")
    first = payload[0]
    continues, sequence = first > 127, bool(first & 0x08)
    if continues and sequence:
        raise Av1Error("an AV1 sequence begins in the middle of an OBU")
    start = not continues
    if dependency is not None:
        if len(dependency) < 3:
            raise Av1Error("AV1 dependency descriptor cut short")
        start = dependency[0] > 127
    return Descriptor(0, start, start and sequence, None, None, False)
