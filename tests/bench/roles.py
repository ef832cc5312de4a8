"""scripts/bench sfu --role-based: the whole conference as the page shows it. Every room sends three
layers; hub and floor are shown large, the others small; five rooms can be heard."""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter

from tests.bench import kernel, sides
from tests.bench.load import Publisher
from tests.bench.mesh import Figures, Mesh
from tests.bench.streams import OPUS, SIMULCAST
from vicon.ports import Route

FLOOR, HUB = 0, 1
LARGE, SMALL = 720, 180
LOUD = {HUB: 40, FLOOR: 25, 2: 30, 3: 32, 4: 35}
"""-dBov; all other rooms are quiet."""
QUIET = 95
SETTLE_S = 8.0
MOST_CORES = 0.25


def routing(receiver: int, sender: int) -> Route:
    """The floor on air, the hub beside it, both large; the rest as thumbnails."""
    return Route(
        receiver=f"d{receiver}",
        room=str(sender),
        sender=f"d{sender}",
        audio=True,
        video=True,
        height=LARGE if sender in (FLOOR, HUB) else SMALL,
        rank={FLOOR: 0, HUB: 1}.get(sender, 2),
    )


async def one_round(arguments: argparse.Namespace, address: str) -> Figures:
    async with sides.ours(address, routing) as side:
        kernel.prefer(side.pid)
        mesh = Mesh(side, arguments.rooms, address, SIMULCAST, twcc=arguments.feedback == "twcc")
        try:
            await mesh.connect()
            for index, publisher in enumerate(mesh.publishers):
                publisher.voice.level = LOUD.get(index, QUIET)
            async with mesh.running():
                await asyncio.sleep(SETTLE_S)
                before = _seen(mesh)
                found = await mesh.window(arguments.seconds)
                seen = _seen(mesh) - before
        finally:
            await mesh.close()
    through = max(1, seen.total())
    return {
        "cores": round(found["cpu_percent"] / 100, 4),
        **found,
        "simulcast_agreed": all(publisher.simulcast for publisher in mesh.publishers),
        "audio_share_of_packets": round(seen["audio"] / through, 3),
        "layers_sent": dict(_layers(mesh.publishers)),
    }


def _seen(mesh: Mesh) -> Counter[str]:
    """Of the packets that the filter let through."""
    found: Counter[str] = Counter()
    for subscriber in mesh.subscribers:
        for kind, count in subscriber.types.items():
            found["audio" if kind == OPUS else "video"] += count
    return found


def _layers(publishers: list[Publisher]) -> Counter[str]:
    """How many publishers send each layer at the end."""
    return Counter(p.layer.rid for one in publishers for p in one.pictures if p.active)
