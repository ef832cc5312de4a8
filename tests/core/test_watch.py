"""When a hall's picture goes a step down or up, whatever its lines do."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vicon.core.profile import LEVELS, Level, Trouble, higher, lower
from vicon.core.watch import (
    GAP_MS,
    GOOD_MS,
    LATE_MS,
    LONGEST_MS,
    LineLook,
    Look,
    Step,
    Watch,
)

EVERY = 2_000
LINE = LineLook(packets=300, rtt_ms=40.0)


def look(lost: float = 0.0, *, down: float = 0.0, cpu: float | None = None) -> Look:
    return Look(
        up=LineLook(packets=300, lost_percent=lost, rtt_ms=40.0),
        down=LineLook(packets=300, lost_percent=down, rtt_ms=40.0),
        cpu_percent=cpu,
    )


GOOD, FAIR, BAD = look(), look(4.0), look(12.0)
SILENT = Look(up=LineLook(packets=3), down=LineLook())


class Line:
    """A hall whose plan follows its watch, with its own clock."""

    def __init__(self, level: Level = "720p", ceiling: Level = "720p") -> None:
        self.watch = Watch(EVERY)
        self.level, self.ceiling = level, ceiling
        self.now = 1_600_995_600_000

    def take(self, seen: Look, after: int = EVERY) -> Step | None:
        self.now += after
        step = self.watch.take(seen, self.level, self.ceiling, self.now)
        if step == "up":
            self.level = higher(self.level)
        elif step is not None:
            self.level = lower(self.level)
        return step

    def until(self, seen: Look, level: Level, most: int = 200) -> int:
        """How many looks it takes."""
        for count in range(1, most):
            self.take(seen)
            if self.level == level:
                return count
        raise AssertionError(f"{self.level}, never {level}")


def test_three_bad_of_five_are_a_step_down_and_say_why() -> None:
    line = Line()
    assert [line.take(seen) for seen in (BAD, GOOD, BAD, GOOD)] == [None] * 4
    assert line.take(BAD) == Trouble(why="loss", side="up", value=12.0)
    assert line.level == "360p"


def test_two_bad_of_five_are_none() -> None:
    line = Line()
    for _ in range(20):
        for seen in (BAD, BAD, GOOD, GOOD, GOOD):
            assert line.take(seen) is None


def test_each_step_down_wants_three_bad_looks_of_its_own() -> None:
    line = Line()
    assert line.until(BAD, "360p") == 3
    assert line.until(BAD, "audio") == 3
    assert all(line.take(BAD) is None for _ in range(20)), "sound is what is kept"


def test_five_good_seconds_are_a_step_up_and_no_more() -> None:
    line = Line("audio")
    assert line.until(GOOD, "360p") == 3
    assert line.until(GOOD, "720p") == 3
    assert all(line.take(GOOD) is None for _ in range(100))


def test_a_step_up_waits_for_five_seconds_without_interruption() -> None:
    line = Line("audio")
    for _ in range(20):
        for seen in (GOOD, GOOD, FAIR):
            assert line.take(seen) is None, "neither good nor bad is not good"


def test_the_trial_is_the_ceiling() -> None:
    line = Line("audio", ceiling="360p")
    assert line.until(GOOD, "360p") == 3
    assert all(line.take(GOOD) is None for _ in range(100))


def test_a_step_up_in_vain_makes_the_next_one_wait_twice_as_long() -> None:
    line = Line("360p")
    waits = []
    for _ in range(8):
        waits.append(EVERY * line.until(GOOD, "720p"))
        line.until(BAD, "360p")
    assert waits[0] == 6_000, "5 s, in looks of 2 s"
    assert waits == sorted(waits)
    assert waits[-1] == waits[-2] == LONGEST_MS


def test_a_step_up_that_held_half_a_minute_was_right() -> None:
    line = Line("360p")
    for _ in range(4):
        line.until(GOOD, "720p")
        line.until(BAD, "360p")
    line.until(GOOD, "720p")
    for _ in range(20):
        line.take(GOOD)
    line.until(BAD, "360p")
    assert line.until(GOOD, "720p") == 3


@pytest.mark.parametrize(
    ("seen", "trouble"),
    [
        (look(6.0), Trouble(why="loss", side="up", value=6.0)),
        (look(down=9.04), Trouble(why="loss", side="down", value=9.0)),
        (look(cpu=95.0), Trouble(why="cpu", side="up", value=95.0)),
        (
            Look(up=LineLook(packets=90, lost_percent=30.0, narrow_kbps=64.0), down=LINE),
            Trouble(why="rate", side="up", value=64.0),
        ),
        (
            Look(up=LINE, down=LineLook(packets=90, narrow_kbps=80.0)),
            Trouble(why="rate", side="down", value=80.0),
        ),
    ],
)
def test_what_is_wrong_is_told_as_measured(seen: Look, trouble: Trouble) -> None:
    line = Line()
    assert [line.take(seen) for _ in range(3)] == [None, None, trouble]


def test_a_long_way_is_usual_for_a_satellite_and_a_full_queue_is_not() -> None:
    def far(rtt: float) -> Look:
        return Look(up=LineLook(packets=300, rtt_ms=rtt), down=LINE)

    line = Line()
    for _ in range(20):
        assert line.take(far(640.0)) is None
    assert [line.take(far(990.0)) for _ in range(3)] == [
        None,
        None,
        Trouble(why="rtt", side="up", value=990.0),
    ]


def test_another_path_is_usual_after_a_minute() -> None:
    def far(rtt: float) -> Look:
        return Look(up=LineLook(packets=300, rtt_ms=rtt), down=LINE)

    line = Line()
    for _ in range(30):
        line.take(far(40.0))
    line.until(far(640.0), "360p")
    assert line.until(far(640.0), "720p") < 60


def test_a_round_trip_that_a_busy_server_measured_is_not_the_lines() -> None:
    def far(rtt: float) -> Look:
        return Look(up=LineLook(packets=300, rtt_ms=rtt), down=LINE)

    line = Line()
    line.take(far(40.0))
    assert all(line.take(far(900.0), EVERY + LATE_MS + 1) is None for _ in range(20))
    assert line.until(far(900.0), "360p") == 3


def test_a_dead_line_says_nothing_of_its_width() -> None:
    line = Line()
    line.take(BAD)
    line.take(BAD)
    assert all(line.take(SILENT) is None for _ in range(10))
    assert line.take(BAD) is None, "what was before is forgotten"
    line = Line("audio")
    line.take(GOOD)
    line.take(GOOD)
    line.take(SILENT)
    assert line.take(GOOD) is None


def test_looks_far_apart_are_not_counted_together() -> None:
    line = Line()
    assert all(line.take(BAD, GAP_MS + 1) is None for _ in range(10))
    assert all(line.take(BAD, -3_600_000) is None for _ in range(10)), "a clock that was set back"


def test_a_share_of_few_packets_is_no_figure() -> None:
    line = Line()
    few = Look(up=LineLook(packets=10, lost_percent=50.0), down=LINE)
    assert all(line.take(few) is None for _ in range(10))


LOOKS = st.sampled_from([GOOD, GOOD, GOOD, FAIR, BAD, BAD, SILENT, look(down=20.0), look(cpu=90.0)])
AFTER = st.sampled_from([EVERY] * 20 + [1_950, 2_050, GAP_MS + 1, 60_000])


def _is_bad(seen: Look) -> bool:
    return any(line is not None and line.lost_percent > 5 for line in (seen.up, seen.down)) or (
        (seen.cpu_percent or 0) > 80
    )


@given(
    st.lists(st.tuples(LOOKS, AFTER), max_size=300),
    st.sampled_from(LEVELS),
    st.sampled_from(LEVELS),
)
def test_whatever_comes(story: list[tuple[Look, int]], level: Level, ceiling: Level) -> None:
    """No step without its looks, one at a time, never above the ceiling by itself."""
    line = Line(level, ceiling)
    since: list[tuple[int, Look]] = []
    """Since the last step, with when each look began."""
    for seen, after in story:
        before = line.level
        began = line.now
        step = line.take(seen, after)
        if after > GAP_MS:
            since.clear()
        since.append((max(began, line.now - EVERY), seen))
        if step is None:
            assert line.level == before
            continue
        assert abs(LEVELS.index(line.level) - LEVELS.index(before)) == 1
        if step == "up":
            assert LEVELS.index(line.level) >= LEVELS.index(ceiling)
            good = [at for at, one in since if one is GOOD]
            assert len(good) >= 3
            first = next(
                at for n, (at, _) in enumerate(since) if all(one is GOOD for _, one in since[n:])
            )
            assert line.now - first >= GOOD_MS - 200, "the first look may have begun later"
        else:
            assert _is_bad(seen)
            assert sum(_is_bad(one) for _, one in since[-5:]) >= 3
        since.clear()


@given(st.lists(st.sampled_from([GOOD, BAD]), min_size=600, max_size=600))
def test_a_picture_does_not_come_and_go(story: list[Look]) -> None:
    """In twenty minutes of any line: steps up are at least 5 s apart, and not more than a few of
    them are in vain."""
    line = Line()
    ups: list[int] = []
    vain = 0
    for seen in story:
        step = line.take(seen)
        if step == "up":
            ups.append(line.now)
        elif step is not None and ups and line.now - ups[-1] < 30_000:
            vain += 1
    assert all(b - a >= GOOD_MS for a, b in pairwise(ups))
    assert vain <= 40


def test_the_worst_line_for_it_sees_the_picture_come_in_vain_a_dozen_times_in_an_hour() -> None:
    """It is good until the picture comes, and bad as soon as it is there."""
    line = Line("360p")
    vain = 0
    for _ in range(1_800):
        if line.take(BAD if line.level == "720p" else GOOD) == "up":
            vain += 1
    assert vain <= 25
