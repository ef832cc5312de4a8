"""The media plane in one process: real connections around the pure router of `sfu`."""

from __future__ import annotations

import asyncio
import importlib
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast
from weakref import WeakValueDictionary

import structlog

from vicon.core.recordplan import RecordingFigures, RecordPlan
from vicon.measure.encode import Clip
from vicon.media import restart
from vicon.media.connection import Agreement, Connection
from vicon.media.fast.fan import FlightLink, Way, load
from vicon.media.figures import Figures
from vicon.media.lateness import Lateness
from vicon.media.legs import Legs
from vicon.media.record.feed import Feeds
from vicon.media.record.trades import Broadcaster, Recorder
from vicon.media.sfu.codecs import better, preference
from vicon.media.sfu.producer import Producer
from vicon.media.sfu.publisher import Publisher
from vicon.media.sfu.router import Key, Router
from vicon.media.sfu.still import age, enough, largest, newest
from vicon.media.sfu.subscriber import Subscriber
from vicon.media.slots import Lane, agree, answer_player, make_slots, offered, take_over
from vicon.ports import (
    STATS_S,
    Clock,
    LayersWanted,
    Line,
    MediaError,
    MediaFigures,
    PublishAgain,
    Route,
    Slot,
    SlotPlan,
    Still,
)
from vicon.programme.broadcast import BroadcastFigures, BroadcastPlan
from vicon.rtc import negotiate, sdp
from vicon.rtc.dtls import Certificate, make_certificate
from vicon.rtc.gcc import SendSide
from vicon.rtc.ice import local_addresses
from vicon.rtc.lite import LiteTransport
from vicon.rtc.secure import Shortcut, TransportError
from vicon.rtc.udp import UdpPlan, UdpPorts

TICK_S, PROBE_S = 0.02, 0.005
START_KBPS = 300
"""What a receiver's link is taken to carry until it is known better: a good one is known within a
second, a narrow one would have the first sounds lost."""
HIGHEST = 6_000_000
"""bit/s that are sent to one receiver at most, unless its trial measured more."""
STILL_LOOKS, STILL_PATIENCE, STILL_LOOK_S = 35, 12, 0.1
"""How often a key frame that was asked for is looked for; how often of these on none but a layer
that is large enough; and the seconds between."""
MENDED_S = 1.0
"""A key frame is worn on a narrow line: what comes so long after it is taken with it."""
MAX_CONNECTIONS = 400
"""Of all conferences together; one process forwards far fewer."""

log = structlog.get_logger("vicon.media")


class MediaHost:
    """Owns every connection; whoever owns the host runs run() and, at the end, close()."""

    def __init__(
        self,
        clock: Clock,
        on_publishing: Callable[[str, str, bool], None],
        on_layers: Callable[[str, LayersWanted], None],
        on_again: Callable[[str, PublishAgain], None],
        on_figures: Callable[[str, MediaFigures], None],
        on_recording: Callable[[str, RecordingFigures], None],
        on_broadcast: Callable[[str, BroadcastFigures], None],
        *,
        udp: UdpPlan | None = None,
        cache: Path | None = None,
        randbits: Callable[[int], int] = secrets.randbits,
    ) -> None:
        """`on_publishing` gets conference, device and whether media comes from it; `on_layers`,
        `on_again`, `on_figures`, `on_recording` and `on_broadcast` get a conference and what
        ports.MediaEngine tells of it. `udp`: where it can be reached. `cache`: where the clip of
        trial calls and the compiled part are kept; None: nowhere, and there is none."""
        self.router = Router(on_layers)
        self._clock = clock
        self._on_publishing = on_publishing
        self._on_again, self._on_figures = on_again, on_figures
        self._figures = Figures(self.router)
        self._late = Lateness()
        self._ports = UdpPorts(clock.monotonic, local_addresses, udp)
        self._randbits = randbits
        self._certificate: Certificate = make_certificate()
        self._connections: dict[tuple[Key, Line], Connection] = {}
        self._locks: WeakValueDictionary[Key, asyncio.Lock] = WeakValueDictionary()
        self._cache = cache
        self._clip: asyncio.Task[Clip] | None = None
        self._library = load(cache) if cache is not None else None
        find = self.router.publishers.get
        self.feeds = Feeds(Recorder(), clock, find, on_recording)
        self.airs = Feeds(Broadcaster(), clock, find, on_broadcast)
        self.legs = Legs(clock, randbits, self._trial_clip, self._transport)

    async def run(self) -> None:
        """Retries, reports, probes and figures, until cancelled."""
        next_tick = next_figures = self._clock.monotonic()
        while True:
            before = self._clock.monotonic()
            pause = PROBE_S if self.router.probe(before) else TICK_S
            await self._clock.sleep(pause)
            now = self._clock.monotonic()
            self._late.note(now - before - pause, now - before)
            if now >= next_tick:
                next_tick = now + TICK_S
                self.router.tick(now)
                self.feeds.tick(now)
                self.airs.tick(now)
                self.legs.tidy()
            if now >= next_figures:
                next_figures = now + STATS_S
                for conference, figures in self._collect(now).items():
                    self._on_figures(conference, figures)

    def _collect(self, now: float) -> dict[str, MediaFigures]:
        return self._figures.collect(self._connections.values(), now)

    async def _trial_clip(self) -> Clip:
        """Made or read at the first trial, in a thread, once."""
        if self._clip is None or (self._clip.done() and self._clip.exception() is not None):
            self._clip = asyncio.create_task(self._load_clip(), name="trial clip")
        return await asyncio.shield(self._clip)

    async def _load_clip(self) -> Clip:
        # Imported here alone: encoder and OpenCV cost a start half a second.
        testclip = importlib.import_module("vicon.measure.testclip")
        return cast(Clip, await asyncio.to_thread(testclip.load, self._cache))

    def late_ms(self) -> float | None:
        """By which its ticks came late, on average since the last call; None: there was none."""
        return self._late.take()

    @property
    def connections(self) -> int:
        return len(self._connections)

    @property
    def dropped(self) -> int:
        """Datagrams for which the receive queues had no room."""
        return self._ports.dropped

    def transports(self) -> list[LiteTransport]:
        """Of all connections (statistics and fault injection)."""
        return [connection.transport for connection in self._connections.values()]

    async def publish(self, key: Key, offer: str) -> str:
        """See ports.MediaEngine.publish."""
        description = _parse(offer)
        async with self._lock(key):
            transport = self._transport()
            ours = await _gather(transport, negotiate.answer_setup(description))
            try:
                session = self._randbits(62)
                prefer = preference(self._decoded(key[0]))
                answer, choices = negotiate.answer_publish(description, ours, session, prefer)
                await self._admit(key, "up")
            except sdp.SdpError as error:
                await transport.close("offer refused")
                raise MediaError("bad_sdp", str(error)) from error
            except MediaError:
                await transport.close("too many connections")
                raise
            publisher = Publisher(
                choices,
                self._ssrc(),
                transport.send_rtcp,
                self._publishing_teller(key),
                self._library.fan if self._library is not None else None,
            )
            transport.on_rtp, transport.on_rtcp = publisher.on_rtp, publisher.on_rtcp
            self.router.set_publisher(key, publisher, self._clock.monotonic())
            connection = self._open(key, "up", transport)
            connection.agreement = Agreement(answer, restart.essence(choices))
            connection.codecs = negotiate.offered_codecs(description)
            connection.begin(description.transport)
            return sdp.render(answer)

    async def subscribe(
        self, key: Key, plan: Sequence[SlotPlan], start_kbps: int | None = None
    ) -> tuple[str, list[Slot]]:
        """See ports.MediaEngine.subscribe."""
        if not 0 < len(plan) < sdp.MAX_SECTIONS:
            raise MediaError("media_state", "a down connection needs between 1 and 127 slots")
        async with self._lock(key):
            transport, link, lane = self._downwards(start_kbps)
            ours = await _gather(transport, "actpass")
            try:
                await self._admit(key, "down")
            except MediaError:
                await transport.close("too many connections")
                raise
            consumers = make_slots(plan, transport.send_rtp, self._randbits, lane)
            subscriber = Subscriber(consumers, transport.send_rtcp, link)
            transport.on_rtcp, transport.on_moved = subscriber.on_rtcp, link.moved
            connection = self._open(key, "down", transport)
            connection.subscriber = subscriber
            slots = [
                Slot(mid=str(index), room=slot.room, kind=slot.kind)
                for index, slot in enumerate(plan)
            ]
            sections = [offered(slot, consumers[slot.room, slot.kind]) for slot in slots]
            offer = negotiate.offer_subscribe(sections, ours, self._randbits(62))
            connection.offered = tuple(slots)
            connection.agreement = Agreement(offer)
            return sdp.render(offer), slots

    async def answer(self, key: Key, text: str) -> None:
        """See ports.MediaEngine.answer."""
        description = _parse(text)
        connection = self._connections.get((key, "down"))
        if connection is not None and connection.restarting:
            await restart.answered(connection, description)
            return
        if connection is None or connection.subscriber is None or connection.begun:
            raise MediaError("media_state", "no offer of a down connection waits for an answer")
        try:
            agree(connection.subscriber, connection.offered, description)
        except sdp.SdpError as error:
            raise MediaError("bad_sdp", str(error)) from error
        connection.begin(description.transport)
        self._reconsider(key[0])

    async def restart(self, key: Key, line: Line, offer: str | None) -> str:
        """See ports.MediaEngine.restart."""
        async with self._lock(key):
            connection = self._connection(key, line)
            if line == "down" and offer is not None:
                return await restart.answer_player(connection, _parse(offer))
            if line == "down":
                return await restart.offer_down(connection)
            if offer is None:
                raise MediaError("bad_sdp", "the restart of an up connection needs an offer")
            return await restart.answer_up(connection, _parse(offer))

    def candidate(self, key: Key, line: Line, text: str) -> None:
        """See ports.MediaEngine.candidate."""
        connection = self._connection(key, line)
        if text:
            try:
                connection.tell(sdp.parse_candidate(text))
            except sdp.SdpError as error:
                raise MediaError("bad_sdp", str(error)) from error

    def _connection(self, key: Key, line: Line) -> Connection:
        connection = self._connections.get((key, line))
        if connection is None:
            raise MediaError("media_state", f"there is no {line} connection")
        return connection

    async def play(self, key: Key, offer: str, plan: Sequence[SlotPlan]) -> str:
        """See ports.MediaEngine.play."""
        description = _parse(offer)
        async with self._lock(key):
            transport, link, lane = self._downwards()
            ours = await _gather(transport, negotiate.answer_setup(description))
            consumers = make_slots(plan, transport.send_rtp, self._randbits, lane)
            try:
                session = self._randbits(62)
                answer, taken = answer_player(description, ours, plan, consumers, session)
                await self._admit(key, "down")
            except sdp.SdpError as error:
                await transport.close("offer refused")
                raise MediaError("bad_sdp", str(error)) from error
            except MediaError:
                await transport.close("too many connections")
                raise
            subscriber = Subscriber(consumers, transport.send_rtcp, link)
            transport.on_rtcp, transport.on_moved = subscriber.on_rtcp, link.moved
            take_over(subscriber, taken)
            connection = self._open(key, "down", transport)
            connection.subscriber = subscriber
            connection.agreement = Agreement(answer, restart.played(description))
            connection.begin(description.transport)
            self._reconsider(key[0])
            return sdp.render(answer)

    async def still(self, key: Key) -> Still | None:
        """See ports.MediaEngine.still."""
        self._connection(key, "up")
        publisher = self.router.publishers.get(key)
        camera = publisher.producers.get("video") if publisher is not None else None
        if camera is None:
            return None
        camera.looked = not camera.resting and not enough(camera, self._clock.monotonic())
        try:
            return await self._look(camera)
        finally:
            camera.looked = False

    async def _look(self, camera: Producer) -> Still | None:
        """Waits for a layer that is large enough, but not for ever, then for a key frame of the
        largest that there is, and for what mends it."""
        asked = False
        for attempt in range(STILL_LOOKS):
            now = self._clock.monotonic()
            mended, layer = age(camera, now), largest(camera, now)
            # Nothing comes where nobody is shown it: it will, being looked at.
            patient = attempt < STILL_PATIENCE and not camera.resting
            if layer is not None and (enough(camera, now) or not patient):
                if mended is not None and mended >= MENDED_S:
                    break
                if mended is None and not asked:
                    layer.request_key(now)
                    asked = True
            await self._clock.sleep(STILL_LOOK_S)
        return newest(camera, self._clock.monotonic())

    def route(self, conference: str, routes: Sequence[Route]) -> None:
        """See ports.MediaEngine.route."""
        self.router.route(conference, routes, self._clock.monotonic())

    async def record(self, conference: str, plan: RecordPlan | None) -> None:
        """See ports.MediaEngine.record."""
        await self.feeds.want(conference, plan)

    async def broadcast(self, conference: str, plan: BroadcastPlan | None) -> None:
        """See ports.MediaEngine.broadcast."""
        await self.airs.want(conference, plan)

    async def remove(self, key: Key) -> None:
        """See ports.MediaEngine.remove."""
        async with self._lock(key):
            await self._end(key, "up", "removed")
            await self._end(key, "down", "removed")

    async def close(self) -> None:
        """End every connection; each is told to the other side."""
        await asyncio.gather(self.feeds.close(), self.airs.close())
        ends = [self._end(key, direction, "server stops") for key, direction in self._connections]
        await asyncio.gather(*ends, self.legs.close_all())
        self._ports.close()
        if self._clip is not None:
            self._clip.cancel()

    def _decoded(self, conference: str) -> list[frozenset[str]]:
        """What each receiver of a conference decodes, as far as it has said so."""
        return [
            connection.subscriber.decodes()
            for (key, _), connection in self._connections.items()
            if key[0] == conference and connection.subscriber is not None and connection.begun
        ]

    def _reconsider(self, conference: str) -> None:
        """A receiver has said what it decodes: who sends what it does not, and could do else, is
        asked to."""
        receivers = self._decoded(conference)
        for (key, direction), connection in self._connections.items():
            publisher = self.router.publishers.get(key)
            camera = publisher.producers.get("video") if publisher is not None else None
            if key[0] != conference or direction != "up" or camera is None:
                continue
            if better(camera.codec, connection.codecs, receivers) is not None:
                self._on_again(conference, PublishAgain(device=key[1]))

    def _lock(self, key: Key) -> asyncio.Lock:
        return self._locks.setdefault(key, asyncio.Lock())

    def _transport(self, shortcut: Shortcut | None = None) -> LiteTransport:
        return LiteTransport(self._certificate, self._ports, self._randbits, shortcut=shortcut)

    def _downwards(
        self, start_kbps: int | None = None
    ) -> tuple[LiteTransport, SendSide, Lane | None]:
        """What a receiver is sent by: its transport, what its line carries, the faster way."""
        start = 1000 * (start_kbps or START_KBPS)
        link = SendSide(self._clock.monotonic(), start, highest=max(HIGHEST, start))
        lane = Lane(Way(), FlightLink(link)) if self._library is not None else None
        return self._transport(lane.way if lane is not None else None), link, lane

    async def _admit(self, key: Key, direction: Line) -> None:
        """Make room: the device's former connection ends. Raises MediaError when full."""
        await self._end(key, direction, "replaced")
        if len(self._connections) >= MAX_CONNECTIONS:
            raise MediaError("media_unavailable", "the media worker has no connection left")

    def _open(self, key: Key, direction: Line, transport: LiteTransport) -> Connection:
        connection = Connection(key, direction, transport, self._connected, self._ended)
        self._connections[key, direction] = connection
        connection.start()
        return connection

    def _connected(self, connection: Connection) -> None:
        if connection.subscriber is not None:
            now = self._clock.monotonic()
            self.router.set_subscriber(connection.key, connection.subscriber, now)

    def _ended(self, connection: Connection) -> None:
        """A connection ends by itself or was ended: nothing may go to it any more."""
        key, direction = connection.key, connection.direction
        if self._connections.get((key, direction)) is not connection:
            return
        del self._connections[key, direction]
        if direction == "up":
            self.router.drop_publisher(key, self._clock.monotonic())
        else:
            self.router.drop_subscriber(key)

    async def _end(self, key: Key, direction: Line, reason: str) -> None:
        connection = self._connections.get((key, direction))
        if connection is not None:
            await connection.end(reason)

    def _publishing_teller(self, key: Key) -> Callable[[bool], None]:
        def tell(publishing: bool) -> None:
            log.info("- publishing", conference=key[0], device=key[1], publishing=publishing)
            self._on_publishing(*key, publishing)

        return tell

    def _ssrc(self) -> int:
        return self._randbits(32) | 1


def _parse(text: str) -> sdp.Description:
    try:
        return sdp.parse(text)
    except sdp.SdpError as error:
        raise MediaError("bad_sdp", str(error)) from error


async def _gather(transport: LiteTransport, setup: sdp.Setup) -> sdp.Transport:
    try:
        return await transport.gather(setup)
    except TransportError as error:
        await transport.close("no address")
        raise MediaError("media_unavailable", str(error)) from error
