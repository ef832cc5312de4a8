"""A server under pressure: a disk that fills, a media process that does not keep up, no descriptor
left. What is refused is said, who is here goes on, and all comes back by itself."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import pytest
from aiohttp import ClientError, ClientSession, ClientWebSocketResponse

from signaling import messages as m
from signaling.client import Client, CommandRefused, parse_link
from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import ControlRoom
from tests.e2e.service import Child, Service, agent, rehearsal, run
from tests.store.test_disk import fill

pytestmark = pytest.mark.patient(30)
KUKAR = "64.02"


async def readiness(service: Service) -> tuple[int, dict[str, str]]:
    """The status, and the state of each check."""
    async with ClientSession() as http, http.get(f"{service.url}/readyz") as answer:
        told = await answer.json()
        return answer.status, {one["name"]: one["state"] for one in told["checks"]}


async def until_ready(service: Service, status: int, check: str, timeout: float) -> None:
    async with asyncio.timeout(timeout):
        while True:
            found, checks = await readiness(service)
            if found == status and (status == 200 or checks[check] == "fail"):
                return
            await asyncio.sleep(0.2)


async def comes(holds: Callable[[], bool], timeout: float) -> None:
    async with asyncio.timeout(timeout):
        while not holds():
            await asyncio.sleep(0.1)


def sound(child: Child, room: str) -> int:
    """Packets of sound that an agent has from a room."""
    for line in reversed(child.lines):
        if room in line.get("receiving", {}):
            return int(line["receiving"][room]["audio_packets"])
    return 0


def tally(desk: Client) -> int | None:
    assert desk.view
    return next(one.tally for one in desk.view.rooms if one.code == KUKAR)


async def count_up(desk: Client) -> None:
    for value in range(1, 13):
        await desk.command(m.CountSet(room=KUKAR, value=value), timeout=10)


# --- the disk -------------------------------------------------------------------------------------


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[tuple[Service, Path]]:
    """A server whose data lie on a disk of 160 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("mounting a disk needs root on Linux")
    mounting = ["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", str(place)]
    if subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    service = Service(place)
    await service.start()
    yield service, place
    await service.stop()
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.mark.timeout(90)
async def test_a_disk_that_fills_in_a_session_stops_no_sound_and_loses_nothing(
    small: tuple[Service, Path],
) -> None:
    service, place = small
    hub, hall = service.link("moderator"), service.link("operator", KUKAR)
    told: list[m.ServerChecks] = []
    async with AsyncExitStack() as stack:
        there = await stack.enter_async_context(agent(service, service.link("operator", "64.71")))
        here = await stack.enter_async_context(agent(service, hall))
        desk = Client(*parse_link(hub.url), rng=random.Random(1))
        desk.on_checks = told.append
        await stack.enter_async_context(desk)
        await desk.ready(timeout=10)
        await comes(lambda: sound(here, "64.71") > 50, 20)
        await desk.command(m.CountSet(room=KUKAR, value=7), timeout=10)

        ballast = fill(place)
        with pytest.raises(CommandRefused) as refused:
            await count_up(desk)
        assert refused.value.code == "journal_failed"
        assert "could not record it" in refused.value.text.en
        acknowledged = tally(desk)
        await until_ready(service, 503, "journal", 10)
        await comes(lambda: any(one.name == "journal" for one in told[-1].checks), 10)
        said = next(one for one in told[-1].checks if one.name == "journal").text
        assert "disk is full" in said.en
        assert "picture and sound go on" in said.en
        heard = sound(here, "64.71")
        await comes(lambda: sound(here, "64.71") > heard + 100, 10)

        ballast.unlink()
        await comes(lambda: not any(one.name == "journal" for one in told[-1].checks), 10)
        await desk.command(m.CountSet(room=KUKAR, value=9), timeout=10)
        assert tally(desk) == 9
        assert all(child.process and child.process.returncode is None for child in (there, here))
    await service.stop()
    lines = (await run("journal", "show", "--json", "--data", str(service.data))).splitlines()
    events = [json.loads(line)["event"] for line in lines]
    tallies = [one["tally"] for one in events if one["type"] == "tally_changed"]
    assert tallies[-2:] == [acknowledged, 9], "what was refused is not there"
    await run("journal", "verify", "--data", str(service.data))


# --- the media process ----------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def held_up(pid: int) -> AsyncIterator[None]:
    """A process that gets a sixth of its time, in pieces: as on a machine that does too much."""

    async def hold() -> None:
        while True:
            os.kill(pid, signal.SIGSTOP)
            await asyncio.sleep(0.5)
            os.kill(pid, signal.SIGCONT)
            await asyncio.sleep(0.1)

    holding = asyncio.create_task(hold())
    try:
        yield
    finally:
        holding.cancel()
        await asyncio.gather(holding, return_exceptions=True)
        os.kill(pid, signal.SIGCONT)


@pytest.mark.browser
@needs_chromium
@pytest.mark.timeout(120)
async def test_a_media_process_that_does_not_keep_up_rests_thumbnails_and_goes_on_sounding(
    service: Service,
) -> None:
    async with chromium() as browser, rehearsal(service, 3) as halls:
        await halls.first(20)
        control = await ControlRoom.open(browser, service.link("moderator").url)
        await control.until_all_move({"64.08", "64.11", "64.01"}, 30)
        async with held_up(service.workers()[0]):
            page = control.page
            await page.locator('[data-testid="server"]').wait_for(timeout=20_000)
            await page.locator('.wall [data-held="server"]').first.wait_for(timeout=20_000)
            status, checks = await readiness(service)
            assert (status, checks["pressure"]) == (503, "fail")
            assert "istirahat" in await page.locator('[data-testid="server"]').inner_text()
            await page.get_by_test_id("server-more").click()
            dialog = page.get_by_test_id("server-dialog")
            assert "kembali sendiri" in await dialog.inner_text(), "what to do"
            await page.keyboard.press("Escape")
            watcher = Client(*parse_link(service.link("observer").url), rng=random.Random(2))
            async with watcher:
                await watcher.ready(timeout=20)
                with pytest.raises(CommandRefused) as refused:
                    await watcher.command(m.RoomJoin(), timeout=20)
                assert refused.value.code == "server_full"
    await service.stop()
    lines = (await run("journal", "show", "--json", "--data", str(service.data))).splitlines()
    events = [json.loads(line)["event"] for line in lines]
    levels = [one["level"] for one in events if one["type"] == "pressure_changed"]
    assert levels[:3] == [1, 2, 3]


# --- descriptors ----------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="prlimit is Linux's")
@pytest.mark.timeout(90)
async def test_without_descriptors_new_ones_are_refused_and_old_ones_live(
    service: Service,
) -> None:
    resource.prlimit(service.pid, resource.RLIMIT_NOFILE, (110, 110))
    desk = Client(*parse_link(service.link("moderator").url), rng=random.Random(1))
    told: list[m.ServerChecks] = []
    desk.on_checks = told.append
    token = service.link("observer").token
    async with desk, ClientSession() as http, AsyncExitStack() as stack:
        await desk.ready(timeout=10)
        sockets: list[ClientWebSocketResponse] = []
        with contextlib.suppress(ClientError, TimeoutError, OSError):
            for _ in range(300):
                connecting = http.ws_connect(f"{service.url}/ws")
                sockets.append(await asyncio.wait_for(stack.enter_async_context(connecting), 5))
                hello = m.Hello(v=m.PROTOCOL_VERSION, token=token)
                await sockets[-1].send_str(msgspec.json.encode(hello).decode())
        assert 20 < len(sockets) < 110, "then there was no descriptor left"
        began = asyncio.get_running_loop().time()
        with contextlib.suppress(ClientError, OSError):
            async with asyncio.timeout(5):
                await http.get(f"{service.url}/healthz")
        assert asyncio.get_running_loop().time() - began < 4, "refused, not left waiting"
        await desk.command(m.CountSet(room=KUKAR, value=5), timeout=10)
        assert all(not one.closed for one in sockets[:20])
        await comes(lambda: bool(told) and any(c.name == "pressure" for c in told[-1].checks), 15)
        check = next(one for one in told[-1].checks if one.name == "pressure")
        assert "LimitNOFILE" in check.text.en
        await stack.aclose()
        async with asyncio.timeout(10):
            while True:
                with contextlib.suppress(ClientError, OSError):
                    async with http.get(f"{service.url}/healthz") as answer:
                        assert answer.status == 200
                        break
                await asyncio.sleep(0.2)
