"""The compiled part sends what Python alone sends, byte for byte."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pylibsrtp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.media.test_consumer import Source, choice
from tests.media.test_layers import Temporal
from vicon.media.fast.build import build, place
from vicon.media.fast.consumers import FastAudioConsumer, FastVideoConsumer
from vicon.media.fast.fan import FanError, FlightLink, Library, Way, load
from vicon.media.sfu.consumer import Consumer
from vicon.media.sfu.layer import AudioLayer, VideoLayer
from vicon.media.sfu.picture import VideoConsumer
from vicon.media.sfu.retransmit import Retransmissions
from vicon.media.sfu.sound import AudioConsumer
from vicon.rtc.dtls import Sealer
from vicon.rtc.gcc import SendSide
from vicon.rtc.rtp import Packet

KEY = os.urandom(44)


def session(policy: int) -> pylibsrtp.Session:
    profile = pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_256_GCM
    made = pylibsrtp.Policy(key=KEY, ssrc_type=policy, srtp_profile=profile)
    return pylibsrtp.Session(made)


@dataclass
class End:
    """One way of sending, with its own keys; received() decrypts what came over the loopback."""

    library: Library | None
    sockets: list[socket.socket] = field(default_factory=list)

    def __post_init__(self) -> None:
        for _ in range(2):
            self.sockets.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            self.sockets[-1].bind(("127.0.0.1", 0))
            self.sockets[-1].setblocking(False)
            self.sockets[-1].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.sealer = Sealer(session(pylibsrtp.Policy.SSRC_ANY_OUTBOUND))
        self.opener = session(pylibsrtp.Policy.SSRC_ANY_INBOUND)
        self.link = SendSide(0.0, 1_000_000)
        self.way = Way()
        self.way.keys(self.sealer.pointer)
        self.way.to(self.sockets[0], self.sockets[1].getsockname())
        self.way.open(True)

    def send(self, packet: bytes) -> None:
        self.sockets[0].sendto(self.sealer.protect(packet), self.sockets[1].getsockname())

    def received(self) -> list[bytes]:
        found = []
        while True:
            try:
                found.append(self.opener.unprotect(self.sockets[1].recv(2048)))
            except BlockingIOError:
                return found

    def picture(self) -> VideoConsumer:
        common = {
            "ssrc": 77,
            "types": {"vp8": (96, 97)},
            "clock_rate": 90_000,
            "first_sequence": 32_700,
            "send": self.send,
            "again": Retransmissions(78, 5),
        }
        if self.library is None:
            return VideoConsumer(**common)  # type: ignore[arg-type]
        return FastVideoConsumer(self.way, FlightLink(self.link), **common)

    def sound(self) -> AudioConsumer:
        common = {
            "ssrc": 55,
            "types": {"opus": (111, None)},
            "clock_rate": 48_000,
            "first_sequence": 7,
            "send": self.send,
        }
        if self.library is None:
            return AudioConsumer(**common)  # type: ignore[arg-type]
        return FastAudioConsumer(self.way, FlightLink(self.link), **common)

    def close(self) -> None:
        for one in self.sockets:
            one.close()


@pytest.fixture(scope="module")
def library(compiled_cache: Callable[[], Path]) -> Library:
    made = load(compiled_cache())
    assert made is not None
    return made


def agree(consumer: Consumer, end: End, kind: str) -> None:
    """`other`: a player that has its own number for what it feeds back, and for the level."""
    consumer.agreed(
        consumer.types,
        extensions=kind in ("shared", "wide"),
        sent=end.link.sent if kind in ("wide", "other") else None,
        wide_id=1 if kind == "other" else 4,
    )


def layers(end: End, sources: list[Source]) -> list[VideoLayer]:
    """The same two layers of one camera for each way of sending."""
    made = []
    for source in sources:
        fan = end.library.fan() if end.library is not None else None
        layer = VideoLayer(choice("video", source.ssrc), 1, lambda data: None, "", source.ssrc, fan)
        made.append(layer)
    return made


acts = st.lists(
    st.sampled_from(
        [
            "play",
            "play",
            "play",
            "play",
            "0",
            "1",
            "none",
            "tid 0",
            "tid 1",
            "tid 2",
            "lose",
            "nack",
            "later",
            "at once",
        ]
    ),
    max_size=40,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["plain", "shared", "wide", "other"]), acts)
def test_pictures_are_the_same(library: Library, kind: str, todo: list[str]) -> None:
    ends = [End(None), End(library)]
    consumers = [end.picture() for end in ends]
    sources: list[Source] = [Temporal(1), Temporal(2, sequence=9, picture=77, timestamp=5000)]
    mine = [layers(end, sources) for end in ends]
    now = 1.0
    for consumer, end, two in zip(consumers, ends, mine, strict=True):
        agree(consumer, end, kind)
        consumer.knows_delay(7)
        consumer.want(two[0], now)
    for act in todo:
        now += 0.033
        if act in ("play", "lose"):
            for index, source in enumerate(sources):
                source.key = source.key or source.count % 7 == 0  # type: ignore[attr-defined]
                packets = source.frame()
                for packet in packets if act == "play" else packets[::2]:
                    for two in mine:
                        _receive(two[index], packet, now)
        for consumer, two in zip(consumers, mine, strict=True):
            if act in ("0", "1"):
                consumer.want(two[int(act)], now)
            elif act == "none":
                consumer.want(None, now)
            elif act.startswith("tid"):
                consumer.limit(int(act[-1]))
            elif act in ("later", "at once"):
                consumer.delay(0.25 if act == "later" else 0.0)
            elif act == "nack":
                consumer.sync()
                consumer.on_nack(
                    tuple(n & 0xFFFF for n in range(consumer.highest - 3, consumer.highest)), now
                )
    first, second = (end.received() for end in ends)
    assert first == second
    for consumer in consumers:
        consumer.sync()
    assert consumers[0].packets == consumers[1].packets
    assert consumers[0].octets == consumers[1].octets
    assert consumers[0].highest == consumers[1].highest
    assert ends[0].link.octets == ends[1].link.octets
    for end in ends:
        end.close()


def _receive(layer: VideoLayer | AudioLayer, packet: bytes, now: float) -> None:
    sequence, timestamp = int.from_bytes(packet[2:4], "big"), int.from_bytes(packet[4:8], "big")
    layer.receive(packet, packet[1], sequence, timestamp, now)


@pytest.mark.parametrize("kind", ["plain", "shared", "wide", "other"])
@pytest.mark.parametrize("level", [True, False])
def test_sounds_are_the_same(library: Library, kind: str, level: bool) -> None:
    ends = [End(None), End(library)]
    consumers = [end.sound() for end in ends]
    track = choice("audio", 9)
    if not level:
        track = replace(track, level_id=None)
    mine = [AudioLayer(track, 9, e.library.fan() if e.library else None) for e in ends]
    for consumer, end in zip(consumers, ends, strict=True):
        agree(consumer, end, kind)
    for number in [*range(1, 60), 62, 61, *range(63, 100)]:
        packet = Packet(111, number, number * 960, 9, b"xpus", extensions={1: b"\x9e"}).build()
        for consumer, layer in zip(consumers, mine, strict=True):
            consumer.gather(3 if 70 < number < 83 else 1, number / 50)
            consumer.want(None if 20 < number < 40 else layer, number / 50)
            _receive(layer, packet, number / 50)
    first, second = (end.received() for end in ends)
    assert 65 < len(first) < 72, "twelve went as four"
    assert first == second
    for end in ends:
        end.close()


def test_a_shut_way_sends_nothing_and_counts(library: Library) -> None:
    end = End(library)
    consumer, source = end.picture(), Source(1)
    (layer,) = layers(end, [source])
    consumer.want(layer, 0.0)
    for packet in source.frame():
        _receive(layer, packet, 0.0)
    assert len(end.received()) == 3
    end.way.open(False)
    for packet in source.frame():
        _receive(layer, packet, 0.1)
    assert end.received() == []
    assert end.way.take_dropped() == 3
    end.close()


def test_more_receivers_than_go_at_once(library: Library) -> None:
    ends = [End(library) for _ in range(130)]
    source = Source(1)
    (layer,) = layers(ends[0], [source])
    for end in ends:
        consumer = end.picture()
        consumer.want(layer, 0.0)
    for _ in range(2):
        for packet in source.frame():
            _receive(layer, packet, 0.0)
    assert {len(end.received()) for end in ends} == {6}
    for end in ends:
        end.close()


def test_without_a_compiler_it_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert build(tmp_path) is None
    assert load(tmp_path) is None
    place(tmp_path).write_bytes(b"no library")
    assert load(tmp_path) is None
    with pytest.raises(FanError):
        Library(place(tmp_path))
