"""The film's file: encoded as it grows, under another name until it is whole."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, NamedTuple

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

from vicon.programme.canvas import I420
from vicon.programme.source import RATE, Sound

Quality = Literal["small", "normal", "high"]
_MOST_TITLE = 200
_KEY_S = 4
"""Between key frames: where a player can jump to."""
_SMPTE170M = 6
"""BT.601: as the rooms' pictures come."""


class _Kind(NamedTuple):
    format: str
    video: str
    audio: str
    options: dict[str, str]
    """Of the container."""


_H264, _VP9 = "libx264", "libvpx-vp9"
KINDS = {
    ".mp4": _Kind("mp4", _H264, "aac", {"movflags": "+faststart"}),
    ".mkv": _Kind("matroska", _H264, "aac", {}),
    ".webm": _Kind("webm", _VP9, "libopus", {}),
}
"""By the file's ending."""
_CRF: dict[str, dict[Quality, int]] = {
    _H264: {"small": 28, "normal": 23, "high": 19},
    _VP9: {"small": 42, "normal": 35, "high": 28},
}
_PRESET: dict[Quality, str] = {"small": "veryfast", "normal": "superfast", "high": "veryfast"}
"""superfast takes three fifths of the time, and a third more bytes."""
_SOUND_BITS: dict[Quality, int] = {"small": 64_000, "normal": 96_000, "high": 160_000}


class Look(NamedTuple):
    """How the film is to be."""

    width: int = 1280
    height: int = 720
    """Pixels, even."""
    fps: int = 25
    quality: Quality = "normal"


class Writing:
    """Use it as a context: the file has its name once the block ends without an exception, else
    nothing is left. Methods raise OSError."""

    def __init__(
        self, path: Path, look: Look, chapters: Sequence[tuple[float, float, str]], title: str
    ) -> None:
        """`path`: its ending is one of KINDS; what is there is replaced. `chapters`: seconds from
        and to, titles."""
        self._path, self._look = path, look
        self._fresh = path.with_name(f".{path.name}.{os.getpid()}.part")
        self._chapters, self._title = chapters, title
        self._container: Any = None
        self._pictures = self._samples = 0
        self.bytes = 0
        """Once it is whole."""

    def __enter__(self) -> Writing:
        os.close(os.open(self._fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        try:
            self._begin()
        except BaseException:
            self._drop()
            raise
        return self

    def _begin(self) -> None:
        kind, look = KINDS[self._path.suffix.lower()], self._look
        self._container = av.open(
            str(self._fresh), "w", format=kind.format, container_options=kind.options
        )
        self._container.metadata["title"] = self._title
        self._video: Any = self._container.add_stream(
            kind.video, rate=look.fps, options=_video_options(kind.video, look)
        )
        self._video.width, self._video.height = look.width, look.height
        self._video.pix_fmt = "yuv420p"
        context = self._video.codec_context
        context.color_range = 1
        context.colorspace = context.color_primaries = context.color_trc = _SMPTE170M
        self._audio: Any = self._container.add_stream(kind.audio, rate=RATE, layout="stereo")
        self._audio.bit_rate = _SOUND_BITS[look.quality]
        self._container.set_chapters([_chapter(*one, n) for n, one in enumerate(self._chapters)])

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None:
            self._drop()
            return
        try:
            self._finish()
        except BaseException:
            self._drop()
            raise

    def _finish(self) -> None:
        for stream in (self._video, self._audio):
            self._put(stream.encode(None))
        self._container.close()
        descriptor = os.open(self._fresh, os.O_RDONLY)
        try:
            os.fsync(descriptor)
            self.bytes = os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)
        os.replace(self._fresh, self._path)

    def _drop(self) -> None:
        self._fresh.unlink(missing_ok=True)
        container, self._container = self._container, None
        if container is not None:
            with contextlib.suppress(OSError):  # nobody misses what it still wanted to write
                container.close()

    def picture(self, drawn: I420) -> None:
        """The next one."""
        frame = VideoFrame.from_ndarray(drawn, format="yuv420p")
        frame.pts, frame.time_base = self._pictures, Fraction(1, self._look.fps)
        frame.color_range, frame.colorspace = 1, _SMPTE170M
        self._pictures += 1
        self._put(self._video.encode(frame))

    def sound(self, samples: Sound) -> None:
        """The next ones."""
        planes = np.ascontiguousarray(samples.T)
        frame = AudioFrame.from_ndarray(planes, format="fltp", layout="stereo")
        frame.sample_rate = RATE
        frame.pts, frame.time_base = self._samples, Fraction(1, RATE)
        self._samples += len(samples)
        self._put(self._audio.encode(frame))

    def _put(self, packets: Sequence[Any]) -> None:
        for packet in packets:
            self._container.mux_one(packet)


def _video_options(codec: str, look: Look) -> dict[str, str]:
    crf = str(_CRF[codec][look.quality])
    common = {"crf": crf, "g": str(_KEY_S * look.fps)}
    if codec == _H264:
        return {**common, "preset": _PRESET[look.quality]}
    threads = str(max(1, min(8, os.cpu_count() or 1)))
    speed = {"deadline": "realtime", "cpu-used": "8", "row-mt": "1", "threads": threads}
    return {**common, **speed, "b": "0"}


def _chapter(begin: float, end: float, title: str, number: int) -> Any:
    return {
        "id": number + 1,
        "start": round(1000 * begin),
        "end": round(1000 * max(begin, end)),
        "time_base": Fraction(1, 1000),
        "metadata": {"title": title[:_MOST_TITLE]},
    }
