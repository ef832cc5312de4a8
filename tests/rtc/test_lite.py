"""The server's transports on shared sockets, with full agents as clients, on the loopback."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import secrets
import socket
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiortc.rtcdtlstransport import generate_certificate
from cryptography.hazmat.primitives.asymmetric import rsa
from msgspec.structs import replace

from tests.rtc.test_transport import CERTIFICATE, make, until
from vicon.media.fast.fan import Way
from vicon.rtc import stun
from vicon.rtc.lite import LiteTransport
from vicon.rtc.rtp import Packet, parse
from vicon.rtc.sdp import Transport
from vicon.rtc.secure import SecureTransport
from vicon.rtc.transport import Certificate, RtcTransport, TransportError
from vicon.rtc.udp import BATCH, UdpPlan, UdpPorts

HEADS = (b"", b"\x80", b"\x16\xfe\xfd", bytes.fromhex("000100002112a442"))
"""Of anything, of media, of DTLS and of STUN."""


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.bind(("127.0.0.1", 0))
        return int(own.getsockname()[1])


def ports_of(*addresses: str, ports: tuple[int, int] = (0, 0), announced: str = "") -> UdpPorts:
    plan = UdpPlan(
        addresses=addresses or ("127.0.0.1",),
        ports=ports,
        announced=(announced,) if announced else (),
    )
    return UdpPorts(time.monotonic, list, plan)


def serve(ports: UdpPorts, *, connected: bool = False) -> LiteTransport:
    """`connected`: with a socket of its own beside the shared one, as receivers have."""
    way = Way() if connected else None
    return LiteTransport(CERTIFICATE, ports, secrets.randbits, shortcut=way)


@pytest_asyncio.fixture
async def ports() -> AsyncIterator[UdpPorts]:
    made = ports_of()
    yield made
    made.close()


async def join(client: RtcTransport, server: LiteTransport) -> None:
    offer, answer = await client.gather("actpass"), await server.gather("passive")
    await asyncio.gather(client.connect(answer), server.connect(offer))


async def restart(client: RtcTransport, server: LiteTransport) -> None:
    offer = await client.restart()
    answer = await server.restart()
    await server.reconnect(offer)
    await client.reconnect(answer)


class Flow:
    """200 packets a second, and what came of them."""

    def __init__(self, sender: SecureTransport, receiver: SecureTransport) -> None:
        self.sent = 0
        self.came: list[int] = []
        receiver.on_rtp = lambda data, now: self.came.append(parse(data).sequence)
        self._sender = sender
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            self._sender.send_rtp(Packet(96, self.sent, 0, 7, b"media").build())
            self.sent += 1
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
async def test_media_flows_both_ways(address: str) -> None:
    ports = ports_of(address)
    client = RtcTransport(CERTIFICATE, time.monotonic, controlling=True, addresses=[address])
    server = serve(ports)
    try:
        await join(client, server)
        up, down = Flow(client, server), Flow(server, client)
        await until(lambda: len(up.came) > 20 and len(down.came) > 20)
        await up.stop()
        await down.stop()
        answers: list[float] = []
        server.on_pong = client.on_pong = lambda seconds, now: answers.append(seconds)
        assert all([server.ping(), client.ping()])
        await until(lambda: len(answers) == 2)
        assert server.header_bytes == (48 if ":" in address else 28)
        assert server.last_size > 12
    finally:
        await client.close()
        await server.close()
        ports.close()


async def test_whoever_made_the_offer_the_client_controls(ports: UdpPorts) -> None:
    client, server = make(controlling=False), serve(ports)
    offer, answer = await server.gather("actpass"), await client.gather("active")
    await asyncio.gather(client.connect(offer), server.connect(answer))
    assert (client.state, server.state) == ("connected", "connected")
    await client.close()
    await until(lambda: server.state == "failed")
    await server.close()


@pytest.mark.parametrize("connected", [False, True])
async def test_twenty_transports_share_one_port(connected: bool) -> None:
    port = free_port()
    ports = ports_of(ports=(port, port))
    clients = [make(controlling=True) for _ in range(20)]
    servers = [serve(ports, connected=connected) for _ in clients]
    try:
        await asyncio.gather(*(join(c, s) for c, s in zip(clients, servers, strict=True)))
        got: dict[int, list[bytes]] = {}
        for index, server in enumerate(servers):
            server.on_rtp = lambda data, now, index=index: got.setdefault(index, []).append(  # type: ignore[misc]
                parse(data).payload
            )
        for index, client in enumerate(clients):
            for number in range(2 * BATCH):
                client.send_rtp(Packet(96, number, 0, 7, b"%d" % index).build())
        await until(lambda: sum(map(len, got.values())) == 20 * 2 * BATCH)
        assert all(set(came) == {b"%d" % index} for index, came in got.items())
        assert [own.socket.getsockname()[1] for own in ports.sockets.values()] == [port]
        assert ports.dropped == ports.strangers == 0
    finally:
        await asyncio.gather(*(end.close() for end in (*clients, *servers)))
        assert not any(own.peers for own in ports.sockets.values())
        ports.close()


async def test_no_port_is_held_before_the_first_transport_and_after_the_end() -> None:
    port = free_port()
    ports, rival = ports_of(ports=(port, port)), ports_of(ports=(port, port))
    await serve(ports).gather("passive")
    with pytest.raises(TransportError, match=f"UDP port {port} is in use"):
        await serve(rival).gather("passive")
    ports.close()
    told = await serve(rival).gather("passive")  # as a worker does that takes over
    assert [c.port for c in told.candidates] == [port]
    rival.close()


async def test_of_a_range_the_first_free_port_is_taken() -> None:
    low = free_port()  # those after it are free too, as good as surely
    many = [ports_of(ports=(low, low + 2)) for _ in range(4)]
    taken = []
    with contextlib.ExitStack() as stack:
        for one in many:
            stack.callback(one.close)
        for one in many[:-1]:
            told = await serve(one).gather("passive")
            taken.append(told.candidates[0].port)
        assert taken == [low, low + 1, low + 2]
        with pytest.raises(TransportError, match=f"all UDP ports {low}-{low + 2} are in use"):
            await serve(many[-1]).gather("passive")


async def test_the_address_outside_is_told_after_that_of_this_machine() -> None:
    ports = ports_of("127.0.0.1", "::1", announced="127.0.0.1=203.0.113.5:40000")
    told = await serve(ports).gather("passive")
    own = [ports.sockets[a].socket.getsockname()[1] for a in ("127.0.0.1", "::1")]
    assert [(c.address, c.port) for c in told.candidates] == [
        ("127.0.0.1", own[0]),
        ("::1", own[1]),
        ("203.0.113.5", 40000),
    ]
    priorities = [c.priority for c in told.candidates]
    assert priorities == sorted(priorities, reverse=True)
    assert len({c.foundation for c in told.candidates}) == 3
    assert told.lite
    ports.close()


async def test_strangers_get_no_answer_and_disturb_nobody(ports: UdpPorts) -> None:
    client, server = make(controlling=True), serve(ports)
    rng = random.Random(3)
    try:
        await join(client, server)
        (own,) = ports.sockets.values()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.setblocking(False)
            flow = Flow(client, server)
            for number in range(300):
                junk = rng.randbytes(rng.randrange(1400))
                stranger.sendto(HEADS[number % 4] + junk, own.socket.getsockname())
                if number % 50 == 49:
                    await asyncio.sleep(0.01)
            check = stun.request(bytes(12), "nobody:x", b"k" * 24, tie_breaker=1, priority=1)
            stranger.sendto(check, own.socket.getsockname())
            stranger.sendto(b"", own.socket.getsockname())
            await until(lambda: ports.strangers + ports.malformed >= 302)
            with pytest.raises(BlockingIOError):
                stranger.recv(2000)
            await flow.stop()
            await until(lambda: len(flow.came) == flow.sent)
        assert server.dropped_in == 0
        assert server.state == "connected"
    finally:
        await client.close()
        await server.close()


async def test_a_client_that_sends_rubbish_harms_itself_alone(ports: UdpPorts) -> None:
    """From a known address: every kind of first byte."""
    clients, servers = [make(controlling=True) for _ in "ab"], [serve(ports) for _ in "ab"]
    rng = random.Random(4)
    try:
        for client, server in zip(clients, servers, strict=True):
            await join(client, server)
        flow = Flow(clients[0], servers[0])
        bad = clients[1]
        for first in range(256):
            bad._sendto(bytes([first]) + rng.randbytes(rng.randrange(300)), bad._peer)
        await until(lambda: servers[1].dropped_in >= 64)
        await flow.stop()
        await until(lambda: len(flow.came) == flow.sent)
        assert servers[0].state == "connected"
    finally:
        await asyncio.gather(*(end.close() for end in (*clients, *servers)))


@pytest.mark.parametrize("connected", [False, True])
async def test_media_goes_on_over_restarts(ports: UdpPorts, connected: bool) -> None:
    client, server = make(controlling=True), serve(ports, connected=connected)
    try:
        await join(client, server)
        up, down = Flow(client, server), Flow(server, client)
        seen = set()
        for _ in range(3):
            assert server.path is not None
            seen.add(server.path.address)
            await restart(client, server)
            await asyncio.sleep(0.05)
        assert server.path is not None
        seen.add(server.path.address)
        assert len(seen) == 4  # each time by another socket of the client
        await up.stop()
        await down.stop()
        await until(lambda: len(up.came) == up.sent and len(down.came) == down.sent)
        assert up.came == list(range(up.sent))
        assert down.came == list(range(down.sent))
        assert (client.state, server.state) == ("connected", "connected")
        assert all([server.ping(), client.ping()])
    finally:
        await client.close()
        await server.close()


async def test_a_restart_that_finds_nothing_leaves_the_old_path(ports: UdpPorts) -> None:
    client, server = make(controlling=True), serve(ports)
    try:
        await join(client, server)
        flow = Flow(client, server)
        await client.restart()
        nowhere = Transport(
            ufrag="none", password="p" * 24, fingerprints=(), setup="passive", lite=True
        )
        with pytest.raises(TransportError, match="ICE restart failed"):
            await client.reconnect(nowhere, timeout=0.2)
        await server.restart()
        await flow.stop()
        await until(lambda: len(flow.came) == flow.sent)
        await restart(client, server)  # and another still works
        assert (client.state, server.state) == ("connected", "connected")
    finally:
        await client.close()
        await server.close()


class Nat:
    """Between one client and the server; begun anew it sends from another port."""

    def __init__(self, server: tuple[str, int]) -> None:
        self._server, self._client = server, ("", 0)
        self._inside, self._outside = self._open(), self._open()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._inside, self._out)
        self._loop.add_reader(self._outside, self._in)
        self.port = int(self._inside.getsockname()[1])

    @staticmethod
    def _open() -> socket.socket:
        own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        own.setblocking(False)
        own.bind(("127.0.0.1", 0))
        return own

    def _out(self) -> None:
        data, self._client = self._inside.recvfrom(2048)
        self._outside.sendto(data, self._server)

    def _in(self) -> None:
        self._inside.sendto(self._outside.recv(2048), self._client)

    def rebind(self) -> None:
        self._shut(self._outside)
        self._outside = self._open()
        self._loop.add_reader(self._outside, self._in)

    def _shut(self, own: socket.socket) -> None:
        self._loop.remove_reader(own)
        own.close()

    def close(self) -> None:
        self._shut(self._inside)
        self._shut(self._outside)


async def test_a_client_whose_nat_begins_anew_is_followed(
    ports: UdpPorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its agent has chosen its path once and for all, and has no word for what happened."""
    monkeypatch.setattr("vicon.rtc.ice.CONSENT_INTERVAL_S", 0.3)
    monkeypatch.setattr("vicon.rtc.icelite.IN_USE_S", 0.5)
    monkeypatch.setattr("vicon.rtc.lite.ASK_S", 0.3)
    client, server = make(controlling=True), serve(ports)
    offer, answer = await client.gather("actpass"), await server.gather("passive")
    (candidate,) = answer.candidates
    nat = Nat((candidate.address, candidate.port))
    try:
        through = replace(candidate, port=nat.port)
        answer = replace(answer, candidates=(through,))
        await asyncio.gather(client.connect(answer), server.connect(offer))
        before = server.path
        nat.rebind()
        await until(lambda: server.path != before)
        down, up = Flow(server, client), Flow(client, server)
        await until(lambda: len(down.came) > 20 and len(up.came) > 20)
        await down.stop()
        await up.stop()
        assert (client.state, server.state) == ("connected", "connected")
    finally:
        await client.close()
        await server.close()
        nat.close()


async def test_silence_is_told_and_nothing_is_sent_until_it_ends(
    ports: UdpPorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in (("PROBE_S", 0.1), ("PROBE_AGAIN_S", 0.05), ("SILENT_S", 0.3)):
        monkeypatch.setattr(f"vicon.rtc.secure.{name}", seconds)
    client, server = make(controlling=True), serve(ports)
    told: list[str] = []
    server.on_state = lambda state, reason: told.append(state)
    try:
        await join(client, server)
        await asyncio.sleep(0.5)  # without media; probes keep it alive
        assert told == ["connecting", "connected"]
        (own,) = ports.sockets.values()
        loop = asyncio.get_running_loop()
        loop.remove_reader(own.socket)  # nothing comes in, nothing is answered
        await until(lambda: server.state == client.state == "disconnected")
        before = server.dropped_out
        server.send_rtp(Packet(96, 1, 1, 1, b"media").build())
        server.send_rtcp(b"\x81\xc9\x00\x01\x00\x00\x00\x01")
        assert server.dropped_out == before + 2
        loop.add_reader(own.socket, own._read, own.socket)
        await until(lambda: server.state == client.state == "connected")
        assert told == ["connecting", "connected", "disconnected", "connected"]
        flow = Flow(server, client)
        await until(lambda: len(flow.came) > 5)
        await flow.stop()
    finally:
        await client.close()
        await server.close()


async def test_a_lasting_silence_is_a_failure(
    ports: UdpPorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in (("PROBE_S", 0.05), ("SILENT_S", 0.1), ("FAILED_S", 0.4)):
        monkeypatch.setattr(f"vicon.rtc.secure.{name}", seconds)
    client, server = make(controlling=True), serve(ports)
    try:
        await join(client, server)
        await client._ice.close()  # gone without a word
        await until(lambda: server.state == "failed")
        assert "out of reach" in server.reason
    finally:
        await client.close()
        await server.close()


async def test_a_client_with_an_rsa_certificate_is_served(ports: UdpPorts) -> None:
    """As Debian's GStreamer has one."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    certificate = Certificate(key, generate_certificate(key))  # type: ignore[arg-type]
    client = RtcTransport(
        certificate, time.monotonic, controlling=True, addresses=["127.0.0.1"], dtls_role="server"
    )
    server = serve(ports)
    server._role = "client"
    try:
        await join(client, server)
        assert client.state == server.state == "connected"
    finally:
        await client.close()
        await server.close()


async def test_a_port_with_sockets_beside_it_is_still_taken_for_others(ports: UdpPorts) -> None:
    client, server = make(controlling=True), serve(ports, connected=True)
    await join(client, server)
    port = next(iter(ports.sockets.values())).socket.getsockname()[1]
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other,
        pytest.raises(OSError, match="in use"),
    ):
        other.bind(("127.0.0.1", port))
    await client.close()
    await server.close()


async def test_nobody_is_left_after_the_end(ports: UdpPorts) -> None:
    descriptors = len(os.listdir("/proc/self/fd"))
    tasks = len(asyncio.all_tasks())
    for _ in range(5):
        client, server = make(controlling=True), serve(ports)
        await join(client, server)
        await restart(client, server)
        await client.close()
        await server.close()
        assert (client.state, server.state) == ("closed", "closed")
    ports.close()
    await until(lambda: len(asyncio.all_tasks()) == tasks)
    assert len(os.listdir("/proc/self/fd")) <= descriptors + 1
