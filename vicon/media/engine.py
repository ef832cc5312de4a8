"""ports.MediaEngine with the media plane in a process of its own, started again when it dies."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

import structlog
from msgspec.structs import replace

from vicon.core.recordplan import RecordingFigures, RecordPlan
from vicon.measure.report import Collected, LegReport, LoadReport
from vicon.media import ipc
from vicon.media.fast.build import build
from vicon.media.hub import EventHub
from vicon.media.process import REQUEST_TIMEOUT_S, START_TIMEOUT_S, WorkerProcess
from vicon.media.spare import Spare
from vicon.media.warm import make_clip
from vicon.ops import trace
from vicon.ports import (
    Clock,
    LegKind,
    Line,
    MediaError,
    MediaEvent,
    MediaLoad,
    MediaVitals,
    Route,
    Slot,
    SlotPlan,
    Still,
)
from vicon.programme.broadcast import BroadcastFigures, BroadcastPlan
from vicon.rtc.udp import UdpPlan

WAIT_FOR_WORKER_S = 3.0
"""How long a call waits for a worker that is being started again."""
CLIP_TIMEOUT_S, LOAD_GRACE_S = 15.0, 15.0
"""Longer than a call otherwise: the clip may have to be made first; a load ends with its drain."""
CLOSE_FILES_S = 15.0
"""How long a recording that ends may take: its files get their index."""
HEALTHY_S = 30.0
"""A worker that lived so long is started again without delay."""
_SHORTEST_BACKOFF_S, _LONGEST_BACKOFF_S = 0.1, 5.0

log = structlog.get_logger("vicon.media")
_R = TypeVar("_R")


class EmbeddedEngine:
    """Call start() first, close() last; both by the owner. One worker for all conferences, and a
    spare one that takes over when it dies."""

    def __init__(
        self,
        clock: Clock,
        *,
        addresses: Sequence[str] | None = None,
        udp: UdpPlan | None = None,
        cache: Path | None = None,
    ) -> None:
        """`udp`: where the worker opens its sockets; or `addresses` alone, on any ports; neither:
        on all addresses of this machine. `cache`: a directory for what is made once."""
        self._clock = clock
        self._udp = udp or UdpPlan(addresses=tuple(addresses or ()))
        self._cache = cache
        self._hub = EventHub()
        self._routes: dict[str, list[Route]] = {}
        self._records: dict[str, RecordPlan] = {}
        self._broadcasts: dict[str, BroadcastPlan] = {}
        self._epoch = secrets.token_hex(8)
        self._worker: WorkerProcess | None = None
        self._ready = asyncio.Event()
        self._closing = False
        self._supervisor: asyncio.Task[None] | None = None
        self._spare = Spare(lambda: self._start_worker(), clock, self._prepare_trials)
        self.restarts = 0
        """How many workers have died."""

    @property
    def epoch(self) -> str:
        return self._epoch

    @property
    def ready(self) -> bool:
        return self._worker is not None

    @property
    def worker_pid(self) -> int | None:
        """None while no worker is ready."""
        return self._worker.pid if self._worker is not None else None

    @property
    def spare_pid(self) -> int | None:
        """Of the worker that stands by; None while there is none."""
        return self._spare.pid

    @property
    def health(self) -> ipc.Health | None:
        """The worker's last answer to its heartbeat, for doctor and metrics."""
        return self._worker.health if self._worker is not None else None

    @property
    def load(self) -> MediaLoad | None:
        """Of the worker that serves; None while there is none, or before its second heartbeat."""
        return self._worker.load if self._worker is not None else None

    @property
    def vitals(self) -> MediaVitals:
        worker, health = self._worker, self.health
        pids = (("media", self.worker_pid), ("media_spare", self.spare_pid))
        return MediaVitals(
            pids=tuple((name, pid) for name, pid in pids if pid is not None),
            restarts=self.restarts,
            beat_age_s=worker.beat_age() if worker is not None else None,
            connections=health.connections if health is not None else 0,
            dropped=health.dropped if health is not None else 0,
        )

    async def start(self) -> None:
        """Start the worker and wait until it is ready. Raises MediaError; call close() then."""
        if self._cache is not None:
            await asyncio.to_thread(build, self._cache)
        self._supervisor = asyncio.create_task(self._supervise(), name="media supervisor")
        self._supervisor.add_done_callback(_tell_failure)
        await self._ready_worker(START_TIMEOUT_S)

    async def close(self) -> None:
        self._closing = True
        if self._worker is not None:
            self._worker.close()
        elif self._supervisor is not None:
            self._supervisor.cancel()
        if self._supervisor is not None:
            await asyncio.gather(self._supervisor, return_exceptions=True)
        await self._spare.close()

    async def publish(self, conference: str, device: str, offer: str) -> str:
        reply = await self._call(
            lambda n: ipc.Publish(id=n, conference=conference, device=device, sdp=offer)
        )
        return _expect(reply, ipc.Published).sdp

    async def subscribe(
        self,
        conference: str,
        device: str,
        slots: Sequence[SlotPlan],
        start_kbps: int | None = None,
    ) -> tuple[str, list[Slot]]:
        reply = await self._call(
            lambda n: ipc.Subscribe(
                id=n,
                conference=conference,
                device=device,
                slots=list(slots),
                start_kbps=start_kbps,
            )
        )
        offered = _expect(reply, ipc.Offered)
        return offered.sdp, offered.slots

    async def play(
        self, conference: str, device: str, offer: str, slots: Sequence[SlotPlan]
    ) -> str:
        reply = await self._call(
            lambda n: ipc.Play(
                id=n, conference=conference, device=device, sdp=offer, slots=list(slots)
            )
        )
        return _expect(reply, ipc.Published).sdp

    async def answer(self, conference: str, device: str, answer: str) -> None:
        await self._call(
            lambda n: ipc.Answer(id=n, conference=conference, device=device, sdp=answer)
        )

    async def restart(self, conference: str, device: str, line: Line, offer: str | None) -> str:
        reply = await self._call(
            lambda n: ipc.Restart(id=n, conference=conference, device=device, line=line, sdp=offer)
        )
        return _expect(reply, ipc.Published).sdp

    async def candidate(self, conference: str, device: str, line: Line, candidate: str) -> None:
        await self._call(
            lambda n: ipc.Candidate(
                id=n, conference=conference, device=device, line=line, candidate=candidate
            )
        )

    async def route(self, conference: str, routes: Sequence[Route]) -> None:
        """Kept for the next worker too, so that it never fails for want of one."""
        if routes:
            self._routes[conference] = list(routes)
        else:
            self._routes.pop(conference, None)
        if self._worker is not None:
            await self._call(lambda n: ipc.Routes(id=n, conference=conference, routes=list(routes)))

    async def still(self, conference: str, device: str) -> Still | None:
        reply = await self._call(
            lambda n: ipc.TakeStill(id=n, conference=conference, device=device)
        )
        return _expect(reply, ipc.StillTaken).still

    async def record(self, conference: str, plan: RecordPlan | None) -> None:
        """Kept for the next worker too, so that it never fails for want of one."""
        if plan is not None:
            self._records[conference] = plan
        else:
            self._records.pop(conference, None)
        if self._worker is not None:
            await self._call(
                lambda n: ipc.Record(id=n, conference=conference, plan=plan), timeout=CLOSE_FILES_S
            )

    async def broadcast(self, conference: str, plan: BroadcastPlan | None) -> None:
        """As record."""
        if plan is not None:
            self._broadcasts[conference] = plan
        else:
            self._broadcasts.pop(conference, None)
        if self._worker is not None:
            await self._call(
                lambda n: ipc.Broadcast(id=n, conference=conference, plan=plan),
                timeout=CLOSE_FILES_S,
            )

    async def remove(self, conference: str, device: str) -> None:
        """Without a worker there is nothing to remove."""
        self._hub.gone(conference, device)
        if self._worker is not None:
            await self._call(lambda n: ipc.Remove(id=n, conference=conference, device=device))

    def events(self, conference: str) -> AsyncIterator[MediaEvent]:
        return self._hub.follow(conference)

    def _start_worker(self) -> Coroutine[Any, Any, WorkerProcess]:
        return WorkerProcess.start(self._told, self._udp, self._cache)

    async def _prepare_trials(self) -> None:
        if self._cache is not None:
            await make_clip(self._cache)

    # --- trial legs: ports.TrialEngine ----------------------------------------------------------

    async def leg_open(self, conference: str, leg: str, kind: LegKind, offer: str) -> str:
        reply = await self._call(
            lambda n: ipc.LegOpen(id=n, conference=conference, leg=leg, kind=kind, sdp=offer)
        )
        return _expect(reply, ipc.Published).sdp

    async def leg_send(self, conference: str, leg: str, level: str, extra_kbps: int) -> None:
        await self._call(
            lambda n: ipc.LegSend(
                id=n, conference=conference, leg=leg, level=level, extra_kbps=extra_kbps
            ),
            timeout=CLIP_TIMEOUT_S,
        )

    async def leg_mark(self, conference: str, leg: str) -> None:
        await self._call(lambda n: ipc.LegMark(id=n, conference=conference, leg=leg))

    async def leg_read(self, conference: str, leg: str) -> LegReport:
        reply = await self._call(lambda n: ipc.LegRead(id=n, conference=conference, leg=leg))
        return _expect(reply, ipc.Measured).report

    async def leg_collect(self, conference: str, leg: str) -> Collected:
        reply = await self._call(lambda n: ipc.LegCollect(id=n, conference=conference, leg=leg))
        return _expect(reply, ipc.Gathered).collected

    async def leg_load_down(
        self, conference: str, leg: str, ceiling_kbps: int, seconds: float
    ) -> LoadReport:
        reply = await self._call(
            lambda n: ipc.LegLoadDown(
                id=n, conference=conference, leg=leg, ceiling_kbps=ceiling_kbps, seconds=seconds
            ),
            timeout=seconds + LOAD_GRACE_S,
        )
        return _expect(reply, ipc.Loaded).report

    async def leg_load_up(
        self, conference: str, leg: str, seconds: float, quiet_rtt: float | None
    ) -> LoadReport:
        reply = await self._call(
            lambda n: ipc.LegLoadUp(
                id=n, conference=conference, leg=leg, seconds=seconds, quiet_rtt=quiet_rtt
            ),
            timeout=seconds + LOAD_GRACE_S,
        )
        return _expect(reply, ipc.Loaded).report

    async def leg_close(self, conference: str, leg: str) -> None:
        if self._worker is not None:
            await self._call(lambda n: ipc.LegClose(id=n, conference=conference, leg=leg))

    async def _call(
        self, make: Callable[[int], ipc.Request], timeout: float = REQUEST_TIMEOUT_S
    ) -> ipc.Reply:
        worker = await self._ready_worker(WAIT_FOR_WORKER_S)
        request = replace(make(worker.next_id()), trace=trace.current())
        return await worker.request(request, timeout)

    async def _ready_worker(self, timeout: float) -> WorkerProcess:
        try:
            async with asyncio.timeout(timeout):
                await self._ready.wait()
        except TimeoutError as error:
            raise MediaError("media_unavailable", "the media worker is not ready") from error
        if self._worker is None:
            raise MediaError("media_unavailable", "the media worker is not ready")
        return self._worker

    async def _supervise(self) -> None:
        failures = 0
        while not self._closing:
            began = self._clock.monotonic()
            try:
                life = await self._spare.take()
            except MediaError as error:
                log.error("x worker", why=str(error))
            else:
                await self._serve(*life)
            lived = self._clock.monotonic() - began
            failures = 0 if lived > HEALTHY_S else failures + 1
            if not self._closing:
                await self._clock.sleep(_backoff(failures))

    async def _serve(self, worker: WorkerProcess, life: asyncio.Task[str]) -> None:
        """The life of one worker, from ready to gone."""
        if self._closing:
            worker.close()
        for conference, routes in self._routes.items():
            worker.post(ipc.Routes(id=worker.next_id(), conference=conference, routes=routes))
        for conference, plan in self._records.items():
            worker.post(ipc.Record(id=worker.next_id(), conference=conference, plan=plan))
        for conference, wanted in self._broadcasts.items():
            worker.post(ipc.Broadcast(id=worker.next_id(), conference=conference, plan=wanted))
        self._worker = worker
        self._ready.set()
        if self.restarts:
            self._epoch = secrets.token_hex(8)
            self._hub.restarted(self._epoch)
        self._spare.prepare()
        try:
            why = await life
        finally:
            self._worker = None
            self._ready.clear()
            self._hub.lost()
            for conference, plan in self._records.items():
                gone = RecordingFigures(id=plan.id, over=True, trouble="recorder_ended")
                self._hub.recording(conference, gone)
            for conference, wanted in self._broadcasts.items():
                self._hub.broadcast(conference, BroadcastFigures(id=wanted.id, over=True))
        if not self._closing:
            self.restarts += 1
            log.error("x worker", pid=worker.pid, why=why)

    def _told(self, word: ipc.Told) -> None:
        match word:
            case ipc.Publishing():
                self._hub.changed(word.conference, word.device, word.publishing)
            case ipc.Layers():
                self._hub.layers(word.conference, word.wanted)
            case ipc.Again():
                self._hub.again(word.conference, word.word)
            case ipc.Figures():
                self._hub.figures(word.conference, word.figures)
            case ipc.RecordingTold():
                self._hub.recording(word.conference, word.figures)
            case ipc.BroadcastTold():
                self._hub.broadcast(word.conference, word.figures)


def _expect(reply: ipc.Reply, kind: type[_R]) -> _R:
    if not isinstance(reply, kind):
        raise MediaError("media_unavailable", "the media worker answered something else")
    return reply


def _tell_failure(supervisor: asyncio.Task[None]) -> None:
    if not supervisor.cancelled() and supervisor.exception() is not None:
        log.error("x media supervisor", exc_info=supervisor.exception())


def _backoff(failures: int) -> float:
    if failures == 0:
        return 0.0
    return min(_LONGEST_BACKOFF_S, _SHORTEST_BACKOFF_S * 2.0 ** min(failures - 1, 10))
