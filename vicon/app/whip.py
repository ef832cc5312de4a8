"""Encoders (WHIP, RFC 9725) and players (WHEP, draft-ietf-wish-whep): devices of a conference that
have a media connection and no signalling connection. What holds for a page's device holds for them;
here is only what a socket's life decides for a page: when such a device is lost, back, or gone.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, MutableSet, Sequence

import structlog
from msgspec.structs import replace

from vicon.app.actor import ConferenceActor
from vicon.app.whipsdp import check_answer, check_offer, restarted_offer
from vicon.app.whipsession import Ended, Opened, Patched, Session
from vicon.core import commands as do
from vicon.core.decide import decide
from vicon.core.events import DeviceLeft, Event
from vicon.core.model import Actor, Conference, Role
from vicon.core.pressure import CLOSED, SMALL
from vicon.core.refusals import Refused
from vicon.ops.links import MediaClaims
from vicon.ports import (
    Clock,
    MediaChanged,
    MediaEngine,
    MediaError,
    MediaFigures,
    MediaRestarted,
    SlotPlan,
)
from vicon.rtc import sdp

MAX_PLAYERS = 50
"""Of one conference; a hall of screens is better served by one player and a switch."""
MAX_EMBEDDED = 30
"""Of these, in pages that other sites show: they leave places for those who have a link."""
MAX_ENDED = 256
TICK_S = 1.0

log = structlog.get_logger("vicon.whip")


class Sessions:
    """Of one conference. Times are monotonic seconds. `held`: the devices that live without a
    signalling connection, kept up here for the gateway."""

    def __init__(
        self,
        actor: ConferenceActor,
        engine: MediaEngine,
        clock: Clock,
        new_id: Callable[[], str],
        held: MutableSet[str],
    ) -> None:
        """`new_id` gives ids that cannot be guessed: a session's is part of its address."""
        self._actor, self._engine, self._clock = actor, engine, clock
        self._new_id = new_id
        self._held = held
        self._sessions: dict[str, Session] = {}
        self._ended: OrderedDict[str, Ended] = OrderedDict()
        self._tasks: list[asyncio.Task[None]] = []

    def __len__(self) -> int:
        return len(self._sessions)

    @property
    def embedded(self) -> int:
        """How many watch in pages of other sites."""
        return sum(session.embedded for session in self._sessions.values())

    @property
    def shows_embedded(self) -> bool:
        """Whether another would be let in."""
        return self.embedded < MAX_EMBEDDED and self._actor.state.pressure.level < CLOSED

    def start(self) -> None:
        self._actor.observe(self)
        name = f"whip {self._actor.id}"
        self._tasks = [
            asyncio.create_task(self._listen(), name=f"{name} events"),
            asyncio.create_task(self._watch(), name=f"{name} clock"),
        ]
        for task in self._tasks:
            task.add_done_callback(_tell_failure)

    async def stop(self) -> None:
        """The media connections end with the engine; the devices are lost at the next start, as
        those of pages are."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- what is asked over HTTP ----------------------------------------------------------------

    def came_by(self, jti: str) -> list[str]:
        """Devices that came with this token."""
        return [one.device for one in self._sessions.values() if one.jti == jti]

    def find(self, id: str) -> Session | Ended | None:
        return self._sessions.get(id) or self._ended.get(id)

    async def publish(
        self, claims: MediaClaims, room: str, offer: str, label: str
    ) -> Opened | Refused:
        """A new main camera of `room`. It takes the place of a lost one, and of an encoder from
        which nothing comes; else a room's main camera keeps its place. Raises MediaError."""
        description = check_offer(offer, sending=True)
        device = self._new_id()
        join = do.JoinRoom(device=device, kind="main", label=label, take_over=True, via="whip")
        actor = Actor(role=self._role(room), name=claims.name, room=room)
        await self._clear_the_way(room)
        refused = self._refusal(actor, join)
        if refused:
            return refused
        answer = await self._engine.publish(self._actor.id, device, offer)
        return await self._open(claims, actor, join, description, answer)

    async def play(
        self, claims: MediaClaims, plays: str, offer: str, label: str
    ) -> Opened | Refused:
        """A new player of the programme (core.model.PROGRAMME) or of a room. Raises MediaError."""
        description = check_offer(offer, sending=False)
        device = self._new_id()
        join = do.JoinRoom(device=device, label=label, via="whep", plays=plays)
        actor = Actor(role="observer", name=claims.name)
        players = sum(session.via == "whep" for session in self._sessions.values())
        if players >= MAX_PLAYERS:
            return Refused("too_many_devices", {"max": MAX_PLAYERS})
        if claims.role == "embed" and self.embedded >= MAX_EMBEDDED:
            return Refused("too_many_watch")
        refused = self._refusal(actor, join)
        if refused:
            return refused
        slots = [SlotPlan(room=plays, kind="audio"), SlotPlan(room=plays, kind="video")]
        answer = await self._engine.play(self._actor.id, device, offer, slots)
        return await self._open(claims, actor, join, description, answer)

    async def patch(self, session: Session, tags: Sequence[str], body: str) -> Patched | Refused:
        """Candidates, or a restart of ICE (RFC 9725, section 4.3). `tags`: those of If-Match, or
        "*". Raises MediaError; the session then goes on as it was."""
        async with session.lock:
            if not tags:
                return Refused("no_etag")
            if "*" not in tags and session.etag not in tags:
                return Refused("stale_etag")
            try:
                fragment = sdp.parse_fragment(body)
            except sdp.SdpError as error:
                return Refused("bad_fragment", {"cause": str(error)})
            if session.id not in self._sessions:
                return Refused("session_over")
            if fragment.ufrag is not None and not session.knows(fragment):
                return await self._restart(session, fragment)
            for candidate in fragment.candidates:
                await self._engine.candidate(
                    self._actor.id, session.device, session.line, sdp.candidate_line(candidate)
                )
            return Patched()

    async def close(self, session: Session) -> Refused | None:
        """The client takes leave."""
        done = await self._actor.submit(session.actor, do.LeaveRoom())
        if not isinstance(done, Refused):
            return None
        # Its device is gone already, and the session with it, unless the server could not act.
        return done if session.id in self._sessions else None

    # --- opening and restarting -----------------------------------------------------------------

    def _role(self, room: str) -> Role:
        """Whose camera it is: at the hub a moderator's, else an operator's."""
        return "moderator" if room == self._actor.state.plan.hub.code else "operator"

    def _refusal(self, actor: Actor, join: do.JoinRoom) -> Refused | None:
        """What the conference would say now: before a media connection is made for nothing."""
        decided = decide(self._actor.state, actor, join, self._clock.now())
        return decided if isinstance(decided, Refused) else None

    async def _clear_the_way(self, room: str) -> None:
        """An encoder that comes again need not wait until its old connection is given up."""
        known = self._actor.state.rooms.get(room)
        session = self._of(known.main or "") if known else None
        if session is not None and session.quiet:
            await self._end(session, "replaced")

    async def _open(
        self,
        claims: MediaClaims,
        actor: Actor,
        join: do.JoinRoom,
        offer: sdp.Description,
        answer: str,
    ) -> Opened | Refused:
        session = Session(
            id=self._new_id(),
            actor=replace(actor, device=join.device),
            via=join.via,
            jti=claims.jti,
            embedded=claims.role == "embed",
            etag=self._etag(),
            offer=offer,
            opened=self._clock.monotonic(),
        )
        done: object = None
        self._add(session)
        try:
            check_answer(answer, sending=join.via == "whip")
            done = await self._actor.submit(actor, join)
        finally:
            # Refused, or the answer is of no use, or nobody waits for it any more.
            if done is None or isinstance(done, Refused):
                self._drop(session)
                await self._engine.remove(self._actor.id, session.device)
        if isinstance(done, Refused):
            return done
        self._note("< session", session, label=join.label)
        return Opened(session, answer)

    async def _restart(self, session: Session, fragment: sdp.Fragment) -> Patched:
        offer = restarted_offer(session.offer, fragment)
        text = await self._engine.restart(
            self._actor.id, session.device, session.line, sdp.render(offer)
        )
        answer = sdp.parse(text)
        session.offer = offer
        session.etag = self._etag()
        self._note("- restart of ICE", session)
        ours = answer.transport
        body = sdp.Fragment(
            ufrag=ours.ufrag,
            password=ours.password,
            candidates=ours.candidates,
            end=True,
            mids=tuple(section.mid for section in answer.sections if not section.rejected),
            lite=ours.lite,
        )
        return Patched(etag=session.etag, body=sdp.render_fragment(body))

    def _etag(self) -> str:
        """Strong (RFC 9110, section 8.8.3)."""
        return f'"{self._new_id()}"'

    # --- what happens to them -------------------------------------------------------------------

    def changed(self, state: Conference, revision: int, events: Sequence[Event]) -> None:
        """Observer of the actor: whose device has left has no session any more."""
        for event in events:
            if isinstance(event, DeviceLeft):
                session = self._of(event.device)
                if session is not None:
                    self._note("> session", session, why=event.why)
                    self._drop(session)
                    self._remember(session, event.why)

    async def _listen(self) -> None:
        async for event in self._engine.events(self._actor.id):
            now = self._clock.monotonic()
            if isinstance(event, MediaChanged):
                session = self._of(event.device)
                if session is not None:
                    session.media(event.publishing, now)
            elif isinstance(event, MediaFigures):
                for device in event.devices:
                    session = self._of(device.device)
                    if session is not None:
                        session.seen(device, now)
            elif isinstance(event, MediaRestarted):
                for session in list(self._sessions.values()):
                    await self._end(session, "media_restarted")

    async def _watch(self) -> None:
        """Bring what the conference knows of each device to what its connection does."""
        while True:
            await self._clock.sleep(TICK_S)
            for session in list(self._sessions.values()):
                await self._look(session, self._clock.monotonic())
            await self._relieve()

    async def _relieve(self) -> None:
        """Before anything is taken from the halls, who watches in another site's page goes, one
        with each tick, the last that came first."""
        if self._actor.state.pressure.level < SMALL:
            return
        here = [session for session in self._sessions.values() if session.embedded]
        if here:
            await self._end(here[-1], "server_full")

    async def _look(self, session: Session, now: float) -> None:
        why = session.over(now)
        if why:
            await self._end(session, why)
            return
        device = self._actor.state.devices.get(session.device)
        lost = session.lost(now)
        if device is None or device.connected is not lost:
            return
        act: do.Command = (
            do.LoseDevice(device=device.id, why="media_lost")
            if lost
            else do.ReturnDevice(device=device.id)
        )
        await self._actor.submit(do.SYSTEM, act)

    async def _end(self, session: Session, why: str) -> None:
        """The server gives a session up. An encoder's device is lost, as a page's would be: the
        room keeps its place, and the floor, until the encoder is back. A player just goes."""
        if self._sessions.get(session.id) is not session:
            return
        self._note("> session", session, why=why)
        self._drop(session)
        self._remember(session, why)
        if session.via == "whip":
            await self._actor.submit(do.SYSTEM, do.LoseDevice(device=session.device, why=why))
        else:
            await self._actor.submit(session.actor, do.LeaveRoom())
        try:
            await self._engine.remove(self._actor.id, session.device)
        except MediaError as error:
            log.warning("x remove", device=session.device, code=error.code, why=str(error))

    def _of(self, device: str) -> Session | None:
        return next((s for s in self._sessions.values() if s.device == device), None)

    def _add(self, session: Session) -> None:
        self._sessions[session.id] = session
        self._held.add(session.device)

    def _drop(self, session: Session) -> None:
        self._sessions.pop(session.id, None)
        self._held.discard(session.device)

    def _remember(self, session: Session, why: str) -> None:
        """For a client that asks for it later."""
        self._ended[session.id] = Ended(session.jti, why)
        while len(self._ended) > MAX_ENDED:
            self._ended.popitem(last=False)

    def _note(self, what: str, session: Session, **more: object) -> None:
        known = {"conference": self._actor.id, "device": session.device, "via": session.via}
        log.info(what, room=session.actor.room, **known, **more)


def _tell_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("x whip", task=task.get_name(), exc_info=task.exception())
