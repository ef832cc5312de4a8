"""The ICE agent, candidates and relays of a media transport. It touches aioice, some of it by
private names: tests/rtc/test_transport.py names each."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ssl import SSLContext
from typing import Any, Literal, cast

from aioice.candidate import Candidate as AioiceCandidate
from aioice.ice import (
    CandidatePair,
    Connection,
    StunProtocol,
    get_host_addresses,
    relayed_candidate,
)
from aioice.stun import TransactionError

from vicon.rtc.sdp import Candidate, Transport

CONSENT_INTERVAL_S, CONSENT_S = 5.0, 30.0
"""RFC 7675, section 5.1."""
CONSENT_AGAIN = 2
"""Times that a check is sent again, after 0.5 and 1.5 s; its answer may take 3.5 s."""
RELAY_BACKLOG = 1 << 16
"""Bytes that wait on the way to a relay by TCP; media beyond is dropped, as a socket would."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnServer:
    """How to reach a TURN server (RFC 8656); `tls`: verify its certificate by this context."""

    host: str
    port: int
    transport: Literal["udp", "tcp"]
    username: str
    credential: str
    tls: SSLContext | None = None


class Ice(Connection):
    """An ICE agent that tells when the nominated pair may have changed and when the other side's
    consent is lost, and that keeps a call over a long way."""

    def __init__(
        self, controlling: bool, changed: Callable[[], None], lost: Callable[[Ice], None]
    ) -> None:
        super().__init__(ice_controlling=controlling)
        self._changed, self._lost = changed, lost
        self._over = False

    def meet(self, remote: Transport) -> None:
        """The other side's description came. A lite agent is controlled by us, whoever made the
        offer (RFC 8445, section 6.1.1)."""
        self.remote_username, self.remote_password = remote.ufrag, remote.password
        if remote.lite:
            self.remote_is_lite = self.ice_controlling = True

    async def connect(self) -> None:
        """Raises ConnectionError, also when it was closed while its checks came to an end: the
        library would then go on asking for consent, and for ever."""
        await super().connect()
        if self._over:
            if self._query_consent_task is not None:
                self._query_consent_task.cancel()
            raise ConnectionError("closed meanwhile")

    async def close(self) -> None:
        self._over = True
        await super().close()

    def check_complete(self, pair: CandidatePair) -> None:
        super().check_complete(pair)
        self._changed()

    async def query_consent(self) -> None:
        """Ask every five seconds whether we may go on sending; close after CONSENT_S without an
        answer (RFC 7675, section 5.1). The library's own would ask once and wait for half a
        second: by satellite every call would end after half a minute."""
        loop = asyncio.get_running_loop()
        heard = loop.time()
        while (left := heard + CONSENT_S - loop.time()) > 0:
            # From 0.8 to 1.2 of the interval, so that not all connections ask at once.
            share = 0.8 + secrets.randbelow(401) / 1000
            await asyncio.sleep(min(CONSENT_INTERVAL_S * share, left))
            if await self._consents():
                heard = loop.time()
        self._query_consent_task = None  # else close() would cancel us
        await self.close()
        self._lost(self)

    async def _consents(self) -> bool:
        assert self.remote_password is not None
        key = self.remote_password.encode()
        for pair in list(self._nominated.values()):
            request = self.build_request(pair, nominate=False)
            try:
                await pair.protocol.request(
                    request, pair.remote_addr, integrity_key=key, retransmissions=CONSENT_AGAIN
                )
            except TransactionError:
                return False
        return True

    async def gather_on(self, addresses: Sequence[str]) -> None:
        """Gather on these addresses alone; aioice itself would leave out the loopback."""
        self._local_candidates_start = True
        self._local_candidates = await self.get_component_candidates(1, list(addresses))
        self._local_candidates_end = True

    async def relay_by(self, server: TurnServer) -> None:
        """Gather a relayed candidate. Raises what the way to the server raises."""
        candidate, protocol = await relayed_candidate(
            component=1,
            hide_related_address=True,
            protocol_factory=lambda: StunProtocol(self),
            turn_server=(server.host, server.port),
            turn_username=server.username,
            turn_password=server.credential,
            turn_ssl=cast(bool, server.tls),
            turn_transport=server.transport,
        )
        self._local_candidates = [*self._local_candidates, candidate]
        self._protocols.append(protocol)

    @property
    def protocols(self) -> list[StunProtocol]:
        return self._protocols

    @property
    def nominated(self) -> CandidatePair | None:
        return self._nominated.get(1)

    def remotes(self) -> frozenset[tuple[str, int]]:
        """Where the other side may send from: its SDP's candidates and those that an authenticated
        check came from. When several pairs work at once the two sides can settle on different
        ones, so that the nominated pair's address alone would be too narrow."""
        return frozenset((c.host, c.port) for c in self.remote_candidates)


def relayed(protocol: StunProtocol) -> Callable[[bytes | memoryview, tuple[str, int]], int]:
    """Sends through a TURN relay: as channel data at once where a channel is bound (RFC 8656,
    section 12), else by the library, which binds one first."""
    inner = cast(Any, protocol.transport)._TurnTransport__inner_protocol

    def sendto(data: bytes | memoryview, address: tuple[str, int]) -> int:
        channel = inner.peer_to_channel.get(address)
        if inner.transport.get_write_buffer_size() > RELAY_BACKLOG:
            raise BlockingIOError("the way to the relay is full")
        if channel is None or inner.transport.is_closing():
            protocol.transport.sendto(bytes(data), address)
        else:
            inner._send(struct.pack("!HH", channel, len(data)) + bytes(data))
        return len(data)

    return sendto


def local_addresses() -> list[str]:
    """This machine's addresses, or the loopback where there is no other."""
    return get_host_addresses(use_ipv4=True, use_ipv6=True) or ["127.0.0.1"]


def usable(candidate: Candidate) -> bool:
    """UDP and an address; .local names are not resolved: the peer's own checks make the pair (RFC
    8445, section 7.3.1.3)."""
    if candidate.protocol != "udp" or candidate.component != 1:
        return False
    try:
        ipaddress.ip_address(candidate.address)
    except ValueError:
        return False
    return True


def from_sdp(c: Candidate) -> AioiceCandidate:
    return AioiceCandidate(
        c.foundation, c.component, c.protocol, c.priority, c.address, c.port, c.kind
    )


def to_sdp(c: AioiceCandidate) -> Candidate:
    return Candidate(c.foundation, c.component, c.transport, c.priority, c.host, c.port, c.type)
