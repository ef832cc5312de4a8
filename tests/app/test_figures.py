"""What the media plane says reaches those whom it concerns: layers, lines, figures."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import msgspec
import pytest
from aiohttp import ClientSession
from msgspec.structs import replace

from signaling import messages as m
from signaling.client import Client, MediaMessage, parse_link
from tests.app.engine import ToldEngine
from vicon import compose, config
from vicon.app.actor import ConferenceActor
from vicon.app.audience import Guest as Seat
from vicon.app.figures import STREAMS_PER_MESSAGE, media_line, noticeable, parcels
from vicon.app.gateway import Hall
from vicon.compose import Listener, Server, running
from vicon.core import commands as do
from vicon.core.model import Actor, Plan
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.ports import (
    DeviceStats,
    LayersWanted,
    LineStats,
    MediaFigures,
    MediaRestarted,
    StreamStats,
)
from vicon.store.sqlite import SqliteJournal

HUB, KUKAR, BALIKPAPAN = "64", "64.02", "64.71"
PATIENCE = 5.0


class LeapingClock(SystemClock):
    ahead = 0
    """Unix ms to add."""

    def now(self) -> int:
        return super().now() + self.ahead


@dataclass
class Guest:
    """A client, and what the server has said to it of media."""

    client: Client
    url: str
    heard: asyncio.Queue[MediaMessage] = field(default_factory=asyncio.Queue)

    @property
    def device(self) -> str:
        assert self.client.view is not None
        assert self.client.view.you.device is not None
        return self.client.view.you.device.id

    async def next(self) -> MediaMessage:
        return await asyncio.wait_for(self.heard.get(), PATIENCE)

    async def silent(self) -> bool:
        """Whether nothing was said up to now: what is answered later comes later."""
        await self.client.command(m.MediaSeen(rooms=[]))
        return self.heard.empty()


class House:
    """A server whose media plane says what the test tells it to."""

    def __init__(self, server: Server, engine: ToldEngine, clock: LeapingClock) -> None:
        self.server, self.engine, self.clock = server, engine, clock
        self.stack = AsyncExitStack()

    async def enter(self, role: str, room: str | None = None, resume: str | None = None) -> Guest:
        links = self.server.links
        url = next(k for k in links if k.role == role and room in (None, k.room)).url
        address, token = parse_link(url)
        client = Client(address, token, rng=random.Random(1), resume=resume)
        guest = Guest(client, url)
        client.on_media = guest.heard.put_nowait
        await self.stack.enter_async_context(client)
        await client.ready(PATIENCE)
        return guest

    async def joined(self, role: str, room: str | None = None) -> Guest:
        guest = await self.enter(role, room)
        await guest.client.command(m.RoomJoin())
        await guest.client.until(lambda view: view.you.device is not None, PATIENCE)
        return guest

    async def measured(self, *devices: DeviceStats) -> None:
        await self.engine.tell(MediaFigures(devices=devices))
        self.clock.ahead += 2_000

    async def media(self, guest: Guest, conference: str = "kaltim-2020") -> tuple[int, object]:
        """GET of the API with the guest's link."""
        bearer = {"Authorization": f"Bearer {guest.url.partition('#')[2]}"}
        async with ClientSession(self.server.urls[0], headers=bearer) as http:
            answer = await http.get(f"/api/v1/conferences/{conference}/media")
            return answer.status, await answer.json()


@pytest.fixture
async def house(home: DataDir, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    engine, clock = ToldEngine(), LeapingClock()
    monkeypatch.setattr(compose, "_engine", lambda *_: engine)
    where = [Listener(host="127.0.0.1", port=0)]
    async with running(config.load(config.example()), home, clock, where) as server:
        house = House(server, engine, clock)
        async with house.stack:
            yield house


PICTURE = StreamStats(
    room=HUB,
    kind="video",
    layer="h.1",
    codec="VP8",
    kbps=380,
    packets=90,
    lost_percent=1.0,
    jitter_ms=6.04,
    nacks=2,
    plis=1,
    fps=29.97,
)
SOUND = StreamStats(room=HUB, kind="audio", kbps=32, packets=30, lost_percent=5.0, jitter_ms=9.0)
IDLE = StreamStats(room=BALIKPAPAN, kind="audio", kbps=0, packets=0, lost_percent=0, jitter_ms=0)
DOWN = LineStats(rtt_ms=38.54, kbps=412, available_kbps=2400, streams=(PICTURE, SOUND, IDLE))
UP = LineStats(rtt_ms=40.0, kbps=580, available_kbps=None, streams=(replace(PICTURE, room=""),))


def held(stats: LineStats, why: str) -> LineStats:
    """The same with its pictures held back."""
    streams = tuple(
        replace(s, kbps=0, packets=0, paused=why) if s.kind == "video" else s for s in stats.streams
    )
    return replace(stats, limit="sound", available_kbps=64, streams=streams)


async def test_a_publisher_learns_what_to_encode_now_and_when_it_comes_back(house: House) -> None:
    hall, other = await house.joined("operator", KUKAR), await house.joined("operator", BALIKPAPAN)
    await house.engine.tell(
        LayersWanted(device=hall.device, layers=("q", "h")), LayersWanted(device="gone", layers=())
    )
    assert await hall.next() == m.MediaLayers(layers=["q", "h"])
    await hall.client.command(m.MediaPublish(sdp="v=0"))
    assert await hall.next() == m.MediaLayers(layers=["q", "h"])
    await other.client.command(m.MediaPublish(sdp="v=0"))
    assert await other.silent(), "nothing is known of its layers"
    again = await house.enter("operator", KUKAR, resume=hall.client.resume)
    assert await again.next() == m.MediaLayers(layers=["q", "h"])
    await house.engine.tell(MediaRestarted(epoch="e2"))
    await again.client.command(m.MediaPublish(sdp="v=0"))
    assert await again.silent(), "what the old media plane wanted is void"


async def test_a_device_hears_of_its_own_line_when_something_changes(house: House) -> None:
    hall = await house.joined("operator", KUKAR)
    await house.measured(DeviceStats(device=hall.device, down=DOWN, up=UP))
    line = await hall.next()
    assert isinstance(line, m.MediaLine)
    assert (line.limit, line.available_kbps, line.paused) == ("", 2400, [])
    assert line.down is not None
    assert (line.down.kbps, line.down.rtt_ms, line.down.jitter_ms) == (412, 38.5, 9.0)
    assert line.down.lost_percent == 2.0, "of all packets"
    await house.measured(DeviceStats(device=hall.device, down=replace(DOWN, kbps=430), up=UP))
    assert await hall.silent(), "a few kbit/s are no news"
    await house.measured(DeviceStats(device=hall.device, down=held(DOWN, "bandwidth"), up=UP))
    line = await hall.next()
    assert isinstance(line, m.MediaLine)
    assert (line.limit, line.available_kbps) == ("sound", 64)
    assert line.paused == [m.PausedView(room=HUB, kind="video", why="bandwidth")]
    house.clock.ahead -= 2_000
    await house.measured(DeviceStats(device=hall.device, down=DOWN, up=UP))
    assert await hall.silent(), "not twice within two seconds"
    house.clock.ahead += 2_000
    await house.measured()
    assert await hall.next() == media_line(None), "its connections are gone"


async def test_moderators_and_technicians_see_all_rooms_and_others_do_not(house: House) -> None:
    moderator, observer = await house.enter("moderator"), await house.joined("observer")
    hall = await house.joined("operator", KUKAR)
    phone = await house.joined("operator", KUKAR)
    await house.measured(
        DeviceStats(device=hall.device, up=UP, down=DOWN),
        DeviceStats(device=phone.device, down=DOWN),
        DeviceStats(device="gone", down=DOWN),
    )
    told = await moderator.next()
    assert isinstance(told, m.MediaFigures)
    (room,) = told.rooms
    assert (room.room, room.device, room.kind) == (KUKAR, hall.device, "main")
    assert [(s.room, s.kind, s.layer) for s in room.receives] == [
        (HUB, "video", "h.1"),
        (HUB, "audio", ""),
    ]
    assert [s.kbps for s in room.sends] == [380]
    assert room.receives[0].freezes is None, "the page has said nothing yet"
    assert observer.heard.empty()
    technician = await house.enter("technician")
    assert await technician.next() == told, "whoever comes sees the last ones at once"


async def test_what_the_page_saw_is_merged_until_it_is_old(house: House) -> None:
    moderator, hall = await house.enter("moderator"), await house.joined("operator", KUKAR)
    stats = DeviceStats(device=hall.device, down=DOWN)

    async def receives() -> list[m.StreamView]:
        await house.measured(stats)
        told = await moderator.next()
        assert isinstance(told, m.MediaFigures)
        return told.rooms[0].receives

    seen = m.SeenRoom(room=HUB, freezes=2, frozen_s=1.25, dropped=7, fps=24.9, concealed_percent=3)
    await hall.client.command(m.MediaSeen(rooms=[seen, replace(seen, room="nowhere")]))
    picture, sound = await receives()
    assert (picture.freezes, picture.frozen_s, picture.dropped) == (2, 1.2, 7)
    assert (picture.fps, picture.shown_fps) == (30.0, 24.9)
    assert picture.concealed_percent is None
    assert (sound.freezes, sound.concealed_percent) == (None, 3.0)
    house.clock.ahead += 20_000
    picture, sound = await receives()
    assert (picture.freezes, sound.concealed_percent) == (None, None)


async def test_a_line_begins_with_what_it_carried_a_moment_ago(house: House) -> None:
    hall = await house.joined("operator", KUKAR)
    await hall.client.command(m.MediaSubscribe())
    await house.measured(DeviceStats(device=hall.device, down=DOWN))
    silent = replace(DOWN, kbps=0, available_kbps=30, streams=())
    for state in ("connected", "disconnected"):
        fallen = replace(silent, state=state)
        await house.measured(DeviceStats(device=hall.device, down=fallen))
    await house.engine.tell(MediaRestarted(epoch="e2"))
    await hall.client.command(m.MediaSubscribe())
    house.clock.ahead += 61_000
    await hall.client.command(m.MediaSubscribe())
    assert house.engine.starts == [None, 2400, None]


async def test_the_api_gives_the_last_figures_to_whom_they_concern(house: House) -> None:
    moderator, observer = await house.joined("moderator"), await house.enter("observer")
    hall = await house.joined("operator", KUKAR)
    assert await house.media(moderator) == (200, {"at": None, "devices": []})
    await house.measured(
        DeviceStats(device=hall.device, down=DOWN), DeviceStats(device=moderator.device, up=UP)
    )
    status, whole = await house.media(moderator)
    assert status == 200
    assert isinstance(whole, dict)
    assert [one["device"] for one in whole["devices"]] == [hall.device, moderator.device]
    assert whole["devices"][1]["sends"][0]["layer"] == "h.1"
    _, own = await house.media(hall)
    assert isinstance(own, dict)
    assert [one["room"] for one in own["devices"]] == [KUKAR]
    assert (await house.media(observer))[0] == 403
    assert (await house.media(moderator, "lain"))[0] == 404


async def test_the_engine_learns_how_large_and_how_important_each_picture_is(house: House) -> None:
    moderator, hall = await house.joined("moderator"), await house.joined("operator", KUKAR)
    await moderator.client.command(m.PhaseSet(phase="live"))
    await moderator.client.command(m.FloorGive(room=KUKAR))
    wanted = {(HUB, 360, 0), (KUKAR, 720, 0)}
    async with asyncio.timeout(PATIENCE):
        while {(r.room, r.height, r.rank) for r in house.engine.routes} != wanted:
            await asyncio.sleep(0.01)
    assert hall.device in {route.receiver for route in house.engine.routes}


class SlowSocket:
    """Takes messages and has so many of them still to write."""

    def __init__(self, waiting: int) -> None:
        self.waiting = waiting
        self.sent: list[m.ServerMessage] = []

    def send(self, message: m.ServerMessage) -> None:
        self.sent.append(message)

    def close(self, code: str) -> None:
        raise AssertionError(code)


async def test_who_reads_slowly_is_spared_the_figures(plan: Plan, journal: SqliteJournal) -> None:
    actor = ConferenceActor(plan, journal, SystemClock())
    await actor.start()
    hall = Hall(actor)
    sockets = [SlowSocket(waiting) for waiting in (0, 200)]
    for socket in sockets:
        hall.audience.welcome(Seat(socket, Actor(role="moderator", name="Sri", room=HUB)))
    main = Actor(role="operator", name="Kukar", room=KUKAR)
    await actor.submit(main, do.JoinRoom(device="d1"))
    for socket in sockets:
        socket.sent.clear()
    hall.media_figures(MediaFigures(devices=(DeviceStats(device="d1", down=DOWN),)))
    await actor.stop()
    assert [[type(one) for one in socket.sent] for socket in sockets] == [[m.MediaFigures], []]


def test_that_the_way_up_has_no_room_for_a_picture_is_news() -> None:
    before = media_line(DeviceStats(device="d", up=DOWN))
    assert noticeable(before, media_line(DeviceStats(device="d", up=replace(DOWN, limit="sound"))))


@pytest.mark.parametrize(
    ("change", "news"),
    [
        ({"kbps": 450}, False),
        ({"kbps": 600}, True),
        ({"available_kbps": None}, True),
        ({"rtt_ms": 55.0}, False),
        ({"rtt_ms": 90.0}, True),
        ({"state": "disconnected"}, True),
        ({"limit": "reduced"}, True),
        ({"streams": (replace(PICTURE, lost_percent=4.0), SOUND, IDLE)}, True),
        ({"streams": (replace(PICTURE, paused="codec"), SOUND, IDLE)}, True),
        ({"streams": (replace(PICTURE, paused="source"), SOUND, IDLE)}, False),
    ],
    ids=str,
)
def test_what_is_news_to_a_page(change: dict[str, object], news: bool) -> None:
    before = media_line(DeviceStats(device="d", down=DOWN))
    now = media_line(DeviceStats(device="d", down=replace(DOWN, **change)))
    assert noticeable(before, now) is news
    assert noticeable(now, before) is news


def test_a_hundred_rooms_come_in_frames_that_a_client_takes() -> None:
    stream = m.StreamView(
        room="64.02", kind="video", layer="f.1", codec="VP8", kbps=99_999, packets=99_999,
        lost_percent=99.9, jitter_ms=9999.9, rtt_ms=9999.9, nacks=99_999, repaired=99_999,
        plis=99_999, fps=30.0, paused="bandwidth", freezes=99_999, frozen_s=99_999.9,
        dropped=99_999, shown_fps=30.0, concealed_percent=99.9,
    )  # fmt: skip
    line = m.LineView(
        state="disconnected", kbps=99_999, available_kbps=99_999, limit="reduced", rtt_ms=9999.9,
        lost_percent=99.9, jitter_ms=9999.9,
    )  # fmt: skip
    rooms = [
        m.DeviceFigures(
            device=f"d{n}", kind="main", room=f"64.{n}", up=line, down=line, sends=[stream] * 4,
            receives=[stream] * 200,
        )
        for n in range(100)
    ]  # fmt: skip
    messages = list(parcels(rooms))
    assert [one for message in messages for one in message.rooms] == rooms
    assert all(len(msgspec.json.encode(one)) < m.MAX_FRAME_BYTES for one in messages)
    assert len(messages) <= 1 + 100 * 204 // (STREAMS_PER_MESSAGE - 204)
    assert list(parcels([])) == []
