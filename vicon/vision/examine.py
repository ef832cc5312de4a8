"""From encoded media of a trial leg to what can be said of camera and microphone.

Blocking work of up to half a second: call it in a thread. Damaged media is left out, never an
error: what cannot be looked at gives None.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from vicon.measure import sound
from vicon.measure.looks import CameraLook, Examined, MicrophoneLook, MicrophoneState
from vicon.measure.report import Collected
from vicon.vision.camera import Luma, look

STILL_WIDTH, STILL_QUALITY = 640, 70
LEAST_SOUND_S = 1.0
SETTLE_S = 0.5
"""The beginning of a microphone's sound is left out: drivers fade in."""
SILENT_DBFS, CLIPPED_SAMPLES, NOISE_DBFS, ECHO_DB = -60.0, 6, -35.0, -10.0
"""Silent at or below; clipped above so many; noisy from this floor on (an air conditioner beside
the microphone); echo: the loudspeakers come back nearly as loud as they were sent."""
_MOST_LOOKED_AT = 90

Colour = NDArray[np.uint8]


def examine(collected: Collected, chirps: bool = True, moves: bool | None = None) -> Examined:
    """`chirps`: the clip was played over the hall's loudspeakers meanwhile. `moves`: see look."""
    pictures, times = _decode_video(collected)
    camera: CameraLook | None = None
    still = b""
    if pictures:
        greys = [_luma(p) for p in pictures]
        camera = look(greys, times, moves)
        still = _still(pictures[-1])
    samples = _decode_audio(collected.packets)
    return Examined(camera=camera, microphone=_listen(samples, chirps), still=still)


def _decode_video(collected: Collected) -> tuple[list[av.VideoFrame], list[float]]:
    decoder = av.VideoCodecContext.create("vp8", "r")
    pictures: list[av.VideoFrame] = []
    times: list[float] = []
    for data, at in zip(collected.frames, collected.frame_ms, strict=True):
        try:
            decoded = decoder.decode(av.Packet(data))
        except av.FFmpegError:
            continue
        for frame in decoded:
            pictures.append(frame)
            times.append(at)
    size = (pictures[-1].width, pictures[-1].height) if pictures else (0, 0)
    same = [i for i, p in enumerate(pictures) if (p.width, p.height) == size][-_MOST_LOOKED_AT:]
    return [pictures[i] for i in same], [times[i] for i in same]


def _luma(frame: av.VideoFrame) -> Luma:
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(frame.height, plane.line_size)
    return np.ascontiguousarray(rows[:, : frame.width])


def _still(frame: av.VideoFrame) -> bytes:
    picture: Colour = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
    if frame.width > STILL_WIDTH:
        height = frame.height * STILL_WIDTH // frame.width
        small = cv2.resize(picture, (STILL_WIDTH, height), interpolation=cv2.INTER_AREA)
        picture = np.asarray(small, np.uint8)
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, STILL_QUALITY])
    return bytes(data) if done else b""


def _decode_audio(packets: Sequence[bytes]) -> sound.Samples:
    decoder = av.AudioCodecContext.create("opus", "r")
    decoder.sample_rate, decoder.layout = sound.RATE, "mono"
    pieces: list[NDArray[np.float32]] = []
    for data in packets:
        if not data:
            continue
        try:
            decoded = decoder.decode(av.Packet(data))
        except av.FFmpegError:
            continue
        pieces += [np.asarray(frame.to_ndarray(), np.float32) for frame in decoded]
    if not pieces:
        return np.zeros(0)
    joined = np.concatenate([np.atleast_2d(piece) for piece in pieces], axis=1)
    return np.asarray(joined.mean(axis=0), np.float64)


def _listen(samples: sound.Samples, chirps: bool) -> MicrophoneLook | None:
    samples = samples[int(SETTLE_S * sound.RATE) :]
    if samples.size < LEAST_SOUND_S * sound.RATE:
        return None
    rms, peak, floor = sound.loudness(samples)
    clipped = sound.clipped(samples)
    echo = _echo(samples) if chirps else None
    return MicrophoneLook(
        state=_microphone(rms, floor, clipped, echo),
        rms_dbfs=rms,
        peak_dbfs=peak,
        noise_dbfs=floor,
        clipped_samples=clipped,
        echo_db=echo,
    )


def _microphone(rms: float, floor: float, clipped: int, echo: float | None) -> MicrophoneState:
    if rms <= SILENT_DBFS:
        return "silent"
    if clipped > CLIPPED_SAMPLES:
        return "clipped"
    if echo is not None and echo > ECHO_DB:
        return "echo"
    return "noisy" if floor > NOISE_DBFS else "good"


def _echo(samples: sound.Samples) -> float | None:
    """dB of the chirps that came back; one alone may be chance."""
    found = sound.find_chirps(samples)
    if len(found) < 2:
        return None
    steps = [b[0] - a[0] for a, b in pairwise(found)]
    regular = sum(1 for step in steps if abs(step - round(step)) < 0.02)
    if regular < len(steps) / 2:
        return None
    loudest = float(np.median([amplitude for _, _, amplitude in found]))
    return sound.dbfs(loudest) - sound.dbfs(sound.CHIRP_LEVEL)
