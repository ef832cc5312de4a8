"""The trail of the halls' fallback plans: when a line bore less picture than was planned, and why.
Fed with every entry in its order."""

from __future__ import annotations

from msgspec import Struct

from vicon.core import events as ev
from vicon.core.events_fallback import FallbackLowered
from vicon.core.minutewords import Narrowed
from vicon.core.model import Conference
from vicon.core.profile import Level, Trouble, least
from vicon.core.rooms import main_device


class _Narrowed(Struct):
    room: str
    trouble: Trouble
    lowest: Level
    began_at: int
    live: bool
    ended_at: int | None = None


class FallbackTrail:
    def __init__(self) -> None:
        self._all: list[_Narrowed] = []
        self._open: dict[str, _Narrowed] = {}

    def take(self, state: Conference, event: ev.Event, at: int) -> None:
        if isinstance(event, FallbackLowered):
            one = self._open.get(event.room)
            if one is None:
                live = state.phase == "live"
                one = _Narrowed(event.room, event.trouble, event.level, at, live)
                self._open[event.room] = one
                self._all.append(one)
            one.lowest = least(one.lowest, event.level)
        for code, one in list(self._open.items()):
            one.live = one.live or state.phase == "live"
            if _over(state, code):
                one.ended_at = at
                del self._open[code]

    def told(self, end: int) -> list[Narrowed]:
        """`end`: until when one lasted that did not end."""
        return [
            Narrowed(
                room=one.room,
                trouble=one.trouble,
                lowest=one.lowest,
                began_at=one.began_at,
                ended_at=one.ended_at,
                lasted_ms=max(0, (end if one.ended_at is None else one.ended_at) - one.began_at),
                live=one.live,
            )
            for one in self._all
        ]


def _over(state: Conference, code: str) -> bool:
    """The picture is back, a moderator decided, or the hall has gone."""
    if code not in state.rooms or main_device(state, code) is None:
        return True
    return state.rooms[code].fallback.trouble is None
