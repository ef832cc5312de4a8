"""A hall in Firefox: it sees and hears the hub, is seen and heard, and its line can be tried."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.chromium import PROBE
from tests.e2e.conftest import needs_firefox
from tests.e2e.firefox import firefox
from tests.e2e.service import Service, agent
from tests.e2e.trials import technician
from tests.e2e.until import until
from vicon.ops.net import lan_addresses

ROOM = "64.72"
GOOD_ENOUGH = ("pass", "warn")
ADDRESS = next((str(one) for one in lan_addresses() if one.version == 4), None)
pytestmark = [
    pytest.mark.patient(35),
    pytest.mark.skipif(ADDRESS is None, reason="Firefox pairs no address with 127.0.0.1"),
]
CLICK_JOIN = """(() => {
  const button = [...document.querySelectorAll("button")]
    .find((one) => one.textContent.trim().startsWith("Gabung") && !one.ariaDisabled);
  button?.click();
  return button !== undefined;
})()"""


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    service = Service(tmp_path, media=ADDRESS)
    await service.start()
    yield service
    await service.stop()


@needs_firefox
@pytest.mark.browser
@pytest.mark.timeout(90)
async def test_a_hall_in_firefox(service: Service, tmp_path: Path) -> None:
    moderator = service.link("moderator")
    hub = moderator.room or ""
    async with agent(service, moderator) as desk, firefox(tmp_path / "profile") as page:
        await page.init_script(PROBE)
        await page.goto(service.link("operator", ROOM).url)

        async def join() -> bool:
            return bool(await page.evaluate(CLICK_JOIN))

        await until(join, bool, 15, "a button Gabung")

        async def received() -> dict[str, Any]:
            found: dict[str, Any] = await page.evaluate("__probe.received()")
            return found

        async def reported() -> dict[str, Any]:
            lines = desk.reports(hub)
            return lines[-1]["receiving"].get(ROOM, {}) if lines else {}

        def hub_moves(rooms: dict[str, Any]) -> bool:
            return hub in rooms and rooms[hub]["frames"] > 15 and rooms[hub]["energy"] > 0

        await until(received, hub_moves, 20, "Firefox decodes the hub's picture and sound")
        await until(
            reported,
            lambda room: room.get("video_frames", 0) > 15 and room.get("audio_packets", 0) > 50,
            20,
            "the hub receives Firefox's picture and sound",
        )
        # The machine says that its network is another one: the same connections by another path.
        before = await page.evaluate("__probe.fragments()")
        await page.evaluate("window.dispatchEvent(new Event('online'))")

        async def fragments() -> list[str]:
            found: list[str] = await page.evaluate("__probe.fragments()")
            return found

        def all_new(now: list[str]) -> bool:
            pairs = zip(before, now, strict=True)
            return all(not set(a.split()) & set(b.split()) for a, b in pairs)

        await until(fragments, all_new, 10, "ICE is restarted on both lines")
        frames = (await received())[hub]["frames"], (await reported())["video_frames"]
        await until(received, lambda now: now[hub]["frames"] > frames[0] + 30, 10, "it sees on")
        await until(reported, lambda now: now["video_frames"] > frames[1] + 30, 10, "it is seen on")
        assert await page.evaluate("__probe.states()") == ["connected", "connected"]


@needs_firefox
@pytest.mark.browser
@pytest.mark.timeout(180)
async def test_a_trial_in_firefox(service: Service, tmp_path: Path) -> None:
    async with technician(service) as desk, firefox(tmp_path / "profile") as page:
        await page.goto(service.link("tester", ROOM).url)

        async def stations() -> list[str]:
            return [one.room for one in desk.stations]

        await until(stations, lambda rooms: ROOM in rooms, 30, "Firefox's test page is ready")
        ended = await desk.run(ROOM, seconds=5, quick=False, force=False)
        run = await desk.fetch(ended.id)
    assert run.state == "done"
    assert "Firefox" in run.agent
    faults = {step.name: step.cause_code for step in run.steps if step.state not in GOOD_ENOUGH}
    assert not faults
    for name in ("rtt_ms", "jitter_ms", "mos", "fps_received", "capacity_down_kbps", "camera_fps"):
        assert run.value(name) is not None, name
    assert (run.value("loss_up_percent"), run.value("loss_down_percent")) == (0, 0)
