"""Offers as they were made by Chromium 156, Firefox ESR 153 (both with simulcast q, h, f), ffmpeg
9.0 (-f whip), GStreamer 1.22 (webrtcbin, x264enc) and libwebrtc M152; `-play`: recvonly."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from vicon.rtc import sdp

_HERE = Path(__file__).parent
PUBLISHING = ("chromium", "firefox", "ffmpeg", "gstreamer", "libwebrtc")
PLAYING = ("chromium-play", "firefox-play", "gstreamer-play")
END = sdp.Transport(
    ufrag="abcd",
    password="p" * 22,
    fingerprints=(sdp.Fingerprint("sha-256", "AB:CD"),),
    setup="passive",
    candidates=(sdp.Candidate("1", 1, "udp", 2130706431, "192.0.2.7", 4000, "host"),),
    lite=True,
)
"""The server's own end."""


@cache
def text(name: str) -> str:
    return (_HERE / f"{name}.sdp").read_bytes().decode()


def offer(name: str) -> sdp.Description:
    return sdp.parse(text(name))


def again(description: sdp.Description) -> sdp.Description:
    """As the other side reads it."""
    return sdp.parse(sdp.render(description))
