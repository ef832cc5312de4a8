"""The detectors' models: files that the build takes out of pinned packages (hatch_build.py)."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vicon.ops.words import SpokenError, reason_of

FOLDER = Path(__file__).with_name("models")


class Weights(NamedTuple):
    file: str
    sha256: str


CENTERFACE = Weights(
    "centerface.onnx", "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"
)
YUNET = Weights("yunet.onnx", "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4")

BY_DETECTOR = {"centerface": CENTERFACE, "yunet": YUNET}


class WeightsError(SpokenError):
    """The file is missing, cannot be read, or is not the one that belongs there."""


def load(weights: Weights, folder: Path = FOLDER) -> NDArray[np.uint8]:
    """The bytes of the model, proven by their hash. Raises WeightsError."""
    path = folder / weights.file
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WeightsError(
            f"Model pendeteksi wajah {path} tidak terbaca: {reason_of(error)}. "
            "Jalankan scripts/up lagi dengan jaringan, atau pasang vicon lagi dari wheel-nya.",
            f"The face detector's model {path} cannot be read: {reason_of(error)}. "
            "Run scripts/up again with a network, or install vicon again from its wheel.",
        ) from error
    if hashlib.sha256(data).hexdigest() != weights.sha256:
        raise WeightsError(
            f"Model pendeteksi wajah {path} rusak: isinya bukan yang semestinya. "
            "Hapus berkas itu dan .stamp di sebelahnya, lalu jalankan scripts/up lagi.",
            f"The face detector's model {path} is damaged: it is not what belongs there. "
            "Delete that file and the .stamp beside it, then run scripts/up again.",
        )
    return np.frombuffer(data, np.uint8)
