"""Fragmented MP4 (ISO/IEC 14496-12) as a muxer writes it, cut into its head and fragments. Pure."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

VIDEO_TRACK, TIMESCALE = 1, 90_000
MOST_FRAGMENT = 32 << 20
_NOT_SYNC = 0x10000


class Fragment(NamedTuple):
    data: bytes
    """moof and mdat."""
    at: float | None
    """Of its first picture, in seconds; None: there is none in it."""
    key: bool
    """It begins with a key frame."""


class Cutter:
    """Bytes in, in any pieces. Raises ValueError for what is no such file."""

    def __init__(self) -> None:
        self.head = b""
        """ftyp and moov, once they are there."""
        self._held = bytearray()
        self._moof = b""

    def feed(self, data: bytes) -> Iterator[Fragment]:
        self._held += data
        while len(self._held) >= 8:
            size, kind = struct.unpack_from("!I4s", self._held)
            if not 8 <= size <= MOST_FRAGMENT:
                raise ValueError(f"a box of {size} bytes")
            if len(self._held) < size:
                return
            box = bytes(self._held[:size])
            del self._held[:size]
            if kind in (b"ftyp", b"moov"):
                self.head += box
            elif kind == b"moof":
                self._moof = box
            elif kind == b"mdat" and self._moof:
                at, key = _first_picture(self._moof)
                yield Fragment(self._moof + box, at, key)
                self._moof = b""


def _first_picture(moof: bytes) -> tuple[float | None, bool]:
    for kind, traf in _boxes(moof[8:]):
        if kind != b"traf":
            continue
        inner = dict(_boxes(traf))
        flags, track = struct.unpack_from("!II", inner[b"tfhd"])
        if track != VIDEO_TRACK:
            continue
        wide = inner[b"tfdt"][0] == 1
        (ticks,) = struct.unpack_from("!Q" if wide else "!I", inner[b"tfdt"], 4)
        return ticks / TIMESCALE, not _sample_flags(inner[b"tfhd"], flags, inner[b"trun"])
    return None, False


def _sample_flags(tfhd: bytes, flags: int, trun: bytes) -> int:
    """Of the fragment's first picture: whether it is no key frame (sections 8.8.7, 8.8.8)."""
    (told,) = struct.unpack_from("!I", trun)
    at = 8 + 4 * bool(told & 1)
    if told & 4:
        (found,) = struct.unpack_from("!I", trun, at)
    elif told & 0x400:
        (found,) = struct.unpack_from(
            "!I", trun, at + 4 * bool(told & 0x100) + 4 * bool(told & 0x200)
        )
    else:
        before = (0x1, 8), (0x2, 4), (0x8, 4), (0x10, 4)
        (found,) = struct.unpack_from("!I", tfhd, 8 + sum(n for bit, n in before if flags & bit))
    return int(found) & _NOT_SYNC


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 0
    while position + 8 <= len(data):
        size, kind = struct.unpack_from("!I4s", data, position)
        if size < 8:
            return
        yield kind, data[position + 8 : position + size]
        position += size
