"""What a hall's lines do to its picture: from the media plane's figures to those who are told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec.structs import replace

from signaling import messages as m
from tests.app.engine import ToldEngine
from tests.app.test_figures import DOWN, HUB, KUKAR, SOUND, UP, Guest, House, LeapingClock
from tests.app.test_gateway import refused
from vicon import compose, config
from vicon.compose import Listener, running
from vicon.ops.data import DataDir
from vicon.ports import DeviceStats, LineStats, MediaRestarted

PATIENCE = 5.0
CLEAN = replace(UP, streams=(replace(SOUND, packets=100, lost_percent=0.0),))
LOSSY = replace(UP, streams=(replace(SOUND, packets=100, lost_percent=12.0),))
FULL = replace(CLEAN, kbps=64, limit="sound")


@asynccontextmanager
async def serving(home: DataDir, patch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    engine, clock = ToldEngine(), LeapingClock()
    patch.setattr(compose, "_engine", lambda *_: engine)
    where = [Listener(host="127.0.0.1", port=0)]
    async with running(config.load(config.example()), home, clock, where) as server:
        house = House(server, engine, clock)
        async with house.stack:
            yield house


def plan(guest: Guest) -> m.FallbackView:
    assert guest.client.view is not None
    room = next(room for room in guest.client.view.rooms if room.code == KUKAR)
    assert room.fallback is not None
    return room.fallback


async def until(guest: Guest, **wanted: Any) -> m.FallbackView:
    """Until the guest sees the hall's plan so."""

    def seen(view: m.View) -> bool:
        found = next(room for room in view.rooms if room.code == KUKAR).fallback
        return all(getattr(found, name) == value for name, value in wanted.items())

    await guest.client.until(seen, PATIENCE)
    return plan(guest)


async def looks(house: House, hall: Guest, up: LineStats, count: int) -> None:
    down = replace(DOWN, streams=(replace(SOUND, packets=100, lost_percent=0.0),))
    for _ in range(count):
        await house.measured(DeviceStats(device=hall.device, up=up, down=down))


async def test_a_hall_goes_down_is_told_why_and_comes_back(
    home: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(home, monkeypatch) as house:
        desk, hall = await house.joined("moderator"), await house.joined("operator", KUKAR)
        observer = await house.joined("observer")
        assert (plan(desk).level, plan(desk).tested) == ("720p", False)
        await desk.client.command(m.FloorGive(room=KUKAR))
        await looks(house, hall, LOSSY, 2)
        assert plan(desk).level == "720p"
        await looks(house, hall, LOSSY, 1)
        for guest in (desk, hall):
            told = await until(guest, level="360p")
            assert told.trouble == m.TroubleView(why="loss", side="up", value=12.0)
            assert told.since is not None
        assert (await until(observer, level="360p")).trouble is None, "nobody else's business"
        assert hall.client.view is not None
        send = hall.client.view.you.send
        assert send is not None
        assert (send.audio, send.video, send.height) == (True, True, 360)
        await looks(house, hall, LOSSY, 3)
        await until(hall, level="audio")
        send = hall.client.view.you.send
        assert send is not None
        assert (send.audio, send.video) == (True, False)
        seen = {one.room: one.video for one in desk.client.view.you.receive}  # type: ignore[union-attr]
        assert not seen.get(KUKAR)
        assert not any(r.video for r in house.engine.routes if r.sender == hall.device)
        await looks(house, hall, CLEAN, 3)
        assert (await until(desk, level="360p")).trouble is not None, "it is not back yet"
        await looks(house, hall, CLEAN, 3)
        told = await until(hall, level="720p")
        assert told.trouble is None
        assert told.since is not None


async def test_a_moderator_pins_it_and_lets_it_go(
    home: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(home, monkeypatch) as house:
        desk, hall = await house.joined("moderator"), await house.joined("operator", KUKAR)
        other, technician = await house.enter("moderator"), await house.enter("technician")
        for guest in (hall, technician):
            pin = m.FallbackPin(room=KUKAR, level="audio")
            assert await refused(guest.client, pin) == "not_allowed"
        assert await refused(desk.client, m.FallbackPin(room=HUB, level="audio")) == "not_allowed"
        await desk.client.command(m.FallbackPin(room=KUKAR, level="360p"))
        assert (await until(hall, level="360p")).pinned
        assert (await until(other, level="360p")).by == "Pemandu acara Provinsi"
        await looks(house, hall, LOSSY, 10)
        assert (plan(desk).level, plan(desk).trouble) == ("360p", None)
        await desk.client.command(m.FallbackPin(room=KUKAR, level=None))
        await until(hall, pinned=False)
        await looks(house, hall, CLEAN, 3)
        await until(hall, level="720p")


async def test_what_a_page_says_of_its_machine_counts_while_it_is_fresh(
    home: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(home, monkeypatch) as house:
        hall = await house.joined("operator", KUKAR)
        await hall.client.command(m.MediaSeen(rooms=[], cpu_percent=96.0))
        await looks(house, hall, CLEAN, 3)
        told = await until(hall, level="360p")
        assert told.trouble == m.TroubleView(why="cpu", side="up", value=96.0)
        await looks(house, hall, CLEAN, 4)
        await until(hall, level="720p")


async def test_a_line_with_room_for_sound_alone_is_named_by_its_rate(
    home: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(home, monkeypatch) as house:
        hall = await house.joined("operator", KUKAR)
        await looks(house, hall, FULL, 3)
        told = await until(hall, level="360p")
        assert told.trouble == m.TroubleView(why="rate", side="up", value=64.0)


async def test_looks_before_the_media_plane_was_rebuilt_are_void(
    home: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(home, monkeypatch) as house:
        hall = await house.joined("operator", KUKAR)
        await looks(house, hall, LOSSY, 2)
        await house.engine.tell(MediaRestarted(epoch="e2"))
        await looks(house, hall, LOSSY, 2)
        await house.measured()
        await looks(house, hall, LOSSY, 2)
        await looks(house, hall, replace(LOSSY, state="failed"), 5)
        assert plan(hall).level == "720p"


async def test_a_restart_of_the_server_keeps_level_and_pin(
    home: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(home, monkeypatch) as house:
        hall = await house.joined("operator", KUKAR)
        await looks(house, hall, LOSSY, 3)
        await until(hall, level="360p")
        resume = hall.client.resume
    async with serving(home, monkeypatch) as house:
        hall = await house.enter("operator", KUKAR, resume=resume)
        told = await until(hall, level="360p")
        assert told.trouble == m.TroubleView(why="loss", side="up", value=12.0)
        desk = await house.enter("moderator")
        await desk.client.command(m.FallbackPin(room=KUKAR, level="audio"))
    async with serving(home, monkeypatch) as house:
        desk = await house.enter("moderator")
        assert (plan(desk).level, plan(desk).pinned) == ("audio", True)
