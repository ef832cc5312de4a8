"""Headers of every answer: a strict policy, and caching by what a path can promise."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; media-src 'self' blob:; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
_UNFRAMED = "frame-ancestors 'none'"
EMBEDDED = "/embed/{conference}"
"""The one page that another site may show."""
STRICT_TRANSPORT = "max-age=31536000"
_FIXED = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    "X-Permitted-Cross-Domain-Policies": "none",
}


async def secure(request: web.Request, response: web.StreamResponse) -> None:
    """aiohttp signal: set what every answer carries."""
    put(response, request.path)


def reaching(
    servers: Callable[[], Sequence[str]],
) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """aiohttp signal, after `secure`: pages may speak to these origins too, as they stand now."""

    async def allow(_request: web.Request, response: web.StreamResponse) -> None:
        found = servers()
        if found:
            more = " ".join(f"{one} {one.replace('http', 'ws', 1)}" for one in found)
            policy = POLICY.replace("connect-src 'self'", f"connect-src 'self' {more}")
            response.headers["Content-Security-Policy"] = policy

    return allow


def framed(
    origins: Sequence[str],
) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """aiohttp signal, after `reaching`: these sites' pages may show the page that is made for it,
    and that one alone. X-Frame-Options knows no list, and browsers that know frame-ancestors do not
    look at it (CSP 3, section 6.4.2.2)."""
    who = f"frame-ancestors {' '.join(origins)}"

    async def allow(request: web.Request, response: web.StreamResponse) -> None:
        resource = request.match_info.route.resource
        if resource is not None and resource.canonical == EMBEDDED:
            policy = response.headers["Content-Security-Policy"]
            response.headers["Content-Security-Policy"] = policy.replace(_UNFRAMED, who)
            response.headers.popall("X-Frame-Options", None)

    return allow


def put(response: web.StreamResponse, path: str) -> None:
    """On an answer that no application prepares, too."""
    headers = response.headers
    headers["Server"] = "vicon"
    for name, value in _FIXED.items():
        headers.setdefault(name, value)
    if path.startswith("/assets/") and response.status in (200, 206, 304):
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:  # what a token opens is kept nowhere
        headers.setdefault("Cache-Control", "no-store" if path.startswith("/api/") else "no-cache")


def strict_transport(
    host: str,
) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """aiohttp signal: under this name, browsers are to come by TLS alone (RFC 6797). Only for a
    name with a certificate that browsers know: with the local authority's the warning could not
    be passed any more."""

    async def tell(request: web.Request, response: web.StreamResponse) -> None:
        if request.host.partition(":")[0].lower() == host:
            response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT

    return tell
