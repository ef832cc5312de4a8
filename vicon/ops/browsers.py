"""One-time links: which browser came by which. DATA/browsers.json, 0600, written by the one server
that has claimed the data directory.

The first browser that shows such a link is bound to it, by a cookie of 256 random bits of which the
file holds the SHA-256. It comes again as often as it likes, in any tab, after a crash or a restart;
every other one is refused. A further device of the same hall gets a ticket (the QR code on the
hall's page): the same link with a number, good for one browser more. What was let go (`release`)
takes the next browser in place of the first. Times are Unix ms.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection

import msgspec
from msgspec import Struct

from vicon.ops.claims import NotHere
from vicon.ops.data import DataDir, read_struct, write_private

TICKET_MS = 15 * 60_000
"""How long a ticket waits for its browser."""
RELEASE_MS = 15 * 60_000
"""How long a link that was let go waits for the next one."""
MOST_EACH = 8
"""Browsers of one link; with one more, the oldest that came by a ticket is forgotten."""
LEAST_COOKIE = 32
"""Characters; a shorter one was not made here."""


class LinkTaken(NotHere):
    """The link is another browser's."""

    code = "link_taken"


class NoCookie(NotHere):
    """The browser shows nothing by which it could be known again."""

    code = "link_needs_cookie"


class TicketOver(NotHere):
    """The ticket was used, or not in its time."""

    code = "ticket_over"


class Bound(Struct, frozen=True, kw_only=True):
    link: str
    """jti."""
    key: str
    """SHA-256 of the browser's cookie."""
    at: int
    ticket: str = ""


class _File(Struct, frozen=True, kw_only=True):
    bound: list[Bound] = []
    tickets: dict[str, tuple[str, int]] = {}
    """Link and end, by number."""
    released: dict[str, int] = {}
    """Until when, by link."""


class Browsers:
    """`admit` decides at once and without waiting; what it decided is durable after `write`, which
    blocks. `secret(n)` gives n random bytes. Raises DataError."""

    def __init__(self, home: DataDir, secret: Callable[[int], bytes]) -> None:
        self._home, self._secret = home, secret
        found = read_struct(home.browsers, _File) or _File()
        self._bound = list(found.bound)
        self._tickets, self._released = dict(found.tickets), dict(found.released)
        self._written = self._file()

    def admit(self, link: str, ticket: str, cookie: str, now: int) -> bool:
        """Whether the browser was bound just now, in place of another; else it is known, or the
        first. Raises LinkTaken, NoCookie, TicketOver."""
        if len(cookie) < LEAST_COOKIE:
            raise NoCookie("no cookie of this browser")
        key = _key(cookie)
        own = [one for one in self._bound if one.link == link]
        if any(one.key == key for one in own):
            return False
        if ticket:
            self._use(link, ticket, now)
            self._bind(Bound(link=link, key=key, at=now, ticket=ticket))
            return False
        first = next((one for one in own if not one.ticket), None)
        if first is not None and self._released.get(link, 0) <= now:
            raise LinkTaken("another browser's")
        if first is not None:
            self._bound.remove(first)
        self._released.pop(link, None)
        self._bind(Bound(link=link, key=key, at=now))
        return first is not None

    def knows(self, link: str, cookie: str) -> bool:
        """Whether this browser is one of the link's."""
        key = _key(cookie)
        return any(one.link == link and one.key == key for one in self._bound)

    def ticket(self, link: str, now: int) -> str:
        """The number of a new one."""
        self._tickets = {t: found for t, found in self._tickets.items() if found[1] > now}
        waiting = [t for t, (of, _) in self._tickets.items() if of == link]
        for old in waiting[: -(MOST_EACH - 1)]:
            del self._tickets[old]
        number = self._secret(9).hex()
        self._tickets[number] = (link, now + TICKET_MS)
        return number

    def release(self, link: str, now: int) -> int:
        """Until when the next browser may come in place of the first."""
        self._released[link] = now + RELEASE_MS
        return self._released[link]

    def hold(self, link: str) -> None:
        """Take the release back: the first browser keeps the link."""
        self._released.pop(link, None)

    def used(self, link: str) -> list[Bound]:
        """The first one first."""
        return sorted((b for b in self._bound if b.link == link), key=lambda b: (b.ticket, b.at))

    def released(self, link: str, now: int) -> int | None:
        """Until when, if it is."""
        until = self._released.get(link, 0)
        return until if until > now else None

    def keep(self, links: Collection[str]) -> None:
        """Forget what belongs to links that are no more."""
        self._bound = [one for one in self._bound if one.link in links]
        self._tickets = {t: f for t, f in self._tickets.items() if f[0] in links}
        self._released = {link: until for link, until in self._released.items() if link in links}

    @property
    def changed(self) -> bool:
        """Something is not written yet."""
        return self._file() != self._written

    def write(self) -> None:
        """Durable when it returns. Raises DataError."""
        file = self._file()
        if file != self._written:
            content = msgspec.json.format(msgspec.json.encode(file)) + b"\n"
            write_private(self._home.browsers, content)
            self._written = file

    def _use(self, link: str, ticket: str, now: int) -> None:
        of, until = self._tickets.get(ticket, ("", 0))
        if of != link or until <= now:
            raise TicketOver("used, never given out, or not used in its time")
        del self._tickets[ticket]

    def _bind(self, fresh: Bound) -> None:
        own = [one for one in self._bound if one.link == fresh.link]
        if len(own) >= MOST_EACH:
            old = min((one for one in own if one.ticket), key=lambda one: one.at)
            self._bound.remove(old)
        self._bound.append(fresh)

    def _file(self) -> _File:
        return _File(
            bound=list(self._bound), tickets=dict(self._tickets), released=dict(self._released)
        )


def _key(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
