"""An encoder and a player over real HTTP and real media in a whole server, worker included."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiohttp import ClientResponse, ClientSession
from msgspec.structs import replace

from signaling import messages as m
from signaling.client import Client, Rejected, parse_link
from tests.media.peers import LOOPBACK, Sender, until
from tests.media.test_play import Player, section
from tests.media.test_restart import offer_of
from vicon import config
from vicon.compose import Listener, Server, running
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.ops.links import MediaLink, read_media_links
from vicon.rtc import sdp

KUKAR = "64.02"
SDP, FRAGMENT = "application/sdp", "application/trickle-ice-sdpfrag"
PATIENCE = 15.0


@dataclass
class Service:
    server: Server
    links: list[MediaLink]
    http: ClientSession
    moderator: Client

    def link(self, role: str, room: str | None = None) -> MediaLink:
        return next(one for one in self.links if (one.role, one.room) == (role, room))

    async def ask(
        self, link: MediaLink, method: str, url: str, body: str = "", kind: str = SDP, tag: str = ""
    ) -> ClientResponse:
        head = {"Authorization": f"Bearer {link.token}", "Content-Type": kind}
        if tag:
            head["If-Match"] = tag
        return await self.http.request(method, url, data=body or None, headers=head)

    async def until_room(self, presence: str, publishing: bool) -> m.RoomView:
        def room(view: m.View) -> m.RoomView:
            return next(one for one in view.rooms if one.code == KUKAR)

        view = await self.moderator.until(
            lambda v: (room(v).presence, room(v).publishing) == (presence, publishing), PATIENCE
        )
        return room(view)


@pytest.fixture
async def service(home: DataDir) -> AsyncIterator[Service]:
    settings = config.load(config.example())
    media = replace(settings.media, addresses=LOOPBACK)
    where = [Listener(host="127.0.0.1", port=0)]
    async with running(replace(settings, media=media), home, SystemClock(), where) as server:
        link = next(one for one in server.links if one.role == "moderator")
        async with (
            ClientSession() as http,
            Client(*parse_link(link.url), rng=random.Random(1)) as moderator,
        ):
            await moderator.ready(PATIENCE)
            yield Service(server, read_media_links(home), http, moderator)


def fragment(transport: sdp.Transport) -> str:
    return sdp.render_fragment(
        sdp.Fragment(
            ufrag=transport.ufrag,
            password=transport.password,
            candidates=transport.candidates,
            mids=("0",),
            end=True,
        )
    )


async def test_an_encoder_comes_moves_and_goes_and_a_player_sees_it(service: Service) -> None:
    link, sender, player = service.link("encoder", KUKAR), Sender(), Player()
    ours = await sender.transport.gather("actpass")
    posted = await service.ask(link, "POST", link.url, sdp.render(offer_of(sender, ours)))
    assert posted.status == 201, await posted.text()
    address = str(posted.url.with_path(posted.headers["Location"]))
    await sender.transport.connect(sdp.parse(await posted.text()).transport)

    watching = service.link("player")
    player.offer = sdp.Description(
        transport=await player.transport.gather("actpass"),
        sections=(section("0", "audio"), section("1", "video")),
    )
    played = await service.ask(
        watching, "POST", f"{watching.url}/{KUKAR}", sdp.render(player.offer)
    )
    assert played.status == 201, await played.text()
    player.answer = sdp.parse(await played.text())
    await player.transport.connect(player.answer.transport)

    async with sender.steadily():
        await service.until_room("joined", True)
        await until(lambda: len(player.of("1")) > 10 and len(player.of("0")) > 5, PATIENCE)
        tag = posted.headers["ETag"]
        trickled = await service.ask(link, "PATCH", address, fragment(ours), FRAGMENT, tag)
        assert trickled.status == 204

        moved = await sender.transport.restart()
        answer = await service.ask(link, "PATCH", address, fragment(moved), FRAGMENT, "*")
        assert answer.status == 200, await answer.text()
        theirs = sdp.parse_fragment(await answer.text())
        assert theirs.lite
        again = replace(
            sdp.parse(await posted.text()).transport,
            ufrag=theirs.ufrag or "",
            password=theirs.password or "",
            candidates=theirs.candidates,
        )
        await sender.transport.reconnect(again)
        before = len(player.of("1"))
        await until(lambda: len(player.of("1")) > before + 20, PATIENCE)

        await service.moderator.command(m.MicMute(room=KUKAR))
        silent = len(player.of("0"))
        await until(lambda: len(player.of("1")) > before + 60, PATIENCE)
        assert len(player.of("0")) < silent + 20, "its sound follows the room's microphone"

    assert (await service.ask(link, "DELETE", address)).status == 200
    await service.until_room("absent", False)
    gone = str(played.url.with_path(played.headers["Location"]))
    assert (await service.ask(watching, "DELETE", gone)).status == 200
    for end in (sender, player):
        await end.transport.close()


async def test_an_encoder_whose_connection_ends_is_lost(service: Service) -> None:
    link, sender = service.link("encoder", KUKAR), Sender()
    ours = await sender.transport.gather("actpass")
    posted = await service.ask(link, "POST", link.url, sdp.render(offer_of(sender, ours)))
    await sender.transport.connect(sdp.parse(await posted.text()).transport)
    async with sender.steadily():
        await service.until_room("joined", True)
    await sender.transport.close()  # DTLS says so
    await service.until_room("lost", False)


async def test_tokens_of_pages_and_of_encoders_do_not_stand_for_each_other(
    service: Service,
) -> None:
    page = next(one for one in service.server.links if (one.role, one.room) == ("operator", KUKAR))
    socket, token = parse_link(page.url)
    encoder = service.link("encoder", KUKAR)
    answer = await service.ask(replace(encoder, token=token), "POST", encoder.url, "v=0")
    assert (answer.status, (await answer.json())["code"]) == (403, "link_token")
    async with Client(socket, encoder.token, rng=random.Random(2)) as client:
        with pytest.raises(Rejected, match="bad_token"):
            await client.ready(PATIENCE)
