"""Who may ask at a room's door: its token, how often, and from where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from aiohttp import web
from msgspec import Struct

from signaling.limits import Limits
from vicon.app.door import Arrival, Door
from vicon.app.gateway import Hall
from vicon.app.guesses import Guesses
from vicon.core.model import Plan
from vicon.core.refusals import Refused
from vicon.ops.links import BadToken, DoorClaims
from vicon.ops.words import Language
from vicon.ports import Clock
from vicon.web.checkin.form import Form, arrival
from vicon.web.checkin.view import DoorView, view

LANG = "vicon.lang"
"""Cookie: the language that this phone has chosen."""
READ_PER_S, READ_BURST = 20.0, 200.0
WRITE_PER_S, WRITE_BURST = 2.0, 60.0
"""Of one address at one door: twenty phones behind one NAT look every five seconds, and enter
within a minute."""


HASTY_MS = 1_500
"""A second tap on the same place of the next page is none on the button that is there now."""


class Doorkeeper(Protocol):
    """Checks doors' tokens; raises BadToken."""

    def verify_door(self, token: str, now: int) -> DoorClaims: ...


class Barred(Exception):
    """`code`: of words.py."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


_BARRED = {"expired_token": "expired_door", "bad_token": "unknown_door"}


class At(Struct, frozen=True):
    """A request at a door that is good."""

    door: Door
    path: str
    """Of the door's page."""
    lang: Language
    now: int
    """Unix ms."""

    @property
    def plan(self) -> Plan:
        return self.door.state.plan

    def view(self, person: str = "") -> DoorView:
        return view(self.door.look(person), self.plan, self.lang)

    def hasty(self, person: str) -> bool:
        """Whether the entry has changed just now."""
        known = self.door.look(person).known
        if known is None:
            return False
        last = known.visits[-1]
        return self.now - (last.left_at or last.entered_at) < HASTY_MS

    async def enter(self, form: Form) -> Refused | None:
        found = arrival(form, self.plan.policy.roles)
        return await self.door.enter(found) if isinstance(found, Arrival) else found


class Gate:
    def __init__(self, halls: Mapping[str, Hall], doorkeeper: Doorkeeper, clock: Clock) -> None:
        self._halls, self._doorkeeper, self._clock = halls, doorkeeper, clock
        self._reads = Limits(READ_PER_S, READ_BURST)
        self._writes = Limits(WRITE_PER_S, WRITE_BURST)
        self._guesses = Guesses(clock)

    def at(self, request: web.Request, *, writes: bool = False) -> At:
        """Raises Barred."""
        token, now = request.match_info["token"], self._clock.now()
        try:
            claims = self._doorkeeper.verify_door(token, now)
            door = Door(self._halls[claims.conference].actor, claims.room)
        except BadToken as error:
            code = self._guesses.told(error, request.remote)
            raise Barred(_BARRED.get(code, code)) from error
        except KeyError as error:
            raise Barred("unknown_door") from error
        limits = self._writes if writes else self._reads
        if not limits.allow((claims.jti, request.remote), self._clock.monotonic()):
            raise Barred("too_fast")
        # The door's token is all the right there is, so another site can do no more than whoever
        # has it; but it shall not lend the addresses of those who visit it.
        if writes and request.headers.get("Sec-Fetch-Site") == "cross-site":
            raise Barred("cross_site")
        return At(door, f"/checkin/{token}", language(request), now)


def language(request: web.Request) -> Language:
    """Bahasa Indonesia, unless this phone has chosen English."""
    chosen = request.query.get("lang") or request.cookies.get(LANG)
    return "en" if chosen == "en" else "id"
