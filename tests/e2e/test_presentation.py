"""A hall shares its screen and a moderator shows it, by keys, in real browsers: another hall sees
it large and who speaks beside it, both moving, until the browser's own button stops it."""

from __future__ import annotations

import os
import random
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import ControlRoom, RoomPage, VisitedPage
from tests.e2e.service import Service
from tests.e2e.until import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.patient(40),
    pytest.mark.timeout(240),
    needs_chromium,
]

HUB, SHARES, LOOKS = "64", "64.08", "64.02"
SLOT = "@present"
SHOWN_S = 20.0
KEPT = """{
  const devices = navigator.mediaDevices;
  const ask = devices.getDisplayMedia.bind(devices);
  devices.getDisplayMedia = async (wish) => (globalThis.screenShared = await ask(wish));
}"""
"""What the browser gave is kept, so that it can be stopped as by the browser's own button."""
STOPPED = """() => {
  const [track] = globalThis.screenShared.getVideoTracks();
  track.stop();
  track.dispatchEvent(new Event("ended"));
}"""
NEVER = "navigator.mediaDevices.getDisplayMedia = undefined"
"""As on a phone."""
PLAYED = """(of) => document.querySelector(of)?.currentTime ?? -1"""


async def moves(page: Page, of: str) -> None:
    """The picture in the element `of` goes on."""
    first = await page.evaluate(PLAYED, of)
    await until(
        lambda: page.evaluate(PLAYED, of), lambda now: now > first + 0.3, SHOWN_S, f"{of} moves"
    )


async def width(page: Page, of: str) -> float:
    box = await page.locator(of).bounding_box()
    assert box, of
    return box["width"]


async def pictured(visited: VisitedPage, name: str) -> None:
    """A look for persons, where a folder is named for it."""
    folder = os.environ.get("VICON_SHOTS")
    if folder:
        for size in ((390, 844), (1280, 720)):
            await visited.page.set_viewport_size({"width": size[0], "height": size[1]})
            await visited.page.wait_for_timeout(700)
            path = Path(folder) / f"{name}-{size[0]}.png"
            await visited.page.screenshot(path=path)


SLIDES = "[data-testid=presented] .slides video"
SPEAKER = f"[data-testid=speaker][data-shows='{HUB}'] video"


async def test_a_screen_is_seen_large_with_who_speaks_beside_it(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        service = Service(tmp_path)
        await service.start()
        stack.push_async_callback(service.stop)
        browser = await stack.enter_async_context(chromium())
        url, token = parse_link(service.link("moderator").url)
        watcher = await stack.enter_async_context(Client(url, token, rng=random.Random(1)))
        await watcher.ready(timeout=10)
        await watcher.command(m.PhaseSet(phase="live"))
        expect.set_options(timeout=SHOWN_S * 1000)
        desk = await ControlRoom.open(browser, service.link("moderator").url)
        shares = await RoomPage.open(browser, service.link("operator", SHARES).url, scripts=(KEPT,))
        looks = await RoomPage.open(browser, service.link("operator", LOOKS).url, scripts=(NEVER,))
        for hall in (shares, looks):
            await hall.join()
            await hall.page.get_by_test_id("share").wait_for()
        await watcher.until(lambda v: sum(room.publishing for room in v.rooms) == 3, SHOWN_S)

        # A browser that cannot says so, and what to do.
        await looks.page.keyboard.press("s")
        await looks.page.get_by_test_id("share-screen").click()
        await expect(looks.page.get_by_test_id("share-problem")).to_contain_text("Pakai komputer")
        await looks.page.keyboard.press("Escape")

        await shares.page.keyboard.press("s")
        await pictured(shares, "dialog")
        await shares.page.keyboard.press("Enter")
        row = shares.page.get_by_test_id("sharing")
        await expect(row).to_have_attribute("data-stage", "offered")
        await expect(desk.page.get_by_test_id(f"offers-{SHARES}")).to_be_visible()
        assert await looks.page.get_by_test_id("presented").count() == 0
        await pictured(desk, "desk-offered")

        await desk.page.keyboard.press(",")
        await expect(row).to_have_attribute("data-stage", "shown")
        for page in (looks, desk):
            await expect(page.page.get_by_test_id("presented")).to_be_visible()
            await moves(page.page, SLIDES)
            await moves(page.page, SPEAKER)
            beside = await width(page.page, f"[data-testid=speaker][data-shows='{HUB}']")
            assert await width(page.page, ".slides") > 2.5 * beside > 200
        found = (await looks.received())[SLOT]
        assert found.height > 360
        for page, name in ((desk, "desk"), (looks, "hall"), (shares, "sharer")):
            await pictured(page, name)
        if os.environ.get("VICON_SHOTS"):
            observer = await VisitedPage.open(browser, service.link("observer").url)
            await observer.page.wait_for_timeout(6_000)
            await pictured(observer, "observer")

        await shares.page.evaluate(STOPPED)
        await expect(looks.page.get_by_test_id("presented")).to_have_count(0)
        await expect(looks.page.get_by_test_id("large")).to_have_attribute("data-air", HUB)
        await expect(desk.page.get_by_test_id(f"offers-{SHARES}")).to_have_count(0)
        await expect(shares.page.get_by_test_id("notice")).to_contain_text("tidak lagi dibagikan")

        # What the hub shares is seen at once, until it is hidden and then stopped.
        await desk.page.keyboard.press("/")
        await desk.page.get_by_test_id("share-screen").click()
        await expect(desk.page.get_by_test_id("sharing")).to_have_attribute("data-stage", "shown")
        assert watcher.view is not None
        assert watcher.view.conference.presentation is not None
        assert watcher.view.conference.presentation.room == HUB
        await pictured(desk, "desk-shares")
        await desk.page.keyboard.press(",")
        await expect(desk.page.get_by_test_id("sharing")).to_have_attribute("data-stage", "offered")
        await desk.page.get_by_test_id("share-stop").click()
        await expect(desk.page.get_by_test_id("sharing")).to_have_count(0)
        for page in (desk, shares, looks):
            assert page.complaints == []
