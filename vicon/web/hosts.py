"""By which names the server is known. A page that leads a browser here under a name of its own (DNS
rebinding) would share that page's origin with us; so other names are refused."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

_ALWAYS = ("localhost", "127.0.0.1", "::1")
_PROBES = ("/healthz", "/readyz")
"""A load balancer's probe may be of HTTP/1.0, without a Host."""


class Hosts:
    """`names`: names and addresses besides localhost; those under which a connection has come to
    this machine count by themselves."""

    def __init__(self, names: Iterable[str]) -> None:
        self._known = frozenset(filter(None, map(_plain, (*_ALWAYS, *names))))

    def names(self) -> list[str]:
        """Those by configuration and of this machine, without localhost."""
        return sorted(self._known - set(_ALWAYS))

    def objection(self, request: web.Request) -> int | None:
        """The status with which the request is refused; None: it is meant for us."""
        asked = request.headers.getall("Host", [])
        if not asked and request.path in _PROBES:
            return None
        if len(asked) != 1:  # RFC 9112, section 3.2
            return 400
        named = [asked[0]]
        if not request.raw_path.startswith("/"):
            named.append(urlsplit(request.raw_path).netloc)  # absolute-form: section 3.2.2
        for host in named:
            found = _hostname(host)
            if found is None:
                return 400
            if found not in self._known and found != _reached(request):
                return 421
        return None


def _hostname(authority: str) -> str | None:
    """Without the port; None: it is none."""
    if not authority or set(authority) & set("/\\@?# \t,;<>\"'"):
        return None
    try:
        parts = urlsplit(f"//{authority}")
        return _plain(parts.hostname or "") if parts.port is None or parts.port else None
    except ValueError:
        return None


def _reached(request: web.Request) -> str:
    """The address of this machine by which the request came."""
    name = request.transport.get_extra_info("sockname") if request.transport else None
    return _plain(str(name[0])) if isinstance(name, tuple) else ""


def _plain(host: str) -> str:
    """As it is compared: names in small letters, addresses in their short form."""
    host = host.strip().strip("[]").rstrip(".").lower()
    try:
        return str(ip_address(host.partition("%")[0]))
    except ValueError:
        return host
