"""The house of trial calls: history over HTTP, the gate at the door, testers who only look."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession
from msgspec.structs import replace

from signaling import messages as m
from signaling.client import Client, CommandRefused, parse_link
from tests.report.examples import failing, good
from vicon import config
from vicon.cli.trial import open_desk
from vicon.compose import Listener, Server, running
from vicon.measure.run import Run, encode, seal
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.ops.links import Link
from vicon.ports import TrialRecord
from vicon.store.trials import SqliteTrials

KUKAR, BALIKPAPAN = "64.02", "64.71"
PATIENCE = 10.0


def stored(run: Run) -> TrialRecord:
    return TrialRecord(
        id=run.id,
        conference=run.conference,
        room=run.room,
        kind=run.kind,
        state=run.state,
        verdict=run.verdict,
        profile=run.profile,
        started_at=run.started_at,
        ended_at=run.ended_at,
        by=run.by,
        sweep=run.sweep,
        hash=run.hash,
        body=encode(run),
    )


def runs() -> tuple[Run, Run, Run]:
    """Of Kukar a good one and, later, a bad one; one of Balikpapan."""
    before = seal(replace(good(), id="r1", conference="kaltim-2020", room=KUKAR))
    later = replace(failing(), id="r2", conference="kaltim-2020", room=KUKAR)
    after = seal(replace(later, started_at=before.started_at + 60_000))
    return before, after, seal(replace(before, id="r3", room=BALIKPAPAN))


@asynccontextmanager
async def serving(home: DataDir, *, gate: bool = False) -> AsyncIterator[Server]:
    store = await SqliteTrials.open(home)
    for run in runs():
        await store.put(stored(run))
    await store.close()
    settings = config.load(config.example())
    (conference,) = settings.conferences
    policy = replace(conference.policy, gate=gate)
    inside = replace(
        settings,
        media=replace(settings.media, workers=0),
        conferences=[replace(conference, policy=policy)],
    )
    async with running(inside, home, SystemClock(), [Listener(host="127.0.0.1", port=0)]) as server:
        yield server


@pytest.fixture
async def server(home: DataDir) -> AsyncIterator[Server]:
    async with serving(home) as started:
        yield started


def link_of(server: Server, role: str, room: str | None = None) -> Link:
    return next(link for link in server.links if link.role == role and room in (None, link.room))


def client(server: Server, role: str, room: str | None = None) -> Client:
    url, token = parse_link(link_of(server, role, room).url)
    return Client(url, token, rng=random.Random(1))


def http(server: Server, role: str, room: str | None = None) -> ClientSession:
    token = link_of(server, role, room).url.partition("#")[2]
    return ClientSession(server.urls[0], headers={"Authorization": f"Bearer {token}"})


async def told(session: ClientSession, path: str, status: int = 200) -> Any:
    async with session.get(path) as answer:
        body = await answer.json()
        assert answer.status == status, body
        return body


async def test_a_technician_sees_all_runs_and_a_room_its_own(server: Server) -> None:
    async with http(server, "technician") as session:
        assert {r["id"] for r in await told(session, "/api/v1/trials")} == {"r1", "r2", "r3"}
        (one,) = await told(session, f"/api/v1/trials?room={BALIKPAPAN}")
        assert (one["id"], one["verdict"], one["figures"]["rtt_ms"]) == ("r3", "pass", 42.0)
        newest = await told(session, f"/api/v1/trials?room={KUKAR}&limit=1")
        assert [r["id"] for r in newest] == ["r2"]
        older = f"/api/v1/trials?room={KUKAR}&before={newest[0]['started_at']}"
        assert [r["id"] for r in await told(session, older)] == ["r1"]
    for role in ("operator", "tester"):
        async with http(server, role, KUKAR) as session:
            assert {r["id"] for r in await told(session, "/api/v1/trials")} == {"r1", "r2"}
            await told(session, f"/api/v1/trials?room={BALIKPAPAN}", 403)
            assert (await told(session, "/api/v1/trials/r1"))["run"]["room"] == KUKAR
            for path in ("r3", "r3/report.pdf", "r3/compare", "r3/still.jpg"):
                await told(session, f"/api/v1/trials/{path}", 403)
            await told(session, "/api/v1/trial-links", 403)
    async with http(server, "observer") as session:
        await told(session, "/api/v1/trials", 403)
        await told(session, "/api/v1/trials/r1", 403)


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "before=-1", "before=9e9"])
async def test_a_bad_query_is_refused(server: Server, query: str) -> None:
    async with http(server, "technician") as session:
        assert (await told(session, f"/api/v1/trials?{query}", 400))["code"] == "bad_query"


async def test_a_run_is_set_beside_the_last_good_one(server: Server) -> None:
    async with http(server, "moderator") as session:
        assert (await told(session, "/api/v1/trials/r2"))["last_good"] == "r1"
        assert (await told(session, "/api/v1/trials/r1"))["last_good"] is None
        compared = await told(session, "/api/v1/trials/r2/compare")
        assert (compared["run"], compared["against"]) == ("r2", "r1")
        row = next(row for row in compared["rows"] if row["name"] == "rtt_ms")
        assert row["before"] == 42.0
        assert row["change"] in ("better", "worse", "same", "unknown")
        await told(session, "/api/v1/trials/nothing", 404)
        assert (await told(session, "/api/v1/trials/r1/still.jpg", 404))["code"] == "unknown_run"


async def test_reports_are_handed_out_and_known_again(server: Server, home: DataDir) -> None:
    bodies = {}
    async with http(server, "technician") as session:
        for kind in ("pdf", "csv", "json", "txt"):
            async with session.get(f"/api/v1/trials/r1/report.{kind}?lang=en") as answer:
                assert answer.status == 200
                assert f"r1.{kind}" in answer.headers["Content-Disposition"]
                bodies[kind] = await answer.read()
    assert bodies["pdf"].startswith(b"%PDF-")
    store = await SqliteTrials.open(home, read_only=True)
    for kind, body in bodies.items():
        found = await store.find_report(hashlib.sha256(body).hexdigest())
        assert found is not None
        assert found[:2] == ("r1", kind)
    await store.close()


async def test_test_links_are_there_for_every_room(server: Server) -> None:
    async with http(server, "technician") as session:
        links = await told(session, "/api/v1/trial-links")
        assert len(links) == 11
        assert all("/uji#" in link["url"] for link in links)
        page = await session.get("/uji")
        assert page.status == 200
        ready = await told(session, "/api/v1/readiness")
        assert (ready["go"], ready["untested"]) == (False, 10)


async def test_a_tester_looks_and_may_not_join(server: Server) -> None:
    async with client(server, "tester", KUKAR) as tester:
        view = await tester.ready(PATIENCE)
        assert view.you.may == []
        assert all(room.devices == [] for room in view.rooms)
        for body in (m.RoomJoin(), m.CountSet(room=KUKAR, value=1)):
            with pytest.raises(CommandRefused) as caught:
                await tester.command(body)
            assert caught.value.code == "not_allowed"
        await tester.command(m.TrialOffer(station="s1"))


async def test_ticks_are_seen_by_those_who_guide_and_not_by_neighbours(server: Server) -> None:
    async with (
        client(server, "technician") as technician,
        client(server, "operator", BALIKPAPAN) as neighbour,
    ):
        await technician.ready(PATIENCE)
        await neighbour.ready(PATIENCE)
        await technician.command(m.ReadinessCheck(room=KUKAR, item="camera", on=True))
        seen = await technician.until(lambda v: bool(ready(v, KUKAR).ticks), PATIENCE)
        assert ready(seen, KUKAR).ticks[0].item == "camera"
        await technician.command(m.ReadinessCheck(room=BALIKPAPAN, item="display", on=True))
        own = await neighbour.until(lambda v: bool(ready(v, BALIKPAPAN).ticks), PATIENCE)
        assert ready(own, KUKAR).ticks == []
        assert ready(own, KUKAR).state == "untested"


def ready(view: m.View, code: str) -> m.ReadinessView:
    return next(room.readiness for room in view.rooms if room.code == code)


async def test_the_gate_holds_an_untested_room_until_a_moderator_lets_it_in(home: DataDir) -> None:
    async with (
        serving(home, gate=True) as server,
        client(server, "operator", KUKAR) as hall,
        client(server, "moderator") as moderator,
    ):
        await moderator.ready(PATIENCE)
        view = await hall.ready(PATIENCE)
        assert view.conference.gate
        await hall.command(m.RoomJoin())
        await hall.until(lambda v: v.you.device is not None and v.you.device.waiting, PATIENCE)
        await moderator.command(m.ReadinessOverride(room=KUKAR, on=True, reason="dicek"))
        await hall.until(lambda v: v.you.device is not None and not v.you.device.waiting, PATIENCE)
        seen = await moderator.until(lambda v: bool(ready(v, KUKAR).override), PATIENCE)
        assert ready(seen, KUKAR).override == "dicek"


async def test_who_interrupts_a_trial_stops_it(server: Server) -> None:
    async with (
        client(server, "tester", KUKAR) as page,
        open_desk(link_of(server, "technician").url, None, station=False) as desk,
    ):
        await page.ready(PATIENCE)
        await page.command(m.TrialOffer(station="s1"))
        await desk.ready()
        following = asyncio.create_task(desk.run(KUKAR, seconds=30, quick=False, force=False))
        async with asyncio.timeout(PATIENCE):
            while not desk.runs:
                await asyncio.sleep(0.01)
        (run,) = desk.runs
        following.cancel()
        await asyncio.wait([following])
        assert following.cancelled()
        async with asyncio.timeout(PATIENCE):
            while desk.runs[run].state == "running":
                await asyncio.sleep(0.01)
        assert desk.runs[run].state == "stopped"
