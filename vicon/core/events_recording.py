"""What became of recordings; a part of events.py, which is the whole: the same promise."""

from __future__ import annotations

from vicon.core.recordwords import DeletedWhy, RecordCause, RecordEnd
from vicon.core.shape import BaseEvent


class RecordingStarted(BaseEvent, tag="recording_started"):
    recording: str
    """Its id."""
    by: str
    rooms: list[str]


class RecordingStopped(BaseEvent, tag="recording_stopped"):
    recording: str
    why: RecordEnd
    by: str = ""
    """Empty: nobody; see `why`."""


class RecordingInterrupted(BaseEvent, tag="recording_interrupted"):
    """The recorder ended, with its worker or its server, and is started again."""

    recording: str


class RecordingResumed(BaseEvent, tag="recording_resumed"):
    """In new files."""

    recording: str


class RecordingAlarmRaised(BaseEvent, tag="recording_alarm_raised"):
    recording: str
    room: str
    cause: RecordCause


class RecordingAlarmEnded(BaseEvent, tag="recording_alarm_ended"):
    recording: str
    room: str


class RecordingDeleted(BaseEvent, tag="recording_deleted"):
    """With all its files; it may have been made before this vicon told of it."""

    recording: str
    by: str = ""
    """Empty: nobody; see `why`."""
    why: DeletedWhy = "asked"


RecordingEvent = (
    RecordingStarted
    | RecordingStopped
    | RecordingInterrupted
    | RecordingResumed
    | RecordingAlarmRaised
    | RecordingAlarmEnded
    | RecordingDeleted
)
