"""The media legs of one run: which a station may open now, and that none stays open."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import structlog

from vicon.ports import LegKind, MediaError, TrialEngine

CALL, LOOK, LOAD = "call", "look", "load"
CALL_S = 12.0
"""A call connects within this time, or not at all."""

log = structlog.get_logger("vicon.trial")


class Legs:
    def __init__(self, engine: TrialEngine, conference: str, run: str, extra_kbps: int) -> None:
        """`extra_kbps`: sent beside each call, as the session's other pictures are."""
        self._engine, self._conference, self._run = engine, conference, run
        self._extra = extra_kbps
        self._wanted: dict[str, tuple[LegKind, str]] = {}
        """Kind, and what is sent on it."""
        self._asked: set[str] = set()
        """Those that the worker was asked to open, so that it may have them."""
        self._open: set[str] = set()
        self._refused: MediaError | None = None
        """Why the media worker did not take the station's last offer."""
        self._over = False

    def name(self, leg: str) -> str:
        """As the worker knows it."""
        return f"{self._run}/{leg}"

    def want(self, leg: str, kind: LegKind, level: str) -> None:
        """The station may open it from now on."""
        self._wanted[leg] = (kind, level)

    def is_open(self, leg: str) -> bool:
        return leg in self._open

    async def connect(self, leg: str, sdp: str) -> str | None:
        """A station's offer; None: no such leg is wanted now. Raises MediaError."""
        wanted = self._wanted.get(leg)
        if wanted is None or self._over:
            return None
        kind, level = wanted
        self._asked.add(leg)
        try:
            answer = await self._engine.leg_open(self._conference, self.name(leg), kind, sdp)
            if level != "none":
                await self._engine.leg_send(self._conference, self.name(leg), level, self._extra)
        except MediaError as error:
            self._refused = error
            raise
        if self._wanted.get(leg) is not wanted or self._late():
            await self._quietly(self._shut(leg), leg)
            return None
        self._open.add(leg)
        return answer

    def _late(self) -> bool:
        """Asked anew after a wait."""
        return self._over

    def raise_refusal(self) -> None:
        """What the worker said to the station's offer, where that was not the line's fault.
        Raises MediaError."""
        refused, self._refused = self._refused, None
        if refused is not None and refused.code == "media_unavailable":
            raise refused

    async def close(self, leg: str) -> None:
        """Raises MediaError; the leg is then given up."""
        self._wanted.pop(leg, None)
        await self._shut(leg)

    async def _shut(self, leg: str) -> None:
        self._open.discard(leg)
        if leg in self._asked:
            self._asked.discard(leg)
            await self._engine.leg_close(self._conference, self.name(leg))

    async def drop(self) -> None:
        """Close all: what they were opened for is void. Never raises MediaError."""
        self._refused = None
        legs = self._wanted.keys() | self._asked
        await asyncio.gather(*(self._quietly(self.close(leg), leg) for leg in legs))

    async def end(self) -> None:
        """Nothing is opened any more, and none stays open."""
        self._over = True
        await self.drop()

    @staticmethod
    async def _quietly(closing: Awaitable[None], leg: str) -> None:
        try:
            await closing
        except MediaError as error:
            log.info("x leg_close", leg=leg, why=str(error))
