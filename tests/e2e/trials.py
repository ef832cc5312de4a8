"""Trials against a real server, as a technician sees them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from signaling import messages as wire
from tests.e2e.service import VICON, Child, Service, running
from vicon.agent.trials import TrialDesk
from vicon.cli.trial import open_desk
from vicon.measure.run import Run


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
