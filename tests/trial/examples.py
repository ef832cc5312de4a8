"""What a good line and good equipment look like."""

from __future__ import annotations

from signaling import messages as m
from vicon.measure.looks import CameraLook, Examined, MicrophoneLook
from vicon.measure.report import Collected, Delay, LegReport, LoadReport, Lost, RoundTrips

BROWSER = m.BrowserFacts(
    secure=True, webrtc=True, agent="Chrome/140", codecs=["VP8", "H264", "opus"], threads=8
)
DEVICES = m.DeviceFacts(camera="USB Cam", width=1280, height=720, fps=30, microphone="Jabra")
CAMERA = CameraLook(
    state="good", brightness=120, contrast=50, sharpness=300, motion=3, fps=28, width=1280,
    height=720,
)  # fmt: skip
MICROPHONE = MicrophoneLook(
    state="good", rms_dbfs=-32, peak_dbfs=-6, noise_dbfs=-62, clipped_samples=0, echo_db=None
)
EXAMINED = Examined(camera=CAMERA, microphone=MICROPHONE, still=b"jpeg")
CONNECTED = m.Connected(connected=True, ms=80, candidate="host", protocol="udp")
BLOCKED = m.Connected(connected=False, errors=["701 timeout"])
COLLECTED = Collected(frames=[], frame_ms=[], packets=[], width=0, height=0, sent_offset_ms=0)


def lost(
    percent: float | None = 0.0,
    *,
    packets: int = 4000,
    count: int | None = None,
    interval: float | None = 0.1,
    burst: float | None = 0.0,
) -> Lost:
    return Lost(
        packets=packets,
        lost=round(packets * (percent or 0) / 100) if count is None else count,
        unknown=0,
        percent=percent,
        interval=interval,
        burst_percent=burst,
        reordered=0,
    )


def round_trips(ms: float = 40.0) -> RoundTrips:
    return RoundTrips(asked=30, answered=30, least=ms, median=ms, mean=ms, p95=ms)


def leg(
    *,
    rtt: float | None = 40.0,
    jitter: float | None = 3.0,
    up: Lost | None = None,
    down: Lost | None = None,
    level: str = "720p",
    nothing: bool = False,
    silent: tuple[float, float] = (0.02, 0.1),
) -> LegReport:
    """`nothing`: no packet came either way. `silent`: since when none came up, none down."""
    delay = Delay(jitter=jitter, variation_p95=jitter)
    return LegReport(
        seconds=30,
        up=None if nothing else up or lost(),
        down=None if nothing else down or lost(),
        up_delay=delay,
        down_delay=delay,
        round_trips=round_trips(rtt) if rtt is not None else None,
        picture=None,
        up_silent_s=silent[0],
        down_silent_s=silent[1],
        up_kbps=1100,
        down_kbps=1100,
        level=level,
        sent=[(3000 * n, 50.0 * n, n) for n in range(100)],
    )


WATCHED = m.Watched(seconds=30, decoded=590, width=1280, height=720, freezes=0, frozen_ms=0)


def load(
    kbps: float | None = 4400.0, *, filled: bool = False, before: float = 40, during: float = 55
) -> LoadReport:
    return LoadReport(
        kbps=kbps,
        filled=filled,
        rtt_before=before,
        rtt_during=during,
        lost_percent=0.0,
        steps=[],
    )


CUT = m.Cut(socket_ms=900, media_ms=1800)
