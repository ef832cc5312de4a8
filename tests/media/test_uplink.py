"""A hall whose way up carries sound alone: its picture rests, and is tried again now and then."""

from __future__ import annotations

from itertools import groupby

from vicon.media.sfu.uplink import HOLD_S, LONGEST_HOLD_S, TRIED_S, Uplink

SOUND, BOTH, WIDE = 58_000, 62_000, 900_000
"""bit/s"""


def _rests(line: Uplink, seconds: int, carries: int, begin: float) -> list[int]:
    """How many seconds long the picture rests, each time, on a line that carries so much, with 60
    kbit/s of sound and a picture of at least 30."""
    narrow: list[bool] = []
    for second in range(seconds):
        offered = 60_000 + (0 if line.narrow else max(30_000, min(carries, 500_000)))
        lost = max(0.0, 1 - carries / offered)
        line.update(
            min(offered, carries), 50, round(50 * (1 - lost)), not line.narrow, begin + second
        )
        narrow.append(line.narrow)
    return [len(list(run)) for rests, run in groupby(narrow) if rests]


def test_the_tries_become_rare_and_the_sound_has_the_line() -> None:
    line = Uplink()
    held = _rests(line, 600, 64_000, 100.0)
    heard = 1  # second until it rests
    holds = [HOLD_S, 2 * HOLD_S, 4 * HOLD_S, LONGEST_HOLD_S]
    assert held[:4] == [heard + hold for hold in holds]
    assert sum(held) > 0.97 * 600


def test_a_line_that_is_wide_again_has_its_picture_again() -> None:
    line = Uplink()
    _rests(line, 10, 64_000, 100.0)
    assert (line.narrow, line.limited) == (True, True)
    _rests(line, int(HOLD_S) - 5, WIDE, 110.0)
    assert (line.narrow, line.limited) == (False, True), "it is but being tried"
    _rests(line, int(TRIED_S), WIDE, 130.0)
    assert (line.narrow, line.limited) == (False, False)
    assert _rests(line, 60, 64_000, 300.0)[0] == 1 + HOLD_S, "what was long ago does not count"


def test_loss_alone_or_a_single_bad_second_stops_no_picture() -> None:
    line = Uplink()
    for second in range(60):
        line.update(WIDE, 50, 35, True, float(second))
        assert not line.narrow, "a wide line that loses is not helped by a pause"
    for second in range(60, 120):
        line.update(BOTH, 50, 40 if second % 2 else 50, True, float(second))
        assert not line.narrow
    for second in range(120, 180):
        line.update(SOUND, 50, 40, False, float(second))
        assert not line.narrow, "there is no picture to stop"


def test_a_line_that_was_dead_says_nothing_of_its_width() -> None:
    line = Uplink()
    line.update(WIDE, 50, 50, True, 0.0)
    for second in range(1, 20):
        line.update(0, 0, 0, False, float(second))
    line.update(40_000, 1000, 20, True, 20.0)
    line.update(90_000, 52, 48, True, 21.0)
    assert not line.narrow, "what was lost while it was dead was not lost for want of room"
    for second in range(22, 30):
        line.update(100_000, 8, 4, True, float(second))
        assert not line.narrow, "who is silent sends too few packets to tell"


def test_who_cannot_be_told_to_pause_is_not_said_to_have() -> None:
    line = Uplink()
    for second in range(300):
        line.update(BOTH, 50, 40, True, float(second))
        assert not line.limited


def test_who_is_told_late_rests_as_long_as_others() -> None:
    line = Uplink()
    for second in range(15):
        line.update(BOTH, 50, 40, True, float(second))
    assert (line.narrow, line.limited) == (True, False), "it has not heard of it yet"
    for second in range(15, 15 + int(HOLD_S)):
        line.update(SOUND, 50, 50, False, float(second))
        assert (line.narrow, line.limited) == (True, True)
    line.update(SOUND, 50, 50, False, 15 + HOLD_S)
    assert not line.narrow
