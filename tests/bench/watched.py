"""Ten halls' clients in a process of their own, for tests.bench.acts: told by lines of JSON on
standard input what to watch for, they say when each of them saw it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import sys
import time
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from signaling import messages as m
from signaling.client import Client, parse_link
from signaling.feed import Event
from vicon.ops import logging

KINDS = ("lanjut", "floor", "message", "point", "mute_all")
READY_S = 30.0


class Ask(Struct):
    id: int
    kind: str
    value: str
    """What is to be seen: the item, the room on air, the text, the point; `off`."""
    body: m.CommandBody
    """By which it comes about."""
    page: str = ""
    """What a page shows, where that is another value."""


def holds(ask: Ask, code: str, view: m.View) -> bool:
    """Whether the hall sees it."""
    conference = view.conference
    room = next(one for one in view.rooms if one.code == code)
    if ask.kind == "lanjut":
        return conference.progress.current == ask.value
    if ask.kind == "floor":
        return conference.floor == ask.value
    if ask.kind == "message":
        return any(cue.text == ask.value for cue in room.cues)
    if ask.kind == "point":
        return conference.signing.point == int(ask.value)
    return room.mic == ask.value


class Hall(Client):
    """Says when it first sees what it watches for."""

    def __init__(self, code: str, link: str, say: Callable[[object], None]) -> None:
        super().__init__(*parse_link(link), rng=random.Random(code))
        self.code = code
        self.asked: Ask | None = None
        self._say = say

    def _tell(self, event: Event) -> None:
        super()._tell(event)
        ask, view = self.asked, self.view
        if ask is not None and view is not None and holds(ask, self.code, view):
            self.asked = None
            self._say({"id": ask.id, "hall": self.code, "at": time.time() * 1000})


def say(message: object) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(message) + b"\n")
    sys.stdout.buffer.flush()


async def serve(reader: asyncio.StreamReader) -> None:
    first: dict[str, Any] = json.loads(await reader.readline())
    halls = [Hall(code, link, say) for code, link in first["halls"].items()]
    moderator = Client(*parse_link(first["moderator"]), rng=random.Random(3))
    async with contextlib.AsyncExitStack() as stack:
        for client in (*halls, moderator):
            await stack.enter_async_context(client)
            await client.ready(READY_S)
        for hall in halls:
            kind: m.JoinKind = "companion" if hall is halls[-1] else "main"
            await hall.command(m.RoomJoin(kind=kind, shared=True), READY_S)
        say({"joined": len(halls)})
        while line := await reader.readline():
            await _do(line, halls, moderator)


async def _do(line: bytes, halls: list[Hall], moderator: Client) -> None:
    told: dict[str, Any] = json.loads(line)
    if "unmute" in told:
        for hall in halls:
            await hall.command(m.MicUnmute(room=hall.code), READY_S)
        say({"unmuted": True})
    elif "read" in told:
        for hall in halls:
            await hall.command(m.CueSee(cue=told["read"], room=hall.code), READY_S)
        say({"read": True})
    elif "go" in told:
        say({"began": time.time() * 1000})
        await moderator.command(_asked[told["go"]].body, READY_S)
    else:
        ask = msgspec.convert(told, Ask)
        _asked[ask.id] = ask
        for hall in halls:
            assert hall.view is not None
            assert not holds(ask, hall.code, hall.view), ask
            hall.asked = ask
        say({"armed": ask.id})


_asked: dict[int, Ask] = {}


async def main() -> None:
    logging.setup(level="error")
    reader = asyncio.StreamReader(limit=2**22)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    await serve(reader)


if __name__ == "__main__":
    asyncio.run(main())
