"""What the server itself tells a conference; a part of commands.py, the whole."""

from __future__ import annotations

from vicon.core.events_server import TakeoverWhy
from vicon.core.pressure import Level, Why
from vicon.core.shape import BaseCommand


class NotePressure(BaseCommand):
    level: Level
    why: Why = ""


class NoteClock(BaseCommand):
    """The machine's clock jumped by so many milliseconds, ahead if positive. `followed`: the
    server's time did the same; else it goes on as before."""

    by_ms: int
    followed: bool


class NoteTakeover(BaseCommand):
    """This server took over from another; see events_server.ServerTakenOver."""

    why: TakeoverWhy
    epoch: int
    server: str = ""
    by: str = ""
    away_ms: int | None = None


ServerCommand = NotePressure | NoteClock | NoteTakeover
