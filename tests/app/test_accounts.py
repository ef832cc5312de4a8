"""Signing in: who may, what a failure tells, what a session opens, and how it ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import WSMsgType

from tests.app.entry import (
    CHEAP,
    KUKAR,
    OURS,
    PASSWORD,
    Entry,
    Visitor,
    add,
    change,
    entry,
    settings,
)
from vicon.app.tries import ACCOUNT, ADDRESS, EACH, Tries
from vicon.ops.accounts import Accounts
from vicon.ops.passwords import Passwords
from vicon.ops.trail import read_trail

pytestmark = pytest.mark.asyncio(loop_scope="module")
SESSION = "vicon.session"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Entry]:
    async with entry(tmp_path_factory.mktemp("people"), settings()) as made:
        for name in ("rini", "budi", "sari", "tono", "wati", "agus"):
            add(made.home, name, "moderator")
        add(made.home, "dewi", "technician", conference=OURS)
        add(made.home, "pak-kelola", "organizer", "moderator")
        yield made


async def test_who_signs_in_gets_to_the_desk_of_his_role(house: Entry) -> None:
    async with house.browser() as browser:
        assert (await browser.look())["you"] is None
        answer = await browser.sign_in("Rini")  # capital letters do not matter
        assert answer.status == 200
        (place,) = (await answer.json())["you"]["places"]
        assert (place["role"], place["conference"]) == ("moderator", OURS)
        token = await browser.enter("moderator")
        assert await browser.hello(token) == "welcome"
        status, found = await browser.get(f"/api/v1/conferences/{OURS}", token)
        assert status == 200
        assert found["view"]["you"]["role"] == "moderator"
        assert found["view"]["you"]["name"] == "Rini"
        assert found["view"]["you"]["room"] == "64"
    done = [d for d in read_trail(house.home) if d.who == "rini"]
    assert [(d.what, d.outcome) for d in done] == [("sign-in", "done")]
    assert done[0].which["remote"] == "127.0.0.1"


async def test_the_session_cookie_is_for_the_server_and_its_own_pages_alone(house: Entry) -> None:
    async with house.browser() as browser:
        answer = await browser.sign_in("rini")
        (cookie,) = [one for one in answer.headers.getall("Set-Cookie") if SESSION in one]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert "Path=/" in cookie
        assert "Secure" not in cookie  # plain http; test_cookies has the other
        kept = (house.home.sessions).read_text("utf-8")
        assert browser.cookie(SESSION) not in kept
        assert house.home.sessions.stat().st_mode & 0o777 == 0o600


async def test_a_failure_does_not_tell_whether_the_name_is_known(house: Entry) -> None:
    add(house.home, "tutup", "moderator")
    change(house.home, "tutup", disabled=True)
    told = []
    async with house.browser() as browser:
        for name, password in (
            ("budi", "salah sama sekali"),
            ("tidak-ada", "salah sama sekali"),
            ("tutup", PASSWORD),
            ("", ""),
            ("budi", "x" * 5000),
        ):
            answer = await browser.sign_in(name, password)
            assert answer.status == 401
            assert SESSION not in str(answer.headers.getall("Set-Cookie", []))
            told.append(await answer.text())
    assert len(set(told)) == 1
    found = json.loads(told[0])
    assert found["code"] == "wrong_password"
    assert found["text"]["id"] != found["text"]["en"]
    refused = read_trail(house.home, refused=True)
    assert {"budi", "tidak-ada", "tutup"} <= {deed.who for deed in refused}
    assert "salah sama sekali" not in house.home.refused.read_text("utf-8")


async def test_a_name_that_is_not_known_is_looked_at_as_hard(
    house: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not by the clock of a busy machine: the same work is done."""
    asked: list[str] = []
    verify = Passwords.verify

    def noting(self: Passwords, kept: str, password: str) -> bool:
        asked.append(kept)
        return verify(self, kept, password)

    monkeypatch.setattr(Passwords, "verify", noting)
    async with house.browser() as browser:
        await browser.sign_in("tidak-ada-juga", "salah sama sekali")
        await browser.sign_in("sari", "salah sama sekali")
    assert len(asked) == 2
    assert asked[0] == ""


async def test_too_many_tries_are_told_how_long_to_wait(house: Entry) -> None:
    async with house.browser() as browser:
        for _ in range(int(EACH.burst)):
            assert (await browser.sign_in("tono", "salah sama sekali")).status == 401
        answer = await browser.sign_in("tono")  # also with the right one
        assert answer.status == 429
        found = await answer.json()
        assert found["code"] == "too_many_tries"
        assert 0 < found["wait_s"] <= EACH.every_s
        assert int(answer.headers["Retry-After"]) == found["wait_s"]
        assert str(found["wait_s"]) in found["text"]["id"]
        assert (await browser.sign_in("wati")).status == 200  # another account goes on


async def test_tries_at_the_same_moment_all_count_and_right_ones_are_given_back() -> None:
    tries = Tries()
    waits = [tries.take("rini", "10.0.0.1", 0.0) for _ in range(100)]
    assert waits.count(0) == EACH.burst
    assert tries.take("rini", "10.0.0.1", waits[-1] - 1.0) > 0
    assert tries.take("rini", "10.0.0.1", float(waits[-1])) == 0
    assert tries.take("rini", "10.0.0.2", 0.0) == 0  # elsewhere he goes on
    for n in range(200):
        assert tries.take(f"n{n}", "10.0.0.3", 0.0) == 0
        tries.give_back(f"n{n}", "10.0.0.3", 0.0)
    wrong = [tries.take(f"m{n}", "10.0.0.3", 0.0) for n in range(100)]
    assert wrong.count(0) == ADDRESS.burst


async def test_guesses_from_everywhere_do_not_keep_the_owner_out(house: Entry) -> None:
    """A browser that he has signed in with before is not held up by those of others."""
    add(house.home, "sasaran", "moderator")
    async with house.browser() as own, house.browser() as other:
        await own.page()
        assert (await own.sign_in("sasaran")).status == 200
        for _ in range(int(EACH.burst) + 1):
            await other.sign_in("sasaran", "salah sama sekali")
        assert (await other.sign_in("sasaran")).status == 429
        assert (await own.sign_in("sasaran")).status == 200
        for _ in range(int(EACH.burst)):
            assert (await own.sign_in("sasaran", "salah sama sekali")).status == 401
        assert (await own.sign_in("sasaran")).status == 429  # its own have their bound, too
    tries = Tries()
    for n in range(int(ACCOUNT.burst)):
        assert tries.take("rini", f"10.0.{n}.1", 0.0) == 0
    assert tries.take("rini", "10.1.0.1", 0.0) > 0
    assert tries.take("rini", "10.1.0.1", 0.0, "her own laptop") == 0


async def test_signing_in_makes_a_new_session_and_ends_the_old_one(house: Entry) -> None:
    """Session fixation: what a browser brings along is never what it leaves with."""
    async with house.browser() as browser, house.browser() as thief:
        await browser.sign_in("wati")
        before = browser.cookie(SESSION)
        thief.http.cookie_jar.update_cookies({SESSION: before})
        assert (await thief.look())["you"] is not None
        await browser.sign_in("wati")
        assert browser.cookie(SESSION) != before
        assert (await thief.look())["you"] is None
    planted = "a" * 64
    async with house.browser() as browser:
        browser.http.cookie_jar.update_cookies({SESSION: planted})
        await browser.sign_in("wati")
        assert browser.cookie(SESSION) not in ("", planted)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://jahat.example"},
        {"Origin": "null"},
        {"Origin": "", "Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ],
)
async def test_another_sites_page_can_do_nothing_with_the_cookie(
    house: Entry, headers: dict[str, str]
) -> None:
    async with house.browser() as browser:
        await browser.sign_in("agus")
        for path, body in (
            ("/sign-in", {"name": "agus", "password": PASSWORD}),
            ("/enter", {"role": "moderator", "conference": OURS}),
            ("/end", {"sessions": []}),
            ("/password", {"old": PASSWORD, "new": "sebuah kata sandi baru"}),
            ("/sign-out", {}),
        ):
            answer = await browser.post(path, body, headers)
            assert answer.status == 403, (path, headers)
            assert (await answer.json())["code"] == "not_from_here"
        assert (await browser.look())["you"]["account"] == "agus"


@pytest.mark.parametrize("number", ["", "0" * 64])
async def test_a_post_without_the_sessions_number_is_refused(house: Entry, number: str) -> None:
    async with house.browser() as browser:
        await browser.sign_in("agus")
        for path in ("/enter", "/end", "/password", "/sign-out"):
            answer = await browser.post(path, {}, {"X-Vicon-CSRF": number})
            assert answer.status == 403
        assert (await browser.look())["you"] is not None


async def test_one_may_be_what_the_account_says_and_nothing_else(house: Entry) -> None:
    async with house.browser() as browser:
        await browser.sign_in("dewi")
        assert [p["role"] for p in (await browser.look())["you"]["places"]] == ["technician"]
        for role, conference in (
            ("moderator", OURS),
            ("organizer", ""),
            ("operator", OURS),
            ("technician", "lain-2020"),
            ("", ""),
        ):
            answer = await browser.post("/enter", {"role": role, "conference": conference})
            assert answer.status == 403, role
        token = await browser.enter("technician")
        status, _ = await browser.get("/api/v1/office/conferences", token)
        assert status == 403


async def test_an_organizer_gets_to_the_organizers_page(house: Entry) -> None:
    async with house.browser() as browser:
        await browser.sign_in("pak-kelola")
        roles = [p["role"] for p in (await browser.look())["you"]["places"]]
        assert roles == ["organizer", "moderator"]
        token = await browser.enter("organizer", "")
        status, found = await browser.get("/api/v1/office/conferences", token)
        assert (status, found["you"]) == (200, "Pak-Kelola")


async def test_a_pages_token_is_worth_nothing_in_another_browser(house: Entry) -> None:
    async with house.browser() as browser, house.browser() as other:
        await browser.sign_in("rini")
        token = await browser.enter("moderator")
        assert await other.hello(token) == "session_over"
        status, found = await other.get(f"/api/v1/conferences/{OURS}", token)
        assert (status, found["code"]) == (401, "session_over")
        await other.sign_in("sari")
        assert await other.hello(token) == "session_over"
        status, _ = await other.ask("POST", f"/whep/{OURS}", token)
        assert status == 403


async def _closed(browser: Visitor, token: str, act: object) -> str:
    """The code with which an open page is sent away by an act."""
    import msgspec

    from signaling import messages as m

    async with browser.http.ws_connect(f"{browser.url}/ws") as socket:
        hello = m.Hello(v=m.PROTOCOL_VERSION, token=token)
        await socket.send_str(msgspec.json.encode(hello).decode())
        assert (await socket.receive_json(timeout=10))["type"] == "welcome"
        await act()  # type: ignore[operator]
        async with asyncio.timeout(10):
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    told = json.loads(message.data)
                    if told["type"] == "bye":
                        return str(told["code"])
    return "lost"


async def test_signing_out_closes_the_pages_that_are_open(house: Entry) -> None:
    async with house.browser() as browser:
        await browser.sign_in("sari")
        token = await browser.enter("moderator")
        assert await _closed(browser, token, lambda: browser.post("/sign-out")) == "session_over"
        assert browser.cookie(SESSION) == ""
        assert await browser.hello(token) == "session_over"
        assert (await browser.post("/sign-out")).status == 401
    assert ("sari", "sign-out") in [(d.who, d.what) for d in read_trail(house.home)]


async def test_a_change_of_the_account_ends_its_sessions(house: Entry) -> None:
    changes: dict[str, dict[str, object]] = {
        "budi": {"disabled": True},
        "agus": {"hash": CHEAP.hash("lain lagi")},
    }
    for name, fields in changes.items():
        async with house.browser() as browser:
            await browser.sign_in(name)
            token = await browser.enter("moderator")

            async def act(name: str = name, fields: dict[str, object] = fields) -> None:
                await asyncio.to_thread(change, house.home, name, **fields)

            assert await _closed(browser, token, act) == "session_over"
            assert (await browser.look())["you"] is None
            assert await browser.hello(token) == "session_over"


async def test_one_sees_and_ends_own_sessions_elsewhere(house: Entry) -> None:
    async with house.browser() as here, house.browser() as there, house.browser() as other:
        await here.sign_in("dewi")
        await there.sign_in("dewi")
        await other.sign_in("rini")
        mine = (await here.look())["you"]["sessions"]
        (elsewhere,) = [one["id"] for one in mine if not one["mine"] and one["remote"]][:1]
        foreign = (await other.look())["you"]["sessions"][0]["id"]
        answer = await here.post("/end", {"sessions": [elsewhere, foreign]})
        assert (await answer.json())["ended"] == [elsewhere]
        assert (await there.look())["you"] is None
        assert (await here.look())["you"] is not None
        assert (await other.look())["you"] is not None


async def test_a_password_is_changed_with_the_old_one_and_all_sessions_end(house: Entry) -> None:
    add(house.home, "ganti", "moderator")
    async with house.browser() as browser, house.browser() as other:
        await browser.sign_in("ganti")
        await other.sign_in("ganti")
        for old, new, status in (
            ("bukan yang lama", "kata sandi yang baru", 401),
            (PASSWORD, "pendek", 422),
            (PASSWORD, "ganti ganti ganti", 422),
        ):
            answer = await browser.post("/password", {"old": old, "new": new})
            assert answer.status == status, new
        answer = await browser.post("/password", {"old": PASSWORD, "new": "kata sandi yang baru"})
        assert answer.status == 200
        assert (await browser.look())["you"] is None
        assert (await other.look())["you"] is None
        assert (await browser.sign_in("ganti")).status == 401
        assert (await browser.sign_in("ganti", "kata sandi yang baru")).status == 200


async def test_a_hash_of_older_parameters_is_made_anew_at_sign_in(house: Entry) -> None:
    older = Passwords(time_cost=2, memory_kib=512, lanes=1).hash(PASSWORD)
    add(house.home, "lama", "moderator", hash=older)
    async with house.browser() as browser:
        assert (await browser.sign_in("lama")).status == 200
        found = Accounts(house.home).find("lama")
        assert found is not None
        assert found.hash != older
        assert not CHEAP.stale(found.hash)
        assert (await browser.look())["you"] is not None  # it ends no session
        assert (await browser.sign_in("lama")).status == 200


async def test_links_go_on_without_an_account(house: Entry) -> None:
    async with house.browser() as browser:
        for role in ("moderator", "technician", "observer"):
            assert await browser.hello(house.token(role)) == "welcome"
        assert await browser.hello(house.token("operator", KUKAR)) == "welcome"


async def test_sessions_live_through_a_restart_and_end_in_time(tmp_path: Path) -> None:
    wanted = settings()
    async with entry(tmp_path, wanted) as first, first.browser() as browser:
        add(first.home, "rini", "moderator")
        await browser.sign_in("rini")
        token = await browser.enter("moderator")
        cookie = browser.cookie(SESSION)
    async with entry(tmp_path, wanted) as second, second.browser() as browser:
        browser.http.cookie_jar.update_cookies({SESSION: cookie})
        assert (await browser.look())["you"]["account"] == "rini"
        assert await browser.hello(token) == "welcome"


async def test_where_accounts_are_required_a_link_alone_does_not_do(tmp_path: Path) -> None:
    async with entry(tmp_path, settings(required=True)) as house, house.browser() as browser:
        add(house.home, "rini", "moderator", "organizer")
        roles = {role for role in ("operator", "observer", "tester") if house.token(role)}
        assert roles == {"operator", "observer", "tester"}
        with pytest.raises(StopIteration):
            house.token("moderator")  # it is not handed out
        for role, path in (
            ("moderator", f"/api/v1/conferences/{OURS}"),
            ("technician", f"/api/v1/conferences/{OURS}"),
            ("organizer", "/api/v1/office/conferences"),
        ):
            token = _printed_before(house, role)
            assert await browser.hello(token) in ("sign_in_needed", "bad_token")
            status, found = await browser.get(path, token)
            assert (status, found["code"]) == (401, "sign_in_needed")
            status, _ = await browser.ask("POST", f"/whep/{OURS}", token)
            assert status in (401, 403)
        assert await browser.hello(house.token("operator", KUKAR)) == "welcome"
        assert await browser.hello(house.token("moderator", own=True)) == "welcome"
        await browser.sign_in("rini")
        assert await browser.hello(await browser.enter("moderator")) == "welcome"
        token = await browser.enter("organizer", "")
        status, found = await browser.get(f"/api/v1/office/conferences/{OURS}/links", token)
        assert status == 200
        (row,) = [one for one in found["links"] if one["role"] == "moderator"][:1]
        assert row["sign_in"]
        assert row["url"].endswith("/masuk")


def _printed_before(house: Entry, role: str) -> str:
    """A link's token from before accounts were required."""
    from vicon.ops import links

    signer, book, _ = links._read_book(house.home)
    return signer.sign_link(next(one for one in book.issues if one.grant.role == role))
