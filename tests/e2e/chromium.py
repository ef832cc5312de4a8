"""Debian's Chromium with a fake camera and microphone, and what a test asks of a page."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

EXECUTABLE = shutil.which("chromium") or shutil.which("chromium-browser")
PROBE = Path(__file__).with_name("probe.js").read_text("utf-8")
FLAGS = [
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


@contextlib.asynccontextmanager
async def chromium(
    flags: Sequence[str] = (), executable: str | None = None
) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable or EXECUTABLE,
            chromium_sandbox=False,
            args=[*FLAGS, *flags],
        )
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Received:
    """What arrived from one room since its down connection was made."""

    frames: int
    energy: float
    samples: int
    height: int
    track: str


@dataclass
class View:
    """A page of vicon with its own storage, as a browser of its own would have."""

    page: Page
    complaints: list[str]

    async def received(self) -> dict[str, Received]:
        found = await self.page.evaluate("__probe.received()")
        return {room: Received(**part) for room, part in found.items()}

    async def tiles(self) -> dict[str, dict[str, Any]]:
        tiles: dict[str, dict[str, Any]] = await self.page.evaluate("__probe.tiles()")
        return tiles


async def view(browser: Browser, url: str, width: int = 1280, height: int = 720) -> View:
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        permissions=["camera", "microphone"],
        locale="id",
    )
    await context.add_init_script(PROBE)
    page = await context.new_page()
    page.set_default_timeout(15_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    await page.goto(url)
    return View(page, complaints)
