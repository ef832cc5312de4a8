"""Every act of a moderator by keyboard alone. No test here has a pointer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import expect

from signaling import messages as m
from signaling.client import Client
from tests.e2e.conftest import needs_chromium
from tests.e2e.keyboard import Walked, joined, of, started
from tests.e2e.pages import FLOOR_REST_MS, ControlRoom
from tests.e2e.service import rehearsal

pytestmark = [
    pytest.mark.browser,
    pytest.mark.patient(55),
    pytest.mark.timeout(240),
    needs_chromium,
]

HERE = 3
"""Halls that come by themselves."""
HALL = "64.08"
SEEN_S, COMES_S = 15.0, 40.0
CAMERA = "[headcount]\ninterval_s = 5\n"
"""The zones are drawn where the camera is looked at."""


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        expect.set_options(timeout=SEEN_S * 1000)
        yield stack


class Desk(Walked):
    async def until(self, holds: Callable[[m.View], bool]) -> m.View:
        return await self.moderator.until(holds, SEEN_S)


async def test_the_desk_by_keyboard_alone(tmp_path: Path, stack: AsyncExitStack) -> None:
    service, browser, moderator = await started(stack, tmp_path, CAMERA)
    await stack.enter_async_context(rehearsal(service, HERE))
    desk = Desk(await ControlRoom.open(browser, service.link("moderator").url), moderator)
    view = await moderator.until(lambda view: len(_came(view)) == HERE, COMES_S)
    halls = [one.code for one in _came(view)]
    hands = [await joined(stack, service, "operator", code) for code in halls[:2]]
    await desk.keys.act(desk.at("primary"))
    await desk.until(lambda view: view.conference.phase == "live")
    await _the_rundown(desk)
    await _a_rundown_from_a_file(desk)
    await _lanjut(desk)
    await _hands(desk, halls, hands)
    await _microphones(desk, halls)
    await _more_persons(desk)
    await _expected_from_a_file(desk)
    await _zones(desk, halls[0])
    await _roll_call(desk)
    await _messages(desk)
    await _the_pact(desk)
    await _shown(desk, halls)
    await _the_end(desk)
    assert desk.keys.hidden == set()
    assert desk.complaints == []


def _came(view: m.View) -> list[m.RoomView]:
    return [one for one in view.rooms if not one.hub and one.presence == "joined" and one.main]


async def _the_rundown(desk: Desk) -> None:
    """An item is found by arrows, moved, changed, added and removed."""
    keys = desk.keys
    before = (await desk.until(lambda view: len(view.rundown.items) > 3)).rundown.items
    rows = desk.page.locator(".rl [data-row]")
    await keys.to(rows.first)
    await keys.press("ArrowDown")
    await expect(rows.nth(1)).to_be_focused()
    await keys.press("Alt+ArrowDown")
    moved = [before[0].id, before[2].id, before[1].id]
    await desk.until(lambda view: [one.id for one in view.rundown.items[:3]] == moved)
    await expect(desk.page.locator(f'[data-row="{before[1].id}"]')).to_be_focused()
    await keys.press("Enter")
    await keys.act(desk.at("item-up"))
    order = [one.id for one in before[:3]]
    await desk.until(lambda view: [one.id for one in view.rundown.items[:3]] == order)
    await keys.act(desk.at("item-edit"))
    await expect(desk.at("item-title")).to_be_focused()
    await keys.closes(desk.dialog, desk.at("item-edit"))
    await keys.press("Enter")
    await expect(desk.at("item-title")).to_be_focused()
    await keys.press("ControlOrMeta+a")
    await keys.type("Doa bersama")
    await keys.press("Enter")
    await desk.until(lambda view: view.rundown.items[1].title == "Doa bersama")
    await keys.act(desk.at("item-remove"))
    await keys.act(desk.at("remove-yes"))
    await desk.until(lambda view: len(view.rundown.items) == len(before) - 1)
    await keys.act(desk.at("edit-undo"))
    await desk.until(lambda view: len(view.rundown.items) == len(before))
    await keys.act(desk.at("item-add"))
    await expect(desk.at("item-title")).to_be_focused()
    await keys.type("Foto bersama")
    await keys.to(desk.at("item-length"))
    await keys.type("2")
    await keys.press("Enter")
    await desk.until(lambda view: len(view.rundown.items) == len(before) + 1)


async def _chosen(desk: Desk, pick: str, text: str) -> None:
    """A file, by the browser's own dialogue."""
    async with desk.page.expect_file_chooser() as asked:
        await desk.keys.act(desk.at(pick))
    name, data = "daftar.csv", text.encode()
    await (await asked.value).set_files({"name": name, "mimeType": "text/csv", "buffer": data})


async def _a_rundown_from_a_file(desk: Desk) -> None:
    view = desk.moderator.view
    assert view
    before = len(view.rundown.items)
    await desk.keys.act(desk.at("rundown-import"))
    await _chosen(desk, "rundown-pick", "kind,title,minutes\nfree,Doa penutup,5\n")
    await desk.keys.act(desk.at("import-append"))
    await desk.until(lambda view: len(view.rundown.items) == before + 1)
    await expect(desk.dialog).to_have_count(0)
    await expect(desk.at("rundown-import")).to_be_focused()


async def _lanjut(desk: Desk) -> None:
    """Undone at once: that is possible for ten seconds. The page has seen each act before the next
    key is pressed, as a person does."""
    await desk.keys.act(desk.at("primary"))
    await desk.until(lambda view: view.conference.progress.current is not None)
    await expect(desk.at("pause")).to_be_visible()
    await desk.keys.press("z")
    await desk.until(lambda view: view.conference.progress.current is None)
    await expect(desk.at("pause")).to_have_count(0)
    await desk.page.wait_for_timeout(FLOOR_REST_MS)
    await desk.keys.act(desk.at("primary"))
    await desk.until(lambda view: view.conference.progress.current is not None)
    await expect(desk.at("pause")).to_be_visible()
    await desk.keys.press("j")
    await desk.until(lambda view: view.conference.progress.paused_at is not None)
    await expect(desk.at("pause")).to_have_attribute("aria-pressed", "true")
    await desk.keys.act(desk.at("pause"))
    await desk.until(lambda view: view.conference.progress.paused_at is None)


async def _hands(desk: Desk, halls: list[str], operators: list[Client]) -> None:
    """Three acts on raised hands: the order changed, one granted, one declined."""
    first, second = halls[:2]
    for operator, room in zip(operators, halls, strict=False):
        await operator.command(m.RoomJoin(kind="companion", shared=True))
        await operator.command(m.HandRaise(room=room))
    await desk.until(lambda view: view.conference.hands == [first, second])
    await desk.keys.press("e")
    task = f'[data-task="hand"][data-task-room="{second}"]'
    await desk.keys.act(desk.page.locator(f"{task} [data-testid=hand-up]"))
    await desk.until(lambda view: view.conference.hands == [second, first])
    await desk.keys.act(desk.page.locator(f"{task} button").first)
    await desk.until(lambda view: view.conference.floor == second)
    task = f'[data-task="hand"][data-task-room="{first}"]'
    await desk.keys.act(desk.page.locator(f"{task} button").nth(1))
    await desk.until(lambda view: view.conference.hands == [])
    await desk.keys.press("p")
    await desk.until(lambda view: view.conference.floor is None)


async def _microphones(desk: Desk, halls: list[str]) -> None:
    await desk.keys.press("k")
    await desk.until(lambda view: view.conference.mic_lock)
    await desk.keys.act(desk.at("lock"), "Space")
    await desk.until(lambda view: not view.conference.mic_lock)
    await desk.keys.act(desk.at("mute-all"))
    await desk.until(lambda view: all(of(view, code).mic != "on" for code in halls))


async def _more_persons(desk: Desk) -> None:
    """A digit opens a room, Escape gives the focus back to its tile."""
    await desk.keys.press("1")
    view = desk.moderator.view
    assert view
    room = view.conference.floor_order[0]
    await expect(desk.page.locator(f'[data-pane="{room}"]')).to_be_visible()
    await desk.keys.act(desk.at("allow-more"))
    await expect(desk.page.locator(".allow input").last).to_be_focused()
    await desk.keys.type("Petugas medis")
    await desk.keys.press("Enter")
    await desk.until(lambda view: of(view, room).limit == of(view, room).cap + 1)
    await desk.keys.to(desk.at("take-back"))
    await desk.keys.press("Escape")
    await expect(desk.page.locator(f'.tile[data-room="{room}"]')).to_be_focused()


async def _expected_from_a_file(desk: Desk) -> None:
    view = desk.moderator.view
    assert view
    room, role = view.conference.floor_order[0], view.conference.roles[0]
    await desk.keys.press("1")
    await desk.keys.to(desk.page.locator(f'[data-pane="{room}"] [aria-selected=true]'))
    await desk.keys.press("ArrowRight")
    await desk.keys.act(desk.at("records-open"))
    text = f"room,name,institution,role\n{room},Siti Aminah,KPU,{role}\n"
    await _chosen(desk, "import-pick", text)
    await desk.until(lambda view: [one.name for one in of(view, room).expected] == ["Siti Aminah"])
    await expect(desk.at("import-said")).to_contain_text("1 orang")
    await desk.keys.closes(desk.dialog, desk.at("records-open"))
    await desk.keys.press("Escape")


async def _zones(desk: Desk, room: str) -> None:
    """Added, moved, made smaller, taken back and removed; then kept."""
    keys, zone = desk.keys, desk.page.locator("[data-zone]")
    await keys.act(desk.page.locator(f'.tile[data-room="{room}"]'))
    await keys.act(desk.at("zones-open"))
    await keys.act(desk.at("zone-add"))
    await expect(zone).to_be_focused()
    begun = await zone.get_attribute("aria-label")
    await keys.press("ArrowRight", "Shift+ArrowDown")
    assert await zone.get_attribute("aria-label") != begun
    await keys.press("ControlOrMeta+z", "ControlOrMeta+z")
    await expect(zone).to_have_attribute("aria-label", begun or "")
    await keys.press("Delete")
    await expect(zone).to_have_count(0)
    await expect(desk.at("zone-add")).to_be_focused()
    await keys.press("ControlOrMeta+z")
    await expect(zone).to_have_count(1)
    await keys.act(desk.at("zones-save"))
    await desk.until(lambda view: len(of(view, room).zones) == 1)
    await expect(desk.dialog).to_have_count(0)
    await expect(desk.at("zones-open")).to_be_focused()
    await keys.press("Escape")


async def _roll_call(desk: Desk) -> None:
    await desk.keys.press("h", "1")
    view = await desk.until(lambda view: any(one.roll for one in view.rooms))
    called = next(one.code for one in view.rooms if one.roll)
    await desk.keys.act(desk.page.locator(f'[data-roll="{called}"] .row'))
    await desk.keys.act(desk.at("roll-excused"))

    def excused(view: m.View) -> bool:
        mark = of(view, called).roll
        return mark is not None and mark.status == "excused"

    await desk.until(excused)
    await desk.keys.act(desk.at("roll-take"))
    await desk.until(lambda view: all(one.roll for one in view.rooms if not one.hub))


async def _messages(desk: Desk) -> None:
    await desk.keys.press("o")
    await expect(desk.page.locator(".compose input")).to_be_focused()
    await desk.keys.type("Mohon berdiri")
    await desk.keys.press("Enter")
    await desk.until(lambda view: len(view.conference.cues) == 1)
    await desk.keys.act(desk.at("cue-withdraw"))
    await desk.until(lambda view: view.conference.cues == [])


async def _the_pact(desk: Desk) -> None:
    """Its points, its opening, and who signs in a hall whose operator cannot enter it."""
    keys = desk.keys
    await keys.press("i")
    await keys.act(desk.at("point-2"))
    await desk.until(lambda view: view.conference.signing.point == 2)
    await keys.act(desk.at("pact-edit"))
    await keys.closes(desk.dialog, desk.at("pact-edit"))
    await keys.act(desk.at("pact-open"))
    await desk.until(lambda view: view.conference.signing.open)
    await keys.act(desk.page.locator(f'[data-pact-room="{HALL}"] .row'))
    for kind, name in (("signatory", "Siti Aminah"), ("witness", "Dewi")):
        await keys.act(desk.at(f"{kind}-add"))
        await expect(desk.at(f"{kind}-name")).to_be_focused()
        await keys.type(name)
        await keys.press("Enter")
        await expect(desk.at(f"{kind}-add")).to_be_focused()
    room = of(await desk.until(lambda view: bool(of(view, HALL).witnesses)), HALL)
    assert [one.name for one in room.signatories] == ["Siti Aminah"]
    await keys.act(desk.at("pact-documents"))
    await keys.closes(desk.dialog, desk.at("pact-documents"))


async def _shown(desk: Desk, halls: list[str]) -> None:
    """Black-out asks first; the list of keys says them all."""
    await desk.keys.press("b")
    await expect(desk.at("black-yes")).to_be_focused()
    await desk.keys.press("Enter")
    await desk.until(lambda view: view.conference.black)
    await desk.keys.act(desk.at("shown-black"))
    await desk.until(lambda view: not view.conference.black)
    await desk.keys.act(desk.at("keys"))
    await desk.keys.closes(desk.dialog, desk.at("keys"))
    await desk.keys.act(desk.page.locator(f'.tile[data-room="{halls[0]}"]'))
    await desk.keys.act(desk.at("pane-pin"))
    await desk.until(lambda view: view.conference.pinned == halls[0])
    await expect(desk.at("shown-pin")).to_be_visible()
    await desk.keys.press("v")
    await desk.until(lambda view: view.conference.pinned is None)
    await desk.keys.press("Escape")


async def _the_end(desk: Desk) -> None:
    await desk.keys.act(desk.at("end"))
    await desk.keys.closes(desk.dialog, desk.at("end"))
    await desk.keys.press("Enter")
    await desk.keys.act(desk.at("end-yes"))
    await desk.until(lambda view: view.conference.phase == "closed")
    await desk.keys.act(desk.at("documents-open"))
    async with desk.page.expect_download() as coming:
        await desk.keys.act(desk.at("minutes-json"))
    assert (await coming.value).suggested_filename == "berita-acara-kaltim-2020.json"
    await expect(desk.at("documents-said")).to_contain_text("sudah diunduh")
