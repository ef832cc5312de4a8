"""The one place that reads the time."""

from __future__ import annotations

import asyncio
import time


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
