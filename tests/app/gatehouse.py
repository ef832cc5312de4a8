"""A whole server with two conferences that have the same rooms, and every token that its book of
links can make, good and bad: for tests that go through who may do what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, web
from msgspec.structs import replace

from signaling import messages as m
from vicon import compose, config
from vicon.app.rights import ROLES
from vicon.compose import Listener, Server, running
from vicon.config.settings import Broadcast, Metrics
from vicon.ops import links
from vicon.ops.claims import Claims, Issue
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.ops.tokens import Signer
from vicon.pair.record import make_key
from vicon.store import reader
from vicon.web.app import make_app

SITE = "https://www.contoh.go.id"
"""May show the programme."""
OURS, OTHER, ONCE = "kaltim-2020", "lain-2020", "sekali-2020"
"""Of ONCE the halls' links are for one browser each."""
KUKAR, BALIKPAPAN = "64.02", "64.71"
PATIENCE = 10.0
METRICS_TOKEN = "0123456789abcdef"
AT_A_TIME = 40
"""Commands of one connection: fewer than its burst."""
BAD = (
    "none",
    "garbage",
    "altered",
    "unsigned",
    "expired",
    "revoked",
    "resume",
    "taken",
    "another session",
)
"""Kinds of tokens that are good for nothing, whatever their role."""


class Gatehouse:
    def __init__(self, server: Server, home: DataDir, app: web.Application) -> None:
        self.server, self.home, self.app = server, home, app
        self.signer: Signer
        self.signer, book, _ = links._read_book(home)
        self.issues: list[Issue] = list(book.issues)
        self._ids = count(1)

    @property
    def url(self) -> str:
        return self.server.urls[0]

    def heads(self) -> dict[str, tuple[int, str]]:
        """Of each conference's journal: how many entries, and the last hash."""
        found = reader.verify(self.home.journal)
        assert found.sound
        return {one.conference: (one.entries, one.last) for one in found.conferences}

    # --- tokens -------------------------------------------------------------------------------

    @property
    def roles(self) -> list[str]:
        """That the book holds lines of: new ones come by themselves."""
        return list(dict.fromkeys(issue.grant.role for issue in self.issues))

    @property
    def pair_key(self) -> str:
        """With which the other server of a pair would come."""
        return make_key(self.home)

    def issue(self, role: str, room: str | None = None, conference: str = OURS) -> Issue:
        return next(
            one
            for one in self.issues
            if one.grant.role == role
            and one.grant.conference in (conference, "")
            and room in (None, one.grant.room)
        )

    def token(self, role: str, room: str | None = None, conference: str = OURS) -> str:
        issue = self.issue(role, room, conference)
        return self.signer.sign_door(issue) if role == "door" else self.signer.sign_link(issue)

    def bad(self, kind: str, role: str, room: str | None = None) -> str:
        """A token that was good, or nearly is one."""
        issue = self.issue("operator" if role == "door" else role, room)
        good = self.signer.sign_link(issue)
        if kind == "none":
            return ""
        if kind == "garbage":
            return "eyJhbGciOiJIUzI1NiJ9.e30.x"
        if kind == "altered":
            return good[:-6] + ("A" * 6 if not good.endswith("A" * 6) else "B" * 6)
        if kind == "unsigned":
            return "eyJhbGciOiJub25lIiwidHlwIjoidmljb24tbGluayJ9." + good.split(".")[1] + "."
        if kind == "expired":
            return self.signer.sign_link(replace(issue, issued=1, expires=2))
        if kind == "revoked":
            return self.signer.sign_link(replace(issue, jti="00" * 9))
        if kind == "taken":
            return self.signer.sign_link(self.taken)
        if kind == "another session":
            return self._foreign(issue)
        claims = Claims(
            conference=OURS,
            role="operator",
            room=KUKAR,
            name="Operator",
            jti=self.issue("operator", KUKAR).jti,
            expires_at=SystemClock().now() + 60_000,
        )
        return self.signer.sign_resume(claims, "d1", SystemClock().now())

    @property
    def taken(self) -> Issue:
        """A one-time link that is another browser's."""
        return self.issue("operator", KUKAR, ONCE)

    def _foreign(self, issue: Issue) -> str:
        """The token of a page of somebody who has signed in, in another browser than his."""
        known = next((one for one in (*ROLES, "organizer") if one == issue.grant.role), "moderator")
        now = SystemClock().now()
        return self.signer.sign_seat(
            "ab" * 9,
            known,  # type: ignore[arg-type]
            issue.grant.conference,
            room=issue.grant.room,
            name="Rini",
            now=now,
            until=now + 600_000,
        )

    # --- the wire -----------------------------------------------------------------------------

    @asynccontextmanager
    async def socket(self, token: str, resume: str | None = None) -> AsyncIterator[Wire]:
        async with ClientSession() as http, http.ws_connect(f"{self.url}/ws") as socket:
            hello = m.Hello(v=m.PROTOCOL_VERSION, token=token, resume=resume)
            await socket.send_str(msgspec.json.encode(hello).decode())
            yield Wire(socket, self._ids)

    async def answers(self, token: str, bodies: list[m.CommandBody]) -> list[str]:
        """What each command is answered: "ok" or the code of the refusal."""
        found = []
        for begin in range(0, len(bodies), AT_A_TIME):
            async with self.socket(token) as wire:
                assert (await wire.next("welcome", "bye"))["type"] == "welcome"
                for body in bodies[begin : begin + AT_A_TIME]:
                    told = await wire.ask(body)
                    found.append("ok" if told["type"] == "ok" else told["code"])
        return found


class Wire:
    def __init__(self, socket: ClientWebSocketResponse, ids: Any) -> None:
        self.socket, self._ids = socket, ids

    async def next(self, *kinds: str) -> dict[str, Any]:
        """The next message of one of these types."""
        while True:
            told: dict[str, Any] = await self.socket.receive_json(timeout=PATIENCE)
            if told["type"] in kinds:
                return told

    async def ask(self, body: m.CommandBody) -> dict[str, Any]:
        command = m.Command(id=next(self._ids), body=body)
        await self.socket.send_str(msgspec.json.encode(command).decode())
        return await self.next("ok", "refused", "bye")


@asynccontextmanager
async def opened(
    folder: Path, *listeners: Listener, broadcast: Broadcast | None = None, **server: Any
) -> AsyncIterator[Gatehouse]:
    """`server`: settings of that table instead of the example's."""
    settings = config.load(config.example())
    (ours,) = settings.conferences
    once = replace(ours.policy, hall_links="once")
    inside = replace(
        settings,
        server=replace(settings.server, **({"embed_origins": [SITE]} | server)),
        media=replace(settings.media, workers=0),
        headcount=replace(settings.headcount, camera=False),
        metrics=Metrics(token=METRICS_TOKEN),
        broadcast=broadcast or Broadcast(),
        conferences=[ours, replace(ours, id=OTHER), replace(ours, id=ONCE, policy=once)],
    )
    made: list[web.Application] = []

    def noting(*args: Any, **more: Any) -> web.Application:
        made.append(make_app(*args, **more))
        return made[-1]

    where = listeners or (Listener(host="127.0.0.1", port=0),)
    with DataDir.claim(folder / "data") as home, pytest.MonkeyPatch.context() as patch:
        patch.setattr(compose, "make_app", noting)
        async with running(inside, home, SystemClock(), where) as started:
            house = Gatehouse(started, home, made[0])
            await _use(house, house.signer.sign_link(house.taken))
            yield house


async def _use(house: Gatehouse, token: str) -> None:
    """A one-time link, by a browser that comes first."""
    name = "__Host-vicon.device" if house.url.startswith("https:") else "vicon.device"
    cookie = {"Cookie": f"{name}={'x' * 43}", "Authorization": f"Bearer {token}"}
    at = f"{house.url}/api/v1/conferences/{ONCE}"
    async with ClientSession(headers=cookie) as http, http.get(at, ssl=False) as answer:
        assert answer.status == 200
