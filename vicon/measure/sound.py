"""The chirp of the marked clip, and what can be said of a sound. Pure.

Samples are float, -1..1, mono, 48 kHz.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

RATE = 48_000
CHIRP_S, LOW_HZ, HIGH_HZ = 0.06, 800.0, 3000.0
CHIRP_EVERY_S, CHIRP_AT_S = 1.0, 0.5
"""One chirp in each second of the clip, half a second after its beginning."""
CHIRP_LEVEL = 0.35
CLIPPED = 0.999
SILENCE_DBFS = -120.0
_BED_LEVEL = 0.004
_BLOCK = RATE // 50
_FOUND = 0.35
"""Correlation coefficient from which on it is a chirp; noise stays below 0.1."""


@lru_cache(maxsize=1)
def chirp() -> Samples:
    """60 ms, rising from 800 to 3000 Hz, softly begun and ended; full scale."""
    count = int(CHIRP_S * RATE)
    t = np.arange(count) / RATE
    phase = 2 * np.pi * (LOW_HZ * t + (HIGH_HZ - LOW_HZ) * t**2 / (2 * CHIRP_S))
    window = np.minimum(1.0, np.minimum(t, CHIRP_S - t) / 0.006)
    return np.asarray(np.sin(phase) * np.clip(window, 0, 1), np.float64)


def clip_sound(seconds: int) -> Samples:
    """The clip's sound: a chirp every second over a quiet chord, so that it is never silent."""
    t = np.arange(seconds * RATE) / RATE
    chord = sum(np.sin(2 * np.pi * hz * t) for hz in (196.0, 247.0, 294.0))
    out = np.asarray(_BED_LEVEL * chord, np.float64)
    for second in range(seconds):
        start = int((second * CHIRP_EVERY_S + CHIRP_AT_S) * RATE)
        out[start : start + len(chirp())] += CHIRP_LEVEL * chirp()
    return out


def find_chirps(samples: Samples) -> list[tuple[float, float, float]]:
    """(seconds, correlation 0..1, amplitude) of each chirp, in order: matched filter."""
    wanted = chirp()
    size = len(wanted)
    if len(samples) < size:
        return []
    total = len(samples) + size - 1
    length = 1 << (total - 1).bit_length()
    spectrum = np.fft.rfft(samples, length) * np.conj(np.fft.rfft(wanted, length))
    score = np.fft.irfft(spectrum, length)[: len(samples) - size + 1]
    power = np.concatenate([[0.0], np.cumsum(samples**2)])
    energy = np.maximum(power[size:] - power[:-size], 1e-12)
    own = float(np.sum(wanted**2))
    quality = np.abs(score) / np.sqrt(energy * own)
    found: list[tuple[float, float, float]] = []
    gap = int(0.3 * CHIRP_EVERY_S * RATE)
    while quality.size and float(quality.max()) >= _FOUND and len(found) < 100:
        at = int(quality.argmax())
        found.append((at / RATE, float(quality[at]), abs(float(score[at])) / own))
        quality[max(0, at - gap) : at + gap] = 0
    return sorted(found)


def dbfs(amplitude: float) -> float:
    """20 log10, not below -120."""
    return max(SILENCE_DBFS, 20 * math.log10(amplitude)) if amplitude > 1e-6 else SILENCE_DBFS


def rms(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples**2))) if samples.size else 0.0


def loudness(samples: Samples) -> tuple[float, float, float]:
    """dBFS: of all, of the peak, and the noise floor (10th percentile of blocks of 20 ms)."""
    if samples.size < _BLOCK:
        return SILENCE_DBFS, SILENCE_DBFS, SILENCE_DBFS
    blocks = samples[: len(samples) // _BLOCK * _BLOCK].reshape(-1, _BLOCK)
    levels = np.sqrt(np.mean(blocks**2, axis=1))
    floor = float(np.percentile(levels, 10))
    return dbfs(rms(samples)), dbfs(float(np.max(np.abs(samples)))), dbfs(floor)


def clipped(samples: Samples) -> int:
    """Samples at full scale."""
    return int(np.count_nonzero(np.abs(samples) >= CLIPPED))
