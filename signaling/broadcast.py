"""Broadcasts on the wire. A part of protocol v1; signaling.messages is the whole. Times are Unix
ms.
"""

from __future__ import annotations

from typing import Literal

from signaling.shape import _Part, _Strict

BroadcastEnd = Literal["stopped", "closed"]
"""A moderator stopped it; the session was closed."""
BroadcastCause = Literal["channel", "late", "disk"]
"""The public channel cannot be reached; the server is too busy to draw every picture; what is for
the public cannot be written to the disk."""


class BroadcastStart(_Strict, tag="broadcast.start"):
    """Send the programme to the public from now on."""


class BroadcastStop(_Strict, tag="broadcast.stop"):
    pass


class BroadcastAlarmView(_Part):
    cause: BroadcastCause
    since: int


class BroadcastView(_Part):
    """The last broadcast, to everybody: it runs while `ended_at` is null."""

    id: str
    began: int
    by: str
    interrupted_at: int | None
    """What sends it ended and is started again; the public sees nothing new meanwhile."""
    ended_at: int | None
    why: BroadcastEnd | None
    ended_by: str
    """Empty: nobody; see `why`."""
    alarms: list[BroadcastAlarmView]
    """For moderators and technicians."""
