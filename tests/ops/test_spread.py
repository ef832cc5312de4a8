from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vicon.ops.spread import SECONDS, Spread


@given(st.lists(st.floats(0, 100)))
def test_each_figure_is_counted_once_and_below_its_bound(figures: list[float]) -> None:
    spread = Spread()
    for figure in figures:
        spread.note(figure)
    found = spread.rising()
    assert [bound for bound, _ in found] == [*map(str, SECONDS), "+Inf"]
    for bound, count in found:
        assert count == sum(figure <= float(bound) for figure in figures)
    assert spread.sum == sum(figures)
