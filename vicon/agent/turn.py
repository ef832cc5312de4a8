"""TURN servers as a program uses them, from the URIs that a browser would take (RFC 7065)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ssl import SSLContext, create_default_context

from signaling.messages import IceServer
from vicon.rtc.ice import TurnServer

_URI = re.compile(
    r"(?P<scheme>turns?):(?P<host>\[[0-9A-Fa-f:.]+\]|[^:?]+)(?::(?P<port>\d{1,5}))?"
    r"(?:\?transport=(?P<transport>udp|tcp))?"
)
_PORTS = {"turn": 3478, "turns": 5349}


def servers(ice: Sequence[IceServer], tls: SSLContext | None) -> list[TurnServer]:
    """Those that a program can use, in their order; `tls`: how to check certificates (None: as
    this machine does). TURN over DTLS is left out."""
    found = []
    for server in ice:
        for url in server.urls:
            made = _server(url, server, tls)
            if made is not None:
                found.append(made)
    return found


def _server(url: str, server: IceServer, tls: SSLContext | None) -> TurnServer | None:
    match = _URI.fullmatch(url)
    if match is None:
        return None
    secure = match["scheme"] == "turns"
    transport = match["transport"] or ("tcp" if secure else "udp")
    if secure and transport == "udp":
        return None
    return TurnServer(
        host=match["host"].strip("[]"),
        port=int(match["port"] or _PORTS[match["scheme"]]),
        transport="tcp" if transport == "tcp" else "udp",
        username=server.username,
        credential=server.credential,
        tls=(tls or create_default_context()) if secure else None,
    )
