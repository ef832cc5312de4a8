"""A whole conference: the hub and one hall in Chromium, agents in the nine other halls.

The tests share one conference and go on from one another, as a session does; each leaves it with
everybody present.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import ControlRoom, RoomPage
from tests.e2e.service import Child, Service, kill, rehearsal, run
from tests.e2e.until import until

pytestmark = [
    needs_chromium,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(90),
]


@dataclass
class Session:
    service: Service
    agents: Child
    control: ControlRoom
    room: RoomPage
    own: str
    """Code of the hall that sits in Chromium."""
    rooms: set[str]
    hub: str

    async def state(self) -> dict[str, Any]:
        """The moderator's view over HTTP, without what changes by itself."""
        headers = {"Authorization": f"Bearer {self.service.link('moderator').token}"}
        async with aiohttp.ClientSession(self.service.url, headers=headers) as session:
            (listed,) = await (await session.get("/api/v1/conferences")).json()
            found = await (await session.get(f"/api/v1/conferences/{listed['id']}")).json()
        conference = found["view"]["conference"]
        return {
            "conference": {
                key: conference[key]
                for key in ("phase", "floor", "floor_since", "next", "hands", "mic_lock")
            },
            "rooms": {
                room["code"]: {
                    "devices": sorted((one["id"], one["kind"]) for one in room["devices"]),
                    **{key: room[key] for key in ("count", "tally", "limit", "mic", "main")},
                }
                for room in found["view"]["rooms"]
            },
        }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Session]:
    service = Service(tmp_path_factory.mktemp("session"))
    await service.start()
    operators = service.operators()
    own = operators[-1]
    assert own.room
    try:
        async with (
            chromium() as hub_browser,
            chromium() as room_browser,
            rehearsal(service, len(operators) - 1) as agents,
        ):
            control = await ControlRoom.open(hub_browser, service.link("moderator").url)
            room = await RoomPage.open(room_browser, own.url)
            await room.join()
            yield Session(
                service, agents, control, room, own.room,
                rooms={one.room for one in operators if one.room},
                hub=service.link("moderator").room or "",
            )  # fmt: skip
    finally:
        await service.stop()


async def test_the_hub_sees_and_hears_ten_halls(session: Session) -> None:
    assert len(session.rooms) == 10
    await session.control.until_all_move(session.rooms, 30)
    before = await session.control.tiles()
    await asyncio.sleep(1)
    after = await session.control.tiles()
    for room in session.rooms:
        assert after[room].own, f"{room}: another picture in its tile"
        assert after[room].time > before[room].time, f"{room}: its tile does not move"


async def test_the_hall_sees_hub_and_floor(session: Session) -> None:
    floor = sorted(session.rooms - {session.own})[0]
    await session.control.give_floor(floor)
    await session.room.on_air(floor, 10)
    await session.room.until_all_move({session.hub, floor}, 15)
    await until(
        session.room.received,
        lambda rooms: rooms[floor].height >= 360,
        5,
        "the hall on air is sent larger than a thumbnail",
    )


async def test_the_floor_changes_everywhere_within_a_second(session: Session) -> None:
    for room in sorted(session.rooms - {session.own})[1:4]:
        shown = [asyncio.create_task(page.on_air(room)) for page in (session.control, session.room)]
        clicked = await session.control.give_floor(room)
        for moment in await asyncio.gather(*shown):
            assert 0 < moment - clicked < 1000, f"{room} after {moment - clicked:.0f} ms"
        print(f"{room} on air after", [round(one.result() - clicked) for one in shown], "ms")


async def test_the_pane_tells_what_a_hall_sends_and_receives(session: Session) -> None:
    page = session.control.page
    await page.click(f'.tile[data-room="{session.own}"]')

    async def figures() -> str:
        return await page.locator('[data-testid="figures"]').inner_text()

    said = await until(
        figures,
        lambda text: len(re.findall(r"(?<![\d.])[1-9][\d.]* kbit/s", text)) >= 3,
        20,
        "rates up and down and what the line carries",
    )
    assert "180p" in said, "the smallest layer of the hall's picture"
    received = page.locator(f'[data-testid="figures"] [data-stream="{session.hub}"]')
    await until(
        received.inner_text, lambda row: "p" in row, 10, "the layer of the hub that the hall gets"
    )
    headers = {"Authorization": f"Bearer {session.service.link('moderator').token}"}
    async with aiohttp.ClientSession(session.service.url, headers=headers) as http:
        told = await (await http.get("/api/v1/conferences/kaltim-2020/media")).json()
    (hall,) = (one for one in told["devices"] if one["room"] == session.own)
    assert {"q", "h", "f"} <= {one["layer"] for one in hall["sends"]}
    hub = next(
        one for one in hall["receives"] if (one["room"], one["kind"]) == (session.hub, "video")
    )
    assert hub["freezes"] is not None, "the page has told what it saw"
    await page.keyboard.press("Escape")


async def test_the_count_stands_on_the_hubs_tile(session: Session) -> None:
    for key in "+++":
        await session.room.page.keyboard.press(key)
    await until(
        session.control.tiles,
        lambda tiles: tiles[session.own].count == "3",
        5,
        "the hub's tile shows three persons",
    )


async def test_media_is_back_after_its_worker_was_killed(session: Session) -> None:
    await session.control.until_all_move(session.rooms, 15)
    worker = session.service.workers()[0]
    kill(worker)
    began = time.monotonic()
    await session.control.until_all_move(session.rooms, 10)
    await session.room.until_all_move({session.hub}, 10)
    took = time.monotonic() - began
    print(f"picture and sound of all halls again {took:.1f} s after kill -9 of the media worker")
    assert worker not in session.service.workers()
    assert took < 5


async def test_everything_is_back_after_the_server_was_killed(session: Session) -> None:
    before = await session.state()
    await session.service.kill()
    began = time.monotonic()
    await session.service.start()
    assert await session.state() == before
    await session.control.until_all_move(session.rooms, 15)
    await session.room.until_all_move({session.hub}, 10)
    took = time.monotonic() - began
    print(f"everybody seen and heard again {took:.1f} s after kill -9 of the server")
    assert took < 10
    assert await session.state() == before


async def test_the_journal_is_whole_and_the_pages_did_not_complain(session: Session) -> None:
    await run("journal", "verify", "--data", str(session.service.data))
    lost = "WebSocket connection to"  # the browser's own word about the killed server
    for page in (session.control, session.room):
        assert [one for one in page.complaints if lost not in one] == []
