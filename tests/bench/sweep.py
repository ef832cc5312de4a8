"""scripts/bench sweep [--rooms 10] [--seconds 10]: what a sweep costs the server, and whether the
rooms' figures change when all are tested at once.

A real server and one agent per room on the loopback. Prints JSON: cores that the server's processes
used while all rooms called at once, and each room's figures alone and together.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import vicon
from signaling import messages as wire
from tests.e2e.service import AS_DELIVERED, Service, rehearsal
from tests.e2e.trials import step, technician
from vicon.agent.trials import TrialDesk
from vicon.measure.run import Run
from vicon.ops import logging

TICKS = os.sysconf("SC_CLK_TCK")
LIMITS = {"rtt_ms": 5.0, "jitter_ms": 5.0, "loss_up_percent": 0.5, "loss_down_percent": 0.5}
READY_S = 90.0


def _cpu(pids: list[int]) -> float:
    """Seconds of processor time of these processes."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


async def _cost(desk: TrialDesk, service: Service) -> dict[str, Any]:
    """Of the part in which all media calls are being measured."""

    def calling() -> bool:
        sweep = desk.sweep
        if sweep is None or sweep.part != "together":
            return False
        runs = [desk.runs[r.together] for r in sweep.rooms if r.together in desk.runs]
        return bool(runs) and all(
            run.state == "running" and (step(run, "media").progress or 0) > 0.05 for run in runs
        )

    while not calling():
        if desk.sweep is not None and desk.sweep.part == "over":
            return {"cores": None}
        await asyncio.sleep(0.1)
    pids = [service.pid, *service.workers()]
    began, used = time.monotonic(), _cpu(pids)
    while calling():
        await asyncio.sleep(0.1)
    seconds = time.monotonic() - began
    return {"seconds": round(seconds, 2), "cores": round((_cpu(pids) - used) / seconds, 3)}


def _beside(alone: Run, together: Run) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, limit in LIMITS.items():
        a, b = alone.value(name), together.value(name)
        changed = None if a is None or b is None else b - a
        good = changed is not None and abs(changed) <= limit
        found[name] = {"alone": a, "together": b, "changed": changed, "good": good}
    return found


async def _sweep(rooms: int, seconds: int, folder: Path) -> dict[str, Any]:
    service = Service(folder, root=AS_DELIVERED)
    await service.start()
    try:
        async with rehearsal(service, rooms), technician(service) as desk:
            async with asyncio.timeout(READY_S):
                while len(desk.stations) < rooms:
                    await asyncio.sleep(0.2)
            cost = asyncio.create_task(_cost(desk, service))
            sweep: wire.SweepView = await desk.sweep_all(seconds=seconds, force=False)
            found = await cost
            figures = {}
            for room in sweep.rooms:
                if room.run and room.together:
                    alone, both = await desk.fetch(room.run), await desk.fetch(room.together)
                    figures[room.room] = _beside(alone, both)
            return found | {"state": sweep.state, "rooms": figures}
    finally:
        await service.stop()


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench sweep", description=__doc__)
    parser.add_argument("--rooms", type=int, default=10)
    parser.add_argument("--seconds", type=int, default=10)
    arguments = parser.parse_args()
    logging.setup(level="warning")  # standard output is for the figures
    with tempfile.TemporaryDirectory() as folder:
        result = asyncio.run(_sweep(arguments.rooms, arguments.seconds, Path(folder)))
    about = {
        "command": " ".join(["scripts/bench sweep", *sys.argv[1:]]),
        "versions": f"vicon {vicon.__version__}, Python {platform.python_version()}",
        "cores_of_this_machine": os.cpu_count(),
    }
    print(json.dumps(about | result, indent=1))
    rooms = result["rooms"]  # those with both runs
    whole = result["state"] == "done" and len(rooms) == arguments.rooms
    good = all(f["good"] for room in rooms.values() for f in room.values())
    return 0 if whole and good and (result["cores"] or 9) <= 1 else 1


if __name__ == "__main__":
    sys.exit(main())
