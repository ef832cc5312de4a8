"""A recording's course, from its sheet: who was shown when; the chapters of a file. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from msgspec import Struct

from vicon.core.recordplan import Marker, RecordingNote, RecordingSheet


def last_stage(sheet: RecordingSheet) -> RecordingNote:
    """Who is shown now, as far as the sheet knows."""
    notes = (note for note in reversed(sheet.notes) if note.what == "floor")
    return next(notes, _first(sheet))


def same_stage(one: RecordingNote, other: RecordingNote) -> bool:
    return (one.room, one.beside, one.black) == (other.room, other.beside, other.black)


def _first(sheet: RecordingSheet) -> RecordingNote:
    return RecordingNote(
        at=sheet.began, what="floor", room=sheet.floor, beside=sheet.beside, black=sheet.black
    )


class Shown(Struct, frozen=True, kw_only=True):
    """How a recording stood at a moment."""

    room: str
    """The hub's code where the hub was shown."""
    beside: str | None
    black: bool
    """The hub alone was seen and heard."""
    interrupted: bool
    """The recorder was down."""
    line: str
    """The item that ran, if it was the room's."""


class Course:
    """A recording's course from its sheet. Times are Unix ms."""

    def __init__(self, sheet: RecordingSheet) -> None:
        self._hub = sheet.hub
        notes = sorted(sheet.notes, key=lambda note: note.at)
        self._stages = [_first(sheet), *(note for note in notes if note.what == "floor")]
        self._breaks = [note for note in notes if note.what != "floor"]
        self._markers = sorted(sheet.markers, key=lambda marker: marker.at)
        self._stage_times = [note.at for note in self._stages]
        self._break_times = [note.at for note in self._breaks]
        self._marker_times = [marker.at for marker in self._markers]

    def at(self, moment: int) -> Shown:
        stage = self._stages[max(0, bisect_right(self._stage_times, moment) - 1)]
        last = bisect_right(self._break_times, moment) - 1
        room = stage.room or self._hub
        return Shown(
            room=room,
            beside=stage.beside or None,
            black=stage.black,
            interrupted=last >= 0 and self._breaks[last].what == "interrupted",
            line=self._line(moment, room),
        )

    def _line(self, moment: int, room: str) -> str:
        last = bisect_right(self._marker_times, moment) - 1
        running = self._markers[last] if last >= 0 else None
        return running.title if running is not None and running.room == room else ""

    def silenced(self, began: int, ended: int) -> list[tuple[int, int]]:
        """Times within these in which the hub alone was heard."""
        found: list[tuple[int, int]] = []
        ends = [*self._stage_times[1:], ended]
        for stage, end in zip(self._stages, ends, strict=True):
            start, end = max(began, stage.at), min(ended, end)
            if stage.black and start < end:
                found.append((start, end))
        return found


def chapters_within(
    markers: Sequence[Marker], began: int, seconds: float
) -> list[tuple[float, str]]:
    """Those of a file that began then (Unix ms); what had begun before it stands at its
    beginning."""
    times = [(max(0.0, (marker.at - began) / 1000), marker.title) for marker in markers]
    inside = [entry for entry in times if entry[0] < seconds]
    first = max((i for i, entry in enumerate(inside) if entry[0] == 0), default=0)
    return inside[first:]
