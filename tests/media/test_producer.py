"""What a publisher is asked for: lost packets by NACK, pictures by PLI, and reports on both."""

from __future__ import annotations

import gc
import weakref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.media.test_consumer import Slot, Source, choice
from vicon.media.sfu.layer import KEY_INTERVAL_S, REPAIR_INTERVAL_S, VideoLayer
from vicon.media.sfu.publisher import SILENT_S, Publisher
from vicon.rtc.missing import MAX_MISSING, MAX_TRIES, Missing
from vicon.rtc.reception import Reception
from vicon.rtc.rtcp import Nack, Pli, ReceiverReport, Remb, RtcpPacket, SenderReport, build, parse
from vicon.rtc.rtp import Packet, rtx_payload
from vicon.rtc.sdp import Codec


class Line:
    """A publisher on fake time, and what it was told."""

    def __init__(self) -> None:
        self.told: list[RtcpPacket] = []
        self.publishing: list[bool] = []
        video = choice("video", 20)
        video = type(video)(
            mid="1",
            kind="video",
            codec=video.codec,
            rtx=Codec(97, "rtx", 90_000),
            ssrc=20,
            rtx_ssrc=21,
            level_id=None,
            send_time_id=None,
            mid_id=4,
        )
        self.publisher = Publisher(
            [choice("audio", 10), video],
            1,
            lambda data: self.told.extend(parse(data)),
            self.publishing.append,
        )
        layer = self.publisher.producers["video"].first
        assert isinstance(layer, VideoLayer)
        self.video = layer
        self.slot = Slot()
        self.slot.consumer.want(self.video, 0.0)
        self.told.clear()

    def send(self, number: int, now: float, key: bool = False, ssrc: int = 20) -> None:
        payload = bytes([0x90, 0x80, 0x80, number & 127, 0 if key else 1]) + b"x"
        packet = Packet(96, number & 0xFFFF, number * 3000 & 0xFFFFFFFF, ssrc, payload, True)
        self.publisher.on_rtp(packet.build(), now)

    def asked(self) -> list[int]:
        return [n for packet in self.told if isinstance(packet, Nack) for n in packet.sequences]

    def keys(self) -> int:
        return sum(isinstance(packet, Pli) for packet in self.told)


def test_a_lost_packet_is_asked_for_at_once_and_comes_by_rtx() -> None:
    line = Line()
    line.send(1, 0.0, key=True)
    line.send(4, 0.033)
    assert line.asked() == [2, 3]
    payload = bytes([0x90, 0x80, 0x80, 2, 1]) + b"again"
    again = Packet(97, 500, 6000, 21, rtx_payload(2, payload), True)
    line.publisher.on_rtp(again.build(), 0.1)
    assert [p.payload[-1:] for p in line.slot.media()] == [b"x", b"x", b"n"]
    assert line.video.repaired == 1
    line.publisher.on_rtp(again.build(), 0.11)
    assert line.video.repaired == 1, "a second copy goes nowhere"


def test_asking_is_repeated_a_bounded_number_of_times_and_then_a_key_frame_is_wanted() -> None:
    line = Line()
    line.send(1, 0.0, key=True)
    line.send(3, 0.033)
    now = 0.033
    for _ in range(1000):
        now += 0.02
        line.publisher.tick(now)
    assert line.asked() == [2] * MAX_TRIES
    assert line.keys() == 1


def test_a_huge_gap_asks_for_a_picture_and_not_for_packets() -> None:
    line = Line()
    line.send(1, 0.0, key=True)
    line.send(MAX_MISSING + 10, 1.0)
    assert (line.asked(), line.keys()) == ([], 1)


def test_nobody_watches_so_nothing_is_asked_for() -> None:
    line = Line()
    line.slot.consumer.want(None, 0.0)
    line.send(1, 0.0, key=True)
    line.send(3, 0.033)
    line.publisher.tick(0.5)
    assert line.asked() == []


def test_requests_for_a_key_frame_are_joined_and_none_is_forgotten() -> None:
    line = Line()
    line.send(1, 1.0, key=True)
    for step in range(10):
        line.slot.consumer.on_key_request(2.0 + step / 100)
    assert line.keys() == 1
    line.send(2, 2.1, key=True)
    line.slot.consumer.on_key_request(2.15)
    assert line.keys() == 1, "too soon after the last"
    line.send(3, 2.0 + REPAIR_INTERVAL_S - 0.01)
    assert line.keys() == 1
    line.send(4, 2.0 + REPAIR_INTERVAL_S + 0.01)
    assert line.keys() == 2, "but not dropped"
    line.send(5, 4.0, key=True)
    line.send(6, 5.0)
    assert line.keys() == 2


def test_a_picture_that_is_not_there_yet_is_asked_for_sooner_than_one_that_is_repaired() -> None:
    line = Line()
    line.send(1, 1.0, key=True)
    line.slot.consumer.on_key_request(2.0)
    line.send(2, 2.1, key=True)
    line.slot.consumer.on_key_request(2.15)
    other = Slot()
    other.consumer.want(line.video, 2.2)
    line.send(3, 2.0 + KEY_INTERVAL_S + 0.01)
    assert line.keys() == 2


def test_a_waiting_slot_asks_on_only_while_packets_come() -> None:
    line = Line()
    line.send(1, 1.0, key=False)
    line.slot.consumer.on_key_request(1.0)
    for step in range(100):
        line.publisher.tick(1.0 + step / 50)
    assert line.keys() == 1
    line.send(2, 3.0)
    assert line.keys() == 2


def test_reports_tell_loss_and_the_ceiling() -> None:
    line = Line()
    line.publisher.on_rtcp(build(SenderReport(20, 7 << 32, 0, 1, 1)), 0.5)
    for number in range(100):
        if number % 4:
            line.send(number, number / 100, key=number == 1)
    line.told.clear()
    line.publisher.tick(1.0)
    report = next(p for p in line.told if isinstance(p, ReceiverReport))
    (block,) = report.blocks
    assert block.ssrc == 20
    assert block.lost == 24
    assert abs(block.fraction_lost - 24 / 99 * 256) <= 1
    assert block.last_sr == 7 << 16
    assert block.delay == 32768
    assert any(isinstance(p, Remb) and p.sources == (20,) for p in line.told)


def test_silence_and_sound_of_a_device_are_told_once_each() -> None:
    line = Line()
    line.send(1, 0.0, key=True)
    line.send(2, 0.1)
    for step in range(100):
        line.publisher.tick(step / 10)
    assert line.publishing == [True, False]
    line.send(3, 2 * SILENT_S + 1)
    assert line.publishing == [True, False, True]
    line.publisher.close()
    line.send(4, 2 * SILENT_S + 1.1)  # on its way while the connection closes
    assert line.publishing == [True, False, True, False]


def test_an_ssrc_that_the_offer_did_not_name_is_known_by_its_payload_type() -> None:
    line = Line()
    line.send(1, 0.0, key=True, ssrc=999)
    assert line.video.ssrc == 999
    assert len(line.slot.media()) == 1
    for ssrc in range(1000, 1100):
        packet = Packet(50, 1, 1, ssrc, b"?")
        line.publisher.on_rtp(packet.build(), 0.1)
    assert line.publisher.unknown == 100


@given(st.lists(st.binary(max_size=60), max_size=30))
def test_garbage_harms_nobody(packets: list[bytes]) -> None:
    line = Line()
    for index, packet in enumerate(packets):
        line.publisher.on_rtp(packet, index / 10)
        line.publisher.on_rtp(b"\x90\x60\x00\x01\0\0\0\0\0\0\0\x14" + packet, index / 10)
        line.publisher.on_rtp(b"\x80\x61\x00\x01\0\0\0\0\0\0\0\x15" + packet, index / 10)
        line.publisher.on_rtcp(packet, index / 10)
    line.publisher.tick(100.0)


@given(st.lists(st.integers(-20, 40), min_size=1, max_size=200))
def test_statistics_agree_with_counting(steps: list[int]) -> None:
    reception = Reception(90_000)
    number, seen = 1000, set()
    for index, step in enumerate(steps):
        number = max(1000, number + step)
        seen.add(reception.update(number & 0xFFFF, 0, index / 50))
    report = reception.report(1, 10.0)
    first = 65536 + 1000 + max(0, steps[0])
    assert max(seen) == report.highest
    assert report.lost == max(seen) - first + 1 - len(steps)


def test_missing_gives_up_without_losing_count() -> None:
    missing = Missing()
    assert missing.gap(5, 8, 0.0) == [5, 6, 7]
    assert missing.came(6, 0.05)
    assert missing.round_trip < 0.1
    now, asked, gave_up = 0.0, 0, False
    while len(missing):
        now += 0.01
        numbers, over = missing.due(now)
        asked += len(numbers)
        gave_up |= over
    assert asked == 2 * (MAX_TRIES - 1)
    assert gave_up
    assert now < 3


def test_a_request_that_may_be_lost_goes_once_more_before_its_answer_is_due() -> None:
    missing = Missing()
    missing.gap(5, 6, 0.0)
    asked = [step for step in range(1, 250) if missing.due(step / 1000)[0]]
    assert asked == pytest.approx([20, 106, 126, 213, 233], abs=4), "ms, of a round trip of 100 ms"


def test_a_dead_source_keeps_no_packets() -> None:
    source = Source(1)
    source.play(0.0)
    assert source.layer.stored(source.layer.reception.highest) is not None
    source.layer.close()
    assert source.layer.stored(source.layer.reception.highest) is None


def test_a_slot_keeps_nothing_of_a_device_that_is_gone() -> None:
    first, second, slot = Source(1), Source(2), Slot()
    slot.consumer.want(first.layer, 0.0)
    first.play(0.1)
    first.layer.close()
    slot.consumer.want(second.layer, 1.0)
    second.play(1.1)
    assert {segment.layer for segment in slot.consumer.segments} == {second.layer}
    connection, last = weakref.ref(second), second.layer
    last.close()
    del second
    gc.collect()
    assert connection() is None, "of what it showed last it remembers the clock alone"
    assert last.reception.highest >= 0
