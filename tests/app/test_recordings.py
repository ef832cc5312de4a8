"""From a moderator's word to files that say what they are, whatever dies on the way."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from signaling import messages as wire
from tests.app.engine import ToldEngine
from vicon.app.actor import ConferenceActor, Done
from vicon.app.audience import Audience, Guest
from vicon.app.recordings import Recordings
from vicon.core import commands as do
from vicon.core import commands_recording as record
from vicon.core.ceremony import Item
from vicon.core.commands_ceremony import Advance, SetBlack
from vicon.core.model import Actor, Plan
from vicon.core.recordlook import KEYS_S
from vicon.core.recordplan import (
    Disk,
    RecordedSource,
    RecordingFigures,
    RecordPart,
    RecordPlan,
)
from vicon.core.refusals import Refused
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.store.recordings import Recordings as Store
from vicon.store.sqlite import SqliteJournal

KUKAR, HUB = "64.02", "64"
MODERATOR = Actor(role="moderator", name="Rini", room=HUB)
OPERATOR = Actor(role="operator", name="Budi", room=KUKAR)


class Hands(SystemClock):
    """A clock whose monotonic time a test moves on."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.01))


class Full(Store):
    """A disk of which a test says what it is like."""

    found = Disk(free_bytes=1 << 40, bytes_per_s=1e9)

    async def disk(self) -> Disk:
        return self.found


class Desk:
    """A moderator's connection."""

    waiting = 0

    def __init__(self) -> None:
        self.said: list[object] = []

    def send(self, message: wire.ServerMessage) -> None:
        self.said.append(message)

    def close(self, code: str) -> None:
        """Stays."""


class Scene:
    def __init__(
        self,
        actor: ConferenceActor,
        engine: ToldEngine,
        store: Full,
        made: Recordings,
        hands: Hands,
    ) -> None:
        self.actor, self.engine, self.store = actor, engine, store
        self.recordings, self.hands = made, hands
        self.desk = Desk()

    async def starts(self) -> RecordPlan:
        command = await self.recordings.prepare()
        assert isinstance(await self.actor.submit(MODERATOR, command), Done)
        plan = await self.planned(lambda plan: plan is not None and plan.id == command.id)
        assert isinstance(plan, RecordPlan)
        return plan

    async def planned(self, wanted: Callable[[RecordPlan | None], bool]) -> Any:
        await until(lambda: self.engine.plans and wanted(self.engine.plans[-1]))
        return self.engine.plans[-1]

    async def figures(self, plan: RecordPlan, **changes: Any) -> None:
        source = RecordedSource(
            device="cam", room=KUKAR, bytes=1, picture_age=0.1, key_age=1.0, sound_age=0.1
        )
        part = RecordPart(
            file="64.02-1.webm",
            room=KUKAR,
            device="cam",
            video="vp8",
            began=1,
            seconds=2.0,
            bytes=9,
        )
        said: dict[str, Any] = {"sources": (source,), "parts": (part,), "free_bytes": 1 << 40}
        await self.engine.tell(RecordingFigures(id=plan.id, **said | changes))

    def sheet(self, plan: RecordPlan) -> Any:
        return json.loads((Path(plan.directory) / "recording.json").read_text("utf-8"))

    @property
    def known(self) -> Any:
        return self.actor.state.recording


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def scene(plan: Plan, journal: SqliteJournal, home: DataDir) -> AsyncIterator[Scene]:
    hands, engine, ids = Hands(), ToldEngine(), itertools.count()
    actor = ConferenceActor(plan, journal, SystemClock())
    await actor.start()
    audience = Audience(actor.state, actor.revision, actor.now)
    actor.observe(audience)
    store = Full(home, hands.monotonic)
    made = Recordings(actor, engine, store, hands, audience, lambda: f"id{next(ids):04}")
    made.start()
    await until(lambda: engine._followers)
    now = Scene(actor, engine, store, made, hands)
    audience.welcome(Guest(now.desk, MODERATOR))
    yield now
    await made.stop()
    await actor.stop()


async def joins(now: Scene) -> None:
    await now.actor.submit(OPERATOR, do.JoinRoom(device="cam"))
    await now.actor.submit(do.SYSTEM, do.SetPublishing(device="cam", on=True))


async def test_what_is_recorded_follows_who_is_heard_and_ends_in_a_sheet(
    plan: Plan, journal: SqliteJournal, home: DataDir
) -> None:
    item = Item(id="i1", kind="opening", title="Pembukaan", planned_s=60)
    async with scene(replace(plan, rundown=(item,)), journal, home) as now:
        await joins(now)
        wanted = await now.starts()
        assert [(one.room, one.device, one.audio) for one in wanted.sources] == [
            (KUKAR, "cam", True)
        ]
        assert now.sheet(wanted)["by"] == "Rini"
        assert now.sheet(wanted)["rooms"][KUKAR] == "Kabupaten Kutai Kartanegara"
        # A closed microphone is not recorded.
        hall = replace(OPERATOR, device="cam")
        await now.actor.submit(hall, do.MuteMic(room=KUKAR))
        await now.planned(lambda plan: plan is not None and not plan.sources[0].audio)
        await now.actor.submit(MODERATOR, do.SetPhase(phase="live"))
        await now.actor.submit(MODERATOR, do.GiveFloor(room=KUKAR))
        await now.actor.submit(MODERATOR, Advance(current=None))
        await now.planned(lambda plan: plan is not None and bool(plan.markers))
        await now.actor.submit(MODERATOR, SetBlack(on=True))
        await now.figures(wanted)
        told = [one for one in now.desk.said if isinstance(one, wire.RecordingFigures)]
        assert told[-1].rooms[0].picture
        await now.actor.submit(MODERATOR, record.StopRecording())
        await now.planned(lambda plan: plan is None)
        await now.figures(wanted, over=True)
        await until(lambda: now.sheet(wanted)["ended"] is not None and now.sheet(wanted)["parts"])
        sheet = now.sheet(wanted)
    assert (sheet["why"], sheet["ended_by"]) == ("stopped", "Rini")
    assert [one["title"] for one in sheet["markers"]] == ["Pembukaan"]
    hub = sheet["hub"]
    assert [one["room"] for one in sheet["markers"]] == [hub]
    assert [(one["room"], one["black"]) for one in sheet["notes"]] == [
        (KUKAR, False), ("", False), ("", True),
    ]  # fmt: skip
    assert sheet["timezone_label"] == "WITA"
    assert sheet["parts"][0]["file"] == "64.02-1.webm"


async def test_it_does_not_begin_on_a_disk_that_is_full_or_slow_or_gone(
    plan: Plan, journal: SqliteJournal, home: DataDir
) -> None:
    async with scene(plan, journal, home) as now:
        for disk, code in (
            (Disk(free_bytes=(2 << 30) + (100 << 20), bytes_per_s=1e9), "record_no_room"),
            (Disk(free_bytes=1 << 40, bytes_per_s=1e3), "record_unwritable"),
        ):
            now.store.found = disk
            done = await now.actor.submit(MODERATOR, await now.recordings.prepare())
            assert isinstance(done, Refused)
            assert done.code == code
        assert now.known is None
        assert now.engine.plans == []


async def test_a_recorder_that_dies_is_started_again_and_that_is_known(
    plan: Plan, journal: SqliteJournal, home: DataDir
) -> None:
    async with scene(plan, journal, home) as now:
        await joins(now)
        wanted = await now.starts()
        await now.figures(wanted)
        asked = len(now.engine.plans)
        await now.engine.tell(RecordingFigures(id=wanted.id, over=True, trouble="recorder_ended"))
        assert now.known.interrupted_at is not None
        await until(lambda: len(now.engine.plans) > asked)
        await now.figures(wanted)
        assert now.known.interrupted_at is None
        assert now.known.interruptions == 1
        await until(lambda: len(now.sheet(wanted)["notes"]) == 2)


async def test_a_full_disk_ends_it_and_the_session_goes_on(
    plan: Plan, journal: SqliteJournal, home: DataDir
) -> None:
    async with scene(plan, journal, home) as now:
        await joins(now)
        wanted = await now.starts()
        await now.figures(wanted)
        await now.engine.tell(RecordingFigures(id=wanted.id, over=True, trouble="disk_full"))
        assert now.known.why == "disk_full"
        await until(lambda: now.sheet(wanted)["why"] == "disk_full")
        assert now.actor.state.phase == "lobby"
        assert isinstance(await now.actor.submit(MODERATOR, do.MuteAll()), Done)


async def test_a_server_that_was_killed_goes_on_with_it(
    plan: Plan, journal: SqliteJournal, home: DataDir
) -> None:
    async with scene(plan, journal, home) as before:
        wanted = await before.starts()
        await before.figures(wanted)
        await until(lambda: before.sheet(wanted)["parts"])
    async with scene(plan, journal, home) as now:
        again = await now.planned(lambda plan: plan is not None and plan.id == wanted.id)
        assert again.directory == wanted.directory
        assert now.known.interrupted_at is not None
        await now.figures(wanted, parts=())
        assert now.known.interrupted_at is None
        assert [one["ended"] for one in now.sheet(wanted)["parts"]] == [True]


async def test_a_room_whose_sound_or_picture_stays_away_is_an_alarm(
    plan: Plan, journal: SqliteJournal, home: DataDir
) -> None:
    async with scene(plan, journal, home) as now:
        await joins(now)
        wanted = await now.starts()
        source = RecordedSource(
            device="cam", room=KUKAR, bytes=1, picture_age=0.1, key_age=1.0, sound_age=None
        )
        await now.figures(wanted, sources=(source,))
        assert now.known.alarms == {}
        now.hands.ahead += KEYS_S + 1
        for place, (changes, cause) in enumerate(
            (
                ({}, "sound"),
                ({"sound_age": 0.1, "picture_age": 60.0}, "picture"),
                ({"sound_age": 0.1, "key_age": 60.0}, "keys"),
            ),
            2,
        ):
            await now.figures(wanted, sources=(replace(source, bytes=place, **changes),))
            assert now.known.alarms[KUKAR].cause == cause
        now.hands.ahead += 11
        good = replace(source, bytes=4, sound_age=0.1)
        await now.figures(wanted, sources=(good,))
        assert now.known.alarms[KUKAR].cause == "nothing"
        await now.figures(wanted, sources=(replace(good, bytes=5),))
        assert now.known.alarms == {}


async def test_what_is_kept_is_listed_and_deleted_and_no_path_leads_elsewhere(
    home: DataDir, plan: Plan, journal: SqliteJournal
) -> None:
    async with scene(plan, journal, home) as now:
        wanted = await now.starts()
        (Path(wanted.directory) / "64.02-1.webm").write_bytes(b"x" * 10)
        store = now.store
        (one,) = await store.all("uji")
        assert one.files["64.02-1.webm"] == 10
        assert await store.path("uji", wanted.id, "64.02-1.webm")
        for name in ("../recording.json", "64.02-9.webm", "a.sh", ""):
            assert await store.path("uji", wanted.id, name) is None
        for id in ("..", "../..", ".", "", "x/../.."):
            assert not await store.delete("uji", id)
            assert await store.get("uji", id) is None
        assert await store.delete("uji", wanted.id)
        assert not Path(wanted.directory).exists()
        with contextlib.suppress(FileNotFoundError):
            os.rmdir(Path(wanted.directory).parent)
