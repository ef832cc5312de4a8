"""A prepared clip: VP8 frames and Opus packets, encoded once and then only sent.

Made in memory (`make`) or read from a file (`read`). Everything here is blocking work of up to a
few seconds: call it in a thread.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from vicon.agent import pattern
from vicon.measure.encode import (
    AUDIO_RATE,
    PACKET_TICKS,
    SILENT_LEVEL,
    VIDEO_RATE,
    Clip,
    ClipError,
    Frame,
    Packet,
    Video,
    encode_audio,
    encode_video,
    level,
    samples_of,
    sound_frames,
    ticks_of,
)

MAX_SECONDS = 60
"""A longer file is cut: the clip stays in memory."""

_LOOP_SECONDS = 4
_FPS = 15
_SIZES = ((320, 180, 100_000), (640, 360, 300_000), (1280, 720, 900_000))
"""Width, height, bit/s of the versions: the layers of simulcast."""


def make(code: str) -> Clip:
    """A moving picture and speech-like sound of 4 s; colour and pitch differ from room to room,
    and `code` stands in the middle of the large version."""
    variant = _variant(code)
    return Clip(
        videos=tuple(_made_video(code, variant, *size) for size in _SIZES),
        packets=encode_audio(sound_frames(pattern.voice(110 + 130 * variant, 4))),
        ticks=_LOOP_SECONDS * VIDEO_RATE,
    )


def _variant(code: str) -> float:
    """0..1; codes that differ little lie far apart, as multiples of the golden ratio do."""
    digits = "".join(sign for sign in code if sign in "0123456789")
    number = int(digits[:9]) if digits else zlib.crc32(code.encode())
    return number * 0.6180339887 % 1


def read(path: Path) -> Clip:
    """The clip in a file. VP8 with Opus is taken packet by packet; everything else that PyAV can
    read is encoded once, in the sizes of `make`.

    Raises ClipError when the file cannot be read or has no picture."""
    try:
        with av.open(path) as container:
            if not container.streams.video:
                raise ClipError(f"{path}: no video in this file")
            names = {s.codec_context.name for s in _streams(container)}
            ready = names <= {"vp8", "libvpx", "opus", "libopus"}
            return _remux(container) if ready else _transcode(container)
    except (av.FFmpegError, OSError) as error:
        raise ClipError(f"{path}: {error.strerror or error}") from error


def _streams(container: InputContainer) -> list[av.VideoStream | av.AudioStream]:
    return [*container.streams.video[:1], *container.streams.audio[:1]]


# --- made -------------------------------------------------------------------------------------


def _made_video(code: str, hue: float, width: int, height: int, bit_rate: int) -> Video:
    count = _LOOP_SECONDS * _FPS
    background, colour = pattern.texture(width, height), pattern.chroma(hue)
    step = max(1, 640 // width)
    sign = pattern.label(code)[::step, ::step]
    pictures = (
        VideoFrame.from_ndarray(
            pattern.i420(pattern.luma(background, sign, index, count), colour), format="yuv420p"
        )
        for index in range(count)
    )
    ticks = VIDEO_RATE // _FPS
    timed = ((index * ticks, picture) for index, picture in enumerate(pictures))
    return encode_video(timed, width, height, bit_rate, _FPS)


# --- from a file ------------------------------------------------------------------------------


def _remux(container: InputContainer) -> Clip:
    frames: list[Frame] = []
    packets: list[Packet] = []
    first: dict[int, int] = {}
    for packet in container.demux(_streams(container)):
        if packet.size == 0:
            continue
        video = packet.stream.type == "video"
        rate = VIDEO_RATE if video else AUDIO_RATE
        at = ticks_of(packet, rate)
        if at >= MAX_SECONDS * rate:
            break
        if video and (frames or packet.is_keyframe):
            start = first.setdefault(VIDEO_RATE, at)
            frames.append(Frame(at - start, packet.is_keyframe, bytes(packet)))
        elif not video:
            packets.append(Packet(at, _loudest(packet), bytes(packet)))
    if not frames:
        raise ClipError("no key frame in this file")
    stream = container.streams.video[0]
    video_version = Video(stream.width, stream.height, tuple(frames))
    offset = first[VIDEO_RATE] * AUDIO_RATE // VIDEO_RATE
    return _closed((video_version,), tuple(packets), offset)


def _loudest(packet: av.Packet[Any]) -> int:
    mono = AudioResampler(format="s16", layout="mono", rate=AUDIO_RATE)
    decoded: list[object] = list(packet.decode())
    frames = [frame for frame in decoded if isinstance(frame, AudioFrame)]
    samples = [samples_of(piece) for frame in frames for piece in mono.resample(frame)]
    return min((level(piece) for piece in samples if piece.size), default=SILENT_LEVEL)


def _transcode(container: InputContainer) -> Clip:
    """Pictures at the file's own times, at most 15 a second; sound as 20 ms mono packets."""
    pictures: list[tuple[int, VideoFrame]] = []
    sound: list[AudioFrame] = []
    mono = AudioResampler(format="s16", layout="mono", rate=AUDIO_RATE, frame_size=PACKET_TICKS)
    width, height = _fit(container.streams.video[0])
    scale = VideoReformatter()
    for frame in container.decode(*_streams(container)):
        if not isinstance(frame, VideoFrame | AudioFrame) or frame.time is None:
            continue
        if frame.time >= MAX_SECONDS:
            break
        if isinstance(frame, AudioFrame):
            sound.extend(mono.resample(frame))
        else:
            at = round(frame.time * VIDEO_RATE)
            if not pictures or at - pictures[-1][0] >= VIDEO_RATE // (_FPS + 1):
                small = scale.reformat(frame, width=width, height=height, format="yuv420p")
                pictures.append((at, small))
    if not pictures:
        raise ClipError("no picture in this file")
    start = pictures[0][0]
    timed = [(at - start, picture) for at, picture in pictures]
    videos = tuple(_version(timed, width, height, size) for size in _SIZES)
    whole = [frame for frame in sound if frame.samples == PACKET_TICKS]
    return _closed(videos, encode_audio(whole), start * AUDIO_RATE // VIDEO_RATE)


def _fit(stream: av.VideoStream) -> tuple[int, int]:
    """The size of the large version: its height, even width by the file's aspect ratio."""
    _, height, _ = _SIZES[-1]
    return max(2, stream.width * height // stream.height // 2 * 2), height


def _version(
    timed: list[tuple[int, VideoFrame]], width: int, height: int, size: tuple[int, int, int]
) -> Video:
    _, own_height, bit_rate = size
    own_width = max(2, width * own_height // height // 2 * 2)
    scale = VideoReformatter()
    scaled = ((at, scale.reformat(p, width=own_width, height=own_height)) for at, p in timed)
    return encode_video(scaled, own_width, own_height, bit_rate, _FPS)


def _closed(videos: tuple[Video, ...], packets: tuple[Packet, ...], offset: int) -> Clip:
    """Make a loop: picture and sound start together (`offset` = start of the picture in audio
    ticks), the sound ends with the picture."""
    frames = videos[0].frames
    last = frames[-1].at - frames[-2].at if len(frames) > 1 else 0
    ticks = frames[-1].at + (last if last > 0 else VIDEO_RATE // _FPS)
    end = ticks * AUDIO_RATE // VIDEO_RATE
    moved = (Packet(p.at - offset, p.level, p.data) for p in packets)
    kept = tuple(p for p in moved if p.at >= 0 and p.at + PACKET_TICKS <= end)
    return Clip(videos, kept, ticks)
