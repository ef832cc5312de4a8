"""A call of some residents, each seen by all others, in which the soak does things and looks at
what follows."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence

from msgspec.structs import replace

from tests.bench.leaks import Engine
from tests.bench.soak_ends import CONFERENCE, HEIGHTS, Device, Left, Slot
from vicon.media.engine import EmbeddedEngine
from vicon.ports import LayersWanted, Line, MediaError, MediaRestarted, Route
from vicon.rtc.transport import LINGER_S, TransportError

SWITCH_S, MEDIA_S, REST_S, STUCK_S = 3.0, 5.0, 9.0, 3.0
FEW = 5
"""Packets of one slot that a restart may lose."""
AT_ONCE, RESTARTS_AT_ONCE = 4, 4
HEALTHY_S, LIVES_IN_A_ROW = 30.5, 3
"""An engine starts the next worker later and later, after so many that did not live so long."""
LEAVES = ("removed", "closed", "without power", "replaced", "before it is there")
WEIGHTS = (4, 2, 1, 2, 1)
GHOST_WATCH_S = 0.4
_ROOMS_OF_A_GUEST = 2


async def until(condition: Callable[[], object], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


class Call:
    """Run start(), what is to be done, and close()."""

    def __init__(
        self, engine: Engine, address: str, residents: int, guests: int, chance: random.Random
    ) -> None:
        """`guests`: places, each for one device at a time."""
        self.engine, self.chance = engine, chance
        self.failures: list[str] = []
        self.took: dict[str, list[float]] = {}
        """Seconds that each thing took, by kind."""
        self.left = Left()
        self.stuck: list[str] = []
        self.restarted = asyncio.Event()
        self.devices: dict[str, Device] = {}
        self._address = address
        self._names = [f"r{number}" for number in range(residents)]
        self._places = [f"g{number}" for number in range(guests)]
        self._former: dict[str, Device] = {}
        self._numbers = itertools.count(1)
        self._routes: dict[tuple[str, str], Route] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._life_began, self._short_lives = time.monotonic(), 0
        self._sums: Counter[str] = Counter()

    async def start(self) -> None:
        """All residents join."""
        self._tasks += [
            asyncio.create_task(self._follow(), name="soak events"),
            asyncio.create_task(self._watch(), name="soak watch"),
        ]
        await self._assemble()

    async def close(self) -> None:
        """All leave."""
        for name in list(self.devices):
            await self.engine.remove(CONFERENCE, name)
        await asyncio.gather(*(self._gone(one) for one in list(self.devices.values())))
        self._routes.clear()
        await self._route()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def sums(self) -> dict[str, int]:
        """Over all slots there were: packets, and what was wrong with them."""
        return dict(self._sums + sum(map(_sums, self.devices.values()), Counter()))

    # --- what is done ----------------------------------------------------------------------------

    async def switch(self, count: int) -> None:
        """Show so many pictures in another size, several at a time."""
        pictures = [(r, s) for r in self._names for s in self._names if r != s]
        while count > 0:
            chosen = self.chance.sample(pictures, min(AT_ONCE, count, len(pictures)))
            heights = [self._other(self._routes[one].height) for one in chosen]
            await self._switch_all(chosen, heights)
            count -= len(chosen)
            await asyncio.sleep(self.chance.random() / 5)

    async def rest(self) -> int:
        """One camera is shown small by all until its larger layers end, then large again. Returns
        how many switches that was."""
        camera = self.chance.choice(self._names)
        all_of_it = [(name, camera) for name in self._names if name != camera]
        larger = [one for one in all_of_it if self._routes[one].height != 180]
        await self._switch_all(larger, [180] * len(larger))
        pictures = self.devices[camera].camera.pictures
        ended = await self._done(
            "rest", f"{camera}'s larger layers end", REST_S,
            lambda: [p.layer.rid for p in pictures if p.active] == ["q"],
        )  # fmt: skip
        await self._switch_all(all_of_it, [720] * len(all_of_it), "switch after rest")
        return len(larger) + len(all_of_it) if ended else 0

    async def restart(self, count: int) -> None:
        """Restart the ICE of so many connections, half of them up, several at a time."""
        lines: list[Line] = ["down" if index % 2 else "up" for index in range(count)]
        for start in range(0, count, RESTARTS_AT_ONCE):
            batch = lines[start : start + RESTARTS_AT_ONCE]
            names = self.chance.sample(self._names, min(len(batch), len(self._names)))
            await asyncio.gather(*map(self._restart, names, batch))

    async def join(self, count: int) -> None:
        """So many devices come and leave, one after another at each of the guests' places."""
        turns = iter(range(count))
        await asyncio.gather(*(self._come_and_go(place, turns) for place in self._places))
        for place, former in list(self._former.items()):
            await self.engine.remove(CONFERENCE, place)
            self.left.add(former.camera.mark)
            await self._gone(former)
        self._former.clear()

    async def kill(self) -> None:
        """The worker dies; all residents come back when they are told."""
        assert isinstance(self.engine, EmbeddedEngine)
        assert self.engine.worker_pid is not None
        for one in self.devices.values():
            one.want(self._all_rooms, on=False)
        self._short_lives = 0 if self.life_s > HEALTHY_S else self._short_lives + 1
        former, self.devices = list(self.devices.values()), {}
        self.restarted.clear()
        began = time.monotonic()
        os.kill(self.engine.worker_pid, signal.SIGKILL)
        if await self._done("told of a dead worker", "MediaRestarted", 3 * MEDIA_S,
                            self.restarted.is_set):  # fmt: skip
            self._life_began = time.monotonic()
            await self._assemble()
            self._took("media after a dead worker", began)
            if time.monotonic() > began + MEDIA_S:
                self.failures.append(f"kill: media came {time.monotonic() - began:.1f} s later")
        await asyncio.gather(*map(self._gone, former))

    @property
    def life_s(self) -> float:
        """Of this worker, by now."""
        return time.monotonic() - self._life_began

    @property
    def to_wait(self) -> float:
        """Seconds until the worker may be killed: a few in a row may be at any time."""
        return max(0.0, HEALTHY_S - self.life_s) if self._short_lives >= LIVES_IN_A_ROW else 0.0

    # --- how -------------------------------------------------------------------------------------

    async def _assemble(self) -> None:
        """All residents join, and see each other."""
        await asyncio.gather(*map(self._resident, self._names))
        for receiver, sender in itertools.permutations(self._names, 2):
            self._routes.setdefault((receiver, sender), _way(receiver, sender, 720))
        await self._route()
        for name in self.devices:
            self.devices[name].want(set(self._names) - {name})
        slots = [slot for one in self.devices.values() for slot in one.viewer.slots.values()]
        wanted = [slot for slot in slots if slot.wanted_at is not None]
        await self._done(
            "all see all", "media of the residents", MEDIA_S, lambda: all(s.packets for s in wanted)
        )

    async def _resident(self, name: str) -> None:
        device = Device(self._address, name, next(self._numbers), self.left)
        self.devices[name] = device
        rooms = [other for other in self._names if other != name]
        await self._act(f"{name} joins", device.join(self.engine, [*rooms, *self._places]))

    async def _switch_all(
        self, ways: Sequence[tuple[str, str]], heights: Sequence[int], kind: str = "switch"
    ) -> None:
        slots = [self.devices[receiver].viewer.slots[room, "video"] for receiver, room in ways]
        for way, height in zip(ways, heights, strict=True):
            self._routes[way] = replace(self._routes[way], height=height)
        began = time.monotonic()
        faults = [(slot.seams, slot.jumps) for slot in slots]
        await self._route()
        for (receiver, room), slot, height, before in zip(
            ways, slots, heights, faults, strict=True
        ):
            rid, what = HEIGHTS[height], f"{receiver} sees {room} at {height}"
            left = max(0.01, began + SWITCH_S - time.monotonic())
            come = await self._done(kind, what, left, lambda s=slot, r=rid: s.rid == r, since=None)  # type: ignore[misc]
            if come:
                self.took.setdefault(kind, []).append(max(0.0, slot.changed_at - began))
            if (slot.seams, slot.jumps) != before:
                self.failures.append(f"{kind}: {what}: no key frame, or numbers that jump")

    async def _restart(self, name: str, line: Line) -> None:
        device = self.devices[name]
        slots = self._slots_by(name, line)
        lost = [len(slot.missing) for slot in slots]
        what = f"{name} {line}"
        again = device.camera.restart if line == "up" else device.viewer.restart
        began = time.monotonic()
        if not await self._act(f"restart {what}", again(self.engine, name)):
            return
        self._took(f"restart {line}", began)
        await asyncio.sleep(LINGER_S + 0.3)  # the former path is closed: media takes the new one
        counts = [slot.packets for slot in slots]
        await self._done(
            "media after a restart", what, STUCK_S,
            lambda: all(s.packets > n + FEW for s, n in zip(slots, counts, strict=True)),
        )  # fmt: skip
        most = max(len(s.missing) - n for s, n in zip(slots, lost, strict=True))
        if most > FEW:
            self.failures.append(f"restart {what}: {most} packets lost in a slot")

    def _slots_by(self, name: str, line: Line) -> list[Slot]:
        """Those that a resident's connection feeds."""
        others = [other for other in self._names if other != name]
        pairs = [(other, name) if line == "up" else (name, other) for other in others]
        return [
            self.devices[receiver].viewer.slots[sender, kind]
            for receiver, sender in pairs
            for kind in ("audio", "video")
        ]

    async def _come_and_go(self, place: str, turns: Iterable[int]) -> None:
        for turn in turns:
            how = self.chance.choices(LEAVES, WEIGHTS)[0]
            guest = Device(self._address, place, next(self._numbers), self.left, twcc=turn % 2 == 0)
            self.devices[f"{place} {turn}"] = guest
            rooms = self.chance.sample(self._names, min(_ROOMS_OF_A_GUEST, len(self._names)))
            if how == LEAVES[-1]:
                await self._too_short(guest, rooms)
                continue
            watcher = self._names[int(place[1:]) % len(self._names)]
            if await self._come(guest, place, rooms, watcher):
                await asyncio.sleep(self.chance.random() / 10)
            self.devices[watcher].want([place], on=False)
            guest.want(rooms, on=False)
            began = time.monotonic()
            await self._act(f"{place} leaves: {how}", self._leave(guest, place, how))
            self._took("leave", began)

    async def _come(self, guest: Device, place: str, rooms: Sequence[str], watcher: str) -> bool:
        ways = [_way(place, room, 360) for room in rooms] + [_way(watcher, place, 360)]
        began = time.monotonic()
        joined = await self._act(f"{place} joins", guest.join(self.engine, rooms))
        former = self._former.pop(place, None)
        if former is not None:  # its place was taken
            self.left.add(former.camera.mark)
            await self._gone(former)
        if not joined:
            return False
        self._routes |= {(way.receiver, way.room): way for way in ways}
        await self._route()
        guest.want(rooms)
        self.devices[watcher].want([place])
        seen = [self.devices[watcher].viewer.slots[place, kind] for kind in ("audio", "video")]
        own = [guest.viewer.slots[room, kind] for room in rooms for kind in ("audio", "video")]
        return await self._done(
            "join", f"{place} sees and is seen", MEDIA_S,
            lambda: all(s.mark == guest.camera.mark for s in seen) and all(s.packets for s in own),
            since=began,
        )  # fmt: skip

    async def _leave(self, guest: Device, place: str, how: str) -> None:
        """In whatever way: the engine is told in the end, as the session would."""
        if how == "replaced":
            self._former[place] = guest
            return
        if how == "without power":
            guest.lose_power()
        if how != "removed":
            await self._gone(guest)
        await self.engine.remove(CONFERENCE, place)
        self.left.add(guest.camera.mark)
        if self.chance.random() < 0.5:  # else they stay until somebody else comes
            self._drop_routes(place)
            await self._route()
        if how == "removed":  # the camera does not know yet
            await asyncio.sleep(GHOST_WATCH_S)
            await self._gone(guest)

    async def _too_short(self, guest: Device, rooms: Sequence[str]) -> None:
        """Removed while it connects."""
        coming = asyncio.create_task(guest.join(self.engine, rooms))
        await asyncio.wait([coming], timeout=self.chance.random() / 20)
        began = time.monotonic()
        await self._act(f"{guest.name} leaves", self.engine.remove(CONFERENCE, guest.name))
        self.left.add(guest.camera.mark)
        coming.cancel()
        for error in await asyncio.gather(coming, return_exceptions=True):
            if isinstance(error, Exception) and not isinstance(error, TransportError | MediaError):
                self.failures.append(f"{guest.name} removed while it joins: {error!r}")
        # Of a request that was under way when it was given up, the answer may have made another.
        await self._act(f"{guest.name} leaves", self.engine.remove(CONFERENCE, guest.name))
        self._took("leave early", began)
        former = self._former.pop(guest.name, None)
        for one in (guest, former):
            if one is not None:
                self.left.add(one.camera.mark)
                await self._gone(one)

    async def _gone(self, device: Device) -> None:
        for key in [key for key, one in self.devices.items() if one is device]:
            del self.devices[key]
        await device.close()
        self._sums += _sums(device)
        self.failures += _told(device)

    # --- beside it -------------------------------------------------------------------------------

    @property
    def _all_rooms(self) -> Collection[str]:
        return [*self._names, *self._places]

    def _other(self, height: int) -> int:
        return self.chance.choice([one for one in HEIGHTS if one != height])

    def _drop_routes(self, place: str) -> None:
        for key in [key for key in self._routes if place in key]:
            del self._routes[key]

    async def _route(self) -> None:
        await self.engine.route(CONFERENCE, list(self._routes.values()))

    async def _follow(self) -> None:
        async for event in self.engine.events(CONFERENCE):
            if isinstance(event, MediaRestarted):
                self.restarted.set()
            elif isinstance(event, LayersWanted):
                for one in list(self.devices.values()):
                    if one.name == event.device:
                        one.camera.wanted(event.layers)

    async def _watch(self) -> None:
        """Note the pictures and sounds that stop."""
        known: set[Slot] = set()
        while True:
            now = time.monotonic()
            stuck = {
                slot: f"{device.name}: {room} {kind}"
                for device in self.devices.values()
                for (room, kind), slot in device.viewer.slots.items()
                if slot.stuck(now, STUCK_S)
            }
            self.stuck += [name for slot, name in stuck.items() if slot not in known]
            known = set(stuck)
            await asyncio.sleep(0.25)

    def _took(self, kind: str, began: float) -> None:
        self.took.setdefault(kind, []).append(time.monotonic() - began)

    async def _done(
        self,
        kind: str,
        what: str,
        seconds: float,
        condition: Callable[[], object],
        since: float | None = 0.0,
    ) -> bool:
        """Whether it is so in time. `since`: 0: from now on; None: what it took is not noted."""
        began = since or time.monotonic()
        try:
            await until(condition, seconds)
        except TimeoutError:
            self.failures.append(f"{kind}: {what}: not within {seconds:.1f} s")
            return False
        if since is not None:
            self._took(kind, began)
        return True

    async def _act(self, what: str, doing: Awaitable[object]) -> bool:
        try:
            await doing
        except (MediaError, TransportError, OSError, TimeoutError) as error:
            self.failures.append(f"{what}: {error!r}")
            return False
        return True


def _way(receiver: str, sender: str, height: int) -> Route:
    return Route(
        receiver=receiver, room=sender, sender=sender, audio=True, video=True, height=height, rank=1
    )


def _told(device: Device) -> list[str]:
    return [
        f"{device.name}: {room} {kind}: no key frame at the change of {slot.seam}"
        for (room, kind), slot in device.viewer.slots.items()
        if slot.seam
    ]


def _sums(device: Device) -> Counter[str]:
    found: Counter[str] = Counter()
    for slot in device.viewer.slots.values():
        found += Counter(
            packets=slot.packets,
            lost=len(slot.missing),
            twice=slot.twice,
            seams=slot.seams,
            jumps=slot.jumps,
        )
    return found
