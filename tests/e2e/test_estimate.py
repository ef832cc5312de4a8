"""A hall's camera is counted, from the fake camera's picture to the moderator's wall."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import ControlRoom, RoomPage
from tests.e2e.service import Service
from tests.e2e.until import until
from tests.vision.people import hall

pytestmark = [
    pytest.mark.browser,
    pytest.mark.patient,
    pytest.mark.timeout(400),
    needs_chromium,
]

HALL = "64.02"
INTERVAL_S = 5
WIDTH, HEIGHT, FPS = 640, 360, 4
SCENE_S = 25
"""The median of five looks has followed by then, and stays a while."""
HEADCOUNT = f"[headcount]\ninterval_s = {INTERVAL_S}\n"


def footage(path: Path, persons: Sequence[int | None]) -> None:
    """A camera's picture: so many drawn persons for SCENE_S each; None: a hand over the lens."""
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FPS}:1 Ip A1:1 C420jpeg\n".encode())
        for count in persons:
            frames = [_frame(count, seed) for seed in range(6)]
            for n in range(SCENE_S * FPS):
                file.write(b"FRAME\n" + frames[n % len(frames)])


def _frame(count: int | None, seed: int) -> bytes:
    if count is None:
        picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    else:
        picture = hall(count, width=WIDTH, height=HEIGHT, head=35 + seed, seed=seed)
    return cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420).tobytes()


async def test_the_moderator_sees_what_the_camera_shows(tmp_path: Path) -> None:
    camera = tmp_path / "camera.y4m"
    await asyncio.to_thread(footage, camera, [9, 13, None])
    service = Service(tmp_path, root=HEADCOUNT)
    async with AsyncExitStack() as stack:
        await service.start()
        stack.push_async_callback(service.stop)
        flag = f"--use-file-for-fake-video-capture={camera}"
        there = await stack.enter_async_context(chromium([flag]))
        here = await stack.enter_async_context(chromium())
        desk = await ControlRoom.open(here, service.link("moderator").url)
        room = await RoomPage.open(there, service.link("operator", HALL).url)
        await room.join()
        tile = desk.page.locator(f'.tile[data-room="{HALL}"]')

        async def seen() -> tuple[str | None, str | None]:
            return await tile.get_attribute("data-estimate"), await tile.get_attribute(
                "data-quality"
            )

        whole_turn = 3 * SCENE_S + 10
        await until(seen, lambda now: now == ("9", "ok"), whole_turn, "nine persons")
        await tile.hover()
        sources = tile.locator(".sources")
        await sources.wait_for(state="visible")
        assert "kamera kira-kira 9" in (await sources.text_content() or "")
        await until(seen, lambda now: now == ("13", "ok"), whole_turn, "thirteen")
        warning = tile.locator(".seen")
        assert await warning.get_attribute("data-tone") == "over"
        assert "13" in (await warning.text_content() or "")
        await until(seen, lambda now: now == ("", "covered"), whole_turn, "a hand over the lens")
        assert await warning.count() == 0
        await tile.click()
        figure = desk.page.locator('[data-testid="pane-estimate"]')
        assert await figure.text_content() == "kamera tertutup"

        await desk.page.click('[data-testid="pane-counted"]')
        await until(seen, lambda now: now == ("", ""), 5, "not counted any more")
        assert await figure.text_content() == "tidak dihitung"
    assert not room.complaints
    assert not desk.complaints


async def test_the_hall_reads_that_it_is_counted_and_can_stop_that(tmp_path: Path) -> None:
    service = Service(tmp_path, root=HEADCOUNT)
    async with AsyncExitStack() as stack:
        await service.start()
        stack.push_async_callback(service.stop)
        browser = await stack.enter_async_context(chromium())
        room = await RoomPage.open(browser, service.link("operator", HALL).url)
        notice = room.page.locator('[data-testid="camera-notice"]')
        await notice.wait_for()
        assert "tidak menyimpan wajah" in (await notice.text_content() or "")
        button = notice.locator('[data-testid="counted"]')
        await button.click()
        await notice.get_by_text("tidak dihitung").wait_for()
        await button.press("Enter")
        await notice.get_by_text("tidak menyimpan wajah").wait_for()
