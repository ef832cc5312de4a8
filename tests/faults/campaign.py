"""The campaign: faults of all kinds at random times over a session of ten halls, one after the
other; after each it is measured how long every hall took to come back, and looked at whether all is
as it was."""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import subprocess
import sysconfig
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.e2e.chromium import EXECUTABLE, chromium
from tests.e2e.pages import RoomPage
from tests.e2e.service import Failed, Link, Service, agent, run
from tests.faults.halls import Agent, Browser, Hall, Inside, Watch, room_of
from tests.faults.kinds import KINDS, World
from tests.faults.ledger import Ledger
from tests.faults.names import names
from tests.faults.place import HUB, NAME, Line, Place, place
from tests.faults.place import why_not as no_place
from vicon.ops.data import DataDir
from vicon.ports import Record
from vicon.store.sqlite import SqliteJournal

CONFERENCE = "kaltim-2020"
LOOK_S = 0.25
QUIET_S = 3.0
"""All halls were there for so long: it is over."""
LONGEST_S = 45.0
PAUSE_S = (1.0, 4.0)
COMES_S = 60.0
DISK = "64m"
LEAK = 25
"""Descriptors more than at the same place before are a leak."""


@dataclass
class Blow:
    """One fault, and what came of it. Seconds; by hall."""

    kind: str
    struck: list[str]
    back: dict[str, float]
    """Until a hall that was hit was there again."""
    others: dict[str, float]
    """For how long something was missing in the others, since the fault began."""
    wrong: list[str]
    descriptors: int


@dataclass
class Told:
    seed: int
    blows: list[Blow] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    acknowledged: int = 0
    unknown: int = 0
    floors: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    entries: int = 0

    @property
    def backs(self) -> list[float]:
        return [seconds for blow in self.blows for seconds in blow.back.values()]

    @property
    def wrong(self) -> list[str]:
        return [
            f"{number}. {blow.kind}: {what}"
            for number, blow in enumerate(self.blows, 1)
            for what in blow.wrong
        ] + self.faults


def faketime() -> str:
    """The library that makes a program's clock wrong; empty where there is none."""
    folder = Path("/usr/lib") / str(sysconfig.get_config_var("MULTIARCH")) / "faketime"
    found = folder / "libfaketimeMT.so.1"
    return str(found) if found.exists() else ""


def why_not() -> str:
    if not faketime():
        return "no libfaketime here (on Debian: apt-get install libfaketime)"
    return no_place()


def _faked(clock: Path) -> list[str]:
    clock.write_text("+0\n")
    return [
        "env", f"LD_PRELOAD={faketime()}", f"FAKETIME_TIMESTAMP_FILE={clock}",
        "FAKETIME_CACHE_DURATION=1", "FAKETIME_DONT_FAKE_MONOTONIC=1",
    ]  # fmt: skip


@asynccontextmanager
async def _small_disk(folder: Path) -> AsyncIterator[None]:
    """For the data, in memory."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=0700", "vicon-faults", str(folder)]
    subprocess.run(mount, check=True, timeout=10)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True, timeout=10)


class Campaign:
    """`halls` of them, the first in a browser if `browser` says so."""

    def __init__(self, folder: Path, seed: int, halls: int, browser: bool) -> None:
        self._folder, self._halls, self._browser = folder, halls, browser
        self._rng = random.Random(seed)
        self.told = Told(seed)

    async def run(self, kinds: Sequence[str]) -> Told:
        """These faults in this order. Raises what keeps it from beginning."""
        async with AsyncExitStack() as stack:
            where = stack.enter_context(place(self._halls))
            world, watch, ledger = await self._opened(stack, where)
            for kind in kinds:
                await self._strike(kind, world, watch)
            ledger.on.clear()
            await asyncio.sleep(QUIET_S)
            await world.service.stop()
            await self._read(world.service, ledger)
        return self.told

    async def _opened(self, stack: AsyncExitStack, where: Place) -> tuple[World, Watch, Ledger]:
        clock = self._folder / "clock"
        await stack.enter_async_context(_small_disk(self._folder / "data"))
        server = await stack.enter_async_context(names())
        service = Service(self._folder, HUB, head=f'hosts = ["{NAME}"]\n', prefix=_faked(clock))
        await service.start()
        stack.push_async_callback(service.stop)
        moderator = service.link("moderator")
        eye = await stack.enter_async_context(
            Client(*parse_link(moderator.url), rng=random.Random(1))
        )
        await eye.ready(10)
        await eye.command(m.PhaseSet(phase="live"))
        await stack.enter_async_context(agent(service, moderator))
        hub = eye.view.conference.hub if eye.view else ""
        links = service.operators()[: self._halls]
        halls = []
        for number, (link, line) in enumerate(zip(links, where.lines, strict=True)):
            in_page = self._browser and number == 0
            inside = await (_in_page if in_page else _in_agent)(
                stack, service, link, line, self._folder, hub
            )
            halls.append(Hall(link.room or "", line, inside))
        watch = Watch(halls, eye, hub)
        await _all_there(watch)
        for hall in halls:
            assert eye.view
            (hall.device,) = [one.id for one in room_of(eye.view, hall.code).devices]
        ledger = Ledger(eye, [hall.code for hall in halls])
        ledger.on.set()
        task = asyncio.create_task(ledger.run())
        stack.callback(task.cancel)
        return World(service, where, server, halls, clock, self._rng), watch, ledger

    async def _strike(self, kind: str, world: World, watch: Watch) -> None:
        await asyncio.sleep(self._rng.uniform(*PAUSE_S))
        began, looking = time.monotonic(), asyncio.create_task(_looking(watch))
        world.over_at = 0.0
        missing: dict[str, float] = defaultdict(float)
        try:
            async with KINDS[kind](world) as struck:
                pass
            over = world.over_at or time.monotonic()
            quiet = await _quiet(watch, over)
        finally:
            looking.cancel()
        codes = [hall.code for hall in struck]
        back = {h.code: max(0.0, h.bad_at - over) for h in watch.halls if h.code in codes}
        for hall in watch.halls:
            if hall.code not in codes and hall.bad_at > began:
                missing[hall.code] = hall.bad_at - began
        wrong = (
            []
            if quiet
            else [
                f"{h.code} is not back: {h.bad}"
                for h in watch.halls
                if time.monotonic() - h.bad_at < QUIET_S
            ]
        )
        wrong += await _as_before(watch)
        blow = Blow(kind, codes, back, dict(missing), wrong, _descriptors(world.service))
        self.told.blows.append(blow)
        print(json.dumps(_line(len(self.told.blows), blow)), flush=True)

    async def _read(self, service: Service, ledger: Ledger) -> None:
        records = await _journal(service.data)
        told = self.told
        told.faults = ledger.faults(records)
        told.acknowledged, told.unknown = len(ledger.acknowledged), len(ledger.unknown)
        told.floors, told.refused = ledger.floors, dict(ledger.refused)
        told.entries = len(records)
        try:
            await run("journal", "verify", "--data", str(service.data))
        except Failed as error:
            told.faults.append(f"the journal does not verify: {error}")


async def _in_agent(
    stack: AsyncExitStack, service: Service, link: Link, line: Line, folder: Path, hub: str
) -> Inside:
    named = Link(link.role, link.room, link.url.replace(HUB, NAME))
    child = await stack.enter_async_context(agent(service, named, prefix=line.prefix))
    return Agent(child, link.room or "")


async def _in_page(
    stack: AsyncExitStack, service: Service, link: Link, line: Line, folder: Path, hub: str
) -> Inside:
    program = folder / "chromium-in-room"
    program.write_text(f'#!/bin/sh\nexec {" ".join(line.prefix)} {EXECUTABLE} "$@"\n', "utf-8")
    program.chmod(0o755)
    origin = service.url.replace(HUB, NAME)
    secure = [f"--unsafely-treat-insecure-origin-as-secure={origin}"]
    browser = await stack.enter_async_context(chromium(secure, str(program)))
    page = await RoomPage.open(browser, link.url.replace(HUB, NAME))
    await page.join()
    return Browser(page, hub)


async def _looking(watch: Watch) -> None:
    while True:
        await watch.look()
        await asyncio.sleep(LOOK_S)


async def _all_there(watch: Watch) -> None:
    looking = asyncio.create_task(_looking(watch))
    try:
        if not await _quiet(watch, time.monotonic(), COMES_S):
            raise AssertionError(str({hall.code: hall.bad for hall in watch.halls}))
    finally:
        looking.cancel()


async def _quiet(watch: Watch, since: float, longest: float = LONGEST_S) -> bool:
    """Whether all halls came to be there, for a while."""
    end = time.monotonic() + longest
    while time.monotonic() < end:
        now = time.monotonic()
        if now - max(since, *(hall.bad_at for hall in watch.halls)) > QUIET_S:
            return True
        await asyncio.sleep(LOOK_S)
    return False


async def _as_before(watch: Watch) -> list[str]:
    """Who is there twice, and whether two are on air: looked at again, for the agents report once
    a second."""
    wrong: list[str] = []
    for _ in range(8):
        holders = watch.holders()
        wrong = watch.ghosts()
        # One more than one, while a change of the floor is on its way.
        if len(holders) > 1:
            wrong.append(f"on air: {sorted(holders)}")
        if not wrong:
            return []
        await asyncio.sleep(LOOK_S)
    return wrong


def _descriptors(service: Service) -> int:
    """Of the server and its workers."""
    pids = [service.pid, *service.workers()]
    return sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in pids)


async def _journal(data: Path) -> list[Record]:
    with DataDir.claim(data) as home:
        journal = await SqliteJournal.open(home)
        try:
            return [record async for record in journal.replay(CONFERENCE)]
        finally:
            await journal.close()


def _line(number: int, blow: Blow) -> dict[str, Any]:
    return {
        "n": number,
        "fault": blow.kind,
        "struck": len(blow.struck),
        "back_s": {code: round(one, 1) for code, one in blow.back.items()},
        "others_s": {code: round(one, 1) for code, one in blow.others.items()},
        "wrong": blow.wrong,
        "descriptors": blow.descriptors,
    }


def table(told: Told) -> list[dict[str, Any]]:
    """A row for each kind: how often, seconds until back."""
    rows = []
    for kind in KINDS:
        blows = [blow for blow in told.blows if blow.kind == kind]
        backs = [one for blow in blows for one in blow.back.values()]
        others = [one for blow in blows for one in blow.others.values()]
        if blows:
            rows.append(
                {
                    "fault": kind,
                    "times": len(blows),
                    "median_s": round(statistics.median(backs), 1) if backs else None,
                    "max_s": round(max(backs), 1) if backs else None,
                    "others_max_s": round(max(others), 1) if others else 0.0,
                }
            )
    return rows
