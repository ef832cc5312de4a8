"""A person who has a keyboard and nothing else: goes to a control by Tab, sees where the focus is
at every stop, and acts on what has it."""

from __future__ import annotations

import random
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Locator, Page, expect

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.e2e.chromium import chromium
from tests.e2e.pages import VisitedPage
from tests.e2e.service import Service

MOST_STOPS = 200
"""Controls of a page, dialogues included: a way longer than this leads nowhere."""
STOP = """() => {
  const one = document.activeElement;
  if (!one || one === document.body || one === document.documentElement) return null;
  const ringed = (part) => {
    if (!part) return false;
    const look = getComputedStyle(part);
    return look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2;
  };
  // a radio's or a tick's ring may stand around its label, or beside it
  const ring = [one, one.closest("label"), one.nextElementSibling].some(ringed);
  const box = one.getBoundingClientRect();
  const across = Math.min(box.right, innerWidth) - Math.max(box.left, 0);
  const down = Math.min(box.bottom, innerHeight) - Math.max(box.top, 0);
  const name = one.dataset.testid ?? one.getAttribute("aria-label") ?? one.textContent ?? "";
  return {
    what: `${one.tagName.toLowerCase()} ${name.trim().slice(0, 40)} ${one.id}`.trim(),
    ring,
    seen: across > 0 && down > 0,
    dialog: one.closest("dialog") !== null,
  };
}"""
IS_FOCUSED = "(one) => one === document.activeElement"


@dataclass
class Keyboard:
    """`hidden`: stops at which nobody could see where the focus is."""

    page: Page
    hidden: set[str] = field(default_factory=set)

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def type(self, text: str) -> None:
        await self.page.keyboard.type(text)

    async def stop(self) -> dict[str, Any] | None:
        """What has the focus; None: nothing has."""
        found: dict[str, Any] | None = await self.page.evaluate(STOP)
        if found is not None and not (found["ring"] and found["seen"]):
            self.hidden.add(f"{found['what']}: {'out of sight' if found['ring'] else 'no ring'}")
        return found

    async def to(self, target: Locator, key: str = "Tab") -> None:
        """By Tab, or another key that goes on."""
        one = target.first
        await expect(one).to_be_attached()
        way = []
        for _ in range(MOST_STOPS):
            if await one.evaluate(IS_FOCUSED):
                return
            await self.press(key)
            found = await self.stop()
            way.append(found["what"] if found else "nothing")
        raise AssertionError(f"{target} is not reached: {way[-30:]}")

    async def act(self, target: Locator, key: str = "Enter") -> None:
        await self.to(target)
        await self.press(key)

    async def trapped(self) -> None:
        """Within an open dialogue: Tab leads round in it, and to nothing of the page behind."""
        inside = 0
        for key in [*["Tab"] * 12, *["Shift+Tab"] * 12]:
            await self.press(key)
            found = await self.stop()
            assert found is None or found["dialog"], f"{found} is behind the dialogue"
            inside += found is not None
        assert inside > 5, "the dialogue had no focus"

    async def closes(self, dialog: Locator, back: Locator) -> None:
        """By Escape; the focus is where it was before."""
        await self.trapped()
        await self.press("Escape")
        await expect(dialog).to_have_count(0)
        await expect(back.first).to_be_focused()


class Walked:
    """A page that is gone through by keys alone; `moderator` sees what the server has."""

    def __init__(self, page: VisitedPage, moderator: Client) -> None:
        self.page, self.moderator = page.page, moderator
        self.complaints = page.complaints
        self.keys = Keyboard(page.page)

    def at(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    @property
    def dialog(self) -> Locator:
        return self.page.locator("dialog[open]")


async def started(
    stack: AsyncExitStack, folder: Path, root: str = ""
) -> tuple[Service, Browser, Client]:
    """The third is a moderator's, to see what the server has. `root`: as of Service."""
    service = Service(folder, root=root)
    await service.start()
    stack.push_async_callback(service.stop)
    browser = await stack.enter_async_context(chromium())
    return service, browser, await joined(stack, service, "moderator")


async def joined(
    stack: AsyncExitStack, service: Service, role: str, room: str | None = None
) -> Client:
    url, token = parse_link(service.link(role, room).url)
    client = await stack.enter_async_context(Client(url, token, rng=random.Random(1)))
    await client.ready(timeout=10)
    return client


def of(view: m.View, code: str) -> m.RoomView:
    return next(one for one in view.rooms if one.code == code)
