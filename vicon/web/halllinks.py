"""A hall's one-time link, in the hands of moderators and technicians: who has it, and the next
browser let in, which the conference's journal says too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from aiohttp import web

from signaling.reasons import text
from vicon.app.actor import Done
from vicon.app.office import note_of
from vicon.app.officewords import OFFICE
from vicon.core import commands as do
from vicon.core.commands_office import ReleaseLink
from vicon.core.model import Actor
from vicon.core.refusals import Refused
from vicon.ops.book import LinkBook
from vicon.ops.browsers import Browsers
from vicon.ops.claims import Claims, Issue
from vicon.ops.words import Words
from vicon.ports import Clock
from vicon.web.answers import HallLink, Problem
from vicon.web.api import Api, json_response, problem

_FOR_MANY = Problem(code="link_for_many", text=OFFICE["link_for_many"])


class Stage(Protocol):
    """The living conferences; see vicon.hosting."""

    async def submit(self, id: str, asker: Actor, command: do.Command) -> Done | Refused: ...


class HallLinkApi:
    """Handlers. `settled`: returns when what the browsers' list says is durable."""

    def __init__(
        self,
        api: Api,
        book: LinkBook,
        browsers: Browsers,
        stage: Stage,
        clock: Clock,
        settled: Callable[[], Awaitable[None]],
    ) -> None:
        self._api, self._book, self._browsers = api, book, browsers
        self._stage, self._clock, self._settled = stage, clock, settled

    def routes(self) -> list[web.AbstractRouteDef]:
        at = "/api/v1/conferences/{id}/rooms/{room}/link"
        known = self._api.known
        return [
            web.get(at, known(self.look)),
            web.post(f"{at}/release", known(self.release)),
            web.post(f"{at}/hold", known(self.hold)),
        ]

    async def look(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        """{"once", "used_at", "devices", "until"}: null where it is not."""
        found = self._find(request, claims)
        return found if isinstance(found, web.Response) else self._told(found)

    async def release(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        """The next browser that opens the link has it, in place of the first."""
        found = self._find(request, claims)
        if isinstance(found, web.Response):
            return found
        if not found.grant.once:
            return json_response(_FOR_MANY, 409)
        refused = await self._note(claims, ReleaseLink(link=note_of(found)))
        if refused is not None:
            return refused
        self._browsers.release(found.jti, self._clock.now())
        await self._settled()
        return self._told(found)

    async def hold(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        """Undo: the first browser keeps it."""
        found = self._find(request, claims)
        if isinstance(found, web.Response):
            return found
        if self._browsers.released(found.jti, self._clock.now()) is None:
            return self._told(found)
        refused = await self._note(claims, ReleaseLink(link=note_of(found), on=False))
        if refused is not None:
            return refused
        self._browsers.hold(found.jti)
        await self._settled()
        return self._told(found)

    async def _note(self, claims: Claims, command: ReleaseLink) -> web.Response | None:
        """In the journal, before it is done; where it cannot be noted it is not done."""
        asker = Actor(role=claims.role, name=claims.name, room=claims.room)
        done = await self._stage.submit(claims.conference, asker, command)
        if not isinstance(done, Refused):
            return None
        said = text(done.code, **done.params)
        body = Problem(code=done.code, text=Words(said.id, said.en))
        return json_response(body, 409 if done.code == "archived" else 503)

    def _find(self, request: web.Request, claims: Claims) -> Issue | web.Response:
        if request.match_info["id"] != claims.conference:
            return problem("not_found", 404)
        room = request.match_info["room"]
        found = next(
            (
                issue
                for issue in self._book.issues
                if issue.grant.conference == claims.conference
                and issue.grant.role == "operator"
                and issue.grant.room == room
                and not issue.revoked
            ),
            None,
        )
        return problem("unknown_room", 404) if found is None else found

    def _told(self, issue: Issue) -> web.Response:
        used = self._browsers.used(issue.jti)
        body = HallLink(
            once=issue.grant.once,
            used_at=used[0].at if used else None,
            devices=len(used),
            until=self._browsers.released(issue.jti, self._clock.now()),
        )
        answer = json_response(body)
        answer.headers["Cache-Control"] = "no-store"
        return answer
