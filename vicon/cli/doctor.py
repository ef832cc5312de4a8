"""`vicon doctor`: is this machine fit, and if not, why and what to do."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from cyclopts import Parameter
from msgspec import Struct
from rich.console import Console
from rich.text import Text

from vicon import config as configuration
from vicon.cli.common import DONE, REFUSED, Json, say, write_json
from vicon.cli.purge import kept
from vicon.config import Settings
from vicon.core.privacy import Keep
from vicon.ops import doctor as checks
from vicon.ops import telemetry
from vicon.ops.channel import check_channel
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.ops.doctor import Check, good, wrong
from vicon.ops.words import SpokenError, Words, environment_language
from vicon.ports import MediaError
from vicon.store import reader
from vicon.store.purge import survey

WATCH_SECONDS = 0.25
"""How long the two clocks are watched."""
WORKER_SECONDS = 15.0


class _Place(Struct, frozen=True, kw_only=True):
    home: DataDir
    settings: Settings
    port: int


def doctor(
    *,
    data: Annotated[
        Path,
        Parameter(help=say("Direktori data server.", "The server's data directory.")),
    ] = Path("vicon-data"),
    config: Annotated[
        Path | None,
        Parameter(
            help=say(
                "Periksa menurut konfigurasi ini; bawaan: contoh bawaan.",
                "Check by this configuration; default: the built-in example.",
            )
        ),
    ] = None,
    port: Annotated[
        int | None, Parameter(help=say("Port web, bila lain.", "Web port, if another."))
    ] = None,
    json: Json = False,
) -> int:
    """Memeriksa apakah mesin ini siap; bila tidak, sebab dan caranya.

    Check whether this machine is ready; if not, the cause and the cure. Exit code 1 if a check
    failed.
    """
    settings = configuration.load(config or configuration.example())
    place = _Place(
        home=DataDir(data),
        settings=settings,
        port=settings.server.port if port is None else port,
    )
    console = Console(highlight=False)
    found = []
    for check in _checks(place):
        found.append(check)
        if not json:
            _show(console, check)
    if json:
        write_json([_as_json(check) for check in found])
    failed = [check for check in found if check.status == "failed"]
    if not json:
        _conclude(console, failed)
    return REFUSED if failed else DONE


def _checks(place: _Place) -> Iterator[Check]:
    """In the order in which a person would look."""
    home, server = place.home, place.settings.server
    yield checks.check_python()
    yield checks.check_data(home)
    yield checks.check_disk(home)
    yield _check_journal(home)
    yield from _check_retention(place)
    for host in server.listen or ["0.0.0.0"]:
        yield checks.check_port(host, place.port, home)
    media = place.settings.media
    addresses = checks.media_addresses(media.addresses)
    yield checks.check_media(addresses, configuration.media_ports(media), home)
    if media.announced:
        yield checks.check_announced(media.announced, addresses)
    yield asyncio.run(_check_worker(place.settings))
    broadcast = place.settings.broadcast
    if broadcast.rtmp_url:
        yield check_channel(broadcast.rtmp_url, broadcast.rtmp_key_file)
    yield _check_certificate(place)
    yield asyncio.run(_check_clock(home))
    yield checks.check_timezones(sorted({c.timezone for c in place.settings.conferences}))
    yield checks.check_files()
    yield checks.check_web_client()
    yield _check_detector(place.settings)
    yield from _check_telemetry(place.settings)
    yield checks.check_browser()
    yield checks.check_node()


def _check_journal(home: DataDir) -> Check:
    if not home.journal.exists():
        return checks.told("journal", "Belum ada jurnal.", "There is no journal yet.")
    try:
        report = reader.verify(home.journal)
    except SpokenError as error:
        return wrong("journal", error.words, _RESTORE)
    for fault in report.faults:
        where = f"{fault.conference} {fault.sequence}"
        words = Words(f"{where}: {fault.words.id}.", f"{where}: {fault.words.en}.")
        return wrong("journal", words, _RESTORE)
    entries = sum(one.entries for one in report.conferences)
    return good("journal", f"{entries} catatan utuh.", f"{entries} entries are whole.")


def _check_retention(place: _Place) -> Iterator[Check]:
    """Personal data that were kept long enough."""
    if not place.home.journal.exists():
        return
    now = SystemClock().now()
    try:
        keeps = kept(place.home, place.settings.conferences)
        known = list(dict.fromkeys(row.conference for row in reader.rows(place.home.journal)))
        found = [survey(place.home, name, keeps.get(name, Keep()), now) for name in known]
    except SpokenError:  # said by the check of the journal
        return
    due = [one for one in found if one.anything]
    if not due:
        yield good(
            "retention",
            "Tidak ada data pribadi yang masa simpannya habis.",
            "No personal data were kept for longer than they should be.",
        )
        return
    gone = sum(one.names if one.attendance_due else 0 for one in due)
    trials = sum(one.removes_trials for one in due)
    films = sum(one.removes_recordings for one in due)
    names = ", ".join(one.conference for one in due)
    words = Words(
        f"Masa simpan habis ({names}): {gone} nama, {trials} uji coba, {films} rekaman.",
        f"Kept long enough ({names}): {gone} names, {trials} trial calls, {films} recordings.",
    )
    yield wrong("retention", words, _PURGE, "warning")


_PURGE = Words(
    "Server menghapusnya sendiri bila [conferences.retention] automatic = true; bila tidak, "
    "hentikan server dan jalankan `vicon purge`.",
    "The server removes them by itself with [conferences.retention] automatic = true; otherwise "
    "stop it and run `vicon purge`.",
)


def _check_telemetry(settings: Settings) -> Iterator[Check]:
    where = telemetry.endpoint(settings.telemetry.otlp_endpoint)
    if not where:
        return
    if telemetry.installed():
        yield good(
            "telemetry",
            f"Jejak OpenTelemetry dikirim ke {urlsplit(where).hostname}.",
            f"OpenTelemetry traces go to {urlsplit(where).hostname}.",
        )
    else:
        yield wrong("telemetry", telemetry.MISSING, telemetry.INSTALL, "warning")


def _check_detector(settings: Settings) -> Check:
    """Whether cameras can be counted. A session goes on without."""
    from vicon.vision.weights import BY_DETECTOR, WeightsError, load

    if not settings.headcount.camera:
        return checks.told(
            "headcount",
            "Penghitungan dengan kamera dimatikan ([headcount] camera = false).",
            "Counting by camera is switched off ([headcount] camera = false).",
        )
    name, every = settings.headcount.detector, settings.headcount.interval_s
    try:
        load(BY_DETECTOR[name])
    except WeightsError as error:
        return wrong("headcount", error.words, _WITHOUT_CAMERA, "warning")
    return good(
        "headcount",
        f"Pendeteksi wajah {name} utuh; kamera tiap ruang dilihat setiap {every} s.",
        f"The face detector {name} is whole; each room's camera is looked at every {every} s.",
    )


_WITHOUT_CAMERA = Words(
    "Vicon tetap berjalan tanpa angka kamera; operator tetap dapat mencatat jumlah orang.",
    "The conference works without camera figures; operators can still enter the count.",
)


_RESTORE = Words(
    "Salin dulu direktori data, lalu pulihkan dari cadangan.",
    "Copy the data directory first, then restore a backup.",
)


async def _check_worker(settings: Settings) -> Check:
    """Whether a media worker starts and answers."""
    from vicon.media.engine import EmbeddedEngine

    engine = EmbeddedEngine(SystemClock(), addresses=settings.media.addresses or None)
    try:
        async with asyncio.timeout(WORKER_SECONDS):
            await engine.start()
        return good("worker", "Proses media menyala.", "The media worker starts and answers.")
    except (TimeoutError, OSError, MediaError) as error:
        why = str(error) or type(error).__name__
        return wrong(
            "worker",
            Words(f"Proses media tidak menyala: {why}.", f"The media worker fails: {why}."),
            Words(
                "Pasang ulang vicon; bila berulang, laporkan dengan VICON_DEBUG=1.",
                "Reinstall vicon; if it comes again, report it with VICON_DEBUG=1.",
            ),
        )
    finally:
        await engine.close()


def _check_certificate(place: _Place) -> Check:
    server, now = place.settings.server, SystemClock().now()
    if server.tls == "files":
        files = Path(server.certificate), Path(server.key)
        return checks.check_certificate(*files, now, ours=False)
    if server.tls == "off":
        return checks.told("tls", "TLS dimatikan.", "TLS is off.")
    tls = place.home.tls
    return checks.check_certificate(tls / "server.pem", tls / "server.key", now, ours=True)


async def _check_clock(home: DataDir) -> Check:
    clock = SystemClock()
    wall, steady = clock.now(), clock.monotonic()
    await clock.sleep(WATCH_SECONDS)
    drift = (clock.now() - wall) / 1000 - (clock.monotonic() - steady)
    return checks.check_clock(clock.now(), _newest(home), drift)


def _newest(home: DataDir) -> int:
    """Unix ms of the last thing that is known to have happened here."""
    try:
        times = [row.at for row in reader.rows(home.journal)] if home.journal.exists() else []
        server = home.read_server()
    except SpokenError:  # said by the check of the journal
        return 0
    return max([*times, server.started if server else 0])


_MARKS = {"ok": ("✓", "green"), "info": ("·", "dim"), "warning": ("!", "yellow")}


def _show(console: Console, check: Check) -> None:
    language = environment_language()
    mark, style = _MARKS.get(check.status, ("x", "bold red"))
    line = Text(f"{mark} {check.name:<9} ", style=style)
    line.append(check.found.say(language), style="default")
    console.print(line, soft_wrap=True)
    if check.cure:
        console.print(Text(f"            -> {check.cure.say(language)}"), soft_wrap=True)


def _conclude(console: Console, failed: list[Check]) -> None:
    names = ", ".join(check.name for check in failed)
    if failed:
        text = say(f"BELUM SIAP: {names}.", f"NOT READY: {names}.")
    else:
        text = say("SIAP.", "READY.")
    console.print(Text(text, style="bold"))
    sys.stdout.flush()


def _as_json(check: Check) -> dict[str, object]:
    return {
        "name": check.name,
        "status": check.status,
        "found": {"id": check.found.id, "en": check.found.en},
        "cure": {"id": check.cure.id, "en": check.cure.en} if check.cure else None,
    }
