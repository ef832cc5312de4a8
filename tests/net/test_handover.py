"""A hall whose Wi-Fi goes and whose cable comes: another path, the same connections."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.e2e.chromium import EXECUTABLE, chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import RoomPage
from tests.e2e.service import Service, agent
from tests.e2e.until import until
from tests.net.lab import HUB_ADDRESS, lab, why_not
from tests.net.test_cut import _wrapper

ROOM = "64.02"
NO_LAB = why_not()


@needs_chromium
@pytest.mark.browser
@pytest.mark.net
@pytest.mark.patient(25)
@pytest.mark.skipif(bool(NO_LAB), reason=NO_LAB or "there is a lab")
async def test_from_wi_fi_to_cable(tmp_path: Path) -> None:
    assert EXECUTABLE
    with lab() as wire:
        service = Service(tmp_path, HUB_ADDRESS)
        async with AsyncExitStack() as stack:
            await service.start()
            stack.push_async_callback(service.stop)
            moderator = service.link("moderator")
            hub = moderator.room or ""
            desk = await stack.enter_async_context(agent(service, moderator))
            browser = await stack.enter_async_context(
                chromium(
                    [f"--unsafely-treat-insecure-origin-as-secure={service.url}"],
                    _wrapper(tmp_path, wire),
                )
            )
            page = await RoomPage.open(browser, service.link("operator", ROOM).url)
            await page.join()

            async def frames() -> tuple[int, int]:
                """Of the hall at the hub, and of the hub in the hall."""
                lines = desk.reports(hub)
                there = lines[-1]["receiving"].get(ROOM, {}) if lines else {}
                here = (await page.received()).get(hub)
                return there.get("video_frames", 0), here.frames if here else 0

            async def grown(before: tuple[int, int], more: int, timeout: float) -> float:
                began = time.monotonic()
                await until(
                    frames,
                    lambda now: now[0] >= before[0] + more and now[1] >= before[1] + more,
                    timeout,
                    f"pictures move both ways, after {before}",
                )
                return time.monotonic() - began

            await grown((0, 0), 30, 30)
            fragments = await page.page.evaluate("__probe.fragments()")
            assert len(fragments) == 2

            wire.plug_in()
            wire.lose_first()
            # What was under way may still be counted: 30 more come by the cable alone.
            took = await grown(await frames(), 30, 25)
            print(f"pictures move both ways by the cable {took:.1f} s after the Wi-Fi went")

            assert await page.page.evaluate("__probe.states()") == ["connected", "connected"]
            after = await page.page.evaluate("__probe.fragments()")
            assert [a != b for a, b in zip(fragments, after, strict=True)] == [True, True]
