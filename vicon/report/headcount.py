"""How many were in each room and who: the attendance list and the course of the counts, as CSV for
a spreadsheet and JSON for programs; as PDF by headcount_pdf."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from vicon.app.courses import Story
from vicon.app.headrows import (
    Attendances,
    CountCourses,
    RoomCounts,
    RoomVisits,
    Status,
    VisitRow,
)
from vicon.core.attendance import arrivals
from vicon.core.estimate import Quality
from vicon.core.model import Attendee, Conference, Plan, Visit
from vicon.measure.run import Words as W
from vicon.report.plain import BOM, safe
from vicon.report.words import Language, moment, number, pick

Kind = Literal["attendance", "counts"]

STATUSES: dict[Status, W] = {
    "present": W("hadir", "present"),
    "left": W("keluar", "left"),
    "absent": W("tidak datang", "did not come"),
}
QUALITIES: dict[Quality, W] = {
    "ok": W("baik", "good"),
    "off": W("tidak mengirim gambar", "sends no picture"),
    "dark": W("terlalu gelap", "too dark"),
    "covered": W("kamera tertutup", "camera is covered"),
    "frozen": W("gambar diam", "picture stands still"),
    "unreadable": W("gambar tidak terbaca", "picture cannot be read"),
    "small": W("gambar terlalu kecil", "picture is too small"),
    "unavailable": W("penghitung tidak berjalan", "the counter does not run"),
    "stale": W("belum dilihat", "not looked at yet"),
    "crowded": W("bisa lebih: wajah terlalu kecil", "perhaps more: faces are too small"),
}
OWN_PHONE = W("ponsel sendiri", "own phone")
_YES, _NO = W("ya", "yes"), W("tidak", "no")
_ATTENDANCE = (
    W("kode ruang", "room code"),
    W("ruang", "room"),
    W("nama", "name"),
    W("instansi", "institution"),
    W("peran", "role"),
    W("masuk", "entered"),
    W("keluar", "left"),
    W("menit", "minutes"),
    W("dicatat oleh", "by"),
    W("diharapkan", "expected"),
    W("status", "status"),
)
_COUNTS = (
    W("kode ruang", "room code"),
    W("ruang", "room"),
    W("sejak", "since"),
    W("angka operator", "declared"),
    W("daftar hadir", "checked in"),
    W("dihitung", "counted"),
    W("kamera", "camera"),
    W("mutu kamera", "camera quality"),
    W("batas", "limit"),
)


def until(story: Story) -> int:
    """When what is told ends: when the session was closed, else now."""
    return story.course.closed_at or story.now


def conference(story: Story) -> Conference:
    assert story.course.state is not None  # a conference begins with its first entry
    return story.course.state


def visits(story: Story, code: str) -> list[VisitRow]:
    """In the order of their first coming, then who did not come, as in the list."""
    room, end = conference(story).rooms[code], until(story)
    found = list(zip(room.expected, arrivals(room), strict=True))
    awaited = {attendee.id for _, attendee in found if attendee is not None}
    rows = [
        _row(attendee, visit, end, attendee.id in awaited)
        for attendee in room.attendance.values()
        for visit in attendee.visits
    ]
    return rows + [
        VisitRow(
            person=None,
            name=expected.name,
            institution=expected.institution,
            role=expected.role,
            expected=True,
            status="absent",
        )
        for expected, attendee in found
        if attendee is None
    ]


def _row(attendee: Attendee, visit: Visit, end: int, expected: bool) -> VisitRow:
    left = visit.left_at
    stayed = max(0, (end if left is None else left) - visit.entered_at)
    return VisitRow(
        person=attendee.id,
        name=attendee.name,
        institution=attendee.institution,
        role=attendee.role,
        entered_at=visit.entered_at,
        left_at=left,
        minutes=round(stayed / 60_000, 1),
        by=attendee.by,
        expected=expected,
        status="present" if left is None else "left",
    )


class HeadcountReports:
    """Of a story, of these rooms. Blocking work of up to a few seconds: call it in a thread."""

    def json(self, kind: Kind, story: Story, rooms: Sequence[str]) -> bytes:
        live, closed, now = story.course.live_at, story.course.closed_at, story.now
        if kind == "attendance":
            seen = [_attended(story, code) for code in rooms]
            return msgspec.json.encode(
                Attendances(rooms=seen, live_at=live, closed_at=closed, now=now)
            )
        counted = [_counted(story, code) for code in rooms]
        course = CountCourses(rooms=counted, live_at=live, closed_at=closed, now=now)
        return msgspec.json.encode(course)

    def csv(self, kind: Kind, story: Story, rooms: Sequence[str], lang: Language) -> bytes:
        """As an Indonesian spreadsheet opens it by a double click: UTF-8 with a byte order mark,
        semicolons, and in Indonesian a decimal comma."""
        heads, rows = (_ATTENDANCE, _attendance) if kind == "attendance" else (_COUNTS, _points)
        out = io.StringIO()
        write = csv.writer(out, delimiter=";", lineterminator="\r\n").writerow
        write([pick(head, lang) for head in heads])
        for code in rooms:
            for row in rows(story, code, lang):
                write([safe(cell) for cell in row])
        return BOM + out.getvalue().encode()

    def pdf(self, story: Story, rooms: Sequence[str], lang: Language) -> bytes:
        # Imported here: the typesetter costs a start a tenth of a second.
        from vicon.report.headcount_pdf import annex

        return annex(story, rooms, lang)


def _attended(story: Story, code: str) -> RoomVisits:
    name = conference(story).rooms[code].plan.name
    return RoomVisits(room=code, name=name, visits=visits(story, code))


def _counted(story: Story, code: str) -> RoomCounts:
    course = story.course.rooms[code]
    return RoomCounts(
        room=code,
        points=course.points,
        begin=course.begin,
        peak=course.peak,
        peak_at=course.peak_at,
        end=course.end,
        camera_begin=course.camera_begin,
        camera_peak=course.camera_peak,
        camera_end=course.camera_end,
        person_minutes=round(course.person_minutes, 1),
        alarms=course.alarms,
    )


def _attendance(story: Story, code: str, lang: Language) -> Iterator[Iterable[str]]:
    plan = conference(story).plan
    name = conference(story).rooms[code].plan.name
    for row in visits(story, code):
        yield (
            code,
            name,
            row.name,
            row.institution,
            row.role,
            _iso(row.entered_at, plan),
            _iso(row.left_at, plan),
            "" if row.minutes is None else number(row.minutes, lang),
            "" if row.entered_at is None else row.by or pick(OWN_PHONE, lang),
            pick(_YES if row.expected else _NO, lang),
            pick(STATUSES[row.status], lang),
        )


def _points(story: Story, code: str, lang: Language) -> Iterator[Iterable[str]]:
    plan = conference(story).plan
    name = conference(story).rooms[code].plan.name
    for point in story.course.rooms[code].points:
        figures = (point.declared, point.checked_in, point.effective, point.camera)
        quality = pick(QUALITIES[point.quality], lang) if point.quality is not None else ""
        cells = ("" if figure is None else str(figure) for figure in figures)
        yield (code, name, _iso(point.at, plan), *cells, quality, str(point.limit))


def _iso(at: int | None, plan: Plan) -> str:
    """2020-09-25T09:12:40+08:00."""
    if at is None:
        return ""
    when: datetime = moment(at, plan.timezone)
    return when.isoformat(timespec="seconds")
