"""`vicon sweep`: trial calls of all rooms, one by one and then all at once."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import Parameter
from rich.console import Console
from rich.live import Live

from signaling import messages as wire
from vicon.agent.trials import CannotRun, TrialDesk
from vicon.cli.agent import Authority
from vicon.cli.common import COULD_NOT, Json, WrongUse, link_of, say, write_json
from vicon.cli.trial import Force, Seconds, cannot, open_desk
from vicon.cli.trialshow import EXIT, sweep_table
from vicon.ops import logging
from vicon.ops.data import DataDir
from vicon.ops.links import read_links
from vicon.ops.words import environment_language

_ROLES = ("technician", "moderator")


def sweep(
    link: Annotated[
        str | None,
        Parameter(
            help=say(
                "Tautan teknisi atau moderator, atau @BERKAS yang memuatnya; tanpa itu yang "
                "pertama dari --data.",
                "A technician's or moderator's link, or @FILE that holds it; without it the first "
                "of --data.",
            )
        ),
    ] = None,
    /,
    *,
    data: Annotated[
        Path | None,
        Parameter(help=say("Direktori data server.", "The server's data directory.")),
    ] = None,
    seconds: Seconds = 30,
    force: Force = False,
    ca: Authority = None,
    json: Json = False,
) -> int:
    """Menguji semua ruang yang tersambung: satu per satu, lalu sekaligus dengan beban sesi.

    Test all rooms that are connected: one by one, then all at once under the session's load. Exit
    code 0 all passed, 1 warnings or rooms without a test page, 2 a room failed, 3 could not run.
    """
    logging.setup(level="warning")
    if link is None:
        link, ca = _own_link(data, ca)
    else:
        link = link_of(link)
    return asyncio.run(_sweep(link, ca, seconds, force, json))


def _own_link(data: Path | None, ca: Path | None) -> tuple[str, Path | None]:
    if data is None:
        raise WrongUse(
            "Beri tautan teknisi, atau --data dengan direktori server.",
            "Give a technician's link, or --data with the server's directory.",
        )
    home = DataDir(data)
    own = next((one for one in read_links(home, own=True) if one.role == "technician"), None)
    if own is None:
        raise WrongUse(
            f"Tidak ada tautan teknisi di {data}.", f"There is no technician's link in {data}."
        )
    authority = home.tls / "ca.pem"
    return own.url, ca or (authority if authority.is_file() else None)


async def _sweep(link: str, ca: Path | None, seconds: int, force: bool, json: bool) -> int:
    try:
        async with open_desk(link, ca, station=False) as desk:
            done, names = await _shown(desk, Console(stderr=json), seconds, force)
    except CannotRun as error:
        return cannot(error)
    if json:
        write_json(_as_json(done, desk))
    else:
        lang = environment_language()
        Console().print(sweep_table(done, desk.runs, lambda code: names.get(code, code), lang))
    return _code(done)


async def _shown(
    desk: TrialDesk, console: Console, seconds: int, force: bool
) -> tuple[wire.SweepView, dict[str, str]]:
    """The sweep to its end, with a live table on a terminal; and the rooms' names."""
    view = await desk.ready()
    if view.you.role not in _ROLES:
        raise WrongUse(
            "Uji serentak perlu tautan teknisi atau moderator.",
            "A sweep needs a technician's or moderator's link.",
        )
    names = {room.code: room.title for room in view.rooms}
    live = Live(console=console, auto_refresh=False, transient=True)

    def show() -> None:
        if desk.sweep is not None and console.is_terminal:
            lang = environment_language()
            table = sweep_table(desk.sweep, desk.runs, lambda code: names.get(code, code), lang)
            live.update(table, refresh=True)

    desk.on_change = show
    with live if console.is_terminal else nullcontext():
        return await _to_the_end(desk, seconds, force), names


async def _to_the_end(desk: TrialDesk, seconds: int, force: bool) -> wire.SweepView:
    try:
        return await desk.sweep_all(seconds=seconds, force=force)
    except asyncio.CancelledError:
        with suppress(CannotRun):
            await asyncio.shield(desk.stop_sweep())
        raise


def _code(sweep: wire.SweepView) -> int:
    if sweep.state != "done":
        return COULD_NOT
    worst = 0
    for room in sweep.rooms:
        worst = max(worst, EXIT.get(room.verdict, 1), EXIT.get(room.together_verdict, 0))
    return worst


def _as_json(sweep: wire.SweepView, desk: TrialDesk) -> dict[str, Any]:
    runs = {room.run for room in sweep.rooms} | {room.together for room in sweep.rooms}
    return {
        "sweep": msgspec.to_builtins(sweep),
        "runs": {
            run: msgspec.to_builtins(desk.runs[run])
            for run in sorted(run for run in runs if run is not None)
            if run in desk.runs
        },
    }
