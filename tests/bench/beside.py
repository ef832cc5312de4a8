"""The SFU with and without the camera counter beside it: what is delivered, and how late.

Eleven rooms in full mesh, as scripts/bench sfu makes them; in every second round the rooms' key
frames are taken from the SFU in turn, every ten seconds each, as the server does it, and as many
pictures of 720p, with a second of what follows, go through the counter's process. It stands on the
SFU's own core, and behind it as far as in a session; both go before whatever else the machine does.
The rounds alternate; a part of scripts/bench headcount.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import sys
from collections.abc import AsyncIterator, Sequence

import structlog

from tests.bench import kernel, sides
from tests.bench.mesh import ALL, Figures, Mesh
from tests.vision.people import FPS, film, hall
from vicon.ops.clock import SystemClock
from vicon.ports import Still
from vicon.vision.counter import Counter
from vicon.vision.worker import NICE

ROOMS, EVERY_S = 11, 10.0
READY_S = 30.0
CORE = 0
MOST_LATER_MS = 1.0
"""Of the 99th percentile of the added delay: more would be a change. Rounds without the counter
differ by as much."""


def stills(count: int = 6) -> list[Still]:
    """Of 720p, each with a second of what follows."""
    found = []
    for number in range(count):
        pictures = [hall(8, seed=100 * number + seed) for seed in range(FPS + 1)]
        first, *after = film(pictures, bit_rate=1_500_000)
        found.append(Still(codec="vp8", data=first, after=tuple(after), seconds=1.0))
    return found


async def one_round(shown: Sequence[Still] | None, address: str, seconds: float) -> Figures:
    """`shown`: what the counter looks at; None: there is none."""
    async with sides.ours(address) as side:
        kernel.pin(side.pid, [CORE])
        kernel.prefer(side.pid)
        mesh = Mesh(side, ROOMS, address)
        try:
            await mesh.connect()
            async with mesh.running(), _counting(side, shown) as looks:
                found = await mesh.window(seconds, ROOMS - 1)
                return {**found, "looks": len(looks), "stills": sum(looks)}
        finally:
            await mesh.close()


@contextlib.asynccontextmanager
async def _counting(side: sides.Ours, shown: Sequence[Still] | None) -> AsyncIterator[list[bool]]:
    """Gives, look by look, whether the SFU had a key frame."""
    looks: list[bool] = []
    if shown is None:
        yield looks
        return
    counter = Counter("yunet", SystemClock())
    running = asyncio.create_task(counter.run())
    looking = asyncio.create_task(_look(side, counter, shown, looks))
    try:
        async with asyncio.timeout(READY_S):
            while not looks:
                await asyncio.sleep(0.05)
        assert counter.pid is not None
        kernel.pin(counter.pid, [CORE])
        with contextlib.suppress(PermissionError):  # as far before others as the SFU was put
            os.setpriority(os.PRIO_PROCESS, counter.pid, NICE + kernel.PREFERRED)
        looks.clear()
        yield looks
    finally:
        looking.cancel()
        running.cancel()
        await asyncio.gather(looking, running, return_exceptions=True)


async def _look(
    side: sides.Ours, counter: Counter, shown: Sequence[Still], looks: list[bool]
) -> None:
    """At each room in turn; until cancelled."""
    loop, number = asyncio.get_running_loop(), 0
    async with asyncio.TaskGroup() as group:
        while True:
            due = loop.time() + EVERY_S / ROOMS
            room, picture = number % ROOMS, shown[number % len(shown)]
            group.create_task(_one(side, counter, room, picture, looks))
            number += 1
            await asyncio.sleep(max(0.0, due - loop.time()))


async def _one(
    side: sides.Ours, counter: Counter, room: int, picture: Still, looks: list[bool]
) -> None:
    taken = await side.still(room)
    count, _ = await counter.look(f"room {room}", picture)
    assert count == 8, "the counter does its work"
    looks.append(taken is not None)


def summary(rounds: Sequence[Figures]) -> Figures:
    """Medians, but for delivery: the least."""
    return {
        "delivered_least": min(one["delivered"] for one in rounds),
        "added_p50_ms": _median([one["added_ms"]["p50"] for one in rounds]),
        "added_p99_ms": _median([one["added_ms"]["p99"] for one in rounds]),
        "added_p99_ms_all": [one["added_ms"]["p99"] for one in rounds],
        "sfu_cpu_percent": _median([one["cpu_percent"] for one in rounds]),
        "looks": sum(one["looks"] for one in rounds),
        "stills": sum(one["stills"] for one in rounds),
    }


def _median(values: Sequence[float]) -> float:
    return round(statistics.median(values), 3)


async def measure(rounds: int, seconds: float, address: str) -> Figures:
    shown = stills()
    found: dict[str, list[Figures]] = {"without": [], "with": []}
    for number in range(rounds):
        for name in sorted(found, reverse=bool(number % 2)):
            print(f"round {number + 1} of {rounds}: {name} the counter", file=sys.stderr)
            done = await one_round(shown if name == "with" else None, address, seconds)
            found[name].append(done)
    told = {name: summary(of) for name, of in found.items()}
    later = told["with"]["added_p99_ms"] - told["without"]["added_p99_ms"]
    return {
        "summary": told,
        "held": {
            "everything delivered": all(of["delivered_least"] >= ALL for of in told.values()),
            f"p99 at most {MOST_LATER_MS} ms later": later <= MOST_LATER_MS,
        },
        "raw": found,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    options = parser.parse_args()
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(30),
    )
    try:
        address = kernel.isolate()
    except kernel.PlaceError as error:
        print(json.dumps({"skipped": str(error)}))
        return 0
    with contextlib.suppress(PermissionError):
        os.setsid()  # not to raise the shell with us
    kernel.prefer(os.getpid())
    cores = os.cpu_count() or 1
    if cores > 1:  # the load is not to stand in the way of what is measured
        kernel.pin(os.getpid(), range(1, cores))
    print(json.dumps(asyncio.run(measure(options.rounds, options.seconds, address))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
