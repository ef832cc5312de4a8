"""Opus packets (RFC 6716 section 3): how long they play, and several of one frame made one."""

from __future__ import annotations

from collections.abc import Sequence

RATE = 48_000
"""Of RTP timestamps of Opus, whatever it codes (RFC 7587 section 4.1)."""
LONGEST = 5760
"""Samples that one packet holds at most: 120 ms."""
_SILK, _HYBRID, _CELT = (480, 960, 1920, 2880), (480, 960), (120, 240, 480, 960)
_SAMPLES = (*_SILK * 3, *_HYBRID * 2, *_CELT * 4)
"""Of a frame, by configuration (RFC 6716 table 2)."""
_ONE, _ANY = 0, 3
"""Frame count codes (RFC 6716 section 3.2): one frame; any number of them."""
_VARYING = 0x80
_MAX_FRAME = 1275


class OpusError(ValueError):
    """These packets cannot be made one."""


def frame(payload: bytes) -> int | None:
    """Samples at 48 kHz of a packet that holds a single frame; None for any other."""
    if not payload or payload[0] & 3 != _ONE or len(payload) - 1 > _MAX_FRAME:
        return None
    return _SAMPLES[payload[0] >> 3]


def merged(payloads: Sequence[bytes]) -> bytes:
    """One packet that plays what these do, in their order. Each holds a single frame, all of them
    of the same configuration and channels. Raises OpusError."""
    if len(payloads) == 1:
        return payloads[0]
    first = frame(payloads[0]) if payloads else None
    if first is None or first * len(payloads) > LONGEST:
        raise OpusError("no frames, or more than 120 ms of them")
    if any(frame(p) is None or p[0] != payloads[0][0] for p in payloads):
        raise OpusError("frames of different kinds")
    sizes = b"".join(_size(len(payload) - 1) for payload in payloads[:-1])
    head = bytes((payloads[0][0] | _ANY, _VARYING | len(payloads)))
    return head + sizes + b"".join(payload[1:] for payload in payloads)


def _size(octets: int) -> bytes:
    """RFC 6716 section 3.2.1."""
    if octets < 252:
        return bytes((octets,))
    low = 252 + (octets & 3)
    return bytes((low, (octets - low) >> 2))
