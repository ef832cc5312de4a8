"""Trial legs in the media worker: real connections around vicon.measure.leg, on the same ports
and with the same certificate as the session's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

import structlog

from vicon.measure.encode import Clip
from vicon.measure.ladder import RUNGS, Level
from vicon.measure.leg import Leg
from vicon.measure.report import Collected, LegReport, LoadReport
from vicon.ports import Clock, LegKind, MediaError
from vicon.rtc import sdp
from vicon.rtc.lite import LiteTransport
from vicon.rtc.secure import TransportError
from vicon.rtc.trial_sdp import Ssrcs, answer_trial

MAX_LEGS = 64
KEPT_S = 180.0
"""A leg whose other end is gone can be read for so long: the longest call and what is around it."""
CLIP_S = 10.0
DRAIN_S = 12.0
"""Beyond its seconds a load must have ended after so long."""
_LATE_S = 0.03
_SHORTEST_S = 0.002
_LOOK_S = 0.1

log = structlog.get_logger("vicon.media")
Name = tuple[str, str]
"""Conference and leg."""


class RunningLeg:
    """One leg and its task; owned by Legs."""

    def __init__(self, name: Name, leg: Leg, transport: LiteTransport, clock: Clock) -> None:
        self.leg, self.transport = leg, transport
        self._name = name
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self.ended: float | None = None
        """Monotonic seconds; None while it lives."""
        transport.on_rtp = self._on_rtp
        transport.on_rtcp = leg.on_rtcp
        transport.on_pong = leg.pinged

    def start(self, remote: sdp.Transport) -> None:
        self._task = asyncio.create_task(self._live(remote), name=f"trial leg {self._name[1]}")
        self._task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        if self.ended is None:  # cancelled before it began
            self.ended = self._clock.monotonic()
        if not task.cancelled() and task.exception() is not None:
            log.error("x leg", leg=self._name[1], exc_info=task.exception())

    def _on_rtp(self, packet: bytes, now: float) -> None:
        size = self.transport.last_size + self.transport.header_bytes
        self.leg.on_rtp(packet, now, size)

    async def _live(self, remote: sdp.Transport) -> None:
        try:
            await self.transport.connect(remote)
            log.info("- leg connected", conference=self._name[0], leg=self._name[1])
            await self._run()
        except TransportError as error:
            log.info("x leg", conference=self._name[0], leg=self._name[1], why=str(error))
        finally:
            await self._close()
            self.ended = self._clock.monotonic()

    async def _run(self) -> None:
        while self.transport.alive:
            now = self._clock.monotonic()
            due = self.leg.poll(now, self._clock.now())
            if self.leg.ping_due(now):
                self.transport.ping()
            asked = max(_SHORTEST_S, due - self._clock.monotonic())
            await self._clock.sleep(asked)
            woke = self._clock.monotonic()
            if woke - now > asked + _LATE_S:
                self.leg.stalled(now + asked, woke)

    async def _close(self) -> None:
        try:
            await self.transport.close("the leg ends")
        except TimeoutError:
            log.warning("x leg's sockets did not close in time", leg=self._name[1])

    async def end(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=5.0)


class Legs:
    """All legs of one worker. `clip` gives the marked clip, made once; `transport` makes one."""

    def __init__(
        self,
        clock: Clock,
        randbits: Callable[[int], int],
        clip: Callable[[], Awaitable[Clip]],
        transport: Callable[[], LiteTransport],
    ) -> None:
        self._clock, self._randbits = clock, randbits
        self._clip = clip
        self._transport = transport
        self._legs: dict[Name, RunningLeg] = {}
        self._locks: WeakValueDictionary[Name, asyncio.Lock] = WeakValueDictionary()

    def __len__(self) -> int:
        return len(self._legs)

    async def open(self, name: Name, kind: LegKind, offer: str) -> str:
        """See ports.TrialEngine.leg_open."""
        try:
            description = sdp.parse(offer)
        except sdp.SdpError as error:
            raise MediaError("bad_sdp", str(error)) from error
        async with self._lock(name):
            await self._end(name)
            return await self._open(name, kind, description)

    async def _open(self, name: Name, kind: LegKind, description: sdp.Description) -> str:
        transport = self._transport()
        try:
            ours = await transport.gather("passive")
            if len(self._legs) >= MAX_LEGS:
                raise TransportError("too many trial legs are open")
            ssrcs = Ssrcs(audio=self._ssrc(), video=self._ssrc(), rtx=self._ssrc())
            session = self._randbits(62)
            answer, media = answer_trial(description, ours, kind, ssrcs, session)
        except sdp.SdpError as error:
            await transport.close("offer refused")
            raise MediaError("bad_sdp", str(error)) from error
        except TransportError as error:
            await transport.close("no address or no room")
            raise MediaError("media_unavailable", str(error)) from error
        leg = Leg(
            media,
            kind,
            server=True,
            now=self._clock.monotonic(),
            unix_ms=self._clock.now(),
            seed=self._randbits(64),
            send_rtp=transport.send_rtp,
            send_rtcp=transport.send_rtcp,
        )
        running = RunningLeg(name, leg, transport, self._clock)
        self._legs[name] = running
        running.start(description.transport)
        return sdp.render(answer)

    def _ssrc(self) -> int:
        return self._randbits(32) | 1

    async def send(self, name: Name, level: str, extra_kbps: int) -> None:
        leg = self._leg(name)
        wanted = _level(level)
        try:
            async with asyncio.timeout(CLIP_S):
                clip = await self._clip()
        except TimeoutError as error:
            raise MediaError("media_unavailable", "the test picture is not ready") from error
        now = self._clock.monotonic()
        leg.play(clip, now)
        leg.want(wanted, extra_kbps, now)

    def mark(self, name: Name) -> None:
        self._leg(name).mark(self._clock.monotonic())

    def read(self, name: Name) -> LegReport:
        return self._leg(name).read(self._clock.monotonic())

    def collect(self, name: Name) -> Collected:
        return self._leg(name).collect()

    async def load_down(self, name: Name, ceiling_kbps: int, seconds: float) -> LoadReport:
        leg = self._leg(name)
        leg.start_load(ceiling_kbps, seconds, self._clock.monotonic())
        return await self._report(name, leg, seconds)

    async def load_up(self, name: Name, seconds: float, quiet_rtt: float | None) -> LoadReport:
        leg = self._leg(name)
        leg.receive_load(seconds, quiet_rtt, self._clock.monotonic())
        return await self._report(name, leg, seconds)

    async def _report(self, name: Name, leg: Leg, seconds: float) -> LoadReport:
        end = self._clock.monotonic() + seconds + DRAIN_S
        while (report := leg.load_report(self._clock.monotonic())) is None:
            running = self._legs.get(name)
            if running is None or running.leg is not leg or running.ended is not None:
                raise MediaError("media_state", "the leg ended under its load")
            if self._clock.monotonic() > end:
                raise MediaError("media_state", "the load did not come to its end")
            await self._clock.sleep(_LOOK_S)
        return report

    async def close(self, name: Name) -> None:
        async with self._lock(name):
            await self._end(name)

    async def _end(self, name: Name) -> None:
        running = self._legs.pop(name, None)
        if running is not None:
            await running.end()

    def _lock(self, name: Name) -> asyncio.Lock:
        return self._locks.setdefault(name, asyncio.Lock())

    def tidy(self) -> None:
        """Let go of legs whose other end has long been gone."""
        long_ago = self._clock.monotonic() - KEPT_S
        for name, running in list(self._legs.items()):
            if running.ended is not None and running.ended < long_ago:
                del self._legs[name]

    async def close_all(self) -> None:
        await asyncio.gather(*(self.close(name) for name in list(self._legs)))

    def _leg(self, name: Name) -> Leg:
        running = self._legs.get(name)
        if running is None:
            raise MediaError("media_state", "there is no such leg")
        return running.leg


def _level(name: str) -> Level:
    for level in (*RUNGS, "none"):
        if level == name:
            return level
    raise MediaError("media_state", f"there is no version {name} of the test picture")
