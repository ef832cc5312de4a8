"""The minutes as they are handed out: the facts, in both languages, the same bytes each time."""

from __future__ import annotations

import io
import json as jsons
import re
import xml.etree.ElementTree as ET
import zipfile

import pypdfium2
import pytest
from msgspec.structs import replace

from tests.core.scene import HUB, KUKAR, PASER, make_plan, operator
from tests.core.told import RINI, Told, plan, recorded, session, talked, troubled
from tests.report.test_report import LANGUAGES, read
from vicon.core import commands as do
from vicon.core import commands_ceremony as ask
from vicon.core.commands_server import NoteTakeover
from vicon.core.minutes import minutes_of
from vicon.core.minutewords import Minutes
from vicon.core.model import Expected
from vicon.core.pactwords import Document, Witness
from vicon.report.minutes import Format, MinutesReports, paper_of
from vicon.report.minutes_blocks import TEXT_MM, Facts, Heading, Para, Table, Title
from vicon.report.minutes_server import server_rows
from vicon.report.minutes_told import Told as ToldIn
from vicon.report.words import Language

REPORTS = MinutesReports()
FORMATS: tuple[Format, ...] = ("json", "pdf", "odt")
NASTY = '#panic("x") $a$ [b] *c* _d_ @e <f> \\ "g" // h & \'i\''
ARABIC = "محمد علي"


def told(scene: Told) -> Minutes:
    return minutes_of(scene.entries())


@pytest.fixture(scope="module")
def minutes() -> Minutes:
    return told(session())


def part(data: bytes, name: str) -> ET.Element:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return ET.fromstring(archive.read(name))


def words(data: bytes) -> str:
    """All text of an OpenDocument, its line breaks and spaces as such."""
    return " ".join(_flat(part(data, "content.xml")).split())


def _flat(element: ET.Element) -> str:
    local = element.tag.rpartition("}")[2]
    inside = "".join(_flat(child) + (child.tail or "") for child in element)
    gap = " " if local in ("p", "h", "line-break", "tab", "s") else ""
    return f"{element.text or ''}{inside}{gap}"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_same_journal_gives_the_same_bytes(format: Format, lang: Language) -> None:
    first, second = (REPORTS.make(told(session()), format, lang) for _ in range(2))
    assert first == second


def test_json_is_the_minutes_whole(minutes: Minutes) -> None:
    data = REPORTS.make(minutes, "json", "id")
    assert data == REPORTS.make(minutes, "json", "en")
    found = jsons.loads(data)
    assert found["journal"]["hash"] == minutes.journal.hash
    assert found["rooms"][1]["attendance"][0]["name"] == "Ani"
    assert list(found)[:3] == ["conference", "title", "timezone"]


FACTS: dict[Language, tuple[str, ...]] = {
    "id": (
        "BERITA ACARA",
        "NOMOR:",
        "Pada hari ini, Jumat, tanggal dua puluh lima, bulan September, tahun dua ribu dua puluh, "
        "kami masing-masing:",
        "selanjutnya disebut Pihak Pertama;",
        "Waktu rencana : 09:00 – 09:13 WITA",
        "Waktu pelaksanaan : 09:01 – 09:15 WITA",
        "Moderator : Rini",
        "Terlambat (semula tidak hadir 09:03)",
        "2 (09:01)",
        "27,0",
        "Foto bersama (dilewati)",
        "selisih di akhir +3:00 dari rencana",
        "Ruang lengkap : 1 dari 2",
        "dicoret 09:09 oleh Rini: Salah orang",
        "belum menandatangani",
        "tanda tangan elektronik tidak tersertifikasi",
        "Jalur sempit.",
        "Sambungan terputus : 1 kali, seluruhnya 0:15",
        "Gambar diturunkan : 1 kali, seluruhnya 0:18",
        "paket hilang 12,5 % (unggah)",
        "Panggilan bantuan : 1, dijawab 1",
        "Demikian Berita Acara ini dibuat dalam rangkap",
        "Mengetahui,",
        "Tanda Tangan",
        "masuk 08:50, keluar 09:14",
        "Diharapkan, tidak tercatat hadir: Budi (KPU).",
        "Melebihi batas 12: dihitung 2, kamera 13",
        "Rini, 09:10: Satu orang keluar",
        "Petugas medis",
        "kembali 09:11:45",
        "Suara hilang",
        "Kabupaten Paser 08:55",
        "Jumlah catatan : 84",
        "vicon journal verify --data DIREKTORI",
    ),
    "en": (
        "MINUTES",
        "On Friday, 25 September 2020, we, each of us:",
        "Held : 09:01 – 09:15 WITA",
        "Late (at first absent 09:03)",
        "27.0",
        "Foto bersama (skipped)",
        "at the end +3:00 behind the plan",
        "struck out 09:09 by Rini: Salah orang",
        "has not signed",
        "at most an uncertified electronic signature",
        "The line is narrow.",
        "Links lost : once, 0:15 in all",
        "Pictures reduced : once, 0:18 in all",
        "12.5 % loss (up)",
        "in 08:50, out 09:14",
        "Expected, not entered: Budi (KPU).",
        "back at 09:11:45",
        "vicon journal verify --data DIRECTORY",
    ),
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pdf_and_document_hold_the_facts(minutes: Minutes, lang: Language) -> None:
    said, pages = read(REPORTS.make(minutes, "pdf", lang))
    written = words(REPORTS.make(minutes, "odt", lang))
    assert pages <= 9
    for text in FACTS[lang]:
        # In a column a line may end anywhere, and what stands beside comes between.
        for word in text.split():
            assert word in said, text
        assert text in written
    assert minutes.journal.hash in said
    assert minutes.journal.hash in written


BESIDE: dict[Language, tuple[str, ...]] = {
    "id": (
        "Pengumuman suara : 1",
        "Saluran pribadi : 3",
        "09:01:00 Rini 0:30 09:01:30",
        "Kabupaten Kutai Kartanegara 09:02, 64.02-main 2 09:03:00",
        "Teknisi tidak – 09:03:30 (tidak dijawab)",
        "tidak – 09:05:00 (sesi ditutup)",
    ),
    "en": (
        "Voice announcements : 1",
        "Private lines : 3",
        "Technicians no – 09:03:30 (not answered)",
        "no – 09:05:00 (the session was closed)",
    ),
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_announcements_and_private_lines_are_told(lang: Language) -> None:
    minutes = told(talked())
    said, _ = read(REPORTS.make(minutes, "pdf", lang))
    written = words(REPORTS.make(minutes, "odt", lang))
    for text in BESIDE[lang]:
        for word in text.split():
            assert word in said, text
        assert text in written
    assert "Rahasia" not in said + written


@pytest.mark.parametrize("lang", LANGUAGES)
def test_who_signed_by_keyboard_is_said_to_have(lang: Language) -> None:
    scene = Told(plan())
    scene.does(RINI, ask.NameSignatory(room=PASER, person="q1", name="Budi Santoso"))
    scene.does(RINI, ask.SetWitnesses(room=PASER, witnesses=(Witness(name="Dewi"),)))
    scene.does(RINI, ask.OpenPact(on=True))
    scene.signs(PASER, "q1", (), typed="Budi Santoso")
    said = {"id": "dibubuhkan lewat papan ketik", "en": "given by keyboard"}[lang]
    assert said in read(REPORTS.make(told(scene), "pdf", lang))[0]
    assert said in words(REPORTS.make(told(scene), "odt", lang))


def test_the_document_says_all_that_the_pdf_says(minutes: Minutes) -> None:
    paper = paper_of(minutes, "id")
    written, said = (
        words(REPORTS.make(minutes, "odt", "id")),
        read(REPORTS.make(minutes, "pdf", "id")),
    )
    texts: list[str] = []
    for block in paper.blocks:
        if isinstance(block, Heading | Para):
            texts.append(block.text)
        elif isinstance(block, Title):
            texts += block.lines
        elif isinstance(block, Facts):
            texts += [cell for row in block.rows for cell in row if cell]
        elif isinstance(block, Table):
            texts += [*block.heads, *(cell for row in block.rows for cell in row)]
    assert len(texts) > 200
    for text in texts:
        assert " ".join(text.split()) in written
        assert all(word in said[0].replace("\u200b", "") for word in text.split()), text


def test_nothing_is_invented(minutes: Minutes) -> None:
    """Letterhead, number, names, NIP and rank are empty lines; so are the places to sign."""
    paper = paper_of(minutes, "id")
    parties = [block for block in paper.blocks if isinstance(block, Facts) and block.number]
    assert [[value for _, value in block.rows] for block in parties] == [[None] * 5] * 2
    lists = [block for block in paper.blocks if isinstance(block, Table) and block.tall]
    assert [row[4] for block in lists for row in block.rows] == ["", ""]
    assert all(block.heads[4] == "Tanda Tangan" for block in lists)
    said, _ = read(REPORTS.make(minutes, "pdf", "id"))
    assert re.search(r"NIP\.? ?\d", said) is None


def test_tables_fill_the_width_of_the_text(minutes: Minutes) -> None:
    for block in paper_of(minutes, "id").blocks:
        if isinstance(block, Table):
            assert sum(block.widths) == TEXT_MM, block.heads
            assert {len(row) for row in block.rows} == {len(block.heads)} == {len(block.widths)}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_before_anything_happened_nothing_is_made_up(lang: Language) -> None:
    minutes = told(Told(make_plan(10)))
    said, _ = read(REPORTS.make(minutes, "pdf", lang))
    wanted = {
        "id": ("SEMENTARA", "Tidak ada susunan acara.", "Tidak ada pakta.", "tidak pernah"),
        "en": ("PROVISIONAL", "There was no rundown.", "There was no pact.", "never"),
    }
    for text in wanted[lang]:
        assert text in said
    assert "WITA" in said
    assert words(REPORTS.make(minutes, "odt", lang)).startswith("…")


def nasty() -> Told:
    """Everything that a person can type."""
    scene = Told(replace(plan(), title=f"Rapat {NASTY}", rundown=(), pact=None))
    scene.does(RINI, ask.EditPact(document=Document(title=f"Pakta {NASTY}", points=(NASTY,))))
    for number, name in enumerate((NASTY, ARABIC, f"{ARABIC} {NASTY}")):
        enter = do.EnterPerson(
            room=PASER, person=f"person-{number}", name=name, institution=NASTY, role=ARABIC
        )
        scene.does(operator(PASER), enter)
    scene.does(RINI, do.ImportExpected(persons={KUKAR: (Expected(name=NASTY),)}))
    scene.does(RINI, ask.SendCue(cue="cue-00001", text=NASTY, room=PASER))
    scene.does(operator(PASER), ask.CallHelp(room=PASER, text=NASTY))
    scene.does(RINI, do.AllowCount(room=KUKAR, limit=14, reason=f"\x00\x1b{NASTY}\n  dua\tbaris"))
    return scene


def test_nothing_that_a_person_typed_is_markup() -> None:
    minutes = told(nasty())
    said, _ = read(REPORTS.make(minutes, "pdf", "id"))
    said = said.replace("\u200b", "")
    for word in NASTY.split():
        assert said.count(word) >= 7, word
    written = words(REPORTS.make(minutes, "odt", "id"))
    assert written.count(NASTY) >= 9
    assert written.count(ARABIC) >= 2
    assert f"\ufffd\ufffd{NASTY} dua baris" in written


def test_a_word_without_a_place_to_break_stays_on_the_page() -> None:
    scene = Told(plan())
    name = "W" * 100
    enter = do.EnterPerson(room=PASER, person="person-1", name=name, institution=name, role=name)
    scene.does(operator(PASER), enter)
    scene.does(RINI, ask.SendCue(cue="cue-00001", text="V" * 300, room=PASER))
    data = REPORTS.make(told(scene), "pdf", "id")
    said = read(data)[0].replace("\u200b", "").replace(" ", "")
    assert said.count("W") >= 300
    document = pypdfium2.PdfDocument(data)
    for page in document:
        text = page.get_textpage()
        boxes = [text.get_charbox(i) for i in range(text.count_chars())]
        assert max(box[2] for box in boxes) <= page.get_width() - 19 / 25.4 * 72


def test_everybody_is_on_the_list_to_be_signed() -> None:
    scene = Told(make_plan(10))
    rooms = list(scene.state.rooms)
    for code in rooms:
        for number in range(12):
            enter = do.EnterPerson(
                room=code,
                person=f"person-{code}-{number}".replace(".", "-"),
                name=f"Orang{code}.{number}",
                institution="KPU",
                role="KPU",
            )
            scene.does(RINI if code == HUB else operator(code), enter)
    said, pages = read(REPORTS.make(told(scene), "pdf", "id"))
    assert pages < 20
    for code in rooms:
        for number in range(12):
            assert f"Orang{code}.{number}" in said.replace("\u200b", "")


def test_a_program_sees_what_kind_of_file_it_is(minutes: Minutes) -> None:
    """ISO/IEC 26300-2, 3.3: the first bytes tell it."""
    data = REPORTS.make(minutes, "odt", "id")
    kind = b"application/vnd.oasis.opendocument.text"
    assert data[30:38] == b"mimetype"
    assert data[38 : 38 + len(kind)] == kind
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    listed = part(data, "META-INF/manifest.xml")
    paths = {value for entry in listed for key, value in entry.items() if key.endswith("full-path")}
    assert paths == {"/", *names} - {"mimetype", "META-INF/manifest.xml"}


def test_every_style_that_is_used_is_there(minutes: Minutes) -> None:
    data = REPORTS.make(minutes, "odt", "id")
    parts = [part(data, name) for name in ("content.xml", "styles.xml")]
    named, used = set[str](), set[str]()
    for element in (each for root in parts for each in root.iter()):
        for key, value in element.items():
            local = key.rpartition("}")[2]
            if element.tag.endswith(("}style", "}font-face", "}page-layout")) and local == "name":
                named.add(value)
            elif local in ("style-name", "parent-style-name", "font-name", "page-layout-name"):
                used.add(value)
    assert used <= named
    assert {"H1", "H2", "Cell", "Box", "Under"} <= used


def test_a_table_of_the_document_has_a_cell_for_each_column(minutes: Minutes) -> None:
    root = part(REPORTS.make(minutes, "odt", "id"), "content.xml")
    tables = [element for element in root.iter() if element.tag.endswith("}table")]
    assert len(tables) > 15
    for table in tables:
        columns = sum(child.tag.endswith("}table-column") for child in table)
        rows = [row for row in table.iter() if row.tag.endswith("}table-row")]
        assert rows
        assert {len(row) for row in rows} == {columns}


TROUBLE: dict[Language, tuple[str, ...]] = {
    "id": (
        "Server digantikan : 1 kali, seluruhnya 0:05",
        "Server kewalahan : 2 kali, seluruhnya 2:00",
        "Jam server melompat : 1 kali",
        "Server lain menggantikan server https://10.0.0.5:8443: server itu mati",
        "media terlambat dikirim; gambar kecil diistirahatkan",
        "Jam server melompat maju 1:00:00; waktu di sini tidak ikut",
        "(di luar sesi)",
    ),
    "en": (
        "Server replaced : once, 0:05 in all",
        "Server hard pressed : 2 times, 2:00 in all",
        "Server's clock jumped : once",
        "Another server took over from the one before https://10.0.0.5:8443: it had ended",
        "media was sent late; thumbnails rested",
        "The server's clock jumped ahead by 1:00:00; the times here did not follow",
        "(not while live)",
    ),
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_befell_the_server_stands_among_the_incidents(lang: Language) -> None:
    found = words(REPORTS.make(told(troubled()), "odt", lang))
    for fact in TROUBLE[lang]:
        assert fact in found, fact
    rows = server_rows(ToldIn(told(troubled()), lang))
    assert [row[0] for row in rows] == ["08:55:00", "09:01:00", "09:02:00", "09:02:55", "09:04:00"]
    assert rows[3][2:] == ("0:05", "09:03:00")


def test_a_takeover_by_a_person_names_the_account() -> None:
    scene = Told(plan(), at=0)
    scene.does(do.SYSTEM, NoteTakeover(why="decided", epoch=7, by="budi"))
    (row,) = server_rows(ToldIn(told(scene), "en"))
    assert row[1] == "Another server took over from the one before: decided by a person (budi)"
    assert row[2] == "–"


RECORDED: dict[Language, tuple[str, ...]] = {
    "id": (
        "dihentikan oleh Rini; terputus 1 kali",
        "dihapus 09:05 oleh Sekretariat",
        "berhenti sendiri: disk penuh",
        "disimpan",
        "sesi ditutup",
    ),
    "en": (
        "stopped by Rini; interrupted once",
        "deleted 09:05 by Sekretariat",
        "ended by itself: the disk was full",
        "kept",
        "the session was closed",
    ),
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_recordings_stand_in_the_minutes(lang: Language) -> None:
    found = words(REPORTS.make(told(recorded()), "odt", lang))
    for fact in RECORDED[lang]:
        assert fact.replace("Rini", RINI.name) in found, fact
    none = {"id": "Sesi ini tidak direkam.", "en": "The session was not recorded."}[lang]
    assert none not in found
    assert none in words(REPORTS.make(told(troubled()), "odt", lang))
    assert REPORTS.make(told(recorded()), "pdf", lang).startswith(b"%PDF")
