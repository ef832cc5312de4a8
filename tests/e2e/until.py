"""Wait for a condition, with a deadline and a word about what was seen last."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def until(
    look: Callable[[], Awaitable[T]],
    holds: Callable[[T], bool],
    timeout: float,
    what: str,
    every: float = 0.1,
) -> T:
    """Look again and again until it holds; raises AssertionError with the last thing seen.

    `timeout` and `every` are seconds.
    """
    end = time.monotonic() + timeout
    while True:
        seen = await look()
        if holds(seen):
            return seen
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout} s: {what}; last seen: {seen}")
        await asyncio.sleep(every)
