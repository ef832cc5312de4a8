"""Requests made up from the router itself, with every role's token or none, every method, and
paths, queries, headers and bodies that no description names (test_schemathesis goes by that one).
What is promised of every answer is asked of every answer: no fault of the server, the headers, a
sentence with each refusal, and nothing of the inside."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientResponse, ClientSession
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs
from yarl import URL

from tests.app.gatehouse import BAD, KUKAR, OURS, Gatehouse, opened
from tests.app.test_edge import observe
from vicon.web.access import ANYONE, ROUTES

pytestmark = pytest.mark.asyncio(loop_scope="module")
BUSY = (503,)
"""The only status of the five hundreds that is a refusal."""
ROLES = ["", "moderator", "technician", "operator", "observer", "tester", "encoder", "player"]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
ODD = st.text(
    alphabet=st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1, max_size=40
) | st.sampled_from(
    ["..", "../..", "%00", "%2e%2e%2f", "'; --", "${7*7}", "{{7*7}}", "\x00", "9" * 400, "-1", "é"]
)
VALUES: Mapping[str, list[str]] = {
    "id": [OURS, "r1"],
    "conference": [OURS],
    "room": [KUKAR],
    "format": ["json", "csv", "txt"],
    "kind": ["attendance", "counts"],
}
QUERIES = st.dictionaries(
    st.sampled_from(["room", "lang", "limit", "before", "new", "x"]),
    st.sampled_from(["64.02", "64.99", "en", "id", "1", "0", "201", "-1", "1e9", "NaN"]) | ODD,
    max_size=3,
)
TYPES = st.sampled_from(
    ["application/json", "application/x-www-form-urlencoded", "application/sdp", "text/csv",
     "application/trickle-ice-sdpfrag", "multipart/form-data; boundary=x", "text/html", "x", ""]
)  # fmt: skip
HEADERS = st.dictionaries(
    st.sampled_from(["If-Match", "Range", "Accept", "Accept-Language", "Cookie", "Sec-Fetch-Site",
                     "X-Forwarded-For", "X-HTTP-Method-Override", "Origin", "Content-Encoding"]),
    st.sampled_from(["*", '"a"', "bytes=0-1", "bytes=9-1", "en", "vicon.lang=en", "cross-site",
                     "vicon.door=e30", "vicon.door=%%%", "DELETE", "null", "gzip", "br", "a, b"]),
    max_size=3,
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)
BODIES = (
    st.binary(max_size=200)
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.sampled_from(
        [b"", b"v=0\r\n", b"[" * 30_000, b"ruang;nama\n=1;x\n", b"\x1f\x8b" + b"0" * 40]
    )
    | st.just(b"person=abcdefgh12345678&name=Siti&role=KPU")
)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gatehouse]:
    async with opened(tmp_path_factory.mktemp("fuzz")) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@st.composite
def asked(draw: st.DrawFn) -> tuple[str, str, str]:
    """Method, route's key, path with its names filled in, still with {token}."""
    key = draw(st.sampled_from(sorted(key for key in ROUTES if key != "GET /ws")))
    own, path = key.split()
    own = "POST" if own == "*" else own
    method = draw(st.sampled_from([own, own, own, *METHODS]))
    while "{" in path.replace("{token}", ""):
        before, _, rest = path.replace("{token}", "\0").partition("{")
        name, _, after = rest.partition("}")
        usual = VALUES.get(name, ["abcdefgh12345678"])
        odd = draw(ODD) if draw(st.booleans()) else ""
        value = URL.build(path=f"/{odd}").raw_path[1:] if odd else draw(st.sampled_from(usual))
        path = f"{before}{value.replace('{', '%7B')}{after}".replace("\0", "{token}")
    return method, key, path


def _token(house: Gatehouse, role: str, bad: str) -> str:
    if bad:
        return house.bad(bad, role or "operator")
    room = KUKAR if role in ("operator", "tester", "encoder") else None
    return house.token(role, room) if role else ""


async def _sound(answer: ClientResponse, house: Gatehouse, what: object) -> None:
    """What is promised of every answer."""
    assert answer.status < 500 or answer.status in BUSY, (what, answer.status)
    observe(dict(answer.headers), what)
    body = await answer.read()
    for inside in (b"Traceback", b'File "', str(house.home.path).encode()):
        assert inside not in body, what
    if answer.status >= 400 and answer.method != "HEAD":
        if answer.content_type.endswith("json"):
            told = json.loads(body)
            said = told["text"]
            assert told["code"], what
            assert said["id"], what
            assert said["en"], what
        elif answer.status in (412, 416):  # a page's file, asked for with conditions
            assert body == b"", what
        else:
            assert answer.content_type in ("text/plain", "text/html"), what
            assert len(body) > 40, what
    if answer.content_type == "application/json" and body:
        json.loads(body)


@settings(
    max_examples=400,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    what=asked(),
    role=st.sampled_from(ROLES),
    bad=st.sampled_from(["", "", *BAD]),
    query=QUERIES,
    kind=TYPES,
    headers=HEADERS,
    body=BODIES,
)
async def test_every_answer_keeps_what_is_promised(
    house: Gatehouse,
    http: ClientSession,
    what: tuple[str, str, str],
    role: str,
    bad: str,
    query: dict[str, str],
    kind: str,
    headers: dict[str, str],
    body: bytes,
) -> None:
    method, key, path = what
    token = _token(house, role, bad)
    door = house.token("door", KUKAR) if not bad else "x" * 22
    sent: dict[str, Any] = {"Content-Type": kind} | headers
    if token and ROUTES[key].who != ANYONE and "{token}" not in path:
        sent["Authorization"] = f"Bearer {token}"
    url = URL(house.url + path.replace("{token}", door), encoded=True).update_query(query)
    with capture_logs() as logs:
        async with http.request(
            method, url, headers=sent, data=body, allow_redirects=False
        ) as answer:
            await _sound(answer, house, (method, str(url), role, bad, answer.status))
    assert not [line for line in logs if line["log_level"] in ("error", "critical")]
