"""One film of a recording: what the programme showed, with names and the time, and what was heard.

Everything is read forward, once; what is in memory does not grow with the recording's length.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from vicon.core.recordcourse import Course, chapters_within
from vicon.core.recordplan import RecordingSheet
from vicon.core.zones import label_of
from vicon.ops.words import Language, Words
from vicon.programme.canvas import I420, Canvas
from vicon.programme.pieces import Piece, Problem, pieces
from vicon.programme.rooms import Rooms
from vicon.programme.scene import HUB_ONLY, NO_PICTURE, Caption, Scene, clock_at, shown
from vicon.programme.sound import Mixer
from vicon.programme.source import RATE, Sound
from vicon.programme.writing import Look, Writing

CHUNK_S = 0.2
"""So much sound is mixed at once, then the pictures of that time are drawn."""
INTERRUPTED = Words("Rekaman terputus", "The recording was interrupted")


class Film(Struct, frozen=True, kw_only=True):
    """What was made."""

    seconds: float
    bytes: int
    chapters: tuple[tuple[float, str], ...]
    """Seconds and titles."""
    problems: tuple[Problem, ...]
    """What of the recording is not in it."""


class NothingRecorded(Exception):
    """No file of the recording can be played."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("no file of the recording can be played")
        self.problems = problems


def compose(
    place: Path,
    sheet: RecordingSheet,
    out: Path,
    look: Look,
    language: Language,
    tell: Callable[[float, float], None],
) -> Film:
    """Make the film `out` of the recording in the directory `place`. `tell` is told now and then
    how many seconds of how many are made. Whatever interrupts it, no half film is left. Raises
    NothingRecorded, OSError, and ValueError for a size that cannot be."""
    found, problems = pieces(place, sheet)
    if not found:
        raise NothingRecorded(problems)
    making = _Making(found, sheet, look, language)
    chapters = chapters_within(sheet.markers, making.began, making.seconds)
    with Writing(out, look, _with_ends(chapters, making.seconds), sheet.title) as writing:
        making.run(writing, tell)
    return Film(
        seconds=making.seconds,
        bytes=writing.bytes,
        chapters=tuple(chapters),
        problems=(*problems, *making.problems),
    )


def _with_ends(
    chapters: Sequence[tuple[float, str]], seconds: float
) -> list[tuple[float, float, str]]:
    ends = [*(at for at, _ in chapters[1:]), seconds][: len(chapters)]
    return [(at, end, title) for (at, title), end in zip(chapters, ends, strict=True)]


class _Making:
    """Times are seconds of the film."""

    def __init__(
        self, found: Sequence[Piece], sheet: RecordingSheet, look: Look, language: Language
    ) -> None:
        self._rooms = Rooms(found, self._hear)
        self.began, self.seconds = self._rooms.began, self._rooms.seconds
        self._sheet, self._look, self._language = sheet, look, language
        self._label = sheet.timezone_label or label_of(sheet.timezone)
        self._course = Course(sheet)
        self._canvas = Canvas(look.width, look.height)
        self._mixer = Mixer()
        end = self.began + round(1000 * self.seconds) + 1
        self._hushed = [
            (round((a - self.began) * RATE / 1000), round((b - self.began) * RATE / 1000))
            for a, b in self._course.silenced(self.began, end)
        ]
        self._last: tuple[Scene, dict[str, I420 | None], I420] | None = None

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(self._rooms.problems)

    def run(self, writing: Writing, tell: Callable[[float, float], None]) -> None:
        fps = self._look.fps
        pictures = max(1, round(self.seconds * fps))
        left = round(pictures / fps * RATE)
        drawn = chunk = 0
        with self._rooms:
            while drawn < pictures:
                until = (chunk + 1) * CHUNK_S
                self._rooms.read(until - CHUNK_S, until)
                heard = self._mixer.take(round(CHUNK_S * RATE))[:left]
                left -= len(heard)
                writing.sound(heard)
                while drawn < pictures and drawn / fps < until:
                    writing.picture(self._picture(drawn / fps))
                    drawn += 1
                chunk += 1
                tell(min(until, self.seconds), self.seconds)

    def _hear(self, room: str, start: int, block: Sound) -> None:
        end = start + len(block)
        if room != self._sheet.hub and any(a < end and start < b for a, b in self._hushed):
            block = block.copy()
            for a, b in self._hushed:
                block[max(0, a - start) : max(0, b - start)] = 0
        self._mixer.add(start, block)

    def _picture(self, at: float) -> I420:
        scene = self._scene(self.began + round(1000 * at))
        middle = at + 0.5 / self._look.fps  # so that none is late by more than half of its time
        pictures = {code: self._rooms.picture(code, middle) for code in shown(scene)}
        last = self._last
        if last is not None and last[0] == scene and _same(last[1], pictures):
            return last[2]
        drawn = self._canvas.draw(scene, pictures)
        self._last = scene, pictures, drawn
        return drawn

    def _scene(self, at: int) -> Scene:
        stood, names = self._course.at(at), self._sheet.rooms
        without = INTERRUPTED if stood.interrupted else NO_PICTURE
        captions = {stood.room: Caption(names.get(stood.room, stood.room), stood.line)}
        if stood.beside is not None:
            captions[stood.beside] = Caption(names.get(stood.beside, stood.beside))
        return Scene(
            air=stood.room,
            beside=stood.beside,
            title=self._sheet.title,
            clock=clock_at(at, self._sheet.timezone, self._label),
            captions=captions,
            notice=HUB_ONLY.say(self._language) if stood.black else "",
            without=without.say(self._language),
        )


def _same(before: Mapping[str, I420 | None], now: Mapping[str, I420 | None]) -> bool:
    return before.keys() == now.keys() and all(before[code] is now[code] for code in now)
