"""Ten halls, each behind a router of its own that translates its address, one network to the hub,
and a stranger on it. Needs root, iproute2 and nft.

    room0 -- router0 --+
    room1 -- router1 --+-- the hub (HUB: the server, NAMES: a name server)
    ...                |
    stranger ----------+
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.net.lab import _enter, _ip
from tests.net.lab import why_not as why_no_namespaces

HUB, NAMES = "10.90.0.1", "10.90.0.53"
NAME = "vicon.test"
"""What the halls call the server."""
_ETC = Path("/etc/netns")
_RULES = """
table ip line {
 chain post {
  type nat hook postrouting priority 100
  oifname "wan" masquerade random
 }
 chain onward {
  type filter hook forward priority 0
 }
}
"""


def why_not() -> str:
    """Why there can be no such place here; empty when there can."""
    if not shutil.which("nft"):
        return "no nft here (on Debian: apt-get install nftables)"
    return why_no_namespaces()


@dataclass
class Line:
    """A room's line: what happens on it happens in its router."""

    number: int
    room: str
    router: str
    _turn: int = field(default=0)

    @property
    def prefix(self) -> list[str]:
        """What to put before a command that is to run in the room."""
        return ["ip", "netns", "exec", self.room]

    def lose(self, percent: int) -> None:
        """So many of all packets, both ways; 0 mends it, 100 cuts it."""
        rule = f"numgen random mod 100 < {percent} drop" if percent < 100 else "drop"
        self._rule(rule if percent else "")

    def reset_tcp(self) -> None:
        """Whatever goes over TCP is answered with a reset; `lose(0)` ends it."""
        self._rule("meta l4proto tcp reject with tcp reset")

    def _rule(self, rule: str) -> None:
        added = f"add rule ip line onward {rule}\n" if rule else ""
        self._nft(f"flush chain ip line onward\n{added}")

    def _nft(self, rules: str) -> None:
        command = ["ip", "netns", "exec", self.router, "nft", "-f", "-"]
        subprocess.run(command, input=rules, text=True, check=True, timeout=10)

    def rebind(self) -> None:
        """The router has another address, and forgets who spoke from where: as after it was
        started anew."""
        old = self._outside
        self._turn += 1
        _ip("-n", self.router, "address", "del", f"{old}/16", "dev", "wan")
        _ip("-n", self.router, "address", "add", f"{self._outside}/16", "dev", "wan")

    @property
    def _outside(self) -> str:
        return f"10.90.{1 + self._turn % 2}.{10 + self.number}"

    def build(self, hub: str) -> None:
        inside = f"10.91.{self.number}"
        for name in (self.room, self.router):
            _ip("netns", "add", name)
            _ip("-n", name, "link", "set", "lo", "up")
        _ip("link", "add", "eth0", "netns", self.room, "type", "veth",
            "peer", "in", "netns", self.router)  # fmt: skip
        _wire(hub, f"line{self.number}", self.router)
        for name, device, address in (
            (self.room, "eth0", f"{inside}.2/24"),
            (self.router, "in", f"{inside}.1/24"),
            (self.router, "wan", f"{self._outside}/16"),
        ):
            _ip("-n", name, "address", "add", address, "dev", device)
            _ip("-n", name, "link", "set", device, "up")
        _ip("-n", self.room, "route", "add", "default", "via", f"{inside}.1")
        forward = ["sysctl", "-qw", "net.ipv4.ip_forward=1"]
        subprocess.run(["ip", "netns", "exec", self.router, *forward], check=True, timeout=10)
        self._nft(_RULES)
        _asks_names(self.room)


def _wire(hub: str, port: str, name: str) -> None:
    """From `wan` in a namespace to the hub's bridge."""
    _ip("link", "add", "wan", "netns", name, "type", "veth", "peer", port, "netns", hub)
    _ip("-n", hub, "link", "set", port, "master", "lan")
    _ip("-n", hub, "link", "set", port, "up")


def _asks_names(room: str) -> None:
    """What runs in the room has our name server, as `ip netns exec` binds it."""
    folder = _ETC / room
    folder.mkdir(parents=True)
    (folder / "resolv.conf").write_text(f"nameserver {NAMES}\noptions timeout:1 attempts:2\n")


@dataclass(frozen=True)
class Place:
    hub: str
    stranger: str
    lines: tuple[Line, ...]

    def names(self) -> list[str]:
        return [
            self.hub,
            self.stranger,
            *(one for line in self.lines for one in (line.room, line.router)),
        ]


def _build(place: Place) -> None:
    _ip("netns", "add", place.hub)
    _ip("-n", place.hub, "link", "set", "lo", "up")
    _ip("-n", place.hub, "link", "add", "lan", "type", "bridge")
    for address in (HUB, NAMES):
        _ip("-n", place.hub, "address", "add", f"{address}/16", "dev", "lan")
    _ip("-n", place.hub, "link", "set", "lan", "up")
    _ip("netns", "add", place.stranger)
    _wire(place.hub, "stranger", place.stranger)
    _ip("-n", place.stranger, "address", "add", "10.90.9.9/16", "dev", "wan")
    _ip("-n", place.stranger, "link", "set", "wan", "up")
    for line in place.lines:
        line.build(place.hub)


@contextmanager
def place(halls: int) -> Iterator[Place]:
    """The present thread stands in the hub's namespace meanwhile."""
    me = os.getpid()
    lines = tuple(Line(n, f"vicon-f{me}-room{n}", f"vicon-f{me}-way{n}") for n in range(halls))
    made = Place(f"vicon-f{me}-hub", f"vicon-f{me}-stranger", lines)
    home = f"/proc/{me}/task/{me}/ns/net"
    with Path(home).open("rb") as origin:
        try:
            _build(made)
            _enter(f"/run/netns/{made.hub}")
            yield made
        finally:
            _enter(f"/proc/self/fd/{origin.fileno()}")
            for name in made.names():
                subprocess.run(["ip", "netns", "del", name], check=False, timeout=10)
                shutil.rmtree(_ETC / name, ignore_errors=True)
