"""The server's outer edge over real sockets: by which names it is asked, what every answer carries,
what is too large, too slow or too many."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from multidict import CIMultiDict

from tests.app.gatehouse import KUKAR, OURS, SITE, Gatehouse, opened
from vicon.web.access import ROUTES
from vicon.web.app import MAX_BODY

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATIENCE = 10.0
PUBLIC = "vicon.contoh.go.id"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gatehouse]:
    folder = tmp_path_factory.mktemp("edge")
    async with opened(
        folder, public_url=f"https://{PUBLIC}", hosts=["nama.lain", "203.0.113.7"], tls="off"
    ) as made:
        yield made


async def say(url: str, text: bytes) -> bytes:
    """All that comes back for these bytes, until the other end closes."""
    at = urlsplit(url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    writer.write(text)
    told = await asyncio.wait_for(reader.read(), PATIENCE)
    writer.close()
    return told


def get(path: str, *lines: str, host: str | None = "localhost", version: str = "1.1") -> bytes:
    named = [] if host is None else [f"Host: {host}"]
    head = [f"GET {path} HTTP/{version}", *named, "Connection: close", *lines]
    return ("\r\n".join(head) + "\r\n\r\n").encode()


def status(told: bytes) -> int:
    return int(told.split(b" ", 2)[1])


# --- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "LOCALHOST:8443", "127.0.0.1", "127.0.0.1:1", "[::1]:8443", PUBLIC,
        f"{PUBLIC}:443", f"{PUBLIC}.", "nama.lain", "203.0.113.7:8443",
    ],
)  # fmt: skip
async def test_it_answers_to_its_names(house: Gatehouse, host: str) -> None:
    assert status(await say(house.url, get("/healthz", host=host))) == 200


@pytest.mark.parametrize("path", ["/", "/ws", "/healthz", "/api/v1/conferences", "/assets/x.js"])
@pytest.mark.parametrize("host", ["jahat.example", "203.0.113.8", "127.0.0.1.jahat.example"])
async def test_under_another_name_it_says_nothing(house: Gatehouse, host: str, path: str) -> None:
    told = await say(house.url, get(path, host=host))
    assert status(told) == 421
    assert b"jahat" not in told
    assert b"public_url" in told


@pytest.mark.parametrize("host", ["", "a b", "localhost/x", "localhost@jahat", "localhost:x", "["])
async def test_a_host_that_is_none_is_refused(house: Gatehouse, host: str) -> None:
    assert status(await say(house.url, get("/", host=host))) == 400


async def test_one_host_and_one_alone(house: Gatehouse) -> None:
    assert status(await say(house.url, get("/", host=None))) == 400
    assert status(await say(house.url, get("/", "Host: localhost"))) == 400
    assert status(await say(house.url, get("/healthz", host=None, version="1.0"))) == 200


async def test_an_absolute_address_is_for_us_or_refused(house: Gatehouse) -> None:
    assert status(await say(house.url, get("http://localhost/healthz"))) == 200
    assert status(await say(house.url, get("http://jahat.example/healthz"))) == 421


# --- headers ------------------------------------------------------------------------------------

OBSERVED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "vicon",
}


def unframed(given: Mapping[str, str], what: object) -> CIMultiDict[str]:
    """The headers without what lets SITE show the one page that is made for other sites."""
    found = CIMultiDict(given)
    if SITE not in found[POLICY]:
        return found
    assert "/embed/" in str(what)
    assert "X-Frame-Options" not in found
    policy = found[POLICY].replace(f"frame-ancestors {SITE}", "frame-ancestors 'none'")
    found["X-Frame-Options"], found[POLICY] = "DENY", policy
    return found


def observe(found: Mapping[str, str], what: object) -> None:
    """As an observatory of web sites looks at an answer."""
    found = unframed(found, what)
    for name, value in OBSERVED.items():
        assert found.get(name) == value, (what, name, found.get(name))
    policy = dict(part.strip().partition(" ")[::2] for part in found[POLICY].split(";"))
    assert policy["default-src"] == "'none'", what
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'", what
    assert policy["form-action"] == "'self'", what
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "data:"} & set(found[POLICY].split())
    assert "geolocation=()" in found["Permissions-Policy"], what
    assert "Cache-Control" in found, what
    assert "X-Powered-By" not in found, what


POLICY = "Content-Security-Policy"


async def test_every_route_and_every_error_carries_the_headers(house: Gatehouse) -> None:
    good = {"Authorization": f"Bearer {house.token('moderator')}"}
    asked = [(key.split()[0], key.split()[1]) for key in ROUTES]
    asked += [("GET", "/tidak-ada"), ("DELETE", "/"), ("BREW", "/"), ("GET", "/assets/x.js")]
    asked += [("TRACE", "/"), ("OPTIONS", "/api/v1/conferences")]
    seen = set()
    async with ClientSession() as http:
        for method, path in asked:
            for name, value in (("id", OURS), ("conference", OURS), ("room", KUKAR)):
                path = path.replace(f"{{{name}}}", value)
            path = path.replace("{format}", "json").replace("{kind}", "counts")
            for sent in ({}, good):
                async with http.request(
                    "POST" if method == "*" else method, house.url + path, headers=sent
                ) as answer:
                    observe(dict(answer.headers), (method, path, answer.status))
                    seen.add(answer.status)
    assert {200, 401, 404, 405} <= seen


async def test_what_cannot_be_read_carries_them_too(house: Gatehouse) -> None:
    for text in (
        b"\x16\x03\x01\x02\x00",
        b"GET\r\n\r\n",
        get("/", "a" * 20_000),
        get("/", host="x"),
    ):
        head, _, body = (await say(house.url, text)).partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        observe(dict(line.split(": ", 1) for line in lines[1:]), text[:40])
        assert b"Traceback" not in body


async def test_a_head_that_cannot_be_read_is_answered_without_a_body(house: Gatehouse) -> None:
    """RFC 9110, 9.3.2: else the client takes the sentence for its next answer."""
    asked = get("/", "Content-Encoding: br", "Content-Length: 2") + b"x\n"
    head, _, body = (await say(house.url, asked.replace(b"GET ", b"HEAD ", 1))).partition(
        b"\r\n\r\n"
    )
    assert (status(head), body) == (400, b"")
    _, _, body = (await say(house.url, asked)).partition(b"\r\n\r\n")
    assert b"cannot read" in body


async def test_browsers_are_told_to_stay_with_tls_where_the_certificate_is_known(
    house: Gatehouse,
) -> None:
    told = await say(house.url, get("/", host=PUBLIC))
    assert b"Strict-Transport-Security: max-age=31536000" in told
    assert b"Strict-Transport" not in await say(house.url, get("/", host="localhost"))


async def test_cookies_are_for_this_server_and_no_script(house: Gatehouse) -> None:
    door = f"/checkin/{house.token('door', KUKAR)}"
    async with (
        ClientSession() as http,
        http.post(
            f"{house.url}{door}", data={"name": "Siti", "person": "x", "role": "-"}
        ) as answer,
    ):
        set_cookies = answer.headers.getall("Set-Cookie", [])
    async with ClientSession() as http, http.get(f"{house.url}{door}?lang=en") as answer:
        set_cookies += answer.headers.getall("Set-Cookie", [])
    assert set_cookies
    for cookie in set_cookies:
        words = {word.strip().lower() for word in cookie.split(";")}
        assert "httponly" in words, cookie
        assert words & {"samesite=lax", "samesite=strict"}, cookie
        assert any(word.startswith("path=") for word in words), cookie


async def test_a_refusal_is_a_sentence_in_both_languages(house: Gatehouse) -> None:
    async with ClientSession() as http:
        async with http.delete(f"{house.url}/api/v1/conferences") as answer:
            assert answer.status == 405
            assert answer.headers["Allow"] == "GET,HEAD"
            body = await answer.json()
            assert body["code"] == "bad_method"
            assert body["text"]["id"] != body["text"]["en"]
        async with http.get(f"{house.url}/tidak-ada") as answer:
            assert answer.content_type == "text/plain"
            text = await answer.text()
            assert "panitia" in text
            assert "organisers" in text


# --- sizes, paths, methods ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        get("/" + "x" * 20_000),
        get("/", "X-Large: " + "x" * 20_000),
        get("/", *(f"X-{n}: 1" for n in range(500))),
    ],
    ids=["address", "field", "fields"],
)
async def test_an_oversized_head_is_refused(house: Gatehouse, text: bytes) -> None:
    assert status(await say(house.url, text)) in (400, 414, 431)


async def test_an_oversized_body_is_refused(house: Gatehouse) -> None:
    token = house.token("moderator")
    async with ClientSession(headers={"Authorization": f"Bearer {token}"}) as http:
        for path in (f"/api/v1/conferences/{OURS}/expected", f"/checkin/{house.token('door')}"):
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            body = b"x" * (2 * MAX_BODY)
            async with http.post(house.url + path, data=body, headers=form) as answer:
                assert answer.status == 413, path


PATHS = (
    "/assets/../index.html", "/assets/..%2findex.html", "/assets/%2e%2e/%2e%2e/pyproject.toml",
    "/assets/..%5c..%5cpyproject.toml", "//etc/passwd", "/assets//etc/passwd",
    "/assets/%00", "/assets/", "/assets", "/.git/config", "/index.html", "/manifest.json",
    "/api/v1/trials/..%2f..%2fjournal.sqlite", "/checkin/..%2f..%2fserver.json",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
async def test_no_path_leads_out_of_the_built_pages(house: Gatehouse, path: str) -> None:
    token = house.token("moderator")
    told = await say(house.url, get(path, f"Authorization: Bearer {token}"))
    assert status(told) in (400, 403, 404), told[:200]
    assert str(house.home.path).encode() not in told
    assert b"root:" not in told


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "PATCH", "DELETE", "BREW", "POST"])
async def test_a_page_knows_get_alone(house: Gatehouse, method: str) -> None:
    text = get("/ruang", "Content-Length: 0").replace(b"GET", method.encode(), 1)
    told = await say(house.url, text)
    assert status(told) in (400, 404, 405)
    assert b"Bearer" not in told


SMUGGLED = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = "POST /checkin/x HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    "head",
    [
        f"Content-Length: {len(SMUGGLED)}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        f"Transfer-Encoding: chunked\r\nContent-Length: {len(SMUGGLED)}\r\n\r\n0\r\n\r\n",
        "Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
        "Content-Length : 0\r\n\r\n",
        "Content-Length: +0\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "X: 1\r\n Transfer-Encoding: chunked\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhallo\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    ],
)
async def test_no_request_hides_behind_another(house: Gatehouse, head: str) -> None:
    """Where two readers of a request could disagree on its end, the connection ends."""
    told = await say(house.url, (POST + head).encode() + SMUGGLED)
    assert status(told) == 400, told[:200]
    assert told.count(b"HTTP/1.") == 1
    assert b'{"ok":true}' not in told


async def test_the_server_itself_is_asked_for_its_health(house: Gatehouse) -> None:
    told = await say(house.url, get("/readyz"))
    said = json.loads(told.partition(b"\r\n\r\n")[2])
    assert said["ready"] is True
    assert {check["name"]: check["state"] for check in said["checks"]} == dict.fromkeys(
        ["conferences", "media", "journal", "disk", "pressure", "clock", "certificate", "standby"],
        "ok",
    )
    assert all(check["text"]["id"] and check["text"]["en"] for check in said["checks"])


async def test_the_built_pages_are_where_they_are_served_from() -> None:
    """What the path tests look for does exist one step out."""
    root = Path(__file__).parents[2]
    assert (root / "vicon/_web/index.html").is_file()
    assert (root / "pyproject.toml").is_file()
