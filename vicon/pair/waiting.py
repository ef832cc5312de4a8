"""What a server of a pair answers while it does not serve: a clear no, so that clients go to the
other one, and the state to who has the pair's key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import Literal

import msgspec
from aiohttp import web

from signaling import messages as m
from signaling.reasons import text
from signaling.server import Connection, SignalingServer
from vicon.config import Settings
from vicon.listeners import Listener, listen, served_names
from vicon.ops.data import DataDir
from vicon.pair import words
from vicon.pair.feed import knows
from vicon.ports import Clock
from vicon.web import headers
from vicon.web.api import json_response, problem
from vicon.web.edge import guarding

Code = Literal["standing_by", "fenced", "asking_other"]
RETRY_S = "3"


class _Nobody:
    """Says no to every hello."""

    def __init__(self, code: Callable[[], Code]) -> None:
        self._code = code

    async def hello(self, conn: Connection, hello: m.Hello) -> None:
        conn.close(self._code())

    async def command(self, conn: Connection, command: m.Command) -> None:
        """None comes: nobody was welcomed."""

    async def gone(self, conn: Connection, why: str) -> None:
        """Nobody was here."""


class Waiting:
    """`code()`: why it does not serve, now. `state()`: what the other server is told."""

    def __init__(
        self,
        home: DataDir,
        clock: Clock,
        code: Callable[[], Code],
        state: Callable[[], words.State],
    ) -> None:
        self._home, self._code, self._state = home, code, state
        self._signaling = SignalingServer(
            _Nobody(code), clock, origin_allowed=lambda _origin, _host: True
        )

    async def listen(
        self, stack: AsyncExitStack, settings: Settings, listeners: Sequence[Listener]
    ) -> list[str]:
        """The URL of each listener. Raises CannotListen."""
        hosts = served_names(settings, listeners)
        app = web.Application(middlewares=[guarding(hosts)])
        app.on_response_prepare.append(headers.secure)
        app.router.add_get("/healthz", self.healthz)
        app.router.add_get("/readyz", self.readyz)
        app.router.add_get("/ws", self._signaling.handle)
        app.router.add_get(words.STATE_ROUTE, self.state)
        app.router.add_route("*", "/{path:.*}", self.refuse)

        async def farewell(_app: web.Application) -> None:
            await self._signaling.stop()

        app.on_shutdown.append(farewell)
        return await listen(stack, app, listeners)

    async def healthz(self, _request: web.Request) -> web.StreamResponse:
        return json_response({"ok": True})

    async def readyz(self, _request: web.Request) -> web.StreamResponse:
        wrong = {"standby": text(self._code()).en}
        return json_response({"ready": False, "wrong": wrong, "troubles": {}}, 503)

    async def state(self, request: web.Request) -> web.StreamResponse:
        if not knows(self._home, request):
            return problem("bad_token", 401)
        return json_response(self._state())

    async def refuse(self, request: web.Request) -> web.StreamResponse:
        said = text(self._code())
        if request.path.startswith("/api/"):
            body = {"code": self._code(), "text": {"id": said.id, "en": said.en}}
            answer = web.Response(
                body=msgspec.json.encode(body), status=503, content_type="application/json"
            )
        else:
            answer = web.Response(text=f"{said.id}\n\n{said.en}\n", status=503)
        answer.headers["Retry-After"] = RETRY_S
        return answer
