"""A hall's camera is counted, from the fake camera's picture to the moderator's wall and alarm."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import ControlRoom, RoomPage
from tests.e2e.service import Service
from tests.e2e.stage import PHOTOGRAPHS, Camera, Scene, drawn, photographed
from tests.e2e.until import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.patient(60),
    pytest.mark.timeout(400),
    needs_chromium,
]

HALL = "64.02"
INTERVAL_S = 5
LOOKS = 3
"""So many of the last five decide their median: the figure has followed after three."""
TRAVEL_S = 10.0
"""From the camera's file to a key frame that is looked at, and from there to the page; the counter
gives way to whatever else runs."""
FOLLOWS_S = LOOKS * INTERVAL_S + TRAVEL_S
START_S = 30.0
HEADCOUNT = f"[headcount]\ninterval_s = {INTERVAL_S}\n"
Scenes = tuple[Scene, Scene, Scene]
"""Some, eleven, more than twelve."""


def drawings() -> Scenes:
    return drawn(9), drawn(11), drawn(13)


def photographs() -> Scenes:
    dim, stairs = "dlib_2008_007676.jpg", "human_stock_group_1.jpg"
    seven, four = "dlib_2007_007763.jpg", "azure_identification1.jpg"
    return photographed(dim), photographed(seven, four), photographed(stairs)


KINDS = [drawings, *([photographs] if PHOTOGRAPHS.is_dir() else [])]


@pytest.mark.parametrize("scenes", KINDS, ids=lambda one: one.__name__)
async def test_the_moderator_sees_what_the_camera_shows(tmp_path: Path, scenes: Any) -> None:
    some, near, over = await asyncio.to_thread(scenes)
    assert (some.faces < 11, near.faces, over.faces > 12) == (True, 11, True)
    camera = Camera(tmp_path / "camera.y4m", some)
    service = Service(tmp_path, root=HEADCOUNT)
    async with AsyncExitStack() as stack:
        await service.start()
        stack.push_async_callback(service.stop)
        there = await stack.enter_async_context(chromium([camera.flag]))
        here = await stack.enter_async_context(chromium())
        desk = await ControlRoom.open(here, service.link("moderator").url)
        room = await RoomPage.open(there, service.link("operator", HALL).url)
        await room.join()
        tile = desk.page.locator(f'.tile[data-room="{HALL}"]')
        warning = tile.locator(".seen")

        async def seen() -> tuple[str | None, str | None]:
            return await tile.get_attribute("data-estimate"), await tile.get_attribute(
                "data-quality"
            )

        async def follows(scene: Scene | None, quality: str, within: float) -> float:
            """Seconds until the wall shows it."""
            camera.shows(scene)
            began, figure = time.monotonic(), str(scene.faces) if scene else ""
            await until(seen, lambda now: now == (figure, quality), within, f"{scene}")
            return time.monotonic() - began

        await follows(some, "ok", START_S)
        await tile.hover()
        sources = tile.locator(".sources")
        await sources.wait_for(state="visible")
        assert f"kamera kira-kira {some.faces}" in (await sources.text_content() or "")
        assert await warning.count() == 0

        took = {"eleven": await follows(near, "ok", FOLLOWS_S)}
        assert await warning.get_attribute("data-tone") == "near"
        assert await counts(service) == []

        took["over"] = await follows(over, "ok", FOLLOWS_S)
        assert await warning.get_attribute("data-tone") == "over"
        assert str(over.faces) in (await warning.text_content() or "")
        await desk.page.get_by_role("tab", name="Peristiwa").click()
        title = desk.page.get_by_text(
            f"Kutai Kartanegara: {over.faces}/12, melebihi kapasitas"
        ).first
        await title.wait_for(timeout=1000 * FOLLOWS_S)
        (alarm,) = await counts(service)
        assert (alarm["kind"], alarm["persons"], alarm["camera"]) == ("over", None, over.faces)

        took["black"] = await follows(None, "covered", INTERVAL_S + TRAVEL_S)
        assert await warning.count() == 0
        await tile.click()
        figure = desk.page.locator('[data-testid="pane-estimate"]')
        assert await figure.text_content() == "kamera tertutup"
        (alarm,) = await counts(service)
        assert alarm["ended_at"] is not None, "what cannot be seen is not above the limit"

        await desk.page.click('[data-testid="pane-counted"]')
        await until(seen, lambda now: now == ("", ""), 5, "not counted any more")
        assert await figure.text_content() == "tidak dihitung"
        print({name: round(seconds, 1) for name, seconds in took.items()})
        assert not room.complaints
        assert not desk.complaints


async def counts(service: Service) -> list[dict[str, Any]]:
    """The hall's alarms so far, as a moderator is told."""
    link = service.link("moderator")
    head = {"Authorization": f"Bearer {link.token}"}
    async with ClientSession(service.url, headers=head) as session:
        path = f"/api/v1/conferences/kaltim-2020/counts.json?room={HALL}"
        async with session.get(path) as answer:
            (room,) = (await answer.json())["rooms"]
            found: list[dict[str, Any]] = room["alarms"]
            return found


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
