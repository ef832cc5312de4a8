"""Debian's Chromium with a fake camera and microphone, and what a test asks of a page."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

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


async def open_page(
    browser: Browser,
    url: str,
    complaints: list[str],
    size: tuple[int, int] = (1280, 720),
    scripts: Sequence[str] = (),
) -> Page:
    """A page with a storage of its own, as another person's browser has; what it complains of on
    its console goes to `complaints`. `scripts` run before the page's own."""
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        permissions=["camera", "microphone"],
        locale="id",
    )
    for script in (PROBE, *scripts):
        await context.add_init_script(script)
    page = await context.new_page()
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    await page.goto(url)
    return page
