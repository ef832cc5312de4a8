"""At the edge of a server that has a second one: its pages may reach that, and that one's this."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, WSServerHandshakeError

from tests.app.gatehouse import OURS, Gatehouse, opened
from tests.e2e.until import until
from vicon.pair.first import First
from vicon.pair.rules import Epoch

OTHER = "https://two.example:8443"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Gatehouse]:
    async with opened(tmp_path, standby=OTHER) as made:
        yield made


async def test_pages_may_reach_the_other_server_and_no_third(house: Gatehouse) -> None:
    async with ClientSession() as http, http.get(house.url + "/") as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert f"connect-src 'self' {OTHER} wss://two.example:8443;" in policy
    assert policy.count("two.example") == 2


@pytest.mark.parametrize(
    ("origin", "may"),
    [
        (OTHER, True),
        ("https://two.example", True),
        ("http://two.example:8443", False),
        ("https://two.example.evil:8443", False),
        ("https://evil.example", False),
        ("null", False),
    ],
)
async def test_the_others_pages_may_ask_and_strangers_may_not(
    house: Gatehouse, origin: str, may: bool
) -> None:
    path = f"{house.url}/api/v1/conferences/{OURS}"
    token = house.token("moderator")
    asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    async with ClientSession() as http:
        async with http.options(path, headers=asked) as answer:
            assert (answer.status == 204) is may
            assert ("Access-Control-Allow-Origin" in answer.headers) is may
        bearer = {"Origin": origin, "Authorization": f"Bearer {token}"}
        async with http.get(path, headers=bearer) as answer:
            allowed = answer.headers.get("Access-Control-Allow-Origin")
            assert allowed == (origin if may else None)
            assert "Access-Control-Allow-Credentials" not in answer.headers
        async with http.ws_connect(f"{house.url}/ws", headers={"Origin": origin}) as socket:
            await socket.send_json({"type": "hello", "v": 1, "token": token})
            told = await socket.receive_json(timeout=10)
            assert told["type"] == ("welcome" if may else "bye")


async def test_the_welcome_names_the_other_server_and_a_fence(house: Gatehouse) -> None:
    async with house.socket(house.token("moderator")) as wire:
        told = await wire.next("welcome")
        assert told["servers"] == [OTHER]
        number, holder, code = told["fence"].split(".")
        assert number.isdigit()
        assert holder
        assert len(code) == 32


async def test_a_fence_of_a_later_epoch_ends_the_server_and_a_forged_one_does_not(
    house: Gatehouse,
) -> None:
    first = house.server.first
    async with ClientSession() as http:
        for fence, kind in (
            ("9999999999.evil.00", "welcome"),
            (first._fences.make(_later(first)), "bye"),
        ):
            async with http.ws_connect(f"{house.url}/ws") as socket:
                token = house.token("observer")
                await socket.send_json({"type": "hello", "v": 1, "token": token, "fence": fence})
                told = await socket.receive_json(timeout=10)
                assert told["type"] == kind
        assert told["code"] == "fenced"
    assert first.fenced.is_set()


async def test_the_desk_is_told_of_the_standby_and_a_hall_is_not(house: Gatehouse) -> None:
    async with (
        house.socket(house.token("moderator")) as desk,
        house.socket(house.token("operator", "64.02")) as hall,
    ):
        await desk.next("welcome")
        await hall.next("welcome")
        assert (await desk.next("standby"))["stand"] == "away"
        house.server.first.tell("behind", 3)
        assert (await desk.next("standby"))["behind"] == 3
        house.server.first.tell("away")
        await hall.socket.send_json({"type": "ping", "t": 1})
        assert (await hall.socket.receive_json(timeout=10))["type"] in ("pong", "delta")

        async def troubles() -> str:
            async with ClientSession() as http, http.get(house.url + "/readyz") as answer:
                told = await answer.json()
                (found,) = [one for one in told["checks"] if one["name"] == "standby"]
                return f"{answer.status} {found['state']} {found['text']['en']}"

        said = await until(troubles, lambda said: "not connected" in said, 5, "readyz says so")
        assert said.startswith("200 warn"), "it keeps nobody out"


async def test_the_line_takes_nobody_without_the_key(house: Gatehouse) -> None:
    async with ClientSession() as http:
        with pytest.raises(WSServerHandshakeError) as refused:
            await http.ws_connect(
                f"{house.url}/standby", headers={"Authorization": f"Bearer {house.pair_key}x"}
            )
    assert refused.value.status == 401


def _later(first: First) -> Epoch:
    return Epoch(first.rules.epoch.number + 1, "other")
