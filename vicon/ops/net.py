"""Addresses of this machine."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import ifaddr

Address = IPv4Address | IPv6Address


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
