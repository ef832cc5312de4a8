"""A recording and a broadcast, from the core's state to the wire."""

from __future__ import annotations

from signaling import messages as wire
from vicon.core.model import Conference


def recording_view(state: Conference, *, guide: bool) -> wire.RecordingView | None:
    """Everybody learns that it runs and who began it; what is wrong with it, those who guide."""
    known = state.recording
    if known is None:
        return None
    alarms = [
        wire.RecordingAlarmView(room=room, cause=alarm.cause, since=alarm.since)
        for room, alarm in known.alarms.items()
        if guide and room in state.rooms
    ]
    return wire.RecordingView(
        id=known.id,
        began=known.began,
        by=known.by,
        interrupted_at=known.interrupted_at,
        ended_at=known.ended_at,
        why=known.why,
        ended_by=known.ended_by,
        alarms=alarms,
    )


def broadcast_view(state: Conference, *, guide: bool) -> wire.BroadcastView | None:
    """As of a recording."""
    known = state.broadcast
    if known is None:
        return None
    return wire.BroadcastView(
        id=known.id,
        began=known.began,
        by=known.by,
        interrupted_at=known.interrupted_at,
        ended_at=known.ended_at,
        why=known.why,
        ended_by=known.ended_by,
        alarms=[
            wire.BroadcastAlarmView(cause=cause, since=since)
            for cause, since in known.alarms.items()
            if guide
        ],
    )
