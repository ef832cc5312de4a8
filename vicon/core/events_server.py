"""What the server did under pressure; a part of events.py, which is the whole: the same promise."""

from __future__ import annotations

from typing import Literal

from vicon.core.pressure import Level, Why
from vicon.core.shape import BaseEvent


class PressureChanged(BaseEvent, tag="pressure_changed"):
    """What gives way from now on (core.pressure); 0: nothing."""

    level: Level
    why: Why = ""


class ClockJumped(BaseEvent, tag="clock_jumped"):
    """The machine's clock jumped, ahead if `by_ms` is positive. Where it was not `followed`, the
    times of the entries went on as if it had not."""

    by_ms: int
    followed: bool


TakeoverWhy = Literal["ended", "handed_over", "decided", "halls"]
"""ended: the port of the one before refused connections. handed_over: that one did so when a person
asked. decided: a person was sure that it does not serve. halls: most halls had lost it."""


class ServerTakenOver(BaseEvent, tag="server_taken_over"):
    """Another server of the pair serves from here on."""

    why: TakeoverWhy
    epoch: int
    """From when on, Unix seconds; see vicon.pair.rules."""
    server: str = ""
    """Address of the one before; empty: not known."""
    by: str = ""
    """Account on the machine of the person who asked; empty: nobody did."""
    away_ms: int | None = None
    """From the last word of the one before; None: not known."""


ServerEvent = PressureChanged | ClockJumped | ServerTakenOver
