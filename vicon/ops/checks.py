"""How the server is, check by check: what /readyz and the desks say. Whoever has something to look
after adds a check of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

import structlog
from msgspec import Struct

from vicon.ops.words import Words

State = Literal["ok", "warn", "fail"]
"""warn: needs somebody's hand, and keeps nobody out. fail: nobody new should be sent here."""
PATIENCE_S = 2.0
"""A check that takes longer counts as failed."""
FRESH_S = 1.0
"""So long what was found last is said again: asking costs nothing."""
MOST = 64
log = structlog.get_logger("vicon.checks")


class Check(Struct, frozen=True, kw_only=True):
    name: str
    """Lower case, digits and hyphens; stays the same."""
    state: State
    words: Words
    """For anybody: no names, no paths, no figures."""
    detail: Words | None = None
    """For those who keep the server: also what to do. None: `words`."""


Checker = Callable[[], Awaitable[Sequence[Check]]]


class Checks:
    """`monotonic`: seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._checkers: dict[str, Checker] = {}
        self._found: tuple[Check, ...] = ()
        self._at = float("-inf")
        self._alone = asyncio.Lock()

    def add(self, name: str, checker: Checker) -> None:
        """`name`: of the check that says it when the checker itself fails. Raises ValueError when
        it is taken, or there are MOST."""
        if name in self._checkers or len(self._checkers) >= MOST:
            raise ValueError(f"check {name}")
        self._checkers[name] = checker

    async def look(self) -> Sequence[Check]:
        """All checks, in the order in which they were added; at most FRESH_S old."""
        async with self._alone:
            if self._monotonic() - self._at >= FRESH_S:
                each = [self._ask(name, one) for name, one in self._checkers.items()]
                found = await asyncio.gather(*each)
                self._found = tuple(check for checks in found for check in checks)
                self._at = self._monotonic()
            return self._found

    @staticmethod
    async def _ask(name: str, checker: Checker) -> Sequence[Check]:
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await checker()
        except (TimeoutError, OSError) as error:
            log.warning("x check", check=name, why=repr(error))
            return [Check(name=name, state="fail", words=_UNKNOWN)]


_UNKNOWN = Words(
    "Pemeriksaan ini tidak selesai: server terlalu lambat, atau disk tidak menjawab.",
    "This check did not finish: the server is too slow, or a disk does not answer.",
)


def ready(checks: Sequence[Check]) -> bool:
    return all(check.state != "fail" for check in checks)
