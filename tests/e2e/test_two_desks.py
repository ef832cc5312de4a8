"""Two moderators at two desks in Chromium: each sees what the other did, and by whom."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import FLOOR_REST_MS, ControlRoom
from tests.e2e.service import Service

pytestmark = [
    pytest.mark.browser,
    pytest.mark.patient,
    pytest.mark.timeout(120),
    needs_chromium,
]

SECOND = '[[conferences.moderators]]\nname = "Budi"\n'
FIRST_NAME, SECOND_NAME = "Pemandu acara Provinsi", "Budi"
SEEN_MS = 15_000


@pytest.fixture
async def desks(tmp_path: Path) -> AsyncIterator[list[ControlRoom]]:
    expect.set_options(timeout=SEEN_MS)
    async with AsyncExitStack() as stack:
        service = Service(tmp_path, more=SECOND)
        await service.start()
        stack.push_async_callback(service.stop)
        browser = await stack.enter_async_context(chromium())
        links = [link for link in service.links if link.role == "moderator"]
        opened = [await ControlRoom.open(browser, link.url) for link in links]
        for desk in opened:
            await desk.page.locator("#tab-rundown").wait_for()
        yield opened


async def test_each_sees_what_the_other_did(desks: list[ControlRoom]) -> None:
    first, second = desks
    await first.page.get_by_test_id("primary").click()
    deed = second.page.get_by_test_id("deed")
    await expect(deed).to_contain_text(f"Sesi dimulai · oleh {FIRST_NAME}")
    await first.page.wait_for_timeout(FLOOR_REST_MS)
    await first.page.keyboard.press("Space")
    await expect(deed).to_contain_text(f"Lanjut: Pembukaan oleh pembawa acara · oleh {FIRST_NAME}")
    await expect(second.page.get_by_test_id("item-number")).to_have_text("item 1/25")
    await second.page.keyboard.press("k")
    await expect(first.page.get_by_test_id("deed")).to_contain_text(
        f"Mikrofon dikunci: Semua ruang · oleh {SECOND_NAME}"
    )
    await expect(first.page.get_by_test_id("lock")).to_have_attribute("aria-pressed", "true")
    await _both_at_once(desks)
    await second.page.keyboard.press("e")
    told = second.page.get_by_test_id("deeds")
    await expect(told).to_contain_text(f"Sesi dimulai · oleh {FIRST_NAME}")
    await expect(told).not_to_contain_text("Mikrofon dikunci")
    await expect(deed).to_have_count(0)  # it goes by itself, the list stays
    assert [one for desk in desks for one in desk.complaints] == []


async def _both_at_once(desks: list[ControlRoom]) -> None:
    """One Lanjut of two is done; whose was not is told who was quicker."""
    for desk in desks:
        await desk.page.wait_for_timeout(FLOOR_REST_MS)
    await asyncio.gather(*(desk.page.keyboard.press("Space") for desk in desks))
    for desk in desks:
        number = desk.page.get_by_test_id("item-number")
        await expect(number).to_have_text("item 2/25")
    await desks[0].page.wait_for_timeout(FLOOR_REST_MS)
    for desk in desks:
        await expect(desk.page.get_by_test_id("item-number")).to_have_text("item 2/25")
    counts = [await desk.page.get_by_text("Menyanyikan lagu Indonesia Raya · oleh").count()
              for desk in desks]  # fmt: skip
    assert sum(counts) == 1, "one of them did it, the other was told"
