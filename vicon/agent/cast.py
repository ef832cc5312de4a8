"""The devices of a rehearsal's rooms: agents that come, vanish and come again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from vicon.agent.report import Reporter
from vicon.agent.room import RoomAgent
from vicon.ports import Clock

REPORT_S = 1.0


class AgentCast:
    """`make(link)`: an agent that has not run. Rooms without a link are played by somebody
    else."""

    def __init__(
        self,
        links: Mapping[str, str],
        make: Callable[[str], RoomAgent],
        reporter: Reporter,
        clock: Clock,
    ) -> None:
        self._links, self._make, self._reporter, self._clock = links, make, reporter, clock
        self._stop = asyncio.Event()
        self._agents: dict[str, RoomAgent] = {}
        self._tasks: dict[str, asyncio.Task[object]] = {}

    async def enter(self, room: str) -> None:
        """Put a device into the room; one that is there stays."""
        task = self._tasks.get(room)
        if room not in self._links or (task is not None and not task.done()):
            return
        agent = self._make(self._links[room])
        self._agents[room] = agent
        self._tasks[room] = asyncio.create_task(agent.run(self._stop), name=f"agent {room}")

    async def vanish(self, room: str) -> None:
        """The device is gone without a word, as when the current fails."""
        task = self._tasks.pop(room, None)
        self._agents.pop(room, None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def report(self) -> None:
        """Once a second, until cancelled."""
        while True:
            await self._clock.sleep(REPORT_S)
            self._reporter.lines([agent.line() for agent in self._agents.values()])

    async def leave(self) -> None:
        """All leave their rooms."""
        self._stop.set()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
