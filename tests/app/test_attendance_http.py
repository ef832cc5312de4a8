"""The head count over HTTP: a list comes in whole or not at all; who came and how many were there
goes out to those who may know."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

import pypdfium2
import pytest

from tests.app.counted import MODERATOR, OPERATOR, House, counted
from tests.app.outside import BALIKPAPAN, HUB, KUKAR, NOW
from tests.app.test_trials import http, link_of, serving
from vicon.core import commands as do
from vicon.core.model import Expected, Plan
from vicon.ops.data import DataDir
from vicon.store.sqlite import SqliteJournal
from vicon.web.app import MAX_BODY

LIST = 'ruang;nama;instansi;peran\nKukar;"Budi, S.H.";KPU;KPU\nKukar;Siti;Bawaslu;Bawaslu\n'
PLACES = ("attendance.json", "attendance.csv", "counts.json", "counts.csv", "headcount.pdf")


@pytest.fixture
async def house(plan: Plan, journal: SqliteJournal) -> AsyncIterator[House]:
    async with counted(plan, journal) as one:
        yield one


async def rows(house: House, path: str, role: str = "moderator") -> list[dict[str, str]]:
    """As a spreadsheet reads it."""
    answer = await house.ask(path, role)
    assert answer.status == 200
    assert answer.content_type == "text/csv"
    body = await answer.read()
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=";"))


async def pages(house: House, path: str, role: str = "moderator") -> str:
    """The words of a PDF."""
    answer = await house.ask(path, role)
    assert (answer.status, answer.content_type) == (200, "application/pdf")
    document = pypdfium2.PdfDocument(await answer.read())
    found = [document[i].get_textpage().get_text_range() for i in range(len(document))]
    return " ".join(" ".join(found).split())


async def refused(house: House, status: int, code: str, *asked: Any, **more: Any) -> dict[str, Any]:
    answer = await house.ask(*asked, **more)
    body: dict[str, Any] = await answer.json()
    assert (answer.status, body["code"]) == (status, code), body
    assert body["text"]["id"] != body["text"]["en"]
    return body


# --- who is expected ----------------------------------------------------------------------------


async def test_a_list_is_taken_whole_and_other_rooms_keep_theirs(house: House) -> None:
    answer = await house.ask("expected", body="room,name,institution,role\nBPP,Ani,,\n64,Eka,,\n")
    assert await answer.json() == {"rooms": {BALIKPAPAN: 1, HUB: 1}, "persons": 2}
    answer = await house.ask("expected", body=LIST)
    assert await answer.json() == {"rooms": {KUKAR: 2}, "persons": 2}
    assert house.state.rooms[KUKAR].expected == (
        Expected(name="Budi, S.H.", institution="KPU", role="KPU"),
        Expected(name="Siti", institution="Bawaslu", role="Bawaslu"),
    )
    assert [one.name for one in house.state.rooms[BALIKPAPAN].expected] == ["Ani"]
    told = await house.told("attendance.json")
    assert {room["room"]: len(room["visits"]) for room in told["rooms"]} == {
        HUB: 1,
        KUKAR: 2,
        BALIKPAPAN: 1,
    }


async def test_a_list_with_a_mistake_changes_nothing(house: House) -> None:
    bad = await refused(house, 422, "bad_list", "expected", body=LIST + "Surabaya;Eka;;\n")
    assert [fault["line"] for fault in bad["errors"]] == [4]
    assert "Surabaya" in bad["errors"][0]["text"]["id"]
    assert "Surabaya" in bad["errors"][0]["text"]["en"]
    bad = await refused(house, 422, "bad_list", "expected", body="ruang;nama;instansi;peran\n")
    assert bad["errors"] == []
    bad = await refused(house, 422, "bad_list", "expected", body=LIST.encode("utf-16"))
    assert "CSV UTF-8" in bad["text"]["id"]
    assert house.state.rooms[KUKAR].expected == ()


async def test_a_list_that_is_too_large_is_refused_with_a_sentence(house: House) -> None:
    body = LIST + f"Kukar;{'x' * MAX_BODY};;\n"
    bad = await refused(house, 413, "list_too_large", "expected", body=body)
    assert "64 KiB" in bad["text"]["id"]


@pytest.mark.parametrize("role", ["technician", "operator", "observer", "tester"])
async def test_only_a_moderator_says_who_is_expected(house: House, role: str) -> None:
    await refused(house, 403, "not_allowed", "expected", role, body=LIST)
    await refused(house, 401, "bad_token", "expected", "", body=LIST)
    await refused(house, 404, "not_found", "expected", body=LIST, conference="lain")


async def test_of_a_closed_conference_nothing_is_expected(house: House) -> None:
    await house.does(MODERATOR, do.SetPhase(phase="closed"))
    await refused(house, 409, "conference_closed", "expected", body=LIST)


# --- who came -----------------------------------------------------------------------------------


async def test_who_came_who_left_and_who_did_not_come(house: House) -> None:
    await house.ask("expected", body=LIST)
    await house.enters("person-1", "budi,  s.h.")
    await house.enters("person-2", "Tamu", by=False)
    house.clock.time += 90
    await house.does(OPERATOR, do.LeavePerson(room=KUKAR, person="person-1"))
    house.clock.time += 60
    await house.enters("person-1", "Budi, S.H.")
    house.clock.time += 600
    found = await rows(house, "attendance.csv?room=64.02")
    columns = ("nama", "masuk", "keluar", "menit", "dicatat oleh", "diharapkan", "status")
    assert [tuple(r[column] for column in columns) for r in found] == [
        ("Budi, S.H.", "2020-09-25T10:00:00+08:00", "2020-09-25T10:01:30+08:00", "1,5",
         "Operator 64.02", "ya", "keluar"),
        ("Budi, S.H.", "2020-09-25T10:02:30+08:00", "", "10,0", "Operator 64.02", "ya", "hadir"),
        ("Tamu", "2020-09-25T10:00:00+08:00", "", "12,5", "ponsel sendiri", "tidak", "hadir"),
        ("Siti", "", "", "", "", "ya", "tidak datang"),
    ]  # fmt: skip
    assert {(r["kode ruang"], r["ruang"]) for r in found} == {
        ("64.02", "Kabupaten Kutai Kartanegara")
    }
    english = await rows(house, "attendance.csv?room=64.02&lang=en")
    assert [r["status"] for r in english] == ["left", "present", "present", "did not come"]
    assert english[0]["minutes"] == "1.5"
    (told,) = (await house.told("attendance.json?room=64.02"))["rooms"]
    assert told["visits"][1] == {
        "person": "person-1", "name": "Budi, S.H.", "institution": "KPU", "role": "Pers",
        "entered_at": NOW + 150_000, "left_at": None, "minutes": 10.0, "by": "Operator 64.02",
        "expected": True, "status": "present",
    }  # fmt: skip


async def test_after_the_close_nobody_stays_longer(house: House) -> None:
    await house.does(MODERATOR, do.SetPhase(phase="live"))
    await house.enters("person-1", "Budi")
    house.clock.time += 600
    await house.does(MODERATOR, do.SetPhase(phase="closed"))
    house.clock.time += 80_000
    assert [r["menit"] for r in await rows(house, "attendance.csv")] == ["10,0"]


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x")', "+62", "-1", "@SUM(A1)", "'=1"])
async def test_a_name_is_no_formula(house: House, name: str) -> None:
    await house.enters("person-1", name)
    (found,) = await rows(house, "attendance.csv")
    assert not found["nama"].startswith(("=", "+", "-", "@"))
    assert found["nama"].removeprefix("'") == name.removeprefix("'")


# --- how many were there ------------------------------------------------------------------------


async def session(house: House) -> None:
    """Nine, then thirteen by the camera, seen to, over; closed after twenty minutes."""
    await house.does(OPERATOR, do.SetCount(room=KUKAR, value=9))
    await house.does(MODERATOR, do.SetPhase(phase="live"))
    house.clock.time += 300
    for _ in range(2):
        house.clock.time += 10
        await house.does(do.SYSTEM, do.RecordEstimate(room=KUKAR, persons=13, quality="ok"))
    house.clock.time += 10
    reason = "Petugas = 1 orang, <b>sudah</b> #keluar"
    await house.does(MODERATOR, do.AcknowledgeCount(room=KUKAR, kind="over", reason=reason))
    house.clock.time += 270
    await house.does(do.SYSTEM, do.RecordEstimate(room=KUKAR, persons=None, quality="covered"))
    await house.does(OPERATOR, do.SetCount(room=KUKAR, value=11))
    house.clock.time += 600
    await house.does(MODERATOR, do.SetPhase(phase="closed"))
    house.clock.time += 3600


async def test_the_course_of_a_session_for_a_chart(house: House) -> None:
    await session(house)
    told = await house.told("counts.json")
    assert set(told) == {"rooms", "live_at", "closed_at", "now"}
    assert (told["live_at"], told["closed_at"]) == (NOW, NOW + 1_200_000)
    assert [room["room"] for room in told["rooms"]] == [HUB, KUKAR, BALIKPAPAN]
    (room,) = (await house.told("counts.json?room=64.02"))["rooms"]
    points, alarms = room.pop("points"), room.pop("alarms")
    assert room == {
        "room": KUKAR, "begin": 9, "peak": 11, "peak_at": NOW + 600_000, "end": 11,
        "camera_begin": None, "camera_peak": 13, "camera_end": None,
        "person_minutes": 9.0 * 10 + 11 * 10,
    }  # fmt: skip
    at = [[(p[0] - NOW) // 1000, *p[1:]] for p in points]
    assert at == [
        [0, 9, 0, 9, None, None, 12],
        [310, 9, 0, 9, 13, "ok", 12],
        [600, 11, 0, 11, None, "covered", 12],
    ]
    assert {alarm["kind"] for alarm in alarms} == {"over", "mismatch"}
    over = next(alarm for alarm in alarms if alarm["kind"] == "over")
    assert (over["persons"], over["camera"], over["limit"]) == (9, 13, 12)
    assert (over["by"], over["acknowledged_at"]) == ("Rini", NOW + 330_000)
    assert (over["raised_at"], over["ended_at"]) == (NOW + 320_000, NOW + 600_000)
    table = [r for r in await rows(house, "counts.csv") if r["kode ruang"] == KUKAR]
    assert [(r["sejak"], r["dihitung"], r["kamera"], r["mutu kamera"]) for r in table] == [
        ("2020-09-25T10:00:00+08:00", "9", "", ""),
        ("2020-09-25T10:05:10+08:00", "9", "13", "baik"),
        ("2020-09-25T10:10:00+08:00", "11", "", "kamera tertutup"),
    ]


async def test_the_annex_holds_the_facts(house: House, journal: SqliteJournal) -> None:
    await house.ask("expected", body=LIST)
    await house.enters("person-1", "Budi, S.H.")
    await session(house)
    said = await pages(house, "headcount.pdf")
    last = [record async for record in journal.replay("uji")][-1]
    for words in (
        "LAMPIRAN: JUMLAH ORANG DAN DAFTAR HADIR",
        "Jumat, 25 September 2020",
        "10:00:00 WITA – 10:20:00 WITA",
        "Angka kamera 12 atau kurang tidak pernah menjadi bukti bahwa batas dipatuhi.",
        "Melebihi batas 12: dihitung 9, kamera 13; sampai 10:10",
        "Rini, 10:05: Petugas = 1 orang, <b>sudah</b> #keluar",
        "11 (10:10)",
        "200,0",
        "Budi, S.H.",
        "tidak datang",
        f"uji, {last.sequence}",
    ):
        assert words in said, words
    assert last.hash in said.replace(" ", "")
    english = await pages(house, "headcount.pdf?lang=en&room=64.71")
    assert "is never proof of compliance" in english
    assert "There were no alarms." in english
    assert "Kutai" not in english


async def test_the_same_journal_gives_the_same_annex(house: House) -> None:
    await session(house)
    bodies = []
    for later in (0, 7200):
        house.clock.time += later
        bodies.append(await (await house.ask("headcount.pdf")).read())
    assert bodies[0] == bodies[1]


# --- who may know -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PLACES)
async def test_an_operator_is_told_of_the_own_room_alone(house: House, path: str) -> None:
    await house.enters("person-1", "Budi")
    await house.enters("person-2", "Ani", room=BALIKPAPAN)
    own = await house.ask(path, "operator", KUKAR)
    assert own.status == 200
    body = await own.read()
    if path.startswith("attendance"):
        assert (b"Budi" in body, b"Ani" in body) == (True, False)
    if not path.endswith("pdf"):
        assert BALIKPAPAN.encode() not in body
    assert (await house.ask(f"{path}?room={KUKAR}", "operator", KUKAR)).status == 200
    await refused(house, 403, "not_allowed", f"{path}?room={BALIKPAPAN}", "operator", KUKAR)
    for role in ("observer", "tester"):
        await refused(house, 403, "not_allowed", path, role)
    await refused(house, 401, "bad_token", path, "")
    assert (await house.ask(path, "technician")).status == 200
    await refused(house, 404, "unknown_room", f"{path}?room=99", "technician")
    await refused(house, 404, "not_found", path, conference="lain")


async def test_a_journal_that_cannot_be_read_is_told(house: House, home: DataDir) -> None:
    await house.does(OPERATOR, do.SetCount(room=KUKAR, value=9))
    with closing(sqlite3.connect(home.journal)) as other:
        other.execute("DROP TRIGGER journal_not_changed")
        other.execute("UPDATE journal SET at = at + 1 WHERE sequence = 2")
        other.commit()
    for path in PLACES:
        await refused(house, 503, "journal_unread", path)


async def test_a_server_serves_them(home: DataDir) -> None:
    async with serving(home) as server, http(server, "moderator") as session:
        at = f"/api/v1/conferences/{link_of(server, 'moderator').conference}"
        body = "room,name,institution,role\nPaser,Ani,KPU,KPU\n"
        async with session.post(f"{at}/expected", data=body) as answer:
            assert await answer.json() == {"rooms": {"64.01": 1}, "persons": 1}
        for path in PLACES:
            async with session.get(f"{at}/{path}") as answer:
                assert answer.status == 200
                assert "attachment" in answer.headers.get("Content-Disposition", "attachment")
