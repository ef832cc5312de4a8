"""The store of trials gives back what it was given, and says what to do when it cannot."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.store import trial_writer
from tests.store.test_kill import run_and_kill
from vicon.ops.data import DataDir
from vicon.ports import JournalError, TrialRecord
from vicon.store.faults import JournalFault
from vicon.store.trials import SqliteTrials

RECORD = trial_writer.RECORD
NAMES = st.text(st.characters(codec="utf-8"), max_size=20)
TIMES = st.integers(0, 2**53 - 1)
RECORDS = st.builds(
    TrialRecord,
    id=NAMES,
    conference=st.sampled_from(["k", "l"]),
    room=st.sampled_from(["64", "64.02"]),
    kind=st.sampled_from(["full", "quick"]),
    state=st.sampled_from(["running", "done", "stopped", "broken"]),
    verdict=st.none() | st.sampled_from(["pass", "warn", "fail"]),
    profile=st.none() | st.sampled_from(["720p", "none"]),
    started_at=TIMES,
    ended_at=st.none() | TIMES,
    by=NAMES,
    sweep=NAMES,
    hash=NAMES,
    body=st.binary(max_size=200),
)


@pytest.fixture
async def trials(home: DataDir) -> AsyncIterator[SqliteTrials]:
    opened = await SqliteTrials.open(home)
    yield opened
    await opened.close()


@given(records=st.lists(RECORDS, max_size=6, unique_by=lambda record: record.id))
@settings(max_examples=25, deadline=None)
async def test_what_was_put_is_got(
    tmp_path_factory: pytest.TempPathFactory, records: list[TrialRecord]
) -> None:
    with DataDir.claim(tmp_path_factory.mktemp("trials") / "data") as home:
        trials = await SqliteTrials.open(home)
        for record in records:
            await trials.put(record)
        assert [await trials.get(record.id) for record in records] == records
        found = await trials.page("k", "64.02", 100)
        assert {r.id for r in found} == {
            r.id for r in records if (r.conference, r.room) == ("k", "64.02")
        }
        assert [r.started_at for r in found] == sorted((r.started_at for r in found), reverse=True)
        running = {r.id for r in await trials.unfinished()}
        assert running == {r.id for r in records if r.state == "running"}
        await trials.close()


async def test_a_run_is_replaced_by_its_later_self(trials: SqliteTrials) -> None:
    await trials.put(replace(RECORD, state="running", verdict=None, ended_at=None, hash=""))
    await trials.put(RECORD)
    assert await trials.page("k") == [RECORD]
    assert await trials.unfinished() == []
    assert await trials.by_hash(RECORD.hash) == RECORD


async def test_a_page_goes_on_before_the_last_one(trials: SqliteTrials) -> None:
    for n in range(5):
        await trials.put(replace(RECORD, id=f"u{n}", started_at=n))
    first = await trials.page("k", limit=2)
    second = await trials.page("k", limit=2, before=first[-1].started_at)
    assert [r.id for r in first + second] == ["u4", "u3", "u2", "u1"]


async def test_a_report_is_known_by_its_digest(trials: SqliteTrials) -> None:
    await trials.put(RECORD)
    await trials.add_report("d1", RECORD.id, "pdf", 5)
    await trials.add_report("d1", RECORD.id, "pdf", 6)
    assert await trials.find_report("d1") == (RECORD.id, "pdf", 5)
    assert await trials.find_report("d2") is None


async def test_the_file_is_its_owners_alone(trials: SqliteTrials, home: DataDir) -> None:
    assert stat.S_IMODE(home.trials.stat().st_mode) == 0o600


async def test_a_damaged_file_says_what_to_do(home: DataDir) -> None:
    home.trials.write_bytes(b"this is no database" * 100)
    with pytest.raises(JournalFault) as caught:
        await SqliteTrials.open(home)
    assert "trials.sqlite" in str(caught.value)
    assert "journal verify" not in str(caught.value)


@pytest.mark.parametrize("read_only", [False, True])
async def test_a_newer_store_is_left_alone(home: DataDir, read_only: bool) -> None:
    await (await SqliteTrials.open(home)).close()
    other = sqlite3.connect(home.trials)
    other.execute("PRAGMA user_version = 9")
    other.close()
    with pytest.raises(JournalError, match=r"This store of trials was .* newer vicon \(schema 9"):
        await SqliteTrials.open(home, read_only=read_only)


async def test_reading_alone_needs_no_claim_and_writes_nothing(
    home: DataDir, trials: SqliteTrials
) -> None:
    await trials.put(RECORD)
    reader = await SqliteTrials.open(DataDir(home.path), read_only=True)
    assert await reader.get(RECORD.id) == RECORD
    with pytest.raises(JournalError, match="store of trials is read-only"):
        await reader.put(replace(RECORD, id="u2"))
    await reader.close()


async def test_reading_alone_makes_no_file(home: DataDir) -> None:
    with pytest.raises(JournalError, match="no trials in"):
        await SqliteTrials.open(home, read_only=True)
    assert not home.trials.exists()


async def test_a_closed_store_says_so(home: DataDir) -> None:
    trials = await SqliteTrials.open(home)
    await trials.close()
    with pytest.raises(JournalError):
        await trials.put(RECORD)


async def test_nothing_put_is_missing_after_kill(tmp_path: Path) -> None:
    """Killed three times over in the middle of writing."""
    said: list[str] = []
    for n in range(3):
        lines = run_and_kill(tmp_path, 0.05 + n / 20, "tests.store.trial_writer")
        assert lines
        said += [id for (id,) in lines]
    with DataDir.claim(tmp_path) as home:
        trials = await SqliteTrials.open(home)
        for id in said:
            assert await trials.get(id) is not None
        await trials.close()
