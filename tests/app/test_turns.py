"""What takes the processor is made a few at a time; who waits too long, or behind many, is told."""

from __future__ import annotations

import asyncio

import pytest

from vicon.web import turns
from vicon.web.turns import WAITING, Busy, Turns


async def test_so_many_at_a_time_so_many_wait_and_the_next_is_told() -> None:
    made, at_once, most, go = Turns(2), 0, 0, asyncio.Event()

    async def one() -> None:
        nonlocal at_once, most
        async with made.turn():
            at_once += 1
            most = max(most, at_once)
            await go.wait()
            at_once -= 1

    asked = [asyncio.create_task(one()) for _ in range(2 + WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await one()
    go.set()
    await asyncio.gather(*asked)
    assert most == 2
    await one()


async def test_who_waits_too_long_is_told_and_keeps_nobody_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "WAIT_S", 0.02)
    made = Turns(1)
    async with made.turn():
        for _ in range(WAITING + 3):
            with pytest.raises(Busy):
                async with made.turn():
                    raise AssertionError("it was another's turn")
    async with made.turn():
        pass
