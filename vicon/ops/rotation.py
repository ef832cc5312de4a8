"""The certificate in use, and what takes its place while the server runs: a renewed file of an
administrator's, or vicon's own near its end. Each handshake takes the newest that is whole."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import structlog

from vicon.ops.data import DataError
from vicon.ops.tls import Certificate, ssl_context
from vicon.ops.words import Words

log = structlog.get_logger("vicon.tls")
LOOK_S = 5.0
"""How soon new files are noticed."""
RENEW_S = 3600.0
"""How often it is looked whether vicon's own is near its end."""
_Signature = Sequence[tuple[int, int, int]]


class Clock(Protocol):
    def now(self) -> int:
        """Unix ms."""
        ...

    def monotonic(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class Rotation:
    """`load(now)` gives the files that are to be used now; raises DataError."""

    def __init__(self, load: Callable[[int], Certificate], clock: Clock) -> None:
        """The first must be good: raises DataError."""
        self._load, self._clock = load, clock
        self._certificate = load(clock.now())
        self._seen = _signature(self._certificate)
        self._renewed_at = clock.monotonic()
        self.context: ssl.SSLContext = ssl_context(self._certificate)
        self.trouble: Words | None = None
        """Why new files are not used; the old ones are, meanwhile."""

    @property
    def expires_at(self) -> int:
        """End of the certificate in use, Unix ms."""
        return self._certificate.expires_at

    async def watch(self) -> None:
        """Never ends."""
        while True:
            await self._clock.sleep(LOOK_S)
            await asyncio.to_thread(self.look)

    def look(self) -> None:
        """Take new files, if there are any; blocks."""
        now = self._clock.monotonic()
        seen = _signature(self._certificate)
        if seen == self._seen and now - self._renewed_at < RENEW_S:
            return
        self._renewed_at = now
        try:
            fresh = self._load(self._clock.now())
            seen = _signature(fresh)
            if seen != self._seen or self.trouble is not None:
                self.context = ssl_context(fresh)
                log.info("- certificate", file=str(fresh.certificate), ends=fresh.expires_at)
        except DataError as error:
            self.trouble = error.words
            log.error("x certificate", why=str(error), instead="the old one")
        else:
            self._certificate, self.trouble = fresh, None
        # Files come one after the other: what does not fit together is looked at again when it
        # changes.
        self._seen = seen


def _signature(certificate: Certificate) -> _Signature:
    return [_of(path) for path in (certificate.certificate, certificate.key)]


def _of(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0
    return found.st_ino, found.st_mtime_ns, found.st_size
