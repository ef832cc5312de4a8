"""The halls' fallback plans on the wire: how much picture a hall's line is trusted with. A part of
protocol v1; signaling.messages is the whole. Times are Unix ms.
"""

from __future__ import annotations

from typing import Literal

from signaling.shape import LineName, RoomCode, _Part, _Strict

FallbackLevel = Literal["720p", "360p", "audio"]
"""The largest picture that the hall sends and is sent. audio: it sends none, and is sent that of
who is shown large alone, small, where its line has room."""
FallbackWhy = Literal["loss", "rtt", "rate", "cpu"]


class FallbackPin(_Strict, tag="fallback.pin"):
    """Keep a hall at this level; null: it moves by itself again."""

    room: RoomCode
    level: FallbackLevel | None


class TroubleView(_Part):
    """Why a hall stands below its ceiling, as measured."""

    why: FallbackWhy
    """loss: packets lost, percent. rtt: a round trip much longer than usual there, ms. rate: room
    for sound alone, kbit/s. cpu: of the time its machine is too slow to encode, percent."""
    side: LineName
    """up: from the hall to the server."""
    value: float


class FallbackView(_Part):
    level: FallbackLevel
    ceiling: FallbackLevel
    """What its last trial found; 720p for a hall that was not tested."""
    tested: bool
    pinned: bool
    by: str
    """Who pinned it; this and what follows is for those who see the devices."""
    trouble: TroubleView | None
    since: int | None
    """When the level last moved by itself; null: it has not, since the plan was set."""
