"""One conference as a table: of the configuration's TOML, and of the editor's JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import tomli_w

from vicon.config.check import Finding, findings
from vicon.config.kinds import is_timezone
from vicon.config.lines import Place
from vicon.config.settings import Conference
from vicon.ops.words import Words

Table = dict[str, Any]
_ORDER = {name: place for place, name in enumerate(Conference.__struct_encode_fields__)}
_AT = ("conferences", 0)
_HEAD = """\
# vicon: one conference, kept by the page of the organizer. What is written here by hand while the
# server runs is not seen before its next start. `vicon config --check FILE` names what is wrong.

"""


def check(table: Table) -> list[Finding]:
    """All that is wrong with it, places within the table; empty if it makes a Conference."""
    found = findings({"conferences": [table]}, Path())
    return [Finding(_within(one.place), one.words) for one in found]


def conference(table: Table) -> Conference:
    """Of a table in which nothing is wrong. Raises msgspec.ValidationError."""
    return msgspec.convert(table, Conference)


def of(conference: Conference) -> Table:
    """The table that makes it."""
    table: Table = _without_nulls(msgspec.to_builtins(conference, builtin_types=(datetime,)))
    return table


def from_json(said: Mapping[str, Any]) -> tuple[Table, list[Finding]]:
    """JSON knows no times and no absence: `starts_at` is ISO 8601 text, and null is as if it were
    not there."""
    table: Table = _without_nulls(dict(said))
    wrong: list[Finding] = []
    begin = table.get("starts_at")
    if begin == "":
        del table["starts_at"]
    elif isinstance(begin, str):
        try:
            table["starts_at"] = datetime.fromisoformat(begin)
        except ValueError:
            del table["starts_at"]
            wrong.append(Finding(("starts_at",), _NO_TIME))
    return table, wrong


def to_json(table: Table) -> Table:
    """The other way round; `starts_at` as the clocks of the conference's own time zone show it."""
    begin = table.get("starts_at")
    if not isinstance(begin, datetime):
        return dict(table)
    if begin.tzinfo is not None and is_timezone(str(table.get("timezone"))):
        begin = begin.astimezone(ZoneInfo(table["timezone"]))
    precision = "auto" if begin.second or begin.microsecond else "minutes"
    return {**table, "starts_at": begin.replace(tzinfo=None).isoformat(timespec=precision)}


def render(table: Table) -> str:
    """TOML in the form of the configuration."""
    ordered = dict(sorted(table.items(), key=lambda item: _ORDER.get(item[0], len(_ORDER))))
    return _HEAD + tomli_w.dumps({"conferences": [ordered]}, multiline_strings=True)


def _within(place: Place) -> Place:
    return place[len(_AT) :] if place[: len(_AT)] == _AT else place


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_without_nulls(inner) for inner in value]
    return value


_NO_TIME = Words(
    "harus tanggal dan jam, contoh 2020-09-25T09:00",
    "must be a date and a time, such as 2020-09-25T09:00",
)
