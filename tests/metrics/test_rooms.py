"""A room's line as the media plane has just measured it, in the units of Prometheus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from tests.core.scene import KUKAR, make_plan
from tests.metrics.house import Samples, samples, value
from vicon.app.actor import ConferenceActor, Done
from vicon.app.gateway import Hall
from vicon.app.measured import FRESH_MS
from vicon.core import commands as do
from vicon.core.model import Actor, Trial
from vicon.metrics import rooms
from vicon.ops.clock import SystemClock
from vicon.ops.data import DataDir
from vicon.ports import DeviceStats, LineStats, MediaFigures, StreamStats
from vicon.store.sqlite import SqliteJournal

HERE = {"conference": "pakta-2020", "room": KUKAR}
UP, DOWN = HERE | {"way": "up"}, HERE | {"way": "down"}
STREAM = StreamStats(
    kind="video", kbps=600, octets=150_000, packets=95, lost_percent=5.0, jitter_ms=12.5, nacks=4
)


class Ahead(SystemClock):
    by = 0

    def now(self) -> int:
        return super().now() + self.by


@pytest.fixture
def home(tmp_path: Path) -> Iterator[DataDir]:
    with DataDir.claim(tmp_path / "data") as claimed:
        yield claimed


class _Told(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> Iterable[Metric]:
        return self._families


def read(hall: Hall, now: int) -> Samples:
    registry = CollectorRegistry()
    registry.register(_Told(rooms.families({hall.actor.id: hall}, now)))
    return samples(generate_latest(registry).decode())


async def submit(actor: ConferenceActor, asker: Any, command: Any) -> None:
    assert isinstance(await actor.submit(asker, command), Done)


async def test_a_line_is_told_as_measured_and_no_longer_than_it_is_true(home: DataDir) -> None:
    clock, journal = Ahead(), await SqliteJournal.open(home)
    actor = ConferenceActor(make_plan(), journal, clock)
    await actor.start()
    try:
        hall = Hall(actor)
        operator = Actor(role="operator", name="Siti", room=KUKAR)
        await submit(actor, operator, do.JoinRoom(device="d"))
        up = LineStats(rtt_ms=48.0, kbps=600, available_kbps=None, streams=(STREAM,))
        down = replace(up, available_kbps=2400, limit="reduced", rtt_ms=None)
        for _ in range(2):
            hall.media_figures(MediaFigures(devices=(DeviceStats(device="d", up=up, down=down),)))
        found = read(hall, clock.now())
        assert value(found, "vicon_room_line_rtt_seconds", **UP) == 0.048
        assert ("vicon_room_line_rtt_seconds", frozenset(DOWN.items())) not in found
        assert value(found, "vicon_room_line_loss_ratio", **UP) == 0.05
        assert value(found, "vicon_room_line_jitter_seconds", **UP) == 0.0125
        assert value(found, "vicon_room_line_bits_per_second", **UP) == 600_000
        assert value(found, "vicon_room_line_available_bits_per_second", **DOWN) == 2_400_000
        assert value(found, "vicon_room_line_limited", **DOWN) == 1
        assert value(found, "vicon_room_line_connected", **UP) == 1
        assert value(found, "vicon_room_media_bytes_total", **UP) == 300_000
        assert value(found, "vicon_room_media_nacks_total", **DOWN) == 8
        clock.by = FRESH_MS + 1
        found = read(hall, clock.now())
        assert ("vicon_room_line_loss_ratio", frozenset(UP.items())) not in found
        assert value(found, "vicon_room_media_bytes_total", **UP) == 300_000
    finally:
        await actor.stop()
        await journal.close()


async def test_a_trial_is_told_with_its_cause(home: DataDir) -> None:
    clock, journal = SystemClock(), await SqliteJournal.open(home)
    actor = ConferenceActor(make_plan(), journal, clock)
    await actor.start()
    try:
        trial = Trial(
            run="r1",
            at=clock.now(),
            by="Budi",
            verdict="fail",
            profile="audio",
            sentence_id="Jalur sempit.",
            sentence_en="The line is narrow.",
            cause="up_narrow",
        )
        await submit(actor, do.SYSTEM, do.RecordTrial(room=KUKAR, trial=trial))
        found = read(Hall(actor), clock.now())
        told = {"verdict": "fail", "profile": "audio", "cause": "up_narrow"}
        assert value(found, "vicon_room_trial", **HERE, **told) == 1
        at = value(found, "vicon_room_trial_timestamp_seconds", **HERE)
        assert at == pytest.approx(trial.at / 1000)
        assert value(found, "vicon_room_ready", **HERE, state="not_ready") == 1
    finally:
        await actor.stop()
        await journal.close()
