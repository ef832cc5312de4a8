"""A recording as the media plane writes it and the store keeps it. Plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct


class Marker(Struct, frozen=True, kw_only=True):
    """A chapter of a recording."""

    at: int
    """Unix ms."""
    title: str
    room: str = ""
    """Whose item it is, the hub's too; empty: not known."""


class RecordSource(Struct, frozen=True, kw_only=True):
    """A device whose media is to be recorded, and the room it stands for."""

    device: str
    room: str
    name: str
    audio: bool = True
    """Its sound is in the programme."""
    video: bool = True


class RecordPlan(Struct, frozen=True, kw_only=True):
    """What is to be recorded of a conference now."""

    id: str
    directory: str
    """It exists, and belongs to this recording alone."""
    sources: tuple[RecordSource, ...]
    markers: tuple[Marker, ...] = ()
    most_bytes: int = 2 << 30
    """Of one file: then another begins, with the next key frame."""
    least_free: int = 2 << 30
    """Bytes that stay free on the disk: with fewer the recording ends."""


class RecordPart(Struct, frozen=True, kw_only=True):
    """One file."""

    file: str
    """Its name in the recording's directory."""
    room: str
    device: str
    video: str
    """Codec; empty: there is no picture in it."""
    began: int
    """Unix ms of the file's time 0."""
    seconds: float
    bytes: int
    ended: bool = False


class RecordedSource(Struct, frozen=True, kw_only=True):
    """How it stands with one source. Ages in seconds; None: it never came."""

    device: str
    room: str
    bytes: int
    picture_age: float | None = None
    key_age: float | None = None
    sound_age: float | None = None
    lost: int = 0
    """Gaps that were not repaired."""


RecordTrouble = Literal["disk_full", "write_failed", "recorder_ended"]


class RecordingFigures(Struct, frozen=True, kw_only=True):
    """Every second while a recording runs, and when it is over."""

    id: str
    parts: tuple[RecordPart, ...] = ()
    """Those that are open, or have ended since the last figures."""
    sources: tuple[RecordedSource, ...] = ()
    free_bytes: int | None = None
    dropped: int = 0
    """Packets left out since the last figures, since the recorder did not keep up."""
    over: bool = False
    """Nothing more is written."""
    trouble: RecordTrouble | None = None
    """Why it is over, where nobody stopped it."""


class RecordingNote(Struct, frozen=True, kw_only=True):
    """Something that happened to a recording, Unix ms: who is shown from now on, or that the
    recorder was interrupted, or went on."""

    at: int
    what: Literal["floor", "interrupted", "resumed"]
    room: str = ""
    """Everybody looks at it: the room on air, or one that is pinned; empty: the hub."""
    beside: str = ""
    """A second room, as large; empty: none."""
    black: bool = False
    """The hub alone is seen and heard."""


class RecordingSheet(Struct, frozen=True, kw_only=True):
    """`recording.json`: what lies in a recording's directory, and all that a film of it needs."""

    version: int = 1
    id: str
    conference: str
    title: str
    timezone: str
    timezone_label: str = ""
    began: int
    """Unix ms."""
    by: str
    rooms: Mapping[str, str]
    """Codes and names."""
    hub: str
    floor: str
    """Shown at the beginning; empty: the hub. As RecordingNote has it, with the next two."""
    beside: str = ""
    black: bool = False
    parts: tuple[RecordPart, ...] = ()
    markers: tuple[Marker, ...] = ()
    notes: tuple[RecordingNote, ...] = ()
    ended: int | None = None
    why: str = ""
    ended_by: str = ""


class Disk(Struct, frozen=True, kw_only=True):
    """Where recordings go."""

    free_bytes: int
    bytes_per_s: float
    """As a trial write had it."""


class Recorded(Struct, frozen=True, kw_only=True):
    """A recording that lies on the disk."""

    sheet: RecordingSheet
    files: Mapping[str, int]
    """Names and bytes, as they are there now."""
