"""Transport-wide congestion control feedback: which packets came, and when.

draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1: RTPFB, format 15.
"""

from __future__ import annotations

import struct
from itertools import accumulate
from typing import NamedTuple

TICKS_PER_SECOND = 4000
"""A delta is counted in 250 us."""
REFERENCE_TICKS = 256
"""The reference time is counted in 64 ms."""
REFERENCE_MASK = 0xFFFFFF
_HEAD = struct.Struct("!HH")
_U16 = struct.Struct("!H")
_I16 = struct.Struct("!h")
_LOST, _SMALL, _LARGE = 0, 1, 2
_PER_VECTOR, _PER_BIT_VECTOR = 7, 14
_MOST_RUN = 0x1FFF


class Twcc(NamedTuple):
    sender: int
    media: int
    base: int
    """Transport-wide number of the first packet, 16 bits."""
    reference: int
    """24 bits, in 64 ms of the receiver's clock."""
    number: int
    """Number of this feedback, 8 bits: a gap is a lost one."""
    arrivals: tuple[int | None, ...]
    """From `base` on: ticks after the reference time; None: did not come (yet)."""


class TwccError(ValueError):
    """The bytes are no transport-wide feedback."""


def parse_body(sender: int, media: int, body: bytes) -> Twcc:
    """`body`: what follows the two SSRCs. Raises TwccError."""
    if len(body) < 8:
        raise TwccError("transport-wide feedback cut short")
    base, count = _HEAD.unpack_from(body)
    reference, number = int.from_bytes(body[4:7], "big"), body[7]
    statuses, position = _statuses(body, 8, count)
    if statuses.count(_SMALL) == count:  # the common case
        if position + count > len(body):
            raise TwccError("transport-wide feedback without all its deltas")
        small = tuple(accumulate(body[position : position + count]))
        return Twcc(sender, media, base, reference, number, small)
    arrivals: list[int | None] = []
    at = 0
    for status in statuses:
        if status == _LOST:
            arrivals.append(None)
            continue
        size = 1 if status == _SMALL else 2
        if position + size > len(body):
            raise TwccError("transport-wide feedback without all its deltas")
        at += body[position] if size == 1 else _I16.unpack_from(body, position)[0]
        position += size
        arrivals.append(at)
    return Twcc(sender, media, base, reference, number, tuple(arrivals))


def _statuses(body: bytes, position: int, count: int) -> tuple[list[int], int]:
    found: list[int] = []
    while len(found) < count:
        if position + 2 > len(body):
            raise TwccError("transport-wide feedback without all its statuses")
        (chunk,) = _U16.unpack_from(body, position)
        position += 2
        if not chunk & 0x8000:
            found += [chunk >> 13 & 3] * (chunk & 0x1FFF)
        elif chunk & 0x4000:
            found += [chunk >> shift & 3 for shift in range(12, -1, -2)]
        else:
            found += [chunk >> shift & 1 for shift in range(13, -1, -1)]
    found = found[:count]
    if 3 in found:
        raise TwccError("a reserved status")
    return found, position


def build_body(packet: Twcc) -> tuple[bytes, int]:
    """What follows the two SSRCs, and how many bytes of padding it ends with. Raises ValueError
    for a delta beyond 16 bits or more than 65,535 packets."""
    statuses: list[int] = []
    deltas = bytearray()
    before = 0
    for arrival in packet.arrivals:
        if arrival is None:
            statuses.append(_LOST)
            continue
        delta = arrival - before
        before = arrival
        if 0 <= delta <= 255:
            statuses.append(_SMALL)
            deltas.append(delta)
        elif -32768 <= delta <= 32767:
            statuses.append(_LARGE)
            deltas += _I16.pack(delta)
        else:
            raise ValueError("two packets are further apart than a delta can say")
    if len(statuses) > 0xFFFF:
        raise ValueError("too many packets for one feedback")
    head = _HEAD.pack(packet.base, len(statuses))
    head += (packet.reference & REFERENCE_MASK).to_bytes(3, "big") + bytes([packet.number & 255])
    body = head + _chunks(statuses) + bytes(deltas)
    padding = -len(body) % 4
    if padding:
        body += bytes(padding - 1) + bytes([padding])
    return body, padding


def _chunks(statuses: list[int]) -> bytes:
    """Sections 3.1.1 to 3.1.4: a run where it says more than a vector would."""
    chunks = bytearray()
    place, count = 0, len(statuses)
    while place < count:
        run = _run(statuses, place)
        following = statuses[place : place + _PER_BIT_VECTOR]
        if run >= _PER_BIT_VECTOR or (run >= _PER_VECTOR and statuses[place] == _LARGE):
            chunk = statuses[place] << 13 | run
            place += run
        elif _LARGE not in following:
            chunk = 0x8000
            for shift, status in enumerate(following):
                chunk |= status << (13 - shift)
            place += _PER_BIT_VECTOR
        else:
            chunk = 0xC000
            for shift, status in enumerate(following[:_PER_VECTOR]):
                chunk |= status << (12 - 2 * shift)
            place += _PER_VECTOR
        chunks += _U16.pack(chunk)
    return bytes(chunks)


def _run(statuses: list[int], start: int) -> int:
    """How many equal ones begin there, as far as a chunk can say."""
    first = statuses[start]
    end = min(len(statuses), start + _MOST_RUN)
    place = start + 1
    while place < end and statuses[place] == first:
        place += 1
    return place - start
