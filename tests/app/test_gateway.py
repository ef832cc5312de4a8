"""Through the real wire into a real conference: what a client gets and what it is refused."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Protocol

import pytest
from aiohttp import ClientSession
from msgspec.structs import replace

from signaling import messages as m
from signaling.client import Client, CommandRefused, Rejected, parse_link
from vicon import config
from vicon.compose import Listener, Server, running
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.ops.links import Link

KUKAR, BALIKPAPAN = "64.02", "64.71"
PATIENCE = 10.0


class Visit(Protocol):
    async def __call__(self, role: str, room: str | None = None) -> Client: ...


@pytest.fixture
async def server(home: DataDir) -> AsyncIterator[Server]:
    settings = config.load(config.example())
    inside = replace(settings, media=replace(settings.media, workers=0))
    where = [Listener(host="127.0.0.1", port=0)]
    async with running(inside, home, SystemClock(), where) as started:
        yield started


@pytest.fixture
async def visit(server: Server) -> AsyncIterator[Visit]:
    """Connect with a role's link; closed at the end."""
    async with AsyncExitStack() as stack:

        async def enter(role: str, room: str | None = None) -> Client:
            url, token = parse_link(link_of(server, role, room).url)
            client = Client(url, token, rng=random.Random(1))
            await stack.enter_async_context(client)
            await client.ready(PATIENCE)
            return client

        yield enter


def link_of(server: Server, role: str, room: str | None = None) -> Link:
    return next(link for link in server.links if link.role == role and room in (None, link.room))


def room_of(view: m.View, code: str) -> m.RoomView:
    return next(room for room in view.rooms if room.code == code)


async def refused(client: Client, body: m.CommandBody) -> str:
    with pytest.raises(CommandRefused) as caught:
        await client.command(body)
    assert caught.value.text.id
    assert caught.value.text.en
    return caught.value.code


async def test_a_count_reaches_the_moderator(visit: Visit) -> None:
    moderator, hall = await visit("moderator"), await visit("operator", KUKAR)
    await hall.command(m.RoomJoin())
    await hall.command(m.CountSet(room=KUKAR, value=11))
    view = await moderator.until(lambda v: room_of(v, KUKAR).count == 11, PATIENCE)
    assert room_of(view, KUKAR).count_state == "near"
    assert room_of(view, KUKAR).presence == "joined"
    assert [d.kind for d in room_of(view, KUKAR).devices] == ["main"]


async def test_the_thirteenth_person_is_refused_until_a_moderator_allows(visit: Visit) -> None:
    moderator, hall = await visit("moderator"), await visit("operator", KUKAR)
    await hall.command(m.CountSet(room=KUKAR, value=12))
    assert await refused(hall, m.CountAdd(room=KUKAR, by=1)) == "room_full"
    assert await refused(hall, m.RoomJoin(kind="companion")) == "room_full"
    await moderator.command(m.CountAllow(room=KUKAR, limit=13, reason="Dua saksi tambahan"))
    await hall.command(m.CountAdd(room=KUKAR, by=1))
    view = await moderator.until(lambda v: room_of(v, KUKAR).count == 13, PATIENCE)
    assert room_of(view, KUKAR).count_state == "over"


async def test_others_devices_are_seen_by_the_moderator_and_the_room_alone(visit: Visit) -> None:
    hall, neighbour = await visit("operator", KUKAR), await visit("operator", BALIKPAPAN)
    await hall.command(m.RoomJoin(label="Kamera aula"))
    mine = await hall.until(lambda v: bool(room_of(v, KUKAR).devices), PATIENCE)
    assert room_of(mine, KUKAR).devices[0].label == "Kamera aula"
    theirs = await neighbour.until(lambda v: room_of(v, KUKAR).presence == "joined", PATIENCE)
    assert room_of(theirs, KUKAR).devices == []


async def test_roles_are_kept(visit: Visit) -> None:
    hall, observer = await visit("operator", KUKAR), await visit("observer")
    await hall.command(m.RoomJoin())
    await observer.command(m.RoomJoin())
    assert await refused(hall, m.FloorGive(room=KUKAR)) == "not_allowed"
    assert await refused(hall, m.CountAdd(room=BALIKPAPAN, by=1)) == "not_allowed"
    assert await refused(observer, m.CountAdd(room=KUKAR, by=1)) == "not_allowed"
    assert await refused(observer, m.MediaPublish(sdp="v=0")) == "not_allowed"
    assert await refused(hall, m.MediaPublish(sdp="rubbish")) == "bad_sdp"
    assert await refused(hall, m.MediaAnswer(sdp="v=0")) in ("media_state", "bad_sdp")


async def test_a_second_socket_of_the_same_device_replaces_the_first(
    server: Server, visit: Visit
) -> None:
    hall = await visit("operator", KUKAR)
    joined = await hall.command(m.RoomJoin())
    assert isinstance(joined, m.Joined)
    url, token = parse_link(link_of(server, "operator", KUKAR).url)
    async with Client(url, token, rng=random.Random(2), resume=joined.resume) as again:
        view = await again.ready(PATIENCE)
        assert view.you.device is not None
        assert view.you.device.id == joined.device
        with pytest.raises(Rejected, match="replaced"):
            await hall.until(lambda v: False, PATIENCE)
        view = await again.until(lambda v: room_of(v, KUKAR).presence == "joined", PATIENCE)
        assert len(room_of(view, KUKAR).devices) == 1, "no ghost"


async def test_a_foreign_resume_token_gives_nothing(server: Server, visit: Visit) -> None:
    hall = await visit("operator", KUKAR)
    joined = await hall.command(m.RoomJoin())
    assert isinstance(joined, m.Joined)
    url, token = parse_link(link_of(server, "operator", BALIKPAPAN).url)
    async with Client(url, token, rng=random.Random(3), resume=joined.resume) as other:
        view = await other.ready(PATIENCE)
        assert view.you.device is None


async def test_who_is_removed_is_told(visit: Visit) -> None:
    moderator, hall = await visit("moderator"), await visit("operator", KUKAR)
    joined = await hall.command(m.RoomJoin())
    assert isinstance(joined, m.Joined)
    await moderator.command(m.DeviceRemove(device=joined.device))
    with pytest.raises(Rejected, match="removed"):
        await hall.until(lambda v: False, PATIENCE)


async def test_leaving_keeps_the_connection_and_allows_to_join_again(visit: Visit) -> None:
    hall = await visit("operator", KUKAR)
    await hall.command(m.RoomJoin())
    await hall.command(m.RoomLeave())
    await hall.until(lambda v: v.you.device is None, PATIENCE)
    assert isinstance(await hall.command(m.RoomJoin()), m.Joined)


async def test_fifty_devices_at_once(visit: Visit) -> None:
    halls = [await visit("operator", KUKAR) for _ in range(50)]
    answers = await asyncio.gather(
        *(hall.command(m.RoomJoin()) for hall in halls), return_exceptions=True
    )
    codes = [a.code for a in answers if isinstance(a, CommandRefused)]
    assert codes == ["room_full"] * 37
    view = await halls[0].until(lambda v: room_of(v, KUKAR).count == 12, PATIENCE)
    assert room_of(view, KUKAR).count_state == "full"


@pytest.mark.parametrize("token", ["x", "a.b.c", "Bearer"])
async def test_the_api_wants_a_token(server: Server, token: str) -> None:
    async with ClientSession(server.urls[0]) as http:
        for path in ("/api/v1/conferences", "/api/v1/conferences/kaltim-2020", "/api/v1/me/qr"):
            answer = await http.get(path, headers={"Authorization": f"Bearer {token}"})
            assert answer.status == 401
            assert (await answer.json())["code"] == "bad_token"
            assert (await http.get(path)).status == 401


async def test_the_api_tells_the_state(server: Server, visit: Visit) -> None:
    hall = await visit("operator", KUKAR)
    await hall.command(m.CountSet(room=KUKAR, value=8))
    token = link_of(server, "moderator").url.partition("#")[2]
    bearer = {"Authorization": f"Bearer {token}"}
    async with ClientSession(server.urls[0], headers=bearer) as http:
        listed = await (await http.get("/api/v1/conferences")).json()
        assert [c["id"] for c in listed] == ["kaltim-2020"]
        state = await (await http.get("/api/v1/conferences/kaltim-2020")).json()
        counts = {room["code"]: room["count"] for room in state["view"]["rooms"]}
        assert counts[KUKAR] == 8
        assert counts[BALIKPAPAN] is None
        assert (await http.get("/api/v1/conferences/lain")).status == 404
        code = await http.get("/api/v1/me/qr")
        assert code.content_type == "image/svg+xml"
        assert (await (await http.get("/readyz")).json())["ready"] is True
        assert (await http.get("/healthz")).status == 200


async def test_a_page_of_another_site_gets_no_socket(server: Server) -> None:
    async with ClientSession(server.urls[0]) as http:
        socket = await http.ws_connect("/ws", headers={"Origin": "https://contoh.example"})
        first = await socket.receive_json(timeout=PATIENCE)
        assert (first["type"], first["code"]) == ("bye", "origin")
        page = await http.get("/ruang")
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        assert page.headers["Referrer-Policy"] == "no-referrer"
