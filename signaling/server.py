"""The WebSocket endpoint: aiohttp around signaling.peer.

Three tasks per connection, all owned by `handle`: it reads; a writer empties the outbox; a worker
hands the hello and then the commands to the handler, one after the other. docs/closing.md tells
who closes what.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

import structlog
from aiohttp import WSMsgType, web
from aiohttp.http_websocket import WSMessage

from signaling import messages as m
from signaling.connection import CONNECTION_LOST, LEFT, Clock, Connection, Settings
from signaling.peer import (
    CommandReceived,
    HelloReceived,
    Peer,
    PeerEvent,
    PingReceived,
    Violation,
    WitnessReceived,
)
from signaling.reasons import reason

__all__ = [
    "CONNECTION_LOST",
    "LEFT",
    "Clock",
    "Connection",
    "Handler",
    "Settings",
    "SignalingServer",
]

log = structlog.get_logger("signaling.server")

_ORDERLY = (0, 1000, 1001, 1005)
"""Close codes of a client that leaves; 0 is aiohttp's word for none given."""


class Handler(Protocol):
    """The application. Calls for one connection come one after the other, in order. A call that
    raises, or lasts longer than Settings.handle_s, ends its connection with `internal`."""

    async def hello(self, conn: Connection, hello: m.Hello) -> None:
        """Check the token; then send the welcome, or close."""
        ...

    async def command(self, conn: Connection, command: m.Command) -> None:
        """Carry out and answer with `ok` or `refused`."""
        ...

    async def witness(self, conn: Connection, witness: m.Witness) -> None:
        """Its word in a council."""
        ...

    async def gone(self, conn: Connection, why: str) -> None:
        """The connection is over; called once, last, if `hello` was called. `why`: a close code,
        LEFT or CONNECTION_LOST."""
        ...


Work = HelloReceived | CommandReceived | WitnessReceived


class _Visit:
    """The task that serves a connection, and its end."""

    def __init__(self) -> None:
        self.over = asyncio.Event()
        self._task = asyncio.current_task()

    def cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()


class SignalingServer:
    """Serves all connections of one process.

    `origin_allowed(origin, host)`: the Origin header (None for programs that are no browsers) and
    the Host header; a page of another site must not talk to us from a person's browser.
    `credentials(request)`: what a connection is to keep of it, its cookies say.
    """

    def __init__(
        self,
        handler: Handler,
        clock: Clock,
        *,
        origin_allowed: Callable[[str | None, str], bool],
        credentials: Callable[[web.Request], object] = lambda _: None,
        settings: Settings | None = None,
    ) -> None:
        self._handler = handler
        self._clock = clock
        self._origin_allowed = origin_allowed
        self._credentials = credentials
        self._settings = settings or Settings()
        self._connections: dict[Connection, _Visit] = {}
        self._count = 0
        self._stopping = False

    def __len__(self) -> int:
        """Connections open now."""
        return len(self._connections)

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """The aiohttp handler of the WebSocket's address; lasts as long as the connection.

        Raises HTTPServiceUnavailable when too many are open.
        """
        if len(self._connections) >= self._settings.connections:
            log.warning("x connection", remote=request.remote, why="too many are open")
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(
            timeout=self._settings.close_s,
            autoping=False,
            # The peer judges the size and can say bye; this is only the bound of memory.
            max_msg_size=2 * self._settings.limits.frame_bytes,
        )
        await socket.prepare(request)
        conn = self._open(request)
        visit = self._connections[conn] = _Visit()
        try:
            await self._serve(conn, socket, request)
        finally:
            del self._connections[conn]
            visit.over.set()
        return socket

    async def stop(self, timeout: float = 10.0) -> None:
        """Say bye to all (`server_stopping`) and wait until they are gone; new ones get the same.
        Calls of the handler that still hang after `timeout` seconds are cancelled."""
        self._stopping = True
        visits = list(self._connections.values())
        for conn in list(self._connections):
            conn.close("server_stopping")
        try:
            async with asyncio.timeout(timeout):
                for visit in visits:
                    await visit.over.wait()
        except TimeoutError:
            hanging = [visit for visit in visits if not visit.over.is_set()]
            log.error("x stop", hanging=len(hanging), after_s=timeout)
            for visit in hanging:
                visit.cancel()
            for visit in hanging:
                await visit.over.wait()

    def _open(self, request: web.Request) -> Connection:
        self._count += 1
        peer = Peer(self._clock.monotonic(), self._settings.limits)
        remote, credentials = request.remote or "?", self._credentials(request)
        conn = Connection(self._count, remote, self._clock, self._settings, peer, credentials)
        if self._stopping:
            conn.close("server_stopping")
        elif not self._origin_allowed(request.headers.get("Origin"), request.host):
            conn.close("origin")
        return conn

    async def _serve(
        self, conn: Connection, socket: web.WebSocketResponse, request: web.Request
    ) -> None:
        began = self._clock.monotonic()
        inbox: asyncio.Queue[Work | None] = asyncio.Queue(self._settings.inbox)
        worker = asyncio.create_task(self._work(conn, inbox), name=f"signaling-work-{conn.id}")
        writer = asyncio.create_task(
            self._write(conn, socket, request), name=f"signaling-write-{conn.id}"
        )
        for task in (worker, writer):
            task.add_done_callback(lambda task: _report_failure(conn, task))
        try:
            await self._read(conn, socket, inbox)
        finally:
            conn.drop(CONNECTION_LOST, "reader ended")
            await self._settle(inbox, worker, writer)
            log.info(
                "- closed",
                conn=conn.id,
                remote=conn.remote,
                why=conn.why,
                detail=conn.detail,
                seconds=round(self._clock.monotonic() - began, 1),
                received=conn.received,
                sent=conn.sent,
            )

    # --- reading ---------------------------------------------------------------------------

    async def _read(
        self, conn: Connection, socket: web.WebSocketResponse, inbox: asyncio.Queue[Work | None]
    ) -> None:
        while not conn.closed:
            now = self._clock.monotonic()
            try:
                # Zero would mean no timeout to aiohttp.
                message = await socket.receive(timeout=max(0.001, conn.peer.deadline - now))
            except TimeoutError:
                events = conn.peer.tick(self._clock.monotonic())
            else:
                events = await self._judge(conn, socket, message)
            for event in events:
                await self._pass_on(conn, event, inbox)

    async def _judge(
        self, conn: Connection, socket: web.WebSocketResponse, message: WSMessage
    ) -> list[PeerEvent]:
        now = self._clock.monotonic()
        if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            conn.received += 1
            return conn.peer.receive(message.data, now)
        if message.type in (WSMsgType.PING, WSMsgType.PONG):
            events = conn.peer.receive_control(now)
            if message.type is WSMsgType.PING and not events:
                await self._answer_ping(conn, socket, message.data)
            return events
        if message.type is WSMsgType.ERROR:
            # Broken framing, text that is no UTF-8, or beyond the bound of memory: aiohttp has
            # closed with the code that RFC 6455 wants.
            conn.drop("bad_message", type(message.data).__name__)
        elif message.type is WSMsgType.CLOSE:
            orderly = message.data in _ORDERLY
            conn.drop(LEFT if orderly else CONNECTION_LOST, f"close code {message.data}")
        else:
            conn.drop(CONNECTION_LOST, "end of stream")
        return []

    async def _answer_ping(
        self, conn: Connection, socket: web.WebSocketResponse, data: bytes
    ) -> None:
        try:
            async with asyncio.timeout(self._settings.write_s):
                await socket.pong(data)
        except (TimeoutError, ConnectionError) as error:
            conn.drop(CONNECTION_LOST, type(error).__name__)

    async def _pass_on(
        self, conn: Connection, event: PeerEvent, inbox: asyncio.Queue[Work | None]
    ) -> None:
        if isinstance(event, Violation):
            conn.violate(event)
        elif isinstance(event, PingReceived):
            conn.pong(event.t)
        else:
            # Waits while the inbox is full; the handler's own limit bounds the wait.
            await inbox.put(event)

    # --- working ---------------------------------------------------------------------------

    async def _work(self, conn: Connection, inbox: asyncio.Queue[Work | None]) -> None:
        greeted = False
        try:
            while (work := await inbox.get()) is not None:
                if conn.closed:
                    continue
                greeted = True
                async with asyncio.timeout(self._settings.handle_s):
                    await self._call(conn, work)
        finally:
            _drain(inbox)  # the reader may wait for room
            if greeted:
                async with asyncio.timeout(self._settings.handle_s):
                    await self._farewell(conn)

    async def _call(self, conn: Connection, work: Work) -> None:
        if isinstance(work, HelloReceived):
            conn.lang = work.hello.lang
            log.debug("< hello", conn=conn.id, remote=conn.remote, resume=bool(work.hello.resume))
            await self._handler.hello(conn, work.hello)
        elif isinstance(work, WitnessReceived):
            log.debug("< witness", conn=conn.id, word=work.witness.word)
            await self._handler.witness(conn, work.witness)
        else:
            log.debug("< command", conn=conn.id, id=work.command.id)
            await self._handler.command(conn, work.command)

    async def _farewell(self, conn: Connection) -> None:
        # A handler that raised has not ended the connection yet.
        conn.close("internal")
        await self._handler.gone(conn, conn.why or CONNECTION_LOST)

    async def _settle(
        self,
        inbox: asyncio.Queue[Work | None],
        worker: asyncio.Task[None],
        writer: asyncio.Task[None],
    ) -> None:
        """Let the call in progress end, drop what waits behind it, and write the bye."""
        _drain(inbox)
        inbox.put_nowait(None)
        try:
            await asyncio.wait([worker, writer])
        finally:
            # Still running only when the server itself is being torn down.
            worker.cancel()
            writer.cancel()
            await asyncio.gather(worker, writer, return_exceptions=True)

    # --- writing ---------------------------------------------------------------------------

    async def _write(
        self, conn: Connection, socket: web.WebSocketResponse, request: web.Request
    ) -> None:
        transport = request.transport
        try:
            await self._empty(conn, socket)
            if transport is not None:
                # From now on "drained" means that the last byte has left: the bye must arrive.
                transport.set_write_buffer_limits(0)
            async with asyncio.timeout(2 * self._settings.close_s):
                await socket.close(code=_close_code(conn.why), message=(conn.why or "").encode())
        except TimeoutError:
            conn.drop("resync", "write timeout")
        except ConnectionError as error:
            conn.drop(CONNECTION_LOST, type(error).__name__)
        finally:
            # What is left in the buffers of a client that does not read would stay for ever.
            if transport is not None and (not socket.closed or transport.get_write_buffer_size()):
                transport.abort()

    async def _empty(self, conn: Connection, socket: web.WebSocketResponse) -> None:
        """Write the outbox until the connection has ended and nothing is left."""
        while True:
            frame = conn.outbox.take()
            if frame is None:
                if conn.closed:
                    return
                conn.wake.clear()
                await conn.wake.wait()
                continue
            async with asyncio.timeout(self._settings.write_s):
                await socket.send_frame(frame, WSMsgType.TEXT)
            conn.sent += 1


def _close_code(why: str | None) -> int:
    ours = why is not None and why not in (LEFT, CONNECTION_LOST)
    return (reason(str(why)).close if ours else None) or 1000


def _drain(inbox: asyncio.Queue[Work | None]) -> None:
    while not inbox.empty():
        inbox.get_nowait()


def _report_failure(conn: Connection, task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("x task failed", conn=conn.id, task=task.get_name(), exc_info=error)
