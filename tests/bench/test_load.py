"""What measurements rest on: that packets are what they say, and that they are counted right."""

from __future__ import annotations

import itertools
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.bench import descriptions, kernel, mesh, sfu
from tests.bench.feedback import Feedback
from tests.bench.mesh import Figures, Mesh
from tests.bench.streams import MESH, OPUS, SIMULCAST, VP8, Layer, Log, Picture, Voice
from vicon.rtc import rtp, sdp, vp8

OURS = sdp.Transport(
    ufrag="abcd",
    password="x" * 24,
    fingerprints=(sdp.Fingerprint("sha-256", "AA"),),
    setup="actpass",
)


def ignore(what: object) -> None:
    """Nobody listens."""


def sent(layer: Layer, frames: int) -> list[bytes]:
    packets: list[bytes] = []
    picture = Picture(packets.append, ignore, layer)
    for _ in range(frames):
        picture.send(1 / layer.frames_per_s)
    return packets


@pytest.mark.parametrize("layer", [MESH, *SIMULCAST])
def test_pictures_are_vp8_of_the_rate_that_they_say(layer: Layer) -> None:
    packets = sent(layer, 8)
    parsed = [rtp.parse(packet, (11, 10)) for packet in packets]
    frames = [vp8.parse_descriptor(packet.payload) for packet in parsed]
    assert len(packets) == 8 * layer.packets
    assert [frame.key for frame in frames].count(True) == 1
    assert frames[0].key
    assert sum(packet.marker for packet in parsed) == 8
    assert len({frame.picture_id for frame in frames}) == 8
    assert max(len(packet) for packet in packets) <= 1250
    assert all(packet.extensions.get(10, b"").decode() == layer.rid for packet in parsed)
    if layer.temporal > 1:
        assert {packet.payload[5] >> 6 for packet in parsed} == {0, 1, 2}


def test_a_key_frame_comes_when_asked_for() -> None:
    packets: list[bytes] = []
    picture = Picture(packets.append, ignore, MESH)
    for _ in range(3):
        picture.send(0.03)
    picture.key = True
    picture.send(0.03)
    keys = [vp8.parse_descriptor(rtp.parse(packet).payload).key for packet in packets]
    assert [index // MESH.packets for index, key in enumerate(keys) if key] == [0, 3]


def test_the_last_bytes_tell_when_a_packet_was_sent() -> None:
    packets: list[bytes] = []
    before = time.time_ns()
    Voice(packets.append, ignore).send(0.02)
    assert before <= int.from_bytes(packets[0][-8:], "big") <= time.time_ns()


def test_an_offer_with_layers_is_one_of_simulcast() -> None:
    pictures = [Picture(ignore, ignore, layer) for layer in SIMULCAST]
    text = descriptions.publisher(OURS, Voice(ignore, ignore), pictures)
    assert "a=simulcast:send q;h;f\r\n" in text
    sections = sdp.parse(text).sections
    assert [section.kind for section in sections] == ["audio", "video"]
    assert sections[1].ssrcs == ()
    assert descriptions.media_types(sdp.parse(text)) == {OPUS, VP8}


def test_feedback_tells_of_what_the_kernel_dropped_when_it_was_sent() -> None:
    log, start = Log(), 1_700_000_000 * 10**9
    for index in range(400):  # one packet each 2 ms; every fourth is the receiver's own
        log.add(start + index * 2_000_000, index % 4)
    feedback = Feedback(3, log)
    feedback.extension = 5

    def packet(number: int) -> bytes:
        extensions = {5: number.to_bytes(2, "big")}
        return rtp.Packet(VP8, 0, 0, 9, b"x", extensions=extensions).build()

    def at(index: int) -> int:
        return start + index * 2_000_000

    assert feedback.came(packet(65_530), 9, at(0), 0, 0.0) is None
    assert feedback.came(packet(0), 9, at(8), 0, 0.01) is None, "too soon"
    told = feedback.came(packet(65_530 + 75 & 0xFFFF), 9, at(100), 10_000_000, 0.2)
    assert told is not None
    assert (told.base, len(told.arrivals)) == (65_531, 75)
    come = [tick for tick in told.arrivals if tick is not None]
    gaps = [b - a for a, b in itertools.pairwise(come)]
    assert gaps[:2] == [pytest.approx(8.4, abs=1), pytest.approx(16.8, abs=1)], "2 and 4 ms, + 5 %"
    assert come[-1] - come[0] == pytest.approx(99 * 8 * 1.05, abs=1)


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        receiver.setblocking(False)
        receiver.bind(("127.0.0.1", 0))
        sender.connect(receiver.getsockname())
        yield receiver, sender


def received(own: socket.socket) -> list[bytes]:
    found = []
    while True:
        try:
            found.append(own.recv(2000))
        except BlockingIOError:
            return found


def test_the_filter_counts_media_and_lets_one_in_128_and_all_else_through(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    receiver, sender = pair
    kept = kernel.drop_media(receiver, {OPUS, VP8, 102})
    media = [
        bytes([0x80, kind]) + n.to_bytes(2, "big") for kind in (OPUS, VP8 | 128) for n in range(512)
    ]
    copies = [bytes([0x80, 97]) + n.to_bytes(2, "big") for n in (1, 2, 3)]
    others = [bytes([0x80, 200, 0, 1]), b"\x00\x01\x00\x00", b"\x16\xfe\xfd\x00"]
    for packet in (*media, *copies, *others):
        sender.send(packet)
    assert received(receiver) == [m for m in media if m[3] & 127 == 0] + copies + others
    assert kernel.kernel_drops({receiver.getsockname()[1]}) == 2 * 508
    assert kept


def test_arrivals_are_noted_by_the_kernel(pair: tuple[socket.socket, socket.socket]) -> None:
    """Where nobody else wanted stamps it begins a moment after it was asked to."""
    receiver, sender = pair
    kernel.stamp_arrivals(receiver)
    end = time.monotonic() + 5
    while True:
        before = time.time_ns()
        sender.send(b"x")
        assert received(receiver) == [b"x"]
        after = time.time_ns()
        if before <= kernel.arrived(receiver) <= after:
            return
        assert time.monotonic() < end


def step(out: int, delivered: float) -> Figures:
    return {"out_per_s": out, "delivered": delivered, "load_cpu_percent": 20.0, "cpu_percent": 99.0}


@pytest.mark.parametrize("most", [3.3, 7.0])
async def test_the_search_comes_close_to_where_a_core_is_full(
    monkeypatch: pytest.MonkeyPatch, most: float
) -> None:
    async def at(self: Mesh, factor: float, seconds: float) -> Figures:
        return step(round(min(factor, most) * 1000), min(1.0, most / factor))

    monkeypatch.setattr(Mesh, "at", at)
    found = await Mesh.__new__(Mesh).saturate(1)
    assert most * 1000 / mesh.PRECISION <= found["delivered_99.9"] <= most * 1000
    assert found["delivered_99"] >= found["delivered_99.9"]
    assert found["load_was_full"] is False


def round_of(
    cost: float, delivered: float = 1.0, profile: str = "SRTP_AEAD_AES_256_GCM"
) -> Figures:
    first = {
        "us_per_out": cost,
        "cpu_percent": cost,
        "delivered": delivered,
        "added_ms": {"p50": 1, "p99": 2},
        "rtcp_to_clients_per_s": 1,
        "sent_again_per_s": 1,
    }
    return {"first_rate": first, "srtp_profiles": {profile: 22}}


def test_ratios_are_those_of_one_round() -> None:
    mine, other = [round_of(c) for c in (10, 6, 9)], [round_of(c) for c in (20, 10, 10)]
    found = sfu.compare(mine, other, "janus")
    assert found == {"ratio_to_janus": 0.6, "ratios": [0.5, 0.6, 0.9]}
    assert sfu.summary(mine)["us_per_out"] == 9


def test_lost_packets_and_another_cipher_are_faults() -> None:
    assert sfu.faults("x", [round_of(1)]) == []
    lossy = sfu.faults("x", [round_of(1), round_of(1, delivered=0.9989)])
    assert lossy == ["x: round 2: 99.890% delivered"]
    assert len(sfu.faults("x", [round_of(1, profile="SRTP_AES128_CM_SHA1_80")])) == 1


def test_without_janus_it_says_so() -> None:
    command = [sys.executable, "-m", "tests.bench.sfu", "--against", "janus"]
    nowhere = {**os.environ, "PATH": "/nonexistent"}
    told = subprocess.run(command, capture_output=True, check=True, env=nowhere, timeout=60)
    assert "apt-get install janus" in json.loads(told.stdout)["skipped"]
