"""Trial legs in the real worker process, with a real transport at the other end."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.media.peers import until
from tests.media.station import Far
from vicon.measure import testclip
from vicon.measure.encode import Clip
from vicon.media.engine import EmbeddedEngine
from vicon.media.inprocess import InProcessEngine
from vicon.media.legs import KEPT_S
from vicon.media.process import STOP_TIMEOUT_S
from vicon.ops.clock import SystemClock
from vicon.ports import MediaError

PLACE = ("kaltim", "call")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def clip(cache: Path) -> Clip:
    return testclip.load(cache)


@pytest_asyncio.fixture
async def engine(cache: Path, clip: Clip) -> AsyncIterator[EmbeddedEngine]:
    made = EmbeddedEngine(SystemClock(), addresses=["127.0.0.1"], cache=cache)
    await made.start()
    yield made
    await made.close()


async def _call(engine: EmbeddedEngine, clip: Clip) -> Far:
    far = Far(clip)
    await far.accept(await engine.leg_open(*PLACE, "call", await far.offer()))
    await engine.leg_send(*PLACE, "720p", 0)
    return far


async def _loaded(far: Far) -> None:
    """The load has begun to come. Nothing is lost here, so its copies are not repairs."""
    await until(lambda: far.again > 50, 10)


async def test_a_call_is_measured_both_ways(engine: EmbeddedEngine, clip: Clip) -> None:
    far = await _call(engine, clip)
    await asyncio.sleep(3)
    await engine.leg_mark(*PLACE)
    await asyncio.sleep(3)
    report = await engine.leg_read(*PLACE)
    assert report.up is not None
    assert report.down is not None
    assert (report.up.lost, report.down.lost) == (0, 0)
    assert report.up.packets > 150
    assert report.down.packets > 100
    assert report.round_trips is not None
    assert report.round_trips.least < 20
    assert report.picture is not None
    assert report.picture.frames > 20
    assert report.sent
    seen = await engine.leg_collect(*PLACE)
    assert seen.frames
    assert len(seen.packets) > 100
    await far.close()
    await engine.leg_close(*PLACE)
    with pytest.raises(MediaError) as caught:
        await engine.leg_read(*PLACE)
    assert caught.value.code == "media_state"


async def test_a_load_on_a_free_line_is_not_filled(engine: EmbeddedEngine, clip: Clip) -> None:
    far = await _call(engine, clip)
    await asyncio.sleep(3)
    report = await engine.leg_load_down(*PLACE, 3000, 4.0)
    assert report.kbps is not None
    assert report.kbps > 1500
    assert not report.filled
    await far.close()


async def test_a_path_is_only_connected(engine: EmbeddedEngine, clip: Clip) -> None:
    far = Far(clip)
    await far.accept(await engine.leg_open(*PLACE, "path", await far.offer(path=True)))
    assert far.transport.state == "connected"
    await far.close()
    await engine.leg_close(*PLACE)


async def test_a_worker_that_dies_under_a_load_is_told_at_once(
    engine: EmbeddedEngine, clip: Clip
) -> None:
    far = await _call(engine, clip)
    load = asyncio.create_task(engine.leg_load_down(*PLACE, 5200, 8.0))
    await _loaded(far)
    assert engine.worker_pid is not None
    os.kill(engine.worker_pid, signal.SIGKILL)
    with pytest.raises(MediaError) as caught:
        await asyncio.wait_for(load, 3)
    assert caught.value.code == "media_unavailable"
    await far.close()


async def test_what_is_no_offer_is_refused(engine: EmbeddedEngine) -> None:
    with pytest.raises(MediaError) as caught:
        await engine.leg_open(*PLACE, "call", "v=0\r\n")
    assert caught.value.code == "bad_sdp"
    with pytest.raises(MediaError):
        await engine.leg_send(*PLACE, "720p", 0)
    await engine.leg_close(*PLACE)


async def test_loads_hold_up_no_session(engine: EmbeddedEngine, clip: Clip) -> None:
    far = await _call(engine, clip)
    loads = [asyncio.create_task(engine.leg_load_down(*PLACE, 500, 8.0)) for _ in range(150)]
    await asyncio.sleep(0.2)
    async with asyncio.timeout(3):
        with pytest.raises(MediaError) as caught:
            await engine.publish("kaltim", "d1", "v=0")
    assert caught.value.code == "bad_sdp"
    refused = [load for load in loads if load.done()]
    assert 0 < len(refused) < 150
    for load in refused:
        assert isinstance(error := load.exception(), MediaError)
        assert error.code == "media_unavailable"
    await engine.leg_close(*PLACE)
    ends = await asyncio.gather(*loads, return_exceptions=True)
    assert all(isinstance(end, MediaError) for end in ends)
    await far.close()


async def test_a_worker_ends_in_the_middle_of_a_load(engine: EmbeddedEngine, clip: Clip) -> None:
    """Without being killed: else one that lost its owner would go on filling the line."""
    far = await _call(engine, clip)
    load = asyncio.create_task(engine.leg_load_down(*PLACE, 5200, 15.0))
    await _loaded(far)
    began = time.monotonic()
    await engine.close()
    assert time.monotonic() - began < STOP_TIMEOUT_S - 1
    with pytest.raises(MediaError):
        await load
    await far.close()


class Ahead(SystemClock):
    """A clock that a test can put forward."""

    by = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.by


@pytest_asyncio.fixture
async def inside(cache: Path) -> AsyncIterator[tuple[InProcessEngine, Ahead]]:
    clock = Ahead()
    made = InProcessEngine(clock, addresses=["127.0.0.1"], cache=cache)
    yield made, clock
    await made.close()


Inside = tuple[InProcessEngine, Ahead]


async def test_a_leg_that_is_closed_while_it_opens_is_closed(inside: Inside, clip: Clip) -> None:
    engine, _ = inside
    far = Far(clip)
    offer = await far.offer()
    opening = asyncio.create_task(engine.leg_open(*PLACE, "call", offer))
    await asyncio.sleep(0)
    await engine.leg_close(*PLACE)
    await opening
    assert len(engine.host.legs) == 0
    await far.close()


async def test_a_name_used_twice_at_once_is_one_leg(inside: Inside, clip: Clip) -> None:
    engine, _ = inside
    far = Far(clip)
    offer = await far.offer()
    await asyncio.gather(*(engine.leg_open(*PLACE, "call", offer) for _ in range(3)))
    assert len(engine.host.legs) == 1
    await engine.leg_close(*PLACE)
    assert _living() == []
    await far.close()


async def test_a_leg_whose_station_is_gone_can_be_read_for_a_while(
    inside: Inside, clip: Clip
) -> None:
    engine, clock = inside
    far = await _call_inside(engine, clip)
    await far.close()
    await until(lambda: not _living())
    assert (await engine.leg_read(*PLACE)).seconds > 0
    clock.by = KEPT_S + 1
    await until(lambda: len(engine.host.legs) == 0)
    with pytest.raises(MediaError) as caught:
        await engine.leg_read(*PLACE)
    assert caught.value.code == "media_state"


async def test_there_are_no_more_legs_than_a_worker_bears(
    inside: Inside, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vicon.media.legs.MAX_LEGS", 1)
    engine, _ = inside
    far = await _call_inside(engine, clip)
    late = Far(clip)
    offer = await late.offer()
    with pytest.raises(MediaError) as caught:
        await engine.leg_open("kaltim", "another", "call", offer)
    assert caught.value.code == "media_unavailable"
    assert (await engine.leg_read(*PLACE)).seconds > 0
    await engine.leg_close(*PLACE)
    await late.accept(await engine.leg_open("kaltim", "another", "call", offer))
    await engine.leg_close("kaltim", "another")
    for end in (far, late):
        await end.close()


async def _call_inside(engine: InProcessEngine, clip: Clip) -> Far:
    far = Far(clip)
    await far.accept(await engine.leg_open(*PLACE, "call", await far.offer()))
    return far


def _living() -> list[asyncio.Task[object]]:
    return [task for task in asyncio.all_tasks() if task.get_name() == "trial leg call"]
