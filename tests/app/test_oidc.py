"""Sign-in by an OpenID Connect provider, against one that runs here: the way out and back, what a
bad answer is worth, and that passwords go on without it."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio

from tests.app.entry import OURS, Entry, Visitor, add, entry, settings
from tests.app.provider import (
    CLIENT,
    SECRET,
    FakeProvider,
    provider,
    signed_with_another_key,
    signed_with_the_public_key,
    unsigned,
)
from vicon.config.settings import Oidc, OidcRole, Settings
from vicon.ops.trail import read_trail
from vicon.web import oidc as module

pytestmark = pytest.mark.asyncio(loop_scope="module")
SESSION = "vicon.session"
Json = dict[str, Any]


def with_provider(issuer: str, **more: Any) -> Settings:
    roles = [
        OidcRole(value="vicon-moderator", role="moderator", conference=OURS),
        OidcRole(value="vicon-teknisi", role="technician"),
        OidcRole(value="vicon-pengelola", role="organizer"),
    ]
    asked = {"claim": "groups", "client_secret": SECRET, **more}
    return settings(oidc=Oidc(issuer=issuer, name="SSO", client_id=CLIENT, roles=roles, **asked))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Any, Any]]:
    folder = tmp_path_factory.mktemp("oidc")
    async with provider() as made, entry(folder, with_provider(made.issuer)) as house:
        add(house.home, "rini", "moderator")
        yield made, house


@pytest.fixture
def sso(running: tuple[FakeProvider, Entry]) -> FakeProvider:
    found = running[0]
    found.person = {"sub": "u1", "name": "Rini A.", "groups": ["vicon-moderator", "lain"]}
    found.change, found.sign = lambda _: None, found.signed
    found.down, found.refuses = False, ""
    return found


@pytest.fixture
def house(running: tuple[FakeProvider, Entry]) -> Entry:
    return running[1]


async def out(browser: Visitor) -> str:
    """To the provider; the address to which that sends the browser back."""
    answer = await browser.post("/oidc/begin")
    assert answer.status == 200, await answer.text()
    url = (await answer.json())["url"]
    async with browser.http.get(url, allow_redirects=False) as sent:
        assert sent.status == 302
        return sent.headers["Location"]


async def back(browser: Visitor, address: str) -> str:
    """Where it leads at last: the page, with what went wrong."""
    async with browser.http.get(address, allow_redirects=False) as answer:
        assert answer.status == 303
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.headers["Location"]


async def test_who_signs_in_there_is_signed_in_here(sso: FakeProvider, house: Entry) -> None:
    async with house.browser() as browser:
        assert (await browser.look())["oidc"] == "SSO"
        assert await back(browser, await out(browser)) == "/masuk"
        you = (await browser.look())["you"]
        assert (you["name"], you["password"]) == ("Rini A.", False)
        assert [(p["role"], p["conference"]) for p in you["places"]] == [("moderator", OURS)]
        browser.csrf = you["csrf"]
        assert await browser.hello(await browser.enter("moderator")) == "welcome"
        answer = await browser.post("/password", {"old": "", "new": "kata sandi yang baru"})
        assert answer.status == 409
    (deed,) = [d for d in read_trail(house.home) if d.who.endswith("#u1")][:1]
    assert (deed.what, deed.outcome) == ("sign-in", "done")


async def test_only_values_that_are_configured_give_roles(sso: FakeProvider, house: Entry) -> None:
    sso.person = {"sub": "u2", "preferred_username": "budi", "groups": "vicon-teknisi"}
    async with house.browser() as browser:
        await back(browser, await out(browser))
        you = (await browser.look())["you"]
        assert you["name"] == "budi"
        assert {p["role"] for p in you["places"]} == {"technician"}
    for groups in ([], ["pegawai"], None, 5, {"vicon-moderator": True}):
        sso.person = {"sub": "u3", "groups": groups}
        async with house.browser() as browser:
            assert await back(browser, await out(browser)) == "/masuk?kesalahan=oidc_no_role"
            assert (await browser.look())["you"] is None


def _claim(name: str, value: object) -> Callable[[FakeProvider], None]:
    def wrong(sso: FakeProvider) -> None:
        def change(claims: Json) -> None:
            if value is None:
                del claims[name]
            else:
                claims[name] = value

        sso.change = change

    return wrong


def _signing(make: Callable[[FakeProvider], Callable[[Json], str]]) -> Callable[[Any], None]:
    def wrong(sso: FakeProvider) -> None:
        sso.sign = make(sso)

    return wrong


def _cut(sso: FakeProvider) -> None:
    sso.sign = lambda claims: sso.signed(claims)[:-8] + "AAAAAAAA"


BAD: dict[str, Callable[[FakeProvider], None]] = {
    "another sign-in's nonce": _claim("nonce", "x" * 43),
    "no nonce": _claim("nonce", None),
    "another audience": _claim("aud", "lain"),
    "no audience": _claim("aud", None),
    "several audiences, another party": _claim("aud", [CLIENT, "lain"]),
    "another party": _claim("azp", "lain"),
    "another issuer": _claim("iss", "https://jahat.example"),
    "expired": _claim("exp", int(time.time()) - 120),
    "no end": _claim("exp", None),
    "an end that is no number": _claim("exp", "besok"),
    "of the future": _claim("iat", int(time.time()) + 3600),
    "not yet": _claim("nbf", int(time.time()) + 3600),
    "nobody": _claim("sub", ""),
    "alg none": _signing(lambda _: unsigned),
    "the public key as a secret": _signing(signed_with_the_public_key),
    "another key under a known name": _signing(signed_with_another_key),
    "an altered signature": _cut,
    "no token": _signing(lambda _: lambda _claims: ""),
    "garbage": _signing(lambda _: lambda _claims: "a.b.c"),
    "too large": _claim("more", "x" * (80 << 10)),
}


@pytest.mark.parametrize("kind", BAD)
async def test_an_answer_that_proves_nothing_signs_nobody_in(
    sso: FakeProvider, house: Entry, kind: str
) -> None:
    BAD[kind](sso)
    async with house.browser() as browser:
        assert await back(browser, await out(browser)) == "/masuk?kesalahan=oidc_bad"
        assert browser.cookie(SESSION) == ""
        assert (await browser.look())["you"] is None


async def test_an_answer_is_good_once_and_in_its_own_browser_alone(
    sso: FakeProvider, house: Entry
) -> None:
    async with house.browser() as browser, house.browser() as victim:
        address = await out(browser)
        # Login CSRF: somebody's answer, led through another's browser.
        assert await back(victim, address) == "/masuk?kesalahan=oidc_late"
        assert (await victim.look())["you"] is None
        assert await back(browser, address) == "/masuk?kesalahan=oidc_late"  # it was used up
        address = await out(browser)
        assert await back(browser, address) == "/masuk"
        assert await back(browser, address) == "/masuk?kesalahan=oidc_late"


async def test_a_code_of_another_sign_in_is_refused_by_the_provider(
    sso: FakeProvider, house: Entry
) -> None:
    """PKCE: a code that was overheard is worth nothing without the verifier."""
    async with house.browser() as browser, house.browser() as thief:
        overheard = parse_qs(urlsplit(await out(browser)).query)["code"][0]
        own = urlsplit(await out(thief))
        state = parse_qs(own.query)["state"][0]
        named = f"state={state}&iss={sso.issuer}"
        swapped = f"{own.scheme}://{own.netloc}{own.path}?{named}&code={overheard}"
        sso.refused.clear()
        assert await back(thief, swapped) == "/masuk?kesalahan=oidc_bad"
        assert sso.refused == ["invalid_grant"]
        used = await out(browser)
        await back(browser, used)
        code = parse_qs(urlsplit(used).query)["code"][0]
        again = urlsplit(await out(browser))
        state = parse_qs(again.query)["state"][0]
        named = f"state={state}&iss={sso.issuer}"
        replayed = f"{again.scheme}://{again.netloc}{again.path}?{named}&code={code}"
        assert await back(browser, replayed) == "/masuk?kesalahan=oidc_bad"


async def test_an_answer_of_another_issuer_is_refused(sso: FakeProvider, house: Entry) -> None:
    """Mix-up (RFC 9207)."""
    async with house.browser() as browser:
        address = await out(browser)
        mixed = address.replace(sso.issuer, "https://jahat.example")
        assert mixed != address
        assert await back(browser, mixed) == "/masuk?kesalahan=oidc_bad"


async def test_an_answer_without_the_issuer_is_refused_where_it_names_itself(
    sso: FakeProvider, house: Entry
) -> None:
    """RFC 9207, section 2.4."""
    async with house.browser() as browser:
        nameless = re.sub(r"&iss=[^&]*|(?<=\?)iss=[^&]*&?", "", await out(browser))
        assert "iss=" not in nameless
        assert await back(browser, nameless) == "/masuk?kesalahan=oidc_bad"


async def test_one_that_never_names_itself_need_not(tmp_path: Path) -> None:
    async with provider() as sso:
        sso.names_itself = False
        async with entry(tmp_path, with_provider(sso.issuer)) as house, house.browser() as browser:
            nameless = re.sub(r"&iss=[^&]*|(?<=\?)iss=[^&]*&?", "", await out(browser))
            assert await back(browser, nameless) == "/masuk"


@pytest.mark.parametrize("query", ["", "?state=x", "?state=x&code=y", "?code=y", "?error=x"])
async def test_what_nobody_asked_for_is_refused(house: Entry, query: str) -> None:
    async with house.browser() as browser:
        at = f"{house.url}/api/v1/account/oidc/back{query}"
        assert await back(browser, at) == "/masuk?kesalahan=oidc_late"


async def test_too_late_is_too_late(
    sso: FakeProvider, house: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house.browser() as browser:
        address = await out(browser)
        monkeypatch.setattr(module, "LONGEST_S", -1.0)
        assert await back(browser, address) == "/masuk?kesalahan=oidc_late"


async def test_the_provider_says_no(sso: FakeProvider, house: Entry) -> None:
    sso.refuses = "access_denied"
    async with house.browser() as browser:
        assert await back(browser, await out(browser)) == "/masuk?kesalahan=oidc_refused"


async def test_another_sites_page_begins_nothing(sso: FakeProvider, house: Entry) -> None:
    async with house.browser() as browser:
        answer = await browser.post("/oidc/begin", {}, {"Origin": "https://jahat.example"})
        assert answer.status == 403


@pytest.mark.parametrize("curve", [False, True])
async def test_new_keys_are_taken_and_old_ones_dropped(
    sso: FakeProvider, house: Entry, curve: bool
) -> None:
    async with house.browser() as browser:
        assert await back(browser, await out(browser)) == "/masuk"
        old = sso.keys[-1]
        sso.rotate(curve=curve)
        assert await back(browser, await out(browser)) == "/masuk"
        sso.sign = lambda claims: sso.signed(claims, old)
        assert await back(browser, await out(browser)) == "/masuk?kesalahan=oidc_bad"


async def test_the_provider_is_not_asked_for_keys_again_and_again(
    sso: FakeProvider, house: Entry
) -> None:
    from joserfc.jwk import RSAKey

    stranger = RSAKey.generate_key(2048, {"kid": "tidak-dikenal"})
    sso.sign = lambda claims: sso.signed(claims, stranger)
    before = sso.jwks_asked
    async with house.browser() as browser:
        for _ in range(8):
            assert await back(browser, await out(browser)) == "/masuk?kesalahan=oidc_bad"
    assert sso.jwks_asked - before <= 3


async def test_while_the_provider_is_down_passwords_go_on(tmp_path: Path) -> None:
    async with provider() as sso, entry(tmp_path, with_provider(sso.issuer)) as house:
        add(house.home, "rini", "moderator")
        async with house.browser() as browser:
            sso.down = True
            answer = await browser.post("/oidc/begin")
            assert answer.status == 503
            found = await answer.json()
            assert found["code"] == "oidc_down"
            assert "kata sandi" in found["text"]["id"]
            assert (await browser.sign_in("rini")).status == 200
        async with house.browser() as browser:
            sso.down = False
            address = await out(browser)
            sso.down = True  # between the two
            assert await back(browser, address) == "/masuk?kesalahan=oidc_down"
            sso.down = False
            assert await back(browser, await out(browser)) == "/masuk"
    closed = with_provider("http://127.0.0.1:9")
    async with entry(tmp_path, closed) as house, house.browser() as browser:
        assert (await browser.post("/oidc/begin")).status == 503


async def test_a_claim_may_lie_deeper(tmp_path: Path) -> None:
    async with provider() as sso:
        wanted = with_provider(sso.issuer, claim="realm_access.roles")
        async with entry(tmp_path, wanted) as house, house.browser() as browser:
            sso.person = {"sub": "u1", "realm_access": {"roles": ["vicon-pengelola"]}}
            assert await back(browser, await out(browser)) == "/masuk"
            places = (await browser.look())["you"]["places"]
            assert [p["role"] for p in places] == ["organizer"]


async def test_without_a_provider_there_is_no_such_way(tmp_path: Path) -> None:
    async with entry(tmp_path, settings()) as house, house.browser() as browser:
        assert (await browser.look())["oidc"] == ""
        assert (await browser.post("/oidc/begin")).status == 404
