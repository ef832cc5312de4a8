"""One file of a recording, read forward: pictures and sound. What is damaged is left out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import av
import numpy as np
import numpy.typing as npt

from vicon.programme.canvas import I420
from vicon.programme.pieces import packets

RATE = 48_000
Sound: TypeAlias = npt.NDArray[np.float32]
"""Stereo: (samples, 2), 1.0 is full scale."""
AHEAD_S = 0.7
"""Packets of a file lie so far out of order at most: more than the recorder's interleaving."""
FRESH_S = 5.0
"""A picture is shown so long; then the room has none."""
MOST_WAITING = 1500
"""Packets since the last key frame of a room that is not shown."""
LATE_S = 0.5
"""A decoder gives a frame when it has got those of so much later at most."""
JUMP_S = 0.02
"""So far the times of sound may be off; else it is put where they say."""
_FADE = 240
_SILENCE = 3
"""Bytes of a packet in which nothing is heard: media/record/part.py."""


class Reader:
    """One file, read forward. Times are seconds from its beginning, but for `sound`, which takes
    samples from there."""

    def __init__(self, path: Path, sound: Callable[[int, Sound], None]) -> None:
        """`sound`: is given what is heard, with the sample at which it begins. Raises
        av.FFmpegError."""
        self.broken = 0
        """Pictures and sounds that could not be decoded."""
        self.read_s = 0.0
        """So far it was read."""
        self._sound = sound
        self._container: Any = av.open(path)
        self._packets = packets(self._container)
        videos, sounds = self._container.streams.video, self._container.streams.audio
        for stream in (*videos, *sounds):
            stream.codec_context.thread_count = 1  # a thread's frame is a frame late
        self._over = False
        self._waiting: deque[tuple[float, Any]] = deque()
        """Of the picture, not decoded yet."""
        self._keys: deque[float] = deque()
        """Times of the key frames among them."""
        self._decoded: deque[tuple[float, Any]] = deque()
        """Frames whose time has not come."""
        self._frame: Any = None
        self._frame_at = 0.0
        self._drawn: I420 | None = None
        self._next = -1
        """The sample after the last one that was given away."""

    def close(self) -> None:
        self._container.close()

    @property
    def over(self) -> bool:
        """Everything was read; pictures may still wait."""
        return self._over

    def advance(self, until: float) -> None:
        """Read what belongs before this time: its sound is given away, its pictures wait."""
        while not self._over and self.read_s < until + AHEAD_S:
            packet = next(self._packets, None)
            if packet is None:
                self._over = True
                return
            at = float(packet.pts * packet.time_base)
            self.read_s = max(self.read_s, at)
            if packet.stream.type == "audio":
                self._hear(packet, at)
            elif packet.stream.type == "video":
                self._waiting.append((at, packet))
                if packet.is_keyframe:
                    self._keys.append(at)

    def _hear(self, packet: Any, at: float) -> None:
        if packet.size <= _SILENCE:
            self._next = -1
            return
        for frame in self._frames(packet):
            block = np.ascontiguousarray(_stereo(frame))
            start = round(RATE * (float(frame.time) if frame.time is not None else at))
            if self._next < 0 or abs(start - self._next) > JUMP_S * RATE:
                fade = min(_FADE, len(block))
                block[:fade] *= np.linspace(0, 1, fade, dtype=np.float32)[:, None]
                self._next = start
            self._sound(self._next, block)
            self._next += len(block)

    def _frames(self, packet: Any) -> list[Any]:
        try:
            frames: list[Any] = packet.decode()
        except av.FFmpegError:
            self.broken += 1
            return []
        return frames

    def rest(self, at: float) -> None:
        """Nothing is shown at this time: of what waits only that is kept from which decoding can
        begin."""
        while len(self._keys) > 1 and self._keys[1] <= at:
            self._keys.popleft()
            while self._waiting[0][0] < self._keys[0]:
                self._waiting.popleft()
        while len(self._waiting) > MOST_WAITING and self._waiting[0][0] <= at:
            self._decode()
            self._settle(at)

    def picture(self, at: float, early: float = 0.0) -> I420 | None:
        """What is seen at this time. None: nothing, or nothing for too long. `early`: the first
        one may be taken so long before its time."""
        self._settle(at)
        # A decoder may hold frames back, so what is next tells that all before it is there.
        while not self._decoded and self._waiting and self._waiting[0][0] <= at + LATE_S:
            self._decode()
            self._settle(at)
        if self._frame is None and self._decoded and self._decoded[0][0] <= at + early:
            self._take()
        if self._frame is None or at - self._frame_at > FRESH_S:
            return None
        if self._drawn is None:
            self._drawn = _i420(self._frame)
        return self._drawn

    def _decode(self) -> None:
        at, packet = self._waiting.popleft()
        if packet.is_keyframe:
            self._keys.popleft()
        for frame in self._frames(packet):
            self._decoded.append((float(frame.time) if frame.time is not None else at, frame))

    def _settle(self, at: float) -> None:
        while self._decoded and self._decoded[0][0] <= at:
            self._take()

    def _take(self) -> None:
        self._frame_at, self._frame = self._decoded.popleft()
        self._drawn = None


def _stereo(frame: Any) -> Sound:
    """Of a decoder of Opus: 48 kHz, planar."""
    planes = frame.to_ndarray()
    samples: Sound = planes.astype(np.float32, copy=False)
    if planes.dtype == np.int16:
        samples = samples / np.float32(32768)
    if not frame.format.is_planar:
        samples = samples.reshape(-1, len(frame.layout.channels)).T
    return samples[[0, -1]].T


def _i420(frame: Any) -> I420:
    """Of the limited range and BT.601, with even sides."""
    width, height = max(2, frame.width & ~1), max(2, frame.height & ~1)
    plain = frame.format.name == "yuv420p" and (width, height) == (frame.width, frame.height)
    if not plain or frame.color_range == _FULL or frame.colorspace == _BT709:
        frame = frame.reformat(
            width,
            height,
            "yuv420p",
            src_colorspace="ITU709" if frame.colorspace == _BT709 else None,
            dst_colorspace="ITU601" if frame.colorspace == _BT709 else None,
            src_color_range="JPEG" if frame.color_range == _FULL else None,
            dst_color_range="MPEG" if frame.color_range == _FULL else None,
        )
    return np.asarray(frame.to_ndarray(), np.uint8)


_FULL, _BT709 = 2, 1
"""libavutil's AVCOL_RANGE_JPEG and AVCOL_SPC_BT709."""
