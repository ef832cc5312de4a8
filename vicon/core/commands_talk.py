"""What may be asked about talking beside the programme; a part of commands.py, the whole."""

from __future__ import annotations

from vicon.core.shape import BaseCommand


class Announce(BaseCommand):
    """The asker's device speaks to all halls, or no more."""

    on: bool


class CallLine(BaseCommand):
    """Open a private line to a room; None: to the technicians. `line`: an id that whoever asks has
    made, so that asking twice calls once. Without `voice` it is there to write on."""

    line: str
    room: str | None = None
    voice: bool = True


class RingLine(BaseCommand):
    """Ask the other side, on a line that stands, for voices."""

    line: str


class AnswerLine(BaseCommand):
    """With the asker's device."""

    line: str


class DeclineLine(BaseCommand):
    """No voices; what is written stays."""

    line: str


class WriteLine(BaseCommand):
    line: str
    text: str


class EndLine(BaseCommand):
    line: str


class WatchLines(BaseCommand):
    """End the ringing that nobody has answered; only the server itself."""


TalkCommand = (
    Announce | CallLine | RingLine | AnswerLine | DeclineLine | WriteLine | EndLine | WatchLines
)
