"""One connection's protocol state on the server's side, without I/O.

    receive(frame, now) -> events      what came from the wire
    tick(now) -> events                call at `deadline`; finds silence
    send(message) -> frame             what to write
    bye(code) -> frame                 the last frame; then close the WebSocket

The peer knows nothing of tokens or conferences: it yields HelloReceived and CommandReceived and
the shell answers. Whatever the client does wrong becomes Violation; the shell then says bye with
its code. Time is a parameter: monotonic seconds.
"""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct

from signaling import messages as m
from signaling.bucket import TokenBucket
from signaling.decode import BadMessage, decode_client
from signaling.reasons import reason, text

State = Literal["new", "greeted", "open", "closed"]

TRANSITIONS: dict[tuple[State, str], State] = {
    # from the client
    ("new", "hello"): "greeted",
    ("greeted", "ping"): "greeted",
    ("open", "ping"): "open",
    ("open", "command"): "open",
    ("greeted", "witness"): "greeted",
    ("open", "witness"): "open",
    # to the client
    ("greeted", "pong"): "greeted",
    ("greeted", "welcome"): "open",
    ("open", "delta"): "open",
    ("open", "ok"): "open",
    ("open", "refused"): "open",
    ("open", "media_reset"): "open",
    ("open", "deed"): "open",
    ("open", "pong"): "open",
    ("open", "media_layers"): "open",
    ("open", "media_again"): "open",
    ("open", "media_line"): "open",
    ("open", "media_figures"): "open",
    ("open", "recording_figures"): "open",
    ("open", "server_checks"): "open",
    ("open", "line.text"): "open",
    ("open", "standby"): "open",
    ("greeted", "witness.ask"): "greeted",
    ("open", "witness.ask"): "open",
    ("open", "trial.do"): "open",
    ("open", "trial.run"): "open",
    ("open", "trial.sweeping"): "open",
    ("open", "trial.stations"): "open",
    ("new", "bye"): "closed",
    ("greeted", "bye"): "closed",
    ("open", "bye"): "closed",
}
"""Everything that is allowed. A client that does anything else gets `out_of_order`."""


class Limits(Struct, frozen=True, kw_only=True):
    frame_bytes: int = m.MAX_FRAME_BYTES
    messages_per_s: float = 20.0
    burst: int = 60
    hello_s: float = 10.0
    """The hello must be here that soon."""
    heartbeat_s: float = 5.0
    silent_intervals: int = 3


class HelloReceived(Struct, frozen=True):
    hello: m.Hello


class CommandReceived(Struct, frozen=True):
    command: m.Command


class WitnessReceived(Struct, frozen=True):
    witness: m.Witness


class PingReceived(Struct, frozen=True):
    t: float


class Violation(Struct, frozen=True):
    """The client broke the protocol; say bye with `code`."""

    code: str
    detail: str
    """For the log: holds nothing that the client wrote."""


PeerEvent = HelloReceived | CommandReceived | WitnessReceived | PingReceived | Violation


class LocalProtocolError(Exception):
    """Our own side wanted to send what the state does not allow: a bug, not the client's fault."""


class Peer:
    """`now`: when the WebSocket opened."""

    def __init__(self, now: float, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.state: State = "new"
        self.deadline = now + self.limits.hello_s
        """When tick() has something to find."""
        self._bucket = TokenBucket(self.limits.messages_per_s, self.limits.burst, now)
        self._last_id = 0
        self._unanswered: set[int] = set()
        self._revision = 0
        self._encoder = msgspec.json.Encoder()

    def receive(self, frame: str | bytes, now: float) -> list[PeerEvent]:
        """A whole message of the WebSocket: str for a text frame, bytes for a binary one."""
        if self.state == "closed":
            return []
        if not self._bucket.take(now):
            return [Violation("too_fast", "rate limit")]
        if isinstance(frame, bytes):
            return [Violation("bad_message", "binary frame")]
        # Cheap test first: a character is at least one byte.
        limit = self.limits.frame_bytes
        if len(frame) > limit or len(frame.encode("utf-8", "surrogatepass")) > limit:
            return [Violation("too_large", "frame size")]
        try:
            message = decode_client(frame, expect_hello=self.state == "new")
        except BadMessage as error:
            return [Violation(error.code, error.detail)]
        return [self._accept(message, now)]

    def receive_control(self, now: float) -> list[PeerEvent]:
        """A ping or pong of the WebSocket itself (RFC 6455 section 5.5): costs as a message does,
        and is no sign of life of the client's program."""
        if self.state == "closed" or self._bucket.take(now):
            return []
        return [Violation("too_fast", "control frames")]

    def tick(self, now: float) -> list[PeerEvent]:
        if self.state == "closed" or now < self.deadline:
            return []
        return [Violation("heartbeat", "no hello" if self.state == "new" else "silence")]

    def send(self, message: m.ServerMessage) -> bytes:
        """The frame of `message`. Raises LocalProtocolError where the state forbids it."""
        tag = message.__struct_config__.tag
        after = TRANSITIONS.get((self.state, str(tag)))
        if after is None:
            raise LocalProtocolError(f"{tag} while {self.state}")
        self._check(message)
        self.state = after
        return self._encoder.encode(message)

    def bye(self, code: str, **params: object) -> bytes:
        """The last frame. Raises KeyError for a code that closes nothing."""
        if reason(code).close is None:
            raise KeyError(f"{code} is a refusal, not a close")
        return self.send(m.Bye(code=code, text=text(code, **params)))

    def drop(self) -> None:
        """The socket is gone: nothing is accepted or sent any more."""
        self.state = "closed"

    def _accept(self, message: m.ClientMessage, now: float) -> PeerEvent:
        tag = str(message.__struct_config__.tag)
        after = TRANSITIONS.get((self.state, tag))
        if after is None:
            return Violation("out_of_order", f"{tag} while {self.state}")
        self.state = after
        self.deadline = now + self.limits.heartbeat_s * self.limits.silent_intervals
        if isinstance(message, m.Hello):
            return self._greet(message)
        if isinstance(message, m.Command):
            return self._take(message)
        if isinstance(message, m.Witness):
            return WitnessReceived(message)
        return PingReceived(message.t)

    def _greet(self, hello: m.Hello) -> PeerEvent:
        if hello.v != m.PROTOCOL_VERSION:
            return Violation("wrong_version", "version")
        return HelloReceived(hello)

    def _take(self, command: m.Command) -> PeerEvent:
        if command.id <= self._last_id:
            return Violation("out_of_order", "command id does not rise")
        self._last_id = command.id
        self._unanswered.add(command.id)
        return CommandReceived(command)

    def _check(self, message: m.ServerMessage) -> None:
        """Promises of ours that a client relies on."""
        if isinstance(message, m.Ok | m.Refused):
            if message.id not in self._unanswered:
                raise LocalProtocolError(f"answer to {message.id}, which is not asked")
            self._unanswered.remove(message.id)
        elif isinstance(message, m.Welcome):
            self._revision = message.rev
        elif isinstance(message, m.Delta):
            if message.prev != self._revision or message.rev < message.prev:
                raise LocalProtocolError(
                    f"delta {message.prev}..{message.rev} after revision {self._revision}"
                )
            self._revision = message.rev
