"""The page that says what is kept: reached from where persons come in, read on any screen."""

from __future__ import annotations

import json

import pytest
from playwright.async_api import Page

from tests.e2e.axe import Axe, script
from tests.e2e.chromium import chromium, open_page
from tests.e2e.conftest import needs_chromium
from tests.e2e.service import Service, run

pytestmark = [needs_chromium, pytest.mark.browser, pytest.mark.patient]
SIZES = ((1280, 720), (390, 844))


async def _fits(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


async def test_from_the_hall_and_from_the_door(service: Service) -> None:
    (door, *_) = json.loads(await run("links", "--door", "--json", "--data", str(service.data)))
    path = "/checkin/" + door["url"].rpartition("/")[2]
    complaints: list[str] = []
    axe = Axe()
    async with chromium() as browser:
        for size in SIZES:
            url = service.link("operator", "64.02").url
            hall = await open_page(browser, url, complaints, size, (script(),))
            async with hall.expect_popup() as opened:
                await hall.get_by_test_id("privacy").click()
            page = await opened.value
            await page.get_by_role("heading", name="Privasi").wait_for()
            text = await page.locator("main").inner_text()
            assert "tidak merekamnya" in text
            assert "kamera tidak dipakai untuk menghitung" in text, "so is this server configured"
            assert "sampai pengelola server menghapusnya" in text
            assert await _fits(page)
            await axe.look(page, f"privasi, {size}")
            await page.get_by_role("link", name="English").click()
            await page.get_by_role("heading", name="Privacy").wait_for()
            await page.emulate_media(color_scheme="dark")
            await axe.look(page, f"privacy, dark, {size}")
            assert await _fits(page)
            await page.goto(service.url + path)
            await page.locator("#privacy").click()
            await page.get_by_role("heading", name="Privasi").wait_for()
            desk = await open_page(browser, service.link("moderator").url, complaints, size)
            await desk.get_by_test_id("phase").wait_for()
            assert await _fits(desk)
            await hall.context.close()
            await desk.context.close()
    assert not axe.found, axe.said()
    assert complaints == []
