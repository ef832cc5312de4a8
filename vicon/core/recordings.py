"""Recording of a session: begun and ended by a moderator, by the session's end or by a disk that is
full. The session never depends on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from vicon.core import commands_recording as do
from vicon.core import events_recording as ev
from vicon.core.events import Event
from vicon.core.model import Conference
from vicon.core.recordwords import RecordAlarm, Recording
from vicon.core.refusals import Outcome, Refused, Who


def running(state: Conference) -> Recording | None:
    """The recording that runs now."""
    recording = state.recording
    return recording if recording is not None and recording.ended_at is None else None


def start(state: Conference, asker: Who, command: do.StartRecording, now: int) -> Outcome:
    """Where it runs already nothing is asked for."""
    if running(state) is not None:
        return []
    if not command.id or not command.writable:
        return Refused("record_unwritable")
    if command.minutes < command.need:
        facts: dict[str, str | int] = {"minutes": max(0, command.minutes), "need": command.need}
        return Refused("record_no_room", facts)
    if not command.steady:
        return Refused("record_clock")
    started: Event = ev.RecordingStarted(
        recording=command.id, by=asker.name or asker.role, rooms=list(state.rooms)
    )
    return [started]


def stop(state: Conference, asker: Who, command: do.StopRecording, now: int) -> Outcome:
    recording = running(state)
    if recording is None:
        return []
    by = asker.name or asker.role
    stopped: Event = ev.RecordingStopped(recording=recording.id, why="stopped", by=by)
    return [stopped]


def end(state: Conference, asker: Who, command: do.EndRecording, now: int) -> Outcome:
    recording = running(state)
    if recording is None or recording.id != command.id:
        return []
    stopped: Event = ev.RecordingStopped(recording=recording.id, why=command.why)
    return [stopped]


def watch(state: Conference, asker: Who, command: do.WatchRecording, now: int) -> Outcome:
    recording = running(state)
    if recording is None or recording.id != command.id:
        return []
    id, events = recording.id, list[Event]()
    if command.interrupted != (recording.interrupted_at is not None):
        word = ev.RecordingInterrupted if command.interrupted else ev.RecordingResumed
        events.append(word(recording=id))
    wrong = {room: cause for room, cause in command.alarms if room in state.rooms}
    for room, cause in wrong.items():
        known = recording.alarms.get(room)
        if known is None or known.cause != cause:
            events.append(ev.RecordingAlarmRaised(recording=id, room=room, cause=cause))
    gone = [room for room in recording.alarms if room not in wrong]
    return [*events, *(ev.RecordingAlarmEnded(recording=id, room=room) for room in gone)]


def note_deletion(state: Conference, asker: Who, command: do.NoteDeletion, now: int) -> Outcome:
    """Of one that runs there is nothing to delete."""
    recording = running(state)
    if recording is not None and recording.id == command.id:
        return []
    return [ev.RecordingDeleted(recording=command.id, by=command.by)]


def consequences(state: Conference) -> Sequence[Event]:
    """A session that was closed or put away is recorded no more."""
    recording = running(state)
    if recording is None or (state.phase != "closed" and not state.archived):
        return []
    return [ev.RecordingStopped(recording=recording.id, why="closed")]


def _started(state: Conference, event: ev.RecordingStarted, at: int) -> Conference:
    begun = Recording(id=event.recording, began=at, by=event.by, rooms=tuple(event.rooms))
    return replace(state, recording=begun)


def _changed(state: Conference, **changes: Any) -> Conference:
    recording = state.recording
    if recording is None:
        raise KeyError("recording")
    return replace(state, recording=replace(recording, **changes))


def _stopped(state: Conference, event: ev.RecordingStopped, at: int) -> Conference:
    """What was wrong with rooms is of no more use."""
    ended: dict[str, Any] = {"ended_at": at, "why": event.why, "ended_by": event.by}
    return _changed(state, **ended, interrupted_at=None, alarms={})


def _interrupted(state: Conference, event: ev.RecordingInterrupted, at: int) -> Conference:
    count = state.recording.interruptions if state.recording is not None else 0
    return _changed(state, interrupted_at=at, interruptions=count + 1)


def _resumed(state: Conference, event: ev.RecordingResumed, at: int) -> Conference:
    return _changed(state, interrupted_at=None)


def _raised(state: Conference, event: ev.RecordingAlarmRaised, at: int) -> Conference:
    known = state.recording.alarms if state.recording is not None else {}
    alarm = RecordAlarm(cause=event.cause, since=at)
    return _changed(state, alarms={**known, event.room: alarm})


def _calm(state: Conference, event: ev.RecordingAlarmEnded, at: int) -> Conference:
    known = state.recording.alarms if state.recording is not None else {}
    return _changed(state, alarms={r: a for r, a in known.items() if r != event.room})


def _deleted(state: Conference, event: ev.RecordingDeleted, at: int) -> Conference:
    """For the record: what is there is on the disk."""
    return state


EVOLVERS: Mapping[type[Event], Callable[[Conference, Any, int], Conference]] = {
    ev.RecordingStarted: _started,
    ev.RecordingStopped: _stopped,
    ev.RecordingInterrupted: _interrupted,
    ev.RecordingResumed: _resumed,
    ev.RecordingAlarmRaised: _raised,
    ev.RecordingAlarmEnded: _calm,
    ev.RecordingDeleted: _deleted,
}
