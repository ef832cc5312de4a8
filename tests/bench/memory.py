"""scripts/bench sfu --memory: what the worker needs for each device, and whether that grows; with
--role-based too, for devices that send simulcast."""

from __future__ import annotations

import argparse
import asyncio
import time

from tests.bench import kernel, roles, sides
from tests.bench.mesh import Figures, Mesh
from tests.bench.sides import Name
from tests.bench.streams import MESH, SIMULCAST

SAMPLES = 12
MOST_PER_DEVICE = 2 << 20
_KIB = 1024


async def one_round(name: Name, arguments: argparse.Namespace, address: str) -> Figures:
    """Resident memory before there is a device, once all are connected, and while they send for
    `--seconds`; what comes in the first third of that (rings fill) is no growth."""
    routing = roles.routing if arguments.role_based else sides.everything
    making = sides.side(name, address, routing)
    layers = SIMULCAST if arguments.role_based else (MESH,)
    async with making as side:
        before = kernel.resident_bytes(side.pid)
        mesh = Mesh(side, arguments.rooms, address, layers, twcc=arguments.feedback == "twcc")
        try:
            await mesh.connect()
            connected = kernel.resident_bytes(side.pid)
            samples: list[tuple[float, int]] = []
            async with mesh.running():
                for _ in range(SAMPLES):
                    await asyncio.sleep(arguments.seconds / SAMPLES)
                    samples.append((time.monotonic(), kernel.resident_bytes(side.pid)))
        finally:
            await mesh.close()
    settled, last = samples[SAMPLES // 3], samples[-1]
    minutes = (last[0] - settled[0]) / 60
    return {
        "before_kib": before // _KIB,
        "connected_kib": connected // _KIB,
        "samples_kib": [size // _KIB for _, size in samples],
        "per_device_kib": (last[1] - before) // arguments.rooms // _KIB,
        "growth_kib_per_minute": round((last[1] - settled[1]) / _KIB / minutes, 1),
    }
