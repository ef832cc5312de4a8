"""What the media plane measures of each device, and what a receiving page alone can tell. A part of
protocol v1; signaling.messages is the whole.

Rates are kbit/s and shares percent, over the last two seconds unless a name says otherwise. Null:
not known.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from signaling.shape import RoomCode, _Open, _Part, _Strict
from signaling.views import DeviceKind, MediaKind

LayerName = Literal["q", "h", "f"]
"""rid of a simulcast encoding: quarter, half and full size (180p, 360p, 720p)."""
LineLimit = Literal["", "reduced", "sound"]
"""What a narrow line does to the pictures that come: nothing; smaller or slower; none at all."""
Paused = Literal["", "bandwidth", "silent", "codec", "source", "uplink"]
"""Why nothing is forwarded: the line is too narrow; not among the loudest; the receiver cannot
decode it; the source sends nothing, or its own line has no room for it."""

_Many = Annotated[int, Meta(ge=0, le=1_000_000_000)]
_Seconds = Annotated[float, Meta(ge=0, le=10_000_000)]
_Percent = Annotated[float, Meta(ge=0, le=100)]
_Fps = Annotated[float, Meta(ge=0, le=1000)]


class SeenRoom(_Part, forbid_unknown_fields=True):
    """What arrived from one room. `freezes`, `frozen_s` and `dropped` count since the connection
    was made; the rest is of the time since the last report."""

    room: RoomCode
    freezes: _Many = 0
    frozen_s: _Seconds = 0.0
    dropped: _Many = 0
    """Frames that came and were not shown."""
    fps: _Fps | None = None
    concealed_percent: _Percent | None = None
    """Of the sound played: made up in place of what was lost."""


class MediaSeen(_Strict, tag="media.seen"):
    """What a page sees and hears of its down connection. Every 5 s, each room at most once."""

    rooms: Annotated[list[SeenRoom], Meta(max_length=128)]
    cpu_percent: _Percent | None = None
    """Of the time since the last report in which this machine was too slow to encode its picture as
    wished; null: not known."""


class LineView(_Part):
    """One connection of a device."""

    state: str
    """As RTCPeerConnection.connectionState."""
    kbps: int
    available_kbps: int | None
    """What the line is estimated to carry."""
    limit: LineLimit
    """Of an up connection "sound" at most: its picture is to rest."""
    rtt_ms: float | None
    lost_percent: float
    """Of all streams together; before repair."""
    jitter_ms: float
    """Of the stream that has most."""


class StreamView(_Part):
    """A layer that a device sends, or what it gets of one room."""

    room: str
    """Whose source it is; empty for the device's own."""
    kind: MediaKind
    layer: str
    """rid, with the highest temporal id that is forwarded after a dot: h.1. Empty: one encoding."""
    codec: str
    kbps: int
    packets: int
    lost_percent: float
    jitter_ms: float
    rtt_ms: float | None
    nacks: int
    """Packets asked for again."""
    repaired: int
    plis: int
    """Key frames asked for."""
    fps: float | None
    paused: Paused
    freezes: int | None
    """This and what follows is told by the receiver (`media.seen`)."""
    frozen_s: float | None
    dropped: int | None
    shown_fps: float | None
    concealed_percent: float | None


class DeviceFigures(_Part):
    device: str
    kind: DeviceKind
    room: str | None
    up: LineView | None
    down: LineView | None
    sends: list[StreamView]
    receives: list[StreamView]
    """Streams that flow, and those that the line or the codec holds back."""


class MediaLayers(_Open, tag="media_layers"):
    """To a device that publishes simulcast: what is worth encoding, because somebody receives it or
    is to. None: nobody wants its picture now."""

    layers: list[LayerName]


class MediaAgain(_Open, tag="media_again"):
    """To a device that publishes: offer the up connection anew (`media.publish`). More of the
    others will decode what it is answered now."""


class PausedView(_Part):
    room: str
    kind: MediaKind
    why: Paused


class MediaLine(_Open, tag="media_line"):
    """To a device about itself, when it has changed noticeably; every 2 s at most."""

    limit: LineLimit
    available_kbps: int | None
    """Of the down connection."""
    up: LineView | None
    down: LineView | None
    paused: list[PausedView]
    """What should come and is held back by the line or the codec."""


class MediaFigures(_Open, tag="media_figures"):
    """To moderators and technicians, every 2 s: the main devices of some rooms, each whole. All
    rooms may take several messages; figures not renewed within 6 s are void."""

    rooms: list[DeviceFigures]
