"""Where a server listens, by its configuration: plain HTTP on the machine itself, TLS elsewhere."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from vicon.compose import Listener
from vicon.config.settings import Server
from vicon.ops.data import DataDir
from vicon.ops.net import lan_addresses
from vicon.ops.rotation import Rotation
from vicon.ops.tls import given_certificate, local_certificate
from vicon.ports import Clock

LOOPBACK = "127.0.0.1"


def listeners(server: Server, home: DataDir, clock: Clock) -> list[Listener]:
    """One per address. Browsers give camera and microphone to plain HTTP on the machine itself
    only; every other address needs TLS. Raises DataError for unusable certificates."""
    hosts = listening_hosts(server)
    rotation = _rotation(server, home, hosts, clock)
    return [
        Listener(
            host=host,
            port=server.port,
            tls=None if server.tls == "auto" and _is_loopback(host) else rotation,
        )
        for host in hosts
    ]


def listening_hosts(server: Server) -> list[str]:
    """The addresses on which it listens."""
    return list(server.listen) or [LOOPBACK, *_lan()]


def address(server: Server, hosts: Sequence[str]) -> str:
    """The first of these that others can open, with the configured port."""
    host = next((host for host in hosts if not _is_loopback(host)), hosts[0])
    plain = server.tls == "off" or (server.tls == "auto" and _is_loopback(host))
    shown = f"[{host}]" if ":" in host else host
    return f"{'http' if plain else 'https'}://{shown}:{server.port}"


def _rotation(server: Server, home: DataDir, hosts: list[str], clock: Clock) -> Rotation | None:
    if server.tls == "off" or (server.tls == "auto" and all(map(_is_loopback, hosts))):
        return None
    if server.tls == "files":
        files = Path(server.certificate), Path(server.key)
        return Rotation(lambda _now: given_certificate(*files), clock)
    public = urlsplit(server.public_url).hostname
    wide = [] if all(map(_is_given, hosts)) else _lan()
    names = dict.fromkeys([*filter(_is_given, hosts), *wide, LOOPBACK, "localhost"])
    named = [*names, socket.gethostname(), *([public] if public else [])]
    return Rotation(lambda now: local_certificate(home, named, now), clock)


def _lan() -> list[str]:
    """IPv4 alone: IPv6 privacy addresses come and go; name them in `listen` where wanted."""
    return [str(address) for address in lan_addresses() if address.version == 4]


def _is_loopback(host: str) -> bool:
    return ip_address(host).is_loopback


def _is_given(host: str) -> bool:
    """Not the wildcard."""
    return not ip_address(host).is_unspecified
