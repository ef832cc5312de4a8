"""A moderator broadcasts: the halls' pages say so, and the public watches and hears the room on air
in a browser, also after the floor went on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from playwright.async_api import Page, expect

from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import VisitedPage
from tests.e2e.service import Service, rehearsal
from tests.e2e.until import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.patient(60),
    pytest.mark.timeout(240),
    needs_chromium,
]
ROOM = "64.08"
LOOK = """() => {
  const video = document.querySelector("video");
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [32, 18];
  const pen = canvas.getContext("2d");
  pen.drawImage(video, 0, 0, 32, 18);
  const pixels = [...pen.getImageData(0, 0, 32, 18).data].filter((_, i) => i % 4 !== 3);
  return {
    at: video.currentTime,
    size: [video.videoWidth, video.videoHeight],
    sound: video.webkitAudioDecodedByteCount,
    frames: video.getVideoPlaybackQuality().totalVideoFrames,
    pixels,
  };
}"""


async def _look(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = await page.evaluate(LOOK)
    return found


async def _command(service: Service, **body: str) -> None:
    known = {"Authorization": f"Bearer {service.link('moderator').token}"}
    at = f"{service.url}/api/v1/conferences/kaltim-2020/commands"
    asked = {"id": body["type"], "body": body}
    async with ClientSession(headers=known) as http, http.post(at, json=asked) as answer:
        assert answer.status == 200, await answer.text()


def _apart(a: list[int], b: list[int]) -> float:
    return sum(abs(x - y) for x, y in zip(a, b, strict=True)) / len(a)


async def test_the_public_watches_the_session_in_a_browser(tmp_path: Path) -> None:
    service = Service(tmp_path, root="[broadcast]\nhls = true\nheight = '360'\nkbps = 600\n")
    await service.start()
    try:
        await _watched(service)
    finally:
        await service.stop()


async def _watched(service: Service) -> None:
    async with chromium() as browser, rehearsal(service, 1):
        desk = await VisitedPage.open(browser, service.link("moderator").url)
        hall = await VisitedPage.open(browser, service.link("operator", ROOM).url)
        said = hall.page.get_by_test_id("aired")
        await expect(desk.page.locator(f'.tile[data-room="{ROOM}"]')).to_be_visible(timeout=30_000)
        await _command(service, type="phase.set", phase="live")
        await desk.page.keyboard.press(";")
        await desk.page.get_by_test_id("broadcast-start").click()
        await expect(said).to_contain_text("Sesi ini disiarkan")
        address = await desk.page.get_by_test_id("broadcast-page").input_value()
        public = await VisitedPage.open(browser, address)

        async def now() -> dict[str, Any]:
            return await _look(public.page)

        seen = await until(now, lambda one: one["at"] > 2 and one["frames"] > 20, 60, "it plays")
        assert seen["size"] == [640, 360]
        assert seen["sound"] > 0
        assert max(seen["pixels"]) > 40  # not black
        await until(now, lambda one: one["at"] > seen["at"] + 2, 30, "time goes on")

        # Who is on air changes: so does what the public sees.
        before = (await now())["pixels"]
        await desk.page.keyboard.press("Escape")
        await _command(service, type="floor.give", room=ROOM)
        await until(now, lambda one: _apart(one["pixels"], before) > 8, 40, "another room")
        await desk.page.keyboard.press(";")
        await desk.page.get_by_test_id("broadcast-stop").click()
        await expect(said).not_to_contain_text("Sesi ini disiarkan", timeout=15_000)
        await expect(public.page.locator("#said")).to_contain_text("sudah selesai", timeout=40_000)

        async def left() -> list[Path]:
            return list(Path(service.data, "broadcast").rglob("*.m4s"))

        await until(left, lambda files: not files, 20, "nothing of it is kept")
