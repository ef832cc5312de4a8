"""`vicon journal show|verify|export`: read-only, also while the server runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from itertools import chain
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from cyclopts import App, Parameter

from vicon.cli.common import DONE, REFUSED, Data, Json, WrongUse, say, write_json
from vicon.ops.data import DataDir, write_private
from vicon.ops.trail import trail
from vicon.ops.words import environment_language, reason_of
from vicon.store import reader
from vicon.store.chain import Report, Row, export_line
from vicon.store.exported import check_export

app = App(
    name="journal",
    help=say("Membaca, memeriksa, mengekspor jurnal.", "Read, verify, export the journal."),
)
Conference = Annotated[
    str | None,
    Parameter(help=say("Hanya vicon dengan id ini.", "Only the conference with this id.")),
]


@app.command(help=say("Menampilkan catatan jurnal.", "Show the entries."))
def show(*, data: Data, conference: Conference = None, json: Json = False) -> int:
    """One entry a line, in the conference's own time; with --json as in `export`."""
    zones: dict[str, tuple[tzinfo, str]] = {}
    with (
        trail(DataDir(data), "journal show", conference=conference),
        reader.looking(DataDir(data).journal, conference) as sight,
    ):
        for row in _some(sight.rows, conference):
            if json:
                line = export_line(row, sight.of(row.conference)).decode()
            else:
                line = _line(row, zones)
            sys.stdout.write(f"{line}\n")
    return DONE


@app.command(
    help=say(
        "Memeriksa rantai hash; catatan pertama yang salah disebut.",
        "Check the hash chain; the first wrong entry is named.",
    )
)
def verify(
    file: Annotated[
        Path | None,
        Parameter(
            help=say(
                "Hasil `vicon journal export`, tanpa server.",
                "What `vicon journal export` wrote, without a server.",
            )
        ),
    ] = None,
    /,
    *,
    data: Annotated[
        Path | None, Parameter(help=say("Direktori data server.", "The server's data directory."))
    ] = None,
    conference: Conference = None,
    json: Json = False,
) -> int:
    """0: all fits; 1: something was changed or is missing."""
    report = _checked(file, data)
    if conference is not None:
        report = _only(report, conference)
    if json:
        write_json(_as_json(report))
    else:
        sys.stdout.write(_as_text(report))
    return DONE if report.sound else REFUSED


def _checked(file: Path | None, data: Path | None) -> Report:
    """Raises WrongUse for none or both, and for a file that cannot be read or holds nothing."""
    if (file is None) == (data is None):
        raise WrongUse(
            "Sebutkan satu: berkas hasil ekspor, atau --data.",
            "Name one of the two: an exported file, or --data.",
        )
    if data is not None:
        return reader.verify(DataDir(data).journal)
    assert file is not None
    try:
        report = check_export(file.read_bytes())
    except OSError as error:
        raise WrongUse(
            f"{file} tidak dapat dibaca ({reason_of(error)}).",
            f"{file} cannot be read ({reason_of(error)}).",
        ) from error
    if not report.conferences:
        raise WrongUse(f"{file} kosong.", f"{file} is empty.")
    return report


@app.command(help=say("Mengekspor sebagai JSON Lines.", "Export as JSON Lines."))
def export(
    *,
    data: Data,
    conference: Conference = None,
    output: Annotated[
        Path | None,
        Parameter(help=say("Ke berkas ini, bukan ke layar.", "To this file, not the screen.")),
    ] = None,
) -> int:
    """One entry a line, as hashed: it can be checked without vicon (docs/adr/0201)."""
    with (
        trail(DataDir(data), "journal export", conference=conference, out=output),
        reader.looking(DataDir(data).journal, conference) as sight,
    ):
        lines = (
            export_line(row, sight.of(row.conference)) + b"\n"
            for row in _some(sight.rows, conference)
        )
        if output is not None:
            write_private(output, b"".join(lines))
            return DONE
        for line in lines:
            sys.stdout.buffer.write(line)
    return DONE


def _some(rows: Iterator[Row], conference: str | None) -> Iterator[Row]:
    """Raises WrongUse if a conference was named that is not there."""
    first = next(rows, None)
    if first is None:
        if conference is not None:
            raise _unknown(conference)
        return iter(())
    return chain([first], rows)


def _only(report: Report, conference: str) -> Report:
    checked = [one for one in report.conferences if one.conference == conference]
    if not checked:
        raise _unknown(conference)
    faults = [one for one in report.faults if one.conference == conference]
    return Report(conferences=checked, faults=faults)


def _unknown(conference: str) -> WrongUse:
    return WrongUse(
        f"Tidak ada catatan untuk vicon `{conference}`. Id yang ada: lihat `vicon journal show`.",
        f"There is no entry for a conference `{conference}`. For the ids: `vicon journal show`.",
    )


def _line(row: Row, zones: dict[str, tuple[tzinfo, str]]) -> str:
    """`kaltim-2020 12  2020-09-25 09:12:40 WITA  moderator Rini 64  floor_changed room=64.08`"""
    event: dict[str, Any] = msgspec.json.decode(row.event)
    actor: dict[str, str] = msgspec.json.decode(row.actor)
    kind = event.pop("type", "?")
    if kind in ("conference_created", "plan_changed"):
        plan = event["plan"]
        zones[row.conference] = ZoneInfo(plan["timezone"]), plan["timezone_label"]
        event = {"title": plan["title"], "rooms": len(plan["rooms"])}
    if kind == "links_issued":
        event = {"links": ", ".join(link["name"] for link in event["links"])}
    zone, label = zones.get(row.conference, (UTC, "UTC"))
    at = f"{datetime.fromtimestamp(row.at / 1000, zone):%Y-%m-%d %H:%M:%S} {label}"
    who = " ".join(actor[key] for key in ("role", "name", "room") if actor.get(key))
    what = " ".join(f"{key}={_plain(value)}" for key, value in event.items())
    return f"{row.conference} {row.sequence}  {at}  {who}  {kind} {what}".rstrip()


def _plain(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _as_json(report: Report) -> dict[str, Any]:
    language = environment_language()
    return {
        "sound": report.sound,
        "conferences": report.conferences,
        "faults": [
            {
                "conference": fault.conference,
                "sequence": fault.sequence,
                "kind": fault.kind,
                "text": fault.words.say(language),
            }
            for fault in report.faults
        ],
    }


def _as_text(report: Report) -> str:
    wrong = {fault.conference: fault for fault in report.faults}
    lines = []
    for one in report.conferences:
        if fault := wrong.get(one.conference):
            why = fault.words.say(environment_language())
            at = say(f"SALAH pada catatan {fault.sequence}", f"WRONG at entry {fault.sequence}")
            lines.append(f"{one.conference}: {at}: {why}.")
            continue
        lines.append(
            say(
                f"{one.conference}: {one.entries} catatan utuh. Hash terakhir {one.last}",
                f"{one.conference}: {one.entries} entries are whole. Last hash {one.last}",
            )
        )
    lines.append(
        say(
            "Catatan yang hilang di akhir tidak dapat dilihat: bandingkan hash terakhir dengan "
            "yang pernah dicatat.",
            "Entries missing at the end cannot be seen: compare the last hash with one noted "
            "before.",
        )
    )
    return "\n".join(lines) + "\n"
