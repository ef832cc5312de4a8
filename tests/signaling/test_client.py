"""The Python client against the real server: it comes back, as itself, and loses no word."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import random
import ssl
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from msgspec import structs
from structlog.testing import capture_logs

from signaling import messages as m
from signaling.client import (
    Client,
    ClientSettings,
    CommandRefused,
    ConnectionLost,
    Rejected,
    parse_link,
)
from signaling.feed import Changed, Connected, Disconnected, Ended, MediaReset
from signaling.peer import Limits
from signaling.server import Connection, Settings
from tests.signaling import examples
from tests.signaling.house import TOKEN, House, Running, running, serving, soon

QUICK = ClientSettings(first_backoff_s=0.02, most_backoff_s=0.1, open_s=2.0)


def client_of(run: Running, token: str = TOKEN, resume: str | None = None) -> Client:
    return Client(run.url, token, rng=random.Random(1), resume=resume, settings=QUICK)


def only(run: Running) -> Connection:
    (conn,) = run.house.guests
    return conn


async def test_welcome_commands_and_the_view_of_others() -> None:
    async with running() as run, client_of(run) as one, client_of(run) as two:
        view = await one.ready(5)
        assert [r.code for r in view.rooms] == ["64", "64.02", "64.03"]
        await two.ready(5)
        assert await one.command(m.CountSet(room="64.02", value=8)) is None
        await two.until(lambda v: v.rooms[1].tally == 8, 5)
        with pytest.raises(CommandRefused, match="room_full") as refusal:
            await one.command(m.CountSet(room="64.02", value=13))
        assert refusal.value.text.id.startswith("Ruang penuh (12/12)")
        joined = await two.command(m.RoomJoin())
        assert isinstance(joined, m.Joined)
        assert two.resume == joined.resume
        await soon(lambda: one.rtt_ms is not None and 0 <= one.rtt_ms < 1000)


async def test_many_commands_at_once_are_answered_each() -> None:
    async with running(Settings(limits=Limits(burst=300))) as run, client_of(run) as client:
        await client.ready(5)
        values = [n % 15 for n in range(150)]

        async def ask(value: int) -> bool:
            try:
                await client.command(m.CountSet(room="64.02", value=value))
            except CommandRefused:
                return False
            return True

        assert await asyncio.gather(*(ask(v) for v in values)) == [v <= 12 for v in values]


async def test_a_lost_socket_comes_back_as_the_same_device_with_a_new_snapshot() -> None:
    async with running() as run, client_of(run) as client:
        await client.ready(5)
        await client.command(m.RoomJoin())
        with client.watch() as events:
            transport = client._socket.transport if client._socket else None
            assert transport is not None
            transport.abort()
            assert isinstance(await anext(events), Disconnected)
            run.house.set_count("64.03", 4)  # while it is away
            assert isinstance(await asyncio.wait_for(anext(events), 5), Connected)
        view = await client.ready(5)
        assert view.rooms[2].tally == 4
        assert [h.resume for h in run.house.hellos] == [None, "r-d1"]
        assert view.you.device is not None
        assert view.you.device.id == "d1"
        assert run.house.departures[0][0] == "d1"


async def test_a_command_in_flight_when_the_socket_dies_says_so() -> None:
    async with running() as run, client_of(run) as client:
        await client.ready(5)
        run.house.hold = asyncio.Event()
        asked = asyncio.create_task(client.command(m.CountSet(room="64.02", value=1)))
        await soon(lambda: run.house.commands)
        assert client._socket is not None
        client._socket.transport.abort()
        with pytest.raises(ConnectionLost):
            await asked
        run.house.hold.set()
        await client.ready(5)
        await client.command(m.CountSet(room="64.02", value=2))


async def test_a_command_that_is_not_answered_in_time_and_one_without_a_connection() -> None:
    async with running() as run:
        client = client_of(run)
        with pytest.raises(ConnectionLost):
            await client.command(m.FloorTake())
        async with client:
            await client.ready(5)
            run.house.hold = asyncio.Event()
            with pytest.raises(TimeoutError):
                await client.command(m.CountSet(room="64.02", value=1), timeout=0.05)
            run.house.hold.set()  # the late answer is of no interest
            await client.command(m.CountSet(room="64.02", value=2))
        with pytest.raises(ConnectionLost):
            await client.until(lambda v: False, 5)


async def test_a_gap_makes_it_connect_again_and_the_view_is_right() -> None:
    async with running() as run, client_of(run) as client:
        await client.ready(5)
        conn = only(run)
        run.house.rooms["64.02"] = examples.room("64.02", tally=6)
        run.house.revision = 9
        # A delta is lost on the way: neither the peer's check nor the socket notices.
        conn.peer._revision = 8
        run.house.guests[conn] = 8
        run.house.broadcast([])
        await client.until(lambda v: v.rooms[1].tally == 6, 5)
        assert client.revision == 9
        assert len(run.house.hellos) == 2
        assert run.house.departures == [(None, "connection_lost")]


@pytest.mark.parametrize("code", ["resync", "too_fast", "heartbeat", "server_stopping"])
async def test_it_comes_back_after_a_bye_that_is_not_final(code: str) -> None:
    async with running() as run, client_of(run) as client:
        await client.ready(5)
        only(run).close(code)
        await soon(lambda: len(run.house.hellos) == 2)
        await client.ready(5)


@pytest.mark.parametrize("code", ["removed", "replaced", "expired_token"])
async def test_it_stays_away_after_a_final_bye(code: str) -> None:
    async with running() as run, client_of(run) as client:
        await client.ready(5)
        with client.watch() as events:
            only(run).close(code)
            happened = [event async for event in events]
        assert [type(event) for event in happened] == [Disconnected, Ended]
        assert client.rejected is not None
        assert client.rejected.code == code
        with pytest.raises(Rejected):
            await client.ready(5)
        with pytest.raises(ConnectionLost):
            await client.command(m.FloorTake())
        assert len(run.house.hellos) == 1


async def test_a_forged_token_is_told_to_who_waits() -> None:
    async with running() as run, client_of(run, token="forged") as client:
        with pytest.raises(Rejected, match="bad_token") as rejected:
            await client.ready(5)
        assert rejected.value.text.id.startswith("Tautan ini tidak sah")


async def test_the_server_goes_and_comes_again() -> None:
    house = House(heartbeat_s=5.0)
    async with running(house=house) as run:
        client = client_of(run)
        async with client:
            await client.ready(5)
            port = run.port
            await run.server.stop()
            await soon(lambda: not client.connected)
            await soon(lambda: "server_stopping" in client.failure)
    async with client_of(run) as client:
        with pytest.raises(TimeoutError):
            await client.ready(0.3)
        assert "refused" in client.failure.lower() or "Connect" in client.failure
        async with running(house=house, port=port):
            await client.ready(5)


async def test_a_silent_server_is_left() -> None:
    async def welcome_and_sleep(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive()
        await socket.send_str('{"type":"invented_later"}')
        impatient = structs.replace(examples.welcome(), heartbeat_s=0.05)
        await socket.send_str(msgspec.json.encode(impatient).decode())
        async for _ in socket:
            pass
        return socket

    async with (
        serving(welcome_and_sleep) as url,
        Client(url, TOKEN, rng=random.Random(1), settings=QUICK) as client,
    ):
        await client.ready(5)
        await soon(lambda: "silent" in client.failure)


async def _welcomed(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.receive()
    await socket.send_str(msgspec.json.encode(examples.welcome()).decode())
    return socket


async def test_a_doubted_connection_is_kept_if_it_answers_and_left_if_not() -> None:
    pings, answering = 0, True

    async def answers_at_first(request: web.Request) -> web.WebSocketResponse:
        nonlocal pings
        socket = await _welcomed(request)
        async for frame in socket:
            ping = msgspec.json.decode(frame.data)
            pings += 1
            if answering:
                await socket.send_json({"type": "pong", "t": ping["t"], "now": 1})
        return socket

    doubting = structs.replace(QUICK, doubt_s=0.2)
    async with (
        serving(answers_at_first) as url,
        Client(url, TOKEN, rng=random.Random(1), settings=doubting) as client,
    ):
        await client.ready(5)
        await soon(lambda: pings == 1)  # that of the beginning
        client.doubt()
        await soon(lambda: pings == 2)
        await asyncio.sleep(0.3)
        assert client.connected
        answering = False
        with client.watch() as events:
            client.doubt()
            client.doubt()  # is one with the first
            assert isinstance(await asyncio.wait_for(anext(events), 5), Disconnected)
        assert pings == 3


async def test_of_two_servers_one_that_fell_silent_is_not_asked_first() -> None:
    hellos: list[str] = []

    def silent(name: str, other: str) -> Callable[[web.Request], Awaitable[web.WebSocketResponse]]:
        async def served(request: web.Request) -> web.WebSocketResponse:
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            hellos.append(name)
            await socket.receive()
            said = structs.replace(examples.welcome(), heartbeat_s=0.05, servers=[other])
            await socket.send_str(msgspec.json.encode(said).decode())
            async for _ in socket:
                pass
            return socket

        return served

    async with serving(silent("two", "")) as two:
        other = two.replace("ws://", "http://").removesuffix("/ws")
        async with (
            serving(silent("one", other)) as one,
            Client(one, TOKEN, rng=random.Random(1), settings=QUICK) as client,
        ):
            await client.ready(5)
            await soon(lambda: len(hellos) >= 2)
            assert hellos[:2] == ["one", "two"]


@pytest.mark.parametrize("life", ["lifelifelife", None])
async def test_a_standby_asks_its_word_before_any_welcome_and_is_waited_for(
    life: str | None,
) -> None:
    hellos: list[str | None] = []
    said: list[object] = []

    async def asks(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        hello = msgspec.json.decode((await socket.receive()).data)
        hellos.append(hello.get("life"))
        for word in ("takeover", "alone"):
            await socket.send_json({"type": "witness.ask", "council": "k", "word": word})
            if life is not None:
                said.append(msgspec.json.decode((await socket.receive()).data))
        await socket.close()
        return socket

    async with (
        serving(asks) as url,
        Client(url, TOKEN, rng=random.Random(1), settings=QUICK, life=life) as client,
    ):
        client._urls.append("ws://127.0.0.1:9/ws")
        await soon(lambda: len(hellos) >= 3)
        assert set(hellos) == {life}
        if life is not None:
            assert client.url == url, "it stays with the one that it helped"
        word = {"type": "witness", "council": "k", "word": "takeover"}
        assert said == [word] * len(said)
        assert bool(said) is (life is not None)


async def test_where_there_is_hope_nothing_old_is_waited_for() -> None:
    """A socket that was silent for long, a try that hangs, and the pause between two tries."""
    opened, hang = 0, False

    async def silent(request: web.Request) -> web.WebSocketResponse:
        nonlocal opened
        opened += 1
        if hang:
            await asyncio.sleep(30)
        socket = await _welcomed(request)
        async for _ in socket:
            pass
        return socket

    hopeful = structs.replace(
        QUICK, first_backoff_s=20, most_backoff_s=20, hope_s=0.1, silent_beats=0.02, open_s=20
    )
    async with (
        serving(silent) as url,
        Client(url, TOKEN, rng=random.Random(3), settings=hopeful) as client,
    ):
        await client.ready(5)
        hang = True
        await asyncio.sleep(0.2)
        client.hope()
        await soon(lambda: not client.connected)
        client.hope()  # it rests, for up to 20 s
        await soon(lambda: opened == 2)
        await asyncio.sleep(0.2)
        hang = False
        client.hope()  # it waits for an answer, for up to 20 s
        await soon(lambda: client.connected is False)
        client.hope()
        await client.ready(5)
        assert opened == 3


@pytest.mark.parametrize("frame", ["garbage", '{"type":"delta","prev":1,"rev":2}', b"\xff\xfe"])
async def test_a_server_that_talks_nonsense_is_tried_again_not_trusted(frame: str | bytes) -> None:
    calls = 0

    async def nonsense(request: web.Request) -> web.WebSocketResponse:
        nonlocal calls
        calls += 1
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive()
        if isinstance(frame, bytes):
            await socket.send_bytes(frame)
        else:
            await socket.send_str(frame)
        await socket.receive()
        return socket

    async with (
        serving(nonsense) as url,
        Client(url, TOKEN, rng=random.Random(1), settings=QUICK) as client,
    ):
        await soon(lambda: calls >= 2)
        assert not client.connected
        assert "BadMessage" in client.failure


async def test_media_reset_and_epoch_are_told() -> None:
    async with running() as run, client_of(run) as client:
        await client.ready(5)
        assert client.media_epoch == "e1"
        with client.watch() as events:
            only(run).send(m.MediaReset(epoch="e2"))
            assert await asyncio.wait_for(anext(events), 5) == MediaReset("e2")
            assert client.media_epoch == "e2"
            run.house.set_count("64.02", 1)
            assert await asyncio.wait_for(anext(events), 5) == Changed()


async def test_leaving_is_orderly_and_nothing_secret_is_logged() -> None:
    with capture_logs() as logs:
        async with running() as run:
            async with client_of(run, resume="r-d7") as client:
                view = await client.ready(5)
                assert view.you.device is not None
                assert view.you.device.id == "d7"
            await soon(lambda: run.house.departures == [("d7", "left")])
    assert logs
    assert "r-d7" not in repr(logs)
    assert TOKEN not in repr(logs)


async def test_fifty_clients_come_back_together() -> None:
    async with running() as run:
        clients = [client_of(run) for _ in range(50)]
        async with asyncio.TaskGroup() as group:
            for client in clients:
                group.create_task(client.__aenter__())
        try:
            for client in clients:
                await client.ready(10)
            for conn in list(run.house.guests):
                conn.close("resync")
            await soon(lambda: len(run.house.hellos) == 100, 10)
            run.house.set_count("64.02", 9)
            for client in clients:
                await client.until(lambda v: v.rooms[1].tally == 9, 10)
        finally:
            for client in clients:
                await client.__aexit__(None, None, None)


def certificate(folder: Path) -> Path:
    """Key and self-signed certificate for 127.0.0.1 in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "vicon")])
    now = datetime.datetime.fromtimestamp(time.time(), datetime.UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / "both.pem"
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


async def test_over_tls_with_a_ca_of_ones_own(tmp_path: Path) -> None:
    pem = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    async with running(tls=context) as run:
        assert run.url.startswith("wss://")
        rng = random.Random(1)
        trusting = ssl.create_default_context(cafile=str(pem))
        async with Client(run.url, TOKEN, rng=rng, tls=trusting, settings=QUICK) as client:
            await client.ready(5)
        async with Client(run.url, TOKEN, rng=rng, settings=QUICK) as client:
            await soon(lambda: "certificate" in client.failure.lower())


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("http://localhost:8080/ruang#t0.k-e_n", "ws://localhost:8080/ws"),
        ("https://192.168.1.5:8443/kendali#t0.k-e_n", "wss://192.168.1.5:8443/ws"),
        ("https://vicon.example/pantau?x=1#t0.k-e_n", "wss://vicon.example/ws"),
        ("http://[fd00::1]:8080/ruang#t0.k-e_n", "ws://[fd00::1]:8080/ws"),
    ],
)
def test_links(link: str, url: str) -> None:
    assert parse_link(link) == (url, "t0.k-e_n")


@pytest.mark.parametrize(
    "link",
    [
        "",
        "s3cret",
        "ftp://x/ruang#s3cret",
        "http:///ruang#s3cret",
        "http://x:99999/#s3cret",
        "http://[x/#s3cret",
        "http://host/ruang",
        "http://host/ruang#",
        "//host/ruang#s3cret",
    ],
)
def test_wrong_links_are_refused_without_their_token(link: str) -> None:
    with pytest.raises(ValueError, match="link") as error:
        parse_link(link)
    assert "s3cret" not in str(error.value)
