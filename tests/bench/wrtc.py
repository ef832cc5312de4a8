"""scripts/bench wrtc: clients with libwebrtc's own congestion control as load on a real server.

Each of --rooms rooms gets an encoder (WHIP) and there are --players players of the programme
(WHEP), all in one Node.js process; the first room has the floor. With --kbps they all stand behind
one software line of so many kbit/s both ways (needs root, see tests/net). Prints JSON: what each
client's own statistics say of --seconds seconds, and the server's CPU meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import structlog

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.bench.hall import header
from tests.bench.kernel import cpu_seconds
from tests.e2e.service import Service, run
from tests.net.badline import BadLine, bad_line
from tests.net.lab import HUB_ADDRESS

CHECKOUT = Path(__file__).resolve().parents[2]
START_S, SPARE_S = 90, 30
"""Seconds to connect all; and for all else beside what is measured."""
Figures = dict[str, Any]


class Clients:
    """The Node.js process; `prefix` goes before its command."""

    def __init__(self, plan: Figures, prefix: Sequence[str] = ()) -> None:
        self._plan = plan
        self._command = (
            *prefix, sys.executable, "hatch_build.py", "npm", "run", "--silent", "wrtc"
        )  # fmt: skip

    async def start(self) -> None:
        """Returns when all are connected. Raises RuntimeError with what it said if not."""
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            *self._command, cwd=CHECKOUT, stdin=pipe, stdout=pipe, stderr=pipe
        )
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(self._plan).encode())
        self._process.stdin.close()
        await self._said(START_S)

    async def figures(self) -> list[Figures]:
        """Of each client in the order of the plan, publishers first."""
        wait = self._plan["settle"] + self._plan["seconds"] + SPARE_S
        found: list[Figures] = (await self._said(wait))["clients"]
        return found

    async def _said(self, timeout: float) -> Figures:
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), timeout)
        if not line:
            raise RuntimeError((await self._process.stderr.read()).decode(errors="replace"))
        said: Figures = json.loads(line)
        return said

    async def end(self) -> None:
        if self._process.returncode is None:
            try:
                await asyncio.wait_for(self._process.wait(), 10)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()


async def places(service: Service, rooms: int, players: int) -> Figures:
    """Where the clients publish and play; the first room has the floor."""
    listed = json.loads(await run("links", "--data", str(service.data), "--whip", "--json"))
    known = {one["room"]: {"url": one["url"], "token": one["token"]} for one in listed}
    codes = [link.room for link in service.operators()][:rooms]
    return {"publish": [known[code] for code in codes], "play": [known[None]] * players}


async def measured(
    service: Service, plan: Figures, prefix: Sequence[str] = ()
) -> tuple[list[Figures], float]:
    """Figures of each client, and how many cores the server took meanwhile."""
    clients = Clients(plan, prefix)
    try:
        await clients.start()
        desk = parse_link(service.link("moderator").url)
        async with Client(*desk, rng=random.Random(1)) as moderator:
            await moderator.ready(10)
            await moderator.command(m.FloorGive(room=service.operators()[0].room or ""))
        await asyncio.sleep(plan["settle"])
        pids = [service.pid, *service.workers()]
        before = sum(map(cpu_seconds, pids))
        await asyncio.sleep(plan["seconds"])
        cores = (sum(map(cpu_seconds, pids)) - before) / plan["seconds"]
        return await clients.figures(), cores
    finally:
        await clients.end()


def summary(clients: Sequence[Figures]) -> Figures:
    def middle(kind: str, name: str) -> float:
        found = [one[name] for one in clients if one["kind"] == kind]
        return round(statistics.median(found), 2) if found else 0.0

    up = ("video_kbps", "frames_per_s", "available_kbps", "lost_percent", "round_trip_ms")
    down = ("video_kbps", "frames_per_s", "height", "freezes", "lost_percent", "concealed_percent")
    return {
        "publishers": {name: middle("publish", name) for name in up},
        "players": {name: middle("play", name) for name in down},
    }


async def bench(options: argparse.Namespace, line: BadLine | None) -> Figures:
    with tempfile.TemporaryDirectory(prefix="vicon-wrtc-") as folder:
        service = Service(Path(folder), HUB_ADDRESS if line else "127.0.0.1")
        await service.start()
        try:
            plan = {
                **await places(service, options.rooms, options.players),
                "seconds": options.seconds, "settle": options.settle,
                "width": 640, "height": 360, "fps": 15,
            }  # fmt: skip
            if line is not None:
                line.relay.set("both", rate_kbps=options.kbps, delay_ms=20, queue_ms=300)
            clients, cores = await measured(service, plan, line.in_room if line else ())
        finally:
            await service.stop()
    return {"server_cores": round(cores, 3), "median": summary(clients), "clients": clients}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rooms", type=int, default=6)
    parser.add_argument("--players", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--settle", type=float, default=15.0)
    parser.add_argument("--kbps", type=float, help="behind one line of so many kbit/s")
    options = parser.parse_args()
    if not (0 <= options.rooms <= 10 and 0 <= options.players <= 50):
        parser.error("at most 10 rooms and 50 players")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    with ExitStack() as stack:
        line = stack.enter_context(bad_line()) if options.kbps else None
        found = asyncio.run(bench(options, line))
    print(json.dumps({**header("wrtc"), **found}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
