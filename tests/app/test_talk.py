"""Announcements and private lines through the real wire: who is told, routed, what is kept."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import msgspec

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.app.test_figures import House, house  # a fixture
from tests.app.test_gateway import BALIKPAPAN, KUKAR, PATIENCE, refused, room_of
from tests.e2e.until import until
from vicon.app.lines import KEPT
from vicon.core.talk import RING_MS
from vicon.ops.data import DataDir
from vicon.ports import Route
from vicon.store.sqlite import SqliteJournal

__all__ = ["house"]
LINE = "line-0001"


class Ear:
    """What is written on a client's lines."""

    def __init__(self, client: Client) -> None:
        self.said: list[m.LineText] = []
        client.on_text = self.said.append

    async def hears(self, *texts: str) -> None:
        async def look() -> list[str]:
            return [one.text for one in self.said]

        await until(look, lambda said: said == list(texts), PATIENCE, "texts come")


def device_of(client: Client) -> str:
    assert client.view is not None
    assert client.view.you.device is not None
    return client.view.you.device.id


async def joined(house: House, role: str, room: str | None = None) -> Client:
    return (await house.joined(role, room)).client


async def technician(house: House) -> Client:
    client = (await house.enter("technician")).client
    await client.command(m.RoomJoin(kind="voice"))
    await client.until(lambda view: view.you.device is not None, PATIENCE)
    return client


async def line_is(client: Client, test: Callable[[m.PrivateLineView], bool]) -> m.PrivateLineView:
    """Of the hall KUKAR, once it is so."""

    def holds(view: m.View) -> bool:
        line = room_of(view, KUKAR).line
        return line is not None and test(line)

    line = room_of(await client.until(holds, PATIENCE), KUKAR).line
    assert line is not None
    return line


async def routed(house: House, test: Callable[[list[Route]], bool]) -> list[Route]:
    """The routes of sound beside the programme, once they are so."""

    async def look() -> list[Route]:
        return [route for route in house.engine.routes if route.room.startswith("@")]

    return await until(look, test, PATIENCE, "routes")


async def test_a_hall_answers_and_only_the_two_are_routed_to_each_other(house: House) -> None:
    hall, other = (
        await joined(house, "operator", KUKAR),
        await joined(house, "operator", BALIKPAPAN),
    )
    tech = await technician(house)
    assert await refused(tech, m.MediaPublish(sdp="v=0")) == "not_allowed"
    await tech.command(m.LineCall(line=LINE, room=KUKAR))
    await tech.command(m.MediaPublish(sdp="v=0"))
    line = await line_is(hall, lambda line: line.voice == "ringing")
    assert (line.by, line.role, line.here) == ("Teknisi Diskominfo", "technician", True)
    assert line.rings_until == line.at + RING_MS
    await hall.command(m.LineAnswer(line=LINE))
    ends = {device_of(hall), device_of(tech)}
    routes = await routed(house, lambda found: len(found) == 2)
    assert {(r.room, r.audio, r.video, r.rank) for r in routes} == {("@line", True, False, 0)}
    assert [{r.receiver, r.sender} for r in routes] == [ends, ends]
    for client in (hall, tech):
        view = await client.until(lambda v: v.you.send is not None and v.you.send.audio, PATIENCE)
        assert not any(want.room.startswith("@") for want in view.you.receive)
    assert other.view is not None
    assert room_of(other.view, KUKAR).line is None, "another hall does not even know"
    await hall.command(m.LineHangUp(line=LINE))
    await routed(house, lambda found: not found)
    over = await line_is(tech, lambda line: line.ended is not None)
    assert (over.ended, over.voice) == ("hung_up", "off")
    assert await refused(tech, m.MediaPublish(sdp="v=0")) == "not_allowed"


async def test_what_is_written_reaches_both_ends_alone_and_not_the_journal(
    house: House, home: DataDir
) -> None:
    hall, other = await house.joined("operator", KUKAR), await joined(house, "operator", BALIKPAPAN)
    moderator, tech = await joined(house, "moderator"), await technician(house)
    clients = (hall.client, tech, other, moderator)
    at_hall, at_tech, elsewhere, at_desk = (Ear(client) for client in clients)
    await tech.command(m.LineCall(line=LINE, room=KUKAR, voice=False))
    await tech.command(m.LineWrite(line=LINE, text="  Kabel HDMI sudah diganti? "))
    await hall.client.command(m.LineWrite(line=LINE, text="Sudah."))
    await at_hall.hears("Kabel HDMI sudah diganti?", "Sudah.")
    await at_tech.hears("Kabel HDMI sudah diganti?", "Sudah.")
    assert [(one.number, one.side, one.by) for one in at_tech.said] == [
        (1, "caller", "Teknisi Diskominfo"),
        (2, "called", at_tech.said[1].by),
    ]
    assert await refused(moderator, m.LineWrite(line=LINE, text="Saya juga")) == "not_allowed"
    again = await house.enter("operator", KUKAR, resume=hall.client.resume)
    kept = Ear(again.client)
    await again.client.command(m.LineWrite(line=LINE, text="Masih di sini"))
    await at_tech.hears("Kabel HDMI sudah diganti?", "Sudah.", "Masih di sini")
    assert kept.said[-1].text == "Masih di sini"
    await tech.command(m.LineHangUp(line=LINE))
    assert elsewhere.said == at_desk.said == []
    journal = await SqliteJournal.open(home)
    entries = [
        msgspec.json.encode(record).decode() async for record in journal.replay("kaltim-2020")
    ]
    await journal.close()
    assert sum("line_written" in entry for entry in entries) == 3, "that it was written is a fact"
    assert not [entry for entry in entries if "HDMI" in entry or "Masih di sini" in entry]


async def test_who_reloads_reads_what_is_kept(house: House) -> None:
    tech = await technician(house)
    hall = await house.joined("operator", KUKAR)
    await tech.command(m.LineCall(line=LINE, room=KUKAR, voice=False))
    for n in range(KEPT + 5):
        await asyncio.sleep(0.06)  # within the rate of one person
        await tech.command(m.LineWrite(line=LINE, text=f"pesan {n}"))
    said: list[m.LineText] = []
    url, token = parse_link(hall.url)
    rng = random.Random(3)
    async with Client(url, token, rng=rng, resume=hall.client.resume) as again:
        again.on_text = said.append
        await again.ready(PATIENCE)

        async def look() -> list[m.LineText]:
            return said

        await until(look, lambda found: len(found) == KEPT, PATIENCE, "what is kept comes")
    assert [one.number for one in said] == list(range(6, KEPT + 6))


async def test_a_call_that_nobody_answers_ends_by_itself(house: House) -> None:
    hall, tech = await joined(house, "operator", KUKAR), await technician(house)
    await tech.command(m.LineCall(line=LINE, room=KUKAR))
    house.clock.ahead += RING_MS
    line = await line_is(tech, lambda line: line.ended is not None)
    assert line.ended == "unanswered"
    assert await refused(hall, m.LineAnswer(line=LINE)) == "line_gone"


async def test_an_announcement_is_routed_to_every_hall_and_ends_with_its_link(house: House) -> None:
    halls = [await joined(house, "operator", code) for code in (KUKAR, BALIKPAPAN)]
    await joined(house, "observer")
    moderator = await house.joined("moderator")
    second = await joined(house, "moderator")
    await moderator.client.command(m.AnnounceSet(on=True))
    routes = await routed(house, lambda found: len(found) == 2)
    assert {(r.receiver, r.room, r.sender) for r in routes} == {
        (device_of(hall), "@announce", moderator.device) for hall in halls
    }
    view = await halls[0].until(lambda v: v.conference.announcement is not None, PATIENCE)
    assert view.conference.floor is None
    assert await refused(second, m.AnnounceSet(on=True)) == "announcing_already"
    moderator.client.cut()
    await halls[0].until(lambda v: v.conference.announcement is None, PATIENCE)
    await routed(house, lambda found: not found)
