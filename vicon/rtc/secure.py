"""One bundled media transport: DTLS and SRTP over a path that ICE found. Who finds it stands in
transport.py (a full agent with sockets of its own) and lite.py (the server's, on shared ones).

Media datagrams go straight from the socket to SRTP and the callback; sending does the same in the
other direction.
"""

from __future__ import annotations

import asyncio
import socket
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Literal, Protocol

from vicon.rtc.dtls import Certificate, Dtls, DtlsRole
from vicon.rtc.sdp import Setup, Transport

State = Literal["new", "connecting", "connected", "disconnected", "failed", "closed"]
"""disconnected: nothing came for SILENT_S; it may come back."""
CONNECT_TIMEOUT_S = 15.0
CLOSE_TIMEOUT_S = 3.0
MAX_PINGS, PING_FORGOTTEN_S = 50, 3.0
PROBE_S, PROBE_AGAIN_S = 2.5, 1.0
"""After so much silence we ask whether the other side is there, and again so often."""
SILENT_S, FAILED_S = 6.0, 30.0
"""RFC 7675, section 5.1: consent expires after 30 s."""
_SHORTEST_LOOK_S = 0.05
_IPV4_UDP, _IPV6_UDP = 28, 48


class TransportError(Exception):
    """The connection could not be made; the message says at which step."""


class Shortcut(Protocol):
    """Sends media past send_rtp(), with the same keys, by the same path."""

    def keys(self, session: object) -> None:
        """The pointer of the SRTP session that protects what goes out."""
        ...

    def to(self, own: socket.socket, address: tuple[Any, ...] | None) -> None:
        """`address` None: the socket is connected."""
        ...

    def open(self, on: bool) -> None:
        """Shut, it takes everything and sends nothing."""
        ...

    def take_dropped(self) -> int:
        """Packets since the last call that were not sent."""
        ...


class SecureTransport(ABC):
    """Make it, gather(), exchange SDP, connect(), send and receive, close().

    `on_rtp` and `on_rtcp` get decrypted packets and the monotonic time of their arrival in
    seconds; `on_state` gets the state and a reason. They are called from the event loop and must
    not block. Packets from addresses that ICE does not know are dropped.
    """

    def __init__(
        self, certificate: Certificate, monotonic: Callable[[], float], dtls_role: DtlsRole | None
    ) -> None:
        """`dtls_role`: None follows the SDP's setup attributes."""
        self.state: State = "new"
        self.reason = ""
        self.on_rtp: Callable[[bytes, float], None] = _ignore
        self.on_rtcp: Callable[[bytes, float], None] = _ignore
        self.on_state: Callable[[State, str], None] = _ignore_state
        self.on_moved: Callable[[float], None] = _ignore_moved
        """Gets the time at which another path was taken."""
        self.on_pong: Callable[[float, float], None] = _ignore_pong
        """Gets the seconds that a ping() took, and the time of its answer."""
        self.last_size = 0
        """Bytes of the datagram that is being delivered, without its IP and UDP headers."""
        self.last_received = 0.0
        """Monotonic seconds of the last datagram of any kind; 0 before the first."""
        self.dropped_in = 0
        """Datagrams from strange addresses or that did not decrypt."""
        self.dropped_out = 0
        """Packets that the kernel would not take, or for which there was no path."""
        self._certificate = certificate
        self._monotonic = monotonic
        self._role = dtls_role
        self._setup: Setup = "actpass"
        self._pings: dict[bytes, float] = {}
        self._dtls = Dtls(certificate, self._send_dtls, self._dtls_ended)
        self._peer: tuple[Any, ...] = ("", 0)
        self._sendto: Callable[[bytes | memoryview, tuple[Any, ...]], object] = _no_socket
        self._protect: Callable[[bytes], bytes | memoryview] = _not_connected
        self._protect_rtcp: Callable[[bytes], bytes] = _not_connected
        self._unprotect: Callable[[int], bytes] = _nothing_agreed
        self._unprotect_rtcp: Callable[[int], bytes] = _nothing_agreed
        self._unseal: Callable[[], None] = _no_keys
        self._quiet = False
        self._looking: asyncio.TimerHandle | None = None
        self._shortcut: Shortcut | None = None

    # --- what the two kinds do differently ------------------------------------------------------

    @abstractmethod
    async def gather(self, setup: Setup) -> Transport:
        """Open sockets and return what the SDP must tell. `setup`: `actpass` in an offer,
        `passive` (DTLS server) or `active` (client) in an answer. Raises TransportError when
        no address could be used or the TURN server gave no relay."""

    @abstractmethod
    async def restart(self) -> Transport:
        """Begin an ICE restart (RFC 8445, section 9): what the SDP must tell now. DTLS, SRTP and
        the path in use go on until reconnect() and the other side's checks have found another.
        Raises TransportError as gather()."""

    @abstractmethod
    async def reconnect(self, remote: Transport, timeout: float = CONNECT_TIMEOUT_S) -> None:
        """Go on with the credentials that the other side told at a restart. Raises
        TransportError when that finds no path; the old one is then still used."""

    @abstractmethod
    async def _connect_path(self, remote: Transport) -> None:
        """Returns when there is a path. Raises ConnectionError or ValueError."""

    @abstractmethod
    def _check(self) -> tuple[bytes, bytes] | None:
        """A STUN request on the path in use and its transaction; None: none can be made."""

    @abstractmethod
    async def _close_path(self) -> None: ...

    @property
    @abstractmethod
    def _incoming(self) -> bytearray:
        """Where on_media() finds what came; it must not change its size."""

    # --- connecting ------------------------------------------------------------------------------

    async def connect(self, remote: Transport, timeout: float = CONNECT_TIMEOUT_S) -> None:
        """Find a path and agree on keys, at most `timeout` seconds. Raises TransportError; the
        transport is then failed and must still be closed."""
        self._set_state("connecting", "")
        step = "ICE"
        try:
            async with asyncio.timeout(timeout):
                await self._connect_path(remote)
                step = "DTLS"
                await self._connect_dtls(remote)
        except (TimeoutError, ConnectionError, ValueError) as error:
            self._set_state("failed", f"{step} failed: {error or 'no answer in time'}")
            raise TransportError(self.reason) from error
        self.last_received = self._monotonic()
        self._set_state("connected", "")
        self._look()

    async def _connect_dtls(self, remote: Transport) -> None:
        role = self._role or _dtls_role(self._setup, remote.setup)
        await self._dtls.connect(role, remote.fingerprints)
        sealer, opener = self._dtls.sealer(), self._dtls.opener(self._incoming)

        def unseal() -> None:
            self._protect, self._protect_rtcp = sealer.protect, sealer.protect_rtcp
            if self._shortcut is not None:
                self._shortcut.open(True)

        if self._shortcut is not None:
            self._shortcut.keys(sealer.pointer)
        self._unseal = unseal
        unseal()
        self._unprotect, self._unprotect_rtcp = opener.unprotect, opener.unprotect_rtcp

    @property
    def alive(self) -> bool:
        """Connected, or silent and perhaps coming back."""
        return self.state in ("connected", "disconnected")

    @property
    def srtp_profile(self) -> str:
        """Name of the agreed SRTP profile; empty before."""
        return self._dtls.srtp_profile

    @property
    def header_bytes(self) -> int:
        """Of IP and UDP before each datagram on the path in use; through a relay, of the path
        beyond it."""
        return _IPV6_UDP if ":" in self._peer[0] else _IPV4_UDP

    # --- sending ---------------------------------------------------------------------------------

    def send_rtp(self, packet: bytes) -> None:
        """Encrypt and send now, or drop: media is not worth waiting for. Nothing is sent before
        the connection stands, nor while it is silent."""
        try:
            self._sendto(self._protect(packet), self._peer)
        except (OSError, ValueError):
            self.dropped_out += 1

    def send_rtcp(self, packet: bytes) -> None:
        """As send_rtp, for a compound RTCP packet."""
        try:
            self._sendto(self._protect_rtcp(packet), self._peer)
        except (OSError, ValueError):
            self.dropped_out += 1

    def _send_dtls(self, data: bytes) -> None:
        try:
            self._sendto(data, self._peer)
        except OSError:
            self.dropped_out += 1  # DTLS sends it again

    def ping(self) -> bool:
        """Send a STUN request on the path in use (as consent checks do, RFC 7675); on_pong gets
        the answer. False: there is no path, or too many are under way."""
        now = self._monotonic()
        self._pings = {key: at for key, at in self._pings.items() if now - at < PING_FORGOTTEN_S}
        if self.state != "connected" or len(self._pings) >= MAX_PINGS:
            return False
        check = self._check()
        if check is None:
            return False
        request, transaction = check
        self._pings[transaction] = now
        self._send_dtls(request)
        return True

    def _probe(self) -> None:
        """Ask for a sign of life; whatever comes is one."""
        check = self._check()
        if check is not None:
            self._send_dtls(check[0])

    def _pong(self, transaction: bytes, now: float) -> bool:
        asked = self._pings.pop(transaction, None)
        if asked is None:
            return False
        self.on_pong(now - asked, now)
        return True

    # --- receiving -------------------------------------------------------------------------------

    def on_media(self, size: int, now: float) -> None:
        """RTP or RTCP of `size` bytes came from a known address; it stands in the buffer."""
        try:
            if size > 1 and 191 < self._incoming[1] < 224:
                plain = self._unprotect_rtcp(size)
                deliver = self.on_rtcp
            else:
                plain = self._unprotect(size)
                deliver = self.on_rtp
        except ValueError:
            self.dropped_in += 1
            return
        self.last_received = now
        self.last_size = size
        if self._quiet:
            self._heard(now)
        deliver(plain, now)

    def on_dtls(self, data: bytes, now: float) -> None:
        """A DTLS datagram came from a known address."""
        self._heard(now)
        self._dtls.feed(data)

    # --- is the other side there? ----------------------------------------------------------------

    def _look(self) -> None:
        """Ask when it is silent, tell when that lasts, come again when there is more to find."""
        self._looking = None
        if self._shortcut is not None:
            self.dropped_out += self._shortcut.take_dropped()
        if not self.alive:
            return
        silent = self._monotonic() - self.last_received
        if silent >= FAILED_S:
            self._set_state("failed", "the other side is out of reach")
            return
        if silent >= SILENT_S and not self._quiet:
            self._quiet = True
            self._protect = self._protect_rtcp = _out_of_reach
            self._shut()
            self._set_state("disconnected", f"nothing came for {SILENT_S:g} s")
        delay = PROBE_S - silent
        if delay <= 0:
            if self._probes():
                self._probe()
            delay = min(PROBE_AGAIN_S, (FAILED_S if self._quiet else SILENT_S) - silent)
        delay = max(_SHORTEST_LOOK_S, delay)
        self._looking = asyncio.get_running_loop().call_later(delay, self._look)

    def _shut(self) -> None:
        if self._shortcut is not None:
            self._shortcut.open(False)

    def _probes(self) -> bool:
        """Whether a silent connection is asked."""
        return True

    def _heard(self, now: float) -> None:
        """Something came from the other side."""
        self.last_received = now
        if self._quiet:
            self._quiet = False
            self._unseal()
            self._set_state("connected", "")

    # --- the end ---------------------------------------------------------------------------------

    async def close(self, reason: str = "closed") -> None:
        """Tell the other side, close all sockets, end all tasks. Safe to call twice."""
        if self.state == "closed":
            return
        self._set_state("closed", reason)
        if self._looking is not None:
            self._looking.cancel()
        self._protect = self._protect_rtcp = _not_connected
        self._shut()
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self._dtls.stop()
                self._sendto = _no_socket
                await self._close_path()
        finally:
            self._sendto = _no_socket
            self._release()

    @abstractmethod
    def _release(self) -> None:
        """Let go of what must not stay, however close() went."""

    def _dtls_ended(self) -> None:
        if self.alive:
            self._set_state("failed", "the other side closed the connection")

    def _set_state(self, state: State, reason: str) -> None:
        if self.state in (state, "closed"):
            return
        self.state, self.reason = state, reason
        self.on_state(state, reason)


def _dtls_role(ours: Setup, theirs: Setup) -> DtlsRole:
    """RFC 8842 section 5.3: whoever said `active` is the client; we are the server if neither
    did."""
    return "client" if ours == "active" or (ours == "actpass" and theirs == "passive") else "server"


def _ignore(packet: bytes, now: float) -> None:
    """Nobody listens yet."""


def _ignore_state(state: State, reason: str) -> None:
    """Nobody listens yet."""


def _ignore_moved(now: float) -> None:
    """Nobody listens yet."""


def _ignore_pong(seconds: float, now: float) -> None:
    """Nobody listens yet."""


def _no_keys() -> None:
    """Nothing was agreed yet."""


def _not_connected(packet: bytes) -> bytes:
    raise ValueError("not connected")


def _out_of_reach(packet: bytes) -> bytes:
    raise ValueError("the other side is silent")


def _nothing_agreed(size: int) -> bytes:
    raise ValueError("no keys yet")


def _no_socket(packet: bytes | memoryview, address: tuple[Any, ...]) -> int:
    raise OSError("not connected")
