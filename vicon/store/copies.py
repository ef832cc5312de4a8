"""Copies of the two databases: taken while a server writes them, and looked at."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from vicon.store import reader
from vicon.store.chain import Report
from vicon.store.faults import JournalFault, fault, told
from vicon.store.schema import BUSY_MS, JOURNAL, TRIALS, check_version
from vicon.store.staging import failed

LEAST = 1 << 20
"""Bytes free below which an error is taken for a full disk."""
PAGES = 256
"""Copied at a time."""
Told = Callable[[int, int], None]
_SERIES = {"journal.sqlite": JOURNAL, "trials.sqlite": TRIALS}


def copy_database(source: Path, target: Path, tell: Told) -> None:
    """A copy as of one moment: all that was durable when this began. Whoever writes the source
    goes on meanwhile. `tell`: pages done, pages in all.

    Raises JournalFault, CannotMake.
    """
    series = _SERIES[source.name]

    def progress(_status: int, left: int, total: int) -> None:
        tell(total - left, total)

    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        uri = f"{source.resolve().as_uri()}?mode=ro"
        with (
            closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as old,
            closing(sqlite3.connect(target, isolation_level=None)) as new,
        ):
            old.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
            check_version(old, series)
            # What is cut off here is thrown away: no rollback, no waiting for the disk.
            new.execute("PRAGMA journal_mode = OFF")
            new.execute("PRAGMA synchronous = OFF")
            # A read transaction that lasts: else the copy would begin anew at each entry that the
            # server writes.
            old.execute("BEGIN")
            old.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            old.backup(new, pages=PAGES, progress=progress)
            new.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
    except OSError as error:
        raise failed(target, error) from error
    except sqlite3.Error as error:
        raise _said(error, target, trials=series == TRIALS) from error


def check_journal(path: Path) -> Report:
    """The chain of a copy, after SQLite's own check. Raises JournalFault."""
    _check_pages(path)
    return reader.verify(path)


def count_trials(path: Path) -> int:
    """Runs in a copy, after SQLite's own check. Raises JournalFault."""
    _check_pages(path)
    try:
        with closing(sqlite3.connect(path)) as connection:
            (runs,) = connection.execute("SELECT count(*) FROM runs").fetchone()
            return int(runs)
    except sqlite3.Error as error:
        raise told(error, trials=True) from error


def _check_pages(path: Path) -> None:
    series = _SERIES[path.name]
    try:
        with closing(sqlite3.connect(path)) as connection:
            check_version(connection, series)
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise told(error, trials=series == TRIALS) from error
    if found != "ok":
        corrupt = sqlite3.DatabaseError(found)
        corrupt.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise told(corrupt, trials=series == TRIALS)


def _said(error: sqlite3.Error, target: Path, *, trials: bool) -> JournalFault:
    """A full disk is the target's, though SQLite calls it an error of reading or writing."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    full = code == sqlite3.SQLITE_IOERR and shutil.disk_usage(target.parent).free < LEAST
    if full or code == sqlite3.SQLITE_FULL:
        return fault(failed(target.parent, OSError(errno.ENOSPC, "")).words)
    return told(error, trials=trials)
