"""What a database was before it was brought to a newer schema: one file beside it, the last alone.

    journal.schema-1.sqlite     the journal as a vicon that knew schema 1 left it

For going back to that vicon at once. It is a copy of one database at one moment and no backup: what
came since is not in it (docs/installing.md).
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from vicon.ops.data import sync_dir
from vicon.ops.words import reason_of
from vicon.store.faults import JournalFault

SPARE = 1 << 20
"""Bytes that must stay free beside the copy."""
_PAGES = 256


def name_of(database: Path, schema: int) -> Path:
    """Where the copy of a database of this schema is, or would be."""
    return database.with_name(f"{database.stem}.schema-{schema}.sqlite")


def copies(database: Path) -> Iterator[Path]:
    """All copies of a database that lie beside it, half-made ones too."""
    yield from sorted(database.parent.glob(f"{database.stem}.schema-*.sqlite*"))


def keep(connection: sqlite3.Connection, database: Path, schema: int) -> None:
    """A copy of all that is durable now, 0600, whole and durable itself when this returns; older
    ones are gone then.

    Raises JournalFault: no space, no right; nothing was changed. sqlite3.Error: unreadable.
    """
    target = name_of(database, schema)
    fresh = target.with_name(f"{target.name}.new")
    try:
        _see_to_space(connection, database)
        fresh.unlink(missing_ok=True)
        os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        with closing(sqlite3.connect(fresh, isolation_level=None)) as copy:
            copy.execute("PRAGMA journal_mode = OFF")  # what is cut off here is thrown away
            copy.execute("PRAGMA synchronous = OFF")
            connection.backup(copy, pages=_PAGES)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
        _sync(fresh)
        fresh.replace(target)
        sync_dir(target.parent)
        for other in copies(database):
            if other != target:
                other.unlink()
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise _cannot(database, error) from error


def forget(database: Path) -> None:
    """Names that a purge has taken out of a database shall not stay in a copy of it.

    Raises JournalFault: no right."""
    try:
        for copy in copies(database):
            copy.unlink(missing_ok=True)
    except OSError as error:
        why = reason_of(error)
        raise JournalFault(
            f"Salinan lama di {database.parent} tidak dapat dihapus: {why}. Hapus sendiri "
            f"{database.stem}.schema-*.sqlite: nama yang dihapus masih ada di dalamnya.",
            f"An old copy in {database.parent} cannot be removed: {why}. Remove "
            f"{database.stem}.schema-*.sqlite yourself: names that were purged are still in it.",
        ) from error


def _see_to_space(connection: sqlite3.Connection, database: Path) -> None:
    """Rather than to find out at the end: the copy, and the migration in the write-ahead log."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    if shutil.disk_usage(database.parent).free < 2 * pages * size + SPARE:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cannot(database: Path, error: OSError) -> JournalFault:
    why = reason_of(error)
    return JournalFault(
        f"{database.name} berasal dari vicon yang lebih lama, dan salinannya sebelum diperbarui "
        f"tidak dapat dibuat: {why}. Tidak ada yang diubah. Kosongkan ruang di {database.parent} "
        "atau perbaiki izinnya, lalu jalankan lagi.",
        f"{database.name} is of an older vicon, and the copy that is kept before it is brought to "
        f"the new form cannot be made: {why}. Nothing was changed. Free some space in "
        f"{database.parent} or put its permissions right, then start again.",
    )
