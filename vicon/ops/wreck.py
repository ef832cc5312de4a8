"""Ends a running server's processes for a drill, and starts the server again where nobody else
does. On this machine, by the data directory; nothing but that server is touched."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from vicon.ops.data import DataDir
from vicon.ops.words import SpokenError

WORKER = b"vicon.media.worker"
AWAY_S, BACK_S, LOOK_S = 10.0, 60.0, 0.1


class CannotWreck(SpokenError):
    """There is nothing to end, or it would not come back."""


class Wreckage:
    """`restart`: the command that starts the server again; None: its service manager does."""

    def __init__(self, home: DataDir, restart: Sequence[str] | None = None) -> None:
        self._home, self._restart = home, restart

    def check(self, *, server: bool) -> None:
        """Raises CannotWreck where there is nothing to end, or nobody to start it again."""
        pid = self._pid()
        if server and self._restart is None and not _managed(pid):
            raise CannotWreck(
                "Server ini tidak dijalankan oleh pengelola layanan (systemd), jadi tidak ada yang "
                "menyalakannya lagi. Berikan perintahnya dengan --restart, atau lewati uji itu "
                "dengan --only cut,ice,worker.",
                "No service manager (systemd) runs this server, so nobody would start it again. "
                "Give the command by --restart, or leave that drill out by --only cut,ice,worker.",
            )

    def _pid(self) -> int:
        pid = self._home.holder()
        if pid is None:
            raise CannotWreck(
                f"Tidak ada server yang berjalan atas {self._home.path}. Jalankan dahulu.",
                f"No server runs on {self._home.path}. Start it first.",
            )
        return pid

    async def worker(self) -> None:
        """The media worker that is in use: the eldest."""
        workers = _children(self._pid(), WORKER)
        if not workers:
            raise CannotWreck(
                "Server ini tidak memakai proses media sendiri (workers = 0): tidak ada yang dapat "
                "dihentikan. Lewati uji itu dengan --only cut,ice,server.",
                "This server has no media process of its own (workers = 0): there is nothing to "
                "end. Leave that drill out by --only cut,ice,server.",
            )
        _kill(workers[0])

    async def server(self) -> None:
        """Killed; returns once another one runs. Raises CannotWreck if none does in time."""
        pid = self._pid()
        _kill(pid)
        await self._until(lambda: self._home.holder() != pid, AWAY_S)
        if self._restart is not None:
            await asyncio.to_thread(_start, self._restart)
        if not await self._until(lambda: self._home.holder() not in (None, pid), BACK_S):
            raise CannotWreck(
                f"Server tidak menyala lagi dalam {BACK_S:g} detik. Nyalakan dengan tangan, dan "
                "periksa pengelola layanannya.",
                f"The server did not start again within {BACK_S:g} s. Start it by hand, and look "
                "after its service manager.",
            )

    async def _until(self, holds: Callable[[], bool], seconds: float) -> bool:
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while loop.time() < end:
            if holds():
                return True
            await asyncio.sleep(LOOK_S)
        return False


def _start(command: Sequence[str]) -> None:
    """In a session of its own: it goes on after the drill. Raises CannotWreck."""
    none = subprocess.DEVNULL
    try:
        subprocess.Popen(
            list(command), start_new_session=True, stdin=none, stdout=none, stderr=none
        )
    except OSError as error:
        raise CannotWreck(
            f"Perintah --restart tidak dapat dijalankan ({error.strerror}). Server sudah mati: "
            "nyalakan dengan tangan.",
            f"The command of --restart could not be run ({error.strerror}). The server is down: "
            "start it by hand.",
        ) from error


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _managed(pid: int) -> bool:
    """Whether systemd started it: it gives each run of a service an id (systemd.exec(5))."""
    with contextlib.suppress(OSError):
        return b"INVOCATION_ID=" in Path(f"/proc/{pid}/environ").read_bytes()
    return False


def _children(parent: int, word: bytes) -> list[int]:
    """By their age, the eldest first."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent and word in (entry / "cmdline").read_bytes():
                found.append((int(fields[19]), int(entry.name)))  # started, in ticks
    return [pid for _, pid in sorted(found)]
