from __future__ import annotations

import pytest

from vicon.media.lateness import Lateness


def test_one_long_pause_counts_for_more_than_many_short_ones() -> None:
    late = Lateness()
    assert late.take() is None
    for _ in range(50):
        late.note(-0.001, 0.019)
    assert late.take() == 0
    late.note(0.4, 0.42)
    for _ in range(5):
        late.note(0.0, 0.02)
    assert late.take() == pytest.approx(1000 * 0.16 / 0.52)
    for _ in range(40):
        late.note(0.005, 0.025)
    assert (late.take() or 0) < 1.1
    assert late.take() is None
