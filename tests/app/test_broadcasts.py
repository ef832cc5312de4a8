"""From a moderator's word to a broadcast that goes on whatever dies, and that nobody watches who
may not."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession
from msgspec.structs import replace

from tests.app.engine import ToldEngine
from tests.app.gatehouse import OURS, opened
from vicon.app.actor import ConferenceActor, Done
from vicon.app.broadcasts import PATIENCE_S, STANDS_S, Broadcasts
from vicon.config.settings import Broadcast
from vicon.core import commands as do
from vicon.core import commands_broadcast as air
from vicon.core.model import Actor, Plan
from vicon.core.refusals import Refused
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.programme.broadcast import BroadcastFigures, BroadcastPlan, Outlet
from vicon.store.broadcasts import Broadcasts as Store
from vicon.store.sqlite import SqliteJournal

HUB, KUKAR = "64", "64.02"
MODERATOR = Actor(role="moderator", name="Rini", room=HUB)
OUTLET = Outlet(directory="x", rtmp_url="rtmp://127.0.0.1/live", rtmp_key_file="/key")


class Hands(SystemClock):
    """A clock whose monotonic time a test moves on."""

    ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.01))


class Scene:
    def __init__(
        self, actor: ConferenceActor, engine: ToldEngine, made: Broadcasts, hands: Hands
    ) -> None:
        self.actor, self.engine, self.made, self.hands = actor, engine, made, hands

    async def starts(self) -> BroadcastPlan:
        assert isinstance(await self.actor.submit(MODERATOR, self.made.prepare()), Done)
        return await self.planned()

    async def planned(self) -> BroadcastPlan:
        await until(lambda: self.engine.aired and self.engine.aired[-1])
        plan = self.engine.aired[-1]
        assert plan is not None
        return plan

    @property
    def alarms(self) -> set[str]:
        known = self.actor.state.broadcast
        return set(known.alarms) if known is not None else set()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def scene(
    plan: Plan, journal: SqliteJournal, home: DataDir, *, taken: str = "", ready: bool = True
) -> AsyncIterator[Scene]:
    hands, engine, ids = Hands(), ToldEngine(), itertools.count()
    actor = ConferenceActor(plan, journal, SystemClock())
    await actor.start()
    made = Broadcasts(
        actor,
        engine,
        Store(home),
        hands,
        lambda: f"id{next(ids)}",
        OUTLET if ready else None,
        lambda: taken,
    )
    made.start()
    await actor.submit(MODERATOR, do.SetPhase(phase="lobby"))
    await actor.submit(MODERATOR, do.SetPhase(phase="live"))
    try:
        yield Scene(actor, engine, made, hands)
    finally:
        await made.stop()
        await actor.stop()


async def test_the_programme_is_wanted_of_the_engine_and_follows_the_state(
    plan: Plan, journal: SqliteJournal, home: DataDir
) -> None:
    async with scene(plan, journal, home) as on:
        wanted = await on.starts()
        assert (wanted.scene.air, wanted.scene.clock) == (HUB, "")
        assert wanted.outlet == replace(OUTLET, directory=str(home.broadcast / plan.id))
        joined = do.JoinRoom(device="d1", kind="main")
        operator = Actor(role="operator", name="Budi", room=KUKAR)
        assert isinstance(await on.actor.submit(operator, joined), Done)
        await until(lambda: on.engine.aired[-1] and on.engine.aired[-1].sources)
        (source,) = (await on.planned()).sources
        assert (source.device, source.video) == ("d1", False)
        assert isinstance(await on.actor.submit(MODERATOR, do.GiveFloor(room=KUKAR)), Done)
        await until(lambda: on.engine.aired[-1] and on.engine.aired[-1].scene.air == KUKAR)
        (source,) = (await on.planned()).sources
        assert source.video
        (Path(wanted.outlet.directory)).mkdir(parents=True)
        await on.actor.submit(MODERATOR, air.StopBroadcast())
        await until(lambda: on.engine.aired[-1] is None)
        await until(lambda: not Path(wanted.outlet.directory).exists())


async def test_what_goes_wrong_becomes_an_alarm_and_what_died_is_begun_again(
    plan: Plan, journal: SqliteJournal, home: DataDir
) -> None:
    async with scene(plan, journal, home) as on:
        wanted = await on.starts()
        figures = BroadcastFigures(id=wanted.id, channel="connecting")
        await on.engine.tell(figures)
        assert on.alarms == set()  # it may take a while
        on.hands.ahead += PATIENCE_S + 1
        await on.engine.tell(replace(figures, channel="waiting", late=True))
        assert on.alarms == {"channel", "late"}
        await on.engine.tell(replace(figures, channel="sending", disk=True))
        assert on.alarms == {"late", "disk"}  # what comes and goes is not told each time
        on.hands.ahead += STANDS_S + 1
        await on.engine.tell(replace(figures, channel="sending"))
        assert on.alarms == set()
        asked = len(on.engine.aired)
        await on.engine.tell(BroadcastFigures(id=wanted.id, over=True))
        await until(lambda: len(on.engine.aired) > asked)
        known = on.actor.state.broadcast
        assert known is not None
        assert known.interrupted_at is not None
        await on.engine.tell(replace(figures, channel="sending"))
        known = on.actor.state.broadcast
        assert known is not None
        assert known.interrupted_at is None
        assert known.interruptions == 1


@pytest.mark.parametrize(
    ("taken", "ready", "code"),
    [("Pelantikan", True, "broadcast_taken"), ("", False, "broadcast_off")],
)
async def test_it_is_refused_where_it_cannot_be(
    plan: Plan, journal: SqliteJournal, home: DataDir, taken: str, ready: bool, code: str
) -> None:
    async with scene(plan, journal, home, taken=taken, ready=ready) as on:
        done = await on.actor.submit(MODERATOR, on.made.prepare())
        assert isinstance(done, Refused)
        assert done.code == code


@pytest.mark.patient
async def test_who_has_the_address_watches_and_nobody_else(tmp_path: Path) -> None:
    broadcast = Broadcast(hls=True, origins=["https://www.contoh.go.id"], viewers=1)
    async with opened(tmp_path, broadcast=broadcast) as house, ClientSession(house.url) as http:

        async def told(role: str) -> tuple[int, dict[str, str]]:
            bearer = {"Authorization": f"Bearer {house.token(role)}"}
            async with http.get(f"/api/v1/conferences/{OURS}/broadcast", headers=bearer) as answer:
                return answer.status, await answer.json()

        async def status(path: str) -> int:
            async with http.get(path) as answer:
                return answer.status

        assert (await told("observer"))[0] == 403
        found, answer = await told("moderator")
        assert found == 200
        page = "/" + answer["page"].split("/", 3)[3]
        assert re.fullmatch(rf"/siaran/{OURS}/[A-Za-z0-9_-]{{22}}", page)
        assert answer["hls"] == f"{answer['page']}/index.m3u8"
        assert await status(page) == 200
        assert await status(f"/siaran/{OURS}") == 404  # it is not public
        assert await status(f"/siaran/{OURS}/live.m3u8") == 404
        assert await status(page[:-1] + ("A" if page[-1] != "A" else "B")) == 404
        place = house.home.broadcast / OURS
        place.mkdir(parents=True)
        (place / "live.m3u8").write_text("#EXTM3U\n")
        (place / "5f-0.m4s").write_bytes(b"x" * 99)
        (place / "key").write_text("secret")
        assert await status(f"{page}/live.m3u8") == 404  # nothing is broadcast
        bearer = {"Authorization": f"Bearer {house.token('moderator')}"}
        asked = {"id": "1", "body": {"type": "broadcast.start"}}
        at = f"/api/v1/conferences/{OURS}/commands"
        async with http.post(at, json=asked, headers=bearer) as done:
            assert done.status == 200, await done.text()
        await until(lambda: not (place / "key").exists())  # what lay there is of another time
        place.mkdir(exist_ok=True)
        (place / "5f-0.m4s").write_bytes(b"x" * 99)
        theirs = {"Origin": "https://www.contoh.go.id"}
        async with http.get(f"{page}/5f-0.m4s", headers=theirs) as got:
            assert got.status == 200
            assert await got.read() == b"x" * 99
            assert got.content_type == "video/iso.segment"
            assert got.headers["Access-Control-Allow-Origin"] == theirs["Origin"]
            assert "immutable" in got.headers["Cache-Control"]
        async with http.get(f"{page}/5f-0.m4s", headers={"Origin": "https://x.example"}) as got:
            assert "Access-Control-Allow-Origin" not in got.headers
        assert await status(f"{page}/key") == 404
        assert await status(f"{page}/..%2f..%2fkey") == 404
