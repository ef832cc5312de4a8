"""All stations that are there, or may come back."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from signaling import messages as wire
from vicon.app.trials import Visitor
from vicon.core.refusals import Refused
from vicon.ports import Clock
from vicon.trial.station import Station

MAX_PER_ROOM = 20
KEPT_S = 25.0
"""A station without a connection is forgotten after so long."""
_PREFERRED = {"tester": 0, "operator": 1, "moderator": 2}
_Key = tuple[str, str, str]
"""Conference, room and name."""


class Stations:
    def __init__(
        self,
        clock: Clock,
        changed: Callable[[str], None],
        keep: Callable[[str, Coroutine[Any, Any, None]], None],
    ) -> None:
        """`changed` is called with the conference whose stations did; `keep` runs something as a
        task of that name and owns it."""
        self._clock, self._changed, self._keep = clock, changed, keep
        self._known: dict[_Key, Station] = {}

    def __iter__(self) -> Iterator[Station]:
        return iter(self._known.values())

    def __len__(self) -> int:
        return len(self._known)

    def offer(self, visitor: Visitor, body: wire.TrialOffer) -> Station | Refused:
        """The visitor's connection is this station from now on."""
        room = visitor.actor.room
        if room is None:
            return Refused("not_allowed")
        key = (visitor.conference, room, body.station)
        known = self._known.get(key)
        if known is None and sum(where[:2] == key[:2] for where in self._known) >= MAX_PER_ROOM:
            return Refused("busy")
        self._leave(visitor, but=key)  # one connection is one station
        if known is not None:
            known.came(visitor, body)
        else:
            known = self._known[key] = Station(visitor, body, self._clock.now())
        self._changed(visitor.conference)
        return known

    def gone(self, visitor: Visitor) -> None:
        """The connection is over."""
        if self._leave(visitor):
            self._changed(visitor.conference)

    def withdraw(self, visitor: Visitor) -> list[Station]:
        """Those that this connection was; they are known no more."""
        mine = [(key, one) for key, one in self._known.items() if one.visitor is visitor]
        for key, _ in mine:
            del self._known[key]
        return [station for _, station in mine]

    def _leave(self, visitor: Visitor, but: _Key | None = None) -> bool:
        mine = [(k, one) for k, one in self._known.items() if one.visitor is visitor and k != but]
        for key, station in mine:
            station.went()
            self._keep(f"station {station.name}", self._forget(key, station))
        return bool(mine)

    async def _forget(self, key: _Key, station: Station) -> None:
        """Unless it comes back in time."""
        while not await station.back(KEPT_S):
            if self._known.get(key) is not station:
                return
            if not station.busy:
                del self._known[key]
                self._changed(key[0])
                return

    def message(self, conference: str) -> wire.TrialStations:
        here = [one for one in self if one.conference == conference and one.visitor is not None]
        return wire.TrialStations(stations=[one.view() for one in here])

    def best(self, conference: str, room: str, own: Visitor | None = None) -> Station | None:
        """The one to test: the asker's own page, else an idle one, test pages before others."""
        found = [
            one
            for one in self
            if (one.conference, one.room) == (conference, room) and one.visitor is not None
        ]
        mine = [one for one in found if own is not None and one.visitor is own]
        ranked = sorted(mine or found, key=lambda s: (s.busy, _PREFERRED.get(s.role, 9), -s.since))
        return ranked[0] if ranked else None
