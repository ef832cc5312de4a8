"""`vicon pact pdf|verify|key`: the pact as it was signed, and whether such a file is genuine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from vicon.cli.common import DONE, REFUSED, Data, Json, WrongUse, say, write_json
from vicon.cli.records import conference_of, records
from vicon.core.minutes import minutes_of
from vicon.core.minutewords import Minutes
from vicon.ops.data import DataDir, write_private
from vicon.ops.seal import fingerprint, read_sealer
from vicon.ops.trail import trail
from vicon.ops.words import Language, environment_language, reason_of
from vicon.report import pact_words as words
from vicon.report.pact_check import Checked, can_be_key, check, printed
from vicon.report.pact_journal import compare
from vicon.store import reader

app = App(
    name="pact",
    help=say(
        "Menulis dan memeriksa dokumen pakta yang ditandatangani.",
        "Write and check the document of the pact as it was signed.",
    ),
)
Conference = Annotated[
    str | None,
    Parameter(
        help=say("Vicon dengan id ini, bila ada beberapa.", "The conference, if there are several.")
    ),
]


@app.command(help=say("Menulis dokumen pakta.", "Write the pact's document."))
def pdf(
    *,
    data: Data,
    out: Annotated[Path, Parameter(help=say("Ke berkas ini (.pdf).", "To this file (.pdf)."))],
    conference: Conference = None,
) -> int:
    """With its proof inside and this server's seal at its end; also while the server runs."""
    home = DataDir(data)
    found = minutes_of(records(home, conference_of(home, conference)))
    if found.pact is None:
        raise WrongUse(
            f"Vicon `{found.conference}` tidak punya pakta.",
            f"The conference `{found.conference}` has no pact.",
        )
    sealer = read_sealer(home)
    # Imported here: the typesetter costs every other command a tenth of a second.
    from vicon.report.pact import pact_pdf

    with trail(home, "pact", conference=found.conference, out=out):
        write_private(out, pact_pdf(found, sealer, environment_language()))
    _written(out, found, fingerprint(sealer.public))
    return DONE


def _written(out: Path, found: Minutes, key: str) -> None:
    pact = found.pact
    assert pact is not None
    standing = sum(not one.signature.struck_by for one in pact.signatures)
    sys.stdout.write(
        say(
            f"Dokumen pakta ditulis ke {out}: {standing} tanda tangan, {pact.signed} dari "
            f"{pact.rooms} ruang lengkap.\nSidik jari kunci server: {key}\n",
            f"The pact's document was written to {out}: {standing} signatures, {pact.signed} of "
            f"{pact.rooms} rooms complete.\nFingerprint of the server's key: {key}\n",
        )
    )


@app.command(
    help=say(
        "Menampilkan kunci publik server, untuk diumumkan.",
        "Show the server's public key, to be made known.",
    )
)
def key(*, data: Data, json: Json = False) -> int:
    """With it anybody can check a pact's document; nothing can be sealed with it."""
    public = read_sealer(DataDir(data)).public
    printed = fingerprint(public)
    if json:
        write_json({"key": public, "fingerprint": printed})
    else:
        sys.stdout.write(
            say(
                f"Sidik jari  {printed}\nKunci       {public}\n",
                f"Fingerprint  {printed}\nKey          {public}\n",
            )
        )
    return DONE


@app.command(
    help=say("Memeriksa dokumen pakta, tanpa server.", "Check a pact's document, without a server.")
)
def verify(
    file: Annotated[
        Path, Parameter(help=say("Dokumen pakta (.pdf).", "A pact's document (.pdf)."))
    ],
    /,
    *,
    key: Annotated[
        str | None,
        Parameter(
            help=say(
                "Kunci publik server, atau sidik jarinya, seperti diumumkan panitia.",
                "The server's public key, or its fingerprint, as the organisers made it known.",
            )
        ),
    ] = None,
    data: Annotated[
        Path | None,
        Parameter(
            help=say(
                "Bandingkan juga dengan jurnal dan kunci direktori data ini.",
                "Compare with the journal and key of this data directory too.",
            )
        ),
    ] = None,
    json: Json = False,
) -> int:
    """0: genuine; 1: changed, forged or unknown; 2: no such file."""
    if key is not None and not can_be_key(key):
        raise WrongUse(
            "--key bukan kunci publik (44 huruf base64) atau sidik jari (64 huruf heksadesimal). "
            "Salin lagi dari `vicon pact key`.",
            "--key is neither a public key (44 letters of base64) nor a fingerprint (64 letters "
            "of hexadecimal). Copy it again from `vicon pact key`.",
        )
    checked = check(_read(file), key)
    if data is not None:
        _beside(checked, DataDir(data))
    if json:
        write_json(_as_json(checked))
    else:
        sys.stdout.write(_as_text(checked, sure=key is not None or data is not None))
    return DONE if checked.genuine else REFUSED


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise WrongUse(
            f"{file} tidak dapat dibaca ({reason_of(error)}).",
            f"{file} cannot be read ({reason_of(error)}).",
        ) from error


def _beside(checked: Checked, home: DataDir) -> None:
    """Adds what the data directory knows better."""
    proof = checked.proof
    if proof is None:
        return
    if read_sealer(home).public != proof.key:
        checked.wrong("other_key", words.other_key(printed(proof.key)))
    known = {row.conference for row in reader.rows(home.journal)}
    if proof.conference not in known:
        checked.wrong("journal", words.journal_unknown(proof.conference))
        return
    compare(checked, proof, records(home, proof.conference))


def _as_text(checked: Checked, *, sure: bool) -> str:
    language = environment_language()
    lines = [_verdict(checked)]
    lines += [f"- {fault.words.say(language)}" for fault in checked.faults]
    lines += [f"* {note.say(language)}" for note in checked.notes]
    lines += _holds(checked, language)
    if checked.genuine and not sure:
        lines.append(
            say(
                "Tanpa --key hanya terbukti bahwa berkas utuh sejak disegel dengan kunci ini. "
                "Bandingkan sidik jarinya dengan yang diumumkan panitia.",
                "Without --key this only proves that the file is whole since it was sealed with "
                "this key. Compare its fingerprint with the one that the organisers made known.",
            )
        )
    return "".join(f"{_shown(line)}\n" for line in lines)


def _shown(line: str) -> str:
    """Names in a file that may be anybody's do not steer the terminal."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in line)


def _verdict(checked: Checked) -> str:
    if checked.genuine:
        return say("ASLI: tidak ada yang berubah sejak disegel.", "GENUINE: nothing was changed.")
    return say("TIDAK ASLI, atau berubah:", "NOT GENUINE, or changed:")


def _holds(checked: Checked, language: Language) -> list[str]:
    """What the proof says, and how much of it holds."""
    proof = checked.proof
    if proof is None:
        return []
    total = len(proof.signatures)
    struck = sum(bool(one.signature.struck_by) for one in proof.signatures)
    return [
        say(f"Pakta: {proof.document.title}", f"Pact: {proof.document.title}"),
        say(
            f"Acara: {proof.title} ({proof.conference})",
            f"Event: {proof.title} ({proof.conference})",
        ),
        say(
            f"Tanda tangan dengan segel yang cocok: {checked.sound} dari {total} "
            f"({struck} dicoret)",
            f"Signatures whose seal fits: {checked.sound} of {total} ({struck} struck out)",
        ),
        say(
            f"Sidik jari kunci: {printed(proof.key)}",
            f"Fingerprint of the key: {printed(proof.key)}",
        ),
    ]


def _as_json(checked: Checked) -> dict[str, Any]:
    language, proof = environment_language(), checked.proof
    return {
        "genuine": checked.genuine,
        "faults": [
            {
                "code": fault.code,
                "text": fault.words.say(language),
                "room": fault.room,
                "name": fault.name,
                "bytes": fault.bytes,
            }
            for fault in checked.faults
        ],
        "notes": [note.say(language) for note in checked.notes],
        "conference": proof.conference if proof is not None else None,
        "document": proof.document_hash if proof is not None else None,
        "signatures": len(proof.signatures) if proof is not None else None,
        "sound": checked.sound,
        "key": proof.key if proof is not None else None,
        "fingerprint": printed(proof.key) if proof is not None else None,
    }
