"""Two network namespaces on one wire: the hub's, where the server runs, and a room's.

The wire can be cut without either end noticing (its port leaves the bridge; the carrier stays), as
when a provider's line fails far from the hall. Needs root and iproute2.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HUB_ADDRESS = "10.77.0.1"
ROOM_ADDRESS = "10.77.0.2"
HUB_CABLE_ADDRESS, ROOM_CABLE_ADDRESS = "10.78.0.1", "10.78.0.2"
_CLONE_NEWNET = 0x40000000


def why_not() -> str:
    """Why there can be no lab here; empty when there can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if not shutil.which("ip"):
        return "no iproute2 here (on Debian: apt-get install iproute2)"
    name = f"vicon-try-{os.getpid()}"
    tried = subprocess.run(
        ["ip", "netns", "add", name], capture_output=True, text=True, check=False
    )
    if tried.returncode:
        return f"no network namespaces here: {tried.stderr.strip()}"
    _ip("netns", "del", name)
    return ""


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, timeout=10)


def _enter(path: str) -> None:
    """Move this thread, and all processes it starts from now on, into a network namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    with Path(path).open("rb") as namespace:
        if libc.setns(namespace.fileno(), _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"setns {path}")


@dataclass(frozen=True)
class Lab:
    hub: str
    room: str

    @property
    def in_room(self) -> list[str]:
        """What to put before a command that is to run in the room."""
        return ["ip", "netns", "exec", self.room]

    def plug_in(self) -> None:
        """A second wire in another network; it is the way out from now on."""
        _ip("link", "add", "cable", "netns", self.hub, "type", "veth",
            "peer", "eth1", "netns", self.room)  # fmt: skip
        for name, link, address in (
            (self.hub, "cable", HUB_CABLE_ADDRESS),
            (self.room, "eth1", ROOM_CABLE_ADDRESS),
        ):
            _ip("-n", name, "address", "add", f"{address}/24", "dev", link)
            _ip("-n", name, "link", "set", link, "up")
        _ip("-n", self.room, "route", "replace", "default", "via", HUB_CABLE_ADDRESS)

    def lose_first(self) -> None:
        """The first wire is gone, with its address."""
        _ip("-n", self.room, "address", "del", f"{ROOM_ADDRESS}/24", "dev", "eth0")
        _ip("-n", self.room, "link", "set", "eth0", "down")

    def cut(self) -> None:
        _ip("-n", self.hub, "link", "set", "wire", "nomaster")

    def mend(self) -> None:
        _ip("-n", self.hub, "link", "set", "wire", "master", "bridge")


def _build(lab: Lab) -> None:
    _ip("netns", "add", lab.hub)
    _ip("netns", "add", lab.room)
    for name in (lab.hub, lab.room):
        _ip("-n", name, "link", "set", "lo", "up")
    _ip("-n", lab.hub, "link", "add", "bridge", "type", "bridge")
    _ip("-n", lab.hub, "address", "add", f"{HUB_ADDRESS}/24", "dev", "bridge")
    _ip("link", "add", "wire", "netns", lab.hub, "type", "veth", "peer", "eth0", "netns", lab.room)
    _ip("-n", lab.room, "address", "add", f"{ROOM_ADDRESS}/24", "dev", "eth0")
    _ip("-n", lab.room, "link", "set", "eth0", "up")
    _ip("-n", lab.room, "route", "add", "default", "via", HUB_ADDRESS)
    _ip("-n", lab.hub, "link", "set", "wire", "master", "bridge")
    _ip("-n", lab.hub, "link", "set", "wire", "up")
    _ip("-n", lab.hub, "link", "set", "bridge", "up")


@contextmanager
def lab() -> Iterator[Lab]:
    """Both namespaces; the present thread stands in the hub's meanwhile."""
    made = Lab(f"vicon-hub-{os.getpid()}", f"vicon-room-{os.getpid()}")
    home = f"/proc/{os.getpid()}/task/{os.getpid()}/ns/net"
    with Path(home).open("rb") as origin:
        try:
            _build(made)
            _enter(f"/run/netns/{made.hub}")
            yield made
        finally:
            _enter(f"/proc/self/fd/{origin.fileno()}")
            for name in (made.hub, made.room):
                subprocess.run(["ip", "netns", "del", name], check=False, timeout=10)
