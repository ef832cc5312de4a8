"""Whatever bytes come on one socket of a whole server, who holds another notices nothing, and the
server has nothing to report against itself."""

from __future__ import annotations

import asyncio
import base64
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from signaling import messages as m
from signaling.peer import Limits
from tests.app.gatehouse import BALIKPAPAN, KUKAR, Gatehouse, Wire, opened
from tests.signaling.examples import BODIES

pytestmark = pytest.mark.asyncio(loop_scope="module")
QUIET_S = 0.02
"""So long without an answer, and the server has nothing more to say."""
PACE_S = 1 / Limits().messages_per_s
TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9
MASK = b"\x01\x02\x03\x04"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gatehouse]:
    async with opened(tmp_path_factory.mktemp("fuzz")) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def healthy(house: Gatehouse) -> AsyncIterator[Wire]:
    """The hall's own operator, on one connection all the time."""
    async with house.socket(house.token("operator", KUKAR)) as wire:
        await wire.next("welcome")
        yield wire


# --- what is sent -------------------------------------------------------------------------------


def frame(
    payload: bytes,
    opcode: int = TEXT,
    *,
    fin: bool = True,
    reserved: int = 0,
    masked: bool = True,
    claims: int | None = None,
) -> bytes:
    """RFC 6455, section 5.2; `claims`: a length that is not the payload's."""
    length = len(payload) if claims is None else claims
    first, bit = (fin << 7) | (reserved << 4) | opcode, masked << 7
    if length < 126:
        head = struct.pack("!BB", first, bit | length)
    elif length < 65_536:
        head = struct.pack("!BBH", first, bit | 126, length)
    else:
        head = struct.pack("!BBQ", first, bit | 127, length)
    if not masked:
        return head + payload
    covered = bytes(byte ^ MASK[n % 4] for n, byte in enumerate(payload))
    return head + MASK + covered


def commanded(body: Any, number: int) -> bytes:
    return msgspec.json.encode(m.Command(id=number, body=body))


JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@st.composite
def bent(draw: st.DrawFn) -> bytes:
    """A message as it should be, with one value that is something else."""
    whole = msgspec.json.decode(commanded(draw(st.sampled_from(BODIES)), draw(st.integers(-1, 99))))
    at = whole if draw(st.booleans()) else whole["body"]
    at[draw(st.sampled_from([*at, "baru"]))] = draw(JUNK)
    return msgspec.json.encode(whole)


VALID = st.builds(commanded, st.sampled_from(BODIES), st.integers(1, 99))
WORDS = (
    VALID
    | bent()
    | JUNK.map(msgspec.json.encode)
    | st.binary(max_size=300)
    | st.sampled_from(
        [b"", b"{", b"[" * 5000, b"\xff\xfe", b'{"type":"ping","t":1e400}', b"0" * 70_000]
    )
    | st.just(msgspec.json.encode(m.Ping(t=1.0)))
)


@st.composite
def split(draw: st.DrawFn) -> bytes:
    """One message in several frames, with others between them."""
    whole, parts = draw(WORDS), draw(st.integers(2, 5))
    size = len(whole) // parts + 1
    pieces = [whole[n * size : (n + 1) * size] for n in range(parts)]
    made = [
        frame(piece, TEXT if n == 0 else 0, fin=n == parts - 1) for n, piece in enumerate(pieces)
    ]
    between = draw(st.sampled_from([b"", frame(b"p", PING), frame(b"x", TEXT), frame(b"", CLOSE)]))
    return between.join(made)


FRAMES = st.builds(
    frame,
    WORDS,
    st.sampled_from([TEXT, TEXT, TEXT, BINARY, 0, 3, CLOSE, PING, 10, 15]),
    fin=st.sampled_from([True, True, True, False]),
    reserved=st.sampled_from([0, 0, 0, 4, 7]),
    masked=st.sampled_from([True, True, True, False]),
    claims=st.none() | st.none() | st.sampled_from([0, 125, 126, 65_535, 65_536, 2**31, 2**63 - 1]),
)
STEPS = st.lists(WORDS.map(frame) | FRAMES | split() | st.binary(max_size=64), max_size=12)
ROLES = st.sampled_from(["operator", "observer", "tester", "technician", "garbage", ""])


# --- how it is sent -----------------------------------------------------------------------------


@asynccontextmanager
async def stranger(url: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A socket that is open as a WebSocket, and no library that keeps us from anything."""
    at = urlsplit(url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port, limit=2**22)
    key = base64.b64encode(b"k" * 16).decode()
    writer.write(
        f"GET /ws HTTP/1.1\r\nHost: {at.netloc}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
    )
    assert b" 101 " in (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10))
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def heard(reader: asyncio.StreamReader) -> None:
    """Until nothing more comes."""
    while True:
        try:
            if not await asyncio.wait_for(reader.read(65_536), QUIET_S):
                return
        except (TimeoutError, ConnectionError):
            return


async def send(house: Gatehouse, role: str, steps: list[bytes], cut: int) -> None:
    """A hello of this role, if any, then the steps; the last byte may be missing."""
    room = BALIKPAPAN if role in ("operator", "tester") else None
    hello = {"": "", "garbage": "x.y.z"}.get(role)
    token = house.token(role, room) if hello is None else hello
    async with stranger(house.url) as (reader, writer):
        if role:
            said = msgspec.json.encode(m.Hello(v=m.PROTOCOL_VERSION, token=token))
            writer.write(frame(said))
        whole = b"".join(steps)
        writer.write(whole[: len(whole) - cut] if cut else whole)
        await heard(reader)


async def unmoved(healthy: Wire, number: int) -> None:
    await asyncio.sleep(PACE_S)  # it keeps to the rate of the wire itself
    told = await asyncio.wait_for(healthy.ask(m.CountSet(room=KUKAR, value=number % 12)), 10)
    assert told["type"] == "ok", told


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(role=ROLES, steps=STEPS, cut=st.sampled_from([0, 0, 1, 7]), number=st.integers(0, 1000))
async def test_what_one_socket_says_hurts_no_other(
    house: Gatehouse, healthy: Wire, role: str, steps: list[bytes], cut: int, number: int
) -> None:
    with capture_logs() as logs:
        await send(house, role, steps, cut)
        await unmoved(healthy, number)
    wrong = [line for line in logs if line["log_level"] in ("error", "critical")]
    assert not wrong


async def test_a_hundred_at_once_hurt_no_other(house: Gatehouse, healthy: Wire) -> None:
    noise = [b"\x81\xff" + b"\xff" * 8 + b"x" * 1000, frame(b"[" * 60_000), frame(b"x", 3), b"\x00"]
    with capture_logs() as logs:
        async with asyncio.TaskGroup() as group:
            for n in range(100):
                group.create_task(send(house, "observer", [noise[n % 4]] * 20, n % 3))
            for n in range(10):
                await unmoved(healthy, n)
        await unmoved(healthy, 3)
    assert not [line for line in logs if line["log_level"] in ("error", "critical")]
