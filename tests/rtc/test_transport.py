"""Two real transports over UDP on the loopback."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable

import msgspec
import pylibsrtp
import pytest
import pytest_asyncio
from aioice.ice import CandidatePair, Connection, StunProtocol
from aioice.turn import TurnClientTcpProtocol, TurnTransport
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsTransport

from vicon.rtc.rtcp import Pli, build
from vicon.rtc.rtp import Packet
from vicon.rtc.sdp import Candidate, Transport
from vicon.rtc.secure import MAX_PINGS, PING_FORGOTTEN_S
from vicon.rtc.transport import (
    RtcTransport,
    TransportError,
    make_certificate,
)

CERTIFICATE = make_certificate()
LOOPBACK = ["127.0.0.1"]


def make(*, controlling: bool) -> RtcTransport:
    return RtcTransport(
        CERTIFICATE,
        time.monotonic,
        controlling=controlling,
        addresses=LOOPBACK,
    )


async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


async def test_a_handshake_that_overhears_its_cancellation_is_ended() -> None:
    """As asyncio.wait_for of Python 3.11 does when a datagram comes with it."""
    client, server = make(controlling=True), make(controlling=False)
    begun = asyncio.Event()

    async def stubborn(_parameters: object) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.Event().wait()

    client._dtls._dtls.start = stubborn  # type: ignore[assignment,method-assign]
    offer, answer = await client.gather("actpass"), await server.gather("passive")
    other = asyncio.create_task(server.connect(offer))
    joining = asyncio.create_task(client.connect(answer))
    await begun.wait()
    joining.cancel()
    done, _ = await asyncio.wait((joining,), timeout=2)
    assert done
    assert joining.cancelled()
    await client.close()
    await server.close()
    await asyncio.gather(other, return_exceptions=True)
    await _nothing_goes_on()


async def test_an_agent_closed_as_its_checks_end_leaves_nothing_behind() -> None:
    client, server = make(controlling=True), make(controlling=False)
    original = client._ice._check_list_state.get

    async def closed_meanwhile() -> int:
        result = await original()
        await client.close()
        return result

    client._ice._check_list_state.get = closed_meanwhile  # type: ignore[method-assign]
    offer, answer = await client.gather("actpass"), await server.gather("passive")
    other = asyncio.create_task(server.connect(offer))
    with pytest.raises(TransportError, match="closed"):
        await client.connect(answer)
    await server.close()
    await asyncio.gather(other, return_exceptions=True)
    await _nothing_goes_on()


async def _nothing_goes_on() -> None:
    mine = asyncio.current_task()
    await until(lambda: not [task for task in asyncio.all_tasks() if task is not mine], 2)


async def join(
    client: RtcTransport,
    server: RtcTransport,
    change: Callable[[Transport], Transport] = lambda transport: transport,
) -> None:
    offer, answer = await client.gather("actpass"), await server.gather("passive")
    await asyncio.gather(client.connect(answer), server.connect(change(offer)))


@pytest_asyncio.fixture
async def pair() -> AsyncIterator[tuple[RtcTransport, RtcTransport]]:
    client, server = make(controlling=True), make(controlling=False)
    yield client, server
    await client.close()
    await server.close()


Pair = tuple[RtcTransport, RtcTransport]


def test_every_private_name_that_we_use_is_still_there() -> None:
    connection = Connection(ice_controlling=True)
    for name in (
        "_local_candidates",
        "_local_candidates_start",
        "_local_candidates_end",
        "_protocols",
        "_nominated",
    ):
        assert hasattr(connection, name), name
    for name in ("_query_consent_task",):
        assert name in Connection.connect.__code__.co_names, name
    assert callable(connection.query_consent)
    assert callable(connection.check_complete)
    assert callable(connection.build_request)
    assert "_TurnTransport__inner_protocol" in TurnTransport.__init__.__code__.co_names
    client = TurnClientTcpProtocol(("127.0.0.1", 9), "", "", 600, 500)
    assert callable(client._send)
    assert client.peer_to_channel == {}
    assert callable(StunProtocol.datagram_received)
    assert callable(RTCCertificate._create_ssl_context)
    for name in ("_set_role", "_recv_next"):
        assert callable(getattr(RTCDtlsTransport, name)), name
    names = RTCDtlsTransport.__init__.__code__.co_names
    for name in ("_rx_srtp", "_tx_srtp", "_ssl", "_role"):
        assert name in names, name
    for name in ("protect", "protect_rtcp", "unprotect", "unprotect_rtcp"):
        assert callable(getattr(pylibsrtp.Session, name)), name
    assert "_srtp" in pylibsrtp.Session.__init__.__code__.co_names
    assert callable(pylibsrtp._binding.lib.srtp_protect)
    assert pylibsrtp.SRTP_MAX_TRAILER_LEN == 16 + 128


async def test_packets_go_both_ways_encrypted_and_whole(pair: Pair) -> None:
    client, server = pair
    rtp: list[bytes] = []
    rtcp: list[bytes] = []
    server.on_rtp = lambda data, now: rtp.append(data)
    client.on_rtcp = lambda data, now: rtcp.append(data)
    await join(client, server)
    assert (client.state, server.state) == ("connected", "connected")
    assert client.srtp_profile.startswith("SRTP_AEAD_AES")
    packet = Packet(96, 7, 9000, 1234, b"picture", True).build()
    client.send_rtp(packet)
    server.send_rtcp(build(Pli(1, 1234)))
    await until(lambda: rtp and rtcp)
    assert rtp == [packet]
    assert rtcp == [build(Pli(1, 1234))]


async def test_a_browser_that_hides_its_addresses_is_connected_quickly(pair: Pair) -> None:
    client, server = pair
    hidden = Candidate("1", 1, "udp", 1, "3f1b2d1c-1111-4222-8333-123456789abc.local", 5, "host")
    tcp = Candidate("2", 1, "tcp", 1, "127.0.0.1", 9, "host")
    begun = time.monotonic()
    await join(
        client, server, lambda offer: msgspec.structs.replace(offer, candidates=(hidden, tcp))
    )
    assert server.state == "connected"
    assert time.monotonic() - begun < 4  # asking for the .local name alone would take 5 s


async def test_media_may_come_from_any_of_the_peers_candidates() -> None:
    """With several working pairs the two sides can settle on different ones."""
    both = ["127.0.0.1", "127.0.0.2"]
    client, server = (
        RtcTransport(CERTIFICATE, time.monotonic, controlling=controlling, addresses=both)
        for controlling in (True, False)
    )
    check = server._ice.check_start_task

    def check_the_first_alone(candidates: CandidatePair) -> None:
        if candidates.remote_addr[0] == both[0]:
            check(candidates)

    server._ice.check_start_task = check_the_first_alone  # type: ignore[assignment,method-assign]
    try:
        await join(client, server)
        heard: list[bytes] = []
        server.on_rtp = lambda packet, now: heard.append(packet)
        for own in client._sockets.values():
            client._sendto = own.sendto
            client.send_rtp(Packet(96, len(heard), 1, 1, b"media").build())
            wanted = len(heard) + 1
            await until(lambda wanted=wanted: len(heard) == wanted)  # type: ignore[misc]
        assert server.dropped_in == 0
    finally:
        await client.close()
        await server.close()


async def test_media_from_a_strange_address_is_dropped(pair: Pair) -> None:
    client, server = pair
    heard: list[bytes] = []
    server.on_rtp = lambda data, now: heard.append(data)
    await join(client, server)
    assert server.local_socket is not None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.sendto(Packet(96, 1, 1, 1, b"spoofed").build(), server.local_socket.getsockname())
        await until(lambda: server.dropped_in)
    assert heard == []


async def test_the_end_of_one_side_is_told_to_the_other(pair: Pair) -> None:
    client, server = pair
    told: list[tuple[str, str]] = []
    server.on_state = lambda state, reason: told.append((state, reason))
    await join(client, server)
    await client.close("room left")
    await until(lambda: server.state == "failed")
    assert [state for state, _ in told] == ["connecting", "connected", "failed"]
    assert (client.state, client.reason) == ("closed", "room left")


async def test_lost_consent_is_noticed(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vicon.rtc.ice.CONSENT_INTERVAL_S", 0.05)
    monkeypatch.setattr("vicon.rtc.ice.CONSENT_S", 0.2)
    client, server = pair
    await join(client, server)
    await client._ice.close()  # gone without a word
    await until(lambda: server.state == "failed")
    assert "out of reach" in server.reason


async def test_consent_holds_over_a_satellite(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that takes longer than a STUN request is first waited for (0.5 s) is one."""
    monkeypatch.setattr("vicon.rtc.ice.CONSENT_INTERVAL_S", 0.05)
    monkeypatch.setattr("vicon.rtc.ice.CONSENT_S", 2.0)
    client, server = pair
    late = 0
    await join(client, server)
    (protocol,) = server._ice.protocols
    at_once = protocol.datagram_received

    def after_a_while(data: bytes, address: tuple[str, int]) -> None:
        nonlocal late
        late += 1
        asyncio.get_running_loop().call_later(0.7, at_once, data, address)

    protocol.datagram_received = after_a_while  # type: ignore[method-assign,assignment]
    await until(lambda: late > 20 or server.state != "connected", 10)
    assert server.state == "connected", server.reason


async def test_nobody_there_fails_in_time_and_says_where() -> None:
    server = make(controlling=False)
    told = await server.gather("passive")
    with pytest.raises(TransportError, match="ICE failed"):
        await server.connect(msgspec.structs.replace(told, candidates=()), timeout=0.2)
    assert server.state == "failed"
    await server.close()


async def test_another_certificate_than_told_is_refused(pair: Pair) -> None:
    client, server = pair
    other = make_certificate().fingerprints()
    offer, answer = await client.gather("actpass"), await server.gather("passive")
    results = await asyncio.gather(
        client.connect(msgspec.structs.replace(answer, fingerprints=other), timeout=2),
        server.connect(offer, timeout=2),
        return_exceptions=True,
    )
    assert isinstance(results[0], TransportError)
    assert client.state == "failed"


async def test_sending_before_the_connection_stands_is_a_counted_drop() -> None:
    transport = make(controlling=True)
    transport.send_rtp(b"\x80" * 20)
    assert transport.dropped_out == 1
    await transport.close()


async def test_a_ping_is_answered_and_the_media_goes_on(pair: Pair) -> None:
    client, server = pair
    await join(client, server)
    answers: list[float] = []
    got: list[bytes] = []
    server.on_pong = lambda seconds, now: answers.append(seconds)
    server.on_rtp = lambda packet, now: got.append(packet)
    for number in range(20):
        assert server.ping()
        client.send_rtp(Packet(96, number, 0, 7, b"picture").build())
    await until(lambda: len(answers) == 20 and len(got) == 20)
    assert all(0 < seconds < 1 for seconds in answers)
    assert (client.state, server.state) == ("connected", "connected")
    assert server.header_bytes == 28
    assert server.last_size > len(got[-1])


async def test_pings_without_answer_are_bounded_and_forgotten(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, server = pair
    assert not server.ping()
    await join(client, server)
    monkeypatch.setattr(server, "_sendto", lambda data, address: len(data))
    assert [server.ping() for _ in range(MAX_PINGS + 3)] == [True] * MAX_PINGS + [False] * 3
    now = time.monotonic()
    monkeypatch.setattr(server, "_monotonic", lambda: now + PING_FORGOTTEN_S + 1)
    assert server.ping()
    assert len(server._pings) == 1
