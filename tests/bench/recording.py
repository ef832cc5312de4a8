"""scripts/bench recording: what it costs to record.

Eleven rooms as the page shows them (roles.py: simulcast, hub and floor large), one session: windows
in which it is recorded and windows in which it is not take turns. Told are processor time of the
media worker and of the recorder, the cores that recording adds, and what is forwarded, which must
not suffer. Prints one JSON object; exit code 1 where less is forwarded while recording, or a file
lacks something.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import av
import structlog

from tests.bench import kernel, sides
from tests.bench.mesh import Figures, Mesh
from tests.bench.roles import LOUD, QUIET, SETTLE_S, routing
from tests.bench.streams import SIMULCAST
from vicon.core.recordplan import RecordPlan, RecordSource

MOST_CORES = 0.1
"""That recording eleven rooms may add."""
LEAST_KEPT = 0.98
"""Of the packets that go out without it: simulcast layers come and go by themselves."""
START_S = 4.0
"""The recorder's start is no part of a window."""


def recorder(worker: int) -> int | None:
    """Process id of the worker's recorder."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == worker and b"record.recorder" in (entry / "cmdline").read_bytes():
                return int(entry.name)
    return None


def plan(directory: str, number: int, rooms: int) -> RecordPlan:
    sources = (
        RecordSource(device=f"d{index}", room=f"room{index}", name=f"Room {index}")
        for index in range(rooms)
    )
    return RecordPlan(
        id=f"bench-{number}", directory=directory, sources=tuple(sources), least_free=0
    )


async def window(mesh: Mesh, seconds: float) -> Figures:
    """One window: worker and recorder, where there is one."""
    pid = recorder(mesh.pid)
    before = kernel.cpu_seconds(pid) if pid is not None else 0.0
    began = time.monotonic()
    found = await mesh.window(seconds)
    passed = time.monotonic() - began
    spent = (kernel.cpu_seconds(pid) - before) / passed if pid is not None else 0.0
    worker = found["cpu_percent"] / 100
    return {
        "recorded": pid is not None,
        "worker_cores": round(worker, 4),
        "recorder_cores": round(spent, 4),
        "cores": round(worker + spent, 4),
        "out_per_s": found["out_per_s"],
        "delay_p99_ms": found["delay_ms"]["through"].get("p99"),
    }


def looked_at(directory: Path) -> list[Figures]:
    """Each file: how long, how many pictures and sounds."""
    found = []
    for path in sorted(directory.glob("*.webm")):
        with av.open(path) as container:
            counts = {"video": 0, "audio": 0}
            for packet in container.demux():
                if packet.size:
                    counts[packet.stream.type] += 1
            seconds = (container.duration or 0) / 1e6
        found.append({"file": path.name, "seconds": seconds, **counts})
    return found


async def session(arguments: argparse.Namespace, address: str, folder: Path) -> Figures:
    windows: list[Figures] = []
    files: list[Figures] = []
    async with sides.ours(address, routing) as side:
        kernel.prefer(side.pid)
        mesh = Mesh(side, arguments.rooms, address, SIMULCAST)
        try:
            await mesh.connect()
            for index, publisher in enumerate(mesh.publishers):
                publisher.voice.level = LOUD.get(index, QUIET)
            async with mesh.running():
                await asyncio.sleep(SETTLE_S)
                for number in range(arguments.rounds):
                    order = (False, True) if number % 2 == 0 else (True, False)
                    for on in order:
                        place = folder / str(number)
                        if on:
                            place.mkdir()
                            wanted = plan(str(place), number, arguments.rooms)
                            await side.record(wanted)
                        mesh.generator.sending = True  # which a window ends
                        await asyncio.sleep(START_S)
                        windows.append(await window(mesh, arguments.seconds))
                        if on:
                            await side.record(None)
                            files += looked_at(place)
        finally:
            await mesh.close()
    return {"windows": windows, "files": files}


def summary(found: Figures, rooms: int, rounds: int, seconds: float) -> Figures:
    on = [one for one in found["windows"] if one["recorded"]]
    off = [one for one in found["windows"] if not one["recorded"]]
    pairs = [a["cores"] - b["cores"] for a, b in zip(on, off, strict=True)]
    added = round(statistics.median(pairs), 4)
    kept = sum(one["out_per_s"] for one in on) / max(1, sum(one["out_per_s"] for one in off))
    wrong = [] if kept >= LEAST_KEPT else [f"{kept:.3f} of the packets went out while recording"]
    wrong += [
        f"{one['file']}: {one}" for one in found["files"] if not (one["video"] and one["audio"])
    ]
    short = [one["file"] for one in found["files"] if one["seconds"] < START_S + seconds - 1]
    wrong += [f"{name} is too short" for name in short]
    if len(found["files"]) != rooms * rounds:
        wrong.append(f"{len(found['files'])} files")
    return {
        "cores_added": added,
        "cores_added_each": [round(one, 4) for one in pairs],
        "recorder_cores": statistics.median(one["recorder_cores"] for one in on),
        "worker_cores_added": round(
            statistics.median(
                a["worker_cores"] - b["worker_cores"] for a, b in zip(on, off, strict=True)
            ),
            4,
        ),
        "packets_out_recorded_to_not": round(kept, 4),
        "held": {f"cores added <= {MOST_CORES}": added <= MOST_CORES},
        "faults": wrong,
    }


async def measure(arguments: argparse.Namespace, address: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        found = await session(arguments, address, Path(folder))
    result = {
        "command": " ".join(["scripts/bench recording", *sys.argv[1:]]),
        "cores": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 2),
        "rooms": arguments.rooms,
        **summary(found, arguments.rooms, arguments.rounds, arguments.seconds),
        **found,
    }
    print(json.dumps(result, indent=1))
    return 1 if result["faults"] else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench recording")
    parser.add_argument("--rounds", type=int, default=4, help="windows of each kind")
    parser.add_argument("--rooms", type=int, default=11)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each window")
    arguments = parser.parse_args()
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(30),
    )
    try:
        address = kernel.isolate()
    except kernel.PlaceError as error:
        print(json.dumps({"skipped": str(error)}))
        return 0
    return asyncio.run(measure(arguments, address))


if __name__ == "__main__":
    sys.exit(main())
