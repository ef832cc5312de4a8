"""`GET /metrics` on the server's own addresses: for who has the token of the settings alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from vicon.web.api import problem

PATH = "/metrics"


class MetricsRoute:
    """`read` None: no token is set, so that there is nothing here for anybody."""

    def __init__(
        self, read: Callable[[web.Request], Awaitable[web.StreamResponse]] | None = None
    ) -> None:
        self._read = read

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.get(PATH, self.read)]

    async def read(self, request: web.Request) -> web.StreamResponse:
        return await self._read(request) if self._read is not None else problem("not_found", 404)
