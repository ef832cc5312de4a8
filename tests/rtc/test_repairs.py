from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vicon.rtc.repairs import LESS_AFTER_S, LESS_S, MOST_S, NOTICED_S, SPARED, WINDOW_S, Repairs


def fed(*took: float, apart: float = 1.0) -> tuple[Repairs, float]:
    """After stalls of these lengths, and when that was."""
    repairs, now = Repairs(), 100.0
    for one in took:
        now += apart
        repairs.came(one, now)
        repairs.roll(now)
    return repairs, now


def test_the_longest_two_of_half_a_minute_are_let_be_seen() -> None:
    assert fed(0.3, 0.3)[0].delay == 0.0
    assert fed(0.3, 0.35, 0.25)[0].delay == pytest.approx(0.25)


def test_one_outage_is_one_stall_however_much_it_lost() -> None:
    assert fed(*[0.3] * 15, apart=0.01)[0].delay == 0.0


def test_what_takes_longer_is_taken_over_at_once_what_takes_less_after_a_while() -> None:
    repairs, now = fed(*[0.25] * 3)
    for _ in range(SPARED + 1):
        now += 0.5
        repairs.came(0.35, now)
        repairs.roll(now)
    assert repairs.delay == pytest.approx(0.35)
    changed = now
    while repairs.delay == pytest.approx(0.35):
        now += 0.2
        repairs.came(0.25, now)
        repairs.roll(now)
    assert repairs.delay == pytest.approx(0.25)
    assert WINDOW_S - 2 < now - changed < WINDOW_S + 2


@given(st.lists(st.tuples(st.floats(0, 3), st.floats(0, 40)), max_size=300))
def test_it_stays_within_its_bounds_and_moves_by_steps(steps: list[tuple[float, float]]) -> None:
    repairs, now, fell = Repairs(), 0.0, -LESS_AFTER_S
    for took, passed in steps:
        before, now = repairs.delay, now + passed
        repairs.came(took, now)
        repairs.roll(now)
        assert repairs.delay == 0.0 or NOTICED_S <= repairs.delay <= MOST_S
        if repairs.delay < before:
            assert before - repairs.delay > LESS_S
            assert now - fell >= LESS_AFTER_S
            fell = now
    repairs.roll(now + WINDOW_S + LESS_AFTER_S)
    assert repairs.delay == 0.0
