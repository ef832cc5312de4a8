"""A program that can be tested for its room, as a browser on its test page can: it does what the
server's `trial.do` asks, one thing after the other, and reports."""

from __future__ import annotations

import asyncio
import base64
import os
import platform
import ssl
from collections.abc import Awaitable, Callable
from typing import NoReturn

import av
import numpy as np
import structlog

from signaling import feed
from signaling import messages as wire
from signaling.client import Client, CommandRefused, ConnectionLost, TrialMessage
from vicon import __version__
from vicon.agent import turn
from vicon.agent.call import Call, open_call, try_path
from vicon.agent.connections import Tools
from vicon.measure import picture
from vicon.measure.encode import Clip
from vicon.measure.heard import heard_chirps
from vicon.measure.ladder import HEIGHTS, Level
from vicon.measure.sync import sound_after_picture
from vicon.measure.testclip import FPS
from vicon.rtc.ice import TurnServer
from vicon.rtc.sdp import SdpError
from vicon.rtc.transport import TransportError

log = structlog.get_logger("vicon.agent")

TASKS = 8
"""More than one at a time is already the server's mistake."""
BACK_S = 30.0
MEDIA_S = 15.0
CLIP_S = 15.0
_LOOK_S = 0.02
_SHOWN_MOST = 4000
_PICTURE = (320, 180)
_TROUBLE = (TransportError, SdpError, CommandRefused, ConnectionLost, TimeoutError, OSError)


def description() -> str:
    """As a report names it."""
    return f"vicon {__version__}, Python {platform.python_version()}, {platform.system()}"


class Station:
    """`run` it beside the client; on_trial() gets the client's trial messages, of which those for
    others are passed on to `others`."""

    def __init__(
        self,
        client: Client,
        tools: Tools,
        clip: Callable[[], Awaitable[Clip]],
        name: str,
        *,
        tls: ssl.SSLContext | None = None,
        others: Callable[[TrialMessage], None] = lambda message: None,
    ) -> None:
        """`clip` gives the marked clip; asked for once. `tls`: for TURN over TLS."""
        self.name = name
        self._client, self._tools = client, tools
        self._make_clip = clip
        self._clip: Clip | None = None
        self._making = asyncio.Lock()
        self._asked = asyncio.Event()
        self._tls = tls
        self._others = others
        self._tasks: asyncio.Queue[wire.TrialDo] = asyncio.Queue(TASKS)
        self._calls: dict[str, Call] = {}
        self._run_id = ""
        self._doing: asyncio.Task[wire.TaskResult | None] | None = None
        """What may be given up for another task."""
        client.on_trial = self.on_trial

    def on_trial(self, message: TrialMessage) -> None:
        if not isinstance(message, wire.TrialDo):
            self._others(message)
            return
        try:
            self._tasks.put_nowait(message)
        except asyncio.QueueFull:
            log.warning("x trial task", task=message.task, why="too many wait")
            return
        if self._doing is not None:  # what is asked now takes its place
            self._doing.cancel()

    async def run(self) -> NoReturn:
        """Until cancelled; then everything is closed."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep_offering(), name="station-offer")
                group.create_task(self._work(), name="station-work")
                group.create_task(self._prepare_when_asked(), name="station-clip")
        finally:
            await self._close_all()
        raise AssertionError("both tasks go on until they are cancelled")

    async def prepare(self) -> None:
        """Have the clip ready. It costs seconds, and the line must not be blamed for them: call
        this before offering, where nobody waits; else it begins with the first task."""
        async with self._making:
            if self._clip is None:
                self._clip = await self._make_clip()

    async def _prepare_when_asked(self) -> None:
        await self._asked.wait()
        await self.prepare()

    # --- being there ----------------------------------------------------------------------------

    async def _keep_offering(self) -> NoReturn:
        with self._client.watch() as events:
            if self._client.connected:
                await self.offer()
            async for event in events:
                if isinstance(event, feed.Connected):
                    await self.offer()
        await asyncio.Event().wait()
        raise AssertionError

    async def offer(self) -> None:
        """Say that we can be tested; again after every new connection."""
        body = wire.TrialOffer(station=self.name, client="program", agent=description())
        try:
            await self._client.command(body)
        except (CommandRefused, ConnectionLost, TimeoutError) as error:
            log.info("x trial.offer", why=str(error))

    # --- doing what is asked --------------------------------------------------------------------

    async def _work(self) -> NoReturn:
        while True:
            message = await self._tasks.get()
            self._asked.set()
            self._run_id = message.run
            log.info("< trial.do", what=message.body.__struct_config__.tag, task=message.task)
            if isinstance(message.body, wire.DoEnd):
                await self._close_all()
            elif (result := await self._unless_replaced(message.body)) is not None:
                await self._report(message, result)

    async def _unless_replaced(self, body: wire.Task) -> wire.TaskResult | None:
        """None: the server has given it up and asks for something else."""
        doing = self._doing = asyncio.create_task(self._do(body), name="station-task")
        try:
            await asyncio.wait([doing])
        finally:
            self._doing = None
            doing.cancel()
            await asyncio.gather(doing, return_exceptions=True)
        return None if doing.cancelled() else doing.result()

    async def _do(self, body: wire.Task) -> wire.TaskResult | None:
        try:
            return await self._perform(body)
        except _TROUBLE as error:
            return wire.Failed(why=(str(error) or type(error).__name__)[:300])

    async def _report(self, message: wire.TrialDo, result: wire.TaskResult) -> None:
        body = wire.TrialReport(run=message.run, task=message.task, result=result)
        try:
            await self._client.command(body)
        except (CommandRefused, ConnectionLost, TimeoutError) as error:
            log.info("x trial.report", task=message.task, why=str(error))

    async def _perform(self, body: wire.Task) -> wire.TaskResult | None:
        match body:
            case wire.DoBrowser():
                return self._facts()
            case wire.DoDevices():
                return wire.DeviceFacts()
            case wire.DoEcho():
                return wire.Echoed()
            case wire.DoPath():
                return await self._path(body)
            case wire.DoCall():
                return await self._call(body)
            case wire.DoWatch():
                return await self._watch(body)
            case wire.DoHangUp():
                await self._hang_up(body.leg)
                return wire.Echoed()
            case wire.DoLoadUp():
                return await self._load(body)
            case wire.DoCut():
                return await self._cut(body)
            case wire.DoEnd():
                return None

    def _facts(self) -> wire.BrowserFacts:
        return wire.BrowserFacts(
            secure=True,
            webrtc=True,
            agent=description(),
            codecs=["VP8", "opus"],
            platform=platform.machine(),
            threads=os.cpu_count() or 0,
        )

    def _negotiate(self, leg: str) -> Callable[[str], Awaitable[str]]:
        async def ask(offer: str) -> str:
            body = wire.TrialConnect(run=self._run_id, leg=leg, sdp=offer)
            result = await self._client.command(body)
            if not isinstance(result, wire.TrialAnswer):
                raise TransportError("the server answered the offer with something else")
            return result.sdp

        return ask

    async def _path(self, body: wire.DoPath) -> wire.Connected:
        server = self._one(body.ice) if body.relay_only else None
        began = self._tools.clock.monotonic()
        try:
            await try_path(self._tools, self._negotiate(body.leg), server, body.timeout_s)
        except _TROUBLE as error:
            return wire.Connected(connected=False, errors=[str(error)[:300]])
        return self._connected(began, server)

    def _one(self, ice: list[wire.IceServer]) -> TurnServer:
        found = turn.servers(ice, self._tls)
        if not found:
            raise TransportError("no TURN server that a program can use")
        return found[0]

    def _connected(self, began: float, server: TurnServer | None) -> wire.Connected:
        ms = 1000 * (self._tools.clock.monotonic() - began)
        if server is None:
            return wire.Connected(connected=True, ms=ms, candidate="host", protocol="udp")
        how = "tls" if server.tls is not None else server.transport
        return wire.Connected(connected=True, ms=ms, candidate="relay", protocol="udp", relay=how)

    async def _call(self, body: wire.DoCall) -> wire.Connected:
        await self._hang_up(body.leg)
        server = self._one(body.ice) if body.relay_only else None
        clip = await self._the_clip()
        began = self._tools.clock.monotonic()
        try:
            self._calls[body.leg] = await open_call(
                self._tools,
                clip,
                _level(body),
                self._negotiate(body.leg),
                server,
                body.relay_only,
                body.timeout_s,
            )
        except _TROUBLE as error:
            return wire.Connected(connected=False, errors=[str(error)[:300]])
        return self._connected(began, server)

    async def _the_clip(self) -> Clip:
        try:
            async with asyncio.timeout(CLIP_S):
                await self.prepare()
        except TimeoutError as error:
            raise TransportError("the test picture is not ready on this machine") from error
        assert self._clip is not None
        return self._clip

    def _open(self, leg: str) -> Call:
        call = self._calls.get(leg)
        if call is None or call.transport.state != "connected":
            raise TransportError("the call is not open")
        return call

    async def _hang_up(self, leg: str) -> None:
        call = self._calls.pop(leg, None)
        if call is not None:
            await call.close()

    async def _close_all(self) -> None:
        for leg in list(self._calls):
            await self._hang_up(leg)

    # --- watching -------------------------------------------------------------------------------

    async def _watch(self, body: wire.DoWatch) -> wire.Watched:
        call = self._open(body.leg)
        call.leg.mark(self._tools.clock.monotonic())
        await self._tools.clock.sleep(body.seconds)
        now = self._tools.clock.monotonic()
        report = call.leg.read(now)
        seen, pictured = await asyncio.to_thread(_read_keys, call.leg.key_frames())
        offset = await asyncio.to_thread(_offset, call.leg.sound(), call.leg.shown(), seen)
        shown = report.picture
        return wire.Watched(
            seconds=report.seconds,
            frames=self._frames(call, seen),
            decoded=shown.frames if shown else 0,
            width=shown.width if shown else 0,
            height=shown.height if shown else 0,
            freezes=shown.freezes if shown else None,
            frozen_ms=shown.frozen_ms if shown else None,
            packets=report.down.packets if report.down else None,
            lost=report.down.lost if report.down else None,
            av_offset_ms=offset,
            clock_error_ms=self._clock_error(now),
            picture=pictured,
        )

    def _clock_error(self, now: float) -> float | None:
        known = self._client.server_ms(now)
        return known[1] if known is not None else None

    def _frames(self, call: Call, marks: dict[int, int]) -> wire.SeenFrames | None:
        came = call.leg.shown()[-_SHOWN_MOST:]
        if not came or self._client.server_ms(0.0) is None:
            return None
        times = [round((self._client.server_ms(at) or (0.0, 0.0))[0], 1) for _, at in came]
        return wire.SeenFrames(
            rtp=[timestamp for timestamp, _ in came],
            arrived=times,
            shown=[],
            mark=[marks.get(timestamp, -2) for timestamp, _ in came],
        )

    # --- load and cut ---------------------------------------------------------------------------

    async def _load(self, body: wire.DoLoadUp) -> wire.Loaded:
        call = self._open(body.leg)
        clock = self._tools.clock
        call.leg.start_load(body.to_kbps, body.seconds, clock.monotonic())
        async with asyncio.timeout(body.timeout_s):
            while call.leg.load_report(clock.monotonic()) is None:
                self._open(body.leg)
                await clock.sleep(0.1)
        return wire.Loaded(connected=True)

    async def _cut(self, body: wire.DoCut) -> wire.Cut:
        clock = self._tools.clock
        began = clock.monotonic()
        self._client.cut()
        try:
            with self._client.watch() as events:
                async with asyncio.timeout(BACK_S):
                    async for event in events:
                        if isinstance(event, feed.Connected):
                            break
        except TimeoutError:
            return wire.Cut(socket_ms=None, media_ms=None)
        socket_ms = 1000 * (clock.monotonic() - began)
        await self.offer()
        opened = await self._call(body.call)
        if not opened.connected:
            return wire.Cut(socket_ms=socket_ms, media_ms=None)
        call = self._open(body.call.leg)
        try:
            async with asyncio.timeout(MEDIA_S):
                while not call.received:
                    await clock.sleep(_LOOK_S)
        except TimeoutError:
            return wire.Cut(socket_ms=socket_ms, media_ms=None)
        return wire.Cut(socket_ms=socket_ms, media_ms=1000 * (clock.monotonic() - began))


def _level(body: wire.DoCall) -> Level:
    if not body.video:
        return "audio"
    fitting = [level for level, height in HEIGHTS.items() if height <= body.height]
    return fitting[0] if fitting else "180p"


def _read_keys(
    frames: list[tuple[int, bytes]],
) -> tuple[dict[int, int], wire.SeenPicture | None]:
    """Marks of key frames by RTP timestamp, each decoded alone, and the last one in grey."""
    marks: dict[int, int] = {}
    last: wire.SeenPicture | None = None
    for timestamp, data in frames:
        decoder = av.VideoCodecContext.create("vp8", "r")
        try:
            shown = list(decoder.decode(av.Packet(data)))
        except av.FFmpegError:
            continue
        for frame in shown:
            plane = frame.planes[0]
            rows = np.frombuffer(memoryview(plane), np.uint8).reshape(frame.height, -1)
            luma = np.ascontiguousarray(rows[:, : frame.width])
            mark = picture.read(luma)
            marks[timestamp] = -1 if mark is None else mark
            if mark is not None:
                last = _grey(mark, luma)
    return marks, last


def _offset(
    sound: list[tuple[float, bytes]], shown: list[tuple[int, float]], marks: dict[int, int]
) -> float | None:
    """Sound after picture in ms, as they came over the line: a program plays neither."""
    seen = [(at, marks[stamp]) for stamp, at in shown if marks.get(stamp, -1) >= 0]
    found = sound_after_picture(heard_chirps(sound), seen, FPS)
    return 1000 * found if found is not None else None


def _grey(mark: int, luma: picture.Luma) -> wire.SeenPicture:
    width, height = _PICTURE
    # The wire's grey is full range, as a browser's canvas gives it; video's is 16 to 235.
    wide = (picture.scaled(luma, width, height).astype(np.float32) - 16) * (255 / 219)
    small = np.clip(np.rint(wide), 0, 255).astype(np.uint8)
    body = base64.b64encode(small.tobytes()).decode()
    return wire.SeenPicture(mark=mark, width=width, height=height, luma=body)
