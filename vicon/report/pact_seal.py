"""The seal of a whole file: one comment line after the PDF's end, signed with the server's key.

A PDF reader passes it over: a line that begins with % is a comment, and the end that it looks for
is still within the last 1,024 bytes. See docs/minutes.md for why it is so."""

from __future__ import annotations

import base64
import hashlib
from typing import NamedTuple

import msgspec
from msgspec import Struct

from vicon.app.signing import Seal
from vicon.ops.seal import is_sealed

MARKER = b"%vicon-pact-seal "
PARTS = 64
"""Each with a short hash of its own, so that it can be told where a file was changed."""
_PART_HEX = 6
LARGEST = 1_000
"""Bytes of the line."""


class FileSeal(Struct, frozen=True, kw_only=True):
    key: str
    length: int
    """Bytes before the line."""
    parts: str
    sha256: str
    """Hex, of all bytes before the line."""
    seal: str = ""
    """Ed25519, base64, over what _signed() gives."""


class Opened(NamedTuple):
    """A file's seal, whether it is good or not."""

    seal: FileSeal | None
    """None: the line is there and cannot be read."""
    begin: int
    """Where the line begins: what is before it is sealed."""
    after: int
    """Bytes that follow the line."""


def seal_file(pdf: bytes, seal: Seal) -> bytes:
    """The file with its seal. The same file and key give the same bytes."""
    body = pdf.rstrip(b"\n") + b"\n"
    found = FileSeal(
        key=seal.public,
        length=len(body),
        parts=_parts(body),
        sha256=hashlib.sha256(body).hexdigest(),
    )
    found = msgspec.structs.replace(found, seal=seal.seal(_signed(found)))
    return body + _line(found)


def open_file(data: bytes) -> Opened | None:
    """None: there is no such line."""
    begin = data.rfind(b"\n" + MARKER) + 1
    if begin == 0:
        return None
    end = data.find(b"\n", begin) + 1
    if end == 0:
        return Opened(None, begin, 0)
    try:
        found = msgspec.json.decode(data[begin + len(MARKER) : end], type=FileSeal)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return Opened(None, begin, len(data) - end)
    # One way to write it: not a byte of the line can be another and mean the same.
    same = _line(found) == data[begin:end]
    good = same and _exact(found.key) and _exact(found.seal)
    good = good and is_sealed(found.key, _signed(found), found.seal)
    return Opened(found if good else None, begin, len(data) - end)


def changed(seal: FileSeal, body: bytes) -> list[tuple[int, int]]:
    """Ranges of bytes that are not as they were sealed, first and one after the last; empty: all
    is as it was."""
    if len(body) == seal.length and hashlib.sha256(body).hexdigest() == seal.sha256:
        return []
    size = _part_size(seal.length)
    ranges: list[tuple[int, int]] = []
    for place in range(PARTS):
        begin, end = place * size, min((place + 1) * size, seal.length)
        wanted = seal.parts[place * _PART_HEX : (place + 1) * _PART_HEX]
        if begin >= end or _short(body[begin:end]) == wanted:
            continue
        if ranges and ranges[-1][1] == begin:
            begin = ranges.pop()[0]
        ranges.append((begin, end))
    return ranges or [(0, len(body))]


def _line(seal: FileSeal) -> bytes:
    return MARKER + msgspec.json.encode(seal) + b"\n"


def _signed(seal: FileSeal) -> bytes:
    kept = msgspec.structs.replace(seal, seal="")
    return b"vicon pact file 1\n" + msgspec.json.encode(kept)


def _exact(text: str) -> bool:
    """Whether it is the one base64 of its bytes: unused bits at its end are zero."""
    try:
        return base64.b64encode(base64.b64decode(text, validate=True)).decode() == text
    except ValueError:
        return False


def _part_size(length: int) -> int:
    return max(1, -(-length // PARTS))


def _parts(body: bytes) -> str:
    size = _part_size(len(body))
    return "".join(_short(body[place * size : (place + 1) * size]) for place in range(PARTS))


def _short(part: bytes) -> str:
    return hashlib.sha256(part).hexdigest()[:_PART_HEX]
