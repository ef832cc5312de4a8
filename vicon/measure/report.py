"""What one end of a leg measured over a window. Plain values; None: not measured.

`up` is from the station to the server, `down` from the server to the station.
"""

from __future__ import annotations

from msgspec import Struct


class Lost(Struct, frozen=True, kw_only=True):
    """Packets of one direction on the line itself, sound, picture and retransmissions together, by
    their transport-wide numbers: repair hides nothing."""

    packets: int
    """Whose fate is known."""
    lost: int
    unknown: int
    """Nobody said what became of them (the report itself was lost): neither lost nor come."""
    percent: float | None
    """None below 50 known packets."""
    interval: float | None
    """Half-width of the 95 % interval, in points, wider for bursts."""
    burst_percent: float | None
    """Most of any 200 ms that held at least 50 packets; None: no such window."""
    reordered: int


class RoundTrips(Struct, frozen=True, kw_only=True):
    """STUN pings of the server on the leg's path, ms."""

    asked: int
    answered: int
    least: float
    median: float
    mean: float
    p95: float


class Delay(Struct, frozen=True, kw_only=True):
    """ms."""

    jitter: float | None
    """Mean |D| of consecutive sound packets (RFC 3550, section 6.4.1), windows in which the
    receiving program stood still left out."""
    variation_p95: float | None
    """95th percentile of the one-way delay above its least."""


class Picture(Struct, frozen=True, kw_only=True):
    """Frames that came whole (retransmissions counted as coming)."""

    frames: int
    fps: float
    width: int
    height: int
    freezes: int
    """W3C webrtc-stats freezeCount: a gap above max(3 x mean, mean + 150 ms)."""
    frozen_ms: float
    key_frames: int


class LegReport(Struct, frozen=True, kw_only=True):
    """Since the last mark."""

    seconds: float
    up: Lost | None
    down: Lost | None
    up_delay: Delay | None
    down_delay: Delay | None
    round_trips: RoundTrips | None
    picture: Picture | None
    """Received by the server."""
    up_silent_s: float
    """Seconds since the last packet came; since the mark when none came."""
    down_silent_s: float
    """Seconds since the station last told of any packet that came."""
    up_kbps: float
    """On the line: IP and UDP headers counted."""
    down_kbps: float
    level: str
    """Version of the marked clip that is sent: 720p, 360p, 180p, or audio."""
    sent: list[tuple[int, float, int]]
    """Frames that were sent: RTP timestamp, Unix ms, mark. At most 4000."""


class LoadReport(Struct, frozen=True, kw_only=True):
    """A ramp in one direction."""

    kbps: float | None
    """Delivered while the line was full, else the most that was delivered; IP level."""
    filled: bool
    """The knee was found; else the line carries at least `kbps`."""
    rtt_before: float | None
    """Median ms just before."""
    rtt_during: float | None
    """Median ms of the last second of the load, or by the growth of the one-way delay."""
    lost_percent: float | None
    steps: list[tuple[float, float, float]]
    """Seconds since the start, kbit/s offered (0: not known), kbit/s delivered."""


class Collected(Struct, frozen=True, kw_only=True):
    """Encoded media that came, at most 2 MB; it is looked at and thrown away."""

    frames: list[bytes]
    """VP8, from a key frame on, in order."""
    frame_ms: list[float]
    """Arrival of each, ms since the first."""
    packets: list[bytes]
    """Opus, in order, 20 ms each; empty bytes for a lost one."""
    width: int
    height: int
    sent_offset_ms: float
    """The first packet came so long after the clip's sound began its present loop."""
