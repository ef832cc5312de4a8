"""A purge: which rows of the journal change, and the entry that vouches for them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from vicon.core import privacy
from vicon.core.events import PersonalDataPurged
from vicon.core.privacy import Due, Keep
from vicon.ops.data import DataDir
from vicon.store import reader
from vicon.store.chain import Row, digest_of, entry_hash, make_rows
from vicon.store.faults import told
from vicon.store.recordings import recording_places
from vicon.store.schema import BUSY_MS

_WANTED = (*privacy.ENTRIES, "conference_created")
NAMING = "json_extract(event, '$.type') IN ({}) ORDER BY sequence".format(
    ", ".join(f"'{kind}'" for kind in _WANTED)
)
"""Which entries a purge looks at."""
REDACT = "INSERT INTO redactions (conference, sequence, purge, digest) VALUES (?, ?, ?, ?)"
CHANGE = "UPDATE journal SET event = ? WHERE conference = ? AND sequence = ?"
_RUNS = "SELECT count(*) FROM runs WHERE conference = ?"


class Purge(Struct, frozen=True):
    row: Row
    """The purge's own entry."""
    redactions: list[tuple[str, int, int, str]]
    changes: list[tuple[str, str, int]]


def make_purge(
    rows: Sequence[Row],
    roles: Iterable[str],
    head: tuple[int, str],
    why: tuple[int, Mapping[str, str], int],
) -> Purge | None:
    """`rows`: a conference's, that may name persons; `head`: its last sequence and hash; `why`:
    when and who, and how many runs of trials go too. None: nothing is to be done."""
    at, actor, trials = why
    found = privacy.redact([msgspec.json.decode(row.event) for row in rows], roles)
    changed = [
        replace(rows[place], event=msgspec.json.encode(event, order="sorted"))
        for place, event in found.changed.items()
    ]
    if not rows or not (changed or trials):
        return None
    digests = {row.sequence: entry_hash(row) for row in changed}
    event = PersonalDataPurged(
        entries=len(changed), names=found.names, trials=trials, digest=digest_of(digests)
    )
    conference = rows[0].conference
    (entry,) = make_rows(conference, head, [(at, actor, [event])])
    return Purge(
        row=entry,
        redactions=[(conference, one, entry.sequence, d) for one, d in digests.items()],
        changes=[(row.event.decode(), conference, row.sequence) for row in changed],
    )


def roles_in(rows: Iterable[Row]) -> list[str]:
    """The conference's own roles, from its first entry."""
    for row in rows:
        event: dict[str, Any] = msgspec.json.decode(row.event)
        if event.get("type") == "conference_created":
            return list(event["plan"].get("policy", {}).get("roles", []))
    return []


def survey(home: DataDir, conference: str, keep: Keep, now: int) -> Due:
    """What of a conference is due, without changing anything; also while a server runs.

    Raises JournalFault.
    """
    rows, closed_at = [], None
    for row in reader.rows(home.journal, conference):
        event: dict[str, Any] = msgspec.json.decode(row.event)
        if event.get("type") in _WANTED:
            rows.append(row)
        elif event.get("type") == "phase_changed" and event.get("phase") == "closed":
            closed_at = row.at
    found = privacy.redact([msgspec.json.decode(row.event) for row in rows], roles_in(rows))
    counted = len(found.changed), found.names, _count_runs(home.trials, conference)
    recordings = len(recording_places(home.recordings, conference))
    return privacy.due(conference, closed_at, keep, now, counted, recordings)


def _count_runs(path: Path, conference: str) -> int:
    if not path.is_file():
        return 0
    try:
        uri = f"{path.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
            return int(connection.execute(_RUNS, (conference,)).fetchone()[0])
    except sqlite3.Error as error:
        raise told(error, trials=True) from error
