"""The journal for onlookers: read-only, also while a server writes it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from vicon.store import chain
from vicon.store.chain import NONE, Redactions, Row
from vicon.store.faults import JournalFault, told
from vicon.store.schema import BUSY_MS, check_version

COLUMNS = "conference, sequence, at, actor, event, previous, hash"
REDACTIONS = "SELECT conference, sequence, purge, digest FROM redactions"


class Sight(Struct, frozen=True):
    """A journal as it stood at one moment."""

    redactions: Mapping[str, Redactions]
    """By conference."""
    rows: Iterator[Row]
    """Ordered by conference and sequence."""

    def of(self, conference: str) -> Redactions:
        return self.redactions.get(conference, NONE)


@contextmanager
def looking(path: Path, conference: str | None = None) -> Iterator[Sight]:
    """All entries, or one conference's, and which of them a purge has changed.

    Raises JournalFault: no journal, damaged file, newer schema.
    """
    try:
        with closing(_open(path)) as connection:
            version = check_version(connection)
            connection.execute("BEGIN")  # both tables as of one moment
            known = redactions_of(connection.execute(REDACTIONS)) if version >= 2 else {}
            yield Sight(known, _rows(connection, conference))
    except sqlite3.Error as error:
        raise told(error) from error


def rows(path: Path, conference: str | None = None) -> Iterator[Row]:
    """All entries, or one conference's, ordered by conference and sequence.

    Raises JournalFault: no journal, damaged file, newer schema.
    """
    with looking(path, conference) as sight:
        yield from sight.rows


def verify(path: Path) -> chain.Report:
    """Check every entry of every conference. Raises JournalFault if the file cannot be read."""
    with looking(path) as sight:
        return chain.check(sight.rows, sight.redactions)


def _rows(connection: sqlite3.Connection, conference: str | None) -> Iterator[Row]:
    # Without WHERE in any case: what a changed byte moved to another conference shows.
    for values in connection.execute(
        f"SELECT {COLUMNS} FROM journal ORDER BY conference, sequence"
    ):
        row = row_of(values)
        if conference is None or row.conference == conference:
            yield row


def redactions_of(found: Iterable[tuple[Any, ...]]) -> dict[str, Redactions]:
    """By conference, from rows of REDACTIONS."""
    purges: dict[str, dict[int, dict[int, str]]] = {}
    for conference, sequence, purge, digest in found:
        of = purges.setdefault(_text(conference), {})
        of.setdefault(purge, {})[sequence] = _text(digest)
    return {name: Redactions(purges=each) for name, each in purges.items()}


def row_of(values: tuple[Any, ...]) -> Row:
    """A row read with `text_factory = bytes`; whatever a damaged file gives becomes a value that
    cannot fit its hash, rather than an error without a place."""
    conference, sequence, at, actor, event, previous, hash = values
    return Row(
        conference=_text(conference),
        sequence=sequence if isinstance(sequence, int) else -1,
        at=at if isinstance(at, int) else -1,
        actor=actor if isinstance(actor, bytes) else b"",
        event=event if isinstance(event, bytes) else b"",
        previous=_text(previous),
        hash=_text(hash),
    )


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return repr(value)


def _open(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise JournalFault(
            f"Tidak ada jurnal di {path.parent}. Periksa --data; jurnal dibuat saat server "
            "pertama kali dijalankan.",
            f"There is no journal in {path.parent}. Check --data; a journal is made when a server "
            "first runs.",
        )
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None
    )
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.text_factory = bytes
    return connection
