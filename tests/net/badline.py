"""A hub and a room with a bad line between them, whose faults are set and counted by relay.c.

Three namespaces: the hub's, where the server runs (HUB_ADDRESS, and TURN_ADDRESS for a TURN
server), the line's with the relay in it, and the room's. Needs root, iproute2, ethtool and gcc;
the firewall needs nft.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Literal

from tests.net.lab import HUB_ADDRESS, ROOM_ADDRESS, _enter, _ip
from tests.net.lab import why_not as why_no_namespaces

TURN_ADDRESS = "10.77.0.3"
Way = Literal["up", "down", "both"]
"""up: from the room to the hub."""
_SIDES = {"up": "ab", "down": "ba", "both": "both"}
_FAULTS = ("delay_ms", "jitter_ms", "loss_percent", "burst", "rate_kbps", "queue_ms")
_CLEAN = {"burst": 1.0, "queue_ms": 200.0}


def why_not() -> str:
    """Why there can be no bad line here; empty when there can."""
    for program in ("gcc", "ethtool", "nft"):
        if not shutil.which(program):
            return f"no {program} here (on Debian: apt-get install gcc libc6-dev ethtool nftables)"
    return why_no_namespaces()


class Relay:
    """The running relay. Counts are those of its report, see relay.c."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._read()  # its word that it is ready

    @property
    def _input(self) -> IO[str]:
        assert self._process.stdin
        return self._process.stdin

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the relay has ended: {self._process.wait(5)}")
        told: dict[str, Any] = json.loads(line)
        return told

    def _tell(self, *commands: str) -> None:
        self._input.write("".join(f"{command}\n" for command in commands))
        self._input.flush()

    def _do(self, *commands: str) -> None:
        """Done when this returns: a report comes after all that was told before."""
        self._tell(*commands)
        self.report()

    def set(self, way: Way = "both", **faults: float) -> None:
        """Set the faults that are named; the others stay as they are."""
        assert set(faults) <= set(_FAULTS), faults
        self._do(*(f"set {_SIDES[way]} {name} {value}" for name, value in faults.items()))

    def clean(self) -> None:
        self.set("both", **{name: _CLEAN.get(name, 0.0) for name in _FAULTS})

    def zero(self) -> None:
        self._do("zero")

    def report(self) -> dict[Literal["up", "down"], dict[str, Any]]:
        """`kinds` (rtp, rtcp, stun, dtls, tcp, other) and `streams` (by SSRC) of each direction."""
        self._tell("report")
        told = self._read()
        return {"up": told["ab"], "down": told["ba"]}

    def end(self) -> None:
        self._input.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class BadLine:
    """The place; `relay` is the line itself."""

    def __init__(self, hub: str, line: str, room: str) -> None:
        self.hub, self.line, self.room = hub, line, room
        self.relay: Relay

    @property
    def in_room(self) -> list[str]:
        """What to put before a command that is to run in the room."""
        return ["ip", "netns", "exec", self.room]

    def only_tcp(self, *ports: int) -> None:
        """A firewall in the room lets out nothing but TCP to these ports, as an institution's."""
        wanted = ", ".join(str(port) for port in ports)
        rules = f"""
        table inet wall {{
            chain out {{
                type filter hook output priority 0; policy drop;
                oif lo accept
                meta l4proto icmpv6 accept
                meta l4proto udp counter drop
                ct state established,related accept
                tcp dport {{ {wanted} }} accept
                meta l4proto tcp reject with tcp reset
            }}
            chain in {{
                type filter hook input priority 0; policy drop;
                iif lo accept
                meta l4proto icmpv6 accept
                meta l4proto udp counter drop
                ct state established,related accept
            }}
        }}"""
        command = [*self.in_room, "nft", "-f", "-"]
        subprocess.run(command, input=rules, text=True, check=True, timeout=10)

    def no_wall(self) -> None:
        command = [*self.in_room, "nft", "delete", "table", "inet", "wall"]
        subprocess.run(command, check=True, timeout=10)

    def wrapped(self, program: str, script: Path, environment: Mapping[str, str]) -> str:
        """`program` as a script that runs it in the room, with this environment besides."""
        with_these = " ".join(["env", *(f"{name}={value}" for name, value in environment.items())])
        words = f"{' '.join(self.in_room)} {with_these} {program}"
        script.write_text(f'#!/bin/sh\nexec {words} "$@"\n', "utf-8")
        os.chmod(script, 0o755)
        return str(script)


def _build(made: BadLine) -> None:
    for name in (made.hub, made.line, made.room):
        _ip("netns", "add", name)
        _ip("-n", name, "link", "set", "lo", "up")
    ends = ((made.room, "room", [ROOM_ADDRESS]), (made.hub, "hub", [HUB_ADDRESS, TURN_ADDRESS]))
    for name, port, addresses in ends:
        _ip("link", "add", "eth0", "netns", name, "type", "veth", "peer", port, "netns", made.line)
        for address in addresses:
            _ip("-n", name, "address", "add", f"{address}/24", "dev", "eth0")
        for where, link in ((name, "eth0"), (made.line, port)):
            # A packet must leave whole and with its checksum: the relay takes frames as they are.
            offloads = [w for o in ("tx", "sg", "tso", "gso", "gro") for w in (o, "off")]
            command = ["ip", "netns", "exec", where, "ethtool", "-K", link, *offloads]
            subprocess.run(command, check=True, timeout=10, capture_output=True)
            _ip("-n", where, "link", "set", link, "up")
    _ip("-n", made.room, "route", "add", "default", "via", HUB_ADDRESS)


def _compiled(folder: Path) -> str:
    program = folder / "relay"
    source = Path(__file__).with_name("relay.c")
    flags = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"]
    subprocess.run(["gcc", *flags, "-o", str(program), str(source)], check=True, timeout=60)
    return str(program)


@contextmanager
def bad_line() -> Iterator[BadLine]:
    """A clean line to begin with; the present thread stands in the hub's namespace meanwhile."""
    me = os.getpid()
    made = BadLine(f"vicon-hub-{me}", f"vicon-line-{me}", f"vicon-room-{me}")
    with tempfile.TemporaryDirectory() as folder:
        program = _compiled(Path(folder))
        home = f"/proc/{me}/task/{me}/ns/net"
        with Path(home).open("rb") as origin:
            relay: Relay | None = None
            try:
                _build(made)
                command = ["ip", "netns", "exec", made.line, program, "room", "hub"]
                pipe = subprocess.PIPE
                process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
                made.relay = relay = Relay(process)
                _enter(f"/run/netns/{made.hub}")
                yield made
            finally:
                _enter(f"/proc/self/fd/{origin.fileno()}")
                if relay is not None:
                    relay.end()
                for name in (made.hub, made.line, made.room):
                    subprocess.run(["ip", "netns", "del", name], check=False, timeout=10)
