"""What this server looks after in itself, as checks: for /readyz and the desks."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple, Protocol

import structlog

from vicon.app.pressure import Watch
from vicon.app.pressurewords import GIVES_WAY, PRESSES
from vicon.core.pressure import NORMAL
from vicon.hosting import Stage
from vicon.listeners import Listener, certificate_trouble
from vicon.ops import descriptors
from vicon.ops.checks import Check, Checker, Checks
from vicon.ops.clock import SteadyClock
from vicon.ops.data import DataDir
from vicon.ops.words import Words
from vicon.ports import Clock, Journal, MediaLoad

LITTLE, LEAST = 1 << 30, 50 << 20
"""Bytes free on a disk from which on somebody should see to it; and on which nobody new should be
sent here."""
MB = 1 << 20
log = structlog.get_logger("vicon")


class Plane(Protocol):
    """The media plane, as far as it is looked after."""

    @property
    def ready(self) -> bool: ...

    @property
    def load(self) -> MediaLoad | None: ...


class Looked(NamedTuple):
    checks: Checks
    """To which other parts may add theirs."""
    watch: Watch


def look_after(
    stack: AsyncExitStack,
    home: DataDir,
    stage: Stage,
    watched: Journal,
    time: Clock,
    engine: Plane,
    listeners: Sequence[Listener],
) -> Looked:
    """Start to watch."""
    checks = Checks(time.monotonic)
    steady = time if isinstance(time, SteadyClock) else None
    watch = Watch(
        stage.halls,
        watched,
        time,
        checks,
        load=lambda: engine.load,
        descriptors=descriptors.free,
        look_at_clock=lambda follow: steady.look(follow=follow) if steady is not None else None,
    )
    checks.add("conferences", conferences(stage.health))
    checks.add("media", media(lambda: engine.ready))
    checks.add("journal", journal(watch))
    checks.add("disk", disk([home.path]))
    checks.add("pressure", pressure(watch))
    checks.add("clock", clock(lambda: steady.held_ms if steady is not None else 0))
    checks.add("certificate", certificate(listeners))
    watching = asyncio.create_task(watch.run(), name="pressure")
    watching.add_done_callback(_tell_end)
    stack.push_async_callback(_cancel, watching)
    return Looked(checks, watch)


def _tell_end(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("x task", task=task.get_name(), exc_info=error)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def media(ready: Callable[[], bool]) -> Checker:
    async def check() -> Sequence[Check]:
        if ready():
            return [_good("media")]
        return [_bad("media", "fail", _MEDIA)]

    return check


def conferences(health: Callable[[], Mapping[str, str]]) -> Checker:
    """`health`: names of those that have stopped."""

    async def check() -> Sequence[Check]:
        stopped = ", ".join(health())
        if not stopped:
            return [_good("conferences")]
        detail = Words(f"{_STOPPED.id} ({stopped})", f"{_STOPPED.en} ({stopped})")
        return [_bad("conferences", "fail", _STOPPED, detail)]

    return check


def disk(folders: Sequence[Path]) -> Checker:
    """Those that are on one disk are looked at once; one that is not there yet is left out."""

    async def check() -> Sequence[Check]:
        free = await asyncio.to_thread(_free, folders)
        if free is None or free >= LITTLE:
            return [_good("disk")]
        told = f"{free // MB // 10 * 10} MB" if free >= 10 * MB else f"{free // MB} MB"
        if free >= LEAST:
            return [_bad("disk", "warn", _LITTLE_SPACE, _space(_LITTLE_SPACE, told))]
        return [_bad("disk", "fail", _NO_SPACE, _space(_NO_SPACE, told))]

    return check


def journal(watch: Watch) -> Checker:
    async def check() -> Sequence[Check]:
        why = watch.unwritable
        if why is None:
            return [_good("journal")]
        return [_bad("journal", "fail", _UNWRITABLE, Words(*_joined(why, _UNWRITABLE)))]

    return check


def pressure(watch: Watch) -> Checker:
    async def check() -> Sequence[Check]:
        gauge = watch.gauge
        if gauge.level == NORMAL or not gauge.why:
            return [_good("pressure")]
        gives, presses = GIVES_WAY[gauge.level], PRESSES[gauge.why]
        return [_bad("pressure", "fail", _PRESSED, Words(*_joined(gives, presses)))]

    return check


def clock(held_ms: Callable[[], int]) -> Checker:
    """`held_ms`: see ops.clock.SteadyClock."""

    async def check() -> Sequence[Check]:
        ahead = held_ms()
        if not ahead:
            return [_good("clock")]
        seconds = abs(ahead) // 1000
        side = Words("lebih maju", "ahead") if ahead > 0 else Words("lebih lambat", "behind")
        detail = Words(
            f"Jam mesin server melompat: sekarang {seconds} s {side.id} dari waktu sesi. Sesi "
            "memakai waktu semula. Betulkan jamnya (timedatectl); bila jam mesin yang benar, "
            "jalankan server kembali setelah sesi.",
            f"The server machine's clock jumped: it is {seconds} s {side.en} of the session's "
            "time, which goes on as it was. Set the clock right (timedatectl); if the machine's "
            "is right, start the server again after the session.",
        )
        return [_bad("clock", "warn", _JUMPED, detail)]

    return check


def certificate(listeners: Sequence[Listener]) -> Checker:
    async def check() -> Sequence[Check]:
        trouble = certificate_trouble(listeners)
        if trouble is None:
            return [_good("certificate")]
        return [_bad("certificate", "warn", _CERTIFICATE, trouble)]

    return check


def standby(trouble: Callable[[], Words | None]) -> Checker:
    """`trouble`: of the second server; None where there is none, or it is as it should be."""

    async def check() -> Sequence[Check]:
        found = trouble()
        return [_good("standby")] if found is None else [_bad("standby", "warn", found)]

    return check


def _free(folders: Sequence[Path]) -> int | None:
    known: dict[int, int] = {}
    for folder in folders:
        if folder.exists():
            known.setdefault(folder.stat().st_dev, shutil.disk_usage(folder).free)
    return min(known.values(), default=None)


def _good(name: str) -> Check:
    return Check(name=name, state="ok", words=Words("Baik.", "Good."))


def _bad(name: str, state: str, words: Words, detail: Words | None = None) -> Check:
    return Check(name=name, state="fail" if state == "fail" else "warn", words=words, detail=detail)


def _joined(first: Words, then: Words) -> tuple[str, str]:
    return f"{first.id} {then.id}", f"{first.en} {then.en}"


def _space(words: Words, free: str) -> Words:
    return Words(
        f"{words.id} Tinggal {free}. Kosongkan ruang, atau pindahkan cadangan lama ke disk lain.",
        f"{words.en} {free} are left. Free some space, or move old backups to another disk.",
    )


_MEDIA = Words(
    "Bagian gambar dan suara sedang disiapkan di server. Tunggu sebentar.",
    "The part for picture and sound is being set up on the server. Wait a moment.",
)
_STOPPED = Words(
    "Satu vicon berhenti karena kesalahan di server. Jalankan server kembali.",
    "A conference stopped by an error of the server. Start the server again.",
)
_LITTLE_SPACE = Words("Ruang disk server mulai sempit.", "The server's disk has little space left.")
_NO_SPACE = Words(
    "Disk server hampir penuh, segera tidak ada yang dapat dicatat.",
    "The server's disk is almost full, and soon nothing can be recorded.",
)
_UNWRITABLE = Words(
    "Perubahan ditolak sampai dapat dicatat lagi; gambar dan suara berjalan terus.",
    "Acts are refused until they can be recorded again; picture and sound go on.",
)
_PRESSED = Words(
    "Server sedang terbebani, yang baru jangan diarahkan ke sini.",
    "The server is pressed; nobody new should be sent here.",
)
_JUMPED = Words(
    "Jam mesin server melompat; sesi memakai waktu semula.",
    "The server machine's clock jumped; the session goes on by the time as it was.",
)
_CERTIFICATE = Words(
    "Sertifikat baru server tidak dapat dipakai; yang lama tetap berlaku.",
    "The server's new certificate cannot be used; the old one stays.",
)
