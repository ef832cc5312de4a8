"""A hall whose line is dead for 20 s: it comes back alone, as itself, and leaves no ghost."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.e2e.chromium import EXECUTABLE, chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import RoomPage
from tests.e2e.service import Service, agent
from tests.net.lab import HUB_ADDRESS, Lab, lab, why_not

BROWSER_ROOM, AGENT_ROOM = "64.02", "64.72"
CUT_S = 20
BACK_S = 10
NO_LAB = why_not()


@pytest.fixture
def wire() -> Iterator[Lab]:
    with lab() as made:
        yield made


def _wrapper(folder: Path, wire: Lab) -> str:
    """Chromium as a program that starts in the room's namespace."""
    script = folder / "chromium-in-room"
    script.write_text(f'#!/bin/sh\nexec {" ".join(wire.in_room)} {EXECUTABLE} "$@"\n', "utf-8")
    os.chmod(script, 0o755)
    return str(script)


def _devices(view: m.View, code: str) -> list[tuple[str, str]]:
    room = next(one for one in view.rooms if one.code == code)
    return [(one.id, one.kind) for one in room.devices]


def _presence(view: m.View) -> dict[str, m.Presence]:
    return {room.code: room.presence for room in view.rooms}


@needs_chromium
@pytest.mark.browser
@pytest.mark.net
@pytest.mark.patient(35)
@pytest.mark.skipif(bool(NO_LAB), reason=NO_LAB or "there is a lab")
@pytest.mark.timeout(120)
async def test_a_cut_of_twenty_seconds(wire: Lab, tmp_path: Path) -> None:
    service = Service(tmp_path, HUB_ADDRESS)
    async with AsyncExitStack() as stack:
        await service.start()
        stack.push_async_callback(service.stop)
        moderator = service.link("moderator")
        desk = await stack.enter_async_context(agent(service, moderator))
        eye = await stack.enter_async_context(
            Client(*parse_link(moderator.url), rng=random.Random(1))
        )
        hall = await stack.enter_async_context(
            agent(service, service.link("operator", AGENT_ROOM), prefix=wire.in_room)
        )
        browser = await stack.enter_async_context(
            chromium(
                [f"--unsafely-treat-insecure-origin-as-secure={service.url}"],
                _wrapper(tmp_path, wire),
            )
        )
        page = await RoomPage.open(browser, service.link("operator", BROWSER_ROOM).url)
        await page.join()
        halls = {BROWSER_ROOM, AGENT_ROOM}

        async def frames() -> dict[str, int]:
            """Frames of both halls at the hub, and of the hub in both halls."""
            lines = desk.reports(moderator.room)
            at_hub: dict[str, Any] = lines[-1]["receiving"] if lines else {}
            there = hall.reports(AGENT_ROOM)
            in_hall = there[-1]["receiving"].get(moderator.room, {}) if there else {}
            in_page = (await page.received()).get(moderator.room or "")
            return {code: at_hub.get(code, {}).get("video_frames", 0) for code in halls} | {
                "in the agent's hall": in_hall.get("video_frames", 0),
                "in the page": in_page.frames if in_page else 0,
            }

        async def until_all_grow(timeout: float) -> None:
            before = await frames()
            deadline = time.monotonic() + timeout
            while True:
                await asyncio.sleep(1.1)  # the agents report once a second
                now = await frames()
                if all(now[key] > before[key] for key in now):
                    return
                assert time.monotonic() < deadline, f"no picture: {before} -> {now}"
                before = now

        await until_all_grow(30)
        assert eye.view
        before = {code: _devices(eye.view, code) for code in halls}

        wire.cut()
        began = time.monotonic()
        await eye.until(
            lambda view: all(_presence(view)[code] == "lost" for code in halls), CUT_S + 2
        )
        print(f"both halls shown as lost {time.monotonic() - began:.1f} s after the cut")
        await asyncio.sleep(began + CUT_S - time.monotonic())
        wire.mend()
        mended = time.monotonic()
        await eye.until(
            lambda view: all(_presence(view)[code] == "joined" for code in halls), BACK_S
        )
        print(f"both halls there again {time.monotonic() - mended:.1f} s after the cut's end")
        await until_all_grow(BACK_S)
        print(f"pictures move again {time.monotonic() - mended:.1f} s after the cut's end")
        assert {code: _devices(eye.view, code) for code in halls} == before
