"""What broadcasts: `python -m vicon.media.air.live --socket FD`. Of the packets that the media
worker at the other end gives it, it decodes the rooms on air, draws the programme, mixes its sound,
encodes both once, and puts that out as HLS and to a public channel. It is niced, nothing waits for
it, and it ends when it is told to or that worker is gone. When it is late it leaves pictures out,
never sound."""

from __future__ import annotations

import argparse
import contextlib
import os
import select
import signal
import socket
import sys

import cv2
import structlog

from vicon.media.air.stream import Broadcast
from vicon.media.record import words
from vicon.ops import logging as logs
from vicon.ops.clock import SystemClock

TICK_S, TELL_S = 0.01, 1.0
READ = 1 << 18
NICE = 10

log = structlog.get_logger("vicon.broadcast")


class Live:
    def __init__(self, line: socket.socket, clock: SystemClock, level: str) -> None:
        self._line, self._clock, self._level = line, clock, level
        self._reader = words.Reader()
        self._broadcast: Broadcast | None = None
        self._stopped = False

    def run(self) -> None:
        next_tell = self._clock.monotonic() + TELL_S
        while not self._stopped:
            readable, _, _ = select.select([self._line], [], [], TICK_S)
            if readable:
                data = self._line.recv(READ)
                self._stopped = not data
                for word in self._reader.feed(data):
                    self._hear(word)
            now, broadcast = self._clock.monotonic(), self._broadcast
            if broadcast is None:
                continue
            broadcast.tick(now)
            if now >= next_tell:
                next_tell = now + TELL_S
                self._tell(broadcast, over=False)
        if self._broadcast is not None:
            self._broadcast.close()
            self._tell(self._broadcast, over=True)

    def _hear(self, word: words.ToRecorder | words.Packet) -> None:
        broadcast = self._broadcast
        match word:
            case words.BeginBroadcast():
                wall, at = word.wall, word.monotonic
                run = f"{wall // 1000:x}"
                self._broadcast = Broadcast(
                    word.plan,
                    lambda now: wall + round(1000 * (now - at)),
                    self._clock.monotonic(),
                    run,
                    self._level,
                )
            case words.Stop():
                self._stopped = True
            case _ if broadcast is None:
                pass
            case words.Programme():
                broadcast.update(word.plan, self._clock.monotonic())
            case words.Stream() | words.Packet() | words.Sender():
                broadcast.take(word)

    def _tell(self, broadcast: Broadcast, *, over: bool) -> None:
        # A worker that is gone hears nothing; one that does not read is told the next time.
        figures = broadcast.figures(self._clock.monotonic(), over=over)
        with contextlib.suppress(OSError):
            self._line.settimeout(1.0)
            self._line.sendall(words.pack(words.Aired(figures=figures)))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m vicon.media.air.live")
    parser.add_argument("--socket", type=int, required=True, help="its descriptor")
    parser.add_argument("--log-level", default="info")
    arguments = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the worker ends it, in its own time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    logs.setup(level=arguments.log_level)
    cv2.setNumThreads(1)
    with contextlib.suppress(OSError):
        os.nice(NICE)
    with socket.socket(fileno=arguments.socket) as line:
        Live(line, SystemClock(), arguments.log_level).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
