"""The proof inside a pact's document: what was signed, by whom, with what seals, and where it
stands in the journal. A file attached to the PDF; a promise: fields are only ever added."""

from __future__ import annotations

import hashlib
import re
import zlib
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from vicon.core.minutewords import JournalMark, Minutes, Signed, Unsigned
from vicon.core.pactwords import Document

NAME = "bukti-pakta.json"
"""Of the attached file."""
LARGEST = 64 << 20
"""Bytes of a proof beyond which it is none."""
_ATTACHED = re.compile(rb"/EmbeddedFile\b")
_LENGTH = re.compile(rb"/Length\s+(\d+)")


class ProofRoom(Struct, frozen=True, kw_only=True):
    code: str
    name: str


class Proof(Struct, frozen=True, kw_only=True):
    """Times are Unix ms."""

    conference: str
    title: str
    timezone: str
    timezone_label: str
    rooms: tuple[ProofRoom, ...]
    """Those that sign, in the order of the floor."""
    document: Document
    document_hash: str
    signatures: tuple[Signed, ...]
    unsigned: tuple[Unsigned, ...]
    complete: int
    """Rooms of which everybody has signed, of `signing` that were to sign."""
    signing: int
    journal: JournalMark
    key: str
    """The server's public key, base64: of the signatures' seals and of the file's."""
    code: str = ""
    """SHA-256 of all the rest, hex; printed at the foot of each page."""
    version: int = 1

    def room_name(self, code: str) -> str:
        return next((room.name for room in self.rooms if room.code == code), code)


def proof_of(minutes: Minutes, key: str) -> Proof:
    """Of minutes with a pact. `key`: the server's public key."""
    pact = minutes.pact
    assert pact is not None
    signing = {one.signature.room for one in pact.signatures} | {one.room for one in pact.unsigned}
    proof = Proof(
        conference=minutes.conference,
        title=minutes.title,
        timezone=minutes.timezone,
        timezone_label=minutes.timezone_label,
        rooms=tuple(
            ProofRoom(code=room.code, name=room.name)
            for room in minutes.rooms
            if room.code in signing
        ),
        document=pact.document,
        document_hash=pact.document_hash,
        signatures=tuple(pact.signatures),
        unsigned=tuple(pact.unsigned),
        complete=pact.signed,
        signing=pact.rooms,
        journal=minutes.journal,
        key=key,
    )
    return replace(proof, code=code_of(encode(proof)))


def encode(proof: Proof) -> bytes:
    return msgspec.json.encode(proof, order="sorted")


def code_of(encoded: bytes) -> str:
    """Of a proof's JSON, also of one that knows more fields. Raises msgspec.DecodeError."""
    whole: dict[str, Any] = msgspec.json.decode(encoded, type=dict[str, Any])
    whole.pop("code", None)
    return hashlib.sha256(msgspec.json.encode(whole, order="sorted")).hexdigest()


class Attached(NamedTuple):
    """Where the proof is within the PDF's bytes, and what it holds."""

    begin: int
    end: int
    content: bytes | None
    """None: it cannot be unpacked."""


def find(pdf: bytes) -> Attached | None:
    """The first file attached to a PDF that we have made: ours have one. None: there is none."""
    found = _ATTACHED.search(pdf)
    if found is None:
        return None
    begin = pdf.rfind(b" obj", 0, found.start())
    stream = pdf.find(b"stream", found.end())
    if begin < 0 or stream < 0:
        return None
    head = pdf[begin:stream]
    start = stream + len(b"stream") + (2 if pdf[stream + 6 : stream + 8] == b"\r\n" else 1)
    length = _LENGTH.search(head)
    end = start + int(length[1]) if length is not None else pdf.find(b"endstream", start)
    raw = pdf[start:end] if start <= end <= len(pdf) else b""
    return Attached(begin, max(start, min(end, len(pdf))), _unpacked(raw, b"/FlateDecode" in head))


def _unpacked(raw: bytes, packed: bool) -> bytes | None:
    if not raw:
        return None
    if not packed:
        return raw if len(raw) <= LARGEST else None
    unpacking = zlib.decompressobj()
    try:
        content = unpacking.decompress(raw, LARGEST)
    except zlib.error:
        return None
    return content if unpacking.eof else None
