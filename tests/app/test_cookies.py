"""The server's cookies under TLS, and whose requests count as a page's of ours."""

from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from vicon.web.app import same_origin
from vicon.web.cookies import DEVICE, SESSION, Cookies, from_here

PUBLIC, GOOD = "https://vicon.go.id", "g" * 43
ALLOWED = same_origin(PUBLIC)


def asked(host: str = "vicon.go.id", **headers: str) -> web.Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return make_mocked_request("POST", "/", headers={"Host": host, **named})


def put(request: web.Request) -> list[str]:
    """What a browser is given by a page, and at a sign-in."""
    cookies, answer = Cookies(PUBLIC), web.Response()
    cookies.greet(request, answer)
    cookies.sign_in(request, answer, GOOD)
    return [one.OutputString() for one in answer.cookies.values()]


def test_under_tls_they_are_of_this_host_alone() -> None:
    """Behind a proxy that ends TLS, too: it is the public address that counts."""
    device, session = put(asked())
    for cookie in (device, session):
        assert cookie.startswith("__Host-")
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
    assert "SameSite=Lax" in device
    assert "SameSite=Strict" in session
    assert "Max-Age" not in session
    for cookie in put(asked("10.0.0.5:8080")):
        assert "Secure" not in cookie
        assert not cookie.startswith("__Host-")


def test_a_cookie_that_another_host_has_planted_is_not_looked_at() -> None:
    cookies = Cookies(PUBLIC)
    planted = asked(Cookie=f"{SESSION}={GOOD}; {DEVICE}={GOOD}")
    assert cookies.browser(planted).session == ""
    assert cookies.browser(planted).device == ""
    own = asked(Cookie=f"__Host-{SESSION}={GOOD}; __Host-{DEVICE}={GOOD}")
    assert cookies.browser(own).session == cookies.browser(own).device == GOOD


@pytest.mark.parametrize("value", ["", "short", "x" * 500, "a b" * 20, "<" * 40])
def test_what_was_not_made_here_is_none(value: str) -> None:
    found = Cookies(PUBLIC).browser(asked(Cookie=f"__Host-{DEVICE}={value}"))
    assert found.device == ""


def test_a_browser_that_has_a_name_keeps_it() -> None:
    answer = web.Response()
    Cookies(PUBLIC).greet(asked(Cookie=f"__Host-{DEVICE}={GOOD}"), answer)
    assert not answer.cookies


def test_a_page_of_ours_is_known_by_what_every_browser_tells() -> None:
    for headers in (
        {"Origin": PUBLIC},
        {"Origin": PUBLIC, "Sec_Fetch_Site": "same-origin"},
        {"Sec_Fetch_Site": "same-origin"},
    ):
        assert from_here(ALLOWED, asked(**headers)), headers
    for headers in (
        {},
        {"Origin": "null"},
        {"Origin": "https://lain.go.id"},
        {"Origin": "https://vicon.go.id.jahat.example"},
        {"Origin": PUBLIC, "Sec_Fetch_Site": "cross-site"},
        {"Origin": PUBLIC, "Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
    ):
        assert not from_here(ALLOWED, asked(**headers)), headers
