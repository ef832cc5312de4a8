"""What is too slow, and what is too many, over real sockets to a server of little patience."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web

from vicon.listeners import Listener, listen
from vicon.web import headers
from vicon.web.crowd import Bounds
from vicon.web.edge import guarding
from vicon.web.hosts import Hosts

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATIENCE = 10.0
QUICK = Bounds(
    connections=60, address=60, waiting=20, waiting_address=20,
    head_s=0.4, idle_s=0.6, body_s=0.5, answer_s=1.0,
)  # fmt: skip


@pytest_asyncio.fixture(loop_scope="module")
async def quick() -> AsyncIterator[SimpleNamespace]:
    """A server of little patience, one of whose pages reads a body and one of which is long."""

    async def read(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    async def long(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(4000):
            await answer.write(b"x" * 65_536)
        return answer

    async def socket(request: web.Request) -> web.WebSocketResponse:
        answer = web.WebSocketResponse()
        await answer.prepare(request)
        async for message in answer:
            await answer.send_str(message.data)
        return answer

    app = web.Application(middlewares=[guarding(Hosts([]))])
    app.on_response_prepare.append(headers.secure)
    app.add_routes([web.post("/", read), web.get("/", read), web.get("/long", long)])
    app.add_routes([web.get("/ws", socket)])
    async with AsyncExitStack() as stack:
        urls = await listen(stack, app, [Listener(host="127.0.0.1", port=0)], QUICK)
        yield SimpleNamespace(url=urls[0])


async def drip(url: str, text: bytes, pause: float) -> float:
    """Sends a byte at a time; after how long the other end has closed."""
    at, loop = urlsplit(url), asyncio.get_running_loop()
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    began, ended = loop.time(), asyncio.create_task(reader.read())
    for n in range(len(text)):
        writer.write(text[n : n + 1])
        done, _ = await asyncio.wait([ended], timeout=pause)
        if done:
            break
    await asyncio.wait_for(asyncio.gather(ended, return_exceptions=True), PATIENCE)
    writer.transport.abort()
    return loop.time() - began


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 100,
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n" + b"x" * 400,
    ],
    ids=["nothing", "head", "body"],
)
async def test_who_is_too_slow_is_let_go(quick: SimpleNamespace, text: bytes) -> None:
    at = text.find(b"\r\n\r\n") + 4 if b"POST" in text else 0
    loop = asyncio.get_running_loop()
    if not at:
        assert 0.3 < await drip(quick.url, text, 0.05) < 3.0
        return
    parts = urlsplit(quick.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(text[:at])
    began, ended = loop.time(), asyncio.create_task(reader.read())
    for n in range(at, len(text)):
        writer.write(text[n : n + 1])
        done, _ = await asyncio.wait([ended], timeout=0.05)
        if done:
            break
    assert 0.3 < loop.time() - began < 3.0
    writer.transport.abort()


async def test_a_second_request_has_its_time_too(quick: SimpleNamespace) -> None:
    at, loop = urlsplit(quick.url), asyncio.get_running_loop()
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert b"200" in await asyncio.wait_for(reader.readline(), PATIENCE)
    await asyncio.sleep(0.1)
    writer.write(b"GET / HT")
    began = loop.time()
    await asyncio.wait_for(reader.read(), PATIENCE)
    assert loop.time() - began < 2.0
    writer.close()


async def test_a_reader_that_stands_still_is_let_go(quick: SimpleNamespace) -> None:
    at = urlsplit(quick.url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port, limit=1024)
    writer.write(b"GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await asyncio.sleep(2.0)  # longer than a whole answer may take
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await asyncio.wait_for(reader.readexactly(4000 * 65_536), PATIENCE)
    writer.close()


async def test_a_socket_outlasts_the_times_of_requests(quick: SimpleNamespace) -> None:
    async with ClientSession() as http, http.ws_connect(f"{quick.url}/ws") as socket:
        await asyncio.sleep(1.5)
        await socket.send_str("masih di sini")
        assert await socket.receive_str(timeout=PATIENCE) == "masih di sini"


async def test_a_thousand_half_open_sockets_keep_nobody_out(quick: SimpleNamespace) -> None:
    at = urlsplit(quick.url)
    async with ClientSession() as http, http.ws_connect(f"{quick.url}/ws") as socket:
        halves = []
        for n in range(1000):
            _, writer = await asyncio.open_connection(at.hostname, at.port)
            writer.write(b"GET / HTTP/1.1\r\n" if n % 2 else b"")
            halves.append(writer)
            if n % 100 == 99:
                async with http.get(quick.url, headers={"Connection": "close"}) as answer:
                    assert answer.status == 200, n
                await socket.send_str(str(n))
                assert await socket.receive_str(timeout=PATIENCE) == str(n)
        for writer in halves:
            writer.transport.abort()
