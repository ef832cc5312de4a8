"""Pictures and sound to fragmented MP4: H.264 and AAC, encoded once. PyAV stays in here."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, cast

import av
import numpy as np

from vicon.media.air.boxes import TIMESCALE, Cutter, Fragment
from vicon.media.air.mixer import RATE, Samples
from vicon.programme.canvas import I420

FPS = 25
KEY_S = 2
"""A key frame so often, by the stream's own time: there HLS cuts."""
FRAGMENT_S = 0.5
SOUND_FRAME = 1024
"""Samples, of AAC."""
SOUND_KBPS = 128


class _Sink:
    """Where the muxer writes: it cannot go back."""

    def __init__(self) -> None:
        self.held = bytearray()

    def write(self, data: bytes) -> int:
        self.held += data
        return len(data)


class Encoder:
    """Times are counted from 0, pictures by FPS, sound by RATE."""

    def __init__(self, width: int, height: int, kbps: int) -> None:
        self._sink, self._cutter = _Sink(), Cutter()
        self._container = av.open(
            cast(Any, self._sink),
            "w",
            format="mp4",
            options={
                "movflags": "+frag_keyframe+empty_moov+default_base_moof",
                "frag_duration": str(int(FRAGMENT_S * 1e6)),
                "video_track_timescale": str(TIMESCALE),
                "flush_packets": "1",
            },
        )
        video = self._container.add_stream(
            "libx264",
            rate=FPS,
            options={
                "preset": "veryfast",
                "tune": "zerolatency",
                "profile": "main",
                "maxrate": f"{kbps}k",
                "bufsize": f"{2 * kbps}k",
                "forced-idr": "1",
                "x264-params": "keyint=infinite:scenecut=0",
            },
        )
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        video.bit_rate = kbps * 1000
        context = video.codec_context
        context.thread_count = 2
        # BT.601, limited, as the canvas draws.
        context.color_range, context.colorspace = 1, 6
        self._video: Any = video
        self._audio: Any = self._container.add_stream("aac", rate=RATE, layout="stereo")
        self._audio.bit_rate = SOUND_KBPS * 1000
        self._next_key = 0

    @property
    def head(self) -> bytes:
        """What stands before all fragments; empty before the first."""
        return self._cutter.head

    def codecs(self) -> str:
        """As RFC 6381 has it; once the first picture was taken."""
        sets = bytes(self._video.codec_context.extradata or b"")
        start = sets.find(b"\0\0\1\x67")
        level = sets[start + 4 : start + 7] if start >= 0 else b"\x4d\x40\x1f"
        return f"avc1.{level.hex()},mp4a.40.2"

    def picture(self, number: int, picture: I420) -> list[Fragment]:
        """Numbers rise; those of pictures that were left out are missing. What is whole now."""
        frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, FPS)
        if number >= self._next_key:
            frame.pict_type = av.video.frame.PictureType.I
            self._next_key = (number // (KEY_S * FPS) + 1) * KEY_S * FPS
        return self._mux(self._video.encode(frame))

    def sound(self, number: int, samples: Samples) -> list[Fragment]:
        """`number`: of the first of the SOUND_FRAME samples."""
        frame = av.AudioFrame.from_ndarray(
            np.stack([samples, samples]), format="fltp", layout="stereo"
        )
        frame.sample_rate, frame.pts, frame.time_base = RATE, number, Fraction(1, RATE)
        return self._mux(self._audio.encode(frame))

    def _mux(self, packets: list[Any]) -> list[Fragment]:
        for packet in packets:
            self._container.mux_one(packet)
        data, self._sink.held = bytes(self._sink.held), bytearray()
        return list(self._cutter.feed(data)) if data else []
