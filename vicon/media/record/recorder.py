"""The recorder: `python -m vicon.media.record.recorder --socket FD`. It writes what the media
worker at the other end gives it, one recording, and ends when it is told to or that worker is
gone: then all files are closed as they should be. It is niced, and nothing waits for it."""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import structlog

from vicon.core.recordcourse import chapters_within
from vicon.core.recordplan import (
    RecordPart,
    RecordPlan,
    RecordTrouble,
)
from vicon.media.record import words
from vicon.media.record.part import FrameError, Part, Picture
from vicon.media.record.source import SourceFiles
from vicon.ops import logging as logs
from vicon.ops.clock import SystemClock

TICK_S, TELL_S, SYNC_S = 0.05, 1.0, 5.0
READ = 1 << 18
NICE = 10
MOST_FILES = 9999
"""Of one room."""

log = structlog.get_logger("vicon.record")


class Recording:
    """All files of one recording. `wall` maps monotonic seconds to Unix ms."""

    def __init__(self, plan: RecordPlan, wall: Callable[[float], int]) -> None:
        self.plan = plan
        self.trouble: RecordTrouble | None = None
        self._wall = wall
        self._directory = Path(plan.directory)
        self._files: dict[str, SourceFiles] = {}
        self._streams: dict[int, SourceFiles] = {}
        self._ended: list[RecordPart] = []

    def update(self, plan: RecordPlan) -> None:
        """Sources and markers; a source that is gone has its file closed."""
        self.plan = plan
        kept = {source.device for source in plan.sources}
        for device in [device for device in self._files if device not in kept]:
            files = self._files.pop(device)
            self._streams = {n: f for n, f in self._streams.items() if f is not files}
            with self._trying(files):
                files.tick(0.0, end=True)
            self._close(files)

    def stream(self, word: words.Stream) -> None:
        source = next((s for s in self.plan.sources if s.device == word.device), None)
        if source is None:
            return
        files = self._files.get(word.device)
        if files is None:
            files = self._files[word.device] = SourceFiles(
                source.device, source.room, self._open_part, self._close, self.plan.most_bytes
            )
        self._streams = {n: f for n, f in self._streams.items() if n > word.stream - 1000}
        self._streams[word.stream] = files
        files.stream(word)

    def take(self, word: words.Packet | words.Sender) -> None:
        files = self._streams.get(word.stream)
        if files is None:
            return
        if isinstance(word, words.Packet):
            files.packet(word)
        else:
            files.sender(word)

    def tick(self, now: float, *, end: bool = False) -> None:
        for files in self._files.values():
            with self._trying(files):
                files.tick(now, end=end)

    def look(self) -> None:
        """Whether the disk still has room: ends the recording where it has not."""
        if self.free_bytes() < self.plan.least_free and self.trouble is None:
            self._fail("disk_full", "the disk is nearly full")

    def close(self) -> None:
        for files in self._files.values():
            if self.trouble is None:
                with self._trying(files):
                    files.tick(0.0, end=True)
            self._close(files)
            files.part = None

    def free_bytes(self) -> int:
        try:
            found = os.statvfs(self._directory)
        except OSError as error:
            self._fail("write_failed", str(error))
            return 0
        return found.f_bavail * found.f_frsize

    def state(self, now: float, *, over: bool) -> words.State:
        parts = [*self._ended, *map(self._about, self._written())]
        self._ended = []
        return words.State(
            parts=tuple(parts),
            sources=tuple(files.figures(now) for files in self._files.values()),
            free_bytes=self.free_bytes(),
            over=over,
            trouble=self.trouble,
        )

    def _written(self) -> list[SourceFiles]:
        """Those of whose open file something stands on the disk."""
        return [files for files in self._files.values() if files.part and files.part.size]

    def sync(self) -> None:
        """May be called in another thread."""
        for files in list(self._files.values()):
            part = files.part
            if part is not None:
                with contextlib.suppress(OSError, ValueError):  # closed meanwhile; told otherwise
                    part.sync()

    def _open_part(self, files: SourceFiles, at: float, picture: Picture | None) -> Part:
        source = next((s for s in self.plan.sources if s.device == files.device), None)
        tags = {
            "title": source.name if source is not None else files.room,
            "room": files.room,
            "device": files.device,
            "recording": self.plan.id,
            "start_unix_ms": str(self._wall(at)),
        }
        suffix = "mkv" if picture is not None and picture.codec == "h264" else "webm"
        for number in range(1, MOST_FILES):
            stem = f"{files.room}-{number}"
            if any((self._directory / f"{stem}.{end}").exists() for end in ("webm", "mkv")):
                continue
            part = Part(self._directory / f"{stem}.{suffix}", picture, tags)
            log.info("- file", file=part.path.name, room=files.room)
            return part
        raise OSError(errno.EMFILE, "too many files of one room")

    def _about(self, files: SourceFiles, *, ended: bool = False) -> RecordPart:
        part = files.part
        assert part is not None
        return RecordPart(
            file=part.path.name,
            room=files.room,
            device=files.device,
            video=part.picture.codec if part.picture is not None else "",
            began=self._wall(files.began),
            seconds=round(part.seconds, 3),
            bytes=part.size,
            ended=ended,
        )

    def _close(self, files: SourceFiles) -> None:
        part = files.part
        if part is None:
            return
        began = self._wall(files.began)
        with self._trying():
            part.close(chapters_within(self.plan.markers, began, part.seconds))
        if part.size:
            self._ended.append(self._about(files, ended=True))
        else:  # what was to begin it was no picture
            part.path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _trying(self, files: SourceFiles | None = None) -> Iterator[None]:
        """An error of the disk ends the recording; one of a source's pictures, that file."""
        try:
            yield
        except FrameError as error:
            log.error("x frame", why=str(error))
            if files is not None:
                files.spoil()
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            self._fail("disk_full" if full else "write_failed", str(error))

    def _fail(self, trouble: RecordTrouble, why: str) -> None:
        if self.trouble is None:
            self.trouble = trouble
            log.error("x recording", recording=self.plan.id, trouble=trouble, why=why)


class Recorder:
    def __init__(self, line: socket.socket, clock: SystemClock) -> None:
        self._line, self._clock = line, clock
        self._reader = words.Reader()
        self._recording: Recording | None = None
        self._stopped = False

    def run(self) -> None:
        """Until it is told to stop, its worker is gone or the disk does not take more."""
        next_tick = next_tell = next_sync = self._clock.monotonic()
        while not self._stopped:
            readable, _, _ = select.select([self._line], [], [], TICK_S)
            if readable:
                data = self._line.recv(READ)
                self._stopped = not data
                for word in self._reader.feed(data):
                    self._hear(word)
            now, recording = self._clock.monotonic(), self._recording
            if recording is None or now < next_tick:
                continue
            next_tick = now + TICK_S
            recording.tick(now)
            if now >= next_tell:
                next_tell = now + TELL_S
                recording.look()
                self._tell(recording.state(now, over=False))
            if now >= next_sync:
                next_sync = now + SYNC_S
                threading.Thread(target=recording.sync, daemon=True).start()
            if recording.trouble is not None:
                break
        if self._recording is not None:
            self._recording.close()
            self._tell(self._recording.state(self._clock.monotonic(), over=True))

    def _hear(self, word: words.ToRecorder | words.Packet) -> None:
        recording = self._recording
        match word:
            case words.Begin():
                base, at = word.wall, word.monotonic
                self._recording = Recording(word.plan, lambda now: base + round(1000 * (now - at)))
            case words.Stop():
                self._stopped = True
            case _ if recording is None:
                pass
            case words.Sources():
                recording.update(word.plan)
            case words.Stream():
                recording.stream(word)
            case words.Packet() | words.Sender():
                recording.take(word)

    def _tell(self, state: words.State) -> None:
        # A worker that is gone hears nothing; one that does not read is told the next time.
        with contextlib.suppress(OSError):
            self._line.settimeout(1.0)
            self._line.sendall(words.pack(state))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m vicon.media.record.recorder")
    parser.add_argument("--socket", type=int, required=True, help="its descriptor")
    parser.add_argument("--log-level", default="info")
    arguments = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the worker ends it, in its own time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    logs.setup(level=arguments.log_level)
    with contextlib.suppress(OSError):
        os.nice(NICE)
    with socket.socket(fileno=arguments.socket) as line:
        Recorder(line, SystemClock()).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
