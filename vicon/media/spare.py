"""A second worker that stands by: its start (a second of imports, more on a busy machine) is over
before it is needed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from vicon.media.process import WorkerProcess
from vicon.ports import Clock, MediaError

DELAY_S = 3.0
"""The worker in use has the machine to itself for so long."""
Life = tuple[WorkerProcess, "asyncio.Task[str]"]
"""A worker and its run(), which tells why it ended."""

log = structlog.get_logger("vicon.media")


async def begin(start: Callable[[], Awaitable[WorkerProcess]]) -> Life:
    """Start a worker and watch over it. Raises MediaError."""
    worker = await start()
    return worker, asyncio.create_task(worker.run(), name=f"media worker {worker.pid}")


class Spare:
    """prepare() after each take(); close() last. All by the engine's supervisor."""

    def __init__(
        self,
        start: Callable[[], Awaitable[WorkerProcess]],
        clock: Clock,
        afterwards: Callable[[], Awaitable[None]],
    ) -> None:
        """`afterwards`: what else is prepared, after a worker; given up when one is taken."""
        self._start = start
        self._clock = clock
        self._afterwards = afterwards
        self._life: Life | None = None
        self._preparing: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return self._life[0].pid if self._life is not None and not self._life[1].done() else None

    def prepare(self) -> None:
        """Start one in the background, unless one stands by or is being started."""
        if self._preparing is None or self._preparing.done():
            self._preparing = asyncio.create_task(self._prepare(), name="media spare")

    async def take(self) -> Life:
        """The worker that stands by, or where there is none a fresh one. Raises MediaError."""
        await self._stop_preparing()
        life, self._life = self._life, None
        if life is not None and not life[1].done():
            log.info("- worker takes over", pid=life[0].pid)
            return life
        return await begin(self._start)

    async def close(self) -> None:
        await self._stop_preparing()
        if self._life is not None:
            self._life[0].close()
            await asyncio.gather(self._life[1], return_exceptions=True)

    async def _prepare(self) -> None:
        await self._clock.sleep(DELAY_S)
        if self._life is not None and not self._life[1].done():
            return
        try:
            self._life = await begin(self._start)
        except MediaError as error:
            log.error("x spare worker", why=str(error))
        await self._afterwards()

    async def _stop_preparing(self) -> None:
        """One that is being started is given up: WorkerProcess.start leaves no process behind."""
        if self._preparing is not None:
            self._preparing.cancel()
            await asyncio.gather(self._preparing, return_exceptions=True)
