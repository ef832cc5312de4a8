"""A broadcast as the media plane makes it. Plain values."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from vicon.core.recordplan import RecordSource
from vicon.programme.scene import Scene


class Outlet(Struct, frozen=True, kw_only=True):
    """Where a broadcast goes and how large it is; from the configuration."""

    directory: str = ""
    """For HLS; it is made, and belongs to this broadcast alone. Empty: no HLS."""
    rtmp_url: str = ""
    """Of the channel, without its key; empty: none."""
    rtmp_key_file: str = ""
    """Read by the process that sends alone. Empty: the channel has no key."""
    height: int = 720
    kbps: int = 2500
    """Of the picture."""


class BroadcastPlan(Struct, frozen=True, kw_only=True):
    """What is to be broadcast of a conference now."""

    id: str
    sources: tuple[RecordSource, ...]
    """Every room that is there: whether its sound and its picture are in the programme."""
    scene: Scene
    """What is to be seen, but for the clock, which goes by itself."""
    zone: str
    """IANA name, of the clock."""
    zone_label: str
    outlet: Outlet


ChannelState = Literal["", "connecting", "sending", "waiting"]
"""Of RTMP: there is none; it is being reached; it takes what is sent; it failed and is tried again
after a while."""


class BroadcastFigures(Struct, frozen=True, kw_only=True):
    """Every second while a broadcast runs, and when what makes it has ended."""

    id: str
    seconds: float = 0.0
    """Since this process began."""
    pictures: int = 0
    """Drawn since then."""
    skipped: int = 0
    """Left out since then, the server being busy."""
    kbps: int = 0
    """Over the last seconds."""
    segments: int = 0
    """Of HLS, that can be watched now."""
    channel: ChannelState = ""
    late: bool = False
    """Too many pictures were left out lately."""
    disk: bool = False
    """HLS could not be written."""
    dropped: int = 0
    """Packets left out since the last figures, since the process did not keep up."""
    over: bool = False
    """The process has ended."""
