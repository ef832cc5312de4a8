"""`GET /metrics`: on a listener of its own, and on the server's with a token. Never open to the
world: without a setting there is neither."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack

import structlog
from aiohttp import web
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector, CollectorRegistry

from vicon.app.gateway import Hall
from vicon.app.guesses import Guesses
from vicon.config.secret import METRICS, secret_of
from vicon.config.settings import Metrics as MetricsSettings
from vicon.gauges import Gauges
from vicon.listeners import Listener, listen
from vicon.metrics import rooms, server
from vicon.ops.checks import Checks
from vicon.ops.links import BadToken
from vicon.ops.words import SpokenError
from vicon.ports import Clock
from vicon.web import headers
from vicon.web.api import bearer, untrusted
from vicon.web.crowd import Bounds
from vicon.web.edge import guarding
from vicon.web.hosts import Hosts
from vicon.web.metrics import PATH, MetricsRoute

BOUNDS = Bounds(connections=16, address=16, waiting=16, waiting_address=16)
"""Of its own listener: Prometheus, and somebody who looks."""
SHORTEST = 16
"""Characters of a token."""
log = structlog.get_logger("vicon.metrics")


class Metrics:
    """`token` empty: whoever reaches the listener of its own may read."""

    def __init__(
        self,
        gauges: Gauges,
        halls: Mapping[str, Hall],
        checks: Checks,
        clock: Clock,
        token: str,
    ) -> None:
        self._gauges, self._halls, self._checks = gauges, halls, checks
        self._clock, self._token = clock, token
        self._guesses = Guesses(clock)
        self._alone = asyncio.Lock()

    async def read(self, request: web.Request) -> web.StreamResponse:
        try:
            self._look_at(request)
        except BadToken as error:
            return untrusted(self._guesses.told(error, request.remote))
        encode, kind = choose_encoder(request.headers.get("Accept", ""))
        async with self._alone:  # one after the other: who asks twice at once costs no more
            body = await asyncio.to_thread(encode, _registry(await self._families()))
        return web.Response(body=body, headers={"Content-Type": kind, "Cache-Control": "no-store"})

    def _look_at(self, request: web.Request) -> None:
        """Raises BadToken."""
        if self._token and not hmac.compare_digest(bearer(request).encode(), self._token.encode()):
            raise BadToken("not the token of the metrics")

    async def _families(self) -> list[Metric]:
        gauges, checks = self._gauges, await self._checks.look()
        found = [
            *rooms.families(self._halls, self._clock.now()),
            *server.families(gauges, checks),
        ]
        processes = server.pids(gauges)
        return found + await asyncio.to_thread(lambda: [*server.machine(gauges.folder, processes)])


async def start(
    stack: AsyncExitStack,
    settings: MetricsSettings,
    gauges: Gauges,
    halls: Mapping[str, Hall],
    checks: Checks,
    clock: Clock,
    hosts: Hosts,
) -> MetricsRoute:
    """What belongs on the server's own addresses. Raises CannotListen, SpokenError for a token that
    cannot be read, or is too short to keep anybody out."""
    token = secret_of("metrics", settings.token, settings.token_file, METRICS)
    if token and len(token) < SHORTEST:
        raise SpokenError(
            f"Token metrics terlalu pendek: paling sedikit {SHORTEST} huruf.",
            f"The metrics token is too short: at least {SHORTEST} characters.",
        )
    metrics = Metrics(gauges, halls, checks, clock, token)
    if settings.port:
        app = web.Application(middlewares=[guarding(hosts)])
        app.on_response_prepare.append(headers.secure)
        app.router.add_get(PATH, metrics.read)
        (url,) = await listen(
            stack, app, [Listener(host=settings.listen, port=settings.port)], BOUNDS
        )
        log.info("- metrics", url=f"{url}{PATH}")
    return MetricsRoute(metrics.read if token else None)


class _Found(Collector):
    """Families that were collected already."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _registry(families: list[Metric]) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_Found(families))
    return registry
