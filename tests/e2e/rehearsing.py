"""The rehearsal's two pages, and the moderator's keys."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Locator, Page, expect

from signaling import messages as m
from signaling.client import Client
from tests.e2e.moments import Moments
from tests.e2e.pages import FLOOR_REST_MS, ControlRoom, RoomPage
from tests.e2e.rehearsed import Script
from tests.e2e.service import Child, Service

SEEN_S = 30.0


@dataclass
class Scene:
    service: Service
    script: Script
    at: Moments
    desk: ControlRoom
    hall: RoomPage
    moderator: Client
    agents: Child
    trial: asyncio.Task[dict[str, Any]]
    """What `vicon trial --json` prints once it has ended; begun before anything else."""

    @property
    def page(self) -> Page:
        return self.desk.page

    def at_desk(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    def in_hall(self, name: str) -> Locator:
        return self.hall.page.get_by_test_id(name)

    async def until(self, holds: Callable[[m.View], bool], wait_s: float = SEEN_S) -> m.View:
        return await self.moderator.until(holds, wait_s)

    async def room(self, code: str, holds: Callable[[m.RoomView], bool]) -> m.RoomView:
        return room_of(await self.until(lambda view: holds(room_of(view, code))), code)

    async def lanjut(self, number: int | None) -> None:
        """The space bar; the item of that number begins, or (None) the rundown ends. A second
        stroke within the rest would be taken for the same one."""
        await self.page.wait_for_timeout(FLOOR_REST_MS)
        with self.at.during("finish" if number is None else f"item {number}"):
            await self.page.keyboard.press("Space")
            await self.runs(number)
        await self.shows(number)

    async def shows(self, number: int | None) -> None:
        """On the desk's page too, where the rundown is open: what a key does hangs on that."""
        row = self.page.locator('.rl [aria-current="step"]')
        if number is not None and await self.page.locator(".rl").count():
            await expect(row).to_have_attribute("data-item", self.script.item(number).id)

    async def runs(self, number: int | None) -> None:
        id = None if number is None else self.script.item(number).id
        await self.until(lambda view: view.conference.progress.current == id)

    async def panel(self, key: str, tab: str) -> None:
        await self.page.keyboard.press("Escape")
        await self.page.keyboard.press(key)
        shown = self.page.locator(f"#tab-{tab}")
        await expect(shown).to_have_attribute("aria-selected", "true")


def room_of(view: m.View, code: str) -> m.RoomView:
    return next(one for one in view.rooms if one.code == code)
