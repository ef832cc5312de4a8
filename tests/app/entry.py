"""A whole server with accounts, and browsers that come to it: each with its own cookies, its own
page and no more than a page would send."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import ClientResponse, ClientSession, CookieJar
from msgspec.structs import replace

from signaling import messages as m
from tests.app.organizing import settings as plain_settings
from vicon import admitting
from vicon.compose import Listener, running
from vicon.config.settings import Accounts as AccountSettings
from vicon.config.settings import Settings
from vicon.ops.accounts import Account, PersonRole, Right, changing
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.ops.links import read_links
from vicon.ops.passwords import Passwords

OURS, KUKAR, BALIKPAPAN = "kaltim-2020", "64.02", "64.71"
PASSWORD = "kuda makan rumput hijau"
CHEAP = Passwords(time_cost=1, memory_kib=1024, lanes=1)
PATIENCE = 10.0
Json = dict[str, Any]


def settings(*, once: bool = False, **accounts: Any) -> Settings:
    found = plain_settings()
    (one,) = found.conferences
    if once:
        one = replace(one, policy=replace(one.policy, hall_links="once"))
    return replace(found, conferences=[one], accounts=AccountSettings(**accounts))


def add(
    home: DataDir,
    name: str,
    *roles: PersonRole,
    conference: str = "",
    hash: str | None = None,
    password: str = PASSWORD,
) -> Account:
    made = Account(
        name=name,
        shown=name.title(),
        rights=tuple(Right(role=role, conference=conference) for role in roles),
        hash=hash or CHEAP.hash(password),
        changed=1,
    )
    with changing(home) as accounts:
        accounts[name] = made
    return made


def change(home: DataDir, name: str, **fields: Any) -> None:
    """As `vicon user` does."""
    with changing(home) as accounts:
        old = accounts[name]
        accounts[name] = replace(old, edition=old.edition + 1, **fields)


class Visitor:
    """One browser."""

    def __init__(self, url: str, http: ClientSession) -> None:
        self.url, self.http = url, http
        self.csrf = ""

    def cookie(self, name: str) -> str:
        found = {one.key: one.value for one in self.http.cookie_jar}
        return found.get(name, "")

    async def post(
        self, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> ClientResponse:
        sent = {
            "Origin": self.url,
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/json",
            "X-Vicon-CSRF": self.csrf,
            **(headers or {}),
        }
        data = msgspec.json.encode({} if body is None else body)
        answer = await self.http.post(
            f"{self.url}/api/v1/account{path}",
            data=data,
            headers={name: value for name, value in sent.items() if value},
            allow_redirects=False,
        )
        await answer.read()
        assert answer.headers["Cache-Control"] == "no-store"
        return answer

    async def sign_in(self, name: str, password: str = PASSWORD) -> ClientResponse:
        answer = await self.post("/sign-in", {"name": name, "password": password})
        if answer.status == 200:
            self.csrf = (await answer.json())["you"]["csrf"]
        return answer

    async def look(self) -> Any:
        async with self.http.get(f"{self.url}/api/v1/account") as answer:
            assert answer.status == 200
            return await answer.json()

    async def enter(self, role: str, conference: str = OURS) -> str:
        """The token of the page."""
        answer = await self.post("/enter", {"role": role, "conference": conference})
        assert answer.status == 200, await answer.text()
        return str((await answer.json())["url"]).partition("#")[2]

    async def page(self) -> None:
        """Opens a page, as every browser does before anything else."""
        async with self.http.get(f"{self.url}/ruang") as answer:
            assert answer.status == 200

    async def hello(self, token: str) -> str:
        """`welcome`, or the code with which the socket is closed."""
        async with self.http.ws_connect(f"{self.url}/ws") as socket:
            hello = m.Hello(v=m.PROTOCOL_VERSION, token=token)
            await socket.send_str(msgspec.json.encode(hello).decode())
            told = await socket.receive_json(timeout=PATIENCE)
            return str(told["type"] if told["type"] == "welcome" else told["code"])

    async def get(self, path: str, token: str) -> tuple[int, Any]:
        return await self.ask("GET", path, token)

    async def ask(self, method: str, path: str, token: str) -> tuple[int, Any]:
        head = {"Authorization": f"Bearer {token}"}
        async with self.http.request(method, self.url + path, headers=head) as answer:
            if answer.content_type == "application/json":
                return answer.status, await answer.json()
            return answer.status, await answer.read()


class Entry:
    def __init__(self, url: str, home: DataDir) -> None:
        self.url, self.home = url, home

    def token(self, role: str, room: str | None = None, *, own: bool = False) -> str:
        """Of a link as it is handed out."""
        return next(
            link.url.partition("#")[2]
            for link in read_links(self.home, own=own)
            if link.role == role and room in (None, link.room)
        )

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[Visitor]:
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
            yield Visitor(self.url, http)


@asynccontextmanager
async def entry(folder: Path, wanted: Settings) -> AsyncIterator[Entry]:
    where = [Listener(host="127.0.0.1", port=0)]
    with DataDir.claim(folder / "data") as home, pytest.MonkeyPatch.context() as patch:
        patch.setattr(admitting, "Passwords", lambda: CHEAP)
        async with running(wanted, home, SystemClock(), where) as server:
            yield Entry(server.urls[0], home)
