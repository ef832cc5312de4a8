"""The pact's own values: the document, who signs for a hall, who witnesses, what was signed. Plain
values, as model.py's, of which they are a part. Times are Unix ms."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

Stroke = tuple[int, ...]
"""One line of a pen: x and y in turns, 0-1000 of the pad's width and height."""
MAX_POINTS, MAX_STROKES, MAX_COORDINATES = 40, 200, 20_000
"""Points of a document; strokes of a signature, and numbers in all of them."""
MAX_SIGNATORIES, MAX_WITNESSES = 8, 8
"""Per room."""


class Document(Struct, frozen=True, kw_only=True):
    title: str
    preamble: str = ""
    points: tuple[str, ...] = ()
    closing: str = ""


class Witness(Struct, frozen=True, kw_only=True):
    name: str
    office: str = ""


class Signatory(Struct, frozen=True, kw_only=True):
    """Who signs for a room."""

    id: str
    name: str
    office: str = ""
    ready: bool = False


class Signature(Struct, frozen=True, kw_only=True):
    """What was signed, as it stands for ever; a mistake is struck out, never changed."""

    id: str
    room: str
    person: str
    """Of the signatory."""
    name: str
    office: str
    strokes: tuple[Stroke, ...]
    """Of the pen; none where the name was typed."""
    witnesses: tuple[Witness, ...]
    document: str
    """SHA-256 of the document, hex."""
    signed_at: int
    journal_sequence: int
    """Of the conference's last journal entry before it, and that entry's hash."""
    journal_hash: str
    seal: str
    """Ed25519 of the server over sealed(), base64."""
    typed: str = ""
    """The name as the person typed it, who signed by keyboard; empty: drawn."""
    struck_by: str = ""
    struck_reason: str = ""
    struck_at: int = 0


class Pact(Struct, frozen=True, kw_only=True):
    document: Document | None = None
    open: bool = False
    """The halls may sign."""
    signatories: Mapping[str, tuple[Signatory, ...]] = field(default_factory=dict)
    """By room."""
    witnesses: Mapping[str, tuple[Witness, ...]] = field(default_factory=dict)
    signatures: tuple[Signature, ...] = ()
    """In the order of signing, those struck out too."""


@lru_cache(maxsize=16)
def document_hash(document: Document) -> str:
    """SHA-256, hex, over the document's JSON with its keys in order."""
    return hashlib.sha256(msgspec.json.encode(document, order="sorted")).hexdigest()


_UNSEALED = ("seal", "struck_by", "struck_reason", "struck_at")


def unstruck(signature: Signature) -> Signature:
    """As it was signed."""
    return replace(signature, struck_by="", struck_reason="", struck_at=0)


def sealed(signature: Signature) -> bytes:
    """What the server's key signs (RFC 8032): all that was signed, without the seal itself and
    without what came later. A drawn signature says nothing of typing, as it did before there was
    any."""
    kept = {
        name: getattr(signature, name)
        for name in Signature.__struct_fields__
        if name not in _UNSEALED and (name != "typed" or signature.typed)
    }
    return b"vicon pact signature 1\n" + msgspec.json.encode(kept, order="sorted")
