"""What Chromium's fake camera and microphone play instead of a real hall: files, made here."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.vision.scenes import filmed

Sound = Literal["speech", "silent", "clipped"]
RATE, SECONDS = 48_000, 8
SCENE_S = 1.0
"""As drawn; Chromium plays the file again and again, at 30 pictures per second."""
QUALITY = 90
SPEECH_LEVEL, FLOOR_LEVEL = 0.1, 0.0005


def camera(folder: Path, scene: str) -> Path:
    """Motion JPEG of one of tests.vision.scenes; made once for a folder."""
    path = folder / f"{scene}.mjpeg"
    if path.exists():
        return path
    with path.open("wb") as file:
        for picture in filmed(scene, SCENE_S):
            done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
            assert done
            file.write(bytes(data))
    return path


def microphone(path: Path, sound: Sound) -> Path:
    """A WAVE file of 8 s, 48 kHz, mono; written anew, so that a microphone can be mended."""
    samples = np.zeros(SECONDS * RATE) if sound == "silent" else _speech()
    if sound == "clipped":
        samples = samples * 40
    whole = np.asarray(np.clip(samples * 32767, -32768, 32767), np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(whole.tobytes())
    return path


def _speech() -> NDArray[np.float64]:
    """As loud and as broken as a voice: a buzz at 140 Hz in syllables, with pauses."""
    rng = np.random.default_rng(7)
    t = np.arange(SECONDS * RATE) / RATE
    voice = sum(np.sin(2 * np.pi * 140 * n * t) / n for n in range(1, 20))
    syllables = np.clip(np.sin(2 * np.pi * 2.7 * t), 0, 1) * (np.mod(t, 2.0) < 1.6)
    floor = FLOOR_LEVEL * rng.standard_normal(t.size)
    return np.asarray(SPEECH_LEVEL * voice * syllables + floor, np.float64)


def flags(camera: Path, microphone: Path) -> list[str]:
    """Of Chromium, beside its fake devices."""
    return [
        f"--use-file-for-fake-video-capture={camera}",
        f"--use-file-for-fake-audio-capture={microphone}",
    ]
