"""What is known of one WHIP or WHEP session, and what follows from it: no I/O, no clock."""

from __future__ import annotations

import asyncio
from typing import Literal, NamedTuple

from vicon.core.model import Actor, Via
from vicon.ports import DeviceStats
from vicon.rtc import sdp

CONNECT_S = 30.0
"""By then the first media must have come, or the player be connected."""
LOST_S = 5.0
"""After the engine has told of silence (itself after some seconds) the device counts as lost."""
END_S = 30.0
"""So long a silent encoder may come back with its old session, by a restart of ICE."""
GONE_S = 10.0
"""Of a connection that no longer stands in the engine's figures (every 2 s)."""
Line = Literal["up", "down"]


class Session:
    """Times are monotonic seconds."""

    def __init__(
        self,
        *,
        id: str,
        actor: Actor,
        via: Via,
        jti: str,
        embedded: bool,
        etag: str,
        offer: sdp.Description,
        opened: float,
    ) -> None:
        self.id = id
        self.actor = actor
        """With its device."""
        self.via = via
        self.jti = jti
        """Of the token that opened it."""
        self.embedded = embedded
        """It plays in a page that another site shows."""
        self.etag = etag
        """Of the present ICE session."""
        self.offer = offer
        """With the client's present credentials."""
        self.lock = asyncio.Lock()
        """One PATCH after the other."""
        self._opened = opened
        self._live = False
        self._silent_since: float | None = None
        self._seen_at: float | None = None
        self._flowing = True

    @property
    def device(self) -> str:
        return self.actor.device or ""

    @property
    def line(self) -> Line:
        return "up" if self.via == "whip" else "down"

    def knows(self, fragment: sdp.Fragment) -> bool:
        """Whether its credentials are those of the present ICE session."""
        known = self.offer.transport
        return (fragment.ufrag, fragment.password) == (known.ufrag, known.password)

    def media(self, publishing: bool, now: float) -> None:
        """The engine tells that an encoder's media began or fell silent."""
        self._live = self._live or publishing
        self._silent_since = None if publishing else now

    def seen(self, stats: DeviceStats, now: float) -> None:
        """The engine's figures of its connection."""
        line = stats.up if self.via == "whip" else stats.down
        if line is None:
            return
        self._seen_at = now
        connected = line.state == "connected"
        if self.via == "whep":
            self._live = self._live or connected
        self._flowing = connected and (self.via == "whep" or line.kbps > 0)

    @property
    def quiet(self) -> bool:
        """Nothing comes from it just now."""
        return not self._live or self._silent_since is not None or not self._flowing

    def lost(self, now: float) -> bool:
        return self._silent_since is not None and now - self._silent_since > LOST_S

    def over(self, now: float) -> str:
        """Why it has to be given up now; empty: it goes on."""
        if not self._live and now - self._opened > CONNECT_S:
            return "never_connected"
        if self._silent_since is not None and now - self._silent_since > END_S:
            return "media_lost"
        if self._seen_at is not None and now - self._seen_at > GONE_S:
            return "media_lost"
        return ""


class Opened(NamedTuple):
    session: Session
    answer: str


class Patched(NamedTuple):
    """Of a restart: the new entity-tag and the fragment; else nothing."""

    etag: str = ""
    body: str = ""


class Ended(NamedTuple):
    jti: str
    why: str
    """A DeviceLeft's reason, or media_restarted, never_connected, media_lost."""
