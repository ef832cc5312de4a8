"""The open ports of a server: by which names it is asked, its connections' bounds, its
certificates."""

from __future__ import annotations

import asyncio
import os
import resource
import socket
from collections.abc import Sequence
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

from aiohttp import web
from msgspec import Struct
from msgspec.structs import replace

from vicon.config import Settings
from vicon.ops.net import announcements, lan_addresses
from vicon.ops.rotation import Rotation
from vicon.ops.words import SpokenError, Words
from vicon.web.crowd import Bounds
from vicon.web.edge import EdgeRunner
from vicon.web.hosts import Hosts
from vicon.web.listening import Context, Listening
from vicon.web.proxies import Proxies

SHUTDOWN_SECONDS = 10.0
KEPT_FILES = 256
"""Descriptors for everything but connections."""
LEAST_CONNECTIONS = 128


class Listener(Struct, frozen=True, kw_only=True):
    """Where to be reached; `tls` None: plain HTTP."""

    host: str
    port: int
    tls: Rotation | None = None


class CannotListen(SpokenError):
    """An address or port is not to be had."""


def served_names(settings: Settings, listeners: Sequence[Listener]) -> Hosts:
    """By configuration, and those of this machine."""
    server = settings.server
    public = urlsplit(server.public_url).hostname
    outside = [address for address, _ in announcements(settings.media.announced).values()]
    return Hosts(
        [
            *server.hosts,
            *([public] if public else []),
            *outside,
            *(listener.host for listener in listeners),
            *map(str, lan_addresses()),
            socket.gethostname(),
            f"{socket.gethostname()}.local",
        ]
    )


def strict_name(settings: Settings) -> str:
    """The name under which browsers are to come by TLS alone: the public one, with a certificate
    that is not of vicon's own authority (an administrator's, or a proxy's). Else empty."""
    server = settings.server
    public = urlsplit(server.public_url)
    trusted = server.tls in ("files", "off") and public.scheme == "https"
    return (public.hostname or "") if trusted else ""


def certificate_trouble(listeners: Sequence[Listener]) -> Words | None:
    """Why a new certificate was not taken; the one before stays."""
    found = [one.tls.trouble for one in listeners if one.tls is not None and one.tls.trouble]
    return found[0] if found else None


async def listen(
    stack: AsyncExitStack,
    app: web.Application,
    listeners: Sequence[Listener],
    bounds: Bounds | None = None,
    proxies: Sequence[str] = (),
) -> list[str]:
    """The URL of each listener. `proxies`: see config.Server. Raises CannotListen."""
    behind = Proxies(proxies)
    runner = EdgeRunner(app, bounds or _bounds(), behind, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    for rotation in {id(one.tls): one.tls for one in listeners if one.tls}.values():
        watching = asyncio.create_task(rotation.watch(), name="certificate")
        stack.push_async_callback(_cancel, watching)
    urls: list[str] = []
    free: int | None = None
    for listener in listeners:
        port = listener.port or free or 0  # port 0: the first one found, on all addresses
        try:
            listening = Listening(listener.host, port, _context(listener), runner.edge)
        except OSError as error:
            raise _cannot_listen(listener, port, error) from error
        listening.start()
        stack.push_async_callback(listening.stop)
        free = listening.port
        urls.append(_url(listener, free))
    return urls


def _bounds() -> Bounds:
    """As many connections as there are descriptors for."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    usual = Bounds()
    most = max(LEAST_CONNECTIONS, files - KEPT_FILES)
    if files == resource.RLIM_INFINITY or most >= usual.connections:
        return usual
    return replace(usual, connections=most, waiting=min(usual.waiting, most // 2))


def _context(listener: Listener) -> Context | None:
    rotation = listener.tls
    return None if rotation is None else lambda: rotation.context


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


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
