"""The server's outer edge on aiohttp: a connection that keeps to its times (vicon.web.crowd), and
refusals that carry the same headers as everything else."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from aiohttp import web
from aiohttp.http_parser import RawRequestMessage
from aiohttp.streams import StreamReader

from vicon.web import headers
from vicon.web.access import ASKER, access_of
from vicon.web.crowd import Bounds, Crowd, Seat
from vicon.web.hosts import Hosts
from vicon.web.proxies import Proxies
from vicon.web.refusals import refusal
from vicon.web.requests import BEGAN

log = structlog.get_logger("vicon.web")
LASTING = ("/ws", "/standby")
"""A request of these paths is served for as long as it lasts."""


def guarding(hosts: Hosts) -> Any:
    """Middleware: who is meant, and a sentence for what no handler has refused."""

    @web.middleware
    async def guard(request: web.Request, handler: Any) -> web.StreamResponse:
        status = hosts.objection(request)
        if status is not None:
            log.info("x http", status=status, remote=request.remote)
            return _last(refusal(status, request.path))
        try:
            answer: web.StreamResponse = await handler(request)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            answer = refusal(error.status, request.path)
            if "Allow" in error.headers:
                answer.headers["Allow"] = error.headers["Allow"]
        _note(request, answer.status)
        return answer

    return guard


def _note(request: web.Request, status: int) -> None:
    """One canonical line for each privileged act: who, what, which, and what became of it."""
    access = access_of(request)
    if access is None or not access.act:
        return
    which = {name: value for name, value in request.match_info.items() if name != "token"}
    if "room" in request.query:
        which.setdefault("room", request.query["room"])
    log.info(
        "< http" if status < 400 else "x http",
        act=access.act,
        status=status,
        **({"ms": request[BEGAN].ms()} if BEGAN in request else {}),
        remote=request.remote,
        **{key: value for key, value in request.get(ASKER, {}).items() if value},
        **{f"of_{name}": value[:64] for name, value in which.items()},
    )


def _last(answer: web.Response) -> web.Response:
    answer.force_close()
    return answer


class Connection(web.RequestHandler):
    """aiohttp's protocol of one connection, with a time for everything."""

    __slots__ = ("_begun", "_bounds", "_crowd", "_fresh", "_heads", "_seat", "_timer")

    def __init__(self, server: EdgeServer, seat: Seat, **options: Any) -> None:
        super().__init__(server, **options)
        self._seat, self._crowd, self._bounds = seat, server.crowd, server.bounds
        self._timer: asyncio.TimerHandle | None = None
        self._begun = True
        """Some of a request's header has come, or must."""
        self._fresh, self._heads = True, False
        """Nothing of the next request has come; the last one that began is a HEAD."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._seat.close = transport.abort
        self._within(self._bounds.head_s)
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._stop()
        self._crowd.left(self._seat)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._fresh and data:
            self._fresh, self._heads = False, data.startswith(b"HEAD ")
        if not self._begun:
            self._begun = True
            self._within(self._bounds.head_s)
        super().data_received(data)

    def begins(self, message: RawRequestMessage, payload: StreamReader) -> None:
        """A request's header is whole."""
        self._crowd.busy(self._seat)
        self._begun = True
        if message.path.partition("?")[0] in LASTING:
            self._stop()
            return
        self._stop()
        self._timer = asyncio.get_running_loop().call_later(
            self._bounds.body_s, self._look, payload
        )

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """The answer is written: from now on the connection waits."""
        told = await super().finish_response(request, resp, start_time)
        if self.transport is not None:
            self._begun, self._fresh = False, True
            self._within(self._bounds.idle_s)
            self._crowd.waits(self._seat)
        return told

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What cannot be read, and what went wrong here. Raises ConnectionError where an answer has
        begun already."""
        if status >= 500:
            super().handle_error(request, status, exc, message)
        elif request.writer.output_size > 0:
            raise ConnectionError("an answer has begun")
        else:
            log.info("x http", status=status, remote=request.remote, why=type(exc).__name__)
        answer = _last(refusal(status, request.path))
        if self._heads:
            answer.body = None  # RFC 9110, 9.3.2; of what cannot be read aiohttp forgets the method
        headers.put(answer, request.path)
        return answer

    def _look(self, payload: StreamReader) -> None:
        """The body's time is over: it is here, or the connection ends."""
        if payload.is_eof():
            self._within(self._bounds.answer_s - self._bounds.body_s)
        else:
            self._end()

    def _within(self, seconds: float) -> None:
        self._stop()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._end)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end(self) -> None:
        log.debug("x http", remote=self._seat.address, why="too slow")
        self._seat.close()


class EdgeServer(web.Server):
    """aiohttp's server whose connections have places in a crowd."""

    def __init__(self, made: web.Server, crowd: Crowd, bounds: Bounds, proxies: Proxies) -> None:
        super().__init__(
            made.request_handler,
            request_factory=self._begin,
            access_log=None,
            keepalive_timeout=bounds.idle_s,
        )
        self._make = made.request_factory
        self.crowd, self.bounds = crowd, bounds
        self._proxies = proxies

    def connection(self, seat: Seat) -> Connection:
        return Connection(self, seat, loop=self._loop, **self._kwargs)

    def _begin(
        self,
        message: RawRequestMessage,
        payload: StreamReader,
        protocol: web.RequestHandler,
        writer: Any,
        task: Any,
    ) -> web.BaseRequest:
        if isinstance(protocol, Connection):
            protocol.begins(message, payload)
        request: web.BaseRequest = self._make(message, payload, protocol, writer, task)
        # What could not be read is a message without headers.
        forwarded = message.headers.getall("X-Forwarded-For", []) if message.headers else []
        client = self._proxies.client(request.remote, forwarded) if forwarded else None
        return request if client is None else request.clone(remote=client)


class EdgeRunner(web.AppRunner):
    """Runs an application on an EdgeServer, which `edge` gives."""

    __slots__ = ("_bounds", "_crowd", "_proxies")

    def __init__(
        self, app: web.Application, bounds: Bounds, proxies: Proxies, *, shutdown_timeout: float
    ) -> None:
        super().__init__(app, shutdown_timeout=shutdown_timeout)
        self._bounds, self._crowd, self._proxies = bounds, Crowd(bounds, proxies.trusts), proxies

    # AppRunner has no other way to have connections of a class of one's own.
    async def _make_server(self) -> web.Server:
        return EdgeServer(await super()._make_server(), self._crowd, self._bounds, self._proxies)

    @property
    def edge(self) -> EdgeServer:
        """Raises RuntimeError before setup()."""
        if not isinstance(self.server, EdgeServer):
            raise RuntimeError("not set up")
        return self.server
