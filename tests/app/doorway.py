"""A conference and its doors over real HTTP, with a clock that a test moves; and what a person sees
on the page, without a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html.parser import HTMLParser

from aiohttp import ClientResponse, CookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from tests.app.outside import KUKAR, NOW, Hands, Memory
from vicon.app.actor import ConferenceActor
from vicon.app.gateway import Hall
from vicon.core import commands as do
from vicon.core.model import Actor, Attendee, Plan
from vicon.core.refusals import Refused
from vicon.ops.links import Grant, Issue, Signer
from vicon.web import headers
from vicon.web.app import MAX_BODY
from vicon.web.checkin.data import CheckinData
from vicon.web.checkin.gate import Gate
from vicon.web.checkin.html import Assets, Html
from vicon.web.checkin.pages import CheckinPages

ISSUE = Issue(
    grant=Grant(conference="uji", role="door", room=KUKAR, name="Pintu Kukar"),
    jti="j1",
    issued=NOW // 1000,
    expires=NOW // 1000 + 3600,
)
OPERATOR = Actor(role="operator", name="Operator Kukar", room=KUKAR)
MODERATOR = Actor(role="moderator", name="Rini", room="64")
ASSETS = Assets("/assets/main.js", ["/assets/main.css"], "/assets/icon.svg")
Fields = dict[str, str]


class Screen(HTMLParser):
    """What stands on a page in its present state."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.state = self.lang = self.refresh = ""
        self.raw = text
        self.forms: dict[str, tuple[str, Fields]] = {}
        """By id: where it goes, and its fields."""
        self.roles: list[str] = []
        self.seats: list[str] = []
        self.focus = ""
        self.languages: list[str] = []
        """Where the switch of language leads."""
        self._stack: list[tuple[str, bool]] = []
        self._form = ""
        self._words: list[str] = []
        self.feed(text)

    @property
    def text(self) -> str:
        """All words that are shown."""
        return " ".join(" ".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.state, self.lang = found.get("data-state", ""), found["lang"]
        if tag == "meta" and found.get("http-equiv") == "refresh":
            self.refresh = found["content"]
        if tag == "form":
            self._form = found["id"]
            self.forms[self._form] = found["action"], {}
        if "autofocus" in found:
            self.focus = found["name"]
        if found.get("id") == "lang":
            self.languages.append(found["href"])
        if tag == "i":
            self.seats.append(found.get("class", ""))
        if tag == "input":
            self._input(found)
        if tag not in ("meta", "link", "input", "br", "use", "path", "circle", "rect"):
            states = found.get("data-in")
            hidden = "hidden" in found or (states is not None and self.state not in states.split())
            above = self._stack[-1][1] if self._stack else tag == "head"
            self._stack.append((tag, hidden or above or tag in ("head", "svg")))

    def _input(self, found: Fields) -> None:
        fields = self.forms[self._form][1]
        if found.get("type") == "radio":
            self.roles.append(found["value"])
            if "checked" in found:
                fields[found["name"]] = found["value"]
        else:
            fields[found["name"]] = found["value"]

    def handle_endtag(self, tag: str) -> None:
        while self._stack:
            if self._stack.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._stack and not self._stack[-1][1]:
            self._words.append(data)


class Phone:
    """A phone without a script: it follows redirections and keeps its cookies."""

    def __init__(self, house: House, client: TestClient[web.Request, web.Application]) -> None:
        self._house, self._client = house, client
        self.screen = Screen('<html lang="id"></html>')
        self.status = 0
        self.path = ""

    async def open(self, path: str = "") -> Screen:
        return await self._shown(await self._client.get(path or self._house.door))

    async def press(self, form: str = "enter", **typed: str) -> Screen:
        """Sends a form as it stands on the page, with what was typed."""
        action, fields = self.screen.forms[form]
        return await self.post(action, fields | typed)

    async def post(self, path: str, fields: Fields, **headers: str) -> Screen:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self._shown(await self._client.post(path, data=fields, headers=sent))

    async def _shown(self, answer: ClientResponse) -> Screen:
        assert answer.headers["Cache-Control"] == "no-store"
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        self.status, self.path = answer.status, answer.url.path
        self.screen = Screen(await answer.text())
        return self.screen


class House:
    def __init__(self, actor: ConferenceActor, journal: Memory, clock: Hands) -> None:
        self.actor, self.journal, self.clock = actor, journal, clock
        self.signer = Signer(bytes(range(32)), frozenset([ISSUE.jti]), [ISSUE])
        self.door = f"/checkin/{self.signer.sign_door(ISSUE)}"
        self.server: TestServer
        self.http: TestClient[web.Request, web.Application]
        self._clients: list[TestClient[web.Request, web.Application]] = []

    @property
    def listed(self) -> list[Attendee]:
        return list(self.actor.state.rooms[KUKAR].attendance.values())

    @property
    def here(self) -> list[str]:
        return [one.name for one in self.listed if one.present]

    async def does(self, asker: Actor | do.System, command: do.Command) -> None:
        done = await self.actor.submit(asker, command)
        assert not isinstance(done, Refused), done

    async def crowd(self, persons: int) -> None:
        """So many are entered by the operator."""
        for number in range(persons):
            await self.does(
                OPERATOR,
                do.EnterPerson(
                    room=KUKAR,
                    person=f"operator{number:02}",
                    name=f"Tamu {number}",
                    institution="",
                    role="KPU",
                ),
            )

    def phone(self) -> Phone:
        client = TestClient(self.server, cookie_jar=CookieJar(unsafe=True))
        self._clients.append(client)
        return Phone(self, client)

    async def close(self) -> None:
        for client in self._clients:
            await client.session.close()


@asynccontextmanager
async def opened(plan: Plan) -> AsyncIterator[House]:
    journal, clock = Memory(), Hands()
    actor = ConferenceActor(plan, journal, clock)
    await actor.start()
    house = House(actor, journal, clock)
    gate = Gate({actor.id: Hall(actor)}, house.signer, clock)
    ids = (f"{number:024}" for number in range(1000))
    app = web.Application(client_max_size=MAX_BODY)
    app.on_response_prepare.append(headers.secure)
    app.add_routes(CheckinPages(gate, Html(ASSETS), lambda: next(ids)).routes())
    app.add_routes(CheckinData(gate).routes())
    house.server = TestServer(app)
    async with TestClient(house.server) as client:
        house.http = client
        yield house
        await house.close()
    await actor.stop()
