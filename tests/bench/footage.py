"""What the measured browsers see and hear: a camera's picture of the usual difficulty (the fake one
of browsers costs an encoder next to nothing) and a voice that never pauses."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

FPS, SECONDS = 30, 2
"""The picture's end fits its beginning: it is played over and over."""
RATE, VOICE_SECONDS = 48_000, 4
_GRAIN = 6


def picture(path: Path, height: int) -> None:
    """A YUV4MPEG2 file, 16:9: a textured scene that sways, with grain. About 20 MB for 360."""
    width = height * 16 // 9
    chance = np.random.default_rng(1)
    scene = _texture(chance, 2 * height, 2 * width)
    grain = chance.integers(-_GRAIN, _GRAIN + 1, (8, height, width), dtype=np.int16)
    flat = np.full((height // 2, width // 2), 128, dtype=np.uint8).tobytes()
    frames = FPS * SECONDS
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F{FPS}:1 Ip A1:1 C420jpeg\n".encode())
        for index in range(frames):
            turn = 2 * np.pi * index / frames
            top = int(height / 2 * (1 + 0.2 * np.sin(turn)))
            left = int(width / 2 * (1 + 0.2 * np.cos(turn)))
            luma = scene[top : top + height, left : left + width] + grain[index % len(grain)]
            file.write(b"FRAME\n" + luma.clip(16, 235).astype(np.uint8).tobytes() + 2 * flat)


def _texture(chance: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Patches of all sizes, as natural pictures have them."""
    found = np.full((height, width), 128.0)
    for size in (8, 16, 32, 64, 128):
        coarse = chance.normal(0, 4 + size / 8, (height // size + 1, width // size + 1))
        found += np.kron(coarse, np.ones((size, size)))[:height, :width]
    return found.astype(np.int16)


def voice(path: Path) -> None:
    """A WAV file: harmonics of a low voice with moving formants, four syllables a second."""
    at = np.arange(RATE * VOICE_SECONDS) / RATE
    pitch = 120 + 10 * np.sin(2 * np.pi * at / VOICE_SECONDS)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    sound = np.zeros_like(at)
    for number in range(1, 30):
        frequency = number * pitch
        formant = 500 + 200 * np.sin(2 * np.pi * at)
        loud = np.exp(-(((frequency - formant) / 200) ** 2))
        loud += 0.4 * np.exp(-(((frequency - 3 * formant) / 400) ** 2))
        sound += loud * np.sin(number * phase)
    sound *= 0.6 + 0.4 * np.sin(2 * np.pi * 4 * at)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((sound / np.abs(sound).max() * 16_000).astype("<i2").tobytes())


def flags(folder: Path, height: int) -> list[str]:
    """Chromium's, to take both for its camera and microphone."""
    picture(folder / "camera.y4m", height)
    voice(folder / "microphone.wav")
    return [
        f"--use-file-for-fake-video-capture={folder / 'camera.y4m'}",
        f"--use-file-for-fake-audio-capture={folder / 'microphone.wav'}",
    ]
