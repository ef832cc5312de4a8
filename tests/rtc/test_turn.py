"""A program's transport through a real TURN server, by UDP, TCP and TLS."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import os
import signal
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import pytest

from tests.net.turn import SECRET, WHY_NOT, Turn, turn_server
from tests.rtc.test_transport import CERTIFICATE, join, make, until
from vicon.rtc.ice import RELAY_BACKLOG, TurnServer
from vicon.rtc.rtp import Packet
from vicon.rtc.transport import RtcTransport, TransportError

pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "there is a TURN server")
TLS_PORT, PORT = 15443, 15478


@pytest.fixture(scope="module")
def turn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Turn]:
    folder = tmp_path_factory.mktemp("turn")
    with turn_server(folder, "127.0.0.1", plain=PORT, tls=TLS_PORT) as made:
        yield made


def _server(turn: Turn, way: str, secret: str = SECRET) -> TurnServer:
    username = f"{int(time.time()) + 600}:test"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    transport: Literal["udp", "tcp"] = "udp" if way == "udp" else "tcp"
    context = ssl.create_default_context(cafile=turn.authority)
    return TurnServer(
        host=turn.address,
        port=turn.tls if way == "tls" else turn.plain,
        transport=transport,
        username=username,
        credential=base64.b64encode(digest).decode(),
        tls=context if way == "tls" else None,
    )


def _client(server: TurnServer) -> RtcTransport:
    return RtcTransport(
        CERTIFICATE,
        time.monotonic,
        controlling=True,
        addresses=["127.0.0.1"],
        turn=server,
        relay_only=True,
    )


@pytest.mark.parametrize("way", ["udp", "tcp", "tls"])
async def test_media_flows_both_ways_over_a_relay(turn: Turn, way: str) -> None:
    client, server = _client(_server(turn, way)), make(controlling=False)
    got: dict[str, list[bytes]] = {"client": [], "server": []}
    client.on_rtp = lambda packet, now: got["client"].append(packet)
    server.on_rtp = lambda packet, now: got["server"].append(packet)
    try:
        await join(client, server)
        for number in range(40):
            client.send_rtp(Packet(96, number, 0, 7, b"up" * 300).build())
            server.send_rtp(Packet(96, number, 0, 8, b"down" * 200).build())
            await asyncio.sleep(0.005)
        await until(lambda: len(got["client"]) == 40 and len(got["server"]) == 40)
        answers: list[float] = []
        server.on_pong = lambda seconds, now: answers.append(seconds)
        assert server.ping()
        await until(lambda: answers)
        assert answers[0] < 1
    finally:
        await client.close()
        await server.close()


async def test_wrong_credentials_are_told(turn: Turn) -> None:
    client = _client(_server(turn, "udp", secret="another"))
    with pytest.raises(TransportError, match="TURN refused: 401"):
        await client.gather("actpass")
    await client.close()


async def test_a_stranger_s_certificate_is_told(turn: Turn) -> None:
    server = _server(turn, "tls")
    strict = ssl.create_default_context()
    client = _client(
        TurnServer(
            host=server.host,
            port=server.port,
            transport="tcp",
            username=server.username,
            credential=server.credential,
            tls=strict,
        )
    )
    with pytest.raises(TransportError, match="TURN certificate"):
        await client.gather("actpass")
    await client.close()


async def test_nobody_there_is_told(turn: Turn) -> None:
    server = _server(turn, "tcp")
    client = _client(
        TurnServer(
            host="127.0.0.1",
            port=9,
            transport="tcp",
            username=server.username,
            credential=server.credential,
        )
    )
    with pytest.raises(TransportError, match="TURN not reached"):
        await client.gather("actpass")
    await client.close()


async def test_a_server_that_is_silent_is_told_in_time(
    turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vicon.rtc.transport.TURN_TIMEOUT_S", 0.3)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        client = _client(replace(_server(turn, "udp"), port=deaf.getsockname()[1]))
        with pytest.raises(TransportError, match="TURN does not answer"):
            await client.gather("actpass")
        await client.close()


async def test_what_is_no_tls_is_told(turn: Turn) -> None:
    def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"this is another service\r\n")
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as other:
        port = other.sockets[0].getsockname()[1]
        client = _client(replace(_server(turn, "tls"), port=port))
        with pytest.raises(TransportError, match="TURN over TLS"):
            await client.gather("actpass")
        await client.close()


async def test_media_does_not_pile_up_before_a_slow_relay(turn: Turn) -> None:
    """By TCP nothing is lost, so what the line does not carry would wait, and come too late."""
    client, server = _client(_server(turn, "tcp")), make(controlling=False)
    try:
        await join(client, server)
        packet = Packet(96, 1, 0, 7, bytes(1100)).build()
        os.kill(turn.pid, signal.SIGSTOP)
        for _ in range(20_000):  # more than the sockets hold
            client.send_rtp(packet)
        assert client.dropped_out > 1000
        inner = client._ice.nominated.protocol.transport._TurnTransport__inner_protocol  # type: ignore[union-attr]
        assert inner.transport.get_write_buffer_size() <= RELAY_BACKLOG + 2000
    finally:
        os.kill(turn.pid, signal.SIGCONT)
        await client.close()
        await server.close()
