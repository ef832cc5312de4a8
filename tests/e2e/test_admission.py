"""Where the moderator admits each device: a hall waits at the door, is let in or turned away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import ControlRoom, RoomPage
from tests.e2e.service import Service

pytestmark = [pytest.mark.browser, pytest.mark.patient(15), needs_chromium]


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    service = Service(tmp_path, more='[conferences.policy]\nadmission = "ask"\n')
    await service.start()
    yield service
    await service.stop()


async def test_a_hall_is_seen_once_the_moderator_lets_it_in(service: Service) -> None:
    hall, other = service.operators()[1:3]  # the first one is next, which its tile says before
    assert hall.room
    async with chromium() as browser:
        control = await ControlRoom.open(browser, service.link("moderator").url)
        room = await RoomPage.open(browser, hall.url)
        await room.page.get_by_role("button", name="Gabung", exact=True).click()
        await room.page.wait_for_selector(".hall[data-state=waiting]")
        assert (await control.tiles())[hall.room].state == "waiting"

        await control.page.get_by_text("Peristiwa").click()
        task = control.page.locator(f'[data-task=waiting][data-task-room="{hall.room}"]')
        await task.get_by_role("button", name="Terima").click()
        await room.page.wait_for_selector(".hall[data-state=live]")
        await control.until_all_move({hall.room}, 10)

        turned_away = await RoomPage.open(browser, other.url)
        await turned_away.page.get_by_role("button", name="Gabung", exact=True).click()
        await turned_away.page.wait_for_selector(".hall[data-state=waiting]")
        task = control.page.locator(f'[data-task=waiting][data-task-room="{other.room}"]')
        await task.get_by_role("button", name="Tolak").click()
        await turned_away.page.get_by_text("Moderator mengeluarkan perangkat ini").wait_for()
