"""The rehearsal's player against a real server, with devices that only signal: what it does itself,
and what it leaves to persons."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec.structs import replace

from signaling import messages as m
from signaling.client import Client, parse_link
from vicon import config
from vicon.agent import play as play_module
from vicon.agent.follow import Follow
from vicon.agent.halls import PEN, Halls, Mishap, room_of
from vicon.agent.play import Play
from vicon.compose import Listener, Server, running
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir

PERSONS = "64.02"
"""The hall that is left to persons; the last to sign."""
SPEED, PATIENCE_S = 1000.0, 20.0


@dataclass
class Stage:
    """`told`: what the player said, as event and room. It is the cast too."""

    server: Server
    stack: AsyncExitStack
    told: list[tuple[str, str | None]] = field(default_factory=list)
    devices: dict[str, Client] = field(default_factory=dict)

    def tell(self, event: str, room: str | None, why: str) -> None:
        self.told.append((event, room))

    async def client(self, role: str, room: str | None = None) -> Client:
        link = next(
            one for one in self.server.links if one.role == role and room in (None, one.room)
        )
        client = Client(*parse_link(link.url), rng=random.Random(1))
        await self.stack.enter_async_context(client)
        await client.ready(PATIENCE_S)
        return client

    async def enter(self, room: str) -> None:
        link = next(one for one in self.server.links if one.role == "operator" and one.room == room)
        device = Client(*parse_link(link.url), rng=random.Random(2))
        await device.__aenter__()
        await device.ready(PATIENCE_S)
        await device.command(m.RoomJoin(take_over=True))
        self.devices[room] = device

    async def vanish(self, room: str) -> None:
        await self.devices.pop(room).__aexit__(None, None, None)

    async def halls(self) -> Halls:
        codes = [one.room for one in self.server.links if one.role == "operator" and one.room]
        operators = {code: await self.client("operator", code) for code in codes if code != PERSONS}
        return Halls(await self.client("moderator"), operators, self, self.tell)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    settings = config.load(config.example())
    inside = replace(settings, media=replace(settings.media, workers=0))
    where = [Listener(host="127.0.0.1", port=0)]
    with DataDir.claim(tmp_path / "data") as home:
        async with running(inside, home, SystemClock(), where) as server, AsyncExitStack() as stack:
            made = Stage(server, stack)
            yield made
            for room in list(made.devices):
                await made.vanish(room)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(play_module, "LEAST_S", 0.02)


MISHAPS = (
    Mishap(item=2, act="late", room="64.72"),
    Mishap(item=3, act="lost", room="64.03"),
    Mishap(item=4, act="back", room="64.03"),
    Mishap(item=5, act="help", room="64.11", text="Suara hilang"),
    Mishap(item=5, act="help", room=PERSONS, text="bukan urusan pemain"),
    Mishap(item=6, act="over", room="64.01", text="Tim medis"),
    Mishap(item=7, act="reduce", room="64.01"),
    Mishap(item=8, act="cue", room="64.11", text="Bersiap"),
)


async def persons(stage: Stage) -> Client:
    """They sit in the hall, and sign when their turn has come."""
    hall = await stage.client("operator", PERSONS)
    await hall.command(m.RoomJoin())
    await hall.command(m.PactName(room=PERSONS, person="p1", name="Edi", office="Calon Bupati"))
    witness = m.PactWitness(name="Ketua KPU", office="KPU")
    await hall.command(m.PactWitnesses(room=PERSONS, witnesses=[witness]))
    return hall


async def sign(hall: Client) -> None:
    view = await hall.until(
        lambda view: view.conference.signing.open and view.conference.floor == PERSONS, PATIENCE_S
    )
    assert view.pact is not None
    await hall.command(
        m.PactSign(room=PERSONS, person="p1", strokes=[list(PEN)], document=view.pact.hash)
    )


async def test_a_played_hub_waits_for_a_hall_of_persons(stage: Stage) -> None:
    halls = await stage.halls()
    hall = await persons(stage)
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(sign(hall))
        await Play(halls, MISHAPS, SystemClock(), SPEED).run()
    view = halls.view
    assert view.conference.phase == "closed"
    assert (view.conference.signing.signed, view.conference.signing.rooms) == (10, 10)
    assert (halls.faults, ("help", PERSONS) in stage.told) == (0, False)
    assert room_of(view, PERSONS).tally is None, "nobody counted for them"
    done = [event for event, _ in stage.told if event not in ("item", "signed")]
    assert done == ["late", "lost", "back", "help", "over", "reduce", "cue"]


async def test_a_played_hub_goes_past_a_hall_that_stays_empty(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(play_module, "PATIENCE_S", 0.5)
    halls = await stage.halls()
    async with asyncio.timeout(60):
        await Play(halls, (), SystemClock(), SPEED).run()
    assert halls.view.conference.phase == "closed"
    assert ("skipped", PERSONS) in stage.told
    signing = halls.view.conference.signing
    assert (signing.signed, signing.rooms) == (9, 9)


async def test_the_halls_follow_a_moderator_who_is_a_person(stage: Stage) -> None:
    halls = await stage.halls()
    moderator, hall = await stage.client("moderator"), await persons(stage)
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        following = group.create_task(Follow(halls, MISHAPS, SystemClock(), SPEED).run())
        await _ready(stage)
        group.create_task(sign(hall))
        await _guide(moderator)
        await following
    assert halls.faults == 0
    assert [event for event, _ in stage.told if event not in ("ready", "signed")] == [
        "late", "lost", "back", "help", "over", "reduce",
    ]  # fmt: skip
    view = moderator.view
    assert view is not None
    assert (view.conference.signing.signed, view.conference.signing.rooms) == (10, 10)
    assert room_of(view, "64.11").help is not None, "answering is the moderator's"
    (cue,) = view.conference.cues
    assert sorted(one.room for one in cue.seen) == sorted(halls.operators)


async def _ready(stage: Stage) -> None:
    while ("ready", None) not in stage.told:
        await asyncio.sleep(0.02)


async def _guide(moderator: Client) -> None:
    """Through all items, each when what it began is there."""
    await moderator.command(m.PhaseSet(phase="live"))
    await moderator.command(m.PactOpen(on=True))
    view = moderator.view
    assert view is not None
    for number, item in enumerate(view.rundown.items, 1):
        current = moderator.view.conference.progress.current if moderator.view else None
        await moderator.command(m.RundownAdvance(current=current, item=item.id))
        await moderator.until(lambda view, n=number: _happened(view, n), PATIENCE_S)  # type: ignore[misc]
        if item.kind == "signing" and item.room:
            code = item.room
            await moderator.until(lambda view, c=code: room_of(view, c).complete, PATIENCE_S)  # type: ignore[misc]
    await moderator.command(m.CueSend(cue="cue-00001", text="Terima kasih"))
    await moderator.until(lambda view: len(view.conference.cues[0].seen) == 9, PATIENCE_S)
    await moderator.command(m.PhaseSet(phase="closed"))


def _happened(view: m.View, number: int) -> bool:
    """Whether the halls have done what belongs to the item."""
    over = room_of(view, "64.01")
    return {
        2: room_of(view, "64.72").presence == "joined",
        3: room_of(view, "64.03").presence == "lost",
        4: room_of(view, "64.03").presence == "joined",
        5: room_of(view, "64.11").help is not None,
        6: over.count == 13 and over.limit == 12,
        7: over.count == 12,
    }.get(number, True)
