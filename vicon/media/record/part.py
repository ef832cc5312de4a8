"""One file of a recording: encoded frames into WebM (VP8) or Matroska (H.264), nothing encoded.

A cluster is written twice a second and at once, so that a process that is killed leaves a file that
plays up to then. PyAV's objects stay in here.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, cast

import av

CLUSTER_MS = 500
SILENCE, SILENT_S = b"\xfc\xff\xfe", 0.02
"""A packet of Opus: stereo, one frame, in which nothing is heard."""
LEAST_GAP_S = 0.035
"""Less is jitter of the clocks, or one packet."""
FILL_S = 0.1
"""A picture lets silence be written up to so long before it: sound of that time may still come."""
_MS = Fraction(1, 1000)
_UNKNOWN_SIZE = (1280, 720)
_MOST_TITLE = 200


class FrameError(Exception):
    """What was to be written is no such picture or sound."""


@contextmanager
def _frames() -> Iterator[None]:
    """PyAV's errors that are not the disk's. Raises FrameError."""
    try:
        yield
    except av.FFmpegError as error:
        if isinstance(error, OSError):
            raise
        raise FrameError(str(error)) from error


class Picture:
    """What a file must know of its picture beforehand."""

    def __init__(self, codec: str, key: bytes) -> None:
        """`key`: its first key frame; of H.264 as annex B has it."""
        self.codec, self.key = codec, key
        self.sets = _parameter_sets(key) if codec == "h264" else b""
        self.size = _vp8_size(key) if codec == "vp8" else _UNKNOWN_SIZE

    def fits(self, codec: str, key: bytes) -> bool:
        """Whether a stream that goes on with this key frame can stay in the file. VP8 may change
        its size; of H.264 the parameter sets stand once, at the beginning."""
        return codec == self.codec and (codec != "h264" or _parameter_sets(key) == self.sets)


class Part:
    """Times are seconds from the file's beginning. Methods raise OSError and FrameError."""

    def __init__(self, path: Path, picture: Picture | None, tags: dict[str, str]) -> None:
        """`path` must not exist."""
        self.path, self.picture = path, picture
        self.seconds = self.heard = 0.0
        self._file = io.FileIO(path, "xb", opener=lambda p, flags: os.open(p, flags, 0o600))
        mkv = picture is not None and picture.codec == "h264"
        options = {"cluster_time_limit": str(CLUSTER_MS), "reserve_index_space": "0"}
        self._container = av.open(
            cast(Any, _Counted(self._file)),
            "w",
            format="matroska" if mkv else "webm",
            options={**options, "flush_packets": "1", "max_interleave_delta": "200000"},
        )
        self._container.metadata.update(tags)
        self._video = self._add_video(picture) if picture is not None else None
        self._audio = self._add_audio()
        self._last = {"audio": -1, "video": -1}

    def _add_video(self, picture: Picture) -> Any:
        if picture.codec == "vp8":
            return self._container.add_mux_stream(
                "vp8", width=picture.size[0], height=picture.size[1], time_base=_MS
            )
        # The parser of raw H.264 fills in what Matroska wants to know of it.
        with _frames(), av.open(io.BytesIO(picture.key), "r", format="h264") as raw:
            stream = self._container.add_stream_from_template(raw.streams.video[0], opaque=True)
        stream.time_base = _MS
        return stream

    def _add_audio(self) -> Any:
        with av.open(io.BytesIO(_opus_file()), "r") as like:
            stream = self._container.add_stream_from_template(like.streams.audio[0], opaque=True)
        stream.time_base = _MS
        return stream

    @property
    def size(self) -> int:
        return self._file.tell() if not self._file.closed else self.path.stat().st_size

    def write(self, kind: str, at: float, data: bytes, *, key: bool, seconds: float = 0.0) -> None:
        """One frame. `seconds`: how long it is shown or heard, where that is known. Where there was
        no sound, silence is written: players take sound as their clock."""
        stream = self._video if kind == "video" else self._audio
        if stream is None:
            return
        self._fill(at if kind == "audio" else at - FILL_S)
        self._put(stream, kind, at, data, key=key, seconds=seconds)

    def _fill(self, until: float) -> None:
        gap = until - self.heard
        for _ in range(int(gap / SILENT_S) if gap > LEAST_GAP_S else 0):
            self._put(self._audio, "audio", self.heard, SILENCE, key=True, seconds=SILENT_S)

    def _put(
        self, stream: Any, kind: str, at: float, data: bytes, *, key: bool, seconds: float
    ) -> None:
        # Each track rises by itself: a clock that was corrected must not turn it round.
        pts = max(round(1000 * at), self._last[kind] + 1, 0)
        self._last[kind] = pts
        packet = av.Packet(data)
        packet.stream = stream
        packet.time_base = _MS
        packet.pts = packet.dts = pts
        packet.is_keyframe = key
        packet.duration = round(1000 * seconds)
        with _frames():
            self._container.mux_one(packet)
        self.seconds = max(self.seconds, pts / 1000 + seconds)
        if kind == "audio":
            self.heard = max(at, self.heard) + seconds

    def sync(self) -> None:
        """Onto the disk itself: what a power cut must not take."""
        os.fdatasync(self._file.fileno())

    def close(self, markers: Sequence[tuple[float, str]] = ()) -> None:
        """Write chapters, index and length. `markers`: seconds and titles, in order."""
        try:
            self._fill(self.seconds)
            self._container.set_chapters(_chapters(markers, self.seconds))
            with _frames():
                self._container.close()
            self.sync()
        finally:
            self._file.close()


class _Counted:
    """A file as PyAV wants it: all of every write, or an OSError."""

    def __init__(self, file: io.FileIO) -> None:
        self._file = file
        self.seek, self.tell = file.seek, file.tell

    def write(self, data: bytes) -> int:
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) or 0 :]
        return len(data)


@cache
def _opus_file() -> bytes:
    """A file of no more than a silent moment: its head says what every stream of Opus is. Its
    pre-skip is the encoder's delay, by which sound would else be late."""
    held = io.BytesIO()
    with av.open(cast(Any, held), "w", format="webm") as container:
        stream = container.add_stream("libopus", rate=48_000, layout="stereo")
        frame = av.AudioFrame(format="s16", layout="stereo", samples=960)
        frame.sample_rate = 48_000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return held.getvalue()


def _chapters(markers: Sequence[tuple[float, str]], seconds: float) -> list[Any]:
    ends = [*(at for at, _ in markers[1:]), seconds][: len(markers)]
    return [
        {
            "id": index + 1,
            "start": round(1000 * at),
            "end": round(1000 * max(at, end)),
            "time_base": _MS,
            "metadata": {"title": title[:_MOST_TITLE]},
        }
        for index, ((at, title), end) in enumerate(zip(markers, ends, strict=True))
    ]


def _vp8_size(key: bytes) -> tuple[int, int]:
    """RFC 6386 section 9.1: 14 bits each, after the start code."""
    if len(key) < 10:
        return _UNKNOWN_SIZE
    width = int.from_bytes(key[6:8], "little") & 0x3FFF
    height = int.from_bytes(key[8:10], "little") & 0x3FFF
    return (width, height) if width and height else _UNKNOWN_SIZE


def _parameter_sets(stream: bytes) -> bytes:
    """Sequence and picture parameter sets of an access unit in annex B."""
    units = stream.split(b"\0\0\0\1")
    return b"".join(b"\0\0\0\1" + unit for unit in units if unit and unit[0] & 31 in (7, 8))
