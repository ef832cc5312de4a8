"""A program that can be tested: what it answers, and a short trial over the loopback."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import cast

import pytest

from signaling import messages as m
from signaling.client import Client, ConnectionLost, TrialMessage
from signaling.feed import Connected, Feed
from tests.agent.conftest import House, visit
from tests.agent.wires import made_clip
from vicon.agent.connections import Tools
from vicon.agent.room import Options
from vicon.agent.station import TASKS, Station
from vicon.agent.trials import TrialDesk, trial_desk
from vicon.agent.turn import servers
from vicon.measure import testclip
from vicon.measure.encode import Clip
from vicon.measure.run import sealed
from vicon.ops.clock import SystemClock
from vicon.rtc.transport import make_certificate

KUKAR, BERAU = "64.02", "64.03"
PATIENCE = 10.0


def tools() -> Tools:
    return Tools(
        clock=SystemClock(),
        certificate=make_certificate(),
        randbits=secrets.randbits,
        addresses=["127.0.0.1"],
    )


async def marked() -> Clip:
    return await asyncio.to_thread(testclip.load, None)


async def plain() -> Clip:
    return made_clip()


class FakeClient:
    """Keeps what was sent; `away`: the connection is lost."""

    def __init__(self) -> None:
        self.connected = True
        self.away = False
        self.sent: list[m.CommandBody] = []
        self.came = asyncio.Event()
        self.refused = asyncio.Event()
        self.feed = Feed()

    async def command(self, body: m.CommandBody) -> None:
        if self.away:
            self.refused.set()
            raise ConnectionLost("away")
        self.sent.append(body)
        self.came.set()

    @contextmanager
    def watch(self) -> Iterator[Feed]:
        yield self.feed

    async def answer(self, task: int) -> m.TaskResult:
        async with asyncio.timeout(PATIENCE):
            while True:
                for body in self.sent:
                    if isinstance(body, m.TrialReport) and body.task == task:
                        return body.result
                self.came.clear()
                await self.came.wait()

    def offers(self) -> list[m.TrialOffer]:
        return [body for body in self.sent if isinstance(body, m.TrialOffer)]


@pytest.fixture
async def client() -> FakeClient:
    return FakeClient()


@pytest.fixture
async def passed_on() -> list[TrialMessage]:
    return []


@pytest.fixture
async def station(client: FakeClient, passed_on: list[TrialMessage]) -> AsyncIterator[Station]:
    made = Station(cast(Client, client), tools(), plain, "s1", others=passed_on.append)
    task = asyncio.create_task(made.run())
    yield made
    task.cancel()
    await asyncio.wait([task])


def do(task: int, body: m.Task) -> m.TrialDo:
    return m.TrialDo(run="r1", task=task, body=body)


async def test_it_offers_itself_again_after_every_connection(
    client: FakeClient, station: Station
) -> None:
    async with asyncio.timeout(PATIENCE):
        while not client.offers():
            await client.came.wait()
            client.came.clear()
        client.feed.put(Connected(media_epoch="m1"))
        while len(client.offers()) < 2:
            await client.came.wait()
            client.came.clear()
    assert {(offer.station, offer.client) for offer in client.offers()} == {("s1", "program")}


async def test_it_answers_for_itself_and_invents_no_devices(
    client: FakeClient, station: Station
) -> None:
    station.on_trial(do(1, m.DoBrowser()))
    station.on_trial(do(2, m.DoDevices()))
    station.on_trial(do(3, m.DoEcho()))
    facts = await client.answer(1)
    assert isinstance(facts, m.BrowserFacts)
    assert facts.webrtc
    assert "VP8" in facts.codecs
    assert await client.answer(2) == m.DeviceFacts()
    assert await client.answer(3) == m.Echoed()


@pytest.mark.parametrize(
    "body",
    [
        m.DoWatch(leg="call", seconds=1.0),
        m.DoLoadUp(
            leg="call", ice=[], relay_only=False, from_kbps=100, to_kbps=200, ramp_s=1.0,
            seconds=1.0, timeout_s=1.0,
        ),
        m.DoPath(leg="path", path="turn_tls", ice=[], relay_only=True, timeout_s=1.0),
    ],
    ids=lambda body: str(body.__struct_config__.tag),
)  # fmt: skip
async def test_what_it_cannot_do_it_says(
    client: FakeClient, station: Station, body: m.Task
) -> None:
    station.on_trial(do(1, body))
    result = await client.answer(1)
    assert isinstance(result, m.Failed)
    assert result.why


async def test_a_path_that_the_server_does_not_answer_is_not_reached(
    client: FakeClient, station: Station
) -> None:
    path = m.DoPath(leg="path", path="udp", ice=[], relay_only=False, timeout_s=3.0)
    station.on_trial(do(1, path))
    result = await client.answer(1)
    assert isinstance(result, m.Connected)
    assert not result.connected
    assert result.errors
    (asked,) = (body for body in client.sent if isinstance(body, m.TrialConnect))
    assert (asked.run, asked.leg) == ("r1", "path")


async def test_a_report_that_is_lost_does_not_end_it(client: FakeClient, station: Station) -> None:
    async with asyncio.timeout(PATIENCE):
        while not client.offers():  # else it would be the offer that is refused
            client.came.clear()
            await client.came.wait()
        client.away = True
        station.on_trial(do(1, m.DoEcho()))
        await client.refused.wait()
    client.away = False
    station.on_trial(do(2, m.DoEcho()))
    assert await client.answer(2) == m.Echoed()
    reports = [body.task for body in client.sent if isinstance(body, m.TrialReport)]
    assert reports == [2]


async def test_another_task_takes_the_place_of_one_that_lasts(
    client: FakeClient, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a lost socket the server begins the step anew: nobody waits for the watch of before."""
    watching, let_go = asyncio.Event(), asyncio.Event()

    async def watch(body: m.DoWatch) -> m.Watched:
        watching.set()
        try:
            await asyncio.sleep(PATIENCE)
        finally:
            let_go.set()
        return m.Watched(seconds=0)

    monkeypatch.setattr(station, "_watch", watch)
    async with asyncio.timeout(PATIENCE / 2):
        for last in (m.DoEcho(), m.DoEnd()):
            watching.clear()
            station.on_trial(do(1, m.DoWatch(leg="call", seconds=PATIENCE)))
            await watching.wait()
            station.on_trial(do(2, last))
            await let_go.wait()
            station.on_trial(do(3, m.DoBrowser()))
            assert isinstance(await client.answer(3), m.BrowserFacts)
            client.sent = [one for one in client.sent if not isinstance(one, m.TrialReport)]
            let_go.clear()


async def test_more_tasks_than_can_wait_are_dropped(client: FakeClient) -> None:
    idle = Station(cast(Client, client), tools(), plain, "s1")
    for task in range(TASKS + 3):
        idle.on_trial(do(task, m.DoEcho()))
    working = asyncio.create_task(idle.run())
    await client.answer(TASKS - 1)
    working.cancel()
    await asyncio.wait([working])
    reports = [body.task for body in client.sent if isinstance(body, m.TrialReport)]
    assert reports == list(range(TASKS))


async def test_a_clip_that_is_not_ready_is_no_fault_of_the_line(
    client: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never() -> Clip:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr("vicon.agent.station.CLIP_S", 0.05)
    slow = Station(cast(Client, client), tools(), never, "s1")
    working = asyncio.create_task(slow.run())
    call = m.DoCall(
        leg="call", ice=[], relay_only=False, video=True, raw_sound=True, max_kbps=1500,
        height=720, timeout_s=1.0,
    )  # fmt: skip
    slow.on_trial(do(1, call))
    result = await client.answer(1)
    assert isinstance(result, m.Failed)
    assert "not ready" in result.why
    working.cancel()
    await asyncio.wait([working])


async def test_messages_for_others_are_passed_on(
    station: Station, passed_on: list[TrialMessage]
) -> None:
    message = m.TrialStations(stations=[])
    station.on_trial(message)
    assert passed_on == [message]


def test_turn_servers_as_a_program_uses_them() -> None:
    urls = [
        "turn:a.go.id",
        "turn:a.go.id:3479?transport=tcp",
        "turns:a.go.id",
        "turns:[fd00::1]:443?transport=tcp",
        "turns:a.go.id?transport=udp",
        "stun:a.go.id",
    ]
    found = servers([m.IceServer(urls=urls, username="u", credential="c")], None)
    assert [(s.host, s.port, s.transport, s.tls is not None) for s in found] == [
        ("a.go.id", 3478, "udp", False),
        ("a.go.id", 3479, "tcp", False),
        ("a.go.id", 5349, "tcp", True),
        ("fd00::1", 443, "tcp", True),
    ]


@asynccontextmanager
async def desk_of(link: str, station: str | None) -> AsyncIterator[TrialDesk]:
    url, _, token = link.partition("#")
    address = f"{url.replace('http', 'ws', 1).rpartition('/')[0]}/ws"
    async with trial_desk(
        link, address, token, rng=random.Random(1), tools=tools(), clip=marked,
        station=station, lang="en", tls=None,
    ) as desk:  # fmt: skip
        await desk.ready()
        yield desk


async def test_a_short_trial_over_the_loopback(house: House) -> None:
    async with desk_of(house.link("tester", KUKAR), "s1") as desk:
        ended = await desk.run(KUKAR, seconds=5, quick=True, force=False)
        run = await desk.fetch(ended.id)
    assert (run.state, run.kind, run.client) == ("done", "quick", "program")
    assert sealed(run)
    states = {step.name: step.state for step in run.steps}
    assert states["browser"] == states["signalling"] == "pass"
    assert states["devices"] == states["capacity"] == states["reconnect"] == "skipped"
    assert states["media"] in ("pass", "warn", "fail"), "judged, however busy this machine is"
    assert (run.value("rtt_ms") or 1e9) < 300
    loss = run.value("loss_up_percent")
    assert loss is not None


@asynccontextmanager
async def listed(house: House) -> AsyncIterator[Callable[[str], Awaitable[set[str]]]]:
    """For a technician: waits until this room can be tested, and gives all that can."""
    async with desk_of(house.link("technician"), None) as desk:
        offered = asyncio.Event()
        desk.on_change = offered.set

        async def until(room: str) -> set[str]:
            async with asyncio.timeout(PATIENCE):
                while room not in (found := {one.room for one in desk.stations}):
                    offered.clear()
                    await offered.wait()
            return found

        yield until


async def test_an_agent_can_be_tested(house: House) -> None:
    options = Options(connect_s=5, media=False)
    async with listed(house) as until, visit(house.link("operator", KUKAR), options) as agent:
        await agent.until(lambda line: line.state == "joined")
        assert await until(KUKAR) == {KUKAR}


async def test_an_agent_that_was_told_not_to_cannot_be_tested(house: House) -> None:
    """The room that comes after it is listed, it is not."""
    silent = Options(connect_s=5, media=False, trials=False)
    open_to_all = Options(connect_s=5, media=False)
    async with listed(house) as until, visit(house.link("operator", KUKAR), silent) as first:
        await first.until(lambda line: line.state == "joined")
        async with visit(house.link("operator", BERAU), open_to_all) as second:
            await second.until(lambda line: line.state == "joined")
            assert await until(BERAU) == {BERAU}
