"""Simulated calls over simulated links: how fast the rate settles, how much of the link is used,
how long packets wait, and that layers do not flap."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import pytest

from tests.rtc.link import Call, Cbr, Link, Picture, Reno, Sample, queues, targets, used

K = 1000
M = 1_000_000


def three_pictures(fps: int = 25) -> list[Picture]:
    return [Picture(fps=fps), Picture(fps=fps), Picture((80 * K, 150 * K), fps=15)]


def first(samples: Sequence[Sample], since: float, target: float) -> float:
    """Seconds after `since` until the target reached this."""
    return next(s.at for s in samples if s.at >= since and s.target >= target) - since


@pytest.mark.parametrize(("delay", "queue_bytes", "fps"), [(0.05, 100_000, 25), (0.01, 40_000, 15)])
def test_rate_falls_and_comes_back(delay: float, queue_bytes: int, fps: int) -> None:
    """4 Mbit/s, 500 kbit/s, 4 Mbit/s: down within 5 s, up within 20 s."""
    link = Link([(0, 4 * M), (15, 500 * K), (35, 4 * M)], delay, delay, queue_bytes)
    call = Call(link, start=1 * M, pictures=three_pictures(fps))
    samples = call.run(60)
    assert used(samples, 5, 15) > 0.75 * 4 * M
    assert max(targets(samples, 17, 35)) <= 1.05 * 500 * K
    assert used(samples, 20, 35) > 0.75 * 500 * K
    assert queues(samples, 20, 60)[-1] < 0.3
    assert first(samples, 35, 3.2 * M) < 15
    assert used(samples, 55, 60) > 0.75 * 4 * M


def test_rate_falls_and_comes_back_over_a_satellite() -> None:
    link = Link([(0, 4 * M), (15, 500 * K), (35, 4 * M)], 0.3, 0.3)
    samples = Call(link, start=1 * M, pictures=three_pictures()).run(60)
    assert used(samples, 6, 15) > 0.75 * 4 * M
    assert max(targets(samples, 17.5, 35)) <= 1.05 * 500 * K
    assert used(samples, 21, 35) > 0.75 * 500 * K
    assert queues(samples, 22, 35)[-1] < 0.3
    assert first(samples, 35, 2 * M) < 20


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_300_kbit_is_found_and_held(seed: int) -> None:
    link = Link([(0, 300 * K)], queue_bytes=60_000, seed=seed)
    call = Call(link, start=(200 + 100 * seed) * K)
    samples = call.run(30)
    assert used(samples, 5, 30) > 0.75 * 300 * K
    assert queues(samples, 5, 30)[-1] < 0.2
    assert sorted(targets(samples, 5, 30))[0] > 0.75 * 300 * K
    assert call.switches <= 6


def test_64_kbit_is_held_for_sound_alone() -> None:
    link = Link([(0, 64 * K)], queue_bytes=20_000)
    call = Call(link, start=100 * K, sounds=1)
    samples = call.run(25)
    assert call.lost == 0
    assert max(targets(samples, 2, 25)) < 70 * K
    assert min(targets(samples, 2, 25)) > 50 * K
    assert queues(samples, 4, 25)[-1] < 0.1


def test_a_wide_link_is_found_at_once_and_stays() -> None:
    call = Call(Link([(0, 20 * M)], 0.05, 0.05))
    samples = call.run(15)
    assert first(samples, 0, 1.9 * M) < 2
    assert samples[-1].layers == (3, 1)
    assert call.switches <= 4


def test_nothing_is_probed_beyond_what_is_wanted() -> None:
    call = Call(Link([(0, 4 * M)]), start=1 * M, pictures=[])
    call.run(10)
    assert call.side.padding == 0


@pytest.mark.parametrize(
    ("loss", "burst", "delay", "least"),
    [
        (0.04, 1, 0.3, 0.75),
        (0.10, 1, 0.05, 0.5),
        (0.10, 4, 0.05, 0.4),
        (0.20, 1, 0.05, 0.4),
    ],
)
def test_losses_of_the_line_do_not_bring_the_rate_down(
    loss: float, burst: float, delay: float, least: float
) -> None:
    call = Call(Link([(0, 2 * M)], delay, delay, loss=loss, burst=burst))
    samples = call.run(40)
    # The highest layer alone takes 1.6 Mbit/s: with or without it makes much of the use.
    assert used(samples, 10, 40) > least * 2 * M
    assert median(targets(samples, 10, 40)) > 0.75 * 2 * M
    assert queues(samples, 10, 40)[-1] < 0.4
    assert call.side.loss == pytest.approx(loss, abs=0.07)


def test_a_shallow_queue_that_only_drops() -> None:
    """Losses are the only sign."""
    link = Link([(0, 2 * M), (15, 500 * K)], queue_bytes=8_000)
    call, lost = Call(link), list[int]()
    call.at(19, lambda now: lost.append(call.lost))
    samples = call.run(30)
    assert max(targets(samples, 19, 30)) < 650 * K
    assert call.lost - lost[0] < 0.05 * 11 * 250  # packets


def test_jitter_is_no_queue() -> None:
    call = Call(Link([(0, 3 * M)], jitter=0.06))
    samples = call.run(30)
    assert used(samples, 10, 30) > 0.55 * 3 * M
    assert call.switches <= 8


def test_a_receiver_that_stalls_has_no_queue() -> None:
    call = Call(Link([(0, 20 * M)], stalls=0.3))
    samples = call.run(20)
    assert min(targets(samples, 5, 20)) > 1.9 * M
    assert call.switches <= 4


def test_other_traffic_that_does_not_give_way() -> None:
    call = Call(Link([(0, 2 * M)]), cross=Cbr(10, 20, 1.2 * M))
    samples = call.run(35)
    assert 600 * K < used(samples, 13, 20) < 900 * K
    assert queues(samples, 16, 20)[-1] < 0.3
    assert first(samples, 20, 1.7 * M) < 15


def test_other_traffic_that_fills_the_queue_does_not_starve_us() -> None:
    call = Call(Link([(0, 3 * M)], queue_bytes=110_000), cross=Reno(5, 30))
    samples = call.run(45)
    assert used(samples, 10, 30) > 0.15 * 3 * M
    assert min(targets(samples, 10, 30)) > 350 * K
    assert first(samples, 30, 2 * M) < 15


def test_an_outage_ends() -> None:
    call = Call(Link([(0, 2 * M)], down=(8, 11)))
    samples = call.run(25)
    assert targets(samples, 10.5, 11)[-1] < 700 * K
    assert first(samples, 11, 1.6 * M) < 6
    assert queues(samples, 11, 25)[-1] < 0.4


def test_a_receivers_clock_may_be_set_and_drift() -> None:
    def clock(now: float) -> float:
        return 1000 + now * 1.0003 + (50 if now > 8 else 0) - (500 if now > 15 else 0)

    call = Call(Link([(0, 2 * M)]), clock=clock)
    samples = call.run(25)
    assert used(samples, 5, 25) > 0.75 * 2 * M
    assert min(targets(samples, 5, 25)) > 1.4 * M


@pytest.mark.parametrize(
    ("lost", "jitter", "every"), [(0.2, 0.0, 0.06), (0.0, 0.15, 0.06), (0.0, 0.0, 0.25)]
)
def test_feedback_may_be_lost_late_or_rare(lost: float, jitter: float, every: float) -> None:
    call = Call(Link([(0, 2 * M)]), feedback_loss=lost, feedback_jitter=jitter, feedback_s=every)
    samples = call.run(25)
    assert used(samples, 8, 25) > 0.75 * 2 * M
    assert queues(samples, 8, 25)[-1] < 0.4


def test_a_source_that_follows_freely_keeps_the_queue_small() -> None:
    call = Call(Link([(0, 1 * M)]), pictures=[], elastic=True)
    samples = call.run(25)
    assert used(samples, 3, 25) > 0.9 * 1 * M
    assert queues(samples, 3, 25)[-1] < 0.15
    assert max(targets(samples, 5, 25)) < 1.3 * min(targets(samples, 5, 25))


def test_eleven_rooms_over_one_megabit() -> None:
    pictures = [Picture(), Picture(), *(Picture((80 * K, 150 * K), fps=15) for _ in range(8))]
    call = Call(Link([(0, 1 * M)]), pictures=pictures)
    samples = call.run(25)
    assert used(samples, 5, 25) > 0.8 * 1 * M
    assert queues(samples, 5, 25)[-1] < 0.45
    assert all(s.layers[0] >= 1 for s in samples if s.at > 5)
