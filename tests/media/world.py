"""A conference in simulated time: real publishers, router and subscribers; cameras of three layers
and microphones at one end, narrow links and receivers that judge what they get at the other."""

from __future__ import annotations

import heapq
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

from msgspec.structs import replace

from tests.rtc.link import Link
from vicon.media.host import START_KBPS
from vicon.media.sfu.consumer import Consumer
from vicon.media.sfu.picture import VideoConsumer
from vicon.media.sfu.publisher import Publisher
from vicon.media.sfu.router import Router
from vicon.media.sfu.subscriber import SlotKey, Subscriber
from vicon.media.slots import make_slots, take_over
from vicon.ports import LayersWanted, Route, SlotPlan
from vicon.rtc import red, rtcp
from vicon.rtc.arrivals import Arrivals
from vicon.rtc.gcc import SendSide
from vicon.rtc.negotiate import Accepted, Choice
from vicon.rtc.rtp import Packet, parse, rtx_original, rtx_payload, sequence_distance
from vicon.rtc.sdp import Codec
from vicon.rtc.vp8 import parse_descriptor

CONFERENCE = "c"
RATES = {"q": 150_000, "h": 400_000, "f": 1_500_000}
FPS = 30
WIRE = 28 + 16
"""IPv4, UDP, and SRTP's tag around an RTP packet."""
_WIDE, _LEVEL, _DELAY = 4, 1, 7
DELAY_MOVES = 0.1
"""Seconds a second by which a browser follows the delay that it is told."""
STALL_S = 0.15 + 1 / FPS
"""Between two frames: webrtc-stats counts more as a freeze."""
_OPUS_20_MS = 0x78
"""Head of a packet with one frame of so long (RFC 6716 section 3.1)."""
OPUS, VP8 = Codec(111, "opus", 48_000, 2), Codec(96, "VP8", 90_000)


def choices(rids: Sequence[str]) -> list[Choice]:
    audio = Choice(
        mid="0",
        kind="audio",
        codec=OPUS,
        rtx=None,
        ssrc=1,
        rtx_ssrc=None,
        level_id=_LEVEL,
        send_time_id=None,
        mid_id=None,
    )
    video = replace(
        audio,
        mid="1",
        kind="video",
        codec=VP8,
        ssrc=None,
        level_id=None,
        rids=tuple(rids),
        layer_ssrcs=tuple((10 + index, 20 + index) for index in range(len(rids))),
    )
    return [audio, video]


class World:
    """Times are seconds from 0; at() plans, run() goes on."""

    def __init__(self, seed: int = 1) -> None:
        self.now = 0.0
        self.random = random.Random(seed)
        self.router = Router(self._layers)
        self.cameras: dict[str, Camera] = {}
        self.receivers: dict[str, Receiver] = {}
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self.at(0.02, self._tick)

    def at(self, when: float, what: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._events, (when, self._count, what))

    def run(self, until: float) -> None:
        while self._events and self._events[0][0] <= until:
            self.now, _, what = heapq.heappop(self._events)
            what()
        self.now = until

    def _tick(self) -> None:
        self.router.tick(self.now)
        for subscriber in self.router.probing(self.now):
            for step in range(4):
                self.at(self.now + step * 0.005, partial(self._probe, subscriber))
        self.at(self.now + 0.02, self._tick)

    def _probe(self, subscriber: Subscriber) -> None:
        subscriber.probe(self.now)

    def _layers(self, conference: str, wanted: LayersWanted) -> None:
        camera = self.cameras[wanted.device]
        self.at(self.now + camera.reaction_s, partial(camera.encode, wanted.layers))

    def route(self, *routes: Route) -> None:
        self.router.route(CONFERENCE, routes, self.now)


@dataclass
class Camera:
    """A device that publishes simulcast of two temporal layers, and sound. It sends again as
    Chromium does: no packet twice within a round trip."""

    world: World
    name: str
    rids: str = "qhf"
    level: int = 30
    reaction_s: float = 0.15
    """Until it does what it is asked."""
    rates: dict[str, int] = field(default_factory=lambda: dict(RATES))
    up: Link | None = None
    """Its line to the server; it loses what goes back as well."""

    def __post_init__(self) -> None:
        self._sent: dict[tuple[int, int], Packet] = {}
        self._again_at: dict[tuple[int, int], float] = {}
        self._again = 0
        self.active = set(self.rids)
        self.key = set(self.rids)
        self.bits = 0
        """Of pictures sent so far."""
        self._audio_sequence = self._frames = 0
        self._sequences = dict.fromkeys(self.rids, 100)
        self.publisher = Publisher(choices(self.rids), 99, self._hear, lambda on: None)
        self.world.cameras[self.name] = self
        key = (CONFERENCE, self.name)
        self.world.router.set_publisher(key, self.publisher, self.world.now)
        self.world.at(self.world.now + 0.01, self._sound)
        self.world.at(self.world.now + 0.015, self._frame)

    def encode(self, rids: Sequence[str]) -> None:
        self.key |= set(rids) - self.active
        self.active = set(rids)

    def _out(self, packet: Packet) -> None:
        data, now = packet.build(), self.world.now
        came = self.up.send(len(data) + WIRE, now) if self.up is not None else now
        if came == now:
            self.publisher.on_rtp(data, now)
        elif came is not None:
            self.world.at(came, lambda: self.publisher.on_rtp(data, self.world.now))

    def _hear(self, data: bytes) -> None:
        if self.up is None:
            self._heard(data)
        elif self.up.random.random() >= self.up.loss:
            self.world.at(self.world.now + self.up.back, partial(self._heard, data))

    def _repeat(self, ssrc: int, sequence: int) -> None:
        sent, up = self._sent.get((ssrc, sequence)), self.up
        last = self._again_at.get((ssrc, sequence), -1.0)
        if sent is None or up is None or self.world.now - last < up.delay + up.back:
            return
        self._again_at[ssrc, sequence] = self.world.now
        self._again += 1
        again = Packet(
            97,
            self._again & 0xFFFF,
            sent.timestamp,
            ssrc + 10,
            rtx_payload(sequence, sent.payload),
            sent.marker,
        )
        self._out(again)

    def _heard(self, data: bytes) -> None:
        for packet in rtcp.parse(data):
            if isinstance(packet, rtcp.Nack):
                for sequence in packet.sequences:
                    self._repeat(packet.media, sequence)
            if isinstance(packet, rtcp.Pli):
                rid = self.rids[packet.media - 10]
                self.world.at(self.world.now + self.reaction_s, partial(self.key.add, rid))

    def _sound(self) -> None:
        self._audio_sequence += 1
        packet = Packet(
            111,
            self._audio_sequence & 0xFFFF,
            self._audio_sequence * 960,
            1,
            bytes((_OPUS_20_MS, *bytes(79))),
            extensions={_LEVEL: bytes([self.level])},
        )
        self._out(packet)
        self.world.at(self.world.now + 0.02, self._sound)

    def _frame(self) -> None:
        self._frames += 1
        for index, rid in enumerate(self.rids):
            if rid in self.active:
                self._send(rid, index)
        self.world.at(self.world.now + 1 / FPS, self._frame)

    def _send(self, rid: str, index: int) -> None:
        key = rid in self.key
        self.key.discard(rid)
        tid = 0 if key else self._frames % 2
        size = self.rates[rid] / 8 / FPS * (6 if key else 0.8 if tid else 1.2)
        self.bits += int(8 * size)
        count = max(1, round(size / 1100))
        for part in range(count):
            start = 0x90 if part == 0 else 0x80
            head = bytes([start, 0xE0, 0x80 | self._frames >> 8 & 0x7F, self._frames & 0xFF])
            head += bytes([self._frames // 2 & 0xFF, tid << 6 | 0x20, 0 if key else 1])
            payload = head + rid.encode() + self._frames.to_bytes(4, "big") + bytes([part, count])
            packet = Packet(
                96,
                self._sequences[rid] & 0xFFFF,
                self._frames * 3000 & 0xFFFFFFFF,
                10 + index,
                payload + bytes(max(0, int(size / count) - len(payload))),
                part == count - 1,
            )
            self._sequences[rid] += 1
            self._sent[packet.ssrc, packet.sequence] = packet
            self._out(packet)


@dataclass
class Shown:
    at: float
    rid: str
    number: int
    key: bool


class Receiver:
    """A device at the end of a link: counts frames that came whole, and the sound that came."""

    def __init__(
        self,
        world: World,
        name: str,
        link: Link,
        rooms: Sequence[str],
        start: int = 1000 * START_KBPS,
        delays: bool = True,
        back_loss: float = 0.0,
    ) -> None:
        """`delays`: it shows pictures later when it is told to. `back_loss`: share of what it
        sends that is lost."""
        self._back_loss = back_loss
        self.world, self.link = world, link
        plan = [SlotPlan(room=room, kind=k) for room in rooms for k in ("audio", "video")]
        consumers = make_slots(plan, self._send, world.random.getrandbits)
        self.subscriber = Subscriber(consumers, self._send_rtcp, SendSide(world.now, start))
        told = _DELAY if delays else None
        video = Accepted(codecs={"vp8": (96, 97)}, twcc_id=_WIDE, delay_id=told)
        audio = Accepted(codecs={"opus": (111, None)}, level_id=_LEVEL, twcc_id=_WIDE, red=112)
        take_over(
            self.subscriber, {key: audio if key[1] == "audio" else video for key in consumers}
        )
        self._slots = {consumer.ssrc: key for key, consumer in consumers.items()}
        self._again = {
            c.again.ssrc: key for key, c in consumers.items() if isinstance(c, VideoConsumer)
        }
        self._consumers: dict[SlotKey, Consumer] = dict(consumers)
        self._arrivals = Arrivals()
        self._wide_ssrc = 0
        self._parts: dict[tuple[str, int, str], set[int]] = defaultdict(set)
        self._highest: dict[SlotKey, int] = {}
        self._missing: dict[SlotKey, dict[int, float]] = defaultdict(dict)
        self.frames: dict[str, list[Shown]] = defaultdict(list)
        """By room, whole frames in the order they came."""
        self.delays: list[tuple[float, float]] = []
        """When it was told to show pictures later, and by how much."""
        self.sounds: dict[str, list[tuple[float, float]]] = defaultdict(list)
        """By room: when each 20 ms came first, and how long it took."""
        self.sound_sent: dict[str, int] = defaultdict(int)
        self._heard: dict[str, set[int]] = defaultdict(set)
        self.doubled = 0
        """Packets of sound that carried others again."""
        self.queued: list[tuple[float, float]] = []
        world.receivers[name] = self
        world.router.set_subscriber((CONFERENCE, name), self.subscriber, world.now)
        world.at(world.now + 0.06, self._feed_back)
        world.at(world.now + 0.02, self._ask)

    def _send(self, data: bytes) -> None:
        now = self.world.now
        packet = parse(data, (_WIDE, _DELAY))
        slot = self._slots.get(packet.ssrc)
        if slot is not None and slot[1] == "audio":
            self.sound_sent[slot[0]] += 1
        came = self.link.send(len(data) + WIRE, now)
        self.queued.append((now, self.link.queued(now)))
        if came is not None:
            self.world.at(came, partial(self._came, packet, now))

    def _send_rtcp(self, data: bytes) -> None:
        self.link.send(len(data) + WIRE, self.world.now)

    def _came(self, packet: Packet, sent: float) -> None:
        now = self.world.now
        self._arrivals.on_packet(int.from_bytes(packet.extensions[_WIDE], "big"), now)
        told = packet.extensions.get(_DELAY)
        if told is not None:
            self.delays.append((now, (int.from_bytes(told, "big") >> 12) / 100))
        slot = self._slots.get(packet.ssrc)
        sequence, payload = packet.sequence, packet.payload
        if slot is None:
            if not payload:
                return  # padding
            slot = self._again[packet.ssrc]
            sequence, payload = rtx_original(payload)
        elif slot[1] == "audio":
            self._sound(slot[0], packet, sent)
            return
        self._number(slot, sequence)
        if payload:  # else it is to end the asking
            self._picture(slot[0], payload)

    def _sound(self, room: str, packet: Packet, sent: float) -> None:
        offsets = [0]
        if packet.payload_type == 112:
            self.doubled += 1
            offsets = [block.offset for block in red.blocks(packet.payload)]
        elif packet.payload[0] & 3 == 3:
            frames = packet.payload[1] & 63
            sent -= 0.02 * (frames - 1)  # since the first of them could have gone
            offsets = [-960 * n for n in range(frames)]
        for offset in offsets:
            timestamp = packet.timestamp - offset
            if timestamp not in self._heard[room]:
                self._heard[room].add(timestamp)
                self.sounds[room].append((self.world.now, self.world.now - sent + offset / 48_000))

    def _number(self, slot: SlotKey, sequence: int) -> None:
        highest = self._highest.get(slot)
        self._missing[slot].pop(sequence, None)
        if highest is None:
            self._highest[slot] = sequence
            return
        step = sequence_distance(sequence, highest)
        if step > 0:
            for gap in range(1, step):
                self._missing[slot][(highest + gap) & 0xFFFF] = self.world.now
            self._highest[slot] = sequence

    def _picture(self, room: str, payload: bytes) -> None:
        head = parse_descriptor(payload).length
        key, body = payload[head] == 0, payload[head + 1 :]
        rid, frame, part, count = chr(body[0]), int.from_bytes(body[1:5], "big"), body[5], body[6]
        parts = self._parts[room, frame, rid]
        if part not in parts:
            parts.add(part)
            if len(parts) == count:
                self.frames[room].append(Shown(self.world.now, rid, frame, key))

    def _feed_back(self) -> None:
        now = self.world.now
        for packet in self._arrivals.feedback(5, 6, now):
            self._answer(rtcp.build(packet))
        self.world.at(now + 0.06, self._feed_back)

    def _answer(self, data: bytes) -> None:
        if self._back_loss and self.link.random.random() < self._back_loss:
            return
        back = self.world.now + self.link.back
        self.world.at(back, lambda: self.subscriber.on_rtcp(data, self.world.now))

    def _ask(self) -> None:
        """NACK for half a second, then a key frame."""
        now = self.world.now
        for slot, missing in self._missing.items():
            ssrc = self._consumers[slot].ssrc
            old = [number for number, since in missing.items() if now - since > 0.5]
            for number in old:
                del missing[number]
            if old:
                self._answer(rtcp.build(rtcp.Pli(5, ssrc)))
            if missing:
                self._answer(rtcp.build(rtcp.Nack(5, ssrc, tuple(missing))))
        self.world.at(now + 0.05, self._ask)

    # --- what it judges --------------------------------------------------------------------------

    def fps(self, room: str, start: float, end: float) -> float:
        return sum(start <= shown.at < end for shown in self.frames[room]) / (end - start)

    def layers(self, room: str, start: float, end: float) -> set[str]:
        return {shown.rid for shown in self.frames[room] if start <= shown.at < end}

    def longest_gap(self, room: str, start: float, end: float) -> float:
        """Seconds between two whole frames."""
        times = [start, *(s.at for s in self.frames[room] if start <= s.at < end), end]
        return max(b - a for a, b in pairwise(times))

    def stalls(self, room: str, start: float, end: float, longer: float = STALL_S) -> int:
        """How often its picture stands, each frame shown after those before it and with the delay
        that was told."""
        times = [at for at in self._times(room) if start <= at < end]
        return sum(b - a > longer for a, b in pairwise([start, *times, end]))

    def _times(self, room: str) -> list[float]:
        frames = sorted(self.frames[room], key=lambda frame: frame.number)
        soonest = min(frame.at - frame.number / FPS for frame in frames)
        found: list[float] = []
        ready = delay = 0.0
        last = -1
        for frame in frames:
            if frame.number != last + 1 and not frame.key:
                continue  # not to be decoded
            last, ready = frame.number, max(ready, frame.at)
            due = soonest + frame.number / FPS
            told = next((by for at, by in reversed(self.delays) if at <= due), 0.0)
            delay += max(-DELAY_MOVES / FPS, min(DELAY_MOVES / FPS, told - delay))
            found.append(max(ready, due + delay))
        return found

    def sound_lost(self, room: str, start: float, end: float, late: float = 0.4) -> float:
        """Share of 20 ms that had no sound: not come, or more than `late` s under way."""
        came = sum(start <= at < end and took <= late for at, took in self.sounds[room])
        return max(0.0, 1 - came / (50 * (end - start)))

    def queue(self, start: float, end: float) -> float:
        """95th percentile of the wait in the line's queue, seconds."""
        waits = sorted(wait for at, wait in self.queued if start <= at < end)
        return waits[int(0.95 * len(waits))] if waits else 0.0
