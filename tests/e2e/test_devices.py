"""Chromium's camera and microphone play what goes wrong in halls: each is named by its cause, and a
good one is not accused. All the way: browser, encoder, line, media worker, examination, verdict."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from signaling import messages as wire
from tests.e2e import capture
from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import VisitedPage
from tests.e2e.service import Service
from tests.e2e.trials import step, technician, until
from tests.vision import scenes
from vicon.agent.trials import TrialDesk
from vicon.measure.run import Step

pytestmark = [
    needs_chromium,
    pytest.mark.browser,
    pytest.mark.patient,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(90),
]
ROOM = "64.02"
DEVICES_S = 40.0


@dataclass
class Bench:
    service: Service
    desk: TrialDesk
    folder: Path


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bench(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    folder = tmp_path_factory.mktemp("devices")
    service = Service(folder)
    await service.start()
    try:
        async with technician(service) as desk:
            yield Bench(service, desk, folder)
    finally:
        await service.stop()


async def looked_at(bench: Bench, scene: str, sound: capture.Sound) -> Step:
    """The devices step of a full run; the rest is not waited for."""
    camera = capture.camera(bench.folder, scene)
    microphone = capture.microphone(bench.folder / f"{sound}.wav", sound)
    async with chromium(capture.flags(camera, microphone)) as browser:
        url = bench.service.link("tester", ROOM).url
        page = await VisitedPage.open(browser, url)
        start = page.page.locator('[data-testid="test-start"]:not([aria-disabled])')
        before = set(bench.desk.runs)
        await start.click()
        run = await until(bench.desk, lambda one: one.id not in before and looked(one), DEVICES_S)
        if run.state == "running":
            await bench.desk.client.command(wire.TrialStop(run=run.id))
            run = await until(
                bench.desk, lambda one: one.id == run.id and one.state != "running", 20
            )
        stored = await bench.desk.fetch(run.id)
        assert not page.complaints
    return stored.step("devices")


def looked(run: wire.RunView) -> bool:
    return step(run, "devices").state not in ("pending", "running")


async def test_a_good_hall_is_not_accused(bench: Bench) -> None:
    seen = await looked_at(bench, "hall", "speech")
    assert (seen.state, seen.cause_code) == ("pass", ""), seen
    figures = {figure.name: figure.value for figure in seen.figures}
    assert figures["camera_height"] == scenes.HEIGHT
    rate, level = figures["camera_fps"], figures["microphone_dbfs"]
    assert rate is not None
    assert rate > 7
    assert level is not None
    assert -40 < level < -10
    assert figures["clipped_samples"] == 0


@pytest.mark.parametrize(
    ("scene", "state", "cause"),
    [
        ("dark", "warn", "camera_dark"),
        ("blurred", "warn", "camera_blurred"),
        ("black", "fail", "camera_black"),
        ("frozen", "fail", "camera_frozen"),
    ],
)
async def test_a_bad_camera_is_named(bench: Bench, scene: str, state: str, cause: str) -> None:
    seen = await looked_at(bench, scene, "speech")
    assert (seen.state, seen.cause_code) == (state, cause), seen
    assert seen.cure


@pytest.mark.parametrize(
    ("sound", "state", "cause"),
    [("silent", "fail", "microphone_silent"), ("clipped", "warn", "microphone_clipped")],
)
async def test_a_bad_microphone_is_named(
    bench: Bench, sound: capture.Sound, state: str, cause: str
) -> None:
    seen = await looked_at(bench, "hall", sound)
    assert (seen.state, seen.cause_code) == (state, cause), seen
    assert seen.cure
