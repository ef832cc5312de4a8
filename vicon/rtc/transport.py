"""A media transport with a full ICE agent (ice.py) and sockets of its own: agents, command line,
tests. It touches aioice: tests/rtc/test_transport.py names its private parts."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
from collections.abc import Callable, Sequence
from ssl import SSLCertVerificationError, SSLError
from typing import Any

from aioice.ice import StunProtocol
from aioice.stun import TransactionFailed, TransactionTimeout

from vicon.rtc.dtls import Certificate, DtlsRole, make_certificate
from vicon.rtc.gate import Gate
from vicon.rtc.ice import Ice, TurnServer, from_sdp, local_addresses, relayed, to_sdp, usable
from vicon.rtc.sdp import Setup, Transport
from vicon.rtc.secure import CONNECT_TIMEOUT_S, SecureTransport, State, TransportError
from vicon.rtc.udp import BUFFER_BYTES, DATAGRAM_BYTES

__all__ = ["Certificate", "RtcTransport", "State", "TransportError", "make_certificate"]

TURN_TIMEOUT_S = 6.0
LINGER_S = 2.0
"""What is under way to an old path still arrives after a restart."""


class RtcTransport(SecureTransport):
    """See SecureTransport."""

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
        gate: Gate | None = None,
    ) -> None:
        """`controlling`: whoever made the offer (RFC 8445 section 6.1.1); towards a lite agent
        always. `dtls_role`: None follows the SDP's setup attributes. `addresses`: gather on
        these; None: on all of this machine, or on the loopback where there is nothing else.
        `turn`: gather a relayed candidate too; `relay_only`: and nothing else. `gate`: all but what
        goes by a relay goes through it."""
        super().__init__(certificate, monotonic, dtls_role)
        self._addresses = addresses
        self._turn, self._relay_only = turn, relay_only
        self._controlling = controlling
        self._gate = gate
        self._buffer = bytearray(DATAGRAM_BYTES)
        self._ice = self._agent()
        self._fresh: Ice | None = None
        """The agent of a restart, until its pair takes over."""
        self._former: dict[Ice, asyncio.Task[None]] = {}
        """Agents before it, and who closes them."""
        self._hurry = asyncio.Event()
        self._sockets: dict[StunProtocol, socket.socket] = {}
        self._remotes: frozenset[tuple[str, int]] = frozenset()

    def _agent(self) -> Ice:
        return Ice(self._controlling, self._pair_changed, self._lost)

    @property
    def _incoming(self) -> bytearray:
        return self._buffer

    async def gather(self, setup: Setup) -> Transport:
        self._setup = setup
        return await self._gather(self._ice)

    async def _gather(self, ice: Ice) -> Transport:
        addresses = self._addresses
        if addresses is None:
            addresses = local_addresses()
        await ice.gather_on([] if self._relay_only else addresses)
        if self._turn is not None:
            await self._relay(ice, self._turn)
        if not ice.local_candidates:
            raise TransportError("no local address could be opened")
        for protocol in ice.protocols:
            self._take_over(protocol)
        return Transport(
            ufrag=ice.local_username,
            password=ice.local_password,
            fingerprints=self._certificate.fingerprints(),
            setup=self._setup,
            candidates=tuple(to_sdp(c) for c in ice.local_candidates),
        )

    async def _relay(self, ice: Ice, server: TurnServer) -> None:
        try:
            async with asyncio.timeout(TURN_TIMEOUT_S):
                await ice.relay_by(server)
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

    async def _connect_path(self, remote: Transport) -> None:
        await self._find(self._ice, remote)
        self._pair_changed()

    async def _find(self, ice: Ice, remote: Transport) -> None:
        ice.meet(remote)
        for candidate in remote.candidates:
            if usable(candidate):
                await ice.add_remote_candidate(from_sdp(candidate))
        # The end of candidates is never told: a browser without permission for its camera sends
        # only .local names, and its own checks make the pair (RFC 8445 section 7.3.1.3).
        await ice.connect()

    async def restart(self) -> Transport:
        if self._fresh is not None:
            self._let_go(self._fresh, 0)
        self._fresh = fresh = self._agent()
        try:
            return await self._gather(fresh)
        except TransportError:
            self._fresh = None
            self._let_go(fresh, 0)
            raise

    async def reconnect(self, remote: Transport, timeout: float = CONNECT_TIMEOUT_S) -> None:
        fresh = self._fresh
        if fresh is None:
            raise TransportError("no restart is under way")
        try:
            async with asyncio.timeout(timeout):
                await self._find(fresh, remote)
        except (TimeoutError, ConnectionError, ValueError) as error:
            if self._fresh is fresh:
                self._fresh = None
            self._let_go(fresh, 0)
            why = f"ICE restart failed: {error or 'no answer in time'}"
            raise TransportError(why) from error
        if self._fresh is not fresh or self.state == "closed":
            raise TransportError("another restart took its place")
        former, self._ice, self._fresh = self._ice, fresh, None
        self._pair_changed()
        self._let_go(former, LINGER_S)

    def _let_go(self, ice: Ice, after: float) -> None:
        if ice not in self._former:
            self._former[ice] = asyncio.create_task(self._end(ice, after), name="ICE agent's end")

    async def _end(self, ice: Ice, after: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(after):
                await self._hurry.wait()
        protocols = list(ice.protocols)
        await ice.close()
        for protocol in protocols:
            own = self._sockets.pop(protocol, None)
            if own is not None:
                own.close()
        del self._former[ice]

    @property
    def local_socket(self) -> socket.socket | None:
        """The socket in use, once connected (tests and measurements look at its port)."""
        pair = self._ice.nominated
        return self._sockets.get(pair.protocol) if pair is not None else None

    def _check(self) -> tuple[bytes, bytes] | None:
        pair = self._ice.nominated
        if pair is None:
            return None
        request = self._ice.build_request(pair, nominate=False)
        request.add_message_integrity((self._ice.remote_password or "").encode())
        return bytes(request), request.transaction_id

    def _take_over(self, protocol: StunProtocol) -> None:
        """Put our receive path before aioice's, and keep a socket of our own to send on."""
        shared = protocol.transport.get_extra_info("socket")
        if shared is not None:  # a relayed path has none of its own
            own = shared.dup()  # closed with its agent
            own.setblocking(False)
            own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
            own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
            self._sockets[protocol] = own
        if hasattr(protocol.transport, "max_size"):
            # asyncio reads into 256 KiB each time, and what it gives back of them strews the heap.
            protocol.transport.max_size = DATAGRAM_BYTES + 1
        stock, gate = protocol.datagram_received, self._gate
        if gate is not None:
            protocol.transport = gate.before(protocol.transport)

        def datagram_received(data: bytes, address: tuple[Any, ...]) -> None:
            if not data or (gate is not None and gate.shut):
                return
            now = self._monotonic()
            if data[0] < 4:
                if self._is_known(address[:2]):
                    self._heard(now)
                if not (self._pings and self._pong(data[8:20], now)):
                    self._give(stock, data, address)
            elif address != self._peer and not self._is_known(address[:2]):
                self.dropped_in += 1
            elif 127 < data[0] < 192 and len(data) <= DATAGRAM_BYTES:
                self._buffer[: len(data)] = data
                self.on_media(len(data), now)
            elif 19 < data[0] < 64:
                self.on_dtls(data, now)

        protocol.datagram_received = datagram_received  # type: ignore[assignment,method-assign]

    def _give(
        self,
        stock: Callable[[bytes, tuple[Any, ...]], None],
        data: bytes,
        address: tuple[Any, ...],
    ) -> None:
        """STUN is for aioice, which lets some errors of a malformed message through."""
        try:
            stock(data, address)
        except (ValueError, KeyError, AssertionError, struct.error):
            self.dropped_in += 1

    def _is_known(self, address: tuple[Any, ...]) -> bool:
        if address not in self._remotes:
            self._remotes = self._all_remotes()  # a check may have come in since
        return address in self._remotes

    def _all_remotes(self) -> frozenset[tuple[str, int]]:
        agents = [self._ice, *self._former]
        if self._fresh is not None:
            agents.append(self._fresh)
        return frozenset().union(*(agent.remotes() for agent in agents))

    def _pair_changed(self) -> None:
        self._remotes = self._all_remotes()
        pair = self._ice.nominated
        if pair is None or self.state == "closed":
            return
        self._peer = pair.remote_addr
        own = self._sockets.get(pair.protocol)
        if own is None:
            self._sendto = relayed(pair.protocol)
        else:
            self._sendto = own.sendto if self._gate is None else self._gate.sendto(own)

    def _lost(self, ice: Ice) -> None:
        if ice is self._ice and self.alive:
            self._set_state("failed", "the other side is out of reach")

    async def _close_path(self) -> None:
        for ice in (self._ice, self._fresh):
            if ice is not None:
                self._let_go(ice, 0)
        self._hurry.set()
        await asyncio.wait(list(self._former.values()))

    def _release(self) -> None:
        for own in self._sockets.values():
            own.close()
        self._sockets.clear()
