"""What must be as before once everybody has left: connections, descriptors, tasks, threads, and in
one process the objects of the media plane."""

from __future__ import annotations

import asyncio
import gc
import os
import time
from collections import Counter
from pathlib import Path

from tests.bench import kernel
from vicon.media.connection import Connection
from vicon.media.engine import EmbeddedEngine
from vicon.media.inprocess import InProcessEngine
from vicon.media.sfu.layer import Layer
from vicon.media.sfu.picture import VideoConsumer
from vicon.media.sfu.publisher import Publisher
from vicon.media.sfu.subscriber import Subscriber
from vicon.rtc.lite import LiteTransport

Engine = EmbeddedEngine | InProcessEngine
KINDS = (LiteTransport, Connection, Publisher, Subscriber, Layer, VideoConsumer)
SETTLE_S = 8.0
"""For a heartbeat that tells the number of connections, and for the last sockets to close."""


def count(engine: Engine) -> dict[str, int]:
    own = os.getpid()
    found = {
        "fds": _descriptors(own),
        "threads": kernel.threads(own),
        "tasks": len(asyncio.all_tasks()),
    }
    if isinstance(engine, InProcessEngine):
        found["connections"] = engine.host.connections
        return found | _objects()
    found["connections"] = engine.health.connections if engine.health is not None else 0
    if engine.worker_pid is not None:
        found["worker_fds"] = _descriptors(engine.worker_pid)
        found["worker_threads"] = kernel.threads(engine.worker_pid)
    return found


def rss_kib(engine: Engine) -> int:
    """Of the worker, or of this process where there is none."""
    pid = engine.worker_pid if isinstance(engine, EmbeddedEngine) else os.getpid()
    return kernel.resident_bytes(pid) // 1024 if pid is not None else 0


async def settled(engine: Engine, wanted: dict[str, int]) -> dict[str, int]:
    """The counts as soon as none is above what is wanted, or after SETTLE_S."""
    end = time.monotonic() + SETTLE_S
    while more(wanted, found := count(engine)) and time.monotonic() < end:
        await asyncio.sleep(0.2)
    return found


def more(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """Of what there is more, and how much."""
    return {name: after[name] - n for name, n in before.items() if after.get(name, 0) > n}


def tasks() -> Counter[str]:
    """The coroutines that run, by their names."""
    return Counter(getattr(task.get_coro(), "__qualname__", "?") for task in asyncio.all_tasks())


def _descriptors(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def _objects() -> dict[str, int]:
    gc.collect()
    found = {kind.__name__: 0 for kind in KINDS}
    for one in gc.get_objects():
        for kind in KINDS:
            if issubclass(type(one), kind):
                found[kind.__name__] += 1
    return found
