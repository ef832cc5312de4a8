"""Two servers of one office, at the edge: a page of the one may ask the other, and what an answer
says is done is at both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol

from aiohttp import web
from msgspec import Struct

ASKS = ("/api/v1/", "/readyz", "/healthz")
"""What a page asks by fetch()."""
CHANGING = ("POST", "PUT", "PATCH", "DELETE")
KEEP_S = "600"


class State(Struct, frozen=True, kw_only=True):
    """What a server answers to the other, when that is being started."""

    holder: str
    part: Literal["first", "standby"]
    number: int
    fenced: bool
    heir: str = ""
    heir_number: int = 0
    """Where fenced: by whom, and in which epoch. Who hands over says so before it is over."""


class Pair(Protocol):
    """The second server."""

    def servers(self) -> Sequence[str]:
        """Its origins, to which pages of this server may speak."""
        ...

    def is_other(self, origin: str) -> bool:
        """A page of this origin is one of the second server."""
        ...

    async def settle(self) -> bool:
        """Returns when what has changed until now is there too, or need not be; false: nobody can
        say that any more, since this server stops or was replaced."""
        ...

    async def close(self) -> None:
        """This server stops."""
        ...


def sharing(pair: Pair) -> Any:
    """Middleware: CORS for pages of the second server alone, which carry their token in a header;
    nothing here goes by cookies."""

    @web.middleware
    async def share(request: web.Request, handler: Any) -> web.StreamResponse:
        origin = request.headers.get("Origin", "")
        if not origin or not request.path.startswith(ASKS) or not pair.is_other(origin):
            return await handler(request)  # type: ignore[no-any-return]
        if request.method == "OPTIONS":
            answer: web.StreamResponse = web.Response(status=204)
            answer.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, PATCH, DELETE"
            answer.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, If-Match"
            answer.headers["Access-Control-Max-Age"] = KEEP_S
        else:
            answer = await handler(request)
        answer.headers["Access-Control-Allow-Origin"] = origin
        answer.headers["Access-Control-Expose-Headers"] = "Content-Disposition, ETag, Retry-After"
        answer.headers.add("Vary", "Origin")
        return answer

    return share


def settling(pair: Pair) -> Any:
    """Middleware: a change that is answered has reached the second server."""

    @web.middleware
    async def settle(request: web.Request, handler: Any) -> web.StreamResponse:
        answer: web.StreamResponse = await handler(request)
        if request.method in CHANGING and answer.status < 400 and not await pair.settle():
            raise web.HTTPServiceUnavailable
        return answer

    return settle
