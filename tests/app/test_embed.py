"""The programme in another site's page: who may show it, who may ask, and how many watch."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from tests.app.gatehouse import KUKAR, OTHER, OURS, Gatehouse
from tests.app.gatehouse import opened as opened_house
from tests.app.outside import MODERATOR, PLAYER, House, opened
from tests.app.test_edge import observe
from vicon.app.whip import MAX_EMBEDDED, MAX_PLAYERS
from vicon.core import commands as do
from vicon.core.commands_server import NotePressure
from vicon.core.model import Plan
from vicon.core.pressure import CLOSED, NORMAL, SMALL
from vicon.web.pages import PAGES

SITES = ["https://www.contoh.go.id", "https://berita.contoh.id:8443"]


@pytest.fixture
async def house(plan: Plan) -> AsyncIterator[House]:
    async with opened(plan) as one:
        yield one


async def watch(house: House, token: str = "embed", path: str = "/whep/uji") -> tuple[int, str]:
    answer = await house.ask("POST", path, PLAYER, token=token)
    if answer.status == 201:
        return 201, answer.headers["Location"]
    return answer.status, (await answer.json())["code"]


async def test_it_plays_the_programme_and_nothing_else(house: House) -> None:
    status, address = await watch(house)
    assert status == 201
    assert (await house.ask("DELETE", address, token="embed")).status == 200
    assert await watch(house, path=f"/whep/uji/{KUKAR}") == (403, "wrong_token")
    assert await watch(house, path=f"/whip/uji/{KUKAR}") == (403, "wrong_token")
    assert await watch(house, path="/whep/lain") == (403, "wrong_token")


async def test_so_many_watch_and_players_still_have_their_places(house: House) -> None:
    for _ in range(MAX_EMBEDDED):
        house.clock.time += 2  # within the rate of one address
        assert (await watch(house))[0] == 201
    house.clock.time += 2
    assert not house.sessions.shows_embedded
    assert await watch(house) == (503, "too_many_watch")
    assert MAX_PLAYERS > MAX_EMBEDDED
    assert (await watch(house, "player"))[0] == 201


async def test_one_token_for_many_is_bounded_by_address(house: House) -> None:
    found = [await watch(house) for _ in range(11)]
    assert [status for status, _ in found] == [201] * 10 + [429]
    assert (await watch(house, "player"))[0] == 201


async def test_under_pressure_they_are_the_first_to_go(house: House) -> None:
    await house.does(MODERATOR, do.SetPhase(phase="lobby"))
    for token in ("embed", "embed", "player"):
        assert (await watch(house, token))[0] == 201
    await house.does(do.SYSTEM, NotePressure(level=CLOSED, why="media_late"))
    assert await watch(house) == (503, "server_full")
    await stay(house, 5)
    assert house.sessions.embedded == 2, "who is here stays"
    await house.does(do.SYSTEM, NotePressure(level=SMALL, why="media_late"))
    await stay(house, 1)
    assert house.sessions.embedded == 1, "one after the other"
    await stay(house, 2)
    assert (house.sessions.embedded, len(house.sessions)) == (0, 1)
    await house.does(do.SYSTEM, NotePressure(level=NORMAL))
    assert house.sessions.shows_embedded


async def stay(house: House, seconds: int) -> None:
    """All connections go on meanwhile."""
    for _ in range(seconds):
        await house.engine.figures(*house.engine.open, line="down")
        await house.clock.pass_(1)


# --- the page -----------------------------------------------------------------------------------


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gatehouse]:
    folder: Path = tmp_path_factory.mktemp("embedding")
    async with opened_house(folder, embed_origins=SITES) as made:
        yield made


@pytest.mark.asyncio(loop_scope="module")
async def test_the_sites_that_are_named_may_frame_that_page_alone(server: Gatehouse) -> None:
    others = [*PAGES, "/privasi", f"/embed/{OURS}/now", "/embed/", "/tidak-ada"]
    async with ClientSession(server.url) as http:
        for path in (f"/embed/{OURS}", "/embed/tidak-ada"):
            async with http.get(path) as page:
                assert page.status == 200
                policy = page.headers["Content-Security-Policy"]
                assert f"frame-ancestors {' '.join(SITES)};" in policy
                assert "'none'; base-uri" not in policy
                assert "X-Frame-Options" not in page.headers
                assert "Set-Cookie" not in page.headers
                assert '"/assets/' in await page.text()
                frame = {"X-Frame-Options": "DENY"}
                unframed = policy.replace(" ".join(SITES), "'none'")
                observe({**page.headers, **frame, "Content-Security-Policy": unframed}, path)
        for path in others:
            async with http.get(path) as page:
                observe(dict(page.headers), path)


@pytest.mark.asyncio(loop_scope="module")
async def test_its_token_tells_how_the_programme_stands_and_no_more(server: Gatehouse) -> None:
    async def ask(path: str, token: str) -> tuple[int, dict[str, object]]:
        head = {"Authorization": f"Bearer {token}"}
        async with http.get(path, headers=head) as answer:
            return answer.status, await answer.json()

    good, now = server.token("embed"), f"/embed/{OURS}/now"
    async with ClientSession(server.url) as http:
        status, told = await ask(now, good)
        assert status == 200
        assert set(told) == {
            *("title", "phase", "starts_at", "timezone", "timezone_label"),
            *("shown", "beside", "full"),
        }
        assert (told["phase"], told["shown"], told["full"]) == (
            "lobby", "Kalimantan Timur", False,
        )  # fmt: skip
        assert (await ask(f"/embed/{OTHER}/now", good))[0] == 403
        assert (await ask(now, server.token("encoder", KUKAR)))[0] == 403
        for path in ("/api/v1/conferences", f"/api/v1/conferences/{OURS}/view"):
            assert (await ask(path, good))[0] == 401
