"""The E-model against the check values of its fit, and the order that it must keep."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vicon.trial import emodel

RTT = st.floats(0, 20_000)
JITTER = st.floats(0, 5_000)
LOSS = st.floats(0, 1)


@pytest.mark.parametrize(
    ("rtt", "loss", "expected"),
    [
        (50, 0.0, 4.38),
        (150, 0.01, 4.21),
        (300, 0.03, 3.86),
        (300, 0.05, 3.62),
        (500, 0.01, 3.60),
        (500, 0.05, 2.95),
        (500, 0.10, 2.46),
    ],
)
def test_check_values(rtt: float, loss: float, expected: float) -> None:
    assert emodel.mos(rtt, 0, loss) == pytest.approx(expected, abs=0.01)


@given(RTT, JITTER, LOSS, st.floats(0, 20_000), st.floats(0, 5_000), st.floats(0, 1))
def test_it_never_rises_as_anything_gets_worse(
    rtt: float, jitter: float, loss: float, farther: float, rougher: float, more: float
) -> None:
    """One alone, and all in any combination."""
    before = emodel.mos(rtt, jitter, loss)
    for worse in (
        emodel.mos(rtt + farther, jitter, loss),
        emodel.mos(rtt, jitter + rougher, loss),
        emodel.mos(rtt, jitter, min(1.0, loss + more)),
        emodel.mos(rtt + farther, jitter + rougher, min(1.0, loss + more)),
    ):
        assert worse <= before + 1e-9


@given(RTT, JITTER, LOSS)
def test_it_stays_within_the_scale(rtt: float, jitter: float, loss: float) -> None:
    assert 1.0 <= emodel.mos(rtt, jitter, loss) <= 4.5
    assert 0.0 <= emodel.rating(emodel.one_way(rtt, jitter), loss) <= 100.0


def test_the_knee_has_no_step() -> None:
    below, above = (emodel.rating(emodel.KNEE_MS + by, 0) for by in (-0.001, 0.001))
    assert below == pytest.approx(above, abs=0.001)


def test_one_way_is_half_the_round_trip_and_what_the_buffer_holds() -> None:
    assert emodel.one_way(100, 10) == 50 + 20 + 30


def test_a_share_beyond_its_range_is_held_in_it() -> None:
    assert emodel.rating(50, -0.1) == emodel.rating(50, 0)
    assert emodel.rating(50, 1.5) == emodel.rating(50, 1)
