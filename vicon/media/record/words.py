"""What the media worker and the recorder's process, or the one that broadcasts, say to each other
over their socket: packets in a fixed form, all else in msgpack, each after its length."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from msgspec import Struct

from vicon.core.recordplan import (
    RecordedSource,
    RecordPart,
    RecordPlan,
    RecordTrouble,
)
from vicon.programme.broadcast import BroadcastFigures, BroadcastPlan

MAX_WORD = 1 << 20
_HEAD = struct.Struct("!IB")
_PACKET = struct.Struct("!IBIQIdB")
_PACKET_REST = struct.Struct("!IQIdB")
WORD, PACKET = 0, 1
MARKER, START, KEY = 1, 2, 4


class _Word(Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    pass


class Begin(_Word, frozen=True, tag="begin"):
    """The first word: what is to be recorded, and the server's time at a monotonic one."""

    plan: RecordPlan
    wall: int
    """Unix ms at `monotonic` seconds."""
    monotonic: float


class Sources(_Word, frozen=True, tag="sources"):
    """What is known of the sources and the markers has changed."""

    plan: RecordPlan


class BeginBroadcast(_Word, frozen=True, tag="begin_broadcast"):
    """As Begin, to the process that broadcasts."""

    plan: BroadcastPlan
    wall: int
    monotonic: float


class Programme(_Word, frozen=True, tag="programme"):
    """What is to be seen and heard has changed."""

    plan: BroadcastPlan


class Stream(_Word, frozen=True, tag="stream"):
    """A stream begins; it takes the place of the source's former one of its kind with its first
    whole key frame."""

    stream: int
    device: str
    kind: str
    codec: str
    rate: int
    clock: int


class Sender(_Word, frozen=True, tag="sender"):
    stream: int
    ntp: int
    timestamp: int


class Lost(_Word, frozen=True, tag="lost"):
    """So many packets were left out, since the recorder did not read."""

    packets: int


class Stop(_Word, frozen=True, tag="stop"):
    pass


ToRecorder = Begin | Sources | BeginBroadcast | Programme | Stream | Sender | Lost | Stop
"""Of Begin and Sources, BeginBroadcast and Programme each process gets its own."""


class State(_Word, frozen=True, tag="state"):
    """Every second, and at the end."""

    parts: tuple[RecordPart, ...]
    """Those that are open, or have ended since the last word."""
    sources: tuple[RecordedSource, ...]
    free_bytes: int
    over: bool = False
    trouble: RecordTrouble | None = None


class Aired(_Word, frozen=True, tag="aired"):
    """Every second, and at the end, of a broadcast."""

    figures: BroadcastFigures


FromRecorder = State | Aired


class Packet(NamedTuple):
    stream: int
    number: int
    timestamp: int
    arrived: float
    flags: int
    payload: bytes


_encoder = msgspec.msgpack.Encoder()
_to_recorder = msgspec.msgpack.Decoder(ToRecorder)
_from_recorder = msgspec.msgpack.Decoder(FromRecorder)


class WordError(Exception):
    """The other process broke the protocol."""


def pack(word: ToRecorder | FromRecorder) -> bytes:
    body = _encoder.encode(word)
    return _HEAD.pack(len(body) + 1, WORD) + body


def pack_packet(
    stream: int, number: int, timestamp: int, arrived: float, flags: int, payload: bytes
) -> bytes:
    size = 1 + _PACKET_REST.size + len(payload)
    return _PACKET.pack(size, PACKET, stream, number, timestamp, arrived, flags) + payload


class Reader:
    """Cuts a stream of bytes into words. Bounded by MAX_WORD."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> Iterator[ToRecorder | Packet]:
        """Raises WordError for what is none."""
        for kind, body in self._cut(data):
            if kind == PACKET:
                if len(body) < _PACKET_REST.size:
                    raise WordError("a packet cut short")
                fields = _PACKET_REST.unpack_from(body)
                yield Packet._make((*fields, body[_PACKET_REST.size :]))
            else:
                try:
                    yield _to_recorder.decode(body)
                except msgspec.MsgspecError as error:
                    raise WordError(str(error)) from error

    def states(self, data: bytes) -> Iterator[FromRecorder]:
        """What the process says. Raises WordError."""
        for _, body in self._cut(data):
            try:
                yield _from_recorder.decode(body)
            except msgspec.MsgspecError as error:
                raise WordError(str(error)) from error

    def _cut(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        held = self._held
        held += data
        position = 0
        while position + _HEAD.size <= len(held):
            size, kind = _HEAD.unpack_from(held, position)
            if not 0 < size <= MAX_WORD:
                raise WordError(f"a word of {size} bytes")
            end = position + 4 + size
            if end > len(held):
                break
            yield kind, bytes(held[position + _HEAD.size : end])
            position = end
        del held[:position]
