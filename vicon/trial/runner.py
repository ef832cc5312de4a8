"""One trial run, from its start to a report that says how it ended; never a hang.

One task, owned by the desk. A step that is interrupted because the station or the media worker went
and came back is tried once more; what cannot be brought to its end is told as such.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import structlog
from msgspec.structs import replace

from signaling import messages as wire
from vicon.measure.run import NOTHING, STEPS, Run, Step, StepName, Words, encode, seal
from vicon.ports import JournalError, MediaError, TrialRecord, TrialStore
from vicon.trial import verdict
from vicon.trial.seen import Seen
from vicon.trial.station import Line, Station, StationBack, StationLost, StationTimeout
from vicon.trial.steps import Steps as Doing
from vicon.trial.steps import TaskFailed
from vicon.trial.thresholds import Thresholds
from vicon.trial.tools import Tools
from vicon.trial.views import run_view

ATTEMPTS = 2
WORKER_S = 10.0
GRACE_S = 240.0
"""Beyond the media call's seconds no run lasts longer."""
ENDING = {
    "stopped": Words("Uji dihentikan.", "The trial was stopped."),
    "server_restarted": Words(
        "Uji terputus: server dinyalakan ulang. Ulangi uji.",
        "The trial broke off: the server was restarted. Run it again.",
    ),
    "station_lost": Words(
        "Uji terputus: halaman uji di ruang ini tidak kembali. Buka lagi, lalu ulangi uji.",
        "The trial broke off: the room's test page did not come back. Open it again and repeat.",
    ),
    "too_long": Words(
        "Uji terputus: terlalu lama. Muat ulang halaman uji, lalu ulangi.",
        "The trial broke off: it took too long. Reload the test page and repeat.",
    ),
    "failed": Words(
        "Uji terputus oleh kesalahan di server. Ulangi uji; bila berulang, laporkan log server.",
        "The trial broke off by a fault of the server. Run it again; if it happens again, report "
        "the server's log.",
    ),
    "store_failed": Words(
        "Uji selesai, tetapi hasilnya tidak dapat disimpan. Periksa disk server.",
        "The trial ended, but its result could not be stored. Check the server's disk.",
    ),
}

log = structlog.get_logger("vicon.trial")


class Runner:
    """Start it with start(); `shown` gets the view whenever it has changed, `stored` is called with
    the ended run."""

    def __init__(
        self,
        run: Run,
        station: Station,
        seen: Seen,
        tools: Tools,
        store: TrialStore,
        limits: Thresholds,
        *,
        todo: tuple[StepName, ...],
        live: Callable[[], bool],
        force: bool,
        extra_kbps: int,
        shown: Callable[[Runner], None],
        stored: Callable[[Run], Awaitable[None]],
    ) -> None:
        """`todo`: the measuring steps to do, in order; the others of `run` are taken over."""
        self.run_now = run
        self.station = station
        self.seen = seen
        self._tools, self._store, self._limits = tools, store, limits
        self._shown, self._stored = shown, stored
        self._todo: deque[StepName] = deque(todo)
        self._line = Line(station, run.id, tools.clock)
        self._doing = Doing(
            tools,
            self._line,
            run.conference,
            run.id,
            run.seconds,
            seen,
            live=live,
            force=force,
            extra_kbps=extra_kbps,
            moved=lambda: shown(self),
            delayed=self._delay,
        )
        self._ending = ""
        self._finishing = False
        self._task: asyncio.Task[None] | None = None
        self._limit: asyncio.Timeout | None = None
        self._connecting = asyncio.Lock()

    # --- from outside ---------------------------------------------------------------------------

    def start(self) -> asyncio.Task[None]:
        self._task = asyncio.create_task(self._run(), name=f"trial {self.run_now.id}")
        return self._task

    def view(self) -> wire.RunView:
        doing = self._doing
        heard = doing.examined.microphone if doing.examined is not None else None
        looking = self.run_now.step("devices").state == "running"
        return run_view(
            self.run_now,
            progress=doing.progress,
            note=doing.note,
            picture=bool(doing.still),
            microphone=heard.rms_dbfs if heard is not None and looking else None,
        )

    @property
    def still(self) -> bytes:
        """JPEG of the hall's camera as it came; empty for none."""
        return self._doing.still

    def report(self, task: int, result: wire.TaskResult) -> bool:
        return self._line.report(task, result)

    async def connect(self, leg: str, sdp: str) -> str | None:
        async with self._connecting:
            return await self._doing.connect(leg, sdp)

    def repeat(self, step: StepName) -> bool:
        """Do this step once more before the verdict; False: it is too late for that."""
        if self._finishing:
            return False
        if step in self._doing.doers and step not in self._todo:
            self._todo.append(step)
        return True

    async def over(self) -> None:
        """Wait until the run has ended and is stored."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def end(self, why: str) -> None:
        """`why`: stopped or server_restarted. Returns when the run is stored."""
        task = self._task
        if task is None or task.done():
            return
        if not self._finishing:
            self._ending = self._ending or why
            task.cancel()
        await asyncio.wait([task], timeout=15.0)
        if not self._finishing:  # cancelled before it had begun
            await self._finish()

    def forget_still(self) -> None:
        """The hall's picture is not kept longer than it is of use."""
        self._doing.still = b""

    # --- the run --------------------------------------------------------------------------------

    async def _run(self) -> None:
        self.station.busy = True
        try:
            async with asyncio.timeout(self.run_now.seconds + GRACE_S) as self._limit:
                await self._put()
                await self._all_steps()
                self._ending = "done"
        except asyncio.CancelledError:
            if not self._ending:
                self._ending = "server_restarted"
        except TimeoutError:
            if self._limit is None or not self._limit.expired():
                raise  # of something else: a fault of ours
            self._ending = "too_long"
        except StationLost:
            self._ending = "station_lost"
        except JournalError as error:
            log.error("x trial store", run=self.run_now.id, why=str(error))
            self._ending = "store_failed"
        finally:
            await self._finish()

    def _delay(self, seconds: float) -> None:
        """The run's last moment comes so much later."""
        when = self._limit.when() if self._limit is not None else None
        if self._limit is not None and when is not None and not self._limit.expired():
            self._limit.reschedule(when + seconds)

    async def _finish(self) -> None:
        self._finishing = True
        self._line.tell(wire.DoEnd())
        await self._doing.close_all()
        self._conclude()
        self.station.busy = False
        stored = True
        try:
            await self._put()
        except JournalError as error:
            log.error("x trial store", run=self.run_now.id, why=str(error))
            self.run_now = seal(replace(self.run_now, sentence=ENDING["store_failed"]))
            stored = False
        log.info(
            "- trial ended",
            run=self.run_now.id,
            room=self.run_now.room,
            state=self.run_now.state,
            verdict=self.run_now.verdict,
        )
        self._shown(self)
        await self._stored(self.run_now if stored else broken_off(self.run_now, "store_failed"))

    async def _put(self) -> None:
        await self._store.put(record(self.run_now))

    async def _all_steps(self) -> None:
        while self._todo:
            name = self._todo.popleft()
            await self._step(name)
            await self._put()

    async def _step(self, name: StepName) -> None:
        self.seen.broken.pop(name, None)
        now = self._tools.clock.now()
        attempts = self.run_now.step(name).attempts
        begun = Step(name=name, state="running", attempts=attempts + 1, started_at=now)
        self._set(begun)
        await self._put()  # after a crash the report names the step in which it happened
        try:
            await self._attempts(name)
        except StationLost:
            self.seen.broken[name] = "station_lost"
            self._judge(name, begun)
            raise
        finally:
            self._doing.progress = self._doing.note = None
        self._judge(name, begun)

    def _judge(self, name: StepName, begun: Step) -> None:
        judged = verdict.judge(name, self.seen, self._limits)
        ended = self._tools.clock.now()
        tries = self.run_now.step(name).attempts
        self._set(replace(judged, attempts=tries, started_at=begun.started_at, ended_at=ended))

    async def _attempts(self, name: StepName) -> None:
        """Once more when the station or the media worker went and came back."""
        first = self.run_now.step(name).attempts
        for attempt in range(1, ATTEMPTS + 1):
            self._set(replace(self.run_now.step(name), attempts=first + attempt - 1))
            if await self._once(name, last=attempt == ATTEMPTS):
                return

    async def _once(self, name: StepName, *, last: bool) -> bool:
        """Whether the step is over, well or not. What broke leaves no leg open."""
        broken = self.seen.broken
        try:
            if await self._line.begin():
                await self._doing.legs.drop()
            await self._doing.doers[name]()
        except StationBack:
            # Of signalling it is the answer: the socket did not hold.
            self.seen.socket_lost = self.seen.socket_lost or name == "signalling"
            if name == "signalling":
                return True
            broken[name] = "station_unsteady"
        except StationTimeout:
            broken[name] = "station_timeout"
            await self._doing.legs.drop()
            return True
        except TaskFailed as error:
            broken[name] = f"failed:{error}"
            await self._doing.legs.drop()
            return True
        except MediaError as error:
            log.warning("x trial step", step=name, why=str(error), code=error.code)
            broken[name] = "worker_lost" if error.code == "media_unavailable" else "ice_failed"
            await self._doing.legs.drop()
            if not last:
                await self._tools.clock.sleep(WORKER_S / 4)
        else:
            broken.pop(name, None)
            return True
        return False

    def _set(self, step: Step) -> None:
        steps = tuple(step if one.name == step.name else one for one in self.run_now.steps)
        self.run_now = replace(
            self.run_now,
            steps=steps,
            path=self._path(),
            measured_from=self.seen.measured_from,
            measured_to=self.seen.measured_to,
        )
        self._shown(self)

    def _path(self) -> str:
        seen = self.seen
        if seen.chosen is None:
            return ""
        found = seen.call_connected
        if found is None or not found.connected:
            return seen.chosen
        more = ", ".join(part for part in (found.candidate, found.protocol, found.relay) if part)
        return f"{seen.chosen} ({more})" if more else seen.chosen

    # --- its end --------------------------------------------------------------------------------

    def _conclude(self) -> None:
        now = self._tools.clock.now()
        run = self.run_now
        if self._ending == "done":
            last, outcome, profile, sentence = verdict.conclude(run.steps, self.seen, self._limits)
            last = replace(last, attempts=1, started_at=now, ended_at=now)
            steps = tuple(last if step.name == "verdict" else step for step in run.steps)
            run = replace(
                run,
                steps=steps,
                state="done",
                verdict=outcome,
                profile=profile,
                sentence=sentence,
            )
        else:
            run = broken_off(run, self._ending or "failed")
        self.run_now = seal(replace(run, ended_at=now))


def broken_off(run: Run, why: str) -> Run:
    """A run that ends before its end: what was measured stays, what was not is said to be not."""
    state = "stopped" if why == "stopped" else "broken"
    steps = tuple(_cut_short(step, why) for step in run.steps)
    return replace(run, steps=steps, state=state, sentence=ENDING.get(why, NOTHING))


_STEP_ENDING = {
    "stopped": "stopped",
    "server_restarted": "server_restarted",
    "station_lost": "station_lost",
    "too_long": "station_timeout",
}


def _cut_short(step: Step, why: str) -> Step:
    if step.state == "pending":
        return replace(step, state="skipped")
    if step.state != "running":
        return step
    seen = Seen(broken={step.name: _STEP_ENDING.get(why, "not_measured")})
    judged = verdict.judge(step.name, seen, Thresholds())
    return replace(judged, attempts=step.attempts, started_at=step.started_at)


def new_steps() -> tuple[Step, ...]:
    return tuple(Step(name=name) for name in STEPS)


def record(run: Run) -> TrialRecord:
    return TrialRecord(
        id=run.id,
        conference=run.conference,
        room=run.room,
        kind=run.kind,
        state=run.state,
        verdict=run.verdict,
        profile=run.profile,
        started_at=run.started_at,
        ended_at=run.ended_at,
        by=run.by,
        sweep=run.sweep,
        hash=run.hash,
        body=encode(run),
    )
