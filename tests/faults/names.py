"""A name server that knows one name, and can fall silent (RFC 1035, section 4)."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from tests.faults.place import HUB, NAME, NAMES

_A, _IN, _TTL_S = 1, 1, 5
_ANSWER, _NO_SUCH_NAME = 0x8180, 0x8183
"""Response, recursion desired and available; the second with RCODE 3."""


class Names(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.silent = False
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if not self.silent and self._transport is not None:
            self._transport.sendto(answer(data), addr)


def answer(asked: bytes) -> bytes:
    """To a question for one name; of any other type than A there is nothing."""
    end = asked.index(0, 12) + 5
    question = asked[12:end]
    kind = struct.unpack(">H", question[-4:-2])[0]
    known = question[:-4].lower() == _wire(NAME)
    records = b""
    if known and kind == _A:
        head = struct.pack(">HHHIH", 0xC00C, _A, _IN, _TTL_S, 4)
        records = head + socket.inet_aton(HUB)
    flags = _ANSWER if known else _NO_SUCH_NAME
    counts = struct.pack(">HHHHH", flags, 1, bool(records), 0, 0)
    return asked[:2] + counts + question + records


def _wire(name: str) -> bytes:
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"


@asynccontextmanager
async def names() -> AsyncIterator[Names]:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(Names, local_addr=(NAMES, 53))
    try:
        yield protocol
    finally:
        transport.close()
