"""Whoever wants something made that takes the processor waits for a turn: a few at a time, and not
for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

WAITING = 8
"""Requests that may wait for their turn; more are told that the server is busy."""
WAIT_S = 30.0


class Busy(web.HTTPServiceUnavailable):
    """Too many wait, or it took too long; the edge answers with its sentence."""


class Turns:
    """`at_once`: so many have their turn at a time."""

    def __init__(self, at_once: int) -> None:
        self._turn = asyncio.Semaphore(at_once)
        self._waiting = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Raises Busy."""
        if self._waiting >= WAITING:
            raise Busy
        self._waiting += 1
        try:
            async with asyncio.timeout(WAIT_S):
                await self._turn.acquire()
        except TimeoutError as error:
            raise Busy from error
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turn.release()
