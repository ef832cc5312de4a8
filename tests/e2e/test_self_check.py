"""The join page checks its hall's line by itself, within 15 s, and is in nobody's way."""

from __future__ import annotations

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
FIRST_MS = 30_000
"""The first trial of an installation makes the test clip, which is kept."""


async def test_a_check_of_15_seconds_that_does_not_hold_up(
    service: Service, tmp_path: Path
) -> None:
    camera = capture.camera(tmp_path, "hall")
    microphone = capture.microphone(tmp_path / "speech.wav", "speech")
    async with chromium(capture.flags(camera, microphone)) as browser, technician(service) as desk:
        room = await RoomPage.open(browser, service.link("operator", ROOM).url)
        check = room.page.locator('[data-testid="self-check"]')
        again = room.page.locator('[data-testid="check-line"]')
        await expect(check).to_have_attribute("data-check", "over", timeout=FIRST_MS)
        first = set(desk.runs)
        await again.click()
        await expect(check).to_have_attribute("data-check", "running")
        await expect(check).to_have_attribute("data-check", "over", timeout=FIRST_MS)
        await expect(check).to_contain_text("720p")
        (run,) = [one for one in desk.runs.values() if one.id not in first]
        assert run.kind == "quick"
        assert run.ended_at is not None
        assert run.ended_at - run.started_at < CHECK_MS
        await again.click()
        await expect(check).to_have_attribute("data-check", "running")
        await room.join()
        await expect(check).to_have_count(0)
        known = {*first, run.id}
        await until(desk, lambda one: one.id not in known and one.state == "stopped", 10)
    assert not room.complaints
