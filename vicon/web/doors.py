"""The doors' addresses, QR codes and posters, for those who may show them."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Mapping

import segno
from aiohttp import web

from vicon.app.gateway import Hall
from vicon.core.model import Plan
from vicon.ops.links import Claims, DoorLink
from vicon.web.answers import Address
from vicon.web.api import Api, json_response, problem
from vicon.web.turns import Turns

AT_ONCE = 2
"""Posters are typeset by the processor that everything else needs too."""
_GUIDES = ("moderator", "technician")


class DoorApi:
    """Handlers. `doors(conference, asked)`: the doors' links, where the server was `asked` under
    that address; `posters(plan, doors)`: a PDF of the doors by code, blocking."""

    def __init__(
        self,
        api: Api,
        halls: Mapping[str, Hall],
        doors: Callable[[str, str], list[DoorLink]],
        posters: Callable[[Plan, Mapping[str, str]], bytes],
    ) -> None:
        self._api, self._halls = api, halls
        self._doors, self._posters = doors, posters
        self._turns = Turns(AT_ONCE)

    def routes(self) -> list[web.AbstractRouteDef]:
        known = self._api.known
        return [
            web.get("/api/v1/me/door", known(self.door)),
            web.get("/api/v1/me/door.svg", known(self.picture)),
            web.get("/api/v1/conferences/{id}/posters.pdf", known(self.posters)),
        ]

    async def door(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        """{"url"} of the own room's door; ?room=CODE for moderators and technicians."""
        found = self._own(request, claims)
        return found if isinstance(found, web.Response) else _private(json_response(Address(found)))

    async def picture(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        """The same as a QR code (SVG)."""
        found = self._own(request, claims)
        if isinstance(found, web.Response):
            return found
        out = io.BytesIO()
        segno.make(found, error="m", micro=False).save(out, kind="svg", scale=4, border=4)
        return _private(web.Response(body=out.getvalue(), content_type="image/svg+xml"))

    async def posters(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        """To be printed: all rooms, or ?room=CODE; of an operator the own room alone."""
        if request.match_info["id"] != claims.conference:
            return problem("not_found", 404)
        wanted = self._room(request, claims, otherwise=None)
        if isinstance(wanted, web.Response):
            return wanted
        doors = {
            code: url for code, url in self._urls(request, claims).items() if wanted in (None, code)
        }
        plan = self._halls[claims.conference].actor.state.plan
        async with self._turns.turn():
            body = await asyncio.to_thread(self._posters, plan, doors)
        name = f"pintu-{wanted or plan.id}.pdf"
        head = {"Content-Disposition": f'attachment; filename="{name}"'}
        return _private(web.Response(body=body, content_type="application/pdf", headers=head))

    def _own(self, request: web.Request, claims: Claims) -> str | web.Response:
        """The URL of one door."""
        room = self._room(request, claims, otherwise=claims.room)
        if isinstance(room, web.Response):
            return room
        url = self._urls(request, claims).get(room or "")
        return url if url is not None else problem("unknown_room", 404)

    def _room(
        self, request: web.Request, claims: Claims, *, otherwise: str | None
    ) -> str | web.Response | None:
        """Which room is asked for, and may be."""
        return room_asked(self._halls, request, claims, otherwise=otherwise)

    def _urls(self, request: web.Request, claims: Claims) -> dict[str, str]:
        """By room, under the address by which the asker came: a phone in the same hall comes there
        too."""
        asked = f"{request.scheme}://{request.host}"
        return {link.room: link.url for link in self._doors(claims.conference, asked)}


def room_asked(
    halls: Mapping[str, Hall], request: web.Request, claims: Claims, *, otherwise: str | None
) -> str | web.Response | None:
    """Which room ?room= asks for: operators their own alone, those who guide any; `otherwise`:
    where it asks for none. A response where it may not be."""
    room = request.query.get("room")
    if claims.role == "operator":
        room, allowed = claims.room, room in (None, claims.room)
    else:
        allowed = claims.role in _GUIDES
    if not allowed:
        return problem("not_allowed", 403)
    if room is not None and room not in halls[claims.conference].actor.state.rooms:
        return problem("unknown_room", 404)
    return otherwise if room is None else room


def _private(response: web.Response) -> web.Response:
    response.headers["Cache-Control"] = "no-store"
    return response
