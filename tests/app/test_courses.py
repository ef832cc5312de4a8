"""A session's course is read from its journal, in small steps, and every entry once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from vicon.app.actor import ConferenceActor
from vicon.app.courses import BREATH, Courses
from vicon.core import commands as do
from vicon.core.events import EstimateChanged, Event
from vicon.core.model import Actor, Plan
from vicon.ops.clock import SystemClock
from vicon.ports import Record
from vicon.store.sqlite import SqliteJournal

KUKAR = "64.02"
OPERATOR = Actor(role="operator", name="Kukar", room=KUKAR)
MANY = 2_000


class Counting(SqliteJournal):
    """Notes the entries that were read."""

    read: list[int]

    async def replay(self, conference: str, after: Record | None = None) -> AsyncIterator[Record]:
        async for record in super().replay(conference, after):
            self.read.append(record.sequence)
            yield record


def counting(journal: SqliteJournal) -> Counting:
    made = Counting(journal._connection, journal._path)
    made.read = []
    return made


async def test_every_entry_is_read_once_and_nothing_is_missed(
    plan: Plan, journal: SqliteJournal
) -> None:
    actor = ConferenceActor(plan, journal, SystemClock())
    await actor.start()
    reading = counting(journal)
    courses = Courses(reading, SystemClock())
    first = await courses.read(plan.id)
    assert first.course.rooms[KUKAR].end is None
    await actor.submit(OPERATOR, do.SetCount(room=KUKAR, value=9))
    stories = await asyncio.gather(*(courses.read(plan.id) for _ in range(5)))
    assert {story.course.rooms[KUKAR].end for story in stories} == {9}
    assert first.course.rooms[KUKAR].end is None, "an earlier reading stays as it was"
    assert reading.read == list(range(1, actor.revision + 1))
    assert stories[0].last.sequence == actor.revision
    assert stories[0].course.state == actor.state
    await actor.stop()


async def test_a_session_goes_on_while_a_long_journal_is_read(
    plan: Plan, journal: SqliteJournal
) -> None:
    actor = ConferenceActor(plan, journal, SystemClock())
    await actor.start()
    await actor.stop()
    seen: list[Event] = [
        EstimateChanged(room=KUKAR, persons=n % 13, quality="ok") for n in range(MANY)
    ]
    await journal.append(plan.id, actor.now(), {"role": "system"}, seen)
    reading = counting(journal)
    at_a_time: list[int] = []

    async def others() -> None:
        """Whoever else has something to do."""
        before = 0
        while True:
            await asyncio.sleep(0)
            at_a_time.append(len(reading.read) - before)
            before = len(reading.read)

    going_on = asyncio.create_task(others())
    story = await Courses(reading, SystemClock()).read(plan.id)
    going_on.cancel()
    assert story.course.rooms[KUKAR].camera_end == (MANY - 1) % 13
    assert sum(at_a_time) > MANY / 2, "they were looked at all the time"
    assert max(at_a_time) <= BREATH
