"""Broadcast of the programme to the public: begun and ended by a moderator, or by the session's
end. The session never depends on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from vicon.core import commands_broadcast as do
from vicon.core import events_broadcast as ev
from vicon.core import layout
from vicon.core.broadcastwords import Broadcast
from vicon.core.events import Event
from vicon.core.model import Conference, Device
from vicon.core.recordlook import source_wish
from vicon.core.refusals import Outcome, Refused, Who
from vicon.core.rooms import is_hub


def running(state: Conference) -> Broadcast | None:
    """The broadcast that runs now."""
    broadcast = state.broadcast
    return broadcast if broadcast is not None and broadcast.ended_at is None else None


def shown(state: Conference) -> tuple[str, ...]:
    """Rooms whose pictures the public sees: one, or two side by side; none before the session has
    begun."""
    if state.phase != "live":
        return ()
    first = layout.programme(state)
    alone = state.black or state.pinned is not None
    if alone or state.beside is None or state.beside == first:
        return (first,)
    return (first, state.beside)


def heard(state: Conference, device: Device) -> bool:
    """Whether the public hears a room's main device: as every hall does, so never a closed
    microphone, a private line or an announcement, and while all is black the hub alone. What is
    said before the session begins is not for the public."""
    if device.room is None or state.phase != "live":
        return False
    if state.black and not is_hub(state, device.room):
        return False
    return source_wish(state, device)[0]


def start(state: Conference, asker: Who, command: do.StartBroadcast, now: int) -> Outcome:
    """Where it runs already nothing is asked for."""
    if running(state) is not None:
        return []
    if command.taken:
        return Refused("broadcast_taken", {"title": command.taken})
    if not command.id:
        return Refused("broadcast_off")
    return [ev.BroadcastStarted(broadcast=command.id, by=asker.name or asker.role)]


def stop(state: Conference, asker: Who, command: do.StopBroadcast, now: int) -> Outcome:
    broadcast = running(state)
    if broadcast is None:
        return []
    by = asker.name or asker.role
    return [ev.BroadcastStopped(broadcast=broadcast.id, why="stopped", by=by)]


def watch(state: Conference, asker: Who, command: do.WatchBroadcast, now: int) -> Outcome:
    broadcast = running(state)
    if broadcast is None or broadcast.id != command.id:
        return []
    id, events = broadcast.id, list[Event]()
    if command.interrupted != (broadcast.interrupted_at is not None):
        word = ev.BroadcastInterrupted if command.interrupted else ev.BroadcastResumed
        events.append(word(broadcast=id))
    new = [cause for cause in dict.fromkeys(command.alarms) if cause not in broadcast.alarms]
    events += [ev.BroadcastAlarmRaised(broadcast=id, cause=cause) for cause in new]
    gone = [cause for cause in broadcast.alarms if cause not in command.alarms]
    return [*events, *(ev.BroadcastAlarmEnded(broadcast=id, cause=cause) for cause in gone)]


def consequences(state: Conference) -> Sequence[Event]:
    """A session that was closed or put away is broadcast no more."""
    broadcast = running(state)
    if broadcast is None or (state.phase != "closed" and not state.archived):
        return []
    return [ev.BroadcastStopped(broadcast=broadcast.id, why="closed")]


def _started(state: Conference, event: ev.BroadcastStarted, at: int) -> Conference:
    return replace(state, broadcast=Broadcast(id=event.broadcast, began=at, by=event.by))


def _changed(state: Conference, **changes: Any) -> Conference:
    if state.broadcast is None:
        raise KeyError("broadcast")
    return replace(state, broadcast=replace(state.broadcast, **changes))


def _stopped(state: Conference, event: ev.BroadcastStopped, at: int) -> Conference:
    """What was wrong is of no more use."""
    ended: dict[str, Any] = {"ended_at": at, "why": event.why, "ended_by": event.by}
    return _changed(state, **ended, interrupted_at=None, alarms={})


def _interrupted(state: Conference, event: ev.BroadcastInterrupted, at: int) -> Conference:
    count = state.broadcast.interruptions if state.broadcast is not None else 0
    return _changed(state, interrupted_at=at, interruptions=count + 1)


def _resumed(state: Conference, event: ev.BroadcastResumed, at: int) -> Conference:
    return _changed(state, interrupted_at=None)


def _raised(state: Conference, event: ev.BroadcastAlarmRaised, at: int) -> Conference:
    known = state.broadcast.alarms if state.broadcast is not None else {}
    return _changed(state, alarms={**known, event.cause: at})


def _calm(state: Conference, event: ev.BroadcastAlarmEnded, at: int) -> Conference:
    known = state.broadcast.alarms if state.broadcast is not None else {}
    return _changed(state, alarms={c: since for c, since in known.items() if c != event.cause})


EVOLVERS: Mapping[type[Event], Callable[[Conference, Any, int], Conference]] = {
    ev.BroadcastStarted: _started,
    ev.BroadcastStopped: _stopped,
    ev.BroadcastInterrupted: _interrupted,
    ev.BroadcastResumed: _resumed,
    ev.BroadcastAlarmRaised: _raised,
    ev.BroadcastAlarmEnded: _calm,
}
