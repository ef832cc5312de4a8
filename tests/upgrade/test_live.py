"""docs/installing.md, "A newer version" and "Back to the older one", in the middle of a session;
the previous version by its own sources."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.e2e.service import VICON, Child, Failed, Service, run, running
from tests.upgrade.older import Older, previous
from vicon.ops.data import DataDir
from vicon.store import before, schema

PLAYED = 2
"""Halls with the older version's agents, which send pictures and sound."""
HALLS = 10
BACK_S, FIRST_S = 30.0, 120.0
"""Until all are back; until all are there, an old agent having made its picture first."""
CHANGED = {"lock", "server.json", "journal.sqlite-shm", "trials.sqlite-shm"}
"""What a server that refuses may write: who holds the folder, and SQLite's index in memory."""

_REF = previous()


@pytest.fixture
def older(tmp_path: Path) -> Older:
    assert _REF is not None
    return Older.unpack(_REF, tmp_path / "older")


async def _until(test: Callable[[], bool], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not test():
            await asyncio.sleep(0.1)


def _acknowledged(counting: Child) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for line in list(counting.lines):
        found[line["room"]].append(line["value"])
    return dict(found)


async def _tallies(data: Path) -> dict[str, list[int]]:
    lines = (await run("journal", "show", "--json", "--data", str(data))).splitlines()
    found: dict[str, list[int]] = defaultdict(list)
    for event in (json.loads(line)["event"] for line in lines):
        if event["type"] == "tally_changed":
            found[event["room"]].append(event["tally"])
    return dict(found)


def _holds(tallies: dict[str, list[int]], acknowledged: dict[str, list[int]]) -> bool:
    """Every act that was acknowledged, in its order, and none twice."""
    return all(tallies[room][: len(acts)] == acts for room, acts in acknowledged.items())


async def _view(service: Service) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {service.link('moderator').token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.get(f"{service.url}/api/v1/conferences/kaltim-2020") as answer,
    ):
        found: dict[str, Any] = (await answer.json())["view"]
        return found


async def _all_back(service: Service, agents: Child, counting: Child) -> dict[str, Any]:
    """Every hall is joined, the agents send again, and each of the others has counted since."""
    had = {room: len(acts) for room, acts in _acknowledged(counting).items()}
    async with asyncio.timeout(BACK_S):
        while True:
            view = await _view(service)
            halls = [room for room in view["rooms"] if not room["hub"]]
            sending = [room for room in halls if room["publishing"]]
            now = _acknowledged(counting)
            if (
                [room["presence"] for room in halls] == ["joined"] * HALLS
                and len(sending) == PLAYED
                and all(len(now[room]) > n for room, n in had.items())
            ):
                return view
            assert agents.process
            assert agents.process.returncode is None
            await asyncio.sleep(0.2)


def _digests(data: Path) -> dict[str, str]:
    return {
        path.relative_to(data).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(data.rglob("*"))
        if path.is_file() and path.name not in CHANGED and not _is_empty_log(path)
    }


def _is_empty_log(path: Path) -> bool:
    """SQLite makes one for whoever only looks."""
    return path.name.endswith("-wal") and path.stat().st_size == 0


async def _session(stack: AsyncExitStack, service: Service, older: Older) -> tuple[Child, Child]:
    """Live, with halls of the older version: agents in some, counting operators in the others."""
    log, prefix = service.log, older.prefix
    await older.play("begin", [service.link("moderator").url])
    rehearse = ["rehearse", "--rooms", str(PLAYED), "--data", str(service.data), "--json"]
    agents = await stack.enter_async_context(
        running(log.with_suffix(".agents.log"), *prefix, VICON, *rehearse)
    )
    halls = service.operators()[PLAYED:]
    counting = await stack.enter_async_context(
        running(log.with_suffix(".count.log"), *older.clients("count", [h.url for h in halls]))
    )
    await _until(lambda: len(_acknowledged(counting)) == len(halls), FIRST_S)
    await _until(lambda: any("receiving" in line for line in agents.lines), FIRST_S)
    return agents, counting


@pytest.mark.patient(40)
@pytest.mark.timeout(300)
async def test_an_upgrade_in_a_session_and_the_way_back(older: Older, tmp_path: Path) -> None:
    service = Service(tmp_path, prefix=older.prefix)
    older.config(tmp_path / "vicon.toml")
    home = DataDir(service.data)
    await service.start()
    async with AsyncExitStack() as stack:
        agents, counting = await _session(stack, service, older)
        assert await service.stop() == 0  # as `systemctl restart` does
        until_then = _acknowledged(counting)
        service._prefix = ()  # the newer version, on the same port and files
        await service.start()
        view = await _all_back(service, agents, counting)
        assert view["conference"]["phase"] == "live"
    assert await service.stop() == 0
    tallies = await _tallies(home.path)
    assert _holds(tallies, _acknowledged(counting))
    await run("journal", "verify", "--data", str(home.path))
    if older.words()[0] == schema.migrations()[-1][0]:
        return  # the previous version reads what this one writes
    await _refused_by(older, service)
    await _back(older, home, until_then)


async def _refused_by(older: Older, service: Service) -> None:
    """The older version on what the newer one wrote: a sentence, and not a byte is another."""
    held = _digests(service.data)
    service._prefix = older.prefix
    with pytest.raises(Failed, match=r"newer vicon|vicon yang lebih baru"):
        await service.start()
    assert _digests(service.data) == held
    await run("journal", "verify", "--data", str(service.data))


async def _back(older: Older, home: DataDir, acknowledged: dict[str, list[int]]) -> None:
    """By the copy that the newer version made by itself, as the document says it."""
    number, _ = older.words()
    for name in ("journal.sqlite-wal", "journal.sqlite-shm"):
        (home.path / name).unlink(missing_ok=True)
    before.name_of(home.journal, number).replace(home.journal)
    again = Service(home.path.parent, prefix=older.prefix)
    older.config(home.path.parent / "vicon.toml")
    await again.start()
    view = await _view(again)
    assert await again.stop() == 0
    assert view["conference"]["phase"] == "live"
    assert _holds(await _tallies(home.path), acknowledged)
    code, said, wrong = await older.run("journal", "verify", "--data", str(home.path))
    assert code == 0, said + wrong


def test_what_can_stand_in_an_entry_has_a_schema_of_its_own(older: Older) -> None:
    """An older version that does not know a word must not read past it: a release that adds one
    raises the schema, by an empty migration where nothing else is to be done."""
    here = Older(Path(schema.__file__).parents[2])
    (then, words_then), (now, words_now) = older.words(), here.words()
    assert now > then or words_now == words_then
