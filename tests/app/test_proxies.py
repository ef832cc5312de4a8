"""Behind a proxy: who asks is whom our own proxies name, and nobody else is believed."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.app.gatehouse import opened
from vicon.app.guesses import BURST
from vicon.web.crowd import Bounds, Crowd
from vicon.web.proxies import Proxies

OURS = Proxies(["127.0.0.1", "10.1.0.0/16", "2001:db8::/32"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("127.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.1.7.7", ["203.0.113.9"], "203.0.113.9"),
        ("203.0.113.1", ["203.0.113.9"], None),  # no proxy of ours
        ("127.0.0.1", [], None),
        # What stands before the first that is no proxy may be invented.
        ("127.0.0.1", ["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", ["198.51.100.1", "203.0.113.9, 10.1.0.3"], "203.0.113.9"),
        ("127.0.0.1", ["10.1.0.3"], "10.1.0.3"),  # the proxy's own machine asks
        ("127.0.0.1", ["unknown"], None),
        ("127.0.0.1", ["203.0.113.9, _hidden"], None),
        ("127.0.0.1", ["_hidden, 203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", [""], None),
        ("127.0.0.1", ["203.0.113.9:51234"], "203.0.113.9"),
        ("127.0.0.1", ["[2001:470::9]:51234"], "2001:470::9"),
        ("2001:db8::7", ["2001:470::9"], "2001:470::9"),
        (None, ["203.0.113.9"], None),
    ],
)
def test_who_asks(peer: str | None, forwarded: list[str], client: str | None) -> None:
    assert OURS.client(peer, forwarded) == client


def test_without_proxies_nobody_is_believed() -> None:
    assert Proxies().client("127.0.0.1", ["203.0.113.9"]) is None


async def test_halls_behind_a_proxy_are_told_apart(tmp_path: Path) -> None:
    async with opened(tmp_path, proxies=["127.0.0.1"]) as house, ClientSession() as http:
        assert await _until_held_up(http, house.url, ["203.0.113.1"]) == BURST
        assert await _guess(http, house.url, "203.0.113.2") != "too_fast"


async def test_what_a_stranger_says_of_itself_counts_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as house, ClientSession() as http:
        names = [f"203.0.113.{n}" for n in range(1, 100)]
        assert await _until_held_up(http, house.url, names) == BURST


async def _until_held_up(http: ClientSession, url: str, names: list[str]) -> int:
    """How many bad tokens are answered before one is held up, each from the next of these."""
    for count in range(2 * int(BURST)):
        if await _guess(http, url, names[count % len(names)]) == "too_fast":
            return count
    return -1


async def _guess(http: ClientSession, url: str, name: str) -> str:
    headers = {"Authorization": "Bearer nonsense", "X-Forwarded-For": name}
    async with http.get(f"{url}/api/v1/conferences", headers=headers) as answer:
        assert answer.status in (401, 429)
        return str((await answer.json())["code"])


def test_connections_of_a_proxy_have_no_bound_of_their_own() -> None:
    bounds = Bounds(address=3, waiting_address=2, waiting=50, connections=50)
    closed: list[str] = []
    crowd = Crowd(bounds, OURS.trusts)
    for address in ("10.1.0.3", "203.0.113.9"):
        for _ in range(10):
            crowd.admit(address, partial(closed.append, address))
    assert "10.1.0.3" not in closed
    assert closed.count("203.0.113.9") == 8
