"""How the counts of each conference went, read from its journal and kept up with it."""

from __future__ import annotations

import asyncio

from msgspec import Struct, field

from vicon.core.course import Course
from vicon.ports import Clock, Journal, Record

BREATH = 50
"""Entries taken at a time, some 5 ms of work: a session goes on beside it."""


class Story(Struct, frozen=True, kw_only=True):
    """A conference from its first entry on, as it stood at `now`."""

    course: Course
    now: int
    """Unix ms."""
    last: Record
    """The newest entry that was read."""


class _Kept(Struct):
    course: Course = field(default_factory=Course)
    last: Record | None = None
    alone: asyncio.Lock = field(default_factory=asyncio.Lock)


class Courses:
    """Each entry is read once; what is kept of it is bounded by the conference."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal, self._clock = journal, clock
        self._kept: dict[str, _Kept] = {}

    async def read(self, conference: str) -> Story:
        """Of a conference that was created. Raises JournalError."""
        kept = self._kept.setdefault(conference, _Kept())
        async with kept.alone:
            taken = 0
            async for record in self._journal.replay(conference, kept.last):
                kept.course.take(record.at, record.event)
                kept.last = record
                taken += 1
                if taken % BREATH == 0:
                    await asyncio.sleep(0)
            assert kept.last is not None
            now = self._clock.now()
            return Story(course=kept.course.at(now), now=now, last=kept.last)
