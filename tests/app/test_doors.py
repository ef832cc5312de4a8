"""A door's address, QR code and poster: who may have which."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import cv2
import numpy as np
import pypdfium2
import pytest
import typst
from aiohttp import ClientResponse, ClientSession
from msgspec.structs import replace

from tests.app.test_gateway import link_of
from vicon import config
from vicon.compose import Listener, Server, running
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.ops.links import read_door_links

KUKAR, BALIKPAPAN, HUB = "64.02", "64.71", "64"
POSTERS = "/api/v1/conferences/kaltim-2020/posters.pdf"


class Desk:
    def __init__(self, server: Server, session: ClientSession, doors: Mapping[str, str]) -> None:
        self._server, self._session, self.doors = server, session, doors

    async def get(
        self, path: str, role: str, room: str | None = None, **headers: str
    ) -> ClientResponse:
        token = link_of(self._server, role, room).url.partition("#")[2]
        return await self._session.get(path, headers={"Authorization": f"Bearer {token}"} | headers)


@pytest.fixture
async def desk(home: DataDir) -> AsyncIterator[Desk]:
    settings = config.load(config.example())
    known = replace(settings.server, hosts=["vicon.kukar.example"])
    settings = replace(settings, server=known, media=replace(settings.media, workers=0))
    where = [Listener(host="127.0.0.1", port=0)]
    async with (
        running(settings, home, SystemClock(), where) as server,
        ClientSession(server.urls[0]) as session,
    ):
        doors = {link.room: link.url for link in read_door_links(home)}
        yield Desk(server, session, doors)


async def test_an_operator_has_the_own_door_alone(desk: Desk) -> None:
    answer = await desk.get("/api/v1/me/door", "operator", KUKAR)
    assert await answer.json() == {"url": desk.doors[KUKAR]}
    assert answer.headers["Cache-Control"] == "no-store"
    assert (await desk.get(f"/api/v1/me/door?room={KUKAR}", "operator", KUKAR)).status == 200
    for path in ("/api/v1/me/door", "/api/v1/me/door.svg", POSTERS):
        refused = await desk.get(f"{path}?room={BALIKPAPAN}", "operator", KUKAR)
        assert (refused.status, (await refused.json())["code"]) == (403, "not_allowed")


async def test_a_moderator_has_every_door(desk: Desk) -> None:
    own = await (await desk.get("/api/v1/me/door", "moderator")).json()
    assert own == {"url": desk.doors[HUB]}
    for role in ("moderator", "technician"):
        for room, url in desk.doors.items():
            answer = await desk.get(f"/api/v1/me/door?room={room}", role)
            assert await answer.json() == {"url": url}
    for path, role in (("/api/v1/me/door?room=99", "moderator"), ("/api/v1/me/door", "technician")):
        unknown = await desk.get(path, role)
        assert (unknown.status, (await unknown.json())["code"]) == (404, "unknown_room")


async def test_others_have_none(desk: Desk) -> None:
    for role, room in (("observer", None), ("tester", KUKAR)):
        for path in ("/api/v1/me/door", "/api/v1/me/door.svg", POSTERS):
            refused = await desk.get(path, role, room)
            assert (refused.status, (await refused.json())["code"]) == (403, "not_allowed")
    other = await desk.get("/api/v1/conferences/lain/posters.pdf", "moderator")
    assert other.status == 404


async def test_the_picture_is_the_doors_code(desk: Desk) -> None:
    answer = await desk.get("/api/v1/me/door.svg", "operator", KUKAR)
    assert answer.content_type == "image/svg+xml"
    assert decoded(await answer.text()) == desk.doors[KUKAR]


def decoded(svg: str) -> str:
    """What a camera reads off it, nearer or farther: OpenCV does not find every code at any
    size."""
    return next(filter(None, (read(svg, ppi) for ppi in (144, 200, 300, 96))), "")


def read(svg: str, ppi: int) -> str:
    page = b"#set page(width: auto, height: auto, margin: 0mm)\n"
    page += b'#image(bytes(sys.inputs.svg), format: "svg", width: 60mm)'
    drawn = typst.compile(page, sys_inputs={"svg": svg}, format="png", ppi=ppi)
    picture = cv2.imdecode(np.frombuffer(drawn, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(picture)
    return str(text)


async def test_posters_of_all_rooms_or_one(desk: Desk) -> None:
    answer = await desk.get(POSTERS, "technician")
    assert answer.content_type == "application/pdf"
    assert 'filename="pintu-kaltim-2020.pdf"' in answer.headers["Content-Disposition"]
    assert len(pypdfium2.PdfDocument(await answer.read())) == 11
    for path, role, room in (
        (f"{POSTERS}?room={KUKAR}", "moderator", None),
        (POSTERS, "operator", KUKAR),
    ):
        answer = await desk.get(path, role, room)
        document = pypdfium2.PdfDocument(await answer.read())
        assert len(document) == 1
        said = document[0].get_textpage().get_text_range()
        assert "Kabupaten Kutai Kartanegara" in " ".join(said.split())
        assert desk.doors[KUKAR] in said.replace("\r\n", "")
    assert (await desk.get(f"{POSTERS}?room=99", "moderator")).status == 404


async def test_a_phone_is_sent_where_the_asker_came(desk: Desk) -> None:
    """The server listens on this machine alone; whoever asks came by another name."""
    answer = await desk.get("/api/v1/me/door", "operator", KUKAR, Host="vicon.kukar.example:8443")
    url = (await answer.json())["url"]
    assert url.startswith("http://vicon.kukar.example:8443/checkin/")
    assert url.rpartition("/")[2] == desk.doors[KUKAR].rpartition("/")[2]
