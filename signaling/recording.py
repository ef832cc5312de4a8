"""Recordings on the wire. A part of protocol v1; signaling.messages is the whole. Times are Unix
ms.
"""

from __future__ import annotations

from typing import Literal

from signaling.shape import _Open, _Part, _Strict

RecordingEnd = Literal["stopped", "closed", "disk_full", "write_failed"]
"""A moderator stopped it; the session was closed; the disk is full; it cannot be written."""
RecordingCause = Literal["nothing", "picture", "keys", "sound", "left_out"]
"""Of a room whose camera sends: nothing of it is written; no picture; no key frame, so that it
cannot be played from there; no sound, though its microphone is open; the recorder does not keep
up."""


class RecordingStart(_Strict, tag="recording.start"):
    """Record all rooms from now on."""


class RecordingStop(_Strict, tag="recording.stop"):
    pass


class RecordingAlarmView(_Part):
    room: str
    cause: RecordingCause
    since: int


class RecordingView(_Part):
    """The last recording, to everybody: it runs while `ended_at` is null."""

    id: str
    began: int
    by: str
    interrupted_at: int | None
    """The recorder ended and is started again; what comes meanwhile is not recorded."""
    ended_at: int | None
    why: RecordingEnd | None
    ended_by: str
    """Empty: nobody; see `why`."""
    alarms: list[RecordingAlarmView]
    """For moderators and technicians."""


class RecordedRoom(_Part):
    room: str
    bytes: int
    kbps: int
    """Over the last figures."""
    picture: bool
    """Pictures came within the last seconds."""
    sound: bool


class RecordingFigures(_Open, tag="recording_figures"):
    """To moderators and technicians, every second while a recording runs."""

    id: str
    bytes: int
    """Of all files."""
    free_bytes: int | None
    minutes: int | None
    """So long the disk has room, at the rate of now; null: not known."""
    rooms: list[RecordedRoom]
