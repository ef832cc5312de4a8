"""A whole server, media inside, and the organizer at its page's interface."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from aiohttp import ClientSession
from msgspec.structs import replace

from signaling.client import Client, parse_link
from vicon import config
from vicon.compose import Listener, running
from vicon.config import table as tables
from vicon.config.settings import Settings
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.ops.links import read_links

PATIENCE = 10.0
KUKAR, BALIKPAPAN = "64.02", "64.71"
Json = dict[str, Any]


def settings() -> Settings:
    example = config.load(config.example())
    return replace(
        example,
        media=replace(example.media, workers=0, addresses=["127.0.0.1"]),
        headcount=replace(example.headcount, camera=False),
    )


def table(id: str, **parts: Any) -> Json:
    """The example under another id, as the page has it."""
    found = tables.to_json(tables.of(settings().conferences[0]))
    return found | {"id": id, "rehearsal": []} | parts


class Desk:
    """The organizer, and visitors by the links that the organizer has."""

    def __init__(self, url: str, home: DataDir, http: ClientSession, stack: AsyncExitStack) -> None:
        self.url, self.home, self.http = url, home, http
        self._stack = stack
        self.token = next(
            link.url.partition("#")[2] for link in read_links(home) if link.role == "organizer"
        )

    async def ask(
        self, method: str, path: str, body: Json | None = None, token: str | None = None
    ) -> tuple[int, Any]:
        """Status and JSON, or bytes of what is none."""
        head = {"Authorization": f"Bearer {self.token if token is None else token}"}
        place = f"{self.url}/api/v1/office/{path}"
        async with self.http.request(method, place, json=body, headers=head) as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            if answer.content_type == "application/json":
                return answer.status, await answer.json()
            return answer.status, await answer.read()

    async def get(self, path: str) -> Any:
        status, found = await self.ask("GET", path)
        assert status == 200, found
        return found

    async def refused(self, method: str, path: str, body: Json | None = None) -> str:
        """The code; a refusal speaks both languages."""
        status, found = await self.ask(method, path, body)
        assert status >= 400, found
        assert found["text"]["id"] != found["text"]["en"]
        return str(found["code"])

    async def save(self, wanted: Json, version: str | None = None) -> str:
        """The version of what is kept now."""
        body = {"table": wanted, "version": version}
        status, found = await self.ask("PUT", f"conferences/{wanted['id']}", body)
        assert status == 200, found
        return str(found["version"])

    async def faults(self, wanted: Json, version: str | None = None) -> dict[str, Json]:
        """What is wrong, by field; nothing was kept."""
        body = {"table": wanted, "version": version}
        status, found = await self.ask("PUT", f"conferences/{wanted['id']}", body)
        assert status == 422, found
        return {".".join(map(str, one["place"])): one["text"] for one in found["faults"]}

    async def press(self, path: str) -> Any:
        status, found = await self.ask("POST", path)
        assert status == 200, found
        return found

    async def listed(self, id: str) -> Json:
        found = await self.get("conferences")
        return next(one for one in found["conferences"] if one["id"] == id)

    async def link(self, id: str, role: str, room: str | None = None) -> Json:
        """The newest of a role."""
        rows = (await self.get(f"conferences/{id}/links"))["links"]
        found: list[Json] = [r for r in rows if r["role"] == role and room in (None, r["room"])]
        return found[-1]

    async def visit(self, url: str) -> Client:
        address, token = parse_link(url)
        client = Client(address, token, rng=random.Random(1))
        await self._stack.enter_async_context(client)
        await client.ready(PATIENCE)
        return client


@asynccontextmanager
async def organizing(home: DataDir, wanted: Settings | None = None) -> AsyncIterator[Desk]:
    where = [Listener(host="127.0.0.1", port=0)]
    async with (
        running(wanted or settings(), home, SystemClock(), where) as server,
        ClientSession() as http,
        AsyncExitStack() as stack,
    ):
        yield Desk(server.urls[0], home, http, stack)
