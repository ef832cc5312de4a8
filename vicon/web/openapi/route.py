"""The description, for whoever asks."""

from __future__ import annotations

import hashlib

from aiohttp import web

from vicon.web.openapi import document

PATH = "/api/v1/openapi.json"


class Description:
    """Handlers."""

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.get(PATH, self.give)]

    async def give(self, request: web.Request) -> web.StreamResponse:
        """Made at the first request: a few hundredths of a second."""
        body = document.text().encode()
        tag = hashlib.sha256(body).hexdigest()[:32]
        known = any(one.value in ("*", tag) for one in request.if_none_match or ())
        answer = (
            web.Response(status=304)
            if known
            else web.Response(body=body, content_type="application/json")
        )
        answer.headers["ETag"] = f'"{tag}"'
        answer.headers["Cache-Control"] = "no-cache"  # nothing in it is private
        return answer
