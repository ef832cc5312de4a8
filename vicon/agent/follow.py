"""A rehearsal by a script whose hub is a person: the halls follow what that moderator does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence

from signaling import messages as m
from vicon.agent.halls import Halls, Mishap, ended
from vicon.ports import Clock

LOOK_S = 1.0
"""The halls look up at least so often, real seconds."""
PEN_S, READ_S = 20.0, 5.0
"""A hall signs, and reads a message, so long after it could; at speed 1."""


class Follow:
    """`run` it once."""

    def __init__(
        self, halls: Halls, mishaps: Sequence[Mishap], clock: Clock, speed: float = 1.0
    ) -> None:
        self._halls, self._mishaps, self._clock, self._speed = halls, mishaps, clock, speed
        self._seen: set[str] = set()
        """Items whose beginning was seen."""
        self._begun: set[str] = set()
        """What was begun once: the signing of an item, the reading of a message."""
        self._tasks: list[asyncio.Task[None]] = []

    async def run(self) -> None:
        """Until the moderator closes the conference. Raises TimeoutError when a client gets no
        connection."""
        await self._halls.come({one.room for one in self._mishaps if one.act == "late"})
        self._seen = {run.item for run in _begun(self._halls.view)}  # nothing happens in these
        self._halls.tell("ready", None, "")
        async with asyncio.TaskGroup() as group:
            self._tasks.append(group.create_task(self._happen(), name="rehearsal mishaps"))
            with self._halls.moderator.watch() as news:
                while self._halls.view.conference.phase != "closed":
                    self._follow(group)
                    try:
                        async with asyncio.timeout(LOOK_S):
                            await news.wait()
                    except TimeoutError:
                        continue
            await ended(*self._tasks)

    def _follow(self, group: asyncio.TaskGroup) -> None:
        """Begin what the halls are now to do."""
        view = self._halls.view
        item = _current(view)
        if item is not None and item.kind == "signing" and view.conference.signing.open:
            self._once(group, f"sign {item.id}", PEN_S, lambda: self._halls.sign(item))
        for code in self._halls.operators:
            for cue in self._halls.room(code).cues:
                self._read(group, code, cue.id)

    def _read(self, group: asyncio.TaskGroup, code: str, cue: str) -> None:
        self._once(group, f"read {code} {cue}", READ_S, lambda: self._halls.acknowledge(code, cue))

    def _once(
        self,
        group: asyncio.TaskGroup,
        name: str,
        after_s: float,
        act: Callable[[], Awaitable[None]],
    ) -> None:
        if name in self._begun:
            return
        self._begun.add(name)
        self._tasks = [task for task in self._tasks if not task.done()]
        self._tasks.append(group.create_task(self._later(after_s, act), name=f"rehearsal {name}"))

    async def _later(self, after_s: float, act: Callable[[], Awaitable[None]]) -> None:
        await self._clock.sleep(after_s / self._speed)
        await act()

    async def _happen(self) -> None:
        """Mishaps, one after another, as their items begin."""
        while True:
            if not await self._halls.until(lambda view: bool(self._new(view)), LOOK_S):
                continue
            for id in self._new(self._halls.view):
                self._seen.add(id)
                for mishap in self._mishaps:
                    if mishap.item == self._number(id):
                        await self._halls.suffer(mishap)

    def _new(self, view: m.View) -> list[str]:
        return [run.item for run in _begun(view) if run.item not in self._seen]

    def _number(self, id: str) -> int:
        """From 1; 0: it is not in the rundown any more."""
        order = [item.id for item in self._halls.view.rundown.items]
        return order.index(id) + 1 if id in order else 0


def _begun(view: m.View) -> Iterator[m.ItemRunView]:
    return (run for run in view.conference.progress.runs if not run.skipped)


def _current(view: m.View) -> m.ItemView | None:
    current = view.conference.progress.current
    return next((item for item in view.rundown.items if item.id == current), None)
