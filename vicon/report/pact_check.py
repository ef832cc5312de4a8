"""Is a pact's document as a server made it? Without that server, from the file alone. What does not
hold is named, and so is what still does."""

from __future__ import annotations

import base64
import re
from typing import Literal

import msgspec
from msgspec import Struct

from vicon.core.pactwords import Signature, document_hash, sealed
from vicon.ops.seal import fingerprint, is_sealed
from vicon.ops.words import Words
from vicon.report import pact_words as words
from vicon.report.pact_proof import Attached, Proof, code_of, find
from vicon.report.pact_seal import Opened, changed, open_file

Code = Literal[
    "no_proof",
    "proof_unread",
    "no_seal",
    "seal_changed",
    "appended",
    "changed",
    "foreign_file",
    "other_key",
    "document",
    "signature",
    "text",
    "code",
    "journal",
]


class Fault(Struct, frozen=True, kw_only=True):
    code: Code
    words: Words
    room: str | None = None
    """Of a signature."""
    name: str | None = None
    bytes: tuple[int, int] | None = None
    """Between which of the file: the first, and one after the last."""


class Checked(Struct, kw_only=True):
    """What became of a check."""

    faults: list[Fault] = []
    notes: list[Words] = []
    """What is no fault and should be known."""
    proof: Proof | None = None
    sound: int = 0
    """Signatures whose seal fits, those struck out too."""
    file_key: str | None = None
    """Public key of the file's seal, if that is good."""

    @property
    def genuine(self) -> bool:
        return not self.faults

    def wrong(self, code: Code, said: Words, signature: Signature | None = None) -> None:
        room, name = (signature.room, signature.name) if signature is not None else (None, None)
        self.faults.append(Fault(code=code, words=said, room=room, name=name))

    def wrong_bytes(self, code: Code, said: Words, begin: int, end: int) -> None:
        self.faults.append(Fault(code=code, words=said, bytes=(begin, end)))


def check(data: bytes, key: str | None = None) -> Checked:
    """`data`: the file. `key`: the server's public key or its fingerprint, as is_key() takes it;
    None: any."""
    checked, attached = Checked(), find(data)
    _file(checked, data, attached)
    if attached is None:
        checked.wrong("no_proof", words.NO_PROOF)
        return checked
    proof = _proof(checked, attached)
    if proof is None:
        return checked
    checked.proof = proof
    _document(checked, proof)
    _signatures(checked, proof)
    if checked.file_key is not None and checked.file_key != proof.key:
        checked.wrong("foreign_file", words.FOREIGN_FILE)
    if key is not None and not is_key(key, proof.key):
        checked.wrong("other_key", words.other_key(printed(proof.key)))
    return checked


def is_key(wanted: str, public: str) -> bool:
    """Whether `wanted`, a public key in base64 or a fingerprint with or without spaces, means
    `public`."""
    if wanted.strip() == public:
        return True
    return re.sub(r"[\s:]", "", wanted).lower() == printed(public).replace(" ", "")


def can_be_key(wanted: str) -> bool:
    """Whether is_key() could ever say yes."""
    if re.fullmatch(r"[0-9a-f]{64}", re.sub(r"[\s:]", "", wanted).lower()):
        return True
    try:
        return len(base64.b64decode(wanted.strip(), validate=True)) == 32
    except ValueError:
        return False


def printed(public: str) -> str:
    """The fingerprint; a question mark for what is no key."""
    try:
        return fingerprint(public)
    except ValueError:
        return "?"


def _file(checked: Checked, data: bytes, attached: Attached | None) -> None:
    opened = open_file(data)
    if opened is None:
        checked.wrong("no_seal", words.NO_SEAL)
        return
    if opened.after:
        size = len(data)
        checked.wrong_bytes("appended", words.appended(opened.after), size - opened.after, size)
    if opened.seal is None:
        checked.wrong_bytes(
            "seal_changed", words.seal_changed(opened.begin), opened.begin, len(data)
        )
        return
    checked.file_key = opened.seal.key
    _bytes(checked, opened, data[: opened.begin], attached)


def _bytes(checked: Checked, opened: Opened, body: bytes, attached: Attached | None) -> None:
    assert opened.seal is not None
    for begin, end in changed(opened.seal, body):
        inside = attached is not None and begin < attached.end and attached.begin < end
        only = attached is not None and attached.begin <= begin and end <= attached.end
        place = words.IN_PROOF if only else words.IN_BOTH if inside else words.IN_PAGES
        checked.wrong_bytes("changed", words.changed(begin, end, place), begin, end)
    if len(body) != opened.seal.length:
        checked.wrong("changed", words.length(len(body), opened.seal.length))


def _proof(checked: Checked, attached: Attached) -> Proof | None:
    if attached.content is None:
        checked.wrong("proof_unread", words.PROOF_UNREAD)
        return None
    try:
        proof = msgspec.json.decode(attached.content, type=Proof)
        code = code_of(attached.content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        checked.wrong("proof_unread", words.PROOF_UNREAD)
        return None
    if code != proof.code:
        checked.wrong("code", words.CODE)
    return proof


def _document(checked: Checked, proof: Proof) -> None:
    if document_hash(proof.document) != proof.document_hash:
        checked.wrong("document", words.DOCUMENT)


def _signatures(checked: Checked, proof: Proof) -> None:
    for one in proof.signatures:
        signature = one.signature
        room = proof.room_name(signature.room)
        if is_sealed(proof.key, sealed(signature), signature.seal):
            checked.sound += 1
        else:
            said = words.signature(signature.name, room)
            checked.wrong("signature", said, signature)
        # One that was struck out may be of an earlier text.
        if not signature.struck_by and signature.document != proof.document_hash:
            said = words.text(signature.name, room)
            checked.wrong("text", said, signature)
