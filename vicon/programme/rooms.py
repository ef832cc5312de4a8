"""All files of a recording on one clock, each open while it plays."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import av

from vicon.programme.canvas import I420
from vicon.programme.pieces import NO_PLAY, SHORT_S, Piece, Problem, cut_off, damaged
from vicon.programme.source import FRESH_S, RATE, Reader, Sound

OPEN_S = 1.0
"""A file is opened so long before its time."""
EARLY_S = 0.5
"""The first picture of a file may be shown so long before its time."""


class _Open:
    """A file that is read now."""

    def __init__(self, piece: Piece, begin: float, reader: Reader) -> None:
        self.piece, self.begin, self.reader = piece, begin, reader

    def past(self, at: float) -> bool:
        """Nothing more comes of it, and its last picture is too old."""
        return self.reader.over and at > self.begin + self.reader.read_s + FRESH_S


class Rooms:
    """Times are seconds of the film. Use it as a context: files are closed at its end."""

    def __init__(self, found: Sequence[Piece], hear: Callable[[str, int, Sound], None]) -> None:
        """`found`: one at least. `hear`: is given what each room says, with the sample of the
        film at which it begins."""
        self.began = min(piece.began for piece in found)
        """Unix ms of the film's beginning."""
        self.seconds = max((p.began - self.began) / 1000 + p.seconds for p in found)
        self.problems: list[Problem] = []
        self._hear = hear
        self._coming = sorted(found, key=lambda piece: piece.began, reverse=True)
        """The next one is the last."""
        self._open: list[_Open] = []
        """The one that began last is the first."""

    def __enter__(self) -> Rooms:
        return self

    def __exit__(self, *_: object) -> None:
        for one in list(self._open):
            self._close(one)

    def read(self, since: float, until: float) -> None:
        """All sound that belongs before `until`; pictures are asked for from `since` on."""
        while self._coming and self._second(self._coming[-1]) <= until + OPEN_S:
            self._begin(self._coming.pop())
        for one in list(self._open):
            one.reader.advance(until - one.begin)
            one.reader.rest(since - one.begin)
            if one.past(since):
                self._close(one)

    def _second(self, piece: Piece) -> float:
        return (piece.began - self.began) / 1000

    def _begin(self, piece: Piece) -> None:
        begin = self._second(piece)
        shift = round(begin * RATE)

        def heard(start: int, block: Sound) -> None:
            self._hear(piece.room, shift + start, block)

        try:
            self._open.insert(0, _Open(piece, begin, Reader(piece.path, heard)))
        except av.FFmpegError:
            self.problems.append(Problem(piece.path.name, NO_PLAY))

    def _close(self, one: _Open) -> None:
        self._open.remove(one)
        reader, piece = one.reader, one.piece
        reader.close()
        if reader.over and piece.seconds - reader.read_s > SHORT_S:
            self.problems.append(Problem(piece.path.name, cut_off(reader.read_s, piece.seconds)))
        if reader.broken:
            self.problems.append(Problem(piece.path.name, damaged(reader.broken)))

    def picture(self, room: str, at: float) -> I420 | None:
        """What is seen of it; None: nothing."""
        files = [one for one in self._open if one.piece.room == room]
        for early in (0.0, EARLY_S):
            for one in files:
                found = one.reader.picture(at - one.begin, early)
                if found is not None:
                    return found
        return None
