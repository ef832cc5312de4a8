"""The drill: the first server is killed in the middle of a ceremony and its standby goes on."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import time
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest

from signaling.client import Client, ConnectionLost, parse_link
from signaling.messages import FloorGive
from tests.e2e.chromium import chromium
from tests.e2e.conftest import needs_chromium
from tests.e2e.pages import RoomPage
from tests.e2e.pair import Standby, epoch, pair, rows
from tests.e2e.service import Failed, Service, rehearsal, run
from tests.e2e.until import until
from vicon.ops.data import DataDir
from vicon.ops.trail import read_trail, who

HALLS = 10
BACK_S = 15.0
SILENT_SERVES_S, SILENT_BACK_S = 20.0, 25.0


async def present(service: Service, token: str) -> set[str]:
    """Halls whose main device is connected and sends."""
    try:
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as http:
            url = f"{service.url}/api/v1/conferences/kaltim-2020"
            found = await (await http.get(url)).json(content_type=None)
    except (aiohttp.ClientError, OSError, json.JSONDecodeError):
        return set()
    rooms = found["view"]["rooms"] if "view" in found else []
    return {one["code"] for one in rooms if not one["hub"] and _sends(one)}


def _sends(room: dict[str, Any]) -> bool:
    return bool(room["presence"] == "joined" and room["publishing"])


class Guiding:
    """A moderator's program that gives the floor to one hall after the other and notes what it was
    told is done."""

    def __init__(self, client: Client, halls: list[str]) -> None:
        self.client, self.halls = client, halls
        self.done: list[str] = []
        self.sent: list[str] = []

    async def run(self) -> None:
        """Until the connection is lost."""
        while True:
            hall = self.halls[len(self.sent) % len(self.halls)]
            self.sent.append(hall)
            await self.client.command(FloorGive(room=hall))
            self.done.append(hall)


@needs_chromium
@pytest.mark.browser
@pytest.mark.timeout(150)
async def test_the_standby_goes_on_where_the_first_was_killed(tmp_path: Path) -> None:
    async with (
        pair(tmp_path) as (first, second),
        chromium() as browser,
        rehearsal(first, HALLS - 1),
        Client(*parse_link(first.link("moderator").url), rng=random.Random(1)) as moderator,
    ):
        own = first.operators()[-1]
        page = await RoomPage.open(browser, own.url)
        await page.join()
        halls = sorted(one.room or "" for one in first.operators())
        token = first.link("moderator").token
        await until(lambda: present(first, token), lambda got: got == set(halls), 40, "all here")
        await moderator.ready(10)
        guiding = Guiding(moderator, halls[:3])
        asking = asyncio.create_task(guiding.run())
        await until(lambda: _size(guiding.done), lambda size: size >= 5, 10, "acts are done")

        await first.kill()
        began = time.monotonic()
        with pytest.raises(ConnectionLost):
            await asking
        await until(
            lambda: present(second, token), lambda got: got == set(halls), BACK_S + 10, "all back"
        )
        back = time.monotonic() - began
        await page.until_all_move({halls[0]}, 15)
        moved = time.monotonic() - began
        print(f"all ten halls back {back:.1f} s after kill -9 of the first server, "
              f"the page's pictures move after {moved:.1f} s")  # fmt: skip
        assert back < BACK_S
        assert page.page.url.startswith(first.url), "the page was not loaded again"
        assert epoch(second) > epoch(first)
        (noted,) = (one for one in read_trail(DataDir(second.data)) if one.what == "took over")
        assert (noted.which, noted.outcome) == ({"epoch": str(epoch(second))}, "done")
        _nothing_lost_or_doubled(first, second, guiding)
        await _the_minutes_tell_it(first, second, back)
        await _the_desk_goes_on(moderator, halls)
        await _the_old_one_is_fenced(first, second)
        await run("journal", "verify", "--data", str(second.data))


async def _size(one: list[str]) -> int:
    return len(one)


def _nothing_lost_or_doubled(first: Service, second: Standby, guiding: Guiding) -> None:
    """Entry by entry: the standby's journal begins with the first's, but for what was never
    acknowledged at its end, and has each act once, in order."""
    (old,), (new,) = rows(first).values(), rows(second).values()
    common = 0
    while common < min(len(old), len(new)) and old[common].hash == new[common].hash:
        common += 1
    given = _floors(new)
    assert given[: len(guiding.done)] == guiding.done
    assert given[len(guiding.done) :] in ([], guiding.sent[-1:])
    assert _floors(old[common:]) in ([], guiding.sent[-1:]), "at most the act that nobody was told"


def _floors(entries: list[Any]) -> list[str]:
    events = [json.loads(one.event) for one in entries]
    return [one["room"] for one in events if one["type"] == "floor_changed" and one["room"]]


async def _the_minutes_tell_it(first: Service, second: Standby, back: float) -> None:
    taken = _takeover(second)
    assert (taken["why"], taken["epoch"], taken["server"]) == ("ended", epoch(second), first.url)
    assert 3_000 <= taken["away_ms"] <= back * 1000 + 1_000
    data = str(second.data)
    await run("minutes", "--data", data, "--format", "json", "--out", data + "/m.json")
    found = json.loads((second.data / "m.json").read_text("utf-8"))
    assert [one["epoch"] for one in found["server"]["takeovers"]] == [epoch(second)]


def _takeover(service: Service) -> dict[str, Any]:
    """The one that the journal tells of."""
    (entries,) = rows(service).values()
    events = [json.loads(one.event) for one in entries]
    (taken,) = [one for one in events if one["type"] == "server_taken_over"]
    return cast("dict[str, Any]", taken)


async def _the_desk_goes_on(moderator: Client, halls: list[str]) -> None:
    await moderator.until(lambda _view: moderator.connected, 10)
    await moderator.command(FloorGive(room=halls[4]))
    await moderator.until(lambda view: view.conference.floor == halls[4], 5)


async def _the_old_one_is_fenced(first: Service, second: Standby) -> None:
    """Started again as if nothing had happened, it asks, and serves nobody."""
    await first.start()

    async def wrong() -> str:
        async with aiohttp.ClientSession() as http:
            answer = await http.get(f"{first.url}/readyz")
            told = await answer.json()
            return f"{answer.status} {told['wrong'].get('standby', '')}"

    await until(wrong, lambda said: said.startswith("503") and "replaced" in said, 10, "fenced")
    async with aiohttp.ClientSession() as http:
        answer = await http.get(f"{first.url}/api/v1/conferences")
        assert (answer.status, (await answer.json())["code"]) == (503, "fenced")
    before = rows(second)["kaltim-2020"][-1].sequence
    assert rows(first)["kaltim-2020"][-1].sequence <= before


@pytest.mark.patient(30)
@pytest.mark.timeout(90)
async def test_a_person_hands_over_and_back(tmp_path: Path) -> None:
    """`vicon takeover`: the first stops, the standby has everything; the old one follows then."""
    async with (
        pair(tmp_path) as (first, second),
        Client(*parse_link(first.link("moderator").url), rng=random.Random(1)) as moderator,
    ):
        await moderator.ready(10)
        said = await run("takeover", "--data", str(second.data), "--lang", "en")
        assert "serves since" in said
        await moderator.until(
            lambda _view: moderator.url.startswith("ws") and _at(moderator, second), 15
        )
        assert (
            rows(first)["kaltim-2020"]
            == rows(second)["kaltim-2020"][: len(rows(first)["kaltim-2020"])]
        )
        taken = _takeover(second)
        assert (taken["why"], taken["by"]) == ("handed_over", who())
        told = await run("standby", "--data", str(first.data), "--lang", "en", expect=1)
        assert "Replaced" in told
        said = await run("takeover", "--data", str(first.data), "--lang", "en", expect=1)
        await first.stop()
        back = Standby(first.data.parent, second)
        back._port, back.url = first._port, first.url
        first._child = None
        try:
            await back.start()
            told = await run("standby", "--data", str(second.data), "--lang", "en")
            assert "the standby has everything" in told
            await run("takeover", "--data", str(back.data))
            await moderator.until(lambda _view: _at(moderator, back), 15)
        finally:
            await back.stop()


def _at(client: Client, service: Service) -> bool:
    return client.connected and client.url.rpartition("/")[0].endswith(
        service.url.partition("//")[2]
    )


@pytest.mark.patient(30)
@pytest.mark.timeout(120)
async def test_a_first_that_only_fell_silent_is_a_persons_decision(tmp_path: Path) -> None:
    """Frozen, as by a cut of the network: the standby cannot know, and says so. When the first goes
    on after a person has decided, it is fenced."""
    async with pair(tmp_path) as (first, second):
        os.kill(first.pid, signal.SIGSTOP)
        try:
            await until(second.standing, lambda one: not one.line, 15, "the line is given up")
            said = await run_refused("takeover", "--data", str(second.data), "--lang", "en")
            assert "nobody can see whether it still serves" in said
            await run("takeover", "--data", str(second.data), "--sure")
            await second.serves(10)
        finally:
            os.kill(first.pid, signal.SIGCONT)

        async def told() -> str:
            return await run("standby", "--data", str(first.data), "--lang", "en", expect=None)

        await until(told, lambda said: "Replaced" in said, 15, "the first is fenced", every=0.5)
        assert epoch(second) > epoch(first)


@pytest.mark.timeout(150)
async def test_after_the_firsts_machine_fell_silent_the_halls_let_the_standby_serve(
    tmp_path: Path,
) -> None:
    """As by a power cut or a cut of the network: no end of a connection, no refusal. It
    acknowledged nothing since, and is fenced when it is there again."""
    async with (
        pair(tmp_path) as (first, second),
        rehearsal(first, HALLS),
        Client(*parse_link(first.link("moderator").url), rng=random.Random(1)) as moderator,
    ):
        halls = sorted(one.room or "" for one in first.operators())
        token = first.link("moderator").token
        await until(lambda: present(first, token), lambda got: got == set(halls), 40, "all here")
        await moderator.ready(10)
        guiding = Guiding(moderator, halls[:3])
        asking = asyncio.create_task(guiding.run())
        await until(lambda: _size(guiding.done), lambda size: size >= 5, 10, "acts are done")
        machine = [first.pid, *first.workers()]
        try:
            for pid in machine:
                os.kill(pid, signal.SIGSTOP)
            began = time.monotonic()
            await asyncio.sleep(0.5)  # what was on its way is here
            done = len(guiding.done)
            await second.serves(SILENT_BACK_S + 10)
            serves = time.monotonic() - began
            await until(
                lambda: present(second, token),
                lambda got: got == set(halls),
                SILENT_BACK_S,
                "all back",
            )
            back = time.monotonic() - began
            print(f"the standby serves {serves:.1f} s after the first fell silent, "
                  f"all ten halls are back after {back:.1f} s")  # fmt: skip
            assert serves < SILENT_SERVES_S
            assert back < SILENT_BACK_S
            asking.cancel()
            assert len(guiding.done) == done, "nothing was acknowledged meanwhile"
            assert _takeover(second)["why"] == "halls"
            _nothing_lost_or_doubled(first, second, guiding)
        finally:
            for pid in machine:
                os.kill(pid, signal.SIGCONT)

        async def told() -> str:
            return await run("standby", "--data", str(first.data), "--lang", "en", expect=None)

        await until(told, lambda said: "Replaced" in said, 15, "the first is fenced", every=0.5)
        _nothing_lost_or_doubled(first, second, guiding)
        await moderator.until(lambda _view: _at(moderator, second), 20)
        await run("journal", "verify", "--data", str(second.data))


async def run_refused(*arguments: str) -> str:
    """What the command said when it refused."""
    with pytest.raises(Failed) as refused:
        await run(*arguments)
    assert " 1: " in str(refused.value)
    return str(refused.value)
