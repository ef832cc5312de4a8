"""The head count in real pages: an alarm from its rise to its mark, the attendance list, zones."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Locator

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import ControlRoom, RoomPage
from tests.e2e.service import Service
from tests.e2e.until import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.patient(40),
    pytest.mark.timeout(180),
    needs_chromium,
]

HALL, TITLE = "64.01", "Paser"
ESCALATE_S = 10
POLICY = f"[conferences.policy]\nescalate_s = {ESCALATE_S}\n"
CAMERA = "[headcount]\ninterval_s = 5\n"
WINDOW_S = 10
"""So long a room is above its limit before that is an alarm."""
SLACK_S = 10
ALARM = f'[data-task="alarm"][data-task-room="{HALL}"]'
BANNER = ".hall-alarm"


def by(name: str) -> str:
    """The part of a page that is named so for tests."""
    return f'[data-testid="{name}"]'


@dataclass
class Scene:
    desk: ControlRoom
    hall: RoomPage
    moderator: Client

    def at_desk(self, selector: str) -> Locator:
        return self.desk.page.locator(selector)

    def in_hall(self, selector: str) -> Locator:
        return self.hall.page.locator(selector)

    def room(self) -> m.RoomView:
        view = self.moderator.view
        assert view
        return next(one for one in view.rooms if one.code == HALL)


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def _scene(stack: AsyncExitStack, service: Service) -> Scene:
    await service.start()
    stack.push_async_callback(service.stop)
    browser = await stack.enter_async_context(chromium())
    url, token = parse_link(service.link("moderator").url)
    moderator = await stack.enter_async_context(Client(url, token, rng=random.Random(1)))
    await moderator.ready(timeout=10)
    desk = await ControlRoom.open(browser, service.link("moderator").url)
    hall = await RoomPage.open(browser, service.link("operator", HALL).url)
    await hall.join()
    await hall.page.locator("[data-testid=attendance-open]").wait_for()
    return Scene(desk, hall, moderator)


async def test_the_head_count_of_a_hall(tmp_path: Path, stack: AsyncExitStack) -> None:
    """Told in the order in which it happens, for an alarm takes its time."""
    scene = await _scene(stack, Service(tmp_path, more=POLICY, root=CAMERA))
    await _above_the_limit(scene)
    await _attendance(scene)
    await _asked_to_reduce(scene)
    await _expected(scene)
    await _heard_and_marked(scene)
    await _zones(scene)
    assert [one for one in scene.desk.complaints if "422" not in one] == []  # the bad list
    assert not scene.hall.complaints


async def test_an_entry_that_waits_outlives_the_page(tmp_path: Path, stack: AsyncExitStack) -> None:
    """The server dies, a person comes, and the operator closes the page before it is back."""
    service = Service(tmp_path, root=CAMERA)
    scene = await _scene(stack, service)
    page = scene.hall.page
    await page.click(by("attendance-open"))
    await page.click(by("person-add"))
    await service.kill()
    await page.keyboard.type("Budi Santoso")
    await page.keyboard.press("Tab")
    await page.keyboard.type("KPU Paser")
    await page.get_by_label("Pendamping").check(force=True)
    await page.keyboard.press("Enter")
    await page.get_by_text("dikirim nanti").first.wait_for()
    await page.goto("about:blank")
    await service.start()
    await page.goto(service.link("operator", HALL).url)
    await _open_list(scene)
    await scene.at_desk('[data-part="present"] b').get_by_text("Budi Santoso").wait_for()
    kept = "Object.keys(localStorage).filter(key => key.startsWith('vicon.attendance:'))"
    await until(lambda: page.evaluate(kept), lambda keys: keys == [], 5, "nothing waits any more")


async def _above_the_limit(scene: Scene) -> None:
    send = scene.moderator.command
    await send(m.CountAllow(room=HALL, limit=14, reason="Tim medis"))
    await send(m.CountSet(room=HALL, value=14))
    await send(m.CountAllow(room=HALL, limit=12, reason="Tim medis sudah keluar"))
    await scene.at_desk(f'.tile[data-room="{HALL}"][data-count="14"]').wait_for()


async def _asked_to_reduce(scene: Scene) -> None:
    """The alarm is a task, in the place of the bare excess; a key asks the hall."""
    press = scene.desk.page.keyboard.press
    await press("e")
    card = scene.at_desk(ALARM)
    await card.wait_for(timeout=(WINDOW_S + SLACK_S) * 1000)
    assert f"{TITLE}: 14/12, melebihi kapasitas" in (await card.text_content() or "")
    assert await scene.at_desk('[data-task="over"]').count() == 0
    await press("r")
    banner = scene.in_hall(BANNER)
    await banner.get_by_text("Moderator meminta jumlah orang dikurangi").wait_for()
    assert "14 orang, batas 12" in (await banner.text_content() or "")
    await card.get_by_text("Diminta").wait_for()


async def _heard_and_marked(scene: Scene) -> None:
    """Nobody heeded it: across the desk, and in the hall, until it is marked with a reason."""
    press = scene.desk.page.keyboard.press
    loud, banner = scene.at_desk(by("loud")), scene.in_hall(BANNER)
    await loud.wait_for(timeout=(ESCALATE_S + SLACK_S) * 1000)
    await press("r")
    await banner.get_by_text("Ruang ini melebihi batas").wait_for()
    await press("a")
    dialog = scene.at_desk("dialog")
    await dialog.wait_for()
    await press("Enter")
    await dialog.get_by_text("Isi alasannya").wait_for()
    await dialog.get_by_role("button", name="Petugas medis").click()
    await press("Enter")
    for gone in (dialog, loud, banner):
        await gone.wait_for(state="detached")
    await press("e")
    card = scene.at_desk(ALARM)
    await card.get_by_text("Ditandai oleh").wait_for()
    assert "Petugas medis" in (await card.text_content() or "")
    for _ in range(2):
        await scene.hall.page.keyboard.press("-")
    await card.wait_for(state="detached")
    assert await scene.in_hall(".stepper output").get_attribute("data-count") == "12"


async def _attendance(scene: Scene) -> None:
    """Entered, gone and back by keyboard and by button; the desk follows."""
    page = scene.hall.page
    await page.keyboard.press("d")
    await page.click(by("person-add"))
    await page.keyboard.type("Budi Santoso")
    await page.keyboard.press("Tab")
    await page.keyboard.type("KPU Paser")
    await page.get_by_label("Pendamping").check(force=True)
    await page.keyboard.press("Enter")
    await page.get_by_text("Budi Santoso tercatat masuk.").wait_for()
    total = scene.in_hall(by("attendance-sum"))
    assert await total.text_content() == "1 hadir, 0 belum datang, 0 sudah keluar"
    assert await page.input_value(by("person-name")) == ""

    await page.keyboard.type("budi  santoso")
    await page.keyboard.press("Tab")
    await page.keyboard.type("kpu paser")
    await page.keyboard.press("Enter")
    await page.get_by_text("sudah tercatat masuk").wait_for()
    assert await page.input_value(by("person-name")) == "budi  santoso"
    await page.keyboard.press("Escape")

    await page.click(by("person-leave"))
    await page.get_by_text("1 sudah keluar").wait_for()
    await page.click(by("undo-person"))
    await page.get_by_text("1 hadir, 0 belum datang, 0 sudah keluar").wait_for()
    await _open_list(scene)
    await scene.at_desk('[data-part="present"] b').get_by_text("Budi Santoso").wait_for()


async def _open_list(scene: Scene) -> None:
    """At the desk."""
    await scene.at_desk(f'.tile[data-room="{HALL}"]').click()
    await scene.at_desk("#panetab-list").click()


async def _expected(scene: Scene) -> None:
    """A list is imported at the desk, after its mistake was told; one tap lets a person in."""
    await _open_list(scene)
    await scene.at_desk(by("records-open")).click()
    field, said = scene.at_desk(by("import-file")), scene.at_desk(by("import-said"))
    good = "ruang;nama;instansi;peran\nPaser;Siti Aminah;Bawaslu Paser;Bawaslu\n"
    for text, answer in ((f"{good}Atlantis;Ani;;\n", "Baris 3"), (good, "1 orang untuk 1 ruang")):
        file = FilePayload(name="undangan.csv", mimeType="text/csv", buffer=text.encode())
        await field.set_input_files(file)
        await said.get_by_text(answer).wait_for()
    await scene.desk.page.keyboard.press("Escape")
    await scene.in_hall('[data-expected="Siti Aminah"] button').click()
    await scene.hall.page.get_by_text("2 hadir, 0 belum datang, 0 sudah keluar").wait_for()
    assert [one.role for one in scene.room().attendance] == ["Pendamping", "Bawaslu"]
    await scene.in_hall(by("attendance-close")).click()


async def _zones(scene: Scene) -> None:
    """Drawn over the hall's own picture, seen at the desk."""
    page = scene.hall.page
    await page.click(by("add-device"))
    await page.click(by("zones-open"), timeout=20_000)  # once the camera was looked at
    board = scene.in_hall(by("zone-board"))
    await board.wait_for()
    box = await board.bounding_box()
    assert box
    await page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.1)
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.3)
    await page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.4)
    await page.mouse.up()
    await page.click(by("zones-save"))
    await scene.in_hall(by("zones")).wait_for(state="detached")

    async def zones() -> list[m.Zone]:
        return scene.room().zones

    [zone] = await until(zones, lambda zones: len(zones) == 1, 5, "the zone is kept")
    drawn = (zone.x, zone.y, zone.width, zone.height)
    assert drawn == pytest.approx((0.25, 0.1, 0.5, 0.3), abs=0.01)
    await scene.at_desk(f'.tile[data-room="{HALL}"]').click()
    await scene.at_desk(by("zones-open")).get_by_text("(1)").wait_for()
