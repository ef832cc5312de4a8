"""A whole server on a loop of its own, for clients that block."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.app.gatehouse import Gatehouse, opened

PATIENCE = 60.0


@contextmanager
def served(folder: Path, **server: Any) -> Iterator[Gatehouse]:
    """`server`: see opened."""
    ready: Future[tuple[Gatehouse, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        over = asyncio.Event()
        async with opened(folder, **server) as house:
            ready.set_result((house, asyncio.get_running_loop(), over))
            await over.wait()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            if not ready.done():
                ready.set_exception(error)
            raise

    thread = threading.Thread(target=run, name="server", daemon=True)
    thread.start()
    house, loop, over = ready.result(PATIENCE)
    try:
        yield house
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(PATIENCE)
        assert not thread.is_alive()
