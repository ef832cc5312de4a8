"""The HTTP interface: health for machines, state as JSON for whoever holds a link token."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

import msgspec
import segno
from aiohttp import web

from signaling.reasons import text
from vicon.app.audience import Guest, Nowhere
from vicon.app.gateway import Doorkeeper, Hall
from vicon.app.guesses import RETRY_S, Guesses
from vicon.app.measured import ROLES
from vicon.core.model import Actor
from vicon.ops.checks import Check, ready
from vicon.ops.claims import NOBODY, Browser
from vicon.ops.links import BadToken, Claims
from vicon.ops.words import Words
from vicon.ports import Clock
from vicon.web.access import ASKER, access_of
from vicon.web.answers import (
    Alive,
    CheckTold,
    ConferenceShort,
    ConferenceTold,
    MediaTold,
    Problem,
    Ready,
)
from vicon.web.asked import BadQuery


class Health(Protocol):
    """See ops.checks.Checks."""

    async def look(self) -> Sequence[Check]: ...


def json_response(body: Any, status: int = 200) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(body), status=status, content_type="application/json"
    )


def problem(code: str, status: int) -> web.Response:
    """A refusal: its code and its sentence in both languages."""
    said = text(code)
    return json_response(Problem(code=code, text=Words(said.id, said.en)), status)


def bearer(request: web.Request) -> str:
    """The token of the request. Raises BadToken."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or len(token) > 4096:
        raise BadToken("no bearer token")
    return token.strip()


def untrusted(code: str) -> web.Response:
    """The answer to a token that is not good."""
    if code != "too_fast":
        return problem(code, 401)
    answer = problem(code, 429)
    answer.headers["Retry-After"] = str(RETRY_S)
    return answer


class Api:
    """Handlers; `url_of(claims)` gives the link for a second device of the same room; `browser`,
    what is known of who asks; `settled`: see Gateway."""

    def __init__(
        self,
        halls: Mapping[str, Hall],
        doorkeeper: Doorkeeper,
        clock: Clock,
        health: Health,
        url_of: Callable[[Claims], str],
        browser: Callable[[web.Request], Browser] = lambda _: NOBODY,
        settled: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._halls = halls
        self._doorkeeper = doorkeeper
        self._clock = clock
        self._health = health
        self._url_of = url_of
        self._browser, self._settled = browser, settled
        self._guesses = Guesses(clock)

    def routes(self) -> list[web.AbstractRouteDef]:
        return [
            web.get("/healthz", self.healthz),
            web.get("/readyz", self.readyz),
            web.get("/api/v1/conferences", self.known(self.conferences)),
            web.get("/api/v1/conferences/{id}", self.known(self.conference)),
            web.get("/api/v1/conferences/{id}/view", self.known(self.conference)),
            web.get("/api/v1/conferences/{id}/media", self.known(self.media)),
            web.get("/api/v1/me/qr", self.known(self.qr)),
        ]

    def known(
        self, handler: Callable[[web.Request, Claims], Awaitable[web.StreamResponse]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Only with `Authorization: Bearer <link token>` of a role that the table of routes has."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                now, browser = self._clock.now(), self._browser(request)
                claims = self._doorkeeper.verify(bearer(request), now, browser)
            except BadToken as error:
                return untrusted(self._guesses.told(error, request.remote))
            if claims.once and self._settled is not None:
                await self._settled()
            if claims.conference not in self._halls:
                return problem("not_found", 404)
            request[ASKER] = {"role": claims.role, "name": claims.name, "room": claims.room}
            access = access_of(request)
            if access is None or claims.role not in access.who:
                return problem("not_allowed", 403)
            try:
                return await handler(request, claims)
            except BadQuery:
                return problem("bad_query", 400)

        return guarded

    async def healthz(self, _request: web.Request) -> web.StreamResponse:
        """The process answers."""
        return json_response(Alive(ok=True))

    async def readyz(self, _request: web.Request) -> web.StreamResponse:
        """Whether somebody new may be sent here: 200, else 503; and each check, in words that
        give nothing away."""
        found = await self._health.look()
        checks = [
            CheckTold(name=check.name, state=check.state, text=check.words) for check in found
        ]
        fit = ready(found)
        return json_response(Ready(ready=fit, checks=checks), 200 if fit else 503)

    async def conferences(self, _request: web.Request, claims: Claims) -> web.StreamResponse:
        plan = self._halls[claims.conference].actor.state.plan
        phase = self._halls[claims.conference].actor.state.phase
        return json_response([ConferenceShort(id=plan.id, title=plan.title, phase=phase)])

    async def conference(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        """The view of the token's role, with the revision it is of."""
        if request.match_info["id"] != claims.conference:
            return problem("not_found", 404)
        hall = self._halls[claims.conference]
        guest = Guest(Nowhere(), Actor(role=claims.role, name=claims.name, room=claims.room))
        return json_response(
            ConferenceTold(rev=hall.actor.revision, view=hall.audience.view(guest))
        )

    async def media(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        """The last figures of the media plane: of all devices for those who see them, an
        operator's own room alone. `at`: when they came, null before the first."""
        if request.match_info["id"] != claims.conference:
            return problem("not_found", 404)
        measured = self._halls[claims.conference].media
        devices = measured.devices()
        if claims.role == "operator":
            devices = [one for one in devices if one.room == claims.room]
        elif claims.role not in ROLES:
            return problem("not_allowed", 403)
        return json_response(MediaTold(at=measured.at, devices=devices))

    async def qr(self, _request: web.Request, claims: Claims) -> web.StreamResponse:
        """The link of the token as a QR code (SVG), for a second device."""
        out = io.BytesIO()
        url = self._url_of(claims)
        if claims.once and self._settled is not None:
            await self._settled()
        segno.make(url, error="m").save(out, kind="svg", scale=4, border=2)
        answer = web.Response(body=out.getvalue(), content_type="image/svg+xml")
        answer.headers["Cache-Control"] = "no-store"
        if claims.once:  # the code is for one device, and has its time
            answer.headers["X-Vicon-Once"] = "1"
        return answer
