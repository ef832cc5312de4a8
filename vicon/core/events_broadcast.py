"""What became of broadcasts; a part of events.py, which is the whole: the same promise."""

from __future__ import annotations

from vicon.core.broadcastwords import BroadcastCause, BroadcastEnd
from vicon.core.shape import BaseEvent


class BroadcastStarted(BaseEvent, tag="broadcast_started"):
    broadcast: str
    """Its id."""
    by: str


class BroadcastStopped(BaseEvent, tag="broadcast_stopped"):
    broadcast: str
    why: BroadcastEnd
    by: str = ""
    """Empty: nobody; see `why`."""


class BroadcastInterrupted(BaseEvent, tag="broadcast_interrupted"):
    """What sends it ended, with its worker or its server, and is started again."""

    broadcast: str


class BroadcastResumed(BaseEvent, tag="broadcast_resumed"):
    broadcast: str


class BroadcastAlarmRaised(BaseEvent, tag="broadcast_alarm_raised"):
    broadcast: str
    cause: BroadcastCause


class BroadcastAlarmEnded(BaseEvent, tag="broadcast_alarm_ended"):
    broadcast: str
    cause: BroadcastCause


BroadcastEvent = (
    BroadcastStarted
    | BroadcastStopped
    | BroadcastInterrupted
    | BroadcastResumed
    | BroadcastAlarmRaised
    | BroadcastAlarmEnded
)
