"""Other people's clients: ffmpeg and an npm package publish, a plain page and aiortc play.

The tests share one conference and go on from one another.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.encoders import OutsidePage, ffmpeg, other_site
from tests.e2e.pages import ControlRoom
from tests.e2e.service import Service, kill, run
from tests.e2e.until import until

pytestmark = [
    needs_chromium,
    pytest.mark.browser,
    pytest.mark.patient(45),
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(90),
]
FFMPEG_ROOM, NPM_ROOM = "64.02", "64.71"


@dataclass
class Session:
    service: Service
    control: ControlRoom
    other: OutsidePage
    endpoints: dict[str | None, tuple[str, str]]
    """By room: address and token of its encoder; of None, the programme's."""
    log: Path
    moderator: Client

    async def give_floor(self, room: str) -> None:
        await self.moderator.command(m.FloorGive(room=room))

    async def room(self, code: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.service.link('moderator').token}"}
        async with aiohttp.ClientSession(self.service.url, headers=headers) as http:
            (listed,) = await (await http.get("/api/v1/conferences")).json()
            found = await (await http.get(f"/api/v1/conferences/{listed['id']}")).json()
        return next(one for one in found["view"]["rooms"] if one["code"] == code)

    async def until_room(self, code: str, presence: str, timeout: float) -> dict[str, Any]:
        return await until(
            lambda: self.room(code), lambda room: room["presence"] == presence, timeout, presence
        )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Session]:
    folder = tmp_path_factory.mktemp("whip")
    service = Service(folder)
    await service.start()
    listed = json.loads(await run("links", "--data", str(service.data), "--whip", "--json"))
    endpoints = {one["room"]: (one["url"], one["token"]) for one in listed}
    try:
        link = service.link("moderator").url
        async with (
            Client(*parse_link(link), rng=random.Random(1)) as moderator,
            chromium() as browser,
            other_site() as site,
        ):
            await moderator.ready(10)
            control = await ControlRoom.open(browser, link)
            other = await OutsidePage.open(browser, site)
            yield Session(service, control, other, endpoints, folder / "ffmpeg.log", moderator)
    finally:
        await service.stop()


async def test_ffmpeg_is_seen_and_heard_in_the_hub(session: Session) -> None:
    url, token = session.endpoints[FFMPEG_ROOM]
    async with ffmpeg(url, token, session.log):
        room = await session.until_room(FFMPEG_ROOM, "joined", 15)
        assert [one["label"].split("/")[0] for one in room["devices"]] == ["WHIP Lavf"]
        await session.control.until_all_move({FFMPEG_ROOM}, 15)
    await session.until_room(FFMPEG_ROOM, "absent", 5)


async def test_the_npm_client_publishes_from_another_site(session: Session) -> None:
    await session.other.call("publish", *session.endpoints[NPM_ROOM])
    await session.until_room(NPM_ROOM, "joined", 10)
    await session.control.until_all_move({NPM_ROOM}, 15)


async def test_a_plain_player_follows_the_floor_from_codec_to_codec(session: Session) -> None:
    """Both rooms' pictures come in the one section of the player."""
    await session.give_floor(NPM_ROOM)
    await session.other.call("play", *session.endpoints[None])
    await session.other.moves("VP8")
    url, token = session.endpoints[FFMPEG_ROOM]
    async with ffmpeg(url, token, session.log):
        await session.until_room(FFMPEG_ROOM, "joined", 15)
        await session.give_floor(FFMPEG_ROOM)
        await session.other.moves("H264")
        await session.give_floor(NPM_ROOM)
        await session.other.moves("VP8")


async def test_a_players_restart_of_ice_costs_no_picture(session: Session) -> None:
    before = await session.other.moves()
    await session.other.call("restart")
    await until(
        session.other.received, lambda now: now["local"] != before["local"], 5, "another name"
    )
    await session.other.moves()


async def test_the_player_takes_leave(session: Session) -> None:
    assert await session.other.call("stop") == 200


async def test_aiortc_plays_a_single_room(session: Session) -> None:
    url, token = session.endpoints[None]
    head = {"Authorization": f"Bearer {token}", "Content-Type": "application/sdp"}
    player = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    counts = {"audio": 0, "video": 0}
    tasks: list[asyncio.Task[None]] = []

    async def count(track: MediaStreamTrack) -> None:
        try:
            while True:
                await track.recv()
                counts[track.kind] += 1
        except MediaStreamError:
            return

    player.on("track", lambda track: tasks.append(asyncio.create_task(count(track))))
    player.addTransceiver("audio", direction="recvonly")
    player.addTransceiver("video", direction="recvonly")
    await player.setLocalDescription(await player.createOffer())
    async with aiohttp.ClientSession(headers=head) as http:
        reply = await http.post(f"{url}/{NPM_ROOM}", data=player.localDescription.sdp)
        assert reply.status == 201, await reply.text()
        answer = RTCSessionDescription(await reply.text(), "answer")
        await player.setRemoteDescription(answer)
        async with asyncio.timeout(15):
            while min(counts.values()) < 20:
                await asyncio.sleep(0.1)
        address = str(reply.url.join(reply.url.with_path(reply.headers["Location"])))
        assert (await http.delete(address)).status == 200
    await player.close()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_an_encoder_that_was_killed_is_lost_and_takes_its_place_again(
    session: Session,
) -> None:
    url, token = session.endpoints[FFMPEG_ROOM]
    async with ffmpeg(url, token, session.log) as process:
        await session.control.until_all_move({FFMPEG_ROOM}, 15)
        kill(process.pid)
        await process.wait()
    began = time.monotonic()
    await session.until_room(FFMPEG_ROOM, "lost", 20)
    print(f"a killed encoder's room is lost after {time.monotonic() - began:.1f} s")
    async with ffmpeg(url, token, session.log):
        await session.until_room(FFMPEG_ROOM, "joined", 10)
        await session.control.until_all_move({FFMPEG_ROOM}, 15)


async def test_the_npm_client_takes_leave(session: Session) -> None:
    await session.other.call("unpublish")
    await session.until_room(NPM_ROOM, "absent", 5)
    await session.control.page.close()
