"""Simulated calls over simulated links: what a receiver with this link would see."""

from __future__ import annotations

from tests.rtc.link import Call, Link, Picture, queues, targets, used

K = 1000
TWO_CAMERAS = (80 * K, 150 * K, 400 * K, 1500 * K)


def pictures() -> list[Picture]:
    return [Picture(), Picture(), Picture((80 * K, 150 * K))]


def test_rate_falls_and_comes_back() -> None:
    rates = [(0, 4000 * K), (20, 500 * K), (45, 4000 * K)]
    call = Call(Link(rates), start=1000 * K, pictures=pictures())
    samples = call.run(65)
    assert used(samples, 5, 20) > 0.75 * 4000 * K
    assert max(targets(samples, 22, 45)) <= 525 * K
    assert used(samples, 25, 45) > 0.75 * 500 * K
    assert queues(samples, 25, 45)[-1] < 0.3
    assert used(samples, 60, 65) > 0.75 * 4000 * K
    assert queues(samples, 45, 65)[-1] < 0.3


def test_300_kbit_is_found_and_held() -> None:
    call = Call(Link([(0, 300 * K)], queue_bytes=60_000))
    samples = call.run(40)
    assert used(samples, 3, 40) > 0.75 * 300 * K
    assert queues(samples, 3, 40)[-1] < 0.15
    assert call.lost == 0
    assert call.switches <= 4
