"""The halls of the campaign and whether each is there: its program says so, and so does the server.

A hall is an agent, or a browser with the room's page open. Nobody touches either."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from signaling import messages as m
from signaling.client import Client
from tests.e2e.pages import RoomPage
from tests.e2e.service import Child
from tests.faults.place import Line

WORD_MS = 2500
"""A program's word is old after this; it reports once a second."""
PICTURE_MS = 1500
"""The hub's picture stands still after this."""


class Inside(Protocol):
    """What the hall's own program says."""

    @property
    def pid(self) -> int | None:
        """To be stopped by; None: it is not."""
        ...

    def wrong(self, hub: str) -> str:
        """What is missing; empty: it sends, and has the hub's picture."""
        ...

    async def look(self) -> None: ...


@dataclass
class Agent:
    child: Child
    code: str

    @property
    def pid(self) -> int | None:
        return self.child.process.pid if self.child.process else None

    async def look(self) -> None:
        """It reports by itself."""

    def wrong(self, hub: str) -> str:
        told = next((one for one in reversed(self.child.lines) if "receiving" in one), None)
        if told is None or time.time() * 1000 - told["t"] > WORD_MS:
            return "says nothing"
        if told["state"] != "joined":
            return str(told["state"])
        for way, state in (("up", told["sending"]["connection"]), ("down", told["connection"])):
            if state != "connected":
                return f"{way} {state}"
        return _picture(told["receiving"], hub)


def _picture(receiving: Mapping[str, Any], hub: str) -> str:
    age = receiving.get(hub, {}).get("age_ms")
    return "" if age is not None and age < PICTURE_MS else "no picture of the hub"


@dataclass
class Browser:
    """`look` asks the page; between two looks it is as it was."""

    page: RoomPage
    hub: str
    _frames: int = -1
    _moved_at: float = 0.0

    @property
    def pid(self) -> int | None:
        return None

    async def look(self) -> None:
        found = (await self.page.received()).get(self.hub)
        frames = found.frames if found else -1
        if frames != self._frames:
            self._frames, self._moved_at = frames, time.monotonic()

    def wrong(self, hub: str) -> str:
        still = time.monotonic() - self._moved_at
        return "" if still < PICTURE_MS / 1000 else "no picture of the hub"


@dataclass
class Hall:
    code: str
    line: Line
    inside: Inside
    bad_at: float = 0.0
    """Monotonic seconds at which something was missing last, and what."""
    bad: str = ""
    device: str = ""
    """Its main camera, as the server named it first."""


@dataclass
class Watch:
    """Looks at all halls, a few times a second."""

    halls: list[Hall]
    eye: Client
    """A moderator's."""
    hub: str
    said: list[str] = field(default_factory=list)

    async def look(self) -> None:
        for hall in self.halls:
            await hall.inside.look()
        now = time.monotonic()
        for hall in self.halls:
            why = hall.inside.wrong(self.hub) or self._server(hall)
            if why:
                hall.bad_at, hall.bad = now, why

    def _server(self, hall: Hall) -> str:
        view = self.eye.view
        if view is None or not self.eye.connected:
            return "the moderator is not connected"
        room = room_of(view, hall.code)
        if room.presence != "joined":
            return f"the server has it {room.presence}"
        return "" if room.publishing else "the server has no picture of it"

    def ghosts(self) -> list[str]:
        """Devices that are not those which came first."""
        view = self.eye.view
        assert view is not None
        wrong = []
        for hall in self.halls:
            there = [one.id for one in room_of(view, hall.code).devices]
            if there != [hall.device]:
                wrong.append(f"{hall.code}: {there} for {hall.device}")
        return wrong

    def holders(self) -> set[str]:
        """Who is on air in the eyes of the agents, and of the moderator."""
        view = self.eye.view
        assert view is not None
        found = {view.conference.floor or self.hub}
        for hall in self.halls:
            if isinstance(hall.inside, Agent):
                told = [one for one in hall.inside.child.lines if "receiving" in one]
                if told and told[-1]["on_air"]:
                    found.add(hall.code)
        return found


def room_of(view: m.View, code: str) -> m.RoomView:
    return next(room for room in view.rooms if room.code == code)
