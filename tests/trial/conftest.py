"""Time leaps: a loop that waits for nothing but a timer is at once at that timer's moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import pytest

from tests.trial.house import House
from tests.trial.leaping import LeapingLoop


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"leaping": LeapingLoop}


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Whatever a test does, nothing of it may last longer than an hour of the leaping time."""
    async with asyncio.timeout(3600):
        made = House()
        await made.desk.start()
        yield made
        await made.close()
