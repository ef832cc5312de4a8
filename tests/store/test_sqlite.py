from __future__ import annotations

import asyncio
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from vicon.core.events import Event, HandsChanged, TallyChanged
from vicon.ops.data import DataDir, DataInUse
from vicon.ports import Journal, JournalError, Record
from vicon.store import reader
from vicon.store.chain import Row, export_line
from vicon.store.sqlite import SqliteJournal

ACTOR = {"role": "operator", "name": "Operator Kukar", "room": "64.02"}


def tally(value: int) -> Event:
    return TallyChanged(room="64.02", tally=value)


async def read(journal: Journal, conference: str = "k") -> list[Record]:
    return [record async for record in journal.replay(conference)]


async def test_what_was_appended_is_there_after_opening_again(home: DataDir) -> None:
    journal = await SqliteJournal.open(home)
    written = await journal.append("k", 5, ACTOR, [tally(1), tally(2)])
    written += await journal.append_many("k", [(6, ACTOR, [tally(3)]), (7, {}, [tally(4)])])
    await journal.append("other", 8, ACTOR, [HandsChanged(hands=[])])
    await journal.close()
    again = await SqliteJournal.open(home)
    try:
        assert await read(again) == written
        assert [(r.sequence, r.at) for r in written] == [(1, 5), (2, 5), (3, 6), (4, 7)]
        assert await again.conferences() == ["k", "other"]
        (more,) = await again.append("k", 9, ACTOR, [tally(5)])
        assert more.previous == written[-1].hash
    finally:
        await again.close()
    assert reader.verify(home.journal).sound


async def test_appends_from_many_tasks_make_one_chain(
    home: DataDir, journal: SqliteJournal
) -> None:
    await asyncio.gather(*(journal.append("k", n, ACTOR, [tally(n)]) for n in range(40)))
    assert [r.sequence for r in await read(journal)] == list(range(1, 41))
    assert reader.verify(home.journal).sound


async def test_a_long_journal_is_replayed_page_by_page(journal: SqliteJournal) -> None:
    await journal.append_many("k", [(n, ACTOR, [tally(n % 12)]) for n in range(1234)])
    whole = await read(journal)
    assert len(whole) == 1234
    for place in (0, 499, 1233):
        rest = [record async for record in journal.replay("k", whole[place])]
        assert rest == whole[place + 1 :]


async def test_what_does_not_follow_on_is_refused(journal: SqliteJournal) -> None:
    first, *_ = await journal.append_many("k", [(n, ACTOR, [tally(n)]) for n in range(3)])
    other = replace(first, hash="0" * 64)
    with pytest.raises(JournalError, match="does not follow on from entry 1"):
        [record async for record in journal.replay("k", other)]


async def test_a_cancelled_writer_leaves_a_sound_journal(
    home: DataDir, journal: SqliteJournal
) -> None:
    for n in range(10):
        task = asyncio.create_task(journal.append("k", n, ACTOR, [tally(n)]))
        for _ in range(n % 4):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await journal.append("k", 99, ACTOR, [tally(12)])
    assert reader.verify(home.journal).sound


async def test_a_full_disk_writes_nothing_and_says_so(
    home: DataDir, journal: SqliteJournal
) -> None:
    await journal.append("k", 1, ACTOR, [tally(1)])
    pages = (await journal._fetch("PRAGMA page_count", ()))[0][0]
    await journal._fetch(f"PRAGMA max_page_count = {pages + 1}", ())
    with pytest.raises(JournalError, match="disk is full"):
        await journal.append_many("k", [(n, ACTOR, [tally(n)]) for n in range(500)])
    assert len(await read(journal)) == 1
    await journal._fetch("PRAGMA max_page_count = 100000", ())
    (next_one,) = await journal.append("k", 2, ACTOR, [tally(2)])
    assert next_one.sequence == 2
    assert reader.verify(home.journal).sound


async def test_a_locked_journal_says_so(
    home: DataDir, journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    await journal._fetch("PRAGMA busy_timeout = 1", ())
    other = sqlite3.connect(home.journal, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalError, match="locked by another program"):
        await journal.append("k", 1, ACTOR, [tally(1)])
    other.close()
    assert (await journal.append("k", 1, ACTOR, [tally(1)]))[0].sequence == 1


async def test_when_the_outcome_is_unknown_nothing_more_is_taken(home: DataDir) -> None:
    """The disk answers too late: the entry may be there, but nobody was told."""
    journal = await SqliteJournal.open(home)
    gate = asyncio.Event()
    write = journal._write

    async def slow(rows: Any, purge: Any = None) -> None:
        await gate.wait()
        await write(rows, purge)

    journal._write = slow  # type: ignore[method-assign]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vicon.store.sqlite.APPEND_SECONDS", 0.05)
        with pytest.raises(JournalError, match="did not answer"):
            await journal.append("k", 1, ACTOR, [tally(1)])
    gate.set()
    with pytest.raises(JournalError, match="did not answer"):
        await journal.append("k", 2, ACTOR, [tally(2)])
    await journal.close()
    again = await SqliteJournal.open(home)
    assert [r.at for r in await read(again)] == [1]
    await again.close()


async def test_text_that_is_no_unicode_is_refused(journal: SqliteJournal) -> None:
    with pytest.raises(JournalError, match="not valid Unicode"):
        await journal.append("k", 1, {"name": "\ud800"}, [tally(1)])
    assert (await journal.append("k", 1, ACTOR, [tally(1)]))[0].sequence == 1


async def test_a_closed_journal_says_so(home: DataDir) -> None:
    journal = await SqliteJournal.open(home)
    await journal.close()
    await journal.close()
    with pytest.raises(JournalError, match="closed"):
        await journal.append("k", 1, ACTOR, [tally(1)])
    with pytest.raises(JournalError, match="closed"):
        await journal.conferences()


async def test_rows_cannot_be_changed_or_deleted(home: DataDir, journal: SqliteJournal) -> None:
    await journal.append("k", 1, ACTOR, [tally(1)])
    other = sqlite3.connect(home.journal)
    for statement in ("UPDATE journal SET at = 2", "DELETE FROM journal"):
        with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
            other.execute(statement)
    other.close()


async def test_a_newer_journal_is_left_alone(home: DataDir) -> None:
    await (await SqliteJournal.open(home)).close()
    other = sqlite3.connect(home.journal)
    other.execute("PRAGMA user_version = 9")
    other.close()
    with pytest.raises(JournalError, match=r"newer vicon \(schema 9"):
        await SqliteJournal.open(home)
    with pytest.raises(JournalError, match="newer vicon"):
        reader.verify(home.journal)


async def test_an_unknown_event_is_named(home: DataDir, journal: SqliteJournal) -> None:
    await journal.append("k", 1, ACTOR, [tally(1)])
    (row,) = reader.rows(home.journal)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vicon.store.sqlite.Event", HandsChanged)
        with pytest.raises(JournalError, match="Entry 1 of k is unknown to this version"):
            await read(journal)
    assert b'"hash"' in export_line(row)


async def test_garbage_instead_of_a_journal(home: DataDir) -> None:
    home.journal.write_bytes(b"not a database" * 1000)
    with pytest.raises(JournalError, match="damaged"):
        await SqliteJournal.open(home)


async def test_no_journal_yet(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="no journal"):
        reader.verify(tmp_path / "journal.sqlite")


async def test_only_the_owner_may_read(home: DataDir, journal: SqliteJournal) -> None:
    await journal.append("k", 1, ACTOR, [tally(1)])
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in home.path.iterdir()}
    assert set(modes.values()) == {0o600}, modes


def test_one_server_per_data_directory(home: DataDir) -> None:
    with pytest.raises(DataInUse, match=r"process \d+"), DataDir.claim(home.path):
        pass
    assert home.holder() is not None


def _fill(home: DataDir) -> None:
    async def run() -> None:
        journal = await SqliteJournal.open(home)
        for n in range(8):
            await journal.append("kaltim-2020", 1000 + n, ACTOR, [tally(n)])
        await journal.close()

    asyncio.run(run())


def _wrong_text(column: str) -> Callable[[sqlite3.Connection], None]:
    return lambda db: void(
        db.execute(
            f"UPDATE journal SET {column} = replace({column}, substr({column}, 3, 1), '~') "
            "WHERE sequence = 5"
        )
    )


def _wrong_number(column: str) -> Callable[[sqlite3.Connection], None]:
    return lambda db: void(
        db.execute(f"UPDATE journal SET {column} = {column} + 64 WHERE sequence = 5")
    )


def void(_: object) -> None:
    return None


@pytest.mark.parametrize(
    "spoil",
    [_wrong_text(c) for c in ("actor", "event", "previous", "hash", "conference")]
    + [_wrong_number(c) for c in ("at", "sequence")],
    ids=["actor", "event", "previous", "hash", "conference", "at", "sequence"],
)
def test_a_change_in_any_column_is_named(
    home: DataDir, spoil: Callable[[sqlite3.Connection], None]
) -> None:
    _fill(home)
    db = sqlite3.connect(home.journal)
    db.execute("DROP TRIGGER journal_not_changed")
    spoil(db)
    db.commit()
    db.close()
    report = reader.verify(home.journal)
    assert ("kaltim-2020", 5) in [(f.conference, f.sequence) for f in report.faults]
    with pytest.raises(JournalError, match="wrong at entry 5"):
        asyncio.run(_replay(home))


async def _replay(home: DataDir) -> None:
    journal = await SqliteJournal.open(home)
    try:
        await read(journal, "kaltim-2020")
    finally:
        await journal.close()


def test_a_flipped_bit_in_the_file_never_passes_unseen(home: DataDir, tmp_path: Path) -> None:
    """In and around an entry's bytes on disk: the entry is found wrong, or the file is called
    damaged, or the bit means nothing; no entry is ever read as something else."""
    _fill(home)
    written = list(reader.rows(home.journal))
    good = home.journal.read_bytes()
    start = good.index(b'{"name":"Operator Kukar"')
    copy = tmp_path / "copy.sqlite"
    outcomes = {"wrong": 0, "damaged": 0, "same": 0}
    for place in range(start - 24, start + 260, 3):
        spoiled = bytearray(good)
        spoiled[place] ^= 1 << (place % 8)
        copy.write_bytes(spoiled)
        outcomes[_outcome(copy, written)] += 1
    assert outcomes["wrong"] > 80, outcomes


def _outcome(copy: Path, written: list[Row]) -> str:
    try:
        if reader.verify(copy).sound:
            assert list(reader.rows(copy)) == written
            return "same"
    except JournalError:
        return "damaged"
    return "wrong"
