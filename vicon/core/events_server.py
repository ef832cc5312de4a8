"""What the server did under pressure; a part of events.py, which is the whole: the same promise."""

from __future__ import annotations

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


ServerEvent = PressureChanged | ClockJumped
