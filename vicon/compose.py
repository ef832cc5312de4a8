"""The composition root: the only place that knows every part. One list of how all is built.

Closing goes the other way round; see docs/closing.md.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol

import structlog
from aiohttp import web
from msgspec import Struct

from signaling.server import SignalingServer
from vicon.app.actor import ConferenceActor
from vicon.app.gateway import Gateway, Hall
from vicon.app.reconcile import Reconciler
from vicon.config import Settings, grants, plans
from vicon.media.engine import EmbeddedEngine
from vicon.ops.data import DataDir, ServerInfo
from vicon.ops.links import Claims, Link, issue_links, read_links
from vicon.ops.words import SpokenError
from vicon.ports import Clock, MediaEngine
from vicon.store.sqlite import SqliteJournal
from vicon.web import pages
from vicon.web.api import Api
from vicon.web.app import make_app, same_origin

DAY_MS = 86_400_000
LEAST_DISK = 50 << 20
"""Bytes free below which the server says that it is not ready."""
SHUTDOWN_SECONDS = 10.0

log = structlog.get_logger("vicon")


class Listener(Struct, frozen=True, kw_only=True):
    """Where to be reached; `tls` None: plain HTTP."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None


class Engine(MediaEngine, Protocol):
    """The port's implementations here, as their owner sees them."""

    @property
    def ready(self) -> bool: ...

    async def start(self) -> None: ...


class CannotListen(SpokenError):
    """An address or port is not to be had."""


class Server:
    """A running vicon. `failed` is set when a part died that cannot be replaced: stop and start
    again, the journal brings everything back."""

    def __init__(self, urls: Sequence[str], links: Sequence[Link], failed: asyncio.Event) -> None:
        self.urls = urls
        """Of each listener, in their order."""
        self.links = links
        self.failed = failed


@asynccontextmanager
async def running(
    settings: Settings, home: DataDir, clock: Clock, listeners: Sequence[Listener]
) -> AsyncIterator[Server]:
    """Start all parts on a claimed data directory; stop them in order at the end.

    Raises SpokenError (JournalError, DataError,
    CannotListen, NoWebClient) when a part cannot start; what had started is closed again.
    """
    place = pages.assets()
    async with AsyncExitStack() as stack:
        journal = await SqliteJournal.open(home)
        stack.push_async_callback(journal.close)
        engine = _engine(settings, clock)
        failed = asyncio.Event()
        starting = asyncio.create_task(engine.start(), name="media start")
        stack.push_async_callback(_close_engine, engine, starting)
        actors = await _actors(stack, settings, journal, clock, failed)
        await starting  # begun before the journal was read: a recovery is the shorter for it
        halls = {actor.id: Hall(actor) for actor in actors}
        for hall in halls.values():
            reconciler = Reconciler(hall.actor, engine, clock, hall.media_restarted)
            reconciler.start()
            stack.push_async_callback(reconciler.stop)
        signer = issue_links(
            home,
            grants(settings),
            base=settings.server.public_url,
            now=clock.now(),
            lifetime_ms=settings.links.expiry_days * DAY_MS,
            secret=secrets.token_bytes,
        )
        gateway = Gateway(halls, signer, engine, clock, new_id=lambda: secrets.token_urlsafe(9))
        gateway.start()
        stack.push_async_callback(gateway.stop)
        signaling = SignalingServer(
            gateway, clock, origin_allowed=same_origin(settings.server.public_url)
        )
        api = Api(halls, signer, clock, _Health(home, actors, engine), _url_of(home))
        urls = await _listen(stack, make_app(api, signaling, place), listeners)
        _remember(home, clock, urls)
        log.info("- ready", url=urls[0], conferences=len(actors), pid=os.getpid())
        yield Server(urls, read_links(home), failed)


async def _actors(
    stack: AsyncExitStack,
    settings: Settings,
    journal: SqliteJournal,
    clock: Clock,
    failed: asyncio.Event,
) -> list[ConferenceActor]:
    actors = []
    for plan in plans(settings):
        actor = ConferenceActor(plan, journal, clock, failed.set)
        stack.push_async_callback(actor.stop)
        await actor.start()
        actors.append(actor)
    return actors


def _engine(settings: Settings, clock: Clock) -> Engine:
    addresses = list(settings.media.addresses) or None
    if settings.media.workers:
        return EmbeddedEngine(clock, addresses=addresses)
    # Imported here alone: without it a start, and a recovery, is a second shorter.
    from vicon.media.inprocess import InProcessEngine

    return InProcessEngine(clock, addresses=addresses)


async def _close_engine(engine: Engine, starting: asyncio.Task[None]) -> None:
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    await engine.close()


class _Health:
    """What is not ready, by part."""

    def __init__(self, home: DataDir, actors: Sequence[ConferenceActor], engine: Engine) -> None:
        self._home, self._actors, self._engine = home, actors, engine

    async def __call__(self) -> Mapping[str, str]:
        wrong = {a.id: "the conference has stopped" for a in self._actors if not a.alive}
        if not self._engine.ready:
            wrong["media"] = "the media worker is being started"
        usage = await asyncio.to_thread(shutil.disk_usage, self._home.path)
        if usage.free < LEAST_DISK:
            wrong["disk"] = f"{usage.free >> 20} MB free in the data directory"
        return wrong


def _url_of(home: DataDir) -> Callable[[Claims], str]:
    """The link that carries these claims."""

    def url(claims: Claims) -> str:
        link = next(
            link
            for link in read_links(home)
            if (link.conference, link.role, link.room, link.name)
            == (claims.conference, claims.role, claims.room, claims.name)
        )
        return link.url

    return url


async def _listen(
    stack: AsyncExitStack, app: web.Application, listeners: Sequence[Listener]
) -> list[str]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    urls: list[str] = []
    free: int | None = None
    for listener in listeners:
        port = listener.port or free or 0  # port 0: the first one found, on all addresses
        site = web.TCPSite(runner, listener.host, port, ssl_context=listener.tls)
        try:
            await site.start()
        except OSError as error:
            raise _cannot_listen(listener, port, error) from error
        free = runner.addresses[-1][1]
        urls.append(_url(listener, free))
    return urls


def _url(listener: Listener, port: int) -> str:
    host = f"[{listener.host}]" if ":" in listener.host else listener.host
    return f"{'https' if listener.tls else 'http'}://{host}:{port}"


def _cannot_listen(listener: Listener, port: int, error: OSError) -> CannotListen:
    where = f"{listener.host}:{port}"
    why = os.strerror(error.errno) if error.errno else str(error)
    return CannotListen(
        f"Tidak dapat membuka {where}: {why}. Pakai --port lain, atau hentikan program yang "
        "memakainya.",
        f"Cannot listen on {where}: {why}. Take another --port, or stop the program that has it.",
    )


def _remember(home: DataDir, clock: Clock, urls: Sequence[str]) -> None:
    port = int(urls[0].rsplit(":", 1)[1])
    home.write_server(ServerInfo(url=urls[0], port=port, pid=os.getpid(), started=clock.now()))
