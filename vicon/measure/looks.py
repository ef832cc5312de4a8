"""What was seen of a camera and heard of a microphone."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

CameraState = Literal[
    "good", "dark", "over_exposed", "blurred", "frozen", "black", "covered", "off"
]
MicrophoneState = Literal["good", "silent", "clipped", "noisy", "echo"]


class CameraLook(Struct, frozen=True, kw_only=True):
    state: CameraState
    brightness: float
    """Mean luma, 0..255."""
    contrast: float
    """Standard deviation of luma."""
    sharpness: float
    """Variance of the Laplacian in the sharpest parts of the picture, at 640 x 360."""
    motion: float
    """Mean difference of luma from one picture to the next."""
    fps: float
    width: int
    height: int


class MicrophoneLook(Struct, frozen=True, kw_only=True):
    state: MicrophoneState
    rms_dbfs: float
    peak_dbfs: float
    noise_dbfs: float
    """10th percentile of 20 ms: what is there when nobody speaks."""
    clipped_samples: int
    echo_db: float | None
    """The clip's chirp as the microphone hears it, against what was sent; None: not heard."""


class Examined(Struct, frozen=True, kw_only=True):
    """None: nothing came that could be looked at."""

    camera: CameraLook | None
    microphone: MicrophoneLook | None
    still: bytes
    """JPEG, at most 640 pixels wide; empty without a picture. Shown, never stored."""
