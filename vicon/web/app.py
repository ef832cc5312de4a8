"""The aiohttp application: pages, API and the WebSocket, put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from aiohttp import web

from signaling.server import SignalingServer
from vicon.web import headers, pages
from vicon.web.edge import LASTING, guarding
from vicon.web.hosts import Hosts
from vicon.web.pair import Pair, settling, sharing
from vicon.web.requests import Requests, told

MAX_BODY = 64 * 1024


class Part(Protocol):
    """Handlers with their addresses."""

    def routes(self) -> list[web.AbstractRouteDef]: ...


def same_origin(
    public_url: str, others: Callable[[str], bool] = lambda _origin: False
) -> Callable[[str | None, str], bool]:
    """Whether a WebSocket's Origin is our own: the host that was asked, or the public address; or
    that of the `others`, a second server of ours. Programs that are no browsers send none; tokens,
    not origins, say who they are."""
    public = urlsplit(public_url).netloc

    def allowed(origin: str | None, host: str) -> bool:
        if origin is None:
            return True
        found = urlsplit(origin).netloc
        return bool(found) and (found in (host, public) or others(origin))

    return allowed


def make_app(
    parts: Sequence[Part],
    signaling: SignalingServer,
    place: Path,
    hosts: Hosts,
    strict_transport: str = "",
    greet: Callable[[web.Request, web.StreamResponse], None] = lambda _, __: None,
    pair: Pair | None = None,
    requests: Requests | None = None,
    embed_origins: Sequence[str] = (),
) -> web.Application:
    """`place`: the built web client (pages.assets); `strict_transport`: the name under which there
    is nothing but TLS, for ever; `greet`: see pages.routes; `pair`: None where there can be no
    second server; `requests`: who counts them; `embed_origins`: sites that
    may show the programme in a page of theirs."""
    middlewares = [guarding(hosts)]
    if requests is not None:
        middlewares.insert(0, requests.following(LASTING))
    if pair is not None:
        middlewares += [sharing(pair), settling(pair)]
    app = web.Application(client_max_size=MAX_BODY, middlewares=middlewares)
    app.on_response_prepare.append(headers.secure)
    app.on_response_prepare.append(told)
    if pair is not None:
        app.on_response_prepare.append(headers.reaching(pair.servers))
    if embed_origins:
        app.on_response_prepare.append(headers.framed(embed_origins))
    if strict_transport:
        app.on_response_prepare.append(headers.strict_transport(strict_transport))
    app.add_routes(pages.routes(place, greet))
    for part in parts:
        app.add_routes(part.routes())
    app.router.add_get("/ws", signaling.handle)

    async def farewell(_app: web.Application) -> None:
        await signaling.stop()
        if pair is not None:
            await pair.close()  # last, so that the second server has what came in meanwhile

    app.on_shutdown.append(farewell)
    return app
