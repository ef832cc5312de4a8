"""The watch: what presses is told to every conference and to its desks, once, and taken back."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from signaling import messages as wire
from tests.app.outside import Hands
from vicon import health
from vicon.app.actor import ConferenceActor
from vicon.app.audience import Guest
from vicon.app.gateway import Hall
from vicon.app.pressure import BEAT_S, PROBE_S, Watch
from vicon.core import commands as do
from vicon.core.events import Event
from vicon.core.events_server import ClockJumped, PressureChanged
from vicon.core.model import Actor, Plan
from vicon.core.pressure import CLOSED, NORMAL, SOUND, Why
from vicon.ops.checks import Check, Checks, ready
from vicon.ops.clock import Jump
from vicon.ops.data import DataDir
from vicon.ports import JournalError, MediaLoad
from vicon.store.sqlite import SqliteJournal

OPERATOR = Actor(role="operator", name="Kukar", room="64.02")


class Heard:
    """A desk's socket."""

    waiting = 0

    def __init__(self) -> None:
        self.told: list[wire.ServerMessage] = []

    def send(self, message: wire.ServerMessage) -> None:
        self.told.append(message)

    def close(self, code: str) -> None:
        raise AssertionError(code)

    def checks(self) -> list[dict[str, str]]:
        """What it was told of the server, each time."""
        told = [one for one in self.told if isinstance(one, wire.ServerChecks)]
        return [{check.name: check.state for check in one.checks} for one in told]


class House:
    def __init__(self, actor: ConferenceActor, journal: SqliteJournal, clock: Hands) -> None:
        self.actor, self.clock, self.journal = actor, clock, journal
        self.hall = Hall(actor)
        self.load: MediaLoad | None = MediaLoad(cpu=0.2, late_ms=1.0)
        self.descriptors: int | None = 900
        self.jump: Jump | None = None
        self.followed: list[bool] = []
        self.checks = Checks(clock.monotonic)
        self.watch = Watch(
            {actor.id: self.hall},
            journal,
            clock,
            self.checks,
            load=lambda: self.load,
            descriptors=lambda: self.descriptors,
            look_at_clock=self._look,
        )
        self.checks.add("journal", health.journal(self.watch))
        self.checks.add("pressure", health.pressure(self.watch))
        self.events: list[Event] = []
        actor.observe(self)

    def changed(self, state: object, revision: int, events: Sequence[Event]) -> None:
        self.events += events

    def _look(self, follow: bool) -> Jump | None:
        self.followed.append(follow)
        jump, self.jump = self.jump, None
        return jump

    async def looks(self, seconds: int) -> None:
        for _ in range(seconds):
            self.clock.time += 1
            await self.watch.look()

    def desk(self, role: str = "moderator") -> Heard:
        heard = Heard()
        guest = Guest(heard, Actor(role=role, name="Rini", room="64"))  # type: ignore[arg-type]
        self.hall.audience.welcome(guest)
        self.hall.server.greet(guest)
        return heard


@pytest.fixture
async def house(plan: Plan, journal: SqliteJournal) -> AsyncIterator[House]:
    clock = Hands()
    actor = ConferenceActor(plan, journal, clock)
    await actor.start()
    made = House(actor, journal, clock)
    await actor.submit(OPERATOR, do.JoinRoom(device="kamera"))
    made.events.clear()
    yield made
    await actor.stop()


async def test_pressure_is_recorded_shown_and_taken_back(house: House) -> None:
    desk, technician, watcher = house.desk(), house.desk("technician"), house.desk("observer")
    house.load = MediaLoad(cpu=0.99, late_ms=10.0)
    await house.looks(40)
    why: Why = "media_cpu"
    assert house.events == [PressureChanged(level=n, why=why) for n in range(CLOSED, SOUND + 1)]
    assert house.actor.state.pressure.level == SOUND
    told = [one for one in desk.told if isinstance(one, wire.ServerChecks)]
    assert len(told) == 5, "each level once"
    (check,) = told[-1].checks
    assert (check.name, check.state) == ("pressure", "fail")
    assert "All pictures rest" in check.text.en
    assert "Kurangi pemantau" in check.text.id
    assert technician.checks() == desk.checks()
    assert watcher.checks() == []
    views = [one.conference for one in watcher.told if isinstance(one, wire.Delta)]
    assert [view.pressure.level for view in views if view and view.pressure] == [1, 2, 3, 4, 5]

    late = house.desk()
    assert late.checks() == [{"pressure": "fail"}], "who comes later reads it too"
    house.load = MediaLoad(cpu=0.1, late_ms=1.0)
    await house.looks(100)
    assert house.actor.state.pressure.level == NORMAL
    assert desk.checks()[-1] == {}
    assert late.checks()[-1] == {}


async def test_descriptors_that_run_out_keep_new_ones_out_and_touch_no_picture(
    house: House,
) -> None:
    house.descriptors = 20
    await house.looks(60)
    assert house.events == [PressureChanged(level=CLOSED, why="descriptors")]
    assert not ready(await house.checks.look())


async def test_a_jump_of_the_clock_is_in_the_journal_and_never_followed_while_somebody_is_here(
    house: House,
) -> None:
    house.jump = Jump(3_600_000, followed=False)
    await house.looks(3)
    assert house.events == [ClockJumped(by_ms=3_600_000, followed=False)]
    assert house.followed == [False] * 3
    await house.actor.submit(
        Actor(role="operator", name="Kukar", room="64.02", device="kamera"), do.LeaveRoom()
    )
    await house.looks(1)
    assert house.followed[-1] is True


async def test_an_idle_conference_is_not_written_full(house: House) -> None:
    leave = Actor(role="operator", name="Kukar", room="64.02", device="kamera")
    await house.actor.submit(leave, do.LeaveRoom())
    house.events.clear()
    house.load = MediaLoad(cpu=0.99)
    await house.looks(30)
    assert house.watch.gauge.level == SOUND
    assert house.events == []


async def test_a_journal_that_cannot_be_written_is_told_and_comes_back_without_an_act(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = house.desk()
    await house.looks(1)

    async def full(*_: Any) -> Any:
        raise JournalError("the disk is full")

    monkeypatch.setattr(house.journal, "append_many", full)
    monkeypatch.setattr(house.journal, "probe", full)
    refused = await house.actor.submit(OPERATOR, do.AddCount(room="64.02", by=1))
    assert getattr(refused, "code", None) == "journal_failed"
    await house.looks(3)
    assert desk.checks() == [{"journal": "fail"}], "found by the act, not at the next probe"
    (check,) = [one for one in await house.checks.look() if one.name == "journal"]
    assert "disk" not in check.words.en, "strangers learn that acts are refused, not why"
    house.jump = Jump(-3_600_000, followed=False)
    await house.looks(1)
    monkeypatch.undo()
    await house.looks(4)
    assert desk.checks()[-1] == {}
    assert house.watch.unwritable is None
    assert house.events == [ClockJumped(by_ms=-3_600_000, followed=False)], "told afterwards"


async def test_a_disk_that_fills_while_nobody_acts_is_found(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.looks(1)

    async def full() -> None:
        raise JournalError("the disk is full")

    monkeypatch.setattr(house.journal, "probe", full)
    await house.looks(int(PROBE_S) + 1)
    assert house.watch.unwritable is not None


async def test_it_notices_that_this_process_comes_late(house: House) -> None:
    """It is held up, as by an act that takes too long."""
    running = asyncio.create_task(house.watch.run())
    try:
        async with asyncio.timeout(10):
            while house.watch.gauge.level == NORMAL:
                house.clock.time += 4 * BEAT_S  # whoever sleeps wakes so much later
                await house.clock.pass_(0.5)
                await asyncio.sleep(0.001)  # a write is tried on the real disk
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert (house.watch.gauge.level, house.watch.gauge.why) == (CLOSED, "server_late")


# --- disks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("free", "state"),
    [(10 << 30, "ok"), (health.LITTLE - 1, "warn"), (health.LEAST - 1, "fail"), (0, "fail")],
)
async def test_a_disk_is_told_before_it_is_full(
    home: DataDir, monkeypatch: pytest.MonkeyPatch, free: int, state: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: _Usage(free))
    (found,) = await health.disk([home.path, home.path / "not-there"])()
    assert found.state == state
    assert str(home.path) not in str(found), "a path is nobody's business"
    if state != "ok":
        assert isinstance(found, Check)
        assert found.detail is not None
        assert "MB" in found.detail.en
        assert "MB" not in found.words.en


class _Usage:
    def __init__(self, free: int) -> None:
        self.free = free


async def test_without_a_folder_there_is_nothing_to_tell(tmp_path: Path) -> None:
    (found,) = await health.disk([tmp_path / "not-there"])()
    assert found.state == "ok"
