"""A leg says what the simulated line did, within the limits of the design."""

from __future__ import annotations

import random

import pytest
from msgspec.structs import replace

from tests.measure.line import Way, World, agreed
from vicon.measure.statistics import lost


def way(seed: int, **faults: float) -> Way:
    return Way(**faults, rng=random.Random(seed))  # type: ignore[arg-type]


def test_a_clean_line_is_clean() -> None:
    world = World(way(1, delay_ms=10), way(2, delay_ms=10))
    world.measure()
    report = world.server.read(world.now)
    assert report.up is not None
    assert report.down is not None
    assert (report.up.lost, report.down.lost, report.down.unknown) == (0, 0, 0)
    assert report.up.packets > 3000
    assert report.round_trips is not None
    assert 20 <= report.round_trips.median <= 22
    assert report.up_delay is not None
    assert report.up_delay.jitter is not None
    assert report.up_delay.jitter < 1.5
    assert report.level == "720p"
    assert report.picture is not None
    assert report.picture.height == 720
    assert report.picture.freezes == 0
    assert 14.5 < report.picture.fps < 15.5
    assert report.sent


@pytest.mark.parametrize(
    ("up", "down"),
    [(0.005, 0.005), (0.01, 0.0), (0.0, 0.03), (0.05, 0.05)],
)
def test_loss_is_what_the_line_lost(up: float, down: float) -> None:
    world = World(way(1, delay_ms=25, loss=up), way(2, delay_ms=25, loss=down))
    world.measure()
    for report in (world.server.read(world.now), world.station.read(world.now)):
        for told, line in ((report.up, world.up), (report.down, world.down)):
            assert told is not None
            assert told.percent is not None
            assert told.percent == pytest.approx(line.percent, abs=0.5)
            assert told.interval is not None
            assert told.interval < 1.2
    assert world.server.level == "720p"


def test_bursts_widen_the_interval_and_are_seen() -> None:
    world = World(way(1, delay_ms=10, loss=0.02), way(2, delay_ms=10, loss=0.02, burst=8))
    world.measure(25)
    report = world.server.read(world.now)
    assert report.up is not None
    assert report.down is not None
    assert report.down.percent == pytest.approx(world.down.percent, abs=0.5)
    assert (report.down.interval or 0) > 1.5 * (report.up.interval or 9)


def test_jitter_is_what_the_line_put_in() -> None:
    world = World(way(1, delay_ms=50, jitter_ms=10), way(2, delay_ms=50, jitter_ms=40))
    world.measure()
    report = world.server.read(world.now)
    assert report.up_delay is not None
    assert report.down_delay is not None
    assert report.up_delay.jitter == pytest.approx(world.up.jitter_ms_seen, abs=2)
    assert report.down_delay.jitter == pytest.approx(world.down.jitter_ms_seen, abs=2)
    assert (report.down_delay.variation_p95 or 0) > 30


@pytest.mark.parametrize("kbps", [256, 1000, 4000])
@pytest.mark.parametrize("loss", [0.0, 0.03])
def test_capacity_of_a_bottleneck(kbps: int, loss: float) -> None:
    ways = [way(n, delay_ms=20, rate_kbps=kbps, loss=loss) for n in (1, 2)]
    world = World(*ways)
    world.run(8)
    world.server.start_load(5200, 5, world.now)
    while (report := world.server.load_report(world.now)) is None:
        world.run(0.5)
    assert report.filled
    assert report.kbps == pytest.approx(kbps, rel=0.10)
    assert (report.rtt_during or 0) - (report.rtt_before or 0) > 50


def test_a_wide_line_carries_at_least_the_ceiling() -> None:
    world = World(way(1, delay_ms=20), way(2, delay_ms=20))
    world.run(8)
    world.server.start_load(5200, 5, world.now)
    began = world.now
    while (report := world.server.load_report(world.now)) is None:
        world.run(0.5)
    assert not report.filled
    assert (report.kbps or 0) > 4500
    assert world.now - began < 9


@pytest.mark.parametrize("kbps", [256, 1000, 4000])
def test_capacity_up_is_seen_by_the_one_who_receives(kbps: int) -> None:
    world = World(way(1, delay_ms=75, rate_kbps=kbps), way(2, delay_ms=75))
    world.run(8)
    world.server.receive_load(8, 150.0, world.now)
    world.station.start_load(5200, 5, world.now)
    while (report := world.server.load_report(world.now)) is None:
        world.run(0.5)
    assert report.filled
    assert report.kbps == pytest.approx(kbps, rel=0.10)


def test_a_narrow_line_is_not_flooded_by_the_call() -> None:
    world = World(way(1, delay_ms=20), way(2, delay_ms=20, rate_kbps=256))
    world.measure(20, settle=10)
    assert world.server.level == "180p"
    report = world.server.read(world.now)
    assert report.down is not None
    assert (report.down.percent or 0) < 2


@pytest.mark.parametrize(
    ("kbps", "delay_ms", "queue_ms", "level"),
    [(256, 300, 200, "180p"), (256, 20, 1000, "180p"), (1000, 300, 200, "360p")],
)
def test_retransmissions_do_not_storm_a_narrow_line(
    kbps: int, delay_ms: int, queue_ms: int, level: str
) -> None:
    down = way(2, delay_ms=delay_ms, rate_kbps=kbps, queue_ms=queue_ms)
    world = World(way(1, delay_ms=delay_ms), down)
    world.measure(6, settle=12)
    report = world.server.read(world.now)
    assert report.level == level
    assert report.down_kbps < kbps


def test_a_tenth_of_loss_alone_lowers_nothing() -> None:
    world = World(way(1, delay_ms=50, loss=0.1), way(2, delay_ms=50, loss=0.1))
    world.run(20)
    assert world.server.level == "720p"


@pytest.mark.parametrize("kbps", [256, 1000])
def test_a_line_that_drops_instead_of_queueing_is_full_too(kbps: int) -> None:
    world = World(way(1, delay_ms=20), way(2, delay_ms=20, rate_kbps=kbps, queue_ms=20))
    world.run(8)
    world.server.start_load(5200, 5, world.now)
    while (report := world.server.load_report(world.now)) is None:
        world.run(0.5)
    assert report.filled
    assert report.kbps == pytest.approx(kbps, rel=0.10)


def test_a_line_that_dies_gives_no_figures() -> None:
    world = World(way(1, loss=1.0), way(2, loss=1.0))
    world.measure(3, settle=1)
    report = world.server.read(world.now)
    assert report.up is None
    assert report.down is None
    assert report.round_trips is None
    assert report.picture is None


def test_lost_feedback_is_unknown_not_lost() -> None:
    world = World(way(1, delay_ms=10, loss=0.2), way(2, delay_ms=10))
    world.measure(10)
    report = world.server.read(world.now)
    assert report.down is not None
    assert report.down.lost == 0
    assert report.down.unknown > 50


def test_packets_out_of_order_are_not_lost() -> None:
    ways = [way(n, delay_ms=60, jitter_ms=40, loss=0.02, in_order=False) for n in (1, 2)]
    world = World(*ways)
    world.measure(45)
    server, station = world.server.read(world.now), world.station.read(world.now)
    # Who receives knows; who sends has it from feedback, of which the line loses its share too.
    seen = ((server.up, world.up, 0.1), (station.down, world.down, 0.1))
    heard = ((server.down, world.down, 1.0), (station.up, world.up, 1.0))
    for told, line, within in (*seen, *heard):
        assert told is not None
        assert told.percent == pytest.approx(line.percent, abs=within)
        assert told.reordered > 20


def test_after_a_long_break_the_feedback_goes_on() -> None:
    world = World(way(1, delay_ms=10), way(2, delay_ms=10))
    world.run(5)
    world.down.loss = 1.0
    world.run(6)
    world.down.loss = 0.0
    world.measure(5, settle=4)
    report = world.server.read(world.now)
    assert report.down is not None
    assert report.down.lost == 0
    assert report.down.packets > 300


def test_a_browser_that_numbers_the_picture_alone() -> None:
    server, station = agreed()
    assert server.audio is not None
    assert station.audio is not None
    server = replace(server, audio=replace(server.audio, twcc_id=None))
    station = replace(station, audio=replace(station.audio, twcc_id=None))
    world = World(way(1, delay_ms=20), way(2, delay_ms=20, rate_kbps=1000), media=(server, station))
    world.run(8)
    world.server.start_load(5200, 5, world.now)
    while (report := world.server.load_report(world.now)) is None:
        world.run(0.5)
    assert report.kbps == pytest.approx(1000, rel=0.10)


@pytest.mark.parametrize("delay_ms", [150, 325, 500])
def test_a_satellite_that_is_not_full_is_not_called_full(delay_ms: int) -> None:
    world = World(way(1, delay_ms=delay_ms), way(2, delay_ms=delay_ms))
    world.measure(12, settle=8)
    report = world.server.read(world.now)
    assert report.up is not None
    assert report.down is not None
    assert (report.up.lost, report.down.lost, report.down.unknown) == (0, 0, 0)
    assert report.level == "720p"
    quiet = report.round_trips
    assert quiet is not None
    assert quiet.median == pytest.approx(2 * delay_ms, abs=5)
    world.server.receive_load(4, quiet.median, world.now)
    world.station.start_load(2000, 4, world.now)
    while (load := world.server.load_report(world.now)) is None:
        world.run(0.5)
    assert not load.filled


def test_what_came_can_be_looked_at() -> None:
    world = World()
    world.run(5)
    seen = world.server.collect()
    assert seen.frames[0][0] & 1 == 0
    assert 30 < len(seen.frames) < 120
    assert 240 <= len(seen.packets) <= 250
    assert all(seen.packets)
    assert seen.height in (360, 720)


def test_garbage_is_counted_and_harmless() -> None:
    world = World()
    rng = random.Random(1)
    for _ in range(500):
        world.server.on_rtp(rng.randbytes(rng.randint(0, 200)), world.now, 100)
        world.server.on_rtcp(rng.randbytes(rng.randint(0, 200)), world.now)
    assert world.server.malformed > 300
    world.measure(5)
    report = world.server.read(world.now)
    assert report.up is not None
    assert (report.up.lost, report.up.percent) == (0, 0)


@pytest.mark.parametrize(("spacing_ms", "percent"), [(3, 14.9), (5, None)])
def test_a_burst_is_the_worst_fifth_of_a_second_that_holds_enough(
    spacing_ms: int, percent: float | None
) -> None:
    fates = [(place * spacing_ms / 1000, 200 <= place < 210) for place in range(400)]
    told = lost(fates, unknown=0, reordered=0)
    assert told.percent == pytest.approx(2.5)
    if percent is None:
        assert told.burst_percent is None
    else:
        assert told.burst_percent == pytest.approx(percent, abs=0.3)


def test_a_picture_that_stands_still_is_a_freeze() -> None:
    world = World(way(1, delay_ms=10), way(2, delay_ms=10))
    world.measure(3)
    world.down.loss = 1.0
    world.run(1.5)
    world.down.loss = 0.0
    world.run(2)
    seen = world.station.read(world.now).picture
    assert seen is not None
    assert seen.freezes >= 1
    assert 1000 < seen.frozen_ms < 3500
    sent = world.server.read(world.now).picture
    assert sent is not None
    assert sent.freezes == 0


def test_how_long_a_way_has_been_silent() -> None:
    """The server hears of the way down by the way up: when that dies, it hears of neither."""
    world = World(way(1, delay_ms=10), way(2, delay_ms=10))
    world.measure(3)
    for report in (world.server.read(world.now), world.station.read(world.now)):
        assert max(report.up_silent_s, report.down_silent_s) < 0.3
    world.up.loss = 1.0
    world.run(4)
    at_server, at_station = world.server.read(world.now), world.station.read(world.now)
    assert at_server.up_silent_s == pytest.approx(4, abs=0.3)
    assert at_server.down_silent_s == pytest.approx(4, abs=0.3)
    assert 2.9 < at_station.up_silent_s < 4.1, "the server's last report may be a second late"
    assert at_station.down_silent_s < 0.3
