"""A small application behind a real server on a real socket: three rooms, counts, resume."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from aiohttp import web
from msgspec import structs

from signaling import messages as m
from signaling.reasons import text
from signaling.server import Connection, Settings, SignalingServer
from tests.signaling import examples

TOKEN = "t0ken-of-the-house"


class WallClock:
    def now(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        return time.monotonic()


class House:
    """Handler of the server. Devices are d1, d2, ...; the resume token of d1 is r-d1."""

    def __init__(self, heartbeat_s: float) -> None:
        self.heartbeat_s = heartbeat_s
        self.revision = 1
        self.epoch = "e1"
        self.rooms = {r.code: r for r in examples.view().rooms}
        self.guests: dict[Connection, int] = {}
        self.devices: dict[Connection, str] = {}
        self.hellos: list[m.Hello] = []
        self.commands: list[m.Command] = []
        self.witnesses: list[m.Witness] = []
        self.departures: list[tuple[str | None, str]] = []
        """Device and why, in the order of their going."""
        self.hold: asyncio.Event | None = None
        """While set and unset, commands wait in the handler."""

    async def hello(self, conn: Connection, hello: m.Hello) -> None:
        self.hellos.append(hello)
        if hello.token != TOKEN:
            conn.close("bad_token")
            return
        if hello.resume is not None:
            self.devices[conn] = hello.resume.removeprefix("r-")
        self.guests[conn] = self.revision
        view = examples.view()
        conn.send(
            m.Welcome(
                v=m.PROTOCOL_VERSION,
                rev=self.revision,
                now=WallClock().now(),
                heartbeat_s=self.heartbeat_s,
                media_epoch=self.epoch,
                view=structs.replace(view, rooms=list(self.rooms.values()), you=self._you(conn)),
            )
        )

    async def command(self, conn: Connection, command: m.Command) -> None:
        self.commands.append(command)
        if self.hold is not None:
            await self.hold.wait()
        body = command.body
        if isinstance(body, m.CountSet):
            if body.value > 12:
                said = text("room_full", cap=12)
                conn.send(m.Refused(id=command.id, code="room_full", text=said))
                return
            self.set_count(body.room, body.value)
            conn.send(m.Ok(id=command.id, rev=self.revision))
        elif isinstance(body, m.RoomJoin):
            device = self.devices[conn] = f"d{len(self.devices) + 1}"
            conn.send(
                m.Ok(
                    id=command.id,
                    rev=self.revision,
                    result=m.Joined(device=device, resume=f"r-{device}"),
                )
            )
        elif isinstance(body, m.MicMuteAll):
            raise RuntimeError("a bug in the application")
        else:
            said = text("not_allowed")
            conn.send(m.Refused(id=command.id, code="not_allowed", text=said))

    async def witness(self, conn: Connection, witness: m.Witness) -> None:
        self.witnesses.append(witness)

    async def gone(self, conn: Connection, why: str) -> None:
        self.guests.pop(conn, None)
        self.departures.append((self.devices.pop(conn, None), why))

    def set_count(self, code: str, value: int) -> None:
        self.rooms[code] = examples.room(code, tally=value)
        self.revision += 1
        self.broadcast([self.rooms[code]])

    def broadcast(self, rooms: list[m.RoomView]) -> None:
        for conn, seen in list(self.guests.items()):
            conn.send(m.Delta(prev=seen, rev=self.revision, rooms=rooms))
            self.guests[conn] = self.revision

    def _you(self, conn: Connection) -> m.YouView:
        device = self.devices.get(conn)
        return examples.you(device, None if device is None else f"r-{device}")


class Running:
    """A server that listens on the loopback."""

    def __init__(self, house: House, server: SignalingServer, url: str) -> None:
        self.house = house
        self.server = server
        self.url = url
        self.port = urlsplit(url).port or 0

    def count(self, code: str) -> int | None:
        return self.house.rooms[code].tally


@asynccontextmanager
async def running(
    settings: Settings | None = None,
    *,
    house: House | None = None,
    port: int = 0,
    origins: tuple[str, ...] = (),
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Running]:
    settings = settings or Settings()
    house = house or House(settings.limits.heartbeat_s)

    def origin_allowed(origin: str | None, host: str) -> bool:
        return origin is None or origin in origins or origin == f"http://{host}"

    server = SignalingServer(house, WallClock(), origin_allowed=origin_allowed, settings=settings)
    async with serving(server.handle, port, tls) as url:
        try:
            yield Running(house, server, url)
        finally:
            await server.stop()
            assert len(server) == 0


@asynccontextmanager
async def serving(
    handle: Callable[[web.Request], Awaitable[web.StreamResponse]],
    port: int = 0,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[str]:
    """`handle` at /ws of a port on the loopback; the WebSocket's address."""
    app = web.Application()
    app.router.add_get("/ws", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls, reuse_address=True).start()
    try:
        scheme = "ws" if tls is None else "wss"
        yield f"{scheme}://127.0.0.1:{runner.addresses[0][1]}/ws"
    finally:
        await runner.cleanup()


async def soon(test: Callable[[], object], timeout: float = 5.0) -> None:
    """Wait until `test` is true."""
    async with asyncio.timeout(timeout):
        while not test():
            await asyncio.sleep(0.01)
