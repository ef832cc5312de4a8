"""The UDP sockets of a media worker: one per local address for all of its transports. Datagrams
are told apart by their first byte (RFC 7983) and by where they come from; a check that comes from
a new address names its transport by its username."""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from msgspec import Struct

from vicon.ops.net import announcements
from vicon.rtc import stun
from vicon.rtc.sdp import Candidate

BUFFER_BYTES = 1 << 20
"""Of each socket and direction, as far as the kernel allows: a burst of key frames must fit."""
DATAGRAM_BYTES = 2048
BATCH = 32
"""Datagrams taken at one wake; then all others of the event loop have their turn."""
ANY_PORT = (0, 0)
_HOST_PREFERENCE = 126 << 24
_ANNOUNCED_AFTER = 1 << 15
"""Announced addresses are tried after those of this machine: who is near needs no NAT."""
_RCVBUFFORCE, _SNDBUFFORCE, _MEMINFO = 33, 32, 55
_MEMINFO_DROPS = struct.Struct("=32xI")
"""Linux, sock_diag.h: the ninth number of SO_MEMINFO counts what the full queue dropped."""

Address = tuple[Any, ...]
"""As recvfrom() gives it: two parts for IPv4, four for IPv6."""


class UdpPlan(Struct, frozen=True, kw_only=True):
    """Where a media worker can be reached."""

    addresses: tuple[str, ...] = ()
    """Of this machine; empty: all, or the loopback where there is nothing else."""
    ports: tuple[int, int] = ANY_PORT
    """The first free one of these, both included, for all addresses; (0, 0): whatever is free."""
    announced: tuple[str, ...] = ()
    """How this machine is reached from outside: see ops.net.announcements()."""


class Receiver(Protocol):
    """A transport, as the sockets see it. Nothing may block or raise."""

    def on_media(self, size: int, now: float) -> None:
        """RTP or RTCP of `size` bytes stands in the sockets' buffer."""
        ...

    def on_dtls(self, data: bytes, now: float) -> None: ...

    def on_stun(self, message: stun.Message, path: Path, now: float) -> None: ...


class Path:
    """One of our sockets and an address: where a datagram came from, where one may go."""

    __slots__ = ("address", "own")

    def __init__(self, own: UdpSocket, address: Address) -> None:
        self.own, self.address = own, address

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Path) and self.own is other.own and self.address == other.address

    def __hash__(self) -> int:
        return hash(self.address)

    @property
    def source(self) -> stun.Address:
        return self.address[0], self.address[1]

    def send(self, data: bytes) -> None:
        """Raises OSError when the kernel does not take it."""
        self.own.socket.sendto(data, self.address)


class UdpSocket:
    """One socket and who is at the other ends of it. Owned by UdpPorts."""

    def __init__(self, own: socket.socket, ports: UdpPorts) -> None:
        self.socket = own
        self.peers: dict[Address, Receiver] = {}
        self._ports = ports
        self._beside: set[socket.socket] = set()
        asyncio.get_running_loop().add_reader(own, self._read, own)

    def close(self) -> None:
        for beside in list(self._beside):
            self.disconnect(beside)
        asyncio.get_running_loop().remove_reader(self.socket)
        self.socket.close()
        self.peers.clear()

    def connect(self, address: Address) -> socket.socket:
        """Another socket on the same port, for one address alone: the kernel looks up the way there
        once and not for each packet. What comes from there comes to it, and is read here. Raises
        OSError. It must be given back to disconnect()."""
        beside = socket.socket(self.socket.family, socket.SOCK_DGRAM)
        try:
            _prepare(beside)
            # For this moment alone: who binds without saying so finds the port taken.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            beside.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            beside.bind(self.socket.getsockname())
            beside.connect(address)
        except BaseException:
            beside.close()
            raise
        finally:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 0)
        self._beside.add(beside)
        asyncio.get_running_loop().add_reader(beside, self._read, beside)
        return beside

    def disconnect(self, beside: socket.socket) -> None:
        if beside in self._beside:
            self._beside.discard(beside)
            self._read(beside)
            asyncio.get_running_loop().remove_reader(beside)
            beside.close()

    @property
    def dropped(self) -> int:
        """Datagrams that found a receive queue full; not of sockets that are closed again."""
        return sum(map(_dropped, (self.socket, *self._beside)))

    def _read(self, own: socket.socket) -> None:
        ports, peers = self._ports, self.peers
        receive, buffer, clock = own.recvfrom_into, ports.buffer, ports.monotonic
        for _ in range(BATCH):
            try:
                size, address = receive(buffer)
            except OSError:  # nothing waits any more, or an error of the network, told once
                return
            first = buffer[0] if size else 255
            if 127 < first < 192:
                peer = peers.get(address)
                if peer is None:
                    ports.strangers += 1
                else:
                    peer.on_media(size, clock())
            elif first < 4:
                self._stun(bytes(memoryview(buffer)[:size]), address, clock())
            elif 19 < first < 64 and address in peers:
                peers[address].on_dtls(bytes(memoryview(buffer)[:size]), clock())
            else:
                ports.strangers += 1

    def _stun(self, data: bytes, address: Address, now: float) -> None:
        """A check goes to the transport that its username names; all else, and a check that names
        none, to the one at that address. A stranger who knows no name gets no answer."""
        try:
            message = stun.parse(data)
        except stun.StunError:
            self._ports.malformed += 1
            return
        receiver = self.peers.get(address)
        if message.kind == "request" and message.username is not None:
            receiver = self._ports.named(message.username.partition(":")[0])
        if receiver is None:
            self._ports.strangers += 1
            return
        receiver.on_stun(message, Path(self, address), now)


class UdpPorts:
    """The sockets of one worker, opened when the first transport needs them: a worker that stands
    by holds no port. Whoever makes it calls close()."""

    def __init__(
        self,
        monotonic: Callable[[], float],
        local_addresses: Callable[[], Sequence[str]],
        plan: UdpPlan | None = None,
    ) -> None:
        """`local_addresses` is asked anew for each transport, unless the plan names some. Raises
        ValueError when the plan announces what is no address."""
        plan = plan or UdpPlan()
        self.monotonic = monotonic
        self.buffer = bytearray(DATAGRAM_BYTES)
        """Holds the datagram that is being delivered."""
        self.strangers = 0
        """Datagrams that belong to no transport."""
        self.malformed = 0
        """STUN messages that are none."""
        self._local_addresses = (lambda: plan.addresses) if plan.addresses else local_addresses
        self._range = plan.ports
        self._port: int | None = 0 if plan.ports == ANY_PORT else None
        self._announced = announcements(plan.announced)
        self._sockets: dict[str, UdpSocket] = {}
        self._names: dict[str, Receiver] = {}

    def open(self) -> tuple[Candidate, ...]:
        """Open what is not open yet. Returns where we can be reached. Raises OSError when that is
        nowhere."""
        addresses = list(self._local_addresses())
        missing = [address for address in addresses if address not in self._sockets]
        if missing:
            self._open(missing)
        self._let_go(addresses)
        usable = [address for address in addresses if address in self._sockets]
        if not usable:
            raise OSError(errno.EADDRNOTAVAIL, "no local address could be opened")
        return tuple(self._candidates(usable))

    def _open(self, missing: Sequence[str]) -> None:
        if self._port is not None:
            opened, _ = _bind_all(missing, self._port)
        else:
            opened = self._first_free(missing)
        for address, own in opened.items():
            self._sockets[address] = UdpSocket(own, self)

    def _first_free(self, addresses: Sequence[str]) -> dict[str, socket.socket]:
        low, high = self._range
        for port in range(low, high + 1):
            opened, taken = _bind_all(addresses, port)
            if opened and not taken:
                self._port = port
                return opened
            for own in opened.values():
                own.close()
        which = f"UDP port {low} is" if low == high else f"all UDP ports {low}-{high} are"
        raise OSError(errno.EADDRINUSE, f"{which} in use")

    def _let_go(self, addresses: Sequence[str]) -> None:
        """Of sockets whose address this machine no longer has, when nobody is there any more."""
        for address in [a for a in self._sockets if a not in addresses]:
            if not self._sockets[address].peers:
                self._sockets.pop(address).close()

    def _candidates(self, addresses: Sequence[str]) -> list[Candidate]:
        found: list[Candidate] = []
        for index, address in enumerate(addresses):
            port = self._sockets[address].socket.getsockname()[1]
            found.append(_candidate(len(found), 65535 - index, address, port))
        seen = {(candidate.address, candidate.port) for candidate in found}
        for index, address in enumerate(addresses):
            public = self._public(address)
            if public is None:
                continue
            port = public[1] or self._sockets[address].socket.getsockname()[1]
            if (public[0], port) not in seen:
                seen.add((public[0], port))
                preference = _ANNOUNCED_AFTER - 1 - index
                found.append(_candidate(len(found), preference, public[0], port))
        return found

    def _public(self, address: str) -> tuple[str, int | None] | None:
        family = "*6" if ":" in address else "*4"
        return self._announced.get(address) or self._announced.get(family)

    def name(self, ufrag: str, receiver: Receiver) -> None:
        """Checks with this user fragment are for that transport."""
        self._names[ufrag] = receiver

    def unname(self, ufrag: str) -> None:
        self._names.pop(ufrag, None)

    def named(self, ufrag: str) -> Receiver | None:
        return self._names.get(ufrag)

    @property
    def dropped(self) -> int:
        """Datagrams that the kernel dropped since a receive queue was full."""
        return sum(own.dropped for own in self._sockets.values())

    @property
    def sockets(self) -> dict[str, UdpSocket]:
        """By local address."""
        return dict(self._sockets)

    def close(self) -> None:
        for own in self._sockets.values():
            own.close()
        self._sockets.clear()
        self._names.clear()
        self._port = 0 if self._range == ANY_PORT else None


def _candidate(index: int, preference: int, address: str, port: int) -> Candidate:
    """A host candidate (RFC 8445, section 5.1.2.1)."""
    priority = _HOST_PREFERENCE | preference << 8 | 255
    return Candidate(str(index + 1), 1, "udp", priority, address, port, "host")


def _bind_all(addresses: Sequence[str], port: int) -> tuple[dict[str, socket.socket], bool]:
    """Those that could be opened, and whether the port was taken at one of them."""
    opened: dict[str, socket.socket] = {}
    taken = False
    for address in addresses:
        try:
            opened[address] = _bind(address, port)
        except OSError as error:
            taken = taken or error.errno == errno.EADDRINUSE
    return opened, taken


def _dropped(own: socket.socket) -> int:
    try:
        told = own.getsockopt(socket.SOL_SOCKET, _MEMINFO, _MEMINFO_DROPS.size)
    except OSError:
        return 0
    return int(_MEMINFO_DROPS.unpack(told)[0]) if len(told) == _MEMINFO_DROPS.size else 0


def _bind(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    own = socket.socket(family, socket.SOCK_DGRAM)
    try:
        _prepare(own)
        own.bind((address, port))
    except BaseException:
        own.close()
        raise
    return own


def _prepare(own: socket.socket) -> None:
    own.setblocking(False)
    if own.family == socket.AF_INET6:
        own.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    _enlarge(own, _RCVBUFFORCE, socket.SO_RCVBUF)
    _enlarge(own, _SNDBUFFORCE, socket.SO_SNDBUF)


def _enlarge(own: socket.socket, by_force: int, option: int) -> None:
    """Beyond the system's limit where we may (CAP_NET_ADMIN), else up to it."""
    try:
        own.setsockopt(socket.SOL_SOCKET, by_force, BUFFER_BYTES)
    except OSError:
        own.setsockopt(socket.SOL_SOCKET, option, BUFFER_BYTES)
