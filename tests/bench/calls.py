"""Calls of real Chromiums through an SFU, with a bad line between the hub, where the SFU is, and a
room. The pages do not know which SFU it is: descriptions are handed over as texts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

from playwright.async_api import Browser, Page, Route

from tests.bench import footage, janus
from tests.bench.sides import SPARE_TIMEOUT_S, Name
from tests.e2e.chromium import EXECUTABLE, chromium
from tests.net import badline
from tests.net.badline import BadLine
from tests.net.lab import HUB_ADDRESS
from vicon import ports
from vicon.media.engine import EmbeddedEngine
from vicon.ops.clock import SystemClock

PAGE = Path(__file__).with_name("call.html").read_text("utf-8")
ORIGIN = "http://127.0.0.1/"
"""Never reached: the page is put in its place. A page from there may use the camera."""
CONFERENCE, SOURCE = "bench", 1
Place = Literal["hub", "room"]
Report = dict[str, Any]


def why_not() -> str:
    """Why there can be no such call here; empty when there can."""
    if EXECUTABLE is None:
        return "no Chromium here (on Debian: apt-get install chromium)"
    return badline.why_not()


class Switch(Protocol):
    """An SFU, as a page's signalling sees it. Devices are numbers from 1; device SOURCE publishes,
    all others receive it."""

    async def publish(self, device: int, offer: str) -> str: ...

    async def subscribe(self, device: int, sources: Sequence[int]) -> str: ...

    async def answer(self, device: int, answer: str) -> None: ...


class Ours:
    def __init__(self, engine: EmbeddedEngine) -> None:
        self.engine = engine
        self.layers: tuple[str, ...] | None = None
        """What the engine wanted last of the source."""
        self.figures: dict[str, ports.DeviceStats] = {}
        """Its last statistics, by device."""
        self.source: Page | None = None
        self._routes: list[ports.Route] = []

    async def publish(self, device: int, offer: str) -> str:
        return await self.engine.publish(CONFERENCE, f"d{device}", offer)

    async def subscribe(self, device: int, sources: Sequence[int]) -> str:
        plan = [
            ports.SlotPlan(room=f"r{source}", kind=kind)
            for source in sources
            for kind in ("audio", "video")
        ]
        name = f"d{device}"
        self._routes += [
            ports.Route(receiver=name, room=f"r{s}", sender=f"d{s}", audio=True, video=True, rank=0)
            for s in sources
        ]
        offer = (await self.engine.subscribe(CONFERENCE, name, plan))[0]
        await self.engine.route(CONFERENCE, self._routes)
        return offer

    async def answer(self, device: int, answer: str) -> None:
        await self.engine.answer(CONFERENCE, f"d{device}", answer)

    async def follow(self) -> None:
        """What the engine tells; until cancelled."""
        async for event in self.engine.events(CONFERENCE):
            match event:
                case ports.LayersWanted():
                    self.layers = event.layers
                    if self.source is not None:
                        await self.source.evaluate("layers", list(event.layers))
                case ports.MediaFigures():
                    self.figures = {one.device: one for one in event.devices}


@contextlib.asynccontextmanager
async def ours() -> AsyncIterator[Ours]:
    engine = EmbeddedEngine(SystemClock(), addresses=[HUB_ADDRESS])
    await engine.start()
    async with asyncio.timeout(SPARE_TIMEOUT_S):
        while engine.spare_pid is None:
            await asyncio.sleep(0.05)
    made = Ours(engine)
    following = asyncio.create_task(made.follow())
    try:
        yield made
    finally:
        following.cancel()
        await asyncio.wait([following])
        await engine.close()


@contextlib.asynccontextmanager
async def switch(name: Name) -> AsyncIterator[Switch]:
    if name == "vicon":
        async with ours() as made:
            yield made
    else:
        async with janus.running() as (_, room):
            yield room


@contextlib.asynccontextmanager
async def browsers(line: BadLine, folder: Path, height: int) -> AsyncIterator[dict[Place, Browser]]:
    """One at the hub and one in the room, with cameras of that height."""
    assert EXECUTABLE
    in_room = line.wrapped(EXECUTABLE, folder / "chromium-in-room", {})
    shown = footage.flags(folder, height)
    async with chromium(shown) as hub, chromium(shown, in_room) as room:
        yield {"hub": hub, "room": room}


@contextlib.asynccontextmanager
async def page(browser: Browser, through: Switch, device: int) -> AsyncIterator[Page]:
    context = await browser.new_context(permissions=["camera", "microphone"])
    try:
        made = await context.new_page()

        async def serve(route: Route) -> None:
            await route.fulfill(body=PAGE, content_type="text/html")

        await made.route("**/*", serve)
        await made.expose_function("callPublish", lambda offer: through.publish(device, offer))
        await made.expose_function("callSubscribe", lambda: through.subscribe(device, [SOURCE]))
        await made.expose_function("callAnswer", lambda text: through.answer(device, text))
        await made.goto(ORIGIN)
        yield made
    finally:
        await context.close()


async def publish(made: Page, *, height: int, simulcast: bool = False, kbps: int = 1500) -> None:
    video = {"width": height * 16 // 9, "height": height, "frameRate": 30}
    await made.evaluate("([v, s, k]) => publish(v, s, k)", [video, simulcast, kbps])


async def received(made: Page) -> dict[str, Report]:
    """inbound-rtp, by kind."""
    found: dict[str, Report] = await made.evaluate("received()")
    return found


async def until_moving(made: Page, seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while (await received(made)).get("video", {}).get("framesDecoded", 0) < 30:
            await asyncio.sleep(0.1)
