"""The programme for those who only look: on the hall's second screen, and in another site's page.

Both tests share one conference, with one agent's hall to be put on air.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, ConsoleMessage, Frame, Page

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.e2e.axe import Axe, scripts
from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import RoomPage
from tests.e2e.service import Service, agent
from tests.e2e.until import until

pytestmark = [
    needs_chromium,
    pytest.mark.browser,
    pytest.mark.patient(40),
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(120),
]
OWN, OTHER, HUB = "64.02", "64.08", "64"
FRAMES = """() => {
    const video = document.querySelector("[data-air] video, [data-testid=embed] video");
    return video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
}"""


@dataclass
class Scene:
    service: Service
    moderator: Client
    browser: Browser
    site: str
    """Another site, which the server names; under `localhost` it is one that it does not."""

    def link(self, room: str) -> str:
        """Of a hall's display."""
        return self.service.link("observer", room).url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    runner = web.AppRunner(_site())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    site = f"http://127.0.0.1:{port}"
    service = Service(tmp_path_factory.mktemp("display"), head=f'embed_origins = ["{site}"]\n')
    await service.start()
    try:
        async with (
            Client(*parse_link(service.link("moderator").url), rng=random.Random(1)) as moderator,
            agent(service, service.link("operator", OTHER)),
            chromium() as browser,
        ):
            await moderator.ready(10)
            await moderator.until(lambda view: _present(view, OTHER), 30)
            yield Scene(service, moderator, browser, site)
    finally:
        await service.stop()
        await runner.cleanup()


def _site() -> web.Application:
    """Every address is a page with a frame of what ?shows= names."""

    async def page(request: web.Request) -> web.StreamResponse:
        frame = f'<iframe allow="autoplay; fullscreen" src="{request.query["shows"]}"></iframe>'
        return web.Response(
            text=f"<!doctype html><title>situs</title>{frame}", content_type="text/html"
        )

    async def icon(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=204)

    app = web.Application()
    app.add_routes([web.get("/", page), web.get("/favicon.ico", icon)])
    return app


def _present(view: m.View, code: str) -> bool:
    return any(room.code == code and room.publishing for room in view.rooms)


async def _moves(shown: Page | Frame, timeout: float = 20) -> None:
    """New frames of the large picture come."""
    before = await shown.evaluate(FRAMES)
    await until(
        lambda: shown.evaluate(FRAMES), lambda frames: frames > before + 5, timeout, "it moves"
    )


async def _shows(shown: Page, room: str) -> None:
    await shown.locator(f"[data-air='{room}']").wait_for()


async def test_a_halls_second_screen_follows_the_programme_and_comes_back(scene: Scene) -> None:
    axe, link = Axe(), scene.service.link("operator", OWN).url
    room = await RoomPage.open(scene.browser, link, scripts=scripts("id", "light"))
    await room.join()
    await room.page.get_by_test_id("hand").wait_for()
    await room.page.keyboard.press("l")
    await room.page.locator(".second-screen img.qr").wait_for()
    await axe.look(room.page, "second screen")
    async with room.page.expect_popup() as opening:
        await room.page.get_by_test_id("display-open").click()
    beside = await opening.value
    await scene.moderator.command(m.FloorGive(room=OTHER))
    await beside.locator("[data-testid=display][data-source=page]").wait_for()
    await _shows(beside, OTHER)
    await _moves(beside)
    assert await beside.evaluate("__probe.states()") == [], "the line carries nothing twice"
    assert await beside.evaluate("__probe.sockets()") == 0
    await beside.get_by_test_id("hints").wait_for(state="detached")
    assert await beside.locator("button, input, a").count() == 0, "there is nothing to press"
    shown = beside.get_by_test_id("display")
    assert await shown.evaluate("(one) => getComputedStyle(one).cursor") == "none"

    alone = (
        await RoomPage.open(scene.browser, scene.link(OWN), scripts=scripts("id", "light"))
    ).page
    await alone.locator("[data-testid=display][data-source=own]").wait_for()
    await _shows(alone, OTHER)
    await _moves(alone)
    sounds = await alone.evaluate("[...document.querySelectorAll('audio')].map((one) => one.muted)")
    assert sounds
    assert all(sounds), "two of them would echo"
    (own,) = [one for one in _view(scene).rooms if one.code == OWN]
    assert len(own.devices) == 1, "it is no device of the hall"

    await scene.moderator.command(m.CueSend(cue="cue-00001", text="Bersiap", room=OWN))
    for page in (beside, alone):
        await page.get_by_test_id("cue").get_by_text("Bersiap").wait_for()
    await axe.look(alone, "display")
    assert not axe.found, axe.said()
    await scene.service.kill()
    for page in (beside, alone):
        await page.get_by_test_id("away").wait_for()
    await scene.service.start()
    for page in (beside, alone):
        await page.get_by_test_id("away").wait_for(state="detached", timeout=30_000)
        await _moves(page, 40)
    await scene.moderator.ready(20)
    await scene.moderator.command(m.FloorTake())
    for page in (beside, alone):
        await _shows(page, HUB)
    await scene.moderator.command(m.FloorGive(room=OTHER))
    await room.page.close()
    await beside.locator("[data-testid=display][data-source=own]").wait_for()
    await _moves(beside)
    await beside.context.close()
    await alone.context.close()


def _view(scene: Scene) -> m.View:
    assert scene.moderator.view is not None
    return scene.moderator.view


async def test_another_sites_page_plays_the_programme_if_the_server_names_it(scene: Scene) -> None:
    await scene.moderator.command(m.FloorGive(room=OTHER))
    context = await scene.browser.new_context(locale="id")
    page = await context.new_page()
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type != "info":
            said.append(f"{message.text} {message.location}")

    page.on("console", hear)
    embed = scene.service.link("embed").url  # nothing of the fragment reaches the site's server
    where = embed.replace("#", "%23")
    await page.goto(f"{scene.site}/?shows={where}")
    frame = page.frame_locator("iframe")
    await frame.locator("[data-testid=embed][data-state=playing]").wait_for(timeout=20_000)
    await frame.get_by_test_id("shown").get_by_text("Kutai Timur").wait_for()
    await _moves(page.frames[1])
    await scene.moderator.command(m.FloorTake())
    await frame.get_by_test_id("shown").get_by_text("Kalimantan Timur").wait_for()
    assert said == []
    other = scene.site.replace("127.0.0.1", "localhost")
    for site, shown in ((other, where), (scene.site, f"{scene.service.url}/layar")):
        said.clear()
        await page.goto(f"{site}/?shows={shown}")
        await until(_heard(said), lambda ancestors: ancestors, 10, "the browser says why")
        assert await frame.locator("#app").count() == 0
    await context.close()


def _heard(said: list[str]) -> Callable[[], Awaitable[bool]]:
    async def heard() -> bool:
        return any("frame-ancestors" in one for one in said)

    return heard
