"""The pact as it was signed, as PDF by typst, offline: its text, each room's signatures as they
were drawn or typed, the witnesses; inside it the proof (pact_proof), at its end the server's seal
(pact_seal). The same journal and key give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files
from itertools import pairwise
from typing import Any

import msgspec

from vicon.app.signing import Seal
from vicon.core.minutewords import Minutes, Signed
from vicon.core.pactwords import Signature, Stroke, Witness
from vicon.ops.seal import fingerprint
from vicon.ops.words import Words
from vicon.report.pact_proof import NAME, Proof, encode, proof_of
from vicon.report.pact_seal import seal_file
from vicon.report.pact_words import TYPED, UNCERTIFIED
from vicon.report.words import Language, date, time

FONTS = ("Arial", "Liberation Sans", "DejaVu Sans", "Libertinus Serif")
"""The first that the machine has; the last comes with the typesetter."""
PAD_RATIO = 3
"""The pad's width to its height, of which a stroke's numbers are thousandths."""
_HEIGHT = 1000 // PAD_RATIO
_WORDS = {
    "signatures": Words("Tanda tangan", "Signatures"),
    "nobody": Words("Belum ada yang menandatangani.", "Nobody has signed yet."),
    "unsigned": Words("Belum menandatangani:", "Has not signed:"),
    "witnesses": Words("Di hadapan saksi:", "Before the witnesses:"),
    "seen": Words("Mengetahui,", "Seen,"),
    "record": Words("Catatan dokumen", "About this document"),
    "struck": Words("Tanda tangan yang dicoret", "Signatures struck out"),
    "room": Words("Ruang", "Room"),
    "name": Words("Nama", "Name"),
    "signed": Words("Ditandatangani", "Signed"),
    "why": Words("Dicoret oleh, alasan", "Struck out by, reason"),
    "sealed": Words("Tanda tangan dan segelnya", "Signatures and their seals"),
    "entry": Words("Catatan jurnal", "Journal entry"),
    "seal": Words("Segel (Ed25519)", "Seal (Ed25519)"),
    "verify": Words(
        "Cara memeriksa, tanpa server: vicon pact verify BERKAS --key SIDIK-JARI. Berkas ini "
        "memuat buktinya sebagai lampiran; satu byte yang diubah akan ketahuan. Bandingkan sidik "
        "jari kunci di atas dengan yang diumumkan panitia, bukan dengan berkas ini saja.",
        "How to check, without the server: vicon pact verify FILE --key FINGERPRINT. The proof is "
        "attached to this file; one changed byte is found. Compare the key's fingerprint above "
        "with the one that the organisers have made known, not with this file alone.",
    ),
    "code": Words("Kode isi", "Code"),
    "typed": TYPED,
    "pact": Words("Pakta", "Pact"),
}


def pact_pdf(minutes: Minutes, seal: Seal, lang: Language) -> bytes:
    """Of minutes with a pact. Blocking work of some 0.3 s: call it in a thread."""
    return seal_file(typeset(proof_of(minutes, seal.public), lang), seal)


def typeset(proof: Proof, lang: Language) -> bytes:
    """Not sealed yet."""
    # Imported here: the typesetter costs a start a tenth of a second.
    import typst

    template = files("vicon.report").joinpath("pact.typ").read_bytes()
    inputs = {
        "data": msgspec.json.encode(_data(proof, lang)).decode(),
        "proof": encode(proof).decode(),
        "name": NAME,
    }
    made = datetime.fromtimestamp(proof.journal.last_at // 1000, UTC)
    out: bytes = typst.compile(template, sys_inputs=inputs, timestamp=made)
    return out


def _data(proof: Proof, lang: Language) -> dict[str, Any]:
    words = {name: said.say(lang) for name, said in _WORDS.items()}
    document = proof.document
    return {
        "lang": lang,
        "fonts": list(FONTS),
        "words": words,
        "event": proof.title,
        "title": document.title,
        "preamble": document.preamble,
        "points": list(document.points),
        "closing": document.closing,
        "rooms": [_room(proof, room.code, room.name, lang) for room in proof.rooms],
        "uncertified": UNCERTIFIED.say(lang),
        "struck": [
            _struck(proof, one, lang) for one in proof.signatures if one.signature.struck_by
        ],
        "seals": [_seal(proof, one) for one in proof.signatures],
        "facts": _facts(proof, lang),
        "conference": proof.conference,
        "code": proof.code,
    }


def _room(proof: Proof, code: str, name: str, lang: Language) -> dict[str, Any]:
    signed = [
        one
        for one in proof.signatures
        if one.signature.room == code and not one.signature.struck_by
    ]
    before = {one.signature.witnesses for one in signed}
    together = before.pop() if len(before) == 1 else ()
    return {
        "name": name,
        "signers": [_signer(proof, one, not together, lang) for one in signed],
        "witnesses": witnesses(together),
        "unsigned": [
            f"{one.name} ({one.office})" if one.office else one.name
            for one in proof.unsigned
            if one.room == code
        ],
    }


def _signer(proof: Proof, one: Signed, apart: bool, lang: Language) -> dict[str, Any]:
    """`apart`: not all of the room signed before the same witnesses."""
    signature = one.signature
    return {
        "drawing": "" if signature.typed else svg(signature.strokes),
        "typed": signature.typed,
        "name": signature.name,
        "office": signature.office,
        "at": _time(proof, signature.signed_at, lang),
        "witnesses": witnesses(signature.witnesses) if apart else "",
    }


def witnesses(found: Sequence[Witness]) -> str:
    return "; ".join(f"{one.name} ({one.office})" if one.office else one.name for one in found)


def _time(proof: Proof, at: int, lang: Language) -> str:
    day = date(at, proof.timezone, lang)
    return f"{day}, {time(at, proof.timezone, proof.timezone_label)}"


def _struck(proof: Proof, one: Signed, lang: Language) -> list[str]:
    signature = one.signature
    at = _time(proof, one.struck_at or 0, lang)
    return [
        proof.room_name(signature.room),
        signature.name,
        _signed_at(proof, signature, lang),
        f"{signature.struck_by}, {at}: {signature.struck_reason}",
    ]


def _signed_at(proof: Proof, signature: Signature, lang: Language) -> str:
    at = _time(proof, signature.signed_at, lang)
    return f"{at}; {TYPED.say(lang)}" if signature.typed else at


def _seal(proof: Proof, one: Signed) -> list[str]:
    seal = one.signature.seal
    half = (len(seal) + 1) // 2
    return [
        f"{one.signature.name}, {proof.room_name(one.signature.room)}",
        f"{one.sequence}\n{one.hash[:16]}…",
        f"{seal[:half]}\n{seal[half:]}",
    ]


def _facts(proof: Proof, lang: Language) -> list[tuple[str, str, bool]]:
    """Name, value, and whether that is a hash."""

    def said(id: str, en: str) -> str:
        return en if lang == "en" else id

    done, of = proof.complete, proof.signing
    complete = said(f"{done} dari {of}", f"{done} of {of}")
    digest = fingerprint(proof.key)
    return [
        (said("Acara", "Event"), proof.title, False),
        (said("Ruang lengkap", "Complete rooms"), complete, False),
        (said("Keadaan per", "As of"), _time(proof, proof.journal.last_at, lang), False),
        (said("SHA-256 naskah", "SHA-256 of the text"), proof.document_hash, True),
        (said("Catatan jurnal", "Journal entry"), str(proof.journal.entries), False),
        (said("Hash catatan", "Hash of the entry"), proof.journal.hash, True),
        (said("Sidik jari kunci", "Key's fingerprint"), f"{digest[:39]}\n{digest[40:]}", True),
    ]


def svg(strokes: Sequence[Stroke]) -> str:
    """The drawing as it was on the pad, in black."""
    paths = "".join(f'<path d="{_path(stroke)}"/>' for stroke in strokes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 -10 1020 {_HEIGHT + 20}" '
        f'width="1020" height="{_HEIGHT + 20}"><g fill="none" stroke="black" stroke-width="7" '
        f'stroke-linecap="round" stroke-linejoin="round">{paths}</g></svg>'
    )


def _path(stroke: Stroke) -> str:
    """Smooth, as the pad shows it: through the middles of its steps, bent at its points. A dot is
    a short line: one of no length is not drawn at all."""
    points = [
        (float(x), y * _HEIGHT / 1000) for x, y in zip(stroke[::2], stroke[1::2], strict=True)
    ]
    if len(set(points)) == 1:
        points = [points[0], (points[0][0] + 1, points[0][1])]
    steps = [f"M{_at(points[0])}"]
    for here, there in pairwise(points[1:]):
        middle = ((here[0] + there[0]) / 2, (here[1] + there[1]) / 2)
        steps.append(f"Q{_at(here)} {_at(middle)}")
    return " ".join([*steps, f"L{_at(points[-1])}"])


def _at(point: tuple[float, float]) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"
