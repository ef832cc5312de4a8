"""`vicon serve`: a server for production, as its configuration says."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import structlog
from cyclopts import Parameter
from cyclopts.validators import Number

from vicon import config
from vicon.cli.turnparts import StandbyOf
from vicon.cli.turns import Turns
from vicon.compose import Server
from vicon.config import Settings
from vicon.ops import logging, telemetry
from vicon.ops.clock import SteadyClock
from vicon.ops.data import DataDir
from vicon.ops.descriptors import raise_limit
from vicon.ops.words import environment_language

log = structlog.get_logger("vicon")


def serve(
    *,
    config_file: Annotated[Path, Parameter(name="--config")],
    data: Annotated[Path, Parameter(name="--data")],
    port: Annotated[int | None, Parameter(name="--port")] = None,
    ready_json: Annotated[bool, Parameter(name="--ready-json", negative="")] = False,
    workers: Annotated[Literal[0, 1] | None, Parameter(name="--workers")] = None,
    standby_of: Annotated[str | None, Parameter(name="--standby-of")] = None,
    standby_key: Annotated[Path | None, Parameter(name="--standby-key")] = None,
    standby_ca: Annotated[Path | None, Parameter(name="--standby-ca")] = None,
    takeover_s: Annotated[
        float, Parameter(name="--takeover-s", validator=Number(gte=0, lte=600))
    ] = 3.0,
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
    standby_of
        Follow the server at this address (https://HOST:PORT) and take over when it is gone.
    standby_key
        File with the pair's key (`vicon standby key`); default: DATA/keys/standby.key.
    standby_ca
        Certificate of the authority that signed the first server's, for the first connection.
    takeover_s
        How many seconds the first server's port must refuse before the standby takes over, or its
        silence last before the halls are asked; 0: only by `vicon takeover`.
    """
    settings = _settings(config_file, port, workers)
    standby = None
    if standby_of is not None:
        standby = StandbyOf(
            url=standby_of, key_file=standby_key, authority=standby_ca, takeover_s=takeover_s
        )

    def ready(server: Server, _home: DataDir) -> None:
        if ready_json:
            write_ready(server)

    def waiting(urls: Sequence[str]) -> None:
        if ready_json:
            write_line({"url": urls[0], "waits": True})

    return asyncio.run(run(settings, data, ready, standby=standby, waiting=waiting))


def write_ready(server: Server) -> None:
    """One JSON line on standard output for whoever started the server."""
    write_line({"url": server.urls[0]})


def write_line(value: Mapping[str, object]) -> None:
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
    sys.stdout.flush()


async def run(
    settings: Settings,
    data: Path,
    ready: Callable[[Server, DataDir], None],
    *,
    log_level: str = "info",
    standby: StandbyOf | None = None,
    waiting: Callable[[Sequence[str]], None] = lambda _: None,
) -> int:
    """Serve until SIGTERM or SIGINT (0), or until a part fails for good (3: start again).
    `waiting`: as `ready`, of a server of a pair that does not serve now."""
    where = settings.telemetry.otlp_endpoint
    logging.setup(level=log_level, beside=telemetry.begin("server", where))
    if telemetry.endpoint(where) and not telemetry.installed():
        lang = environment_language()
        why = f"{telemetry.MISSING.say(lang)} {telemetry.INSTALL.say(lang)}"
        log.warning("x telemetry", why=why)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    raise_limit()
    with DataDir.claim(data) as home:
        return await Turns(settings, home, SteadyClock(), stop, standby).run(ready, waiting)


def _settings(path: Path, port: int | None, workers: int | None) -> Settings:
    settings = config.load(path)
    server, media = settings.server, settings.media
    if port is not None:
        server = msgspec.structs.replace(server, port=port)
    if workers is not None:
        media = msgspec.structs.replace(media, workers=workers)
    return msgspec.structs.replace(settings, server=server, media=media)
