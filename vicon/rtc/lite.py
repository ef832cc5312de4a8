"""The server's media transport: an ICE lite agent (icelite.py) on the worker's sockets (udp.py)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from vicon.rtc import stun
from vicon.rtc.dtls import Certificate, DtlsRole
from vicon.rtc.icelite import ASK_S, Credentials, LiteAgent
from vicon.rtc.sdp import Setup, Transport
from vicon.rtc.secure import CONNECT_TIMEOUT_S, SecureTransport, Shortcut, TransportError
from vicon.rtc.udp import Path, UdpPorts, UdpSocket

ASKED = 3
"""Times: one question may get lost."""


class LiteTransport(SecureTransport):
    """It has no socket of its own and sends no checks: the other side's make the path. `randbits`:
    secrets.randbits."""

    def __init__(
        self,
        certificate: Certificate,
        ports: UdpPorts,
        randbits: Callable[[int], int],
        *,
        dtls_role: DtlsRole | None = None,
        shortcut: Shortcut | None = None,
    ) -> None:
        super().__init__(certificate, ports.monotonic, dtls_role)
        self._shortcut = shortcut
        self._ports = ports
        self._randbits = randbits
        self._agent: LiteAgent[Path] = LiteAgent(randbits)
        self._known: set[Path] = set()
        self._names: tuple[str, ...] = ()
        self._path: Path | None = None
        self._direct: tuple[UdpSocket, socket.socket] | None = None
        """Connected to where we send, for the shortcut."""
        self._found = asyncio.Event()
        self._asking: asyncio.TimerHandle | None = None
        """Until the path in use has to have answered, or its rival takes its place."""

    @property
    def path(self) -> Path | None:
        """Where it sends now."""
        return self._path

    @property
    def _incoming(self) -> bytearray:
        return self._ports.buffer

    async def gather(self, setup: Setup) -> Transport:
        self._setup = setup
        return self._describe()

    async def restart(self) -> Transport:
        self._agent.restart()
        return self._describe()

    def _describe(self) -> Transport:
        try:
            candidates = self._ports.open()
        except OSError as error:
            raise TransportError(error.strerror or str(error)) from error
        self._register()
        return Transport(
            ufrag=self._agent.local.ufrag,
            password=self._agent.local.password,
            fingerprints=self._certificate.fingerprints(),
            setup=self._setup,
            candidates=candidates,
            lite=True,
        )

    async def reconnect(self, remote: Transport, timeout: float = CONNECT_TIMEOUT_S) -> None:
        """Returns at once: the path changes when the other side chooses one."""
        self._agent.set_remote(Credentials(remote.ufrag, remote.password))

    async def _connect_path(self, remote: Transport) -> None:
        self._agent.set_remote(Credentials(remote.ufrag, remote.password))
        await self._found.wait()

    def _register(self) -> None:
        """Let the sockets know our names."""
        names = self._agent.ufrags
        if names == self._names or self.state == "closed":
            return
        for old in self._names:
            if old not in names:
                self._ports.unname(old)
        for name in names:
            self._ports.name(name, self)
        self._names = names

    def on_stun(self, message: stun.Message, path: Path, now: float) -> None:
        """A STUN message came that names us, or from one of our addresses."""
        if message.kind == "request":
            self._answer(message, path, now)
        elif path in self._known:
            self._heard(now)
            if message.kind == "response":
                self._agent.heard(path, now)
                self._pong(message.transaction, now)

    def _answer(self, message: stun.Message, path: Path, now: float) -> None:
        answer, right = self._agent.request(message, path, path.source, now)
        if answer is not None:
            try:
                path.send(answer)
            except OSError:
                self.dropped_out += 1  # it is asked again
        if right:
            self._heard(now)
            self._learn(path)
            self._take(self._agent.selected)
            self._register()
            if self._agent.rival is not None and self._asking is None:
                self._ask(ASKED)

    def _ask(self, left: int) -> None:
        """Ask by the path in use, `left` times, and give it up unless it answers."""
        self._asking = None
        if self.state == "closed" or self._agent.rival is None:
            return
        if left == 0:
            self._agent.give_way()
            self._take(self._agent.selected)
            return
        self._probe()
        loop = asyncio.get_running_loop()
        self._asking = loop.call_later(ASK_S / ASKED, self._ask, left - 1)

    def _learn(self, path: Path) -> None:
        """Media from this address is ours, even where another transport had it before."""
        path.own.peers[path.address] = self
        if path not in self._known:
            self._known.add(path)
            for gone in self._known.difference(self._agent.paths):
                self._forget(gone)

    def _forget(self, path: Path) -> None:
        self._known.discard(path)
        if path.own.peers.get(path.address) is self:
            del path.own.peers[path.address]

    def _take(self, path: Path | None) -> None:
        if path is None or path == self._path:
            return
        moved = self._path is not None
        self._path, self._peer = path, path.address
        self._sendto = path.own.socket.sendto
        if self._shortcut is not None:
            self._aim(self._shortcut, path)
        self._found.set()
        if moved:
            self.on_moved(self._monotonic())

    def _aim(self, shortcut: Shortcut, path: Path) -> None:
        """Where it can be had, by a socket that is connected to this address."""
        former, self._direct = self._direct, None
        try:
            own = path.own.connect(path.address)
        except OSError:  # no descriptor is left, or the kernel shares no ports
            shortcut.to(path.own.socket, path.address)
        else:
            self._direct = path.own, own
            shortcut.to(own, None)
        if former is not None:
            former[0].disconnect(former[1])

    def _check(self) -> tuple[bytes, bytes] | None:
        transaction = self._randbits(96).to_bytes(12, "big")
        request = self._agent.check(transaction) if self._path is not None else None
        return (request, transaction) if request is not None else None

    def _probes(self) -> bool:
        return not self._quiet  # it is for the other side to find us again

    async def _close_path(self) -> None:
        """There is nothing to wait for."""

    def _release(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
        if self._direct is not None:
            self._direct[0].disconnect(self._direct[1])
            self._direct = None
        for name in self._names:
            self._ports.unname(name)
        for path in list(self._known):
            self._forget(path)
