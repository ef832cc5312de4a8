"""Reports without a layout: CSV for a spreadsheet, JSON for programs, text for a chat.

Each carries `vicon:<hash>`, by which `vicon trial verify` knows the run.
"""

from __future__ import annotations

import csv as tables
import io
import re

import msgspec

from vicon.measure.run import Figure, Run, encode
from vicon.report.words import KINDS, RUN_STATES, STATES, STEPS, Language, date, pick, time

_HASH = re.compile(rb"vicon:([0-9a-f]{64})")
BOM = b"\xef\xbb\xbf"
"""By which a spreadsheet knows UTF-8."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def mark(run: Run) -> str:
    """What is printed of the hash; empty for a run that is not sealed."""
    return f"vicon:{run.hash}" if run.hash else ""


def find_hash(data: bytes) -> str | None:
    """The hash of the run in a report of any of our formats."""
    found = _HASH.search(data)
    return found.group(1).decode() if found else None


def json(run: Run) -> bytes:
    """The stored form, indented, with the mark beside it."""
    body = msgspec.json.format(encode(run), indent=2).decode()
    return f'{{\n"report": "{mark(run)}",\n"run": {body}\n}}\n'.encode()


def csv(run: Run, lang: Language, zone: str, label: str) -> bytes:
    """One row per step and per figure. As an Indonesian spreadsheet opens it by a double click:
    UTF-8 with a byte order mark, semicolons, and in Indonesian a decimal comma."""
    out = io.StringIO()
    write = tables.writer(out, delimiter=";", lineterminator="\r\n").writerow
    started = f"{date(run.started_at, zone, lang)} {time(run.started_at, zone, label)}"
    for name, value in (
        ("report", mark(run)),
        ("run", run.id),
        ("room", f"{run.room} {run.room_name}"),
        ("started", started),
        ("by", run.by),
        ("verdict", run.verdict or run.state),
        ("profile", run.profile or ""),
        ("sentence", pick(run.sentence, lang)),
    ):
        write((name, safe(value)))
    write(())
    write(("step", "state", "figure", "value", "unit", "interval", "limit", "source", "remark"))
    for step in run.steps:
        cause = pick(step.cause, lang) if step.cause else pick(step.line, lang)
        write((step.name, step.state, "", "", "", "", "", "", safe(cause)))
        for figure in step.figures:
            write(_row(step.name, figure, lang))
    return BOM + out.getvalue().encode()


def _row(step: str, figure: Figure, lang: Language) -> tuple[str, ...]:
    return (
        step,
        figure.state,
        figure.name,
        _cell(figure.value, lang),
        figure.unit,
        _cell(figure.interval, lang),
        safe(pick(figure.limit, lang)),
        safe(figure.source),
        ">=" if figure.at_least else "",
    )


def _cell(value: float | None, lang: Language) -> str:
    if value is None:
        return ""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return text if lang == "en" else text.replace(".", ",")


def safe(text: str) -> str:
    """As a cell: a spreadsheet must not take a name for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


_SIGNS = {"pass": "[OK]", "warn": "[!]", "fail": "[X]"}


def text(run: Run, lang: Language, zone: str, label: str) -> str:
    """At most 25 lines, to paste into a chat."""
    day, hour = date(run.started_at, zone, lang), time(run.started_at, zone, label)
    state = pick(STATES[run.verdict], lang) if run.verdict else pick(RUN_STATES[run.state], lang)
    lines = [
        f"{pick(KINDS[run.kind], lang)}: {run.room_name}, {day}, {hour}",
        f"{state.upper()}{f', {run.profile}' if run.profile not in (None, 'none') else ''}"
        f" - {run.by}",
        pick(run.sentence, lang),
    ]
    for step in run.steps:
        if step.name == "verdict" or step.state == "pending":
            continue
        sign = _SIGNS.get(step.state, "[-]")
        line = pick(step.line, lang) or pick(STATES[step.state], lang)
        lines.append(f"{sign} {pick(STEPS[step.name], lang)}: {line}")
    lines += _troubles(run, lang)
    return "\n".join([*[line for line in lines if line][:24], mark(run)]).rstrip() + "\n"


def _troubles(run: Run, lang: Language) -> list[str]:
    found = []
    for step in run.steps:
        if step.cause is None or step.name == "verdict":
            continue
        cure = " ".join(pick(act, lang) for act in step.cure)
        found.append(f"{pick(STEPS[step.name], lang)}: {pick(step.cause, lang)} {cure}".rstrip())
    return found
