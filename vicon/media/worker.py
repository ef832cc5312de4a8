"""The media worker: `python -m vicon.media.worker --socket FD`. It does what the process at
the other end of that socket tells it, and ends when that process is gone."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import resource
import signal
import socket
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import structlog

from vicon.core.recordplan import RecordingFigures
from vicon.media import ipc
from vicon.media.host import MediaHost
from vicon.media.legs import MAX_LEGS
from vicon.ops import logging as logs
from vicon.ops import telemetry, trace
from vicon.ops.clock import SystemClock
from vicon.ports import (
    LayersWanted,
    MediaError,
    MediaFigures,
    PublishAgain,
)
from vicon.programme.broadcast import BroadcastFigures
from vicon.rtc.udp import UdpPlan

MAX_PARALLEL = 64
MAX_LONG = 2 * MAX_LEGS
"""Of requests that last for seconds: they never take the place of what the session asks."""
MAX_UNREAD = 1 << 20
"""Bytes that the main process has not read, beyond which no figures are told."""
GC_ALLOCATIONS = 50_000
"""Objects made and not yet let go of, after which the youngest are searched for cycles."""

log = structlog.get_logger("vicon.media")
_NOTED = (ipc.Publish, ipc.Subscribe, ipc.Play, ipc.Restart)
"""What connections begin with."""
_Long = ipc.LegSend | ipc.LegLoadDown | ipc.LegLoadUp


class Worker:
    """Serves one stream of requests; requests of one device keep their order."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        udp: UdpPlan,
        cache: Path | None,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._host = MediaHost(
            SystemClock(),
            self._publishing,
            self._layers,
            self._again,
            self._figures,
            self._recording,
            self._broadcast,
            udp=udp,
            cache=cache,
        )
        self._slots = asyncio.Semaphore(MAX_PARALLEL)
        self._long_slots = asyncio.Semaphore(MAX_LONG)

    async def run(self) -> None:
        """Until the stream ends."""
        self._say(ipc.Ready(pid=os.getpid()))
        async with asyncio.TaskGroup() as tasks:
            ticking = tasks.create_task(self._host.run(), name="media ticks")
            try:
                await self._serve(tasks)
            except (asyncio.IncompleteReadError, ConnectionError):
                log.info("- the main process closed the socket")
            finally:
                ticking.cancel()
                await self._host.legs.close_all()  # else a load would go on to its end
        await self._host.close()

    async def _serve(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            request = await ipc.read_request(self._reader)
            if isinstance(request, ipc.Ping):
                self._say(self._health(request.id))
                continue
            if isinstance(request, ipc.Routes):
                self._host.route(request.conference, request.routes)
                self._say(ipc.Done(id=request.id))
                continue
            if isinstance(request, _Long):
                if self._long_slots.locked():
                    self._refuse(request.id, _too_many())
                    continue
                slots, doing = self._long_slots, self._do_leg(request)
            else:
                slots, doing = self._slots, self._do(request)
            await slots.acquire()
            handling = self._handle(request, doing, slots)
            tasks.create_task(handling, name=f"media request {request.id}")

    async def _handle(
        self,
        request: ipc.Request,
        doing: Coroutine[Any, Any, ipc.Reply],
        slots: asyncio.Semaphore,
    ) -> None:
        began = asyncio.get_running_loop().time()
        with trace.following(request.trace):
            try:
                self._say(await doing)
                _note(request, began)
            except MediaError as error:
                self._refuse(request.id, error)
                _note(request, began, error.code)
            finally:
                slots.release()

    def _refuse(self, number: int, error: MediaError) -> None:
        self._say(ipc.Failed(id=number, code=error.code, message=str(error)))

    async def _do(self, request: ipc.SessionRequest | ipc.LegRequest) -> ipc.Reply:
        if isinstance(request, ipc.LegRequest):
            return await self._do_leg(request)
        if isinstance(request, ipc.Record):
            await self._host.record(request.conference, request.plan)
            return ipc.Done(id=request.id)
        if isinstance(request, ipc.Broadcast):
            await self._host.broadcast(request.conference, request.plan)
            return ipc.Done(id=request.id)
        key = (request.conference, request.device)
        if isinstance(request, ipc.Publish):
            return ipc.Published(id=request.id, sdp=await self._host.publish(key, request.sdp))
        if isinstance(request, ipc.Subscribe):
            offer, slots = await self._host.subscribe(key, request.slots, request.start_kbps)
            return ipc.Offered(id=request.id, sdp=offer, slots=slots)
        if isinstance(request, ipc.Restart):
            text = await self._host.restart(key, request.line, request.sdp)
            return ipc.Published(id=request.id, sdp=text)
        if isinstance(request, ipc.TakeStill):
            return ipc.StillTaken(id=request.id, still=await self._host.still(key))
        if isinstance(request, ipc.Play):
            answer = await self._host.play(key, request.sdp, request.slots)
            return ipc.Published(id=request.id, sdp=answer)
        if isinstance(request, ipc.Answer):
            await self._host.answer(key, request.sdp)
        elif isinstance(request, ipc.Candidate):
            self._host.candidate(key, request.line, request.candidate)
        else:
            await self._host.remove(key)
        return ipc.Done(id=request.id)

    async def _do_leg(self, request: ipc.LegRequest) -> ipc.Reply:
        name = (request.conference, request.leg)
        number, legs = request.id, self._host.legs
        match request:
            case ipc.LegOpen():
                return ipc.Published(
                    id=number, sdp=await legs.open(name, request.kind, request.sdp)
                )
            case ipc.LegSend():
                await legs.send(name, request.level, request.extra_kbps)
            case ipc.LegMark():
                legs.mark(name)
            case ipc.LegRead():
                return ipc.Measured(id=number, report=legs.read(name))
            case ipc.LegCollect():
                return ipc.Gathered(id=number, collected=legs.collect(name))
            case ipc.LegLoadDown():
                down = await legs.load_down(name, request.ceiling_kbps, request.seconds)
                return ipc.Loaded(id=number, report=down)
            case ipc.LegLoadUp():
                up = await legs.load_up(name, request.seconds, request.quiet_rtt)
                return ipc.Loaded(id=number, report=up)
            case ipc.LegClose():
                await legs.close(name)
        return ipc.Done(id=number)

    def _health(self, number: int) -> ipc.Health:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return ipc.Health(
            id=number,
            connections=self._host.connections,
            cpu_s=usage.ru_utime + usage.ru_stime,
            late_ms=self._host.late_ms(),
            dropped=self._host.dropped,
        )

    def _publishing(self, conference: str, device: str, publishing: bool) -> None:
        self._say(ipc.Publishing(conference=conference, device=device, publishing=publishing))

    def _layers(self, conference: str, wanted: LayersWanted) -> None:
        self._say(ipc.Layers(conference=conference, wanted=wanted))

    def _again(self, conference: str, word: PublishAgain) -> None:
        self._say(ipc.Again(conference=conference, word=word))

    def _figures(self, conference: str, figures: MediaFigures) -> None:
        """Left out while the main process does not read: the next ones say more."""
        if self._writer.transport.get_write_buffer_size() > MAX_UNREAD:
            return
        self._say(ipc.Figures(conference=conference, figures=figures))

    def _recording(self, conference: str, figures: RecordingFigures) -> None:
        self._say(ipc.RecordingTold(conference=conference, figures=figures))

    def _broadcast(self, conference: str, figures: BroadcastFigures) -> None:
        self._say(ipc.BroadcastTold(conference=conference, figures=figures))

    def _say(self, word: ipc.FromWorker) -> None:
        # Never more than one reply per request and one word per change wait here. When the main
        # process is gone, there is nobody to tell.
        if not self._writer.is_closing():
            self._writer.write(ipc.pack(word))


def _note(request: ipc.Request, began: float, code: str = "") -> None:
    """One canonical line per request; of what is asked all the time at debug, unless it fails."""
    words = {
        "act": str(request.__struct_config__.tag),
        "outcome": "refused" if code else "done",
        "ms": round(1000 * (asyncio.get_running_loop().time() - began), 1),
        "conference": getattr(request, "conference", ""),
        "device": getattr(request, "device", ""),
        "leg": getattr(request, "leg", ""),
        "code": code,
    }
    said = {key: value for key, value in words.items() if value != ""}
    if code:
        log.info("x media", **said)
    elif isinstance(request, _NOTED):
        log.info("< media", **said)
    else:
        log.debug("< media", **said)


def _too_many() -> MediaError:
    return MediaError("media_unavailable", "too much is asked of trial legs at once")


async def _main(descriptor: int, udp: UdpPlan, cache: Path | None) -> None:
    ours = socket.socket(fileno=descriptor)
    reader, writer = await asyncio.open_unix_connection(sock=ours)
    try:
        await Worker(reader, writer, udp, cache).run()
    finally:
        writer.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m vicon.media.worker")
    parser.add_argument("--socket", type=int, required=True, help="its descriptor")
    parser.add_argument("--address", action="append", default=[], help="of this machine, for media")
    parser.add_argument("--announce", action="append", default=[], help="its address outside")
    parser.add_argument("--ports", default="0-0", help="first and last UDP port")
    parser.add_argument("--cache", type=Path, help="directory for what is made once")
    parser.add_argument("--log-level", default="info")
    arguments = parser.parse_args()
    # Ctrl-C goes to the whole group; the main process ends the worker in its own time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logs.setup(level=arguments.log_level, beside=telemetry.begin("media"))
    # What is loaded now stays; packets and reports make no cycles, so that looking for some can
    # wait: it would hold all media up for milliseconds.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_ALLOCATIONS, 20, 50)
    first, last = map(int, arguments.ports.split("-"))
    udp = UdpPlan(
        addresses=tuple(arguments.address),
        ports=(first, last),
        announced=tuple(arguments.announce),
    )
    asyncio.run(_main(arguments.socket, udp, arguments.cache))
    return 0


if __name__ == "__main__":
    sys.exit(main())
