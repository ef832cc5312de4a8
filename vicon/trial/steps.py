"""What a run does in each step: asks the station, opens legs, reads what the worker measured.

Each fills `seen`; vicon.trial.verdict says what it means. What goes wrong comes out as an exception
of vicon.trial.station or as MediaError; the runner turns it into a cause.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from statistics import median
from typing import TypeVar

import structlog

from signaling import messages as wire
from vicon.measure.looks import Examined
from vicon.measure.report import LegReport
from vicon.measure.run import StepName, Words
from vicon.trial import turn, wording
from vicon.trial.judge_media import dumb, stopped_after
from vicon.trial.legs import CALL, CALL_S, LOAD, LOOK, Legs
from vicon.trial.loads import Loads
from vicon.trial.seen import PathTry, Seen
from vicon.trial.station import ASK_S, Line, StationTimeout
from vicon.trial.tools import Tools

PATHS: tuple[wire.PathName, ...] = ("udp", "turn_udp", "turn_tcp", "turn_tls")
PATH_S, QUICK_PATH_S = 5.0, 3.0
LOOK_S, QUICK_LOOK_S = 4.5, 2.5
DEVICES_S = 60.0
"""A person may have to allow camera and microphone first."""
LEAST_FRAMES = 10
"""Of its own that a station must have seen to say whether they change."""
SETTLE_S, QUICK_SETTLE_S, QUICK_CALL_S = 5.0, 2.0, 4
SETTLE_MORE_S, CALM_SECONDS, CALM_LOSS_PERCENT = 10.0, 2, 10.0
"""The call is measured after so many seconds in a row that lost no more; at the latest after
SETTLE_S and so long more: a line that goes on losing more is measured as it is."""
QUICK_ECHOES, ECHO_GAP_S, QUICK_GAP_S = 6, 0.5, 0.2
CUT_S = 60.0
PROOF_S = 1.5
LOOK_LEVEL, CALL_LEVEL, CALL_KBPS, CALL_HEIGHT = "180p", "720p", 1200, 720
_TICK_S = 0.5
_BY_RELAY: dict[str, wire.PathName] = {
    "udp": "turn_udp",
    "tcp": "turn_tcp",
    "tls": "turn_tls",
}

log = structlog.get_logger("vicon.trial")
_R = TypeVar("_R", wire.BrowserFacts, wire.DeviceFacts, wire.Connected, wire.Watched, wire.Cut)


class Steps:
    """One run's way through its steps. `moved` is called when there is something to show."""

    def __init__(
        self,
        tools: Tools,
        line: Line,
        conference: str,
        run: str,
        seconds: int,
        seen: Seen,
        *,
        live: Callable[[], bool],
        force: bool,
        extra_kbps: int,
        moved: Callable[[], None],
        delayed: Callable[[float], None],
    ) -> None:
        """`extra_kbps`: sent beside the call, as the session's other pictures are. `delayed`: the
        run may last so many seconds more (less, when negative)."""
        self.seen = seen
        self.progress: float | None = None
        self.note: Words | None = None
        self.examined: Examined | None = None
        self.still = b""
        self._tools, self._line = tools, line
        self._engine, self._clock = tools.engine, tools.clock
        self._conference, self._run = conference, run
        self._seconds = seconds if seen.kind == "full" else min(seconds, QUICK_CALL_S)
        self._live, self._force = live, force
        self._moved = moved
        self.legs = Legs(tools.engine, conference, run, extra_kbps)
        self._loads = Loads(
            tools, line, self.legs, seen, conference, run,
            live=live, show=self._show, delayed=delayed,
        )  # fmt: skip
        self.doers: Mapping[StepName, Callable[[], Awaitable[None]]] = {
            "browser": self._browser,
            "devices": self._devices,
            "signalling": self._signalling,
            "paths": self._paths,
            "media": self._media,
            "capacity": self._capacity,
            "reconnect": self._reconnect,
        }

    @property
    def _quick(self) -> bool:
        return self.seen.kind == "quick"

    # --- legs -----------------------------------------------------------------------------------

    def _name(self, leg: str) -> str:
        return self.legs.name(leg)

    async def connect(self, leg: str, sdp: str) -> str | None:
        """A station's offer; None: no such leg is wanted now. Raises MediaError."""
        answer = await self.legs.connect(leg, sdp)
        if answer is not None and leg == LOAD:
            self._loads.opened()
        return answer

    async def close_all(self) -> None:
        """Whatever happens: no leg of the run stays open."""
        await self.legs.end()
        await self._loads.end()

    async def _read(self, leg: str) -> LegReport:
        return await self._engine.leg_read(self._conference, self._name(leg))

    # --- waiting --------------------------------------------------------------------------------

    def _show(self, progress: float | None, note: Words | None = None) -> None:
        self.progress, self.note = progress, note
        self._moved()

    async def _while(
        self, work: Awaitable[wire.TaskResult], seconds: float, note: Callable[[float], Words]
    ) -> wire.TaskResult:
        """Show how far it is while something is awaited that lasts so long."""
        task = asyncio.ensure_future(work)
        began = self._clock.monotonic()
        try:
            while not task.done():
                elapsed = self._clock.monotonic() - began
                self._show(min(1.0, elapsed / seconds), note(min(elapsed, seconds)))
                await asyncio.wait([task], timeout=_TICK_S)
            return task.result()
        finally:
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    # --- 1 browser ------------------------------------------------------------------------------

    async def _browser(self) -> None:
        result = await self._line.ask(wire.DoBrowser(), ASK_S)
        self.seen.browser = _expect(result, wire.BrowserFacts)

    # --- 2 devices ------------------------------------------------------------------------------

    async def _devices(self) -> None:
        if self.seen.client == "program":
            return
        result = await self._line.ask(wire.DoDevices(), DEVICES_S)
        facts = self.seen.devices = _expect(result, wire.DeviceFacts)
        self.seen.camera = self.seen.microphone = None
        self.seen.looked, self.examined = False, None
        if facts.camera_problem and facts.microphone_problem:
            return
        ice = turn.servers(self._tools.turn, self._run, self._clock.now())
        opened = await self._call(LOOK, ice, relay_only=False, level=LOOK_LEVEL, raw=True)
        if opened.connected:
            await self._look()
        await self._line.ask(wire.DoHangUp(leg=LOOK), ASK_S)
        await self.legs.close(LOOK)

    async def _call(
        self,
        leg: str,
        ice: list[wire.IceServer],
        *,
        relay_only: bool,
        level: str = CALL_LEVEL,
        raw: bool = False,
    ) -> wire.Connected:
        self.legs.want(leg, "call", level)
        body = self._call_body(leg, ice, relay_only, raw)
        result = _expect(await self._line.ask(body, CALL_S + ASK_S), wire.Connected)
        self.legs.raise_refusal()
        if not result.connected:
            await self.legs.close(leg)
        return result

    def _call_body(
        self, leg: str, ice: list[wire.IceServer], relay_only: bool, raw: bool
    ) -> wire.DoCall:
        return wire.DoCall(
            leg=leg,
            ice=ice,
            relay_only=relay_only,
            video=True,
            raw_sound=raw,
            max_kbps=CALL_KBPS,
            height=CALL_HEIGHT,
            timeout_s=CALL_S,
        )

    async def _look(self) -> None:
        """Camera and microphone, once a second while the call is open."""
        seconds = QUICK_LOOK_S if self._quick else LOOK_S
        end = self._clock.monotonic() + seconds
        while (left := end - self._clock.monotonic()) > 0:
            await self._clock.sleep(min(1.0, left))
            collected = await self._engine.leg_collect(self._conference, self._name(LOOK))
            self.examined = await asyncio.to_thread(
                self._tools.examine, collected, True, self._moves()
            )
            self.still = self.examined.still or self.still
            left = max(0.0, end - self._clock.monotonic())
            self._show(1 - left / seconds)
        examined = self.examined
        if examined is not None:
            self.seen.camera, self.seen.microphone = examined.camera, examined.microphone
            self.seen.looked = examined.camera is not None or examined.microphone is not None

    def _moves(self) -> bool | None:
        """Whether the station saw its own camera's picture change; None: it cannot tell."""
        facts = self.seen.devices
        if facts is None or facts.frames is None or facts.frames < LEAST_FRAMES:
            return None
        return facts.changed > 0

    # --- 3 signalling ---------------------------------------------------------------------------

    async def _signalling(self) -> None:
        count, gap = round(self._tools.hold_s / ECHO_GAP_S), ECHO_GAP_S
        if self._quick:
            count, gap = QUICK_ECHOES, QUICK_GAP_S
        began = self._clock.monotonic()
        self.seen.echoes_ms = []
        self.seen.socket_lost, self.seen.held_s = False, 0.0
        for number in range(count):
            asked = self._clock.monotonic()
            await self._line.ask(wire.DoEcho(), ASK_S)
            self.seen.echoes_ms.append(1000 * (self._clock.monotonic() - asked))
            self.seen.held_s = self._clock.monotonic() - began
            self._show((number + 1) / count)
            await self._clock.sleep(max(0.0, asked + gap - self._clock.monotonic()))
        self.seen.held_s = self._clock.monotonic() - began

    # --- 4 paths --------------------------------------------------------------------------------

    async def _paths(self) -> None:
        seen = self.seen
        seen.paths, seen.chosen = [], None
        seen.turn_configured = self._tools.turn is not None
        if self._quick:
            await self._quick_paths()
            return
        for place, path in enumerate(PATHS):
            self._show(place / len(PATHS))
            tried = await self._path(path, self._ice(path))
            seen.paths.append(tried)
            if tried.good and seen.chosen is None:
                seen.chosen = path

    async def _quick_paths(self) -> None:
        """Straight, or else by whatever the TURN server's addresses give: no time for each."""
        direct = await self._path("udp", [])
        self.seen.paths.append(direct)
        if direct.good:
            self.seen.chosen = "udp"
            return
        ice = turn.servers(self._tools.turn, self._run, self._clock.now())
        if not ice:
            return
        relayed = await self._path("turn_tls", ice)
        found = relayed.connected.relay if relayed.connected is not None else ""
        path = _BY_RELAY.get(found, "turn_tls")
        self.seen.paths.append(PathTry(path, True, relayed.connected, relayed.why))
        if relayed.good:
            self.seen.chosen = path

    def _ice(self, path: wire.PathName) -> list[wire.IceServer]:
        return turn.for_path(self._tools.turn, path, self._run, self._clock.now())

    async def _path(self, path: wire.PathName, ice: list[wire.IceServer]) -> PathTry:
        if path != "udp" and not ice:
            return PathTry(path, asked=False)
        leg = f"path-{path}"
        self.legs.want(leg, "path", "none")
        seconds = QUICK_PATH_S if self._quick else PATH_S
        body = wire.DoPath(leg=leg, path=path, ice=ice, relay_only=path != "udp", timeout_s=seconds)
        result = await self._line.ask(body, seconds + ASK_S)
        await self.legs.close(leg)
        self.legs.raise_refusal()
        if isinstance(result, wire.Connected):
            return PathTry(path, asked=True, connected=result)
        why = result.why if isinstance(result, wire.Failed) else "no answer"
        return PathTry(path, asked=True, why=why)

    # --- 5 media --------------------------------------------------------------------------------

    async def _media(self) -> None:
        seen = self.seen
        seen.call = seen.watched = seen.call_connected = None
        seen.psnr_db = seen.ssim = seen.delay_down_ms = seen.delay_error_ms = None
        if seen.chosen is None:
            return
        seen.call_connected = await self._open_call()
        if not seen.call_connected.connected:
            return
        await self._settle()
        reading = asyncio.create_task(self._measure(float(self._seconds)))
        try:
            watch = wire.DoWatch(leg=CALL, seconds=float(self._seconds))
            asked = self._line.ask(watch, self._seconds + 2 * ASK_S)
            result = await self._while(asked, float(self._seconds), self._counted)
            watched = _expect(result, wire.Watched)
            seen.call, seen.watched = await reading, watched
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        await self._compare(watched)

    async def _settle(self) -> None:
        """The senders look for a rate that the line carries: what is lost on the way there is of
        our making, not the line's."""
        least = QUICK_SETTLE_S if self._quick else SETTLE_S
        most = least if self._quick else SETTLE_S + SETTLE_MORE_S
        began, calm = self._clock.monotonic(), 0
        while (spent := self._clock.monotonic() - began) < most:
            if spent >= least and calm >= CALM_SECONDS:
                break
            self._show(0.0, Words("menyiapkan", "settling"))
            calm = calm + 1 if await self._calm_second() else 0

    async def _calm_second(self) -> bool:
        await self._engine.leg_mark(self._conference, self._name(CALL))
        await self._clock.sleep(1.0)
        report = await self._read(CALL)
        lost = [one.percent for one in (report.up, report.down) if one is not None]
        return all(percent is None or percent <= CALM_LOSS_PERCENT for percent in lost)

    async def _measure(self, seconds: float) -> LegReport:
        """By our own clock: on a narrow line the station's report is itself a load, and must not
        be counted as the line's."""
        await self._engine.leg_mark(self._conference, self._name(CALL))
        self.seen.measured_from = self._clock.now()
        await self._clock.sleep(seconds)
        report = await self._read(CALL)
        self.seen.measured_to = self._clock.now()
        return report

    def _counted(self, elapsed: float) -> Words:
        return wording.both(f"{elapsed:.0f}/{self._seconds} s")

    async def _open_call(self) -> wire.Connected:
        path = self.seen.chosen
        assert path is not None
        return await self._call(CALL, self._ice(path), relay_only=path != "udp")

    async def _compare(self, watched: wire.Watched) -> None:
        """Delay and fidelity of what the station saw, by the marks."""
        seen = self.seen
        if watched.frames is not None and seen.call is not None:
            seen.delay_down_ms = one_way(watched.frames, seen.call.sent)
            if seen.delay_down_ms is not None:
                seen.delay_error_ms = watched.clock_error_ms
        picture = watched.picture
        if picture is None:
            return
        try:
            luma = base64.b64decode(picture.luma, validate=True)
            found = await asyncio.to_thread(
                self._tools.fidelity, picture.mark, luma, picture.width, picture.height
            )
        except (ValueError, binascii.Error) as error:
            log.info("x picture", why=str(error))
            return
        seen.psnr_db, seen.ssim = found.psnr_db, found.ssim

    # --- 6 capacity -----------------------------------------------------------------------------

    async def _capacity(self) -> None:
        seen = self.seen
        seen.load_down = seen.load_up = None
        seen.load_up_limited = False
        seen.load_skipped = self._no_load()
        if seen.load_skipped:
            return
        if not self.legs.is_open(CALL) and not (await self._open_call()).connected:
            seen.load_skipped = "no_path"
            return
        await self._loads.run()

    def _no_load(self) -> str:
        if self._quick:
            return "quick"
        if self.seen.together:
            return "together"
        if self._live() and not self._force:
            return "live"
        dead = self.seen.chosen is None or stopped_after(self.seen) is not None
        return "no_path" if dead else ""

    # --- 7 reconnect ----------------------------------------------------------------------------

    async def _reconnect(self) -> None:
        seen = self.seen
        seen.cut = None
        path = seen.chosen
        if self._quick or self.seen.together or path is None:
            return
        if not self.legs.is_open(CALL) and not (await self._open_call()).connected:
            self.seen.cut = wire.Cut(socket_ms=None, media_ms=None)
            return
        self.legs.want(CALL, "call", CALL_LEVEL)
        body = wire.DoCut(call=self._call_body(CALL, self._ice(path), path != "udp", False))
        try:
            cut = _expect(await self._line.ask(body, CUT_S, may_go=True), wire.Cut)
        except StationTimeout:
            if self._line.station.visitor is not None:
                raise
            cut = wire.Cut(socket_ms=None, media_ms=None)  # it is what was asked: it stays away
        if cut.media_ms is not None and not dumb(seen) and not await self._flows():
            cut = wire.Cut(socket_ms=cut.socket_ms, media_ms=None)
        self.seen.cut = cut

    async def _flows(self) -> bool:
        """The server itself sees packets of the call that was made anew."""
        await self._engine.leg_mark(self._conference, self._name(CALL))
        await self._clock.sleep(PROOF_S)
        return (await self._read(CALL)).up_kbps > 1


def _expect(result: wire.TaskResult, kind: type[_R]) -> _R:
    if isinstance(result, kind):
        return result
    why = result.why if isinstance(result, wire.Failed) else type(result).__name__
    raise TaskFailed(why)


class TaskFailed(Exception):
    """The station could not do what it was asked; the message is its own."""


def one_way(frames: wire.SeenFrames, sent: list[tuple[int, float, int]]) -> float | None:
    """Median ms from sending to coming of the frames that both ends know; None below ten."""
    when = {timestamp: at for timestamp, at, _ in sent}
    delays = [
        arrived - when[rtp]
        for rtp, arrived in zip(frames.rtp, frames.arrived, strict=False)
        if rtp in when and arrived > 0
    ]
    return median(delays) if len(delays) >= 10 else None
