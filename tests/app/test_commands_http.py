"""Commands without a connection: the same rights, acts, journal and refusals as on the WebSocket,
each done once under its id."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from aiohttp import ClientSession

from signaling import messages as m
from signaling.peer import Limits
from tests.app.gatehouse import BALIKPAPAN, KUKAR, OTHER, OURS, Gatehouse, opened
from tests.signaling.examples import BODIES
from vicon.app.rights import RIGHTS, ROLES
from vicon.store import reader

pytestmark = pytest.mark.asyncio(loop_scope="module")
EVERY = list({type(body): body for body in BODIES}.values())
CONNECTED = {m.RoomJoin, m.TrialOffer, m.TrialWithdraw, m.TrialConnect, m.TrialReport}


class Program:
    """One that has a link, and no connection."""

    def __init__(self, house: Gatehouse, http: ClientSession, token: str) -> None:
        self._house, self._http = house, http
        self._head = {"Authorization": f"Bearer {token}"}

    async def send(
        self, body: m.CommandBody, id: str, conference: str = OURS
    ) -> tuple[int, dict[str, Any]]:
        return await self.raw(msgspec.json.encode({"id": id, "body": body}), conference)

    async def raw(self, sent: bytes, conference: str = OURS) -> tuple[int, dict[str, Any]]:
        url = f"{self._house.url}/api/v1/conferences/{conference}/commands"
        async with self._http.post(url, data=sent, headers=self._head) as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            return answer.status, await answer.json()

    async def view(self) -> dict[str, Any]:
        url = f"{self._house.url}/api/v1/conferences/{OURS}/view"
        async with self._http.get(url, headers=self._head) as answer:
            assert answer.status == 200
            found: dict[str, Any] = await answer.json()
            return found


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gatehouse]:
    async with opened(tmp_path_factory.mktemp("commands")) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


def program(
    house: Gatehouse, http: ClientSession, role: str, room: str | None = None, of: str = OURS
) -> Program:
    return Program(house, http, house.token(role, room, of))


async def test_who_is_connected_sees_it_at_once_and_the_journal_says_who(
    house: Gatehouse, http: ClientSession
) -> None:
    operator = program(house, http, "operator", KUKAR)
    async with house.socket(house.token("moderator")) as desk:
        welcome = await desk.next("welcome")
        status, done = await operator.send(m.CountSet(room=KUKAR, value=9), "a1")
        assert (status, done["result"], done["again"]) == (200, None, False)
        assert done["rev"] > welcome["rev"]
        delta = await desk.next("delta")
        assert delta["rev"] == done["rev"]
        assert [(room["code"], room["count"]) for room in delta["rooms"]] == [(KUKAR, 9)]
    seen = await operator.view()
    assert seen["rev"] == done["rev"]
    assert seen["view"]["you"]["device"] is None
    assert {r["code"]: r["count"] for r in seen["view"]["rooms"]}[KUKAR] == 9
    assert house.heads()[OURS][0] == done["rev"]
    *_, last = reader.rows(house.home.journal, OURS)
    event, actor = json.loads(last.event), json.loads(last.actor)
    assert (event["type"], event["room"]) == ("tally_changed", KUKAR)
    assert (actor["role"], actor["room"], actor.get("device")) == ("operator", KUKAR, None)


async def test_under_one_id_it_is_done_once(house: Gatehouse, http: ClientSession) -> None:
    operator = program(house, http, "operator", KUKAR)
    add = m.CountAdd(room=KUKAR, by=1)
    before = house.heads()[OURS][0]
    answers = await asyncio.gather(*(operator.send(add, "once") for _ in range(10)))
    assert {status for status, _ in answers} == {200}
    assert sorted(done["again"] for _, done in answers) == [False] + [True] * 9
    assert {done["rev"] for _, done in answers} == {before + 1}
    assert house.heads()[OURS][0] == before + 1
    status, told = await operator.send(m.CountAdd(room=KUKAR, by=-1), "once")
    assert (status, told["code"]) == (409, "id_reused")
    # Of another link the same id is another.
    other = program(house, http, "operator", BALIKPAPAN)
    status, done = await other.send(m.CountSet(room=BALIKPAPAN, value=3), "once")
    assert (status, done["again"]) == (200, False)
    # What was refused stays so under its id.
    negative = m.CountUndo(room="64.99")
    for _ in range(2):
        status, told = await operator.send(negative, "refused")
        assert status in (403, 409), told


@pytest.mark.parametrize("role", ROLES)
async def test_what_a_role_may_not_is_refused(
    house: Gatehouse, http: ClientSession, role: str
) -> None:
    before = house.heads()
    asking = program(house, http, role)
    for n, body in enumerate(one for one in EVERY if role not in RIGHTS[type(one)]):
        status, told = await _patiently(asking, body, f"{role}-{n}")
        assert (status, told["code"]) == (403, "not_allowed"), body
        assert told["text"]["id"] != told["text"]["en"]
    assert house.heads() == before


async def test_who_has_a_room_is_refused_in_every_other(
    house: Gatehouse, http: ClientSession
) -> None:
    before = house.heads()
    asking = program(house, http, "operator", BALIKPAPAN)
    named = [b for b in EVERY if "operator" in RIGHTS[type(b)] and getattr(b, "room", "") == KUKAR]
    assert named
    for n, body in enumerate(named):
        status, told = await _patiently(asking, body, f"other-{n}")
        early = ("pact_closed",) if isinstance(body, m.PactSign) else ()
        assert status in (403, 409), body
        assert told["code"] in ("not_allowed", *early), body
    assert house.heads() == before


async def test_what_wants_a_device_or_a_connection_is_refused_as_such(
    house: Gatehouse, http: ClientSession
) -> None:
    before = house.heads()
    asking = program(house, http, "operator", KUKAR)
    for n, body in enumerate(EVERY):
        tag = str(body.__struct_config__.tag)
        if "operator" not in RIGHTS[type(body)]:
            continue
        if type(body) in CONNECTED:
            status, told = await _patiently(asking, body, f"connected-{n}")
            assert (status, told["code"]) == (409, "needs_socket"), body
        elif tag.startswith("media.") or tag == "room.leave":
            status, told = await _patiently(asking, body, f"device-{n}")
            assert (status, told["code"]) == (409, "not_joined"), body
    assert house.heads() == before


async def _patiently(asking: Program, body: m.CommandBody, id: str) -> tuple[int, dict[str, Any]]:
    """As the bound on rates wants it."""
    while True:
        status, told = await asking.send(body, id)
        if status != 429:
            return status, told
        await asyncio.sleep(1 / Limits().messages_per_s)


async def test_a_conference_is_led_without_a_connection(
    house: Gatehouse, http: ClientSession
) -> None:
    """In another conference, whose own link it takes; the rehearsed order of a session."""
    desk = program(house, http, "moderator", of=OTHER)
    before = house.heads()[OURS]
    for n, phase in enumerate(("live", "closed")):
        body = m.PhaseSet(phase=phase)  # type: ignore[arg-type]
        status, done = await desk.send(body, f"p{n}", OTHER)
        assert status == 200, done
    status, told = await desk.send(m.PhaseSet(phase="live"), "p9", OTHER)
    assert (status, told["code"]) == (409, "conference_closed")
    status, told = await desk.send(m.PhaseSet(phase="live"), "p10", OURS)
    assert (status, told["code"]) == (404, "not_found")
    assert house.heads()[OURS] == before


@pytest.mark.parametrize(
    "sent",
    [
        b"", b"{", b"[]", b"{}", b'{"id":"x"}', b'{"body":{"type":"room.leave"}}',
        b'{"id":"","body":{"type":"room.leave"}}', b'{"id":1,"body":{"type":"room.leave"}}',
        b'{"id":"x","body":{"type":"sudo"}}', b'{"id":"x","body":{"type":"room.leave","x":1}}',
        b'{"id":"x","body":{"type":"room.leave"},"as":"moderator"}', b"[" * 60_000,
        b'{"id":"x","body":{"type":"count.set","room":"64.02","value":1e9}}',
    ],
)  # fmt: skip
async def test_what_is_no_command_is_told_so(
    house: Gatehouse, http: ClientSession, sent: bytes
) -> None:
    asking = program(house, http, "observer")
    status, told = await asking.raw(sent)
    assert (status, told["code"]) == (400, "bad_body"), told


async def test_too_much_is_told_so(house: Gatehouse, http: ClientSession) -> None:
    asking = program(house, http, "technician")
    status, told = await asking.raw(b" " * (m.MAX_FRAME_BYTES + 1))
    assert (status, told["code"]) == (413, "bad_body")
    burst = Limits().burst
    every = [asking.send(m.RoomLeave(), f"many-{n}") for n in range(2 * burst)]
    answers = await asyncio.gather(*every)
    codes = [told["code"] for _, told in answers]
    assert set(codes) == {"not_joined", "too_fast"}
    assert {status for status, told in answers if told["code"] == "too_fast"} == {429}


async def test_the_examples_do_what_they_say(tmp_path: Path) -> None:
    """A program of an office, and a counter at a door: with a server of their own."""
    async with opened(tmp_path) as fresh:
        moderator, operator = (
            f"{fresh.url}/x#{fresh.token(role, room)}"
            for role, room in (("moderator", None), ("operator", KUKAR))
        )
        code, told = await _run("report_count.py", operator, "11")
        assert (code, told) == (0, "Kabupaten Kutai Kartanegara: 11 of 12 (near)\n")
        code, told = await _run("report_count.py", operator, "-1")
        assert (code, told.partition(":")[0]) == (2, "bad_body")
        code, told = await _run("open_session.py", moderator)
        assert code == 1
        assert KUKAR in told
        async with ClientSession() as http:
            asking = program(fresh, http, "moderator")
            assert (await asking.view())["view"]["conference"]["phase"] == "lobby"
            code, told = await _run("open_session.py", moderator, "--anyway")
            assert code == 0
            assert "is live since revision" in told
            assert (await asking.view())["view"]["conference"]["phase"] == "live"
        code, told = await _run("open_session.py", operator + "x")
        assert (code, told.partition(":")[0]) == (2, "bad_token")


async def _run(name: str, *args: str) -> tuple[int, str]:
    """Exit code, and what it has said."""
    place = Path(__file__).parents[2] / "examples" / name
    process = await asyncio.create_subprocess_exec(
        "python3", "-I", str(place), *args,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    told, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, told.decode()
