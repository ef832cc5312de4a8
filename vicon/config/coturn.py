"""coturn's configuration as vicon's own wants it (turnserver.conf)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vicon.config.kinds import port_range
from vicon.config.settings import Settings
from vicon.ops.words import SpokenError

RELAY_PORTS = (49_160, 49_999)
"""UDP, for what is relayed: two for each of the halls' connections, and room to begin anew."""
PLAIN, TLS = 3478, 5349
"""RFC 8656, section 3."""
KBPS = 4_000
"""Of one allocation: a hall's picture of 720 lines and ten small ones, with room."""
_URL = re.compile(r"(turns?):(\[[^\]]+\]|[^:?]+)(?::(\d+))?(?:\?transport=(udp|tcp))?")
_EVERYBODY = ("0.0.0.0-255.255.255.255", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")


class NoTurn(SpokenError):
    """The configuration has no TURN server."""


def coturn(settings: Settings, secret: str, addresses: Sequence[str]) -> str:
    """turnserver.conf for the server in `[turn] urls`. `secret`: static-auth-secret; `addresses`:
    where vicon's media is, all that is to be reached through it. Raises NoTurn."""
    found = [match for url in settings.turn.urls if (match := _URL.fullmatch(url))]
    if not found or not secret:
        raise NoTurn(
            "Konfigurasi tidak menyebut server TURN: isi `urls` dan `secret_file` pada [turn].",
            "The configuration names no TURN server: fill in `urls` and `secret_file` in [turn].",
        )
    host = found[0][2].strip("[]")
    plain = [int(one[3] or PLAIN) for one in found if one[1] == "turn"]
    sealed = [int(one[3] or TLS) for one in found if one[1] == "turns"]
    transports = {one[4] or "udp" for one in found if one[1] == "turn"}
    lines = [
        "# Made by `vicon config coturn`; [turn] in vicon.toml says the same.",
        f"listening-port={plain[0] if plain else PLAIN}",
        *_second("alt-listening-port", plain),
        f"realm={host}",
        "fingerprint",
        "# Credentials as vicon makes them: a name with its end, and an HMAC of it.",
        "use-auth-secret",
        f"static-auth-secret={secret}",
        f"max-allocate-lifetime={min(3600, settings.turn.ttl_s)}",
        *_sealed(sealed),
        *(["no-tcp"] if "tcp" not in transports else []),
        *(["no-udp"] if plain and "udp" not in transports else []),
        f"min-port={RELAY_PORTS[0]}",
        f"max-port={RELAY_PORTS[1]}",
        "# bytes per second, of one allocation",
        f"max-bps={KBPS * 1000 // 8}",
        "# To vicon's media alone: nobody gets into the office's network by this server.",
        *(f"denied-peer-ip={whole}" for whole in _EVERYBODY),
        *(f"allowed-peer-ip={address}" for address in addresses),
        *(["allow-loopback-peers"] if any(a.startswith("127.") for a in addresses) else []),
        "no-tcp-relay",
        "no-multicast-peers",
        "no-cli",
        "no-software-attribute",
        "no-rfc5780",
        "log-file=syslog",
        "simple-log",
    ]
    ports = port_range(settings.media.port_range)
    if ports is not None:
        lines.insert(1, f"# vicon's media is at UDP {ports[0]}-{ports[1]}.")
    return "\n".join(lines) + "\n"


def _second(key: str, ports: Sequence[int]) -> list[str]:
    """coturn listens on two ports at most."""
    more = [port for port in dict.fromkeys(ports) if port != ports[0]]
    return [f"{key}={more[0]}"] if more else []


def _sealed(ports: Sequence[int]) -> list[str]:
    if not ports:
        return ["no-tls", "no-dtls"]
    return [
        f"tls-listening-port={ports[0]}",
        *_second("alt-tls-listening-port", ports),
        "# The name of the server must be in this certificate.",
        "cert=/etc/turnserver/fullchain.pem",
        "pkey=/etc/turnserver/privkey.pem",
        "no-tlsv1",
        "no-tlsv1_1",
        "no-dtls",
    ]
