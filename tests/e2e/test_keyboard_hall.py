"""Every act in a hall and at its door by keyboard alone, signing the pact included. No test here
has a pointer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import expect

from signaling import messages as m
from tests.e2e.chromium import open_page
from tests.e2e.conftest import needs_chromium
from tests.e2e.keyboard import Keyboard, Walked, of, started
from tests.e2e.pages import RoomPage
from vicon.ops.data import DataDir
from vicon.ops.links import read_door_links

pytestmark = [
    pytest.mark.browser,
    pytest.mark.patient,
    pytest.mark.timeout(240),
    needs_chromium,
]

HALL = "64.08"
SEEN_S = 15.0
PHONE = (390, 844)


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        expect.set_options(timeout=SEEN_S * 1000)
        yield stack


class Hall(Walked):
    async def room(self, holds: Callable[[m.RoomView], bool]) -> m.RoomView:
        return of(await self.moderator.until(lambda view: holds(of(view, HALL)), SEEN_S), HALL)


async def test_a_hall_by_keyboard_alone(tmp_path: Path, stack: AsyncExitStack) -> None:
    service, browser, moderator = await started(stack, tmp_path)
    await moderator.command(m.PhaseSet(phase="live"))
    hall = Hall(await RoomPage.open(browser, service.link("operator", HALL).url), moderator)
    await hall.keys.act(hall.at("join"))
    await hall.room(lambda room: room.presence == "joined")
    await _its_controls(hall)
    await _its_messages(hall)
    await _its_list(hall)
    await _its_pact(hall)
    assert hall.keys.hidden == set()
    assert hall.complaints == []


async def _its_controls(hall: Hall) -> None:
    keys = hall.keys
    mic = (await hall.room(lambda room: room.main is not None)).mic
    await expect(hall.at("mic")).to_have_attribute("data-mic", mic)
    await keys.act(hall.at("mic"))
    await hall.room(lambda room: room.mic != mic)
    await expect(hall.at("mic")).not_to_have_attribute("data-mic", mic)
    await keys.press("Enter")
    await hall.room(lambda room: room.mic == mic)
    await keys.act(hall.at("hand"))
    await hall.room(lambda room: room.hand == 1)
    await expect(hall.at("hand")).to_have_attribute("aria-pressed", "true")
    await keys.press("Space")
    await hall.room(lambda room: room.hand is None)
    await keys.press("+", "+")
    await hall.room(lambda room: room.count == 2)
    await keys.act(hall.at("add-device"))
    await keys.closes(hall.dialog, hall.at("add-device"))
    await keys.act(hall.at("help-open"))
    await keys.closes(hall.dialog, hall.at("help-open"))
    await keys.press("t")
    await keys.to(hall.at("help-text"))
    await keys.type("Proyektor mati")
    await keys.press("Enter")
    await hall.room(lambda room: room.help is not None and room.help.text == "Proyektor mati")
    await keys.act(hall.at("help-cancel"))
    await hall.room(lambda room: room.help is None)


async def _its_messages(hall: Hall) -> None:
    """Understood by its key, and by its button."""
    for number, seen in (("1", "g"), ("2", "")):
        await hall.moderator.command(m.CueSend(cue=f"cue-0000{number}", text="Mohon berdiri."))
        await expect(hall.at("cues")).to_contain_text("Mohon berdiri.")
        await (hall.keys.press(seen) if seen else hall.keys.act(hall.at("cue-seen")))
        await hall.room(lambda room: room.cues == [])


async def _its_list(hall: Hall) -> None:
    keys = hall.keys
    await keys.press("d")
    await keys.act(hall.at("person-add"))
    await expect(hall.at("person-name")).to_be_focused()
    await keys.type("Budi Santoso")
    await keys.press("Enter")
    await hall.room(lambda room: [one.name for one in room.attendance] == ["Budi Santoso"])
    await keys.act(hall.at("person-leave"))
    await hall.room(lambda room: room.attendance[0].left_at is not None)
    await keys.act(hall.at("attendance-close"))
    await expect(hall.at("attendance-open")).to_be_focused()


async def _its_pact(hall: Hall) -> None:
    """Named, ready, read, signed: with no pad."""
    keys = hall.keys
    await keys.press("p")
    for kind, name in (("signatory", "Siti Aminah"), ("witness", "Dewi")):
        await keys.act(hall.at(f"{kind}-add"))
        await expect(hall.at(f"{kind}-name")).to_be_focused()
        await keys.type(name)
        await keys.press("Enter")
        await expect(hall.at(f"{kind}-add")).to_be_focused()
    await keys.act(hall.at("signatory-ready"))
    await hall.room(lambda room: any(one.ready for one in room.signatories))
    await keys.act(hall.at("pact-read"))
    await keys.closes(hall.dialog, hall.at("pact-read"))
    await hall.moderator.command(m.PactOpen(on=True))
    await keys.act(hall.at("signatory-sign"))
    await keys.act(hall.at("have-read"), "Space")
    await keys.act(hall.at("by-keyboard"))
    await expect(hall.at("typed-name")).to_be_focused()
    await keys.type("Siti Aminoh")
    await expect(hall.at("sign-why")).to_contain_text("persis")
    await keys.press("Backspace", "Backspace", "a", "h")
    await keys.act(hall.at("typed-sure"), "Space")
    await keys.act(hall.at("sign"))
    await expect(hall.at("sheet")).to_contain_text("Sudah ditandatangani")
    room = await hall.room(lambda room: room.complete)
    assert room.signatories[0].typed
    await keys.press("Escape")
    await expect(hall.at("sheet")).to_have_count(0)
    await expect(hall.page.locator("#pact-title")).to_be_focused()
    await expect(hall.at("pact-panel")).to_contain_text("lewat papan ketik")
    await keys.press("Escape")
    await expect(hall.at("pact-open")).to_be_focused()


async def test_a_door_by_keyboard_alone(tmp_path: Path, stack: AsyncExitStack) -> None:
    service, browser, moderator = await started(stack, tmp_path)
    links, complaints = read_door_links(DataDir(service.data)), list[str]()
    door = next(link.url for link in links if link.room == HALL)
    page = await open_page(browser, door, complaints, PHONE)
    keys, state = Keyboard(page), page.locator("html")
    await keys.to(page.locator("#lang"))
    await keys.to(page.locator("#name"))
    await keys.type("Siti Aminah")
    await keys.to(page.locator("#institution"))
    await keys.type("KPU Kutim")
    await keys.press("Tab", "ArrowDown", "ArrowUp")
    await keys.stop()
    await expect(page.locator("#roles :checked")).to_have_count(1)
    await keys.act(page.locator('[form="enter"]'))
    await expect(state).to_have_attribute("data-state", "masuk")
    view = await moderator.until(lambda view: bool(of(view, HALL).attendance), SEEN_S)
    assert of(view, HALL).attendance[0].institution == "KPU Kutim"
    await page.wait_for_timeout(1100)  # a person does not leave within a second
    await keys.act(page.locator("#leave button"))
    await expect(state).to_have_attribute("data-state", "keluar")
    assert keys.hidden == set()
    assert complaints == []


async def test_a_stop_without_a_ring_is_found(tmp_path: Path, stack: AsyncExitStack) -> None:
    service, browser, _moderator = await started(stack, tmp_path)
    page = await open_page(browser, service.url, [])
    await page.locator(".alone-page button").first.wait_for()
    await page.evaluate(
        "document.querySelectorAll('button').forEach((one) => (one.style.outline = 'none'))"
    )
    keys = Keyboard(page)
    await keys.press("Tab")
    await keys.stop()
    assert len(keys.hidden) == 1
