"""The composition root: the only place that knows every part. One list of how all is built.

Closing goes the other way round; see docs/closing.md.
"""

from __future__ import annotations

import asyncio
import os
import platform
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol

import structlog
from msgspec import Struct

from signaling.server import SignalingServer
from vicon import __version__
from vicon.admitting import admitting
from vicon.airing import outlet_of, watching
from vicon.app.courses import Courses
from vicon.app.deletions import noting
from vicon.app.gateway import Gateway, Hall
from vicon.app.keeper import Keeper
from vicon.app.minutes import read_minutes
from vicon.app.office import Office
from vicon.app.officewords import LinkRow
from vicon.app.takeovers import note_takeover
from vicon.config import Settings, media_ports
from vicon.config.secret import TURN, secret_of
from vicon.config.shelf import Shelf
from vicon.core.commands_server import NoteTakeover
from vicon.core.minutewords import Minutes
from vicon.core.model import Plan
from vicon.gauges import Gauges
from vicon.health import Plane, look_after, standby
from vicon.hosting import Parts, Stage
from vicon.listeners import CannotListen, Listener, listen, served_names, strict_name
from vicon.measure.looks import Examined
from vicon.measure.report import Collected
from vicon.media.engine import EmbeddedEngine
from vicon.ops.book import LinkBook
from vicon.ops.book import read_key as read_link_key
from vicon.ops.data import DataDir, ServerInfo
from vicon.ops.links import (
    DoorLink,
    Link,
    Signer,
    base_for,
    read_display_links,
    read_door_links,
    read_links,
)
from vicon.ops.seal import Sealer, open_sealer
from vicon.ops.spread import Spread
from vicon.pair.feed import Feed
from vicon.pair.first import First
from vicon.pair.reach import ask_other
from vicon.pair.record import Fences, Record, new_record
from vicon.pair.settings import keep as keep_settings
from vicon.ports import Clock, Journal, MediaEngine, MediaVitals, TrialEngine
from vicon.report.handed import RunReports
from vicon.report.headcount import HeadcountReports
from vicon.report.minutes_handed import SessionDocuments
from vicon.rtc.udp import UdpPlan
from vicon.store.broadcasts import Broadcasts as Aired
from vicon.store.keeping import Keeping
from vicon.store.recordings import Recordings
from vicon.store.sqlite import SqliteJournal
from vicon.store.trials import SqliteTrials
from vicon.telling import tell_prometheus, tell_receivers
from vicon.trial.desk import Setup, TrialDesk
from vicon.trial.tools import Fidelity, Tools
from vicon.trial.turn import TurnSettings
from vicon.vision.counter import Counter
from vicon.web import pages
from vicon.web.api import Api
from vicon.web.app import Part, make_app, same_origin
from vicon.web.asked import Language
from vicon.web.attendance import AttendanceApi
from vicon.web.checkin.data import CheckinData
from vicon.web.checkin.gate import Gate
from vicon.web.checkin.html import Html, find_assets
from vicon.web.checkin.pages import CheckinPages
from vicon.web.commands import CommandApi
from vicon.web.displays import DisplayApi
from vicon.web.doors import DoorApi
from vicon.web.embed import EmbedPages, read_page
from vicon.web.minutes import MinutesApi
from vicon.web.office import OfficeApi
from vicon.web.openapi.route import Description
from vicon.web.privacy import PrivacyPage
from vicon.web.privacy_words import Told
from vicon.web.recordings import RecordingsApi
from vicon.web.requests import Requests
from vicon.web.trials import TrialApi
from vicon.web.whip import WhipApi

DAY_MS = 86_400_000

log = structlog.get_logger("vicon")
__all__ = ["CannotListen", "Engine", "Listener", "Server", "running"]


class Engine(MediaEngine, TrialEngine, Plane, Protocol):
    """The port's implementations here, as their owner sees them."""

    @property
    def vitals(self) -> MediaVitals: ...

    async def start(self) -> None: ...


class Server:
    """A running vicon. `failed` is set when a part died that cannot be replaced: stop and start
    again, the journal brings everything back."""

    def __init__(
        self, urls: Sequence[str], links: Sequence[Link], failed: asyncio.Event, first: First
    ) -> None:
        self.urls = urls
        """Of each listener, in their order."""
        self.links = links
        self.failed = failed
        self.first = first
        """Its part in a pair of servers."""


@asynccontextmanager
async def running(
    settings: Settings,
    home: DataDir,
    clock: Clock,
    listeners: Sequence[Listener],
    record: Record | None = None,
) -> AsyncIterator[Server]:
    """Start all parts on a claimed data directory; stop them in order at the end. `record`: what
    this server is in its pair, where it is in one.

    Raises SpokenError (JournalError, DataError,
    CannotListen, NoWebClient) when a part cannot start; what had started is closed again.
    """
    place = pages.assets()
    async with AsyncExitStack() as stack:
        journal = await SqliteJournal.open(home)
        stack.push_async_callback(journal.close)
        engine = _engine(settings, clock, home)
        failed = asyncio.Event()
        starting = asyncio.create_task(engine.start(), name="media start")
        stack.push_async_callback(_close_engine, engine, starting)
        writes = Spread()
        journal.told.append(lambda _conference, _sequence, seconds: writes.note(seconds))
        counter = _counter(stack, settings, clock)
        stage = await _stage(stack, settings, home, journal, clock, engine, failed, counter)
        book = LinkBook.open(
            home,
            base=settings.server.public_url,
            lifetime_ms=settings.links.expiry_days * DAY_MS,
            secret=secrets.token_bytes,
            sign_in=settings.accounts.required,
        )
        first = _first(stack, settings, home, clock, record)
        journal.mirror = first
        shelf = Shelf(home.conferences)
        office = Office(
            settings.conferences,
            shelf,
            book,
            stage,
            clock,
            journal.conferences,
            embedded=bool(settings.server.embed_origins),
        )
        await office.open_all()
        await starting  # begun before the journal was read: a recovery is the shorter for it
        await stage.go_all()
        office.bring_up_links()
        halls, signer = stage.halls, book.signer
        entry = admitting(stack, settings, home, clock, stage, book)
        trials = await _trials(stack, settings, home, clock, stage, engine)
        _keep(stack, clock, halls, office, Keeping(home, journal, trials.store))
        sealer = open_sealer(home)
        gateway = Gateway(
            halls,
            signer,
            engine,
            clock,
            new_id=_new_id,
            trials=trials.desk,
            seal=sealer,
            settled=entry.settled,
            pair=first,
        )
        first.changed = gateway.standby_changed
        first.halls.here, first.halls.send_on = gateway.witnesses, gateway.send_on
        first.halls.ask = lambda council: gateway.ask_witnesses(
            council.id, council.members, "alone"
        )
        gateway.start()
        stack.push_async_callback(gateway.stop)
        stage.gateway, stage.desk = gateway, trials.desk
        signaling = SignalingServer(
            gateway,
            clock,
            origin_allowed=same_origin(settings.server.public_url, first.is_other),
            credentials=entry.browser,
        )
        checks, watch = look_after(stack, home, stage, journal, clock, engine, listeners)
        checks.add("standby", standby(first.trouble))
        webhooks = await tell_receivers(stack, settings, home, clock, journal, stage, checks)
        api = Api(halls, signer, clock, checks, entry.url_of, entry.browser, entry.settled)
        trial_api = TrialApi(
            api, halls, trials.store, trials.reports, trials.desk.still, _links_of(home), clock
        )
        whip = WhipApi(stage.sessions, signer, clock, trials.desk.ice)
        doors = DoorApi(api, halls, _doors_of(home), _posters)
        displays = DisplayApi(api, halls, _displays_of(home))
        embed = EmbedPages(read_page(place), halls, stage.sessions, signer, clock)
        html = Html(find_assets(place))
        checkin = _checkin(halls, signer, clock, html)
        privacy = PrivacyPage(html, lambda: _told(settings, halls, office))
        counts = AttendanceApi(api, halls, Courses(journal, clock), HeadcountReports())
        minutes = _minutes(api, halls, journal, sealer)
        recorded = RecordingsApi(
            api,
            Recordings(home, clock.monotonic),
            stage.state,
            noting(stage, stage.submit, journal, clock),
        )
        watched = watching(settings, home, api, halls, place)
        organizer = OfficeApi(
            office,
            signer,
            clock,
            journal,
            minutes,
            recorded,
            _Sheets(),
            lambda asked: base_for(home, asked),
            entry.browser,
            entry.people.browsers,
            entry.settled,
        )
        await _tell_takeover(first, halls, clock)
        hosts = served_names(settings, listeners)
        feed = Feed(home, first, trials.store, clock, hosts.names)
        first.end_line = feed.close
        requests = Requests(clock.monotonic)
        gauges = Gauges(
            plane=engine,
            pair=first,
            requests=requests,
            connections=lambda: len(signaling),
            pressure=lambda: watch.gauge.level,
            writes=writes,
            failures=lambda: journal.failures,
            listeners=listeners,
            folder=home.path,
            counter=counter,
            receivers=webhooks.standings,
        )
        metrics = await tell_prometheus(stack, settings, gauges, halls, checks, clock, hosts)
        parts: list[Part] = [
            api,
            trial_api,
            whip,
            doors,
            displays,
            embed,
            *checkin,
            counts,
            minutes,
            CommandApi(api, gateway, clock),
            recorded,
            watched,
            organizer,
            privacy,
            Description(),
            feed,
            metrics,
        ]
        parts += entry.parts(api)
        app = make_app(
            parts,
            signaling,
            place,
            hosts,
            strict_name(settings),
            entry.cookies.greet,
            first,
            requests,
            settings.server.embed_origins,
        )
        urls = await listen(stack, app, listeners, proxies=settings.server.proxies)
        _remember(home, clock, urls)
        log.info("- ready", url=urls[0], conferences=len(halls), pid=os.getpid())
        yield Server(urls, read_links(home), failed, first)


def _counter(stack: AsyncExitStack, settings: Settings, clock: Clock) -> Counter | None:
    """None: no camera is looked at."""
    if not settings.headcount.camera:
        return None
    counter = Counter(settings.headcount.detector, clock)
    running = asyncio.create_task(counter.run(), name="camera counter")
    stack.push_async_callback(_cancel, running)
    return counter


async def _stage(
    stack: AsyncExitStack,
    settings: Settings,
    home: DataDir,
    journal: SqliteJournal,
    clock: Clock,
    engine: Engine,
    failed: asyncio.Event,
    counter: Counter | None,
) -> Stage:
    parts = Parts(
        journal=journal,
        engine=engine,
        clock=clock,
        secret_id=_secret_id,
        failed=failed.set,
        counter=counter,
        interval_s=settings.headcount.interval_s,
        recordings=Recordings(home, clock.monotonic),
        broadcasts=Aired(home),
        outlet=outlet_of(settings, home),
        steady=lambda: not getattr(clock, "held_ms", 0),
    )
    stage = Stage(parts)
    stack.push_async_callback(stage.stop)
    return stage


def _first(
    stack: AsyncExitStack,
    settings: Settings,
    home: DataDir,
    clock: Clock,
    record: Record | None,
) -> First:
    """Before anything is written to the journal. Raises DataError."""
    key = read_link_key(home)
    assert key is not None  # the book has made it
    turn = _turn(settings)
    keep_settings(home, settings, turn.secret.decode() if turn is not None else "")
    first = First(
        home, record or new_record(clock.now()), clock, Fences(key), settings.server.standby
    )
    first.ask_other = lambda: ask_other(home, first.record.peer)
    running = asyncio.create_task(first.run(), name="standby watch")
    stack.push_async_callback(_cancel, running)
    return first


async def _tell_takeover(first: First, halls: Mapping[str, Hall], clock: Clock) -> None:
    """The journals say that another server goes on, before anybody is here."""
    taken = first.record.taken
    if taken is None:
        return
    away = clock.now() - taken.heard_at if taken.heard_at is not None else None
    note = NoteTakeover(
        why=taken.why,
        epoch=first.rules.epoch.number,
        server=taken.server,
        by=taken.by,
        away_ms=max(0, away) if away is not None else None,
    )
    if await note_takeover(halls, note):
        first.takeover_told()


def _engine(settings: Settings, clock: Clock, home: DataDir) -> Engine:
    udp = UdpPlan(
        addresses=tuple(settings.media.addresses),
        ports=media_ports(settings.media),
        announced=tuple(settings.media.announced),
    )
    if settings.media.workers:
        return EmbeddedEngine(clock, udp=udp, cache=home.cache)
    # Imported here alone: without it a start, and a recovery, is a second shorter.
    from vicon.media.inprocess import InProcessEngine

    return InProcessEngine(clock, udp=udp, cache=home.cache)


async def _close_engine(engine: Engine, starting: asyncio.Task[None]) -> None:
    await _cancel(starting)
    await engine.close()


def _keep(
    stack: AsyncExitStack,
    clock: Clock,
    halls: Mapping[str, Hall],
    office: Office,
    keeping: Keeping,
) -> None:
    keeper = Keeper(halls, keeping, office.keeps, clock)
    running = asyncio.create_task(keeper.run(), name="retention")
    stack.push_async_callback(_cancel, running)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _new_id() -> str:
    return secrets.token_urlsafe(9)


def _secret_id() -> str:
    """For what must not be guessed: 144 bits."""
    return secrets.token_urlsafe(18)


class _Trials(Struct, frozen=True):
    """The parts of trial calls that others need."""

    desk: TrialDesk
    store: SqliteTrials
    reports: RunReports


async def _trials(
    stack: AsyncExitStack,
    settings: Settings,
    home: DataDir,
    clock: Clock,
    stage: Stage,
    engine: Engine,
) -> _Trials:
    store = await SqliteTrials.open(home)
    stack.push_async_callback(store.close)
    tools = Tools(
        engine=engine,
        clock=clock,
        turn=await asyncio.to_thread(_turn, settings),
        examine=_examine,
        fidelity=_fidelity,
        load_turn=asyncio.Lock(),
        hold_s=settings.trial.hold_s,
    )
    setup = Setup(
        tools=tools,
        store=store,
        limits=settings.trial.thresholds,
        versions=(("vicon", __version__), ("Python", platform.python_version())),
        new_id=_new_id,
    )
    desk = TrialDesk(stage.trials, setup)
    await desk.start()
    stack.push_async_callback(desk.stop)
    return _Trials(desk, store, RunReports(lambda id: stage.halls[id].actor.state.plan))


def _turn(settings: Settings) -> TurnSettings | None:
    """Raises SpokenError when the secret's file cannot be read."""
    turn = settings.turn
    if not turn.urls:
        return None
    secret = secret_of("TURN", turn.secret, turn.secret_file, TURN)
    return TurnSettings(urls=tuple(turn.urls), secret=secret.encode(), ttl_s=turn.ttl_s)


# Imported where they are called, as OpenCV and the typesetter are: without them a start, and a
# recovery, is half a second shorter.


def _examine(collected: Collected, chirps: bool, moves: bool | None) -> Examined:
    from vicon.vision.examine import examine

    return examine(collected, chirps, moves)


def _fidelity(mark: int, luma: bytes, width: int, height: int) -> Fidelity:
    """Of grey bytes of full range, as the wire has them. Raises ValueError when they do not fit."""
    from vicon.measure.picture import fidelity_of_grey

    return fidelity_of_grey(mark, luma, width, height)


def _links_of(home: DataDir) -> Callable[[str], list[tuple[str, str]]]:
    """The test links of a conference, by room."""

    def links(conference: str) -> list[tuple[str, str]]:
        return [
            (link.room or "", link.url)
            for link in read_links(home)
            if link.conference == conference and link.role == "tester"
        ]

    return links


def _doors_of(home: DataDir) -> Callable[[str, str], list[DoorLink]]:
    """The doors of a conference, where the server was asked under an address."""

    def links(conference: str, asked: str) -> list[DoorLink]:
        return [link for link in read_door_links(home, asked) if link.conference == conference]

    return links


def _displays_of(home: DataDir) -> Callable[[str, str], list[Link]]:
    """The displays of a conference's halls, where the server was asked under an address."""

    def links(conference: str, asked: str) -> list[Link]:
        return [one for one in read_display_links(home, asked) if one.conference == conference]

    return links


def _posters(plan: Plan, doors: Mapping[str, str]) -> bytes:
    # Imported here: the typesetter costs a start a tenth of a second.
    from vicon.report import poster

    return poster.pdf(poster.posters(plan, doors))


class _Sheets:
    """What the organizer prints and sends out."""

    def join(self, plan: Plan, links: Mapping[str, tuple[str, int, bool]]) -> bytes:
        from vicon.report import poster

        return poster.join_pdf(poster.join_sheets(plan, links))

    def doors(self, plan: Plan, links: Mapping[str, str]) -> bytes:
        return _posters(plan, links)

    def table(self, plan: Plan, rows: Sequence[LinkRow], lang: Language) -> bytes:
        from vicon.report import linksheet

        return linksheet.sheet(plan, rows, lang)


def _checkin(
    halls: Mapping[str, Hall], signer: Signer, clock: Clock, html: Html
) -> list[CheckinPages | CheckinData]:
    gate = Gate(halls, signer, clock)
    return [CheckinPages(gate, html, _secret_id), CheckinData(gate)]


def _told(settings: Settings, halls: Mapping[str, Hall], office: Office) -> Told:
    """What the privacy page says of this server."""
    return Told(
        conferences=list(office.keeps().values()),
        cameras=settings.headcount.camera,
        pact=any(hall.actor.state.pact.document for hall in halls.values()),
        turn=bool(settings.turn.urls),
    )


def _minutes(api: Api, halls: Mapping[str, Hall], journal: Journal, sealer: Sealer) -> MinutesApi:
    async def read(conference: str) -> Minutes:
        return await read_minutes(journal, conference)

    return MinutesApi(api, halls, read, SessionDocuments(sealer))


def _remember(home: DataDir, clock: Clock, urls: Sequence[str]) -> None:
    port = int(urls[0].rsplit(":", 1)[1])
    info = ServerInfo(
        url=urls[0], port=port, pid=os.getpid(), started=clock.now(), urls=tuple(urls)
    )
    home.write_server(info)
