"""A short soak of both engines: what scripts/bench soak does for minutes."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bench.soak import ADDRESS, Amounts, soak
from vicon.media.engine import EmbeddedEngine
from vicon.media.inprocess import InProcessEngine
from vicon.ops.clock import SystemClock

pytestmark = pytest.mark.patient  # packets that are late are faults


async def test_nothing_sticks_or_leaks_in_a_worker_that_dies_once() -> None:
    engine = EmbeddedEngine(SystemClock(), addresses=[ADDRESS])
    await engine.start()
    try:
        found = await soak(engine, Amounts(10, 4, 8, 1), random.Random(1), short=True)
    finally:
        await engine.close()
    assert found["faults"] == []
    assert found["took_s"]["switch"]["count"] == 10
    assert found["took_s"]["media after a dead worker"]["count"] == 1


async def test_objects_of_those_who_left_are_gone(compiled_cache: Callable[[], Path]) -> None:
    engine = InProcessEngine(SystemClock(), addresses=[ADDRESS], cache=compiled_cache())
    try:
        found = await soak(engine, Amounts(4, 0, 12, 0), random.Random(2), short=True)
    finally:
        await engine.close()
    assert found["faults"] == []
    assert found["leaks"]["all left"]["after"]["LiteTransport"] == 0
