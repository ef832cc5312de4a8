"""Headers of WHIP and WHEP: what is asked in them, and what is told."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aiohttp import web

from signaling.messages import IceServer

SDP = "application/sdp"
FRAGMENT = "application/trickle-ice-sdpfrag"
LABEL_CHARS = 64
_TAG = re.compile(r'\s*(\*|(?:W/)?"[\x21\x23-\x7e]*")\s*(?:,|$)')
_PRODUCT = re.compile(r"[A-Za-z][A-Za-z0-9+._-]*/[0-9][A-Za-z0-9+._-]*")
_NOT_SAYING = ("Mozilla", "AppleWebKit", "Safari", "Gecko")
_ASKED = "Authorization, Content-Type, ETag, If-Match"
"""ETag: a widespread client sends its entity-tag so; it is told 428 rather than nothing."""
_TOLD = (
    "Accept-Patch, Accept-Post, Access-Control-Allow-Methods, ETag, Link, Location, Retry-After, "
    "WWW-Authenticate"
)


def if_match(request: web.Request) -> Sequence[str]:
    """Entity-tags of If-Match (RFC 9110, section 13.1.1); "*" alone for any. The RFC's own examples
    write it in quotation marks. Empty: there is none that could be read."""
    text = ",".join(request.headers.getall("If-Match", []))
    found, at = [], 0
    while at < len(text):
        match = _TAG.match(text, at)
        if match is None:
            return []
        found.append(match[1])
        at = match.end()
    return ["*" if tag == '"*"' else tag for tag in found]


def label(request: web.Request) -> str:
    """What the others see: the protocol and the program, by its User-Agent."""
    agent = request.headers.get("User-Agent", "")
    products = [p for p in _PRODUCT.findall(agent) if not p.startswith(_NOT_SAYING)]
    protocol = "WHIP" if request.path.startswith("/whip/") else "WHEP"
    return " ".join([protocol, *products[:1]])[:LABEL_CHARS]


def add_links(response: web.StreamResponse, servers: Sequence[IceServer]) -> None:
    """TURN servers with their credentials (RFC 9725, section 4.6), one header for each address."""
    for server in servers:
        for url in server.urls:
            link = f'<{url}>; rel="ice-server"; username={_quoted(server.username)}'
            link += f'; credential={_quoted(server.credential)}; credential-type="password"'
            response.headers.add("Link", link)


def _quoted(text: str) -> str:
    """RFC 9110, section 5.6.4."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def explain(response: web.StreamResponse, code: str, allowed: str) -> None:
    """What a refusal has to name in a header."""
    if code == "no_token":
        response.headers["WWW-Authenticate"] = 'Bearer realm="vicon"'
    elif response.status == 401:  # RFC 6750, section 3
        response.headers["WWW-Authenticate"] = 'Bearer realm="vicon", error="invalid_token"'
    elif response.status == 403:
        response.headers["WWW-Authenticate"] = 'Bearer realm="vicon", error="insufficient_scope"'
    elif response.status == 405:
        response.headers["Allow"] = allowed
    elif code == "want_sdp":
        response.headers["Accept-Post"] = SDP
    elif code == "want_fragment":  # RFC 5789, section 2.2
        response.headers["Accept-Patch"] = FRAGMENT


def open_to_all(response: web.StreamResponse, allowed: str) -> None:
    """CORS: a page of any site may ask; what it may do hangs on its token, never on a cookie."""
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Allow-Methods"] = allowed
    headers["Access-Control-Allow-Headers"] = _ASKED
    headers["Access-Control-Expose-Headers"] = _TOLD
    headers["Access-Control-Max-Age"] = "86400"
    headers["Cache-Control"] = "no-store"
