"""A whole server in this process whose metrics are read as Prometheus reads them."""

from __future__ import annotations

import random
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientSession
from msgspec.structs import replace
from prometheus_client.parser import text_string_to_metric_families

from signaling.client import Client, parse_link
from tests.app.organizing import settings
from vicon.compose import Listener, Server, running
from vicon.config.settings import Metrics, Settings
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir

TOKEN = "4f7c1b0de8a94c52"
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class House:
    def __init__(self, server: Server, port: int, http: ClientSession) -> None:
        self.server, self.http = server, http
        self.own = f"http://127.0.0.1:{port}"
        """Of the metrics' own listener."""

    @property
    def url(self) -> str:
        return self.server.urls[0]

    async def text(self, url: str = "", token: str = "", **headers: str) -> str:
        """Raises AssertionError for a refusal."""
        status, text = await self.asked(url or self.own, token, **headers)
        assert status == 200, text
        return text

    async def asked(self, url: str, token: str = "", **headers: str) -> tuple[int, str]:
        head = headers | ({"Authorization": f"Bearer {token}"} if token else {})
        async with self.http.get(f"{url}/metrics", headers=head) as answer:
            return answer.status, await answer.text()

    async def samples(self) -> Samples:
        return samples(await self.text())

    def client(self, role: str, room: str | None = None) -> Client:
        link = next(
            one for one in self.server.links if one.role == role and room in (None, one.room)
        )
        return Client(*parse_link(link.url), rng=random.Random(1))


def samples(text: str) -> Samples:
    """By name and labels. Raises ValueError for what Prometheus would not read."""
    found: Samples = {}
    for family in text_string_to_metric_families(text):
        for one in family.samples:
            key = one.name, frozenset(one.labels.items())
            assert key not in found, key
            found[key] = one.value
    return found


def value(found: Samples, name: str, **labels: str) -> float:
    return found[name, frozenset(labels.items())]


def labels_of(found: Samples) -> Mapping[str, set[str]]:
    """Every value of each label."""
    all: dict[str, set[str]] = {}
    for _, labels in found:
        for key, said in labels:
            all.setdefault(key, set()).add(said)
    return all


@asynccontextmanager
async def opened(folder: Path, **options: Any) -> AsyncIterator[House]:
    """`options`: of config.settings.Metrics; by default its own listener, without a token."""
    wanted: Settings = settings()
    port = free_port()
    wanted = replace(wanted, metrics=Metrics(**({"port": port} | options)))
    with DataDir.claim(folder / "data") as home:
        listener = Listener(host="127.0.0.1", port=0)
        async with (
            running(wanted, home, SystemClock(), [listener]) as server,
            ClientSession() as http,
        ):
            yield House(server, port, http)
