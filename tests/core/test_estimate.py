"""A room's figure by its camera: the median of five looks, or nothing and why."""

from __future__ import annotations

from statistics import median_high

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vicon.core.estimate import STALE, WINDOW, Estimate, Estimated, Look, Quality, crowded

EVERY = 10.0


def looked(*counts: int | None, quality: Quality = "dark") -> Estimate:
    """One look every ten seconds; None: of that quality."""
    estimate = Estimate(EVERY)
    for n, count in enumerate(counts):
        estimate.take(Look(n * EVERY, count, "ok" if count is not None else quality))
    return estimate


@given(st.lists(st.integers(0, 40), min_size=1, max_size=20))
def test_it_is_the_median_of_the_last_five(counts: list[int]) -> None:
    now = (len(counts) - 1) * EVERY
    assert looked(*counts).read(now) == Estimated(median_high(counts[-WINDOW:]), "ok", now)


def test_a_face_missed_or_made_up_once_changes_nothing() -> None:
    assert looked(12, 12, 13, 12, 11).read(40).count == 12
    assert looked(12, 12, 0, 12, 12).read(40).count == 12


def test_thirteen_are_seen_within_three_looks() -> None:
    assert looked(12, 12, 12, 12, 12, 13, 13, 13).read(70).count == 13


@pytest.mark.parametrize("quality", ["off", "dark", "covered", "frozen"])
def test_what_cannot_be_known_is_nothing_and_never_0(quality: Quality) -> None:
    assert looked(9, 9, 9, None, quality=quality).read(30) == Estimated(None, quality, 30)
    assert looked(9, 9, 9, None, 9, quality=quality).read(40) == Estimated(9, "ok", 40)


def test_an_empty_hall_is_0() -> None:
    assert looked(0, 0, 0).read(20) == Estimated(0, "ok", 20)


def test_a_figure_grows_old() -> None:
    estimate = looked(9, 9, 9)
    assert estimate.read(20 + STALE * EVERY) == Estimated(9, "ok", 20)
    assert estimate.read(20 + STALE * EVERY + 1) == Estimated(None, "stale", 20)
    assert Estimate(EVERY).read(0) == Estimated(None, "stale", None)


def test_who_was_there_before_a_long_pause_is_not_counted_now() -> None:
    estimate = looked(9, 9, 9, 9)
    estimate.take(Look(600.0, 2, "ok"))
    assert estimate.read(600.0).count == 2


def test_a_crowd_is_said_to_be_one() -> None:
    assert crowded([15.0] * 4 + [30.0] * 6, 1280)
    assert not crowded([15.0] * 4 + [30.0] * 6, 640), "half the pixels for the same faces"
    assert not crowded([], 1280)
    estimate = Estimate(EVERY)
    estimate.take(Look(0.0, 30, "crowded"))
    assert estimate.read(0.0) == Estimated(30, "crowded", 0.0)


@pytest.mark.parametrize(
    "bad", [Look(5.0, 3, "ok"), Look(50.0, None, "ok"), Look(50.0, 0, "dark"), Look(50.0, -1, "ok")]
)
def test_a_look_that_cannot_be_is_refused(bad: Look) -> None:
    estimate = looked(9, 9)
    with pytest.raises(ValueError, match=r"look|count"):
        estimate.take(bad)
    assert estimate.read(10).count == 9
