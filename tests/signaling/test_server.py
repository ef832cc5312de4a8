"""A real server on the loopback; clients that misbehave get a bye and others notice nothing."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from structlog.testing import capture_logs
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from signaling import messages as m
from signaling.client import Client
from signaling.decode import decode_server
from signaling.peer import Limits
from signaling.reasons import reason
from signaling.server import CONNECTION_LOST, LEFT, Settings
from tests.signaling.house import TOKEN, Running, running, soon


def encoded(message: m.ClientMessage) -> str:
    return msgspec.json.encode(message).decode()


HELLO = encoded(m.Hello(v=m.PROTOCOL_VERSION, token=TOKEN))


async def read(raw: ClientConnection) -> m.ServerMessage:
    message = decode_server(await asyncio.wait_for(raw.recv(), 5))
    assert message is not None
    return message


async def last_words(raw: ClientConnection) -> tuple[str, int | None]:
    """Code of the bye and the close code; everything before is skipped."""
    code = ""
    try:
        while True:
            message = await read(raw)
            if isinstance(message, m.Bye):
                code = message.code
    except ConnectionClosed:
        return code, raw.close_code


@asynccontextmanager
async def witness(run: Running) -> AsyncIterator[Client]:
    """Another client, who must not notice anything: at the end a command of it works."""
    async with Client(run.url, TOKEN, rng=random.Random(1)) as client:
        await client.ready(5)
        with client.watch() as events:
            yield client
            await client.command(m.CountSet(room="64.03", value=5))
            await client.until(lambda view: view.rooms[2].tally == 5, 5)
            events.finish()
            happened = [type(event).__name__ async for event in events]
        assert "Disconnected" not in happened


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (["garbage"], "bad_message"),
        ([b"\x00\xff"], "bad_message"),
        ([HELLO.encode()], "bad_message"),
        (['{"type":"hello","v":99,"token":"x","more":1}'], "wrong_version"),
        (['{"type":"hello","v":1,"token":"forged"}'], "bad_token"),
        ([encoded(m.Ping(t=1))], "out_of_order"),
        ([HELLO, HELLO], "out_of_order"),
        ([HELLO, '{"type":"hello"' + " " * m.MAX_FRAME_BYTES + "}"], "too_large"),
        ([HELLO] + [encoded(m.Ping(t=1))] * 80, "too_fast"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_who_breaks_the_protocol_gets_a_bye_and_others_notice_nothing(
    frames: list[str | bytes], code: str
) -> None:
    async with running() as run, witness(run):
        async with connect(run.url, proxy=None) as raw:
            for frame in frames:
                await raw.send(frame)
            assert await last_words(raw) == (code, reason(code).close)
        await soon(lambda: len(run.server) == 1)


async def test_command_ids_that_do_not_rise() -> None:
    async with running() as run, connect(run.url, proxy=None) as raw:
        await raw.send(HELLO)
        assert isinstance(await read(raw), m.Welcome)
        await raw.send(encoded(m.Command(id=1, body=m.CountSet(room="64.02", value=3))))
        assert isinstance(await read(raw), m.Delta)
        assert isinstance(await read(raw), m.Ok)
        await raw.send(encoded(m.Command(id=1, body=m.CountSet(room="64.02", value=4))))
        assert await last_words(raw) == ("out_of_order", 4407)
        assert run.count("64.02") == 3
        assert len(run.house.commands) == 1


async def test_what_is_far_too_large_is_not_even_kept_in_memory() -> None:
    async with running() as run, witness(run), connect(run.url, proxy=None) as raw:
        await raw.send(HELLO)
        await raw.send("x" * (3 * m.MAX_FRAME_BYTES))
        assert await last_words(raw) == ("", 1009)


async def test_broken_framing_and_http_only_hurt_themselves() -> None:
    async with running() as run, witness(run):
        reader, writer = await asyncio.open_connection("127.0.0.1", run.port)
        writer.write(
            b"GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        assert b" 101 " in await asyncio.wait_for(reader.readline(), 5)
        writer.write(random.Random(1).randbytes(4000))
        await asyncio.wait_for(reader.read(), 5)  # to the end: the server has closed
        writer.close()
        await soon(lambda: len(run.server) == 1)


async def test_a_page_of_another_site_is_turned_away() -> None:
    async with running(origins=("https://vicon.example",)) as run:
        for origin in ("https://evil.example", "null"):
            async with connect(run.url, proxy=None, additional_headers={"Origin": origin}) as raw:
                assert await last_words(raw) == ("origin", 4403)
        for origin in ("https://vicon.example", f"http://127.0.0.1:{run.port}"):
            async with connect(run.url, proxy=None, additional_headers={"Origin": origin}) as raw:
                await raw.send(HELLO)
                assert isinstance(await read(raw), m.Welcome)
        assert len(run.house.hellos) == 2


async def test_too_many_connections_are_turned_away_and_room_is_made_again() -> None:
    async with running(Settings(connections=2)) as run:
        async with connect(run.url, proxy=None), connect(run.url, proxy=None):
            with pytest.raises(InvalidStatus, match="503"):
                await connect(run.url, proxy=None)
        await soon(lambda: len(run.server) == 0)
        async with witness(run):
            pass


async def test_who_says_nothing_is_closed() -> None:
    settings = Settings(limits=Limits(hello_s=0.1, heartbeat_s=0.1))
    async with running(settings) as run:
        async with connect(run.url, proxy=None, ping_interval=0.05) as raw:
            assert await last_words(raw) == ("heartbeat", 4408)
        async with connect(run.url, proxy=None, ping_interval=0.05) as raw:
            await raw.send(HELLO)
            assert await last_words(raw) == ("heartbeat", 4408)
        await soon(lambda: run.house.departures == [(None, "heartbeat")])


async def test_pings_keep_a_connection_and_come_back_with_the_servers_time() -> None:
    settings = Settings(limits=Limits(heartbeat_s=0.1))
    async with running(settings) as run, connect(run.url, proxy=None) as raw:
        await raw.send(HELLO)
        await read(raw)
        for n in range(8):
            await raw.send(encoded(m.Ping(t=n)))
            pong = await read(raw)
            assert isinstance(pong, m.Pong)
            assert pong.t == n
            assert pong.now > 1_700_000_000_000
            await asyncio.sleep(0.1)


def slow_client(run: Running) -> connect:
    """A connection whose end takes next to nothing unless it is read."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    sock.connect(("127.0.0.1", run.port))
    return connect(run.url, proxy=None, sock=sock, compression=None, max_queue=1, close_timeout=0.2)


async def fill(run: Running, revisions: int) -> None:
    rooms = list(run.house.rooms.values())
    for _ in range(revisions):
        run.house.revision += 1
        run.house.broadcast(rooms)
        await asyncio.sleep(0)


async def test_a_slow_reader_gets_resync_and_others_everything() -> None:
    async with (
        running(Settings(outbox_frames=50)) as run,
        witness(run) as other,
        slow_client(run) as raw,
    ):
        await raw.send(HELLO)
        assert isinstance(await read(raw), m.Welcome)
        raw.transport.pause_reading()
        slow_one = list(run.house.guests)[-1]
        while not slow_one.closed:
            assert run.house.revision < 50_000
            await fill(run, 20)
            await other.until(lambda _: other.revision == run.house.revision, 5)
        raw.transport.resume_reading()
        assert await last_words(raw) == ("resync", 4409)


async def test_who_never_reads_again_is_cut() -> None:
    settings = Settings(outbox_frames=50, write_s=0.3, close_s=0.2)
    async with running(settings) as run, witness(run):
        async with slow_client(run) as raw:
            await raw.send(HELLO)
            await read(raw)
            raw.transport.pause_reading()
            while len(run.server) == 2:
                await fill(run, 25)
                await asyncio.sleep(0.005)
        assert run.house.departures[-1] == (None, "resync")


async def test_commands_of_one_connection_wait_their_turn_and_the_inbox_is_bounded() -> None:
    settings = Settings(inbox=4, limits=Limits(burst=100))
    async with running(settings) as run, connect(run.url, proxy=None) as raw:
        run.house.hold = asyncio.Event()
        await raw.send(HELLO)
        await read(raw)
        for n in range(1, 31):
            await raw.send(encoded(m.Command(id=n, body=m.CountSet(room="64.02", value=n % 12))))
        await soon(lambda: len(run.house.commands) == 1)
        run.house.hold.set()
        answers: list[int] = []
        while len(answers) < 30:
            message = await read(raw)
            if isinstance(message, m.Ok):
                answers.append(message.id)
        assert answers == list(range(1, 31))


async def test_why_a_connection_ended_is_told_once_after_its_last_command() -> None:
    async with running() as run:
        run.house.hold = asyncio.Event()
        raw = await connect(run.url, proxy=None)
        await raw.send(HELLO)
        await read(raw)
        for n in (1, 2, 3):
            await raw.send(encoded(m.Command(id=n, body=m.CountSet(room="64.02", value=n))))
        await soon(lambda: len(run.house.commands) == 1)
        raw.transport.abort()
        await asyncio.sleep(0.05)
        assert run.house.departures == []  # its command is still being carried out
        run.house.hold.set()
        await soon(lambda: run.house.departures == [(None, CONNECTION_LOST)])
        assert run.count("64.02") == 1  # what waited behind it is dropped

        async with connect(run.url, proxy=None) as raw:
            await raw.send(HELLO)
            await read(raw)
        await soon(lambda: run.house.departures[1:] == [(None, LEFT)])


async def test_a_bug_in_the_application_ends_one_connection_and_is_logged_once() -> None:
    async with running() as run, witness(run):
        with capture_logs() as logs:
            async with connect(run.url, proxy=None) as raw:
                await raw.send(HELLO)
                await read(raw)
                await raw.send(encoded(m.Command(id=1, body=m.MicMuteAll())))
                assert await last_words(raw) == ("internal", 1011)
            await soon(lambda: run.house.departures == [(None, "internal")])
            await soon(lambda: len(run.server) == 1)
        failed = [entry for entry in logs if entry["event"] == "x task failed"]
        assert [str(entry["exc_info"]) for entry in failed] == ["a bug in the application"]


async def test_a_command_that_hangs_ends_its_connection() -> None:
    async with running(Settings(handle_s=0.1)) as run, connect(run.url, proxy=None) as raw:
        run.house.hold = asyncio.Event()
        await raw.send(HELLO)
        await read(raw)
        await raw.send(encoded(m.Command(id=1, body=m.FloorTake())))
        assert await last_words(raw) == ("internal", 1011)


async def test_a_wrong_answer_of_ours_is_our_fault() -> None:
    async with running() as run, connect(run.url, proxy=None) as raw:
        await raw.send(HELLO)
        await read(raw)
        (conn,) = run.house.guests
        conn.send(m.Delta(prev=99, rev=100))
        conn.send(m.Delta(prev=99, rev=100))
        assert await last_words(raw) == ("internal", 1011)


async def test_only_the_first_close_counts_and_sends_after_it_are_nothing() -> None:
    async with running() as run, connect(run.url, proxy=None) as raw:
        await raw.send(HELLO)
        await read(raw)
        (conn,) = run.house.guests
        with pytest.raises(KeyError):
            conn.close("room_full", cap=12)
        assert not conn.closed
        conn.close("removed")
        conn.close("replaced")
        conn.send(m.Delta(prev=1, rev=2))
        assert await last_words(raw) == ("removed", 4411)
        await soon(lambda: run.house.departures == [(None, "removed")])


async def test_stopping_says_bye_to_all_and_turns_new_ones_away() -> None:
    async with running() as run, connect(run.url, proxy=None) as raw:
        await raw.send(HELLO)
        await read(raw)
        words = asyncio.create_task(last_words(raw))
        await run.server.stop()
        assert await words == ("server_stopping", 1012)
        async with connect(run.url, proxy=None) as late:
            assert await last_words(late) == ("server_stopping", 1012)


async def test_stopping_does_not_wait_for_ever_for_a_handler_that_hangs() -> None:
    async with running() as run, connect(run.url, proxy=None) as raw:
        run.house.hold = asyncio.Event()
        await raw.send(HELLO)
        await read(raw)
        await raw.send(encoded(m.Command(id=1, body=m.FloorTake())))
        await soon(lambda: run.house.commands)
        await asyncio.wait_for(run.server.stop(timeout=0.2), 5)
        assert len(run.server) == 0
        assert run.house.departures == [(None, "server_stopping")]
        assert await last_words(raw) == ("server_stopping", 1012)


async def test_every_close_is_logged_once_with_its_reason_and_no_token() -> None:
    secret = "very-secret-token"
    async with running() as run:
        with capture_logs() as logs:
            frames: list[tuple[list[str], str]] = [
                ([encoded(m.Hello(v=1, token=secret))], "bad_token"),
                ([encoded(m.Hello(v=1, token=TOKEN, resume=secret)), "x"], "bad_message"),
                ([f'{{"type":"hello","v":1,"{secret}":"{secret}"}}'], "bad_message"),
            ]
            for sent, code in frames:
                async with connect(run.url, proxy=None) as raw:
                    for frame in sent:
                        await raw.send(frame)
                    assert (await last_words(raw))[0] == code
            await soon(lambda: len(run.server) == 0)
        closes: list[Any] = [entry for entry in logs if entry["event"] == "- closed"]
        assert [entry["why"] for entry in closes] == [code for _, code in frames]
        assert secret not in repr(logs)
