"""What the measurements of whole conferences share: a real server, agents in the hub and in nine
rooms, the tenth room free for what is measured.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import math
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.service import VICON, Child, Link, Service, running
from tests.e2e.until import until

ROOMS = 9
_PACKAGES = ("aiortc", "aioice", "pylibsrtp", "websockets", "aiohttp")


@dataclass
class Hall:
    service: Service
    agents: Child
    free: Link
    """The operator's link of the room without an agent."""


@contextlib.asynccontextmanager
async def full_house() -> AsyncIterator[Hall]:
    """Entered when every agent sees all others move."""
    with tempfile.TemporaryDirectory() as folder:
        service = Service(Path(folder))
        await service.start()
        try:
            command = (VICON, "rehearse", "--rooms", str(ROOMS), "--hub", "--json")
            log = Path(folder) / "rehearse.log"
            async with running(log, *command, "--data", str(service.data)) as agents:
                rooms = [link.room for link in service.operators()[:ROOMS]]

                async def seen() -> list[int]:
                    return [moving(agents.reports(room)) for room in rooms]

                await until(seen, lambda found: min(found) >= ROOMS, 60, "all agents see all")
                yield Hall(service, agents, service.operators()[ROOMS])
        finally:
            await service.stop()


def moving(reports: Sequence[dict[str, Any]]) -> int:
    """How many rooms' pictures moved in the last of an agent's reports."""
    if not reports:
        return 0
    return sum(1 for room in reports[-1]["receiving"].values() if room["video_fps"] >= 5)


def header(name: str, **more: str) -> dict[str, Any]:
    """What every result begins with."""
    return {
        "command": " ".join(["scripts/bench", name, *sys.argv[1:]]),
        "versions": {
            "python": platform.python_version(),
            **{package: importlib.metadata.version(package) for package in _PACKAGES},
            **more,
        },
        "machine": {"cores": os.cpu_count(), "load_average": round(os.getloadavg()[0], 2)},
    }


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile (nearest rank) and extremes."""
    ordered = sorted(values)
    return {
        "median": round(statistics.median(ordered), 3),
        "p95": round(ordered[math.ceil(0.95 * len(ordered)) - 1], 3),
        "least": round(ordered[0], 3),
        "most": round(ordered[-1], 3),
    }
