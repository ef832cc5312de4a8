"""Signing in and out over HTTP, for the page /masuk. What rides on a cookie is asked for twice: a
POST must come from a page of ours (Origin, Sec-Fetch-Site), as JSON, and once somebody is signed in
with the session's own number in X-Vicon-CSRF."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec
import structlog
from aiohttp import web
from msgspec import Struct

from vicon.app.people import Denied, People
from vicon.ops.sessions import Session, csrf, same
from vicon.ops.words import SpokenError, Words
from vicon.ports import Clock
from vicon.web.access import ASKER
from vicon.web.account_words import WORDS
from vicon.web.answers import AccountTold, Address, Done, Ended, Problem, SessionTold, You
from vicon.web.api import json_response
from vicon.web.cookies import DEVICE, SESSION, Cookies, from_here

log = structlog.get_logger("vicon.web")
T = TypeVar("T")
BODY_S = 10.0
AT = "/api/v1/account"
Handler = Callable[[web.Request, Session], Awaitable[web.StreamResponse]]
Origins = Callable[[str | None, str], bool]


class SignIn(Struct, frozen=True):
    name: str
    password: str


class Enter(Struct, frozen=True):
    role: str
    conference: str


class End(Struct, frozen=True):
    sessions: list[str]


class Nothing(Struct, frozen=True):
    """An empty object, where nothing is asked but that it is done."""


class Change(Struct, frozen=True):
    old: str
    new: str


class Barred(Exception):
    def __init__(self, answer: web.Response) -> None:
        super().__init__()
        self.answer = answer


class AccountApi:
    """Handlers. `oidc`: the name of the other way in; empty: there is none."""

    def __init__(
        self, people: People, cookies: Cookies, clock: Clock, origins: Origins, oidc: str
    ) -> None:
        self._people, self._cookies, self._clock = people, cookies, clock
        self._origins, self._oidc = origins, oidc

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get(AT, guarded(self.look)),
            web.post(f"{AT}/sign-in", guarded(self.sign_in)),
            web.post(f"{AT}/sign-out", guarded(self._signed_in(self.sign_out))),
            web.post(f"{AT}/enter", guarded(self._signed_in(self.enter))),
            web.post(f"{AT}/end", guarded(self._signed_in(self.end))),
            web.post(f"{AT}/password", guarded(self._signed_in(self.password))),
        ]

    async def look(self, request: web.Request) -> web.StreamResponse:
        """Who is signed in here, where he may go, and his other sessions."""
        cookie = self._cookies.get(request, SESSION)
        session = self._people.session(cookie)
        if session is None:
            return json_response(AccountTold(you=None, oidc=self._oidc, now=self._clock.now()))
        return json_response(self._told(session, cookie))

    def _told(self, session: Session, cookie: str) -> AccountTold:
        people, now = self._people, self._clock.now()
        sessions = [
            SessionTold(
                id=one.id,
                made=one.made,
                seen=one.seen,
                remote=one.remote,
                browser=one.browser,
                mine=one.id == session.id,
            )
            for one in people.sessions.of(session.who.account, now)
        ]
        you = You(
            name=session.who.shown,
            account=session.who.account,
            password=session.who.edition > 0,
            csrf=csrf(cookie),
            until=people.sessions.last(session),
            places=people.places(session.who),
            sessions=sessions,
        )
        return AccountTold(you=you, oidc=self._oidc, now=now)

    async def sign_in(self, request: web.Request) -> web.StreamResponse:
        """{"name", "password"}."""
        self.ours(request)
        sent = await read_body(request, SignIn)
        old = self._cookies.browser(request)
        agent = request.headers.get("User-Agent", "")
        remote = request.remote or "?"
        done = await self._people.sign_in(sent.name, sent.password, remote, agent, old)
        if isinstance(done, Denied):
            return refusal(done)
        session, cookie = done
        _known(request, session)
        answer = json_response(self._told(session, cookie))
        self._cookies.sign_in(request, answer, cookie)
        return answer

    async def sign_out(self, request: web.Request, session: Session) -> web.StreamResponse:
        await read_body(request, Nothing)
        await self._people.sign_out(session)
        answer = json_response(Done())
        self._cookies.drop(request, answer, SESSION)
        return answer

    async def enter(self, request: web.Request, session: Session) -> web.StreamResponse:
        """{"role", "conference"}: {"url"}, to be opened in this browser."""
        sent = await read_body(request, Enter)
        url = self._people.enter(session, sent.role, sent.conference)
        return refusal(url) if isinstance(url, Denied) else json_response(Address(url))

    async def end(self, request: web.Request, session: Session) -> web.StreamResponse:
        """{"sessions": ids}: own ones."""
        sent = await read_body(request, End)
        gone = await self._people.end(session, sent.sessions[:100])
        return json_response(Ended(gone))

    async def password(self, request: web.Request, session: Session) -> web.StreamResponse:
        """{"old", "new"}: all sessions end; sign in again."""
        if not session.who.edition:
            return refusal(Denied(code="no_password"))
        sent = await read_body(request, Change)
        remote = request.remote or "?"
        device = self._cookies.get(request, DEVICE)
        wrong = await self._people.change_password(session, sent.old, sent.new, remote, device)
        if wrong is not None:
            return refusal(wrong)
        answer = json_response(Done())
        self._cookies.drop(request, answer, SESSION)
        return answer

    def ours(self, request: web.Request) -> None:
        """Raises Barred for what no page of ours has sent."""
        if request.content_type != "application/json" or not from_here(self._origins, request):
            raise Barred(refusal(Denied(code="not_from_here")))

    def _signed_in(
        self, handler: Handler
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def known(request: web.Request) -> web.StreamResponse:
            cookie = self._cookies.get(request, SESSION)
            session = self._people.session(cookie)
            if session is None:
                return refusal(Denied(code="not_signed_in"))
            _known(request, session)
            self.ours(request)
            if not same(request.headers.get("X-Vicon-CSRF", ""), csrf(cookie)):
                return refusal(Denied(code="not_from_here"))
            return await handler(request, session)

        return known


def _known(request: web.Request, session: Session) -> None:
    asker: dict[str, str | None] = {"name": session.who.shown, "account": session.who.account}
    request[ASKER] = asker


def guarded(
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            found = await handler(request)
        except Barred as barred:
            found = barred.answer
        except SpokenError as error:
            log.error("x account", path=request.path, why=str(error))
            found = refusal(Denied(code="failed"))
        found.headers["Cache-Control"] = "no-store"
        return found

    return answer


def refusal(denied: Denied) -> web.Response:
    """Its sentence in both languages; how long to wait, where that is known."""
    status, words = WORDS[denied.code]
    why = denied.words
    said = Words(
        words.id.format_map({"wait": denied.wait_s, "why": why.id if why else ""}),
        words.en.format_map({"wait": denied.wait_s, "why": why.en if why else ""}),
    )
    body = Problem(code=denied.code, text=said, wait_s=denied.wait_s)
    answer = json_response(body, status)
    if denied.wait_s:
        answer.headers["Retry-After"] = str(denied.wait_s)
    return answer


async def read_body(request: web.Request, kind: type[T]) -> T:
    """Raises Barred."""
    try:
        async with asyncio.timeout(BODY_S):
            return msgspec.json.decode(await request.read(), type=kind)
    except (
        TimeoutError,
        web.HTTPRequestEntityTooLarge,
        msgspec.MsgspecError,
        RecursionError,
    ) as error:
        raise Barred(refusal(Denied(code="bad_body"))) from error
