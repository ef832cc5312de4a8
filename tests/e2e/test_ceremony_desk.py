"""The ceremony from the control room: a moderator's page, and halls that come to be on air."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Locator, expect

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import FLOOR_REST_MS, ControlRoom
from tests.e2e.service import Service, rehearsal

pytestmark = [
    pytest.mark.browser,
    pytest.mark.patient(25),
    pytest.mark.timeout(180),
    needs_chromium,
]

HERE = 3
"""Halls that come."""
COMES_S, SHOWN_S = 40.0, 15.0


@dataclass
class Scene:
    desk: ControlRoom
    moderator: Client
    halls: list[m.RoomView]
    """Those that came, in the order of the floor; then those that did not."""

    def at(self, name: str) -> Locator:
        return self.desk.page.get_by_test_id(name)

    async def key(self, key: str) -> None:
        await self.desk.page.keyboard.press(key)

    async def panel(self, key: str, tab: str) -> None:
        await self.key(key)
        await expect(self.desk.page.locator(f"#tab-{tab}")).to_have_attribute(
            "aria-selected", "true"
        )

    async def lanjut(self) -> None:
        """A second stroke within the rest would be taken for the same one."""
        await self.desk.page.wait_for_timeout(FLOOR_REST_MS)
        await self.key("Space")

    async def runs(self, item: int | None, floor: str | None) -> None:
        """Server and page agree on which item is on, and who is on air."""

        def holds(view: m.View) -> bool:
            at = None if item is None else view.rundown.items[item].id
            conference = view.conference
            return (conference.progress.current, conference.floor) == (at, floor)

        view = await self.moderator.until(holds, SHOWN_S)
        air = floor or view.conference.hub
        await expect(self.at("programme")).to_have_attribute("data-air", air)
        row = self.desk.page.locator('.rl [aria-current="step"]')
        await expect(row).to_have_count(0 if item is None else 1)
        if item is not None:
            await expect(row).to_have_attribute("data-item", view.rundown.items[item].id)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        service = Service(tmp_path)
        await service.start()
        stack.push_async_callback(service.stop)
        await stack.enter_async_context(rehearsal(service, HERE))
        browser = await stack.enter_async_context(chromium())
        url, token = parse_link(service.link("moderator").url)
        moderator = await stack.enter_async_context(Client(url, token, rng=random.Random(1)))
        await moderator.ready(timeout=10)
        desk = await ControlRoom.open(browser, service.link("moderator").url)
        expect.set_options(timeout=SHOWN_S * 1000)
        await desk.page.locator("#tab-rundown").wait_for()
        view = await moderator.until(lambda view: len(_came(view)) == HERE, COMES_S)
        away = [one for one in view.rooms if not one.hub and one.presence == "absent"]
        yield Scene(desk, moderator, [*_came(view), *away])


def _came(view: m.View) -> list[m.RoomView]:
    return [one for one in view.rooms if not one.hub and one.presence == "joined" and one.main]


async def test_the_rundown_is_imported_and_gone_through_by_keys(scene: Scene) -> None:
    first, second = scene.halls[0], scene.halls[1]
    away = scene.halls[-1]
    await _import(scene, first, away, second)
    await scene.at("primary").click()  # the session begins
    await expect(scene.at("primary")).to_contain_text("Lanjut: Pembukaan")
    await scene.lanjut()
    await scene.runs(0, None)
    await expect(scene.at("item-number")).to_have_text("item 1/4")
    # The space bar is Lanjut's, also after a click: it does not press that tab once more.
    await scene.desk.page.locator("#tab-roll").click()
    await scene.desk.page.locator("#tab-rundown").click()
    await expect(scene.at("primary")).to_contain_text(f"Lanjut: {first.title}")
    await scene.lanjut()
    await scene.runs(1, first.code)
    await scene.key("z")
    await scene.runs(0, None)
    await scene.lanjut()
    await scene.runs(1, first.code)
    await _past_an_absent_hall(scene, first, away, second)
    await scene.key("j")
    await scene.moderator.until(
        lambda view: view.conference.progress.paused_at is not None, SHOWN_S
    )
    await expect(scene.at("item-left")).to_contain_text("dijeda")
    await scene.lanjut()
    await scene.runs(None, None)
    await expect(scene.at("rundown-foot")).to_contain_text("Rundown selesai")
    assert scene.desk.complaints == []


def _paused(view: m.View) -> bool:
    return view.conference.progress.paused_at is not None


async def _import(scene: Scene, *halls: m.RoomView) -> None:
    """Over the file dialogue: first one that is wrong, then the one that takes the plan's place."""
    await scene.at("rundown-import").click()
    lines = [f'speech,"Pernyataan, {one.title}",1,{one.short_name}' for one in halls]
    good = "\r\n".join(["kind,title,minutes,room", "opening,Pembukaan,0:45,", *lines])
    await scene.at("rundown-file").set_input_files(_file(good.replace("0:45", "sebentar")))
    await expect(scene.at("rundown-read")).to_contain_text('Baris 2: lama "sebentar"')
    await scene.at("rundown-file").set_input_files(_file(good))
    await expect(scene.at("rundown-read")).to_have_text("4 item terbaca.")
    await scene.at("import-replace").click()
    view = await scene.moderator.until(lambda view: len(view.rundown.items) == 4, SHOWN_S)
    assert [(one.planned_s, one.room) for one in view.rundown.items] == [
        (45, None),
        *((60, one.code) for one in halls),
    ]


def _file(text: str) -> FilePayload:
    return {"name": "rundown.csv", "mimeType": "text/csv", "buffer": text.encode()}


async def _past_an_absent_hall(
    scene: Scene, now: m.RoomView, away: m.RoomView, following: m.RoomView
) -> None:
    """Lanjut says why it cannot, nothing changes, and the item is skipped where it says so."""
    await scene.lanjut()
    stuck = scene.at("stuck")
    await expect(stuck).to_have_attribute("data-code", "room_absent")
    await scene.runs(1, now.code)
    await scene.at("stuck-skip").click()
    await expect(stuck).to_have_count(0)
    await expect(scene.at("primary")).to_contain_text(f"Lanjut: {following.title}")
    await scene.lanjut()
    await scene.runs(3, following.code)
    view = scene.moderator.view
    assert view
    skipped = [run.item for run in view.conference.progress.runs if run.skipped]
    assert skipped == [item.id for item in view.rundown.items if item.room == away.code]


async def test_roll_messages_spotlight_and_pact_reach_the_server(scene: Scene) -> None:
    hall, other = scene.halls[0], scene.halls[1]
    until = scene.moderator.until
    await scene.panel("h", "roll")
    await scene.key("1")
    await until(lambda view: _of(view, hall.code).roll is not None, SHOWN_S)
    await scene.at("roll-take").click()
    view = await until(lambda view: all(one.roll for one in view.rooms if not one.hub), SHOWN_S)
    marked = [one for one in view.rooms if one.roll and one.roll.status == "present"]
    assert len(marked) == HERE
    await scene.panel("o", "messages")
    await scene.desk.page.keyboard.type("Mohon berdiri")
    await scene.key("Enter")
    view = await until(lambda view: len(view.conference.cues) == 1, SHOWN_S)
    cue = view.conference.cues[0]
    assert (cue.text, cue.room) == ("Mohon berdiri", None)
    await expect(scene.at("cue-read")).to_contain_text("0/10 ruang sudah membaca")
    await scene.at("cue-withdraw").click()
    await until(lambda view: not view.conference.cues, SHOWN_S)
    await _second_room_and_black(scene, hall, other)
    await scene.panel("i", "pact")
    await scene.at("point-2").click()
    await scene.at("pact-open").click()
    await until(lambda view: view.conference.signing.open, SHOWN_S)
    await until(lambda view: view.conference.signing.point == 2, SHOWN_S)
    assert scene.desk.complaints == []


async def _second_room_and_black(scene: Scene, hall: m.RoomView, other: m.RoomView) -> None:
    until = scene.moderator.until
    await scene.desk.give_floor(hall.code)
    await scene.runs(None, hall.code)
    await scene.key("Escape")
    await scene.desk.page.click(f'.tile[data-room="{other.code}"]')
    await scene.key("g")
    await until(lambda view: view.conference.beside == other.code, SHOWN_S)
    await expect(scene.at("programme")).to_have_attribute("data-beside", other.code)
    await scene.key("b")
    await scene.at("black-yes").click()
    await until(lambda view: view.conference.black, SHOWN_S)
    await expect(scene.at("shown")).to_contain_text("Hanya pusat")
    await scene.key("b")
    await until(lambda view: not view.conference.black, SHOWN_S)
    await scene.key("Escape")


def _of(view: m.View, code: str) -> m.RoomView:
    return next(one for one in view.rooms if one.code == code)
