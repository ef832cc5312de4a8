"""Cameras are looked at in turn; what they show is recorded when it changes, whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from tests.app.engine import ToldEngine
from vicon.app.actor import ConferenceActor, Done
from vicon.app.estimates import Estimates
from vicon.app.translate import room_view
from vicon.core import commands as do
from vicon.core.commands_server import NotePressure
from vicon.core.estimate import Quality
from vicon.core.events import EstimateChanged
from vicon.core.model import Actor, CameraCount, Plan, Zone
from vicon.core.pressure import CLOSED, PAUSED
from vicon.ops.clock import SystemClock
from vicon.ports import MediaError, Still
from vicon.store.sqlite import SqliteJournal

KUKAR, BALIKPAPAN = "64.02", "64.71"
OPERATOR = Actor(role="operator", name="Kukar", room=KUKAR)
INTERVAL_S = 0.03
PICTURE = Still(codec="vp8", data=b"a key frame")
Answer = tuple[int | None, Quality]


class Sees:
    """A counter that sees what the test says, and remembers what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.looks: list[tuple[str, Still]] = []
        self.zones: list[tuple[Zone, ...]] = []
        """Of each look."""
        self.waits: asyncio.Event | None = None
        """A look takes until this is set."""
        self.forgotten: list[str] = []

    async def look(self, room: str, still: Still, zones: Sequence[Zone] = ()) -> Answer:
        answer = self.answer
        self.looks.append((room, still))
        self.zones.append(tuple(zones))
        if self.waits is not None:
            await self.waits.wait()
        return answer

    def forget(self, room: str) -> None:
        self.forgotten.append(room)


class Blind(ToldEngine):
    """Its worker is being started again."""

    async def still(self, conference: str, device: str) -> Still | None:
        raise MediaError("media_unavailable", "the worker is away")


class Scene:
    def __init__(self, actor: ConferenceActor, engine: ToldEngine, sees: Sees) -> None:
        self.actor, self.engine, self.sees = actor, engine, sees
        self.events: list[EstimateChanged] = []
        actor.observe(self)

    def changed(self, state: object, revision: int, events: object) -> None:
        assert isinstance(events, list)
        self.events += [one for one in events if isinstance(one, EstimateChanged)]

    async def joins(self) -> None:
        """The hall of Kukar, with its camera."""
        assert isinstance(await self.actor.submit(OPERATOR, do.JoinRoom(device="cam")), Done)
        await self.actor.submit(do.SYSTEM, do.SetPublishing(device="cam", on=True))
        self.engine.stills["cam"] = PICTURE

    def seen(self, code: str = KUKAR) -> Answer | None:
        estimate = self.actor.state.rooms[code].estimate
        return None if estimate is None else (estimate.persons, estimate.quality)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():
                await asyncio.sleep(INTERVAL_S / 5)

    async def looks(self, more: int) -> None:
        """So many more looks."""
        wanted = len(self.sees.looks) + more
        await self.until(lambda: len(self.sees.looks) >= wanted)


@asynccontextmanager
async def scene(
    plan: Plan, journal: SqliteJournal, answer: Answer, engine: ToldEngine | None = None
) -> AsyncIterator[Scene]:
    engine, sees, clock = engine or ToldEngine(), Sees(answer), SystemClock()
    actor = ConferenceActor(plan, journal, clock)
    await actor.start()
    made = Scene(actor, engine, sees)
    estimates = Estimates(actor, engine, sees, clock, INTERVAL_S)
    estimates.start()
    yield made
    await estimates.stop()
    await actor.stop()


async def test_what_a_camera_shows_is_recorded_once_until_it_changes(
    plan: Plan, journal: SqliteJournal
) -> None:
    async with scene(plan, journal, (9, "ok")) as now:
        await now.joins()
        await now.until(lambda: now.seen() == (9, "ok"))
        await now.looks(10)
        assert set(now.sees.looks) == {("uji/64.02", PICTURE)}
        assert [e.persons for e in now.events if (e.room, e.quality) == (KUKAR, "ok")] == [9]
        now.sees.answer = (13, "ok")
        await now.until(lambda: now.seen() == (13, "ok"))
        now.sees.answer = (None, "covered")
        await now.until(lambda: now.seen() == (None, "covered"))
    kept = [record async for record in journal.replay("uji")]
    assert all(b"a key frame".decode() not in repr(record) for record in kept)


async def test_a_room_without_a_camera_has_no_figure_and_never_nought(
    plan: Plan, journal: SqliteJournal
) -> None:
    async with scene(plan, journal, (9, "ok")) as now:
        await now.until(lambda: now.seen() == (None, "off"))
        await now.joins()
        await now.until(lambda: now.seen() == (9, "ok"))
        await now.actor.submit(
            Actor(role="operator", name="Kukar", room=KUKAR, device="cam"), do.SetCamera(on=False)
        )
        await now.until(lambda: now.seen() == (None, "off"))
        assert "uji/64.02" in now.sees.forgotten
        assert {room for room, _ in now.sees.looks} == {"uji/64.02"}


async def test_a_room_that_does_not_want_it_is_not_looked_at(
    plan: Plan, journal: SqliteJournal
) -> None:
    async with scene(plan, journal, (9, "ok")) as now:
        await now.joins()
        await now.until(lambda: now.seen() == (9, "ok"))
        await now.actor.submit(OPERATOR, do.SwitchEstimate(room=KUKAR, on=False))
        assert now.seen() is None
        looked, passed = len(now.sees.looks), now.sees.forgotten.count("uji/64.02")
        # Its turn comes, and it is passed over.
        await now.until(lambda: now.sees.forgotten.count("uji/64.02") >= passed + 3)
        assert len(now.sees.looks) <= looked + 1, "but for one that was under way"
        assert now.seen() is None
        await now.actor.submit(OPERATOR, do.SwitchEstimate(room=KUKAR, on=True))
        await now.until(lambda: now.seen() == (9, "ok"))


async def test_what_was_seen_before_the_zones_were_drawn_counts_no_more(
    plan: Plan, journal: SqliteJournal
) -> None:
    portrait = Zone(x=0.0, y=0.0, width=0.2, height=0.3)
    async with scene(plan, journal, (9, "ok")) as now:
        await now.joins()
        await now.until(lambda: now.seen() == (9, "ok"))
        await now.looks(5)
        # A look is under way when they are drawn: what it saw is void too.
        now.sees.waits = asyncio.Event()
        await now.looks(1)
        before = len(now.sees.looks)
        await now.actor.submit(OPERATOR, do.SetZones(room=KUKAR, zones=(portrait,)))
        assert now.seen() is None
        now.sees.answer = (7, "ok")
        now.events.clear()
        now.sees.waits.set()
        await now.until(lambda: now.seen() is not None)
        assert now.seen() == (7, "ok"), "not the median of what was seen before"
        assert [event.persons for event in now.events if event.room == KUKAR] == [7]
        assert set(now.sees.zones[:before]) == {()}
        assert set(now.sees.zones[before:]) == {(portrait,)}


async def test_the_session_goes_on_while_the_media_plane_is_away(
    plan: Plan, journal: SqliteJournal
) -> None:
    async with scene(plan, journal, (9, "ok"), Blind()) as now:
        await now.joins()
        await now.until(lambda: now.seen() == (None, "unavailable"))
        assert isinstance(await now.actor.submit(OPERATOR, do.AddCount(room=KUKAR, by=1)), Done)


async def test_who_sees_the_devices_sees_the_estimate(plan: Plan, journal: SqliteJournal) -> None:
    async with scene(plan, journal, (9, "ok")) as now:
        await now.joins()
        await now.until(lambda: now.seen() == (9, "ok"))
        state = now.actor.state
        whole = room_view(state, KUKAR, 0, devices=True)
        assert whole.estimate is not None
        assert (whole.estimate.persons, whole.estimate.quality, whole.counted) == (9, "ok", True)
        assert room_view(state, KUKAR, 0, devices=False).estimate is None
        assert whole.count is None, "a camera enters nobody"
        assert isinstance(state.rooms[KUKAR].estimate, CameraCount)


async def test_under_pressure_no_camera_is_looked_at_and_the_figure_grows_old(
    plan: Plan, journal: SqliteJournal
) -> None:
    async with scene(plan, journal, (9, "ok")) as now:
        await now.joins()
        await now.until(lambda: now.seen() == (9, "ok"))
        await now.actor.submit(do.SYSTEM, NotePressure(level=PAUSED, why="media_late"))
        looked = len(now.sees.looks)
        await now.until(lambda: now.seen() == (None, "stale"))
        assert len(now.sees.looks) <= looked + 1, "but for one that was under way"
        await now.actor.submit(do.SYSTEM, NotePressure(level=CLOSED, why="media_late"))
        await now.until(lambda: now.seen() == (9, "ok"))
