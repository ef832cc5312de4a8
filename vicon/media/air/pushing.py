"""The process that sends to the public channel, from the side of the one that makes the stream:
begun at a key frame, never waited for, ended when it hangs, tried again after a while."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys

import msgspec
import structlog

from vicon.media.air.boxes import Fragment
from vicon.media.air.push import Target
from vicon.programme.broadcast import ChannelState

FIRST_S, LONGEST_S = 1.0, 60.0
"""After a failure so long to the next try; doubled each time."""
CONNECT_S, HANG_S = 20.0, 10.0
"""It must have begun after so long, and take something so often."""
STEADY_S = 30.0
"""What went on so long was no failure."""
MOST_WAITING = 4 << 20
"""Bytes that the channel has not taken."""

log = structlog.get_logger("vicon.broadcast")


class Pushing:
    """Times are monotonic seconds. No call waits."""

    def __init__(self, target: Target, level: str = "info") -> None:
        self._target, self._level = target, level
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting = bytearray()
        self._joined = False
        """It was given a beginning."""
        self._began = self._heard = self._sending_since = 0.0
        self._sends = False
        self._next_try = 0.0
        self._pause = FIRST_S

    @property
    def state(self) -> ChannelState:
        if self._process is None:
            return "waiting"
        return "sending" if self._sends else "connecting"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def add(self, head: bytes, fragment: Fragment) -> None:
        if self._process is None:
            return
        if not self._joined:
            if not fragment.key:
                return
            self._joined = True
            self._waiting += head
        self._waiting += fragment.data

    def tick(self, now: float) -> None:
        """Call every 20 ms or so."""
        if self._process is None:
            if now >= self._next_try:
                self._start(now)
            return
        why = self._flush() or self._listen(now) or self._hangs(now)
        if why:
            self._end(why, now)

    def _start(self, now: float) -> None:
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "vicon.media.air.push", self._level],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        except OSError as error:
            log.error("x channel", why=str(error))
            self._fail(now)
            return
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)
        self._waiting = bytearray(msgspec.json.encode(self._target) + b"\n")
        self._joined = self._sends = False
        self._began = self._heard = now

    def _flush(self) -> str:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            if self._waiting:
                sent = os.write(self._process.stdin.fileno(), self._waiting)
                del self._waiting[:sent]
        except BlockingIOError:
            pass
        except OSError:
            return "it ended"
        return "it takes too little" if len(self._waiting) > MOST_WAITING else ""

    def _listen(self, now: float) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        try:
            told = os.read(self._process.stdout.fileno(), 1 << 16)
        except BlockingIOError:
            return ""
        if not told:
            return "it ended"
        if not self._sends:
            self._sends, self._sending_since = True, now
            log.info("> channel", pid=self._process.pid)
        self._heard = now
        return ""

    def _hangs(self, now: float) -> str:
        if not self._joined:
            self._heard = max(self._heard, now - 1.0)  # there is nothing that it could take
        limit = HANG_S if self._sends else CONNECT_S
        return "no answer" if now - self._heard > limit else ""

    def _end(self, why: str, now: float) -> None:
        if self._sends and now - self._sending_since > STEADY_S:
            self._pause = FIRST_S
        self._kill()
        log.warning("x channel", why=why, again_s=self._pause)
        self._fail(now)

    def _fail(self, now: float) -> None:
        self._sends = False
        self._next_try = now + self._pause
        self._pause = min(LONGEST_S, 2 * self._pause)

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        process.wait(5)
        self._waiting.clear()

    def close(self, patience_s: float = 3.0) -> None:
        """Let it send what it has, no longer than that."""
        process = self._process
        if process is not None and process.stdin is not None and self._sends:
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                os.write(process.stdin.fileno(), self._waiting)
                process.stdin.close()
                process.wait(patience_s)
        self._kill()
