"""One bundled media transport: ICE (see ice.py), DTLS and SRTP over UDP. The only file that touches
aiortc and pylibsrtp, some of it by private names: tests/rtc/test_transport.py names each.

Media datagrams leave the libraries' way at the first byte (RFC 7983) and go straight to SRTP
and the callback; sending does the same in the other direction.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Sequence
from ssl import SSLCertVerificationError, SSLError
from typing import Any, Literal, cast

import pylibsrtp
from aioice.ice import StunProtocol
from aioice.stun import TransactionFailed, TransactionTimeout
from aiortc.rtcdtlstransport import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    SRTPProtectionProfile,
)
from OpenSSL import SSL
from pylibsrtp._binding import ffi, lib

from vicon.rtc.ice import Ice, TurnServer, from_sdp, local_addresses, relayed, to_sdp, usable
from vicon.rtc.sdp import Fingerprint, Setup, Transport

State = Literal["new", "connecting", "connected", "failed", "closed"]
DtlsRole = Literal["server", "client"]
CONNECT_TIMEOUT_S = 15.0
CLOSE_TIMEOUT_S = 3.0
TURN_TIMEOUT_S = 6.0
MAX_PINGS, PING_FORGOTTEN_S = 50, 3.0
_IPV4_UDP, _IPV6_UDP = 28, 48
BUFFER_BYTES = 1 << 20
"""Of each socket and direction, as far as the kernel allows: a burst of key frames must fit."""
MAX_PACKET = 1472
"""Bytes of an RTP packet: what an Ethernet frame holds."""
_TRAILER = 16 + 128
"""SRTP_MAX_TRAILER_LEN of libsrtp: authentication tag and master key identifier."""
_CIPHERS = b":".join(
    (
        b"ECDHE-ECDSA-AES128-GCM-SHA256",
        b"ECDHE-RSA-AES128-GCM-SHA256",
        b"ECDHE-ECDSA-CHACHA20-POLY1305",
        b"ECDHE-RSA-CHACHA20-POLY1305",
        b"ECDHE-ECDSA-AES128-SHA",
        b"ECDHE-RSA-AES128-SHA",
        b"ECDHE-ECDSA-AES256-SHA",
        b"ECDHE-RSA-AES256-SHA",
    )
)


class TransportError(Exception):
    """The connection could not be made; the message says at which step."""


class Certificate(RTCCertificate):
    """A self-signed certificate for DTLS; one per process will do. Peers with RSA keys are
    accepted too (aiortc offers suites for ECDSA only)."""

    def _create_ssl_context(self, srtp_profiles: list[SRTPProtectionProfile]) -> SSL.Context:
        context = super()._create_ssl_context(srtp_profiles)
        context.set_cipher_list(_CIPHERS)
        return context

    def fingerprints(self) -> tuple[Fingerprint, ...]:
        """For the SDP: SHA-256 alone, which everybody understands."""
        found = [f for f in self.getFingerprints() if f.algorithm == "sha-256"]
        return tuple(Fingerprint(f.algorithm, f.value) for f in found)


def make_certificate() -> Certificate:
    """Takes a few milliseconds. Valid for 30 days: make one per process start, not per boot."""
    return Certificate.generateCertificate()


class _IceForDtls:
    """The four names that RTCDtlsTransport uses of an RTCIceTransport."""

    def __init__(self, ice: Ice) -> None:
        self._recv = ice.recv
        self._send = ice.send
        self._ice = ice

    @property
    def role(self) -> str:
        return "controlling" if self._ice.ice_controlling else "controlled"


class _Sealer:
    """SRTP protection in place: a third of the cost of pylibsrtp's own protect(), which makes
    three objects and two copies for each packet."""

    __slots__ = ("_buffer", "_length", "_session", "_srtp", "_view")

    def __init__(self, session: pylibsrtp.Session) -> None:
        self._session = session  # owns what _srtp points to
        self._srtp = session._srtp[0]
        self._buffer = ffi.new("char[]", MAX_PACKET + _TRAILER)
        self._view = memoryview(ffi.buffer(self._buffer))
        self._length = ffi.new("int *")

    def protect(self, packet: bytes) -> memoryview:
        """Valid until the next call. Raises ValueError for a packet that is too long or that
        libsrtp refuses."""
        size = len(packet)
        if size > MAX_PACKET:
            raise ValueError("packet too long")
        self._view[:size] = packet
        self._length[0] = size
        if lib.srtp_protect(self._srtp, self._buffer, self._length):
            raise ValueError("libsrtp refused the packet")
        return self._view[: self._length[0]]


class RtcTransport:
    """Make it, gather(), exchange SDP, connect(), send and receive, close().

    `on_rtp` and `on_rtcp` get decrypted packets and the monotonic time of their arrival in
    seconds; `on_state` gets the state and a reason. They are called from the event loop and must
    not block. Packets from addresses that ICE does not know are dropped.
    """

    def __init__(
        self,
        certificate: Certificate,
        monotonic: Callable[[], float],
        *,
        controlling: bool,
        dtls_role: DtlsRole | None = None,
        addresses: Sequence[str] | None = None,
        turn: TurnServer | None = None,
        relay_only: bool = False,
    ) -> None:
        """`controlling`: whoever made the offer (RFC 8445 section 6.1.1). `dtls_role`: None follows
        the SDP's setup attributes. `addresses`: gather on
        these; None: on all of this machine, or on the loopback where there is nothing else.
        `turn`: gather a relayed candidate too; `relay_only`: and nothing else."""
        self.state: State = "new"
        self.reason = ""
        self.on_rtp: Callable[[bytes, float], None] = _ignore
        self.on_rtcp: Callable[[bytes, float], None] = _ignore
        self.on_state: Callable[[State, str], None] = _ignore_state
        self.on_pong: Callable[[float, float], None] = _ignore_pong
        """Gets the seconds that a ping() took, and the time of its answer."""
        self.last_size = 0
        """Bytes of the datagram that is being delivered, without its IP and UDP headers."""
        self.last_received = 0.0
        """Monotonic seconds of the last datagram of any kind; 0 before the first."""
        self.dropped_in = 0
        """Datagrams from strange addresses or that did not decrypt."""
        self.dropped_out = 0
        """Packets that the kernel would not take."""
        self._certificate = certificate
        self._monotonic = monotonic
        self._role = dtls_role
        self._setup: Setup = "actpass"
        self._addresses = addresses
        self._turn, self._relay_only = turn, relay_only
        self._pings: dict[bytes, float] = {}
        self._ice = Ice(controlling, self._pair_changed)
        self._dtls = RTCDtlsTransport(cast(Any, _IceForDtls(self._ice)), [certificate])
        self._dtls.add_listener("statechange", self._dtls_changed)
        self._sockets: dict[StunProtocol, socket.socket] = {}
        self._peer: tuple[str, int] = ("", 0)
        self._remotes: frozenset[tuple[str, int]] = frozenset()
        self._sendto: Callable[[bytes | memoryview, tuple[str, int]], int] = _no_socket
        self._protect: Callable[[bytes], bytes | memoryview] = _not_connected
        self._protect_rtcp: Callable[[bytes], bytes] = _not_connected
        self._unprotect: Callable[[bytes], bytes] = _not_connected
        self._unprotect_rtcp: Callable[[bytes], bytes] = _not_connected

    async def gather(self, setup: Setup) -> Transport:
        """Open sockets and return what the SDP must tell. `setup`: `actpass` in an offer,
        `passive` (DTLS server) or `active` (client) in an answer. Raises TransportError when
        no address could be used or the TURN server gave no relay."""
        self._setup = setup
        addresses = self._addresses
        if addresses is None:
            addresses = local_addresses()
        await self._ice.gather_on([] if self._relay_only else addresses)
        if self._turn is not None:
            await self._relay(self._turn)
        if not self._ice.local_candidates:
            raise TransportError("no local address could be opened")
        for protocol in self._ice.protocols:
            self._take_over(protocol)
        return Transport(
            ufrag=self._ice.local_username,
            password=self._ice.local_password,
            fingerprints=self._certificate.fingerprints(),
            setup=setup,
            candidates=tuple(to_sdp(c) for c in self._ice.local_candidates),
        )

    async def _relay(self, server: TurnServer) -> None:
        try:
            async with asyncio.timeout(TURN_TIMEOUT_S):
                await self._ice.relay_by(server)
        except TransactionFailed as error:
            code, why = error.response.attributes.get("ERROR-CODE", (0, ""))
            raise TransportError(f"TURN refused: {code} {why}".rstrip()) from error
        except (TimeoutError, TransactionTimeout) as error:
            raise TransportError("TURN does not answer") from error
        except SSLCertVerificationError as error:
            raise TransportError(f"TURN certificate: {error.verify_message}") from error
        except SSLError as error:
            raise TransportError(f"TURN over TLS: {error.reason}") from error
        except OSError as error:
            why = os.strerror(error.errno) if error.errno else str(error)
            raise TransportError(f"TURN not reached: {why}") from error

    async def connect(self, remote: Transport, timeout: float = CONNECT_TIMEOUT_S) -> None:
        """Find a path and agree on keys, at most `timeout` seconds. Raises TransportError; the
        transport is then failed and must still be closed."""
        self._set_state("connecting", "")
        step = "ICE"
        try:
            async with asyncio.timeout(timeout):
                await self._connect_ice(remote)
                step = "DTLS"
                await self._connect_dtls(remote)
        except (TimeoutError, ConnectionError, ValueError) as error:
            self._set_state("failed", f"{step} failed: {error or 'no answer in time'}")
            raise TransportError(self.reason) from error
        self._pair_changed()
        self._set_state("connected", "")

    async def _connect_ice(self, remote: Transport) -> None:
        self._ice.remote_username = remote.ufrag
        self._ice.remote_password = remote.password
        for candidate in remote.candidates:
            if usable(candidate):
                await self._ice.add_remote_candidate(from_sdp(candidate))
        # The end of candidates is never told: a browser without permission for its camera sends
        # only .local names, and its own checks make the pair (RFC 8445 section 7.3.1.3).
        await self._ice.connect()

    async def _connect_dtls(self, remote: Transport) -> None:
        self._dtls._set_role(self._role or _dtls_role(self._setup, remote.setup))
        fingerprints = [RTCDtlsFingerprint(f.algorithm, f.value) for f in remote.fingerprints]
        await self._dtls.start(RTCDtlsParameters(fingerprints=fingerprints))
        if self._dtls.state != "connected":
            raise ConnectionError("the handshake was refused or the fingerprint is another one")
        receiving, sending = self._dtls._rx_srtp, self._dtls._tx_srtp
        self._unprotect, self._unprotect_rtcp = receiving.unprotect, receiving.unprotect_rtcp
        self._protect, self._protect_rtcp = _Sealer(sending).protect, sending.protect_rtcp

    @property
    def srtp_profile(self) -> str:
        """Name of the agreed SRTP profile; empty before."""
        ssl = self._dtls._ssl
        return ssl.get_selected_srtp_profile().decode() if ssl is not None else ""

    @property
    def local_socket(self) -> socket.socket | None:
        """The socket in use, once connected (tests and measurements look at its port)."""
        pair = self._ice.nominated
        return self._sockets.get(pair.protocol) if pair is not None else None

    @property
    def header_bytes(self) -> int:
        """Of IP and UDP before each datagram on the path in use; through a relay, of the path
        beyond it."""
        return _IPV6_UDP if ":" in self._peer[0] else _IPV4_UDP

    def send_rtp(self, packet: bytes) -> None:
        """Encrypt and send now, or drop: media is not worth waiting for. Before the connection
        stands nothing is sent."""
        try:
            self._sendto(self._protect(packet), self._peer)
        except (OSError, ValueError):
            self.dropped_out += 1

    def send_rtcp(self, packet: bytes) -> None:
        """As send_rtp, for a compound RTCP packet."""
        try:
            self._sendto(self._protect_rtcp(packet), self._peer)
        except (OSError, ValueError, pylibsrtp.Error):
            self.dropped_out += 1

    def ping(self) -> bool:
        """Send a STUN request on the path in use (as consent checks do, RFC 7675); on_pong gets
        the answer. False: there is no path, or too many are under way."""
        pair = self._ice.nominated
        now = self._monotonic()
        self._pings = {key: at for key, at in self._pings.items() if now - at < PING_FORGOTTEN_S}
        if pair is None or self.state != "connected" or len(self._pings) >= MAX_PINGS:
            return False
        request = self._ice.build_request(pair, nominate=False)
        request.add_message_integrity((self._ice.remote_password or "").encode())
        self._pings[request.transaction_id] = now
        try:
            self._sendto(bytes(request), self._peer)
        except OSError:
            self.dropped_out += 1
        return True

    def _pong(self, transaction: bytes, now: float) -> bool:
        asked = self._pings.pop(transaction, None)
        if asked is None:
            return False
        self.on_pong(now - asked, now)
        return True

    async def close(self, reason: str = "closed") -> None:
        """Tell the other side, close all sockets, end all tasks. Safe to call twice."""
        if self.state == "closed":
            return
        self._set_state("closed", reason)
        self._sendto = _no_socket
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self._dtls.stop()
                await self._ice.close()
        finally:
            for own in self._sockets.values():
                own.close()
            self._sockets.clear()

    def _take_over(self, protocol: StunProtocol) -> None:
        """Put our receive path before aioice's, and keep a socket of our own to send on."""
        shared = protocol.transport.get_extra_info("socket")
        if shared is not None:  # a relayed path has none of its own
            own = shared.dup()  # closed in close()
            own.setblocking(False)
            own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
            own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
            self._sockets[protocol] = own
        stock = protocol.datagram_received

        def datagram_received(data: bytes, address: tuple[Any, ...]) -> None:
            self.last_received = now = self._monotonic()
            if data and 127 < data[0] < 192:
                self._receive(data, address, now)
            elif data and not (data[0] < 4 and self._pings and self._pong(data[8:20], now)):
                stock(data, address)

        protocol.datagram_received = datagram_received  # type: ignore[assignment,method-assign]

    def _receive(self, data: bytes, address: tuple[Any, ...], now: float) -> None:
        if address != self._peer and not self._is_known(address[:2]):
            self.dropped_in += 1
            return
        try:
            if len(data) > 1 and 191 < data[1] < 224:
                plain = self._unprotect_rtcp(data)
                deliver = self.on_rtcp
            else:
                plain = self._unprotect(data)
                deliver = self.on_rtp
        except (pylibsrtp.Error, ValueError):
            self.dropped_in += 1
            return
        self.last_size = len(data)
        deliver(plain, now)

    def _is_known(self, address: tuple[Any, ...]) -> bool:
        if address not in self._remotes:
            self._remotes = self._ice.remotes()  # a check may have come in since
        return address in self._remotes

    def _pair_changed(self) -> None:
        self._remotes = self._ice.remotes()
        pair = self._ice.nominated
        if pair is None:
            return
        self._peer = pair.remote_addr
        own = self._sockets.get(pair.protocol)
        self._sendto = own.sendto if own is not None else relayed(pair.protocol)

    def _dtls_changed(self) -> None:
        # Lost consent closes the ICE connection, and that ends the DTLS transport.
        if self._dtls.state in ("closed", "failed") and self.state == "connected":
            self._set_state("failed", "the other side closed or is out of reach")

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


def _ignore_pong(seconds: float, now: float) -> None:
    """Nobody listens yet."""


def _not_connected(packet: bytes) -> bytes:
    raise ValueError("not connected")


def _no_socket(packet: bytes | memoryview, address: tuple[str, int]) -> int:
    raise OSError("not connected")
