"""Time that goes on evenly while the machine's clock does not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vicon.ops.clock import JUMP_MS, Jump, SteadyClock

HOUR = 3_600_000


class Machine:
    """Its two clocks."""

    def __init__(self) -> None:
        self.wall, self.steady = 1_600_995_600_000, 5_000.0
        self.clock = SteadyClock(lambda: self.wall, lambda: self.steady)

    def passes(self, seconds: float, *, drift_ms: int = 0) -> None:
        self.steady += seconds
        self.wall += round(1000 * seconds) + drift_ms


def test_a_jump_in_a_session_is_told_once_and_changes_no_time() -> None:
    machine = Machine()
    before = machine.clock.now()
    machine.wall += HOUR
    assert machine.clock.look(follow=False) == Jump(HOUR, followed=False)
    for _ in range(600):
        machine.passes(1)
        assert machine.clock.look(follow=False) is None
    assert machine.clock.now() - before == 600_000
    assert machine.clock.held_ms == HOUR


def test_when_the_machine_is_set_right_again_nothing_is_held() -> None:
    machine = Machine()
    machine.wall -= HOUR
    assert machine.clock.look(follow=False) == Jump(-HOUR, followed=False)
    machine.passes(30)
    machine.wall += HOUR
    assert machine.clock.look(follow=False) == Jump(HOUR, followed=False)
    assert machine.clock.held_ms == 0
    assert machine.clock.now() == machine.wall


def test_when_nobody_is_here_the_machine_is_followed() -> None:
    machine = Machine()
    machine.wall += HOUR
    assert machine.clock.look(follow=False) == Jump(HOUR, followed=False)
    machine.passes(60)
    assert machine.clock.look(follow=True) == Jump(HOUR, followed=True)
    assert machine.clock.now() == machine.wall
    assert machine.clock.held_ms == 0


def test_a_machine_that_slept_has_not_jumped() -> None:
    """The steady clock of the machine counts its sleep."""
    machine = Machine()
    machine.passes(HOUR / 1000)
    assert machine.clock.look(follow=False) is None
    assert machine.clock.now() == machine.wall


def test_a_small_difference_is_made_up_for_little_by_little() -> None:
    machine = Machine()
    machine.wall += 400
    before = machine.clock.now()
    for _ in range(120):
        machine.passes(1)
        assert machine.clock.look(follow=False) is None
        now = machine.clock.now()
        assert 990 <= now - before <= 1_010
        before = now
    assert abs(machine.clock.now() - machine.wall) <= 1


@given(st.lists(st.tuples(st.floats(0.01, 5), st.integers(-2 * HOUR, 2 * HOUR)), max_size=40))
def test_whatever_the_machine_does_time_never_goes_back_in_a_session(
    steps: list[tuple[float, int]],
) -> None:
    machine = Machine()
    begun = before = machine.clock.now()
    passed = 0.0
    for seconds, jump in steps:
        machine.passes(seconds, drift_ms=jump)
        machine.clock.look(follow=False)
        passed += seconds
        now = machine.clock.now()
        assert now >= before
        assert abs((now - begun) - 1000 * passed) <= max(JUMP_MS, 6 * passed) + 1
        before = now
