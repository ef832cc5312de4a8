"""One client as the application sees it: send and close, without waiting."""

from __future__ import annotations

import asyncio
from typing import Protocol

import structlog
from msgspec import Struct

from signaling import messages as m
from signaling.messages import Language
from signaling.outbox import MAX_BYTES, MAX_FRAMES, Outbox
from signaling.peer import Limits, LocalProtocolError, Peer, Violation

log = structlog.get_logger("signaling.server")

LEFT = "left"
"""Why a connection ended when the client closed it in order."""
CONNECTION_LOST = "connection_lost"
"""Why it ended when the socket broke."""


class Clock(Protocol):
    def now(self) -> int:
        """Unix milliseconds, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start, never going back."""
        ...


class Settings(Struct, frozen=True, kw_only=True):
    """How long and how much, per connection. Seconds."""

    connections: int = 2000
    """Open at a time, in all; further ones get HTTP 503."""
    limits: Limits = Limits()
    inbox: int = 32
    """Commands waiting for the handler; beyond these nothing is read from the socket."""
    outbox_frames: int = MAX_FRAMES
    outbox_bytes: int = MAX_BYTES
    write_s: float = 10.0
    """A client that does not take a frame for so long is cut."""
    handle_s: float = 30.0
    """Longest that a hello or a command may take."""
    close_s: float = 3.0
    """Patience for the closing handshake."""


class Connection:
    """One client. All methods are for the event loop's thread and do not block."""

    def __init__(
        self,
        number: int,
        remote: str,
        clock: Clock,
        settings: Settings,
        peer: Peer,
        credentials: object = None,
    ) -> None:
        self.credentials = credentials
        """What the application read off the request that opened it, beside the hello."""
        self.id = number
        """For logs: unique while this server runs."""
        self.remote = remote
        """Address at the other end."""
        self.lang: Language = "id"
        self.why: str | None = None
        """Why it ends, once it does: a close code, LEFT or CONNECTION_LOST."""
        self.detail = ""
        self.received = 0
        self.sent = 0
        self.peer = peer
        self.outbox = Outbox(settings.outbox_frames, settings.outbox_bytes)
        self.wake = asyncio.Event()
        self._clock = clock

    @property
    def closed(self) -> bool:
        """Nothing more is sent or accepted."""
        return self.why is not None

    @property
    def waiting(self) -> int:
        """Messages that are not written yet."""
        return len(self.outbox)

    def send(self, message: m.ServerMessage) -> None:
        """Queue a message. Does nothing on a closed connection; a client that is too slow to take
        what is queued is closed with `resync`."""
        if self.closed:
            return
        try:
            frame = self.peer.send(message)
        except LocalProtocolError as error:
            self._end("internal", str(error))
            log.error("x send", conn=self.id, why=str(error))
            return
        if self.outbox.put(frame):
            self.wake.set()
        else:
            self._end("resync", f"outbox full: {len(self.outbox)} frames")

    def close(self, code: str, **params: object) -> None:
        """Say bye after what is queued, then close. `code` is one of reasons.CLOSES; `params` fill
        its sentence. Only the first close of a connection counts. Raises KeyError for others."""
        if not self.closed:
            self._end(code, "", **params)

    def pong(self, t: float) -> None:
        self.send(m.Pong(t=t, now=self._clock.now()))

    def violate(self, violation: Violation) -> None:
        """The client broke the protocol."""
        if not self.closed:
            self._end(violation.code, violation.detail)

    def drop(self, why: str, detail: str = "") -> None:
        """The socket is gone or has to go, without a bye. Only the first end counts."""
        if self.closed:
            return
        self.why, self.detail = why, detail
        self.peer.drop()
        self.outbox.clear()
        self.wake.set()

    def _end(self, code: str, detail: str, **params: object) -> None:
        frame = self.peer.bye(code, **params)
        self.why, self.detail = code, detail
        self.outbox.put_last(frame, instead=code == "resync")
        self.wake.set()
