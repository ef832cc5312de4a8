"""A slot of sound on a thin line: several packets go as one, and nothing of it is lost."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from tests.media.test_consumer import choice
from vicon.media.sfu.layer import AudioLayer
from vicon.media.sfu.sound import AudioConsumer
from vicon.rtc.rtp import Packet, parse

STEP = 960
TOC, OTHER = 0x78, 0x70
"""Heads of a single frame of 20 ms, and of one of 10 ms."""


class Voice:
    """A microphone, a slot that gets it, and what a receiver has of it."""

    def __init__(self) -> None:
        self.sent: list[Packet] = []
        self.consumer = AudioConsumer(
            ssrc=5,
            types={"opus": (111, None)},
            clock_rate=48_000,
            first_sequence=1,
            send=lambda packet: self.sent.append(parse(packet, (1,))),
        )
        self.layer = AudioLayer(choice("audio", 9), 9)
        self.consumer.want(self.layer, 0.0)
        self.number, self.timestamp, self.now = 100, 5000, 0.0
        self.said: list[tuple[int, bytes]] = []

    def pause(self) -> None:
        """Nothing is said for a while (DTX): time goes on, numbers do not."""
        self.timestamp += 20 * STEP
        self.now += 0.4
        self.consumer.flush(self.now)

    def say(self, *, lost: bool = False, toc: int = TOC, level: int = 30) -> None:
        self.number += 1
        payload = bytes((toc, *self.number.to_bytes(2, "big"), *bytes(self.number % 300)))
        timestamp = self.timestamp
        self.timestamp += _samples(payload)
        self.now += 0.02
        if not lost:
            self.said.append((timestamp, payload))
            self.deliver(self.number, timestamp, payload, level)
        self.consumer.flush(self.now)

    def deliver(self, number: int, timestamp: int, payload: bytes, level: int = 30) -> None:
        head = {1: bytes((0x80 | level,))}
        packet = Packet(111, number, timestamp, 9, payload, extensions=head).build()
        self.layer.receive(packet, packet[1], number, timestamp, self.now)

    def heard(self) -> list[tuple[int, bytes]]:
        """Timestamps and payloads of the frames, as a receiver takes them apart."""
        offset = self.sent[0].timestamp - self.said[0][0]
        return [
            (packet.timestamp - offset + index * _samples(frame), frame)
            for packet in self.sent
            for index, frame in enumerate(_frames(packet.payload))
        ]


def _samples(frame: bytes) -> int:
    return STEP if frame[0] == TOC else STEP // 2


def _frames(payload: bytes) -> list[bytes]:
    """RFC 6716 section 3.2.5, varying sizes."""
    if payload[0] & 3 != 3:
        return [payload]
    count, at, sizes = payload[1] & 63, 2, []
    for _ in range(count - 1):
        size = payload[at]
        at += 1
        if size >= 252:
            size += 4 * payload[at]
            at += 1
        sizes.append(size)
    sizes.append(len(payload) - at - sum(sizes))
    found = []
    for size in sizes:
        found.append(bytes((payload[0] & ~3, *payload[at : at + size])))
        at += size
    return found


acts = st.lists(
    st.sampled_from(["say", "say", "say", "say", "lose", "other", "pause", "3", "2", "1"]),
    max_size=60,
)


@given(acts)
@example(["3", "say", "say", "1", "lose", "say"])
def test_every_frame_is_heard_once_at_its_time(todo: list[str]) -> None:
    voice = Voice()
    for act in todo:
        if act in "123":
            voice.consumer.gather(int(act), voice.now)
        elif act == "pause":
            voice.pause()
        else:
            voice.say(lost=act == "lose", toc=OTHER if act == "other" else TOC)
    voice.consumer.gather(1, voice.now)
    if not voice.said:
        return
    assert voice.heard() == voice.said
    numbers = [packet.sequence for packet in voice.sent]
    assert numbers == sorted(set(numbers))


def test_a_third_of_the_packets_and_no_gap_in_their_numbers() -> None:
    voice = Voice()
    voice.consumer.gather(3, 0.0)
    for n in range(90):
        voice.say(lost=n == 40, level=30 + n % 3)
    assert len(voice.sent) == 30, "the one before that which was lost went alone"
    assert [packet.sequence for packet in voice.sent] == list(range(1, 31))
    assert voice.sent[0].marker
    assert {packet.extensions[1] for packet in voice.sent[:10]} == {b"\x9e"}, "the loudest of three"
    voice.consumer.gather(1, voice.now)
    for _ in range(3):
        voice.say()
    assert [packet.sequence for packet in voice.sent[30:]] == [31, 32, 33, 34]
    assert voice.heard() == voice.said


def test_what_waits_goes_when_nothing_follows() -> None:
    voice = Voice()
    voice.consumer.gather(3, 0.0)
    voice.say()
    voice.consumer.flush(voice.now + 0.05)
    assert not voice.sent
    voice.consumer.flush(voice.now + 0.07)
    assert len(voice.sent) == 1


def test_long_frames_go_alone_at_once() -> None:
    voice = Voice()
    voice.consumer.gather(3, 0.0)
    for number in range(1, 5):
        voice.deliver(number, 1920 * number, bytes((0x10, number)))
    assert [packet.payload for packet in voice.sent] == [bytes((0x10, n)) for n in range(1, 5)]


def test_what_comes_late_is_not_played_twice() -> None:
    voice = Voice()
    voice.consumer.gather(3, 0.0)
    for _ in range(4):
        voice.say()
    voice.deliver(voice.number, *voice.said[-1])
    voice.deliver(voice.number - 1, *voice.said[-2])
    voice.consumer.gather(1, voice.now)
    voice.deliver(voice.number, *voice.said[-1])
    assert voice.heard() == voice.said
