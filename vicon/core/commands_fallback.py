"""What may be asked about the halls' fallback plans; a part of commands.py, the whole."""

from __future__ import annotations

from vicon.core.profile import Level, Trouble
from vicon.core.shape import BaseCommand


class PinFallback(BaseCommand):
    """Keep a hall at `level`; None: let it move by itself again."""

    room: str
    level: Level | None


class LowerFallback(BaseCommand):
    """One step down from `level`, at which the trouble was measured; only the server itself."""

    room: str
    level: Level
    trouble: Trouble


class RaiseFallback(BaseCommand):
    """One step up from `level`, at which the line was good; only the server itself."""

    room: str
    level: Level


FallbackCommand = PinFallback | LowerFallback | RaiseFallback
