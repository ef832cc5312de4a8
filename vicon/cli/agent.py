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
from cyclopts.validators import Number
from rich.console import Console

from vicon.agent.connections import Tools
from vicon.agent.rehearse import ClipMaker, MarkedClip, exit_code, run_all
from vicon.agent.report import JsonReporter, Reporter, TableReporter
from vicon.agent.room import Options, RoomAgent
from vicon.cli.common import Json, WrongUse, link_of, say
from vicon.measure.encode import ClipError
from vicon.ops import logging
from vicon.ops.clock import SystemClock
from vicon.ops.words import environment_language
from vicon.rtc.transport import make_certificate

Clip = Annotated[
    Path | None,
    Parameter(
        help=say(
            "Film untuk dikirim, sebagai ganti yang dibuat sendiri; VP8 dengan Opus dikirim apa "
            "adanya.",
            "A film to send instead of the made one; VP8 with Opus goes out as it is.",
        )
    ),
]
TakeOver = Annotated[
    bool,
    Parameter(
        negative="",
        show_default=False,
        help=say(
            "Menggantikan perangkat utama ruang yang terputus.",
            "Replace the room's main device, if that is lost.",
        ),
    ),
]
Seconds = Annotated[
    float | None,
    Parameter(validator=Number(gt=0), help=say("Keluar setelah sekian.", "Leave after so long.")),
]
Authority = Annotated[
    Path | None,
    Parameter(
        help=say(
            "Sertifikat otoritas yang menandatangani sertifikat server.",
            "Certificate of the authority that signed the server's.",
        )
    ),
]


Trials = Annotated[
    bool,
    Parameter(
        show_default=False,
        help=say("--no-trials: tidak dapat diuji.", "--no-trials: cannot be tested."),
    ),
]


def agent(
    link: Annotated[
        str,
        Parameter(
            help=say(
                "Tautan dari `vicon links`, atau @BERKAS yang memuatnya, agar tidak terbaca di "
                "daftar proses.",
                "A link of `vicon links`, or @FILE that holds it, so that no list of processes "
                "shows it.",
            )
        ),
    ],
    /,
    *,
    clip: Clip = None,
    kind: Annotated[
        Literal["auto", "main", "document", "companion"],
        Parameter(help=say("Sebagai perangkat apa.", "What the device is in the room.")),
    ] = "auto",
    label: Annotated[
        str, Parameter(help=say("Namanya bagi yang lain.", "Its name for the others."))
    ] = "",
    shared: Annotated[
        bool,
        Parameter(
            negative="",
            show_default=False,
            help=say(
                "Sebagai companion tidak dihitung sebagai satu orang.",
                "As a companion it stands for no person of its own.",
            ),
        ),
    ] = False,
    take_over: TakeOver = False,
    seconds: Seconds = None,
    media: Annotated[
        bool,
        Parameter(
            show_default=False,
            help=say("--no-media: persinyalan saja.", "--no-media: signalling alone."),
        ),
    ] = True,
    trials: Trials = True,
    ca: Authority = None,
    json: Json = False,
) -> int:
    """Masuk ke ruang tanpa layar seperti peramban: mengirim klip bergerak dengan suara, menerima
    ruang lain, melapor setiap detik. Ctrl-C meninggalkan ruang.

    Join a room without a screen as a browser would: send a moving clip with sound, receive the
    other rooms, report once a second. Ctrl-C leaves the room. Exit code 1 if the server refused,
    3 if it was out of reach.
    """
    options = Options(
        kind=kind,
        label=label,
        shared=shared,
        take_over=take_over,
        media=media,
        trials=trials,
        lang=environment_language(),
    )
    return asyncio.run(
        run_agents([link_of(link)], options, clip=clip, ca=ca, seconds=seconds, json=json)
    )


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
    clips, marked = ClipMaker(clip), MarkedClip()
    shown = _table(options, single=len(links) == 1) if not json else None
    reporter: Reporter = shown or JsonReporter(sys.stdout)
    try:
        await clips.load()
        tls = ssl.create_default_context(cafile=ca) if ca is not None else None
        rng = secrets.SystemRandom()
        agents = [
            RoomAgent(link, options, tools, rng, clips, reporter.event, tls, marked)
            for link in links
        ]
    except ValueError as error:
        raise WrongUse(
            "Ini bukan tautan vicon. Salin utuh dari `vicon links`, dari http sampai akhirnya.",
            "This is no link of vicon. Copy it whole from `vicon links`, from http to its end.",
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
