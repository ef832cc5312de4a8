"""Which version of the marked clip a line carries: up after calm, down at trouble. Pure."""

from __future__ import annotations

import math
from typing import Literal

from vicon.measure.departures import Departures

Level = Literal["720p", "360p", "180p", "audio", "none"]
RUNGS: tuple[Level, ...] = ("720p", "360p", "180p", "audio")
HEIGHTS: dict[Level, int] = {"720p": 720, "360p": 360, "180p": 180}
CALM_S, TROUBLE_S = 1.5, 0.8
DRAIN_S = 2.5
"""After a step down the queue that was built needs so long to empty."""
GROWTH_S = 0.060
FALLING_S = 0.010
"""A queue that became shorter by so much within half a second is draining: the level is right."""
LOSS, LEAST_KNOWN = 0.10, 30
"""Random loss up to a tenth is the line's own; sending less would not lessen it."""
_PERIOD_S = 0.1


class Ladder:
    """Times are monotonic seconds."""

    def __init__(self, now: float) -> None:
        self.level: Level = "none"
        self._wanted: Level = "none"
        self._top = 0
        """Rungs above this have failed on this line."""
        self._since = now
        self._bad_since: float | None = None
        self._floor: float | None = None
        self._looked = now
        self._judged_from = now

    def want(self, level: Level, now: float) -> None:
        """At most this; the start is one rung below."""
        self._wanted = level
        if level == "none":
            self.level = "none"
            return
        wanted = max(RUNGS.index(level), self._top)
        if self.level == "none":
            self.level = RUNGS[min(wanted + 1, 2)] if wanted < 2 else RUNGS[wanted]
        elif RUNGS.index(self.level) < wanted:
            self.level = RUNGS[wanted]
        self._since = now

    def look(self, departures: Departures, now: float) -> None:
        """Call often; acts ten times a second."""
        if now - self._looked < _PERIOD_S or self.level == "none":
            return
        self._looked = now
        if self._trouble(departures, now) and now >= self._judged_from:
            self._bad_since = self._bad_since if self._bad_since is not None else now
            if now - self._bad_since >= TROUBLE_S:
                self._down(now)
        else:
            self._bad_since = None
            if now - self._since >= CALM_S:
                self._up(now)

    def _trouble(self, departures: Departures, now: float) -> bool:
        heard = departures.heard(now - 1.0, now)
        least = departures.least_transit(now - 0.5, now)
        if least is not None:
            self._floor = least if self._floor is None else min(self._floor, least)
            if least - self._floor > GROWTH_S and not self._drains(departures, least, now):
                return True
        known, gone = len(heard), sum(1 for sent in heard if sent.came is None)
        # Two standard deviations more: a tenth of all is more than a tenth in every other second.
        most = LOSS * known + 2 * math.sqrt(LOSS * (1 - LOSS) * known)
        return known >= LEAST_KNOWN and gone > most

    def _drains(self, departures: Departures, least: float, now: float) -> bool:
        before = departures.least_transit(now - 1.0, now - 0.5)
        return before is not None and least < before - FALLING_S

    def _down(self, now: float) -> None:
        place = RUNGS.index(self.level)
        self._top = max(self._top, min(place + 1, len(RUNGS) - 1))
        self.level = RUNGS[min(place + 1, len(RUNGS) - 1)]
        self._since, self._bad_since = now, None
        self._judged_from = now + DRAIN_S

    def _up(self, now: float) -> None:
        place = RUNGS.index(self.level)
        best = max(RUNGS.index(self._wanted), self._top)
        if place > best:
            self.level = RUNGS[place - 1]
            self._since = now
