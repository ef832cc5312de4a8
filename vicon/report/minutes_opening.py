"""The minutes' first and last words, in the official form of a Berita Acara. What only the office
knows is left empty: letterhead, number, who signs, NIP, rank, place."""

from __future__ import annotations

from vicon.report.minutes_blocks import (
    BLANK,
    Block,
    Facts,
    Heading,
    Kop,
    Lines,
    Para,
    Signer,
    Signers,
    Title,
)
from vicon.report.minutes_told import NONE, Told
from vicon.report.words import day_in_words

NOTE_LINES = 6


def opening(told: Told) -> list[Block]:
    say, minutes = told.say, told.minutes
    halls = sum(not room.hub for room in minutes.rooms)
    first: list[Block] = [
        Kop(3),
        Title((say("BERITA ACARA", "MINUTES"), minutes.title), say("NOMOR:", "NUMBER:")),
    ]
    if minutes.closed_at is None:
        until = told.full(minutes.journal.last_at)
        first.append(
            Para(
                say(
                    f"SEMENTARA: sesi belum ditutup. Keadaan sampai {until}.",
                    f"PROVISIONAL: the session is not closed. As of {until}.",
                ),
                "strong",
            )
        )
    return [
        *first,
        Para(
            say(
                f"Pada hari ini, {day_in_words(told.day_at, minutes.timezone, 'id')}, "
                "kami masing-masing:",
                f"On {day_in_words(told.day_at, minutes.timezone, 'en')}, we, each of us:",
            )
        ),
        _party(told, "1.", say("selanjutnya disebut Pihak Pertama;", "the First Party;")),
        _party(told, "2.", say("selanjutnya disebut Pihak Kedua,", "the Second Party,")),
        Para(
            say(
                f"telah melaksanakan: {minutes.title}, melalui konferensi video antara "
                f"{told.room(minutes.hub)} sebagai pusat dan {halls} ruang, dengan keterangan "
                "sebagai berikut.",
                f"have held: {minutes.title}, by video conference between "
                f"{told.room(minutes.hub)} as the hub and {halls} rooms, as follows.",
            )
        ),
        _identity(told),
    ]


def _party(told: Told, number: str, after: str) -> Facts:
    say = told.say
    names = (
        say("Nama", "Name"),
        "NIP",
        say("Pangkat/golongan", "Rank"),
        say("Jabatan", "Office"),
        say("Alamat", "Address"),
    )
    return Facts(tuple((name, BLANK) for name in names), number, after)


def _identity(told: Told) -> Facts:
    say, minutes = told.say, told.minutes
    hub = told.room(minutes.hub)
    place = say(f"{hub} (pusat) dan ruang masing-masing", f"{hub} (hub) and each room")
    planned = (minutes.planned_begin, minutes.planned_end)
    persons = sum(len(room.attendance) for room in minutes.rooms)
    rooms = sum(bool(room.attendance) for room in minutes.rooms)
    people = say(
        f"{persons} orang tercatat di {rooms} ruang; terlampir pada daftar hadir",
        f"entered: {persons} in {rooms} of the rooms; see the attendance list",
    )
    return Facts(
        (
            (say("Acara", "Event"), minutes.title),
            (say("Hari, tanggal", "Day"), told.day()),
            (say("Waktu rencana", "Planned"), told.span(*planned)),
            (say("Waktu pelaksanaan", "Held"), told.span(minutes.begun_at, minutes.closed_at)),
            (say("Tempat", "Place"), place),
            (say("Surat undangan", "Invitation"), BLANK),
            (say("Pimpinan", "Chair"), BLANK),
            (say("Moderator", "Moderator"), _guides(told, "moderator")),
            (say("Teknisi", "Technician"), _guides(told, "technician")),
            (say("Peserta", "Participants"), people),
        )
    )


def _guides(told: Told, role: str) -> str:
    return ", ".join(one.name for one in told.minutes.guides if one.role == role) or NONE


def closing(told: Told) -> list[Block]:
    say = told.say
    place = "…………………, ………………… 20……"
    seen = Signer("", say("Mengetahui,", "Seen,"))
    return [
        Heading(say("Catatan dan keputusan", "Notes and decisions")),
        Lines(NOTE_LINES),
        Signers(
            say(
                "Demikian Berita Acara ini dibuat dalam rangkap ……… untuk dipergunakan "
                "sebagaimana mestinya.",
                "These minutes were made in ……… copies to be used as is proper.",
            ),
            (
                (
                    Signer("", say("Pihak Kedua,", "Second Party,")),
                    Signer(place, say("Pihak Pertama,", "First Party,")),
                ),
                (seen, seen),
            ),
        ),
    ]
