"""Whatever the numbers do, what is told stays within what was sent."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vicon.measure.arrivals import Arrivals
from vicon.measure.departures import Departures
from vicon.measure.statistics import lost
from vicon.rtc import rtcp
from vicon.rtc.twcc import Twcc

ORDERS = st.lists(st.integers(0, 400), max_size=400)


@given(ORDERS, st.integers(0, 65535))
def test_arrivals_never_tell_more_than_came(order: list[int], base: int) -> None:
    arrivals = Arrivals(0.0)
    for place, number in enumerate(order):
        arrivals.packet((base + number) & 0xFFFF, place * 0.005, 100)
    told = arrivals.lost(10.0)
    assert arrivals.bytes == 100 * len(order)
    if not order:
        assert told is None
        return
    assert told is not None
    assert told.packets == max(order) - min(order) + 1
    assert told.packets - told.lost == len(set(order))
    assert 0 <= told.reordered <= len(set(order))


@given(st.lists(st.tuples(st.integers(0, 65535), st.floats(0, 12)), max_size=60))
def test_any_numbers_at_any_times_give_feedback_that_can_be_built(
    packets: list[tuple[int, float]],
) -> None:
    arrivals, now = Arrivals(0.0), 0.0
    for number, gap in packets:
        now += gap
        arrivals.packet(number, now, 100)
    for _ in range(50):
        now += 0.1
        packet = arrivals.feedback(now, 1, 2)
        if packet is not None:
            assert rtcp.parse(rtcp.build(packet))
    arrivals.lost(now)


@given(
    st.integers(1, 300),
    st.lists(
        st.tuples(
            st.integers(0, 65535),
            st.lists(st.one_of(st.none(), st.integers(0, 30000)), max_size=120),
            st.integers(0, 2**24 - 1),
        ),
        max_size=12,
    ),
)
def test_no_feedback_makes_departures_lie(
    count: int, feedbacks: list[tuple[int, list[int | None], int]]
) -> None:
    departures = Departures(0.0)
    for place in range(count):
        departures.stamp(place * 0.01, place % 2 == 0)
        departures.sent(place * 0.01, 200)
    for base, arrivals, reference in feedbacks:
        departures.feedback(Twcc(1, 2, base, reference, 0, tuple(arrivals)), 5.0)
    told = departures.lost(60.0, 0.1)
    departures.delay(60.0, 0.1)
    departures.delivered(0.0, 60.0)
    if told is not None:
        assert 0 <= told.lost <= told.packets
        assert told.packets + told.unknown <= count


def test_the_numbers_of_both_ends_wrap_together() -> None:
    departures, arrivals, now = Departures(0.0), Arrivals(0.0), 0.0
    for place in range(70_000):
        now = place * 0.001
        number = departures.stamp(now, True)
        departures.sent(now, 200)
        if place == 60_000:
            departures.mark(now)
            arrivals.mark(now)
        if place % 100:
            arrivals.packet(number, now + 0.02, 200)
        packet = arrivals.feedback(now + 0.02, 1, 2)
        if packet is not None:
            departures.feedback(packet, now + 0.04)
    for told in (departures.lost(now + 1, 0.04), arrivals.lost(now + 1)):
        assert told is not None
        assert told.unknown == 0
        assert told.percent is not None
        assert 0.9 < told.percent < 1.1


@given(st.lists(st.booleans(), max_size=300))
def test_a_share_never_leaves_its_bounds(fates: list[bool]) -> None:
    told = lost([(i * 0.003, was_lost) for i, was_lost in enumerate(fates)], 0, 0)
    assert told.lost == sum(fates)
    for share in (told.percent, told.burst_percent):
        assert share is None or 0 <= share <= 100
    assert told.interval is None or told.interval > 0
    if len(fates) < 50:
        assert told.percent is None
