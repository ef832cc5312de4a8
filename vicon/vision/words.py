"""What the vision worker is told and says, on its standard input and output: a length of four bytes
(big endian), then msgpack. Pictures go in; what comes out are integers and states."""

from __future__ import annotations

import struct

import msgspec
from msgspec import Struct

from vicon.core.estimate import Quality
from vicon.core.model import Zone
from vicon.ports import Still

LENGTH = struct.Struct("!I")
MOST = 4 << 20
"""Bytes of a message: a key frame of 720p and a second of what follows have about 300,000."""


class Task(Struct, frozen=True, kw_only=True, tag="look", forbid_unknown_fields=True):
    id: int
    room: str
    """Any name that stays the same: whether a picture stands still shows from one to the next."""
    still: Still
    zones: tuple[Zone, ...] = ()
    trace: str = ""
    """Id of what it is asked for; see ops.trace."""


class Forget(Struct, frozen=True, kw_only=True, tag="forget", forbid_unknown_fields=True):
    """Nothing more is asked of this room."""

    room: str


class Ready(Struct, frozen=True, kw_only=True, tag="ready", forbid_unknown_fields=True):
    problem: tuple[str, str] | None = None
    """Why no face can be found, in Bahasa Indonesia and English."""


class Looked(Struct, frozen=True, kw_only=True, tag="looked", forbid_unknown_fields=True):
    id: int
    count: int | None
    quality: Quality


ToWorker = Task | Forget
FromWorker = Ready | Looked
to_worker = msgspec.msgpack.Decoder(ToWorker)
from_worker = msgspec.msgpack.Decoder(FromWorker)


class WordsError(Exception):
    """The other side broke the protocol."""


def pack(word: ToWorker | FromWorker) -> bytes:
    """Raises WordsError for one that is too long."""
    data = msgspec.msgpack.encode(word)
    if len(data) > MOST:
        raise WordsError(f"a message of {len(data)} bytes")
    return LENGTH.pack(len(data)) + data


def length(head: bytes) -> int:
    """Of the message that follows. Raises WordsError."""
    (size,) = LENGTH.unpack(head)
    if size > MOST:
        raise WordsError(f"a message of {size} bytes")
    return int(size)
