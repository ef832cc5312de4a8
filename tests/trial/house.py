"""A trial desk with a scripted media worker, store and stations."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from typing import TypeVar

from msgspec.structs import replace

from signaling import messages as m
from tests.core.scene import Scene
from tests.trial import examples
from tests.trial.leaping import LeapingClock
from vicon.app.trials import TrialCommand
from vicon.config.settings import Thresholds, Trial
from vicon.core.model import Actor, Conference, Phase
from vicon.core.pressure import Pressure
from vicon.core.refusals import Refused
from vicon.measure.looks import Examined
from vicon.measure.report import Collected, LegReport, LoadReport
from vicon.measure.run import Run, decode
from vicon.ports import JournalError, LegKind, MediaError, TrialRecord
from vicon.trial.desk import Setup, TrialDesk
from vicon.trial.runner import Runner
from vicon.trial.tools import Fidelity, Tools
from vicon.trial.turn import TurnSettings

CONFERENCE = "pakta-2020"
PASER, KUKAR, BERAU = "64.01", "64.02", "64.03"
TURN = TurnSettings(
    urls=("turn:t:3478?transport=udp", "turn:t:3478?transport=tcp", "turns:t:443?transport=tcp"),
    secret=b"secret",
    ttl_s=600,
)
_T = TypeVar("_T")


def dead() -> MediaError:
    return MediaError("media_unavailable", "the media worker died")


class FakeEngine:
    """Legs that measure what it is told to; `fail` holds what the next calls of a name raise."""

    def __init__(self) -> None:
        self.open: dict[str, LegKind] = {}
        self.sent: list[tuple[str, str, int]] = []
        self.ceilings: list[int] = []
        """Of the loads down, kbit/s."""
        self.report = examples.leg()
        self.reports: list[LegReport] = []
        """Before `report`, one for each reading."""
        self.loads = {"down": examples.load(), "up": examples.load()}
        self.fail: dict[str, list[MediaError]] = {}
        self.loading = self.most_loading = self.most_open = 0

    def die(self) -> None:
        self.open.clear()

    def _at(self, call: str, leg: str) -> None:
        if self.fail.get(call):
            error = self.fail[call].pop(0)
            if error.code == "media_unavailable":
                self.die()
            raise error
        if call not in ("leg_open", "leg_close") and leg not in self.open:
            raise MediaError("media_state", f"there is no such leg: {leg}")

    async def leg_open(self, conference: str, leg: str, kind: LegKind, offer: str) -> str:
        self._at("leg_open", leg)
        self.open[leg] = kind
        self.most_open = max(self.most_open, len(self.open))
        await asyncio.sleep(0.02)
        return f"answer to {offer}"

    async def leg_send(self, conference: str, leg: str, level: str, extra_kbps: int) -> None:
        self._at("leg_send", leg)
        self.sent.append((leg, level, extra_kbps))

    async def leg_mark(self, conference: str, leg: str) -> None:
        self._at("leg_mark", leg)

    async def leg_read(self, conference: str, leg: str) -> LegReport:
        self._at("leg_read", leg)
        return self.reports.pop(0) if self.reports else self.report

    async def leg_collect(self, conference: str, leg: str) -> Collected:
        self._at("leg_collect", leg)
        return examples.COLLECTED

    async def _load(self, side: str, leg: str, seconds: float) -> LoadReport:
        self.loading += 1
        self.most_loading = max(self.most_loading, self.loading)
        try:
            self._at(f"leg_load_{side}", leg)
            await asyncio.sleep(seconds)
        finally:
            self.loading -= 1
        return self.loads[side]

    async def leg_load_down(
        self, conference: str, leg: str, ceiling_kbps: int, seconds: float
    ) -> LoadReport:
        self.ceilings.append(ceiling_kbps)
        return await self._load("down", leg, seconds)

    async def leg_load_up(
        self, conference: str, leg: str, seconds: float, quiet_rtt: float | None
    ) -> LoadReport:
        return await self._load("up", leg, seconds)

    async def leg_close(self, conference: str, leg: str) -> None:
        self._at("leg_close", leg)
        self.open.pop(leg, None)


class FakeStore:
    def __init__(self) -> None:
        self.kept: dict[str, TrialRecord] = {}
        self.broken = False

    def run(self, id: str) -> Run:
        return decode(self.kept[id].body)

    async def put(self, record: TrialRecord) -> None:
        await asyncio.sleep(0.001)
        if self.broken:
            raise JournalError("the disk is full")
        self.kept[record.id] = record

    async def get(self, id: str) -> TrialRecord | None:
        if self.broken:
            raise JournalError("the disk is full")
        return self.kept.get(id)

    async def page(
        self, conference: str, room: str | None = None, limit: int = 50, before: int | None = None
    ) -> list[TrialRecord]:
        return list(self.kept.values())

    async def unfinished(self) -> list[TrialRecord]:
        return [one for one in self.kept.values() if one.state == "running"]

    async def add_report(self, digest: str, run: str, format: str, at: int) -> None:
        raise AssertionError("the desk hands out no reports")

    async def find_report(self, digest: str) -> tuple[str, str, int] | None:
        return None

    async def close(self) -> None:
        return None


class FakeHosted:
    def __init__(self) -> None:
        self.scene = Scene(phase="lobby")
        self.recorded: list[Run] = []

    @property
    def state(self) -> Conference:
        return self.scene.state

    def press(self, level: int) -> None:
        pressure = Pressure(level=level, why="media_cpu", since=1)
        self.scene.state = replace(self.scene.state, pressure=pressure)

    def set_phase(self, phase: Phase) -> None:
        self.scene.state = replace(self.scene.state, phase=phase)

    async def record(self, run: Run) -> None:
        self.recorded.append(run)


class Seat:
    """One connection: app.trials.Visitor."""

    def __init__(self, actor: Actor) -> None:
        self.conference = CONFERENCE
        self.actor = actor
        self.got: list[m.ServerMessage] = []
        self.hears: Callable[[m.TrialDo], None] | None = None

    def send(self, message: m.ServerMessage) -> None:
        self.got.append(message)
        if isinstance(message, m.TrialDo) and self.hears is not None:
            self.hears(message)

    def of(self, kind: type[_T]) -> list[_T]:
        return [one for one in self.got if isinstance(one, kind)]


Answer = Callable[["Page", m.TrialDo], Awaitable[m.TaskResult | None]]


class Page:
    """A room's test page as a script. `answers`: what to do instead, by the task's tag; None from
    one of them is silence."""

    def __init__(self, house: House, room: str, *, role: str = "tester", name: str = "p1") -> None:
        self.house, self.desk = house, house.desk
        self.actor = Actor(role=role, name=f"Uji {room}", room=room)  # type: ignore[arg-type]
        self.name = name
        self.program = False
        self.seat: Seat | None = None
        self.paths: set[str] = {"udp"}
        self.asked: list[str] = []
        self.answers: dict[str, Answer] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def come(self) -> Page:
        seat = self.seat = Seat(self.actor)
        seat.hears = self._hear
        await self.desk.greet(seat)
        client = "program" if self.program else "browser"
        offer = m.TrialOffer(station=self.name, client=client, agent="Chrome/140")  # type: ignore[arg-type]
        assert await self.desk.command(seat, offer) is None
        return self

    async def go(self) -> None:
        seat, self.seat = self.seat, None
        assert seat is not None
        seat.hears = None
        await self.desk.gone(seat)

    async def reload(self, after: float = 1.0) -> None:
        await self.go()
        await asyncio.sleep(after)
        await self.come()

    async def ask(self, body: TrialCommand) -> object:
        assert self.seat is not None
        return await self.desk.command(self.seat, body)

    async def start(self, kind: m.RunKind = "full", seconds: int = 5) -> str:
        body = m.TrialStart(room=self.actor.room or "", kind=kind, seconds=seconds)
        started = await self.ask(body)
        assert isinstance(started, m.TrialStarted), started
        return started.run

    def _hear(self, message: m.TrialDo) -> None:
        self.asked.append(str(message.body.__struct_config__.tag))
        task = asyncio.create_task(self._work(message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, message: m.TrialDo) -> None:
        tag = str(message.body.__struct_config__.tag)
        result = await self.answers.get(tag, Page.does)(self, message)
        if result is not None and self.seat is not None:
            await self.ask(m.TrialReport(run=message.run, task=message.task, result=result))

    async def connect(self, run: str, leg: str) -> bool:
        try:
            answer = await self.ask(m.TrialConnect(run=run, leg=leg, sdp="v=0"))
        except MediaError:
            return False
        return isinstance(answer, m.TrialAnswer)

    async def does(self, message: m.TrialDo) -> m.TaskResult | None:
        """As a good page does."""
        run, body = message.run, message.body
        await asyncio.sleep(0.02)
        match body:
            case m.DoBrowser():
                return examples.BROWSER
            case m.DoDevices():
                return examples.DEVICES
            case m.DoPath():
                way = body.path in self.paths and await self.connect(run, body.leg)
                return examples.CONNECTED if way else examples.BLOCKED
            case m.DoCall():
                connected = await self.connect(run, body.leg)
                return examples.CONNECTED if connected else examples.BLOCKED
            case m.DoWatch():
                await asyncio.sleep(body.seconds)
                return replace(
                    examples.WATCHED, seconds=body.seconds, decoded=int(20 * body.seconds)
                )
            case m.DoLoadUp():
                connected = self.program or await self.connect(run, body.leg)
                await asyncio.sleep(body.seconds)
                return m.Loaded(connected=connected)
            case m.DoCut():
                await self.reload(0.9)
                await asyncio.sleep(0.02)
                connected = await self.connect(run, body.call.leg)
                return m.Cut(socket_ms=900, media_ms=1800 if connected else None)
            case m.DoEnd():
                return None
        return m.Echoed()


class House:
    """One conference with three rooms, in the lobby; TURN is set up."""

    def __init__(
        self,
        turn: TurnSettings | None = TURN,
        store: FakeStore | None = None,
        hold_s: float = Trial().hold_s,
    ) -> None:
        self.engine, self.store = FakeEngine(), store or FakeStore()
        self.hosted = FakeHosted()
        self.moves: list[bool | None] = []
        """What each look was told of the camera's own picture."""
        self.examined: Examined = examples.EXAMINED
        numbers = count(1)
        tools = Tools(
            engine=self.engine,
            clock=LeapingClock(),
            turn=turn,
            examine=self._examine,
            fidelity=lambda mark, luma, width, height: self.fidelity(mark, luma, width, height),
            load_turn=asyncio.Lock(),
            hold_s=hold_s,
        )
        setup = Setup(
            tools=tools,
            store=self.store,
            limits=Thresholds(),
            versions=(("vicon", "0"),),
            new_id=lambda: f"r{next(numbers)}",
        )
        self.desk = TrialDesk({CONFERENCE: self.hosted}, setup)
        self.pages: list[Page] = []

    def _examine(self, collected: Collected, chirps: bool, moves: bool | None) -> Examined:
        self.moves.append(moves)
        return self.examined

    def fidelity(self, mark: int, luma: bytes, width: int, height: int) -> Fidelity:
        raise ValueError("no such picture")

    async def page(self, room: str = KUKAR, **how: str) -> Page:
        page = Page(self, room, **how)
        self.pages.append(page)
        return await page.come()

    async def seat(self, role: str, room: str | None = None) -> Seat:
        seat = Seat(Actor(role=role, name=role, room=room))  # type: ignore[arg-type]
        await self.desk.greet(seat)
        return seat

    def runner(self, run: str) -> Runner:
        return self.desk._runners[run]

    async def ended(self, run: str) -> Run:
        """The run when it has ended, as it is stored."""
        await self.runner(run).over()
        return self.store.run(run)

    async def refused(self, seat: Seat, body: TrialCommand) -> str:
        outcome = await self.desk.command(seat, body)
        assert isinstance(outcome, Refused), outcome
        return outcome.code

    async def close(self) -> None:
        await self.desk.stop()
        for page in self.pages:
            for task in list(page._tasks):
                task.cancel()
            await asyncio.gather(*page._tasks, return_exceptions=True)
        assert self.engine.open == {}, "a leg was left open"
        assert not self.desk._tasks
        assert not any(s.busy for s in self.desk._stations), "a station stays busy"
