"""The server's trial desk: who can be tested, what runs, who may ask for it, who sees it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping
from copy import deepcopy
from typing import Any, Protocol

import structlog
from msgspec import MsgspecError, Struct
from msgspec.structs import replace

from signaling import messages as wire
from vicon.app.trials import TrialCommand, Visitor
from vicon.core.model import Actor, Conference
from vicon.core.pressure import CLOSED
from vicon.core.refusals import Refused
from vicon.measure.run import STEPS, Run, Step, StepName, decode, seal
from vicon.ports import JournalError, TrialStore
from vicon.trial import thresholds, turn
from vicon.trial.runner import Runner, broken_off, new_steps, record
from vicon.trial.seen import Seen
from vicon.trial.station import Station
from vicon.trial.stations import Stations
from vicon.trial.sweep import Sweep
from vicon.trial.thresholds import Thresholds
from vicon.trial.tools import Tools

MEASURING: tuple[StepName, ...] = tuple(step for step in STEPS if step != "verdict")
QUICK: tuple[StepName, ...] = ("browser", "devices", "signalling", "paths", "media")
TOGETHER: tuple[StepName, ...] = ("media",)
KEPT_RUNS = 40
STILL_S = 600.0
"""The hall's picture is dropped so long after its run."""
_GUIDES = ("technician", "moderator")

log = structlog.get_logger("vicon.trial")


class Hosted(Protocol):
    """A living conference, as the desk needs it."""

    @property
    def state(self) -> Conference: ...

    async def record(self, run: Run) -> None:
        """A full run ended: the room's readiness changes."""
        ...


class Setup(Struct, frozen=True, kw_only=True):
    """What never changes while the server runs."""

    tools: Tools
    store: TrialStore
    limits: Thresholds
    versions: tuple[tuple[str, str], ...]
    new_id: Callable[[], str]


class TrialDesk:
    """app.trials.Trials for all conferences. start() first, stop() last."""

    def __init__(self, conferences: Mapping[str, Hosted], setup: Setup) -> None:
        self._conferences, self._setup = conferences, setup
        self._visitors: list[Visitor] = []
        self._stations = Stations(setup.tools.clock, self._tell_stations, self._keep)
        self._runners: OrderedDict[str, Runner] = OrderedDict()
        self._sweeps: dict[str, Sweep] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # --- life -----------------------------------------------------------------------------------

    async def start(self) -> None:
        """Runs that a former server left are closed: they say that it was restarted."""
        for left in await self._setup.store.unfinished():
            try:
                run = broken_off(decode(left.body), "server_restarted")
            except MsgspecError as error:
                log.error("x trial run", run=left.id, why=str(error))
                await self._setup.store.put(replace(left, state="broken"))
                continue
            ended = seal(replace(run, ended_at=self._setup.tools.clock.now()))
            await self._setup.store.put(record(ended))

    async def stop(self) -> None:
        for sweep in self._sweeps.values():
            await sweep.end("server_restarted")
        # Also those that are just being stored.
        runners = list(self._runners.values())
        await asyncio.gather(*(runner.end("server_restarted") for runner in runners))
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def leave(self, conference: str) -> None:
        """What runs of a conference is stopped, and stored."""
        sweep = self._sweeps.pop(conference, None)
        if sweep is not None and sweep.running:
            await sweep.end("stopped")
        await asyncio.gather(*(runner.end("stopped") for runner in self._running(conference)))

    def still(self, run: str) -> bytes:
        """JPEG of the hall's camera, as long as the run is at hand; empty for none."""
        runner = self._runners.get(run)
        return runner.still if runner is not None else b""

    # --- app.trials.Trials ----------------------------------------------------------------------

    def ice(self, actor: Actor) -> list[wire.IceServer]:
        tools = self._setup.tools
        found = turn.servers(tools.turn, actor.room or actor.role, tools.clock.now())
        for server in found:
            log.info("> turn", username=server.username, role=actor.role, name=actor.name)
        return found

    async def greet(self, visitor: Visitor) -> None:
        self._visitors.append(visitor)
        if visitor.actor.role not in _GUIDES:
            return
        visitor.send(self._stations.message(visitor.conference))
        for runner in self._runners.values():
            if runner.run_now.conference == visitor.conference:
                visitor.send(wire.TrialRun(run=runner.view()))
        sweep = self._sweeps.get(visitor.conference)
        visitor.send(wire.TrialSweeping(sweep=sweep.view() if sweep is not None else None))

    async def gone(self, visitor: Visitor) -> None:
        self._visitors = [one for one in self._visitors if one is not visitor]
        self._stations.gone(visitor)

    async def command(
        self, visitor: Visitor, body: TrialCommand
    ) -> wire.TrialAnswer | wire.TrialStarted | Refused | None:
        match body:
            case wire.TrialOffer():
                return self._offer(visitor, body)
            case wire.TrialWithdraw():
                await self._withdraw(visitor)
                return None
            case wire.TrialReport():
                return self._report(visitor, body)
            case wire.TrialConnect():
                return await self._connect(visitor, body)
            case wire.TrialStart():
                return await self._start(visitor, body)
            case wire.TrialStop():
                return await self._stop(visitor, body)
            case wire.TrialRepeat():
                return await self._repeat(visitor, body)
            case wire.TrialSweep():
                return await self._sweep(visitor, body)
            case wire.TrialSweepStop():
                return await self._sweep_stop(visitor)

    # --- stations -------------------------------------------------------------------------------

    def _offer(self, visitor: Visitor, body: wire.TrialOffer) -> Refused | None:
        station = self._stations.offer(visitor, body)
        if isinstance(station, Refused):
            return station
        own = (station.conference, station.room, station.name)
        told = [
            runner.view()
            for runner in self._runners.values()
            if (runner.run_now.conference, runner.run_now.room, runner.run_now.station) == own
        ]
        for run in told:
            visitor.send(wire.TrialRun(run=run))
        if told and all(run.state != "running" for run in told):
            # What told it that the last one ended may have found nobody.
            visitor.send(wire.TrialDo(run=told[-1].id, task=1, body=wire.DoEnd()))
        return None

    async def _withdraw(self, visitor: Visitor) -> None:
        withdrawn = self._stations.withdraw(visitor)
        for runner in self._running(visitor.conference):
            if any(runner.station is one for one in withdrawn):
                await runner.end("stopped")
        self._tell_stations(visitor.conference)

    def _tell_stations(self, conference: str) -> None:
        message = self._stations.message(conference)
        for visitor in self._guides(conference):
            visitor.send(message)

    def station(self, conference: str, room: str, own: Visitor | None = None) -> Station | None:
        """See Stations.best."""
        return self._stations.best(conference, room, own)

    def live(self, conference: str) -> bool:
        hosted = self._conferences.get(conference)
        return hosted is not None and hosted.state.phase == "live"

    # --- runs -----------------------------------------------------------------------------------

    def _running(self, conference: str) -> list[Runner]:
        return [
            runner
            for runner in self._runners.values()
            if runner.run_now.conference == conference and runner.run_now.state == "running"
        ]

    def _may(self, visitor: Visitor, room: str) -> Refused | None:
        actor, hosted = visitor.actor, self._conferences.get(visitor.conference)
        if hosted is None or room not in hosted.state.rooms:
            return Refused("unknown_room")
        if actor.role in _GUIDES or (actor.role in ("operator", "tester") and actor.room == room):
            return None
        return Refused("not_allowed")

    async def _start(self, visitor: Visitor, body: wire.TrialStart) -> wire.TrialStarted | Refused:
        refused = self._may(visitor, body.room)
        if refused is not None:
            return refused
        force = body.force and visitor.actor.role in _GUIDES
        if not force and body.kind == "full":
            refused = _in_the_way(self._conferences[visitor.conference].state)
            if refused is not None:
                return refused
        own = visitor if visitor.actor.room == body.room else None
        station = self.station(visitor.conference, body.room, own)
        if station is None:
            return Refused("no_station")
        if station.busy:
            return Refused("trial_running")
        todo = MEASURING if body.kind == "full" else QUICK
        runner = self.begin(
            station, visitor.actor, kind=body.kind, seconds=body.seconds, todo=todo, force=force
        )
        return wire.TrialStarted(run=runner.run_now.id)

    def begin(
        self,
        station: Station,
        by: Actor,
        *,
        kind: wire.RunKind,
        seconds: int,
        todo: tuple[StepName, ...],
        force: bool,
        sweep: str = "",
        before: Seen | None = None,
        base: Run | None = None,
        extra_kbps: int = 0,
    ) -> Runner:
        """A run of this station begins. `before`: what was seen of the line already; `base`: the
        run whose other steps are taken over."""
        hosted = self._conferences[station.conference]
        together = todo == TOGETHER and bool(sweep)
        seen = deepcopy(before) if before is not None else Seen()
        seen.broken = {}
        seen.client, seen.kind, seen.together = station.client, kind, together
        if kind == "quick":
            seen.load_skipped = "quick"
        setup = self._setup
        run = Run(
            id=setup.new_id(),
            conference=station.conference,
            room=station.room,
            room_name=hosted.state.rooms[station.room].plan.name,
            kind=kind,
            state="running",
            seconds=seconds,
            started_at=setup.tools.clock.now(),
            by=by.name,
            by_role=by.role,
            station=station.name,
            client=station.client,
            agent=station.agent,
            steps=_taken_over(base, todo) if base is not None else _pending(todo),
            sweep=sweep,
            together=together,
            repeats=base.id if base is not None else "",
            versions=(*setup.versions, (station.client, station.agent)),
            thresholds=thresholds.rows(setup.limits),
        )
        runner = Runner(
            run,
            station,
            seen,
            setup.tools,
            setup.store,
            setup.limits,
            todo=todo,
            live=lambda: hosted.state.phase == "live",
            force=force,
            extra_kbps=extra_kbps,
            shown=self._show,
            stored=self._ended,
        )
        self._runners[run.id] = runner
        ended = [id for id, one in self._runners.items() if one.run_now.state != "running"]
        for id in ended[: max(0, len(self._runners) - KEPT_RUNS)]:
            del self._runners[id]
        station.busy = True
        self._own(runner.start())
        self._show(runner)
        self._tell_stations(station.conference)
        return runner

    async def _ended(self, run: Run) -> None:
        self._tell_stations(run.conference)
        runner = self._runners.get(run.id)
        if runner is not None and runner.still:
            drop = self._drop_still(runner)
            self._keep(f"still {run.id}", drop)
        hosted = self._conferences.get(run.conference)
        if hosted is not None and run.kind == "full" and not run.together and complete(run):
            await hosted.record(run)

    async def _drop_still(self, runner: Runner) -> None:
        await self._setup.tools.clock.sleep(STILL_S)
        runner.forget_still()

    def _show(self, runner: Runner) -> None:
        message = wire.TrialRun(run=runner.view())
        guides = self._guides(runner.run_now.conference)
        for visitor in guides:
            visitor.send(message)
        own = runner.station.visitor
        if own is not None and not any(own is one for one in guides):
            own.send(message)

    def _guides(self, conference: str) -> list[Visitor]:
        return [
            one
            for one in self._visitors
            if one.conference == conference and one.actor.role in _GUIDES
        ]

    def _report(self, visitor: Visitor, body: wire.TrialReport) -> Refused | None:
        runner = self._runners.get(body.run)
        if runner is None or runner.station.visitor is not visitor:
            return Refused("unknown_run")
        return None if runner.report(body.task, body.result) else Refused("trial_task")

    async def _connect(
        self, visitor: Visitor, body: wire.TrialConnect
    ) -> wire.TrialAnswer | Refused:
        runner = self._runners.get(body.run)
        if runner is None or runner.station.visitor is not visitor:
            return Refused("unknown_run")
        answer = await runner.connect(body.leg, body.sdp)
        return Refused("trial_task") if answer is None else wire.TrialAnswer(sdp=answer)

    async def _stop(self, visitor: Visitor, body: wire.TrialStop) -> Refused | None:
        runner = self._runners.get(body.run)
        if runner is None or runner.run_now.conference != visitor.conference:
            return Refused("unknown_run")
        refused = self._may(visitor, runner.run_now.room)
        if refused is None:
            await runner.end("stopped")
        return refused

    async def _repeat(
        self, visitor: Visitor, body: wire.TrialRepeat
    ) -> wire.TrialStarted | Refused:
        runner = self._runners.get(body.run)
        if runner is None or runner.run_now.conference != visitor.conference:
            return await self._repeat_stored(visitor, body)
        run = runner.run_now
        refused = self._may(visitor, run.room)
        if refused is not None:
            return refused
        if body.step == "verdict":
            return Refused("trial_task")
        if run.state == "running":
            if not runner.repeat(body.step):
                return Refused("trial_running")
            return wire.TrialStarted(run=run.id)
        return self._again(visitor, run, (body.step,), runner.seen)

    async def _repeat_stored(
        self, visitor: Visitor, body: wire.TrialRepeat
    ) -> wire.TrialStarted | Refused:
        """Of a run that is no longer at hand only its figures are known, not all that was seen:
        the whole is done again."""
        try:
            kept = await self._setup.store.get(body.run)
        except JournalError as error:
            log.error("x trial store", why=str(error))
            return Refused("journal_failed")
        if kept is None or kept.conference != visitor.conference:
            return Refused("unknown_run")
        refused = self._may(visitor, kept.room)
        if refused is not None:
            return refused
        try:
            run = decode(kept.body)
        except MsgspecError as error:
            log.error("x trial run", run=kept.id, why=str(error))
            return Refused("unknown_run")
        return self._again(visitor, run, MEASURING, None)

    def _again(
        self, visitor: Visitor, run: Run, todo: tuple[StepName, ...], seen: Seen | None
    ) -> wire.TrialStarted | Refused:
        own = visitor if visitor.actor.room == run.room else None
        station = self.station(visitor.conference, run.room, own)
        if station is None:
            return Refused("no_station")
        if station.busy:
            return Refused("trial_running")
        refused = _in_the_way(self._conferences[run.conference].state)
        if refused is not None and run.kind == "full":
            return refused
        runner = self.begin(
            station,
            visitor.actor,
            kind=run.kind,
            seconds=run.seconds,
            todo=todo,
            force=False,
            before=seen,
            base=run if seen is not None else None,
        )
        return wire.TrialStarted(run=runner.run_now.id)

    # --- the sweep ------------------------------------------------------------------------------

    async def _sweep(self, visitor: Visitor, body: wire.TrialSweep) -> Refused | None:
        if visitor.actor.role not in _GUIDES:
            return Refused("not_allowed")
        conference = visitor.conference
        hosted = self._conferences.get(conference)
        if hosted is None:
            return Refused("not_allowed")
        refused = _in_the_way(hosted.state)
        if refused is not None and not body.force:
            return refused
        old = self._sweeps.get(conference)
        if old is not None and old.running:
            return Refused("trial_running")
        rooms = [room.code for room in hosted.state.plan.rooms]
        if not any(self.station(conference, room) for room in rooms):
            return Refused("no_station")
        sweep = Sweep(
            self,
            self._setup.new_id(),
            conference,
            rooms,
            visitor.actor,
            self._setup.tools.clock,
            seconds=body.seconds,
            force=body.force,
            shown=self._show_sweep,
        )
        self._sweeps[conference] = sweep
        self._own(sweep.start())
        return None

    def _show_sweep(self, sweep: Sweep) -> None:
        message = wire.TrialSweeping(sweep=sweep.view())
        for visitor in self._guides(sweep.conference):
            visitor.send(message)

    async def _sweep_stop(self, visitor: Visitor) -> Refused | None:
        if visitor.actor.role not in _GUIDES:
            return Refused("not_allowed")
        sweep = self._sweeps.get(visitor.conference)
        if sweep is None or not sweep.running:
            return Refused("unknown_run")
        await sweep.end("stopped")
        return None

    # --- tasks ----------------------------------------------------------------------------------

    def _keep(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        self._own(asyncio.create_task(work, name=name))

    def _own(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._let_go)

    def _let_go(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("x trial task", task=task.get_name(), exc_info=error)


def complete(run: Run) -> bool:
    """It says something of the whole line: what was skipped was so for a failure that it names,
    or because a program has no camera."""
    if run.state != "done":
        return False
    skipped = {step.name for step in run.steps if step.state in ("skipped", "pending")}
    if run.client == "program":
        skipped.discard("devices")
    return not skipped or run.verdict == "fail"


def _in_the_way(state: Conference) -> Refused | None:
    """Why a trial, which fills a line and the media process, is not to begin now."""
    if state.phase == "live":
        return Refused("trial_live")
    return Refused("server_full") if state.pressure.level >= CLOSED else None


def _pending(todo: tuple[StepName, ...]) -> tuple[Step, ...]:
    return tuple(
        step if step.name in todo or step.name == "verdict" else replace(step, state="skipped")
        for step in new_steps()
    )


def _taken_over(base: Run, todo: tuple[StepName, ...]) -> tuple[Step, ...]:
    """Of what is done again, and of the verdict, nothing stays but how often it was tried."""
    again = (*todo, "verdict")
    return tuple(
        Step(name=step.name, attempts=step.attempts) if step.name in again else step
        for step in base.steps
    )
