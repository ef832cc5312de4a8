"""The conferences of a running server: the parts of each, started and stopped in their order
(docs/closing.md), whether at the server's start or while the others go on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Protocol

import structlog
from msgspec import Struct, field

from vicon.app.actor import Asker, ConferenceActor, Done
from vicon.app.broadcasts import Broadcasts
from vicon.app.estimates import Estimates
from vicon.app.gateway import Gateway, Hall
from vicon.app.reconcile import Reconciler
from vicon.app.recordings import Recordings
from vicon.app.whip import Sessions
from vicon.core import broadcasts
from vicon.core import commands as do
from vicon.core.model import Conference, Plan, Trial
from vicon.core.refusals import Refused
from vicon.measure.run import Run, measured_at
from vicon.ports import BroadcastStore, CameraCounter, Clock, Journal, MediaEngine, RecordingStore
from vicon.programme.broadcast import Outlet

log = structlog.get_logger("vicon")


class Desk(Protocol):
    """The trial desk, as far as it concerns a conference that goes, or has other rooms."""

    async def leave(self, conference: str) -> None:
        """What is being tested there is stopped."""
        ...


class Parts(Struct, kw_only=True):
    """What every conference is made of."""

    journal: Journal
    engine: MediaEngine
    clock: Clock
    secret_id: Callable[[], str]
    """Ids that cannot be guessed."""
    failed: Callable[[], None]
    """See ConferenceActor."""
    counter: CameraCounter | None = None
    """None: no camera is looked at."""
    interval_s: float = 10.0
    """Between two looks at one room."""
    recordings: RecordingStore | None = None
    """None: nothing can be recorded."""
    broadcasts: BroadcastStore | None = None
    """None: nothing can be broadcast."""
    outlet: Outlet | None = None
    """None: the server is not set up for it."""
    steady: Callable[[], bool] = lambda: True
    """The clock is in step."""


class _Hosted(Struct):
    """One conference, in the order of starting."""

    actor: ConferenceActor
    hall: Hall
    reconciler: Reconciler
    sessions: Sessions
    room_sets: int
    """For which set of rooms all this was made; see core.model."""
    recordings: Recordings | None
    broadcasts: Broadcasts | None
    estimates: Estimates | None = field(default=None)


class Stage:
    """`halls`, `sessions` and `trials` are living views: who looks again finds what is there now.
    `gateway` and `desk` are put in once they exist."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._hosted: dict[str, _Hosted] = {}
        self.halls: dict[str, Hall] = {}
        self.sessions: dict[str, Sessions] = {}
        self.trials: dict[str, Recorder] = {}
        self.gateway: Gateway | None = None
        self.desk: Desk | None = None

    async def replay(self, plan: Plan, by: Asker = do.SYSTEM) -> Conference:
        """First half of a start: the state is there, and is made if the conference is new. It is
        seen by nobody until `go`. Raises JournalError; nothing of it is left then."""
        parts = self._parts
        actor = ConferenceActor(plan, parts.journal, parts.clock, parts.failed)
        try:
            await actor.start(by)
        except BaseException:
            await actor.stop()
            raise
        hall = Hall(actor)
        self._hosted[plan.id] = _Hosted(
            actor=actor,
            hall=hall,
            reconciler=Reconciler(actor, parts.engine, parts.clock, hall),
            sessions=Sessions(
                actor, parts.engine, parts.clock, parts.secret_id, hall.held_elsewhere
            ),
            room_sets=actor.state.room_sets,
            recordings=self._recordings(actor, hall),
            broadcasts=self._broadcasts(actor, hall),
        )
        return actor.state

    def _recordings(self, actor: ConferenceActor, hall: Hall) -> Recordings | None:
        parts = self._parts
        if parts.recordings is None:
            return None
        hall.recordings = Recordings(
            actor,
            parts.engine,
            parts.recordings,
            parts.clock,
            hall.audience,
            parts.secret_id,
            steady=parts.steady,
        )
        return hall.recordings

    def _broadcasts(self, actor: ConferenceActor, hall: Hall) -> Broadcasts | None:
        parts = self._parts
        if parts.broadcasts is None:
            return None
        hall.broadcasts = Broadcasts(
            actor,
            parts.engine,
            parts.broadcasts,
            parts.clock,
            parts.secret_id,
            parts.outlet,
            lambda: self._on_air(but=actor.id),
        )
        return hall.broadcasts

    def _on_air(self, but: str) -> str:
        """The title of another conference that is broadcast now: one server can take no more."""
        for id, hosted in self._hosted.items():
            if id != but and broadcasts.running(hosted.actor.state) is not None:
                return hosted.actor.state.plan.title
        return ""

    async def go(self, id: str) -> None:
        """Second half: devices may come. The media engine has been started."""
        hosted = self._hosted[id]
        hosted.reconciler.start()
        hosted.sessions.start()
        if hosted.recordings is not None:
            hosted.recordings.start()
        if hosted.broadcasts is not None:
            hosted.broadcasts.start()
        self.halls[id], self.sessions[id] = hosted.hall, hosted.sessions
        self.trials[id] = Recorder(hosted.actor)
        await self._look(hosted)

    async def go_all(self) -> None:
        for id in list(self._hosted):
            await self.go(id)

    async def replanned(self, id: str) -> None:
        """Its plan was changed. Where rooms came or went, the cameras of those that there are now
        are looked at, and trial calls that had the others in mind are stopped."""
        hosted = self._hosted[id]
        sets = hosted.actor.state.room_sets
        if sets == hosted.room_sets:
            return
        hosted.room_sets = sets
        if self.desk is not None:
            await self.desk.leave(id)
        if hosted.estimates is not None:
            await hosted.estimates.stop()
        await self._look(hosted)

    async def _look(self, hosted: _Hosted) -> None:
        """Where cameras are not looked at, what they once showed is not shown any more."""
        parts, actor = self._parts, hosted.actor
        if parts.counter is None:
            for code, room in actor.state.rooms.items():
                if room.estimate is not None:
                    gone = do.RecordEstimate(room=code, persons=None, quality="unavailable")
                    await actor.submit(do.SYSTEM, gone)
            return
        hosted.estimates = Estimates(
            actor, parts.engine, parts.counter, parts.clock, parts.interval_s
        )
        hosted.estimates.start()

    async def leave(self, id: str, code: str) -> None:
        """It is held here no more: its connections are closed with `code`, its trial calls stopped,
        its media ended. Its journal stays."""
        hosted = self._hosted.pop(id)
        if self.gateway is not None:
            self.gateway.dismiss(code, conference=id)
        if self.desk is not None:
            await self.desk.leave(id)
        for living in (self.halls, self.sessions, self.trials):
            living.pop(id, None)
        await self._stop(hosted)
        if hosted.recordings is not None:
            await hosted.recordings.clear()
        if hosted.broadcasts is not None:
            await hosted.broadcasts.clear()
        await hosted.reconciler.clear()

    async def stop(self) -> None:
        """All of them, at the server's end; the engine ends their media."""
        for hosted in reversed(list(self._hosted.values())):
            await self._stop(hosted)
        self._hosted.clear()

    @staticmethod
    async def _stop(hosted: _Hosted) -> None:
        if hosted.estimates is not None:
            await hosted.estimates.stop()
        if hosted.recordings is not None:
            await hosted.recordings.stop()
        if hosted.broadcasts is not None:
            await hosted.broadcasts.stop()
        await hosted.sessions.stop()
        await hosted.reconciler.stop()
        await hosted.actor.stop()

    # --- what is asked of one -------------------------------------------------------------------

    def __contains__(self, id: object) -> bool:
        return id in self._hosted

    def state(self, id: str) -> Conference | None:
        """None: it is not held here."""
        hosted = self._hosted.get(id)
        return hosted.actor.state if hosted is not None else None

    async def submit(self, id: str, asker: Asker, command: do.Command) -> Done | Refused:
        """Of a conference that is held here."""
        return await self._hosted[id].actor.submit(asker, command)

    def came_by(self, id: str, jti: str) -> tuple[str, ...]:
        """Devices that are here by this link, or by this token of an encoder or a player."""
        sessions = self.sessions.get(id)
        outside = sessions.came_by(jti) if sessions is not None else []
        pages = self.gateway.came_by(jti) if self.gateway is not None else []
        return (*pages, *outside)

    def dismiss(self, jtis: Collection[str], code: str) -> None:
        if self.gateway is not None:
            self.gateway.dismiss(code, links=jtis)

    def health(self) -> Mapping[str, str]:
        """Names of those that have stopped, with a sentence."""
        return {
            id: "the conference has stopped"
            for id, hosted in self._hosted.items()
            if not hosted.actor.alive
        }


class Recorder:
    """A living conference, to the trial desk."""

    def __init__(self, actor: ConferenceActor) -> None:
        self._actor = actor

    @property
    def state(self) -> Conference:
        return self._actor.state

    async def record(self, run: Run) -> None:
        """A closed conference takes nothing more: the run itself is stored in any case."""
        if run.verdict is None or run.profile is None or run.ended_at is None:
            return
        up, down = run.figure("capacity_up_kbps"), run.figure("capacity_down_kbps")
        trial = Trial(
            run=run.id,
            at=measured_at(run),
            by=run.by,
            verdict=run.verdict,
            profile=run.profile,
            equipment=run.client == "browser",
            sentence_id=run.sentence.id,
            sentence_en=run.sentence.en,
            rtt_ms=run.value("rtt_ms"),
            loss_up_percent=run.value("loss_up_percent"),
            loss_down_percent=run.value("loss_down_percent"),
            capacity_up_kbps=run.value("capacity_up_kbps"),
            capacity_down_kbps=run.value("capacity_down_kbps"),
            capacity_up_more=up is not None and up.at_least,
            capacity_down_more=down is not None and down.at_least,
            mos=run.value("mos"),
            cause=run.cause,
        )
        done = await self._actor.submit(do.SYSTEM, do.RecordTrial(room=run.room, trial=trial))
        if isinstance(done, Refused):
            log.warning("x trial record", run=run.id, code=done.code)
