"""Pictures on a narrow line leave evenly, in order, and none waits for ever."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from vicon.media.sfu.pacer import LONGEST_S, MOST, Pacer

SIZE = 1000
TICK_S = 0.02


class Wire:
    """When each packet left, by its number."""

    def __init__(self) -> None:
        self.left: dict[int, float] = {}

    def sender(self, number: int) -> Callable[[float], None]:
        return lambda now: self.left.__setitem__(number, now)


def burst(pacer: Pacer, wire: Wire, count: int, now: float, owner: object = "camera") -> None:
    first = len(wire.left)
    for number in range(first, first + count):
        pacer.add(owner, number, SIZE, wire.sender(number), now)


def test_a_key_frame_leaves_at_the_rate_that_pictures_have() -> None:
    pacer, wire = Pacer(), Wire()
    pacer.rate = 200_000
    burst(pacer, wire, 10, 1.0)
    assert list(wire.left) == [0], "the first at once"
    for tick in range(1, 100):
        pacer.run(1.0 + tick * TICK_S)
    assert list(wire.left) == list(range(10))
    took = wire.left[9] - 1.0
    ideal = 9 * SIZE * 8 / 200_000
    assert ideal - TICK_S <= took <= ideal + 10 * TICK_S


def test_what_is_too_much_for_the_rate_leaves_faster() -> None:
    pacer, wire = Pacer(), Wire()
    pacer.rate = 30_000
    burst(pacer, wire, 100, 1.0)
    for tick in range(1, 300):
        pacer.run(1.0 + tick * TICK_S)
    assert len(wire.left) == 100
    assert wire.left[30] - 1.0 < LONGEST_S


def test_held_nothing_leaves_but_what_is_released() -> None:
    pacer, wire = Pacer(), Wire()
    pacer.rate, pacer.held = 1_000_000, True
    burst(pacer, wire, 5, 1.0)
    pacer.run(2.0)
    assert not wire.left
    assert pacer.release(1_500, 2.0) == 2_000
    assert list(wire.left) == [0, 1]
    pacer.empty(2.1)
    assert list(wire.left) == list(range(5))
    assert pacer.release(1_000, 2.2) == 0


def test_what_is_dropped_of_one_picture_leaves_the_others() -> None:
    pacer, wire = Pacer(), Wire()
    pacer.held = True
    for number, owner in enumerate(["a", "b", "a", "b"]):
        pacer.add(owner, number, SIZE, wire.sender(number), 1.0)
    assert pacer.drop("a") == 0
    assert pacer.drop("a") is None
    pacer.empty(1.1)
    assert list(wire.left) == [1, 3]


@given(
    st.lists(
        st.tuples(st.integers(1, 400), st.floats(0, 0.5), st.integers(0, 2_000_000)), max_size=20
    )
)
def test_whatever_comes_all_leave_in_order_and_few_wait(
    bursts: list[tuple[int, float, int]],
) -> None:
    pacer, wire, now, came = Pacer(), Wire(), 1.0, 0
    for count, pause, rate in bursts:
        pacer.rate = rate
        for number in range(came, came + count):
            pacer.add("camera", number, SIZE, wire.sender(number), now)
        came += count
        assert came - len(wire.left) <= MOST
        now += pause
        pacer.run(now)
    pacer.empty(now)
    assert list(wire.left) == list(range(came))
    assert list(wire.left.values()) == sorted(wire.left.values())
