"""axe-core finds nothing serious at the desk, in a hall and for who watches, in any state that they
come to: in both languages, by day and by night. The hall's page fits a phone."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, expect

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.e2e.axe import MANNERS, Axe, scripts
from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import ControlRoom, RoomPage, VisitedPage
from tests.e2e.phone import Phone
from tests.e2e.service import Service

pytestmark = [
    pytest.mark.browser,
    pytest.mark.patient(75),
    pytest.mark.timeout(400),
    needs_chromium,
]

HALL, OTHER = "64.08", "64.11"
SEEN_S = 15.0
ALARM_S = 30.0
"""Until a room above its limit is an alarm, and until nobody heeded it."""
POLICY = "[conferences.policy]\nescalate_s = 10\n"
CAMERA = "[headcount]\ninterval_s = 5\n"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        expect.set_options(timeout=SEEN_S * 1000)
        yield browser


@dataclass
class Scene:
    desk: ControlRoom
    hall: RoomPage
    watched: VisitedPage
    """The observer's page."""
    moderator: Client
    axe: Axe
    phone: Phone

    def desks(self, name: str) -> Locator:
        return self.desk.page.get_by_test_id(name).first

    def halls(self, name: str) -> Locator:
        return self.hall.page.get_by_test_id(name).first

    async def at_desk(self, name: str) -> None:
        await self.axe.look(self.desk.page, f"desk, {name}")

    async def in_hall(self, name: str) -> None:
        await self.axe.look(self.hall.page, f"hall, {name}")
        await self.phone.look(self.hall.page, f"hall, {name}")

    async def dialog(self, opener: str, name: str) -> None:
        """At the desk: opened, looked at, closed."""
        await self.desks(opener).click()
        dialog = self.desk.page.locator("dialog[open]")
        await dialog.wait_for()
        await self.at_desk(name)
        await self.desk.page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)

    async def panel(self, tab: str) -> None:
        await self.desk.page.locator(f"#tab-{tab}").click()
        await self.desk.page.locator(f"#panel-{tab}").wait_for()

    async def pane(self, code: str) -> None:
        await self.desk.page.locator(f'.tile[data-room="{code}"]').click()
        await self.desk.page.locator(f'[data-pane="{code}"]').wait_for()


@pytest.fixture(params=MANNERS, ids=lambda manner: "-".join(manner))
async def scene(
    request: pytest.FixtureRequest, tmp_path: Path, browser: Browser
) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        service = Service(tmp_path, more=POLICY, root=CAMERA)
        await service.start()
        stack.push_async_callback(service.stop)
        url, token = parse_link(service.link("moderator").url)
        moderator = await stack.enter_async_context(Client(url, token, rng=random.Random(1)))
        await moderator.ready(timeout=10)
        put = scripts(*request.param)
        desk = await ControlRoom.open(browser, service.link("moderator").url, scripts=put)
        hall = await RoomPage.open(browser, service.link("operator", HALL).url, scripts=put)
        watched = await VisitedPage.open(browser, service.link("observer").url, scripts=put)
        yield Scene(desk, hall, watched, moderator, Axe(), Phone())
        assert desk.complaints + hall.complaints + watched.complaints == []


async def test_nothing_in_a_session_shuts_anybody_out(scene: Scene) -> None:
    """Told in the order in which it happens: an alarm takes its time."""
    await _before(scene)
    await _above_the_limit(scene)
    await _rundown(scene)
    await _panels(scene)
    await _pane(scene)
    await _alarm(scene)
    await _hall(scene)
    await _beside(scene)
    await _signing(scene)
    await _on_air(scene)
    await _after(scene)
    assert not scene.axe.found, scene.axe.said()
    assert not scene.phone.found, scene.phone.said()
    assert len(scene.axe.looked) > 50


async def _before(scene: Scene) -> None:
    await scene.desks("primary").wait_for()
    await scene.at_desk("draft")
    await scene.halls("join").wait_for()
    await scene.in_hall("before it is open")
    await scene.axe.look(scene.watched.page, "observer, before")
    await scene.moderator.command(m.PhaseSet(phase="lobby"))
    await expect(scene.desks("primary")).to_have_attribute("data-act", "start")
    await expect(scene.halls("join")).not_to_have_attribute("aria-disabled", "true")
    await scene.at_desk("lobby")
    await scene.in_hall("before joining")
    await scene.halls("join").click()
    await scene.halls("help-open").wait_for()
    await scene.in_hall("lobby")
    await scene.moderator.command(m.PhaseSet(phase="live"))
    await expect(scene.desks("primary")).to_have_attribute("data-act", "item")


async def _above_the_limit(scene: Scene) -> None:
    """Rises to an alarm while other things are looked at."""
    send = scene.moderator.command
    await send(m.CountAllow(room=HALL, limit=14, reason="Tim medis"))
    await send(m.CountSet(room=HALL, value=14))
    await send(m.CountAllow(room=HALL, limit=12, reason="Tim medis sudah keluar"))


async def _rundown(scene: Scene) -> None:
    await scene.at_desk("rundown")
    await scene.desk.page.locator(".rl .row").first.click()
    await scene.desks("item-detail").wait_for()
    await scene.at_desk("an item opened")
    await scene.dialog("item-edit", "item form")
    await scene.dialog("item-remove", "item to be removed")
    await scene.dialog("rundown-import", "rundown import")
    await scene.dialog("documents-open", "documents")
    await scene.desks("item-add").click()
    await scene.desks("item-save").click()
    await scene.at_desk("item form with faults")
    await scene.desk.page.keyboard.press("Escape")
    await scene.dialog("keys", "keys")
    await scene.dialog("black", "black-out asked")
    await scene.dialog("end", "end asked")


async def _panels(scene: Scene) -> None:
    await scene.panel("roll")
    await scene.at_desk("roll call")
    await scene.desks("roll-take").click()
    await scene.desks("absentees").wait_for()
    await scene.at_desk("roll call taken")
    await scene.panel("messages")
    await scene.desk.page.keyboard.type("Mohon berdiri")
    await scene.desk.page.keyboard.press("Enter")
    await scene.desks("cue-read").wait_for()
    await scene.at_desk("messages")
    await scene.in_hall("a message")
    await scene.halls("cue-seen").click()
    await scene.panel("pact")
    await scene.at_desk("pact")
    await scene.dialog("pact-edit", "pact's text")
    await scene.dialog("pact-documents", "documents from the pact")
    await scene.desk.page.locator(f'[data-pact-room="{HALL}"] .row').click()
    await scene.desks("signatory-add").click()
    await scene.at_desk("a signatory is named")
    await scene.desk.page.keyboard.press("Escape")


async def _pane(scene: Scene) -> None:
    await scene.pane(OTHER)
    await scene.at_desk("an absent room")
    await scene.desks("pane-close").click()
    await scene.pane(HALL)
    await scene.at_desk("a room")
    await scene.desks("allow-more").click()
    await scene.at_desk("more are allowed")
    await scene.desk.page.locator("#panetab-list").click()
    await scene.at_desk("a room's list")
    await scene.dialog("records-open", "records")
    await scene.desk.page.locator("#panetab-room").click()
    await scene.desks("zones-open").click(timeout=ALARM_S * 1000)
    await scene.desks("zones").wait_for()
    await scene.desks("zone-add").click()
    await scene.at_desk("zones")
    await scene.desks("zones-close").click()
    await scene.at_desk("zones that would be lost")
    await scene.desks("zones-close").click()
    await scene.desks("pane-close").click()


async def _alarm(scene: Scene) -> None:
    await scene.panel("events")
    card = scene.desk.page.locator(f'[data-task="alarm"][data-task-room="{HALL}"]')
    await card.wait_for(timeout=ALARM_S * 1000)
    await scene.moderator.command(m.HelpCall(room=OTHER, text="Suara hilang"))
    await scene.desk.page.locator('[data-task="help"]').wait_for()
    await scene.at_desk("events")
    await scene.desks("loud").wait_for(timeout=ALARM_S * 1000)
    await scene.at_desk("an alarm that nobody heeds")
    await scene.halls("hall-alarm").wait_for()
    await scene.in_hall("above its limit")
    for key, name in (("a", "an alarm is marked"), ("l", "an alarm is allowed")):
        await scene.desk.page.keyboard.press(key)
        await scene.desk.page.locator("dialog[open]").wait_for()
        await scene.desk.page.keyboard.press("Enter")
        await scene.at_desk(name)
        await scene.desk.page.keyboard.press("Escape")
    await scene.moderator.command(
        m.CountAcknowledge(room=HALL, kind="over", reason="Petugas medis")
    )
    await expect(scene.desks("loud")).to_have_count(0)
    await scene.moderator.command(m.CountSet(room=HALL, value=5))


async def _hall(scene: Scene) -> None:
    page = scene.hall.page
    await scene.in_hall("in session")
    await scene.halls("attendance-open").click()
    await scene.in_hall("its list")
    await scene.halls("person-add").click()
    await scene.halls("enter-yes").click()
    await scene.in_hall("a person without a name")
    await page.keyboard.type("Budi Santoso")
    await page.keyboard.press("Enter")
    await scene.halls("person-leave").wait_for()
    await scene.in_hall("a person on its list")
    await page.keyboard.press("Escape")
    await scene.halls("attendance-close").click()
    await scene.halls("help-open").click()
    await scene.in_hall("calling a technician")
    await scene.halls("help-call").click()
    await scene.halls("help-cancel").wait_for()
    await scene.in_hall("a technician called")
    await scene.halls("help-cancel").click()
    await scene.halls("add-device").click()
    await page.locator("dialog[open]").wait_for()
    await scene.in_hall("settings and devices")
    await page.keyboard.press("Escape")
    await scene.halls("mic").click()
    await scene.halls("hand").click()
    await expect(scene.desks("show")).to_be_visible()
    await scene.in_hall("hand raised, microphone turned")
    await scene.at_desk("a hand raised")


async def _beside(scene: Scene) -> None:
    """An announcement, and a private line from its ringing to its end."""
    desk, hall = scene.desk.page, scene.hall.page
    await desk.keyboard.press("u")
    await scene.desks("announcing").wait_for()
    await scene.halls("from-hub").locator("p").first.wait_for()
    await scene.at_desk("announcing")
    await scene.in_hall("an announcement")
    await desk.keyboard.press("u")
    await expect(scene.halls("from-hub")).to_have_text("")
    await scene.pane(HALL)
    await desk.keyboard.press("f")
    line = scene.halls("private-line")
    await expect(line).to_have_attribute("data-voice", "ringing")
    await scene.at_desk("calling a hall")
    await scene.in_hall("it is called")
    await hall.keyboard.press("y")
    for one in (line, scene.desks("private-line")):
        await expect(one).to_have_attribute("data-here", "true")
    await hall.keyboard.press("w")
    await hall.keyboard.type("Proyektor sudah menyala")
    await hall.keyboard.press("Enter")
    await expect(scene.desks("line-said")).to_contain_text("menyala")
    await scene.at_desk("a private line")
    await scene.in_hall("a private line")
    await desk.keyboard.press("q")
    await expect(line).to_have_attribute("data-voice", "ended")
    await scene.at_desk("a private line that has ended")
    await scene.in_hall("a private line that has ended")
    await hall.keyboard.press("Escape")
    for page in (desk, hall):
        await page.keyboard.press("q")
        await expect(page.get_by_test_id("private-line")).to_have_count(0)
    await scene.desks("pane-close").click()


async def _signing(scene: Scene) -> None:
    page = scene.hall.page
    await scene.moderator.command(m.PactShow(point=2))
    await scene.halls("pact-open").click()
    await scene.in_hall("pact")
    for kind, name in (("signatory", "Siti Aminah"), ("witness", "Dewi")):
        await scene.halls(f"{kind}-add").click()
        await scene.halls(f"{kind}-save").click()
        await scene.in_hall(f"{kind} without a name")
        await scene.halls(f"{kind}-name").fill(name)
        await page.keyboard.press("Enter")
        await expect(scene.halls(f"{kind}-name")).to_have_count(0)
    await scene.halls("pact-read").click()
    await scene.in_hall("the whole text")
    await page.keyboard.press("Escape")
    await scene.halls("signatory-sign").click()
    await scene.in_hall("signing is not open")
    await scene.moderator.command(m.PactOpen(on=True))
    await scene.halls("have-read").check()
    await scene.in_hall("signing on the pad")
    await scene.halls("by-keyboard").click()
    await scene.halls("typed-name").fill("siti aminah")
    await scene.halls("typed-sure").check()
    await scene.in_hall("signing by keyboard")
    await scene.halls("sign").click()
    await expect(scene.halls("sheet")).to_have_attribute("data-signed", "true")
    await scene.in_hall("signed")
    await page.keyboard.press("Escape")
    await scene.in_hall("pact signed")
    await scene.halls("pact-close").click()
    await scene.panel("pact")
    row = scene.desk.page.locator(f'[data-pact-room="{HALL}"] .row')
    if await row.get_attribute("aria-expanded") == "false":
        await row.click()
    await scene.desks("pact-strike").click()
    await scene.desks("strike-yes").click()
    await scene.at_desk("a signature is struck out")
    await scene.desk.page.keyboard.type("Salah orang")
    await scene.desk.page.keyboard.press("Enter")
    await scene.desks("pact-struck").wait_for()
    await scene.at_desk("a signature was struck out")


async def _on_air(scene: Scene) -> None:
    send, view = scene.moderator.command, scene.moderator.view
    assert view
    mine = next(item for item in view.rundown.items if item.room == HALL)
    await send(m.RundownAdvance(current=None, item=mine.id))
    await scene.halls("time-left").wait_for()
    await scene.in_hall("on air")
    await scene.panel("rundown")
    await scene.at_desk("a hall on air")
    await scene.axe.look(scene.watched.page, "observer, a hall on air")
    await scene.desk.page.keyboard.press("Space")  # the next hall is not here
    await scene.desks("stuck").wait_for()
    await scene.at_desk("Lanjut was refused")
    await send(m.SpotlightBlack(on=True))
    await scene.desks("shown").wait_for()
    await scene.at_desk("black")
    await scene.in_hall("black")
    await scene.axe.look(scene.watched.page, "observer, black")
    await send(m.SpotlightBlack(on=False))


async def _after(scene: Scene) -> None:
    await scene.moderator.command(m.PhaseSet(phase="closed"))
    await scene.desks("records-open").wait_for()
    await scene.at_desk("closed")
    await scene.dialog("documents-open", "documents of a closed session")
    await scene.hall.page.locator(".ended").wait_for()
    await scene.in_hall("closed")
    await scene.axe.look(scene.watched.page, "observer, closed")
