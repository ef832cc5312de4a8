"""Whatever breaks in the middle of an item, the ceremony goes on from that item with its time: a
hall that is lost, the moderator's page loaded anew, the server killed."""

from __future__ import annotations

import asyncio
import random
import re
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import FLOOR_REST_MS, ControlRoom
from tests.e2e.service import VICON, Child, Service, running

pytestmark = [
    pytest.mark.browser,
    pytest.mark.patient(40),
    pytest.mark.timeout(240),
    needs_chromium,
]

FIRST, SECOND = "64.08", "64.11"
"""The first two halls that are to sign."""
SEEN_S = 30.0
SLACK_S = 2.5
"""The page counts in whole seconds, once a second, and later on a busy machine."""
OUTAGE_S = 6.0
"""So long the server is away: a timer that stood still or began anew would show."""


@dataclass
class Scene:
    service: Service
    desk: ControlRoom
    moderator: Client
    halls: dict[str, Child]

    def at(self, name: str) -> Locator:
        return self.desk.page.get_by_test_id(name)

    async def lanjut(self) -> None:
        await self.desk.page.wait_for_timeout(FLOOR_REST_MS)
        await self.desk.page.keyboard.press("Space")

    async def presence(self, code: str, presence: m.Presence) -> None:
        await self.moderator.until(lambda view: _of(view, code).presence == presence, SEEN_S)

    async def left(self) -> float:
        """Seconds that the desk shows as left of the item; negative when it is over."""
        shown = self.at("item-left")
        await expect(shown).to_have_text(re.compile(r"\d+:\d\d"))
        text = await shown.inner_text()
        minutes, seconds = re.findall(r"(\d+):(\d\d)", text)[-1]
        whole = float(minutes) * 60 + float(seconds)
        return -whole if "lewat" in text else whole

    async def timer(self) -> tuple[float, float]:
        """When the time was read, and what stood there."""
        return time.monotonic(), await self.left()

    def item(self, code: str) -> m.ItemView:
        view = self.moderator.view
        assert view
        return next(one for one in view.rundown.items if one.room == code)

    def run(self, code: str) -> m.ItemRunView:
        view = self.moderator.view
        assert view
        id = self.item(code).id
        return next(one for one in view.conference.progress.runs if one.item == id)

    async def runs(self, code: str) -> None:
        """Server and page agree that this hall's item is on, and that it is on air."""
        id = self.item(code).id
        await self.moderator.until(
            lambda view: (view.conference.progress.current, view.conference.floor) == (id, code),
            SEEN_S,
        )
        await expect(self.at("programme")).to_have_attribute("data-air", code)
        row = self.desk.page.locator('.rl [aria-current="step"]')
        await expect(row).to_have_attribute("data-item", id)


def _of(view: m.View, code: str) -> m.RoomView:
    return next(one for one in view.rooms if one.code == code)


def _went_on(before: tuple[float, float], after: tuple[float, float]) -> None:
    """The time that was left went on as the clock did, no more and no less."""
    passed, counted = after[0] - before[0], before[1] - after[1]
    assert abs(counted - passed) <= SLACK_S, f"{counted} s counted in {passed:.1f} s"


def _hall(service: Service, code: str) -> AbstractAsyncContextManager[Child]:
    """An agent that takes its lost predecessor's place."""
    log = service.log.with_suffix(f".{code}.log")
    link = service.link("operator", code).url
    return running(log, VICON, "agent", link, "--take-over", "--json")


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """The first hall's item has begun, the second hall is there too."""
    expect.set_options(timeout=SEEN_S * 1000)
    async with AsyncExitStack() as stack:
        service = Service(tmp_path)
        await service.start()
        stack.push_async_callback(service.stop)
        halls = {
            code: await stack.enter_async_context(_hall(service, code)) for code in (FIRST, SECOND)
        }
        browser = await stack.enter_async_context(chromium())
        url, token = parse_link(service.link("moderator").url)
        moderator = await stack.enter_async_context(Client(url, token, rng=random.Random(1)))
        await moderator.ready(timeout=10)
        desk = await ControlRoom.open(browser, service.link("moderator").url)
        made = Scene(service, desk, moderator, halls)
        for code in halls:
            await made.presence(code, "joined")
        await made.at("primary").click()
        await moderator.until(lambda view: view.conference.phase == "live", SEEN_S)
        await moderator.command(m.RundownAdvance(current=None, item=made.item(FIRST).id))
        await made.runs(FIRST)
        yield made


async def test_the_ceremony_goes_on_from_the_same_item_with_the_same_time(scene: Scene) -> None:
    await _a_lost_hall(scene)
    await _a_page_loaded_anew(scene)
    await _a_killed_server(scene)
    await _a_server_killed_in_a_pause(scene)


async def _a_lost_hall(scene: Scene) -> None:
    """Lanjut to one changes nothing and says so; the hall on air may be lost too."""
    began, before = scene.run(FIRST).started_at, await scene.timer()
    await scene.halls[SECOND].end(signal.SIGKILL)
    await scene.presence(SECOND, "lost")
    await scene.lanjut()
    await expect(scene.at("stuck")).to_have_attribute("data-code", "room_absent")
    await scene.runs(FIRST)
    assert scene.run(FIRST).started_at == began
    _went_on(before, await scene.timer())
    await scene.halls[SECOND].start()
    await scene.presence(SECOND, "joined")
    await scene.halls[FIRST].end(signal.SIGKILL)
    await scene.presence(FIRST, "lost")
    await scene.runs(FIRST)
    _went_on(before, await scene.timer())
    await scene.lanjut()
    await scene.runs(SECOND)
    await expect(scene.at("stuck")).to_have_count(0)


async def _a_page_loaded_anew(scene: Scene) -> None:
    began, before = scene.run(SECOND).started_at, await scene.timer()
    await scene.desk.page.reload()
    await scene.runs(SECOND)
    _went_on(before, await scene.timer())
    assert scene.run(SECOND).started_at == began


async def _a_killed_server(scene: Scene) -> None:
    began, before = scene.run(SECOND).started_at, await scene.timer()
    await scene.service.kill()
    await expect(scene.at("away")).to_be_visible()
    await asyncio.sleep(OUTAGE_S)
    await scene.service.start()
    await scene.moderator.until(lambda view: scene.moderator.connected, SEEN_S)
    await scene.presence(SECOND, "joined")
    await scene.runs(SECOND)
    await expect(scene.at("away")).to_have_count(0)
    _went_on(before, await scene.timer())
    assert scene.run(SECOND).started_at == began


async def _a_server_killed_in_a_pause(scene: Scene) -> None:
    """The time stands still meanwhile; then all goes on by the space bar."""
    await scene.desk.page.keyboard.press("j")
    await expect(scene.at("item-left")).to_contain_text("dijeda")
    before = await scene.left()
    await scene.service.kill()
    await expect(scene.at("away")).to_be_visible()
    await asyncio.sleep(OUTAGE_S)
    await scene.service.start()
    await scene.moderator.until(lambda view: scene.moderator.connected, SEEN_S)
    await expect(scene.at("away")).to_have_count(0)
    await scene.runs(SECOND)
    await expect(scene.at("item-left")).to_contain_text("dijeda")
    assert abs(await scene.left() - before) <= 1
    await scene.moderator.command(m.RundownSkip(item=_following(scene), on=True))
    await scene.desk.page.keyboard.press("j")
    await scene.moderator.until(lambda v: v.conference.progress.paused_at is None, SEEN_S)
    assert abs(await scene.left() - before) <= SLACK_S


def _following(scene: Scene) -> str:
    view = scene.moderator.view
    assert view
    order = [one.id for one in view.rundown.items]
    return order[order.index(scene.item(SECOND).id) + 1]
