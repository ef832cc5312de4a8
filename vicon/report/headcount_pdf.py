"""The annex to the minutes: how many were in each room, what alarms there were, and who came; as
PDF by typst, offline. The same journal at the same time gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import msgspec
import typst

from vicon.app.courses import Story
from vicon.app.headrows import VisitRow
from vicon.core.course import AlarmTrail
from vicon.core.model import AlarmKind
from vicon.measure.run import Words as W
from vicon.report.headcount import STATUSES, conference, until, visits
from vicon.report.trial import Form
from vicon.report.words import Language, day, moment, number, pick, time

NONE = "–"
_WORDS = {
    "heading": W(
        "LAMPIRAN: JUMLAH ORANG DAN DAFTAR HADIR", "ANNEX: HEAD COUNT AND ATTENDANCE LIST"
    ),
    "number": W("Lampiran berita acara nomor:", "Annex to minutes number:"),
    "counts": W("Jumlah orang per ruang", "Persons by room"),
    "room": W("Ruang", "Room"),
    "limit": W("Batas", "Limit"),
    "counted": W("Dihitung", "Counted"),
    "camera": W("Kamera", "Camera"),
    "begin": W("awal", "begin"),
    "peak": W("puncak", "peak"),
    "end": W("akhir", "end"),
    "minutes": W("Orang-menit", "Person-minutes"),
    "explained": W(
        "Dihitung: yang lebih besar antara angka operator dan daftar hadir. Awal: saat sesi mulai; "
        "akhir: saat sesi ditutup, atau angka terakhir bila belum. – berarti tidak diketahui.",
        "Counted: the larger of the operator's figure and the attendance list. Begin: when the "
        "session began; end: when it was closed, or the last figure until then. – is not known.",
    ),
    "no_proof": W(
        "Angka kamera hanya perkiraan wajah yang terlihat. Angka kamera 12 atau kurang tidak "
        "pernah menjadi bukti bahwa batas dipatuhi.",
        "A camera's figure is only an estimate of the faces that are seen. A camera figure of 12 "
        "or less is never proof of compliance.",
    ),
    "alarms": W("Peringatan", "Alarms"),
    "no_alarms": W("Tidak ada peringatan.", "There were no alarms."),
    "when": W("Waktu", "Time"),
    "what": W("Peringatan", "Alarm"),
    "acknowledged": W("Ditandai oleh, alasan", "Acknowledged by, reason"),
    "attendance": W("Daftar hadir", "Attendance list"),
    "no_list": W("Tidak ada yang tercatat.", "Nobody was entered."),
    "name": W("Nama", "Name"),
    "institution": W("Instansi", "Institution"),
    "role": W("Peran", "Role"),
    "entered": W("Masuk", "Entered"),
    "left": W("Keluar", "Left"),
    "remark": W("Keterangan", "Remarks"),
    "journal": W("Jurnal", "Journal"),
    "source": W(
        "Dibuat dari jurnal server sampai catatan di kaki halaman. Kodenya adalah SHA-256 catatan "
        "itu dan semua sebelumnya; periksa dengan: vicon journal verify, vicon journal export.",
        "Made from the server's journal up to the entry at the foot of each page. The code is the "
        "SHA-256 of that entry and all before; check it with: vicon journal verify, vicon journal "
        "export.",
    ),
}
_ALARMS: dict[AlarmKind, W] = {
    "over": W("Melebihi batas {limit}", "Above the limit of {limit}"),
    "mismatch": W("Kamera melihat lebih banyak", "The camera saw more"),
}
_FIGURES = W("dihitung {persons}, kamera {camera}", "counted {persons}, camera {camera}")
_LASTED = W("sampai {at}", "until {at}")
_GOES_ON = W("belum berakhir", "not over")
_UNHEEDED = W("lama tidak ditandai", "not acknowledged in time")
_NOBODY = W("tidak ditandai siapa pun", "acknowledged by nobody")
_BY = W("oleh {by}", "by {by}")
_UNEXPECTED = W("tidak dalam daftar", "not on the list")
_ALLOWED = W("{room}: diizinkan {limit} orang, {reason}", "{room}: {limit} allowed, {reason}")
_PEOPLE = W("{n} orang", "{n} persons")


def annex(story: Story, rooms: Sequence[str], lang: Language) -> bytes:
    """Blocking work of some 0.3 s, and more for long lists: call it in a thread."""
    template = files("vicon.report").joinpath("headcount.typ").read_bytes()
    data = msgspec.json.encode(_data(story, rooms, lang)).decode()
    made = datetime.fromtimestamp(until(story) // 1000, UTC)
    out: bytes = typst.compile(template, sys_inputs={"data": data}, timestamp=made)
    return out


def _data(story: Story, rooms: Sequence[str], lang: Language) -> dict[str, Any]:
    state, last = conference(story), story.last
    form = Form(title=state.plan.title)
    alarms = [(trail, code) for code in rooms for trail in story.course.rooms[code].alarms]
    alarms.sort(key=lambda one: one[0].raised_at)
    return {
        "lang": lang,
        "fonts": list(form.fonts),
        "title": f"{pick(_WORDS['heading'], lang)}: {state.plan.title}",
        "words": {name: pick(words, lang) for name, words in _WORDS.items()},
        "identity": _identity(story, lang),
        "counts": [_counts(story, code, lang) for code in rooms],
        "allowed": [_allowed(story, code, lang) for code in rooms if _is_allowed(story, code)],
        "alarms": [_alarm(story, trail, code, lang) for trail, code in alarms],
        "lists": [_list(story, code, lang) for code in rooms],
        "sequence": last.sequence,
        "conference": last.conference,
        "hash": last.hash,
    }


def _identity(story: Story, lang: Language) -> list[tuple[str, str]]:
    plan, course = conference(story).plan, story.course
    zone, label = plan.timezone, plan.timezone_label
    begun = pick(W("belum dimulai", "not begun"), lang)
    times = begun
    if course.live_at is not None:
        ended = pick(W("belum ditutup", "not closed"), lang)
        if course.closed_at is not None:
            ended = time(course.closed_at, zone, label)
        times = f"{time(course.live_at, zone, label)} – {ended}"
    end = until(story)
    state = f"{day(end, zone, lang)}, {time(end, zone, label)}"
    return [
        (pick(W("Acara", "Event"), lang), plan.title),
        (pick(W("Hari, tanggal", "Day"), lang), day(_day(story), zone, lang)),
        (pick(W("Waktu", "Time"), lang), times),
        (pick(W("Keadaan per", "As of"), lang), state),
    ]


def _counts(story: Story, code: str, lang: Language) -> list[str]:
    room, course = conference(story).rooms[code], story.course.rooms[code]
    peak = _figure(course.peak)
    if course.peak_at is not None:
        peak += f" ({_clock(course.peak_at, story)})"
    return [
        f"{room.plan.name} ({code})",
        str(room.limit),
        _figure(course.begin),
        peak,
        _figure(course.end),
        _figure(course.camera_begin),
        _figure(course.camera_peak),
        _figure(course.camera_end),
        number(course.person_minutes, lang),
    ]


def _figure(persons: int | None) -> str:
    return NONE if persons is None else str(persons)


def _clock(at: int, story: Story) -> str:
    """09:12; of another day than the session's 24/9 09:12."""
    zone = conference(story).plan.timezone
    when, of = moment(at, zone), moment(_day(story), zone)
    date = "" if when.date() == of.date() else f"{when.day}/{when.month} "
    return f"{date}{when:%H:%M}"


def _day(story: Story) -> int:
    """A moment of the session's day."""
    return story.course.live_at or until(story)


def _is_allowed(story: Story, code: str) -> bool:
    room = conference(story).rooms[code]
    return room.limit != room.plan.cap


def _allowed(story: Story, code: str, lang: Language) -> str:
    room = conference(story).rooms[code]
    said = pick(_ALLOWED, lang)
    return said.format(room=room.plan.name, limit=room.limit, reason=room.limit_reason)


def _alarm(story: Story, trail: AlarmTrail, code: str, lang: Language) -> list[str]:
    ended = pick(_GOES_ON, lang)
    if trail.ended_at is not None:
        ended = pick(_LASTED, lang).format(at=_clock(trail.ended_at, story))
    figures = pick(_FIGURES, lang).format(
        persons=_figure(trail.persons), camera=_figure(trail.camera)
    )
    what = pick(_ALARMS[trail.kind], lang).format(limit=trail.limit)
    who = pick(_NOBODY, lang)
    if trail.acknowledged_at is not None:
        who = f"{trail.by}, {_clock(trail.acknowledged_at, story)}: {trail.reason}"
    if trail.escalated_at is not None:
        who += f" ({pick(_UNHEEDED, lang)})"
    return [
        _clock(trail.raised_at, story),
        conference(story).rooms[code].plan.name,
        f"{what}: {figures}; {ended}",
        who,
    ]


def _list(story: Story, code: str, lang: Language) -> dict[str, Any]:
    people = _people(visits(story, code))
    there = sum(of[0].status != "absent" for of in people)
    room = conference(story).rooms[code]
    awaited = bool(room.expected)
    return {
        "room": f"{room.plan.name} ({code})",
        "persons": pick(_PEOPLE, lang).format(n=there),
        "rows": [
            [str(place), *_cells(story, of), _remark(of[0], awaited, lang)]
            for place, of in enumerate(people, 1)
        ],
    }


def _people(rows: Sequence[VisitRow]) -> list[list[VisitRow]]:
    """The visits of each, in the order of their first."""
    people: dict[str | int, list[VisitRow]] = {}
    for place, row in enumerate(rows):
        people.setdefault(row.person or place, []).append(row)
    return list(people.values())


def _cells(story: Story, of: Sequence[VisitRow]) -> list[str]:
    """Name, institution, role; when the person came and went, one visit a line."""
    came = (_clock(row.entered_at, story) for row in of if row.entered_at is not None)
    went = (_clock(row.left_at, story) if row.left_at is not None else NONE for row in of)
    first = of[0]
    return [
        first.name,
        first.institution or NONE,
        first.role or NONE,
        "\n".join(came) or NONE,
        "\n".join(went),
    ]


def _remark(row: VisitRow, awaited: bool, lang: Language) -> str:
    """`awaited`: there was a list of those who were to come."""
    if row.status == "absent":
        return pick(STATUSES["absent"], lang)
    by = [pick(_BY, lang).format(by=row.by)] if row.by else []
    beyond = [pick(_UNEXPECTED, lang)] if awaited and not row.expected else []
    return ", ".join([*by, *beyond])
