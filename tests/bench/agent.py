"""scripts/bench agent: what a headless room costs.

A real server, agents in the hub and nine rooms in one process, and one `vicon agent` alone in the
tenth: it sends its clip and receives ten rooms. Before that, an agent that is the only one: it only
sends. CPU time of both processes from /proc, in several
windows, once everything moves. Prints one JSON object; figures are cores (1 = one core full).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.hall import ROOMS, Hall, full_house, header, moving, spread
from tests.e2e.service import Child, Service, agent
from tests.e2e.until import until


def cpu_seconds(child: Child) -> float:
    """User and system time of a process, its threads included."""
    assert child.process is not None
    fields = Path(f"/proc/{child.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def windows(hall: Hall, alone: Child, rounds: int, seconds: float) -> list[dict[str, float]]:
    found = []
    for number in range(rounds):
        print(f"window {number + 1} of {rounds}", file=sys.stderr)
        began, first, many = time.monotonic(), cpu_seconds(alone), cpu_seconds(hall.agents)
        await asyncio.sleep(seconds)
        passed = time.monotonic() - began
        report = alone.reports(hall.free.room)[-1]
        found.append(
            {
                "alone": round((cpu_seconds(alone) - first) / passed, 4),
                "together_each": round((cpu_seconds(hall.agents) - many) / passed / (ROOMS + 1), 4),
                "rooms_moving": moving([report]),
                "received_kbps": round(sum(r["kbps"] for r in report["receiving"].values()), 1),
                "sent_kbps": report["sending"]["kbps"],
            }
        )
    return found


async def only_sends(seconds: float) -> float:
    """An agent that nobody else is there for."""
    with tempfile.TemporaryDirectory() as folder:
        service = Service(Path(folder))
        await service.start()
        try:
            async with agent(service, service.operators()[0]) as alone:
                room = service.operators()[0].room

                async def frames() -> int:
                    reports = alone.reports(room)
                    return int(reports[-1]["sending"]["video_frames"]) if reports else 0

                await until(frames, lambda sent: sent > 15, 20, "it sends")
                before = cpu_seconds(alone)
                await asyncio.sleep(seconds)
                return round((cpu_seconds(alone) - before) / seconds, 4)
        finally:
            await service.stop()


async def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench agent")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10.0)
    arguments = parser.parse_args()
    sends = await only_sends(arguments.seconds)
    async with full_house() as hall, agent(hall.service, hall.free) as alone:

        async def seen() -> int:
            return moving(alone.reports(hall.free.room))

        await until(seen, lambda rooms: rooms == ROOMS + 1, 20, "the agent sees all ten")
        raw = await windows(hall, alone, arguments.rounds, arguments.seconds)
    result = {
        **header("agent"),
        "summary": {
            "only_sends": sends,
            "alone": spread([one["alone"] for one in raw]),
            "together_each": spread([one["together_each"] for one in raw]),
        },
        "raw": raw,
    }
    print(json.dumps(result, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
