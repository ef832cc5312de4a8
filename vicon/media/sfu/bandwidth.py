"""What publishers may send, and what receivers say that they can take (REMB)."""

from __future__ import annotations

from vicon.rtc.rtcp import Remb

PUBLISH_LIMIT = 3_000_000
"""bit/s. A ceiling only: how large a device really sends, it is told by its SendWish."""


class ReceiverEstimate:
    """The last REMB of a receiver. Kept as a figure; nothing is decided by it yet, since an idle
    link always estimates low."""

    __slots__ = ("at", "bitrate")

    def __init__(self) -> None:
        self.bitrate: int | None = None
        """bit/s"""
        self.at = 0.0
        """Monotonic seconds."""

    def heard(self, remb: Remb, now: float) -> None:
        self.bitrate, self.at = remb.bitrate, now


def publisher_limit(local_ssrc: int, video_ssrcs: tuple[int, ...]) -> Remb:
    """The REMB for a publisher: without one, browsers stay at their starting bit rate."""
    return Remb(local_ssrc, PUBLISH_LIMIT, video_ssrcs)
