"""Runs the agents of one process: starts them, reports once a second, stops them together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from vicon.agent import clip
from vicon.agent.report import Reporter
from vicon.agent.room import OK, Outcome, RoomAgent
from vicon.measure import testclip
from vicon.measure.encode import Clip
from vicon.ops.links import Link
from vicon.ports import Clock

REPORT_S = 1.0
MAX_PREPARING = 2
"""So many clips are encoded at a time: more would only take the cores from what already runs."""


class ClipMaker:
    """Clips by room: made ones differ, a file is read once for all."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._shared: Clip | None = None
        self._turn = asyncio.Semaphore(MAX_PREPARING)

    async def load(self) -> None:
        """Read the file, where there is one. Raises clip.ClipError."""
        if self._file is not None:
            self._shared = await asyncio.to_thread(clip.read, self._file)

    async def __call__(self, code: str) -> Clip:
        if self._shared is not None:
            return self._shared
        async with self._turn:
            return await asyncio.to_thread(clip.make, code)


class MarkedClip:
    """The clip of trial calls, made at the first call, once for all agents."""

    def __init__(self) -> None:
        self._made: Clip | None = None
        self._turn = asyncio.Lock()

    async def __call__(self) -> Clip:
        async with self._turn:
            if self._made is None:
                self._made = await asyncio.to_thread(testclip.load, testclip.user_cache())
            return self._made


async def run_all(
    agents: Sequence[RoomAgent],
    reporter: Reporter,
    clock: Clock,
    stop: asyncio.Event,
    seconds: float | None = None,
) -> list[Outcome]:
    """Until every agent has ended, `stop` is set, or `seconds` are over; those that are in a room
    then leave it. One that is refused does not end the others."""
    async with asyncio.TaskGroup() as group:
        runs = [group.create_task(agent.run(stop)) for agent in agents]
        reports = group.create_task(_report(agents, reporter, clock))
        end = group.create_task(_end_after(seconds, clock, stop))
        await asyncio.wait(runs)
        reports.cancel()
        end.cancel()
    reporter.lines([agent.line() for agent in agents])
    return [task.result() for task in runs]


async def _report(agents: Sequence[RoomAgent], reporter: Reporter, clock: Clock) -> None:
    due = clock.monotonic()
    while True:
        due = max(due + REPORT_S, clock.monotonic())
        await clock.sleep(due - clock.monotonic())
        reporter.lines([agent.line() for agent in agents])


async def _end_after(seconds: float | None, clock: Clock, stop: asyncio.Event) -> None:
    if seconds is not None:
        await clock.sleep(seconds)
        stop.set()


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """The worst of all."""
    return max((outcome.exit_code for outcome in outcomes), default=OK)


def choose(
    links: Sequence[Link], rooms: int, conference: str | None = None, hub: bool = False
) -> list[Link]:
    """The links of the first `rooms` rooms of a conference (None: the first one), in their order;
    `hub`: before them the hub's, as its first moderator."""
    ours = [link for link in links if link.conference == (conference or links[0].conference)]
    moderators = [link for link in ours if link.role == "moderator"]
    operators = [link for link in ours if link.role == "operator"]
    return [*(moderators[:1] if hub else []), *operators[:rooms]]
