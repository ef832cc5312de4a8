"""The marked clip that both ends of a trial call send: encoded once, kept in a file.

A loop of 8 s at 20 pictures per second: above the threshold of 15, and half the work of 40. All
versions have the same frames, so that a sender may change over at any key frame; the mark of a
frame is its place in the loop.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
from av.video.frame import VideoFrame

from vicon.measure import picture
from vicon.measure.encode import (
    VIDEO_RATE,
    Clip,
    Frame,
    Packet,
    Video,
    encode_audio,
    encode_video,
    sound_frames,
)
from vicon.measure.sound import clip_sound

SECONDS, FPS = 8, 20
SIZES = ((320, 180, 120_000, 250), (640, 360, 450_000, 300), (1280, 720, 1_200_000, 300))
"""Width, height, bit/s, and the largest key frame in percent of the mean frame: on a narrow line a
large key frame would fill the queue in one go."""
VERSION = 2
"""Of the file; rises when picture, sound or encoding change."""
NAME = f"trial-clip-{VERSION}.bin"
NICE = 15
"""Made beforehand: everything else on the machine goes first."""
_CHROMA = 118
_SOUND_BITS = 32_000


def make() -> Clip:
    """Two or three seconds of one core."""
    count = SECONDS * FPS
    pictures = [picture.draw(mark) for mark in range(count)]
    samples = np.asarray(np.clip(clip_sound(SECONDS) * 32767, -32768, 32767), np.int16)
    return Clip(
        videos=tuple(_video(pictures, *size) for size in SIZES),
        packets=encode_audio(sound_frames(samples), _SOUND_BITS, "audio"),
        ticks=SECONDS * VIDEO_RATE,
    )


def _video(pictures: list[picture.Luma], width: int, height: int, bits: int, key: int) -> Video:
    return encode_video(_timed(pictures, width, height), width, height, bits, FPS, key)


def _timed(
    pictures: list[picture.Luma], width: int, height: int
) -> Iterator[tuple[int, VideoFrame]]:
    chroma = np.full((height // 2, width), _CHROMA, np.uint8)
    for index, whole in enumerate(pictures):
        luma = picture.scaled(whole, width, height)
        frame = VideoFrame.from_ndarray(np.concatenate([luma, chroma]), format="yuv420p")
        yield index * VIDEO_RATE // FPS, frame


class _Stored(msgspec.Struct, frozen=True, array_like=True):
    version: int
    videos: list[tuple[int, int, list[tuple[int, bool, bytes]]]]
    packets: list[tuple[int, int, bytes]]
    ticks: int


def load(cache: Path | None) -> Clip:
    """From the file in this directory, or made anew and put there. A file that is damaged or of
    another version is made anew too; one that cannot be written is no harm."""
    if cache is None:
        return make()
    path = cache / NAME
    kept = _read(path)
    if kept is None:
        kept = make()
        _write(path, kept)
    return kept


def user_cache() -> Path | None:
    """Of whoever runs an agent or `vicon trial` (XDG Base Directory); None: there is none."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    if Path(named).is_absolute():
        return Path(named, "vicon")
    try:
        return Path.home() / ".cache" / "vicon"
    except RuntimeError:  # a service without a home
        return None


def _read(path: Path) -> Clip | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    digest, body = data[:32], data[32:]
    if hashlib.sha256(body).digest() != digest:
        return None
    try:
        stored = msgspec.msgpack.decode(body, type=_Stored)
    except msgspec.MsgspecError:
        return None
    if stored.version != VERSION:
        return None
    videos = tuple(
        Video(width, height, tuple(Frame(*frame) for frame in frames))
        for width, height, frames in stored.videos
    )
    return Clip(videos, tuple(Packet(*packet) for packet in stored.packets), stored.ticks)


def _write(path: Path, clip: Clip) -> None:
    videos = [(v.width, v.height, [(f.at, f.key, f.data) for f in v.frames]) for v in clip.videos]
    packets = [(p.at, p.level, p.data) for p in clip.packets]
    body = msgspec.msgpack.encode(_Stored(VERSION, videos, packets, clip.ticks))
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh.write_bytes(hashlib.sha256(body).digest() + body)
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)


def main() -> int:
    """`python -m vicon.measure.testclip DIRECTORY`: see that the clip lies there."""
    os.nice(NICE)
    load(Path(sys.argv[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
