"""The recording of one conference: what the state wants is brought to the engine, what the engine
tells of it is watched, and recording.json says at every moment what lies on the disk.

A recorder, a worker or a server that died is gone on with in new files. Whatever fails here, the
session goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog
from msgspec.structs import replace

from signaling import messages as wire
from vicon.app.actor import ConferenceActor
from vicon.app.audience import Audience
from vicon.app.recordwatch import Watch
from vicon.core import commands as do
from vicon.core import commands_recording as record
from vicon.core import events_recording as ev
from vicon.core import layout, recordings
from vicon.core.events import Event
from vicon.core.model import Conference
from vicon.core.recordcourse import last_stage, same_stage
from vicon.core.recordlook import chapters, shown, source_wish, wrong
from vicon.core.recordplan import (
    Disk,
    RecordingFigures,
    RecordingNote,
    RecordingSheet,
    RecordPlan,
    RecordSource,
)
from vicon.core.recordwords import Recording
from vicon.core.refusals import Refused
from vicon.ports import (
    Clock,
    MediaEngine,
    MediaError,
    MediaRestarted,
    RecordingError,
    RecordingStore,
)

RETRY_S, LONGEST_RETRY_S = 1.0, 30.0
NEED_MINUTES = 60
LEAST_FREE, MOST_BYTES = 2 << 30, 2 << 30
"""Bytes that stay free on the disk, twice what presses the server (health.py); of one file."""
ROOM_KBPS = 500
"""What a room is reckoned with before it is measured: a preview and sound."""
MARGIN = 4
"""The disk must take so many times what comes."""
MOST_NOTES = 5_000
SLOW_FRAMES = 40
"""Who has not read so many frames is told no figures."""

log = structlog.get_logger("vicon.record")


class Recordings:
    """One per conference; observer of its actor."""

    def __init__(
        self,
        actor: ConferenceActor,
        engine: MediaEngine,
        store: RecordingStore,
        clock: Clock,
        audience: Audience,
        new_id: Callable[[], str],
        *,
        steady: Callable[[], bool] = lambda: True,
        least_free: int = LEAST_FREE,
        most_bytes: int = MOST_BYTES,
        need_minutes: int = NEED_MINUTES,
    ) -> None:
        """`steady`: the clock is in step. `least_free`: bytes that stay free on the disk.
        `most_bytes`: of one file. `need_minutes`: for which there must be room to begin."""
        self._actor, self._engine, self._store = actor, engine, store
        self._clock, self._audience, self._new_id = clock, audience, new_id
        self._steady, self._need = steady, need_minutes
        self._least_free, self._most_bytes = least_free, most_bytes
        self._sheet: RecordingSheet | None = None
        self._directory = ""
        self._plan: RecordPlan | None = None
        self._dirty = asyncio.Event()
        self._publishing: dict[str, float] = {}
        """Devices that are recorded, and since when their media comes."""
        self._watch = Watch()
        self._failures = 0
        """Recorders that ended one after another, without a word."""
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """A recording that ran when the server ended is gone on with."""
        self._actor.observe(self)
        name = f"recording {self._actor.id}"
        self._tasks = [
            asyncio.create_task(self._apply(), name=name),
            asyncio.create_task(self._listen(), name=f"{name} events"),
        ]
        for task in self._tasks:
            task.add_done_callback(_tell_end)
        self._dirty.set()

    async def stop(self) -> None:
        """The engine, which closes the files, is closed after this."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def clear(self) -> None:
        """Of a conference that goes while the engine stays."""
        try:
            await self._engine.record(self._actor.id, None)
        except MediaError as error:
            log.warning("x recording", conference=self._actor.id, why=str(error))

    # --- before -----------------------------------------------------------------------------------

    async def prepare(self) -> record.StartRecording:
        """A start with all that the rules want to know of the server."""
        try:
            disk = await self._store.disk()
        except RecordingError as error:
            log.error("x recording", conference=self._actor.id, why=str(error))
            return record.StartRecording(need=self._need)
        rate = self._expected_bytes()
        return record.StartRecording(
            id=f"{self._actor.now()}-{self._new_id()[:6].strip('-_')}",
            minutes=self._minutes(disk, rate),
            need=self._need,
            writable=disk.bytes_per_s > MARGIN * rate,
            steady=self._steady(),
        )

    def _expected_bytes(self) -> float:
        """A second, with every room there."""
        return len(self._actor.state.rooms) * ROOM_KBPS * 125

    def _minutes(self, disk: Disk, rate: float) -> int:
        return int(max(0, disk.free_bytes - self._least_free) / rate / 60)

    # --- what is wanted ---------------------------------------------------------------------------

    def changed(self, state: Conference, revision: int, events: Sequence[Event]) -> None:
        """Observer of the actor."""
        running = recordings.running(state)
        if self._sheet is not None:
            self._note(state, events)
        if running is None and self._sheet is None:
            return
        if self._sheet is not None and running is not None and running.id == self._sheet.id:
            markers = chapters(state, running.began)
            if markers != self._sheet.markers:
                self._sheet = replace(self._sheet, markers=markers)
        self._dirty.set()

    def _note(self, state: Conference, events: Sequence[Event]) -> None:
        sheet = self._sheet
        assert sheet is not None
        now, notes = self._actor.now(), list[RecordingNote]()
        stage = shown(state, now)
        if not same_stage(stage, last_stage(sheet)):
            notes.append(stage)
        for event in events:
            match event:
                case ev.RecordingInterrupted():
                    notes.append(RecordingNote(at=now, what="interrupted"))
                case ev.RecordingResumed():
                    notes.append(RecordingNote(at=now, what="resumed"))
        if notes and len(sheet.notes) < MOST_NOTES:
            sheet = replace(sheet, notes=(*sheet.notes, *notes))
        names = {**sheet.rooms, **_names(state)}  # rooms may come, and go
        self._sheet = replace(sheet, rooms=names) if names != sheet.rooms else sheet

    def _wanted(self, state: Conference, running: Recording) -> RecordPlan:
        sources = []
        for code, device in layout.sources(state).items():
            audio, video = source_wish(state, device)
            name = state.rooms[code].plan.name
            sources.append(
                RecordSource(device=device.id, room=code, name=name, audio=audio, video=video)
            )
        return RecordPlan(
            id=running.id,
            directory=self._directory,
            sources=tuple(sources),
            markers=chapters(state, running.began),
            most_bytes=self._most_bytes,
            least_free=self._least_free,
        )

    async def _apply(self) -> None:
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            try:
                await self._bring()
            except RecordingError as error:
                log.error("x recording", conference=self._actor.id, why=str(error))
                running = recordings.running(self._actor.state)
                if running is not None:
                    await self._ask(record.EndRecording(id=running.id, why="write_failed"))
            except MediaError as error:
                log.warning("x recording", conference=self._actor.id, why=str(error))
                await self._clock.sleep(RETRY_S)
                self._dirty.set()

    async def _bring(self) -> None:
        state = self._actor.state
        running = recordings.running(state)
        if running is None:
            if self._plan is not None:
                self._plan = None
                await self._engine.record(self._actor.id, None)
            await self._finish(state)
            return
        if self._sheet is None or self._sheet.id != running.id:
            await self._begin(state, running)
        plan = self._wanted(state, running)
        if plan != self._plan:
            await self._engine.record(self._actor.id, plan)
            self._plan = plan
        if self._sheet is not None:
            await self._write(self._sheet)

    async def _write(self, sheet: RecordingSheet) -> None:
        """What is added meanwhile is written the next time."""
        if self._watch.told != sheet:
            await self._store.put(sheet)
            self._watch.told = sheet

    async def _begin(self, state: Conference, running: Recording) -> None:
        """A new one; or, after the server's end, the one that ran, from its sheet."""
        known = await self._store.get(self._actor.id, running.id)
        if known is not None:
            parts = [
                replace(part, ended=True, bytes=known.files.get(part.file, part.bytes))
                for part in known.sheet.parts
            ]
            self._sheet = replace(known.sheet, parts=tuple(parts))
            self._directory = await self._store.put(self._sheet)
            await self._ask(record.WatchRecording(id=running.id, interrupted=True))
            return
        plan, stage = state.plan, shown(state, running.began)
        sheet = self._sheet = RecordingSheet(
            id=running.id,
            conference=plan.id,
            title=plan.title,
            timezone=plan.timezone,
            timezone_label=plan.timezone_label,
            began=running.began,
            by=running.by,
            rooms=_names(state),
            hub=plan.hub.code,
            floor=stage.room,
            beside=stage.beside,
            black=stage.black,
            markers=chapters(state, running.began),
        )
        self._directory = await self._store.put(sheet)
        self._watch = Watch(told=sheet)
        self._publishing = {}

    async def _finish(self, state: Conference) -> None:
        """The last word: the engine has closed the files, and told so."""
        sheet, ended = self._sheet, state.recording
        if sheet is None or ended is None or ended.id != sheet.id or ended.ended_at is None:
            return
        over = self._watch.over
        done = replace(sheet, ended=ended.ended_at, why=ended.why or "", ended_by=ended.ended_by)
        await self._write(done)
        if over and self._sheet is sheet:
            self._sheet = None

    # --- what comes of it -------------------------------------------------------------------------

    async def _listen(self) -> None:
        async for event in self._engine.events(self._actor.id):
            if isinstance(event, RecordingFigures):
                await self._hear(event)
            elif isinstance(event, MediaRestarted):
                self._publishing = {}

    async def _hear(self, figures: RecordingFigures) -> None:
        sheet = self._sheet
        if sheet is None or sheet.id != figures.id:
            return
        parts = {part.file: part for part in sheet.parts} | {p.file: p for p in figures.parts}
        self._sheet = replace(sheet, parts=tuple(parts.values()))
        running = recordings.running(self._actor.state)
        self._watch.over = figures.over
        if figures.over:
            await self._over(figures, running)
        elif running is not None:
            now = self._clock.monotonic()
            self._watch.take(figures, now)
            self._failures = 0
            await self._judge(running, figures, now)
            self._tell(figures)
        if figures.over or self._watch.due(self._clock.monotonic()):
            self._dirty.set()

    async def _over(self, figures: RecordingFigures, running: Recording | None) -> None:
        if running is None or figures.trouble is None:
            return
        if figures.trouble != "recorder_ended":
            await self._ask(record.EndRecording(id=running.id, why=figures.trouble))
            return
        await self._ask(record.WatchRecording(id=running.id, interrupted=True))
        self._plan = None  # asked for again, which starts a new recorder
        self._failures += 1
        await self._clock.sleep(min(LONGEST_RETRY_S, RETRY_S * 2.0 ** min(self._failures - 1, 10)))

    async def _judge(self, running: Recording, figures: RecordingFigures, now: float) -> None:
        state = self._actor.state
        sending = {d.id for d in layout.sources(state).values() if d.publishing}
        self._publishing = {id: self._publishing.get(id, now) for id in sending}
        since = {id: now - at for id, at in self._publishing.items()}
        found = wrong(state, since, self._watch.written(now), behind=self._watch.behind(now))
        alarms = tuple(found.items())
        known = {room: alarm.cause for room, alarm in running.alarms.items()}
        if running.interrupted_at is not None or known != found:
            await self._ask(record.WatchRecording(id=running.id, interrupted=False, alarms=alarms))

    def _tell(self, figures: RecordingFigures) -> None:
        """The desks."""
        watch, sheet = self._watch, self._sheet
        free, rate = figures.free_bytes, watch.rate()
        room = max(0, free - self._least_free) if free is not None else None
        message = wire.RecordingFigures(
            id=figures.id,
            bytes=sum(part.bytes for part in sheet.parts) if sheet is not None else 0,
            free_bytes=free,
            minutes=int(room / rate / 60) if room is not None and rate > 0 else None,
            rooms=[
                wire.RecordedRoom(
                    room=source.room,
                    bytes=source.bytes,
                    kbps=watch.kbps(source.device),
                    picture=source.picture_age is not None and source.picture_age < 3,
                    sound=source.sound_age is not None and source.sound_age < 3,
                )
                for source in figures.sources
            ],
        )
        for guest in self._audience.guests():
            if guest.guides and guest.socket.waiting <= SLOW_FRAMES:
                guest.socket.send(message)

    async def _ask(self, command: do.Command) -> None:
        done = await self._actor.submit(do.SYSTEM, command)
        if isinstance(done, Refused):
            log.warning("x recording", conference=self._actor.id, code=done.code)


def _names(state: Conference) -> dict[str, str]:
    return {code: room.plan.name for code, room in state.rooms.items()}


def _tell_end(task: asyncio.Task[None]) -> None:
    """Nothing is recorded any more; the session goes on."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.critical("x recording", task=task.get_name(), exc_info=error)
