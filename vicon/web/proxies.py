"""Proxies in front of the server: what they say of who asks is believed of them alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


class Proxies:
    """`networks`: addresses and networks (CIDR) of the proxies. Raises ValueError for what is
    none."""

    def __init__(self, networks: Iterable[str] = ()) -> None:
        self._networks = [ip_network(one, strict=False) for one in networks]

    def trusts(self, address: str | None) -> bool:
        found = _address(address or "")
        return found is not None and any(found in network for network in self._networks)

    def client(self, peer: str | None, forwarded: Sequence[str]) -> str | None:
        """Who asks, by the values of X-Forwarded-For: each proxy adds at the end from whom it has
        the request, so the last address that is no proxy of ours counts; what stands before it may
        be anybody's invention. None: the peer itself."""
        if not self.trusts(peer):
            return None
        hops = [hop.strip() for value in forwarded for hop in value.split(",")]
        client = None
        for hop in reversed(hops):
            found = _address(hop)
            if found is None:
                break
            client = str(found)
            if not self.trusts(client):
                break
        return client


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Also with a port or brackets, as some proxies write it; None: it is none."""
    host = text.partition("%")[0]
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        return ip_address(host)
    except ValueError:
        return None
