"""Each HTTP request has an id, in the log and in its answer, and is counted by its route."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from aiohttp import web

from vicon.ops import trace
from vicon.ops.spread import Spread

HEADER = "X-Request-Id"
ID = web.RequestKey("request id", str)
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_GONE = 499
"""The asker went away before there was an answer; no status of HTTP, but a usual one."""


class Began(NamedTuple):
    at: float
    monotonic: Callable[[], float]
    """Seconds."""

    def ms(self) -> float:
        """Since then."""
        return round(1000 * (self.monotonic() - self.at), 1)


BEGAN = web.RequestKey("when its header came", Began)


class Kind(NamedTuple):
    """What is counted together; bounded by routes, methods and the statuses that we give."""

    method: str
    route: str
    status: int


class Requests:
    """`monotonic`: seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self.counts: Counter[Kind] = Counter()
        self.seconds = Spread()
        """From a request's header to its answer; not of those that last."""

    def following(self, lasting: tuple[str, ...]) -> Any:
        """Middleware, the outermost. `lasting`: paths of requests that are served for as long as
        they last."""

        @web.middleware
        async def follow(request: web.Request, handler: Any) -> web.StreamResponse:
            id = request[ID] = trace.taken(request.headers.get(HEADER))
            began, status = self._monotonic(), 500
            request[BEGAN] = Began(began, self._monotonic)
            try:
                with trace.following(id):
                    answer: web.StreamResponse = await handler(request)
                status = answer.status
                return answer
            except web.HTTPException as error:
                status = error.status
                raise
            except asyncio.CancelledError:
                status = _GONE
                raise
            finally:
                self.counts[_kind(request, status)] += 1
                if request.path not in lasting:
                    self.seconds.note(self._monotonic() - began)

        return follow


async def told(request: web.Request, answer: web.StreamResponse) -> None:
    """Signal on_response_prepare: who asked can name the request."""
    if ID in request:
        answer.headers[HEADER] = request[ID]


def _kind(request: web.Request, status: int) -> Kind:
    resource = request.match_info.route.resource
    route = resource.canonical if resource is not None else "none"
    method = request.method if request.method in _METHODS else "other"
    return Kind(method, route, status)
