"""Announcements and private lines as the wire shows them."""

from __future__ import annotations

from signaling import messages as wire
from vicon.core import lines
from vicon.core.model import Conference
from vicon.core.talk import Line


def announcement_view(state: Conference) -> wire.AnnouncementView | None:
    said = state.announcement
    if said is None:
        return None
    return wire.AnnouncementView(device=said.device, by=said.by, at=said.at)


def line_view(state: Conference, room: str) -> wire.PrivateLineView | None:
    """The line to a room, or to the technicians; None: there was none yet."""
    line = state.lines.get(room)
    return _view(state, line) if line is not None else None


def _view(state: Conference, line: Line) -> wire.PrivateLineView:
    caller = state.devices.get(line.caller)
    return wire.PrivateLineView(
        id=line.id,
        caller=line.caller,
        by=line.by,
        role=line.role,
        at=line.at,
        here=caller is not None and caller.connected,
        voice=line.voice,
        rings_until=lines.until(line),
        answerer=line.answerer,
        answered_by=line.answered_by,
        quiet=line.quiet,
        texts=line.texts,
        ended=line.ended,
        ended_at=line.ended_at,
        ended_by=line.ended_by,
    )
