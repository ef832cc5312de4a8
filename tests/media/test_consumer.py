"""What a receiver sees of a slot: one stream without seams, whatever happens to its sources."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vicon.media.sfu.layer import AudioLayer, VideoLayer
from vicon.media.sfu.meter import OVERHEAD
from vicon.media.sfu.pacer import Pacer
from vicon.media.sfu.picture import TOLD_FRAMES, VideoConsumer
from vicon.media.sfu.retransmit import Retransmissions
from vicon.media.sfu.sound import AudioConsumer
from vicon.rtc.negotiate import Choice
from vicon.rtc.rtcp import Pli, SenderReport
from vicon.rtc.rtcp import parse as parse_rtcp
from vicon.rtc.rtp import HEADER, Packet, parse, rtx_original, sequence_distance
from vicon.rtc.sdp import Codec
from vicon.rtc.vp8 import parse_descriptor

FRAME = 3
"""Packets of one."""


def choice(kind: str, ssrc: int) -> Choice:
    codec = Codec(96, "VP8", 90_000) if kind == "video" else Codec(111, "opus", 48_000, 2)
    return Choice(
        mid="0",
        kind=kind,
        codec=codec,
        rtx=None,
        ssrc=ssrc,
        rtx_ssrc=None,
        level_id=1 if kind == "audio" else None,
        send_time_id=None,
        mid_id=None,
    )


@dataclass
class Source:
    """A camera: frames with a PictureID of its own and TL0PICIDX, key frames when asked for."""

    ssrc: int
    sequence: int = 65_530
    picture: int = 32_766
    timestamp: int = 0
    key: bool = True
    asked: int = 0
    layer: VideoLayer = field(init=False)

    def __post_init__(self) -> None:
        self.layer = VideoLayer(choice("video", self.ssrc), 1, self._hear, "", self.ssrc)

    def _hear(self, data: bytes) -> None:
        if any(isinstance(packet, Pli) for packet in parse_rtcp(data)):
            self.asked += 1
            self.key = True

    def frame(self) -> list[bytes]:
        packets = []
        for index in range(FRAME):
            descriptor = bytes([0x90 if index == 0 else 0x80, 0xC0])
            descriptor += (0x8000 | self.picture & 0x7FFF).to_bytes(2, "big")
            descriptor += bytes([self.picture & 0xFF, 0 if self.key else 1])
            body = self.ssrc.to_bytes(4, "big") + self.picture.to_bytes(4, "big") + bytes([index])
            packets.append(
                Packet(
                    96,
                    self.sequence & 0xFFFF,
                    self.timestamp,
                    self.ssrc,
                    descriptor + body,
                    index == FRAME - 1,
                ).build()
            )
            self.sequence += 1
        self.picture += 1
        self.timestamp = (self.timestamp + 3000) & 0xFFFFFFFF
        self.key = False
        return packets

    def deliver(self, packet: bytes, now: float) -> None:
        _, second, sequence, timestamp, _ = HEADER.unpack_from(packet)
        self.layer.receive(packet, second, sequence, timestamp, now)

    def play(self, now: float) -> None:
        for packet in self.frame():
            self.deliver(packet, now)


@dataclass
class Slot:
    """A consumer and what it sent."""

    rtx: bool = True
    sent: list[Packet] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    consumer: VideoConsumer = field(init=False)

    def __post_init__(self) -> None:
        self.consumer = VideoConsumer(
            ssrc=77,
            types={"vp8": (96, 97 if self.rtx else None)},
            clock_rate=90_000,
            first_sequence=32_760,
            send=self._took,
            again=Retransmissions(78, 5),
        )

    def _took(self, packet: bytes) -> None:
        self.raw.append(packet)
        self.sent.append(parse(packet))

    def media(self) -> list[Packet]:
        return [packet for packet in self.sent if packet.ssrc == 77]


def source_of(packet: Packet) -> int:
    """SSRC of the camera that it came from."""
    start = parse_descriptor(packet.payload).length + 1
    return int.from_bytes(packet.payload[start : start + 4], "big")


def seamless(packets: list[Packet]) -> None:
    """In the order of their numbers: no gap, no repetition, time and pictures going on."""
    for before, after in pairwise(packets):
        assert sequence_distance(after.sequence, before.sequence) == 1
        older, newer = parse_descriptor(before.payload), parse_descriptor(after.payload)
        assert older.picture_id is not None
        assert newer.picture_id is not None
        assert older.tl0 is not None
        assert newer.tl0 is not None
        if newer.start:
            assert (newer.picture_id - older.picture_id) & 0x7FFF == 1
            assert (newer.tl0 - older.tl0) & 0xFF == 1
            assert 0 < (after.timestamp - before.timestamp) & 0xFFFFFFFF < 0x80000000
        else:
            assert newer.picture_id == older.picture_id
            assert after.timestamp == before.timestamp


def test_nothing_is_shown_before_a_key_frame_and_one_is_asked_for() -> None:
    source, slot = Source(1, key=False), Slot()
    source.play(0.0)
    slot.consumer.want(source.layer, 0.1)
    assert source.asked == 1
    source.key = False
    source.play(0.2)
    assert slot.sent == []
    source.key = True
    source.play(0.3)
    assert len(slot.sent) == FRAME
    assert parse_descriptor(slot.sent[0].payload).key


acts = st.lists(
    st.sampled_from(["play", "play", "play", "first", "second", "none"]), min_size=5, max_size=40
)


@given(acts)
def test_switching_and_pausing_leave_no_seam(todo: list[str]) -> None:
    sources, slot = [Source(1), Source(2, sequence=100, picture=7)], Slot()
    now = 1.0
    slot.consumer.want(sources[0].layer, now)
    for act in todo:
        now += 0.033
        if act == "play":
            for source in sources:
                source.play(now)
        elif act == "none":
            slot.consumer.want(None, now)
        else:
            slot.consumer.want(sources[act == "second"].layer, now)
    packets = slot.media()
    seamless(packets)
    shown = 0
    for packet in packets:
        descriptor = parse_descriptor(packet.payload)
        ssrc = source_of(packet)
        if ssrc != shown:
            assert descriptor.key, "a source begins with a key frame"
        shown = ssrc


@given(st.integers(0, 2**32), st.lists(st.integers(0, 4), min_size=10, max_size=60))
def test_loss_stays_visible_and_reordering_is_passed_on(seed: int, fates: list[int]) -> None:
    """Fate 0: lost; 1: late by two packets; else in time. What comes is what was forwarded, in
    numbers that differ from the source's by one offset."""
    source, slot = Source(1), Slot()
    slot.consumer.want(source.layer, 0.0)
    source.play(0.0)
    packets = [packet for _ in range(len(fates) // FRAME) for packet in source.frame()]
    order: list[tuple[int, bytes]] = []
    for index, (packet, fate) in enumerate(zip(packets, fates, strict=False)):
        if fate > 0:
            order.append((index + (3 if fate == 1 else 0), packet))
    for index, packet in sorted(order, key=lambda item: item[0]):
        source.deliver(packet, 0.1 + index / 1000)
    sent = [parse(packet).sequence for _, packet in sorted(order, key=lambda item: item[0])]
    first = slot.sent[0].sequence
    out = [sequence_distance(p.sequence, first) - FRAME for p in slot.media()[FRAME:]]
    start = (65_530 + FRAME) & 0xFFFF
    assert out == [sequence_distance(number, start) for number in sent]


@given(st.lists(st.sampled_from(["play", "other", "none"]), min_size=4, max_size=20), st.data())
def test_any_packet_can_be_asked_for_again(todo: list[str], data: st.DataObject) -> None:
    sources, slot = [Source(1), Source(2, sequence=9, picture=1)], Slot()
    current, now = 0, 1.0
    slot.consumer.want(sources[0].layer, now)
    for act in ["play", *todo]:
        now += 0.033
        if act == "play":
            for source in sources:
                source.play(now)
            continue
        current ^= act == "other"
        slot.consumer.want(None if act == "none" else sources[current].layer, now)
    slot.consumer.want(sources[current].layer, now)
    for _ in range(2):
        now += 1
        for source in sources:
            source.play(now)
    wanted = data.draw(st.sampled_from(slot.media()))
    slot.consumer.on_nack((wanted.sequence,), now + 1)
    if source_of(wanted) != sources[current].ssrc:
        assert slot.sent[-1].ssrc == 77, "a key frame of the other has come since"
        return
    (again,) = [packet for packet in slot.sent if packet.ssrc == 78]
    sequence, payload = rtx_original(again.payload)
    assert (sequence, payload) == (wanted.sequence, wanted.payload)
    assert (again.timestamp, again.marker) == (wanted.timestamp, wanted.marker)
    assert again.payload_type == 97


def test_a_receiver_without_rtx_gets_the_packet_itself_again() -> None:
    source, slot = Source(1), Slot(rtx=False)
    slot.consumer.want(source.layer, 0.0)
    source.play(0.0)
    slot.consumer.on_nack((slot.sent[1].sequence,), 0.1)
    assert slot.sent[-1]._replace(extensions={}) == slot.sent[1]._replace(extensions={})


def test_a_packet_is_not_sent_twice_at_once_nor_without_limit() -> None:
    source, slot = Source(1), Slot()
    slot.consumer.want(source.layer, 0.0)
    source.play(0.0)
    asked = (slot.sent[0].sequence,)
    slot.consumer.on_nack(asked * 50, 0.1)
    assert len(slot.sent) == FRAME + 1
    slot.consumer.again.rate = 8 * 1000
    for _ in range(300):
        source.play(1.0)
    numbers = tuple(packet.sequence for packet in slot.media())
    slot.sent.clear()
    slot.consumer.on_nack(numbers, 1.1)
    octets = sum(OVERHEAD + len(packet.payload) - 2 for packet in slot.sent)
    assert 900 < octets <= 1000, "as much as may go in a second"
    slot.sent.clear()
    slot.consumer.on_nack(numbers, 1.2)
    octets = sum(OVERHEAD + len(packet.payload) - 2 for packet in slot.sent)
    assert 0 < octets <= 100, "and a tenth of that after a tenth"


def test_on_a_line_that_loses_packets_what_goes_again_goes_twice() -> None:
    source, slot = Source(1), Slot()
    slot.consumer.want(source.layer, 0.0)
    source.play(0.0)
    slot.consumer.again.copies = True
    asked = (slot.sent[0].sequence, slot.sent[1].sequence)
    slot.consumer.on_nack(asked, 0.1)
    assert len(slot.sent) == FRAME + 2
    slot.consumer.send_copies(0.12)
    slot.consumer.send_copies(0.14)
    again = [rtx_original(packet.payload) for packet in slot.sent[FRAME:]]
    assert again[2:] == again[:2], "each once more, and no more than that"
    numbers = [packet.sequence for packet in slot.sent[FRAME:]]
    assert [n - numbers[0] for n in numbers] == [0, 1, 2, 3], "the stream of them has no gap"


def test_who_asks_for_a_picture_that_is_paused_gets_something_to_stop_asking() -> None:
    source, slot = Source(1), Slot()
    numbers = count(9)
    types = slot.consumer.types
    slot.consumer.agreed(types, extensions=True, sent=lambda *_: next(numbers))
    slot.consumer.want(source.layer, 0.0)
    source.play(0.0)
    asked = tuple(packet.sequence for packet in slot.media())
    slot.consumer.want(None, 0.1)
    slot.consumer.on_nack((*asked, (asked[-1] + 1) & 0xFFFF), 0.2)
    slot.consumer.on_nack(asked, 0.21)
    empty = slot.sent[FRAME:]
    assert [rtx_original(packet.payload) for packet in empty] == [(n, b"") for n in asked]
    assert {(packet.ssrc, packet.payload_type) for packet in empty} == {(78, 97)}


def test_the_start_of_a_key_frame_that_came_late_loses_nothing() -> None:
    source, slot = Source(1, key=False), Slot()
    source.play(0.0)
    slot.consumer.want(source.layer, 0.0)
    first, *rest = source.frame()
    for packet in rest:
        source.deliver(packet, 0.1)
    assert slot.sent == []
    source.deliver(first, 0.12)
    assert len(slot.sent) == FRAME
    seamless(slot.sent)


def test_empty_packets_leave_no_gap() -> None:
    source, slot = Source(1), Slot()
    slot.consumer.want(source.layer, 0.0)
    source.play(0.0)
    for _ in range(3):
        empty = Packet(96, source.sequence & 0xFFFF, 0, 1, b"").build()
        source.sequence += 1
        source.deliver(empty, 0.02)
    source.play(0.033)
    late = source.frame()
    source.deliver(late[0], 0.06)
    empty = Packet(96, source.sequence & 0xFFFF, 0, 1, b"").build()
    source.sequence += 1
    source.deliver(empty, 0.061)
    source.deliver(late[1], 0.062)
    source.deliver(late[2], 0.063)
    source.play(0.1)
    assert len(slot.media()) == 4 * FRAME
    seamless(slot.media())


def test_sound_muted_and_opened_again_counts_on() -> None:
    sent: list[Packet] = []
    consumer = AudioConsumer(
        ssrc=5,
        types={"opus": (111, None)},
        clock_rate=48_000,
        first_sequence=1,
        send=lambda packet: sent.append(parse(packet, (1,))),
    )
    layer = AudioLayer(choice("audio", 9), 9)

    def sound(number: int) -> None:
        packet = Packet(111, number, number * 960, 9, b"opus", extensions={1: b"\x9e"}).build()
        layer.receive(packet, packet[1], number, number * 960, number / 50)

    consumer.want(layer, 0.0)
    for number in range(100):
        if number == 30:
            consumer.want(None, number / 50)
        if number == 60:
            consumer.want(layer, number / 50)
        sound(number)
    assert [packet.sequence for packet in sent] == list(range(1, 71))
    assert sent[29].timestamp + 31 * 960 == sent[30].timestamp, "the pause lasts as long"
    assert [packet.marker for packet in sent] == [n in (0, 30) for n in range(70)]
    assert sent[0].extensions == {1: b"\x9e"}
    assert layer.level == 30


def test_the_clock_of_a_slot_follows_its_source() -> None:
    sources, slot = [Source(1), Source(2, timestamp=1_000_000)], Slot()
    for source, ntp in zip(sources, (1 << 32, 9 << 32), strict=True):
        source.play(0.0)
        source.layer.heard_sender(SenderReport(source.ssrc, ntp, source.timestamp, 1, 1), 0.0)
    assert slot.consumer.sender_report(0.0) is None
    for source, ntp in zip(sources, (1 << 32, 9 << 32), strict=True):
        slot.consumer.want(source.layer, 1.0)
        source.play(1.0)
        report = slot.consumer.sender_report(1.5)
        assert report is not None
        assert report.ssrc == 77
        assert report.ntp == ntp + (3 << 31)
        shown = slot.media()[-1].timestamp
        # The picture sent at 1.0 s bore the timestamp that the source's clock showed at 0 s.
        assert (report.timestamp - shown) & 0xFFFFFFFF == 135_000
        assert report.packets == len(slot.media())


def test_the_round_trip_comes_from_the_reports_that_were_sent() -> None:
    source, slot = Source(1), Slot()
    slot.consumer.want(source.layer, 0.0)
    source.play(0.0)
    source.layer.heard_sender(SenderReport(1, 5 << 32, 0, 1, 1), 0.0)
    report = slot.consumer.sender_report(1.0)
    assert report is not None
    block = source.layer.reception.report(77, 1.0)
    answer = block._replace(
        fraction_lost=64, last_sr=report.ntp >> 16 & 0xFFFFFFFF, delay=65536 // 4
    )
    slot.consumer.on_report(answer, 1.35)
    assert slot.consumer.round_trip is not None
    assert abs(slot.consumer.round_trip - 0.1) < 0.001
    assert slot.consumer.loss == 0.25


def test_what_cannot_be_asked_for_again_is_not_remembered() -> None:
    source, slot = Source(1), Slot()
    other = Source(2)
    for turn in range(40):
        chosen = (source, other)[turn % 2]
        slot.consumer.want(chosen.layer, float(turn))
        for frame in range(100):
            chosen.key = frame == 0
            chosen.play(turn + frame / 100)
    last = slot.consumer.highest
    assert len(slot.consumer.segments) < 6, "of forty"
    held = slot.consumer.segments[0]
    assert held.out_start <= last - 1000, "but all of the last thousand packets"


def told(slot: Slot) -> list[tuple[int, int]]:
    """Least and most delay, in units of 10 ms, that its packets told."""
    found = [parse(packet, (7,)).extensions.get(7) for packet in slot.raw]
    numbers = [int.from_bytes(each, "big") for each in found if each is not None]
    return [(number >> 12, number & 0xFFF) for number in numbers]


@pytest.mark.parametrize("paced", [False, True])
@pytest.mark.parametrize("counted", [False, True])
def test_a_delay_is_told_for_some_frames_and_again_when_it_changes(
    paced: bool, counted: bool
) -> None:
    source, slot, pacer = Source(1), Slot(), Pacer()
    pacer.rate = 10_000_000
    slot.consumer.agreed(
        slot.consumer.types, extensions=False, sent=(lambda *_: 5) if counted else None
    )
    slot.consumer.pace(pacer if paced else None)
    slot.consumer.delay(0.25)
    slot.consumer.want(source.layer, 0.0)
    source.play(0.0)
    pacer.empty(0.1)
    assert told(slot) == [], "the receiver does not know it"
    slot.consumer.knows_delay(7)
    for seconds in (0.25, 0.0):
        slot.raw.clear()
        for frame in range(2 * TOLD_FRAMES):
            slot.consumer.delay(seconds)
            source.play(1 + frame / 30)
            pacer.empty(1.03 + frame / 30)
        assert told(slot) == [(round(100 * seconds), 1000)] * FRAME * TOLD_FRAMES
    seamless(slot.media())
