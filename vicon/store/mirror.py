"""The journal as another server takes it over: in batches that are read from the file, never from
memory, so that what is told is durable here."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from typing import Protocol

import aiosqlite
from msgspec import Struct
from msgspec.structs import replace

from vicon.ops.data import DataDir
from vicon.store.chain import Row, entry_hash
from vicon.store.faults import told
from vicon.store.purge import Purge
from vicon.store.reader import COLUMNS, row_of
from vicon.store.schema import BUSY_MS

ENTRIES = 100
"""In one batch at most."""
BYTES = 2 << 20
"""A batch ends after this many bytes of events."""
_AFTER = (
    f"SELECT {COLUMNS} FROM journal WHERE conference = ? AND sequence > ? "
    f"ORDER BY sequence LIMIT {ENTRIES}"
)
_HEADS = (
    "SELECT conference, sequence, hash FROM journal AS j WHERE sequence = "
    "(SELECT max(sequence) FROM journal WHERE conference = j.conference)"
)
_PURGES = "SELECT DISTINCT purge FROM redactions WHERE conference = ? AND purge > ?"
_CHANGED = (
    "SELECT r.sequence, r.digest, j.event FROM redactions AS r JOIN journal AS j "
    "ON j.conference = r.conference AND j.sequence = r.sequence "
    "WHERE r.conference = ? AND r.purge = ?"
)
_REDACTED = (
    "SELECT DISTINCT sequence FROM redactions WHERE conference = ? AND sequence BETWEEN ? AND ?"
)
_HASH = "SELECT hash FROM journal WHERE conference = ? AND sequence = ?"
Head = tuple[int, str]


class Mirror(Protocol):
    """Who must have an entry before it counts."""

    def admit(self) -> None:
        """Raises JournalFault when this server may write nothing."""
        ...

    async def wrote(self, conference: str, sequence: int) -> None:
        """Returns when whoever must have the entry has it, within seconds. Raises JournalFault
        when this server was fenced meanwhile: nobody is to be told of the entry."""
        ...


class Batch(Struct, frozen=True, kw_only=True, array_like=True):
    """Entries of one conference, in their order. One that a purge's entry ends has what that purge
    changed."""

    rows: list[Row]
    redacted: list[int] = []
    """Numbers of those that do not fit their hashes, since their names were removed."""
    changed: list[tuple[int, str, bytes]] = []
    """Number, digest then, and what it says now, of entries that the last one vouches for."""

    @property
    def conference(self) -> str:
        return self.rows[0].conference

    @property
    def last(self) -> int:
        return self.rows[-1].sequence

    def purge(self) -> Purge | None:
        if not self.changed:
            return None
        return Purge(
            row=self.rows[-1],
            redactions=[(self.conference, n, self.last, digest) for n, digest, _ in self.changed],
            changes=[(event.decode(), self.conference, n) for n, _, event in self.changed],
        )


class DoesNotFollow(Exception):
    """A batch that does not go on from what is here."""


def look_at(batch: Batch, head: Head) -> None:
    """Raises DoesNotFollow."""
    sequence, last = head
    redacted = set(batch.redacted)
    for row in batch.rows:
        wrong = row.sequence != sequence + 1 or row.previous != last
        if wrong or (row.sequence not in redacted and entry_hash(row) != row.hash):
            raise DoesNotFollow(f"{row.conference} {row.sequence} after {sequence}")
        sequence, last = row.sequence, row.hash


class Source:
    """Reads beside the writer, on a connection of its own. Raises JournalFault."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._alone = asyncio.Lock()

    @classmethod
    async def open(cls, home: DataDir) -> Source:
        """Of a journal that is there."""
        uri = f"{home.journal.resolve().as_uri()}?mode=ro"
        try:
            connection = await aiosqlite.connect(uri, uri=True, isolation_level=None)
            await connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        except sqlite3.Error as error:
            raise told(error) from error
        connection.text_factory = bytes
        return cls(connection)

    async def close(self) -> None:
        await self._connection.close()

    async def heads(self) -> dict[str, Head]:
        rows = await self._fetch(_HEADS, ())
        return {name.decode(): (sequence, hash.decode()) for name, sequence, hash in rows}

    async def has(self, conference: str, head: Head) -> bool:
        """This very entry is here."""
        found = await self._fetch(_HASH, (conference, head[0]))
        return bool(found) and found[0][0].decode() == head[1]

    async def after(self, conference: str, sequence: int) -> Batch | None:
        """What follows, up to a page of it; None: nothing."""
        async with self._alone:
            await self._run("BEGIN")  # rows and redactions as of one moment
            try:
                return await self._batch(conference, sequence)
            finally:
                await self._run("COMMIT")

    async def _batch(self, conference: str, sequence: int) -> Batch | None:
        rows = _bounded([row_of(v) for v in await self._fetch(_AFTER, (conference, sequence))])
        if not rows:
            return None
        purges = {n for (n,) in await self._fetch(_PURGES, (conference, sequence))}
        ends = next((i for i, row in enumerate(rows) if row.sequence in purges), None)
        rows = rows if ends is None else rows[: ends + 1]
        span = (conference, rows[0].sequence, rows[-1].sequence)
        batch = Batch(rows=rows, redacted=[n for (n,) in await self._fetch(_REDACTED, span)])
        if ends is None:
            return batch
        changed = await self._fetch(_CHANGED, (conference, batch.last))
        return replace(batch, changed=[(n, digest.decode(), event) for n, digest, event in changed])

    async def _run(self, sql: str) -> None:
        await self._fetch(sql, ())

    async def _fetch(self, sql: str, values: tuple[str | int, ...]) -> list[tuple]:  # type: ignore[type-arg]
        try:
            return [tuple(row) for row in await self._connection.execute_fetchall(sql, values)]
        except (sqlite3.Error, ValueError) as error:
            sqlite = error if isinstance(error, sqlite3.Error) else sqlite3.Error(str(error))
            raise told(sqlite) from error


def _bounded(rows: Sequence[Row]) -> list[Row]:
    """At least one, and no more than fit."""
    taken: list[Row] = []
    size = 0
    for row in rows:
        if taken and size + len(row.event) > BYTES:
            break
        taken.append(row)
        size += len(row.event)
    return taken
