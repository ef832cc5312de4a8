"""What is broadcast, on the disk for a minute: DATA/broadcast/CONFERENCE/, written by the process
that makes it (vicon.media.air.hls). Names that come from outside are checked before they are a
path.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path

from vicon.ops.data import DataDir, DataError, make_private_dir
from vicon.ports import RecordingError

_CONFERENCE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_FILE = re.compile(r"(?:index|live)\.m3u8|[0-9a-f]{1,16}-(?:head\.mp4|\d{1,9}\.m4s)")


class Broadcasts:
    """ports.BroadcastStore."""

    def __init__(self, home: DataDir) -> None:
        self._root = home.broadcast

    def directory(self, conference: str) -> str:
        return str(self._place(conference))

    async def clear(self, conference: str) -> None:
        await asyncio.to_thread(self._clear, conference)

    def path(self, conference: str, file: str) -> Path | None:
        """Where a file lies; None for what is none of a broadcast's. It may be gone."""
        if not _CONFERENCE.fullmatch(conference) or not _FILE.fullmatch(file):
            return None
        return self._root / conference / file

    def _place(self, conference: str) -> Path:
        if not _CONFERENCE.fullmatch(conference):
            raise RecordingError(f"no conference's name: {conference!r}")
        return self._root / conference

    def _clear(self, conference: str) -> None:
        try:
            make_private_dir(self._root)
            shutil.rmtree(self._place(conference))
        except FileNotFoundError:
            pass
        except (OSError, DataError) as error:
            raise RecordingError(str(error)) from error
