"""What a drill measures, with rooms that do as they are told."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest

from signaling.client import Client
from tests.signaling.house import TOKEN, running
from tests.signaling.test_client import QUICK
from tests.trial.leaping import LeapingClock, LeapingLoop
from vicon.agent.drill import CUT_S, GOOD_S, LONGEST_S, Drill, Kind, Recovery
from vicon.ops.words import SpokenError

CLOCK = LeapingClock()


def leap(work: Coroutine[Any, Any, Any]) -> Any:
    """Time leaps to what comes next."""
    loop = LeapingLoop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


@dataclass
class Room:
    """`heals`: seconds until it is back after a fault; None: never."""

    heals: float | None
    broken_at: float | None = None
    held: list[bool] = field(default_factory=list)

    def missing(self) -> str:
        now = CLOCK.monotonic()
        if self.broken_at is None or (self.heals is not None and now - self.broken_at > self.heals):
            return ""
        return "picture"

    def strike(self) -> None:
        self.broken_at = CLOCK.monotonic()

    def hold(self, on: bool) -> None:
        self.held.append(on)
        self.strike()

    async def seek(self) -> None:
        self.strike()


class Wrecker:
    def __init__(self, strike: Callable[[], None], fails: bool = False) -> None:
        self._strike, self._fails = strike, fails

    async def worker(self) -> None:
        self._strike()

    async def server(self) -> None:
        if self._fails:
            raise SpokenError("Tidak menyala.", "It does not start.")
        self._strike()


def rooms(**heals: float | None) -> dict[str, Room]:
    return {name: Room(after) for name, after in heals.items()}


def of(them: dict[str, Room], told: list[Kind | Recovery], *, fails: bool = False) -> Drill:
    def strike() -> None:
        for room in them.values():
            room.strike()

    return Drill(them, Wrecker(strike, fails), CLOCK, told.append)


@pytest.mark.parametrize("kind", ["cut", "ice", "worker", "server"])
def test_each_room_has_its_seconds_from_when_it_could_come_back(kind: Kind) -> None:
    them, told = rooms(quick=0.0, slow=GOOD_S + 1), list[Kind | Recovery]()
    quick, slow = leap(of(them, told).run([kind]))
    assert told == [kind, quick, slow]
    assert (quick.seconds, quick.good) == (0.0, True)
    assert slow.seconds == pytest.approx(GOOD_S + 1, abs=0.2)
    assert not slow.good, "it took longer than it may"
    if kind == "cut":
        assert them["slow"].held == [True, False]


def test_a_dead_line_counts_from_its_mending() -> None:
    async def run() -> list[Recovery]:
        began = CLOCK.monotonic()
        found = await of(rooms(one=3.0), []).run(["cut"])
        assert CLOCK.monotonic() - began > CUT_S + 3
        return found

    (one,) = leap(run())
    assert one.seconds == pytest.approx(3, abs=0.2)


def test_a_room_that_stays_away_is_told_with_what_it_lacks() -> None:
    good, bad = leap(of(rooms(good=0.0, bad=None), []).run(["worker"]))
    assert good.good
    assert (bad.seconds, bad.missing, bad.good) == (None, "picture", False)


def test_what_cannot_be_done_ends_it() -> None:
    with pytest.raises(SpokenError, match="does not start"):
        leap(of(rooms(one=0.0), [], fails=True).run(["server", "worker"]))


def test_it_begins_once_all_are_there() -> None:
    async def ready(**heals: float | None) -> dict[str, str]:
        them = rooms(**heals)
        for room in them.values():
            room.strike()
        return await of(them, []).ready()

    assert leap(ready(here=0.0, late=LONGEST_S / 2)) == {}
    assert leap(ready(here=0.0, never=None)) == {"never": "picture"}


async def test_a_held_client_says_and_hears_nothing_and_goes_on() -> None:
    async with (
        running() as run,
        Client(run.url, TOKEN, rng=random.Random(1), settings=QUICK) as client,
    ):
        await client.ready(5)
        client.hold(True)
        asking = asyncio.create_task(client.until(lambda view: False, 0.3))
        with pytest.raises(TimeoutError):
            await asking
        assert client.connected
        client.hold(False)
        client.cut()
        await client.until(lambda view: not client.connected, 5)
        client.hold(True)
        with pytest.raises(TimeoutError):
            await client.ready(0.5)
        client.hold(False)
        await client.ready(5)
