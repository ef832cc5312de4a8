"""Agents in a real vicon: they join, see and hear each other, obey, and come back."""

from __future__ import annotations

import random
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from signaling.client import Client, parse_link
from signaling.messages import CommandBody, FloorGive, MicMute, PhaseSet, View
from tests.agent.conftest import House, open_house, visit
from vicon.agent.report import Line
from vicon.agent.room import NO_CONNECTION, OK, REFUSED, Options
from vicon.rtc.transport import RtcTransport

KUKAR, PASER = "64.02", "64.01"


def moving(line: Line, room: str) -> bool:
    """Picture and sound of the room arrive now."""
    seen = line.receiving.get(room)
    return seen is not None and seen.video_fps > 10 and seen.level < 100


async def moderate(house: House, *acts: CommandBody) -> View:
    url, token = parse_link(house.link("moderator"))
    async with Client(url, token, rng=random.Random(2)) as client:
        await client.ready(5)
        for act in acts:
            await client.command(act)
        view = client.view
        assert view is not None
        return view


async def test_two_rooms_see_and_hear_each_other(house: House) -> None:
    async with visit(house.link("operator", KUKAR)) as a, visit(house.link("operator", PASER)) as b:
        seen = await a.until(lambda line: moving(line, PASER))
        await b.until(lambda line: moving(line, KUKAR))
        assert seen.state == "joined"
        assert seen.sending.video_frames > 0
        assert seen.receiving[PASER].lost == 0
        assert a.told()[:1] == ["joined"]
        view = await moderate(house)
        here = {room.code for room in view.rooms if room.presence == "joined"}
        assert here == {KUKAR, PASER}
        assert all(room.publishing for room in view.rooms if room.code in here)


def cut(transport: RtcTransport) -> None:
    """The network that it uses is gone; its sockets live on, deaf and mute."""
    for protocol in transport._ice.protocols:
        protocol.datagram_received = _nothing  # type: ignore[method-assign,assignment]
        protocol.transport.sendto = _nothing  # type: ignore[method-assign,assignment]
    transport._sendto = _nothing


def _nothing(*_: object) -> None:
    """Neither comes nor goes."""


async def test_media_finds_another_path_without_new_connections(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vicon.rtc.secure.SILENT_S", 1.0)
    async with visit(house.link("operator", KUKAR)) as a, visit(house.link("operator", PASER)) as b:
        await a.until(lambda line: moving(line, PASER))
        await b.until(lambda line: moving(line, KUKAR))
        media = a.agent._media
        assert media is not None
        assert media.up is not None
        assert media.down is not None
        lines = media.up, media.down
        for line in lines:
            cut(line.transport)
        await b.until(lambda line: not moving(line, KUKAR))
        await b.until(lambda line: moving(line, KUKAR))
        await a.until(lambda line: moving(line, PASER))
        assert (media.up, media.down) == lines
        assert a.told().count("media_restarted") == 2
        assert "media_failed" not in a.told()


async def test_it_leaves_the_room_when_it_is_asked_to_stop(house: House) -> None:
    async with visit(house.link("operator", KUKAR)) as a:
        await a.until(lambda line: line.state == "joined")
        a.stop.set()
        assert (await a.ended()).exit_code == OK
        view = await moderate(house)
        assert all(room.presence == "absent" for room in view.rooms)


async def test_a_muted_room_is_not_heard_and_still_seen(house: House) -> None:
    async with visit(house.link("operator", KUKAR)) as a, visit(house.link("operator", PASER)) as b:
        await b.until(lambda line: moving(line, KUKAR))
        await moderate(house, MicMute(room=KUKAR))
        await a.until(lambda line: line.mic == "off" and not line.sending.audio)
        await b.until(
            lambda line: line.receiving[KUKAR].level == 127 and line.receiving[KUKAR].video_fps > 10
        )


async def test_the_room_on_air_sends_the_larger_picture(house: House) -> None:
    async with visit(house.link("operator", KUKAR)) as a, visit(house.link("operator", PASER)) as b:
        await a.until(lambda line: line.sending.height == 180)
        await b.until(lambda line: moving(line, KUKAR))
        before = (await b.until(lambda line: True)).receiving[KUKAR]
        await moderate(house, FloorGive(room=KUKAR))
        await a.until(lambda line: line.on_air and line.sending.height == 720)
        await b.until(lambda line: line.receiving[KUKAR].key_frames > before.key_frames)
        await b.until(lambda line: moving(line, KUKAR))


async def test_a_refusal_names_its_code_and_sentence(house: House) -> None:
    async with visit(house.link("operator", KUKAR)) as first:
        await first.until(lambda line: line.state == "joined")
        async with visit(house.link("operator", KUKAR), Options(kind="main")) as second:
            outcome = await second.ended()
    assert (outcome.exit_code, outcome.code) == (REFUSED, "main_taken")
    assert outcome.text is not None
    assert outcome.text.id
    assert second.events[-1].event == "refused"
    assert second.events[-1].text == outcome.text


async def test_without_media_it_only_joins(house: House) -> None:
    options = Options(kind="companion", media=False)
    async with visit(house.link("operator", KUKAR), options) as a:
        line = await a.until(lambda line: line.state == "joined" and line.count == 1)
        assert (line.sending.connection, line.connection) == ("none", "none")


async def test_a_forged_link_is_refused(house: House) -> None:
    async with visit(house.link("operator", KUKAR)[:-4] + "AAAA") as a:
        outcome = await a.ended()
    assert (outcome.exit_code, outcome.code) == (REFUSED, "bad_token")


async def test_nobody_at_the_address_is_another_exit_code() -> None:
    async with visit("http://127.0.0.1:9/ruang#eyJ", Options(connect_s=0.5)) as a:
        outcome = await a.ended()
    assert outcome.exit_code == NO_CONNECTION
    assert outcome.why


async def test_it_ends_with_the_conference(house: House) -> None:
    async with visit(house.link("operator", KUKAR)) as a:
        await a.until(lambda line: line.state == "joined")
        await moderate(house, PhaseSet(phase="live"), PhaseSet(phase="closed"))
        outcome = await a.ended()
    assert (outcome.exit_code, outcome.code) == (OK, "conference_closed")


async def test_it_comes_back_as_itself_after_the_server_was_started_again(
    tmp_path: Path, pages_built: None
) -> None:
    async with AsyncExitStack() as agents:
        async with open_house(tmp_path / "data") as house:
            port = int(house.server.urls[0].rpartition(":")[2])
            links = [house.link("operator", room) for room in (KUKAR, PASER)]
            a, b = [await agents.enter_async_context(visit(link)) for link in links]
            device = (await a.until(lambda line: moving(line, PASER))).device
            await b.until(lambda line: moving(line, KUKAR))
        await a.until(lambda line: line.state == "reconnecting")
        async with open_house(tmp_path / "data", port) as house:
            line = await a.until(lambda line: line.state == "joined" and moving(line, PASER))
            await b.until(lambda line: moving(line, KUKAR))
            assert line.device == device
            (main,) = next(r for r in (await moderate(house)).rooms if r.code == KUKAR).devices
            assert main.id == device
    assert a.told().count("joined") == 1
    assert "disconnected" in a.told()
