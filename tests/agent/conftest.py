"""A real vicon in this process, on the loopback, for agents to join."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from tests.agent.wires import made_clip
from vicon import config
from vicon.agent.connections import Tools
from vicon.agent.report import Event, Line
from vicon.agent.room import Options, Outcome, RoomAgent
from vicon.compose import Listener, Server, running
from vicon.measure.encode import Clip
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.rtc.transport import make_certificate
from vicon.web.checkin.html import ENTRY, ICON, WATCH


@dataclass
class House:
    """A running server and its links."""

    server: Server
    home: DataDir

    def link(self, role: str, room: str | None = None) -> str:
        return next(
            link.url
            for link in self.server.links
            if link.role == role and (room is None or link.room == room)
        )


@dataclass
class Visit:
    """An agent at work and what it told."""

    agent: RoomAgent
    stop: asyncio.Event
    task: asyncio.Task[Outcome]
    events: list[Event] = field(default_factory=list)

    async def until(self, holds: Callable[[Line], bool], timeout: float = 10) -> Line:
        """Look at the agent's line again and again until it holds."""
        end = time.monotonic() + timeout
        while True:
            line = self.agent.line()
            if holds(line):
                return line
            assert not self.task.done(), f"ended: {self.task.result()}"
            assert time.monotonic() < end, f"not in {timeout} s; last: {line} {self.events}"
            await asyncio.sleep(0.1)

    async def ended(self, timeout: float = 10) -> Outcome:
        async with asyncio.timeout(timeout):
            return await self.task

    def told(self) -> list[str]:
        return [event.event for event in self.events]


@asynccontextmanager
async def visit(link: str, options: Options | None = None) -> AsyncIterator[Visit]:
    """An agent on a link, ended with its block. All send the same clip: it is made once."""
    clock = SystemClock()
    tools = Tools(
        clock=clock,
        certificate=make_certificate(),
        randbits=secrets.randbits,
        addresses=["127.0.0.1"],
    )

    async def clip(code: str) -> Clip:
        return made_clip()

    async def marked() -> Clip:
        return made_clip()

    events: list[Event] = []
    agent = RoomAgent(
        link,
        options or Options(connect_s=5),
        tools,
        random.Random(1),
        clip,
        events.append,
        marked=marked,
    )
    stop = asyncio.Event()
    task = asyncio.create_task(agent.run(stop))
    try:
        yield Visit(agent, stop, task, events)
    finally:
        stop.set()
        await asyncio.wait([task], timeout=10)
        assert task.done()


@asynccontextmanager
async def open_house(data: Path, port: int = 0) -> AsyncIterator[House]:
    settings = config.load(config.example())
    media = replace(settings.media, addresses=["127.0.0.1"], workers=0)
    with DataDir.claim(data) as home:
        listeners = [Listener(host="127.0.0.1", port=port)]
        settings = replace(settings, media=media)
        async with running(settings, home, SystemClock(), listeners) as server:
            yield House(server, home)


@pytest.fixture
def pages_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The web client is not needed here, so it need not have been built."""
    place = tmp_path / "web"
    (place / "assets").mkdir(parents=True)
    (place / "index.html").write_text("<!doctype html>")
    (place / "embed.html").write_text("<!doctype html>")
    built = {name: {"file": "assets/none"} for name in (ENTRY, ICON, WATCH)}
    (place / "manifest.json").write_bytes(msgspec.json.encode(built))
    monkeypatch.setattr("vicon.web.pages.assets", lambda: place)


@pytest.fixture
async def house(tmp_path: Path, pages_built: None) -> AsyncIterator[House]:
    async with open_house(tmp_path / "data") as opened:
        yield opened
