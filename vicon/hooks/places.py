"""DATA/webhooks.json: how far each receiver has been told, durably. What was told in the last
second before a crash is told again."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import structlog
from msgspec import Struct, field

from vicon.hooks.notice import Place
from vicon.ops.data import DataError, read_struct, write_private

log = structlog.get_logger("vicon.webhooks")
Places = dict[str, Place]
"""By conference."""


class _File(Struct):
    receivers: dict[str, Places] = field(default_factory=dict)


class PlaceBook:
    """One writer; read() first. `of` gives living places: whoever moves one calls `keep` some time
    after."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = _File()
        self._written = b""
        self._alone = asyncio.Lock()

    def read(self) -> None:
        """Raises DataError."""
        self._file = read_struct(self._path, _File) or _File()

    def known(self, receiver: str) -> bool:
        return receiver in self._file.receivers

    def of(self, receiver: str) -> Places:
        return self._file.receivers.setdefault(receiver, {})

    def only(self, receivers: set[str]) -> None:
        """Forget all others."""
        for name in self._file.receivers.keys() - receivers:
            del self._file.receivers[name]

    async def keep(self) -> None:
        """Write what is new. Where that fails it is logged: it is tried again the next time, and
        until then a crash would have more told twice."""
        async with self._alone:
            content = msgspec.json.encode(self._file)
            if content == self._written:
                return
            try:
                await asyncio.to_thread(write_private, self._path, content)
            except DataError as error:
                log.error("x webhooks.json", why=str(error))
            else:
                self._written = content
