"""The trail of recordings: begun, ended and why, deleted. Fed with every entry in its order."""

from __future__ import annotations

from msgspec import Struct

from vicon.core import events as ev
from vicon.core.events_recording import (
    RecordingAlarmRaised,
    RecordingDeleted,
    RecordingInterrupted,
    RecordingStarted,
    RecordingStopped,
)
from vicon.core.minutewords import RecordingMinutes
from vicon.core.recordwords import DeletedWhy, RecordEnd


class _Recorded(Struct):
    by: str
    rooms: int
    began_at: int
    ended_at: int | None = None
    why: RecordEnd | None = None
    ended_by: str = ""
    interruptions: int = 0
    alarms: int = 0
    deleted_at: int | None = None
    deleted_by: str = ""
    deleted_why: DeletedWhy | None = None


class RecordingTrail:
    def __init__(self) -> None:
        self._known: dict[str, _Recorded] = {}

    def take(self, event: ev.Event, at: int) -> None:
        if isinstance(event, RecordingStarted):
            self._known[event.recording] = _Recorded(event.by, len(event.rooms), at)
        elif isinstance(
            event,
            RecordingStopped | RecordingInterrupted | RecordingAlarmRaised | RecordingDeleted,
        ):
            one = self._known.get(event.recording)
            if one is not None:
                _follow(one, event, at)

    def told(self, end: int) -> list[RecordingMinutes]:
        """`end`: until when lasted what did not end."""
        return [
            RecordingMinutes(
                id=id,
                by=one.by,
                rooms=one.rooms,
                began_at=one.began_at,
                ended_at=one.ended_at,
                why=one.why,
                ended_by=one.ended_by,
                lasted_ms=max(0, (end if one.ended_at is None else one.ended_at) - one.began_at),
                interruptions=one.interruptions,
                alarms=one.alarms,
                deleted_at=one.deleted_at,
                deleted_by=one.deleted_by,
                deleted_why=one.deleted_why,
            )
            for id, one in self._known.items()
        ]


def _follow(
    one: _Recorded,
    event: RecordingStopped | RecordingInterrupted | RecordingAlarmRaised | RecordingDeleted,
    at: int,
) -> None:
    match event:
        case RecordingStopped():
            one.ended_at, one.why, one.ended_by = at, event.why, event.by
        case RecordingInterrupted():
            one.interruptions += 1
        case RecordingAlarmRaised():
            one.alarms += 1
        case RecordingDeleted() if one.deleted_at is None:
            one.deleted_at, one.deleted_by, one.deleted_why = at, event.by, event.why
