"""`vicon serve`: a server for production, as its configuration says."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from cyclopts import Parameter

from vicon import config
from vicon.cli.common import COULD_NOT
from vicon.cli.listen import listeners
from vicon.compose import Server, running
from vicon.config import Settings
from vicon.ops import logging
from vicon.ops.clock import SteadyClock
from vicon.ops.data import DataDir
from vicon.ops.descriptors import raise_limit


def serve(
    *,
    config_file: Annotated[Path, Parameter(name="--config")],
    data: Annotated[Path, Parameter(name="--data")],
    port: Annotated[int | None, Parameter(name="--port")] = None,
    ready_json: Annotated[bool, Parameter(name="--ready-json", negative="")] = False,
    workers: Annotated[Literal[0, 1] | None, Parameter(name="--workers")] = None,
) -> int:
    """Menjalankan vicon menurut berkas konfigurasi sampai dihentikan.

    Run the conferences of a configuration until stopped.

    Parameters
    ----------
    config_file
        TOML file; `vicon config` prints a commented one.
    data
        Folder that holds everything the server keeps. One server at a time.
    port
        Instead of the configuration's; 0: any free one.
    ready_json
        Print one JSON line {"url": ...} on standard output when ready.
    workers
        Media processes instead of the configuration's: 1; 0: within this process.
    """
    settings = _settings(config_file, port, workers)

    def ready(server: Server, _home: DataDir) -> None:
        if ready_json:
            write_ready(server)

    return asyncio.run(run(settings, data, ready))


def write_ready(server: Server) -> None:
    """One JSON line on standard output for whoever started the server."""
    sys.stdout.write(msgspec.json.encode({"url": server.urls[0]}).decode() + "\n")
    sys.stdout.flush()


async def run(
    settings: Settings,
    data: Path,
    ready: Callable[[Server, DataDir], None],
    *,
    log_level: str = "info",
) -> int:
    """Serve until SIGTERM or SIGINT (0), or until a part fails for good (3: start again)."""
    logging.setup(level=log_level)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    clock = SteadyClock()
    raise_limit()
    with DataDir.claim(data) as home:
        where = listeners(settings.server, home, clock)
        async with running(settings, home, clock, where) as server:
            ready(server, home)
            return COULD_NOT if await _first(stop, server.failed) is server.failed else 0


async def _first(*events: asyncio.Event) -> asyncio.Event:
    """The event that is set first."""
    waiting = {asyncio.create_task(event.wait()): event for event in events}
    done, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    return waiting[done.pop()]


def _settings(path: Path, port: int | None, workers: int | None) -> Settings:
    settings = config.load(path)
    server, media = settings.server, settings.media
    if port is not None:
        server = msgspec.structs.replace(server, port=port)
    if workers is not None:
        media = msgspec.structs.replace(media, workers=workers)
    return msgspec.structs.replace(settings, server=server, media=media)
