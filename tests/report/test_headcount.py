"""The annex to the minutes, and the tables beside it, of sessions that are out of the ordinary."""

from __future__ import annotations

import csv as tables
import io
import json

import pytest

from tests.core.scene import HUB, MODERATOR, PASER, Scene, make_plan, operator
from tests.report.test_report import LANGUAGES, read
from vicon.app.courses import Story
from vicon.core import commands as do
from vicon.core.course import Course
from vicon.core.model import Expected
from vicon.ports import Record
from vicon.report.headcount import HeadcountReports, visits
from vicon.report.words import Language

NINE = 1_600_995_600_000
"""25 September 2020, 09:00 WITA."""
MINUTE, DAY = 60_000, 86_400_000
REPORTS = HeadcountReports()


def story(scene: Scene) -> Story:
    course = Course()
    for at, event in scene.records:
        course.take(at, event)
    last = Record(
        conference=scene.state.plan.id,
        sequence=len(scene.records),
        at=scene.now,
        actor={},
        event=scene.records[-1][1],
        previous="0" * 64,
        hash="ab" * 32,
    )
    return Story(course=course.at(scene.now), now=scene.now, last=last)


def enter(scene: Scene, number: int, name: str, institution: str = "KPU") -> None:
    scene.does(
        operator(PASER),
        do.EnterPerson(
            room=PASER, person=f"person-{number:04}", name=name, institution=institution, role="KPU"
        ),
    )


def leave(scene: Scene, number: int) -> None:
    scene.does(operator(PASER), do.LeavePerson(room=PASER, person=f"person-{number:04}"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_before_anybody_came_nothing_is_made_up(lang: Language) -> None:
    scene = Scene(make_plan(10), phase="lobby", now=NINE)
    said, pages = read(REPORTS.pdf(story(scene), list(scene.state.rooms), lang))
    assert pages <= 2
    wanted = {
        "id": ("belum dimulai", "Tidak ada peringatan.", "Tidak ada yang tercatat."),
        "en": ("not begun", "There were no alarms.", "Nobody was entered."),
    }[lang]
    assert all(words in said for words in wanted)
    assert said.count(wanted[2]) == 11
    assert "0,0" in said or "0.0" in said


def test_nothing_that_a_person_typed_is_markup() -> None:
    name = '#panic("x") $a$ [b] *c* _d_ @e <f> \\ "g" // h'
    scene = Scene(now=NINE)
    enter(scene, 1, name, institution=name)
    said, _ = read(REPORTS.pdf(story(scene), [PASER], "id"))
    assert "#panic" in said
    # Both stand beside each other in lines of a narrow column.
    for part in name.split():
        assert said.count(part) >= 2, part


def test_everybody_is_printed_with_every_visit() -> None:
    scene = Scene(now=NINE)
    for number in range(300):
        enter(scene, number, f"Orang{number:04}")
        leave(scene, number)
        scene.now += 1000
    for _ in range(3):
        scene.now += MINUTE
        enter(scene, 7, "Orang0007")
        scene.now += MINUTE
        leave(scene, 7)
    told = story(scene)
    said, pages = read(REPORTS.pdf(told, [HUB, PASER], "id"))
    assert pages > 3
    assert [n for n in range(300) if said.count(f"Orang{n:04}") != 1] == []
    assert len(visits(told, PASER)) == 303
    assert "(300 orang)" in said


def test_times_of_another_day_are_dated() -> None:
    scene = Scene(phase="lobby", now=NINE - DAY)
    enter(scene, 1, "Kemarin")
    scene.now = NINE
    scene.does(MODERATOR, do.SetPhase(phase="live"))
    enter(scene, 2, "Kini")
    said, _ = read(REPORTS.pdf(story(scene), [PASER], "id"))
    assert "24/9 09:00" in said
    assert said.count("24/9") == 1
    assert "belum ditutup" in said


def test_an_alarm_that_nobody_heeded_and_an_allowance() -> None:
    scene = Scene(now=NINE)
    scene.does(operator(PASER), do.SetCount(room=PASER, value=12))
    for persons in (14, 14):
        scene.does(do.SYSTEM, do.RecordEstimate(room=PASER, persons=persons, quality="ok"))
    scene.now += 2 * MINUTE
    scene.does(do.SYSTEM, do.WatchCounts())
    said, _ = read(REPORTS.pdf(story(scene), [PASER], "id"))
    assert "Melebihi batas 12: dihitung 12, kamera 14; belum berakhir" in said
    assert "Kamera melihat lebih banyak: dihitung 12, kamera 14" in said
    assert "tidak ditandai siapa pun (lama tidak ditandai)" in said
    scene.does(MODERATOR, do.AllowCount(room=PASER, limit=15, reason="aula besar"))
    said, _ = read(REPORTS.pdf(story(scene), [PASER], "en"))
    assert "Kabupaten Paser: 15 allowed, aula besar" in said
    assert "until 09:02" in said


def test_who_was_not_invited_and_who_did_not_come() -> None:
    scene = Scene(now=NINE)
    invited = (Expected(name="Ani"), Expected(name="Budi", institution="KPU", role="KPU"))
    scene.does(MODERATOR, do.ImportExpected(persons={PASER: invited}))
    enter(scene, 1, "Ani", institution="Bawaslu")
    enter(scene, 2, "Tamu")
    rows = [(row.name, row.expected, row.status) for row in visits(story(scene), PASER)]
    assert rows == [("Ani", True, "present"), ("Tamu", False, "present"), ("Budi", True, "absent")]
    said, _ = read(REPORTS.pdf(story(scene), [PASER], "id"))
    assert "(2 orang)" in said
    assert said.count("tidak dalam daftar") == 1
    assert said.count("tidak datang") == 1


def test_cells_of_a_spreadsheet_stay_cells() -> None:
    scene = Scene(now=NINE)
    enter(scene, 1, 'Budi; "S.H."', institution="=1+1")
    text = REPORTS.csv("attendance", story(scene), [PASER], "id").decode("utf-8-sig")
    (row,) = list(tables.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    assert (row["nama"], row["instansi"]) == ('Budi; "S.H."', "'=1+1")


def test_what_a_program_reads_is_not_changed() -> None:
    scene = Scene(now=NINE)
    enter(scene, 1, "=Budi")
    told = json.loads(REPORTS.json("attendance", story(scene), [PASER]))
    assert told["rooms"][0]["visits"][0]["name"] == "=Budi"
    assert told["live_at"] == NINE
