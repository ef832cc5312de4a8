"""What announcements and private lines make of the state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from vicon.core import events_talk as ev
from vicon.core.change import BrokenHistory
from vicon.core.events import Event
from vicon.core.model import Conference
from vicon.core.talk import Announcement, Line


def _began(state: Conference, event: ev.AnnounceBegan, at: int) -> Conference:
    return replace(state, announcement=Announcement(device=event.device, by=event.by, at=at))


def _over(state: Conference, event: ev.AnnounceEnded, at: int) -> Conference:
    return replace(state, announcement=None)


def _called(state: Conference, event: ev.LineCalled, at: int) -> Conference:
    line = Line(
        id=event.line,
        room=event.room,
        caller=event.caller,
        by=event.by,
        role=event.role,
        at=at,
        voice="ringing" if event.voice else "off",
        rung_at=at if event.voice else None,
    )
    return replace(state, lines={**state.lines, event.room: line})


def _changed(state: Conference, room: str, line: str, **changes: Any) -> Conference:
    """Raises BrokenHistory for a line that does not stand."""
    known = state.lines.get(room)
    if known is None or known.id != line or known.ended is not None:
        raise BrokenHistory(f"no line {line} to {room or 'the technicians'}")
    return replace(state, lines={**state.lines, room: replace(known, **changes)})


def _rung(state: Conference, event: ev.LineRung, at: int) -> Conference:
    return _changed(state, event.room, event.line, voice="ringing", rung_at=at, quiet="")


def _answered(state: Conference, event: ev.LineAnswered, at: int) -> Conference:
    answered = {"answerer": event.device, "answered_by": event.by}
    return _changed(state, event.room, event.line, voice="on", rung_at=None, **answered)


def _quieted(state: Conference, event: ev.LineQuieted, at: int) -> Conference:
    off = {"voice": "off", "rung_at": None, "answerer": None}
    return _changed(state, event.room, event.line, **off, quiet=event.why)


def _written(state: Conference, event: ev.LineWritten, at: int) -> Conference:
    known = state.lines.get(event.room)
    return _changed(state, event.room, event.line, texts=known.texts + 1 if known else 0)


def _ended(state: Conference, event: ev.LineEnded, at: int) -> Conference:
    over = {"ended": event.why, "ended_at": at, "ended_by": event.by}
    off = {"voice": "off", "rung_at": None, "answerer": None}
    return _changed(state, event.room, event.line, **off, **over)


EVOLVERS: Mapping[type[Event], Callable[[Conference, Any, int], Conference]] = {
    ev.AnnounceBegan: _began,
    ev.AnnounceEnded: _over,
    ev.LineCalled: _called,
    ev.LineRung: _rung,
    ev.LineAnswered: _answered,
    ev.LineQuieted: _quieted,
    ev.LineWritten: _written,
    ev.LineEnded: _ended,
}
