"""A hall behind a bad line: the server at the hub, a program or a browser in the room."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from signaling import messages as wire
from tests.e2e.chromium import EXECUTABLE, chromium, open_page
from tests.e2e.service import VICON, Service
from tests.net.badline import BadLine
from vicon.agent.trials import TrialDesk
from vicon.cli.trialshow import as_json

ROOM = "64.02"
TRIAL_S = 200.0
_EXIT = {"pass": 0, "warn": 1, "fail": 2}
_COULD_NOT = 3


async def by_program(
    line: BadLine, service: Service, seconds: int, *more: str, room: str = ROOM
) -> dict[str, Any]:
    """`vicon trial` in the room; what it prints as JSON."""
    link = service.link("tester", room).url
    process = await asyncio.create_subprocess_exec(
        *line.in_room, VICON, "trial", link, "--seconds", str(seconds), "--json", *more,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        out, err = await asyncio.wait_for(process.communicate(), TRIAL_S)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    if not out:
        raise AssertionError(f"vicon trial: {process.returncode}: {err.decode()}")
    told: dict[str, Any] = json.loads(out)
    code = _EXIT[told["verdict"]] if told["state"] == "done" else _COULD_NOT
    assert process.returncode == code, (process.returncode, told["state"], told["verdict"])
    return told


@asynccontextmanager
async def open_test_page(
    line: BadLine,
    service: Service,
    folder: Path,
    flags: Sequence[str] = (),
    room: str = ROOM,
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[Page]:
    """Chromium in the room with the room's test page open."""
    assert EXECUTABLE
    program = line.wrapped(EXECUTABLE, folder / "chromium-in-room", environment or {})
    origin = service.url
    secure = [f"--unsafely-treat-insecure-origin-as-secure={origin}", *flags]
    async with chromium(secure, program) as browser:
        complaints: list[str] = []
        yield await open_page(browser, service.link("tester", room).url, complaints)


async def by_page(desk: TrialDesk, seconds: int, room: str = ROOM) -> dict[str, Any]:
    """A trial of the page that is open in the room, as `vicon trial --json` would tell it."""
    async with asyncio.timeout(20):
        while not any(one.room == room for one in desk.stations):
            await asyncio.sleep(0.1)
    ended: wire.RunView = await desk.run(room, seconds=seconds, quick=False, force=False)
    return as_json(await desk.fetch(ended.id))


def trust(folder: Path, authority: Path) -> dict[str, str]:
    """A home in which Chromium trusts this authority: the environment to start it with."""
    store = folder / ".pki" / "nssdb"
    store.mkdir(parents=True, exist_ok=True)
    place = f"sql:{store}"
    for command in (
        ["certutil", "-N", "-d", place, "--empty-password"],
        ["certutil", "-A", "-d", place, "-t", "C,,", "-n", "vicon test", "-i", str(authority)],
    ):
        subprocess.run(command, check=True, capture_output=True, timeout=20)
    return {"HOME": str(folder)}
