"""The printed test report (Berita Acara Uji Fungsi) of a run, as PDF by typst, offline.

The same run gives the same bytes. Nothing is invented: number, NIP and who approves are lines to
be filled in by hand.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, Literal

import msgspec
import typst
from msgspec import Struct

from vicon.measure.run import Figure, Run, Step
from vicon.measure.run import Words as W
from vicon.report.plain import mark
from vicon.report.words import (
    FIGURES,
    KINDS,
    LIMITS,
    RUN_STATES,
    STATES,
    STEPS,
    Language,
    date,
    opening,
    pick,
    time,
)

Paper = Literal["a4", "folio"]
_PAPERS = {"a4": (210, 297), "folio": (215, 330)}


class Form(Struct, frozen=True, kw_only=True):
    """What an office prints around the facts."""

    title: str
    """Of the conference."""
    kop: tuple[str, ...] = ()
    """Lines of the letterhead, the office's own words; empty: none is printed."""
    zone: str = "Asia/Makassar"
    zone_label: str = "WITA"
    paper: Paper = "a4"
    fonts: tuple[str, ...] = ("Arial", "Liberation Sans", "DejaVu Sans", "Libertinus Serif")
    """The first that the machine has; the last comes with the typesetter."""


_WORDS = {
    "heading": W("BERITA ACARA UJI FUNGSI", "TEST REPORT"),
    "number": W("NOMOR:", "NUMBER:"),
    "run": W("Uji", "Trial"),
    "profile": W("Profil", "Profile"),
    "steps": W("Hasil pemeriksaan", "Results"),
    "step": W("Langkah", "Step"),
    "result": W("Hasil", "Result"),
    "remark": W("Keterangan", "Remarks"),
    "findings": W("Temuan, sebab dan cara memperbaiki", "Findings, causes and cures"),
    "figures": W("Angka yang diukur", "Figures measured"),
    "figure": W("Besaran", "Figure"),
    "value": W("Nilai", "Value"),
    "limit": W("Batas (sumber)", "Threshold (source)"),
    "thresholds": W("Ambang yang berlaku", "Thresholds in force"),
    "passes": W("Lulus", "Pass"),
    "fails": W("Gagal", "Fail"),
    "source": W("Sumber", "Source"),
    "versions": W("Versi", "Versions"),
    "notes": W("Catatan", "Notes"),
    "closing": W(
        "Demikian Berita Acara ini dibuat untuk dipergunakan sebagaimana mestinya.",
        "This report was made to be used as is proper.",
    ),
    "approved": W("Mengetahui", "Seen"),
    "officer": W("Petugas Penguji", "Testing officer"),
    "seal": W(
        "Keaslian laporan ini diperiksa dengan: vicon trial verify BERKAS --data DIREKTORI. "
        "Kode di kaki halaman adalah SHA-256 dari seluruh isi uji yang tersimpan.",
        "Check that this report is genuine with: vicon trial verify FILE --data DIRECTORY. "
        "The code at the foot of each page is the SHA-256 of the whole stored trial.",
    ),
}


def pdf(run: Run, form: Form, lang: Language) -> bytes:
    """Blocking work of some 0.3 s: call it in a thread."""
    template = files("vicon.report").joinpath("trial.typ").read_bytes()
    data = msgspec.json.encode(_data(run, form, lang)).decode()
    made = datetime.fromtimestamp((run.ended_at or run.started_at) // 1000, UTC)
    out: bytes = typst.compile(template, sys_inputs={"data": data}, timestamp=made)
    return out


def _data(run: Run, form: Form, lang: Language) -> dict[str, Any]:
    width, height = _PAPERS[form.paper]
    state = run.verdict or "skipped"
    word = STATES[run.verdict] if run.verdict else RUN_STATES[run.state]
    return {
        "lang": lang,
        "mark": mark(run),
        "run": run.id,
        "title": f"{pick(_WORDS['heading'], lang)}: {run.room_name}",
        "paper": {"width": width, "height": height},
        "fonts": list(form.fonts),
        "kop": list(form.kop),
        "words": {name: pick(words, lang) for name, words in _WORDS.items()},
        "opening": opening(run.started_at, form.zone, lang),
        "identity": _identity(run, form, lang),
        "verdict": {"state": state, "word": pick(word, lang).upper()},
        "profile": run.profile if run.profile not in (None, "none") else "",
        "sentence": pick(run.sentence, lang),
        "steps": [_step(number, step, lang) for number, step in enumerate(run.steps, 1)],
        "findings": [_finding(step, lang) for step in run.steps if _found(step)],
        "figures": [_figure(f, lang) for step in run.steps for f in step.figures],
        "thresholds": [_threshold(row, lang) for row in run.thresholds],
        "versions": [f"{name} {version}" for name, version in run.versions] or ["–"],
        "notes": [f"{pick(STEPS[s.name], lang)}: {note}" for s in run.steps for note in s.notes],
        "officer": run.by,
        "date": date(run.ended_at or run.started_at, form.zone, lang),
    }


def _threshold(row: tuple[str, str, str, str], lang: Language) -> list[str]:
    """Metric, pass, fail, source: in words and with the signs of print."""
    name, passes, fails, source = row
    title = pick(LIMITS[name], lang) if name in LIMITS else name
    limits = (text.replace(">=", "≥").replace("<=", "≤") for text in (passes, fails))
    limits = ("–" if text == "-" else text.replace(" -", " −") for text in limits)
    if lang == "id":
        limits = (re.sub(r"(?<=\d)\.(?=\d)", ",", text) for text in limits)
        limits = (text.replace("(warning)", "(peringatan)") for text in limits)
    return [title, *limits, source]


def _identity(run: Run, form: Form, lang: Language) -> list[dict[str, str]]:
    def row(id: str, en: str, value: str) -> dict[str, str]:
        return {"name": pick(W(id, en), lang), "value": value or "–"}

    start = time(run.started_at, form.zone, form.zone_label)
    end = time(run.ended_at, form.zone, form.zone_label) if run.ended_at else "–"
    together = pick(W("bersama semua ruang", "together with all rooms"), lang)
    kind = pick(KINDS[run.kind], lang) + (f", {together}" if run.together else "")
    return [
        row("Acara", "Event", form.title),
        row("Ruang", "Room", f"{run.room_name} ({run.room})"),
        row("Waktu", "Time", f"{start} – {end}"),
        row("Jenis uji", "Kind", f"{kind}, {run.seconds} s"),
        row("Petugas", "Officer", run.by),
        row("Perangkat", "Equipment", run.agent),
        row("Jalur jaringan", "Network path", run.path),
    ]


def _step(number: int, step: Step, lang: Language) -> dict[str, Any]:
    return {
        "number": number,
        "name": pick(STEPS[step.name], lang),
        "state": step.state,
        "word": pick(STATES[step.state], lang),
        "line": pick(step.line, lang),
    }


def _found(step: Step) -> bool:
    return step.cause is not None and step.name != "verdict"


def _finding(step: Step, lang: Language) -> dict[str, Any]:
    return {
        "step": pick(STEPS[step.name], lang),
        "state": step.state,
        "cause": pick(step.cause, lang) if step.cause else "",
        "cure": [pick(act, lang) for act in step.cure],
    }


def _figure(figure: Figure, lang: Language) -> dict[str, str]:
    return {
        "name": pick(FIGURES[figure.name], lang) if figure.name in FIGURES else figure.name,
        "value": pick(figure.text, lang) or "–",
        "state": figure.state,
        "word": pick(STATES[figure.state], lang),
        "limit": pick(figure.limit, lang) or "–",
        "source": figure.source,
    }
