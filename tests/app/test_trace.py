"""What a privileged act leaves behind, and what is told to whoever tries tokens."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import structlog
from aiohttp import ClientSession
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from signaling import messages as m
from tests.app.gatehouse import BALIKPAPAN, KUKAR, OURS, Gatehouse, opened
from vicon.app.guesses import BURST, Guesses
from vicon.core.model import Actor
from vicon.ops.claims import BadToken, ExpiredToken
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.ops.trail import MOST_BYTES, read_trail, trail
from vicon.ops.words import SpokenError
from vicon.trial.turn import TurnSettings, servers
from vicon.web.access import ROUTES

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(autouse=True)
def all_levels() -> None:
    """A command that another test has run here has set its own."""
    structlog.reset_defaults()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gatehouse]:
    async with opened(tmp_path_factory.mktemp("trace")) as made:
        yield made


async def noted(house: Gatehouse, path: str, token: str) -> list[dict[str, Any]]:
    """The lines of the log that a request leaves."""
    with capture_logs() as logs:
        async with ClientSession(headers={"Authorization": f"Bearer {token}"}) as http:
            await (await http.get(house.url + path)).read()
    return [dict(line) for line in logs if line["event"] in ("< http", "x http")]


async def test_an_export_is_noted_with_who_what_which_and_outcome(house: Gatehouse) -> None:
    token = house.token("operator", KUKAR)
    (line,) = await noted(house, f"/api/v1/conferences/{OURS}/attendance.csv", token)
    assert line["event"] == "< http"
    assert (line["act"], line["status"]) == ("head count export", 200)
    assert (line["role"], line["room"]) == ("operator", KUKAR)
    assert line["name"]
    assert (line["of_id"], line["of_kind"], line["of_format"]) == (OURS, "attendance", "csv")
    assert line["remote"] == "127.0.0.1"
    assert token not in json.dumps(line)


async def test_what_was_refused_is_noted_too(house: Gatehouse) -> None:
    token = house.token("operator", KUKAR)
    path = f"/api/v1/conferences/{OURS}/posters.pdf?room={BALIKPAPAN}"
    (line,) = await noted(house, path, token)
    assert (line["event"], line["status"]) == ("x http", 403)
    assert (line["role"], line["of_room"]) == ("operator", BALIKPAPAN)
    (line,) = await noted(house, f"/api/v1/conferences/{OURS}/minutes.json", "nothing")
    assert (line["event"], line["status"]) == ("x http", 401)
    assert "role" not in line


@pytest.mark.parametrize("role", ["technician", "moderator"])
async def test_links_that_are_shown_are_noted(house: Gatehouse, role: str) -> None:
    for path, act in (("/api/v1/trial-links", "links shown"), ("/api/v1/me/qr", "link shown")):
        (line,) = await noted(house, path, house.token(role))
        assert (line["act"], line["status"], line["role"]) == (act, 200, role)


async def test_every_route_that_gives_something_away_is_noted() -> None:
    """Files, links and addresses of doors; whatever only looks at the present state is not."""
    looks = (
        "media", "/conferences", "{id}", "view", "compare", "readiness", "trials", "example",
        "openapi.json",
    )  # fmt: skip
    for key, access in ROUTES.items():
        if key == "GET /api/v1/account" or key.endswith("/link"):
            continue  # who one is oneself; whether a link is used, never the link
        if key.startswith("GET /api/") and not key.endswith(looks):
            assert access.act, key
        if "/office/" in key and not key.startswith("GET"):
            assert access.act, key


async def test_a_command_that_is_refused_at_the_edge_is_noted(house: Gatehouse) -> None:
    with capture_logs() as logs:
        assert await house.answers(house.token("observer"), [m.PhaseSet(phase="closed")]) == [
            "not_allowed"
        ]
    (line,) = [line for line in logs if line["event"] == "x act"]
    assert (line["act"], line["code"], line["role"]) == ("phase.set", "not_allowed", "observer")
    assert line["conference"] == OURS


def followed(event: str, logs: Sequence[Any]) -> list[dict[str, Any]]:
    return [dict(line) for line in logs if line["event"] == event]


@pytest.mark.parametrize("given", ["dari-proxy:1.2_3", "", "a b", "x" * 65, '"}', "é"])
async def test_a_request_has_an_id_in_its_answer_and_in_the_log(
    house: Gatehouse, given: str
) -> None:
    """A proxy's own is taken over where it is one."""
    head = {"Authorization": f"Bearer {house.token('moderator')}"}
    head |= {"X-Request-Id": given} if given else {}
    with capture_logs(processors=[merge_contextvars]) as logs:
        async with (
            ClientSession(headers=head) as http,
            http.get(f"{house.url}/api/v1/me/qr") as answer,
        ):
            told = answer.headers["X-Request-Id"]
    (line,) = followed("< http", logs)
    assert line["request"] == told
    assert (told == given) == (given == "dari-proxy:1.2_3")
    assert 8 <= len(told) <= 64


async def test_what_is_refused_before_a_handler_has_an_id_too(house: Gatehouse) -> None:
    async with ClientSession() as http:
        for path, status in (("/tidak-ada", 404), ("/api/v1/me/qr", 401), ("/", 200)):
            async with http.get(house.url + path) as answer:
                assert answer.status == status
                assert answer.headers["X-Request-Id"]


async def test_each_act_has_one_line_with_its_id_outcome_and_time(house: Gatehouse) -> None:
    bodies: list[Any] = [
        m.CountSet(room=KUKAR, value=3),
        m.CountSet(room=KUKAR, value=3),
        m.CountSet(room=KUKAR, value=400),
    ]
    with capture_logs(processors=[merge_contextvars]) as logs:
        answers = await house.answers(house.token("operator", KUKAR), bodies)
    assert answers == ["ok", "ok", "room_full"]
    lines = [*followed("< act", logs), *followed("x act", logs)]
    acts = [line for line in lines if line["act"] == "SetCount"]
    assert [line["outcome"] for line in acts] == ["done", "done", "refused"]
    assert [line.get("events") for line in acts] == [1, 0, None]
    assert acts[2]["code"] == "room_full"
    assert len({line["request"] for line in acts}) == 3
    for line in acts:
        assert (line["conference"], line["role"], line["of_room"]) == (OURS, "operator", KUKAR)
        assert 0 <= line["ms"] < 60_000


async def test_a_command_of_media_has_its_line_too(house: Gatehouse) -> None:
    with capture_logs(processors=[merge_contextvars]) as logs:
        token = house.token("operator", KUKAR)
        assert await house.answers(token, [m.MediaPublish(sdp="v=0")]) == ["not_joined"]
    (line,) = followed("x command", logs)
    assert (line["act"], line["outcome"], line["code"]) == (
        "media.publish", "refused", "not_joined",
    )  # fmt: skip
    assert line["request"]
    assert "v=0" not in json.dumps(line)


async def test_turn_credentials_are_noted_without_the_credential() -> None:
    from vicon.trial.desk import TrialDesk

    settings = TurnSettings(urls=("turn:turn.go.id:3478",), secret=b"north", ttl_s=60)

    class Tools:
        turn = settings
        clock = SystemClock()

    class Setup:
        tools = Tools()

    desk = TrialDesk.__new__(TrialDesk)
    desk._setup = Setup()  # type: ignore[assignment]
    with capture_logs() as logs:
        (ice,) = desk.ice(Actor(role="operator", name="Siti", room=KUKAR))
    (line,) = logs
    assert (line["event"], line["role"], line["name"]) == ("> turn", "operator", "Siti")
    assert line["username"].endswith(f":{KUKAR}")
    assert ice.credential not in json.dumps(line)
    assert servers(None, KUKAR, 0) == []


# --- the commands' own trail --------------------------------------------------------------------


async def test_a_command_leaves_its_line(tmp_path: Path) -> None:
    home = DataDir(tmp_path)
    with trail(home, "journal export", conference=OURS, output=None, out=tmp_path / "a"):
        pass
    with pytest.raises(SpokenError), trail(home, "posters"):
        raise SpokenError("tidak", "no")
    with pytest.raises(BrokenPipeError), trail(home, "links"):
        raise BrokenPipeError
    first, second, third = read_trail(home)
    assert (first.what, first.outcome) == ("journal export", "done")
    assert first.which == {"conference": OURS, "out": str(tmp_path / "a")}
    assert first.who
    assert abs(first.at - SystemClock().now()) < 60_000
    assert (second.outcome, third.outcome) == ("failed", "stopped")
    assert home.trail.stat().st_mode & 0o777 == 0o600


async def test_the_trail_is_bounded_and_never_in_the_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = DataDir(tmp_path / "data")
    with trail(home, "links"):
        assert not home.path.exists()
    assert not home.path.exists()
    home.path.mkdir()
    with trail(home, "links"):
        pass
    line = home.trail.read_bytes()
    home.trail.write_bytes(line * (MOST_BYTES // len(line) + 1))
    with trail(home, "journal show"):
        pass
    assert [deed.what for deed in read_trail(home)][-1] == "journal show"
    assert home.trail.stat().st_size < 1000
    os.unlink(home.trail)
    home.trail.mkdir()
    capsys.readouterr()
    with trail(home, "links"):
        pass  # it goes on
    assert "trail" in capsys.readouterr().err


# --- who tries tokens ---------------------------------------------------------------------------


async def test_who_tries_tokens_is_told_to_wait_and_a_good_one_is_not_held_up(
    house: Gatehouse,
) -> None:
    codes = []
    for _ in range(int(BURST) + 20):
        async with house.socket("x.y.z") as wire:
            codes.append((await wire.next("bye"))["code"])
    assert codes[: int(BURST)] == ["bad_token"] * int(BURST)
    assert codes[-1] == "too_fast"
    async with house.socket(house.bad("expired", "operator", KUKAR)) as wire:
        assert (await wire.next("bye"))["code"] == "expired_token"
    async with house.socket(house.token("operator", KUKAR)) as wire:
        await wire.next("welcome")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/conferences",
        "/api/v1/office/conferences",
        f"/whip/{OURS}/{KUKAR}",
        "/checkin/AAAAAAAAAAAAAAAAAAAAAA",
    ],
)
async def test_so_is_who_tries_them_over_http(house: Gatehouse, path: str) -> None:
    method = "POST" if path.startswith("/whip") else "GET"
    statuses = []
    async with ClientSession(headers={"Authorization": "Bearer x.y.z"}) as http:
        for _ in range(int(BURST) + 20):
            async with http.request(method, house.url + path) as answer:
                statuses.append(answer.status)
                last = answer
    assert statuses[0] in (401, 404)
    assert statuses[-1] == 429
    assert int(last.headers["Retry-After"]) > 0


async def test_addresses_are_counted_apart() -> None:
    guesses = Guesses(SystemClock())
    for _ in range(int(BURST) + 1):
        guesses.told(BadToken("x"), "10.0.0.1")
    assert guesses.told(BadToken("x"), "10.0.0.1") == "too_fast"
    assert guesses.told(ExpiredToken("x"), "10.0.0.1") == "expired_token"
    assert guesses.told(BadToken("x"), "10.0.0.2") == "bad_token"
