"""From a signalling connection to the conference and back: hello, commands, gone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import NamedTuple, Protocol

import structlog

from signaling import messages as wire
from signaling.reasons import text
from signaling.server import Connection
from vicon.app import rights, translate
from vicon.app.actor import ConferenceActor, Done, signature
from vicon.app.admission import Admission, urgency_of
from vicon.app.audience import Audience, Guest, Nowhere
from vicon.app.broadcasts import Broadcasts
from vicon.app.deeds import deed
from vicon.app.fallbacks import Fallbacks
from vicon.app.guesses import Guesses
from vicon.app.lines import Lines
from vicon.app.measured import Measured
from vicon.app.recordings import Recordings
from vicon.app.serverboard import ServerBoard
from vicon.app.signing import Seal, sign
from vicon.app.trials import COMMANDS as TRIAL_COMMANDS
from vicon.app.trials import Trials
from vicon.core import commands as do
from vicon.core import layout
from vicon.core.model import Actor
from vicon.core.refusals import Refused
from vicon.ops import trace
from vicon.ops.claims import NOBODY, Browser
from vicon.ops.links import BadToken, Claims
from vicon.ports import (
    Clock,
    LayersWanted,
    MediaEngine,
    MediaError,
    MediaFigures,
    SlotPlan,
)

HEARTBEAT_SECONDS = 5.0
SWEEP_SECONDS = 5.0
GUIDES = ("moderator", "technician")
"""Who are told of the second server."""

log = structlog.get_logger("vicon.gateway")


class Doorkeeper(Protocol):
    """Signs and checks tokens. `verify` and `verify_resume` raise BadToken."""

    def verify(self, token: str, now: int, browser: Browser = ...) -> Claims: ...

    def verify_resume(self, token: str, now: int) -> Claims: ...

    def sign_resume(self, claims: Claims, device: str, now: int) -> str: ...


class Pair(Protocol):
    """What clients and the other desks are told of a second server, and what they tell."""

    @property
    def fence(self) -> str: ...

    def servers(self) -> list[str]: ...

    def shown(self, fence: str | None) -> bool:
        """A client carries this; True: this server has been replaced."""
        ...

    def state(self) -> wire.StandbyState | None:
        """None: there is no second server."""
        ...

    def frozen_but(self) -> frozenset[str] | None:
        """Nothing can be acknowledged now; only these halls can change that. None: it can."""
        ...

    def witnessed(self, council: str, member: str, word: wire.WitnessWord) -> None:
        """A hall's page says this in a council."""
        ...


class Hall:
    """What belongs to one living conference."""

    def __init__(self, actor: ConferenceActor) -> None:
        self.actor = actor
        self.audience = Audience(actor.state, actor.revision, actor.now)
        actor.observe(self.audience)
        self.media = Measured(actor, self.audience)
        self.lines = Lines(actor, self.audience)
        self.fallbacks = Fallbacks(actor, self.media.cpu)
        self.server = ServerBoard(self.audience)
        self.broadcasts: Broadcasts | None = None
        self.recordings: Recordings | None = None
        """Put in by who has a place for them."""
        self.held_elsewhere: set[str] = set()
        """Devices without a signalling connection of which somebody else takes care (app.whip)."""
        self._unheld: set[str] = set()

    async def sweep(self) -> None:
        """Note as lost what nobody holds any more: a connection ended while the journal could not
        be written. Only what was unheld the last time too: a device that joins is held at once."""
        # Some of what is seen changes with time alone: a trial grows old.
        self.audience.changed(self.actor.state, self.actor.revision, ())
        held = {guest.actor.device for guest in self.audience.guests()} | self.held_elsewhere
        devices = self.actor.state.devices.values()
        unheld = {d.id for d in devices if d.connected and d.id not in held}
        for device in unheld & self._unheld:
            await self.actor.submit(do.SYSTEM, do.LoseDevice(device=device))
        self._unheld = unheld

    def layers_wanted(self, wanted: LayersWanted) -> None:
        self.media.layers_wanted(wanted)

    def publish_again(self, device: str) -> None:
        holder = self.audience.holder(device)
        if holder is not None:
            holder.socket.send(wire.MediaAgain())

    def media_figures(self, figures: MediaFigures) -> list[do.Command]:
        self.media.figures(figures)
        return self.fallbacks.steps(figures)

    def media_restarted(self, epoch: str) -> None:
        self.media.restarted()
        self.fallbacks.restarted()
        for guest in self.audience.guests():
            guest.socket.send(wire.MediaReset(epoch=self.epoch(epoch)))

    def epoch(self, engine: str) -> str:
        """The engine's, as clients are to see it: a down connection has its slots for the rooms
        that there were, so that another set of rooms is another life of the media too."""
        sets = self.actor.state.room_sets
        return f"{engine}.{sets}" if sets else engine


Result = wire.Published | wire.Subscribed | wire.Joined | wire.TrialAnswer | wire.TrialStarted


class Carried(NamedTuple):
    """A command was carried out."""

    revision: int
    result: Result | None


class _Seat:
    """A connection that has said hello; to trial calls it is an app.trials.Visitor."""

    def __init__(
        self, hall: Hall, guest: Guest, claims: Claims, browser: Browser, life: str | None
    ) -> None:
        self.hall, self.guest, self.claims = hall, guest, claims
        self.browser, self.life = browser, life
        self.dismissed = False
        """Its link counts no more."""

    @property
    def conference(self) -> str:
        return self.hall.actor.id

    @property
    def actor(self) -> Actor:
        return self.guest.actor

    @property
    def member(self) -> str | None:
        """As what it can be a witness: the page that is a hall's main camera. None: as nothing."""
        device, state = self.actor.device, self.hall.actor.state
        if self.life is None or device is None or self.actor.role != "operator" or self.dismissed:
            return None
        room = state.rooms.get(self.actor.room or "")
        return f"{device}.{self.life}" if room is not None and room.main == device else None

    def send(self, message: wire.ServerMessage) -> None:
        self.guest.socket.send(message)


class Gateway:
    """Handler of the signalling server for all conferences of this vicon."""

    def __init__(
        self,
        halls: Mapping[str, Hall],
        doorkeeper: Doorkeeper,
        engine: MediaEngine,
        clock: Clock,
        new_id: Callable[[], str],
        trials: Trials,
        seal: Seal,
        settled: Callable[[], Awaitable[None]] | None = None,
        pair: Pair | None = None,
    ) -> None:
        """`settled`: returns when what the doorkeeper decided is durable."""
        self._seal = seal
        self._settled = settled
        self._pair = pair
        self._servers = pair.servers() if pair is not None else []
        self._trials = trials
        self._halls = halls
        self._doorkeeper = doorkeeper
        self._engine = engine
        self._clock = clock
        self._new_id = new_id
        self._guesses = Guesses(clock)
        self._admission = Admission(clock)
        self._seats: dict[Connection, _Seat] = {}
        self._sweeping: asyncio.Task[None] | None = None
        self._media: dict[type, Callable[[_Seat, str, object], Awaitable[object]]] = {
            wire.MediaPublish: self._publish,
            wire.MediaSubscribe: self._subscribe,
            wire.MediaAnswer: self._answer,
            wire.MediaRestart: self._restart,
            wire.MediaCandidate: self._candidate,
            wire.MediaSeen: self._saw,
        }

    def start(self) -> None:
        self._sweeping = asyncio.create_task(self._sweep(), name="gateway sweep")

    async def stop(self) -> None:
        self._admission.stop()
        if self._sweeping is not None:
            self._sweeping.cancel()
            await asyncio.gather(self._sweeping, return_exceptions=True)

    async def _sweep(self) -> None:
        while True:
            await self._clock.sleep(SWEEP_SECONDS)
            for hall in list(self._halls.values()):
                await hall.sweep()

    def came_by(self, jti: str) -> list[str]:
        """Devices that hold a connection which came with this link."""
        actors = (seat.actor for seat in self._seats.values() if seat.claims.jti == jti)
        return [actor.device for actor in actors if actor.device is not None]

    def present(self) -> set[str]:
        """Links and sessions by which somebody is here."""
        return {seat.claims.jti for seat in self._seats.values()}

    def dismiss(
        self,
        code: str,
        *,
        links: Collection[str] = (),
        conference: str = "",
        but: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """Close, for good, the connections that came with these links (their jti), or all of a
        conference, `but` those of some browsers (by their cookie). Who is on the way in meets the
        signer's new word."""
        for conn, seat in list(self._seats.items()):
            meant = seat.claims.jti in links or seat.conference == conference
            if meant and not but(seat.browser.device):
                self._dismiss(conn, seat, code)

    @staticmethod
    def _dismiss(conn: Connection, seat: _Seat, code: str) -> None:
        seat.dismissed = True
        seat.hall.audience.leave(seat.guest)
        conn.close(code)

    async def hello(self, conn: Connection, hello: wire.Hello) -> None:
        """Check the token, take the old device up again where there is one, send the welcome."""
        now, shown = self._clock.now(), conn.credentials
        if self._pair is not None and self._pair.shown(hello.fence):
            conn.close("fenced")
            return
        browser = shown if isinstance(shown, Browser) else NOBODY
        try:
            claims = self._doorkeeper.verify(hello.token, now, browser)
            device = self._resumed(claims, hello.resume, now)
        except BadToken as error:
            conn.close(self._guesses.told(error, conn.remote))
            return
        hall = self._halls.get(claims.conference)
        if hall is None:
            conn.close("not_found")
            return
        few = self._pair.frozen_but() if self._pair is not None else None
        if few is not None and f"{device}.{hello.life}" not in few:
            conn.close("asking_other")
            return
        returns = device is not None and device in hall.actor.state.devices
        if not await self._admission.enter(urgency_of(claims.role, returns=returns)):
            conn.close("crowded")
        if conn.closed:
            return
        if claims.once and self._settled is not None:
            await self._settled()
        guest = Guest(conn, Actor(role=claims.role, name=claims.name, room=claims.room))
        seat = _Seat(hall, guest, claims, browser, hello.life)
        if device is not None:
            await self._return(seat, device, now)
        self._seats[conn] = seat
        try:  # once more: it may have been revoked since
            self._doorkeeper.verify(hello.token, now, browser)
        except BadToken as error:
            self._dismiss(conn, seat, error.code)
            return
        conn.send(
            wire.Welcome(
                v=wire.PROTOCOL_VERSION,
                rev=hall.actor.revision,
                now=self._clock.now(),
                heartbeat_s=HEARTBEAT_SECONDS,
                media_epoch=hall.epoch(self._engine.epoch),
                view=hall.audience.welcome(guest),
                ice=self._trials.ice(guest.actor),
                servers=self._pair.servers() if self._pair is not None else [],
                fence=self._pair.fence if self._pair is not None else "",
            )
        )
        self._tell_standby(seat)
        hall.media.greet(guest)
        hall.lines.greet(guest)
        hall.server.greet(guest)
        await self._trials.greet(seat)

    def witnesses(self) -> frozenset[str]:
        """The halls' pages that are here."""
        return frozenset(filter(None, (seat.member for seat in self._seats.values())))

    def ask_witnesses(self, council: str, members: Collection[str], word: wire.WitnessWord) -> None:
        for seat in self._seats.values():
            if seat.member in members:
                seat.send(wire.WitnessAsk(council=council, word=word))

    def send_on(self, few: Collection[str]) -> None:
        """Nothing can be acknowledged here: all but these may find it elsewhere."""
        for conn, seat in list(self._seats.items()):
            if seat.member not in few:
                conn.close("asking_other")

    async def witness(self, conn: Connection, witness: wire.Witness) -> None:
        seat = self._seats.get(conn)
        member = seat.member if seat is not None else None
        if member is not None and self._pair is not None:
            self._pair.witnessed(witness.council, member, witness.word)

    def standby_changed(self) -> None:
        """The second server stands otherwise than before: told to those who can do something."""
        servers = self._pair.servers() if self._pair is not None else []
        news, self._servers = servers != self._servers, servers
        for seat in self._seats.values():
            self._tell_standby(seat, news=news)

    def _tell_standby(self, seat: _Seat, *, news: bool = False) -> None:
        told = self._pair.state() if self._pair is not None else None
        if told is not None and (news or seat.actor.role in GUIDES):
            seat.send(told)

    def _resumed(self, claims: Claims, resume: str | None, now: int) -> str | None:
        """The device of a resume token that fits the link; an old or foreign one is no error."""
        if resume is None:
            return None
        try:
            old = self._doorkeeper.verify_resume(resume, now)
        except BadToken as error:
            log.info("x resume", why=str(error))
            return None
        same = (old.conference, old.role, old.room) == (
            claims.conference,
            claims.role,
            claims.room,
        )
        return old.device if same else None

    async def _return(self, seat: _Seat, device: str, now: int) -> None:
        hall = seat.hall
        if device not in hall.actor.state.devices:
            return
        holder = hall.audience.holder(device)
        if holder is not None:
            hall.audience.leave(holder)
            holder.socket.close("replaced")
        if not isinstance(
            await hall.actor.submit(do.SYSTEM, do.ReturnDevice(device=device)), Refused
        ):
            seat.guest.hold(device, self._doorkeeper.sign_resume(seat.claims, device, now))

    async def command(self, conn: Connection, command: wire.Command) -> None:
        """Carry one command out and answer it."""
        seat, body = self._seats[conn], command.body
        with trace.following(trace.new_id()):
            result = await self._carry_out(seat, body)
        if isinstance(result, Refused):
            said = text(result.code, **result.params)
            conn.send(wire.Refused(id=command.id, code=result.code, text=said))
            return
        conn.send(wire.Ok(id=command.id, rev=seat.hall.actor.revision, result=_told(result)))
        if isinstance(body, wire.MediaPublish):
            seat.hall.media.tell_layers(seat.guest)

    async def ask(self, claims: Claims, body: wire.CommandBody) -> Carried | Refused:
        """Carry out a command of somebody who has no connection, and so no device: the same rights,
        the same acts, the same refusals. Raises KeyError: the conference is not here."""
        hall = self._halls[claims.conference]
        asker = Actor(role=claims.role, name=claims.name, room=claims.room)
        seat = _Seat(hall, Guest(Nowhere(), asker), claims, NOBODY, None)
        if isinstance(body, _CONNECTED) and rights.may(claims.role, body):
            return Refused(code="needs_socket")
        result = await self._carry_out(seat, body)
        if isinstance(result, Refused):
            return result
        return Carried(hall.actor.revision, _told(result))

    async def _carry_out(self, seat: _Seat, body: wire.CommandBody) -> object:
        """What came of it; Refused, too."""
        began = self._clock.monotonic()
        try:
            result = await self._result(seat, body)
        except MediaError as error:
            result = Refused(code=error.code)
        self._note(seat, body, result, began)
        return result

    async def _result(self, seat: _Seat, body: wire.CommandBody) -> object:
        """Raises MediaError."""
        if not rights.may(seat.actor.role, body):
            return _not_allowed(seat, body)
        if isinstance(body, wire.RoomJoin):
            return await self._join(seat, body)
        if type(body) in self._media:
            return await self._with_device(seat, body)
        if isinstance(body, wire.PactSign):
            actor = seat.hall.actor
            return await sign(actor, seat.guest.actor, body, self._seal, self._new_id)
        if isinstance(body, wire.LineWrite):
            return await seat.hall.lines.write(seat.guest, body)
        if type(body) in TRIAL_COMMANDS:
            return await self._trials.command(seat, body)  # type: ignore[arg-type]
        return await self._act(seat, body)

    def _note(self, seat: _Seat, body: wire.CommandBody, result: object, began: float) -> None:
        """One canonical line per command of media or trials; the actor has one of each act. What a
        page does all the time is told where it fails alone."""
        often = isinstance(body, wire.MediaSeen | wire.MediaCandidate)
        refused = isinstance(result, Refused)
        if type(body) not in self._media and type(body) not in TRIAL_COMMANDS:
            return
        if often and not refused:
            return
        code = {"code": result.code} if isinstance(result, Refused) else {}
        log.info(
            "x command" if refused else "< command",
            conference=seat.conference,
            act=str(body.__struct_config__.tag),
            outcome="refused" if refused else "done",
            ms=round(1000 * (self._clock.monotonic() - began), 1),
            **signature(seat.actor),
            **code,
        )

    async def _act(self, seat: _Seat, body: wire.CommandBody) -> Done | Refused:
        """An act of the conference; the other desks are told of one by a desk."""
        hall, asker = seat.hall, seat.guest.actor
        command = translate.command(body)
        if isinstance(body, wire.RecordingStart) and hall.recordings is not None:
            command = await hall.recordings.prepare()
        if isinstance(body, wire.BroadcastStart) and hall.broadcasts is not None:
            command = hall.broadcasts.prepare()
        done = await hall.actor.submit(asker, command)
        if isinstance(done, Done):
            told = deed(hall.actor.state, asker, body, done.events, self._clock.now())
            if told is not None:
                hall.audience.tell_desks(told, but=seat.guest)
        return done

    async def _join(self, seat: _Seat, body: wire.RoomJoin) -> wire.Joined | Refused:
        device = self._new_id()
        done = await seat.hall.actor.submit(seat.guest.actor, translate.join(body, device))
        if isinstance(done, Refused):
            return done
        resume = self._doorkeeper.sign_resume(seat.claims, device, self._clock.now())
        seat.guest.hold(device, resume)
        seat.hall.audience.refresh(seat.guest)
        seat.hall.lines.greet(seat.guest)
        return wire.Joined(device=device, resume=resume)

    async def _with_device(self, seat: _Seat, body: object) -> object:
        device = seat.guest.actor.device
        known = seat.hall.actor.state.devices.get(device or "")
        if device is None or known is None or known.waiting:
            return Refused(code="not_joined")
        return await self._media[type(body)](seat, device, body)

    async def _publish(self, seat: _Seat, device: str, body: object) -> object:
        assert isinstance(body, wire.MediaPublish)
        if layout.send_wish(seat.hall.actor.state, device) is None:
            return Refused(code="not_allowed")
        answer = await self._engine.publish(seat.hall.actor.id, device, body.sdp)
        return wire.Published(sdp=answer)

    async def _subscribe(self, seat: _Seat, device: str, body: object) -> object:
        conference, state = seat.hall.actor.id, seat.hall.actor.state
        plan = [SlotPlan(room=r, kind=k) for r, k in layout.slots_for(state, device)]
        tried = layout.start_kbps(state, device, self._clock.now())
        start = max(seat.hall.media.carried(device) or 0, tried or 0) or None
        offer, slots = await self._engine.subscribe(conference, device, plan, start)
        return wire.Subscribed(
            sdp=offer, slots=[wire.Slot(mid=s.mid, room=s.room, kind=s.kind) for s in slots]
        )

    async def _answer(self, seat: _Seat, device: str, body: object) -> object:
        assert isinstance(body, wire.MediaAnswer)
        await self._engine.answer(seat.hall.actor.id, device, body.sdp)
        return None

    async def _restart(self, seat: _Seat, device: str, body: object) -> object:
        assert isinstance(body, wire.MediaRestart)
        offer = body.sdp if body.line == "up" else None
        told = await self._engine.restart(seat.hall.actor.id, device, body.line, offer)
        if body.line == "up":
            return wire.Published(sdp=told)
        return wire.Subscribed(sdp=told, slots=[])

    async def _candidate(self, seat: _Seat, device: str, body: object) -> object:
        assert isinstance(body, wire.MediaCandidate)
        await self._engine.candidate(seat.hall.actor.id, device, body.line, body.candidate)
        return None

    async def _saw(self, seat: _Seat, device: str, body: object) -> object:
        assert isinstance(body, wire.MediaSeen)
        seat.hall.media.saw(device, body)
        return None

    async def gone(self, conn: Connection, why: str) -> None:
        """The connection is closed: its device is lost until it comes back or expires."""
        seat = self._seats.pop(conn, None)
        if seat is None:
            return
        await self._trials.gone(seat)
        device = seat.guest.actor.device
        if seat.dismissed and device is not None:
            # It joined while its link was revoked.
            await seat.hall.actor.submit(seat.guest.actor, do.LeaveRoom())
        if not seat.hall.audience.leave(seat.guest):
            return
        if device is not None and device in seat.hall.actor.state.devices:
            await seat.hall.actor.submit(do.SYSTEM, do.LoseDevice(device=device, why=why))


def _not_allowed(seat: _Seat, body: wire.CommandBody) -> Refused:
    """As the core says it, of whose acts the actor notes one line each."""
    asked = str(body.__struct_config__.tag)
    log.info(
        "x act",
        conference=seat.conference,
        act=asked,
        outcome="refused",
        code="not_allowed",
        **signature(seat.actor),
    )
    return Refused(code="not_allowed")


def _told(result: object) -> Result | None:
    return result if isinstance(result, Result) else None


_CONNECTED = (
    wire.RoomJoin,
    wire.TrialOffer,
    wire.TrialWithdraw,
    wire.TrialConnect,
    wire.TrialReport,
)
"""What is good only as long as the connection lasts."""
