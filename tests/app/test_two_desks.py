"""Two moderators at two desks, over the real wire: whatever they do at once, one room has the
floor, both see the same, and each is told what the other did."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial

import pytest
from msgspec.structs import replace

from signaling import messages as m
from signaling.client import Client, CommandRefused, parse_link
from signaling.feed import Event
from signaling.peer import Limits
from tests.app.test_gateway import PATIENCE, link_of, refused, room_of
from vicon import config
from vicon.compose import Listener, Server, running
from vicon.config.settings import Person
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir

HALLS = ("64.08", "64.11", "64.01", "64.07")
NAMES = ("Rini", "Budi")
ACTS = 150
"""Of each desk."""
AT_ONCE = 5
"""So many of a desk are on their way together; no faster than a connection may ask."""


class Desk(Client):
    """Keeps what it saw at each revision, and what it was told."""

    def __init__(self, url: str, token: str, seed: int) -> None:
        super().__init__(url, token, rng=random.Random(seed))
        self.seen: dict[int, m.View] = {}
        self.told: list[m.Deed] = []
        self.on_deed = self.told.append

    def _tell(self, event: Event) -> None:
        if self.view is not None and self.revision is not None:
            self.seen[self.revision] = self.view
        super()._tell(event)


@dataclass
class House:
    desks: list[Desk]
    halls: dict[str, Client] = field(default_factory=dict)

    @property
    def views(self) -> list[m.View]:
        return [view for desk in self.desks if (view := desk.view) is not None]

    async def settle(self) -> None:
        """Both have seen the last revision."""
        await self.desks[0].command(m.MicLock(on=False))
        await self.desks[1].command(m.MicLock(on=True))
        for desk in self.desks:
            await desk.until(lambda view: view.conference.mic_lock, PATIENCE)
        assert self.desks[0].revision == self.desks[1].revision


@pytest.fixture
async def house(home: DataDir) -> AsyncIterator[House]:
    settings = config.load(config.example())
    (conference,) = settings.conferences
    two = replace(conference, moderators=[Person(name=name) for name in NAMES])
    inside = replace(settings, conferences=[two], media=replace(settings.media, workers=0))
    where = [Listener(host="127.0.0.1", port=0)]
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(running(inside, home, SystemClock(), where))
        links = [link for link in server.links if link.role == "moderator"]
        desks = [Desk(*parse_link(link.url), seed) for seed, link in enumerate(links)]
        made = House(desks)
        for code in HALLS:
            made.halls[code] = Client(*_link(server, code), rng=random.Random(9))
        for client in (*desks, *made.halls.values()):
            await stack.enter_async_context(client)
            await client.ready(PATIENCE)
        for client in made.halls.values():
            await client.command(m.RoomJoin())
        await desks[0].command(m.PhaseSet(phase="live"))
        await desks[0].command(m.MicLock(on=True))
        await desks[1].until(lambda view: view.conference.mic_lock, PATIENCE)
        yield made


def _link(server: Server, code: str) -> tuple[str, str]:
    return parse_link(link_of(server, "operator", code).url)


async def test_they_never_leave_two_holders_of_the_floor(house: House) -> None:
    codes = await asyncio.gather(*(_at_work(desk, n) for n, desk in enumerate(house.desks)))
    assert sum(len(one) for one in codes) < ACTS, "most of it must have been done"
    await house.settle()
    first, second = (desk.seen for desk in house.desks)
    both = first.keys() & second.keys()
    assert len(both) > 100, "acts that wait together are one revision"
    for revision in both:
        assert first[revision].conference == second[revision].conference
        assert first[revision].rooms == second[revision].rooms
    for seen in (*first.values(), *second.values()):
        _one_has_it(seen)
    for code, hall in house.halls.items():
        view = await hall.until(lambda view: view.conference.mic_lock, PATIENCE)
        assert view.you.send is not None
        assert (view.conference.floor == code) == (room_of(view, code).mic == "on")
        assert view.conference.floor == house.views[0].conference.floor


async def _at_work(desk: Desk, seed: int) -> list[str]:
    """Codes of what was refused."""
    rng, said = random.Random(seed), list[str]()

    async def act() -> None:
        try:
            await desk.command(_any(rng, desk))
        except CommandRefused as error:
            said.append(error.code)

    for _ in range(ACTS // AT_ONCE):
        began = asyncio.get_running_loop().time()
        await asyncio.gather(*(act() for _ in range(AT_ONCE)))
        took = asyncio.get_running_loop().time() - began
        await asyncio.sleep(max(0.0, AT_ONCE / Limits().messages_per_s - took))
    return said


def _any(rng: random.Random, desk: Desk) -> m.CommandBody:
    view = desk.view
    assert view is not None
    hall, current = rng.choice(HALLS), view.conference.progress.current
    items = [one for one in view.rundown.items if one.room in (None, *HALLS)]
    item = rng.choice([one for one in items if one.id != current]).id
    return rng.choice(
        (
            m.FloorGive(room=hall),
            m.FloorGive(room=hall),
            m.FloorTake(),
            m.FloorCue(room=hall),
            m.RundownAdvance(current=current, item=item),
            m.RundownAdvance(current=current, item=item),
            m.RundownPause(on=rng.random() < 0.5),
            m.SpotlightPin(room=rng.choice((None, hall))),
            m.MicMuteAll(),
            m.MicLock(on=True, room=hall),
        )
    )


def _one_has_it(view: m.View) -> None:
    """Under the lock only the hall on air is heard; nobody is on air and next at once; at most one
    item is on."""
    conference = view.conference
    heard = {room.code for room in view.rooms if room.mic == "on" and not room.hub}
    if conference.mic_lock:
        assert heard <= {conference.floor}, (heard, conference.floor)
    assert conference.floor in (None, *HALLS)
    assert conference.floor is None or conference.floor != conference.next
    going = [run for run in conference.progress.runs if run.ended_at is None and not run.skipped]
    assert [run.item for run in going] == [one for one in [conference.progress.current] if one]


async def test_of_two_who_press_lanjut_at_once_one_is_refused_and_sees_why(house: House) -> None:
    for _ in range(6):
        current = house.views[0].conference.progress.current
        body = m.RundownAdvance(current=current)
        done = await asyncio.gather(*(d.command(body) for d in house.desks), return_exceptions=True)
        (no,) = [one for one in done if isinstance(one, CommandRefused)]
        assert no.code == "rundown_moved"
        for desk in house.desks:
            await desk.until(partial(_beyond, current), PATIENCE)
        first, second = (view.conference.progress for view in house.views)
        assert first == second
    told = [len(desk.told) for desk in house.desks]
    assert sum(told) >= 6, "who was not first was told what the other did"


def _beyond(item: str | None, view: m.View) -> bool:
    return view.conference.progress.current != item


async def test_each_is_told_what_the_other_did_and_nobody_else(house: House) -> None:
    rini, budi = house.desks
    for desk in house.desks:
        desk.told.clear()
    items = house.views[0].rundown.items
    for body in (
        m.RundownAdvance(current=None),
        m.RundownAdvance(current=items[0].id),
        m.RundownUndo(),
        m.RundownSkip(item=items[3].id, on=True),
        m.RollMark(room=HALLS[0], status="late"),
        m.CueSend(cue="cue-00001", text="Mohon berdiri"),
        m.PactShow(point=2),
        m.CountAllow(room=HALLS[1], limit=14, reason="Petugas medis"),
        m.SpotlightBlack(on=True),
    ):
        await rini.command(body)
    await rini.command(m.PactShow(point=2))  # nothing changes: nothing is told
    assert await refused(rini, m.RundownAdvance(current="item-0")) == "rundown_moved"
    await budi.command(m.FloorGive(room=HALLS[2]))
    await budi.until(lambda view: view.conference.floor == HALLS[2], PATIENCE)
    told = [(one.act, one.room, one.what, one.on) for one in budi.told]
    assert told == [
        ("rundown.advance", None, items[0].title, None),
        ("rundown.advance", None, items[1].title, None),
        ("rundown.undo", None, items[0].title, None),
        ("rundown.skip", None, items[3].title, True),
        ("roll.mark", HALLS[0], "late", None),
        ("cue.send", None, "Mohon berdiri", None),
        ("pact.show", None, "2", None),
        ("count.allow", HALLS[1], "14", None),
        ("spotlight.black", None, "", True),
    ]
    assert {one.by for one in budi.told} == {"Rini"}
    await rini.command(m.FloorTake())  # its answer comes after what it was told
    assert [(one.by, one.act, one.room) for one in rini.told] == [("Budi", "floor.give", HALLS[2])]
