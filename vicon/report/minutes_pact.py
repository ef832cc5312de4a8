"""The pact in the minutes: who signed before whom, and when; and in an annex the seals."""

from __future__ import annotations

from vicon.core.minutewords import PactMinutes, Signed
from vicon.core.pactwords import Witness
from vicon.report.minutes_blocks import Block, Break, Facts, Heading, Para, Table, Title
from vicon.report.minutes_told import NONE, Told
from vicon.report.pact_words import TYPED, UNCERTIFIED


def pact(told: Told) -> list[Block]:
    say, found = told.say, told.minutes.pact
    head = Heading(say("Pakta", "Pact"))
    if found is None:
        return [head, Para(say("Tidak ada pakta.", "There was no pact."), "small")]
    facts = Facts(
        (
            (say("Judul", "Title"), found.document.title),
            (say("SHA-256 naskah", "SHA-256 of the text"), found.document_hash),
            (
                say("Ruang lengkap", "Complete rooms"),
                say(f"{found.signed} dari {found.rooms}", f"{found.signed} of {found.rooms}"),
            ),
        ),
        mono=(1,),
    )
    return [
        head,
        facts,
        *_signatures(told, found),
        Para(told.say(UNCERTIFIED.id, UNCERTIFIED.en), "small"),
    ]


def _signatures(told: Told, pact: PactMinutes) -> list[Block]:
    say = told.say
    if not pact.signatures and not pact.unsigned:
        return [Para(say("Tidak ada yang menandatangani.", "Nobody signed."), "small")]
    heads = (
        say("Ruang", "Room"),
        say("Nama", "Name"),
        say("Jabatan", "Office"),
        say("Pukul", "At"),
        say("Saksi", "Witnesses"),
        say("Keterangan", "Remarks"),
    )
    rows = [_signed(told, one) for one in pact.signatures]
    rows += [
        (told.room(one.room), one.name, one.office or NONE, NONE, NONE,
         say("belum menandatangani", "has not signed"))
        for one in pact.unsigned
    ]  # fmt: skip
    return [Table(heads, tuple(rows), (29.0, 31.0, 24.0, 16.0, 31.0, 29.0))]


def _signed(told: Told, one: Signed) -> tuple[str, ...]:
    signature = one.signature
    remarks = [told.say(TYPED.id, TYPED.en)] if signature.typed else []
    if signature.struck_by:
        struck = told.say(
            f"dicoret {told.clock(one.struck_at)} oleh {signature.struck_by}: "
            f"{signature.struck_reason}",
            f"struck out {told.clock(one.struck_at)} by {signature.struck_by}: "
            f"{signature.struck_reason}",
        )
        remarks.append(struck)
    return (
        told.room(signature.room),
        signature.name,
        signature.office or NONE,
        told.clock(signature.signed_at, seconds=True),
        witnesses(signature.witnesses),
        "; ".join(remarks) or NONE,
    )


def witnesses(found: tuple[Witness, ...]) -> str:
    return "; ".join(f"{one.name} ({one.office})" if one.office else one.name for one in found)


def seals(told: Told) -> list[Block]:
    say, found = told.say, told.minutes.pact
    assert found is not None
    heads = (
        say("Nama, ruang", "Name, room"),
        say("Catatan jurnal", "Journal entry"),
        say("Segel (Ed25519)", "Seal (Ed25519)"),
    )
    rows = tuple(
        (
            f"{one.signature.name}, {told.room(one.signature.room)}",
            f"{one.sequence}",
            _halved(one.signature.seal),
        )
        for one in found.signatures
    )
    return [
        Break(),
        Title((say("LAMPIRAN IV", "ANNEX IV"), say("SEGEL PAKTA", "SEALS OF THE PACT"))),
        Para(
            say(
                "Setiap tanda tangan disegel server saat dibuat. Dokumen pakta dengan gambar "
                "tanda tangan dan buktinya: vicon pact pdf.",
                "The server sealed each signature when it was made. The pact's document with the "
                "drawn signatures and their proof: vicon pact pdf.",
            ),
            "small",
        ),
        Table(heads, rows, (62.0, 18.0, 80.0), right=(1,), mono=(2,)),
    ]


def _halved(seal: str) -> str:
    """In two lines: it is one long word."""
    half = (len(seal) + 1) // 2
    return f"{seal[:half]}\n{seal[half:]}"
