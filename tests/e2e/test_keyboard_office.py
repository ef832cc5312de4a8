"""The acts of the organizer, of the technician and of a hall's test page by keyboard alone. No test
here has a pointer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.keyboard import Keyboard
from tests.e2e.pages import VisitedPage
from tests.e2e.service import Service
from tests.e2e.trials import QUICK, stored

pytestmark = [
    pytest.mark.browser,
    pytest.mark.patient(30),
    pytest.mark.timeout(240),
    needs_chromium,
]

HALL, COPY = "64.02", "kaltim-2020-2"
SEEN_S, RUN_MS = 15.0, 120_000


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        expect.set_options(timeout=SEEN_S * 1000)
        yield stack


async def test_the_organizers_page_by_keyboard_alone(tmp_path: Path, stack: AsyncExitStack) -> None:
    service = Service(tmp_path)
    await service.start()
    stack.push_async_callback(service.stop)
    browser = await stack.enter_async_context(chromium())
    office = await VisitedPage.open(browser, service.link("organizer").url)
    page, at, keys = office.page, office.page.get_by_test_id, Keyboard(office.page)

    await keys.act(at("from-example"))
    title = page.get_by_label("Judul", exact=True).first
    await keys.to(title)
    await keys.press("ControlOrMeta+a")
    await keys.type("Gladi bersih")
    hall = page.locator(f'[data-room="{HALL}"]')
    await keys.act(hall.get_by_role("button", name="Hapus"))
    await expect(hall).to_have_count(0)
    await keys.to(at("undo"), "Shift+Tab")  # round by the page's beginning
    await keys.press("Enter")
    await expect(hall).to_have_count(1)
    await keys.to(page.get_by_label("Server menghapus sendiri, sekali sehari"), "Shift+Tab")
    await keys.press("Space")
    await keys.to(page.get_by_label("Nama di daftar hadir, hari"), "Shift+Tab")
    await keys.press("ControlOrMeta+a")
    await keys.type("0")
    await expect(page.get_by_text("supaya berita acara sempat dicetak")).to_be_visible()
    await keys.press("ControlOrMeta+s")
    own = page.locator(f'[data-role="operator"] li:not(.gone)[data-room="{HALL}"]')
    await own.wait_for()

    await keys.act(own.get_by_role("button", name="Kode QR"))
    await keys.closes(page.locator("dialog[open]"), own.get_by_role("button", name="Kode QR"))
    await keys.act(own.get_by_test_id("revoke"))
    await keys.act(at("revoke-yes"))
    gone = page.locator(f'[data-role="operator"] li.gone[data-room="{HALL}"]')
    await keys.act(gone.get_by_test_id("renew"))
    await own.wait_for()
    await keys.to(at("print-join"), "Shift+Tab")  # above the links, of which there are many
    async with page.expect_download():
        await keys.press("Enter")
    await keys.to(at("office-back"), "Shift+Tab")
    await keys.press("Enter")
    made = page.locator(f'[data-conference="{COPY}"]')
    await keys.act(made.get_by_test_id("archive"))
    await keys.act(at("archive-yes"))
    await expect(made).to_contain_text("Diarsipkan")
    await keys.act(page.get_by_role("button", name="Urungkan"))
    await expect(made).to_contain_text("RUANG TUNGGU")
    assert keys.hidden == set()
    assert office.complaints == []


async def test_a_trial_by_keyboard_alone(tmp_path: Path, stack: AsyncExitStack) -> None:
    service = Service(tmp_path)
    await stored(service, HALL)
    await service.start()
    stack.push_async_callback(service.stop)
    browser = await stack.enter_async_context(chromium())
    test = await VisitedPage.open(browser, service.link("tester", HALL).url)
    desk = await VisitedPage.open(browser, service.link("technician").url)
    hall, keys = Keyboard(test.page), Keyboard(desk.page)
    run = test.page.locator(".testpage")
    await test.page.locator('[data-testid="test-start"]:not([aria-disabled])').wait_for()
    await test.page.evaluate(QUICK)

    await hall.act(test.page.get_by_test_id("test-start"))
    await expect(run).to_have_attribute("data-run", "running")
    await expect(run).to_have_attribute("data-run", "done", timeout=RUN_MS)

    at = desk.page.get_by_test_id
    await keys.act(desk.page.locator(f'[data-pick="{HALL}"]'))
    await keys.act(at("run-start"))
    await keys.act(at("run-stop"))
    await at("run-start").wait_for()
    await keys.act(at("report-compare"))
    await desk.page.locator("table.compare").wait_for()
    await keys.closes(desk.page.locator("dialog[open]"), at("report-compare"))
    async with desk.page.expect_download():
        await keys.act(at("report-pdf"))
    for segment in ("test", "history", "equipment", "devices"):
        await keys.act(desk.page.locator(f'[data-segment="{segment}"]'))
    assert keys.hidden | hall.hidden == set()
    assert test.complaints + desk.complaints == []
