"""scripts/bench acts: how soon an act of the moderator is seen in every hall.

A real server with the example's ten halls, twelve persons on each hall's list. Ten signalling
clients, in a process of their own, watch for what the moderator does: Lanjut, the floor, a message
to all, a point of the pact, mute all. A real Chromium sits in the last hall besides and tells when
its page shows it. Then, where there are namespaces, all of it behind a line of 600 ms RTT, with the
moderator at the hub and with the moderator behind that line too. Prints one JSON object;
milliseconds from the moderator's key (the command is about to be sent) on.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from playwright.async_api import Page

from signaling import messages as m
from signaling.client import Client, parse_link
from tests.bench.hall import header, spread
from tests.bench.watched import KINDS, Ask
from tests.e2e.chromium import EXECUTABLE, chromium, open_page
from tests.e2e.service import CHECKOUT, Link, Service
from tests.net.badline import BadLine, bad_line, why_not
from tests.net.lab import HUB_ADDRESS
from vicon.ops import logging

PERSONS = 12
FAR_MS = 300
"""On each way."""
LIMIT_MS, FAR_LIMIT_MS = 300, 1000
PATIENCE_S = 30.0
SCRIPT = Path(__file__).with_name("acts.js").read_text("utf-8")


class Halls:
    """The process with the ten clients, and what it says."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def say(self) -> dict[str, Any]:
        assert self._process.stdout
        line = await asyncio.wait_for(self._process.stdout.readline(), PATIENCE_S)
        if not line:
            raise RuntimeError("the halls have ended")
        told: dict[str, Any] = json.loads(line)
        return told

    async def ask(self, message: object) -> None:
        assert self._process.stdin
        self._process.stdin.write(msgspec.json.encode(message) + b"\n")
        await self._process.stdin.drain()

    async def end(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        await asyncio.wait_for(self._process.wait(), 10)


@contextlib.asynccontextmanager
async def watching(service: Service, prefix: Sequence[str] = ()) -> AsyncIterator[Halls]:
    process = await asyncio.create_subprocess_exec(
        *prefix, sys.executable, "-m", "tests.bench.watched", cwd=CHECKOUT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    halls = Halls(process)
    try:
        links = {link.room or "": link.url for link in service.operators()}
        await halls.ask({"halls": links, "moderator": service.link("moderator").url})
        await halls.say()  # all have joined
        yield halls
        await halls.end()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def lists(service: Service) -> None:
    """Persons on every hall's list, no faster than a connection may say it."""

    async def fill(link: Link) -> None:
        async with Client(*parse_link(link.url), rng=random.Random(1)) as client:
            await client.ready(PATIENCE_S)
            for number in range(PERSONS):
                enter = m.AttendanceEnter(
                    room=link.room or "",
                    person=f"person-{number:04}",
                    name=f"Peserta Nomor {number} dari {link.room}",
                    institution="Komisi Pemilihan Umum",
                    role="KPU",
                )
                await client.command(enter)
                await asyncio.sleep(0.06)

    await asyncio.gather(*(fill(link) for link in service.operators()))


class Moderator:
    """Acts so that what is waited for was not so before."""

    def __init__(self, client: Client, halls: Halls, page: Page | None) -> None:
        self._client, self._halls, self._page = client, halls, page
        self._count = 0

    @property
    def view(self) -> m.View:
        assert self._client.view is not None
        return self._client.view

    async def act(self, kind: str, *, far: bool) -> dict[str, Any]:
        """Of one act: ms until each hall saw it, and until the page showed it."""
        self._count += 1
        ask = await self._next(kind)
        await self._arm(ask)
        if far:
            await self._halls.ask({"go": ask.id})
            began = float((await self._halls.say())["began"])
        else:
            began = time.time() * 1000
            await self._client.command(ask.body, PATIENCE_S)
        seen = [await self._halls.say() for _ in self._operators()]
        halls = {one["hall"]: round(one["at"] - began, 1) for one in seen}
        page = None
        if self._page is not None:
            page = round(float(await self._page.evaluate("__seen()")) - began, 1)
        if kind == "message":  # the next one is to be the oldest again
            await self._halls.ask({"read": f"cue-{ask.id:05}"})
            await self._halls.say()
            await self._client.until(_all_read, PATIENCE_S)
        return {"act": kind, "halls": halls, "page": page}

    def _operators(self) -> list[str]:
        return [room.code for room in self.view.rooms if not room.hub]

    async def _arm(self, ask: Ask) -> None:
        await self._halls.ask(ask)
        assert (await self._halls.say())["armed"] == ask.id
        if self._page is not None:
            about = [ask.kind, ask.page or ask.value, PATIENCE_S * 1000]
            await self._page.evaluate("(about) => __arm(about)", about)

    async def _next(self, kind: str) -> Ask:
        view, number = self.view, self._count
        halls = [room for room in self._operators() if room != view.conference.floor]
        if kind == "lanjut":
            current = view.conference.progress.current
            items = [one for one in view.rundown.items if one.room in halls and one.id != current]
            item = items[number % len(items)]
            body: m.CommandBody = m.RundownAdvance(current=current, item=item.id)
            return Ask(number, kind, item.id, body, item.room or "")
        if kind == "floor":
            room = halls[number % len(halls)]
            return Ask(number, kind, room, m.FloorGive(room=room))
        if kind == "message":
            text = f"Pesan nomor {number}"
            return Ask(number, kind, text, m.CueSend(cue=f"cue-{number:05}", text=text))
        if kind == "point":
            point = view.conference.signing.point % 5 + 1
            return Ask(number, kind, str(point), m.PactShow(point=point))
        await self._client.command(m.FloorTake(), PATIENCE_S)  # who is on air is never muted
        await self._halls.ask({"unmute": True})
        await self._halls.say()
        await self._client.until(_all_heard, PATIENCE_S)
        if self._page is not None:
            await self._page.locator("[data-testid=mic][data-mic=on]").wait_for()
        return Ask(number, kind, "off", m.MicMuteAll())


def _all_heard(view: m.View) -> bool:
    return all(room.mic == "on" for room in view.rooms if not room.hub)


def _all_read(view: m.View) -> bool:
    return not any(room.cues for room in view.rooms if not room.hub)


async def run(
    service: Service, rounds: int, *, far: bool, prefix: Sequence[str] = (), program: str = ""
) -> list[dict[str, Any]]:
    """`prefix`: before the halls' command; `program`: Chromium's, with what it needs there."""
    own = service.operators()[-1]
    async with contextlib.AsyncExitStack() as stack:
        moderator = Client(*parse_link(service.link("moderator").url), rng=random.Random(2))
        await stack.enter_async_context(moderator)
        await moderator.ready(PATIENCE_S)
        await moderator.command(m.PhaseSet(phase="live"))
        halls = await stack.enter_async_context(watching(service, prefix))
        page = None
        if EXECUTABLE:
            secure = f"--unsafely-treat-insecure-origin-as-secure={service.url}"
            browser = await stack.enter_async_context(chromium([secure], program or None))
            page = await open_page(browser, own.url, [])
            await page.evaluate(f"() => {{ {SCRIPT} }}")
            await page.get_by_role("button", name="Gabung", exact=True).click()
            await page.get_by_test_id("help-open").wait_for()
        acting = Moderator(moderator, halls, page)
        told = []
        for number in range(rounds):
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
            for kind in KINDS:
                told.append(await acting.act(kind, far=far))
                await asyncio.sleep(0.3)  # one act has nothing to do with the next
        return told


def summary(acts: Sequence[dict[str, Any]], limit: float) -> dict[str, Any]:
    """By kind, and of all: the slowest hall of each act, every hall, the page."""
    found: dict[str, Any] = {}
    for kind in (*KINDS, "all"):
        ours = [one for one in acts if kind in (one["act"], "all")]
        pages = [one["page"] for one in ours if one["page"] is not None]
        found[kind] = {
            "last_hall": spread([max(one["halls"].values()) for one in ours]),
            "each_hall": spread([at for one in ours for at in one["halls"].values()]),
            "page": spread(pages) if pages else None,
        }
    medians = [one["last_hall"]["median"] for one in found.values()]
    medians += [one["page"]["median"] for one in found.values() if one["page"]]
    return {"ms": found, "limit_ms": limit, "held": max(medians) <= limit}


async def near(rounds: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        service = Service(Path(folder))
        await service.start()
        try:
            await lists(service)
            acts = await run(service, rounds, far=False)
        finally:
            await service.stop()
    return {**summary(acts, LIMIT_MS), "acts": acts}


async def behind(line: BadLine, rounds: int, *, far: bool) -> dict[str, Any]:
    """The halls behind the line; `far`: the moderator too."""
    line.relay.clean()
    with tempfile.TemporaryDirectory() as folder:
        service = Service(Path(folder), HUB_ADDRESS)
        await service.start()
        try:
            await lists(service)
            line.relay.set("both", delay_ms=FAR_MS, queue_ms=2000)
            program = ""
            if EXECUTABLE:
                program = line.wrapped(EXECUTABLE, Path(folder) / "chromium-in-room", {})
            acts = await run(service, rounds, far=far, prefix=line.in_room, program=program)
        finally:
            await service.stop()
    return {**summary(acts, FAR_LIMIT_MS), "acts": acts}


async def measure(arguments: argparse.Namespace) -> int:
    begun = header("acts", chromium=_version())
    told: dict[str, Any] = {"loopback": await near(arguments.rounds)}
    if reason := why_not():
        told["rtt_600_ms"] = {"skipped": reason}
    else:
        with bad_line() as line:
            told["rtt_600_ms"] = {
                "moderator at the hub": await behind(line, arguments.rounds, far=False),
                "moderator behind the line": await behind(line, arguments.rounds, far=True),
            }
    print(json.dumps({**begun, **told}, indent=1))
    return 0


def _version() -> str:
    if not EXECUTABLE:
        return "none here: no page was looked at"
    said = subprocess.run([EXECUTABLE, "--version"], capture_output=True, text=True, check=True)
    return said.stdout.split()[1]


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench acts")
    parser.add_argument("--rounds", type=int, default=10)
    arguments = parser.parse_args()
    logging.setup(level="warning")
    return asyncio.run(measure(arguments))


if __name__ == "__main__":
    sys.exit(main())
