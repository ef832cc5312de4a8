"""A deleted recording stands in the journal, of a living conference and of one in the archive."""

from __future__ import annotations

from typing import Any

import pytest

from vicon.app.actor import ConferenceActor
from vicon.app.deletions import noting
from vicon.core import commands as do
from vicon.core.events_recording import RecordingDeleted
from vicon.core.model import Conference, Plan
from vicon.ops.clock import SystemClock
from vicon.ports import JournalError
from vicon.store.sqlite import SqliteJournal


class Held:
    def __init__(self, actor: ConferenceActor | None) -> None:
        self.actor = actor

    def state(self, id: str) -> Conference | None:
        return self.actor.state if self.actor is not None else None

    async def submit(self, id: str, asker: do.System, command: do.Command) -> object:
        assert self.actor is not None
        return await self.actor.submit(asker, command)


async def last(journal: SqliteJournal) -> Any:
    return [record async for record in journal.replay("uji")][-1]


@pytest.mark.parametrize("archived", [False, True])
async def test_who_deleted_it_is_entered(
    plan: Plan, journal: SqliteJournal, archived: bool
) -> None:
    clock = SystemClock()
    actor = ConferenceActor(plan, journal, clock)
    await actor.start()
    held = Held(None if archived else actor)
    noted = noting(held, held.submit, journal, clock)
    if archived:
        await actor.stop()
    assert await noted("uji", "r1", "Sekretariat")
    record = await last(journal)
    assert record.event == RecordingDeleted(recording="r1", by="Sekretariat")
    assert record.actor["role"] == "system"
    await actor.stop()


async def test_a_journal_that_cannot_be_written_is_said(journal: SqliteJournal) -> None:
    held = Held(None)
    noted = noting(held, held.submit, journal, SystemClock())
    await journal.close()
    assert not await noted("uji", "r1", "Sekretariat")
    with pytest.raises(JournalError):
        await last(journal)
