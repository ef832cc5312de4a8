"""Time that goes on evenly while the machine's clock does not."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vicon.ops.clock import JUMP_MS, Jump, SteadyClock

HOUR = 3_600_000
_LIBRARIES = Path("/usr/lib") / str(sysconfig.get_config_var("MULTIARCH"))
FAKETIME = _LIBRARIES / "faketime" / "libfaketimeMT.so.1"


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


SCRIPT = """
import pathlib, sys
from vicon.ops.clock import SteadyClock
file, clock = pathlib.Path(sys.argv[1]), SteadyClock()
before = clock.now()
for by in ("+3600", "+0", "-3600"):
    file.write_text(by)
    print(*clock.look(follow=False), abs(clock.now() - before) < 5_000)
print(*clock.look(follow=True), before - clock.now() > 3_000_000)
"""


@pytest.mark.skipif(not FAKETIME.exists(), reason="no libfaketime here")
def test_a_machine_whose_clock_is_really_set(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    file.write_text("+0")
    told = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(file)],
        env={
            **os.environ,
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        },
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    lines = [line.split() for line in told.stdout.splitlines()]
    hours = [round(int(line[0]) / HOUR) for line in lines]
    assert hours == [1, -1, -1, -1], told.stdout
    assert [line[1:] for line in lines] == [["False", "True"]] * 3 + [["True", "True"]]
