"""One up or down connection: from its making over its life to its end, one task."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from msgspec.structs import replace

from vicon.media.sfu.router import Key
from vicon.media.sfu.subscriber import Subscriber
from vicon.ports import Line, Slot
from vicon.rtc.lite import LiteTransport
from vicon.rtc.sdp import Candidate, Description, Transport
from vicon.rtc.secure import State, TransportError

ANSWER_TIMEOUT_S = 30.0
"""How long an offer waits for its answer."""
END_TIMEOUT_S = 5.0
MAX_CANDIDATES = 64
_KINDS = ("host", "srflx", "prflx", "relay")

log = structlog.get_logger("vicon.media")


@dataclass(slots=True)
class Agreement:
    """What this side described: a restart says the same again, with other credentials."""

    ours: Description
    theirs: tuple[object, ...] = ()
    """What was chosen of the client's offer."""

    def again(self, transport: Transport) -> Description:
        """The next description of the same session."""
        self.ours = replace(self.ours, transport=transport, version=self.ours.version + 1)
        return self.ours


class Connection:
    """`on_connected` and `on_ended` are called once each at most, `on_ended` always, before the
    transport is closed. The task is owned here: end() awaits it."""

    def __init__(
        self,
        key: Key,
        direction: Line,
        transport: LiteTransport,
        on_connected: Callable[[Connection], None],
        on_ended: Callable[[Connection], None],
    ) -> None:
        self.key = key
        self.direction = direction
        self.transport = transport
        self.subscriber: Subscriber | None = None
        self.offered: tuple[Slot, ...] = ()
        self.agreement: Agreement | None = None
        self.codecs: frozenset[str] = frozenset()
        """Of pictures, that an up connection's offer had."""
        self._silent = False
        self.restarting = False
        """An offer of a restart waits for its answer."""
        self.kinds: Counter[str] = Counter()
        """How many candidates of each kind the client has told (host, srflx, relay)."""
        self.round_trip: float | None = None
        """Seconds that the last check of the path took."""
        self._on_connected = on_connected
        self._on_ended = on_ended
        self._remote: asyncio.Future[Transport] = asyncio.get_running_loop().create_future()
        self._over = asyncio.Event()
        self._reason = ""
        self._lived = False
        self._task: asyncio.Task[None] | None = None
        transport.on_state = self._changed
        transport.on_pong = self._ponged

    @property
    def begun(self) -> bool:
        """The other side's description is known."""
        return self._remote.done()

    def start(self) -> None:
        name = f"media {self.direction} {self.key[1]}"
        self._task = asyncio.create_task(self._live(), name=name)

    def begin(self, remote: Transport) -> None:
        """The other side's description has come: connect."""
        self._remote.set_result(remote)
        for candidate in remote.candidates:
            self.tell(candidate)

    def tell(self, candidate: Candidate) -> None:
        """The client has one more; those beyond the limit are not counted."""
        if self.kinds.total() < MAX_CANDIDATES:
            self.kinds[candidate.kind if candidate.kind in _KINDS else "other"] += 1

    def same_end(self, remote: Transport) -> bool:
        """Whether it is the other side of before: a restart goes on with its keys."""
        known = self._remote.result().fingerprints if self._remote.done() else ()
        return set(known) == set(remote.fingerprints)

    async def end(self, reason: str) -> None:
        """Close from this side and wait until it is closed."""
        self._reason = self._reason or reason
        self._over.set()
        if self._task is None or self._task is asyncio.current_task():
            return
        if self.transport.state in ("new", "connecting"):
            self._task.cancel()
        await asyncio.wait([self._task], timeout=END_TIMEOUT_S)
        if not self._lived:  # cancelled before its first step
            self._lived = True
            await self._finish()

    async def _live(self) -> None:
        self._lived = True
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                remote = await self._remote
            await self.transport.connect(remote)
            self._note("- connected", profile=self.transport.srtp_profile)
            self._on_connected(self)
            await self._over.wait()
        except TimeoutError:
            self._reason = "the offer was not answered"
        except TransportError as error:
            self._reason = str(error)
            self._note("x no path", candidates=dict(self.kinds))
        finally:
            await self._finish()

    async def _finish(self) -> None:
        self._note("- closed", why=self._reason)
        self._on_ended(self)
        await self._close()

    async def _close(self) -> None:
        try:
            await self.transport.close(self._reason)
        except TimeoutError:
            self._note("x sockets did not close in time")

    def _changed(self, state: State, reason: str) -> None:
        if state == "failed" and not self._over.is_set():
            self._reason = self._reason or reason
            self._over.set()
        elif state == "disconnected":
            self._silent = True
            self._note("x silent")
        elif state == "connected" and self._silent:
            self._silent = False
            self._note("- heard again")
            self._refresh()

    def _refresh(self) -> None:
        """Nothing was sent meanwhile: a browser would ask for a key frame after 3 s only."""
        for consumer in self.subscriber.slots.values() if self.subscriber is not None else ():
            if consumer.video:
                consumer.on_key_request(self.transport.last_received)

    def restarted(self) -> None:
        """Both sides have new credentials: the client seeks a path."""
        self.restarting = False
        self._note("- restart", state=self.transport.state)

    def _ponged(self, seconds: float, now: float) -> None:
        self.round_trip = seconds

    def _note(self, event: str, **more: object) -> None:
        conference, device = self.key
        log.info(event, conference=conference, device=device, connection=self.direction, **more)
