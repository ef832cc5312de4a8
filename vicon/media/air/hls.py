"""HLS (RFC 8216) in a directory: segments of fragmented MP4, a playlist of the last of them. A file
is there whole or not at all; what is in no playlist any more goes after a while."""

from __future__ import annotations

import contextlib
import os
import re
from collections import deque
from datetime import UTC, datetime
from pathlib import Path

from vicon.media.air.boxes import Fragment

MASTER, MEDIA = "index.m3u8", "live.m3u8"
LISTED, KEPT = 8, 16
"""Segments in the playlist, and on the disk."""
TARGET_S = 3
"""No segment is longer, rounded (section 4.3.3.1): key frames come each two seconds, and a picture
that is late makes a segment so much longer."""
MOST_BYTES = 64 << 20
"""Of all segments together; with more, fewer are kept."""
_SEGMENT = re.compile(r"([a-z0-9]+)-(\d+)\.m4s")


class Segment:
    def __init__(self, name: str, seconds: float, size: int, at: int, *, fresh: bool) -> None:
        """`at`: Unix ms of its beginning. `fresh`: the first of a process that went on with what
        another had begun."""
        self.name, self.seconds, self.size, self.at, self.fresh = name, seconds, size, at, fresh


class Window:
    """One process's part of a broadcast's playlist; what an earlier one left there goes on being
    listed until its time. Methods raise OSError."""

    def __init__(self, directory: Path, run: str) -> None:
        """`run`: small letters and figures, another one for each process."""
        self._directory, self._run = directory, run
        self._segments: deque[Segment] = deque()
        self._open: list[Fragment] = []
        self._began_at = 0
        self._head = b""
        self._number = self._breaks = 0
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._go_on()

    @property
    def listed(self) -> int:
        return min(LISTED, len(self._segments))

    def begin(self, head: bytes, master: str) -> None:
        """`master`: the playlist of playlists."""
        self._head = head
        self._put(f"{self._run}-head.mp4", head)
        self._put(MASTER, master.encode())

    def add(self, fragment: Fragment, at: int) -> None:
        """`at`: Unix ms of its first picture."""
        if fragment.key and self._open:
            self._close(fragment)
        if not self._open:
            if not fragment.key:
                return
            self._began_at = at
        self._open.append(fragment)

    def _close(self, after: Fragment) -> None:
        first, data = self._open[0].at, b"".join(f.data for f in self._open)
        self._open = []
        seconds = (after.at or 0.0) - (first or 0.0)
        name = f"{self._run}-{self._number}.m4s"
        self._put(name, data)
        fresh = self._number > 0 and not any(_run(s) == self._run for s in self._segments)
        self._segments.append(Segment(name, seconds, len(data), self._began_at, fresh=fresh))
        self._number += 1
        while len(self._segments) > KEPT or self._bytes() > MOST_BYTES:
            gone = self._segments.popleft()
            self._breaks += gone.fresh
            (self._directory / gone.name).unlink(missing_ok=True)
        self._put(MEDIA, self._playlist().encode())

    def _bytes(self) -> int:
        return sum(segment.size for segment in self._segments) if len(self._segments) > 1 else 0

    def _playlist(self) -> str:
        listed = list(self._segments)[-LISTED:]
        left = list(self._segments)[: -len(listed)]
        breaks = self._breaks + sum(s.fresh for s in left)
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:7",
            f"#EXT-X-TARGETDURATION:{max(TARGET_S, *(round(s.seconds) for s in listed))}",
            f"#EXT-X-MEDIA-SEQUENCE:{_number(listed[0])}",
            f"#EXT-X-DISCONTINUITY-SEQUENCE:{breaks}",
            "#EXT-X-INDEPENDENT-SEGMENTS",
        ]
        run = ""
        for segment in listed:
            if segment.fresh:
                lines.append("#EXT-X-DISCONTINUITY")
            if _run(segment) != run:
                run = _run(segment)
                lines.append(f'#EXT-X-MAP:URI="{run}-head.mp4"')
            lines += [
                f"#EXT-X-PROGRAM-DATE-TIME:{_date(segment.at)}",
                f"#EXTINF:{segment.seconds:.3f},",
                segment.name,
            ]
        return "\n".join([*lines, ""])

    def _go_on(self) -> None:
        """From what lies there: numbers rise over the death of a process."""
        there = self._directory / MEDIA
        if not there.exists():
            return
        at, seconds, fresh = 0, 0.0, False
        for line in there.read_text("utf-8").splitlines():
            if line.startswith("#EXT-X-DISCONTINUITY-SEQUENCE:"):
                self._breaks = int(line.rpartition(":")[2])
            elif line == "#EXT-X-DISCONTINUITY":
                fresh = True
            elif line.startswith("#EXT-X-PROGRAM-DATE-TIME:"):
                date = line.partition(":")[2].replace("Z", "+00:00")
                at = round(1000 * datetime.fromisoformat(date).timestamp())
            elif line.startswith("#EXTINF:"):
                seconds = float(line[8:].rstrip(","))
            elif _SEGMENT.fullmatch(line):
                with contextlib.suppress(FileNotFoundError):
                    size = (self._directory / line).stat().st_size
                    self._segments.append(Segment(line, seconds, size, at, fresh=fresh))
                fresh = False
        kept = {s.name for s in self._segments} | {f"{_run(s)}-head.mp4" for s in self._segments}
        for path in self._directory.iterdir():
            if path.name not in (MASTER, MEDIA, *kept):
                path.unlink(missing_ok=True)
        if self._segments:
            self._number = _number(self._segments[-1]) + 1

    def _put(self, name: str, data: bytes) -> None:
        half = self._directory / f".{name}"
        with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
        half.replace(self._directory / name)


def master(codecs: str, width: int, height: int, fps: int, bits: int) -> str:
    """`bits`: a second, at most."""
    return "\n".join(
        [
            "#EXTM3U",
            "#EXT-X-VERSION:7",
            "#EXT-X-INDEPENDENT-SEGMENTS",
            f'#EXT-X-STREAM-INF:BANDWIDTH={bits},CODECS="{codecs}",'
            f"RESOLUTION={width}x{height},FRAME-RATE={fps:.3f}",
            MEDIA,
            "",
        ]
    )


def _number(segment: Segment) -> int:
    return int(segment.name.rpartition("-")[2].removesuffix(".m4s"))


def _run(segment: Segment) -> str:
    return segment.name.partition("-")[0]


def _date(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
