"""What publishers without transport-wide feedback are told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vicon.rtc.remb import ReceiveLimit


def test_grows_with_what_comes_and_falls_with_what_is_lost() -> None:
    limit = ReceiveLimit(0.0, 500_000)
    assert limit.update(0, 0.0, 1.0) == 500_000
    for second in range(2, 40):
        limit.update(min(limit.limit, 2_000_000), 0.0, float(second))
    assert 2_000_000 < limit.limit <= 3_000_000
    for second in range(40, 60):
        carried = min(limit.limit, 800_000)
        limit.update(carried, 1 - carried / limit.limit, float(second))
    assert 600_000 < limit.limit < 1_000_000


def test_a_little_loss_changes_nothing() -> None:
    limit = ReceiveLimit(0.0, 500_000)
    assert limit.update(400_000, 0.05, 1.0) == 500_000


@given(st.lists(st.tuples(st.integers(0, 10**8), st.floats(0, 1), st.floats(-5, 5))))
def test_stays_within_its_bounds(steps: list[tuple[int, float, float]]) -> None:
    limit, now = ReceiveLimit(0.0, 300_000), 0.0
    for received, loss, elapsed in steps:
        now += elapsed
        assert 100_000 <= limit.update(received, loss, now) <= 3_000_000
