"""The commands of the WebSocket for programs that have no connection: the same bodies, the same
rights, the same journal, the same refusals."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Protocol

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from signaling.limits import Limits
from signaling.messages import MAX_FRAME_BYTES, CommandBody
from signaling.peer import Limits as Wire
from signaling.reasons import text
from vicon.app.gateway import Carried, Result
from vicon.app.officewords import OFFICE
from vicon.app.repeated import Repeated, Reused
from vicon.core.refusals import Refused
from vicon.ops.links import Claims
from vicon.ops.words import Words
from vicon.ports import Clock
from vicon.web.answers import Problem
from vicon.web.api import Api, json_response, problem

BODY_S = 10.0
_STATUS: Mapping[str, int] = {
    "not_allowed": 403,
    "busy": 503,
    "journal_failed": 503,
    "media_unavailable": 503,
}
"""Of refusals; the others are 409: not as things stand."""


class Asked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: Annotated[str, Meta(min_length=1, max_length=64)]
    """The client's own: asked again under it, the same is not done again."""
    body: CommandBody


class CommandDone(Struct, frozen=True, kw_only=True):
    """It is in the journal, as far as it changes anything."""

    rev: int
    """In force from this revision on."""
    result: Result | None
    again: bool
    """It was done before, under this id."""


class Carrier(Protocol):
    async def ask(self, claims: Claims, body: CommandBody) -> Carried | Refused:
        """See Gateway.ask."""
        ...


class CommandApi:
    """Handlers."""

    def __init__(self, api: Api, carrier: Carrier, clock: Clock) -> None:
        self._api, self._carrier, self._clock = api, carrier, clock
        bounds = Wire()
        self._limits = Limits(bounds.messages_per_s, bounds.burst)
        self._repeated: Repeated[Carried | Refused] = Repeated(_passing)

    def routes(self) -> list[web.AbstractRouteDef]:
        at = "/api/v1/conferences/{id}/commands"
        return [web.post(at, self._api.known(self.command))]

    async def command(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        """{"id", "body"}."""
        if request.match_info["id"] != claims.conference:
            return problem("not_found", 404)
        if not self._limits.allow(claims.jti, self._clock.monotonic()):
            answer = problem("too_fast", 429)
            answer.headers["Retry-After"] = "1"
            return answer
        asked = await _read(request)
        if isinstance(asked, web.Response):
            return asked
        key, whole = (claims.jti, asked.id), msgspec.json.encode(asked.body)
        try:
            done, again = await self._repeated.once(key, whole, self._carry(claims, asked.body))
        except Reused:
            return _refusal(Refused("id_reused"))
        if isinstance(done, Refused):
            return _refusal(done)
        return json_response(CommandDone(rev=done.revision, result=done.result, again=again))

    def _carry(
        self, claims: Claims, body: CommandBody
    ) -> Callable[[], Awaitable[Carried | Refused]]:
        return lambda: self._carrier.ask(claims, body)


async def _read(request: web.Request) -> Asked | web.Response:
    try:
        async with asyncio.timeout(BODY_S):
            body = await request.clone(client_max_size=MAX_FRAME_BYTES).read()
        return msgspec.json.decode(body, type=Asked)
    except TimeoutError:
        status = 408
    except web.HTTPRequestEntityTooLarge:
        status = 413
    except (msgspec.MsgspecError, RecursionError):
        status = 400
    return json_response(Problem(code="bad_body", text=OFFICE["bad_body"]), status)


def _refusal(refused: Refused) -> web.Response:
    said = text(refused.code, **refused.params)
    body = Problem(code=refused.code, text=Words(said.id, said.en))
    return json_response(body, _STATUS.get(refused.code, 409))


def _passing(answer: Carried | Refused) -> bool:
    return isinstance(answer, Refused) and _STATUS.get(answer.code) == 503
