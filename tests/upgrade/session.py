"""Clients of whatever version stands in PYTHONPATH, which needs nothing else of the tests:

session.py play LINK...     a short session; the first link is the moderator's
session.py count LINK...    halls whose operators count for ever; a line for each act that was
                            acknowledged, JSON: room, value
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import structlog

from signaling import messages as m
from signaling.client import Client, ConnectionLost, parse_link

WAIT_S = 30.0
PAUSE_S = 0.2
"""Between two acts of a hall: below the server's limit of a connection."""
GUESTS = {"64.02": ["Siti Aminah", "Hasan Basri"], "64.03": ["Yohana Lian"]}


@asynccontextmanager
async def _clients(links: Sequence[str]) -> AsyncIterator[list[Client]]:
    """Connected, one for each link, in their order."""
    async with AsyncExitStack() as stack:
        made = [
            await stack.enter_async_context(Client(*parse_link(link), rng=random.Random(n)))
            for n, link in enumerate(links)
        ]
        for client in made:
            await client.ready(timeout=WAIT_S)
        yield made


def _room(client: Client) -> str:
    assert client.view
    return client.view.you.room or ""


async def _join(client: Client) -> None:
    await client.command(m.RoomJoin(label="Kamera utama"), timeout=WAIT_S)


async def play(links: Sequence[str]) -> None:
    """From the lobby to the closing: counts, the floor and hands; where the version knows them too
    persons, a roll call, a message and the rundown."""
    async with _clients(links) as (desk, *halls):
        rooms = {_room(hall): hall for hall in halls}
        for code, hall in rooms.items():
            await _join(hall)
            await hall.command(m.CountSet(room=code, value=9), timeout=WAIT_S)
        await desk.command(m.PhaseSet(phase="live"), timeout=WAIT_S)
        if hasattr(m, "RundownAdvance"):
            await _ceremony(desk, rooms)
        await desk.command(m.FloorGive(room="64.02"), timeout=WAIT_S)
        await rooms["64.03"].command(m.HandRaise(room="64.03"), timeout=WAIT_S)
        allowed = m.CountAllow(room="64.01", limit=14, reason="Aula lebih besar")
        await desk.command(allowed, timeout=WAIT_S)
        await rooms["64.01"].command(m.CountSet(room="64.01", value=13), timeout=WAIT_S)
        await desk.command(m.PhaseSet(phase="closed"), timeout=WAIT_S)


async def _ceremony(desk: Client, rooms: dict[str, Client]) -> None:
    for code, names in GUESTS.items():
        for n, name in enumerate(names):
            entered = m.AttendanceEnter(
                room=code,
                person=f"orang-{code[-2:]}-{n:08}",
                name=name,
                institution="KPU",
                role="tamu",
            )
            await rooms[code].command(entered, timeout=WAIT_S)
    await desk.command(m.RollTake(), timeout=WAIT_S)
    await desk.command(
        m.CueSend(cue="pesan-0001", text="Mohon berdiri", room="64.03"), timeout=WAIT_S
    )
    await rooms["64.03"].command(m.CueSee(cue="pesan-0001", room="64.03"), timeout=WAIT_S)
    await rooms["64.03"].command(m.HelpCall(room="64.03", text="Suara kecil"), timeout=WAIT_S)
    await desk.command(m.HelpAnswer(room="64.03"), timeout=WAIT_S)
    await desk.command(m.RundownAdvance(current=None), timeout=WAIT_S)


async def begin(links: Sequence[str]) -> None:
    async with _clients(links) as (desk,):
        await desk.command(m.PhaseSet(phase="live"), timeout=WAIT_S)


async def count(links: Sequence[str]) -> None:
    async with _clients(links) as halls:
        await asyncio.gather(*map(_join, halls))
        await asyncio.gather(*map(_count, halls))


async def _count(hall: Client) -> None:
    """Asked again until it was acknowledged: a count that is said twice is the same count."""
    room = _room(hall)
    for value in itertools.cycle(range(1, 13)):
        while True:
            try:
                await hall.ready(timeout=2 * WAIT_S)
                await hall.command(m.CountSet(room=room, value=value), timeout=WAIT_S)
            except (ConnectionLost, TimeoutError):
                await asyncio.sleep(PAUSE_S)
                continue
            break
        sys.stdout.write(json.dumps({"room": room, "value": value}) + "\n")
        sys.stdout.flush()
        await asyncio.sleep(PAUSE_S)


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run({"play": play, "begin": begin, "count": count}[sys.argv[1]](sys.argv[2:]))
