"""`vicon agent LINK`: a headless room, for rehearsals, tests and load."""

from __future__ import annotations

import asyncio
import secrets
import signal
import ssl
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from rich.console import Console

from vicon.agent.clip import ClipError
from vicon.agent.connections import Tools
from vicon.agent.rehearse import ClipMaker, exit_code, run_all
from vicon.agent.report import JsonReporter, Reporter, TableReporter
from vicon.agent.room import Options, RoomAgent
from vicon.ops import logging
from vicon.ops.clock import SystemClock
from vicon.ops.words import SpokenError, environment_language
from vicon.rtc.transport import make_certificate

_Kind = Literal["auto", "main", "document", "companion"]


class WrongUse(SpokenError):
    exit_code = 2


def agent(
    link: str,
    /,
    *,
    clip: Path | None = None,
    kind: _Kind = "auto",
    label: str = "",
    shared: Annotated[bool, Parameter(negative="")] = False,
    take_over: Annotated[bool, Parameter(negative="")] = False,
    seconds: float | None = None,
    media: bool = True,
    ca: Path | None = None,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Masuk ke ruang tanpa layar, mengirim klip bergerak dengan suara, menerima ruang lain.

    Join a room without a screen as a browser would: sends a moving clip with sound, receives the
    other rooms and reports once a second. Ctrl-C leaves the room.

    Exit codes: 0 ended, 1 refused by the server, 2 wrong link or file, 3 could not connect.

    Parameters
    ----------
    link
        A link of `vicon links`.
    clip
        A film to send instead of the made one; VP8 with Opus goes out as it is.
    kind
        What the device is in the room.
    label
        Its name for the others.
    shared
        As a companion it stands for no person of its own.
    take_over
        Replace the room's main device, if that is lost.
    seconds
        Leave after so long.
    media
        --no-media: signalling alone.
    ca
        Certificate of the local authority that signed the server's.
    json
        Lines of JSON on standard output instead of a table.
    """
    options = Options(
        kind=kind,
        label=label,
        shared=shared,
        take_over=take_over,
        media=media,
        lang=environment_language(),
    )
    return asyncio.run(run_agents([link], options, clip=clip, ca=ca, seconds=seconds, json=json))


async def run_agents(
    links: Sequence[str],
    options: Options,
    *,
    clip: Path | None = None,
    ca: Path | None = None,
    seconds: float | None = None,
    json: bool = False,
) -> int:
    """One agent per link, in this process, until all have ended or a signal comes; the exit code.

    Raises WrongUse for a link, film or certificate that is none."""
    logging.setup(level="info" if json else "warning")
    clock = SystemClock()
    tools = Tools(clock=clock, certificate=make_certificate(), randbits=secrets.randbits)
    clips = ClipMaker(clip)
    shown = _table(options, single=len(links) == 1) if not json else None
    reporter: Reporter = shown or JsonReporter(sys.stdout)
    try:
        await clips.load()
        tls = ssl.create_default_context(cafile=ca) if ca is not None else None
        rng = secrets.SystemRandom()
        agents = [
            RoomAgent(link, options, tools, rng, clips, reporter.event, tls) for link in links
        ]
    except ValueError as error:
        raise WrongUse(
            f"Tautan ini tidak dapat dipakai ({error}). Salin utuh dari `vicon links`.",
            f"This link cannot be used ({error}). Copy it whole from `vicon links`.",
        ) from error
    except ClipError as error:
        raise WrongUse(
            f"Klip tidak dapat dipakai: {error}.", f"The clip cannot be used: {error}."
        ) from error
    except (OSError, ssl.SSLError) as error:
        raise WrongUse(
            f"Sertifikat {ca} tidak dapat dibaca ({error.strerror}).",
            f"The certificate {ca} cannot be read ({error.strerror}).",
        ) from error
    with shown or nullcontext():
        outcomes = await run_all(agents, reporter, clock, _stop_on_signals(), seconds)
    return exit_code(outcomes)


def _table(options: Options, *, single: bool) -> TableReporter:
    return TableReporter(Console(), options.lang, single)


def _stop_on_signals() -> asyncio.Event:
    """Set by SIGINT or SIGTERM; a second signal ends the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def end(number: signal.Signals) -> None:
        loop.remove_signal_handler(number)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end, number)
    return stop
