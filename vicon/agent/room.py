"""One headless device: joins by a link as a browser would, sends a clip, receives the rest."""

from __future__ import annotations

import asyncio
import secrets
import ssl
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog

from signaling import feed, reasons
from signaling.backoff import Uniform
from signaling.client import Client, CommandRefused, ConnectionLost, Rejected, parse_link
from signaling.messages import JoinKind, Language, RoomJoin, RoomLeave, RoomView, Text, View
from vicon.agent.connections import Tools
from vicon.agent.device import device_cookie
from vicon.agent.media import Media
from vicon.agent.report import Event, Line, Meter, State
from vicon.agent.station import Station
from vicon.measure.encode import Clip

log = structlog.get_logger("vicon.agent")

OK, REFUSED, WRONG_USE, NO_CONNECTION = 0, 1, 2, 3
"""Exit codes: ended as asked; the server refused; wrong link; could not connect."""
JOIN_TRIES = 5
"""So often a join whose answer got lost is asked again."""
LEAVE_S = 2.0
"""Longest time in seconds to say goodbye."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    kind: JoinKind = "auto"
    label: str = ""
    shared: bool = False
    """As a companion it stands for no person of its own."""
    take_over: bool = False
    """Replace the room's main device, if that is lost."""
    media: bool = True
    trials: bool = True
    """Can be tested for its room, by a trial call or a sweep."""
    lang: Language = "id"
    connect_s: float = 20.0
    """How long to try the first connection."""


@dataclass(frozen=True, slots=True)
class Outcome:
    exit_code: int
    code: str = ""
    """Of the refusal or the close."""
    text: Text | None = None
    why: str = ""


class RoomAgent:
    """`run` it once; `line` tells at any time how it stands."""

    def __init__(
        self,
        link: str,
        options: Options,
        tools: Tools,
        rng: Uniform,
        clip: Callable[[str], Awaitable[Clip]],
        tell: Callable[[Event], None],
        tls: ssl.SSLContext | None = None,
        marked: Callable[[], Awaitable[Clip]] | None = None,
    ) -> None:
        """`clip` makes or reads the clip for a room's code; `marked` gives that of trial calls
        (None: no trials). Raises ValueError for a link that is none."""
        url, token = parse_link(link)
        self.state: State = "connecting"
        self._options = options
        self._tools = tools
        self._tell_all = tell
        cookie = device_cookie(url)
        self._client = Client(
            url,
            token,
            rng=rng,
            lang=options.lang,
            tls=tls,
            cookie=cookie,
            life=secrets.token_hex(12),
        )
        self._station: Station | None = None
        if options.trials and marked is not None:
            name = f"agent-{tools.randbits(64):x}"
            self._station = Station(self._client, tools, marked, name, tls=tls)
        self._media: Media | None = None
        self._meter = Meter()
        self._device: str | None = None
        self._room: str | None = None
        self._rng = rng
        self._clip = clip

    # --- telling ------------------------------------------------------------------------------

    def line(self) -> Line:
        """The report of this moment; its rates are over the time since the last one."""
        clock, view = self._tools.clock, self._client.view
        sending, connection, receiving = self._meter.read(self._media, clock.monotonic())
        room = own_room(view)
        return Line(
            t=clock.now(),
            room=self._room,
            device=self._device,
            state=self.state,
            mic=room.mic if room is not None else None,
            on_air=view is not None and _on_air(view) == self._room,
            count=room.count if room is not None else None,
            sending=sending,
            connection=connection,
            receiving=receiving,
        )

    def _tell(
        self, event: str, *, code: str | None = None, why: str | None = None,
        text: Text | None = None,
    ) -> None:  # fmt: skip
        self._tell_all(
            Event(
                t=self._tools.clock.now(), room=self._room, device=self._device,
                event=event, code=code, why=why, text=text,
            )
        )  # fmt: skip

    # --- drills (see drill.py) ---------------------------------------------------------------

    def missing(self) -> str:
        """Its state while it is not in the room, else as Media.missing of the hub's picture; empty:
        all is there."""
        view = self._client.view
        if self.state != "joined" or self._media is None or view is None:
            return self.state
        hub = view.conference.hub
        other = hub if self._room != hub else None
        return self._media.missing(other, self._tools.clock.monotonic())

    def hold(self, on: bool) -> None:
        """Its line is dead, or is mended. Without a gate among the tools media goes on."""
        self._client.hold(on)
        if self._tools.gate is not None:
            self._tools.gate.shut = on

    async def seek(self) -> None:
        if self._media is not None:
            await self._media.seek()

    # --- living -------------------------------------------------------------------------------

    async def run(self, stop: asyncio.Event) -> Outcome:
        """Until `stop` is set (then the room is left), the conference ends, or the server
        refuses."""
        async with self._client:
            outcome = await _first(self._live(), _stopped(stop))
            if outcome.exit_code == OK:
                await self._leave()
        self.state = "refused" if outcome.exit_code == REFUSED else "ended"
        self._tell(self.state, code=outcome.code or None, why=outcome.why or None,
                   text=outcome.text)  # fmt: skip
        return outcome

    async def _live(self) -> Outcome:
        with self._client.watch() as events:
            failed = await self._join()
            if failed is not None:
                return failed
            if not self._options.media:
                return await _first(self._follow(events), *self._trials())
            code = self._room or ""
            self._media = Media(
                self._client, self._tools, lambda: self._clip(code), self._rng, self._media_told
            )
            return await _first(self._follow(events), self._media.run(), *self._trials())

    def _trials(self) -> list[Coroutine[Any, Any, Outcome]]:
        return [self._station.run()] if self._station is not None else []

    async def _join(self) -> Outcome | None:
        """Connect, and enter the room; None when that is done."""
        wish = self._options
        join = RoomJoin(
            kind=wish.kind, label=wish.label, shared=wish.shared, take_over=wish.take_over
        )
        for _ in range(JOIN_TRIES):
            try:
                view = await self._client.ready(wish.connect_s)
                self._room = view.you.room
                if view.you.device is None:
                    await self._client.command(join)
                    view = await self._client.until(_inside, wish.connect_s)
                self._entered(view)
                return None
            except Rejected as error:
                return Outcome(REFUSED, error.code, error.text)
            except CommandRefused as error:
                return Outcome(REFUSED, error.code, error.text)
            except (ConnectionLost, TimeoutError) as error:
                log.info("x join", why=str(error) or self._client.failure)
                if self._room is None:
                    break  # never been welcomed: `ready` has tried for long enough
        return Outcome(NO_CONNECTION, why=self._client.failure or "no answer in time")

    def _entered(self, view: View) -> None:
        if view.you.device is not None:
            self._device = view.you.device.id
        self._settle(view)
        self._tell("joined")

    async def _leave(self) -> None:
        """Free the place in the room at once instead of letting it expire."""
        view = self._client.view
        if not self._client.connected or view is None or view.you.device is None:
            return
        try:
            await self._client.command(RoomLeave(), LEAVE_S)
        except (CommandRefused, ConnectionLost, TimeoutError) as error:
            log.info("x leave", why=str(error))

    # --- what happens in the room -------------------------------------------------------------

    async def _follow(self, events: feed.Feed) -> Outcome:
        async for event in events:
            if isinstance(event, feed.Ended):
                return Outcome(REFUSED, event.code, event.text)
            if isinstance(event, feed.Disconnected):
                self.state = "reconnecting"
                self._tell("disconnected", why=self._client.failure or None)
            else:
                outcome = await self._look(self.state == "reconnecting")
                if outcome is not None:
                    return outcome
            if self._media is not None:
                self._media.consider()
        return Outcome(NO_CONNECTION, why=self._client.failure or "the client ended")

    async def _look(self, again: bool) -> Outcome | None:
        """See what the view says of us; `again`: after a lost connection."""
        view = self._client.view
        if view is None or not self._client.connected:
            return None
        if view.you.device is not None:
            if again:
                self._tell("connected")
            self._settle(view)
            return None
        if view.conference.phase == "closed":
            return Outcome(OK, "conference_closed")
        if again:  # away for longer than the room keeps a place
            return await self._join()
        return Outcome(REFUSED, "removed", reasons.text("removed"))

    def _settle(self, view: View) -> None:
        waiting = view.you.device is not None and view.you.device.waiting
        self.state = "waiting" if waiting else "joined"

    def _media_told(self, event: str, why: str) -> None:
        self._tell(event, why=why or None)


def own_room(view: View | None) -> RoomView | None:
    """The room of the link; None for those without."""
    if view is None:
        return None
    return next((room for room in view.rooms if room.code == view.you.room), None)


def _inside(view: View) -> bool:
    return view.you.device is not None


def _on_air(view: View) -> str:
    return view.conference.floor or view.conference.hub


async def _stopped(stop: asyncio.Event) -> Outcome:
    await stop.wait()
    return Outcome(OK)


async def _first(work: Coroutine[Any, Any, Outcome], *others: Coroutine[Any, Any, Outcome]
                 ) -> Outcome:  # fmt: skip
    """Run all, take the result of the first that ends, cancel the rest. An error of any is
    raised."""
    tasks = [asyncio.create_task(c) for c in (work, *others)]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return next(task for task in tasks if task in done).result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
