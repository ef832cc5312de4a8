"""The annexes of the minutes: attendance lists to be signed, counts and alarms, incidents, the
pact's seals; and, last, from which journal all of it is."""

from __future__ import annotations

from vicon.core.course import AlarmTrail
from vicon.core.minutewords import Person, RoomMinutes
from vicon.report.minutes_blocks import Block, Break, Facts, Heading, Para, Table, Title
from vicon.report.minutes_incidents import incidents_annex
from vicon.report.minutes_pact import seals
from vicon.report.minutes_sections import NO_PROOF
from vicon.report.minutes_told import NONE, Told


def annexes(told: Told) -> list[Block]:
    parts = [*_attendance(told), *_counts(told), *incidents_annex(told)]
    if told.minutes.pact is not None and told.minutes.pact.signatures:
        parts += seals(told)
    return [*parts, *_journal(told)]


def _attendance(told: Told) -> list[Block]:
    say = told.say
    blocks: list[Block] = [
        Break(),
        Title((say("LAMPIRAN I", "ANNEX I"), say("DAFTAR HADIR", "ATTENDANCE LIST"))),
        Facts(
            (
                (say("Acara", "Event"), told.minutes.title),
                (say("Hari, tanggal", "Day"), told.day()),
                (say("Waktu", "Time"), told.span(told.minutes.begun_at, told.minutes.closed_at)),
            )
        ),
    ]
    for room in told.minutes.rooms:
        blocks += _list(told, room)
    return blocks


def _list(told: Told, room: RoomMinutes) -> list[Block]:
    say = told.say
    head = Heading(f"{room.name} ({room.code})", 2)
    missing = ", ".join(
        f"{one.name} ({one.institution})" if one.institution else one.name for one in room.missing
    )
    expected = say(
        f"Diharapkan, tidak tercatat hadir: {missing}.", f"Expected, not entered: {missing}."
    )
    after = [Para(expected, "small")] if missing else []
    if not room.attendance:
        return [head, Para(say("Tidak ada yang tercatat.", "Nobody was entered."), "small"), *after]
    heads = (
        say("No", "No"),
        say("Nama", "Name"),
        say("Instansi", "Institution"),
        say("Jabatan", "Office"),
        say("Tanda Tangan", "Signature"),
        say("Keterangan", "Remarks"),
    )
    rows = tuple(
        (str(no), *_person(told, room, person)) for no, person in enumerate(room.attendance, 1)
    )
    return [head, Table(heads, rows, (8.0, 42.0, 30.0, 22.0, 30.0, 28.0), (0,), tall=True), *after]


def _person(told: Told, room: RoomMinutes, person: Person) -> tuple[str, ...]:
    say = told.say
    said = [say(f"masuk {told.clock(person.first_in)}", f"in {told.clock(person.first_in)}")]
    if person.last_out is not None:
        out = told.clock(person.last_out)
        said.append(say(f"keluar {out}", f"out {out}"))
    if person.visits > 1:
        said.append(say(f"{person.visits} kali masuk", f"came in {person.visits} times"))
    if (room.missing or any(one.expected for one in room.attendance)) and not person.expected:
        said.append(say("tidak dalam daftar undangan", "not on the list"))
    if person.by:
        said.append(say(f"dicatat {person.by}", f"entered by {person.by}"))
    return (person.name, person.institution or NONE, person.role or NONE, "", ", ".join(said))


def _counts(told: Told) -> list[Block]:
    say = told.say
    heads = (
        say("Ruang", "Room"),
        say("Batas", "Limit"),
        say("Dihitung awal", "Counted begin"),
        say("puncak", "peak"),
        say("akhir", "end"),
        say("Kamera awal", "Camera begin"),
        say("puncak", "peak"),
        say("akhir", "end"),
    )
    rows = tuple(_count(told, room) for room in told.minutes.rooms)
    widths = (54.0, 14.0, 19.0, 15.0, 12.0, 18.0, 15.0, 13.0)
    return [
        Break(),
        Title((say("LAMPIRAN II", "ANNEX II"), say("JUMLAH ORANG", "HEAD COUNT"))),
        Table(heads, rows, widths, right=(1, 2, 3, 4, 5, 6, 7)),
        Para(told.pick(NO_PROOF), "strong"),
        *_alarms(told),
        *_decisions(told),
    ]


def _count(told: Told, room: RoomMinutes) -> tuple[str, ...]:
    counts = room.counts
    figures = (
        counts.begin,
        counts.peak,
        counts.end,
        counts.camera_begin,
        counts.camera_peak,
        counts.camera_end,
    )
    return (room.name, str(room.limit), *map(told.figure, figures))


def _alarms(told: Told) -> list[Block]:
    say = told.say
    head = Heading(say("Peringatan", "Alarms"), 2)
    found = [(trail, room) for room in told.minutes.rooms for trail in room.counts.alarms]
    if not found:
        return [head, Para(say("Tidak ada peringatan.", "There were no alarms."), "small")]
    found.sort(key=lambda one: one[0].raised_at)
    heads = (
        say("Mulai", "From"),
        say("Sampai", "Until"),
        say("Ruang", "Room"),
        say("Peringatan", "Alarm"),
        say("Ditandai oleh, alasan", "Acknowledged by, reason"),
    )
    rows = tuple(_alarm(told, trail, room) for trail, room in found)
    return [head, Table(heads, rows, (15.0, 15.0, 38.0, 46.0, 46.0))]


def _alarm(told: Told, trail: AlarmTrail, room: RoomMinutes) -> tuple[str, ...]:
    say = told.say
    what = say(f"Melebihi batas {trail.limit}", f"Above the limit of {trail.limit}")
    if trail.kind == "mismatch":
        what = say("Kamera melihat lebih banyak", "The camera saw more")
    figures = say(
        f"dihitung {told.figure(trail.persons)}, kamera {told.figure(trail.camera)}",
        f"counted {told.figure(trail.persons)}, camera {told.figure(trail.camera)}",
    )
    who = say("tidak ditandai siapa pun", "acknowledged by nobody")
    if trail.acknowledged_at is not None:
        who = f"{trail.by}, {told.clock(trail.acknowledged_at)}: {trail.reason}"
    if trail.escalated_at is not None:
        who += say(" (lama tidak ditandai)", " (not acknowledged in time)")
    ended = told.clock(trail.ended_at)
    return (told.clock(trail.raised_at), ended, room.name, f"{what}: {figures}", who)


def _decisions(told: Told) -> list[Block]:
    say = told.say
    found = [(one, room) for room in told.minutes.rooms for one in room.decisions]
    if not found:
        return []
    found.sort(key=lambda one: one[0].at)
    rows = []
    for one, room in found:
        if one.limit is not None:
            what = say(f"Batas menjadi {one.limit}", f"Limit is now {one.limit}")
        elif one.withdrawn:
            what = say("Izin masuk tanpa lulus uji dicabut", "Entry without a trial withdrawn")
        else:
            what = say("Diizinkan masuk tanpa lulus uji", "Let in without passing its trial")
        rows.append((told.clock(one.at), room.name, what, one.by or NONE, one.reason or NONE))
    heads = (
        say("Waktu", "Time"),
        say("Ruang", "Room"),
        say("Keputusan", "Decision"),
        say("Oleh", "By"),
        say("Alasan", "Reason"),
    )
    table = Table(heads, tuple(rows), (17.0, 38.0, 40.0, 27.0, 38.0))
    return [Heading(say("Keputusan moderator", "Decisions of the moderator"), 2), table]


def _journal(told: Told) -> list[Block]:
    say, journal = told.say, told.minutes.journal
    return [
        Break(),
        Title((say("SUMBER", "SOURCE"),)),
        Para(
            say(
                "Berita acara ini dibuat dari jurnal server. Setiap catatan jurnal memuat hash "
                "catatan sebelumnya, sehingga hash catatan terakhir mewakili semuanya.",
                "These minutes were made from the server's journal. Each entry holds the hash of "
                "the one before, so that the hash of the last entry stands for all of them.",
            )
        ),
        Facts(
            (
                (say("Vicon", "Conference"), told.minutes.conference),
                (say("Jumlah catatan", "Entries"), str(journal.entries)),
                (say("Catatan pertama", "First entry"), told.full(journal.first_at)),
                (say("Catatan terakhir", "Last entry"), told.full(journal.last_at)),
                (say("Hash terakhir", "Last hash"), journal.hash),
            ),
            mono=(4,),
        ),
        Heading(say("Cara memeriksa", "How to check"), 2),
        Para(
            say(
                "1. Jalankan: vicon journal verify --data DIREKTORI. Rantai jurnal harus utuh.",
                "1. Run: vicon journal verify --data DIRECTORY. The chain must be whole.",
            )
        ),
        Para(
            say(
                f"2. Jalankan: vicon journal export --data DIREKTORI. Catatan nomor "
                f"{journal.entries} harus memuat hash di atas, juga bila jurnal sudah lebih "
                "panjang.",
                f"2. Run: vicon journal export --data DIRECTORY. Entry number {journal.entries} "
                "must have the hash above, also when the journal has grown since.",
            )
        ),
        Para(
            say(
                "3. Bila jurnal belum bertambah, vicon minutes --data DIREKTORI menghasilkan "
                "berkas yang sama, byte demi byte.",
                "3. As long as the journal has not grown, vicon minutes --data DIRECTORY gives "
                "the same file, byte for byte.",
            )
        ),
    ]
