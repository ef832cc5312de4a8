"""The address of a hall's display (page /layar), for those in the hall who put it on a screen."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import segno
from aiohttp import web

from vicon.app.gateway import Hall
from vicon.ops.links import Claims, Link
from vicon.web.answers import Address
from vicon.web.api import Api, json_response, problem
from vicon.web.doors import room_asked


class DisplayApi:
    """Handlers. `displays(conference, asked)`: the displays' links, where the server was `asked`
    under that address."""

    def __init__(
        self,
        api: Api,
        halls: Mapping[str, Hall],
        displays: Callable[[str, str], list[Link]],
    ) -> None:
        self._api, self._halls, self._displays = api, halls, displays

    def routes(self) -> list[web.AbstractRouteDef]:
        known = self._api.known
        return [
            web.get("/api/v1/me/display", known(self.display)),
            web.get("/api/v1/me/display.svg", known(self.picture)),
        ]

    async def display(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        """{"url"} of the own room's display; ?room=CODE for moderators and technicians."""
        found = self._own(request, claims)
        if isinstance(found, web.Response):
            return found
        answer = json_response(Address(found))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    async def picture(self, request: web.Request, claims: Claims) -> web.StreamResponse:
        """The same as a QR code (SVG)."""
        found = self._own(request, claims)
        if isinstance(found, web.Response):
            return found
        out = io.BytesIO()
        segno.make(found, error="l", micro=False).save(out, kind="svg", scale=4, border=4)
        answer = web.Response(body=out.getvalue(), content_type="image/svg+xml")
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _own(self, request: web.Request, claims: Claims) -> str | web.Response:
        room = room_asked(self._halls, request, claims, otherwise=claims.room)
        if isinstance(room, web.Response):
            return room
        # A screen in the same hall comes to the server as the asker came.
        asked = f"{request.scheme}://{request.host}"
        links = self._displays(claims.conference, asked)
        found = next((link.url for link in links if link.room == room), None)
        return found if found is not None else problem("unknown_room", 404)
