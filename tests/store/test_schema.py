"""A database of an older vicon is brought to the newest schema whole, or stays as it was; what it
was before lies beside it."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from vicon.core.events import AttendeeEntered, TallyChanged
from vicon.ops.data import DataDir
from vicon.ports import JournalError
from vicon.store import before, reader, schema
from vicon.store.sqlite import SqliteJournal
from vicon.store.trials import SqliteTrials

ACTOR = {"role": "operator", "name": "Operator Kukar", "room": "64.02"}
NEWEST = schema.migrations()[-1][0]
NAME = "Siti Aminah"


@pytest.fixture
async def old(home: DataDir, monkeypatch: pytest.MonkeyPatch) -> DataDir:
    """A journal of schema 1, with entries, as an older vicon left it."""
    first = schema.migrations()[:1]
    with monkeypatch.context() as patch:
        patch.setattr(schema, "migrations", lambda series=schema.JOURNAL: first)
        journal = await SqliteJournal.open(home)
        person = AttendeeEntered(
            room="64.02", person="p1", name=NAME, institution="KPU", role="", entered_at=4
        )
        await journal.append("k", 5, ACTOR, [person, TallyChanged(room="64.02", tally=2)])
        await journal.close()
    return home


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def kept(home: DataDir) -> list[str]:
    return [path.name for path in before.copies(home.journal)]


async def test_the_schema_is_recorded_and_what_was_there_lies_beside(old: DataDir) -> None:
    written = list(reader.rows(old.journal))
    await (await SqliteJournal.open(old)).close()
    copy = before.name_of(old.journal, 1)
    assert (version(old.journal), version(copy)) == (NEWEST, 1)
    assert list(reader.rows(old.journal)) == list(reader.rows(copy)) == written
    assert reader.verify(copy).sound
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    made = copy.stat().st_mtime_ns
    await (await SqliteJournal.open(old)).close()  # nothing to do the next time
    assert copy.stat().st_mtime_ns == made


async def test_a_new_database_has_no_copy(home: DataDir) -> None:
    await (await SqliteJournal.open(home)).close()
    await (await SqliteTrials.open(home)).close()
    assert version(home.journal) == NEWEST
    assert kept(home) == []
    assert list(before.copies(home.trials)) == []


async def test_a_migration_that_fails_changes_nothing(
    old: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = [
        *schema.migrations(),
        (NEWEST + 1, "CREATE TABLE more (x); INSERT INTO none VALUES (1);"),
    ]
    with monkeypatch.context() as patch:
        patch.setattr(schema, "migrations", lambda series=schema.JOURNAL: wrong)
        with pytest.raises(JournalError):
            await SqliteJournal.open(old)
    assert version(old.journal) == 1
    with closing(sqlite3.connect(old.journal)) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
    assert not {"more", "redactions"} & tables
    await (await SqliteJournal.open(old)).close()
    assert version(old.journal) == NEWEST


async def test_without_space_for_the_copy_nothing_is_changed(
    old: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=before.SPARE))
        with pytest.raises(JournalError, match=r"cannot be made.*Nothing was changed.*Free some"):
            await SqliteJournal.open(old)
    assert (version(old.journal), kept(old)) == (1, [])


async def test_the_last_copy_alone_is_kept(old: DataDir) -> None:
    (old.path / "journal.schema-0.sqlite").write_bytes(b"older")
    half = before.name_of(old.journal, 1)
    half.with_name(half.name + ".new").write_bytes(b"what a killed start left")
    await (await SqliteJournal.open(old)).close()
    assert kept(old) == ["journal.schema-1.sqlite"]


async def test_an_older_vicon_says_how_to_go_back_and_leaves_the_file_as_it_is(
    old: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    await (await SqliteJournal.open(old)).close()
    bytes_now, first = old.journal.read_bytes(), schema.migrations()[:1]
    monkeypatch.setattr(schema, "migrations", lambda series=schema.JOURNAL: first)
    for _ in range(2):
        with pytest.raises(JournalError) as refused:
            await SqliteJournal.open(old)
        said = str(refused.value)
        for part in ("newer vicon (schema", "Nothing was changed", "restore the backup"):
            assert part in said
        assert str(before.name_of(old.journal, 1)) in said
    assert old.journal.read_bytes() == bytes_now
    old.journal.unlink()
    before.name_of(old.journal, 1).rename(old.journal)
    await (await SqliteJournal.open(old)).close()
    assert [row.sequence for row in reader.rows(old.journal)] == [1, 2]


async def test_a_purge_takes_the_names_out_of_the_copy_too(old: DataDir) -> None:
    journal = await SqliteJournal.open(old)
    assert NAME.encode() in before.name_of(old.journal, 1).read_bytes()
    await journal.purge("k", 9, {"role": "system"}, 0)
    assert kept(old) == []
    assert not [p for p in old.path.iterdir() if p.is_file() and NAME.encode() in p.read_bytes()]
    await journal.close()


async def test_runs_that_are_forgotten_are_in_no_copy(home: DataDir) -> None:
    trials = await SqliteTrials.open(home)
    before.name_of(home.trials, 1).write_bytes(b"runs")
    await trials.forget("k")
    await trials.close()
    assert list(before.copies(home.trials)) == []
