"""A hall on a narrow line, in the real page: who speaks is heard whole, and the page says what the
line does not carry."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.bench import footage
from tests.e2e.chromium import EXECUTABLE, chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import Received, RoomPage
from tests.e2e.service import Service, agent
from tests.e2e.until import until
from tests.net.badline import BadLine
from tests.net.conftest import needs_line
from tests.net.lab import HUB_ADDRESS
from vicon.media.sfu.uplink import HOLD_S

pytestmark = [
    pytest.mark.net,
    pytest.mark.browser,
    pytest.mark.timeout(240),
    needs_line,
    needs_chromium,
]

HALL, SPEAKER = "64.02", "64.71"
WIDE, ENOUGH, SOUND_ALONE = 4000, 300, 64
"""kbit/s"""
FPS, CONCEALED = 7, 0.01
SETTLE_S, WATCH_S, DRAIN_S = 20, 10, 5


@dataclass
class Watched:
    """What one page had of the other's room for a while."""

    fps: float
    concealed: float
    """Share of the sound played that was made up, 0-1."""

    @classmethod
    def between(cls, before: Received, after: Received) -> Watched:
        samples = after.samples - before.samples
        assert samples > 40_000 * WATCH_S, "the sound went out"
        return cls(
            (after.frames - before.frames) / WATCH_S,
            (after.concealed - before.concealed) / samples,
        )


@dataclass
class Scene:
    line: BadLine
    hall: RoomPage
    other: RoomPage
    """Who speaks."""

    async def _now(self) -> tuple[Received, Received]:
        there, here = await asyncio.gather(self.hall.received(), self.other.received())
        return there[SPEAKER], here[HALL]

    async def watch(self) -> tuple[Watched, Watched]:
        """What the hall has of who speaks, and that of the hall."""
        before = await self._now()
        await self.hall.page.wait_for_timeout(1000 * WATCH_S)
        after = await self._now()
        there, here = map(Watched.between, before, after)
        return there, here

    async def until_limited(self, limit: str, up: str, timeout: float) -> None:
        """Until the page says so of the way down and up; empty: nothing."""
        note = self.hall.page.locator('[data-testid="line-limit"]')

        async def look() -> list[str]:
            # In one act: the note comes and goes.
            said = await note.evaluate_all("ns => ns.map(n => [n.dataset.limit, n.dataset.up])")
            return said[0] if said else ["", ""]

        await until(look, lambda said: said == [limit, up], timeout, f"the page says {limit!r}")


def _camera_of(code: str) -> Callable[[m.View], bool]:
    """Whether the room is there with its camera."""
    return lambda view: any(room.code == code and room.camera for room in view.rooms)


@pytest.fixture
async def scene(line: BadLine, tmp_path: Path) -> AsyncIterator[Scene]:
    """The hall has joined on a narrow line; another one, which sends simulcast, is on air, an
    agent at the hub."""
    assert EXECUTABLE
    picture, voice = tmp_path / "camera.y4m", tmp_path / "voice.wav"
    await asyncio.to_thread(footage.picture, picture, 360)
    await asyncio.to_thread(footage.voice, voice)
    line.relay.set("both", rate_kbps=WIDE, delay_ms=20, queue_ms=300)
    service = Service(tmp_path, HUB_ADDRESS)
    flags = [
        f"--use-file-for-fake-video-capture={picture}",
        f"--use-file-for-fake-audio-capture={voice}",
    ]
    there = line.wrapped(EXECUTABLE, tmp_path / "chromium-in-room", {})
    async with AsyncExitStack() as stack:
        await service.start()
        stack.push_async_callback(service.stop)
        secure = f"--unsafely-treat-insecure-origin-as-secure={service.url}"
        moderator = service.link("moderator")
        await stack.enter_async_context(agent(service, moderator))
        desk = await stack.enter_async_context(
            Client(*parse_link(moderator.url), rng=random.Random(1))
        )
        here = await stack.enter_async_context(chromium([secure, *flags]))
        far = await stack.enter_async_context(chromium([secure], there))
        speaker = await RoomPage.open(here, service.link("operator", SPEAKER).url)
        hall = await RoomPage.open(far, service.link("operator", HALL).url)
        await speaker.join()
        await desk.until(_camera_of(SPEAKER), 20)
        await desk.command(m.FloorGive(room=SPEAKER))
        line.relay.set("both", rate_kbps=ENOUGH)
        await hall.join()
        await hall.until_all_move({SPEAKER}, 30)
        yield Scene(line, hall, speaker)


async def test_sound_goes_both_ways_whatever_the_line_and_the_page_says_what_is_missing(
    scene: Scene,
) -> None:
    await scene.hall.page.wait_for_timeout(1000 * DRAIN_S)
    there, here = await scene.watch()
    assert there.fps >= FPS
    assert there.concealed < CONCEALED
    assert here.concealed < CONCEALED
    joined = (await scene.hall.received())[SPEAKER]
    assert joined.concealed < CONCEALED * joined.samples, "from the first moment on"

    scene.line.relay.set("both", rate_kbps=SOUND_ALONE)
    await scene.until_limited("sound", "sound", SETTLE_S)
    await scene.hall.page.wait_for_timeout(1000 * DRAIN_S)
    there, here = await scene.watch()
    assert max(there.fps, here.fps) < 0.5, "but for what was on its way"
    assert there.concealed < CONCEALED
    assert here.concealed < CONCEALED

    scene.line.relay.set("both", rate_kbps=WIDE)
    await scene.until_limited("", "", 2 * HOLD_S)
    # Its fallback plan rises a step after 5 s more.
    await scene.other.until_all_move({HALL}, 20)
    await scene.hall.until_all_move({SPEAKER}, 10)
