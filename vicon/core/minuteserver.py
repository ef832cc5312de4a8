"""The trail of what befell the server itself: pressure under which something gave way, jumps of its
clock, takeovers by another server. Fed with every entry in its order."""

from __future__ import annotations

from typing import TypeVar

from msgspec import Struct

from vicon.core import events as ev
from vicon.core.events_server import ClockJumped, PressureChanged, ServerTakenOver
from vicon.core.minutewords import Jumped, Pressed, ServerMinutes, Takeover
from vicon.core.model import Conference
from vicon.core.pressure import NORMAL, Level, Why

T = TypeVar("T")
MOST = 50
"""Of each that are told one by one."""


class _Pressed(Struct):
    why: Why
    highest: Level
    began_at: int
    live: bool
    ended_at: int | None = None


class ServerTrail:
    def __init__(self) -> None:
        self._pressed: list[_Pressed] = []
        self._jumps: list[Jumped] = []
        self._takeovers: list[Takeover] = []
        self._level: Level = NORMAL
        self._more = 0

    def take(self, state: Conference, event: ev.Event, at: int) -> None:
        live = state.phase == "live"
        if isinstance(event, PressureChanged):
            self._press(event, at)
        elif isinstance(event, ClockJumped):
            jumped = Jumped(at=at, by_ms=event.by_ms, followed=event.followed, live=live)
            self._keep(self._jumps, jumped)
        elif isinstance(event, ServerTakenOver):
            taken = Takeover(
                at=at,
                why=event.why,
                epoch=event.epoch,
                server=event.server,
                by=event.by,
                away_ms=event.away_ms,
                live=live,
            )
            self._keep(self._takeovers, taken)
        if self._pressing is not None:
            self._pressing.live = self._pressing.live or live

    @property
    def _pressing(self) -> _Pressed | None:
        last = self._pressed[-1] if self._pressed else None
        return last if last is not None and last.ended_at is None else None

    def _press(self, event: PressureChanged, at: int) -> None:
        going, before, self._level = self._pressing, self._level, event.level
        if before == NORMAL and event.level != NORMAL:
            self._keep(self._pressed, _Pressed(event.why, event.level, at, live=False))
        elif going is not None and event.level == NORMAL:
            going.ended_at = at
        elif going is not None:
            going.highest = max(going.highest, event.level)

    def _keep(self, told: list[T], one: T) -> None:
        if len(told) < MOST:
            told.append(one)
        else:
            self._more += 1

    def told(self, end: int) -> ServerMinutes:
        """`end`: until when lasted what did not end."""
        pressed = [
            Pressed(
                why=one.why,
                highest=one.highest,
                began_at=one.began_at,
                ended_at=one.ended_at,
                lasted_ms=max(0, (end if one.ended_at is None else one.ended_at) - one.began_at),
                live=one.live,
            )
            for one in self._pressed
        ]
        return ServerMinutes(
            pressed=pressed,
            jumps=list(self._jumps),
            takeovers=list(self._takeovers),
            more=self._more,
        )
