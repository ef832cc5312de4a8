"""How the other server is reached: over TLS that is checked, and what counts as a refusal."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from pathlib import Path

import pytest

from tests.pair.house import first_house
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.ops.tls import local_certificate, ssl_context
from vicon.pair.reach import BadPeer, ask, check_url, refuses, trust
from vicon.pair.record import make_key


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.5:8443", "https://", "ftp://x", "10.0.0.5", "https://a/ruang#token", "https://a:b"],
)  # fmt: skip
def test_keys_go_over_no_line_without_tls(url: str) -> None:
    with pytest.raises(BadPeer):
        check_url(url)


@pytest.mark.parametrize("url", ["https://10.0.0.5:8443/", "http://127.0.0.1:80", "http://[::1]:8"])
def test_what_is_an_address_is_taken(url: str) -> None:
    assert check_url(url) == url.rstrip("/")


async def test_a_port_refuses_or_says_nothing_for_certain() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        assert await refuses(url), "nothing listens there"
        bound.listen(0)
        assert not await refuses(url)
        with contextlib.ExitStack() as waiting:  # its queue is full: it says nothing at all
            for _ in range(4):
                caller = waiting.enter_context(socket.socket())
                caller.setblocking(False)
                caller.connect_ex(bound.getsockname())
            assert not await refuses(url), "no answer is no refusal"
    assert not await refuses("http://tidak-ada.invalid:9")


async def test_only_the_pairs_own_authority_is_believed(tmp_path: Path) -> None:
    with DataDir.claim(tmp_path / "one") as one, DataDir.claim(tmp_path / "two") as two:
        made = local_certificate(one, ["127.0.0.1"], SystemClock().now())
        local_certificate(two, ["127.0.0.1"], SystemClock().now())
        context = ssl_context(made)
        server = await asyncio.start_server(_answer, "127.0.0.1", 0, ssl=context)
        async with server:
            url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            told = await ask(url, "k", trust(two, made.authority))
            assert told is not None
            assert (told.part, told.number) == ("first", 3)
            assert await ask(url, "k", trust(two, None)) is None, "another authority"
            assert await ask(url, "k", ssl.create_default_context()) is None


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    body = b'{"holder": "a", "part": "first", "number": 3, "fenced": false}'
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    await writer.drain()
    writer.close()


async def test_a_first_says_what_it_is_to_the_key_alone(tmp_path: Path) -> None:
    async with first_house(tmp_path / "a") as house:
        tls = ssl.create_default_context()
        told = await ask(house.url, make_key(house.home), tls)
        assert told is not None
        assert (told.part, told.number, told.fenced) == (
            "first",
            house.first.rules.epoch.number,
            False,
        )
        assert await ask(house.url, "another", tls) is None
