"""What a runner has seen of a line so far: filled step by step, read by the judge."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from signaling.trial import (
    BrowserFacts,
    Connected,
    Cut,
    DeviceFacts,
    PathName,
    RunKind,
    StepName,
    Watched,
)
from vicon.measure.looks import CameraLook, MicrophoneLook
from vicon.measure.report import LegReport, LoadReport


@dataclass(slots=True)
class PathTry:
    name: PathName
    asked: bool
    """False: it is not configured."""
    connected: Connected | None = None
    why: str = ""
    """Of what could not be tried at all."""

    @property
    def good(self) -> bool:
        return self.connected is not None and self.connected.connected


@dataclass(slots=True)
class Seen:
    client: Literal["browser", "program"] = "browser"
    kind: RunKind = "full"
    together: bool = False
    browser: BrowserFacts | None = None
    devices: DeviceFacts | None = None
    camera: CameraLook | None = None
    microphone: MicrophoneLook | None = None
    looked: bool = False
    """A call was open from which camera and microphone could be examined."""
    echoes_ms: list[float] = field(default_factory=list)
    held_s: float = 0.0
    socket_lost: bool = False
    turn_configured: bool = False
    paths: list[PathTry] = field(default_factory=list)
    chosen: PathName | None = None
    call_connected: Connected | None = None
    call: LegReport | None = None
    measured_from: int | None = None
    measured_to: int | None = None
    """Unix ms of `call`."""
    watched: Watched | None = None
    psnr_db: float | None = None
    ssim: float | None = None
    delay_down_ms: float | None = None
    delay_error_ms: float | None = None
    load_down: LoadReport | None = None
    load_up: LoadReport | None = None
    load_up_limited: bool = False
    load_skipped: str = ""
    """Why no load was made: live, quick, together; empty: it was."""
    cut: Cut | None = None
    broken: dict[StepName, str] = field(default_factory=dict)
    """Steps that could not be brought to their end: station_lost, station_unsteady,
    station_timeout, worker_lost, server_restarted, stopped, ice_failed, failed:<why>."""
