"""One-time links of halls, on a whole server: one browser, its reloads and tabs, a second device by
the QR code, another in its place when a moderator lets it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from aiohttp import WSMsgType

from signaling import messages as m
from tests.app.entry import BALIKPAPAN, KUKAR, OURS, Entry, Visitor, entry, settings
from vicon.ops.book import read_key
from vicon.ops.tokens import Signer
from vicon.store import reader

pytestmark = pytest.mark.asyncio(loop_scope="module")
DEVICE = "vicon.device"
LINK = f"/api/v1/conferences/{OURS}/rooms/{{}}/link"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Entry]:
    async with entry(tmp_path_factory.mktemp("once"), settings(once=True)) as made:
        yield made


async def test_the_first_browser_has_the_link_and_a_second_one_is_told_what_to_do(
    house: Entry,
) -> None:
    token = house.token("operator", "64.01")
    async with house.browser() as hall, house.browser() as other:
        await hall.page()
        await other.page()
        assert await hall.hello(token) == "welcome"
        assert await hall.hello(token) == "welcome"  # a reload, a second tab
        status, _ = await hall.get(f"/api/v1/conferences/{OURS}", token)
        assert status == 200
        assert await other.hello(token) == "link_taken"
        status, found = await other.get(f"/api/v1/conferences/{OURS}", token)
        assert (status, found["code"]) == (401, "link_taken")
        assert "moderator" in found["text"]["id"]


async def test_the_browsers_cookie_is_its_own_and_stays(house: Entry) -> None:
    async with house.browser() as hall:
        async with hall.http.get(f"{house.url}/ruang") as answer:
            (cookie,) = answer.headers.getall("Set-Cookie")
            assert "HttpOnly" in cookie
            assert "SameSite=Lax" in cookie
        kept = hall.cookie(DEVICE)
        async with hall.http.get(f"{house.url}/ruang") as answer:
            assert "Set-Cookie" not in answer.headers
        assert hall.cookie(DEVICE) == kept


async def test_a_browser_without_cookies_is_told_so(house: Entry) -> None:
    async with house.browser() as hall:
        assert await hall.hello(house.token("operator", "64.03")) == "link_needs_cookie"
        await hall.page()
        assert await hall.hello(house.token("operator", "64.03")) == "welcome"


async def test_other_links_are_not_one_time(house: Entry) -> None:
    for role, room in (("moderator", None), ("observer", None), ("tester", KUKAR)):
        for _ in range(2):
            async with house.browser() as browser:
                assert await browser.hello(house.token(role, room)) == "welcome"


async def test_a_moderator_lets_a_new_device_in_and_the_old_one_is_out(house: Entry) -> None:
    token, desk = house.token("operator", KUKAR), house.token("moderator")
    async with house.browser() as old, house.browser() as new, house.browser() as moderator:
        for one in (old, new):
            await one.page()
        async with old.http.ws_connect(f"{house.url}/ws") as socket:
            hello = m.Hello(v=m.PROTOCOL_VERSION, token=token)
            await socket.send_str(msgspec.json.encode(hello).decode())
            assert (await socket.receive_json(timeout=10))["type"] == "welcome"
            status, told = await moderator.get(LINK.format(KUKAR), desk)
            assert (status, told["once"], told["devices"], told["until"]) == (200, True, 1, None)
            assert await new.hello(token) == "link_taken"
            status, told = await moderator.ask("POST", LINK.format(KUKAR) + "/release", desk)
            assert status == 200
            assert told["until"]
            assert await new.hello(token) == "welcome"
            codes = [
                msgspec.json.decode(message.data).get("code")
                async for message in socket
                if message.type is WSMsgType.TEXT
            ]
            assert codes[-1] == "link_taken"
        assert await old.hello(token) == "link_taken"
        status, told = await moderator.get(LINK.format(KUKAR), desk)
        assert (told["devices"], told["until"]) == (1, None)
    assert [(role, on) for role, _, on in _released(house, KUKAR)] == [("moderator", True)]


async def test_who_let_it_in_can_take_that_back(house: Entry) -> None:
    token, desk = house.token("operator", "64.07"), house.token("technician")
    async with house.browser() as old, house.browser() as new:
        for one in (old, new):
            await one.page()
        assert await old.hello(token) == "welcome"
        await new.ask("POST", LINK.format("64.07") + "/release", desk)
        status, told = await new.ask("POST", LINK.format("64.07") + "/hold", desk)
        assert (status, told["until"]) == (200, None)
        assert await new.hello(token) == "link_taken"
        await new.ask("POST", LINK.format("64.07") + "/hold", desk)
    noted = _released(house, "64.07")
    assert [(role, on) for role, _, on in noted] == [("technician", True), ("technician", False)]
    assert all(name for _, name, _ in noted), "who did it, by name"


@pytest.mark.parametrize("role", ["operator", "observer", "tester"])
async def test_nobody_else_lets_devices_in(house: Entry, role: str) -> None:
    async with house.browser() as browser:
        await browser.page()
        token = house.token(role, "64.08" if role != "observer" else None)
        for method, path in (("GET", ""), ("POST", "/release"), ("POST", "/hold")):
            status, _ = await browser.ask(method, LINK.format("64.08") + path, token)
            assert status == 403
        moderator = house.token("moderator")
        status, _ = await browser.ask("POST", LINK.format("64.99") + "/release", moderator)
        assert status == 404


async def _qr(browser: Visitor, house: Entry, token: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The token behind the QR code of the page."""
    import segno

    shown: list[str] = []
    make = segno.make

    def noting(content: str, **more: object) -> object:
        shown.append(content)
        return make(content, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(segno, "make", noting)
        status, _ = await browser.get("/api/v1/me/qr", token)
    assert status == 200
    return shown[0].partition("#")[2]


async def test_a_second_device_comes_by_the_qr_code_once(
    house: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = house.token("operator", BALIKPAPAN)
    async with house.browser() as hall, house.browser() as phone, house.browser() as thief:
        for one in (hall, phone, thief):
            await one.page()
        assert await hall.hello(token) == "welcome"
        ticket = await _qr(hall, house, token, monkeypatch)
        assert ticket != token
        assert await phone.hello(ticket) == "welcome"
        assert await phone.hello(ticket) == "welcome"
        assert await thief.hello(ticket) == "ticket_over"
        assert await thief.hello(token) == "link_taken"
        assert await hall.hello(token) == "welcome"


async def test_a_second_devices_token_cannot_be_made_up(house: Entry) -> None:
    """The number of a ticket is signed: who has the link cannot write another one into it."""
    key = read_key(house.home)
    assert key is not None
    token = house.token("operator", "64.09")
    head, body, mark = token.split(".")
    async with house.browser() as hall, house.browser() as thief:
        for one in (hall, thief):
            await one.page()
        assert await hall.hello(token) == "welcome"
        import base64

        claims = msgspec.json.decode(base64.urlsafe_b64decode(body + "=="))
        for more in ({"own": True}, {"tic": "00" * 9}):
            raw = msgspec.json.encode(claims | more)
            forged = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
            assert await thief.hello(f"{head}.{forged}.{mark}") == "bad_token"
        issue = next(i for i in _issues(house) if i.grant.room == "64.09")
        made = Signer(key, frozenset({issue.jti})).sign_link(issue, ticket="00" * 9)
        assert await thief.hello(made) == "ticket_over"


def _released(house: Entry, room: str) -> list[tuple[str, str, bool]]:
    """What the journal says of the room's link: whose act, by which name, let in or not."""
    found = []
    for one in reader.rows(house.home.journal, OURS):
        event, actor = msgspec.json.decode(one.event), msgspec.json.decode(one.actor)
        if event["type"] == "link_released" and event["link"]["room"] == room:
            assert not {"token", "url"} & set(event["link"])
            found.append((actor["role"], actor.get("name", ""), event["on"]))
    return found


def _issues(house: Entry):  # type: ignore[no-untyped-def]
    from vicon.ops import links

    return [i for i in links._read_book(house.home)[1].issues if i.grant.role == "operator"]


async def test_the_organizer_sees_who_has_a_link_and_lets_a_new_device_in(house: Entry) -> None:
    token, office = house.token("operator", "64.11"), house.token("organizer")
    at = f"/api/v1/office/conferences/{OURS}/links"
    async with house.browser() as hall, house.browser() as other:
        for one in (hall, other):
            await one.page()
        _, found = await other.get(at, office)
        (row,) = [r for r in found["links"] if r["role"] == "operator" and r["room"] == "64.11"]
        assert (row["once"], row["used_at"], row["until"]) == (True, None, None)
        assert await hall.hello(token) == "welcome"
        assert await other.hello(token) == "link_taken"
        status, _ = await other.ask("POST", f"{at}/{row['link']}/release", office)
        assert status == 200
        _, found = await other.get(at, office)
        (row,) = [r for r in found["links"] if r["link"] == row["link"]]
        assert row["used_at"]
        assert row["until"] > found["now"]
        status, _ = await other.ask("POST", f"{at}/{row['link']}/hold", office)
        assert await other.hello(token) == "link_taken"
        status, _ = await other.ask("POST", f"{at}/{row['link']}/release", office)
        assert await other.hello(token) == "welcome"
        observer = next(r for r in found["links"] if r["role"] == "observer")
        status, told = await other.ask("POST", f"{at}/{observer['link']}/release", office)
        assert (status, told["code"]) == (409, "link_for_many")
        noted = [(role, on) for role, _, on in _released(house, "64.11")]
        assert noted == [("organizer", True), ("organizer", False), ("organizer", True)]
        _, found = await other.get(f"/api/v1/office/conferences/{OURS}/record", office)
        acts = [one for one in found["entries"] if one["what"].startswith("link_")]
        assert [one["what"] for one in acts][-3:] == ["link_released", "link_held", "link_released"]
        assert acts[-1]["links"] == [row["name"]]


async def test_a_rehearsal_takes_no_link_from_its_hall(house: Entry) -> None:
    async with house.browser() as agent, house.browser() as hall:
        assert await agent.hello(house.token("operator", "64.72", own=True)) == "welcome"
        await hall.page()
        assert await hall.hello(house.token("operator", "64.72")) == "welcome"


async def test_it_is_still_taken_after_a_restart(tmp_path: Path) -> None:
    wanted = settings(once=True)
    async with entry(tmp_path, wanted) as first, first.browser() as hall:
        token = first.token("operator", KUKAR)
        await hall.page()
        assert await hall.hello(token) == "welcome"
        cookie = hall.cookie(DEVICE)
        assert cookie not in first.home.browsers.read_text("utf-8")
        # No farewell: what was promised at the welcome is on the disk already.
        kept = first.home.browsers.read_bytes()
    async with entry(tmp_path, wanted) as second:
        assert second.home.browsers.read_bytes() == kept
        async with second.browser() as hall, second.browser() as other:
            await other.page()
            assert await other.hello(token) == "link_taken"
            hall.http.cookie_jar.update_cookies({DEVICE: cookie})
            assert await hall.hello(token) == "welcome"


async def test_a_link_of_many_becomes_one_of_one_when_that_is_configured(tmp_path: Path) -> None:
    async with entry(tmp_path, settings()) as many:
        token = many.token("operator", KUKAR)
        for _ in range(2):
            async with many.browser() as browser:
                await browser.page()
                assert await browser.hello(token) == "welcome"
        async with many.browser() as browser:
            status, told = await browser.ask(
                "POST", LINK.format(KUKAR) + "/release", many.token("moderator")
            )
            assert (status, told["code"]) == (409, "link_for_many")
    async with entry(tmp_path, settings(once=True)) as one:
        assert one.token("operator", KUKAR) == token
        async with one.browser() as hall, one.browser() as other:
            for browser in (hall, other):
                await browser.page()
            assert await hall.hello(token) == "welcome"
            assert await other.hello(token) == "link_taken"
