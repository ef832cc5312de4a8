"""The journal in SQLite: ports.Journal for everything that really runs.

WAL and `synchronous=FULL`: when `append` returns, the entries survive a crash of the process and,
as far as the disk keeps its word, of the machine.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite
import msgspec
import structlog

from vicon.core.events import Event
from vicon.ops.data import DataDir
from vicon.ops.words import Words
from vicon.ports import START, JournalError, Record
from vicon.store import before, faults
from vicon.store.chain import NONE, Chain, Redactions, Row, make_rows
from vicon.store.faults import fault, told
from vicon.store.mirror import Batch, Mirror, look_at
from vicon.store.purge import CHANGE, NAMING, REDACT, Purge, make_purge, roles_in
from vicon.store.reader import COLUMNS, REDACTIONS, redactions_of, row_of
from vicon.store.schema import BUSY_MS, prepare

APPEND_SECONDS = 10.0
"""A disk that takes longer counts as broken, until it has answered."""
WAL_BYTES = 16 << 20
"""What is kept of the write-ahead log once it was taken over."""
PAGE = 500
"""Entries read at a time in a replay."""
_INSERT = f"INSERT INTO journal ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
_PAGE = (
    f"SELECT {COLUMNS} FROM journal WHERE conference = ? AND sequence > ? "
    f"ORDER BY sequence LIMIT {PAGE}"
)
_HEAD = "SELECT sequence, hash FROM journal WHERE conference = ? ORDER BY sequence DESC LIMIT 1"
log = structlog.get_logger("vicon.journal")
Head = tuple[int, str]
_R = TypeVar("_R")
Act = tuple[int, Mapping[str, str], Sequence[Event]]


class SqliteJournal:
    """One writer: `open` needs a claimed DataDir. Calls may come from several tasks; each
    transaction is carried to its end even if the task that asked for it is cancelled."""

    def __init__(self, connection: aiosqlite.Connection, path: Path) -> None:
        self._connection, self._path = connection, path
        self._alone = asyncio.Lock()
        self._heads: dict[str, Head] = {}
        self._broken: Words | None = None
        self._slow: asyncio.Future[Any] | None = None
        """A write on which the disk has not answered in time."""
        self._purges = 0
        self.told: list[Callable[[str, int, float], None]] = []
        """Called with each transaction that became durable: its conference, the number of its last
        entry, the seconds that it took."""
        self.failures = 0
        """Transactions that did not."""
        self.mirror: Mirror | None = None
        """Who must have each entry too before it counts."""

    @classmethod
    async def open(cls, home: DataDir) -> SqliteJournal:
        """Open, or make, the journal of a data directory that this process has claimed.

        Raises JournalError: damaged, read-only, locked, newer schema.
        """
        await asyncio.to_thread(prepare, home.journal)
        return cls(await _connect(home.journal), home.journal)

    async def append(
        self, conference: str, at: int, actor: Mapping[str, str], events: Sequence[Event]
    ) -> list[Record]:
        """See ports.Journal."""
        return await self.append_many(conference, [(at, actor, events)])

    async def append_many(self, conference: str, batch: Sequence[Act]) -> list[Record]:
        """See ports.Journal. Raises JournalError, after which nothing of the batch is written;
        unless the outcome cannot be known (`unsure`): then nothing more is taken before mend()
        has looked, so that memory and disk cannot part."""
        began = asyncio.get_running_loop().time()
        try:
            if self._broken:
                await self.mend()
            records = await self._in_time(self._append(conference, batch))
        except JournalError:
            self.failures += 1
            raise
        seconds = asyncio.get_running_loop().time() - began
        for tell in self.told:
            tell(conference, records[-1].sequence if records else 0, seconds)
        return records

    async def probe(self) -> None:
        """See ports.Journal: the schema's version is written as it is."""
        if self._broken:
            await self.mend()
        await self._in_time(self._touch())

    async def mend(self) -> None:
        """See ports.Journal. What SQLite made of a failed write is seen on a new connection."""
        if self._slow is not None and not self._slow.done():
            raise fault(faults.TOO_SLOW)
        async with self._alone:
            if self._broken is None:
                return
            if self._broken is faults.CLOSED:
                raise fault(faults.CLOSED)
            if self._broken is faults.UNSURE:
                fresh, old = await _connect(self._path), self._connection
                self._connection = fresh
                await _give_up(old)
            self._heads.clear()
            self._broken = self._slow = None

    async def _in_time(self, doing: Coroutine[Any, Any, _R]) -> _R:
        """To its end, even if whoever asked is cancelled. Raises JournalError."""
        writing = asyncio.ensure_future(doing)
        try:
            async with asyncio.timeout(APPEND_SECONDS):
                return await asyncio.shield(writing)
        except TimeoutError as error:
            self._broken, self._slow = faults.TOO_SLOW, writing
            writing.add_done_callback(_look_at)
            raise fault(self._broken, unsure=True) from error
        except asyncio.CancelledError:
            writing.add_done_callback(_look_at)
            raise

    async def _touch(self) -> None:
        async with self._alone:
            if self._broken:
                raise fault(self._broken)
            ((version,),) = await self._fetch("PRAGMA user_version", ())
            try:
                await self._connection.execute(f"PRAGMA user_version = {int(version)}")
            except sqlite3.Error as error:
                raise told(error) from error

    async def replay(self, conference: str, after: Record | None = None) -> AsyncIterator[Record]:
        """See ports.Journal; each entry is checked against the hash chain on the way.

        Raises JournalError: damaged file, an entry that does not fit or is not known.
        """
        head = (after.sequence, after.hash) if after is not None else (0, START)
        async for record in self.since(conference, head):
            yield record

    async def since(self, conference: str, head: Head) -> AsyncGenerator[Record]:
        """As `replay`, from the entry after the one with this number and hash; (0, START): from the
        first."""
        chain = Chain(conference, *head)
        known = -1
        while True:
            page = await self._fetch(_PAGE, (conference, chain.sequence))
            if known != self._purges:  # after the page, so that it is never ahead of them
                known = self._purges
                chain.redactions = await self._redactions(conference)
            for values in page:
                row = row_of(tuple(values))
                if wrong := chain.follow(row):
                    raise faults.broken_chain(conference, wrong.sequence, wrong.words)
                yield record_of(row)
            if len(page) < PAGE:
                break
        if wrong := chain.finish():
            raise faults.broken_chain(conference, wrong.sequence, wrong.words)

    async def purge(
        self,
        conference: str,
        at: int,
        actor: Mapping[str, str],
        trials: int,
        *,
        names: bool = True,
    ) -> Record | None:
        """Take the `names` out of the entries of a conference that is over, and note it in an entry
        with figures alone, in one transaction. `trials`: how many runs go too. None: there was
        nothing.

        Raises JournalError, after which nothing was changed."""
        purging = asyncio.ensure_future(self._purge(conference, (at, actor, trials), names))
        try:
            return await asyncio.shield(purging)
        except asyncio.CancelledError:
            purging.add_done_callback(_look_at_purge)
            raise

    async def has(self, conference: str, head: Head) -> bool:
        """Whether the entry with this number has this hash. Raises JournalError."""
        query = "SELECT hash FROM journal WHERE conference = ? AND sequence = ?"
        found = await self._fetch(query, (conference, head[0]))
        return head == (0, START) or [row[0].decode("ascii") for row in found] == [head[1]]

    async def conferences(self) -> list[str]:
        rows = await self._fetch("SELECT DISTINCT conference FROM journal ORDER BY conference", ())
        return [values[0].decode("utf-8", "backslashreplace") for values in rows]

    async def close(self) -> None:
        """Waits for a transaction under way. May be called twice."""
        async with self._alone:
            if self._broken is not faults.CLOSED:
                self._broken = faults.CLOSED
                await self._connection.close()

    async def _append(self, conference: str, batch: Sequence[Act]) -> list[Record]:
        async with self._alone:
            self._admit()
            try:
                rows = make_rows(conference, await self._head(conference), batch)
            except UnicodeEncodeError as error:
                raise fault(faults.NOT_TEXT) from error
            if rows:
                await self._write(rows)
                self._heads[conference] = rows[-1].sequence, rows[-1].hash
                await self._mirrored(rows[-1])
        events = [event for _, _, events in batch for event in events]
        actors = [actor for _, actor, events in batch for _ in events]
        return [
            _record(row, actor, event)
            for row, actor, event in zip(rows, actors, events, strict=True)
        ]

    async def _purge(
        self, conference: str, why: tuple[int, Mapping[str, str], int], names: bool
    ) -> Record | None:
        async with self._alone:
            self._admit()
            query = f"SELECT {COLUMNS} FROM journal WHERE conference = ? AND {NAMING}"
            found = [row_of(tuple(v)) for v in await self._fetch(query, (conference,))]
            if not names:
                found = found[:1]
            roles, head = roles_in(found), await self._head(conference)
            purge = await asyncio.to_thread(make_purge, found, roles, head, why)
            if purge is None:
                return None
            await self._write([purge.row], purge)
            self._heads[conference] = purge.row.sequence, purge.row.hash
            self._purges += 1
            await self._forget_pages()
            await self._mirrored(purge.row)
        return record_of(purge.row)

    async def receive(self, batch: Batch) -> None:
        """Entries of another server's journal, as they stand there; durable when it returns.

        Raises JournalError, and DoesNotFollow for what does not go on from what is here; nothing
        of it is written then."""
        async with self._alone:
            self._admit()
            look_at(batch, await self._head(batch.conference))
            purge = batch.purge()
            await self._write(batch.rows, purge)
            self._heads[batch.conference] = batch.last, batch.rows[-1].hash
            if purge is not None:
                self._purges += 1
                await self._forget_pages()

    async def heads(self) -> dict[str, Head]:
        """Last number and hash of each conference."""
        return {name: await self._head(name) for name in await self.conferences()}

    def _admit(self) -> None:
        if self._broken:
            raise fault(self._broken)
        if self.mirror is not None:
            self.mirror.admit()

    async def _mirrored(self, last: Row) -> None:
        if self.mirror is None:
            return
        try:
            await self.mirror.wrote(last.conference, last.sequence)
        except faults.JournalFault as error:
            self._broken = error.words  # it is on this disk, and nobody was told
            raise

    async def _forget_pages(self) -> None:
        """What was overwritten shall not be found in the write-ahead log either, nor in a copy
        from before an upgrade. A reader that looks meanwhile keeps it until the next time."""
        await asyncio.to_thread(before.forget, self._path)
        try:
            await self._connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise told(error) from error

    async def _redactions(self, conference: str) -> Redactions:
        found = await self._fetch(f"{REDACTIONS} WHERE conference = ?", (conference,))
        return redactions_of(map(tuple, found)).get(conference, NONE)

    async def _write(self, rows: Sequence[Row], purge: Purge | None = None) -> None:
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
            await self._connection.executemany(_INSERT, [_values(row) for row in rows])
            if purge is not None:
                await self._connection.executemany(REDACT, purge.redactions)
                await self._connection.executemany(CHANGE, purge.changes)
            await self._connection.commit()
        except sqlite3.Error as error:
            if not await self._is_written(rows[-1]):
                raise told(error) from error

    async def _is_written(self, last: Row) -> bool:
        """After an error: undo what is open, and ask the disk whether the transaction got there
        after all. When even that cannot be told, the journal is broken."""
        try:
            if self._connection.in_transaction:
                await self._connection.rollback()
            self._heads.pop(last.conference, None)
            return (await self._head(last.conference)) == (last.sequence, last.hash)
        except (sqlite3.Error, faults.JournalFault) as error:
            self._broken = faults.UNSURE
            raise fault(self._broken, unsure=True) from error

    async def _head(self, conference: str) -> Head:
        if conference not in self._heads:
            rows = await self._fetch(_HEAD, (conference,))
            head = (rows[0][0], rows[0][1].decode("ascii")) if rows else (0, START)
            self._heads[conference] = head
        return self._heads[conference]

    async def _fetch(self, query: str, values: tuple[str | int, ...]) -> list[sqlite3.Row]:
        try:
            return list(await self._connection.execute_fetchall(query, values))
        except sqlite3.Error as error:
            raise told(error) from error
        except ValueError as error:  # aiosqlite: no active connection
            raise fault(faults.CLOSED) from error


async def _connect(path: Path) -> aiosqlite.Connection:
    """Raises JournalError."""
    try:
        connection = await aiosqlite.connect(path, isolation_level=None)
    except sqlite3.Error as error:
        raise told(error) from error
    try:
        await connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        await connection.execute("PRAGMA synchronous = FULL")
        await connection.execute("PRAGMA secure_delete = ON")  # a purge leaves no bytes behind
        await connection.execute_fetchall(f"PRAGMA journal_size_limit = {WAL_BYTES}")
        connection.text_factory = bytes
    except sqlite3.Error as error:
        await _give_up(connection)
        raise told(error) from error
    return connection


async def _give_up(connection: aiosqlite.Connection) -> None:
    try:
        await connection.close()
    except sqlite3.Error as error:  # its files go with it all the same
        log.warning("x journal connection", why=str(error))


def record_of(row: Row) -> Record:
    """Raises JournalFault for an event that this version does not know."""
    try:
        actor = msgspec.json.decode(row.actor, type=dict[str, str])
        event: Event = msgspec.json.decode(row.event, type=Event)
    except msgspec.MsgspecError as error:
        raise faults.unknown_event(row.conference, row.sequence, error) from error
    return _record(row, actor, event)


def _record(row: Row, actor: Mapping[str, str], event: Event) -> Record:
    return Record(
        conference=row.conference,
        sequence=row.sequence,
        at=row.at,
        actor=actor,
        event=event,
        previous=row.previous,
        hash=row.hash,
    )


def _values(row: Row) -> tuple[str | int, ...]:
    return (
        row.conference,
        row.sequence,
        row.at,
        row.actor.decode(),
        row.event.decode(),
        row.previous,
        row.hash,
    )


def _look_at_purge(purging: asyncio.Future[Record | None]) -> None:
    """As _look_at."""
    if not purging.cancelled():
        purging.exception()


def _look_at(writing: asyncio.Future[Any]) -> None:
    """Nobody waits for it any more; its failure was kept in `_broken` or concerns nobody."""
    if not writing.cancelled():
        writing.exception()
