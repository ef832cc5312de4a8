"""Both databases, and the recordings, under one purge: ports.Purger."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from vicon.core.events import Event
from vicon.core.events_recording import RecordingDeleted
from vicon.core.privacy import Due, Keep
from vicon.ops.data import DataDir
from vicon.ports import JournalError, Record
from vicon.store.purge import survey
from vicon.store.recordings import remove_recordings
from vicon.store.sqlite import SqliteJournal
from vicon.store.trials import SqliteTrials


class Keeping:
    def __init__(self, home: DataDir, journal: SqliteJournal, trials: SqliteTrials) -> None:
        self._home, self._journal, self._trials = home, journal, trials

    async def due(self, conference: str, keep: Keep, now: int) -> Due:
        return await asyncio.to_thread(survey, self._home, conference, keep, now)

    async def purge(self, at: int, actor: Mapping[str, str], found: Due) -> Record | None:
        """The journal first: cut off between the two, the runs go at the next time."""
        record = await self._journal.purge(
            found.conference, at, actor, found.removes_trials, names=bool(found.removes_entries)
        )
        if found.removes_trials:
            await self._trials.forget(found.conference)
        if found.removes_recordings:
            record = await self._remove_recordings(at, actor, found.conference) or record
        return record

    async def _remove_recordings(
        self, at: int, actor: Mapping[str, str], conference: str
    ) -> Record | None:
        """The last entry of it."""
        root = self._home.recordings
        try:
            gone = await asyncio.to_thread(remove_recordings, root, conference)
        except OSError as error:
            raise JournalError(f"recordings of {conference}: {error}") from error
        events: list[Event] = [RecordingDeleted(recording=id, why="retention") for id in gone]
        records = await self._journal.append(conference, at, actor, events) if events else []
        return records[-1] if records else None
