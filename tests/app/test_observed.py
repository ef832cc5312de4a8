"""What every answer carries, as an observatory of web sites looks at it, but on every route, for
whoever may ask and who may not, under TLS with a public name: headers, caches, cookies."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from itertools import chain
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientResponse, ClientSession
from multidict import CIMultiDict

from tests.app.gatehouse import KUKAR, Gatehouse, opened
from tests.app.test_authorisation import SAMPLES
from tests.app.test_edge import observe, unframed
from vicon.listeners import Listener
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.ops.rotation import Rotation
from vicon.ops.tls import local_certificate
from vicon.web.access import ANYONE, ROUTES
from vicon.web.pages import PAGES, assets

pytestmark = pytest.mark.asyncio(loop_scope="module")
PUBLIC = "vicon.contoh.go.id"
HALLS = ("operator", "tester", "encoder", "door")
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self' blob:",
    "media-src": "'self' blob:",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
}
SENT = {
    **SAMPLES,
    "token": "x" * 22,
    "name": "index.js",
}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gatehouse]:
    """As behind a certificate that browsers know."""
    folder, clock = tmp_path_factory.mktemp("observed"), SystemClock()
    authority = DataDir(tmp_path_factory.mktemp("authority"))
    names = ["127.0.0.1", PUBLIC]
    rotation = Rotation(lambda now: local_certificate(authority, names, now), clock)
    listener = Listener(host="127.0.0.1", port=0, tls=rotation)
    async with opened(folder, listener, public_url=f"https://{PUBLIC}", tls="files") as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def answers(house: Gatehouse) -> list[tuple[str, str, ClientResponse]]:
    """Of every route, for nobody and for each role; and of what there is not. The route's key, the
    role that asked."""
    found: list[tuple[str, str, ClientResponse]] = []
    port = house.url.rpartition(":")[2]
    odd = [("DELETE /", ""), ("BREW /", ""), ("GET /tidak-ada", ""), ("GET /api/v1/tidak-ada", "")]
    odd += [("GET /assets/tidak-ada.js", ""), ("TRACE /api/v1/conferences", "")]
    built = next(one.name for one in _assets() if one.name.endswith(".js"))
    odd.append((f"GET /assets/{built}", ""))
    every = [(key, role) for key, one in ROUTES.items() for role in ("", *one.who, "observer")]
    async with ClientSession() as http:
        for key, role in chain(every, odd):
            method, path = key.split()
            head = CIMultiDict({"Host": PUBLIC})
            if role in house.roles and role != "door":
                token = house.token(role, KUKAR if role in HALLS else None)
                head["Authorization"] = f"Bearer {token}"
            sent = {**SENT, "token": house.token("door", KUKAR)} if role == "door" else SENT
            if path.startswith("/api/v1/office/"):
                sent = {**sent, "id": "tidak-ada"}
            for name, value in sent.items():
                path = path.replace(f"{{{name}}}", value)
            async with http.request(
                "POST" if method == "*" else method,
                f"https://127.0.0.1:{port}{path}",
                headers=head,
                ssl=False,
                allow_redirects=False,
            ) as answer:
                await answer.read()
                found.append((key, role, answer))
    return found


def _assets() -> list[Path]:
    return list((assets() / "assets").iterdir())


Answers = list[tuple[str, str, ClientResponse]]


async def test_there_is_an_answer_of_every_kind(answers: Answers) -> None:
    assert {key for key, _, _ in answers} >= set(ROUTES)
    assert {answer.status for _, _, answer in answers} >= {200, 401, 403, 404, 405, 415, 422}


async def test_the_headers(answers: Answers) -> None:
    for key, role, answer in answers:
        what = (key, role, answer.status)
        observe(dict(answer.headers), what)
        head = unframed(answer.headers, what)
        policy = head["Content-Security-Policy"]
        assert dict(one.strip().partition(" ")[::2] for one in policy.split(";")) == POLICY, what
        assert "unsafe" not in policy, what
        permitted = dict(re.findall(r"([\w-]+)=(\(.*?\))", head["Permissions-Policy"]))
        assert permitted.pop("camera") == permitted.pop("microphone") == "(self)", what
        assert set(permitted.values()) == {"()"}, what
        if not key.startswith("BREW"):  # of what cannot be read, no host is known
            assert head["Strict-Transport-Security"] == "max-age=31536000", what
        assert not re.search(r"[\d/]", head["Server"]), what
        assert not {"X-Powered-By", "X-AspNet-Version", "Via"} & set(head), what
        assert len(head.getall("Content-Security-Policy")) == 1, what
        if answer.content_type in ("text/html", "text/plain"):
            assert answer.charset == "utf-8", what


async def test_no_answer_is_for_another_site_but_an_encoders(answers: Answers) -> None:
    """Whose page carries a token by hand; never with what a browser adds by itself."""
    for key, role, answer in answers:
        shared = answer.headers.get("Access-Control-Allow-Origin")
        assert shared == ("*" if key.startswith("* /wh") else None), (key, role)
        assert "Access-Control-Allow-Credentials" not in answer.headers, (key, role)


async def test_what_a_token_opens_is_kept_nowhere(answers: Answers) -> None:
    for key, role, answer in answers:
        path, kept = key.split()[1], answer.headers["Cache-Control"]
        if path.startswith("/assets/") and answer.status == 200:
            assert kept == "public, max-age=31536000, immutable", key
        elif key == "GET /api/v1/openapi.json":
            assert kept == "no-cache", key
        elif path.startswith(("/api/", "/checkin/", "/whip/", "/whep/")) or path.endswith("/now"):
            assert kept == "no-store" or answer.content_type == "text/plain", (key, role)
        else:
            assert kept == "no-cache", (key, role)


async def test_cookies_are_given_by_pages_alone_and_are_of_this_host(answers: Answers) -> None:
    given = set()
    for key, role, answer in answers:
        for line in answer.headers.getall("Set-Cookie", []):
            given.add(key.split()[1])
            ((name, cookie),) = SimpleCookie(line).items()
            assert name == "__Host-vicon.device", (key, role)
            assert cookie["secure"], line
            assert cookie["httponly"], line
            assert cookie["samesite"] == "Lax", line
            assert cookie["path"] == "/", line
            assert not cookie["domain"], line
    assert given == set(PAGES)
    assert all(ROUTES[f"GET {page}"].who == ANYONE for page in given)


async def test_plain_http_gets_nothing_on_the_port_of_tls(house: Gatehouse) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(house.url.rpartition(":")[2]))
    writer.write(f"GET / HTTP/1.1\r\nHost: {PUBLIC}\r\n\r\n".encode())
    with contextlib.suppress(ConnectionError):
        assert not await asyncio.wait_for(reader.read(), 10)
    writer.transport.abort()
