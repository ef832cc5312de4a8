"""Recordings on the disk: DATA/recordings/CONFERENCE/ID/, each with its recording.json.

Blocking work goes to threads; names that come from outside are checked before they are a path.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from vicon.core.recordplan import (
    Disk,
    Recorded,
    RecordingSheet,
)
from vicon.ops.data import DataDir, DataError, make_private_dir, write_private
from vicon.ports import (
    RecordingError,
)

SHEET = "recording.json"
TRIAL_BYTES = 4 << 20
MOST_LISTED = 200
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}\.(webm|mkv|json)")
_R = TypeVar("_R")


class Recordings:
    """ports.RecordingStore."""

    def __init__(self, home: DataDir, monotonic: Callable[[], float]) -> None:
        """`monotonic`: seconds."""
        self._root, self._monotonic = home.recordings, monotonic

    async def disk(self) -> Disk:
        return await _apart(self._disk)

    async def put(self, sheet: RecordingSheet) -> str:
        return await _apart(lambda: self._put(sheet))

    async def get(self, conference: str, id: str) -> Recorded | None:
        return await _apart(lambda: self._get(conference, id))

    async def all(self, conference: str) -> list[Recorded]:
        return await _apart(lambda: self.listed(conference))

    async def path(self, conference: str, id: str, file: str) -> str | None:
        return await _apart(lambda: self._path(conference, id, file))

    async def delete(self, conference: str, id: str) -> bool:
        return await _apart(lambda: self.remove(conference, id))

    # --- blocking ---------------------------------------------------------------------------------

    def _disk(self) -> Disk:
        make_private_dir(self._root)
        trial = self._root / ".trial"
        began = self._monotonic()
        try:
            with open(trial, "wb") as file:
                file.write(os.urandom(TRIAL_BYTES))
                file.flush()
                os.fsync(file.fileno())
        finally:
            trial.unlink(missing_ok=True)
        lasted = max(0.001, self._monotonic() - began)
        free = shutil.disk_usage(self._root).free
        return Disk(free_bytes=free, bytes_per_s=TRIAL_BYTES / lasted)

    def _put(self, sheet: RecordingSheet) -> str:
        place = self._place(sheet.conference, sheet.id)
        if place is None:
            raise RecordingError("a recording's name that is none")
        write_private(place / SHEET, msgspec.json.format(msgspec.json.encode(sheet), indent=2))
        return str(place)

    def _place(self, conference: str, id: str) -> Path | None:
        named = _NAME.fullmatch(conference) and _NAME.fullmatch(id)
        return self._root / conference / id if named else None

    def _get(self, conference: str, id: str) -> Recorded | None:
        place = self._place(conference, id)
        if place is None:
            return None
        try:
            sheet = read_sheet(place)
        except FileNotFoundError:
            return None
        files = {
            entry.name: entry.stat().st_size
            for entry in sorted(os.scandir(place), key=lambda entry: entry.name)
            if _FILE.fullmatch(entry.name)
        }
        return Recorded(sheet=sheet, files=files)

    def listed(self, conference: str) -> list[Recorded]:
        if not _NAME.fullmatch(conference) or not (self._root / conference).is_dir():
            return []
        names = sorted((entry.name for entry in os.scandir(self._root / conference)), reverse=True)
        found = (self._get(conference, name) for name in names[:MOST_LISTED])
        known = [one for one in found if one is not None]
        return sorted(known, key=lambda one: one.sheet.began, reverse=True)

    def _path(self, conference: str, id: str, file: str) -> str | None:
        place = self._place(conference, id)
        if place is None or not _FILE.fullmatch(file) or not (place / file).is_file():
            return None
        return str(place / file)

    def remove(self, conference: str, id: str) -> bool:
        place = self._place(conference, id)
        if place is None or not place.is_dir():
            return False
        shutil.rmtree(place)
        return True


def read_sheet(place: Path) -> RecordingSheet:
    """Of the recording in that directory. Raises OSError and RecordingError."""
    try:
        return msgspec.json.decode((place / SHEET).read_bytes(), type=RecordingSheet)
    except msgspec.MsgspecError as error:
        raise RecordingError(f"{place / SHEET} is damaged: {error}") from error


def recording_places(root: Path, conference: str) -> list[Path]:
    """Directories of a conference's recordings. Raises OSError."""
    if not _NAME.fullmatch(conference) or not (root / conference).is_dir():
        return []
    return sorted(entry for entry in (root / conference).iterdir() if entry.is_dir())


def remove_recordings(root: Path, conference: str) -> None:
    """All of a conference. Raises OSError."""
    for place in recording_places(root, conference):
        shutil.rmtree(place)


async def _apart(work: Callable[[], _R]) -> _R:
    try:
        return await asyncio.to_thread(work)
    except (OSError, DataError) as error:
        raise RecordingError(str(error)) from error
