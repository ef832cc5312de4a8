"""scripts/bench sfu: what forwarding costs, and where one core is full.

A mesh of 11 rooms over real ICE, DTLS and SRTP against the real media worker: CPU per forwarded
packet at 2,310 packets/s in, then packets/s out while the rate rises until less than 99 % is
delivered. With --beside DIR another SFU (DIR/sfu.py, by HTTP: /pub and /sub) is measured in the
same rounds, alternating. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.metadata
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import structlog

from tests.bench import load
from vicon.media.engine import EmbeddedEngine
from vicon.ops.clock import SystemClock
from vicon.ports import Route, SlotPlan
from vicon.rtc import sdp

CONFERENCE = "bench"
VIDEO_PPS, AUDIO_PPS = 160.0, 50.0
STEPS = (1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0, 7.5, 8.0, 9.0, 10.0)
"""Multiples of the first rate."""
ENOUGH = 0.99
Figures = dict[str, float]


class Side(Protocol):
    """An SFU under measurement, in a process of its own."""

    pid: int

    async def publish(self, index: int, publisher: load.Publisher) -> None: ...

    async def subscribe(self, index: int, sources: list[int]) -> load.Subscriber: ...


class Ours:
    def __init__(self, engine: EmbeddedEngine) -> None:
        assert engine.worker_pid is not None
        self.pid = engine.worker_pid
        self._engine = engine
        self._routes: list[Route] = []

    async def publish(self, index: int, publisher: load.Publisher) -> None:
        offer = await publisher.offer()
        await publisher.connect(await self._engine.publish(CONFERENCE, f"p{index}", offer))

    async def subscribe(self, index: int, sources: list[int]) -> load.Subscriber:
        subscriber = load.Subscriber(offers=False)
        plan = [
            SlotPlan(room=str(source), kind=kind)
            for source in sources
            for kind in ("audio", "video")
        ]
        device = f"s{index}"
        text, _ = await self._engine.subscribe(CONFERENCE, device, plan)
        offer = sdp.parse(text)
        answer = await subscriber.answer(offer)
        await asyncio.gather(
            subscriber.connect(offer), self._engine.answer(CONFERENCE, device, answer)
        )
        self._routes += [
            Route(receiver=device, room=str(s), sender=f"p{s}", audio=True, video=True)
            for s in sources
        ]
        await self._engine.route(CONFERENCE, self._routes)
        return subscriber


class Beside:
    def __init__(self, pid: int, url: str, session: aiohttp.ClientSession) -> None:
        self.pid = pid
        self._url = url
        self._session = session

    async def _post(self, path: str, body: dict[str, Any]) -> str:
        async with self._session.post(self._url + path, json=body) as response:
            return str((await response.json())["sdp"])

    async def publish(self, index: int, publisher: load.Publisher) -> None:
        offer = await publisher.offer()
        await publisher.connect(await self._post("/pub", {"name": f"p{index}", "sdp": offer}))

    async def subscribe(self, index: int, sources: list[int]) -> load.Subscriber:
        subscriber = load.Subscriber(offers=True)
        body = {
            "name": f"s{index}",
            "from": [f"p{source}" for source in sources],
            "sdp": await subscriber.offer(len(sources)),
        }
        await subscriber.connect(sdp.parse(await self._post("/sub", body)))
        return subscriber


@contextlib.asynccontextmanager
async def ours() -> AsyncIterator[Side]:
    engine = EmbeddedEngine(SystemClock(), addresses=[load.address()])
    await engine.start()
    try:
        yield Ours(engine)
    finally:
        await engine.close()


@contextlib.asynccontextmanager
async def beside(directory: Path, port: int) -> AsyncIterator[Side]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(directory / "sfu.py"), "--port", str(port)
    )
    try:
        async with aiohttp.ClientSession() as session:
            url = f"http://127.0.0.1:{port}"
            async with asyncio.timeout(20):
                while True:
                    try:
                        async with session.get(url + "/"):
                            break
                    except aiohttp.ClientConnectionError:
                        await asyncio.sleep(0.05)
            yield Beside(process.pid, url, session)
    finally:
        process.kill()
        await process.wait()


class Run:
    """One mesh on one side."""

    def __init__(self, side: Side, rooms: int) -> None:
        self._side = side
        self._rooms = rooms
        self._publishers: list[load.Publisher] = []
        self._subscribers: list[load.Subscriber] = []

    async def connect(self) -> None:
        for index in range(self._rooms):
            publisher = load.Publisher()
            await self._side.publish(index, publisher)
            self._publishers.append(publisher)
        for index in range(self._rooms):
            sources = [room for room in range(self._rooms) if room != index]
            subscriber = await self._side.subscribe(index, sources)
            subscriber.filter()
            self._subscribers.append(subscriber)

    async def measure(self, seconds: float, step_seconds: float) -> tuple[Figures, list[Figures]]:
        """Figures at the first rate, and at each step until it is too much."""
        generator = load.Generator(self._publishers, VIDEO_PPS, AUDIO_PPS)
        tasks = [asyncio.create_task(generator.run()), asyncio.create_task(self._report())]
        try:
            await asyncio.sleep(2)
            base = await self._window(generator, seconds)
            steps: list[Figures] = []
            for factor in STEPS:
                generator.video_pps, generator.audio_pps = VIDEO_PPS * factor, AUDIO_PPS * factor
                await asyncio.sleep(0.5)
                steps.append(await self._window(generator, step_seconds))
                if steps[-1]["delivered"] < ENOUGH:
                    break
            return base, steps
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=1)

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(1)
            for subscriber in self._subscribers:
                subscriber.report()

    async def _window(self, generator: load.Generator, seconds: float) -> Figures:
        ports = {subscriber.port for subscriber in self._subscribers}
        begun = self._counts(generator, ports)
        await asyncio.sleep(seconds)
        time_s, sent, received, cpu, own = (
            after - before
            for after, before in zip(self._counts(generator, ports), begun, strict=True)
        )
        return {
            "in_per_s": round(sent / time_s),
            "out_per_s": round(received / time_s),
            "delivered": round(received / (sent * (self._rooms - 1)), 4),
            "cpu_percent": round(100 * cpu / time_s, 1),
            "us_per_out": round(1e6 * cpu / max(1.0, received), 2),
            "load_cpu_percent": round(100 * own / time_s, 1),
        }

    def _counts(self, generator: load.Generator, ports: set[int]) -> tuple[float, ...]:
        received = load.kernel_drops(ports) + sum(s.verified for s in self._subscribers)
        cpu = load.cpu_seconds(self._side.pid)
        return time.monotonic(), generator.sent, received, cpu, time.process_time()

    async def close(self) -> None:
        ends = [publisher.transport for publisher in self._publishers]
        ends += [subscriber.transport for subscriber in self._subscribers]
        await asyncio.gather(*(transport.close() for transport in ends))


async def one_round(name: str, arguments: argparse.Namespace) -> tuple[Figures, list[Figures]]:
    making = ours() if name == "vicon" else beside(arguments.beside, arguments.port)
    async with making as side:
        run = Run(side, arguments.rooms)
        await run.connect()
        result = await run.measure(arguments.seconds, arguments.step_seconds)
        await run.close()
        return result


def summary(rounds: list[tuple[Figures, list[Figures]]]) -> Figures:
    """Medians over the rounds; saturation is the best step that still delivered enough."""
    best = [
        max((s["out_per_s"] for s in (base, *steps) if s["delivered"] >= ENOUGH), default=0.0)
        for base, steps in rounds
    ]
    most = [max(s["out_per_s"] for s in (base, *steps)) for base, steps in rounds]
    cheapest = [min(s["us_per_out"] for s in steps) for _, steps in rounds]
    return {
        "us_per_out_at_first_rate": statistics.median(base["us_per_out"] for base, _ in rounds),
        "cpu_percent_at_first_rate": statistics.median(base["cpu_percent"] for base, _ in rounds),
        "saturation_out_per_s": statistics.median(best),
        "most_out_per_s": statistics.median(most),
        "out_per_core_second_at_high_rate": round(1e6 / statistics.median(cheapest)),
    }


async def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench sfu")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rooms", type=int, default=11)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--step-seconds", type=float, default=2.5)
    parser.add_argument("--beside", type=Path, help="directory of another SFU's sfu.py")
    parser.add_argument("--port", type=int, default=18_090, help="for that one")
    arguments = parser.parse_args()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    names = ["vicon"] + (["beside"] if arguments.beside else [])
    rounds: dict[str, list[tuple[Figures, list[Figures]]]] = {name: [] for name in names}
    for number in range(arguments.rounds):
        for name in names if number % 2 == 0 else reversed(names):
            print(f"round {number + 1} of {arguments.rounds}: {name}", file=sys.stderr)
            rounds[name].append(await one_round(name, arguments))
    packages = ("aiortc", "aioice", "pylibsrtp", "cryptography")
    result: dict[str, Any] = {
        "command": "scripts/bench sfu " + " ".join(sys.argv[1:]),
        "versions": {
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in packages},
        },
        "machine": {"cores": os.cpu_count(), "load_average": os.getloadavg()[0]},
        "rooms": arguments.rooms,
        "summary": {name: summary(of) for name, of in rounds.items()},
        "raw": {
            name: [{"first_rate": base, "steps": steps} for base, steps in of]
            for name, of in rounds.items()
        },
    }
    if arguments.beside:
        mine, other = result["summary"]["vicon"], result["summary"]["beside"]
        result["ratio"] = {figure: round(mine[figure] / other[figure], 3) for figure in mine}
    print(json.dumps(result, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
