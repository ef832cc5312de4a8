"""Trials against a real server, as a technician sees them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from msgspec.structs import replace

from signaling import messages as wire
from tests.e2e.service import VICON, Child, Service, running
from tests.report.examples import good
from vicon.agent.trials import TrialDesk
from vicon.cli.trial import open_desk
from vicon.measure.run import Run, seal
from vicon.ops.data import DataDir
from vicon.store.trials import SqliteTrials
from vicon.trial.runner import record

SHORTER = """(seconds) => {
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    const message = JSON.parse(data);
    if (["trial.start", "trial.sweep"].includes(message.body?.type)) message.body.seconds = seconds;
    return send.call(this, JSON.stringify(message));
  };
}"""
"""Of a page: it asks for a media call of so many seconds, in place of 30."""
QUICK = SHORTER.replace("seconds = seconds;", 'kind = "quick";').replace("(seconds)", "()")
"""Of a page: it asks for the short check, for tests to which any run will do."""


async def stored(service: Service, room: str, id: str = "r-lastweek") -> None:
    """A good run of the room, of a week ago. The server is not running."""
    at = int(time.time() * 1000) - 7 * 86_400_000
    run = replace(
        good(), id=id, conference="kaltim-2020", room=room, started_at=at, ended_at=at + 81_000
    )
    with DataDir.claim(service.data) as home:
        store = await SqliteTrials.open(home)
        await store.put(record(seal(run)))
        await store.close()


@asynccontextmanager
async def technician(service: Service) -> AsyncIterator[TrialDesk]:
    async with open_desk(service.link("technician").url, None, station=False) as desk:
        await desk.ready()
        yield desk


@asynccontextmanager
async def trial(service: Service, room: str, seconds: int, *more: str) -> AsyncIterator[Child]:
    """`vicon trial` in a process of its own; its one line of JSON comes at the end."""
    link = service.link("tester", room).url
    log = service.log.with_suffix(f".trial-{room}.log")
    command = (VICON, "trial", link, "--seconds", str(seconds), "--every", "1h", "--for", "1s")
    async with running(log, *command, "--json", *more) as child:
        yield child


async def until(desk: TrialDesk, test: Callable[[wire.RunView], bool], seconds: float
                ) -> wire.RunView:  # fmt: skip
    """Wait for a run of which `test` holds."""
    async with asyncio.timeout(seconds):
        while True:
            for run in desk.runs.values():
                if test(run):
                    return run
            await asyncio.sleep(0.05)


def step(run: wire.RunView | Run, name: str) -> wire.StepView:
    found: wire.StepView = next(one for one in run.steps if one.name == name)  # type: ignore[assignment]
    return found


def doing(name: str) -> Callable[[wire.RunView], bool]:
    """This step runs now."""
    return lambda run: run.state == "running" and step(run, name).state == "running"


def over(run: wire.RunView) -> bool:
    return run.state != "running"
