"""TURN servers with credentials that end by themselves.

draft-uberti-behave-turn-rest-00: the user name is the expiry in Unix seconds and a name, the
credential the base64 HMAC-SHA-1 of it under a secret that coturn knows as static-auth-secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import quote

from msgspec import Struct

from signaling.trial import IceServer, PathName


class TurnSettings(Struct, frozen=True, kw_only=True):
    urls: tuple[str, ...]
    """RFC 7065: turn:host:port?transport=udp, turns:host:443?transport=tcp."""
    secret: bytes
    ttl_s: int

    def __repr__(self) -> str:
        return f"TurnSettings(urls={self.urls!r}, secret=..., ttl_s={self.ttl_s})"


def credentials(secret: bytes, name: str, expires: int) -> tuple[str, str]:
    """User name and credential; `expires` in Unix seconds."""
    username = f"{expires}:{quote(name, safe='')}"
    digest = hmac.new(secret, username.encode(), hashlib.sha1).digest()
    return username, base64.b64encode(digest).decode()


def servers(settings: TurnSettings | None, name: str, now_ms: int) -> list[IceServer]:
    """All of them, as a browser takes them; empty when none is configured."""
    if settings is None:
        return []
    return [_server(settings, settings.urls, name, now_ms)]


def for_path(
    settings: TurnSettings | None, path: PathName, name: str, now_ms: int
) -> list[IceServer]:
    """Those by which this path goes; empty for `udp`, and when none is configured."""
    if settings is None:
        return []
    urls = tuple(url for url in settings.urls if path_of(url) == path)
    return [_server(settings, urls, name, now_ms)] if urls else []


def path_of(url: str) -> PathName:
    """By what a URL's server is reached (RFC 7065, section 3.2: udp unless told, turns is TLS)."""
    scheme, _, rest = url.partition(":")
    if scheme == "turns":
        return "turn_tls"
    return "turn_tcp" if rest.endswith("transport=tcp") else "turn_udp"


def _server(settings: TurnSettings, urls: tuple[str, ...], name: str, now_ms: int) -> IceServer:
    username, credential = credentials(settings.secret, name, now_ms // 1000 + settings.ttl_s)
    return IceServer(urls=list(urls), username=username, credential=credential)
