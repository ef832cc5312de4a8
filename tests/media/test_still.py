"""The key frame that is taken out of what a layer remembers shows what the camera saw."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from tests.media.test_consumer import choice
from tests.media.world import Camera as Simulcast
from tests.media.world import Receiver, World
from tests.rtc.link import Link
from tests.vision.people import FPS, film, hall, key_frame
from vicon.media.sfu.layer import VideoLayer
from vicon.media.sfu.producer import Producer
from vicon.media.sfu.still import enough, newest
from vicon.ports import Route, Still, StillCodec
from vicon.rtc import vp8
from vicon.rtc.rtp import Packet
from vicon.rtc.sdp import Codec
from vicon.vision.faces import YuNet
from vicon.vision.looking import Looking, decode

MTU = 1100


def _vp8(frame: bytes) -> list[bytes]:
    return list(vp8.packetise(frame, 7))


def _h264(frame: bytes) -> list[bytes]:
    """Parameter sets in one packet, slices in fragments (RFC 6184, sections 5.7.1 and 5.8)."""
    units = [unit for unit in re.split(rb"\x00\x00\x00?\x01", frame) if unit]
    sets = [unit for unit in units if unit[0] & 31 in (7, 8)]
    together = b"".join(len(unit).to_bytes(2, "big") + unit for unit in sets)
    packets = [b"\x78" + together] if sets else []
    for unit in units:
        if unit in sets:
            continue
        parts = [unit[at : at + MTU] for at in range(1, len(unit), MTU)]
        if len(parts) == 1:
            packets.append(unit)
            continue
        for n, part in enumerate(parts):
            ends = 0x80 * (n == 0) | 0x40 * (n == len(parts) - 1)
            packets.append(bytes((unit[0] & 0xE0 | 28, ends | unit[0] & 31)) + part)
    return packets


class Camera:
    def __init__(self, codec: str) -> None:
        made = replace(choice("video", 5), codec=Codec(96, codec, 90_000))
        self.producer = Producer(made, 1, lambda data: None)
        self.codec = codec.lower()
        self.sequence = 100

    def show(self, persons: int, now: float, lost: int | None = None) -> None:
        """A key frame of a hall; `lost`: without that packet of it."""
        frame = key_frame(hall(persons), "vp8" if self.codec == "vp8" else "h264")
        packets = (_vp8 if self.codec == "vp8" else _h264)(frame)
        assert len(packets) > 3
        self.send(packets, now, lost)

    def send(self, packets: list[bytes], now: float, lost: int | None = None) -> None:
        layer = self.producer.first
        assert isinstance(layer, VideoLayer)
        timestamp = round(now * 90_000)
        for n, payload in enumerate(packets):
            last = n == len(packets) - 1
            packet = Packet(96, self.sequence, timestamp, 5, payload, last).build()
            self.sequence += 1
            if n != lost:
                layer.receive(packet, packet[1], self.sequence - 1, timestamp, now)


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_who_sits_there_is_counted_on_it(codec: str) -> None:
    camera, looking = Camera(codec), Looking(YuNet())
    assert newest(camera.producer, 0.0) is None
    for n, persons in enumerate((3, 9)):
        camera.show(persons, float(n))
        still = newest(camera.producer, float(n))
        assert still is not None
        assert looking.at("a", still) == (persons, "ok")


@pytest.mark.parametrize("codec", ["VP8", "H264"])
@pytest.mark.parametrize("lost", [0, 1, -1])
def test_one_with_a_hole_is_not_taken(codec: str, lost: int) -> None:
    camera, looking = Camera(codec), Looking(YuNet())
    camera.show(3, 0.0)
    whole = newest(camera.producer, 0.0)
    assert whole is not None
    frame = key_frame(hall(9), "vp8" if codec == "VP8" else "h264")
    packets = (_vp8 if codec == "VP8" else _h264)(frame)
    camera.send(packets, 0.1, lost=lost % len(packets))
    still = newest(camera.producer, 0.1)
    assert still == whole, "the one before is whole"
    assert looking.at("a", whole) == (3, "ok")


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_what_follows_is_taken_with_it_up_to_a_hole(codec: str) -> None:
    camera = Camera(codec)
    kind: StillCodec = "vp8" if codec == "VP8" else "h264"
    pack = _vp8 if codec == "VP8" else _h264
    pictures = [hall(9, width=640, height=360, head=40, seed=seed) for seed in range(8)]
    frames = film(pictures, kind, 300_000)
    for place, frame in enumerate(frames):
        camera.send(pack(frame), place / FPS, lost=0 if place == 5 else None)
    found = newest(camera.producer, 7 / FPS)
    assert found is not None
    assert len(found.after) == 4
    assert found.seconds == pytest.approx(4 / FPS, abs=0.001)
    known = decode(Still(codec=kind, data=frames[0], after=tuple(frames[1:5])))
    taken = decode(found)
    assert known is not None
    assert taken is not None
    assert (taken.last == known.last).all()
    assert (taken.key != taken.last).any()


def test_a_room_that_is_shown_small_sends_a_larger_picture_while_it_is_looked_at() -> None:
    world = World()
    camera = Simulcast(world, "r0")
    Receiver(world, "x", Link([(0, 20_000_000)]), ["r0"])
    world.route(
        Route(receiver="x", room="r0", sender="r0", audio=True, video=True, height=180, rank=2)
    )
    world.run(15)
    producer = camera.publisher.producers["video"]
    assert camera.active == {"q"}
    assert not enough(producer, world.now)
    producer.looked = True
    world.run(17)
    assert camera.active == {"q", "h"}
    assert enough(producer, world.now)
    assert newest(producer, world.now) is not None
    producer.looked = False
    world.run(18)
    assert camera.active == {"q"}, "no longer than need be"


def test_what_rests_or_cannot_be_read_gives_none() -> None:
    camera = Camera("VP8")
    camera.show(3, 0.0)
    assert newest(camera.producer, 5.0) is None, "the camera is off"
    other = Producer(replace(choice("video", 5), codec=Codec(98, "VP9", 90_000)), 1, print)
    other.first.last_at = 0.0
    assert newest(other, 0.0) is None
