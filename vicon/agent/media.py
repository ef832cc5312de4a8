"""Keeps an agent's two connections as the server wants them: makes them, feeds them, and makes
them again when the media plane was rebuilt or a path died.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn, TypeVar

import structlog

from signaling.backoff import Backoff, Uniform
from signaling.client import Client, CommandRefused, ConnectionLost, MediaMessage
from signaling.messages import MediaLayers, View
from vicon.agent.connections import Down, Tools, Up, publish, subscribe
from vicon.agent.layers import LayeredSender
from vicon.measure.encode import Clip
from vicon.rtc.sdp import SdpError
from vicon.rtc.transport import State, TransportError

log = structlog.get_logger("vicon.agent")

FIRST_RETRY_S = 0.5
MOST_RETRY_S = 4.0
"""Bounds in seconds of the wait before a connection is tried again."""
_LOOK_S = 1.0
"""So often in seconds the connections are looked at, though nothing was told."""
_IDLE_S = 0.03
"""Longest sleep of the pump: how late a lost packet may be asked for."""
_SHORTEST_S = 0.002
STILL_S = 1.5
"""Nothing of a room for so long: its picture stands."""
_RECEIVING_KINDS = ("main", "companion", "desk")

_Made = TypeVar("_Made", Up, Down)


class Media:
    """Both connections of one device. `run` does the work; `consider` tells it that something
    has changed. Totals of connections that are gone are not kept."""

    def __init__(
        self,
        client: Client,
        tools: Tools,
        clip: Callable[[], Awaitable[Clip]],
        rng: Uniform,
        tell: Callable[[str, str], None],
    ) -> None:
        """`clip` is asked for once, when the server first wants to be sent something. `tell` gets
        an event's name (media_up, media_down, media_restarted, media_failed) and a reason."""
        self.up: Up | None = None
        self.down: Down | None = None
        self._client = client
        self._tools = tools
        self._clip = clip
        self._made: Clip | None = None
        self._rng = rng
        self._tell = tell
        self._news = asyncio.Event()
        self._epoch: str | None = None
        self._layers: tuple[str, ...] | None = None
        """Those that somebody receives, as the server has said of the present up connection."""
        client.on_media = self._heard

    def _heard(self, message: MediaMessage) -> None:
        if isinstance(message, MediaLayers):
            self._layers = tuple(message.layers)
            self.consider()

    def consider(self) -> None:
        """The view, the epoch or a connection may have changed."""
        self._news.set()

    async def seek(self) -> None:
        """Another path for both, though nothing is wrong with what stands (RFC 8445, section 9)."""
        for link in (self.up, self.down):
            if link is not None:
                await self._restart(link)

    def missing(self, room: str | None, now: float) -> str:
        """`up`, `down`: a connection that does not stand; `picture`: nothing comes of this room
        (None: of any). Empty: all is there."""
        if self.up is None or self.up.state != "connected":
            return "up"
        if self.down is None or self.down.state != "connected":
            return "down"
        came = [
            stream.totals.last_at or 0.0
            for stream in self.down.receiver.incoming
            if room is None or stream.room == room
        ]
        return "" if came and now - max(came) < STILL_S else "picture"

    async def run(self) -> NoReturn:
        """Until cancelled; then both connections are closed."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump(), name="agent-pump")
                group.create_task(self._keep(), name="agent-media")
        finally:
            await self._drop("the agent ends")
        raise AssertionError("both tasks go on until they are cancelled")

    # --- sending and receiving ----------------------------------------------------------------

    async def _pump(self) -> NoReturn:
        clock = self._tools.clock
        while True:
            now = clock.monotonic()
            due = now + _IDLE_S
            if self.up is not None:
                due = min(due, self.up.poll(now))
            if self.down is not None:
                due = min(due, self.down.poll(now))
            await clock.sleep(max(_SHORTEST_S, due - clock.monotonic()))

    # --- keeping the connections --------------------------------------------------------------

    async def _keep(self) -> NoReturn:
        backoff = Backoff(self._rng, FIRST_RETRY_S, MOST_RETRY_S)
        while True:
            self._news.clear()
            if await self._reconcile():
                backoff.reset()
                await self._wait(_LOOK_S)
            else:
                await self._tools.clock.sleep(backoff.delay())

    async def _wait(self, seconds: float) -> None:
        """Until something is told or `seconds` are over."""
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return

    async def _reconcile(self) -> bool:
        """Bring the connections to what the view wants; False: something failed, try later."""
        view = self._client.view
        await self._drop_dead()
        if view is None or not self._client.connected:
            return True  # what stands is kept: media flows without the signalling
        device = view.you.device
        if device is None or device.waiting:
            await self._drop("not in the room")
            return True
        good = True
        # The down connection first: the clip may take a moment.
        if device.kind in _RECEIVING_KINDS and self.down is None:
            good = await self._make_down()
        if view.you.send is None:
            await self._drop_up("nothing is wanted")
        elif self.up is None:
            good = await self._make_up() and good
        self._direct(self._client.view or view)
        return good

    async def _drop_dead(self) -> None:
        epoch = self._client.media_epoch
        if self._client.connected and epoch != self._epoch:
            self._epoch = epoch
            await self._drop("the media plane was rebuilt")
        up, down = await asyncio.gather(self._dead(self.up), self._dead(self.down))
        if up:
            await self._drop_up(up)
        if down:
            await self._drop_down(down)

    async def _dead(self, link: Up | Down | None) -> str:
        """Why the connection must be made again; empty when it need not. A silent one is given
        another path first; without the server that must wait."""
        if link is None or link.state == "connected":
            return ""
        if link.state != "disconnected":
            return link.transport.reason or link.state
        return await self._restart(link) if self._client.connected else ""

    async def _restart(self, link: Up | Down) -> str:
        """Why it did not help; empty when it did."""
        try:
            await link.restart(self._client)
        except CommandRefused as error:
            why = error.code
        except (ConnectionLost, TimeoutError) as error:
            log.info("- no restart yet", why=str(error) or "no answer in time")
            return ""  # the server knows nothing of it: what stands may still come back by itself
        except (TransportError, SdpError) as error:
            why = str(error) or type(error).__name__
        else:
            self._tell("media_restarted", "")
            return ""
        log.info("x restart", why=why)
        return why

    async def _make_up(self) -> bool:
        if self._made is None:
            self._made = await self._clip()
        self.up = await self._attempt("media_up", publish(self._client, self._tools, self._made))
        return self.up is not None

    async def _make_down(self) -> bool:
        self.down = await self._attempt("media_down", subscribe(self._client, self._tools))
        return self.down is not None

    async def _attempt(self, name: str, making: Awaitable[_Made]) -> _Made | None:
        try:
            link = await making
        except CommandRefused as error:
            why = error.code
        except (TransportError, SdpError, ConnectionLost, TimeoutError) as error:
            why = str(error) or type(error).__name__
        else:
            link.transport.on_state = self._on_state
            self._tell(name, "")
            return link
        log.info("x media", what=name, why=why)
        self._tell("media_failed", why)
        return None

    def _on_state(self, state: State, reason: str) -> None:
        """What media shows of the network holds for the signalling too."""
        if state == "disconnected":
            self._client.doubt()
        elif state == "connected":
            self._client.hope()
        self.consider()

    async def _drop(self, why: str) -> None:
        await self._drop_up(why)
        await self._drop_down(why)

    async def _drop_up(self, why: str) -> None:
        link, self.up, self._layers = self.up, None, None
        if link is not None:
            log.info("- up closed", why=why)
            await link.close(why)

    async def _drop_down(self, why: str) -> None:
        link, self.down = self.down, None
        if link is not None:
            log.info("- down closed", why=why)
            await link.close(why)

    def _direct(self, view: View) -> None:
        """Tell the sender what to send now."""
        wish, device = view.you.send, view.you.device
        if self.up is None or wish is None or device is None:
            return
        sender = self.up.sender
        sender.want(wish.audio, wish.video and device.camera, wish.height)
        if isinstance(sender, LayeredSender) and self._layers is not None:
            sender.want_layers(self._layers)
