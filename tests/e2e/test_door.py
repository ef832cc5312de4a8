"""Who holds no good link: the page and the HTTP interface say so, and why."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator

import aiohttp
import msgspec
import pytest

from tests.e2e.chromium import chromium, open_page
from tests.e2e.conftest import needs_chromium
from tests.e2e.service import Service
from vicon.ops.data import DataDir
from vicon.ops.links import Book, Signer

pytestmark = pytest.mark.patient
HOUR_S = 3600


def _expired(service: Service) -> str:
    """A token that this server signed and whose time is over."""
    home = DataDir(service.data)
    book = msgspec.json.decode(home.links.read_bytes(), type=Book)
    issue = next(one for one in book.issues if one.grant.role == "operator")
    past = int(time.time()) - HOUR_S
    issue = msgspec.structs.replace(issue, issued=past - HOUR_S, expires=past)
    return Signer(home.key.read_bytes(), frozenset({issue.jti})).sign_link(issue)


def _forged(service: Service) -> str:
    """The same words, signed with a key of somebody else."""
    home = DataDir(service.data)
    book = msgspec.json.decode(home.links.read_bytes(), type=Book)
    issue = book.issues[0]
    return Signer(secrets.token_bytes(32), frozenset({issue.jti})).sign_link(issue)


@pytest.fixture
async def session(service: Service) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(service.url + "/") as session:
        yield session


async def test_state_as_json_for_a_link_alone(
    service: Service, session: aiohttp.ClientSession
) -> None:
    async def ask(token: str) -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = await session.get("api/v1/conferences", headers=headers)
        body = await answer.json()
        return answer.status, body[0]["id"] if answer.status == 200 else body["code"]

    status, conference = await ask(service.link("observer").token)
    assert status == 200
    assert await ask("") == (401, "bad_token")
    assert await ask(_forged(service)) == (401, "bad_token")
    assert await ask(_expired(service)) == (401, "expired_token")

    headers = {"Authorization": f"Bearer {service.link('moderator').token}"}
    state = await (await session.get(f"api/v1/conferences/{conference}", headers=headers)).json()
    assert [room["cap"] for room in state["view"]["rooms"] if not room["hub"]] == [12] * 10
    assert (await session.get("api/v1/conferences/none", headers=headers)).status == 404
    assert (await session.get("healthz")).status == 200
    assert (await session.get("readyz")).status == 200


@needs_chromium
@pytest.mark.browser
async def test_a_page_without_a_good_link_says_why(service: Service) -> None:
    said = {}
    async with chromium() as browser:
        for kind, token in {"forged": _forged(service), "expired": _expired(service)}.items():
            page = await open_page(browser, f"{service.url}/ruang#{token}", [])
            refused = page.locator("[data-refused]")
            await refused.wait_for()
            said[kind] = await refused.get_attribute("data-refused")
            assert await page.locator("[data-room] video").count() == 0
            assert token not in await page.content()
    assert said == {"forged": "bad_token", "expired": "expired_token"}
    log = service.log.read_text("utf-8")
    for token in (_expired(service), service.link("operator").token):
        assert token not in log
