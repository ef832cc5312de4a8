"""Addresses of this machine."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

import ifaddr

Address = IPv4Address | IPv6Address
Announced = Mapping[str, tuple[str, int | None]]
"""Local address, or "*4" and "*6" for all others of that family -> public address and port (None:
the same)."""
_PUBLIC = re.compile(
    r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<v4>[0-9.]+))(?::(?P<port>\d{1,5}))?"
    r"|(?P<plain>[0-9A-Fa-f:.]+)"
)


def lan_addresses() -> list[Address]:
    """Addresses by which other machines may reach this one: IPv4 first, no loopback, no
    link-local; in the order of the interfaces."""
    found: list[Address] = []
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            address = ip_address(ip.ip if isinstance(ip.ip, str) else ip.ip[0])
            if not (address.is_loopback or address.is_link_local or address.is_multicast):
                found.append(address)
    return sorted(dict.fromkeys(found), key=lambda address: address.version)


def in_url(address: Address) -> str:
    """As a host in a URL: an IPv6 address stands in brackets (RFC 3986 section 3.2.2)."""
    return f"[{address}]" if address.version == 6 else str(address)


def for_itself_alone(url: str) -> bool:
    """Whether no other machine can open the URL: a loopback or wildcard address, no host, or no
    URL at all."""
    try:
        host = urlsplit(url).hostname or "localhost"
    except ValueError:
        return True
    try:
        address = ip_address(host)
    except ValueError:  # a name
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def announcements(texts: Sequence[str]) -> Announced:
    """How this machine is reached from outside: "203.0.113.5", "203.0.113.5:40000",
    "[2001:db8::5]:40000", or for one local address "10.0.0.5=203.0.113.5". Raises ValueError."""
    found: dict[str, tuple[str, int | None]] = {}
    for text in texts:
        local, _, public = text.rpartition("=")
        match = _PUBLIC.fullmatch(public)
        if match is None:
            raise ValueError(f"not an address: {public[:60]!r}")
        address = ip_address(match["v6"] or match["plain"] or match["v4"])
        if "=" in text:
            local = str(ip_address(local))
            if ip_address(local).version != address.version:
                raise ValueError(f"IPv4 and IPv6: {text[:60]!r}")
        port = int(match["port"]) if match["port"] else None
        if port is not None and not 0 < port < 1 << 16:
            raise ValueError(f"not a port: {port}")
        key = local or f"*{address.version}"
        if key in found:
            raise ValueError(f"announced twice: {text[:60]!r}")
        found[key] = (str(address), port)
    return found
