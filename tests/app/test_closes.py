"""What a client does wrong on the WebSocket ends with the close code that docs/protocol.md gives it
(RFC 6455, section 7.4, for what is no message at all), and who holds another socket notices
nothing. Cut wherever it may be cut, by the network or into fragments, what is right stays right."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signaling import messages as m
from signaling.peer import Limits
from signaling.reasons import reason
from tests.app.gatehouse import KUKAR, Gatehouse, Wire, opened
from tests.app.test_fuzz_socket import (
    BINARY,
    CLOSE,
    JUNK,
    PING,
    TEXT,
    commanded,
    frame,
    stranger,
    unmoved,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATIENCE = 20.0
PROTOCOL_ERROR, NOT_UTF8 = 1002, 1007
BAD, ORDER, LARGE, FAST, VERSION, TOKEN = (
    reason(code).close
    for code in (
        "bad_message", "out_of_order", "too_large", "too_fast", "wrong_version", "bad_token",
    )
)  # fmt: skip
NOTHING = m.RoomLeave()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gatehouse]:
    async with opened(tmp_path_factory.mktemp("closes")) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def healthy(house: Gatehouse) -> AsyncIterator[Wire]:
    async with house.socket(house.token("operator", KUKAR)) as wire:
        await wire.next("welcome")
        yield wire


class Heard:
    """What the server says on a socket: frames of RFC 6455, section 5.2, of no more than 64 KiB."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    async def frame(self) -> tuple[int, bytes]:
        first, length = await self._reader.readexactly(2)
        assert not length & 128, "a server masks nothing"
        if length == 126:
            (length,) = struct.unpack("!H", await self._reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", await self._reader.readexactly(8))
        return first & 15, await self._reader.readexactly(length)

    async def message(self, *kinds: str) -> dict[str, Any]:
        while True:
            opcode, payload = await asyncio.wait_for(self.frame(), PATIENCE)
            assert opcode == TEXT, payload
            told: dict[str, Any] = msgspec.json.decode(payload)
            if told["type"] in kinds:
                return told

    async def close(self) -> int:
        """The code with which the server ends it."""
        while True:
            opcode, payload = await asyncio.wait_for(self.frame(), PATIENCE)
            if opcode == CLOSE:
                return int.from_bytes(payload[:2], "big")


def hello(known: str, **fields: Any) -> bytes:
    said = msgspec.json.encode(m.Hello(v=m.PROTOCOL_VERSION, token=known))
    return msgspec.json.encode(msgspec.json.decode(said) | fields)


async def ended(house: Gatehouse, *frames: bytes, greeted: bool) -> int:
    async with stranger(house.url) as (reader, writer):
        heard = Heard(reader)
        if greeted:
            writer.write(frame(hello(house.token("observer"))))
            await heard.message("welcome")
        for one in frames:
            writer.write(one)
        return await heard.close()


# --- what is wrong ------------------------------------------------------------------------------

UNREAD = {
    "nothing": b"",
    "no JSON": b"{",
    "no object": b"[]",
    "null": b"null",
    "no type": b"{}",
    "a type that is none": b'{"type":"sudo"}',
    "a message of the server": b'{"type":"welcome"}',
    "a list without end": b"[" * 5000,
    "an object in an object": b'{"type":' * 2000,
    "a number that is none": b'{"type":"ping","t":NaN}',
    "a number beyond all": b'{"type":"ping","t":1e400}',
    "a text for a number": b'{"type":"ping","t":"1"}',
    "two in one": b'{"type":"ping","t":1}{"type":"ping","t":1}',
    "a field too many": b'{"type":"ping","t":1,"x":1}',
}


@pytest.mark.parametrize("greeted", [False, True], ids=["stranger", "guest"])
@pytest.mark.parametrize("text", UNREAD.values(), ids=UNREAD.keys())
async def test_what_is_no_message(
    house: Gatehouse, healthy: Wire, text: bytes, greeted: bool
) -> None:
    assert await ended(house, frame(text), greeted=greeted) == BAD
    await unmoved(healthy, len(text))


FRAMES: dict[str, tuple[bytes, int | None]] = {
    "binary": (frame(b"{}", BINARY), BAD),
    "no UTF-8": (frame(b"\xff\xfe"), NOT_UTF8),
    "half of a letter": (frame(b'"\xc3', TEXT), NOT_UTF8),
    "reserved bits": (frame(b"{}", reserved=7), PROTOCOL_ERROR),
    "an opcode that is none": (frame(b"{}", 3), PROTOCOL_ERROR),
    "a control opcode that is none": (frame(b"", 15), PROTOCOL_ERROR),
    "the rest of nothing": (frame(b"{}", 0), PROTOCOL_ERROR),
    "another within fragments": (frame(b"{", fin=False) + frame(b"}"), PROTOCOL_ERROR),
    "a ping in fragments": (frame(b"x", PING, fin=False), PROTOCOL_ERROR),
    "a ping that is too long": (frame(b"x" * 126, PING), PROTOCOL_ERROR),
    "a close of one byte": (frame(b"\x03", CLOSE), PROTOCOL_ERROR),
    "a close of a code that is none": (frame(b"\x03\xe7", CLOSE), PROTOCOL_ERROR),
    "a close whose reason is no UTF-8": (frame(b"\x03\xe8\xff", CLOSE), NOT_UTF8),
    "too large": (frame(b" " * (m.MAX_FRAME_BYTES + 1)), LARGE),
    "too large in fragments": (
        frame(b" " * m.MAX_FRAME_BYTES, fin=False) + frame(b"  ", 0),
        LARGE,
    ),
    "said to be without end": (frame(b"{}", claims=2**62), LARGE),
    "too many pings": (frame(b"", PING) * (4 * Limits().burst), FAST),
    "too many messages": (frame(b'{"type":"ping","t":1}') * (4 * Limits().burst), FAST),
}


@pytest.mark.parametrize(("sent", "code"), FRAMES.values(), ids=FRAMES.keys())
async def test_what_is_no_frame_or_too_much(
    house: Gatehouse, healthy: Wire, sent: bytes, code: int
) -> None:
    assert await ended(house, sent, greeted=True) == code
    await unmoved(healthy, code)


async def test_what_comes_out_of_order(house: Gatehouse, healthy: Wire) -> None:
    good = house.token("observer")
    command, ping = frame(commanded(NOTHING, 1)), frame(b'{"type":"ping","t":1}')
    again = frame(hello(good))
    assert await ended(house, command, greeted=False) == ORDER
    assert await ended(house, ping, greeted=False) == ORDER
    assert await ended(house, again, greeted=True) == ORDER, "a hello that is replayed"
    assert await ended(house, again, again, greeted=False) == ORDER
    assert await ended(house, command, command, greeted=True) == ORDER, "a command, too"
    assert await ended(house, frame(commanded(NOTHING, 0)), greeted=True) in (ORDER, BAD)
    assert await ended(house, frame(hello(good, v=99)), greeted=False) == VERSION
    assert await ended(house, frame(hello("x.y.z")), greeted=False) == TOKEN
    await unmoved(healthy, 7)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(field=st.sampled_from(["v", "token", "resume", "lang", "fence", "x"]), value=JUNK)
async def test_a_hello_of_which_something_is_something_else(
    house: Gatehouse, healthy: Wire, field: str, value: Any
) -> None:
    """Also where it is something that could be: then it is heard, or refused for what it says."""
    said = frame(hello(house.token("observer"), **{field: value}))
    async with stranger(house.url) as (reader, writer):
        heard = Heard(reader)
        writer.write(said)
        opcode, payload = await asyncio.wait_for(heard.frame(), PATIENCE)
        assert opcode == TEXT
        told = msgspec.json.decode(payload)
        if told["type"] == "welcome":
            assert field in ("resume", "fence") or value in ("id", "en", 1), (field, value)
        else:
            assert told["type"] == "bye"
            assert await heard.close() == reason(told["code"]).close
            assert told["code"] in ("bad_message", "wrong_version", "bad_token", "too_fast"), told
    await unmoved(healthy, 5)


# --- what is right, cut -------------------------------------------------------------------------

AT_A_TIME = 25
"""Commands of one connection, and as many pings: fewer than its burst."""


async def test_a_command_may_be_cut_at_every_place(house: Gatehouse, healthy: Wire) -> None:
    """By the network: its frame as two pieces; and into two fragments, with a ping between them
    (RFC 6455, section 5.4)."""
    whole = [frame(commanded(NOTHING, n + 1)) for n in range(AT_A_TIME)]
    places = range(1, max(map(len, whole)))
    for begin in range(0, len(places), AT_A_TIME):
        async with stranger(house.url) as (reader, writer), stranger(house.url) as (more, pen):
            heard, also = Heard(reader), Heard(more)
            for one, ear in ((writer, heard), (pen, also)):
                one.write(frame(hello(house.token("observer"))))
                await ear.message("welcome")
            for n, at in enumerate(places[begin : begin + AT_A_TIME]):
                writer.write(whole[n][:at])
                await asyncio.sleep(0.001)
                writer.write(whole[n][at:])
                assert (await heard.message("refused", "bye")).get("id") == n + 1, at
                said = commanded(NOTHING, n + 1)
                pen.write(frame(said[:at], fin=False) + frame(b"?", PING) + frame(said[at:], 0))
                assert await asyncio.wait_for(also.frame(), PATIENCE) == (10, b"?")
                assert (await also.message("refused", "bye")).get("id") == n + 1, at
    await unmoved(healthy, 3)


async def test_a_hello_may_be_cut(house: Gatehouse, healthy: Wire) -> None:
    """Within its head at every place; no more than 25 a second are let in."""
    whole = frame(hello(house.token("observer")))
    for at in (*range(1, 16), *range(16, len(whole), 40), len(whole) - 1):
        async with stranger(house.url) as (reader, writer):
            writer.write(whole[:at])
            await asyncio.sleep(0.001)
            writer.write(whole[at:])
            await Heard(reader).message("welcome")
    await unmoved(healthy, 4)
