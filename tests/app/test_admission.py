"""Many come at once: who returns goes first, then halls, then who looks on; nobody waits long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling import messages as m
from tests.app.gatehouse import KUKAR, OTHER, Gatehouse, Wire, opened
from vicon.app import admission
from vicon.app.admission import HALL, LOOKS_ON, RETURNING, Admission, urgency_of
from vicon.ops.clock import SystemClock

CROWD = 150


async def queue(door: Admission, urgencies: list[int]) -> tuple[list[int], list[bool]]:
    """In which order they came in, and who did."""
    order: list[int] = []

    async def one(urgency: int) -> bool:
        came = await door.enter(urgency)
        if came:
            order.append(urgency)
        return came

    return order, await asyncio.gather(*(one(urgency) for urgency in urgencies))


async def test_who_returns_goes_before_halls_and_these_before_who_looks_on() -> None:
    door = Admission(SystemClock(), rate=200, burst=1)
    asked = [LOOKS_ON, LOOKS_ON, HALL, LOOKS_ON, RETURNING, HALL, RETURNING]
    order, came = await queue(door, asked)
    assert all(came)
    assert order[0] == LOOKS_ON, "the first one found the door free"
    assert order[1:] == sorted(asked[1:])


async def test_who_waits_too_long_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "PATIENCE_S", 0.05)
    door = Admission(SystemClock(), rate=0.001, burst=1)
    _, came = await queue(door, [HALL, LOOKS_ON, LOOKS_ON])
    assert came == [True, False, False]
    assert (door.turned_away, door.waiting) == (2, 0)


async def test_a_full_queue_turns_the_least_urgent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "WAITING", 3)
    door = Admission(SystemClock(), rate=100, burst=1)
    _, came = await queue(door, [HALL, *[LOOKS_ON] * 4, RETURNING, HALL])
    assert came == [True, True, False, False, False, True, True]


async def test_at_the_end_nobody_is_left_waiting() -> None:
    door = Admission(SystemClock(), rate=0.001, burst=1)
    asked = asyncio.create_task(queue(door, [HALL, HALL, LOOKS_ON]))
    while door.waiting < 2:
        await asyncio.sleep(0)
    door.stop()
    assert (await asked)[1] == [True, False, False]


class Still(SystemClock):
    """Stands until a test moves it."""

    time = 100.0

    def monotonic(self) -> float:
        return self.time


@given(st.lists(st.sampled_from([RETURNING, HALL, LOOKS_ON]), max_size=60))
def test_everybody_comes_in_once_in_the_order_of_urgency(urgencies: list[int]) -> None:
    async def run() -> None:
        clock = Still()
        door = Admission(clock, rate=20_000, burst=1)
        waiting = asyncio.create_task(queue(door, urgencies))
        while door.waiting < len(urgencies) - 1:
            await asyncio.sleep(0)
        while not waiting.done():
            clock.time += 1
            await asyncio.sleep(0)
        order, came = await waiting
        assert all(came)
        assert order[1:] == sorted(urgencies[1:])
        assert door.waiting == door.turned_away == 0

    asyncio.run(run())


def test_halls_and_who_guides_are_more_urgent_than_who_looks_on() -> None:
    roles = ("moderator", "technician", "operator", "observer", "tester")
    fresh = {role: urgency_of(role, returns=False) for role in roles}
    assert fresh == {
        "moderator": HALL, "technician": HALL, "operator": HALL,
        "observer": LOOKS_ON, "tester": LOOKS_ON,
    }  # fmt: skip
    assert {urgency_of(role, returns=True) for role in roles} == {RETURNING}


# --- a whole server -------------------------------------------------------------------------------


@pytest.fixture
async def narrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gatehouse]:
    """A server that lets ten in at once, and twenty a second."""
    monkeypatch.setattr(admission.Admission.__init__, "__kwdefaults__", {"rate": 20, "burst": 10})
    monkeypatch.setattr(admission, "PATIENCE_S", 1.0)
    async with opened(tmp_path) as house:
        yield house


async def test_in_a_flood_a_hall_that_lost_its_line_is_back_at_once(narrow: Gatehouse) -> None:
    async with narrow.socket(narrow.token("operator", KUKAR)) as hall:
        await hall.next("welcome")
        joined = await hall.ask(m.RoomJoin())
    resume = joined["result"]["resume"]
    looks_on = narrow.token("observer")
    async with AsyncExitStack() as stack:
        crowd = await asyncio.gather(
            *(stack.enter_async_context(narrow.socket(looks_on)) for _ in range(CROWD))
        )

        async def greeted(wire: Wire) -> dict[str, object]:
            return await wire.next("welcome", "bye")

        outcomes = [asyncio.create_task(greeted(wire)) for wire in crowd]
        await asyncio.wait(outcomes, return_when=asyncio.FIRST_COMPLETED)
        began = asyncio.get_running_loop().time()
        for token, again in ((narrow.token("operator", KUKAR), resume),):
            async with narrow.socket(token, again) as wire:
                welcome = await wire.next("welcome", "bye")
                assert welcome["type"] == "welcome"
                assert welcome["view"]["you"]["device"] is not None, "as the same device"
        async with narrow.socket(narrow.token("moderator", conference=OTHER)) as wire:
            assert (await wire.next("welcome", "bye"))["type"] == "welcome"
        took = asyncio.get_running_loop().time() - began
        assert took < 1.0, "they did not stand behind the crowd"
        told = await asyncio.gather(*outcomes)
        byes = [one for one in told if one["type"] == "bye"]
        assert 10 <= CROWD - len(byes) < CROWD, "some came in"
        assert {one["code"] for one in byes} == {"crowded"}
