"""Trial runs in SQLite, each whole: ports.TrialStore. A file of its own beside the journal."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiosqlite

from vicon.ops.data import DataDir
from vicon.ports import TrialRecord
from vicon.store import before
from vicon.store.faults import JournalFault, told
from vicon.store.schema import BUSY_MS, TRIALS, check_version, prepare

_COLUMNS = (
    "id, conference, room, kind, state, verdict, profile, started_at, ended_at, by, sweep, hash, "
    "body"
)
_PUT = (
    f"INSERT INTO runs ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (id) DO UPDATE SET state = excluded.state, verdict = excluded.verdict, "
    "profile = excluded.profile, ended_at = excluded.ended_at, hash = excluded.hash, "
    "body = excluded.body"
)
_PAGE = (
    f"SELECT {_COLUMNS} FROM runs WHERE conference = ? AND (?2 IS NULL OR room = ?2) "
    "AND (?3 IS NULL OR started_at < ?3) ORDER BY started_at DESC, id LIMIT ?4"
)
MOST = 500
Report = tuple[str, str, str, int]
"""Digest, run, format, when."""


class SqliteTrials:
    """`open` needs a claimed DataDir, but for reading alone. Calls may come from several tasks."""

    def __init__(self, connection: aiosqlite.Connection, path: Path) -> None:
        self._connection, self._path = connection, path
        self._alone = asyncio.Lock()
        self.changes = 0
        """Rises with everything that is written."""

    @classmethod
    async def open(cls, home: DataDir, *, read_only: bool = False) -> SqliteTrials:
        """Raises JournalError: damaged, locked, newer schema; reading alone: no such file."""
        if not read_only:
            await asyncio.to_thread(prepare, home.trials, TRIALS)
        elif not home.trials.is_file():
            raise JournalFault(
                f"Belum ada uji di {home.path}: jalankan servernya dulu dengan --data ini.",
                f"There are no trials in {home.path} yet: run the server with this --data first.",
            )
        try:
            if read_only:
                await asyncio.to_thread(_check, home.trials)
            connection = await _connect(home.trials, read_only)
        except sqlite3.Error as error:
            raise told(error, trials=True) from error
        return cls(connection, home.trials)

    async def put(self, record: TrialRecord) -> None:
        """See ports.TrialStore."""
        values = tuple(getattr(record, name) for name in _COLUMNS.split(", "))
        await self._write(_PUT, values)

    async def get(self, id: str) -> TrialRecord | None:
        return await self._one(f"SELECT {_COLUMNS} FROM runs WHERE id = ?", (id,))

    async def by_hash(self, hash: str) -> TrialRecord | None:
        """The run with this seal."""
        return await self._one(f"SELECT {_COLUMNS} FROM runs WHERE hash = ?", (hash,))

    async def page(
        self, conference: str, room: str | None = None, limit: int = 50, before: int | None = None
    ) -> list[TrialRecord]:
        """See ports.TrialStore. At most 500."""
        values = (conference, room, before, max(1, min(limit, MOST)))
        return [_record(row) for row in await self._read(_PAGE, values)]

    async def unfinished(self) -> list[TrialRecord]:
        rows = await self._read(f"SELECT {_COLUMNS} FROM runs WHERE state = 'running'", ())
        return [_record(row) for row in rows]

    async def add_report(self, digest: str, run: str, format: str, at: int) -> None:
        await self._write(
            "INSERT INTO reports (digest, run, format, at) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (digest) DO NOTHING",
            (digest, run, format, at),
        )

    async def find_report(self, digest: str) -> tuple[str, str, int] | None:
        rows = await self._read("SELECT run, format, at FROM reports WHERE digest = ?", (digest,))
        return (rows[0][0], rows[0][1], rows[0][2]) if rows else None

    async def forget(self, conference: str) -> None:
        """Remove all runs of a conference and what is known of their reports, also from the free
        pages, the write-ahead log and a copy from before an upgrade. Raises JournalError."""
        await asyncio.to_thread(before.forget, self._path)
        await self._write("PRAGMA secure_delete = ON", ())
        await self._write(
            "DELETE FROM reports WHERE run IN (SELECT id FROM runs WHERE conference = ?)",
            (conference,),
        )
        await self._write("DELETE FROM runs WHERE conference = ?", (conference,))
        await self._read("PRAGMA wal_checkpoint(TRUNCATE)", ())

    # --- for a standby --------------------------------------------------------------------------

    async def marks(self) -> dict[str, str]:
        """By run: a word that changes whenever the run does."""
        rows = await self._read(
            "SELECT id, state || ':' || coalesce(ended_at, '') || ':' || hash || ':' || "
            "length(body) FROM runs",
            (),
        )
        return {row[0]: row[1] for row in rows}

    async def reports(self) -> list[Report]:
        rows = await self._read(
            "SELECT digest, run, format, at FROM reports ORDER BY at, digest", ()
        )
        return [(row[0], row[1], row[2], row[3]) for row in rows]

    async def remove(self, runs: Sequence[str]) -> None:
        """As `forget`, run by run."""
        await asyncio.to_thread(before.forget, self._path)
        await self._write("PRAGMA secure_delete = ON", ())
        for run in runs:
            await self._write("DELETE FROM reports WHERE run = ?", (run,))
            await self._write("DELETE FROM runs WHERE id = ?", (run,))
        await self._read("PRAGMA wal_checkpoint(TRUNCATE)", ())

    async def close(self) -> None:
        async with self._alone:
            await self._connection.close()

    async def _write(self, sql: str, values: Sequence[Any]) -> None:
        writing = asyncio.ensure_future(self._run(sql, values))
        await asyncio.shield(writing)  # carried to its end though the asker is cancelled

    async def _run(self, sql: str, values: Sequence[Any]) -> None:
        self.changes += 1
        async with self._alone:
            try:
                await self._connection.execute(sql, values)
            except (sqlite3.Error, ValueError) as error:
                raise _told(error) from error

    async def _one(self, sql: str, values: Sequence[Any]) -> TrialRecord | None:
        rows = await self._read(sql, values)
        return _record(rows[0]) if rows else None

    async def _read(self, sql: str, values: Sequence[Any]) -> list[Any]:
        async with self._alone:
            try:
                async with self._connection.execute(sql, values) as cursor:
                    return list(await cursor.fetchall())
            except (sqlite3.Error, ValueError) as error:
                raise _told(error) from error


def _check(path: Path) -> None:
    """Raises JournalFault: newer schema; sqlite3.Error: no such database."""
    with closing(sqlite3.connect(_read_only(path), uri=True)) as connection:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        check_version(connection, TRIALS)


def _read_only(path: Path) -> str:
    return f"file:{quote(str(path))}?mode=ro"


async def _connect(path: Path, read_only: bool) -> aiosqlite.Connection:
    if read_only:
        connection = await aiosqlite.connect(_read_only(path), uri=True, isolation_level=None)
    else:
        connection = await aiosqlite.connect(path, isolation_level=None)
    try:
        await connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        await connection.execute("PRAGMA synchronous = FULL")
    except sqlite3.Error:
        await connection.close()
        raise
    return connection


def _record(row: Any) -> TrialRecord:
    return TrialRecord(**dict(zip(_COLUMNS.split(", "), row, strict=True)))


def _told(error: Exception) -> JournalFault:
    if isinstance(error, sqlite3.Error):
        return told(error, trials=True)
    # aiosqlite says so of a connection that was closed.
    return JournalFault(f"Simpanan uji gagal: {error}.", f"The store of trials failed: {error}.")
