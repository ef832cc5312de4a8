"""A room's door for the script of its page, in JSON. Whoever asks the same again gets how things
stand; `again` in a refusal says that the same may be asked later."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web
from msgspec import Struct

from vicon.core.refusals import Refused
from vicon.ops.words import Words
from vicon.web.checkin.form import BadForm, read_form
from vicon.web.checkin.gate import At, Barred, Gate
from vicon.web.checkin.view import DoorView, Said, said, told
from vicon.web.checkin.words import Problem

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Told(Struct, frozen=True, kw_only=True):
    """The answer to one who was refused."""

    code: str
    text: Words
    """As every refusal has them."""
    said: Said
    now: DoorView | None
    """None where the door itself is not good."""


class CheckinData:
    """Handlers."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def routes(self) -> list[web.AbstractRouteDef]:
        door = "/checkin/{token}"
        return [
            web.get(f"{door}/now", _telling(self.now)),
            web.get(f"{door}/entries/{{person}}", _telling(self.now)),
            web.post(f"{door}/entries", _telling(self.enter)),
            web.post(f"{door}/entries/{{person}}/leave", _telling(self.leave)),
        ]

    async def now(self, request: web.Request) -> web.StreamResponse:
        at = self._gate.at(request)
        return _json(at.view(request.match_info.get("person", "")))

    async def enter(self, request: web.Request) -> web.StreamResponse:
        at = self._gate.at(request, writes=True)
        form = await read_form(request)
        return _outcome(at, form.person, await at.enter(form))

    async def leave(self, request: web.Request) -> web.StreamResponse:
        at, person = self._gate.at(request, writes=True), request.match_info["person"]
        form = await read_form(request)
        return _outcome(at, person, await at.door.leave(person, form.visit, form.ago_ms))


def _outcome(at: At, person: str, refused: Refused | None) -> web.Response:
    if refused is None:
        return _json(at.view(person))
    problem, why = told(refused)
    return _refusal(problem, why, at.view(person))


def _telling(handler: Answering) -> Answering:
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (Barred, BadForm) as refusal:
            problem, why = said(refusal.code, {})
            return _refusal(problem, why, None)

    return answer


def _refusal(problem: Problem, why: Said, now: DoorView | None) -> web.Response:
    response = _json(Told(code=why.code, text=problem.words, said=why, now=now), problem.status)
    if problem.retry_s:
        response.headers["Retry-After"] = str(problem.retry_s)
    return response


def _json(body: DoorView | Told, status: int = 200) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(body),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
