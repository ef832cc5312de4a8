"""One life of the media worker's process: start it, talk to it, know when it is over."""

from __future__ import annotations

import asyncio
import itertools
import logging
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import structlog

from vicon.media import ipc
from vicon.ports import MediaError, MediaLoad
from vicon.rtc.udp import UdpPlan

START_TIMEOUT_S = 15.0
REQUEST_TIMEOUT_S = 10.0
HEARTBEAT_S = 1.0
HUNG_S = 5.0
STOP_TIMEOUT_S = 5.0

log = structlog.get_logger("vicon.media")


class WorkerProcess:
    """Made by start(); run() ends when the worker does; close() ends it."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        on_told: Callable[[ipc.Told], None],
    ) -> None:
        self.pid = process.pid
        self.health: ipc.Health | None = None
        self.load: MediaLoad | None = None
        """Between the last two heartbeats."""
        self._beat_at = 0.0
        self._process = process
        self._reader = reader
        self._writer = writer
        self._on_told = on_told
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[ipc.Reply]] = {}
        self._over = False

    @classmethod
    async def start(
        cls,
        on_told: Callable[[ipc.Told], None],
        udp: UdpPlan,
        cache: Path | None = None,
    ) -> WorkerProcess:
        """Start a worker and wait until it is ready. Raises MediaError."""
        # A pair of sockets has no path that could be too long; nobody else can connect to it.
        with ExitStack() as undo:
            try:
                ours, theirs = socket.socketpair()
                with theirs:
                    reader, writer = await asyncio.open_unix_connection(sock=ours)
                    undo.callback(writer.close)
                    process = await _spawn(theirs, udp, cache)
            except OSError as error:  # no descriptor, no memory, no process left
                raise _not_started(error) from error
            await _greeted(reader, process)
            undo.pop_all()
        log.info("- worker ready", pid=process.pid)
        return cls(process, reader, writer, on_told)

    async def run(self) -> str:
        """Take in what the worker says and watch its heartbeat. Returns why it ended; the process
        is then gone."""
        reading = asyncio.create_task(self._listen(), name="media worker words")
        beating = asyncio.create_task(self._beat(), name="media worker heartbeat")
        grace = 0.0  # a hung one is killed at once, as it is when we are cancelled
        try:
            await asyncio.wait((reading, beating), return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                return beating.result()
            grace = STOP_TIMEOUT_S
            return reading.result()
        finally:
            self._over = True
            reading.cancel()
            beating.cancel()
            await asyncio.gather(reading, beating, return_exceptions=True)
            await self._end(grace)

    async def _listen(self) -> str:
        try:
            while True:
                self._take(await ipc.read_word(self._reader))
        except (asyncio.IncompleteReadError, ConnectionError):
            return "its process ended"
        except ipc.IpcError as error:
            return f"it broke the protocol: {error}"

    def _take(self, word: ipc.FromWorker) -> None:
        if isinstance(word, ipc.Told):
            self._on_told(word)
        elif not isinstance(word, ipc.Ready):
            future = self._waiting.pop(word.id, None)
            if future is not None and not future.done():
                future.set_result(word)

    async def _beat(self) -> str:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            try:
                reply = await self.request(ipc.Ping(id=self.next_id()), timeout=HUNG_S)
            except MediaError:
                return f"it did not answer for {HUNG_S:g} s"
            if isinstance(reply, ipc.Health):
                self._note(reply, asyncio.get_running_loop().time())

    def _note(self, health: ipc.Health, now: float) -> None:
        before, since = self.health, now - self._beat_at
        spent = health.cpu_s - before.cpu_s if before is not None else 0.0
        cpu = min(1.0, spent / since) if before is not None and since > 0 else None
        self.load = MediaLoad(cpu=cpu, late_ms=health.late_ms)
        self.health, self._beat_at = health, now

    def beat_age(self) -> float | None:
        """Seconds since it last answered; None before its first answer."""
        if self.health is None:
            return None
        return max(0.0, asyncio.get_running_loop().time() - self._beat_at)

    def next_id(self) -> int:
        return next(self._ids)

    def post(self, request: ipc.Request) -> None:
        """Send a request whose reply nobody waits for."""
        self._writer.write(ipc.pack(request))

    async def request(self, request: ipc.Request, timeout: float = REQUEST_TIMEOUT_S) -> ipc.Reply:
        """Send a request and wait for its reply. Raises MediaError when the worker refuses it,
        dies meanwhile or does not answer in time."""
        if self._over:
            raise MediaError("media_unavailable", "the media worker has ended")
        future: asyncio.Future[ipc.Reply] = asyncio.get_running_loop().create_future()
        self._waiting[request.id] = future
        try:
            self._writer.write(ipc.pack(request))
            async with asyncio.timeout(timeout):
                reply = await future
        except TimeoutError as error:
            raise MediaError("media_unavailable", "the media worker does not answer") from error
        finally:
            self._waiting.pop(request.id, None)
        if isinstance(reply, ipc.Failed):
            raise MediaError(reply.code, reply.message)
        return reply

    async def _end(self, grace: float) -> None:
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(MediaError("media_unavailable", "the media worker ended"))
        self._waiting.clear()
        self._writer.close()  # the worker ends at the end of its stream
        try:
            async with asyncio.timeout(grace):
                await self._process.wait()
        except TimeoutError:
            await kill(self._process)

    def close(self) -> None:
        """Let the worker end; run() returns when it has."""
        self._over = True
        self._writer.close()


def _where(udp: UdpPlan) -> list[str]:
    """The worker's arguments that say it."""
    words = [word for address in udp.addresses for word in ("--address", address)]
    words += [word for text in udp.announced for word in ("--announce", text)]
    return [*words, "--ports", "{}-{}".format(*udp.ports)]


async def _spawn(
    end: socket.socket, udp: UdpPlan, cache: Path | None
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "vicon.media.worker",
        "--socket",
        str(end.fileno()),
        "--log-level",  # as talkative as the process that starts it
        logging.getLevelName(logging.getLogger().getEffectiveLevel()).lower(),
        *_where(udp),
        *(("--cache", str(cache)) if cache is not None else ()),
        stdin=asyncio.subprocess.DEVNULL,
        pass_fds=(end.fileno(),),
    )


async def _greeted(reader: asyncio.StreamReader, process: asyncio.subprocess.Process) -> None:
    """Until the worker says that it is ready. When this fails, no process is left behind.
    Raises MediaError."""
    try:
        async with asyncio.timeout(START_TIMEOUT_S):
            ready = await ipc.read_word(reader)
        if not isinstance(ready, ipc.Ready):
            raise MediaError("media_unavailable", "the media worker greeted wrongly")
    except (TimeoutError, OSError, asyncio.IncompleteReadError, ipc.IpcError) as error:
        await kill(process)
        raise _not_started(error) from error
    except BaseException:  # cancelled, or greeted wrongly
        await kill(process)
        raise


def _not_started(error: Exception) -> MediaError:
    return MediaError("media_unavailable", f"the media worker did not start: {error!r}")


async def kill(process: asyncio.subprocess.Process) -> None:
    """And wait until it is gone; nothing to do when it is."""
    if process.returncode is None:
        process.kill()
    async with asyncio.timeout(STOP_TIMEOUT_S):
        await process.wait()
