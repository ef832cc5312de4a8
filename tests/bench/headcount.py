"""scripts/bench headcount [FOLDER]: what counting by camera costs and how well it counts.

FOLDER holds pictures and a labels.csv with the columns `file` and `faces_visible`; without one,
drawn halls are counted; each as it is, and as a narrow line brings it (worn.py). Each detector runs
in a process of its own on one thread, in alternating rounds; then eleven rooms' key frames of 720p,
each with a second of what follows, go through the worker's process, each room every ten seconds,
staggered, for --seconds; then the SFU forwards a full mesh of eleven rooms with and without that
process beside it (beside.py), in alternating rounds. Prints a table to standard
error and a JSON object: by detector and picture the counts, the share within one, the mean absolute
error, CPU and memory; what the SFU delivered and how late; whether what is asked was so.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import os
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

from tests.bench import worn
from tests.bench.beside import EVERY_S, ROOMS, stills
from tests.bench.hall import header, spread
from tests.bench.kernel import cpu_seconds, resident_bytes
from tests.vision.people import hall
from vicon.ops.clock import SystemClock
from vicon.vision.counter import Counter
from vicon.vision.faces import DETECTORS, WIDTH, Colour

DRAWN = (0, 1, 4, 7, 10, 11, 12, 13, 16)
COST_FRAMES = 10
DEFAULT = "yunet"
MOST_CORES, MOST_MB = 0.25, 350
"""Of the worker for eleven rooms, at the default cadence with the default detector."""
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
    shown = {name: picture for name, (picture, _) in pictures(folder).items()}
    counts = {name: len(find(picture)) for name, picture in shown.items()}
    memory = resident_bytes(_me())
    frame = hall(8, width=WIDTH, height=720)
    began, cpu = time.perf_counter(), time.process_time()
    for _ in range(COST_FRAMES):
        find(frame)
    spent = time.process_time() - cpu
    return {
        "counts": counts,
        "cpu_ms_per_frame": round(1000 * spent / COST_FRAMES, 1),
        "wall_ms_per_frame": round(1000 * (time.perf_counter() - began) / COST_FRAMES, 1),
        "rss_mib": memory >> 20,
        "rss_mib_before": before >> 20,
        "worn": worn.counts(find, shown),
    }


async def cadence(detector: str, seconds: float) -> Figures:
    """What the worker's process takes for eleven rooms."""
    counter = Counter(detector, SystemClock())
    running = asyncio.create_task(counter.run())
    frames = stills()
    try:
        first = await counter.look("warm", frames[0])  # it is started by the first who asks
        pid = counter.pid
        assert pid is not None, counter.problem
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
            "rss_mb": round(resident_bytes(pid) / 1e6, 1),
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
                "on_a_narrow_line": {
                    key: judged({name: of[key] for name, of in runs[0]["worn"].items()}, faces)
                    for key in ("key", "mended")
                },
                **{key: _median(runs, key) for key in ("cpu_ms_per_frame", "rss_mib")},
                "runs": runs,
            }
            for name, runs in found.items()
        },
    }


def beside(rounds: int, seconds: float) -> Figures:
    """What the SFU delivers and how late; in a process that takes a network of its own."""
    command = [sys.executable, "-m", "tests.bench.beside"]
    command += ["--rounds", str(rounds), "--seconds", str(seconds)]
    threads = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, env=threads, timeout=120 + 2 * rounds * 90
    )
    found: Figures = json.loads(done.stdout)
    return found


def held(found: Figures) -> dict[str, bool]:
    """Whether what is asked was so."""
    told: dict[str, bool] = {}
    for name, of in found["detectors"].items():
        told[f"{name}: 90 % within one"] = of["within_one_percent"] >= 90
        told[f"{name}: empty halls are 0"] = of["empty_halls_are_0"]
        mended = of["on_a_narrow_line"]["mended"]
        told[f"{name}: 90 % within one on a narrow line"] = mended["within_one_percent"] >= 90
    rooms = found["detectors"][DEFAULT]["eleven_rooms"]
    told[f"{DEFAULT}: eleven rooms <= {MOST_CORES} core"] = rooms["cores"] <= MOST_CORES
    told[f"{DEFAULT}: eleven rooms <= {MOST_MB} MB"] = rooms["rss_mb"] <= MOST_MB
    told.update(found.get("sfu", {}).get("held", {}))
    return told


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
    lines.append(f"at {worn.KBPS} kbit/s, 360 lines, mended (key frame alone):")
    for picture, faces in found["pictures"].items():
        runs = (found["detectors"][name]["runs"][0]["worn"][picture] for name in names)
        cells = (f"{run['mended']} ({run['key']})" for run in runs)
        lines.append(f"{picture:28} {faces:5}" + "".join(f" {cell:>11}" for cell in cells))
    for key in ("cores", "rss_mib"):
        values = (found["detectors"][name]["eleven_rooms"][key] for name in names)
        lines.append(f"{'eleven rooms: ' + key:34}" + "".join(f" {value:11}" for value in values))
    for name, of in found.get("sfu", {}).get("summary", {}).items():
        lines.append(
            f"SFU {name} the counter: {of['delivered_least']:.3%} delivered, added delay "
            f"{of['added_p50_ms']} ms, 99th percentile {of['added_p99_ms']} ms"
        )
    lines += [f"{'held' if so else 'NOT HELD'}: {what}" for what, so in found["held"].items()]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=30.0, help="of eleven rooms' cadence")
    parser.add_argument("--sfu-rounds", type=int, default=4, help="0: without the SFU")
    parser.add_argument("--sfu-seconds", type=float, default=10.0)
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
    if options.sfu_rounds:
        found["sfu"] = beside(options.sfu_rounds, options.sfu_seconds)
    found["held"] = held(found)
    print(table(found), file=sys.stderr)
    print(json.dumps({**header("headcount", opencv=cv2.__version__), **found}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
