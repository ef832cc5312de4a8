"""What happened beside the programme; a part of events.py, which is the whole: the same promise.

Of what was written on a private line the journal keeps that it was written, when and by which side;
never the words: they would be there for ever.
"""

from __future__ import annotations

from vicon.core.shape import BaseEvent
from vicon.core.talk import AnnounceEnd, CallerRole, LineEnd, LineQuiet, LineSide


class AnnounceBegan(BaseEvent, tag="announce_began"):
    device: str
    by: str


class AnnounceEnded(BaseEvent, tag="announce_ended"):
    why: AnnounceEnd


class LineCalled(BaseEvent, tag="line_called"):
    """`room` empty: the technicians. `voice`: it rings."""

    line: str
    room: str
    caller: str
    by: str
    role: CallerRole
    voice: bool


class LineRung(BaseEvent, tag="line_rung"):
    """It stands, and rings once more."""

    room: str
    line: str


class LineAnswered(BaseEvent, tag="line_answered"):
    room: str
    line: str
    device: str
    by: str


class LineQuieted(BaseEvent, tag="line_quieted"):
    """No voices any more; the line stays to write on."""

    room: str
    line: str
    why: LineQuiet


class LineWritten(BaseEvent, tag="line_written"):
    room: str
    line: str
    side: LineSide


class LineEnded(BaseEvent, tag="line_ended"):
    """`by` empty: nobody ended it."""

    room: str
    line: str
    why: LineEnd
    by: str = ""


TalkEvent = (
    AnnounceBegan
    | AnnounceEnded
    | LineCalled
    | LineRung
    | LineAnswered
    | LineQuieted
    | LineWritten
    | LineEnded
)
