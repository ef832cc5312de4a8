"""The real `vicon serve` in a process of its own, and the commands that belong to it."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import functools
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vicon.measure import testclip

CHECKOUT = Path(__file__).resolve().parents[2]
VICON = str(Path(sys.executable).with_name("vicon"))
EXAMPLE = CHECKOUT / "examples/kaltim-2020.toml"
START_S = 60.0
STOP_S = 10.0
AS_DELIVERED = "[trial]\nhold_s = 10\n"
"""A root for whom a trial must be as long as it is for persons; elsewhere 8 s are saved."""


def example(
    folder: Path,
    address: str,
    more: str = "",
    root: str = "",
    media: str | None = None,
    head: str = "",
    tls: str = "off",
) -> Path:
    """The built-in conference with the server on one address, and media on the same or another;
    `more` is TOML that goes on in the conference's table, `root` are tables of their own, `head`
    goes on in that of the server, `tls` stands there."""
    config = folder / "vicon.toml"
    where = f'[server]\nlisten = ["{address}"]\ntls = "{tls}"\n{head}'
    where += f'[media]\naddresses = ["{media or address}"]\n'
    if "[headcount]" not in root:  # a process more that works beside all tests
        where += "[headcount]\ncamera = false\n"
    if "[trial" not in root:
        where += "[trial]\nhold_s = 2\n"
    config.write_text(f"{where}{root}{EXAMPLE.read_text('utf-8')}\n{more}", "utf-8")
    return config


@functools.cache
def _clip() -> Path:
    """Made once for all tests of a run."""
    folder = Path(tempfile.mkdtemp(prefix="vicon-clip-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    testclip.load(folder)
    return folder / testclip.NAME


class Failed(Exception):
    """A command of vicon ended as it should not; the message is what it said."""


async def run(*arguments: str, timeout: float = 30, expect: int | None = 0) -> str:
    """Run a command to its end; its standard output. Raises Failed on another exit code than the
    one expected (None: any)."""
    process = await asyncio.create_subprocess_exec(
        VICON, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), timeout)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    if expect is not None and process.returncode != expect:
        raise Failed(f"vicon {' '.join(arguments)}: {process.returncode}: {err.decode()}")
    return out.decode()


@dataclass
class Child:
    """A long-running command of vicon whose output lines are JSON; its log goes to a file."""

    command: Sequence[str]
    log: Path
    process: asyncio.subprocess.Process | None = None
    lines: list[dict[str, Any]] = field(default_factory=list)
    _reader: asyncio.Task[None] | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.command, stdout=asyncio.subprocess.PIPE, stderr=log, limit=2**20
            )
        self.lines = []
        self._reader = asyncio.create_task(self._read(self.process))

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout
        async for line in process.stdout:
            self.lines.append(json.loads(line))
            self._changed.set()
        self._changed.set()

    async def first(self, timeout: float) -> dict[str, Any]:
        """The first line. Raises Failed with the log when the process ends before it."""
        async with asyncio.timeout(timeout):
            while not self.lines:
                if self._reader and self._reader.done():
                    raise Failed(self.log.read_text("utf-8", "replace")[-4000:])
                self._changed.clear()
                await self._changed.wait()
        return self.lines[0]

    def reports(self, room: str | None) -> list[dict[str, Any]]:
        """An agent's lines of one room's agent, without its events."""
        return [one for one in self.lines if "receiving" in one and one["room"] == room]

    async def end(self, how: signal.Signals = signal.SIGTERM, timeout: float = STOP_S) -> int:
        """Send a signal and wait; the exit code. Killed when it does not end in time."""
        process, reader = self.process, self._reader
        if process is None or reader is None:
            return 0
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(how)
        try:
            code = await asyncio.wait_for(process.wait(), timeout)
        except TimeoutError:
            process.kill()
            code = await process.wait()
        await reader
        self.process = self._reader = None
        return code


@dataclass
class Link:
    role: str
    room: str | None
    url: str

    @property
    def token(self) -> str:
        return self.url.partition("#")[2]


class Service:
    """`vicon serve` over one data folder; it may be killed and started again on its port."""

    def __init__(
        self,
        folder: Path,
        address: str = "127.0.0.1",
        more: str = "",
        root: str = "",
        *,
        media: str | None = None,
        fresh: bool = False,
        head: str = "",
        tls: str = "off",
        prefix: Sequence[str] = (),
    ) -> None:
        """`more`, `root`, `media`, `head`, `tls`: see `example`; `prefix` goes before the command.

        `fresh`: nothing was ever made here. Else the clip of trial calls lies there already, as
        it does ten seconds after the first start of an installation."""
        self.data = folder / "data"
        self._fresh = fresh
        self.config = example(folder, address, more, root, media, head, tls)
        self._prefix = prefix
        self._port = 0
        self._child: Child | None = None
        self.url = ""
        self.links: list[Link] = []

    @property
    def pid(self) -> int:
        assert self._child
        assert self._child.process
        return self._child.process.pid

    @property
    def clip(self) -> Path:
        return self.data / "cache" / testclip.NAME

    @property
    def log(self) -> Path:
        return self.data.with_name(self.data.name + ".log")

    @property
    def command(self) -> list[str]:
        """That starts it; once it has run, again on its port."""
        return [
            *self._prefix, VICON, "serve", "--config", str(self.config),
            "--data", str(self.data), "--port", str(self._port), "--ready-json",
        ]  # fmt: skip

    async def start(self) -> None:
        if not self._fresh:
            made = await asyncio.to_thread(_clip)
            self.clip.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(made, self.clip)
        self._child = Child(self.command, self.log)
        await self._child.start()
        try:
            self.url = (await self._child.first(START_S))["url"].rstrip("/")
        except BaseException:  # what comes next must not run beside it
            await self.kill()
            raise
        self._port = int(self.url.rpartition(":")[2])
        if self.links:
            return
        found = json.loads(await run("links", "--data", str(self.data), "--json"))
        self.links = [Link(one["role"], one["room"], one["url"]) for one in found]

    async def stop(self) -> int:
        return await self._child.end() if self._child else 0

    async def kill(self) -> None:
        """As a power cut would: no chance to write or to say anything."""
        assert self._child
        await self._child.end(signal.SIGKILL)

    def link(self, role: str, room: str | None = None) -> Link:
        return next(
            one for one in self.links if one.role == role and (room is None or one.room == room)
        )

    def operators(self) -> list[Link]:
        return [one for one in self.links if one.role == "operator"]

    def workers(self) -> list[int]:
        """Process ids of the media workers: the one in use, then the one that stands by."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                words = (entry / "cmdline").read_bytes()
                if parent == self.pid and b"vicon.media.worker" in words:
                    found.append(int(entry.name))
        return sorted(found)


@contextlib.asynccontextmanager
async def running(log: Path, *command: str) -> AsyncIterator[Child]:
    """A long-running command, started and not yet waited for; ended with SIGTERM."""
    child = Child(command, log)
    await child.start()
    try:
        yield child
    finally:
        await child.end(signal.SIGTERM)


def rehearsal(service: Service, rooms: int) -> contextlib.AbstractAsyncContextManager[Child]:
    """Agents in the first `rooms` rooms."""
    log = service.log.with_suffix(".rehearse.log")
    data = str(service.data)
    return running(log, VICON, "rehearse", "--rooms", str(rooms), "--data", data, "--json")


def agent(
    service: Service, link: Link, *, prefix: Sequence[str] = ()
) -> contextlib.AbstractAsyncContextManager[Child]:
    """An agent on one link; `prefix` goes before the command (see tests/net)."""
    log = service.log.with_suffix(f".{link.role}-{link.room}.log")
    return running(log, *prefix, VICON, "agent", link.url, "--json")


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
