"""Who may do what, gone through whole: every command of the wire and every route of the server,
by every role and every token that is not good, in other rooms and other conferences. What is not
allowed is refused, and the journals' heads stay as they are.

The tables are the code's own: a command or a route without an entry fails here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, get_args

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from msgspec import structs

from signaling import messages as m
from tests.app.gatehouse import BAD, BALIKPAPAN, KUKAR, OTHER, OURS, Gatehouse, opened
from tests.signaling.examples import BODIES
from vicon.app.rights import RIGHTS, ROLES
from vicon.core import commands as do
from vicon.core.authority import MAY
from vicon.web import authorisation
from vicon.web.access import ANYONE, ROUTES, SIGNED_IN, key_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
EVERY = list({type(body): body for body in BODIES}.values())
OTHERS_ONLY = {("moderator", m.MicUnmute)}
"""Allowed to the role, but for its own room alone."""
_TOLD = {
    "expired": "expired_token",
    "taken": "link_needs_cookie",
    "another session": "session_over",
}
"""By the kind of token that is not good: what its bearer is told."""
SAMPLES = {
    "person": "p-12345678",
    "session": "s-12345678",
    "kind": "counts",
    "format": "json",
    "room": KUKAR,
    "id": OURS,
    "conference": OURS,
    "link": "ab12cd",
    "recording": "1600995600000-ab12cd",
    "file": "64.02-1.webm",
}
"""What stands in a path where a route has a name."""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gatehouse]:
    async with opened(tmp_path_factory.mktemp("house")) as made:
        yield made


# --- the tables ---------------------------------------------------------------------------------


async def test_every_command_of_the_wire_has_an_entry_and_an_example() -> None:
    commands = set(get_args(m.CommandBody))
    assert set(RIGHTS) == commands
    assert {type(body) for body in BODIES} == commands
    assert {role for roles in RIGHTS.values() for role in roles} <= set(ROLES)


async def test_every_role_of_the_core_has_a_line() -> None:
    asking = {role for part in get_args(do.Asker) for role in (get_args(part) or (part,))}
    assert asking == set(MAY)
    assert set(ROLES) <= asking


async def test_every_route_has_an_entry_and_every_entry_a_route(house: Gatehouse) -> None:
    assert {key_of(route) for route in house.app.router.routes()} == set(ROUTES)
    known = {*house.roles, *ANYONE, SIGNED_IN, "standby", "monitor"}
    assert {role for access in ROUTES.values() for role in access.who} <= known


async def test_who_may_speak_on_a_private_line_may_send() -> None:
    assert RIGHTS[m.LineCall] | RIGHTS[m.LineAnswer] <= RIGHTS[m.MediaPublish]


async def test_the_document_is_what_the_tables_say() -> None:
    written = Path(__file__).parents[2] / "docs/authorisation.md"
    assert written.read_text("utf-8") == authorisation.document(), "run scripts/gen"


# --- commands -----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
async def test_what_a_role_may_not_is_refused(house: Gatehouse, role: str) -> None:
    before = house.heads()
    forbidden = [body for body in EVERY if role not in RIGHTS[type(body)]]
    assert forbidden
    answers = await house.answers(house.token(role), forbidden)
    assert set(answers) == {"not_allowed"}
    assert house.heads() == before


@pytest.mark.parametrize("role", ["operator", "tester"])
async def test_who_has_a_room_is_refused_in_every_other(house: Gatehouse, role: str) -> None:
    before = house.heads()
    named = [b for b in EVERY if role in RIGHTS[type(b)] and getattr(b, "room", None) == KUKAR]
    assert named
    answers = await house.answers(house.token(role, BALIKPAPAN), named)
    for body, answer in zip(named, answers, strict=True):
        early = ("pact_closed",) if isinstance(body, m.PactSign) else ()
        assert answer in ("not_allowed", *early), body
    assert house.heads() == before


@pytest.mark.parametrize("role", ["moderator", "technician"])
async def test_a_room_that_is_not_there_is_refused_to_all(house: Gatehouse, role: str) -> None:
    before = house.heads()
    named = [
        structs.replace(body, room="64.99")
        for body in EVERY
        if role in RIGHTS[type(body)] and getattr(body, "room", None) is not None
    ]
    assert named
    answers = await house.answers(house.token(role), named)
    assert "ok" not in answers
    assert house.heads() == before


@pytest.mark.parametrize("kind", [kind for kind in BAD if kind != "none"])
async def test_with_a_token_that_is_not_good_no_command_is_heard(
    house: Gatehouse, kind: str
) -> None:
    before = house.heads()
    token = house.bad(kind, "moderator")
    expected = _TOLD.get(kind, "bad_token")
    for body in EVERY:
        async with house.socket(token) as wire:
            told = await wire.ask(body)
            assert told["type"] == "bye"
            assert told["code"] in (expected, "out_of_order", "too_fast"), body
    async with house.socket(token) as wire:
        assert (await wire.next("welcome", "bye"))["code"] in (expected, "too_fast")
    assert house.heads() == before


async def test_what_is_no_link_of_a_person_opens_no_socket(house: Gatehouse) -> None:
    others = [role for role in house.roles if role not in ROLES]
    assert {"encoder", "player", "door"} <= set(others)
    before = house.heads()
    for role in others:
        async with house.socket(house.token(role)) as wire:
            assert (await wire.next("welcome", "bye"))["code"] in ("bad_token", "too_fast"), role
    assert house.heads() == before


async def test_what_is_done_in_one_conference_is_not_done_in_another(house: Gatehouse) -> None:
    """Also the control of all above: what a role may, it is not refused for its role."""
    before = house.heads()[OURS]
    for role in ROLES:
        allowed = [body for body in EVERY if role in RIGHTS[type(body)]]
        room = KUKAR if role in ("operator", "tester") else None
        answers = await house.answers(house.token(role, room, OTHER), allowed)
        for body, answer in zip(allowed, answers, strict=True):
            if (role, type(body)) not in OTHERS_ONLY:
                assert answer != "not_allowed", (role, body)
    assert house.heads()[OURS] == before


async def test_a_resume_token_is_good_for_its_own_link_alone(house: Gatehouse) -> None:
    token = house.token("operator", KUKAR, OTHER)
    async with house.socket(token) as wire:
        await wire.next("welcome")
        joined = (await wire.ask(m.RoomJoin(kind="companion")))["result"]
        assert joined["device"]
        before = house.heads()
        for foreign in (
            house.token("operator", BALIKPAPAN, OTHER),
            house.token("operator", KUKAR, OURS),
            house.token("technician", None, OTHER),
        ):
            async with house.socket(foreign, joined["resume"]) as thief:
                assert (await thief.next("welcome"))["view"]["you"]["device"] is None
        assert house.heads() == before
        left = await wire.ask(m.RoomLeave())
        assert left["type"] == "ok"
    before = house.heads()
    async with house.socket(token, joined["resume"]) as again:
        assert (await again.next("welcome"))["view"]["you"]["device"] is None
    assert house.heads() == before


# --- routes -------------------------------------------------------------------------------------


def _asked(house: Gatehouse) -> list[tuple[str, str, str]]:
    """Method, path with samples, key of every route that wants a token."""
    found = []
    for key, access in ROUTES.items():
        if access.who == ANYONE:
            continue
        method, path = key.split()
        for name, value in (SAMPLES | _other_samples(path)).items():
            path = path.replace(f"{{{name}}}", value)
        assert "{" not in path.replace("{token}", ""), f"SAMPLES lacks a name of {key}"
        methods = ("PATCH", "DELETE") if "s-12345678" in path else ("POST",)
        found += [(one, path, key) for one in (methods if method == "*" else (method,))]
    return found


def _other_samples(path: str) -> dict[str, str]:
    if path.startswith("/api/v1/trials/"):
        return {"id": "u1", "format": "txt"}
    # The organizer may archive a conference: one that is not there.
    return {"id": "tidak-ada"} if path.startswith("/api/v1/office/") else {}


async def _status(http: ClientSession, house: Gatehouse, asked: Any, token: str) -> int:
    method, path, _ = asked
    path = path.replace("{token}", token or "none")
    bearer = {"Authorization": f"Bearer {token}"} if token and "/checkin/" not in path else {}
    async with http.request(
        method, house.url + path, headers=bearer, data=b"", allow_redirects=False
    ) as answer:
        return answer.status


async def test_every_route_is_for_its_roles_alone(house: Gatehouse) -> None:
    before = house.heads()
    async with ClientSession() as http:
        for asked in _asked(house):
            who = ROUTES[asked[2]].who
            for role in house.roles:
                halls = role in ("operator", "tester", "door", "encoder")
                token = house.token(role, KUKAR if halls else None)
                status = await _status(http, house, asked, token)
                if role in who:
                    assert status not in (401, 403), (asked, role, status)
                else:
                    assert status in (401, 403, 404, 429), (asked, role, status)
    assert house.heads() == before


@pytest.mark.parametrize("kind", BAD)
async def test_no_route_takes_a_token_that_is_not_good(house: Gatehouse, kind: str) -> None:
    before = house.heads()
    async with ClientSession() as http:
        for asked in _asked(house):
            for role in house.roles:
                status = await _status(http, house, asked, house.bad(kind, role))
                doors = (404, 429) if "/checkin/" in asked[1] else (401, 429)
                assert status in (*doors, 403), (asked, role, status)
    assert house.heads() == before


async def test_the_pairs_routes_are_for_its_key_alone(house: Gatehouse) -> None:
    async with ClientSession() as http:
        for path in ("/standby", "/standby/state"):
            asked = ("GET", path, f"GET {path}")
            assert await _status(http, house, asked, house.pair_key[:-1]) == 401
            assert await _status(http, house, asked, "") == 401
            assert await _status(http, house, asked, house.pair_key) in (200, 400)


async def test_no_route_shows_another_conference(house: Gatehouse) -> None:
    before = house.heads()
    async with ClientSession() as http:
        for asked in _asked(house):
            if OURS not in asked[1]:
                continue
            for role in ROUTES[asked[2]].who:
                if house.issue(role).grant.conference:
                    status = await _status(http, house, asked, house.token(role, None, OTHER))
                    assert status in (403, 404), (asked, role, status)
    assert house.heads() == before


async def test_no_route_shows_a_hall_another_room(house: Gatehouse) -> None:
    before = house.heads()
    async with ClientSession() as http:
        for method, path, key in _asked(house):
            if not ROUTES[key].own_room or "trials/" in path or path.endswith("/media"):
                continue  # by the run's room: tests/app/test_trials; figures: test_figures
            asked = (method, f"{path}?room={KUKAR}", key)
            for role in {"operator", "tester", "encoder"} & set(ROUTES[key].who):
                status = await _status(http, house, asked, house.token(role, BALIKPAPAN))
                assert status == 403, (asked, role, status)
    assert house.heads() == before
