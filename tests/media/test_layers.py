"""Simulcast and temporal layers as one stream: switches at key frames, frames left out without a
seam, numbers for transport-wide feedback, RED for those who take it."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.media.test_consumer import FRAME, Slot, Source, choice, seamless
from vicon.media.sfu.layer import AudioLayer
from vicon.media.sfu.sound import AudioConsumer
from vicon.rtc import red
from vicon.rtc.negotiate import TRANSPORT_WIDE_ID
from vicon.rtc.rtcp import SenderReport
from vicon.rtc.rtp import HEADER, Packet, parse, rtx_original
from vicon.rtc.sdp import Codec
from vicon.rtc.vp8 import parse_descriptor

PATTERN = (0, 2, 1, 2)
"""Temporal ids of L1T3."""


@dataclass
class Temporal(Source):
    """Three temporal layers: every fourth frame is of the lowest."""

    count: int = 0

    def frame(self) -> list[bytes]:
        tid = 0 if self.key else PATTERN[self.count % 4]
        self.count += 1
        packets = []
        for index in range(FRAME):
            descriptor = bytes([0x90 if index == 0 else 0x80, 0xE0])
            descriptor += (0x8000 | self.picture & 0x7FFF).to_bytes(2, "big")
            descriptor += bytes([self.count // 4 & 0xFF, tid << 6 | 0x20])
            body = bytes([0 if self.key else 1]) + self.picture.to_bytes(4, "big")
            number, time, last = self.sequence & 0xFFFF, self.timestamp, index == FRAME - 1
            made = Packet(96, number, time, self.ssrc, descriptor + body, last)
            packets.append(made.build())
            self.sequence += 1
        self.picture += 1
        self.timestamp = (self.timestamp + 3000) & 0xFFFFFFFF
        self.key = False
        return packets


def tids(slot: Slot) -> list[int]:
    found = (parse_descriptor(packet.payload) for packet in slot.media())
    return [one.tid for one in found if one.start]


def test_temporal_layers_are_left_out_without_a_gap() -> None:
    source, slot = Temporal(1), Slot()
    slot.consumer.want(source.layer, 0.0)
    for step in range(8):
        source.play(step / 30)
    assert set(tids(slot)) == {0, 1, 2}
    slot.sent.clear()
    slot.consumer.limit(1)
    for step in range(8, 24):
        source.play(step / 30)
    assert set(tids(slot)) == {0, 1}
    slot.consumer.limit(0)
    for step in range(24, 40):
        source.play(step / 30)
    packets = slot.media()
    assert [p.sequence for p in packets] == [
        (packets[0].sequence + n) & 0xFFFF for n in range(len(packets))
    ]
    pictures = [parse_descriptor(p.payload).picture_id or 0 for p in packets[::FRAME]]
    assert pictures == [(pictures[0] + n) & 0x7FFF for n in range(len(pictures))]
    slot.sent.clear()
    slot.consumer.limit(2)
    for step in range(40, 56):
        source.play(step / 30)
    assert set(tids(slot)) == {0, 1, 2}


@given(st.lists(st.sampled_from(["play", "play", "play", "0", "1", "2", "lose"]), max_size=60))
def test_whatever_is_left_out_any_packet_can_be_asked_for_again(todo: list[str]) -> None:
    source, slot = Temporal(1), Slot()
    slot.consumer.want(source.layer, 0.0)
    now = 0.0
    for act in ["play", *todo]:
        now += 1 / 30
        if act == "play":
            source.play(now)
        elif act == "lose":
            for packet in source.frame()[::2]:
                source.deliver(packet, now)
        else:
            slot.consumer.limit(int(act))
    sent = {packet.sequence: packet for packet in slot.media()}
    assert len(sent) == len(slot.media()), "no number twice"
    slot.sent.clear()
    for index, (number, again) in enumerate(list(sent.items())[-40:]):
        slot.consumer.on_nack((number,), now + 1 + index / 10)
        assert rtx_original(slot.sent[-1].payload) == (number, again.payload)


def test_layers_of_one_camera_go_on_by_its_clock_not_by_ours() -> None:
    track = choice("video", 1)
    low, high, slot = Source(1), Source(2, timestamp=7_000_000, sequence=50, picture=9), Slot()
    high.layer.track = low.layer.track = track
    for source in (low, high):
        start = source.timestamp
        source.layer.heard_sender(SenderReport(source.ssrc, 9 << 32, start, 1, 1), 0.0)
    slot.consumer.want(low.layer, 0.0)
    for step in range(10):
        low.play(step / 30)
        high.frame()
    slot.consumer.want(high.layer, 0.34)
    high.key = True
    high.play(0.7)  # the layer's key frame took long on its way; it is the camera's eleventh frame
    before, after = slot.media()[-FRAME - 1], slot.media()[-1]
    assert (after.timestamp - before.timestamp) & 0xFFFFFFFF == 3000
    seamless(slot.media())


@dataclass
class Numbers:
    """Gives transport-wide numbers, and keeps the sizes."""

    sizes: list[int] = field(default_factory=list)

    def sent(self, size: int, now: float, cluster: int = 0) -> int:
        self.sizes.append(size)
        return 65_533 + len(self.sizes) & 0xFFFF


def test_each_packet_bears_its_transport_wide_number_copies_too() -> None:
    source, slot, numbers = Source(1), Slot(), Numbers()
    raw: list[bytes] = []
    slot.consumer.agreed({"vp8": (100, 101)}, extensions=False, sent=numbers.sent)
    slot.consumer._send = raw.append  # the packets as they are, extensions and all
    slot.consumer.want(source.layer, 0.0)
    source.play(0.0)
    sequence = HEADER.unpack_from(raw[0])[2]
    slot.consumer.on_nack((sequence,), 1.0)
    slot.consumer.pad(1, 7, 2.0)
    packets = [parse(data, (TRANSPORT_WIDE_ID,)) for data in raw]
    wide = [int.from_bytes(p.extensions[TRANSPORT_WIDE_ID], "big") for p in packets]
    assert wide == [65_534, 65_535, 0, 1, 2]
    assert [p.payload_type for p in packets] == [100] * FRAME + [101, 101]
    assert [p.payload for p in packets[:FRAME]] == [
        rtx_original(packets[3].payload)[1],
        packets[1].payload,
        rtx_original(packets[4].payload)[1],
    ]
    # IPv4, UDP and the authentication tag of SRTP are counted too.
    assert numbers.sizes == [len(data) + 16 + 28 for data in raw]


def test_a_codec_that_a_receiver_lacks_is_not_sent_to_it() -> None:
    slot, source = Slot(), Source(3)
    assert slot.consumer.decodes(source.layer)
    source.layer.codec = "h264"
    assert not slot.consumer.decodes(source.layer)


def test_red_goes_to_those_who_take_it_and_its_newest_block_to_the_rest() -> None:
    plain: list[Packet] = []
    doubled: list[Packet] = []
    layer = AudioLayer(replace(choice("audio", 9), red=Codec(63, "red", 48_000, 2)), 9)
    for sent, types in (
        (plain, {"opus": (111, None)}),
        (doubled, {"opus": (111, None), "red": (63, None)}),
    ):
        consumer = AudioConsumer(
            ssrc=5,
            types=types,
            clock_rate=48_000,
            first_sequence=1,
            send=lambda data, sent=sent: sent.append(parse(data)),  # type: ignore[misc]
        )
        consumer.want(layer, 0.0)
    blocks = [red.Block(111, 960, b"before"), red.Block(111, 0, b"now")]
    packet = Packet(63, 1, 960, 9, red.build(blocks)).build()
    layer.receive(packet, packet[1], 1, 960, 0.0)
    broken = Packet(63, 2, 1920, 9, b"\xff").build()
    layer.receive(broken, broken[1], 2, 1920, 0.02)
    assert [(p.payload_type, p.payload) for p in plain] == [(111, b"now")]
    assert [(p.payload_type, p.payload) for p in doubled] == [(63, red.build(blocks))]
