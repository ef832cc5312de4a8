"""The one place that reads the time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import NamedTuple

JUMP_MS = 1_000
"""From this difference on the machine's clock has jumped; below, it is followed."""
SLEW = 0.005
"""So fast at most, of the time that passes."""
_STEADY: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class SystemClock:
    """The machine's clock: ports.Clock for everything that really runs."""

    def now(self) -> int:
        """Unix milliseconds, UTC."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Seconds from an arbitrary start, never going back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Jump(NamedTuple):
    by_ms: int
    """Ahead if positive."""
    followed: bool


class SteadyClock(SystemClock):
    """A clock that does not jump in the middle of a session, whatever the machine's does: it goes
    on by the time since the start of the machine, sleep included. Its owner calls look() about once
    a second."""

    def __init__(
        self,
        wall: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        steady: Callable[[], float] = lambda: time.clock_gettime(_STEADY),
    ) -> None:
        """`wall`: Unix ms as the machine has it. `steady`: seconds."""
        self._wall, self._steady = wall, steady
        self._base = wall() - 1000 * steady()
        self._looked = steady()
        self.held_ms = 0
        """By which the machine's clock is ahead of this one since a jump that was not followed."""

    def now(self) -> int:
        return int(self._base + 1000 * self._steady())

    def look(self, *, follow: bool) -> Jump | None:
        """Compare with the machine's clock: small differences are made up for little by little, a
        jump is told once, and followed only if `follow`: nobody is here whom it could hurt."""
        now = self._steady()
        most, self._looked = 1000 * SLEW * max(0.0, now - self._looked), now
        ahead = self._wall() - (self._base + 1000 * now)
        beyond = ahead - self.held_ms
        if follow and abs(ahead) >= JUMP_MS:
            self._base += ahead
            self.held_ms = 0
            return Jump(round(ahead), followed=True)
        if abs(beyond) >= JUMP_MS:
            self.held_ms = round(ahead) if abs(ahead) >= JUMP_MS else 0
            return Jump(round(beyond), followed=False)
        self._base += max(-most, min(most, beyond))
        return None
