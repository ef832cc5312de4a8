"""A conference whose media plane and clock do what a test says; encoders and players ask it over
real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import count

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from signaling.messages import IceServer
from vicon.app.actor import ConferenceActor
from vicon.app.gateway import Hall
from vicon.app.whip import Sessions
from vicon.core import commands as do
from vicon.core.events import Event
from vicon.core.model import Actor, Conference, Device, Plan
from vicon.core.refusals import Refused
from vicon.ops.links import Grant, Issue, Signer
from vicon.ports import (
    DeviceStats,
    JournalError,
    LineStats,
    MediaChanged,
    MediaError,
    MediaEvent,
    MediaFigures,
    MediaRestarted,
    Record,
    SlotPlan,
)
from vicon.web.app import MAX_BODY
from vicon.web.whip import WhipApi

NOW = 1_600_999_200_000
KUKAR, BALIKPAPAN, HUB = "64.02", "64.71", "64"
SDP, FRAGMENT = "application/sdp", "application/trickle-ice-sdpfrag"
TURN = IceServer(
    urls=["turn:t.example:3478?transport=udp", "turns:t.example:443?transport=tcp"],
    username='1600:Enkoder "1"',
    credential="c2VjcmV0",
)
_GRANTS = (
    ("encoder", KUKAR), ("encoder", BALIKPAPAN), ("encoder", HUB), ("player", None),
    ("operator", KUKAR), ("observer", None), ("technician", None), ("tester", KUKAR),
    ("embed", None),
)  # fmt: skip
MODERATOR = Actor(role="moderator", name="Rini", room=HUB)


def description(
    *kinds: str, way: str = "sendonly", ufrag: str = "abcd", password: str = "p" * 22
) -> str:
    """An offer or answer with these sections in one bundle."""
    lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1"]
    codecs = {"audio": (111, "opus/48000/2"), "video": (102, "H264/90000")}
    for mid, kind in enumerate(kinds):
        if kind == "application":
            lines += ["m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0"]
            lines += [f"a=mid:{mid}", "a=sctp-port:5000"]
            continue
        number, codec = codecs[kind]
        lines += [f"m={kind} 9 UDP/TLS/RTP/SAVPF {number}", "c=IN IP4 0.0.0.0", f"a=mid:{mid}"]
        lines += [f"a={way}", "a=rtcp-mux", f"a=rtpmap:{number} {codec}"]
    ice = [f"a=ice-ufrag:{ufrag}", f"a=ice-pwd:{password}", "a=setup:actpass"]
    ice.append("a=fingerprint:sha-256 " + ":".join(["AB"] * 32))
    for line in reversed(ice):
        lines.insert(5, line)
    return "\r\n".join(lines) + "\r\n"


OFFER = description("audio", "video")
PLAYER = description("audio", "video", way="recvonly")
CANDIDATE = "1 1 udp 2122260223 192.0.2.1 61764 typ host"


def fragment(ufrag: str = "abcd", password: str = "p" * 22, candidate: str = CANDIDATE) -> str:
    return (
        f"a=ice-ufrag:{ufrag}\r\na=ice-pwd:{password}\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n"
        f"a=candidate:{candidate}\r\na=end-of-candidates\r\n"
    )


class Memory:
    """A journal that keeps nothing, and fails when told to."""

    broken = False

    async def append(
        self, conference: str, at: int, actor: Mapping[str, str], events: Sequence[Event]
    ) -> list[Record]:
        return await self.append_many(conference, [(at, actor, events)])

    async def append_many(
        self, conference: str, batch: Sequence[tuple[int, Mapping[str, str], Sequence[Event]]]
    ) -> list[Record]:
        if self.broken:
            raise JournalError("disk full")
        return []

    async def replay(self, conference: str, after: Record | None = None) -> AsyncIterator[Record]:
        for record in list[Record]():
            yield record

    async def conferences(self) -> list[str]:
        return []

    async def mend(self) -> None:
        """It never is in doubt."""

    async def probe(self) -> None:
        if self.broken:
            raise JournalError("disk full")

    async def close(self) -> None:
        """Nothing is open."""


class Hands:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.time = 100.0
        self._sleeping: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> int:
        return NOW + round(1000 * (self.time - 100.0))

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleeping.append((self.time + seconds, waiting))
        await waiting

    async def pass_(self, seconds: float) -> None:
        """Whoever wakes in between does what he has to do at his time."""
        for _ in range(round(2 * seconds)):
            self.time += 0.5
            due = [one for one in self._sleeping if one[0] <= self.time]
            self._sleeping = [one for one in self._sleeping if one[0] > self.time]
            for _, waiting in due:
                if not waiting.done():
                    waiting.set_result(None)
            await settle()


async def settle() -> None:
    """Let all tasks that can go on do so."""
    for _ in range(25):
        await asyncio.sleep(0)


class Engine:
    """ports.MediaEngine as far as sessions need it. `fail`: what the next call raises."""

    def __init__(self) -> None:
        self.open: dict[str, str] = {}
        """Device and what it offered."""
        self.slots: dict[str, list[SlotPlan]] = {}
        self.candidates: list[tuple[str, str, str]] = []
        self.restarts: list[tuple[str, str, str]] = []
        self.answer: str | None = None
        self.fail: MediaError | None = None
        self._events: asyncio.Queue[MediaEvent] = asyncio.Queue(100)
        self._epochs = count(1)

    def _may(self) -> None:
        if self.fail is not None:
            error, self.fail = self.fail, None
            raise error

    async def publish(self, conference: str, device: str, offer: str) -> str:
        self._may()
        self.open[device] = offer
        return self.answer or description("audio", "video", way="recvonly", ufrag="srv1")

    async def play(
        self, conference: str, device: str, offer: str, slots: Sequence[SlotPlan]
    ) -> str:
        self._may()
        self.open[device], self.slots[device] = offer, list(slots)
        return description("audio", "video", way="sendonly", ufrag="srv1")

    async def candidate(self, conference: str, device: str, line: str, candidate: str) -> None:
        self._may()
        self.candidates.append((device, line, candidate))

    async def restart(self, conference: str, device: str, line: str, offer: str | None) -> str:
        self._may()
        self.restarts.append((device, line, offer or ""))
        return description("audio", "video", way="recvonly", ufrag="srv2", password="q" * 22)

    async def remove(self, conference: str, device: str) -> None:
        self.open.pop(device, None)

    async def events(self, conference: str) -> AsyncIterator[MediaEvent]:
        while True:
            yield await self._events.get()

    async def tell(self, event: MediaEvent) -> None:
        self._events.put_nowait(event)
        await settle()

    async def flows(self, device: str, on: bool = True) -> None:
        await self.tell(MediaChanged(device=device, publishing=on))

    async def figures(
        self, *devices: str, kbps: int = 900, state: str = "connected", line: str = "up"
    ) -> None:
        stats = LineStats(rtt_ms=9.0, kbps=kbps, available_kbps=None, state=state)
        told = [
            DeviceStats(device=d, up=stats) if line == "up" else DeviceStats(device=d, down=stats)
            for d in devices
        ]
        await self.tell(MediaFigures(devices=tuple(told)))

    async def die(self) -> None:
        self.open.clear()
        await self.tell(MediaRestarted(epoch=str(next(self._epochs))))


class House:
    def __init__(self, actor: ConferenceActor, journal: Memory, clock: Hands) -> None:
        self.actor, self.journal, self.clock = actor, journal, clock
        self.engine = Engine()
        self.hall = Hall(actor)
        ids = count(1)
        self.sessions = Sessions(
            actor,
            self.engine,  # type: ignore[arg-type]
            clock,
            lambda: f"id{next(ids)}",
            self.hall.held_elsewhere,
        )
        self.signer, self.tokens = _tokens(actor.id)
        self.http: TestClient[web.Request, web.Application]

    @property
    def state(self) -> Conference:
        return self.actor.state

    def token(self, role: str, room: str | None = None) -> str:
        return self.tokens[role, room]

    def main(self, room: str = KUKAR) -> Device | None:
        return self.state.devices.get(self.state.rooms[room].main or "")

    async def does(self, asker: Actor | do.System, command: do.Command) -> None:
        done = await self.actor.submit(asker, command)
        assert not isinstance(done, Refused), done

    async def ask(
        self,
        method: str,
        path: str,
        body: str | bytes | None = None,
        *,
        token: str | None = "encoder",
        kind: str | None = SDP,
        **headers: str,
    ) -> ClientResponse:
        """`token`: a role (its token), or a token; None: no Authorization."""
        room = path.split("/")[3] if token == "encoder" else None
        key = (token or "", room if token == "encoder" else None)
        given = self.tokens.get(key, token)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if given is not None:
            sent["Authorization"] = f"Bearer {given}"
        if body is not None and kind is not None:
            sent["Content-Type"] = kind
        return await self.http.request(method, path, data=body, headers=sent)

    async def encoder(self, room: str = KUKAR, **more: str) -> str:
        """A session of an encoder that sends; its address."""
        answer = await self.ask("POST", f"/whip/uji/{room}", OFFER, **more)
        assert answer.status == 201, await answer.text()
        device = self.main(room)
        assert device is not None
        await self.engine.flows(device.id)
        return answer.headers["Location"]

    async def player(self, path: str = "/whep/uji") -> str:
        answer = await self.ask("POST", path, PLAYER, token="player")
        assert answer.status == 201, await answer.text()
        return answer.headers["Location"]


def _tokens(conference: str) -> tuple[Signer, dict[tuple[str, str | None], str]]:
    issues = {
        (role, room): Issue(
            grant=Grant(conference=conference, role=role, room=room, name=f"{role} {room}"),  # type: ignore[arg-type]
            jti=f"j{index}",
            issued=NOW // 1000,
            expires=NOW // 1000 + 3600,
        )
        for index, (role, room) in enumerate(_GRANTS)
    }
    signer = Signer(bytes(range(32)), frozenset(issue.jti for issue in issues.values()))
    tokens = {key: signer.sign_link(issue) for key, issue in issues.items()}
    # By role alone: the first of them.
    for (role, _), token in list(tokens.items()):
        tokens.setdefault((role, None), token)
    return signer, tokens


@asynccontextmanager
async def opened(plan: Plan) -> AsyncIterator[House]:
    journal, clock = Memory(), Hands()
    actor = ConferenceActor(plan, journal, clock)
    await actor.start()
    house = House(actor, journal, clock)
    house.sessions.start()
    api = WhipApi({actor.id: house.sessions}, house.signer, clock, lambda actor: [TURN])
    app = web.Application(client_max_size=MAX_BODY)
    app.add_routes(api.routes())
    async with TestClient(TestServer(app)) as client:
        house.http = client
        yield house
    await house.sessions.stop()
    await actor.stop()
