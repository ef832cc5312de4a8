"""WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep) over HTTP.

    POST           /whip/CONFERENCE/ROOM        an encoder becomes the room's main camera
    POST           /whep/CONFERENCE[/ROOM]      a player receives the programme, or a room
    PATCH, DELETE  the Location of the answer   candidates, a restart of ICE; the end

Accept is not looked at (RFC 9110, section 12.5.1 leaves that to the server): to a WHEP player 406
means a counter-offer, which is never made here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple, Protocol

from aiohttp import web

from signaling.bucket import TokenBucket
from signaling.limits import Limits
from signaling.messages import IceServer
from vicon.app.guesses import Guesses
from vicon.app.whip import Sessions
from vicon.app.whipsession import Ended, Session
from vicon.core.model import PROGRAMME, Actor
from vicon.core.refusals import Refused
from vicon.ops.claims import NotHere
from vicon.ops.links import BadToken, Claims, MediaClaims
from vicon.ports import Clock, MediaError
from vicon.web import whiphead as head
from vicon.web.problems import problem

BODY_S = 10.0
"""How long a body may take to come."""
POST_PER_S, POST_BURST = 0.5, 10.0
PATCH_PER_S, PATCH_BURST = 5.0, 40.0
"""Of one token (RFC 9725, section 5: rates are to be limited)."""
_SEERS = ("moderator", "technician", "observer")
"""Whose link shows every room: they may play too."""


class Doorkeeper(Protocol):
    """Checks tokens; raises BadToken."""

    def verify(self, token: str, now: int) -> Claims: ...

    def verify_media(self, token: str, now: int) -> MediaClaims: ...


class _Refusal(Exception):
    def __init__(self, code: str, cause: str = "") -> None:
        super().__init__(code)
        self.code, self.cause = code, cause


class _At(NamedTuple):
    """A request whose token is good for its address."""

    claims: MediaClaims
    sessions: Sessions
    plays: str
    """The room, or PROGRAMME."""


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WhipApi:
    """Handlers. `sessions` by conference; `ice` gives the TURN servers for an actor."""

    def __init__(
        self,
        sessions: Mapping[str, Sessions],
        doorkeeper: Doorkeeper,
        clock: Clock,
        ice: Callable[[Actor], list[IceServer]],
    ) -> None:
        self._sessions = sessions
        self._doorkeeper = doorkeeper
        self._clock = clock
        self._ice = ice
        self._guesses = Guesses(clock)
        self._buckets: dict[tuple[str, str], TokenBucket] = {}
        """By token: there are never more than links were issued."""
        self._embedded = {
            "POST": Limits(POST_PER_S, POST_BURST),
            "PATCH": Limits(PATCH_PER_S, PATCH_BURST),
        }

    def routes(self) -> list[web.AbstractRouteDef]:
        endpoint = {"POST": self.open, "GET": self.nothing, "OPTIONS": self.options}
        session = {"PATCH": self.patch, "DELETE": self.close, "GET": self.nothing}
        session |= {"OPTIONS": self.options}
        found: list[web.AbstractRouteDef] = []
        for path, handlers in (
            ("/whip/{conference}/{room}", endpoint),
            ("/whep/{conference}", endpoint),
            ("/whep/{conference}/{room}", endpoint),
            ("/whip/{conference}/{room}/{session}", session),
            ("/whep/{conference}/{room}/{session}", session),
        ):
            found.append(web.route("*", path, _answering(handlers)))
        return found

    async def open(self, request: web.Request) -> web.StreamResponse:
        """201 with the answer, the session's address, its entity-tag and the TURN servers."""
        at = self._at(request)
        self._limit(at.claims, "POST", POST_PER_S, POST_BURST, request.remote)
        body = await _body(request, head.SDP, "want_sdp")
        label = head.label(request)
        if _whip(request):
            opened = await at.sessions.publish(at.claims, at.plays, body, label)
        else:
            opened = await at.sessions.play(at.claims, at.plays, body, label)
        if isinstance(opened, Refused):
            raise _Refusal(opened.code)
        session = opened.session
        try:  # once more: the token may have been revoked since
            self._claims(request)
        except _Refusal:
            await at.sessions.close(session)
            raise
        answer = web.Response(status=201, text=opened.answer, content_type=head.SDP)
        place = f"/{_protocol(request)}/{at.claims.conference}/{at.plays}/{session.id}"
        # A path alone (RFC 9110, section 10.2.2): behind a proxy only the client knows the host.
        answer.headers["Location"] = place
        answer.headers["ETag"] = session.etag
        head.add_links(answer, self._ice(session.actor))
        return answer

    async def patch(self, request: web.Request) -> web.StreamResponse:
        """204 for candidates; 200 with the server's new credentials for a restart."""
        at, session = self._session(request)
        self._limit(at.claims, "PATCH", PATCH_PER_S, PATCH_BURST, request.remote)
        body = await _body(request, head.FRAGMENT, "want_fragment")
        done = await at.sessions.patch(session, head.if_match(request), body)
        if isinstance(done, Refused):
            raise _Refusal(done.code, str(done.params.get("cause", "")))
        if not done.etag:
            return web.Response(status=204)
        answer = web.Response(status=200, text=done.body, content_type=head.FRAGMENT)
        answer.headers["ETag"] = done.etag
        return answer

    async def close(self, request: web.Request) -> web.StreamResponse:
        """200; any If-Match is of no account (RFC 9725, section 4.3.1)."""
        at, session = self._session(request)
        refused = await at.sessions.close(session)
        if refused is not None:
            raise _Refusal(refused.code)
        return web.Response(status=200)

    async def nothing(self, request: web.Request) -> web.StreamResponse:
        """There is nothing to get (RFC 9725, section 4.1); a WHEP player knows by the type what it
        has found."""
        if _whip(request) or "session" in request.match_info:
            return web.Response(status=204)
        return web.Response(status=200, headers={"Content-Type": head.SDP})

    async def options(self, request: web.Request) -> web.StreamResponse:
        """200; with the TURN servers for whoever shows a token (RFC 9725, section 4.6)."""
        answer = web.Response(status=200)
        if "session" in request.match_info:
            answer.headers["Accept-Patch"] = head.FRAGMENT
            return answer
        answer.headers["Accept-Post"] = head.SDP
        if "Authorization" in request.headers:
            claims = self._at(request).claims
            actor = Actor(role="observer", name=claims.name, room=claims.room)
            head.add_links(answer, self._ice(actor))
        return answer

    def _at(self, request: web.Request) -> _At:
        """Raises _Refusal."""
        claims = self._claims(request)
        match = request.match_info
        plays = match.get("room", PROGRAMME)
        ours = claims.conference == match["conference"]
        if _whip(request):
            allowed = claims.role == "encoder" and claims.room == plays
        else:
            # A session belongs to its token, whatever its address names.
            watches = claims.role == "embed" and (plays == PROGRAMME or "session" in match)
            allowed = watches or (claims.role == "player" and claims.room in (None, plays))
        if not ours or not allowed:
            raise _Refusal("wrong_token")
        sessions = self._sessions.get(claims.conference)
        if sessions is None:
            raise _Refusal("not_found")
        return _At(claims, sessions, plays)

    def _claims(self, request: web.Request) -> MediaClaims:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        token, now = token.strip(), self._clock.now()
        if scheme.lower() != "bearer" or not token:
            raise _Refusal("no_token")
        try:
            return self._doorkeeper.verify_media(token, now)
        except BadToken as error:
            if error.code != BadToken.code:  # it is one of ours that counts no more
                raise _Refusal(error.code) from error
            return self._onlooker(token, now, request.remote, whip=_whip(request))

    def _onlooker(self, token: str, now: int, remote: str | None, *, whip: bool) -> MediaClaims:
        """Who has a page's link may play what that page shows."""
        try:
            claims = self._doorkeeper.verify(token, now)
        except NotHere as error:  # for a page alone
            raise _Refusal("link_token") from error
        except BadToken as error:
            raise _Refusal(self._guesses.told(error, remote)) from error
        if whip or claims.role not in _SEERS:
            raise _Refusal("link_token")
        return MediaClaims(
            conference=claims.conference,
            role="player",
            room=None,
            name=claims.name,
            jti=claims.jti,
        )

    def _session(self, request: web.Request) -> tuple[_At, Session]:
        at = self._at(request)
        found = at.sessions.find(request.match_info["session"])
        if found is None:
            raise _Refusal("no_session")
        if found.jti != at.claims.jti:
            raise _Refusal("wrong_token")
        if isinstance(found, Ended):
            raise _Refusal(_OVER.get(found.why, "session_over"), found.why)
        return at, found

    def _limit(
        self, claims: MediaClaims, method: str, rate: float, burst: float, remote: str | None
    ) -> None:
        now = self._clock.monotonic()
        if claims.role == "embed":  # one token for all who watch, so each address has its own rate
            if not self._embedded[method].allow(remote, now):
                raise _Refusal("too_fast")
            return
        bucket = self._buckets.setdefault((claims.jti, method), TokenBucket(rate, burst, now))
        if not bucket.take(now):
            raise _Refusal("too_fast")


_OVER = {
    "removed": "session_removed",
    "declined": "session_removed",
    "closed": "conference_closed",
}


def _answering(handlers: Mapping[str, Handler]) -> Handler:
    """One path: its methods, and every refusal told in the same way."""
    allowed = ", ".join(sorted({*handlers, "HEAD"}))

    async def answer(request: web.Request) -> web.StreamResponse:
        lang = request.headers.get("Accept-Language", "")
        method = "GET" if request.method == "HEAD" else request.method
        handler = handlers.get(method)
        try:
            if handler is None:
                raise _Refusal("bad_method")
            response = await handler(request)
        except _Refusal as refusal:
            response = problem(refusal.code, lang, refusal.cause)
            head.explain(response, refusal.code, allowed)
        except MediaError as error:
            response = problem(error.code, lang, str(error))
        head.open_to_all(response, allowed)
        return response

    return answer


async def _body(request: web.Request, wanted: str, otherwise: str) -> str:
    """The body as text. Raises _Refusal."""
    if request.content_type != wanted:
        raise _Refusal(otherwise)
    try:
        async with asyncio.timeout(BODY_S):
            return (await request.read()).decode()
    except TimeoutError as error:
        raise _Refusal("too_slow") from error
    except web.HTTPRequestEntityTooLarge as error:
        raise _Refusal("too_large") from error
    except UnicodeDecodeError as error:
        raise _Refusal("bad_sdp" if wanted == head.SDP else "bad_fragment", "no UTF-8") from error


def _protocol(request: web.Request) -> str:
    return "whip" if _whip(request) else "whep"


def _whip(request: web.Request) -> bool:
    return request.path.startswith("/whip/")
