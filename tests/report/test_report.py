"""What a superior gets in hand, what a spreadsheet opens, what a chat shows."""

from __future__ import annotations

import csv as tables
import io
import json as jsons

import pypdfium2
import pytest
from msgspec.structs import replace

from tests.report.examples import STARTED, broken, failing, figure, good
from vicon.measure.run import Run, Step, Words
from vicon.report.compare import compare
from vicon.report.plain import csv, find_hash, json, text
from vicon.report.trial import Form, pdf
from vicon.report.words import Language, opening, spoken

FORM = Form(title="Deklarasi & Pakta Integritas 2020", kop=("Pemerintah Provinsi", "Diskominfo"))
_ENDS = ("awal", "akhir")
LANGUAGES: tuple[Language, ...] = ("id", "en")


def read(data: bytes) -> tuple[str, int]:
    """All text of a PDF in one line, and its pages."""
    document = pypdfium2.PdfDocument(data)
    pages = [document[i].get_textpage().get_text_range() for i in range(len(document))]
    return " ".join(" ".join(pages).split()), len(document)


@pytest.mark.parametrize("run", [good(), failing(), broken()], ids=["good", "failing", "broken"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_pdf_holds_the_facts(run: Run, lang: Language) -> None:
    said, pages = read(pdf(run, FORM, lang))
    assert pages <= 3
    assert run.hash[:20] in said.replace(" ", "")
    for words in (run.room_name, run.by, "ITU-T G.107", "Chromium 156", run.path):
        assert words in said, words
    assert ("Petugas Penguji" if lang == "id" else "Testing officer") in said
    sentence = run.sentence.id if lang == "id" else run.sentence.en
    assert sentence in said


def test_cause_and_cure_are_printed() -> None:
    said, _ = read(pdf(failing(), FORM, "id"))
    assert "Mikrofon meja (USB) terbaca, tetapi tidak bersuara: −74 dBFS, batas −60 dBFS." in said
    assert "Tekan sakelar mikrofon sampai lampunya hijau." in said
    assert "NotFoundError" in said
    assert "GAGAL" in said


def test_the_same_run_gives_the_same_bytes() -> None:
    assert pdf(good(), FORM, "id") == pdf(good(), FORM, "id")


def test_nothing_that_a_person_typed_is_markup() -> None:
    name = '#panic("x") $a$ [b] *c* _d_ @e <f> \\ "g" // h'
    run = replace(good(), by=name, room_name=name, agent=name + " عربي 漢字")
    said, _ = read(pdf(run, FORM, "id"))
    assert name in said


def _long(word: str) -> Words:
    """Its first and its last word can be found again; a hyphen would be a place to break a line."""
    text = f"{word}awal " + "kata " * 40 + f"{word}akhir"
    return Words(text, text)


def test_every_finding_and_cure_is_printed_however_many_and_long() -> None:
    base = failing()
    found = {
        step.name: [f"{step.name}{what}" for what in ("sebab", "satu", "dua", "tiga", "empat")]
        for step in base.steps
        if step.name != "verdict"  # it repeats the worst of the others
    }
    steps = tuple(
        replace(
            step,
            cause=_long(found[step.name][0]),
            cure=tuple(_long(word) for word in found[step.name][1:]),
            state="warn",
        )
        if step.name in found
        else step
        for step in base.steps
    )
    said, _ = read(pdf(replace(base, steps=steps), FORM, "id"))
    wanted = [word + end for words in found.values() for word in words for end in _ENDS]
    assert len(wanted) == 70
    assert [word for word in wanted if said.count(word) != 1] == []


def test_a_long_name_is_printed_whole() -> None:
    name = "Kabupaten " + " ".join(["Panjangsekali"] * 8)
    said, _ = read(pdf(replace(good(), room_name=name), FORM, "id"))
    assert name in said


@pytest.mark.parametrize("run", [good(), failing()], ids=["good", "failing"])
def test_every_format_carries_the_hash(run: Run) -> None:
    files = (
        pdf(run, FORM, "id"),
        csv(run, "id", FORM.zone, FORM.zone_label),
        json(run),
        text(run, "id", FORM.zone, FORM.zone_label).encode(),
    )
    assert [find_hash(data) for data in files] == [run.hash] * 4
    assert find_hash(b"vicon:abc") is None


def test_a_spreadsheet_in_indonesian_reads_the_figures() -> None:
    data = csv(failing(), "id", FORM.zone, FORM.zone_label)
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(tables.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    mos = next(row for row in rows if len(row) > 2 and row[2] == "mos")
    assert mos[:5] == ["media", "pass", "mos", "4,37", ""]
    unknown = replace(good().steps[0], figures=(figure("x_ms", None, "ms", "tidak terukur"),))
    empty = csv(replace(good(), steps=(unknown,)), "en", FORM.zone, FORM.zone_label).decode()
    assert ";x_ms;;ms;" in empty


def test_a_name_is_no_formula() -> None:
    run = replace(good(), by='=HYPERLINK("http://x")')
    assert "\"'=HYPERLINK" in csv(run, "id", FORM.zone, FORM.zone_label).decode()


def test_json_is_the_run_whole() -> None:
    told = jsons.loads(json(good()))
    assert told["run"]["hash"] == good().hash
    assert told["run"]["steps"][4]["figures"][0]["value"] == 42.0


def test_text_for_a_chat_is_short_and_names_the_cure() -> None:
    said = text(failing(), "id", FORM.zone, FORM.zone_label)
    assert len(said.splitlines()) <= 25
    assert "GAGAL" in said
    assert "[X] Perangkat: gagal" in said
    assert "Tekan sakelar mikrofon" in said
    assert "06:20:52 WITA" in said


def test_dates_in_letters() -> None:
    assert "Jumat, tanggal dua puluh lima, bulan September, tahun dua ribu dua puluh," in opening(
        STARTED, "Asia/Makassar", "id"
    )
    assert "Friday, 25 September 2020" in opening(STARTED, "Asia/Makassar", "en")


@pytest.mark.parametrize(
    ("number", "letters"),
    [
        (0, "nol"),
        (11, "sebelas"),
        (19, "sembilan belas"),
        (20, "dua puluh"),
        (100, "seratus"),
        (111, "seratus sebelas"),
        (1000, "seribu"),
        (1945, "seribu sembilan ratus empat puluh lima"),
        (2026, "dua ribu dua puluh enam"),
    ],
)
def test_numbers_in_letters(number: int, letters: str) -> None:
    assert spoken(number) == letters


def _with(run: Run, **values: float) -> Run:
    def changed(step: Step) -> Step:
        figures = tuple(
            replace(f, value=values.get(f.name, f.value), at_least=False) for f in step.figures
        )
        return replace(step, figures=figures)

    return replace(run, steps=tuple(changed(step) for step in run.steps))


def test_a_comparison_knows_better_from_worse() -> None:
    rows = {
        row.name: row.change
        for row in compare(
            _with(good(), rtt_ms=80, mos=4.37, loss_up_percent=0.2, capacity_up_kbps=9000), good()
        )
    }
    assert rows["rtt_ms"] == "worse"
    assert rows["mos"] == "same"
    assert rows["loss_up_percent"] == "same"  # within the intervals
    assert rows["capacity_up_kbps"] == "better"
    assert {row.change for row in compare(good(), None)} == {"unknown"}
