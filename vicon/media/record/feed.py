"""The media worker's end of a recording or a broadcast: taps on publishers into a socket that never
blocks. The recorder, or what broadcasts, is a process of its own; when it is slow packets are left
out, when it is gone it is told, and what is forwarded never waits for either."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import sys
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

import structlog

from vicon.core.recordplan import RecordSource
from vicon.media.record import words
from vicon.media.sfu.layer import Stored
from vicon.media.sfu.publisher import Publisher
from vicon.media.sfu.tap import Tap
from vicon.ports import (
    Clock,
    MediaError,
)

MOST_WAITING = 8 << 20
"""Bytes that the recorder has not read: what comes then is left out."""
END_S = 10.0
"""A recorder that was told to stop has so long to close its files."""
_PIPE = 1 << 20

log = structlog.get_logger("vicon.record")


class Plan(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def sources(self) -> tuple[RecordSource, ...]: ...


P = TypeVar("P", bound=Plan)
F = TypeVar("F")
_P = TypeVar("_P", contravariant=True)
_F = TypeVar("_F", covariant=True)


class Trade(Protocol[_P, _F]):
    """What one kind of process is told and tells."""

    @property
    def name(self) -> str:
        """In the log."""
        ...

    @property
    def module(self) -> str:
        """Run as a program."""
        ...

    def begin(self, plan: _P, wall: int, monotonic: float) -> words.ToRecorder: ...

    def changed(self, plan: _P) -> words.ToRecorder: ...

    def figures(self, id: str, state: words.FromRecorder, dropped: int) -> _F: ...

    def over(self, state: words.FromRecorder) -> bool:
        """Whether it is the last word."""
        ...

    def gone(self, id: str) -> _F:
        """The process ended without a last word."""
        ...


class Feed(Generic[P, F]):
    """One recording or broadcast: taps, and its process. Made by start()."""

    def __init__(
        self,
        trade: Trade[P, F],
        plan: P,
        clock: Clock,
        find: Callable[[str], Publisher | None],
        tell: Callable[[F], None],
        process: asyncio.subprocess.Process,
        line: socket.socket,
    ) -> None:
        self.plan, self._trade = plan, trade
        self.pid = process.pid
        self._clock, self._find, self._tell = clock, find, tell
        self._process, self._line = process, line
        self._taps: dict[str, Tap] = {}
        self._streams = 0
        self._waiting = bytearray()
        self._dropped = self._dropped_told = 0
        self._over = False
        self._stopping = False
        self._listening = asyncio.create_task(self._listen(), name=f"{trade.name} {plan.id}")
        self._say(trade.begin(plan, clock.now(), clock.monotonic()))
        self._tap()

    @classmethod
    async def start(
        cls,
        trade: Trade[P, F],
        plan: P,
        clock: Clock,
        find: Callable[[str], Publisher | None],
        tell: Callable[[F], None],
    ) -> Feed[P, F]:
        """`find`: a device's publisher. Raises MediaError where no process can be started."""
        try:
            ours, theirs = socket.socketpair()
        except OSError as error:
            raise MediaError("media_unavailable", f"no {trade.name}: {error}") from error
        with theirs:
            try:
                ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _PIPE)
                process = await _spawn(trade.module, theirs)
            except OSError as error:
                ours.close()
                raise MediaError("media_unavailable", f"no {trade.name}: {error}") from error
        ours.setblocking(False)
        log.info(f"- {trade.name}", recording=plan.id, pid=process.pid)
        return cls(trade, plan, clock, find, tell, process, ours)

    def update(self, plan: P) -> None:
        if plan != self.plan:
            self.plan = plan
            self._say(self._trade.changed(plan))
            self._tap()

    def _tap(self) -> None:
        wanted = {source.device: source for source in self.plan.sources}
        for device in [device for device in self._taps if device not in wanted]:
            self._taps.pop(device).close()
        for device, source in wanted.items():
            tap = self._taps.get(device)
            if tap is None:
                tap = self._taps[device] = Tap(_finder(self._find, device), _Basket(self, device))
            tap.audio, tap.video = source.audio, source.video

    def tick(self, now: float) -> None:
        """Call every 20 ms or so."""
        if self._over:
            return
        for tap in self._taps.values():
            tap.look(now)
        self._flush()

    # --- to the recorder --------------------------------------------------------------------------

    def stream(self, device: str, kind: str, codec: str, rate: int, clock: int) -> int:
        self._streams += 1
        self._say(
            words.Stream(
                stream=self._streams, device=device, kind=kind, codec=codec, rate=rate, clock=clock
            )
        )
        return self._streams

    def packet(self, stream: int, packet: Stored, now: float) -> None:
        if len(self._waiting) > MOST_WAITING:
            self._dropped += 1
            return
        number, marker, timestamp, descriptor, _, payload = packet
        flags = words.MARKER if marker else 0
        if descriptor is not None:
            flags |= (descriptor.start and words.START) | (descriptor.key and words.KEY)
        self._waiting += words.pack_packet(stream, number, timestamp, now, flags, payload)

    def sender(self, stream: int, ntp: int, timestamp: int) -> None:
        self._say(words.Sender(stream=stream, ntp=ntp, timestamp=timestamp))

    def _say(self, word: words.ToRecorder) -> None:
        if not self._over:
            self._waiting += words.pack(word)

    def _flush(self) -> None:
        if not self._waiting:
            return
        try:
            sent = self._line.send(self._waiting)
        except BlockingIOError:
            return
        except OSError:  # it is gone: _listen tells
            self._waiting.clear()
            return
        del self._waiting[:sent]

    # --- from the recorder ------------------------------------------------------------------------

    async def _listen(self) -> None:
        loop, reader, last = asyncio.get_running_loop(), words.Reader(), None
        with contextlib.suppress(OSError, words.WordError):
            while data := await loop.sock_recv(self._line, 1 << 16):
                for state in reader.states(data):
                    last = state
                    self._pass_on(state)
        if last is None or not self._trade.over(last):
            log.error(f"x {self._trade.name}", recording=self.plan.id, why="its process ended")
            self._tell(self._trade.gone(self.plan.id))
        self._quit()

    def _pass_on(self, state: words.FromRecorder) -> None:
        dropped, self._dropped_told = self._dropped - self._dropped_told, self._dropped
        if dropped:
            log.warning(
                f"x {self._trade.name} falls behind", recording=self.plan.id, packets=dropped
            )
        self._tell(self._trade.figures(self.plan.id, state, dropped))

    def _quit(self) -> None:
        """No packet is taken any more."""
        self._over = True
        for tap in self._taps.values():
            tap.close()
        self._taps.clear()
        self._waiting.clear()

    @property
    def over(self) -> bool:
        """The recorder's process says nothing more."""
        return self._listening.done()

    async def stop(self) -> None:
        """Let it close its files; it has told so when this returns, or is killed."""
        if not self._stopping and not self._over:
            self._stopping = True
            for tap in self._taps.values():
                tap.close()
            self._taps.clear()
            self._say(words.Stop())
        try:
            async with asyncio.timeout(END_S):
                while self._waiting and not self.over:
                    self._flush()
                    await self._clock.sleep(0.01)
                await asyncio.shield(self._listening)
                await self._process.wait()
        except TimeoutError:
            log.error(f"x {self._trade.name}", recording=self.plan.id, why="it did not end")
        finally:
            if self._process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    self._process.kill()
            self._listening.cancel()
            self._quit()
            self._line.close()


class _Basket(Generic[P, F]):
    """See tap.Basket: of one device."""

    def __init__(self, feed: Feed[P, F], device: str) -> None:
        self._feed, self._device = feed, device
        self.packet, self.sender = feed.packet, feed.sender

    def stream(self, kind: str, codec: str, rate: int, clock: int) -> int:
        return self._feed.stream(self._device, kind, codec, rate, clock)


class Feeds(Generic[P, F]):
    """All recordings, or broadcasts, of this worker. Whoever owns it calls tick() and, at the end,
    close()."""

    def __init__(
        self,
        trade: Trade[P, F],
        clock: Clock,
        find: Callable[[tuple[str, str]], Publisher | None],
        tell: Callable[[str, F], None],
    ) -> None:
        self._trade = trade
        self._clock, self._find, self._tell = clock, find, tell
        self._feeds: dict[str, Feed[P, F]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def want(self, conference: str, plan: P | None) -> None:
        """See ports.MediaEngine.record. A process that has ended is started anew by the next
        call. Raises MediaError."""
        async with self._locks.setdefault(conference, asyncio.Lock()):
            feed = self._feeds.get(conference)
            if feed is not None and (plan is None or feed.plan.id != plan.id or feed.over):
                await feed.stop()
                del self._feeds[conference]
                feed = None
            if plan is None:
                return
            if feed is not None:
                feed.update(plan)
                return
            self._feeds[conference] = await Feed.start(
                self._trade,
                plan,
                self._clock,
                lambda device: self._find((conference, device)),
                lambda figures: self._tell(conference, figures),
            )

    def pid(self, conference: str) -> int | None:
        """Of the conference's process."""
        feed = self._feeds.get(conference)
        return feed.pid if feed is not None else None

    def tick(self, now: float) -> None:
        for feed in self._feeds.values():
            feed.tick(now)

    async def close(self) -> None:
        await asyncio.gather(*(feed.stop() for feed in self._feeds.values()))
        self._feeds.clear()


def _finder(find: Callable[[str], Publisher | None], device: str) -> Callable[[], Publisher | None]:
    return lambda: find(device)


async def _spawn(module: str, end: socket.socket) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        "--socket",
        str(end.fileno()),
        "--log-level",
        logging.getLevelName(logging.getLogger().getEffectiveLevel()).lower(),
        stdin=asyncio.subprocess.DEVNULL,
        pass_fds=(end.fileno(),),
    )
