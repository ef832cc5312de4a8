"""scripts/bench headcount [FOLDER]: what counting by camera costs and how well it counts.

FOLDER holds pictures and a labels.csv with the columns `file` and `faces_visible`; without one,
drawn halls are counted. Each detector runs in a process of its own on one thread, in alternating
rounds; then eleven rooms' key frames of 720p go through the worker's process, each room every ten
seconds, staggered, for --seconds. Prints a table to standard error and a JSON object: by detector
and picture the counts, the share within one, the mean absolute error, CPU and memory.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import structlog

from tests.bench.hall import header, spread
from tests.bench.kernel import cpu_seconds, resident_bytes
from tests.vision.people import hall, still
from vicon.ops.clock import SystemClock
from vicon.vision.counter import Counter
from vicon.vision.faces import DETECTORS, WIDTH, Colour

DRAWN = (0, 1, 4, 7, 10, 11, 12, 13, 16)
COST_FRAMES = 10
ROOMS, EVERY_S = 11, 10.0
Figures = dict[str, Any]


def pictures(folder: Path | None) -> dict[str, tuple[Colour, int]]:
    """Name -> picture and how many faces are on it. Raises OSError, KeyError, ValueError."""
    if folder is None:
        return {f"drawn-{persons}": (hall(persons), persons) for persons in DRAWN}
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        rows = [(row["file"], int(row["faces_visible"])) for row in csv.DictReader(file)]
    found = {}
    for name, faces in rows:
        picture = cv2.imread(str(folder / name), cv2.IMREAD_COLOR)
        if picture is None:
            raise ValueError(f"{folder / name}: no picture")
        found[name] = (np.asarray(picture, np.uint8), faces)
    return found


def one(detector: str, folder: Path | None) -> Figures:
    """In this process, one thread: the counts, and the cost of a frame of a camera."""
    cv2.setNumThreads(1)
    before = resident_bytes(_me())
    find = DETECTORS[detector]()
    counts = {name: len(find(picture)) for name, (picture, _) in pictures(folder).items()}
    frame = hall(8, width=WIDTH, height=720)
    began, cpu = time.perf_counter(), time.process_time()
    for _ in range(COST_FRAMES):
        find(frame)
    spent = time.process_time() - cpu
    return {
        "counts": counts,
        "cpu_ms_per_frame": round(1000 * spent / COST_FRAMES, 1),
        "wall_ms_per_frame": round(1000 * (time.perf_counter() - began) / COST_FRAMES, 1),
        "rss_mib": resident_bytes(_me()) >> 20,
        "rss_mib_before": before >> 20,
    }


async def cadence(detector: str, seconds: float) -> Figures:
    """What the worker's process takes for eleven rooms."""
    counter = Counter(detector, SystemClock())
    running = asyncio.create_task(counter.run())
    frames = [still(hall(8, seed=seed)) for seed in range(1, 8)]
    try:
        async with asyncio.timeout(30):
            while counter.pid is None:
                await asyncio.sleep(0.05)
        pid = counter.pid
        first = await counter.look("warm", frames[0])
        took: list[float] = []
        began, cpu, looks = time.monotonic(), cpu_seconds(pid), 0
        while time.monotonic() - began < seconds:
            at = time.monotonic()
            data = frames[looks % len(frames)]
            await counter.look(f"64.{looks % ROOMS:02}", data)
            took.append(1000 * (time.monotonic() - at))
            looks += 1
            await asyncio.sleep(max(0.0, began + looks * EVERY_S / ROOMS - time.monotonic()))
        spent = time.monotonic() - began
        return {
            "counted": first[0],
            "looks": looks,
            "cores": round((cpu_seconds(pid) - cpu) / spent, 4),
            "rss_mib": resident_bytes(pid) >> 20,
            "look_ms": spread(took),
        }
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def _me() -> int:
    return int(Path("/proc/self").resolve().name)


def judged(counts: dict[str, int], faces: dict[str, int]) -> Figures:
    off = [counts[name] - faces[name] for name in faces]
    empty = [counts[name] for name in faces if not faces[name]]
    return {
        "within_one_percent": round(100 * sum(abs(d) <= 1 for d in off) / len(off), 1),
        "exact_percent": round(100 * sum(d == 0 for d in off) / len(off), 1),
        "mean_absolute_error": round(statistics.mean(abs(d) for d in off), 3),
        "empty_halls_are_0": not any(empty),
    }


def measure(folder: Path | None, rounds: int) -> Figures:
    faces = {name: count for name, (_, count) in pictures(folder).items()}
    found: dict[str, list[Figures]] = {name: [] for name in DETECTORS}
    for number in range(rounds):
        for name in sorted(DETECTORS, reverse=bool(number % 2)):
            print(f"round {number + 1} of {rounds}: {name}", file=sys.stderr)
            command = [sys.executable, "-m", "tests.bench.headcount", "--one", name]
            command += [str(folder)] if folder else []
            out = subprocess.run(command, check=True, capture_output=True, timeout=300).stdout
            found[name].append(json.loads(out))
    return {
        "pictures": faces,
        "detectors": {
            name: {
                **judged(runs[0]["counts"], faces),
                **{key: _median(runs, key) for key in ("cpu_ms_per_frame", "rss_mib")},
                "runs": runs,
            }
            for name, runs in found.items()
        },
    }


def _median(runs: Iterable[Figures], key: str) -> float:
    return float(statistics.median(run[key] for run in runs))


def table(found: Figures) -> str:
    names = sorted(found["detectors"])
    lines = [f"{'picture':28} {'faces':>5}" + "".join(f" {name:>11}" for name in names)]
    for picture, faces in found["pictures"].items():
        counts = (found["detectors"][name]["runs"][0]["counts"][picture] for name in names)
        lines.append(f"{picture:28} {faces:5}" + "".join(f" {count:11}" for count in counts))
    for key in ("within_one_percent", "mean_absolute_error", "cpu_ms_per_frame", "rss_mib"):
        values = (found["detectors"][name][key] for name in names)
        lines.append(f"{key:34}" + "".join(f" {value:11}" for value in values))
    for key in ("cores", "rss_mib"):
        values = (found["detectors"][name]["eleven_rooms"][key] for name in names)
        lines.append(f"{'eleven rooms: ' + key:34}" + "".join(f" {value:11}" for value in values))
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=30.0, help="of eleven rooms' cadence")
    parser.add_argument("--one", choices=sorted(DETECTORS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(options.one, options.folder)))
        return 0
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    found = measure(options.folder, options.rounds)
    for name in sorted(DETECTORS):
        print(f"{ROOMS} rooms: {name}", file=sys.stderr)
        found["detectors"][name]["eleven_rooms"] = asyncio.run(cadence(name, options.seconds))
    print(table(found), file=sys.stderr)
    print(json.dumps({**header("headcount", opencv=cv2.__version__), **found}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
