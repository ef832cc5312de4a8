"""What the standby has of the first: both databases, open for what comes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime

import structlog

from vicon.ops.data import DataDir, make_private_dir, sync_dir
from vicon.ports import Clock, TrialRecord
from vicon.store.mirror import Head
from vicon.store.sqlite import SqliteJournal
from vicon.store.trials import Report, SqliteTrials

log = structlog.get_logger("vicon.pair")
_DATABASES = ("journal.sqlite", "trials.sqlite")
_BESIDE = ("", "-wal", "-shm")


class Copy:
    """Close it before the server serves. Raises JournalError."""

    def __init__(
        self, home: DataDir, clock: Clock, journal: SqliteJournal, trials: SqliteTrials
    ) -> None:
        self._home, self._clock = home, clock
        self.journal, self.trials = journal, trials

    @classmethod
    async def open(cls, home: DataDir, clock: Clock) -> Copy:
        journal = await SqliteJournal.open(home)
        try:
            return cls(home, clock, journal, await SqliteTrials.open(home))
        except BaseException:
            await journal.close()
            raise

    async def close(self) -> None:
        await self.journal.close()
        await self.trials.close()

    async def heads(self) -> dict[str, Head]:
        return await self.journal.heads()

    async def runs(self) -> dict[str, str]:
        return await self.trials.marks()

    async def take_runs(self, records: Sequence[TrialRecord], reports: Sequence[Report]) -> None:
        for record in records:
            await self.trials.put(record)
        for report in reports:
            await self.trials.add_report(*report)

    async def set_aside(self) -> None:
        """What is here goes on otherwise than the first's: it is kept, in DATA/aside, and the copy
        begins anew. Raises OSError too."""
        await self.close()
        when = datetime.fromtimestamp(self._clock.now() / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
        folder = self._home.path / "aside" / when
        make_private_dir(folder)
        for name in (name + more for name in _DATABASES for more in _BESIDE):
            path = self._home.path / name
            if path.exists():
                os.replace(path, folder / name)
        sync_dir(folder)
        sync_dir(self._home.path)
        log.warning("- set aside", folder=str(folder))
        self.journal = await SqliteJournal.open(self._home)
        self.trials = await SqliteTrials.open(self._home)
