"""The sections of the minutes: rooms and roll call, counts, rundown, floor, pact, trials,
recordings, incidents. What did not happen is said to be none."""

from __future__ import annotations

from collections.abc import Callable

from vicon.core.minutewords import ItemMinutes, RoomMinutes
from vicon.measure.run import Words as W
from vicon.report.minutes_blocks import Block, Heading, Para, Table
from vicon.report.minutes_incidents import incidents
from vicon.report.minutes_pact import pact
from vicon.report.minutes_recordings import recordings
from vicon.report.minutes_told import NONE, ROLL, Told
from vicon.report.words import STATES

NO_PROOF = W(
    "Angka kamera hanya perkiraan wajah yang terlihat. Angka kamera 12 atau kurang tidak pernah "
    "menjadi bukti bahwa batas dipatuhi.",
    "A camera's figure is only an estimate of the faces that are seen. A camera figure of 12 or "
    "less is never proof of compliance.",
)
PROFILES = {"audio": W("suara saja", "sound alone"), "none": W("tidak ada", "none")}


def sections(told: Told) -> list[Block]:
    parts: tuple[Callable[[Told], list[Block]], ...] = (
        _rooms,
        _counts,
        _rundown,
        _floor,
        pact,
        _trials,
        recordings,
        incidents,
    )
    return [block for part in parts for block in part(told)]


def _rooms(told: Told) -> list[Block]:
    say = told.say
    heads = (
        say("Ruang", "Room"),
        say("Absensi", "Roll call"),
        say("Pukul", "At"),
        say("Bergabung", "Joined"),
        say("Keluar", "Left"),
        say("Tercatat", "On list"),
        say("Operator", "Operator"),
    )
    rows = tuple(_room(told, room) for room in told.minutes.rooms)
    widths = (42.0, 28.0, 14.0, 19.0, 14.0, 15.0, 28.0)
    return [
        Heading(say("Ruang dan absensi", "Rooms and roll call")),
        Table(heads, rows, widths, right=(5,)),
    ]


def _room(told: Told, room: RoomMinutes) -> tuple[str, ...]:
    last = room.roll[-1] if room.roll else None
    status = told.pick(ROLL[last.status if last is not None else None])
    if room.hub:
        status = told.say("Pusat", "Hub")
    elif len(room.roll) > 1:
        before = "; ".join(
            f"{told.pick(ROLL[mark.status]).lower()} {told.clock(mark.at)}"
            for mark in room.roll[:-1]
        )
        status = f"{status} ({told.say('semula', 'at first')} {before})"
    return (
        f"{room.name} ({room.code})",
        status,
        told.clock(last.at if last is not None else None),
        told.clock(room.joined_at),
        told.clock(room.left_at),
        str(len(room.attendance)),
        ", ".join(room.operators) or NONE,
    )


def _counts(told: Told) -> list[Block]:
    say = told.say
    heads = (
        say("Ruang", "Room"),
        say("Batas", "Limit"),
        say("Awal", "Begin"),
        say("Puncak", "Peak"),
        say("Akhir", "End"),
        say("Orang-menit", "Person-minutes"),
        say("Peringatan", "Alarms"),
    )
    rows = tuple(
        (
            room.name,
            str(room.limit),
            told.figure(room.counts.begin),
            _peak(told, room),
            told.figure(room.counts.end),
            told.decimal(room.counts.person_minutes),
            str(len(room.counts.alarms)),
        )
        for room in told.minutes.rooms
    )
    explained = say(
        "Yang dihitung: yang lebih besar antara angka operator dan daftar hadir. Peringatan dan "
        "angka kamera: Lampiran II. ",
        "Counted: the larger of the operator's figure and the attendance list. Alarms and the "
        "camera's figures: Annex II. ",
    )
    return [
        Heading(say("Jumlah orang", "Persons")),
        Table(heads, rows, (54.0, 14.0, 14.0, 22.0, 14.0, 22.0, 20.0), right=(1, 2, 3, 4, 5, 6)),
        Para(explained + told.pick(NO_PROOF), "small"),
    ]


def _peak(told: Told, room: RoomMinutes) -> str:
    peak = room.counts
    if peak.peak is None or peak.peak_at is None:
        return NONE
    return f"{peak.peak} ({told.clock(peak.peak_at)})"


def _rundown(told: Told) -> list[Block]:
    say, rundown = told.say, told.minutes.rundown
    head = Heading(say("Susunan acara", "Rundown"))
    if not rundown.items:
        return [head, Para(say("Tidak ada susunan acara.", "There was no rundown."), "small")]
    heads = (
        say("No", "No"),
        say("Butir acara", "Item"),
        say("Ruang", "Room"),
        say("Rencana", "Planned"),
        say("Lama", "Length"),
        say("Mulai", "Began"),
        say("Selesai", "Ended"),
        say("Lama", "Length"),
        say("Jeda", "Pause"),
        say("Selisih", "Late"),
    )
    rows = tuple((str(no), *_item(told, item)) for no, item in enumerate(rundown.items, 1))
    widths = (7.0, 36.0, 24.0, 19.0, 12.0, 12.0, 13.0, 12.0, 10.0, 15.0)
    begun = told.clock(rundown.began_at, seconds=True)
    ended = told.clock(rundown.ended_at, seconds=True)
    behind = told.behind(rundown.behind_ms)
    sentence = say(
        f"Mulai {begun}, selesai {ended}, selisih di akhir {behind} dari rencana; disunting "
        f"{rundown.edits} kali. Lama, jeda dan selisih dalam menit:detik; lama tanpa jeda.",
        f"Began {begun}, ended {ended}, at the end {behind} behind the plan; edited "
        f"{rundown.edits} times. Lengths in minutes:seconds, without the pauses.",
    )
    return [head, Table(heads, rows, widths, right=(0, 4, 7, 8, 9)), Para(sentence, "small")]


def _item(told: Told, item: ItemMinutes) -> tuple[str, ...]:
    title = item.title + (told.say(" (dilewati)", " (skipped)") if item.skipped else "")
    return (
        title,
        told.on_air(item.room),
        told.clock(item.planned_at),
        told.length(item.planned_s * 1000),
        told.clock(item.began_at),
        told.clock(item.ended_at),
        told.length(item.taken_ms),
        told.length(item.paused_ms) if item.paused_ms else NONE,
        told.behind(item.behind_ms),
    )


def _floor(told: Told) -> list[Block]:
    say = told.say
    heads = (say("Ruang", "Room"), say("Kali", "Times"), say("Seluruhnya", "In all"))
    rows = tuple(
        (told.on_air(room.code), str(len(room.turns)), told.length(room.on_air_ms))
        for room in told.minutes.rooms
    )
    explained = say(
        "Selama sesi berlangsung; menit:detik. Giliran yang diurungkan tidak dihitung.",
        "While the session was live; minutes:seconds. A turn that was undone is not counted.",
    )
    return [
        Heading(say("Giliran tayang", "On air")),
        Table(heads, rows, (100.0, 25.0, 35.0), right=(1, 2)),
        Para(explained, "small"),
    ]


def _trials(told: Told) -> list[Block]:
    say = told.say
    head = Heading(say("Uji coba panggilan terakhir", "Last trial calls"))
    found = [room for room in told.minutes.rooms if room.trial is not None]
    if not found:
        return [head, Para(say("Tidak ada ruang yang diuji.", "No room was tested."), "small")]
    heads = (
        say("Ruang", "Room"),
        say("Putusan", "Verdict"),
        say("Profil", "Profile"),
        say("Waktu", "Time"),
        say("Petugas", "Officer"),
        say("Kalimat putusan", "Verdict in words"),
    )
    rows = tuple(_trial(told, room) for room in found)
    untested = [room.name for room in told.minutes.rooms if room.trial is None]
    blocks: list[Block] = [head, Table(heads, rows, (34.0, 20.0, 17.0, 23.0, 24.0, 42.0))]
    if untested:
        names = ", ".join(untested)
        blocks.append(Para(say(f"Belum diuji: {names}.", f"Not tested: {names}."), "small"))
    return blocks


def _trial(told: Told, room: RoomMinutes) -> tuple[str, ...]:
    trial = room.trial
    assert trial is not None
    profile = PROFILES.get(trial.profile)
    return (
        room.name,
        told.pick(STATES[trial.verdict]),
        told.pick(profile) if profile is not None else trial.profile,
        told.clock(trial.at),
        trial.by or NONE,
        told.say(trial.sentence_id, trial.sentence_en),
    )
