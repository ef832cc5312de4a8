"""What counts as good: the defaults, where each comes from, and what a configuration may change."""

from __future__ import annotations

from vicon.config.settings import Thresholds

__all__ = ["SOURCES", "Thresholds", "rows"]

SOURCES: dict[str, str] = {
    "rtt_ms": "Daily testCallQuality 300/600; Teams network preparation 100; Teams CQD 500",
    "jitter_ms": "Teams, Twilio 30; Circuit 50",
    "loss_percent": "Teams 1; Polycom RMX, Vidyo 1/5",
    "burst_percent": "Teams, 200 ms",
    "mos": "ITU-T G.107; Twilio low-MOS 3.5",
    "up_kbps": "Azure ACS 720p 1.2, 360p 0.5 Mbit/s; Vidyo 150 kbit/s",
    "down_kbps": "Zoom group 720p; Azure ACS",
    "rise_ms": "Cloudflare AIM",
    "fps": "Teams CQD 7",
    "microphone_dbfs": "webrtc/testrtc",
    "clipped_samples": "webrtc/testrtc",
    "path": "webrtc/testrtc; LiveKit",
    "reconnect_s": "LiveKit ReconnectCheck 5 s",
    "signalling_ms": "vicon",
}
"""Of each metric; every report prints them."""


def rows(limits: Thresholds) -> tuple[tuple[str, str, str, str], ...]:
    """Metric, pass, fail, source, as in force."""
    t = limits
    return (
        ("rtt_ms", f"< {t.rtt_ms_pass:g}", f"> {t.rtt_ms_fail:g} (warning)", SOURCES["rtt_ms"]),
        ("jitter_ms", f"< {t.jitter_ms_pass:g}", f"> {t.jitter_ms_fail:g}", SOURCES["jitter_ms"]),
        (
            "loss_percent",
            f"< {t.loss_percent_pass:g}",
            f"> {t.loss_percent_fail:g}",
            SOURCES["loss_percent"],
        ),
        (
            "burst_percent",
            f"< {t.burst_percent_fail:g}",
            f">= {t.burst_percent_fail:g}",
            SOURCES["burst_percent"],
        ),
        ("mos", f">= {t.mos_pass:g}", f"< {t.mos_fail:g}", SOURCES["mos"]),
        (
            "capacity_up_kbps",
            f">= {t.up_kbps_pass:g} (360p {t.up_kbps_360p:g}, audio {t.up_kbps_fail:g})",
            f"< {t.up_kbps_fail:g}",
            SOURCES["up_kbps"],
        ),
        (
            "capacity_down_kbps",
            f">= {t.down_kbps_pass:g}",
            f"< {t.down_kbps_fail:g}",
            SOURCES["down_kbps"],
        ),
        (
            "rtt_rise_ms",
            f"< {t.rise_ms_pass:g}",
            f">= {t.rise_ms_fail:g} (warning)",
            SOURCES["rise_ms"],
        ),
        ("fps_received", f">= {t.fps_pass:g}", f"< {t.fps_fail:g}", SOURCES["fps"]),
        (
            "microphone_dbfs",
            f"> {t.microphone_dbfs_fail:g}",
            f"<= {t.microphone_dbfs_fail:g}",
            SOURCES["microphone_dbfs"],
        ),
        ("clipped_samples", f"<= {t.clipped_samples_pass:g}", "-", SOURCES["clipped_samples"]),
        ("path", "UDP", "-", SOURCES["path"]),
        ("signalling_ms", f"<= {t.signalling_ms_pass:g}", "-", SOURCES["signalling_ms"]),
        (
            "reconnect_s",
            f"<= {t.reconnect_s_pass:g}",
            f"> {t.reconnect_s_fail:g}",
            SOURCES["reconnect_s"],
        ),
    )
