"""The estimate of a receiver's link, piece by piece; whole calls are in test_gcc_scenarios."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vicon.rtc.gcc import SendSide
from vicon.rtc.gcc.flight import REMEMBERED
from vicon.rtc.gcc.throughput import Throughput
from vicon.rtc.gcc.trend import DelayTrend, Usage
from vicon.rtc.twcc import REFERENCE_MASK, Twcc

LOWEST, HIGHEST = 30_000, 6_000_000


def feedback(base: int, came: list[float | None], count: int = 0) -> Twcc:
    """Times in seconds of the receiver's clock."""
    first = next((at for at in came if at is not None), 0.0)
    reference = int(first / 0.064)
    ticks = tuple(None if at is None else round((at - reference * 0.064) * 4000) for at in came)
    return Twcc(1, 2, base & 0xFFFF, reference & REFERENCE_MASK, count & 255, ticks)


def steady(
    side: SendSide, start: float, seconds: float, delay: float = 0.05, tick: bool = True
) -> float:
    """Every 10 ms a packet of 1,000 bytes (800 kbit/s), every 100 ms feedback; returns the end."""
    sent: list[tuple[int, float]] = []
    for i in range(int(seconds * 100)):
        now = start + i * 0.01
        sent.append((side.sent(1000, now), now))
        if tick:
            side.tick(now)
        if len(sent) == 10:
            came: list[float | None] = [at + delay + 500 for _, at in sent]
            side.on_feedback(feedback(sent[0][0], came), now + 2 * delay)
            sent.clear()
    return start + seconds


def test_numbers_go_on_over_the_wrap_and_their_feedback_is_understood() -> None:
    side = SendSide(0.0, 500_000)
    side.limited(0)
    numbers = [side.sent(100, 0.0) for _ in range(65_500)]
    assert numbers[:2] == [1, 2]
    steady(side, 1.0, 2.0)
    assert side.ignored == 0
    assert side.sent(100, 3.0) < 1000
    assert side.acknowledged == pytest.approx(800_000, rel=0.05)


def test_feedback_of_unknown_packets_is_ignored() -> None:
    side = SendSide(0.0, 500_000)
    side.on_feedback(feedback(1, [1.0, 1.1]), 1.0)
    for i in range(10):
        side.sent(1000, i / 100)
    side.on_feedback(feedback(40_000, [1.0, None, 1.2]), 1.0)
    assert side.ignored == 2
    assert side.target == 500_000
    assert side.acknowledged is None


def test_round_trip_is_taken_from_feedback_until_reports_say_better() -> None:
    side = SendSide(0.0, 500_000)
    end = steady(side, 0.0, 1.0, delay=0.05)
    assert side.round_trip == pytest.approx(0.1, abs=0.01)
    side.on_round_trip(0.2, end)
    assert side.round_trip == 0.2
    side.on_round_trip(0.3, end)
    assert 0.2 < side.round_trip < 0.3


def test_a_lost_feedback_is_no_lost_packet() -> None:
    side = SendSide(0.0, 800_000)
    end = steady(side, 0.0, 2.0)
    for i in range(30):  # of these no feedback comes
        side.sent(1000, end + i / 100)
    steady(side, end + 0.3, 1.0)
    assert side.loss == 0.0
    assert side.acknowledged == pytest.approx(800_000, rel=0.1)


def test_a_packet_told_of_later_was_not_lost() -> None:
    side = SendSide(0.0, 800_000)
    for i in range(60):
        side.sent(1000, i / 50)
        if i % 20 == 19:
            came: list[float | None] = [j / 50 + 0.1 for j in range(i - 19, i + 1)]
            side.on_feedback(feedback(i - 18, [None, None, None, *came[3:]]), i / 50 + 0.1)
            side.on_feedback(feedback(i - 18, came), i / 50 + 0.11)
    assert side.loss == 0.0
    assert side.acknowledged == pytest.approx(400_000, rel=0.1)


def test_without_feedback_the_rate_falls_while_something_is_sent() -> None:
    side = SendSide(0.0, 800_000)
    side.limited(0)
    now = steady(side, 0.0, 2.0)
    for _ in range(200):  # nothing sent: nothing to be told
        now += 0.02
        side.tick(now)
    assert side.target > 700_000
    for _ in range(500):
        now += 0.02
        side.sent(1000, now)
        side.tick(now)
    assert side.target < 100_000


def test_a_receiver_with_remb_alone_is_believed_and_probed() -> None:
    side = SendSide(0.0, 300_000)
    side.on_remb(700_000, 1.0)
    assert side.target == 700_000
    side.tick(1.02)
    assert side.probing(1.02)
    padding = 0
    for i in range(400):
        ask = side.probe(1.02 + i * 0.005)
        if ask is not None:
            padding += ask[1]
            side.sent(ask[1], 1.02 + i * 0.005, ask[0])
    assert not side.probing(3.0)
    assert padding == side.padding == pytest.approx(1.2 * 1.5 * 700_000 / 8, rel=0.05)
    side.limited(600_000)
    side.tick(20.0)
    assert not side.probing(20.0)


def test_reported_losses_alone_lower_and_raise_the_rate() -> None:
    side = SendSide(0.0, 500_000)
    side.limited(1_000_000)
    for second in range(1, 10):
        side.on_loss(0.2, float(second))
    fallen = side.target
    assert fallen < 300_000
    for second in range(10, 60):
        side.on_loss(0.0, float(second))
    assert 1_000_000 < side.target < 1_300_000


def test_a_remb_is_a_limit_beside_feedback_until_it_is_old() -> None:
    side = SendSide(0.0, 800_000)
    end = steady(side, 0.0, 1.0)
    side.on_remb(100_000, end)
    assert side.target == 100_000
    end = steady(side, end, 12.0)
    assert side.target > 700_000


def test_a_probe_asks_for_what_the_media_leaves() -> None:
    side = SendSide(0.0, 800_000)
    side.limited(10_000_000)
    now = steady(side, 0.0, 0.4, tick=False)
    side.tick(now)
    assert side.probing(now)
    start, media = side.octets, 0
    while side.probing(now):
        ask = side.probe(now)
        if ask is not None:
            assert ask[1] < 10_000
            side.sent(ask[1], now, ask[0])
        elif media < 5:
            media += 1
            side.sent(1000, now)
        now += 0.005
    # Three times 800 kbit/s for 60 ms, media included.
    assert side.octets - start == pytest.approx(18_000, rel=0.15)
    assert side.padding == side.octets - start - 1000 * media


def first_look(side: SendSide, line: float, told: float = 1.0, delay: float = 0.05) -> float:
    """What it sends before anything else goes over a line of so many bit/s, and comes back but for
    the last part of it; once more, if it looks again. Returns the time of the last answer."""
    side.open(0.0)
    now = 0.0
    while side.probing(now):
        now = _look(side, line, told, delay, now)
    return now


def _look(side: SendSide, line: float, told: float, delay: float, now: float) -> float:
    free, sent = now, list[tuple[int, float]]()
    while side.probing(now):
        ask = side.probe(now)
        octets = ask[1] if ask is not None else 0
        while octets > 0 and ask is not None:
            free = max(free, now) + 300 * 8 / line
            sent.append((side.sent(300, now, ask[0]), free + delay))
            octets -= 300
        now += 0.005
    heard = sent[: int(told * len(sent))]
    if heard:
        now = max(now, heard[-1][1]) + delay
        side.on_feedback(feedback(heard[0][0], [at + 500 for _, at in heard]), now)
    return now


@pytest.mark.parametrize("line", [100_000, 300_000, 700_000])
@pytest.mark.parametrize("start", [300_000, 2_800_000])
def test_the_first_look_shows_a_narrow_line(line: int, start: int) -> None:
    side = SendSide(0.0, start)
    now = first_look(side, line)
    assert not side.opening(now)
    assert 0.8 * line < side.target <= line


def test_the_first_looks_at_a_wide_line_raise_the_start_and_go_on() -> None:
    side = SendSide(0.0, 300_000)
    now = first_look(side, 20_000_000)
    assert not side.opening(now)
    assert side.target == 3_000_000, "in two steps"
    probed = False
    for _ in range(5):
        now = steady(side, now, 0.1)
        probed = probed or side.probing(now)
    assert probed, "the next look follows at once"


def test_a_look_is_over_though_all_was_answered_before_its_end() -> None:
    """A near receiver answers at once: no further feedback comes, since nothing else is sent."""
    side = SendSide(0.0, 300_000)
    side.open(0.0)
    now = 0.0
    for _ in range(60):
        ask = side.probe(now)
        octets = ask[1] if ask is not None else 0
        arrivals = list[float | None]()
        while octets > 0 and ask is not None:
            number = side.sent(300, now, ask[0])
            arrivals.append(now + 500.0005)
            octets -= 300
        if arrivals:
            first = number - len(arrivals) + 1
            side.on_feedback(feedback(first, arrivals), now + 0.001)
        now += 0.005
    assert not side.opening(now), "two looks of 60 ms"
    assert side.target == 3_000_000


@pytest.mark.parametrize("at", [0, 5, 11, 17])
def test_a_receiver_that_was_busy_once_is_on_no_narrow_line(at: int) -> None:
    """What came meanwhile it finds at once, a tenth of a second late."""
    side = SendSide(0.0, 2_800_000)
    side.open(0.0)
    now, sent = 0.0, list[tuple[int, float]]()
    while side.probing(now):
        ask = side.probe(now)
        octets = ask[1] if ask is not None else 0
        while octets > 0 and ask is not None:
            sent.append((side.sent(300, now, ask[0]), now + 500))
            octets -= 300
        now += 0.005
    assert len(sent) > 40
    busy_until = sent[at][1] + 0.1
    side.on_feedback(
        feedback(
            sent[0][0],
            [max(came, busy_until) if i >= at else came for i, (_, came) in enumerate(sent)],
        ),
        now + 0.1,
    )
    assert not side.opening(now + 0.1)
    assert side.target == 2_800_000


@pytest.mark.parametrize(("told", "least", "most"), [(0.0, 80_000, 90_000), (0.5, 80_000, 100_000)])
def test_a_first_look_that_is_hardly_answered_begins_low(
    told: float, least: int, most: int
) -> None:
    side = SendSide(0.0, 300_000)
    first_look(side, 100_000, told)
    assert side.opening(0.7)
    side.tick(0.9)
    assert not side.opening(0.9)
    assert least <= side.target <= most


def test_a_probe_that_nobody_sends_ends() -> None:
    side = SendSide(0.0, 800_000)
    now = steady(side, 0.0, 0.4, tick=False)
    side.tick(now)
    assert side.probing(now)
    steady(side, now, 0.4)
    assert not side.probing(now + 0.4)


def test_another_way_is_learned_anew() -> None:
    """From a way of 50 ms to one of 400 ms: no queue, no fall, and a probe."""
    side = SendSide(0.0, 800_000)
    side.limited(0)
    now = steady(side, 0.0, 3.0)
    before = side.target
    side.moved(now)
    side.limited(10_000_000)
    probed = False
    for _ in range(10):
        now = steady(side, now, 0.1, delay=0.4)
        probed = probed or side.probing(now)
    assert probed
    assert side.target >= before
    assert side.queue < 0.01
    assert side.round_trip == pytest.approx(0.8, abs=0.01)


def test_what_fills_the_queue_shows_as_overuse() -> None:
    trend, seen = DelayTrend(), set[Usage]()
    for i in range(150):
        at = i * 0.02
        trend.add(at, 7.0 + max(0.0, at - 1.0) * 0.2)
        seen.add(trend.update(at))
        if at < 1.0:
            assert seen == {Usage.NORMAL}
    assert Usage.OVER in seen
    assert trend.queue == pytest.approx(0.39, abs=0.03)


def test_bursts_that_drain_do_not_show_as_overuse() -> None:
    trend = DelayTrend()
    for i in range(500):
        trend.add(i * 0.02, 7.0 + 0.03 * (i % 3))
        assert trend.update(i * 0.02) is not Usage.OVER


def test_a_clock_that_is_set_begins_a_new_base() -> None:
    trend = DelayTrend()
    for i in range(100):
        assert trend.add(i * 0.02, 7.0)
    assert not trend.add(2.0, -500.0)
    assert trend.add(2.02, -500.0)
    trend.update(2.02)
    assert trend.queue == 0.0


def test_throughput_over_a_pause_begins_anew() -> None:
    flow = Throughput()
    for i in range(20):
        flow.more(1000, 1000)
        flow.add(i / 10, i / 10 + 5)
    assert flow.over(0.5) == pytest.approx((80_000, 80_000))
    flow.more(50_000, 0)
    flow.add(10.0, 15.0)
    assert flow.over(0.5) is None


TIMES = st.floats(-1.0, 3.0)
ARRIVALS = st.lists(st.one_of(st.none(), st.integers(-(10**6), 10**6)), max_size=40)
STEPS = st.one_of(
    st.tuples(st.just("sent"), st.integers(1, 1500), st.integers(1, 80)),
    st.tuples(st.just("feedback"), st.integers(0, 65535), st.integers(0, 2**24 - 1), ARRIVALS),
    st.tuples(st.just("answer"), st.integers(-50, 50), st.integers(0, 2**24 - 1), ARRIVALS),
    st.tuples(st.just("remb"), st.integers(0, 2**60)),
    st.tuples(st.just("loss"), st.floats(-1, 2)),
    st.tuples(st.just("trip"), st.floats(0, 100)),
    st.tuples(st.just("limited"), st.integers(0, 10**8)),
    st.tuples(st.just("tick")),
    st.tuples(st.just("probe")),
)


def take(side: SendSide, step: tuple[Any, ...], last: int, now: float) -> int:
    """Returns the number sent last."""
    match step:
        case ("sent", size, count):
            for i in range(count):
                last = side.sent(size, now + i / 1000)
        case ("feedback", base, reference, came):
            side.on_feedback(Twcc(1, 2, base, reference, 0, tuple(came)), now)
        case ("answer", behind, reference, came):
            base = (last - behind) & 0xFFFF
            side.on_feedback(Twcc(1, 2, base, reference, 0, tuple(came)), now)
        case ("remb", bitrate):
            side.on_remb(bitrate, now)
        case ("loss", fraction):
            side.on_loss(fraction, now)
        case ("trip", seconds):
            side.on_round_trip(seconds, now)
        case ("limited", wanted):
            side.limited(wanted)
        case ("tick",):
            side.tick(now)
        case _:
            ask = side.probe(now) if side.probing(now) else None
            if ask is not None:
                assert 0 < ask[1] < HIGHEST / 8
                last = side.sent(ask[1], now, ask[0])
    return last


@settings(max_examples=150)
@given(st.lists(st.tuples(STEPS, TIMES), max_size=60), st.integers(0, 10**8))
def test_whatever_comes_the_target_stays_within_its_bounds(
    steps: list[tuple[tuple[Any, ...], float]], start: int
) -> None:
    side, now, last = SendSide(0.0, start), 0.0, 0
    for step, elapsed in steps:
        now += elapsed if elapsed > 1 else elapsed / 50
        last = take(side, step, last, now)
        assert LOWEST <= side.target <= HIGHEST
        assert 0.0 <= side.loss <= 1.0
        assert side.queue >= 0.0
        assert side.acknowledged is None or side.acknowledged >= 0


def test_memory_is_bounded() -> None:
    side = SendSide(0.0, 500_000)
    for i in range(60_000):
        number = side.sent(1000, i / 5000)
        if i % 50 == 49:
            side.on_feedback(feedback(number - 49, [None, i / 5000] * 25), i / 5000 + 0.1)
    assert len(side._times) == len(side._sizes) == REMEMBERED
    assert len(side._lost) <= 512
    assert len(side._throughput._entries) <= 64
