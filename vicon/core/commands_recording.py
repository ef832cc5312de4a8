"""What may be asked about recordings; a part of commands.py, the whole."""

from __future__ import annotations

from vicon.core.recordwords import RecordCause, RecordEnd
from vicon.core.shape import BaseCommand


class StartRecording(BaseCommand):
    """Of all rooms. What it needs to know of the server is put in by the server itself: `id`: a new
    one; `minutes`: so long the disk has room; `need`: so long it must have; `writable`: a file
    could be written fast enough; `steady`: the clock is in step."""

    id: str = ""
    minutes: int = 0
    need: int = 0
    writable: bool = False
    steady: bool = True


class StopRecording(BaseCommand):
    pass


class EndRecording(BaseCommand):
    """It cannot go on; only the server itself."""

    id: str
    why: RecordEnd


class WatchRecording(BaseCommand):
    """How it stands with the recording; only the server itself. `alarms`: rooms and what is wrong
    with them now."""

    id: str
    interrupted: bool
    alarms: tuple[tuple[str, RecordCause], ...] = ()


class NoteDeletion(BaseCommand):
    """Its files are gone; only the server itself. `by`: who deleted them."""

    id: str
    by: str


RecordingCommand = StartRecording | StopRecording | EndRecording | WatchRecording | NoteDeletion
