"""The files of a recording: which there are, when they begin and how long they play."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
from msgspec import Struct

from vicon.core.recordplan import RecordingSheet, RecordPart
from vicon.ops.words import Words

SHORT_S = 1.0
"""A file that ends so much earlier than it should was cut off."""
_FILE = re.compile(r"(.+)-[0-9]+\.(webm|mkv)")


class Piece(Struct, frozen=True, kw_only=True):
    """A file that can be opened."""

    path: Path
    room: str
    began: int
    """Unix ms of its time 0."""
    seconds: float
    """So long it plays, as far as is known."""


class Problem(Struct, frozen=True):
    """What of a recording is missing in the film."""

    file: str
    words: Words


def pieces(place: Path, sheet: RecordingSheet) -> tuple[list[Piece], list[Problem]]:
    """The files of the recording in that directory, in the order of their beginning. A file whose
    length is not known is read through once. Raises OSError."""
    known = {part.file: part for part in sheet.parts}
    names = {entry.name for entry in place.iterdir() if _FILE.fullmatch(entry.name)}
    found: list[Piece] = []
    problems = [Problem(name, _GONE) for name in sorted(known.keys() - names)]
    for name in sorted(names):
        part = known.get(name)
        piece = _piece(place / name, part)
        if isinstance(piece, Words):
            problems.append(Problem(name, piece))
            continue
        found.append(piece)
        if part is not None and part.seconds - piece.seconds > SHORT_S:
            problems.append(Problem(name, cut_off(piece.seconds, part.seconds)))
    return sorted(found, key=lambda piece: (piece.began, piece.room)), problems


def cut_off(played: float, expected: float) -> Words:
    """Seconds."""
    left, whole = (f"{round(s) // 60}:{round(s) % 60:02}" for s in (played, expected))
    return Words(
        f"terpotong: hanya {left} dari {whole} yang dapat diputar",
        f"cut off: only {left} of {whole} can be played",
    )


def damaged(count: int) -> Words:
    return Words(
        f"rusak: {count} gambar atau suara tidak dapat dibaca",
        f"damaged: {count} pictures or sounds cannot be read",
    )


_GONE = Words("berkas tidak ada", "the file is not there")
NO_PLAY = Words("tidak dapat diputar", "it cannot be played")
_NO_TIME = Words("kapan mulainya tidak diketahui", "when it began is not known")


def _piece(path: Path, part: RecordPart | None) -> Piece | Words:
    """Or why it cannot be used."""
    whole = part is not None and part.ended and path.stat().st_size == part.bytes
    try:
        with av.open(path) as container:
            tags = {name.lower(): value for name, value in container.metadata.items()}
            seconds = part.seconds if part is not None and whole else _played(container)
    except av.FFmpegError as error:
        if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EIO):
            raise
        return NO_PLAY
    began = part.began if part is not None else _began(tags)
    if began is None or seconds <= 0:
        return _NO_TIME if began is None else NO_PLAY
    named = _FILE.fullmatch(path.name)
    room = part.room if part is not None else tags.get("room") or (named[1] if named else "")
    return Piece(path=path, room=room, began=began, seconds=seconds)


def _began(tags: dict[str, str]) -> int | None:
    """As the recorder writes it, Unix ms."""
    said = tags.get("start_unix_ms", "")
    return int(said) if said.isdecimal() else None


def _played(container: Any) -> float:
    """Seconds to the end of the last packet."""
    last = 0.0
    for packet in packets(container):
        last = max(last, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    return last


def packets(container: Any) -> Iterator[Any]:
    """With a time, until the end or to where nothing can be read any more."""
    try:
        for packet in container.demux():
            if packet.size and packet.pts is not None:
                yield packet
    except av.FFmpegError:
        return
