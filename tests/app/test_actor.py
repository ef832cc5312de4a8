"""The actor: durable before answered, all or none, the same after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

import pytest

from vicon.app.actor import ConferenceActor, Done
from vicon.app.gateway import Hall
from vicon.core import commands as do
from vicon.core import headcount
from vicon.core.events import Event
from vicon.core.model import Actor, Plan
from vicon.core.refusals import Refused
from vicon.ops.clock import SystemClock
from vicon.ports import JournalError, Record
from vicon.store.sqlite import SqliteJournal

OPERATOR = Actor(role="operator", name="Kukar", room="64.02")
MODERATOR = Actor(role="moderator", name="Sri", room="64")


class FailingJournal:
    """The real journal until `broken`, then a full disk; while `doubtful` it writes, and says that
    it does not know."""

    def __init__(self, real: SqliteJournal) -> None:
        self.real = real
        self.broken = self.doubtful = False

    async def append(
        self, conference: str, at: int, actor: Mapping[str, str], events: Sequence[Event]
    ) -> list[Record]:
        return await self.append_many(conference, [(at, actor, events)])

    async def append_many(
        self, conference: str, batch: Sequence[tuple[int, Mapping[str, str], Sequence[Event]]]
    ) -> list[Record]:
        if self.broken:
            raise JournalError("disk full")
        written = await self.real.append_many(conference, batch)
        if self.doubtful:
            unsure = JournalError("cut off")
            unsure.unsure = True
            raise unsure
        return written

    def replay(self, conference: str, after: Record | None = None) -> AsyncIterator[Record]:
        return self.real.replay(conference, after)

    async def conferences(self) -> list[str]:
        return await self.real.conferences()

    async def mend(self) -> None:
        if self.broken:
            raise JournalError("disk full")
        await self.real.mend()

    async def probe(self) -> None:
        await self.mend()

    async def close(self) -> None:
        await self.real.close()


async def started(plan: Plan, journal: SqliteJournal | FailingJournal) -> ConferenceActor:
    actor = ConferenceActor(plan, journal, SystemClock())
    await actor.start()
    return actor


async def test_fifty_at_once_leave_twelve_persons(plan: Plan, journal: SqliteJournal) -> None:
    actor = await started(plan, journal)
    outcomes = await asyncio.gather(
        *(actor.submit(OPERATOR, do.JoinRoom(device=f"d{n}")) for n in range(50))
    )
    refused = [o for o in outcomes if isinstance(o, Refused)]
    assert headcount.effective(actor.state, "64.02") == 12
    assert {o.code for o in refused} == {"room_full"}
    assert len(refused) == 50 - 13, "twelve persons beside the hall's camera"
    await actor.stop()


async def test_what_was_acknowledged_is_there_after_a_restart(
    plan: Plan, journal: SqliteJournal
) -> None:
    first = await started(plan, journal)
    await first.submit(OPERATOR, do.JoinRoom(device="kamera"))
    await first.submit(OPERATOR, do.AddCount(room="64.02", by=1))
    await first.submit(MODERATOR, do.GiveFloor(room="64.02"))
    before, revision = first.state, first.revision
    await first.stop()

    second = await started(plan, journal)
    device = second.state.devices["kamera"]
    assert second.state.floor == before.floor == "64.02"
    assert headcount.effective(second.state, "64.02") == 1
    assert not device.connected, "nobody is connected to a server that just started"
    assert second.revision > revision, "revisions go on over a restart"
    await second.stop()


async def test_a_journal_that_fails_changes_nothing(plan: Plan, journal: SqliteJournal) -> None:
    failing = FailingJournal(journal)
    actor = await started(plan, failing)
    state, revision = actor.state, actor.revision
    failing.broken = True
    outcome = await actor.submit(OPERATOR, do.AddCount(room="64.02", by=1))
    assert isinstance(outcome, Refused)
    assert outcome.code == "journal_failed"
    assert (actor.state, actor.revision) == (state, revision)
    failing.broken = False
    assert isinstance(await actor.submit(OPERATOR, do.AddCount(room="64.02", by=1)), Done)
    await actor.stop()


async def test_what_was_written_against_all_appearance_is_taken_up_before_the_next_act(
    plan: Plan, journal: SqliteJournal
) -> None:
    failing = FailingJournal(journal)
    actor = await started(plan, failing)
    told: list[tuple[int, list[str]]] = []

    class Watch:
        def changed(self, state: object, revision: int, events: Sequence[Event]) -> None:
            told.append((revision, [type(event).__name__ for event in events]))

    def failed() -> bool:
        return actor.failing is not None

    actor.observe(Watch())
    before = actor.revision
    add = do.AddCount(room="64.02", by=1)
    failing.doubtful = True
    assert await actor.submit(OPERATOR, add) == Refused(code="journal_failed")
    assert failed()
    failing.doubtful, failing.broken = False, True
    assert await actor.submit(OPERATOR, add) == Refused(code="journal_failed")
    assert (actor.revision, told) == (before, []), "while it cannot be read, nothing moves"
    failing.broken = False
    done = await actor.submit(OPERATOR, add)
    assert isinstance(done, Done)
    assert headcount.effective(actor.state, "64.02") == 2, "the first was written after all"
    assert [revision for revision, _ in told] == [before + 1, before + 2]
    assert not failed()
    state, revision = actor.state, actor.revision
    await actor.stop()
    again = ConferenceActor(plan, journal, SystemClock())
    await again.start()
    assert (again.state, again.revision) == (state, revision), "memory and disk say the same"
    await again.stop()


async def test_observers_see_every_state_in_order(plan: Plan, journal: SqliteJournal) -> None:
    actor = await started(plan, journal)
    seen: list[int] = []

    class Watch:
        def changed(self, state: object, revision: int, events: Sequence[Event]) -> None:
            seen.append(revision)

    actor.observe(Watch())
    for _ in range(5):
        await actor.submit(OPERATOR, do.AddCount(room="64.02", by=1))
    await actor.submit(OPERATOR, do.AddCount(room="64.71", by=1))  # not its room: refused
    assert seen == list(range(actor.revision - 4, actor.revision + 1))
    await actor.stop()


async def test_a_stopped_actor_refuses(plan: Plan, journal: SqliteJournal) -> None:
    actor = await started(plan, journal)
    await actor.stop()
    outcome = await actor.submit(OPERATOR, do.AddCount(room="64.02", by=1))
    assert isinstance(outcome, Refused)
    assert outcome.code == "busy"


@pytest.mark.parametrize("count", [1, 64, 200])
async def test_waiting_acts_are_written_together(
    plan: Plan, journal: SqliteJournal, count: int
) -> None:
    actor = await started(plan, journal)
    before = actor.revision
    outcomes = await asyncio.gather(
        *(actor.submit(OPERATOR, do.SetCount(room="64.02", value=n % 12)) for n in range(count))
    )
    assert all(isinstance(o, Done) for o in outcomes)
    records = [r async for r in journal.replay(plan.id)]
    assert [r.sequence for r in records] == list(range(1, actor.revision + 1))
    assert actor.revision - before == count
    await actor.stop()


async def test_a_device_that_nobody_holds_is_lost_at_the_second_look(
    plan: Plan, journal: SqliteJournal
) -> None:
    actor = await started(plan, journal)
    hall = Hall(actor)
    await actor.submit(OPERATOR, do.JoinRoom(device="kamera"))
    seen = []
    for _ in range(2):
        await hall.sweep()
        seen.append(actor.state.devices["kamera"].connected)
    assert seen == [True, False], "at the first look it may be joining this very moment"
    await actor.stop()
