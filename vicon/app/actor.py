"""One task owns one conference: it alone decides, writes the journal and tells the peers.

Acts come through a bounded inbox. Those that wait together are decided one after another and made
durable together (group commit): all of them or none. Nothing is answered before it is durable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import structlog
from msgspec import Struct

from vicon.core import alarms, lines
from vicon.core import commands as do
from vicon.core import commands_office as office
from vicon.core import commands_talk as talk
from vicon.core.decide import decide
from vicon.core.events import Event
from vicon.core.evolve import evolve
from vicon.core.headcount import due
from vicon.core.model import Actor, Conference, Plan
from vicon.core.refusals import Refused
from vicon.ops import trace
from vicon.ops.words import SpokenError, Words
from vicon.ports import START, Clock, Journal, JournalError, Record

INBOX = 1024
BATCH = 64
TICK_SECONDS = 5.0

log = structlog.get_logger("vicon.conference")
Asker = Actor | do.System | do.Door | do.Organizer


class Done(Struct, frozen=True):
    """An act is durable; `revision` is the journal's sequence after it."""

    revision: int
    events: Sequence[Event]


class Observer(Protocol):
    """Told of every new state, in order, before the next act is decided."""

    def changed(self, state: Conference, revision: int, events: Sequence[Event]) -> None: ...


class _Act(Struct):
    asker: Asker
    command: do.Command
    answer: asyncio.Future[Done | Refused]
    request: str
    """See ops.trace."""
    asked_at: float
    """Monotonic seconds."""


class ConferenceActor:
    """The living conference. `start` replays the journal; `submit` is the only way to change it."""

    def __init__(
        self,
        plan: Plan,
        journal: Journal,
        clock: Clock,
        on_failure: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_failure` is called once if a task ends by an error of ours: state can no longer
        be trusted, and only a replay brings it back."""
        self.id = plan.id
        self.revision = 0
        self.head = START
        """Hash of the journal's last entry."""
        self._plan = plan
        self._journal = journal
        self._clock = clock
        self._state: Conference | None = None
        self._inbox: asyncio.Queue[_Act] = asyncio.Queue(INBOX)
        self.failing: Words | None = None
        """Why what was asked last could not be recorded; None: it could."""
        self.acts = {"done": 0, "refused": 0}
        """How many were carried out, and how many refused, since the start."""
        self._in_doubt = False
        """The journal may say more than the state: see JournalError.unsure."""
        self._alone = asyncio.Lock()
        """Held while the journal and the state are brought from one entry to the next."""
        self._observers: list[Observer] = []
        self._on_failure = on_failure
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def alive(self) -> bool:
        """Whether acts are carried out."""
        return bool(self._tasks) and not any(task.done() for task in self._tasks)

    def now(self) -> int:
        """Unix ms."""
        return self._clock.now()

    @property
    def state(self) -> Conference:
        """The present state. Raises RuntimeError before `start`."""
        if self._state is None:
            raise RuntimeError("the conference has not been started")
        return self._state

    def observe(self, observer: Observer) -> None:
        self._observers.append(observer)

    async def start(self, creator: Asker = do.SYSTEM) -> None:
        """Replay, create what is new (`creator` did), and note that nobody is connected any more.

        Raises JournalError when the journal cannot be read or written.
        """
        await self._replay()
        self._tasks = [
            asyncio.create_task(self._run(), name=f"conference {self.id}"),
            asyncio.create_task(self._tick(), name=f"conference {self.id} clock"),
        ]
        for task in self._tasks:
            task.add_done_callback(self._ended)
        if self._state is None:
            await self._must(do.Create(plan=self._plan), creator)
            await self._must(do.SetPhase(phase="lobby"))
        for device in list(self.state.devices.values()):
            if device.connected:
                await self._must(do.LoseDevice(device=device.id, why="server_restart"))
            if device.publishing:
                await self._must(do.SetPublishing(device=device.id, on=False))
        if self.state.plan != self._plan:
            await self._follow_configuration()

    async def _follow_configuration(self) -> None:
        """As far as the session is not opened yet; else what the journal says holds."""
        done = await self.submit(do.SYSTEM, office.ChangePlan(plan=self._plan))
        if isinstance(done, Refused):
            why = done.code
            log.warning("- configuration differs from the journal", conference=self.id, why=why)

    async def stop(self) -> None:
        """End the tasks; acts still in the inbox are answered `busy`."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        while not self._inbox.empty():
            self._answer(self._inbox.get_nowait(), Refused(code="busy"))

    def _ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        log.critical("x conference", conference=self.id, task=task.get_name(), exc_info=error)
        self._on_failure()

    async def submit(self, asker: Asker, command: do.Command) -> Done | Refused:
        """Ask for `command`; returns when it is durable or refused (`busy`: the inbox is full)."""
        if not self.alive:
            return Refused(code="busy")
        answer = asyncio.get_running_loop().create_future()
        act = _Act(asker, command, answer, trace.current(), self._clock.monotonic())
        try:
            self._inbox.put_nowait(act)
        except asyncio.QueueFull:
            log.warning("x act", why="inbox full", **self._words(act, Refused(code="busy")))
            return Refused(code="busy")
        return await act.answer

    async def purge(self, work: Callable[[], Awaitable[Record | None]]) -> Record | None:
        """Let `work` take names out of this conference's entries while nothing else is decided, and
        take the state anew from what they say now. Raises JournalError."""
        async with self._alone:
            record = await work()
            if record is not None:
                await self._replay()
                for observer in self._observers:
                    observer.changed(self.state, self.revision, [record.event])
            return record

    async def recover(self) -> None:
        """The journal can be written again: take up what it says. Raises JournalError."""
        async with self._alone:
            await self._catch_up()
            self.failing = None

    async def _catch_up(self) -> None:
        """Raises JournalError."""
        if not self._in_doubt:
            return
        await self._journal.mend()
        missed = await self._replay()
        self._in_doubt = False
        if missed:
            log.warning("- caught up", conference=self.id, entries=len(missed))
            for observer in self._observers:
                observer.changed(self.state, self.revision, missed)

    async def _must(self, command: do.Command, asker: Asker = do.SYSTEM) -> None:
        outcome = await self.submit(asker, command)
        if isinstance(outcome, Refused):
            raise JournalError(f"{type(command).__name__}: {outcome.code}")

    async def _replay(self) -> list[Event]:
        """What has come after the present revision."""
        state, revision, head = None, 0, START
        missed: list[Event] = []
        async for record in self._journal.replay(self.id):
            state = evolve(state, record.event, record.at)
            revision, head = record.sequence, record.hash
            if revision > self.revision:
                missed.append(record.event)
        self._state, self.revision, self.head = state, revision, head
        return missed

    async def _tick(self) -> None:
        while True:
            await self._clock.sleep(self._pause())
            if due(self.state, self._clock.now()):
                await self.submit(do.SYSTEM, do.ExpireDevices())
            if alarms.due(self.state, self._clock.now()):
                await self.submit(do.SYSTEM, do.WatchCounts())
            if lines.due(self.state, self._clock.now()):
                await self.submit(do.SYSTEM, talk.WatchLines())

    def _pause(self) -> float:
        """A line stops to ring when it says so, not some seconds later."""
        ends = lines.next_end(self._state) if self._state is not None else None
        if ends is None:
            return TICK_SECONDS
        return min(TICK_SECONDS, max(0.05, (ends - self._clock.now()) / 1000))

    async def _run(self) -> None:
        while True:
            acts = [await self._inbox.get()]
            while len(acts) < BATCH and not self._inbox.empty():
                acts.append(self._inbox.get_nowait())
            try:
                async with self._alone:
                    await self._settle(acts)
            except JournalError as error:
                self._fail(error)
                for act in acts:
                    self._answer(act, Refused(code="journal_failed"))
            finally:
                for act in acts:
                    self._answer(act, Refused(code="busy"))

    async def _settle(self, acts: list[_Act]) -> None:
        """Decide a batch on a state of its own, make it durable, then put it in force."""
        await self._catch_up()
        before = self.revision
        state, revision = self._state, before
        outcomes: list[Done | Refused] = []
        batch: list[tuple[int, dict[str, str], Sequence[Event]]] = []
        for act in acts:
            now = self._clock.now()
            decided = decide(state, act.asker, act.command, now)
            if isinstance(decided, Refused):
                outcomes.append(decided)
                continue
            for event in decided:
                state = evolve(state, event, now)
            revision += len(decided)
            outcomes.append(Done(revision, decided))
            if decided:
                batch.append((now, signature(act.asker), decided))
        if batch:
            try:
                records = await self._journal.append_many(self.id, batch)
                if records:
                    self.head = records[-1].hash
                self.failing = None
            except JournalError as error:
                self._fail(error)
                outcomes = [
                    o if isinstance(o, Refused) else Refused(code="journal_failed")
                    for o in outcomes
                ]
                state, revision = self._state, self.revision
        events = [event for _, _, each in batch for event in each] if revision > before else []
        self._state, self.revision = state, revision
        for act, outcome in zip(acts, outcomes, strict=True):
            self._answer(act, outcome)
            self._note(act, outcome)
        if events:
            for observer in self._observers:
                observer.changed(self.state, self.revision, events)

    def _fail(self, error: JournalError) -> None:
        """The present state stays in force; what was asked is refused."""
        log.error("x journal", conference=self.id, why=str(error), unsure=error.unsure)
        self._in_doubt = self._in_doubt or error.unsure
        said = Words(str(error), str(error))
        self.failing = error.words if isinstance(error, SpokenError) else said

    def _note(self, act: _Act, outcome: Done | Refused) -> None:
        """One canonical line per act. What the server looks after by itself, and nothing came of,
        is none."""
        self.acts["refused" if isinstance(outcome, Refused) else "done"] += 1
        words = self._words(act, outcome)
        if isinstance(outcome, Refused):
            log.info("x act", **words)
        elif outcome.events:
            log.info("< act", revision=outcome.revision, events=len(outcome.events), **words)
        elif isinstance(act.asker, Actor):
            log.info("< act", events=0, **words)

    def _words(self, act: _Act, outcome: Done | Refused) -> dict[str, object]:
        refused = isinstance(outcome, Refused)
        words: dict[str, object] = {
            "conference": self.id,
            "act": type(act.command).__name__,
            "outcome": "refused" if refused else "done",
            "ms": round(1000 * (self._clock.monotonic() - act.asked_at), 1),
            **signature(act.asker),
        }
        named = {
            "code": outcome.code if isinstance(outcome, Refused) else "",
            "of_room": getattr(act.command, "room", None),
            trace.KEY: act.request,
        }
        return words | {key: value for key, value in named.items() if value}

    @staticmethod
    def _answer(act: _Act, outcome: Done | Refused) -> None:
        if not act.answer.done():
            act.answer.set_result(outcome)


def signature(asker: Asker) -> dict[str, str]:
    """Who did it, as the journal keeps it."""
    known = {"role": asker.role, "name": asker.name, "room": asker.room, "device": asker.device}
    return {key: value for key, value in known.items() if value}
