"""The server removes by itself what is due, and everybody sees the same afterwards as after a
restart."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing

import pytest

from vicon.app.actor import ConferenceActor, Done
from vicon.app.gateway import Hall
from vicon.app.keeper import EVERY_S, FIRST_S, Keeper
from vicon.core import commands as do
from vicon.core.model import Actor, Conference, Expected, Plan
from vicon.core.privacy import DAY_MS, Keep
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.store import reader
from vicon.store.keeping import Keeping
from vicon.store.sqlite import SqliteJournal
from vicon.store.trials import SqliteTrials

KUKAR = "64.02"
OPERATOR = Actor(role="operator", name="Kukar", room=KUKAR)
MODERATOR = Actor(role="moderator", name="Sri", room="64")


class Days(SystemClock):
    """The real clock, some days later; a sleep is over at once, and the last one ends the test."""

    def __init__(self, sleeps: int = 0) -> None:
        self.later_ms = 0
        self.slept: list[float] = []
        self._sleeps = sleeps

    def now(self) -> int:
        return super().now() + self.later_ms

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if len(self.slept) > self._sleeps:
            raise _Enough


class _Enough(Exception):
    pass


class Seen:
    def __init__(self) -> None:
        self.states: list[tuple[int, str]] = []

    def changed(self, state: Conference, revision: int, events: object) -> None:
        names = [one.name for one in state.rooms[KUKAR].attendance.values()]
        self.states.append((revision, ", ".join(names)))


@pytest.fixture
async def trials(home: DataDir) -> AsyncIterator[SqliteTrials]:
    store = await SqliteTrials.open(home)
    yield store
    await store.close()


async def ceremony(plan: Plan, journal: SqliteJournal, *, closed: bool = True) -> ConferenceActor:
    actor = ConferenceActor(plan, journal, SystemClock())
    await actor.start()
    enter = do.EnterPerson(
        room=KUKAR, person="person-a", name="Siti Rahasia", institution="KPU", role="KPU", ago_ms=0
    )
    assert isinstance(await actor.submit(OPERATOR, enter), Done)
    expected = do.ImportExpected(persons={KUKAR: (Expected(name="Siti Rahasia"),)})
    assert isinstance(await actor.submit(MODERATOR, expected), Done)
    if closed:
        assert isinstance(await actor.submit(MODERATOR, do.SetPhase(phase="closed")), Done)
    return actor


def keeper_of(
    actor: ConferenceActor, keeping: Keeping, clock: Days, *, automatic: bool = True
) -> Keeper:
    keep = Keep(automatic=automatic, attendance_days=90)
    keeps = {"uji": ("Uji", keep), "gone": ("Gone", keep)}
    return Keeper({"uji": Hall(actor)}, keeping, lambda: keeps, clock)


async def test_it_goes_on_its_day_and_not_before(
    plan: Plan, journal: SqliteJournal, home: DataDir, trials: SqliteTrials
) -> None:
    actor, clock, seen = await ceremony(plan, journal), Days(), Seen()
    keeper = keeper_of(actor, Keeping(home, journal, trials), clock)
    clock.later_ms = 90 * DAY_MS - 60_000
    await keeper.look("uji")
    assert "Siti Rahasia" in str(actor.state)
    clock.later_ms = 90 * DAY_MS
    actor.observe(seen)
    before = actor.revision
    await keeper.look("uji")
    assert "Siti Rahasia" not in str(actor.state)
    assert seen.states == [(before + 1, "#1")]
    await keeper.look("uji")
    assert actor.revision == before + 1
    again = ConferenceActor(plan, journal, SystemClock())
    await again.start()
    assert (again.state, again.revision, again.head) == (actor.state, actor.revision, actor.head)
    assert reader.verify(home.journal).sound
    await actor.stop()
    await again.stop()


async def test_a_conference_that_is_not_over_keeps_everything(
    plan: Plan, journal: SqliteJournal, home: DataDir, trials: SqliteTrials
) -> None:
    actor, clock = await ceremony(plan, journal, closed=False), Days()
    clock.later_ms = 4000 * DAY_MS
    await keeper_of(actor, Keeping(home, journal, trials), clock).look("uji")
    assert "Siti Rahasia" in str(actor.state)
    await actor.stop()


async def test_it_looks_once_a_day_and_only_where_that_is_wanted(
    plan: Plan, journal: SqliteJournal, home: DataDir, trials: SqliteTrials
) -> None:
    actor, clock = await ceremony(plan, journal), Days(sleeps=2)
    clock.later_ms = 91 * DAY_MS
    with pytest.raises(_Enough):
        await keeper_of(actor, Keeping(home, journal, trials), clock).run()
    assert clock.slept == [FIRST_S, EVERY_S, EVERY_S]
    assert "Siti Rahasia" not in str(actor.state)
    await actor.stop()


async def test_nothing_goes_by_itself_where_that_is_not_wanted(
    plan: Plan, journal: SqliteJournal, home: DataDir, trials: SqliteTrials
) -> None:
    actor, clock = await ceremony(plan, journal), Days(sleeps=2)
    clock.later_ms = 4000 * DAY_MS
    with pytest.raises(_Enough):
        await keeper_of(actor, Keeping(home, journal, trials), clock, automatic=False).run()
    assert "Siti Rahasia" in str(actor.state)
    await actor.stop()


async def test_a_purge_that_fails_changes_nothing_and_is_tried_again(
    plan: Plan, journal: SqliteJournal, home: DataDir, trials: SqliteTrials
) -> None:
    actor, clock = await ceremony(plan, journal), Days()
    clock.later_ms = 91 * DAY_MS
    keeper = keeper_of(actor, Keeping(home, journal, trials), clock)
    with closing(sqlite3.connect(home.journal, isolation_level=None)) as other:
        other.execute(
            "CREATE TRIGGER no BEFORE INSERT ON redactions BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
        await keeper.look("uji")
        assert "Siti Rahasia" in str(actor.state)
        assert actor.alive
        other.execute("DROP TRIGGER no")
    assert reader.verify(home.journal).sound
    await keeper.look("uji")
    assert "Siti Rahasia" not in str(actor.state)
    await actor.stop()
