"""A prepared clip: VP8 frames and Opus packets, encoded once and then only sent.

Encoding is blocking work of up to a few seconds: call it in a thread.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import PictureType, VideoFrame
from numpy.typing import NDArray

VIDEO_RATE = 90_000
"""Ticks per second of VP8 in RTP (RFC 7741, section 4.1)."""
AUDIO_RATE = 48_000
PACKET_TICKS = 960
"""Length of one Opus packet in audio ticks: 20 ms."""
SILENT_LEVEL = 127

Samples = NDArray[np.int16]


class ClipError(Exception):
    """The file cannot be used as a clip; the message says why."""


@dataclass(frozen=True, slots=True)
class Frame:
    at: int
    """Ticks of VIDEO_RATE from the start of the loop."""
    key: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class Packet:
    at: int
    """Ticks of AUDIO_RATE from the start of the loop."""
    level: int
    """-dBov, 0 (loudest) to 127 (silent), as in RFC 6464."""
    data: bytes


@dataclass(frozen=True, slots=True)
class Video:
    width: int
    height: int
    frames: tuple[Frame, ...]
    """Rising in `at`; the first is a key frame."""

    def key_at_or_after(self, index: int) -> int:
        """Index of the first key frame from `index` on, round the end of the loop."""
        count = len(self.frames)
        return next(i % count for i in range(index, index + count) if self.frames[i % count].key)


@dataclass(frozen=True, slots=True)
class Clip:
    """A loop. All versions show the same pictures at the same times, so that a sender may change
    over at any key frame."""

    videos: tuple[Video, ...]
    """At least one; the smallest first."""
    packets: tuple[Packet, ...]
    """Empty when there is no sound."""
    ticks: int
    """Length of the loop in VIDEO_RATE."""

    @property
    def seconds(self) -> float:
        return self.ticks / VIDEO_RATE

    def version_for(self, height: int) -> Video:
        """The largest version not above `height` pixels, or the smallest."""
        fitting = [video for video in self.videos if video.height <= height]
        return fitting[-1] if fitting else self.videos[0]


def encode_video(
    pictures: Iterable[tuple[int, VideoFrame]],
    width: int,
    height: int,
    bit_rate: int,
    fps: int,
    key_rate: int = 400,
) -> Video:
    """Real-time VP8 with a key frame in every second; `pictures` with their time in ticks.
    `key_rate`: a key frame is at most so many percent of the mean frame."""
    encoder = av.VideoCodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, VIDEO_RATE), Fraction(fps)
    encoder.bit_rate, encoder.gop_size, encoder.thread_count = bit_rate, 10 * fps, 1
    encoder.options = {
        "deadline": "realtime",
        "cpu-used": "16",
        "lag-in-frames": "0",
        "minrate": str(bit_rate),
        "maxrate": str(bit_rate),
        "bufsize": str(bit_rate),
        "max-intra-rate": str(key_rate),
    }
    frames: list[Frame] = []
    second = -1
    for at, picture in pictures:
        picture.pts, picture.time_base = at, encoder.time_base
        # The encoder's own distance of key frames counts frames; files may have uneven ones.
        begins = at // VIDEO_RATE > second
        picture.pict_type = PictureType.I if begins else PictureType.NONE
        second = at // VIDEO_RATE
        frames.extend(_frame(packet) for packet in encoder.encode(picture))
    frames.extend(_frame(packet) for packet in encoder.encode(None))
    return Video(width, height, tuple(frames))


def _frame(packet: av.Packet[av.VideoStream]) -> Frame:
    return Frame(ticks_of(packet, VIDEO_RATE), packet.is_keyframe, bytes(packet))


def ticks_of(packet: av.Packet[Any], rate: int) -> int:
    if packet.pts is None or packet.time_base is None:
        raise ClipError("a packet of this file has no time")
    return round(packet.pts * packet.time_base * rate)


def sound_frames(samples: Samples) -> Iterator[AudioFrame]:
    """16-bit mono samples at 48 kHz in frames of 20 ms; a rest shorter than that is left out."""
    for at in range(0, len(samples) - PACKET_TICKS + 1, PACKET_TICKS):
        piece = samples[None, at : at + PACKET_TICKS]
        frame = AudioFrame.from_ndarray(piece, format="s16", layout="mono")
        frame.sample_rate = AUDIO_RATE
        yield frame


def encode_audio(
    frames: Iterable[AudioFrame], bit_rate: int = 24_000, application: str = "voip"
) -> tuple[Packet, ...]:
    """Opus packets of 20 ms of `frames`, which are s16, mono, 48 kHz and 960 samples long."""
    encoder = av.AudioCodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = AUDIO_RATE, "mono", "s16"
    encoder.time_base, encoder.bit_rate = Fraction(1, AUDIO_RATE), bit_rate
    encoder.options = {"frame_duration": "20", "application": application, "compression_level": "0"}
    data: list[bytes] = []
    levels: list[int] = []
    for index, frame in enumerate(frames):
        frame.pts, frame.time_base = index * PACKET_TICKS, encoder.time_base
        levels.append(level(samples_of(frame)))
        data.extend(bytes(packet) for packet in encoder.encode(frame))
    data.extend(bytes(packet) for packet in encoder.encode(None))
    # The encoder looks ahead 6.5 ms and may flush one packet more than it was given frames.
    return tuple(
        Packet(index * PACKET_TICKS, loudness, packet)
        for index, (loudness, packet) in enumerate(zip(levels, data, strict=False))
    )


def samples_of(frame: AudioFrame) -> Samples:
    return frame.to_ndarray().astype(np.int16, copy=False)


def level(samples: Samples) -> int:
    """Root mean square of 16-bit samples in -dBov, 0..127 (RFC 6464, section 3)."""
    rms = math.sqrt(float(np.mean(np.square(samples.astype(np.float64)))))
    if rms < 1:
        return SILENT_LEVEL
    return min(SILENT_LEVEL, max(0, round(-20 * math.log10(rms / 32_768))))
