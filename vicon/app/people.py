"""Who signs in: passwords against accounts, sessions from their beginning to their end, and what a
session opens. Also the guard of the links (vicon.ops.claims.Guard): it knows what a signature
cannot tell, who is signed in and in which browser a one-time link is used.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import Protocol, TypeVar

import structlog
from msgspec import Struct
from msgspec.structs import replace

from vicon.app.tries import Tries
from vicon.core.model import Plan
from vicon.ops.accounts import ROLES, Account, Accounts, changing, plain
from vicon.ops.browsers import Browsers
from vicon.ops.claims import NOBODY, Browser, SessionOver, SignInNeeded
from vicon.ops.data import DataDir, DataError
from vicon.ops.links import PAGES, Signer
from vicon.ops.passwords import MOST, Passwords, objection
from vicon.ops.sessions import Session, Sessions, Who, may, roles_in
from vicon.ops.trail import Deed, leave
from vicon.ops.words import Words
from vicon.ports import Clock

log = structlog.get_logger("vicon.people")
T = TypeVar("T")
LOOK_S = 2.0
"""How soon a change of an account, or the end of a session, reaches the pages that are open."""
KEEP_S = 600.0
AT_ONCE, WAITING = 2, 16
"""Passwords that are looked at, each with 64 MiB; and that wait for it."""


class Denied(Struct, frozen=True, kw_only=True):
    """`code`: of vicon.web.account_words."""

    code: str
    wait_s: int = 0
    words: Words | None = None
    """What is wrong with a new password."""


class Place(Struct, frozen=True, kw_only=True):
    """Where a person may go."""

    role: str
    conference: str
    """Empty: the organizer's page."""
    title: str
    starts_at: int | None = None
    timezone: str = "UTC"
    timezone_label: str = ""


class House(Protocol):
    """The conferences that are held, and their open pages."""

    def plans(self) -> Collection[Plan]: ...

    def present(self) -> Collection[str]:
        """Links and sessions by which pages are open."""
        ...

    def dismiss(self, jtis: Collection[str], code: str) -> None: ...

    def displaced(self, link: str, knows: Callable[[str], bool]) -> None:
        """Close the pages of this link in browsers (their cookie) that it does not know any more.
        They are told `link_taken`."""
        ...

    def links(self) -> Collection[str]:
        """All that are in the book."""
        ...


class People:
    """`required`: see config.Accounts. `run` is to be run as long as the server."""

    def __init__(
        self,
        home: DataDir,
        clock: Clock,
        signer: Signer,
        house: House,
        *,
        accounts: Accounts,
        sessions: Sessions,
        browsers: Browsers,
        passwords: Passwords,
        required: bool,
    ) -> None:
        self._home, self._clock, self._signer, self._house = home, clock, signer, house
        self._accounts, self.sessions, self.browsers = accounts, sessions, browsers
        self._passwords, self._required = passwords, required
        self._tries = Tries()
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._writing = asyncio.Lock()
        signer.guard = self

    # --- the guard of the links -----------------------------------------------------------------

    def person(self) -> None:
        if self._required:
            raise SignInNeeded("a link alone does not do")

    def once(self, jti: str, ticket: str, browser: Browser, now: int) -> None:
        if self.browsers.admit(jti, ticket, browser.device, now):
            log.info("< link", act="another browser", link=jti)
            # Who has no cookie came by no one-time link: a program on this machine.
            self._house.displaced(jti, lambda own: not own or self.browsers.knows(jti, own))

    def seat(self, session: str, role: str, conference: str, browser: Browser, now: int) -> None:
        found = self.sessions.of_cookie(browser.session, now)
        if found is None or found.id != session or not self._stands(found):
            raise SessionOver("not signed in, or in another browser")
        if not may(found.who, role, conference):
            raise SessionOver("no longer entitled")
        self.sessions.seen(session, now)

    def _stands(self, session: Session) -> bool:
        who, account = session.who, None
        if not who.edition:
            return True
        account = self._account(who.account)
        return account is not None and not account.disabled and account.edition == who.edition

    def _account(self, name: str) -> Account | None:
        """As it was last read, where the file cannot be read now: who is in stays in."""
        try:
            return self._accounts.find(name)
        except DataError as error:
            log.error("x accounts", why=str(error))
            return self._accounts.last(name)

    def anybody(self) -> bool:
        """Whether there is an account that can sign in. Raises DataError."""
        return any(not account.disabled for account in self._accounts.all())

    # --- in and out -----------------------------------------------------------------------------

    def session(self, cookie: str) -> Session | None:
        """The living session of a browser's cookie."""
        found = self.sessions.of_cookie(cookie, self._clock.now())
        return found if found is not None and self._stands(found) else None

    async def sign_in(
        self, name: str, password: str, remote: str, browser: str, old: Browser = NOBODY
    ) -> tuple[Session, str] | Denied:
        """A session and its cookie. `browser`: as it calls itself; `old`: the cookies that it had,
        whose session ends."""
        name = plain(name)[:64]
        checked = await self._check(name, password, remote, old.device)
        if isinstance(checked, Denied):
            await self._note(name, "sign-in", "refused", remote=remote, why=checked.code)
            return checked
        who = Who(
            account=checked.name,
            shown=checked.shown,
            rights=checked.rights,
            edition=checked.edition,
        )
        self.sessions.know(checked.name, old.device)
        return await self.begin(who, remote, browser, old.session)

    async def begin(
        self, who: Who, remote: str, browser: str, old: str = ""
    ) -> tuple[Session, str]:
        """A session of a person who has proved who he is, with an id that nobody knew before."""
        now = self._clock.now()
        before = self.sessions.of_cookie(old, now)
        if before is not None:
            self._end([before.id])
        made, cookie = self.sessions.make(who, now, remote, browser)
        await self.settle()
        log.info("< sign-in", account=who.account, session=made.id, remote=remote)
        await self._note(who.account, "sign-in", "done", remote=remote, session=made.id)
        return made, cookie

    async def sign_out(self, session: Session) -> None:
        """Its pages are told at once."""
        await self.end(session, [session.id])

    async def end(self, by: Session, ids: Collection[str]) -> list[str]:
        """Sessions of the same person alone; those that are gone."""
        own = {one.id for one in self.sessions.of(by.who.account, self._clock.now())}
        gone = self._end([id for id in ids if id in own])
        await self.settle()
        for id in gone:
            log.info("< sign-out", account=by.who.account, session=id)
            await self._note(by.who.account, "sign-out", "done", session=id)
        return gone

    async def change_password(
        self, by: Session, old: str, new: str, remote: str, device: str = ""
    ) -> Denied | None:
        """All sessions of the account end, this one too: sign in again. `device`: the browser's own
        cookie."""
        account = await self._check(by.who.account, old, remote, device)
        if isinstance(account, Denied):
            await self._note(by.who.account, "password", "refused", remote=remote)
            return account
        wrong = objection(new, account.name)
        if wrong is not None:
            return Denied(code="bad_password", words=wrong)
        hash = await self._work(lambda: self._passwords.hash(new))
        if isinstance(hash, Denied):
            return hash
        now = self._clock.now()
        await asyncio.to_thread(_renew, self._home, account, hash, now)
        self._end([one.id for one in self.sessions.of(account.name, now)])
        await self.settle()
        await self._note(account.name, "password", "done", remote=remote)
        return None

    async def _check(self, name: str, password: str, remote: str, device: str) -> Account | Denied:
        """The account of a name, if the password is its own. What is no account takes as long, and
        is told the same."""
        known = self.sessions.familiar(name, device)
        wait = self._tries.take(name, remote, self._clock.monotonic(), known)
        if wait:
            return Denied(code="too_many_tries", wait_s=wait)
        account = await asyncio.to_thread(self._accounts.find, name)
        good = account is not None and not account.disabled
        kept = account.hash if account is not None and good else ""
        fits = len(password) <= MOST
        right = await self._work(lambda: self._passwords.verify(kept, password if fits else ""))
        if isinstance(right, Denied):
            self._tries.give_back(name, remote, self._clock.monotonic(), known)
            return right
        if not right or account is None:
            return Denied(code="wrong_password")
        self._tries.give_back(name, remote, self._clock.monotonic(), known)
        if self._passwords.stale(kept):
            fresh = await self._work(lambda: self._passwords.hash(password))
            if isinstance(fresh, str):
                await asyncio.to_thread(self._accounts.rehash, account, fresh)
        return account

    async def _work(self, does: Callable[[], T]) -> T | Denied:
        """In a thread, few at a time."""
        if self._waiting >= WAITING:
            return Denied(code="busy")
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(does)
        finally:
            self._waiting -= 1

    # --- what a session opens -------------------------------------------------------------------

    def places(self, who: Who) -> list[Place]:
        """The organizer's page first."""
        found = [
            Place(
                role=role,
                conference=plan.id,
                title=plan.title,
                starts_at=plan.starts_at,
                timezone=plan.timezone,
                timezone_label=plan.timezone_label,
            )
            for plan in self._house.plans()
            for role in roles_in(who, plan.id)
        ]
        if may(who, "organizer", ""):
            found.insert(0, Place(role="organizer", conference="", title=""))
        return found

    def enter(self, session: Session, role: str, conference: str) -> str | Denied:
        """The address of the page, with a token that is good in this session's browser alone."""
        plan = next((one for one in self._house.plans() if one.id == conference), None)
        known = next((one for one in ROLES if one == role), None)
        if known == "organizer":
            conference, plan = "", None
        elif plan is None:
            known = None
        if known is None or not may(session.who, known, conference):
            return Denied(code="no_such_place")
        token = self._signer.sign_seat(
            session.id,
            known,
            conference,
            room=plan.hub.code if plan is not None and known == "moderator" else None,
            name=session.who.shown,
            now=self._clock.now(),
            until=self.sessions.last(session),
        )
        log.info("< enter", account=session.who.account, role=role, conference=conference)
        return f"/{PAGES[known]}#{token}"

    # --- time passes ----------------------------------------------------------------------------

    async def run(self) -> None:
        """Sessions end in time, also of pages that are open; what was decided is written."""
        looked = -KEEP_S
        while True:
            self.look()
            if self._clock.monotonic() - looked >= KEEP_S:
                looked = self._clock.monotonic()
                self.browsers.keep(set(self._house.links()))
            await self.settle()
            await self._clock.sleep(LOOK_S)

    def look(self) -> None:
        """Once: whoever is here is seen, whoever's time is over leaves."""
        now = self._clock.now()
        for id in self._house.present():
            self.sessions.seen(id, now)
        self._end(self.sessions.over(now, self._account))

    async def settle(self) -> None:
        """What was decided before is durable when it returns, unless the disk fails: then it holds
        as long as this process, and is tried again."""
        async with self._writing:
            for store in (self.sessions, self.browsers):
                if store.changed:
                    try:
                        await asyncio.to_thread(store.write)
                    except DataError as error:
                        log.error("x people", why=str(error))

    def _end(self, ids: Collection[str]) -> list[str]:
        gone = [one.id for one in self.sessions.end(ids)]
        if gone:
            self._house.dismiss(gone, "session_over")
        return gone

    async def _note(self, who: str, what: str, outcome: str, **which: str) -> None:
        deed = Deed(at=self._clock.now(), who=who, what=what, which=which, outcome=outcome)
        refused = outcome == "refused"
        if refused:
            log.warning("x sign-in", account=who, act=what, **which)
        await asyncio.to_thread(leave, self._home, deed, refused=refused)


def _renew(home: DataDir, account: Account, hash: str, now: int) -> None:
    """Raises DataError."""
    with changing(home) as accounts:
        found = accounts.get(account.name)
        if found is not None:
            edition = found.edition + 1
            accounts[found.name] = replace(found, hash=hash, changed=now, edition=edition)
