"""Talking beside the programme, by keys, in real browsers: a moderator announces to all halls and
calls one; a technician calls it too. What is heard is the energy of the sound that arrives."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import ControlRoom, RoomPage, VisitedPage
from tests.e2e.service import Service
from tests.e2e.until import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.patient(50),
    pytest.mark.timeout(240),
    needs_chromium,
]

HUB, CALLED, THIRD = "64", "64.08", "64.02"
ANNOUNCE, LINE = "@announce", "@line"
LOOK_MS = 2_500
"""The fake microphone sounds once a second."""
SHOWN_S = 15.0
SILENT = 1e-9


@dataclass
class Scene:
    desk: ControlRoom
    called: RoomPage
    third: RoomPage
    watcher: Client
    """The moderator's link once more, which only looks and opens the session."""
    service: Service
    stack: AsyncExitStack

    @property
    def view(self) -> m.View:
        assert self.watcher.view is not None
        return self.watcher.view


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
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
        halls = []
        for code in (CALLED, THIRD):
            hall = await RoomPage.open(browser, service.link("operator", code).url)
            await hall.join()
            await hall.page.get_by_test_id("help-open").wait_for()
            halls.append(hall)
        await watcher.until(lambda v: sum(room.publishing for room in v.rooms) == 3, SHOWN_S)
        yield Scene(desk, halls[0], halls[1], watcher, service, stack)


async def energy(page: VisitedPage, slot: str) -> float:
    """Of all that came in this slot so far."""
    found = (await page.received()).get(slot)
    return found.energy if found else 0.0


async def heard(page: VisitedPage, slot: str) -> float:
    """Energy that came in this slot while it was looked at."""
    before = await energy(page, slot)
    await page.page.wait_for_timeout(LOOK_MS)
    return await energy(page, slot) - before


async def is_heard(page: VisitedPage, slot: str) -> None:
    """From now on."""
    least = await energy(page, slot)

    async def look() -> float:
        nonlocal least
        now = await energy(page, slot)
        least = min(least, now)  # after a reload the page counts anew
        return now - least

    await until(look, lambda more: more > 1e-6, SHOWN_S, f"{slot} is heard")


async def is_silent(page: VisitedPage, slot: str) -> None:
    """What was forwarded last may still sound for a moment."""

    async def look() -> float:
        return await heard(page, slot)

    await until(look, lambda energy: energy < SILENT, SHOWN_S, f"{slot} is silent")


async def stays_silent(page: VisitedPage, slot: str) -> None:
    """It is silent already."""
    assert await heard(page, slot) < SILENT, slot


async def together(*looks: Coroutine[None, None, None]) -> None:
    """What is so at the same time: each look lasts as long as the rest of them."""
    async with asyncio.TaskGroup() as group:
        for look in looks:
            group.create_task(look)


async def volume(page: VisitedPage, room: str) -> float:
    found: float = await page.page.evaluate(
        "(room) => document.querySelector(`audio[data-sound='${room}']`).volume", room
    )
    return found


def line_of(page: VisitedPage) -> Locator:
    return page.page.get_by_test_id("private-line")


async def test_a_voice_to_all_and_a_private_line(scene: Scene) -> None:
    """Told in the order in which it happens: one server and one browser do for all of it."""
    await _announcing(scene)
    await _a_hall_answers(scene)
    await _writing(scene)
    await _hanging_up(scene)
    await _nobody_answers_and_it_is_declined(scene)
    await _a_technician(scene)
    for page in (scene.desk, scene.called, scene.third):
        assert page.complaints == []


async def _announcing(scene: Scene) -> None:
    """Held by its key: all halls hear the moderator above whoever has the floor, who keeps it."""
    await scene.watcher.command(m.FloorGive(room=CALLED))
    await is_heard(scene.third, CALLED)
    await stays_silent(scene.third, ANNOUNCE)
    keyboard = scene.desk.page.keyboard
    await keyboard.down("u")
    await expect(scene.desk.page.get_by_test_id("announcing")).to_contain_text("mendengar Anda")
    halls = (scene.called, scene.third)
    for hall in halls:
        await expect(hall.page.get_by_test_id("from-hub")).to_contain_text("Pengumuman dari pusat")
    await together(
        *(is_heard(hall, ANNOUNCE) for hall in halls),
        *(is_silent(hall, HUB) for hall in halls),
        is_heard(scene.third, CALLED),
    )
    for hall in halls:
        assert await volume(hall, ANNOUNCE) == 1
    assert 0 < await volume(scene.third, CALLED) < 0.5, "softer, and not silent"
    assert scene.view.conference.floor == CALLED
    await keyboard.up("u")
    for hall in halls:
        await expect(hall.page.get_by_test_id("from-hub")).to_have_text("")
    await together(*(is_silent(hall, ANNOUNCE) for hall in halls))
    assert await volume(scene.third, CALLED) == 1
    assert scene.view.conference.floor == CALLED
    # Pressed shortly, it stays until it is pressed again.
    await keyboard.press("u")
    await scene.watcher.until(lambda v: v.conference.announcement is not None, SHOWN_S)
    await scene.desk.page.wait_for_timeout(500)
    assert scene.view.conference.announcement is not None
    await keyboard.press("u")
    await scene.watcher.until(lambda v: v.conference.announcement is None, SHOWN_S)
    await scene.watcher.command(m.FloorTake())


async def _opened(scene: Scene) -> None:
    await scene.desk.page.keyboard.press("Escape")
    await scene.desk.page.click(f'.tile[data-room="{CALLED}"]')
    await scene.desk.page.locator(f'[data-pane="{CALLED}"]').wait_for()


async def _a_hall_answers(scene: Scene) -> None:
    """Called and answered by keys; both hear each other, and nobody else anything of it."""
    await is_heard(scene.third, CALLED)
    await _opened(scene)
    await scene.desk.page.keyboard.press("f")
    await expect(line_of(scene.called)).to_have_attribute("data-voice", "ringing")
    await expect(line_of(scene.desk)).to_contain_text("Memanggil")
    await stays_silent(scene.called, LINE)  # nothing before the answer
    await scene.called.page.keyboard.press("y")
    for page in (scene.desk, scene.called):
        await expect(line_of(page)).to_have_attribute("data-here", "true")
    await together(
        *(is_heard(page, LINE) for page in (scene.desk, scene.called)),
        *(is_silent(scene.third, slot) for slot in (CALLED, HUB)),
        *(stays_silent(scene.third, slot) for slot in (LINE, ANNOUNCE)),
    )
    await expect(line_of(scene.third)).to_have_count(0)
    assert 0 < await volume(scene.called, THIRD) < 0.5
    assert await volume(scene.third, HUB) == 1, "elsewhere nothing is turned down"
    called = next(room for room in scene.view.rooms if room.code == CALLED)
    assert called.mic == "on", "its microphone is as its operator left it"


async def _writing(scene: Scene) -> None:
    await scene.called.page.keyboard.press("w")
    await scene.called.page.keyboard.type("Proyektor sudah menyala")
    await scene.called.page.keyboard.press("Enter")
    said = scene.desk.page.get_by_test_id("line-said")
    await expect(said).to_contain_text("Proyektor sudah menyala")
    await scene.desk.page.keyboard.press("w")
    await scene.desk.page.keyboard.type("Terima kasih, yq")
    await scene.desk.page.keyboard.press("Enter")
    await expect(scene.called.page.get_by_test_id("line-said")).to_contain_text("Terima kasih, yq")
    await expect(line_of(scene.desk)).to_have_attribute("data-voice", "on")
    await scene.called.page.reload()
    await expect(scene.called.page.get_by_test_id("line-said")).to_contain_text("menyala")
    await is_heard(scene.called, LINE)


async def _hanging_up(scene: Scene) -> None:
    await scene.desk.page.keyboard.press("Escape")
    await scene.desk.page.keyboard.press("q")
    await expect(line_of(scene.called)).to_contain_text("Percakapan ditutup oleh")
    for page in (scene.desk, scene.called):
        await expect(line_of(page)).to_have_attribute("data-voice", "ended")
    await together(
        *(is_silent(page, LINE) for page in (scene.desk, scene.called)),
        is_heard(scene.third, CALLED),
    )
    assert await volume(scene.called, THIRD) == 1
    for page in (scene.desk, scene.called):
        await page.page.keyboard.press("q")
        await expect(line_of(page)).to_have_count(0)


async def _nobody_answers_and_it_is_declined(scene: Scene) -> None:
    await _opened(scene)
    await scene.desk.page.keyboard.press("f")
    await expect(line_of(scene.called)).to_have_attribute("data-voice", "ringing")
    await scene.called.page.keyboard.press("q")
    await expect(line_of(scene.desk)).to_contain_text("menolak panggilan")
    await expect(line_of(scene.called)).to_have_attribute("data-voice", "ended")
    await scene.called.page.keyboard.press("q")
    await scene.desk.page.keyboard.press("q")
    await scene.desk.page.keyboard.press("Escape")


async def _a_technician(scene: Scene) -> None:
    """A page that sends nothing until it talks: called by the moderator, then calling a hall, over
    a reload of its page; afterwards it is as before."""
    browser = scene.desk.page.context.browser
    assert browser is not None
    technician = await VisitedPage.open(browser, scene.service.link("technician").url)
    await technician.page.locator("[data-pick]").first.wait_for()
    await scene.desk.page.keyboard.press("t")
    await expect(line_of(technician)).to_contain_text("memanggil")
    await technician.page.keyboard.press("y")
    await together(
        *(is_heard(page, LINE) for page in (scene.desk, technician)),
        stays_silent(scene.third, LINE),
    )
    await technician.page.keyboard.press("q")
    await expect(line_of(scene.desk)).to_have_attribute("data-voice", "ended")
    await scene.desk.page.keyboard.press("q")
    await technician.page.keyboard.press("q")
    await technician.page.click(f'[data-pick="{CALLED}"]')
    await technician.page.keyboard.press("f")
    await expect(line_of(scene.called)).to_have_attribute("data-voice", "ringing")
    await scene.called.page.get_by_test_id("line-answer").click()
    await together(*(is_heard(page, LINE) for page in (scene.called, technician)))
    await technician.page.reload()
    await expect(line_of(technician)).to_have_attribute("data-here", "true")
    await together(*(is_heard(page, LINE) for page in (scene.called, technician)))
    await scene.called.page.get_by_test_id("line-end").click()
    await expect(line_of(technician)).to_have_attribute("data-voice", "ended")
    await until(
        lambda: technician.page.evaluate("document.querySelectorAll('audio[data-sound]').length"),
        lambda count: count == 0,
        SHOWN_S,
        "the technician's page gives its place back",
    )
    await expect(line_of(technician)).to_contain_text("Percakapan ditutup oleh")
    assert technician.complaints == []
