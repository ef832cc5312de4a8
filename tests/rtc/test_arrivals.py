"""What publishers are told of their packets' arrival."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from vicon.rtc import rtcp
from vicon.rtc.arrivals import AGAIN, MOST_PER_FEEDBACK, Arrivals
from vicon.rtc.twcc import REFERENCE_TICKS, TICKS_PER_SECOND, Twcc

TICK = 1 / TICKS_PER_SECOND


def told(packets: list[Twcc]) -> dict[int, float | None]:
    """16-bit number -> when it came, as a sender reads it from the wire."""
    found: dict[int, float | None] = {}
    for packet in packets:
        (read,) = rtcp.parse(rtcp.build(packet))
        assert isinstance(read, Twcc)
        for place, ticks in enumerate(read.arrivals):
            number = (read.base + place) & 0xFFFF
            at = None if ticks is None else (read.reference * REFERENCE_TICKS + ticks) * TICK
            found[number] = at if found.get(number) is None else found[number]
    return found


def test_arrivals_and_losses_are_told_over_the_wrap() -> None:
    arrivals = Arrivals()
    came = {65533: 5.0, 65534: 5.01, 0: 5.02, 1: 5.2, 4: 5.3}
    for number, at in came.items():
        arrivals.on_packet(number, at)
    assert len(arrivals) == 8
    (packet,) = arrivals.feedback(1, 2, 5.31)
    assert packet[:3] == (1, 2, 65533)
    seen = told([packet])
    assert [number for number, at in seen.items() if at is None] == [65535, 2, 3]
    assert all(abs((seen[number] or 0) - at) < TICK for number, at in came.items())
    assert arrivals.feedback(1, 2, 5.4) == []


def test_a_late_packet_is_told_again() -> None:
    arrivals = Arrivals()
    for number in (10, 12, 13):
        arrivals.on_packet(number, 1.0 + number / 100)
    first = arrivals.feedback(1, 2, 1.2)
    arrivals.on_packet(11, 1.25)
    arrivals.on_packet(11, 1.9)  # a copy
    again = arrivals.feedback(1, 2, 1.3)
    assert told(first)[11] is None
    assert abs((told(again)[11] or 0) - 1.25) < TICK
    assert [packet.number for packet in first + again] == [1, 2]


def test_a_pause_longer_than_a_delta_can_say_is_split() -> None:
    arrivals = Arrivals()
    arrivals.on_packet(1, 100.0)
    arrivals.on_packet(2, 109.0)
    packets = arrivals.feedback(1, 2, 109.1)
    assert len(packets) == 2
    assert {n: round(at or 0) for n, at in told(packets).items()} == {1: 100, 2: 109}


def test_a_jump_of_numbers_begins_anew() -> None:
    arrivals = Arrivals()
    arrivals.on_packet(100, 1.0)
    arrivals.on_packet(30_000, 1.1)
    arrivals.on_packet(30_001, 1.2)
    assert list(told(arrivals.feedback(1, 2, 1.3))) == [30_000, 30_001]


def test_much_is_told_in_several_that_each_fit_into_a_packet() -> None:
    arrivals = Arrivals()
    lottery = random.Random(5)
    for number in range(2000):
        if lottery.random() > 0.3:
            arrivals.on_packet(number, number / 2 + lottery.random())
    packets = arrivals.feedback(1, 2, 1001.0)
    assert all(len(rtcp.build(packet)) <= 1200 for packet in packets)
    assert sum(len(packet.arrivals) for packet in packets) >= 1990
    assert all(len(packet.arrivals) <= MOST_PER_FEEDBACK for packet in packets)


def test_without_anybody_asking_memory_stays_small() -> None:
    arrivals = Arrivals()
    for number in range(200_000):
        arrivals.on_packet(number & 0xFFFF, number / 1000)
    assert arrivals.dropped
    assert len(arrivals._came) <= 4096
    arrivals.feedback(1, 2, 200.0)
    assert len(arrivals._came) <= AGAIN


STEPS = st.lists(
    st.tuples(st.integers(0, 65535), st.floats(0, 20), st.booleans()), min_size=1, max_size=60
)


@given(STEPS, st.integers(0, 65535))
def test_any_arrivals_make_feedback_that_can_be_sent(
    steps: list[tuple[int, float, bool]], first: int
) -> None:
    arrivals, now, number = Arrivals(), 1e6, first
    for step, pause, ask in steps:
        number = (number + (step if step % 7 == 0 else step % 9 - 3)) & 0xFFFF
        now += pause if step % 5 == 0 else pause / 1000
        arrivals.on_packet(number, now)
        if ask:
            told(arrivals.feedback(1, 2, now))
            assert len(arrivals) == 0
    told(arrivals.feedback(1, 2, now))
    assert len(arrivals) == 0
