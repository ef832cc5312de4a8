"""The technician's whole way in real browsers: one that shows the technician's page and one hall's
test page, another in a hall whose microphone is dumb.

The tests share one conference and go on from one another, as a technician's morning does.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import cv2
import pypdfium2
import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from tests.e2e import capture
from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import VisitedPage
from tests.e2e.service import AS_DELIVERED, Service
from tests.e2e.trials import SHORTER, stored, technician

pytestmark = [
    needs_chromium,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(240),
]
DUMB, GOOD = "64.02", "64.72"
LAST_WEEK = "r-lastweek"
SECONDS = 5
"""Of the media call: the page asks for 30."""
STEPS = ["browser", "devices", "signalling", "paths", "media", "capacity", "reconnect", "verdict"]
NO_FAULT, GOOD_ENOUGH = re.compile("pass|warn"), re.compile("^ready|attention")
"""A machine that is busy with other work may delay packets: this is no bench of the line."""
SOON, SWEEP_MS = 15_000, 200_000


class Desk(VisitedPage):
    """The technician's page."""

    async def shorten(self) -> None:
        await self.page.evaluate(SHORTER, SECONDS)

    def row(self, room: str) -> Locator:
        return self.page.locator(f'tr[data-room="{room}"]')

    async def choose(self, room: str) -> None:
        await self.page.click(f'[data-pick="{room}"]')
        await self.page.locator(f'[data-panel="{room}"]').wait_for()

    async def press(self, what: str) -> None:
        await self.page.click(f'[data-testid="{what}"]')

    def step(self, name: str) -> Locator:
        return self.page.locator(f'.steps > [data-step="{name}"]')

    def run(self) -> Locator:
        return self.page.locator(".run .steps")


@dataclass
class Morning:
    service: Service
    desk: Desk
    dumb: VisitedPage
    """The test page of the hall whose microphone is switched off."""
    good: VisitedPage
    microphone: Path


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def morning(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Morning]:
    folder = tmp_path_factory.mktemp("trials")
    service = Service(folder, root=AS_DELIVERED)  # two pages are reloaded meanwhile
    camera = capture.camera(folder, "hall")
    speech = capture.microphone(folder / "speech.wav", "speech")
    dumb = capture.microphone(folder / "dumb.wav", "silent")
    await stored(service, GOOD, LAST_WEEK)
    await service.start()
    try:
        async with (
            chromium(capture.flags(camera, speech)) as office,
            chromium(capture.flags(camera, dumb)) as hall,
        ):
            tests = {
                DUMB: await VisitedPage.open(hall, service.link("tester", DUMB).url),
                GOOD: await VisitedPage.open(office, service.link("tester", GOOD).url),
            }
            desk = await Desk.open(office, service.link("technician").url)
            for one in tests.values():
                await one.page.locator('[data-testid="test-start"]:not([aria-disabled])').wait_for()
            yield Morning(service, desk, tests[DUMB], tests[GOOD], dumb)
    finally:
        await service.stop()


async def test_a_dumb_microphone_is_found_while_the_run_goes_on(morning: Morning) -> None:
    desk = morning.desk
    await desk.shorten()
    await desk.choose(DUMB)
    await desk.press("run-start")
    devices = desk.step("devices")
    await expect(desk.step("browser")).to_have_attribute("data-state", "pass", timeout=SOON)
    await expect(devices).to_have_attribute("data-state", "fail", timeout=2 * SOON)
    await expect(desk.step("signalling")).to_have_attribute("data-state", "running", timeout=SOON)
    await expect(devices).to_contain_text("tetapi tidak bersuara")
    await expect(devices.locator("dd ol li").first).to_contain_text("sakelar")
    await expect(devices.locator("img.still")).to_be_visible()
    await expect(morning.dumb.page.locator(".testpage")).to_have_attribute("data-run", "running")


async def test_a_reload_in_the_middle_changes_nothing(morning: Morning) -> None:
    """Of the technician's page or of the hall's: the run goes on. That the socket was lost while it
    was watched is no secret, though."""
    desk = morning.desk
    run = await desk.run().get_attribute("data-run")
    await desk.page.reload()
    await desk.shorten()
    await expect(desk.run()).to_have_attribute("data-run", run or "", timeout=SOON)
    await expect(desk.run()).to_have_attribute("data-state", "running")
    await expect(desk.step("devices")).to_have_attribute("data-state", "fail")
    await morning.dumb.page.reload()
    await expect(morning.dumb.page.locator(".testpage")).to_have_attribute(
        "data-run", "running", timeout=SOON
    )
    await expect(desk.step("signalling")).to_have_attribute("data-state", "fail", timeout=2 * SOON)
    await expect(desk.step("paths")).to_have_attribute("data-state", "pass", timeout=SOON)
    await expect(desk.run()).to_have_attribute("data-run", run or "")


async def test_stop_and_start_again(morning: Morning) -> None:
    desk = morning.desk
    await desk.press("run-stop")
    await expect(desk.run()).to_have_attribute("data-state", "stopped", timeout=SOON)
    await expect(morning.dumb.page.locator(".testpage")).to_have_attribute("data-run", "stopped")
    stopped = await desk.run().get_attribute("data-run")
    await desk.press("run-start")
    await expect(desk.run()).not_to_have_attribute("data-run", stopped or "", timeout=SOON)
    await expect(desk.step("browser")).to_have_attribute("data-state", "pass", timeout=SOON)
    await morning.dumb.page.click('[data-testid="test-stop"]')  # the hall may stop it as well
    await expect(desk.run()).to_have_attribute("data-state", "stopped", timeout=SOON)


async def test_a_sweep_of_two_halls(morning: Morning) -> None:
    desk = morning.desk
    await desk.press("sweep-start")
    await desk.press("sweep-yes")  # eight halls have no test page
    sweep = desk.page.locator("[data-sweep]")
    await expect(sweep).to_have_attribute("data-sweep", "running", timeout=SOON)
    await expect(sweep).to_have_attribute("data-sweep", "done", timeout=SWEEP_MS)
    cells = sweep.locator(".cells li")
    await expect(cells.locator("xpath=self::*[contains(@class,'bad')]")).to_have_count(1)
    await expect(cells.locator("xpath=self::*[contains(@class,'skip')]")).to_have_count(8)
    await expect(desk.row(DUMB)).to_have_attribute("data-readiness", "not_ready")
    await expect(desk.row(GOOD)).to_have_attribute("data-readiness", GOOD_ENOUGH)
    await expect(desk.page.locator("[data-go]")).to_have_attribute("data-go", "blocked")
    await expect(desk.page.locator("[data-go] h2")).to_contain_text("tidak bersuara")


async def repeated(desk: Desk) -> None:
    """The devices step once more, in a run of its own."""
    before = await desk.run().get_attribute("data-run")
    await desk.press("repeat-devices")
    await expect(desk.run()).not_to_have_attribute("data-run", before or "", timeout=SOON)
    await expect(desk.run()).to_have_attribute("data-state", "done", timeout=2 * SOON)


async def test_a_warning_opens_to_its_cause_and_cure(morning: Morning) -> None:
    """The microphone is switched on, and far too loud."""
    desk = morning.desk
    capture.microphone(morning.microphone, "clipped")
    await desk.choose(DUMB)
    await repeated(desk)
    devices = desk.step("devices")
    await expect(devices).to_have_attribute("data-state", "warn")
    face = devices.locator("button.face")
    if await face.get_attribute("aria-expanded") == "false":
        await face.click()
    await expect(devices.locator("dl")).to_contain_text("terlalu keras")
    await expect(devices.locator("dd ol li").first).to_be_visible()
    await face.click()
    await expect(devices.locator("dl")).to_have_count(0)
    await face.click()


async def test_a_step_is_repeated_once_it_is_mended(morning: Morning) -> None:
    desk = morning.desk
    capture.microphone(morning.microphone, "speech")
    await repeated(desk)
    for name in STEPS:
        await expect(desk.step(name)).to_have_attribute("data-state", NO_FAULT)
    await expect(desk.step("devices")).to_have_attribute("data-state", "pass")
    await expect(desk.row(DUMB)).to_have_attribute("data-readiness", GOOD_ENOUGH)


async def test_a_run_beside_that_of_last_week(morning: Morning) -> None:
    desk = morning.desk
    await desk.choose(GOOD)
    id = await desk.run().get_attribute("data-run") or ""
    async with technician(morning.service) as other:
        run, old = await other.fetch(id), await other.fetch(LAST_WEEK)
    offset = run.value("av_offset_ms")
    assert offset is not None
    assert abs(offset) < 150
    await desk.press("report-compare")
    table = desk.page.locator("table.compare")
    day = datetime.fromtimestamp(old.started_at / 1000, ZoneInfo("Asia/Makassar")).day
    await expect(table.locator("thead small")).to_contain_text(f"{day} ")
    rows = table.locator("tbody tr")
    named = await rows.locator("th").all_inner_texts()
    assert len(named) > 20
    assert not [name for name in named if "_" in name]  # every figure has a name in words
    trip = rows.filter(has=desk.page.locator("th", has_text="Waktu bolak-balik (RTT)"))
    await expect(trip.locator("td").nth(0)).to_have_text("42 ms")
    await expect(trip.locator("td").nth(2)).to_have_text("lebih baik")
    await desk.page.keyboard.press("Escape")
    await desk.page.click('[data-segment="history"]')
    await expect(desk.page.locator(".history .runs li")).to_have_count(3)
    await expect(desk.page.locator(f'[data-run="{LAST_WEEK}"]')).to_be_visible()
    await desk.page.click('[data-segment="test"]')


async def test_the_report_as_a_file(morning: Morning, tmp_path: Path) -> None:
    desk = morning.desk
    await desk.choose(DUMB)
    async with desk.page.expect_download() as coming:
        await desk.press("report-pdf")
    path = tmp_path / "report.pdf"
    await (await coming.value).save_as(path)
    document = pypdfium2.PdfDocument(path)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    assert "Kutai Kartanegara" in text
    assert "Perangkat" in text
    assert "RTT" in text
    sheet = document[0].render(scale=1.5).to_numpy()
    assert cv2.imwrite(str(path.with_suffix(".png")), sheet)
    assert sheet.std() > 10  # it is not a blank sheet


async def test_no_page_had_anything_to_complain_of(morning: Morning) -> None:
    pages = (morning.desk, morning.dumb, morning.good)
    assert not [words for one in pages for words in one.complaints]
