"""The handbooks' steps in a real browser, and the pictures they show (scripts/handbook keeps them).

What each step promises is tested elsewhere; here it is gone through as the handbooks tell it.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import cv2
import pypdfium2
import pytest
from playwright.async_api import Browser, FilePayload, Locator, Page, expect

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.e2e import capture
from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.handbook import SHOTS, WRITE, Album, open_page, store_trials, that_morning
from tests.e2e.pages import FLOOR_REST_MS, VisitedPage
from tests.e2e.phone import PHONE
from tests.e2e.service import Child, Service, agent, rehearsal, run

pytestmark = [
    pytest.mark.browser,
    pytest.mark.patient(120),
    pytest.mark.timeout(400),
    needs_chromium,
]
HALL = "64.02"
"""Whose page is open in the browser."""
FALLS, AGENTS = "64.09", 4
"""A hall that is lost; so many others are filled before it, in the order of the floor."""
FIRST, DUMB, FAR, ABSENT = "64.08", "64.72", "64.11", "64.74"
COUNTS = (11, 9, 12, 10, 11, 8)
CALM = "[conferences.policy]\nescalate_s = 600\n"
"""An alarm does not stand across the top of all that follows."""
SOON_MS, PATIENCE_MS = 30_000, 3_000
ALARM_S = 60
EXPECTED = "ruang;nama;instansi;peran\nKutim;Tamu 1;KPU;KPU\nPaser;Tamu 2;Bawaslu;Bawaslu\n"


@dataclass
class Scene:
    service: Service
    browser: Browser
    album: Album
    stack: AsyncExitStack

    async def page(self, role: str, room: str | None = None) -> VisitedPage:
        return await open_page(self.browser, self.service.link(role, room).url)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    kept = bool(os.environ.get(WRITE))
    album = Album(SHOTS, PATIENCE_MS) if kept else Album(tmp_path / "shots", 0)
    expect.set_options(timeout=SOON_MS)
    async with AsyncExitStack() as stack:
        stack.enter_context(that_morning())
        service = Service(tmp_path, more=CALM)
        await store_trials(service)
        await service.start()
        stack.push_async_callback(service.stop)
        browser = await stack.enter_async_context(chromium(_devices(tmp_path)))
        yield Scene(service, browser, album, stack)


def _devices(folder: Path) -> list[str]:
    """A hall with people, and somebody who speaks."""
    speech = capture.microphone(folder / "speech.wav", "speech")
    return capture.flags(capture.camera(folder, "hall"), speech)


async def test_the_handbooks_steps_and_their_pictures(scene: Scene) -> None:
    """Told in the order in which it happens: one server and one browser do for all of it."""
    await _office(scene)
    await _poster(scene)
    await _board(scene)
    await _ceremony(scene)
    named = {one.name for one in SHOTS.glob("*.webp")}
    assert scene.album.names == named


async def _office(scene: Scene) -> None:
    """The organizer's list, a conference's links, the editor."""
    office = await scene.page("organizer")
    own = office.page.locator('[data-conference="kaltim-2020"]')
    await own.get_by_role("button", name="Tautan").click()
    await office.page.locator('[data-role="operator"] li').first.wait_for()
    await scene.album.take(office.page, "links")
    await office.page.get_by_test_id("office-back").click()
    await own.get_by_role("button", name="Salin").click()
    plan = office.page.locator('fieldset:has([data-path="rundown"])')
    await plan.evaluate("(one) => one.scrollIntoView()")
    await scene.album.take(office.page, "editor")
    await office.page.context.close()


async def _poster(scene: Scene) -> None:
    file = scene.service.data.with_name("pintu.pdf")
    address = "https://vicon.example.go.id"
    await run("posters", "--data", str(scene.service.data), "--room", HALL, "--url", address,
              "--out", str(file))  # fmt: skip
    sheet = pypdfium2.PdfDocument(file)[0].render(scale=0.9).to_numpy()
    scene.album.keep(cv2.cvtColor(sheet[:, :, :3], cv2.COLOR_RGB2BGR), "poster")


async def _board(scene: Scene) -> None:
    """The technician's page: what trials said, why one failed, what is ticked, the sweep."""
    desk = await scene.page("technician")
    page, take = desk.page, scene.album.take
    await page.click('[data-pick="64.08"]')
    await expect(page.locator(f'tr[data-room="{DUMB}"]')).to_have_attribute(
        "data-readiness", "not_ready"
    )
    await page.get_by_test_id("report-compare").wait_for()
    await take(page, "board")
    await page.click(f'[data-pick="{DUMB}"]')
    await expect(page.locator('.steps > [data-step="devices"]')).to_have_attribute(
        "data-state", "fail"
    )
    await take(page, "cause")
    await page.click('[data-segment="equipment"]')
    for item in ("camera", "microphone", "display"):
        await page.locator(f'[data-item="{item}"]').click()
        await expect(page.locator(f'[data-item="{item}"]')).to_be_checked()
    await take(page, "equipment")
    await page.click('[data-segment="test"]')
    await _test_page(scene, page)
    assert desk.complaints == []
    await page.context.close()


async def _test_page(scene: Scene, desk: Page) -> None:
    """A hall's test page is opened, the sweep asks, the hall begins by itself and is seen."""
    hall = await scene.page("tester", HALL)
    start = hall.page.locator('[data-testid="test-start"]:not([aria-disabled])')
    await start.wait_for()
    await desk.get_by_test_id("sweep-start").click()
    await desk.get_by_test_id("sweep-yes").wait_for()
    await scene.album.take(desk, "sweep")
    await desk.keyboard.press("Escape")
    await start.click()
    await hall.page.locator('[data-step="signalling"][data-state="running"]').wait_for()
    await scene.album.take(hall.page, "testing")
    await hall.page.get_by_test_id("test-stop").click()
    await expect(hall.page.locator(".testpage")).to_have_attribute("data-run", "stopped")
    assert hall.complaints == []
    await hall.page.context.close()


@dataclass
class Session:
    """The moderator's hour: a desk, a hall's page on a small screen, and others' halls."""

    scene: Scene
    moderator: Client
    desk: Page
    hall: Page

    def at(self, name: str) -> Locator:
        return self.desk.get_by_test_id(name)

    async def key(self, key: str, tab: str | None = None) -> None:
        await self.desk.keyboard.press("Escape")
        await self.desk.keyboard.press(key)
        if tab is not None:
            await expect(self.desk.locator(f"#tab-{tab}")).to_have_attribute(
                "aria-selected", "true"
            )

    async def until(self, holds: Callable[[m.View], bool]) -> m.View:
        return await self.moderator.until(holds, SOON_MS / 1000)

    async def lanjut(self) -> None:
        """A second stroke within the rest would be taken for the same one."""
        await self.desk.wait_for_timeout(FLOOR_REST_MS)
        await self.desk.keyboard.press("Space")

    async def go(self, item: str) -> None:
        """Run this one now."""
        row = self.desk.locator(f'[data-row="{item}"]')
        if await row.get_attribute("aria-expanded") != "true":
            await row.click()
        await self.desk.wait_for_timeout(FLOOR_REST_MS)
        await self.at("item-go").click()

    async def take(self, name: str, lead: str | None = None) -> None:
        await self.scene.album.take(self.desk, name, lead)

    async def in_hall(self, name: str, lead: str) -> None:
        await self.scene.album.take(self.hall, name, lead)


async def _ceremony(scene: Scene) -> None:
    stack = scene.stack
    url, token = parse_link(scene.service.link("moderator").url)
    moderator = await stack.enter_async_context(Client(url, token, rng=random.Random(1)))
    await moderator.ready(timeout=10)
    await stack.enter_async_context(rehearsal(scene.service, AGENTS))
    falls = await stack.enter_async_context(
        agent(scene.service, scene.service.link("operator", FALLS))
    )
    desk = await scene.page("moderator")
    hall = await scene.page("operator", HALL)
    session = Session(scene, moderator, desk.page, hall.page)
    await _before(session)
    await _begins(session)
    await _panels(session)
    await _beside(session)
    await _fails(session, falls)
    assert desk.complaints + hall.complaints == []
    await _server_dies(session)
    await _ends(session)


async def _before(session: Session) -> None:
    """The hall joins, everybody else comes; the list of the expected is read."""
    join = session.hall.get_by_test_id("join")
    await expect(join).not_to_have_attribute("aria-disabled", "true")
    await session.in_hall("join", "img.qr")
    await session.hall.set_viewport_size(PHONE)
    await join.click()
    await session.hall.get_by_test_id("help-open").wait_for()
    await session.moderator.until(lambda view: _here(view) == AGENTS + 2, ALARM_S)
    for room, count in zip([FIRST, FAR, "64.01", "64.07", FALLS, HALL], COUNTS, strict=True):
        await session.moderator.command(m.CountSet(room=room, value=count))
    await session.desk.locator(f'.tile[data-room="{HALL}"]').click()
    await session.desk.locator("#panetab-list").click()
    await session.at("records-open").click()
    file = FilePayload(name="undangan.csv", mimeType="text/csv", buffer=EXPECTED.encode())
    await session.at("import-file").set_input_files(file)
    await expect(session.at("import-said")).to_contain_text("2 orang untuk 2 ruang")
    await session.take("expected")
    await session.desk.keyboard.press("Escape")
    await session.desk.locator("#panetab-room").click()
    await session.take("pane")
    await session.at("pane-close").click()
    await expect(session.at("primary")).to_have_attribute("data-act", "start")
    await session.take("waiting")


def _here(view: m.View) -> int:
    return sum(one.presence == "joined" and one.publishing for one in view.rooms if not one.hub)


async def _begins(session: Session) -> None:
    """Mulai, the space bar, Urungkan; a hall that is not here is skipped."""
    await session.at("primary").click()
    view = await session.until(lambda view: view.conference.phase == "live")
    items = view.rundown.items
    absent = next(place for place, item in enumerate(items) if item.room == ABSENT)
    await expect(session.at("primary")).to_contain_text("Lanjut: Pembukaan")
    await session.lanjut()
    await session.until(lambda view: view.conference.progress.current == items[0].id)
    first = next(item.id for item in items if item.room == FIRST)
    await session.go(first)
    await expect(session.at("programme")).to_have_attribute("data-air", FIRST)
    await session.desk.keyboard.press("z")
    await session.until(lambda view: view.conference.progress.current == items[0].id)
    await session.go(first)
    await expect(session.at("programme")).to_have_attribute("data-air", FIRST)
    await session.take("item")
    await session.go(items[absent - 1].id)
    await expect(session.at("programme")).to_have_attribute("data-air", FALLS)
    await session.lanjut()
    await expect(session.at("stuck")).to_have_attribute("data-code", "room_absent")
    await session.take("stuck", '[data-testid="stuck-skip"]')
    await session.at("stuck-skip").click()
    await expect(session.at("stuck")).to_have_count(0)


async def _panels(session: Session) -> None:
    """Roll call, messages, the pact."""
    await session.key("h", "roll")
    await session.at("roll-take").click()
    await session.until(lambda view: all(one.roll for one in view.rooms if not one.hub))
    await session.take("roll", '[data-testid="absentees"]')
    await session.key("o", "messages")
    await session.desk.keyboard.type("Mohon berdiri")
    await session.desk.keyboard.press("Enter")
    await session.at("cue-read").wait_for()
    await session.take("message")
    await session.in_hall("hall-message", '[data-testid="cue-seen"]')
    await session.hall.get_by_test_id("cue-seen").click()
    await session.desk.locator("#tab-pact").click()  # letters go into the message that is written
    await session.at("point-2").click()
    await session.at("pact-open").click()
    await session.until(lambda view: view.conference.signing.open)
    await session.take("pact")
    await session.in_hall("hall-pact", '[data-testid="point"]')


async def _beside(session: Session) -> None:
    """A private line, the recording."""
    await session.desk.keyboard.press("Escape")
    await session.desk.locator(f'.tile[data-room="{HALL}"]').click()
    await session.desk.keyboard.press("f")
    line = session.hall.get_by_test_id("private-line")
    await expect(line).to_have_attribute("data-voice", "ringing")
    await session.in_hall("hall-called", '[data-testid="private-line"]')
    await session.hall.keyboard.press("y")
    await expect(session.at("private-line")).to_have_attribute("data-here", "true")
    await session.take("line", '[data-testid="private-line"]')
    await session.desk.keyboard.press("q")
    await expect(line).to_have_attribute("data-voice", "ended")
    for page in (session.desk, session.hall):
        await page.keyboard.press("q")
    await session.at("pane-close").click()
    for reason, limit in (("Tim medis", 14), ("Tim medis sudah keluar", 12)):
        await session.moderator.command(m.CountAllow(room=HALL, limit=limit, reason=reason))
        await session.moderator.command(m.CountSet(room=HALL, value=14))
    await session.key(".")
    await session.at("recording-start").click()
    await session.until(lambda view: view.conference.recording is not None)
    rows = session.desk.locator(".rec-rooms tbody tr")
    await expect(rows.first).to_contain_text("ada", timeout=2 * SOON_MS)
    await session.take("recording")
    await session.at("recording-stop").click()
    await session.key("Escape")


async def _fails(session: Session, falls: Child) -> None:
    """Too many persons in one hall; another falls away."""
    await falls.end(signal.SIGKILL)
    await session.until(lambda view: _room(view, FALLS).presence == "lost")
    await session.key("e", "events")
    alarm = f'[data-task="alarm"][data-task-room="{HALL}"]'
    await session.desk.locator(alarm).wait_for(timeout=ALARM_S * 1000)
    await session.take("alarm", alarm)
    await session.key("a")
    await session.desk.get_by_role("button", name="Petugas medis").click()
    await session.desk.keyboard.press("Enter")
    await session.desk.locator("dialog[open]").wait_for(state="detached")
    await session.moderator.command(m.CountSet(room=HALL, value=5))
    await session.desk.locator(f'.tile[data-room="{FALLS}"]').click()
    await session.take("lost")
    await session.at("pane-close").click()


def _room(view: m.View, code: str) -> m.RoomView:
    return next(one for one in view.rooms if one.code == code)


async def _server_dies(session: Session) -> None:
    """Both pages say so, and come back by themselves."""
    await session.scene.service.kill()
    await session.at("away").wait_for()
    await session.take("away", '[data-testid="away"]')
    lost = session.hall.locator('.hall[data-state="reconnecting"]')
    await lost.wait_for()
    await session.in_hall("hall-away", ".hall")
    await session.scene.service.start()
    await expect(session.at("away")).to_have_count(0, timeout=ALARM_S * 1000)
    await expect(lost).to_have_count(0, timeout=ALARM_S * 1000)


async def _ends(session: Session) -> None:
    await session.at("end").click()
    await session.take("end", '[data-testid="end-yes"]')
    await session.at("end-yes").click()
    await session.at("documents-open").first.click()
    await session.desk.locator("dialog[open]").wait_for()
    await session.take("minutes", "dialog[open]")
