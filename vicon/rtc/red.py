"""Redundant audio (RFC 2198): the newest block of a payload, and those before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

MAX_OFFSET = 0x3FFF
"""Largest timestamp offset of a redundant block."""
MAX_LENGTH = 0x3FF
"""Largest redundant block in bytes."""
MAX_BLOCKS = 32
_HEADER = 4


class RedError(ValueError):
    """The bytes are no RED payload, or the blocks cannot be made one."""


class Block(NamedTuple):
    payload_type: int
    offset: int
    """How far its timestamp lies before the packet's; 0 for the primary one."""
    payload: bytes


def _headers(payload: bytes) -> Iterator[tuple[int, int, int]]:
    """Payload type, offset, length of each redundant block (RFC 2198 section 3)."""
    position = 0
    for _ in range(MAX_BLOCKS):
        if position >= len(payload):
            break
        if payload[position] < 128:
            return
        if position + _HEADER > len(payload):
            break
        word = int.from_bytes(payload[position : position + _HEADER], "big")
        yield word >> 24 & 127, word >> 10 & MAX_OFFSET, word & MAX_LENGTH
        position += _HEADER
    raise RedError("RED headers cut short, or too many")


def primary(payload: bytes) -> tuple[int, bytes]:
    """Payload type and payload of the primary block. Raises RedError."""
    if payload and payload[0] < 128:  # the usual case without redundancy
        return payload[0], payload[1:]
    start = 0
    count = 0
    for _, _, length in _headers(payload):
        start += length
        count += 1
    head = count * _HEADER
    if head + 1 + start > len(payload):
        raise RedError("RED blocks beyond the payload")
    return payload[head] & 127, payload[head + 1 + start :]


def blocks(payload: bytes) -> list[Block]:
    """All blocks in their order, the primary one last. Raises RedError."""
    headers = list(_headers(payload))
    position = len(headers) * _HEADER + 1
    found = []
    for payload_type, offset, length in headers:
        if position + length > len(payload):
            raise RedError("RED blocks beyond the payload")
        found.append(Block(payload_type, offset, payload[position : position + length]))
        position += length
    last = payload[len(headers) * _HEADER]
    return [*found, Block(last & 127, 0, payload[position:])]


def relabelled(payload: bytes, payload_type: int) -> bytes:
    """The same with this payload type on every block: it is the sender's in what came, and must
    be the receiver's in what goes on. Raises RedError."""
    result = bytearray(payload)
    count = 0
    for _ in _headers(payload):
        result[count * _HEADER] = 0x80 | payload_type
        count += 1
    result[count * _HEADER] = payload_type
    return bytes(result)


def build(items: Sequence[Block]) -> bytes:
    """The payload of these blocks, the primary one last. Raises RedError for none, too many, or
    one that its header cannot describe."""
    if not 0 < len(items) <= MAX_BLOCKS:
        raise RedError("no blocks, or too many")
    head = bytearray()
    for block in items[:-1]:
        if not 0 <= block.offset <= MAX_OFFSET or len(block.payload) > MAX_LENGTH:
            raise RedError("a redundant block is too old or too large")
        word = (0x80 | block.payload_type & 127) << 24 | block.offset << 10 | len(block.payload)
        head += word.to_bytes(_HEADER, "big")
    head.append(items[-1].payload_type & 127)
    return bytes(head) + b"".join(block.payload for block in items)
