"""The join page checks its hall's line by itself, within 15 s, and is in nobody's way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e import capture
from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import RoomPage
from tests.e2e.service import Service
from tests.e2e.trials import technician, until

pytestmark = [needs_chromium, pytest.mark.browser, pytest.mark.timeout(120)]
ROOM = "64.02"
CHECK_MS = 15_000
CLIP_S = 30
PATIENCE_MS = 30_000


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """An installation that was started for the first time a moment ago."""
    service = Service(tmp_path, fresh=True)
    await service.start()
    async with asyncio.timeout(CLIP_S):
        while not service.clip.exists():
            await asyncio.sleep(0.1)
    yield service
    await service.stop()


async def test_a_check_of_15_seconds_that_does_not_hold_up(
    service: Service, tmp_path: Path
) -> None:
    camera = capture.camera(tmp_path, "hall")
    microphone = capture.microphone(tmp_path / "speech.wav", "speech")
    async with chromium(capture.flags(camera, microphone)) as browser, technician(service) as desk:
        room = await RoomPage.open(browser, service.link("operator", ROOM).url)
        check = room.page.locator('[data-testid="self-check"]')
        again = room.page.locator('[data-testid="check-line"]')
        await expect(check).to_have_attribute("data-check", "over", timeout=PATIENCE_MS)
        (first,) = desk.runs.values()
        assert first.ended_at is not None
        assert first.ended_at - first.started_at < CHECK_MS
        await again.click()
        await expect(check).to_have_attribute("data-check", "running")
        await expect(check).to_have_attribute("data-check", "over", timeout=PATIENCE_MS)
        await expect(check).to_contain_text("720p")
        (run,) = [one for one in desk.runs.values() if one.id != first.id]
        assert run.kind == "quick"
        assert run.ended_at is not None
        assert run.ended_at - run.started_at < CHECK_MS
        await again.click()
        await expect(check).to_have_attribute("data-check", "running")
        await room.join()
        await expect(check).to_have_count(0)
        known = {first.id, run.id}
        await until(desk, lambda one: one.id not in known and one.state == "stopped", 10)
    assert not room.complaints
