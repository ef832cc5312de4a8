"""A first server and its standby, in processes of their own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.e2e.service import START_S, VICON, Child, Service, run
from tests.e2e.until import until
from vicon.ops.data import DataDir
from vicon.pair.record import make_key, read_record
from vicon.pair.state import read_standing
from vicon.store import reader
from vicon.store.chain import Row


class Standby(Service):
    """`vicon serve --standby-of` the first; its links are those of the first at its own address."""

    def __init__(self, folder: Path, first: Service) -> None:
        super().__init__(folder)
        self._first = first
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Until it has everything."""
        key = make_key(DataDir(self._first.data))
        file = self.data.with_name("standby.key")
        file.write_text(key)
        command = [
            VICON, "serve", "--config", str(self.config), "--data", str(self.data),
            "--port", str(self._port), "--ready-json",
            "--standby-of", self._first.url, "--standby-key", str(file),
        ]  # fmt: skip
        self._child = Child(command, self.log)
        await self._child.start()
        await self._child.first(START_S)
        await until(self.standing, lambda one: bool(one and one.right), START_S, "it has the right")
        found = await run("links", "--data", str(self.data), "--json")
        assert self.url in found

    async def standing(self) -> Any:
        return read_standing(DataDir(self.data))

    async def serves(self, timeout: float) -> None:
        async def ready() -> int:
            with contextlib.suppress(aiohttp.ClientError, OSError):
                async with aiohttp.ClientSession() as http:
                    answer = await http.get(f"{self.url}/readyz")
                    return answer.status
            return 0

        await until(ready, lambda status: status == 200, timeout, "the standby serves")


@asynccontextmanager
async def pair(folder: Path) -> AsyncIterator[tuple[Service, Standby]]:
    first = Service(_made(folder / "first"))
    second = Standby(_made(folder / "second"), first)
    try:
        await first.start()
        await second.start()
        yield first, second
    finally:
        await asyncio.gather(first.stop(), second.stop())


def rows(service: Service) -> dict[str, list[Row]]:
    """Every entry of each conference."""
    found: dict[str, list[Row]] = {}
    for row in reader.rows(DataDir(service.data).journal):
        found.setdefault(row.conference, []).append(row)
    return found


def epoch(service: Service) -> int:
    record = read_record(DataDir(service.data))
    assert record is not None
    return record.number


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
