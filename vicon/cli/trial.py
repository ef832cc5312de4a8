"""`vicon trial LINK`: prove a line from the command line; `vicon trial verify FILE`."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import App, Parameter
from cyclopts.validators import Number
from rich.console import Console

from signaling.client import parse_link
from vicon.agent.connections import Tools
from vicon.agent.trials import CannotRun, TrialDesk, trial_desk
from vicon.cli.agent import Authority
from vicon.cli.common import (
    COULD_NOT,
    DONE,
    REFUSED,
    Data,
    Json,
    WrongUse,
    link_of,
    say,
    write_json,
)
from vicon.cli.trialshow import Progress, as_json, exit_code, print_run
from vicon.measure import testclip
from vicon.measure.encode import Clip
from vicon.measure.run import Run, decode, sealed
from vicon.ops import logging
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir, write_private
from vicon.ops.words import environment_language
from vicon.report.plain import find_hash
from vicon.report.words import STATES, pick
from vicon.rtc.transport import make_certificate

app = App(
    name="trial",
    help=say(
        "Menguji jalur dari ruang ini ke pusat, dari peramban atau dari mesin ini.",
        "Test the line from this room to the centre, from a browser or from this machine.",
    ),
)
_FORMATS = ("pdf", "csv", "json", "txt")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
Seconds = Annotated[
    int,
    Parameter(
        validator=Number(gte=5, lte=120),
        help=say("Lama panggilan media.", "How long the media call lasts."),
    ),
]
Force = Annotated[
    bool,
    Parameter(
        negative="",
        show_default=False,
        help=say(
            "Juga saat sesi berlangsung, dengan beban terbatas.",
            "Even in a live session, with a bounded load.",
        ),
    ),
]


@app.default
def trial(
    link: Annotated[
        str,
        Parameter(
            help=say(
                "Tautan dari `vicon links`, atau @BERKAS yang memuatnya.",
                "A link of `vicon links`, or @FILE that holds it.",
            )
        ),
    ],
    /,
    *,
    room: Annotated[
        str | None,
        Parameter(
            help=say(
                "Dengan tautan teknisi: uji halaman uji yang terbuka di ruang ini.",
                "With a technician's link: test the page that is open in this room.",
            )
        ),
    ] = None,
    seconds: Seconds = 30,
    quick: Annotated[
        bool,
        Parameter(
            negative="",
            show_default=False,
            help=say("Periksa singkat, 15 s.", "The short check, 15 s."),
        ),
    ] = False,
    force: Force = False,
    report: Annotated[
        Path | None,
        Parameter(
            help=say(
                "Simpan laporan: nama berkas .pdf, .csv, .json atau .txt.",
                "Save the report: a file name ending in .pdf, .csv, .json or .txt.",
            )
        ),
    ] = None,
    every: Annotated[
        str | None,
        Parameter(help=say("Ulangi tiap 90s, 15m, 2h ...", "Again every 90s, 15m, 2h ...")),
    ] = None,
    for_: Annotated[
        str | None,
        Parameter(
            name="--for", help=say("Selama 2h, 3d ... (bawaan: 1d).", "For 2h, 3d ... (1d).")
        ),
    ] = None,
    ca: Authority = None,
    json: Json = False,
) -> int:
    """Menguji jalur dari mesin ini ke pusat: delapan langkah, dengan sebab dan cara memperbaiki.

    Test the line from this machine to the centre: eight steps, each with cause and cure. Exit code
    0 pass, 1 warning, 2 fail, 3 could not run.
    """
    logging.setup(level="warning")
    if report is not None and report.suffix.lstrip(".") not in _FORMATS:
        raise WrongUse(
            f"Laporan {report} harus berakhiran .pdf, .csv, .json atau .txt.",
            f"The report {report} must end in .pdf, .csv, .json or .txt.",
        )
    if for_ is not None and every is None:
        raise WrongUse(
            "--for hanya berarti bersama --every.", "--for has a meaning only with --every."
        )
    plan = _Plan(
        link=link_of(link),
        room=room,
        seconds=seconds,
        quick=quick,
        force=force,
        report=report,
        ca=ca,
        json=json,
    )
    if every is None:
        return asyncio.run(_once(plan))
    return asyncio.run(_watch(plan, duration(every), duration(for_ or "1d")))


class _Plan(msgspec.Struct, frozen=True, kw_only=True):
    link: str
    room: str | None
    seconds: int
    quick: bool
    force: bool
    report: Path | None
    ca: Path | None
    json: bool


def duration(text: str) -> float:
    """Seconds of 90s, 15m, 2h or 3d. Raises WrongUse."""
    match = re.fullmatch(r"(\d{1,6})([smhd])", text.strip())
    if match is None or not int(match[1]):
        raise WrongUse(
            f"Lama {text!r} tidak dimengerti. Tulis misalnya 90s, 15m, 2h atau 3d.",
            f"The duration {text!r} is not understood. Write for instance 90s, 15m, 2h or 3d.",
        )
    return float(int(match[1]) * _UNITS[match[2]])


async def _once(plan: _Plan) -> int:
    try:
        async with open_desk(plan.link, plan.ca, station=plan.room is None) as desk:
            run = await _one(plan, desk, Console(stderr=plan.json))
    except CannotRun as error:
        return cannot(error)
    if plan.json:
        write_json(as_json(run))
    else:
        print_run(Console(), run, environment_language())
    return exit_code(run)


async def _one(plan: _Plan, desk: TrialDesk, console: Console) -> Run:
    """One run to its end, shown as it goes, its report saved. Raises CannotRun, WrongUse."""
    view = await desk.ready()
    place = plan.room or view.you.room
    if place is None:
        raise WrongUse(
            "Tautan ini tidak punya ruang. Pakai tautan uji ruang, atau tambahkan --room KODE.",
            "This link has no room. Use a room's test link, or add --room CODE.",
        )
    with Progress(console, environment_language()) as progress:

        def show() -> None:
            running = [run for run in desk.runs.values() if run.room == place]
            if running and not plan.json:
                progress.show(max(running, key=lambda run: run.started_at))

        desk.on_change = show
        ended = await desk.run(place, seconds=plan.seconds, quick=plan.quick, force=plan.force)
    run = await desk.fetch(ended.id)
    if plan.report is not None:
        await _save(desk, run, plan.report)
    return run


async def _save(desk: TrialDesk, run: Run, path: Path) -> None:
    lang = environment_language()
    kind = path.suffix.lstrip(".")
    body = await desk.download(f"/api/v1/trials/{run.id}/report.{kind}?lang={lang}")
    await asyncio.to_thread(write_private, path, body)


def cannot(error: CannotRun) -> int:
    """Say why, and the exit code."""
    print(f"vicon: {say(error.text.id, error.text.en)}", file=sys.stderr)
    return COULD_NOT


@asynccontextmanager
async def open_desk(link: str, ca: Path | None, *, station: bool) -> AsyncIterator[TrialDesk]:
    """Connected with this link; `station`: this program can be tested. Raises WrongUse."""
    try:
        url, token = parse_link(link)
    except ValueError as error:
        raise WrongUse(
            "Ini bukan tautan vicon. Salin utuh dari `vicon links`, dari http sampai akhirnya.",
            "This is no link of vicon. Copy it whole from `vicon links`, from http to its end.",
        ) from error
    tls = _authority(ca)
    tools = Tools(clock=SystemClock(), certificate=make_certificate(), randbits=secrets.randbits)
    async with trial_desk(
        link,
        url,
        token,
        rng=secrets.SystemRandom(),
        tools=tools,
        clip=_clip,
        station=secrets.token_urlsafe(9) if station else None,
        lang=environment_language(),
        tls=tls,
    ) as desk:
        yield desk


async def _clip() -> Clip:
    return await asyncio.to_thread(testclip.load, testclip.user_cache())


def _authority(ca: Path | None) -> ssl.SSLContext | None:
    if ca is None:
        return None
    try:
        context = ssl.create_default_context()
        context.load_verify_locations(cafile=ca)
    except (OSError, ssl.SSLError) as error:
        raise WrongUse(
            f"Sertifikat {ca} tidak dapat dibaca ({error.strerror}).",
            f"The certificate {ca} cannot be read ({error.strerror}).",
        ) from error
    return context


# --- keeping watch ------------------------------------------------------------------------------


async def _watch(plan: _Plan, every: float, length: float) -> int:
    """Runs again and again; the worst exit code of all. A server that is away is told and waited
    for."""
    clock = SystemClock()
    end = clock.monotonic() + length
    worst = count = bad = 0
    try:
        while True:
            began = clock.monotonic()
            code = await _watched(plan, clock.now())
            count += 1
            bad += code > 1
            worst = max(worst, code)
            wait = began + every - clock.monotonic()
            if began + every > end:
                break
            await clock.sleep(max(0.0, wait))
    except asyncio.CancelledError:
        if not count:
            raise
    print(
        say(
            f"{count} uji, {bad} di antaranya gagal atau tidak dapat dijalankan.",
            f"{count} trials, {bad} of them failed or could not be run.",
        ),
        file=sys.stderr,
    )
    return worst


async def _watched(plan: _Plan, now: int) -> int:
    quiet = Console(quiet=True)
    stamp = f"{datetime.fromtimestamp(now / 1000).astimezone():%Y-%m-%d %H:%M}"
    try:
        async with open_desk(plan.link, plan.ca, station=plan.room is None) as desk:
            run = await _one(plan, desk, quiet)
    except CannotRun as error:
        said = say(error.text.id, error.text.en)
        if plan.json:
            line = msgspec.json.encode({"at": now, "verdict": None, "error": said})
            print(line.decode(), flush=True)
        else:
            print(f"{stamp}  {said}", flush=True)
        return COULD_NOT
    if plan.json:
        print(msgspec.json.encode(as_json(run)).decode(), flush=True)
    else:
        lang = environment_language()
        word = pick(STATES[run.verdict], lang) if run.verdict else run.state
        print(f"{stamp}  {word}  {run.profile or '-'}  {pick(run.sentence, lang)}", flush=True)
    return exit_code(run)


# --- recognising a report -----------------------------------------------------------------------


@app.command(
    help=say("Memeriksa apakah laporan uji ini asli.", "Check whether a trial report is genuine.")
)
def verify(
    file: Annotated[
        Path, Parameter(help=say("Laporan: pdf, csv, json atau txt.", "A report of any format."))
    ],
    /,
    *,
    data: Data,
    json: Json = False,
) -> int:
    """Exit code 0: it is as it was handed out; 1: it was changed, or is not of this server."""
    try:
        body = file.read_bytes()
    except OSError as error:
        raise WrongUse(
            f"{file} tidak dapat dibaca ({error.strerror}).",
            f"{file} cannot be read ({error.strerror}).",
        ) from error
    found = asyncio.run(_recognise(DataDir(data), body))
    if json:
        write_json(found)
    else:
        print(say(*_told(found)))
    return DONE if found.genuine else REFUSED


class _Found(msgspec.Struct, frozen=True, kw_only=True):
    genuine: bool
    """The very bytes were handed out by this server, or the run in it is the stored one."""
    known: bool
    """The run whose hash it carries is stored here, unchanged."""
    run: str | None
    room: str | None
    verdict: str | None


async def _recognise(home: DataDir, body: bytes) -> _Found:
    # Imported here: the store is not needed to run a trial.
    from vicon.store.trials import SqliteTrials

    store = await SqliteTrials.open(home, read_only=True)
    try:
        handed = await store.find_report(hashlib.sha256(body).hexdigest())
        mark = find_hash(body)
        record = await store.get(handed[0]) if handed else None
        if record is None and mark is not None:
            record = await store.by_hash(mark)
    finally:
        await store.close()
    if record is None:
        return _Found(genuine=False, known=False, run=None, room=None, verdict=None)
    try:
        run = decode(record.body)
    except msgspec.MsgspecError:  # a damaged record proves nothing
        return _Found(genuine=False, known=False, run=record.id, room=None, verdict=None)
    known = sealed(run)
    return _Found(
        genuine=handed is not None and known,
        known=known,
        run=run.id,
        room=f"{run.room_name} ({run.room})",
        verdict=run.verdict,
    )


def _told(found: _Found) -> tuple[str, str]:
    if found.genuine:
        return (
            f"Asli: laporan uji {found.run}, {found.room}, {found.verdict}, seperti yang "
            "dikeluarkan server ini.",
            f"Genuine: report of trial {found.run}, {found.room}, {found.verdict}, as this server "
            "handed it out.",
        )
    if found.known:
        return (
            f"Berkas ini diubah: uji {found.run} ({found.room}, {found.verdict}) tersimpan di "
            "sini, tetapi isi berkasnya bukan yang dikeluarkan server ini.",
            f"This file was changed: trial {found.run} ({found.room}, {found.verdict}) is stored "
            "here, but the file is not what this server handed out.",
        )
    return (
        "Tidak dikenal: laporan ini bukan dari server ini, atau ujinya sudah dihapus.",
        "Unknown: this report is not of this server, or its trial was deleted.",
    )
