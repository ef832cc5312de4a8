"""Packets as they come to whole frames in their order, and when each was taken."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vicon.media.record.order import MOST_PACKETS, VIDEO_WAIT_S, Frame, Order, Piece
from vicon.media.record.timing import SenderClock, StreamClock

TICKS = 3000
KEY_EVERY = 7


def frame_of(number: int, count: int) -> list[tuple[bool, bool, bytes]]:
    """Start, marker, payload of each packet of a picture."""
    return [(part == 0, part == count - 1, b"%d.%d" % (number, part)) for part in range(count)]


class Sent:
    """What a sender sent: numbers that wrapped, timestamps that do."""

    def __init__(self, counts: list[int], first: int, ticks: int) -> None:
        self.packets: list[tuple[int, Piece]] = []
        self.frames: list[tuple[bytes, ...]] = []
        number = first
        for index, count in enumerate(counts):
            payloads = []
            for start, marker, payload in frame_of(index, count):
                timestamp = (ticks + TICKS * index) & 0xFFFFFFFF
                key = start and index % KEY_EVERY == 0
                piece = Piece(timestamp, index / 30, marker, start, key, payload)
                self.packets.append((number, piece))
                payloads.append(payload)
                number += 1
            self.frames.append(tuple(payloads))


COUNTS = st.lists(st.integers(1, 5), min_size=1, max_size=40)
FIRST = st.sampled_from([65_536, 65_530 + 65_536, 131_000])
TIMESTAMPS = st.sampled_from([0, 0xFFFFFFFF - 5 * TICKS, 0x7FFFFFFF])


def read(order: Order, packets: list[tuple[int, Piece]], step: float = 0.001) -> list[Frame]:
    found: list[Frame] = []
    for place, (number, piece) in enumerate(packets):
        order.add(number, piece)
        found += order.take(place * step)
    for late in range(4):
        found += order.take(len(packets) * step + (late + 1) * (VIDEO_WAIT_S + 0.01))
    return found


@given(counts=COUNTS, first=FIRST, ticks=TIMESTAMPS, data=st.data())
def test_every_picture_comes_out_whole_and_in_order_whatever_the_order_of_coming(
    counts: list[int], first: int, ticks: int, data: st.DataObject
) -> None:
    sent = Sent(counts, first, ticks)
    held = list(sent.packets)
    shuffled = [held.pop(0)]  # with which a stream begins
    while held:  # none overtakes more than six others; some come twice
        place = data.draw(st.integers(0, min(6, len(held) - 1)))
        shuffled.append(held.pop(place))
        if data.draw(st.integers(0, 9)) == 0:
            shuffled.append(shuffled[-1])
    found = read(Order(video=True), shuffled)
    assert [frame.payloads for frame in found] == sent.frames
    assert [frame.key for frame in found] == [n % KEY_EVERY == 0 for n in range(len(counts))]


@given(counts=COUNTS, first=FIRST, ticks=TIMESTAMPS, data=st.data())
def test_what_is_lost_for_good_breaks_nothing_after_the_next_key_frame(
    counts: list[int], first: int, ticks: int, data: st.DataObject
) -> None:
    sent = Sent(counts, first, ticks)
    lost = data.draw(st.sets(st.sampled_from([n for n, _ in sent.packets]), max_size=6))
    found = read(Order(video=True), [one for one in sent.packets if one[0] not in lost], 0.02)
    shown = [sent.frames.index(frame.payloads) for frame in found]
    assert shown == sorted(set(shown)), "in their order, each once, and none of them broken"
    broken = set[int]()
    number = first
    for index, count in enumerate(counts):
        if any(n in lost for n in range(number, number + count)):
            broken.add(index)
        number += count
    # A picture is shown only where all since its key frame are.
    for index in shown:
        key = index - index % KEY_EVERY
        assert not broken & set(range(key, index + 1))


def test_sound_goes_on_after_a_gap() -> None:
    order = Order(video=False)
    for number in (10, 11, 14, 15):
        order.add(number, Piece(960 * number, 0.0, False, False, False, b"%d" % number))
    assert [frame.payloads for frame in order.take(0.0)] == [(b"10",), (b"11",)]
    assert order.take(0.1) == []
    assert [frame.payloads for frame in order.take(0.5)] == [(b"14",), (b"15",)]
    assert order.lost == 1


def test_a_number_that_holds_nothing_is_no_gap() -> None:
    order = Order(video=True)
    pieces = [
        Piece(0, 0.0, True, True, True, b"a"),
        None,
        Piece(TICKS, 0.1, True, True, False, b"b"),
    ]
    for number, piece in enumerate(pieces):
        order.add(number, piece)
    assert [frame.payloads for frame in order.take(0.0)] == [(b"a",), (b"b",)]


def test_it_holds_only_so_much() -> None:
    order = Order(video=True)
    for number in range(1, 2 * MOST_PACKETS):
        order.add(number, Piece(0, 0.0, False, number == 1, number == 1, b"x"))
        order.take(0.0)
        assert len(order._held) <= MOST_PACKETS + 1


@given(
    start=st.sampled_from([0, 0xFFFFFF00, 0x7FFFFFF0]),
    behind=st.floats(-5e8, 5e8),
    delays=st.lists(st.floats(0.02, 0.2), min_size=200, max_size=400),
    lag=st.floats(0.0, 0.1),
)
def test_sound_and_picture_of_one_sender_are_in_step_whatever_its_clock_and_line(
    start: int, behind: float, delays: list[float], lag: float
) -> None:
    """`behind`: the sender's clock; `lag`: the picture takes longer on its way."""
    sender = SenderClock()
    sound, picture = StreamClock(48_000, sender), StreamClock(90_000, sender)
    sound.report(int((1e9 + behind) * 2**32), start)
    picture.report(int((1e9 + behind) * 2**32), start)
    for place, delay in enumerate(delays):
        taken = place * 0.02
        heard = sound.time(start + round(taken * 48_000), 100.0 + taken + delay)
        seen = picture.time(start + round(taken * 90_000), 100.0 + taken + delay + lag)
        assert abs(heard - seen) < 0.005 or place < 150
    # The soonest packets tell the distance.
    assert 0.019 < heard - (100.0 + taken) < 0.2


@given(drift=st.sampled_from([-200e-6, 0.0, 100e-6]))
def test_a_clock_that_runs_wrongly_is_followed(drift: float) -> None:
    sender = SenderClock()
    stream = StreamClock(48_000, sender)
    for second in range(600):
        taken = second * (1 + drift)
        stream.report(int((1e6 + taken) * 2**32), round(taken * 48_000) & 0xFFFFFFFF)
        at = stream.time(round(taken * 48_000), second + 0.03)
    assert abs(at - (second + 0.03)) < 0.02


def test_before_the_first_report_packets_stand_where_they_came() -> None:
    stream = StreamClock(90_000, SenderClock())
    start = 0xFFFFFFFF - 90_000
    times = [
        stream.time((start + 3000 * n) & 0xFFFFFFFF, 50 + n / 30 + (n % 3) * 0.01)
        for n in range(90)
    ]
    assert not stream.known
    assert all(abs(at - (50 + n / 30)) < 0.001 for n, at in enumerate(times[10:], 10))
