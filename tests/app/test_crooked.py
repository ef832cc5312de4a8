"""Requests that mean harm, on every route that could take them: paths that lead out, bodies that
are too large or never end. Each is refused as the description says, nothing is told of the files of
the server, and the next one who asks is served."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from tests.app.gatehouse import KUKAR, OTHER, OURS, Gatehouse, opened
from vicon.app import guesses
from vicon.web import account, attendance, commands, office, whip
from vicon.web.access import ROUTES
from vicon.web.checkin import form, gate
from vicon.web.openapi import document

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATIENCE = 20.0
SOON_S = 0.3
"""A body's time in these tests; the real ones are 10 s."""
OUT = (
    "..%2f..%2fserver.json", "..%2F..%2F..%2F..%2Fetc%2Fpasswd", "%2e%2e%2f%2e%2e%2fserver.json",
    "%252e%252e%252fserver.json", "..%255c..%255cserver.json", "..%5c..%5cserver.json",
    "....%2f%2f....%2f%2fetc%2fpasswd", "%2fetc%2fpasswd", "%c0%ae%c0%ae%2fetc%2fpasswd",
    "%00", "x%00.json", "%0d%0aSet-Cookie:%20x=1", "file:%2f%2f%2fetc%2fpasswd", "C:%5cboot.ini",
    "..;%2f..;%2fserver.json", "%ef%bc%8e%ef%bc%8e%2fserver.json", "%", "%zz", "%ff%fe", "~root",
)  # fmt: skip
STEPS = ("../../../../etc/passwd", "..\\..\\server.json", "%2e%2e/%2e%2e/server.json", "//", "./.")
TELLS = (b"root:", b'"pid"', b"[build-system]", b"SQLite format", b"PRIVATE KEY", b"Traceback")
HALLS = ("operator", "tester", "encoder", "door")
MADE: dict[str, Any] = document.document()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gatehouse]:
    """Where a body has little time, and tries have no bound: it would hide everything."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (account, attendance, commands, office, whip, form):
            patch.setattr(module, "BODY_S", SOON_S)
        patch.setattr(guesses, "BURST", 1e9)
        for name in ("READ_BURST", "WRITE_BURST"):
            patch.setattr(gate, name, 1e9)
        patch.setattr(whip, "POST_BURST", 1e9)
        patch.setattr(whip, "PATCH_BURST", 1e9)
        async with opened(tmp_path_factory.mktemp("crooked")) as made:
            yield made


def described() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """The route's key, method, path, operation; but for the sockets."""
    for key in ROUTES:
        path = key.partition(" ")[2]
        for method, operation in MADE["paths"][path].items():
            if path not in ("/ws", "/standby"):
                yield key, method.upper(), path, operation


def filled(house: Gatehouse, key: str, path: str) -> str:
    there = {"id": OURS, "conference": OURS, "room": KUKAR, "link": "ab12", "name": "x.js"}
    there |= {"kind": "counts", "format": "json", "session": "s1", "person": "p" * 22}
    there["token"] = house.token("door", KUKAR)
    if "/office/" in path:
        there["id"] = OTHER
    for name, value in there.items():
        path = path.replace(f"{{{name}}}", value)
    return path


def bearer(house: Gatehouse, key: str) -> str:
    """Of the first role that may, as a line of the head; a session is not needed to be refused."""
    role = ROUTES[key].who[0]
    if role not in house.roles or role == "door":
        return ""
    return f"Authorization: Bearer {house.token(role, KUKAR if role in HALLS else None)}\r\n"


def head(house: Gatehouse, key: str, method: str, path: str, *lines: str) -> bytes:
    host = urlsplit(house.url).netloc
    said = [f"{method} {path} HTTP/1.1", f"Host: {host}", f"Origin: {house.url}", *lines]
    return ("\r\n".join(said) + "\r\n" + bearer(house, key) + "\r\n").encode("latin-1")


class Line:
    """A socket without a library that would mend what is sent."""

    def __init__(self, house: Gatehouse) -> None:
        self._at = urlsplit(house.url)

    async def __aenter__(self) -> Line:
        self.reader, self.writer = await asyncio.open_connection(self._at.hostname, self._at.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.transport.abort()

    async def say(self, sent: bytes) -> None:
        self.writer.write(sent)

    async def told(self) -> tuple[int, str, bytes]:
        """Status, media type, body."""
        async with asyncio.timeout(PATIENCE):
            lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            found = {
                name.lower(): value for name, _, value in (one.partition(": ") for one in lines)
            }
            length = int(found.get("content-length", 0))
            body = await self.reader.readexactly(length)
        return int(lines[0].split()[1]), found.get("content-type", ""), body


async def test_no_name_in_a_path_leads_out(house: Gatehouse) -> None:
    tried = 0
    for key, method, path, _ in described():
        names = re.findall(r"\{(\w+)\}", path)
        for name in names:
            for crooked in (*OUT, *STEPS):
                one = filled(house, key, path.replace(f"{{{name}}}", "\0")).replace("\0", crooked)
                async with Line(house) as line:
                    await line.say(head(house, key, method, one, "Content-Length: 0"))
                    status, kind, body = await line.told()
                what = (method, one, status)
                assert status < 500, what
                assert not any(inside in body for inside in TELLS), what
                assert str(house.home.path).encode() not in body, what
                if status < 400:
                    # A door's phone may ask for any entry and is told of none; there is nothing to
                    # get of a media session, whatever its name.
                    assert name in ("person", "room", "conference", "session"), what
                    assert status in (200, 204, 303), what
                elif kind.startswith("application/"):
                    assert json.loads(body).get("code") or json.loads(body)["said"]["code"], what
                tried += 1
    assert tried > 1000
    assert await _well(house)


async def test_no_name_becomes_a_header(house: Gatehouse) -> None:
    """Where a name goes back in Location, in a file's name or in a log."""
    for key, method, path, _ in described():
        if "{" not in path:
            continue
        one = re.sub(r"\{(?!token)\w+\}", "a%0d%0aX-Own:%201", path)
        async with Line(house) as line:
            await line.say(head(house, key, method, filled(house, key, one), "Content-Length: 0"))
            async with asyncio.timeout(PATIENCE):
                said = await line.reader.readuntil(b"\r\n\r\n")
            assert b"\r\nX-Own" not in said, one


def bodies() -> list[tuple[str, str, str, str, dict[str, Any]]]:
    """With their first media type."""
    return [
        (key, method, path, next(iter(operation["requestBody"]["content"])), operation)
        for key, method, path, operation in described()
        if "requestBody" in operation
    ]


@pytest.mark.parametrize("asked", bodies(), ids=lambda one: f"{one[1]} {one[2]}")
async def test_a_body_that_is_too_large(house: Gatehouse, asked: Any) -> None:
    """Said to be, and chunk after chunk: it is refused before it was all there."""
    key, method, path, kind, operation = asked
    for lines in (("Content-Length: 50000000",), ("Transfer-Encoding: chunked",)):
        async with Line(house) as line:
            one = filled(house, key, path)
            await line.say(head(house, key, method, one, f"Content-Type: {kind}", *lines))
            sending = asyncio.create_task(_pour(line, chunked="chunked" in lines[0]))
            status, _, body = await line.told()
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
        assert status in (400, 401, 403, 404, 409, 413), (path, status)
        assert str(status) in operation["responses"], (path, status)
        assert body, path
    assert await _well(house)


async def _pour(line: Line, *, chunked: bool) -> None:
    part = b"x" * 65_536
    for _ in range(800):
        line.writer.write(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
        await line.writer.drain()


@pytest.mark.parametrize("asked", bodies(), ids=lambda one: f"{one[1]} {one[2]}")
async def test_a_body_that_never_ends(house: Gatehouse, asked: Any) -> None:
    """A byte now and then: told so after its time, or refused at once; nobody waits for it."""
    key, method, path, kind, operation = asked
    loop, one = asyncio.get_running_loop(), filled(house, key, path)
    async with Line(house) as line:
        began = loop.time()
        sent = head(house, key, method, one, f"Content-Type: {kind}", "Content-Length: 5000")
        await line.say(sent)
        sending = asyncio.create_task(_drip(line))
        status, _, body = await line.told()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        assert loop.time() - began < 10
    assert status in (400, 401, 403, 404, 408, 409), (path, status)
    assert str(status) in operation["responses"], (path, status)
    assert body
    assert await _well(house)


async def _drip(line: Line) -> None:
    while True:
        line.writer.write(b"{")
        await asyncio.sleep(0.05)


async def _well(house: Gatehouse) -> bool:
    async with Line(house) as line:
        await line.say(head(house, "GET /healthz", "GET", "/healthz"))
        return (await line.told())[0] == 200
