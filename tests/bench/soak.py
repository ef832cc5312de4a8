"""scripts/bench soak: switches of layers, ICE restarts, devices that come and leave and workers
that die, over real ICE, DTLS and SRTP; then whether anything stuck, came of somebody who had left,
or leaked. With the media plane in its worker; a part of it, to count objects, in this process.

Prints one JSON object; exit code 1 where anything is not as it must be.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.metadata
import json
import logging
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import structlog

from tests.bench import leaks
from tests.bench.leaks import Engine
from tests.bench.soak_call import Call, until
from vicon.media.engine import EmbeddedEngine
from vicon.media.inprocess import InProcessEngine
from vicon.ops.clock import SystemClock

Figures = dict[str, Any]
ADDRESS = "127.0.0.1"
RESIDENTS, GUESTS, LAYERS_OF_ONE = 4, 4, 4
SPARE_S = 90.0
"""The first time a trial clip is made beside it."""
MOST_GROWTH_KIB = 24 << 10
"""Of the worker after it is warm: garbage waits there until it is looked for."""
WARM = 0.2
IN_PROCESS = 0.15
"""Shares of all that is done: before memory counts as warm, and in one process."""
_OF_A_SPARE = frozenset(("fds", "threads", "tasks", "worker_fds", "worker_threads"))
_OPENED = frozenset(("fds",))
_WRONG = ("seams", "jumps", "twice")
_PACKAGES = ("aiortc", "aioice", "pylibsrtp", "cryptography")


class Amounts(NamedTuple):
    switches: int
    restarts: int
    joins: int
    kills: int
    rests: int = 0

    def share(self, of: float) -> Amounts:
        """Without kills."""
        switches, restarts, joins, _, rests = (round(of * n) for n in self)
        return Amounts(switches, restarts, joins, 0, rests)

    def less(self, other: Amounts) -> Amounts:
        return Amounts(*(a - b for a, b in zip(self, other, strict=True)))


async def soak(
    engine: Engine, amounts: Amounts, chance: random.Random, *, short: bool = False
) -> Figures:
    """What was done with a started engine, how long each took, and `faults`. `short`: no wait for
    memory to be warm, nor for a spare worker but before a kill; what both would change is not
    counted."""
    if not short:
        await _spared(engine)
        await _warm_up(engine)
    first = leaks.count(engine)
    rss = {"before": leaks.rss_kib(engine)}
    call = Call(engine, ADDRESS, RESIDENTS, GUESTS, chance)
    without = _OF_A_SPARE if isinstance(engine, EmbeddedEngine) else _OPENED
    seen = Looks(engine, without if short else frozenset())
    began = time.monotonic()
    await call.start()
    together = leaks.count(engine) | {"connections": 2 * RESIDENTS}
    warm = amounts.share(0.0 if short else WARM)
    share = amounts.share(0.5 if amounts.kills and not short else 1.0)
    await _act(call, warm)
    rss["warm"] = leaks.rss_kib(engine)
    await _act(call, share.less(warm))
    await seen.look("first life", together, layers=LAYERS_OF_ONE * GUESTS)
    rss["after"] = leaks.rss_kib(engine)
    rest = amounts.less(share)
    for life in range(amounts.kills):
        _tell(f"kill {life + 1} of {amounts.kills}")
        await asyncio.sleep(call.to_wait)
        await _spared(engine)
        await call.kill()
        if not short:
            await _spared(engine)
        together = leaks.count(engine) | {"connections": 2 * RESIDENTS}
        part = rest.share(1 / (amounts.kills - life))
        rest = rest.less(part)
        await _act(call, part)
        await seen.look(f"life {life + 2}", together)
    await call.close()
    if not short:
        await _spared(engine)
    await seen.look("all left", first)
    sums = call.sums()
    return {
        "done": {**amounts._asdict(), "seconds": round(time.monotonic() - began, 1)},
        "took_s": {kind: _spread(values) for kind, values in sorted(call.took.items())},
        "slots": sums,
        "stuck": len(call.stuck),
        "ghosts": call.left.ghosts,
        "late_ghosts": call.left.late,
        "rss_kib": rss,
        "leaks": seen.found,
        "faults": [*seen.faults, *_faults(call, sums, rss["after"] - rss["warm"])],
    }


class Looks:
    """Whether there is more of anything than there was. `without`: what is not counted."""

    def __init__(self, engine: Engine, without: frozenset[str]) -> None:
        self.found: Figures = {}
        self.faults: list[str] = []
        self._engine, self._without = engine, without

    async def look(self, name: str, before: dict[str, int], layers: int = 0) -> None:
        """`layers`: so many more there may be. A slot goes on by the clock of what it showed
        last."""
        wanted = {kind: n for kind, n in before.items() if kind not in self._without}
        if "Layer" in wanted:
            wanted["Layer"] += layers
        after = await leaks.settled(self._engine, wanted)
        self.found[name] = {"before": before, "after": after}
        if more := leaks.more(wanted, after):
            self.faults.append(f"{name}: more: {more}; tasks: {dict(leaks.tasks())}")


def _faults(call: Call, sums: dict[str, int], grown_kib: int) -> list[str]:
    found = [*call.failures, *(f"stuck: {name}" for name in call.stuck)]
    found += [f"{n} {kind} in all slots" for kind in _WRONG if (n := sums.get(kind, 0))]
    if call.left.ghosts or call.left.late:
        found.append(f"{call.left.ghosts}, {call.left.late} packets of devices that had left")
    if grown_kib > MOST_GROWTH_KIB:
        found.append(f"memory grew by {grown_kib} KiB")
    return found


async def _act(call: Call, amounts: Amounts) -> None:
    began, left = time.monotonic(), amounts.switches
    for _ in range(amounts.rests):
        left -= await call.rest()
    await call.switch(left)
    at = time.monotonic()
    await call.restart(amounts.restarts)
    joins = time.monotonic()
    await call.join(amounts.joins)
    _tell(f"{amounts}: {at - began:.1f} s, {joins - at:.1f} s, {time.monotonic() - joins:.1f} s")


async def _warm_up(engine: Engine) -> None:
    """Open what is opened at the first use and stays."""
    call = Call(engine, ADDRESS, 2, 0, random.Random(0))
    await call.start()
    await call.close()
    await leaks.settled(engine, {"connections": 0})


async def _spared(engine: Engine) -> None:
    """There is a spare worker, and nothing is being prepared any more."""
    if isinstance(engine, EmbeddedEngine):
        spare = engine._spare
        await until(
            lambda: (
                engine.spare_pid is not None
                and (spare._preparing is None or spare._preparing.done())
            ),
            SPARE_S,
        )


def _spread(values: list[float]) -> Figures:
    ordered = sorted(values)
    return {
        "count": len(ordered),
        "median": round(statistics.median(ordered), 3),
        "p95": round(ordered[max(0, -(-len(ordered) * 95 // 100) - 1)], 3),
        "most": round(ordered[-1], 3),
    }


def _tell(words: str) -> None:
    structlog.get_logger("vicon.bench").warning(words)


async def measure(arguments: argparse.Namespace) -> int:
    amounts = Amounts(
        arguments.switches, arguments.restarts, arguments.joins, arguments.kills, arguments.rests
    )
    result: Figures = {
        "command": " ".join(["scripts/bench soak", *sys.argv[1:]]),
        "versions": {
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in _PACKAGES},
        },
        "machine": {"cores": os.cpu_count(), "load_average": round(os.getloadavg()[0], 2)},
        "seed": arguments.seed,
    }
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) if arguments.compiled else None
        makes: list[tuple[str, type[Engine], Amounts]] = [("in a worker", EmbeddedEngine, amounts)]
        if arguments.objects:
            makes.append(("in process", InProcessEngine, amounts.share(IN_PROCESS)))
        for name, make, share in makes:
            _tell(name)
            engine = make(SystemClock(), addresses=[ADDRESS], cache=cache)
            try:
                await engine.start()
                result[name] = await soak(engine, share, random.Random(arguments.seed))
            finally:
                await engine.close()
            faults += [f"{name}: {fault}" for fault in result[name].pop("faults")]
    print(json.dumps({**result, "faults": faults}, indent=1))
    return 1 if faults else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench soak")
    parser.add_argument("--switches", type=int, default=200, help="of layers")
    parser.add_argument("--restarts", type=int, default=50, help="of ICE, half up, half down")
    parser.add_argument("--joins", type=int, default=500, help="each with its leave")
    parser.add_argument("--kills", type=int, default=10, help="of the worker")
    parser.add_argument(
        "--rests", type=int, default=4, help="times that a camera's larger layers end meanwhile"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--no-objects", dest="objects", action="store_false", help="not in one process too"
    )
    parser.add_argument(
        "--python", dest="compiled", action="store_false", help="without the compiled part"
    )
    logging.getLogger().setLevel(logging.WARNING)
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(30),
    )
    return asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
