"""The minutes of a living conference, read from its journal."""

from __future__ import annotations

import asyncio

from vicon.core.minutes import MinuteTaker
from vicon.core.minutewords import Minutes
from vicon.ports import Journal

BREATH = 50
"""Entries taken at a time, some 5 ms of work: a session goes on beside it."""


async def read_minutes(journal: Journal, conference: str) -> Minutes:
    """Of a conference that was created. Raises JournalError, BrokenHistory."""
    taker, taken = MinuteTaker(), 0
    async for record in journal.replay(conference):
        taker.take(record)
        taken += 1
        if taken % BREATH == 0:
            await asyncio.sleep(0)
    return taker.minutes()
