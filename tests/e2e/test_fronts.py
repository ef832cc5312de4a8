"""The examples for nginx and Caddy hold: pages, signalling, encoders and documents come through
them, and the server knows who asks."""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
import pytest_asyncio

from tests.e2e import fronts
from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.encoders import ffmpeg
from tests.e2e.pages import ControlRoom
from tests.e2e.service import VICON, Service, run, running
from vicon.app.guesses import BURST
from vicon.web.app import MAX_BODY

pytestmark = [
    needs_chromium,
    pytest.mark.browser,
    pytest.mark.patient,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(120),
]
AGENT_ROOM, ENCODER_ROOM = "64.02", "64.71"
HEAD = 'public_url = "https://localhost"\nproxies = ["127.0.0.1"]\n'


@dataclass
class House:
    service: Service
    url: str
    authority: Path
    folder: Path

    def through(self, url: str) -> str:
        """The same address, by the proxy."""
        parts = urlsplit(url)
        return url.replace(f"{parts.scheme}://{parts.netloc}", self.url)

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.authority)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["nginx", "caddy"])
async def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    kind: fronts.Kind = request.param
    if fronts.program(kind) is None:
        pytest.skip(f"no {kind} here (on Debian: apt-get install {kind})")
    folder = tmp_path_factory.mktemp(kind)
    service = Service(folder, head=HEAD)
    await service.start()
    try:
        async with fronts.front(kind, folder, urlsplit(service.url).netloc) as (url, authority):
            yield House(service, url, authority, folder)
    finally:
        await service.stop()


async def test_a_rehearsal_with_page_agent_and_encoder_goes_through(house: House) -> None:
    listed = json.loads(await run("links", "--data", str(house.service.data), "--whip", "--json"))
    encoder = next(one for one in listed if one["room"] == ENCODER_ROOM)
    hall = house.through(house.service.link("operator", AGENT_ROOM).url)
    command = (VICON, "agent", hall, "--ca", str(house.authority), "--json")
    log = house.folder / "ffmpeg.log"
    async with (
        chromium(["--ignore-certificate-errors"]) as browser,
        running(house.folder / "agent.log", *command),
        ffmpeg(house.through(encoder["url"]), encoder["token"], log, house.authority),
    ):
        link = house.through(house.service.link("moderator").url)
        control = await ControlRoom.open(browser, link)
        await control.until_all_move({AGENT_ROOM, ENCODER_ROOM}, 40)
        await control.give_floor(ENCODER_ROOM)
        await control.on_air(ENCODER_ROOM)
        assert not control.complaints


async def test_each_hall_is_known_by_its_own_address(house: House) -> None:
    """A bound of one address is not everybody's."""
    for address in ("127.0.0.2", "127.0.0.3"):
        codes = await _guesses(house, address)
        assert codes[: int(BURST)] == ["bad_token"] * int(BURST)
        assert codes[-1] == "too_fast"


async def _guesses(house: House, address: str) -> list[str]:
    where = aiohttp.TCPConnector(local_addr=(address, 0), ssl=house.trust)
    codes = []
    async with aiohttp.ClientSession(connector=where) as http:
        for _ in range(2 * int(BURST)):
            bad = {"Authorization": "Bearer nonsense"}
            async with http.get(f"{house.url}/api/v1/conferences", headers=bad) as answer:
                codes.append(str((await answer.json())["code"]))
    return codes


async def test_a_page_keeps_its_headers_and_another_site_gets_no_socket(house: House) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=house.trust)) as http:
        async with http.get(f"{house.url}/kendali") as answer:
            assert answer.status == 200
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        async with http.ws_connect(f"{house.url}/ws", origin="https://jahat.example") as socket:
            said = await socket.receive(10)
            assert json.loads(said.data)["code"] == "origin"
        async with http.ws_connect(f"{house.url}/ws", origin=house.url) as socket:
            await socket.send_json({"type": "hello"})
            said = await socket.receive(10)
            assert json.loads(said.data)["code"] != "origin"


async def test_what_is_too_large_is_refused(house: House) -> None:
    token = house.service.link("moderator").token
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=house.trust)) as http:
        url = f"{house.url}/api/v1/conferences/kaltim-2020/expected"
        headers = {"Authorization": f"Bearer {token}"}
        async with http.post(url, headers=headers, data=b"x" * (MAX_BODY + 1)) as answer:
            assert answer.status == 413


async def test_a_doors_token_is_in_no_log_of_the_proxy(house: House) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=house.trust)) as http:
        async with http.get(f"{house.url}/checkin/token-of-a-door"):
            pass
        async with http.get(f"{house.url}/privasi") as answer:
            assert answer.status == 200

    logs = {one.name: one.read_text("utf-8", "replace") for one in _logs(house.folder)}
    assert "/privasi" in logs.get("access.log", "/privasi")  # nginx has written that one by now
    assert not [name for name, text in logs.items() if "token-of-a-door" in text]


def _logs(folder: Path) -> list[Path]:
    return [*folder.glob("*.log"), *folder.glob("*.out")]
