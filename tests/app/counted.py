"""A conference on a real journal whose clock a test moves, asked about its head count over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from tests.app.outside import BALIKPAPAN, HUB, KUKAR, NOW, Hands
from vicon.app.actor import ConferenceActor
from vicon.app.courses import Courses
from vicon.app.gateway import Hall
from vicon.core import commands as do
from vicon.core.model import Actor, Conference, Plan
from vicon.core.refusals import Refused
from vicon.ops.checks import Check
from vicon.ops.links import Grant, Issue, Signer
from vicon.report.headcount import HeadcountReports
from vicon.store.sqlite import SqliteJournal
from vicon.web.api import Api
from vicon.web.app import MAX_BODY
from vicon.web.attendance import AttendanceApi

MODERATOR = Actor(role="moderator", name="Rini", room=HUB)
OPERATOR = Actor(role="operator", name="Operator Kukar", room=KUKAR)
_GRANTS = (
    ("moderator", HUB), ("technician", None), ("observer", None), ("tester", KUKAR),
    ("operator", KUKAR), ("operator", BALIKPAPAN),
)  # fmt: skip


class House:
    def __init__(
        self,
        actor: ConferenceActor,
        clock: Hands,
        http: TestClient[web.Request, web.Application],
        tokens: Mapping[tuple[str, str | None], str],
    ) -> None:
        self.actor, self.clock, self.http, self.tokens = actor, clock, http, tokens

    @property
    def state(self) -> Conference:
        return self.actor.state

    async def does(self, asker: Actor | do.System | do.Door, command: do.Command) -> None:
        done = await self.actor.submit(asker, command)
        assert not isinstance(done, Refused), done

    async def enters(self, person: str, name: str, room: str = KUKAR, by: bool = True) -> None:
        asker = Actor(role="operator", name=f"Operator {room}", room=room)
        command = do.EnterPerson(
            room=room, person=person, name=name, institution="KPU", role="Pers"
        )
        await self.does(asker if by else do.Door(room=room), command)

    async def ask(
        self,
        path: str,
        role: str = "moderator",
        room: str | None = None,
        body: bytes | str | None = None,
        conference: str = "uji",
    ) -> ClientResponse:
        """A GET; a POST where there is a body. `role` empty: without a token."""
        token = next(
            (t for (r, c), t in self.tokens.items() if r == role and room in (None, c)), ""
        )
        return await self.http.request(
            "GET" if body is None else "POST",
            f"/api/v1/conferences/{conference}/{path}",
            data=body,
            headers={"Authorization": f"Bearer {token}", "Content-Type": "text/csv"},
        )

    async def told(self, path: str, role: str = "moderator", room: str | None = None) -> Any:
        answer = await self.ask(path, role, room)
        assert answer.status == 200, await answer.text()
        return await answer.json()


class Healthy:
    """All is well."""

    async def look(self) -> Sequence[Check]:
        return ()


def _tokens(conference: str) -> tuple[Signer, dict[tuple[str, str | None], str]]:
    issues = {
        (role, room): Issue(
            grant=Grant(conference=conference, role=role, room=room, name="Rini"),  # type: ignore[arg-type]
            jti=f"j{index}",
            issued=NOW // 1000,
            expires=NOW // 1000 + 86_400,
        )
        for index, (role, room) in enumerate(_GRANTS)
    }
    signer = Signer(bytes(range(32)), frozenset(issue.jti for issue in issues.values()))
    return signer, {key: signer.sign_link(issue) for key, issue in issues.items()}


@asynccontextmanager
async def counted(plan: Plan, journal: SqliteJournal) -> AsyncIterator[House]:
    clock = Hands()
    actor = ConferenceActor(plan, journal, clock)
    await actor.start()
    halls, (signer, tokens) = {plan.id: Hall(actor)}, _tokens(plan.id)

    api = Api(halls, signer, clock, Healthy(), lambda claims: "")
    app = web.Application(client_max_size=MAX_BODY)
    app.add_routes(AttendanceApi(api, halls, Courses(journal, clock), HeadcountReports()).routes())
    async with TestClient(TestServer(app)) as http:
        yield House(actor, clock, http, tokens)
    await actor.stop()
