"""A purge takes the names out of the files, and the chain still proves the rest."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from vicon.core.events import (
    AttendeeEntered,
    ConferenceCreated,
    Event,
    ExpectedChanged,
    PersonalDataPurged,
    PhaseChanged,
    TallyChanged,
)
from vicon.core.events_recording import RecordingDeleted
from vicon.core.model import Expected, Plan, RoomPlan
from vicon.core.privacy import DAY_MS, Keep
from vicon.ops.data import DataDir
from vicon.ports import JournalError, Record, TrialRecord
from vicon.store import reader, schema
from vicon.store.chain import export_line
from vicon.store.keeping import Keeping
from vicon.store.purge import survey
from vicon.store.sqlite import SqliteJournal
from vicon.store.trials import SqliteTrials

CLOSED = 1_600_000_000_000
WHO = {"role": "system", "name": "vicon"}
SECRETS = (b"Siti Rahasia", b"KPU Kukar", b"Budi Absen", b"Ketua Panwas")
PLAN = Plan(
    id="uji",
    title="Uji",
    timezone="Asia/Makassar",
    timezone_label="WITA",
    hub=RoomPlan(code="64", name="Provinsi", short_name="Provinsi"),
    rooms=(RoomPlan(code="64.02", name="Kukar", short_name="Kukar"),),
)
EVENTS: list[Event] = [
    ConferenceCreated(plan=PLAN),
    AttendeeEntered(
        room="64.02",
        person="person-a",
        name="Siti Rahasia",
        institution="KPU Kukar",
        role="KPU",
        entered_at=CLOSED - 5,
    ),
    ExpectedChanged(room="64.02", persons=[Expected(name="Budi Absen", role="Ketua Panwas")]),
    TallyChanged(room="64.02", tally=7),
    PhaseChanged(phase="closed"),
]


async def fill(journal: SqliteJournal, conference: str = "uji") -> list[Record]:
    return [r for e in EVENTS for r in await journal.append(conference, CLOSED, WHO, [e])]


async def replayed(journal: SqliteJournal, conference: str = "uji") -> list[Record]:
    return [record async for record in journal.replay(conference)]


def files_hold(home: DataDir, secret: bytes) -> list[str]:
    return [path.name for path in home.path.iterdir() if secret in path.read_bytes()]


def tamper(path: Path, *statements: str) -> None:
    """As somebody with the file and SQLite would."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            assert connection.execute(statement).rowcount, statement


async def test_names_are_gone_from_every_file_and_the_hashes_are_the_old_ones(
    home: DataDir, journal: SqliteJournal
) -> None:
    before = await fill(journal)
    await fill(journal, "lain")
    assert all(files_hold(home, secret) for secret in SECRETS)
    record = await journal.purge("uji", CLOSED + 9, WHO, 0)
    assert record is not None
    assert record.event == PersonalDataPurged(
        entries=2,
        names=2,
        trials=0,
        digest=record.event.digest,  # type: ignore[union-attr]
    )
    await journal.purge("lain", CLOSED + 9, WHO, 0)
    after = await replayed(journal)
    assert [r.hash for r in after[:-1]] == [r.hash for r in before]
    assert after[-1] == record
    assert next(r.event for r in after if isinstance(r.event, AttendeeEntered)).name == "#1"
    assert after[3].event == before[3].event
    assert reader.verify(home.journal).sound
    for secret in SECRETS:
        assert files_hold(home, secret) == []


async def test_a_second_purge_finds_nothing_and_writing_goes_on(
    home: DataDir, journal: SqliteJournal
) -> None:
    await fill(journal)
    await journal.purge("uji", 1, WHO, 0)
    assert await journal.purge("uji", 2, WHO, 0) is None
    await journal.append("uji", 3, WHO, EVENTS[1:2])
    assert await journal.purge("uji", 4, WHO, 0) is not None
    assert reader.verify(home.journal).sound
    names = [r.event.name for r in await replayed(journal) if isinstance(r.event, AttendeeEntered)]
    assert len(set(names)) == 2, "another coming is another number"


async def test_a_replay_under_way_is_not_disturbed(home: DataDir, journal: SqliteJournal) -> None:
    await fill(journal)
    for n in range(1200):
        await journal.append("uji", n, WHO, [TallyChanged(room="64.02", tally=n)])
    await journal.append("uji", 1, WHO, EVENTS[1:2])
    seen = 0
    async for _ in journal.replay("uji"):
        seen += 1
        if seen == 10:
            await journal.purge("uji", 4, WHO, 0)
    assert seen == len(EVENTS) + 1202


@pytest.mark.parametrize(
    ("statement", "at"),
    [
        # what was redacted says something else
        ("UPDATE journal SET event = replace(event, '#1', '#9') WHERE sequence = 2", 2),
        ("UPDATE journal SET event = replace(event, 'KPU', 'Pers') WHERE sequence = 2", 2),
        # something that is not to be redacted is called so
        ("UPDATE journal SET event = replace(event, ':7', ':1') WHERE sequence = 4", 4),
        # the table and the purge's entry differ
        ("DELETE FROM redactions WHERE sequence = 2", 2),
        ("DELETE FROM redactions", 2),
        ("UPDATE redactions SET purge = 99 WHERE sequence = 2", 3),
        ("INSERT INTO redactions VALUES ('uji', 4, 6, printf('%064d', 0))", 2),
        (
            "UPDATE journal SET event = replace(event, 's\":2', 's\":1') WHERE sequence = 6",
            6,
        ),
        # the purge is cut away
        ("DELETE FROM journal WHERE sequence = 6", 2),
    ],
)
async def test_what_is_changed_afterwards_is_named(
    home: DataDir, journal: SqliteJournal, statement: str, at: int
) -> None:
    await fill(journal)
    await journal.purge("uji", CLOSED + 9, WHO, 0)
    await journal.close()
    assert reader.verify(home.journal).sound
    tamper(home.journal, statement)
    (fault,) = reader.verify(home.journal).faults
    assert fault.sequence == at
    again = await SqliteJournal.open(home)
    with pytest.raises(JournalError):
        await replayed(again)
    await again.close()


async def test_a_forged_redaction_needs_a_purge_that_vouches_for_it(
    home: DataDir, journal: SqliteJournal
) -> None:
    """Somebody calls an entry redacted that says what it never said, in the table alone."""
    await fill(journal)
    await journal.close()
    clean = json.dumps(
        {
            "entered_at": 1,
            "institution": "",
            "name": "#1",
            "person": "person-z",
            "role": "",
            "room": "64.02",
            "type": "attendee_entered",
        },
        separators=(",", ":"),
    )
    (row,) = (row for row in reader.rows(home.journal) if row.sequence == 2)
    entry = json.loads(export_line(row))
    entry["event"] = json.loads(clean)
    del entry["hash"]
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    tamper(
        home.journal,
        f"UPDATE journal SET event = '{clean}' WHERE sequence = 2",
        f"INSERT INTO redactions VALUES ('uji', 2, 5, '{digest}')",
    )
    assert [fault.sequence for fault in reader.verify(home.journal).faults] == [2]


async def test_the_triggers_let_nothing_else_be_changed(
    home: DataDir, journal: SqliteJournal
) -> None:
    await fill(journal)
    await journal.purge("uji", 1, WHO, 0)
    await journal.append("uji", 2, WHO, [TallyChanged(room="64.02", tally=1)])
    with closing(sqlite3.connect(home.journal, isolation_level=None)) as connection:
        for statement in (
            "UPDATE journal SET event = '{}' WHERE sequence = 2",  # its purge is not the last
            "UPDATE journal SET event = '{}' WHERE sequence = 4",
            "UPDATE journal SET at = 1 WHERE sequence = 2",
            "DELETE FROM redactions",
            "UPDATE redactions SET purge = 7",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
                connection.execute(statement)


async def test_a_journal_of_the_first_schema_verifies_before_and_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_first: Callable[..., list[tuple[int, str]]] = lambda series="migrations": _all(series)[:1]  # noqa: E731
    _all = schema.migrations
    with DataDir.claim(tmp_path / "old") as home:
        with monkeypatch.context() as patch:
            patch.setattr(schema, "migrations", only_first)
            schema.prepare(home.journal)
        with closing(sqlite3.connect(home.journal)) as connection:
            assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert reader.verify(home.journal).sound
        journal = await SqliteJournal.open(home)
        await fill(journal)
        await journal.purge("uji", 1, WHO, 0)
        assert len(await replayed(journal)) == len(EVENTS) + 1
        await journal.close()


def run(id: str, conference: str) -> TrialRecord:
    return TrialRecord(
        id=id,
        conference=conference,
        room="64.02",
        kind="full",
        state="done",
        verdict="pass",
        profile="720p",
        started_at=CLOSED,
        ended_at=CLOSED,
        by="Teknisi Rahmat",
        sweep="",
        hash="ab",
        body=b'{"by":"Teknisi Rahmat"}',
    )


async def test_trials_go_at_their_own_time_and_other_conferences_keep_theirs(
    home: DataDir, journal: SqliteJournal
) -> None:
    await fill(journal)
    trials = await SqliteTrials.open(home)
    for id, conference in (("r1", "uji"), ("r2", "uji"), ("r3", "lain")):
        await trials.put(run(id, conference))
        await trials.add_report(f"digest-{id}", id, "pdf", 1)
    keeping, keep = Keeping(home, journal, trials), Keep(attendance_days=90, trials_days=365)
    early = await keeping.due("uji", keep, CLOSED + 90 * DAY_MS)
    assert (early.names, early.trials, early.removes_trials) == (2, 2, 0)
    await keeping.purge(CLOSED + 90 * DAY_MS, WHO, early)
    assert len(await trials.page("uji")) == 2
    late = await keeping.due("uji", keep, CLOSED + 365 * DAY_MS)
    assert (late.removes_entries, late.removes_trials) == (0, 2)
    record = await keeping.purge(CLOSED + 365 * DAY_MS, WHO, late)
    assert record is not None
    assert isinstance(record.event, PersonalDataPurged)
    assert (record.event.entries, record.event.trials) == (0, 2)
    assert await trials.page("uji") == []
    assert await trials.find_report("digest-r1") is None
    assert [one.id for one in await trials.page("lain")] == ["r3"]
    assert await trials.find_report("digest-r3") is not None
    assert not survey(home, "uji", keep, CLOSED + 400 * DAY_MS).anything
    assert reader.verify(home.journal).sound
    await trials.close()


async def test_trials_leave_no_bytes_behind(home: DataDir, journal: SqliteJournal) -> None:
    await fill(journal)
    trials = await SqliteTrials.open(home)
    await trials.put(run("r1", "uji"))
    assert files_hold(home, b"Teknisi Rahmat")
    await trials.forget("uji")
    assert files_hold(home, b"Teknisi Rahmat") == []
    await trials.close()


async def test_recordings_go_at_their_own_time_and_other_conferences_keep_theirs(
    home: DataDir, journal: SqliteJournal
) -> None:
    await fill(journal)
    for conference in ("uji", "lain"):
        place = home.recordings / conference / "r1"
        place.mkdir(parents=True)
        (place / "64.02-1.webm").write_bytes(b"picture and sound")
    trials = await SqliteTrials.open(home)
    keeping, keep = Keeping(home, journal, trials), Keep(recordings_days=30)
    early = await keeping.due("uji", keep, CLOSED + 30 * DAY_MS - 1)
    assert (early.recordings, early.removes_recordings, early.anything) == (1, 0, False)
    due = await keeping.due("uji", keep, CLOSED + 30 * DAY_MS)
    assert (due.removes_recordings, due.removes_entries) == (1, 0)
    record = await keeping.purge(CLOSED + 30 * DAY_MS, WHO, due)
    assert record is not None
    assert record.event == RecordingDeleted(recording="r1", why="retention")
    assert not (home.recordings / "uji" / "r1").exists()
    assert (home.recordings / "lain" / "r1" / "64.02-1.webm").exists()
    assert reader.verify(home.journal).sound
    await trials.close()
