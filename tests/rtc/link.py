"""A simulated link and a simulated forwarder that follows a bandwidth estimate, seeded."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from vicon.rtc.arrivals import Arrivals
from vicon.rtc.gcc import SendSide
from vicon.rtc.twcc import Twcc, build_body, parse_body

OVERHEAD = 28 + 12 + 8 + 16
"""IPv4, UDP, RTP, header extension, SRTP's tag."""


@dataclass
class Link:
    """Packets go through in order of sending, at a rate, with a queue that drops at its tail."""

    rates: Sequence[tuple[float, int]]
    """(from this time on, bit/s)"""
    delay: float = 0.025
    back: float = 0.025
    queue_bytes: int = 100_000
    jitter: float = 0.0
    """Most seconds added, without reordering."""
    loss: float = 0.0
    burst: float = 1.0
    """Mean packets lost in a row."""
    stalls: float = 0.0
    """Most seconds for which the receiver, ever so often, has no time to look: what came
    meanwhile it finds at once."""
    down: tuple[float, float] = (0.0, 0.0)
    """From when till when nothing comes through, either way."""
    seed: int = 1

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.free_at = 0.0
        self.rate = self.rates[0][1]
        self._step = 1
        self._last = 0.0
        self._bad = False
        self.dropped = self.carried = 0
        self._stall = (0.0, 0.0)

    def _follow(self, now: float) -> None:
        while self._step < len(self.rates) and self.rates[self._step][0] <= now:
            at, rate = self.rates[self._step]
            self.free_at = at + max(0.0, self.free_at - at) * self.rate / rate
            self.rate = rate
            self._step += 1

    def queued(self, now: float) -> float:
        """Seconds that a packet sent now would wait."""
        self._follow(now)
        return max(0.0, self.free_at - now)

    def send(self, size: int, now: float) -> float | None:
        """When it comes; None: lost."""
        if self.is_down(now):
            return None
        wait = self.queued(now)
        if wait * self.rate / 8 + size > self.queue_bytes:
            self.dropped += 1
            return None
        self.free_at = now + wait + size * 8 / self.rate
        self.carried += size
        if self._lost():
            return None
        came = self.free_at + self.delay + self.random.uniform(0, self.jitter)
        self._last = max(self._last, self._seen(came))
        return self._last

    def _seen(self, came: float) -> float:
        while self.stalls and came >= self._stall[1]:
            start = self._stall[1] + self.random.expovariate(3.0)
            self._stall = (start, start + self.random.uniform(0, self.stalls))
        return self._stall[1] if self._stall[0] <= came < self._stall[1] else came

    def is_down(self, now: float) -> bool:
        return self.down[0] <= now < self.down[1]

    def _lost(self) -> bool:
        if not self.loss:
            return False
        if self.burst <= 1:
            return self.random.random() < self.loss
        leave = 1 / self.burst
        enter = leave * self.loss / (1 - self.loss)
        self._bad = self.random.random() < (1 - leave if self._bad else enter)
        return self._bad


@dataclass
class Picture:
    """A camera at one of its layers."""

    layers: Sequence[int] = (80_000, 150_000, 400_000, 1_500_000)
    fps: int = 25
    layer: int = -1
    wanted: int = -1
    switch_at: float = 0.0


@dataclass
class Sample:
    at: float
    target: int
    queue: float
    sent: int
    """Bytes so far, media alone."""
    layers: tuple[int, ...]


@dataclass
class Call:
    """One receiver: sounds, pictures by importance, a link, and who estimates it."""

    link: Link
    start: int = 300_000
    sounds: int = 3
    pictures: list[Picture] = field(default_factory=lambda: [Picture(), Picture((80_000, 150_000))])
    feedback_s: float = 0.06
    feedback_loss: float = 0.0
    feedback_jitter: float = 0.0
    """Most seconds by which a feedback is late: they overtake each other."""
    key_switch_s: float = 0.12
    clock: Callable[[float], float] = lambda now: now + 1000
    cross: Callable[[Call], None] | None = None
    """Other traffic."""
    elastic: bool = False
    """One stream that is always just what the target allows, in place of pictures."""

    def __post_init__(self) -> None:
        self.side = SendSide(0.0, self.start)
        self.arrivals = Arrivals()
        self.samples: list[Sample] = []
        self.events: list[tuple[float, int, Callable[[float], None]]] = []
        self.random = random.Random(self.link.seed + 1)
        self.media = self.lost = self.switches = 0
        self._count = 0
        self._debt = 0.0
        self._upgrade_after = 0.0

    def at(self, when: float, what: Callable[[float], None]) -> None:
        self._count += 1
        heapq.heappush(self.events, (when, self._count, what))

    def run(self, seconds: float) -> list[Sample]:
        for i in range(self.sounds):
            self.at(0.001 + i * 0.0067, self._sound)
        for i, picture in enumerate(self.pictures):
            self.at(0.003 + i * 0.011, partial(self._frame, picture))
        if self.elastic:
            self.at(0.0, self._elastic)
        self.at(0.02, self._tick)
        self.at(self.feedback_s, self._feedback)
        self.at(0.0, self._sample)
        if self.cross is not None:
            self.cross(self)
        while self.events and self.events[0][0] <= seconds:
            when, _, what = heapq.heappop(self.events)
            what(when)
        return self.samples

    def _send(self, size: int, now: float, cluster: int = 0) -> None:
        number = self.side.sent(size, now, cluster)
        if not cluster:
            self.media += size
        came = self.link.send(size, now)
        if came is None:
            self.lost += 1
        else:
            self.at(came, lambda t: self.arrivals.on_packet(number, self.clock(t)))

    def _sound(self, now: float) -> None:
        self._send(80 + OVERHEAD, now)
        self.at(now + 0.02, self._sound)

    def _elastic(self, now: float) -> None:
        self._debt += max(0, self.side.target - self.sounds * 400 * (80 + OVERHEAD)) * 0.033 / 8
        while self._debt > 600:
            self._send(600, now)
            self._debt -= 600
        self.at(now + 0.033, self._elastic)

    def _frame(self, picture: Picture, now: float) -> None:
        """A frame; over to another layer with a key frame, which comes at two and a half times
        the layer's rate."""
        self.at(now + 1 / picture.fps, partial(self._frame, picture))
        if picture.wanted != picture.layer and now >= picture.switch_at:
            picture.layer = picture.wanted
            self.switches += 1
            if picture.layer >= 0:
                size = 10 * picture.layers[picture.layer] / 8 / picture.fps
                span = size * 8 / picture.layers[picture.layer] / 2.5
                self._burst(size, span, now)
            return
        if picture.layer >= 0:
            size = picture.layers[picture.layer] / 8 / picture.fps
            self._burst(size * self.random.uniform(0.6, 1.4), 0.002, now)

    def _burst(self, size: float, span: float, now: float) -> None:
        packets = max(1, -(-int(size) // 1100))
        each = int(size / packets) + OVERHEAD
        for i in range(packets):
            self.at(now + span * i / packets, partial(self._send, each))

    def _allocate(self, now: float) -> None:
        """Sound first; then each picture's lowest layer, then higher ones, the first picture
        first. Down at once, up no sooner than a second after the last change."""
        left: float = self.side.target - self.sounds * 8 * 50 * (80 + OVERHEAD)
        chosen = [-1] * len(self.pictures)
        cost = [0.0] * len(self.pictures)
        for place, picture in enumerate(self.pictures):
            for layer, rate in enumerate(picture.layers):
                need = rate * 1.06
                if left + cost[place] >= need:
                    left += cost[place] - need
                    cost[place], chosen[place] = need, layer
        if sum(chosen) > sum(p.wanted for p in self.pictures) and now < self._upgrade_after:
            return
        for picture, layer in zip(self.pictures, chosen, strict=True):
            if layer != picture.wanted:
                picture.wanted = layer
                picture.switch_at = now + self.key_switch_s
                self._upgrade_after = now + 1.0

    def _tick(self, now: float) -> None:
        self.side.limited(self.most)
        self.side.tick(now)
        self._allocate(now)
        if self.side.probing(now):
            self._probe(now)
        self.at(now + 0.02, self._tick)

    @property
    def most(self) -> int:
        pictures = sum(1.06 * p.layers[-1] for p in self.pictures)
        return 6_000_000 if self.elastic else int(pictures + self.sounds * 400 * (80 + OVERHEAD))

    def _probe(self, now: float) -> None:
        ask = self.side.probe(now)
        if ask is not None:
            cluster, size = ask
            while size > 0:
                self._send(min(1200, max(80, size)), now, cluster)
                size -= 1200
        if self.side.probing(now):
            self.at(now + 0.005, self._probe)

    def _feedback(self, now: float) -> None:
        self.at(now + self.feedback_s, self._feedback)
        for packet in self.arrivals.feedback(1, 2, self.clock(now)):
            if self.random.random() < self.feedback_loss or self.link.is_down(now):
                continue
            heard = parse_body(1, 2, build_body(packet)[0])
            late = self.random.uniform(0, self.feedback_jitter)
            self.at(now + self.link.back + late, partial(self._heard, heard))

    def _heard(self, packet: Twcc, now: float) -> None:
        self.side.on_feedback(packet, now)

    def _sample(self, now: float) -> None:
        self.samples.append(
            Sample(
                now,
                self.side.target,
                self.link.queued(now),
                self.media,
                tuple(p.layer for p in self.pictures),
            )
        )
        self.at(now + 0.05, self._sample)


@dataclass
class Cbr:
    """Other traffic at one rate, whatever becomes of it."""

    on: float
    off: float
    rate: float

    def __call__(self, call: Call) -> None:
        def send(now: float) -> None:
            if now < self.off:
                call.link.send(1200, now)
                call.at(now + 1200 * 8 / self.rate, send)

        call.at(self.on, send)


@dataclass
class Reno:
    """Other traffic that takes what it gets, about as TCP does: one packet more a round trip,
    after a loss three tenths less."""

    on: float
    off: float

    def __call__(self, call: Call) -> None:
        self.call = call
        self.window, self.threshold, self.flying, self.calm_until = 10.0, 1e9, 0, 0.0
        call.at(self.on, self._pump)

    def _pump(self, now: float) -> None:
        link = self.call.link
        while now < self.off and self.flying < self.window:
            self.flying += 1
            came = link.send(1500, now)
            if came is None:
                again = now + link.queued(now) + link.delay + link.back
                self.call.at(again, self._lost)
            else:
                self.call.at(came + link.back, self._acknowledged)

    def _lost(self, now: float) -> None:
        self.flying -= 1
        if now > self.calm_until:
            link = self.call.link
            self.window = self.threshold = max(2.0, 0.7 * self.window)
            self.calm_until = now + link.queued(now) + link.delay + link.back
        self._pump(now)

    def _acknowledged(self, now: float) -> None:
        self.flying -= 1
        self.window += 1 if self.window < self.threshold else 1 / self.window
        self._pump(now)


def queues(samples: Sequence[Sample], start: float, end: float) -> list[float]:
    """Seconds queued, sorted."""
    return sorted(s.queue for s in samples if start <= s.at < end)


def targets(samples: Sequence[Sample], start: float, end: float) -> list[int]:
    return [s.target for s in samples if start <= s.at < end]


def used(samples: Sequence[Sample], start: float, end: float) -> float:
    """bit/s of media sent."""
    inside = [s for s in samples if start <= s.at < end]
    return (inside[-1].sent - inside[0].sent) * 8 / (inside[-1].at - inside[0].at)
