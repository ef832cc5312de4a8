"""A hall's display on the wire: what it is told, and who may put it on a screen."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from signaling import messages as m
from tests.app.gatehouse import BALIKPAPAN, KUKAR, Gatehouse, opened

pytestmark = pytest.mark.asyncio(loop_scope="module")
HUB = "64"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gatehouse]:
    async with opened(tmp_path_factory.mktemp("displays")) as made:
        yield made


def display(house: Gatehouse, room: str) -> str:
    return house.token("observer", room)


async def address(house: Gatehouse, role: str, room: str | None, asked: str = "") -> object:
    head = {"Authorization": f"Bearer {house.token(role, room)}"}
    async with (
        ClientSession(house.url) as http,
        http.get(f"/api/v1/me/display{asked}", headers=head) as answer,
    ):
        return (await answer.json())["url"] if answer.status == 200 else answer.status


async def test_the_message_to_a_hall_stands_on_its_display_and_on_no_other(
    house: Gatehouse,
) -> None:
    async with house.socket(house.token("moderator")) as moderator:
        await moderator.next("welcome")
        for cue, room in (("cue-00001", KUKAR), ("cue-00002", BALIKPAPAN)):
            told = await moderator.ask(m.CueSend(cue=cue, text=f"Bersiap {room}", room=room))
            assert told["type"] == "ok"
        async with house.socket(display(house, KUKAR)) as shown:
            view = (await shown.next("welcome"))["view"]
            cues = {room["code"]: [cue["text"] for cue in room["cues"]] for room in view["rooms"]}
            assert cues.pop(KUKAR) == [f"Bersiap {KUKAR}"]
            assert not any(cues.values())
            assert view["you"]["room"] == KUKAR
            told = await moderator.ask(m.CueWithdraw(cue="cue-00001"))
            assert told["type"] == "ok"
            delta = await shown.next("delta")
            (room,) = [one for one in delta["rooms"] if one["code"] == KUKAR]
            assert room["cues"] == []


async def test_it_sees_no_names_of_its_hall(house: Gatehouse) -> None:
    async with house.socket(house.token("moderator")) as moderator:
        await moderator.next("welcome")
        enter = m.AttendanceEnter(
            room=KUKAR, person="p-00000001", name="Siti Aminah", institution="KPU", role="KPU"
        )
        assert (await moderator.ask(enter))["type"] == "ok"
    async with house.socket(display(house, KUKAR)) as shown:
        view = (await shown.next("welcome"))["view"]
        (room,) = [one for one in view["rooms"] if one["code"] == KUKAR]
        assert room["checked_in"] == 1
        assert room["attendance"] == room["devices"] == room["expected"] == []


async def test_a_hall_puts_its_own_display_on_a_screen(house: Gatehouse) -> None:
    own = f"{house.url}/layar#{display(house, KUKAR)}"
    assert await address(house, "operator", KUKAR) == own
    assert await address(house, "operator", KUKAR, f"?room={BALIKPAPAN}") == 403
    assert await address(house, "moderator", None) == f"{house.url}/layar#{display(house, HUB)}"
    assert await address(house, "technician", None, f"?room={KUKAR}") == own
    assert await address(house, "technician", None) == 404
    assert await address(house, "observer", None) == 403
