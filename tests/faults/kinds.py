"""The faults: what each does, to whom, and how it ends. None ends by a person's hand."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.service import CHECKOUT, Service
from tests.faults.halls import Hall
from tests.faults.names import Names
from tests.faults.place import HUB, Place

STALL_S, CUT_S, LOSS_S, FULL_S, CLOCK_S, FLOOD_S, SLOW_S = 5.0, 8.0, 8.0, 6.0, 8.0, 6.0, 10.0
NAMES_S, RESET_S = 8.0, 1.0
SOCKETS = 1000
LOSS_PERCENT = 30
HOUR_S = 3600
RESTART_S = 0.2
"""As a service manager with a short pause."""


@dataclass
class World:
    """All that a fault may touch."""

    service: Service
    place: Place
    names: Names
    halls: list[Hall]
    clock: Path
    """By how much the server's clock is wrong, as libfaketime reads it."""
    rng: random.Random
    over_at: float = 0.0
    """Monotonic seconds from which on whoever was hit can come back."""

    def over(self) -> None:
        self.over_at = time.monotonic()

    def some(self, most: int = 3) -> list[Hall]:
        return self.rng.sample(self.halls, self.rng.randint(1, min(most, len(self.halls))))


Struck = list[Hall]
"""The halls that a fault is meant for; the others should not notice."""
Fault = Callable[[World], AbstractAsyncContextManager[Struck]]
"""Entered: it begins. Left: it is over; whoever was hit comes back from now."""


@asynccontextmanager
async def link_cut(world: World) -> AsyncIterator[Struck]:
    async with _rule(world, 100, CUT_S) as struck:
        yield struck


@asynccontextmanager
async def loss(world: World) -> AsyncIterator[Struck]:
    async with _rule(world, LOSS_PERCENT, LOSS_S) as struck:
        yield struck


@asynccontextmanager
async def _rule(world: World, percent: int, seconds: float) -> AsyncIterator[Struck]:
    struck = world.some()
    for hall in struck:
        hall.line.lose(percent)
    try:
        yield struck
        await asyncio.sleep(seconds)
    finally:
        for hall in struck:
            hall.line.lose(0)


@asynccontextmanager
async def line_stall(world: World) -> AsyncIterator[Struck]:
    """Nothing goes through for five seconds, then all goes on."""
    async with _rule(world, 100, STALL_S) as struck:
        yield struck


@asynccontextmanager
async def program_stall(world: World) -> AsyncIterator[Struck]:
    """A hall's program stands still, as on a laptop that has too little memory."""
    struck = [hall for hall in world.some() if hall.inside.pid is not None]
    async with _stopped([hall.inside.pid or 0 for hall in struck]):
        yield struck


@asynccontextmanager
async def server_stall(world: World) -> AsyncIterator[Struck]:
    async with _stopped([world.service.pid]):
        yield world.halls


@asynccontextmanager
async def _stopped(pids: Sequence[int]) -> AsyncIterator[None]:
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
        await asyncio.sleep(STALL_S)
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


@asynccontextmanager
async def nat_rebind(world: World) -> AsyncIterator[Struck]:
    struck = world.some()
    yield struck
    for hall in struck:
        hall.line.rebind()


@asynccontextmanager
async def names_gone(world: World) -> AsyncIterator[Struck]:
    """The name server is silent, and the connections that stood are reset."""
    struck = world.some()
    world.names.silent = True
    for hall in struck:
        hall.line.reset_tcp()
    try:
        yield struck
        await asyncio.sleep(RESET_S)
        for hall in struck:
            hall.line.lose(0)
        await asyncio.sleep(NAMES_S)
    finally:
        world.names.silent = False


@asynccontextmanager
async def worker_killed(world: World) -> AsyncIterator[Struck]:
    yield world.halls
    os.kill(world.service.workers()[0], signal.SIGKILL)


@asynccontextmanager
async def server_killed(world: World) -> AsyncIterator[Struck]:
    yield world.halls
    world.over()
    await world.service.kill()
    await asyncio.sleep(RESTART_S)
    await world.service.start()


@asynccontextmanager
async def disk_full(world: World) -> AsyncIterator[Struck]:
    """The file system of the journal has no room left."""
    ballast = world.service.data / "ballast"
    await asyncio.to_thread(_fill, ballast)
    try:
        yield []
        await asyncio.sleep(FULL_S)
    finally:
        ballast.unlink()


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


@asynccontextmanager
async def clock_jump(world: World) -> AsyncIterator[Struck]:
    """An hour forward or back; at the end right again."""
    by = world.rng.choice((HOUR_S, -HOUR_S))
    world.clock.write_text(f"{by:+}\n")
    try:
        yield []
        await asyncio.sleep(CLOCK_S)
    finally:
        world.clock.write_text("+0\n")


@asynccontextmanager
async def slow_reader(world: World) -> AsyncIterator[Struck]:
    """One who opens a page's connection, and never reads what comes."""
    port = int(world.service.url.rpartition(":")[2])
    token = world.service.link("observer").token
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        one.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(one, (HUB, port))
        for part in _greeting(port, token):
            await loop.sock_sendall(one, part)
        yield []
        await asyncio.sleep(SLOW_S)


def _greeting(port: int, token: str) -> list[bytes]:
    """The upgrade (RFC 6455, section 4.1) and a masked hello."""
    head = (
        f"GET /ws HTTP/1.1\r\nHost: {HUB}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    hello = f'{{"type":"hello","v":1,"token":"{token}","lang":"id"}}'.encode()
    size = bytes([0xFE]) + len(hello).to_bytes(2, "big")
    return [head.encode(), b"\x81" + size + bytes(4) + hello]  # a mask of zeros changes nothing


@asynccontextmanager
async def half_open(world: World) -> AsyncIterator[Struck]:
    port = world.service.url.rpartition(":")[2]
    process = await asyncio.create_subprocess_exec(
        "ip", "netns", "exec", world.place.stranger, sys.executable, "-m", "tests.faults.flood",
        HUB, port, str(SOCKETS), str(FLOOD_S), cwd=CHECKOUT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    assert int(await process.stdout.readline()) == SOCKETS
    yield []
    await process.wait()


KINDS: dict[str, Fault] = {
    "link cut, 8 s": link_cut,
    "30 % loss, 8 s": loss,
    "line stalls, 5 s": line_stall,
    "hall's program stalls, 5 s": program_stall,
    "server stalls, 5 s": server_stall,
    "NAT rebinds": nat_rebind,
    "names gone, connections reset, 9 s": names_gone,
    "media worker killed": worker_killed,
    "server killed": server_killed,
    "disk full, 6 s": disk_full,
    "clock an hour wrong, 8 s": clock_jump,
    "slow reader, 10 s": slow_reader,
    "1,000 half-open connections, 6 s": half_open,
}
