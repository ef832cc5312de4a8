"""An open port: takes connections as the crowd has places, each through its TLS handshake and to
the server. asyncio's own servers do not show a connection before its handshake is done, so those
that never do it could not be counted."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable

import structlog

from vicon.ops.descriptors import Reserve
from vicon.ops.words import reason_of
from vicon.web.edge import EdgeServer

log = structlog.get_logger("vicon.web")
BACKLOG = 1024
REST_S = 0.5
"""Pause after a failure to take a connection."""
RELIEF = 32
"""So many that wait are let go of when descriptors run out."""
TELL_S = 60.0
"""So often at most the log speaks of connections that gave way."""
_OUT = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
Context = Callable[[], ssl.SSLContext]


class Listening:
    """`tls()`: the context of the next handshake; None: plain."""

    def __init__(self, host: str, port: int, tls: Context | None, server: EdgeServer) -> None:
        """Opens the port. Raises OSError."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=BACKLOG)
        self._socket.setblocking(False)
        self._tls, self._server = tls, server
        self._greetings: set[asyncio.Task[None]] = set()
        self._accepting: asyncio.Task[None] | None = None
        self._told, self._known = float("-inf"), 0
        self._reserve = Reserve()

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def start(self) -> None:
        self._accepting = asyncio.create_task(self._accept(), name=f"port {self.port}")

    async def stop(self) -> None:
        """Close the port; connections in their handshake end, others stay."""
        if self._accepting is not None:
            self._accepting.cancel()
            await asyncio.gather(self._accepting, return_exceptions=True)
        self._socket.close()
        self._reserve.release()
        for task in list(self._greetings):
            task.cancel()
        await asyncio.gather(*self._greetings, return_exceptions=True)

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, peer = await loop.sock_accept(self._socket)
            except OSError as error:
                log.error("x accept", why=reason_of(error))
                if error.errno in _OUT:
                    self._refuse()
                await asyncio.sleep(REST_S)
                continue
            self._take(connection, str(peer[0]))
            self._tell(loop.time())

    def _refuse(self) -> None:
        """No descriptor is left: those that wait give way, and who stands at the door is sent off
        with the reserve, rather than left to wait for nothing. Who is served notices nothing."""
        self._server.crowd.relieve(RELIEF)
        self._reserve.release()
        try:
            for _ in range(BACKLOG):
                connection, _peer = self._socket.accept()
                connection.close()
                self._server.crowd.refused += 1
        except OSError as error:  # BlockingIOError: nobody is left
            log.debug("x accept", why=reason_of(error))
        finally:
            self._reserve.restore()

    def _take(self, connection: socket.socket, address: str) -> None:
        connection.setblocking(False)
        task: asyncio.Task[None] | None = None

        def end() -> None:
            if task is not None:
                task.cancel()

        seat = self._server.crowd.admit(address, end)
        if seat is None:
            connection.close()
            return
        greeting = self._greet(connection, lambda: self._server.connection(seat))
        task = asyncio.create_task(greeting, name="greeting")
        self._greetings.add(task)

        def greeted(done: asyncio.Task[None]) -> None:
            self._greetings.discard(done)
            if done.cancelled() or done.exception() is not None:
                self._server.crowd.left(seat)
                connection.close()

        task.add_done_callback(greeted)

    async def _greet(
        self, connection: socket.socket, protocol: Callable[[], asyncio.BaseProtocol]
    ) -> None:
        loop, patience = asyncio.get_running_loop(), self._server.bounds.tls_s
        if self._tls is None:
            await loop.connect_accepted_socket(protocol, connection)
            return
        try:
            await loop.connect_accepted_socket(
                protocol, connection, ssl=self._tls(), ssl_handshake_timeout=patience
            )
        except OSError as error:  # ssl.SSLError and TimeoutError too
            log.debug("x tls", why=type(error).__name__)
            raise

    def _tell(self, now: float) -> None:
        crowd = self._server.crowd
        lost = crowd.dropped + crowd.refused
        if lost > self._known and now - self._told >= TELL_S:
            log.warning(
                "x connections",
                gave_way=crowd.dropped,
                refused=crowd.refused,
                open=len(crowd),
                waiting=crowd.waiting,
            )
            self._told, self._known = now, lost
