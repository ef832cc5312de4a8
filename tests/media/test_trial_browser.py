"""Real Chromium at the far end of trial legs, with the legs in the worker process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page

from tests.media.test_browser import browser, shared  # noqa: F401  # fixtures
from vicon.measure import testclip
from vicon.media.engine import EmbeddedEngine
from vicon.ops.clock import SystemClock
from vicon.ports import LegKind

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PAGE = Path(__file__).with_name("trial.html").read_text()
LEG = ("kaltim", "browser")
ENCODED_KBPS = 1500
"""What Chromium encodes of noise in software even on two busy cores; an unpinned sender begins
with 300."""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("cache")
    testclip.load(made)
    return made


@pytest_asyncio.fixture(loop_scope="module")
async def engine(cache: Path) -> AsyncIterator[EmbeddedEngine]:
    made = EmbeddedEngine(SystemClock(), cache=cache)
    await made.start()
    yield made
    await made.close()


@pytest_asyncio.fixture(loop_scope="module")
async def origin() -> AsyncIterator[str]:
    async def page(request: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    app = web.Application()
    app.router.add_get("/", page)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}/"
    await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="module")
async def page(engine: EmbeddedEngine, origin: str, browser: Browser) -> Page:  # noqa: F811
    async def call_leg(kind: LegKind, offer: str) -> str:
        return await engine.leg_open(*LEG, kind, offer)

    made = await browser.new_page()
    await made.expose_function("callLeg", call_leg)
    await made.goto(origin)
    return made


async def test_a_path_connects(page: Page) -> None:
    assert await page.evaluate("path()") == "connected"


async def test_a_call_is_measured_both_ways(page: Page, engine: EmbeddedEngine) -> None:
    assert await page.evaluate("call()") == "connected"
    await engine.leg_send(*LEG, "360p", 0)
    await asyncio.sleep(3)
    await engine.leg_mark(*LEG)
    before = await page.evaluate("framesDecoded()")
    await asyncio.sleep(3)
    report = await engine.leg_read(*LEG)
    assert report.up is not None
    assert report.down is not None, "the browser sends no transport-wide feedback"
    assert report.up.packets > 100
    assert report.down.packets > 100
    assert report.round_trips is not None
    assert report.round_trips.answered > 20
    assert report.picture is not None
    assert report.picture.frames > 10
    assert await page.evaluate("framesDecoded()") > before + 10
    seen = await engine.leg_collect(*LEG)
    assert seen.frames
    assert seen.packets


async def test_a_pinned_sender_fills_the_line_up(page: Page, engine: EmbeddedEngine) -> None:
    assert await page.evaluate("load(5200)") == "connected"
    report = await engine.leg_load_up(*LEG, 4.0, None)
    assert report.kbps is not None
    assert report.kbps > ENCODED_KBPS


async def test_a_pinned_sender_follows_its_ramp(page: Page, engine: EmbeddedEngine) -> None:
    """What maxBitrate says holds, below the pinned least rate too."""
    assert await page.evaluate("load(500)") == "connected"
    measuring = asyncio.create_task(engine.leg_load_up(*LEG, 6.0, None))
    await page.evaluate("climb(500, 5200, 3, 3.5)")
    report = await measuring
    assert report.kbps is not None
    assert report.kbps > ENCODED_KBPS
    first = [kbps for at, _, kbps in report.steps if at <= 1.0]
    assert first
    assert max(first) < max(0.8 * report.kbps, 2400), "the ramp has then come to 2067"
