"""Numbered migrations: `PRAGMA user_version` is the number of the last one applied."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from importlib.resources import files
from pathlib import Path

from vicon.ops.data import make_private_dir
from vicon.store import before
from vicon.store.faults import newer_schema, told

BUSY_MS = 5_000
"""How long SQLite waits for another program's lock."""


JOURNAL, TRIALS = "migrations", "trial_migrations"
"""Folders of the two databases' migrations."""


def migrations(series: str = JOURNAL) -> list[tuple[int, str]]:
    """Number and text of each, in order."""
    folder = files("vicon.store") / series
    return sorted(
        (int(match[1]), entry.read_text(encoding="utf-8"))
        for entry in folder.iterdir()
        if (match := re.fullmatch(r"(\d{4})_\w+\.sql", entry.name))
    )


def prepare(path: Path, series: str = JOURNAL) -> None:
    """Make the database where there is none (0600) and bring it to the newest schema, all
    migrations or none. Before that a copy of what was there is kept (before.py).

    Raises JournalFault: unusable or damaged file, newer schema, no space for the copy.
    """
    try:
        make_private_dir(path.parent)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
            connection.execute("PRAGMA journal_mode = WAL")
            _migrate(connection, path, series)
    except PermissionError as error:
        readonly = sqlite3.OperationalError(str(error))
        readonly.sqlite_errorcode = sqlite3.SQLITE_READONLY
        raise told(readonly, trials=series == TRIALS) from error
    except OSError as error:
        unopened = sqlite3.OperationalError(str(error))
        unopened.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
        raise told(unopened, trials=series == TRIALS) from error
    except sqlite3.Error as error:
        raise told(error, trials=series == TRIALS) from error


def check_version(connection: sqlite3.Connection, series: str = JOURNAL) -> int:
    """The schema's version. Raises JournalFault if it is newer than this program."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    known = migrations(series)[-1][0]
    if version > known:
        kept = before.name_of(_file(connection), known)
        raise newer_schema(
            version, known, trials=series == TRIALS, kept=kept if kept.is_file() else None
        )
    return int(version)


def _file(connection: sqlite3.Connection) -> Path:
    named = next(row[2] for row in connection.execute("PRAGMA database_list"))
    return Path(os.fsdecode(named))  # bytes, where the connection reads text so


def _migrate(connection: sqlite3.Connection, path: Path, series: str) -> None:
    version = check_version(connection, series)
    due = [(number, text) for number, text in migrations(series) if number > version]
    if not due:
        return
    if version:
        before.keep(connection, path, version)
    steps = "\n".join(text for _, text in due)
    connection.executescript(
        f"BEGIN IMMEDIATE;\n{steps}\nPRAGMA user_version = {due[-1][0]};\nCOMMIT;"
    )
