"""The aiohttp application: pages, API and the WebSocket, put together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from signaling.server import SignalingServer
from vicon.web import headers, pages
from vicon.web.api import Api
from vicon.web.trials import TrialApi
from vicon.web.whip import WhipApi

MAX_BODY = 64 * 1024


def same_origin(public_url: str) -> Callable[[str | None, str], bool]:
    """Whether a WebSocket's Origin is our own: the host that was asked, or the public address.
    Programs that are no browsers send none; tokens, not origins, say who they are."""
    public = urlsplit(public_url).netloc

    def allowed(origin: str | None, host: str) -> bool:
        if origin is None:
            return True
        found = urlsplit(origin).netloc
        return bool(found) and found in (host, public)

    return allowed


def make_app(
    api: Api, trials: TrialApi, whip: WhipApi, signaling: SignalingServer, place: Path
) -> web.Application:
    """`place`: the built web client (pages.assets)."""
    app = web.Application(client_max_size=MAX_BODY)
    app.on_response_prepare.append(headers.secure)
    app.add_routes(pages.routes(place))
    app.add_routes(api.routes())
    app.add_routes(trials.routes())
    app.add_routes(whip.routes())
    app.router.add_get("/ws", signaling.handle)

    async def farewell(_app: web.Application) -> None:
        await signaling.stop()

    app.on_shutdown.append(farewell)
    return app
