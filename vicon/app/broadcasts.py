"""The broadcast of one conference: what the state wants is brought to the engine, what the engine
tells of it becomes alarms. A process, a worker or a server that died is gone on with. Whatever
fails here, the session goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog
from msgspec.structs import replace

from vicon.app.actor import ConferenceActor
from vicon.core import broadcasts, layout
from vicon.core import commands as do
from vicon.core import commands_broadcast as air
from vicon.core.broadcastwords import Broadcast, BroadcastCause
from vicon.core.events import Event
from vicon.core.model import Conference
from vicon.core.recordplan import RecordSource
from vicon.core.refusals import Refused
from vicon.ops.words import Language
from vicon.ports import BroadcastStore, Clock, MediaEngine, MediaError, RecordingError
from vicon.programme.broadcast import BroadcastFigures, BroadcastPlan, Outlet
from vicon.programme.scene import scene_of

RETRY_S, LONGEST_RETRY_S = 1.0, 30.0
PATIENCE_S = 15.0
"""So long a channel may take to be reached before the desk is told."""
STANDS_S = 20.0
"""What was wrong is told so long after it was seen last: comings and goings are in the journal."""
LANGUAGE: Language = "id"
"""Of what stands in the picture."""

log = structlog.get_logger("vicon.broadcast")


class Broadcasts:
    """One per conference; observer of its actor."""

    def __init__(
        self,
        actor: ConferenceActor,
        engine: MediaEngine,
        store: BroadcastStore,
        clock: Clock,
        new_id: Callable[[], str],
        outlet: Outlet | None,
        taken: Callable[[], str],
    ) -> None:
        """`outlet`: without its directory; None: the server is not set up for a broadcast. `taken`:
        the title of another conference that is broadcast now."""
        self._actor, self._engine, self._store = actor, engine, store
        self._clock, self._new_id = clock, new_id
        self._outlet, self._taken = outlet, taken
        self._plan: BroadcastPlan | None = None
        self._id = ""
        """Of the broadcast that the directory holds."""
        self._dirty = asyncio.Event()
        self._failures = 0
        self._reached: float | None = None
        """When the channel took something last, or was begun with."""
        self._seen: dict[BroadcastCause, float] = {}
        """When each was wrong last."""
        self._tasks: list[asyncio.Task[None]] = []
        self.figures: BroadcastFigures | None = None
        """What was told last of the one that runs."""

    @property
    def channel(self) -> str:
        """Its address, without the key; empty: none."""
        return self._outlet.rtmp_url if self._outlet is not None else ""

    def start(self) -> None:
        """A broadcast that ran when the server ended is gone on with."""
        self._actor.observe(self)
        running = broadcasts.running(self._actor.state)
        self._id = running.id if running is not None else ""
        name = f"broadcast {self._actor.id}"
        self._tasks = [
            asyncio.create_task(self._apply(), name=name),
            asyncio.create_task(self._listen(), name=f"{name} events"),
        ]
        for task in self._tasks:
            task.add_done_callback(_tell_end)
        self._dirty.set()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def clear(self) -> None:
        """Of a conference that goes while the engine stays."""
        try:
            await self._engine.broadcast(self._actor.id, None)
        except MediaError as error:
            log.warning("x broadcast", conference=self._actor.id, why=str(error))

    def prepare(self) -> air.StartBroadcast:
        """A start with all that the rules want to know of the server."""
        if self._outlet is None:
            return air.StartBroadcast()
        id = f"{self._actor.now()}-{self._new_id()[:6].strip('-_')}"
        return air.StartBroadcast(id=id, taken=self._taken())

    # --- what is wanted ---------------------------------------------------------------------------

    def changed(self, state: Conference, revision: int, events: Sequence[Event]) -> None:
        """Observer of the actor."""
        if self._plan is not None or broadcasts.running(state) is not None:
            self._dirty.set()

    def _wanted(self, state: Conference, running: Broadcast, outlet: Outlet) -> BroadcastPlan:
        shown, sources = broadcasts.shown(state), []
        for code, device in layout.sources(state).items():
            source = RecordSource(
                device=device.id,
                room=code,
                name=state.rooms[code].plan.name,
                audio=broadcasts.heard(state, device),
                video=code in shown,
            )
            sources.append(source)
        return BroadcastPlan(
            id=running.id,
            sources=tuple(sources),
            scene=replace(scene_of(state, self._actor.now(), LANGUAGE), clock=""),
            zone=state.plan.timezone,
            zone_label=state.plan.timezone_label,
            outlet=outlet,
        )

    async def _apply(self) -> None:
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            try:
                await self._bring()
            except (MediaError, RecordingError) as error:
                log.warning("x broadcast", conference=self._actor.id, why=str(error))
                await self._clock.sleep(RETRY_S)
                self._dirty.set()

    async def _bring(self) -> None:
        state, outlet = self._actor.state, self._outlet
        running = broadcasts.running(state)
        if running is None or outlet is None:
            if self._plan is not None:
                self._plan = None
                await self._engine.broadcast(self._actor.id, None)
            self.figures = None
            await self._store.clear(self._actor.id)
            return
        if self._id != running.id:
            await self._store.clear(self._actor.id)
            self._id, self._reached, self._seen = running.id, None, {}
        if outlet.directory:
            outlet = replace(outlet, directory=self._store.directory(self._actor.id))
        plan = self._wanted(state, running, outlet)
        if plan != self._plan:
            await self._engine.broadcast(self._actor.id, plan)
            self._plan = plan

    # --- what comes of it -------------------------------------------------------------------------

    async def _listen(self) -> None:
        async for event in self._engine.events(self._actor.id):
            if isinstance(event, BroadcastFigures):
                await self._hear(event)

    async def _hear(self, figures: BroadcastFigures) -> None:
        running = broadcasts.running(self._actor.state)
        if running is None or running.id != figures.id:
            return
        if figures.over:
            await self._over(running)
            return
        self.figures, self._failures = figures, 0
        alarms = self._wrong(figures, self._clock.monotonic())
        if running.interrupted_at is not None or set(running.alarms) != set(alarms):
            command = air.WatchBroadcast(id=running.id, interrupted=False, alarms=alarms)
            await self._ask(command)

    async def _over(self, running: Broadcast) -> None:
        """It ended unasked: a new one is started, each time after a longer while."""
        self.figures = None
        alarms = tuple(running.alarms)
        await self._ask(air.WatchBroadcast(id=running.id, interrupted=True, alarms=alarms))
        self._plan = None
        self._failures += 1
        await self._clock.sleep(min(LONGEST_RETRY_S, RETRY_S * 2.0 ** min(self._failures - 1, 10)))
        self._dirty.set()

    def _wrong(self, figures: BroadcastFigures, now: float) -> tuple[BroadcastCause, ...]:
        if figures.channel in ("", "sending") or self._reached is None:
            self._reached = now
        wrong: dict[BroadcastCause, bool] = {
            "channel": now - self._reached > PATIENCE_S,
            "late": figures.late,
            "disk": figures.disk,
        }
        self._seen |= {cause: now for cause, is_so in wrong.items() if is_so}
        if not wrong["channel"]:
            self._seen.pop("channel", None)  # that it is reached is good news at once
        return tuple(cause for cause, at in self._seen.items() if now - at < STANDS_S)

    async def _ask(self, command: do.Command) -> None:
        done = await self._actor.submit(do.SYSTEM, command)
        if isinstance(done, Refused):
            log.warning("x broadcast", conference=self._actor.id, code=done.code)


def _tell_end(task: asyncio.Task[None]) -> None:
    """Nothing is broadcast any more; the session goes on."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.critical("x broadcast", task=task.get_name(), exc_info=error)
