"""Who is signed in: DATA/sessions.json, 0600, written by the one server that has claimed the data
directory; it is read at its start, so that a restart in the middle of a ceremony throws nobody out.

A session is known to its browser by a cookie of 256 random bits. The file holds the SHA-256 of that
alone: who reads the file cannot sign in with it. Times are Unix ms.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from vicon.ops.accounts import Account, PersonRole, Right
from vicon.ops.data import DataDir, DataError, read_struct, write_private

COOKIE_BYTES = 32
MOST = 1000
"""Sessions at a time; beyond these the one that was seen longest ago ends."""
MOST_EACH = 20
"""Of one person."""
NOTE_MS = 60_000
"""How much of a session's last sign of life a crash may forget."""
_CSRF = b"vicon-csrf:"


class Who(Struct, frozen=True, kw_only=True):
    """A person who has proved who he is."""

    account: str
    """Name of the account; or issuer and subject, of one who came by OIDC."""
    shown: str
    rights: tuple[Right, ...]
    edition: int = 0
    """Of the account; 0: there is none here."""


class Session(Struct, frozen=True, kw_only=True):
    id: str
    """Names it in lists, tokens and logs, and is good for nothing."""
    key: str
    """SHA-256 of the cookie."""
    who: Who
    made: int
    seen: int
    remote: str = ""
    """Address from which it was made."""
    browser: str = ""
    """As the browser called itself."""


class _File(Struct, frozen=True, kw_only=True):
    sessions: list[Session] = []
    familiar: list[tuple[str, str]] = []
    """Account, and SHA-256 of a browser's own cookie; the latest last."""


class Sessions:
    """Nothing blocks but `write`, after which all that was changed before is durable. `secret(n)`
    gives n random bytes. Raises DataError."""

    def __init__(
        self, home: DataDir, secret: Callable[[int], bytes], idle_ms: int, life_ms: int
    ) -> None:
        self._home, self._secret = home, secret
        self._idle, self._life = idle_ms, life_ms
        found = read_struct(home.sessions, _File) or _File()
        self._by_id = {one.id: one for one in found.sessions}
        self._by_key = {one.key: one.id for one in found.sessions}
        self._noted = {one.id: one.seen for one in found.sessions}
        self._familiar = dict.fromkeys(found.familiar)
        self.changed = False
        """Something is to be written."""

    def make(self, who: Who, now: int, remote: str = "", browser: str = "") -> tuple[Session, str]:
        """A new one, and the cookie that opens it."""
        cookie = self._secret(COOKIE_BYTES).hex()
        made = Session(
            id=self._secret(9).hex(),
            key=_key(cookie),
            who=who,
            made=now,
            seen=now,
            remote=remote[:64],
            browser=browser[:160],
        )
        self._crowd_out(who.account, now)
        self._by_id[made.id], self._by_key[made.key] = made, made.id
        self.changed = True
        return made, cookie

    def of_cookie(self, cookie: str, now: int) -> Session | None:
        """The living session of a cookie."""
        id = self._by_key.get(_key(cookie)) if cookie else None
        return self.get(id, now) if id is not None else None

    def get(self, id: str, now: int) -> Session | None:
        found = self._by_id.get(id)
        return found if found is not None and now < self.ends(found) else None

    def ends(self, session: Session) -> int:
        """When it is over unless it is seen again, Unix ms."""
        return min(session.seen + self._idle, session.made + self._life)

    def last(self, session: Session) -> int:
        """When it is over in any case."""
        return session.made + self._life

    def familiar(self, account: str, device: str) -> str:
        """Names the browser of this cookie, if the account was signed in to with it; else empty."""
        key = _key(device) if device else ""
        return key if (account, key) in self._familiar else ""

    def know(self, account: str, device: str) -> None:
        """The account was signed in to with the browser of this cookie."""
        if device:
            pair = (account, _key(device))
            self._familiar.pop(pair, None)
            self._familiar[pair] = None
            while len(self._familiar) > MOST:
                del self._familiar[next(iter(self._familiar))]
            self.changed = True

    def seen(self, id: str, now: int) -> None:
        """A sign of life; it is written down when it is newer by NOTE_MS than the last one."""
        found = self._by_id.get(id)
        if found is not None and found.seen < now < self.ends(found):
            self._by_id[id] = replace(found, seen=now)
            self.changed = self.changed or now - self._noted.get(id, 0) >= NOTE_MS

    def of(self, account: str, now: int) -> list[Session]:
        """Living ones of a person, the newest first."""
        found = [one for one in self._by_id.values() if one.who.account == account]
        return sorted((s for s in found if now < self.ends(s)), key=lambda s: -s.made)

    def end(self, ids: Iterable[str]) -> list[Session]:
        """Those that are gone by it."""
        gone = [one for id in ids if (one := self._by_id.pop(id, None)) is not None]
        for one in gone:
            self._drop(one)
        return gone

    def over(self, now: int, accounts: Callable[[str], Account | None]) -> list[str]:
        """Ids of those whose time is over, or whose account is gone, disabled or changed."""
        return [
            one.id
            for one in self._by_id.values()
            if now >= self.ends(one) or not _stands(one, accounts)
        ]

    def write(self) -> None:
        """Raises DataError."""
        self.changed = False
        sessions = list(self._by_id.values())
        try:
            file = _File(sessions=sessions, familiar=list(self._familiar))
            content = msgspec.json.encode(file)
            write_private(self._home.sessions, msgspec.json.format(content) + b"\n")
        except DataError:
            self.changed = True
            raise
        self._noted = {one.id: one.seen for one in sessions}

    def _crowd_out(self, account: str, now: int) -> None:
        own = self.of(account, now)
        for one in own[MOST_EACH - 1 :]:
            self._drop(one)
        while len(self._by_id) >= MOST:
            self._drop(min(self._by_id.values(), key=lambda s: s.seen))

    def _drop(self, one: Session) -> None:
        self._by_id.pop(one.id, None)
        self._by_key.pop(one.key, None)
        self._noted.pop(one.id, None)
        self.changed = True


def csrf(cookie: str) -> str:
    """What a page of ours sends in a header beside the cookie: only who may read our answers can
    know it."""
    return hashlib.sha256(_CSRF + cookie.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """In a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def may(who: Who, role: str, conference: str) -> bool:
    """Whether the person may be this in that conference; empty: the organizer's page."""
    return any(r.role == role and r.conference in ("", conference) for r in who.rights)


def roles_in(who: Who, conference: str) -> list[PersonRole]:
    """In a conference, without repetition, in the order of the rights."""
    found = (r.role for r in who.rights if r.conference in ("", conference))
    return [role for role in dict.fromkeys(found) if role != "organizer"]


def _stands(session: Session, accounts: Callable[[str], Account | None]) -> bool:
    who = session.who
    if not who.edition:
        return True
    account = accounts(who.account)
    return account is not None and not account.disabled and account.edition == who.edition


def _key(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
