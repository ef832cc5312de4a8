"""axe-core finds nothing serious before and around a session: at a door, in a trial, without a
link. The door's page fits a phone. The organizer's pages: test_office.py."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.e2e.axe import MANNERS, Axe, script, scripts
from tests.e2e.chromium import chromium, open_page
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import VisitedPage
from tests.e2e.phone import PHONE, Phone
from tests.e2e.service import Service
from tests.e2e.trials import QUICK, SHORTER, stored
from vicon.ops.data import DataDir
from vicon.ops.links import read_door_links

pytestmark = [
    pytest.mark.browser,
    pytest.mark.patient(50),
    pytest.mark.timeout(300),
    needs_chromium,
]

HALL, OTHER = "64.08", "64.11"
SEEN_S = 15.0
SMALL = (PHONE["width"], PHONE["height"])
START = '[data-testid="test-start"]:not([aria-disabled])'


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        expect.set_options(timeout=SEEN_S * 1000)
        yield browser


@pytest.mark.parametrize(("lang", "theme"), MANNERS)
async def test_nothing_at_a_door_or_before_it_shuts_anybody_out(
    service: Service, browser: Browser, lang: str, theme: str
) -> None:
    axe, phone, complaints = Axe(), Phone(), list[str]()
    put = scripts(lang, theme)

    async def look(page: Page, name: str) -> None:
        await axe.look(page, name)
        await phone.look(page, name)

    for name, path in (("without a link", "/"), ("a link that is none", "/ruang#wrong")):
        page = await open_page(browser, service.url + path, complaints, SMALL, put)
        await page.locator(".alone").wait_for()
        await look(page, name)
    door = next(link.url for link in read_door_links(DataDir(service.data)) if link.room == HALL)
    page = await open_page(browser, f"{door}?lang={lang}", complaints, SMALL, put)
    await look(page, "door")
    state = page.locator("html")
    await page.locator('[form="enter"]').click()
    await expect(page.locator("#err-name")).to_be_visible()
    await look(page, "door, without a name")
    await page.locator("#name").fill("Siti Aminah")
    await page.locator("#roles label").first.click()
    await page.locator('[form="enter"]').click()
    await expect(state).to_have_attribute("data-state", "masuk")
    await look(page, "door, entered")
    await page.wait_for_timeout(1100)  # a person does not leave within a second
    await page.locator("#leave button").click()
    await expect(state).to_have_attribute("data-state", "keluar")
    await look(page, "door, gone")
    url, token = parse_link(service.link("operator", HALL).url)
    async with Client(url, token, rng=random.Random(1)) as operator:
        await operator.ready(timeout=10)
        for number in range(12):
            guest = f"operator{number:02}"
            await operator.command(
                m.AttendanceEnter(room=HALL, person=guest, name=f"Tamu {number}", role="KPU")
            )
        await page.goto(f"{door}?new=1")
        await expect(state).to_have_attribute("data-state", "penuh")
        await look(page, "door, full")
    page = await open_page(browser, f"{door}x", complaints, SMALL, put)
    await look(page, "a door that is none")
    assert not axe.found, axe.said()
    assert not phone.found, phone.said()


@pytest.mark.parametrize(("lang", "theme"), MANNERS)
async def test_nothing_of_a_trial_shuts_anybody_out(
    tmp_path: Path, browser: Browser, lang: str, theme: str
) -> None:
    axe, put = Axe(), scripts(lang, theme)
    service = Service(tmp_path)
    await stored(service, HALL)
    await service.start()
    try:
        test = await VisitedPage.open(browser, service.link("tester", HALL).url, scripts=put)
        desk = await VisitedPage.open(browser, service.link("technician").url, scripts=put)
        await _chosen(desk, test, axe)
        # The whole run by day, the short check with its skipped steps by night.
        await test.page.evaluate(*((SHORTER, 5) if theme == "light" else (QUICK,)))
        await _tried(desk, test, axe)
        for name in ("test", "history", "equipment", "devices"):
            await desk.page.locator(f'[data-segment="{name}"]').click()
            await axe.look(desk.page, f"technician, {name}")
        assert test.complaints + desk.complaints == []
    finally:
        await service.stop()
    assert not axe.found, axe.said()


async def _chosen(desk: VisitedPage, test: VisitedPage, axe: Axe) -> None:
    await test.page.locator(START).wait_for()
    await axe.look(test.page, "test page, idle")
    await desk.page.locator(f'[data-pick="{OTHER}"]').click()
    await axe.look(desk.page, "technician, a room without a test page")
    await desk.page.get_by_test_id("sweep-start").click()
    await axe.look(desk.page, "technician, a sweep asked for")
    await desk.page.keyboard.press("Escape")
    await desk.page.locator(f'[data-pick="{HALL}"]').click()
    await desk.page.get_by_test_id("report-compare").wait_for()
    await axe.look(desk.page, "technician, an earlier run")


async def _tried(desk: VisitedPage, test: VisitedPage, axe: Axe) -> None:
    await test.page.locator(START).click()
    await test.page.locator('[data-step="media"][data-state="running"]').wait_for(timeout=60_000)
    await axe.look(test.page, "test page, running")
    await axe.look(desk.page, "technician, running")
    page = test.page.locator(".testpage")
    await expect(page).to_have_attribute("data-run", "done", timeout=120_000)
    await axe.look(test.page, "test page, a result")
    await axe.look(desk.page, "technician, a result")
    await desk.page.get_by_test_id("report-compare").click()
    await desk.page.locator("table.compare").wait_for()
    await axe.look(desk.page, "technician, compared")
    await desk.page.keyboard.press("Escape")


async def test_what_is_wrong_is_found(service: Service, browser: Browser) -> None:
    """The page's policy does not keep axe-core out, and it does look."""
    axe, complaints = Axe(), list[str]()
    page = await open_page(browser, service.url, complaints, scripts=(script(),))
    await page.locator(".alone").wait_for()
    await page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    await axe.look(page, "a button without a name")
    assert ["button-name" in one for one in axe.found] == [True]


SPOILT = """document.querySelector("main").innerHTML = `
  <p style="width: 500px">wide</p>
  <button id="small" style="width: 20px; height: 30px">x</button>
  <button id="under" style="display: block; height: 40px">y</button>
  <div id="over" style="height: 40px; margin-top: -40px; position: relative">z</div>`"""


async def test_what_does_not_fit_a_phone_is_found(browser: Browser) -> None:
    page, phone = await browser.new_page(), Phone()
    await page.set_content("<!doctype html><main></main>")
    await page.evaluate(SPOILT)
    await phone.look(page, "spoilt")
    for words in ("page: 5", "wide: p", "small: button small", "covered: button under by div over"):
        assert [one for one in phone.found if words in one], (words, phone.found)
