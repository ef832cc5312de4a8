"""vicon's pages as a person uses them, and what the page's own statistics say."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from playwright.async_api import Browser, Page

from tests.e2e.chromium import open_page
from tests.e2e.until import until


@dataclass(frozen=True)
class Received:
    """What arrived from one room since its down connection was made (getStats, inbound-rtp)."""

    frames: int
    """framesDecoded"""
    energy: float
    """totalAudioEnergy"""
    samples: int
    concealed: int
    """Samples that were made up for sound that did not come, but for those that were silent."""
    height: int
    track: str


@dataclass(frozen=True)
class Tile:
    count: str
    state: str
    time: float
    """Seconds of the picture shown so far."""
    own: bool
    """Its picture is the track on which this very room arrives."""


class VisitedPage:
    """`complaints`: errors of the page's console."""

    def __init__(self, page: Page, complaints: list[str]) -> None:
        self.page = page
        self.complaints = complaints

    @classmethod
    async def open(
        cls,
        browser: Browser,
        url: str,
        size: tuple[int, int] = (1280, 720),
        scripts: Sequence[str] = (),
    ) -> Self:
        complaints: list[str] = []
        return cls(await open_page(browser, url, complaints, size, scripts), complaints)

    async def received(self) -> dict[str, Received]:
        found = await self.page.evaluate("__probe.received()")
        return {room: Received(**part) for room, part in found.items()}

    async def tiles(self) -> dict[str, Tile]:
        found = await self.page.evaluate("__probe.tiles()")
        return {room: Tile(**part) for room, part in found.items()}

    async def still(self, rooms: set[str]) -> set[str]:
        """Those of `rooms` whose picture did not move within half a second; and those that were not
        heard, unless as many as are forwarded were."""
        before = await self.received()
        await self.page.wait_for_timeout(500)
        after = await self.received()
        known = rooms & before.keys() & after.keys()
        seen = {room for room in known if after[room].frames > before[room].frames}
        heard = {room for room in known if after[room].energy > before[room].energy}
        silent = rooms - heard if len(heard) < min(len(rooms), VOICES) else set()
        return (rooms - seen) | silent

    async def until_all_move(self, rooms: set[str], timeout: float) -> float:
        """Seconds until picture and sound of all rooms move."""
        began = time.monotonic()

        async def look() -> set[str]:
            return await self.still(rooms)

        await until(look, lambda still: not still, timeout, "pictures and sound move")
        return time.monotonic() - began

    async def on_air(self, room: str, timeout: float = 5) -> float:
        """Unix ms at which the large picture showed a frame of the room."""
        moment: float = await self.page.evaluate(
            "([room, ms]) => __probe.onAir(room, ms)", [room, timeout * 1000]
        )
        return moment


VOICES = 3
"""So many voices are forwarded beside those of hub and floor."""
FLOOR_REST_MS = 800
"""The control room takes a second giving of the floor within this time for a double stroke."""


class ControlRoom(VisitedPage):
    async def give_floor(self, room: str) -> float:
        """Open the room's tile and give it the floor; Unix ms of the click."""
        await self.page.wait_for_timeout(FLOOR_REST_MS)
        await self.page.click(f'.tile[data-room="{room}"]')
        button = self.page.locator(f'[data-pane="{room}"] [data-testid="pane-give"]')
        await button.wait_for()
        moment: float = await button.evaluate("(one) => { one.click(); return Date.now(); }")
        return moment


class RoomPage(VisitedPage):
    async def draw(self) -> None:
        """On the pad for signatures one stroke of the mouse, a wave across it."""
        mouse, box = self.page.mouse, await self.page.get_by_test_id("pad").bounding_box()
        assert box
        left, middle = box["x"] + box["width"] * 0.1, box["y"] + box["height"] * 0.5
        await mouse.move(left, middle)
        await mouse.down()
        for step in range(1, 25):
            x = left + step / 25 * box["width"] * 0.8
            await mouse.move(x, middle + math.sin(step / 2) * box["height"] * 0.3)
        await mouse.up()

    async def join(self) -> None:
        await self.page.get_by_role("button", name="Gabung", exact=True).click()
