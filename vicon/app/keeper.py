"""Removes by itself, once a day, the personal data whose time is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog

from vicon.app.actor import signature
from vicon.app.gateway import Hall
from vicon.core import commands as do
from vicon.core.privacy import Keep
from vicon.ports import Clock, JournalError, Purger

EVERY_S = 86_400.0
FIRST_S = 60.0
"""A start, and a recovery, comes first."""

log = structlog.get_logger("vicon.retention")


class Keeper:
    """`keeps`: by conference, with its title, as it is now; those that are not `automatic` are left
    alone. `halls`: those that live now."""

    def __init__(
        self,
        halls: Mapping[str, Hall],
        purger: Purger,
        keeps: Callable[[], Mapping[str, tuple[str, Keep]]],
        clock: Clock,
    ) -> None:
        self._halls, self._purger, self._clock, self._keeps = halls, purger, clock, keeps

    async def run(self) -> None:
        """Until it is cancelled."""
        await self._clock.sleep(FIRST_S)
        while True:
            for conference in list(self._keeps()):
                await self.look(conference)
            await self._clock.sleep(EVERY_S)

    async def look(self, conference: str) -> None:
        """Remove what is due of one. What fails is told, and tried again the next day."""
        hall, (_, keep) = self._halls.get(conference), self._keeps()[conference]
        if hall is None or not keep.automatic or hall.actor.state.phase != "closed":
            return
        actor = hall.actor
        try:
            now = self._clock.now()
            found = await self._purger.due(conference, keep, now)
            if not found.anything:
                return
            who = signature(do.SYSTEM)
            await actor.purge(lambda: self._purger.purge(now, who, found))
        except JournalError as error:
            log.error("x purge", conference=conference, why=str(error))
            return
        log.info(
            "- purged",
            conference=conference,
            entries=found.removes_entries,
            trials=found.removes_trials,
            recordings=found.removes_recordings,
        )
