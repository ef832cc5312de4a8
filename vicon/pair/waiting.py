"""What a server of a pair answers while it does not serve: a clear no, so that clients go to the
other one, and the state to who has the pair's key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import Literal, Protocol

import msgspec
import structlog
from aiohttp import web

from signaling import messages as m
from signaling.reasons import text
from signaling.server import Connection, SignalingServer
from vicon.config import Settings
from vicon.listeners import Listener, listen, served_names
from vicon.ops.book import Book, make_signer
from vicon.ops.book import read_key as read_link_key
from vicon.ops.claims import BadToken
from vicon.ops.data import DataDir, read_struct
from vicon.ops.words import SpokenError
from vicon.pair import words
from vicon.pair.feed import knows
from vicon.pair.witnesses import Council
from vicon.ports import Clock
from vicon.web import headers
from vicon.web.api import json_response, problem
from vicon.web.edge import guarding

log = structlog.get_logger("vicon.pair")
LOOK_S = 0.5
_NO_LINKS = Book(base="", issues=[])
Code = Literal["standing_by", "fenced", "asking_other"]
RETRY_S = "3"


class Witnesses(Protocol):
    """Of a standby that has lost its first."""

    def asking(self) -> Council | None: ...

    def holding(self) -> Council | None:
        """Whose pages are to wait here, for they may be asked soon."""
        ...

    def witnessed(self, council: str, member: str, word: m.WitnessWord) -> None: ...


class _Nobody:
    """Says no to every hello; of halls it first asks their word, where that is wanted."""

    def __init__(
        self,
        home: DataDir,
        clock: Clock,
        code: Callable[[], Code],
        witnesses: Witnesses | None,
    ) -> None:
        self._home, self._clock = home, clock
        self._code, self._witnesses = code, witnesses
        self._here: dict[Connection, str] = {}
        """Who waits here, as which member."""
        self._asked: set[Connection] = set()

    async def hello(self, conn: Connection, hello: m.Hello) -> None:
        council = self._witnesses.holding() if self._witnesses is not None else None
        if council is not None and hello.resume and hello.life:
            device = await asyncio.to_thread(self._device, hello.resume)
            member = f"{device}.{hello.life}"
            if device is not None and member in council.members:
                self._here[conn] = member
                self._ask(conn)
                return
        conn.close(self._code())

    def _ask(self, conn: Connection) -> None:
        council = self._witnesses.asking() if self._witnesses is not None else None
        if council is not None and conn not in self._asked:
            self._asked.add(conn)
            conn.send(m.WitnessAsk(council=council.id, word="takeover"))

    def _device(self, resume: str) -> str | None:
        """Whose token it is, by the keys that came over from the first."""
        try:
            key = read_link_key(self._home)
            if key is None:
                return None
            signer = make_signer(key, read_struct(self._home.links, Book) or _NO_LINKS)
            return signer.verify_resume(resume, self._clock.now()).device
        except (BadToken, SpokenError) as error:
            log.info("x resume", why=type(error).__name__)
            return None

    async def witness(self, conn: Connection, witness: m.Witness) -> None:
        """It waits here then, for this server may be about to serve."""
        member = self._here.get(conn) if conn in self._asked else None
        if member is not None and self._witnesses is not None:
            self._witnesses.witnessed(witness.council, member, witness.word)
        if witness.word != "takeover":
            conn.close(self._code())

    async def look(self) -> None:
        """Until it is cancelled: who waits is asked in time, or sent away."""
        while True:
            await self._clock.sleep(LOOK_S)
            council = self._witnesses.holding() if self._witnesses is not None else None
            for conn, member in list(self._here.items()):
                if council is None or member not in council.members:
                    conn.close(self._code())
                else:
                    self._ask(conn)

    async def command(self, conn: Connection, command: m.Command) -> None:
        """None comes: nobody was welcomed."""

    async def gone(self, conn: Connection, why: str) -> None:
        self._here.pop(conn, None)
        self._asked.discard(conn)


class Waiting:
    """`code()`: why it does not serve, now. `state()`: what the other server is told."""

    def __init__(
        self,
        home: DataDir,
        clock: Clock,
        code: Callable[[], Code],
        state: Callable[[], words.State],
        witnesses: Witnesses | None = None,
    ) -> None:
        self._home, self._code, self._state = home, code, state
        self._nobody = _Nobody(home, clock, code, witnesses)
        self._signaling = SignalingServer(
            self._nobody, clock, origin_allowed=lambda _origin, _host: True
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

        looking = asyncio.create_task(self._nobody.look(), name="standby's witnesses")
        stack.callback(looking.cancel)

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
