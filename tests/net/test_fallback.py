"""A hall whose line loses packets, in the real pages: the picture goes and the sound stays, both
sides are told why, and it comes back by itself. A moderator's word is stronger."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.chromium import EXECUTABLE, chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.keyboard import Keyboard
from tests.e2e.pages import ControlRoom, Received, RoomPage
from tests.e2e.service import Service
from tests.e2e.until import until
from tests.net.badline import BadLine
from tests.net.conftest import needs_line
from tests.net.lab import HUB_ADDRESS

pytestmark = [
    pytest.mark.net,
    pytest.mark.browser,
    pytest.mark.timeout(180),
    needs_line,
    needs_chromium,
]

HALL = "64.02"
LOSS_PERCENT = 10
STEP_MS = 20_000
"""3 bad looks of 2 s, or good ones for 5 s, and what a busy machine takes besides."""


@dataclass
class Scene:
    line: BadLine
    desk: ControlRoom
    hall: RoomPage

    async def here(self) -> Received:
        """What the desk has of the hall."""
        return (await self.desk.received())[HALL]

    async def until_lines(self, least: int, most: int) -> None:
        """Until the hall's picture moves at the desk with so many lines."""

        async def look() -> tuple[int, int]:
            before = await self.here()
            await self.desk.page.wait_for_timeout(400)
            after = await self.here()
            return after.frames - before.frames, after.height

        def fits(seen: tuple[int, int]) -> bool:
            return seen[0] > 0 and least <= seen[1] <= most

        await until(look, fits, STEP_MS / 1000, f"a picture of {least} to {most} lines")


@pytest.fixture
async def scene(line: BadLine, tmp_path: Path) -> AsyncIterator[Scene]:
    """The hall is on air, on a clean line; Chromium at the desk too."""
    assert EXECUTABLE
    line.relay.set("both", delay_ms=15)
    service = Service(tmp_path, HUB_ADDRESS)
    there = line.wrapped(EXECUTABLE, tmp_path / "chromium-in-room", {})
    async with AsyncExitStack() as stack:
        await service.start()
        stack.push_async_callback(service.stop)
        secure = f"--unsafely-treat-insecure-origin-as-secure={service.url}"
        near = await stack.enter_async_context(chromium([secure]))
        far = await stack.enter_async_context(chromium([secure], there))
        desk = await ControlRoom.open(near, service.link("moderator").url)
        hall = await RoomPage.open(far, service.link("operator", HALL).url)
        await hall.join()
        await desk.until_all_move({HALL}, 30)
        await desk.give_floor(HALL)
        yield Scene(line, desk, hall)


async def test_the_picture_goes_the_sound_stays_and_both_sides_read_why(scene: Scene) -> None:
    desk, hall = scene.desk.page, scene.hall.page
    plate = desk.locator(f'.tile[data-room="{HALL}"] [data-plan]')
    row = hall.get_by_test_id("plan-row")
    await scene.until_lines(400, 720)
    await expect(row).to_have_attribute("data-level", "720p")
    await expect(row).to_be_empty()

    scene.line.relay.set("up", loss_percent=LOSS_PERCENT)
    await expect(row).to_have_attribute("data-level", "360p", timeout=STEP_MS)
    await expect(row).to_contain_text("Gambar diturunkan ke 360p: paket hilang")
    await expect(row).to_contain_text("Kembali sendiri bila jalur membaik")
    await expect(plate).to_have_attribute("data-plan", "360p")
    await expect(plate).to_contain_text("(unggah), 360p")

    await expect(row).to_have_attribute("data-level", "audio", timeout=STEP_MS)
    await expect(row).to_contain_text("Gambar dihentikan, suara tetap jalan: paket hilang")
    await expect(plate).to_contain_text("audio saja")
    await expect(hall.get_by_test_id("own")).to_contain_text("Gambar Anda dijeda")
    await desk.wait_for_timeout(1_000)  # what was on its way
    before = await scene.here()
    await desk.wait_for_timeout(2_000)
    after = await scene.here()
    assert after.frames == before.frames, "a picture came"
    assert after.energy > before.energy, "the sound went out"

    scene.line.relay.clean()
    await expect(row).to_have_attribute("data-level", "720p", timeout=2 * STEP_MS)
    await expect(row).to_contain_text("Jalur membaik, gambar kembali 720p.")
    await expect(plate).to_have_count(0)
    await scene.until_lines(400, 720)

    await pin_by_keyboard(desk)
    await expect(row).to_contain_text("Moderator menetapkan suara saja untuk ruang ini.")
    await expect(plate).to_contain_text("ditetapkan")


async def pin_by_keyboard(desk: Page) -> None:
    """The hall's pane is open since it got the floor: from its head on, by Tab."""
    await desk.locator(f'[data-pane="{HALL}"] #pane-title').focus()
    keys, wanted = Keyboard(desk), desk.get_by_test_id("plan-audio")
    await keys.act(wanted)
    assert keys.hidden == set()
    await expect(wanted).to_have_attribute("aria-pressed", "true")
