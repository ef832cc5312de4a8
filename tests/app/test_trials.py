"""The house of trial calls: history over HTTP, the gate at the door, testers who only look."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import random
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
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
from vicon.config.settings import Turn
from vicon.measure.run import Run, seal
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.ops.links import Link
from vicon.store.trials import SqliteTrials
from vicon.trial.runner import record

KUKAR, BALIKPAPAN = "64.02", "64.71"
PATIENCE = 10.0


def runs() -> tuple[Run, Run, Run]:
    """Of Kukar a good one and, later, a bad one; one of Balikpapan."""
    before = seal(replace(good(), id="r1", conference="kaltim-2020", room=KUKAR))
    later = replace(failing(), id="r2", conference="kaltim-2020", room=KUKAR)
    after = seal(replace(later, started_at=before.started_at + 60_000))
    return before, after, seal(replace(before, id="r3", room=BALIKPAPAN))


@asynccontextmanager
async def serving(
    home: DataDir, *, gate: bool = False, turn: Turn | None = None
) -> AsyncIterator[Server]:
    store = await SqliteTrials.open(home)
    for run in runs():
        await store.put(record(run))
    await store.close()
    settings = config.load(config.example())
    (conference,) = settings.conferences
    policy = replace(conference.policy, gate=gate)
    inside = replace(
        settings,
        turn=turn or settings.turn,
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


async def test_why_a_room_is_not_ready_is_no_matter_of_another_room(server: Server) -> None:
    async with http(server, "technician") as session:
        rooms = (await told(session, "/api/v1/readiness"))["rooms"]
        assert all(room["en"] for room in rooms.values())
    async with http(server, "tester", KUKAR) as session:
        rooms = (await told(session, "/api/v1/readiness"))["rooms"]
        assert [code for code, room in rooms.items() if room["en"]] == [KUKAR]
        assert rooms[BALIKPAPAN]["state"] == "untested"


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "before=-1", "before=9e9"])
async def test_a_bad_query_is_refused(server: Server, query: str) -> None:
    async with http(server, "technician") as session:
        assert (await told(session, f"/api/v1/trials?{query}", 400))["code"] == "bad_query"


async def test_without_a_link_nothing_is_told(server: Server) -> None:
    async with ClientSession(server.urls[0]) as session:
        for path in ("trials", "trials/r1", "trials/r1/report.pdf", "trial-links", "readiness"):
            assert (await told(session, f"/api/v1/{path}", 401))["code"] == "bad_token"


@pytest.mark.parametrize("damage", ["UPDATE runs SET body = x'00'", "DROP TABLE runs"])
async def test_a_store_that_cannot_be_read_is_told(
    server: Server, home: DataDir, damage: str
) -> None:
    with closing(sqlite3.connect(home.trials)) as other:
        other.execute(damage)
        other.commit()
    async with http(server, "technician") as session:
        for path in ("trials/r1", "trials/r1/report.txt", "trials/r1/compare"):
            found = await told(session, f"/api/v1/{path}", 503)
            assert found["code"] == "trials_unread"
        if "DROP" in damage:
            await told(session, "/api/v1/trials", 503)
        assert (await told(session, "/api/v1/readiness"))["go"] is False


async def test_a_damaged_run_hides_no_other(server: Server, home: DataDir) -> None:
    with closing(sqlite3.connect(home.trials)) as other:
        other.execute("UPDATE runs SET body = x'00' WHERE id = 'r1'")
        other.commit()
    async with http(server, "technician") as session:
        rows = await told(session, "/api/v1/trials")
        damaged = {row["id"]: row["damaged"] for row in rows}
        assert damaged["r1"]
        assert not damaged["r2"]
        assert (await told(session, "/api/v1/trials/r2/compare"))["against"] is None


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


async def test_trials_are_not_for_observers_nor_for_other_rooms(server: Server) -> None:
    asked: list[tuple[str, str | None, m.CommandBody]] = [
        ("observer", None, m.TrialOffer(station="s1")),
        ("observer", None, m.TrialStart(room=KUKAR)),
        ("observer", None, m.ReadinessCheck(room=KUKAR, item="camera", on=True)),
        ("technician", None, m.TrialOffer(station="s1")),
        ("technician", None, m.ReadinessOverride(room=KUKAR, on=True, reason="x")),
        ("operator", KUKAR, m.TrialStart(room=BALIKPAPAN)),
        ("operator", KUKAR, m.TrialSweep()),
        ("operator", KUKAR, m.ReadinessCheck(room=BALIKPAPAN, item="camera", on=True)),
        ("tester", KUKAR, m.TrialStart(room=BALIKPAPAN)),
        ("tester", KUKAR, m.TrialSweep()),
        ("tester", KUKAR, m.ReadinessCheck(room=KUKAR, item="camera", on=True)),
    ]
    for role, room, body in asked:
        async with client(server, role, room) as someone:
            await someone.ready(PATIENCE)
            with pytest.raises(CommandRefused) as caught:
                await someone.command(body)
            assert caught.value.code == "not_allowed", (role, body)


async def test_what_is_not_there_is_told(server: Server) -> None:
    guided: list[tuple[m.CommandBody, str]] = [
        (m.TrialStart(room=KUKAR), "no_station"),
        (m.TrialStart(room="99"), "unknown_room"),
        (m.TrialSweep(), "no_station"),
        (m.TrialSweepStop(), "unknown_run"),
        (m.TrialStop(run="none"), "unknown_run"),
        (m.TrialRepeat(run="none", step="media"), "unknown_run"),
    ]
    tested: list[tuple[m.CommandBody, str]] = [
        (m.TrialConnect(run="none", leg="call", sdp="v=0"), "unknown_run"),
        (m.TrialReport(run="none", task=1, result=m.Echoed()), "unknown_run"),
    ]
    for role, asked in (("technician", guided), ("tester", tested)):
        async with client(server, role) as one:
            await one.ready(PATIENCE)
            for body, code in asked:
                with pytest.raises(CommandRefused) as caught:
                    await one.command(body)
                assert caught.value.code == code, body


async def test_turn_credentials_come_with_the_welcome_and_end(home: DataDir) -> None:
    """draft-uberti-behave-turn-rest-00, as coturn checks it."""
    urls = ["turn:turn.go.id:3478?transport=udp", "turns:turn.go.id:443?transport=tcp"]
    began = SystemClock().now() // 1000
    async with (
        serving(home, turn=Turn(urls=urls, secret="north", ttl_s=600)) as server,
        client(server, "operator", KUKAR) as hall,
    ):
        await hall.ready(PATIENCE)
        (ice,) = hall.ice
        assert ice.urls == urls
        expires, _, name = ice.username.partition(":")
        assert name == KUKAR
        assert began + 600 <= int(expires) <= SystemClock().now() // 1000 + 600
        digest = hmac.digest(b"north", ice.username.encode(), "sha1")
        assert base64.b64decode(ice.credential) == digest


async def test_without_turn_no_ice_servers_are_told(server: Server) -> None:
    async with client(server, "operator", KUKAR) as hall:
        await hall.ready(PATIENCE)
        assert hall.ice == []


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
