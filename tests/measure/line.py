"""Two ends of a leg and a simulated line between them, in virtual time."""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from vicon.measure.encode import AUDIO_RATE, PACKET_TICKS, VIDEO_RATE, Clip, Frame, Packet, Video
from vicon.measure.leg import OVERHEAD, Leg
from vicon.rtc import sdp
from vicon.rtc.negotiate import OPUS_TYPE
from vicon.rtc.trial_sdp import Ssrcs, TrialMedia, agreed_trial, answer_trial, offer_trial

FPS, SECONDS = 15, 8
STEP_S = 0.001
PING_BYTES = 108 + 28
RTCP_OVERHEAD = 20 + 28


def clip() -> Clip:
    """Frames of plausible sizes whose bytes no decoder would like."""
    rng = random.Random(7)
    videos = []
    for width, height, kbps in ((320, 180, 110), (640, 360, 450), (1280, 720, 1200)):
        mean = kbps * 125 // FPS
        frames = []
        for index in range(FPS * SECONDS):
            key = index % FPS == 0
            size = int(mean * (2.2 if key else 0.9) * rng.uniform(0.8, 1.2))
            head = bytes([0 if key else 1, 0, 0, 0x9D, 1, 0x2A])
            head += width.to_bytes(2, "little") + height.to_bytes(2, "little")
            frames.append(Frame(index * VIDEO_RATE // FPS, key, head + rng.randbytes(size)))
        videos.append(Video(width, height, tuple(frames)))
    count = SECONDS * AUDIO_RATE // PACKET_TICKS
    packets = tuple(Packet(i * PACKET_TICKS, 30, rng.randbytes(80)) for i in range(count))
    return Clip(tuple(videos), packets, SECONDS * VIDEO_RATE)


@dataclass
class Way:
    """One direction; what it did is counted over RTP packets."""

    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    loss: float = 0.0
    burst: float = 1.0
    rate_kbps: float = 0.0
    queue_ms: float = 200.0
    rng: random.Random = field(default_factory=lambda: random.Random(3))
    came: int = 0
    lost: int = 0
    in_order: bool = True
    sounds: list[tuple[float, float]] = field(default_factory=list)
    """Of each packet of sound that came: when it went and when it came."""
    _bad: bool = False
    _free: float = 0.0
    _last: float = 0.0

    def zero(self) -> None:
        self.came = self.lost = 0
        self.sounds = []

    def carry(self, now: float, size: int, counted: bool) -> float | None:
        """When it arrives; None: never."""
        self.came += counted
        if self._loses():
            self.lost += counted
            return None
        leaves = now
        if self.rate_kbps:
            starts = max(now, self._free)
            if starts - now > self.queue_ms / 1000:
                self.lost += counted
                return None
            leaves = self._free = starts + size * 8 / 1000 / self.rate_kbps
        wander = self.rng.uniform(-1, 1) * self.jitter_ms / 1000
        comes = leaves + self.delay_ms / 1000 + wander
        self._last = max(self._last, comes)
        return self._last if self.in_order else comes

    def _loses(self) -> bool:
        if not self.loss:
            return False
        if self.burst <= 1:
            return self.rng.random() < self.loss
        leave = 1 / self.burst
        enter = self.loss * leave / (1 - self.loss)
        self._bad = self.rng.random() >= leave if self._bad else self.rng.random() < enter
        return self._bad

    @property
    def jitter_ms_seen(self) -> float:
        """Mean |D| (RFC 3550) of the sound."""
        ordered = sorted(self.sounds)
        steps = [abs((b[1] - a[1]) - (b[0] - a[0])) for a, b in pairwise(ordered)]
        return 1000 * sum(steps) / max(1, len(steps))

    @property
    def percent(self) -> float:
        return 100 * self.lost / max(1, self.came)


def agreed() -> tuple[TrialMedia, TrialMedia]:
    """The server's view and the station's."""
    ours, theirs = Ssrcs(audio=11, video=12, rtx=13), Ssrcs(audio=21, video=22, rtx=23)
    transport = sdp.Transport(
        ufrag="abcd",
        password="a" * 22,
        fingerprints=(sdp.Fingerprint("sha-256", "AB:CD"),),
        setup="actpass",
    )
    offer = sdp.parse(sdp.render(offer_trial(transport, theirs)))
    answer, server = answer_trial(offer, transport, "call", ours)
    return server, agreed_trial(sdp.parse(sdp.render(answer)), theirs)


class World:
    """`server` and `station`, and the two ways between them."""

    def __init__(
        self,
        up: Way | None = None,
        down: Way | None = None,
        *,
        media: tuple[TrialMedia, TrialMedia] | None = None,
    ) -> None:
        self.now = 1000.0
        self.up, self.down = up or Way(), down or Way(rng=random.Random(5))
        self._events: list[tuple[float, int, Any]] = []
        self._count = 0
        server, station = media or agreed()
        self.server = self._leg(server, True)
        self.station = self._leg(station, False)
        made = clip()
        for leg in (self.server, self.station):
            leg.play(made, self.now)
            leg.want("720p", 0, self.now)

    def _leg(self, media: TrialMedia, server: bool) -> Leg:
        way = self.down if server else self.up

        def rtp(packet: bytes) -> None:
            at = way.carry(self.now, len(packet) + OVERHEAD, True)
            if at is not None:
                if packet[1] & 127 == OPUS_TYPE:
                    way.sounds.append((self.now, at))
                self._push(at, (server, "rtp", packet))

        def rtcp(packet: bytes) -> None:
            at = way.carry(self.now, len(packet) + RTCP_OVERHEAD, False)
            if at is not None:
                self._push(at, (server, "rtcp", packet))

        return Leg(
            media,
            "call",
            server=server,
            now=self.now,
            unix_ms=1e12,
            seed=77 + server,
            send_rtp=rtp,
            send_rtcp=rtcp,
        )

    def _push(self, at: float, what: Any) -> None:
        self._count += 1
        heapq.heappush(self._events, (at, self._count, what))

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        due = {True: self.now, False: self.now}
        while self.now < end:
            while self._events and self._events[0][0] <= self.now:
                self._deliver(heapq.heappop(self._events)[2])
            for is_server, leg in ((True, self.server), (False, self.station)):
                if self.now >= due[is_server]:
                    due[is_server] = leg.poll(self.now, 1e12 + 1000 * (self.now - 1000))
            if self.server.ping_due(self.now):
                self._ping()
            self.now += STEP_S

    def _ping(self) -> None:
        out = self.down.carry(self.now, PING_BYTES, False)
        if out is not None:
            self._push(out, (True, "ping", self.now))

    def _deliver(self, what: tuple[bool, str, Any]) -> None:
        from_server, kind, content = what
        if kind == "ping":
            back = self.up.carry(self.now, PING_BYTES, False)
            if back is not None:
                self._push(back, (False, "pong", content))
        elif kind == "pong":
            self.server.pinged(self.now - content, self.now)
        else:
            leg = self.station if from_server else self.server
            if kind == "rtp":
                leg.on_rtp(content, self.now, len(content) + OVERHEAD)
            else:
                leg.on_rtcp(content, self.now)

    def measure(self, seconds: float = 20.0, settle: float = 6.0) -> None:
        """Settle, then mark both ends and the line, then go on."""
        self.run(settle)
        for leg in (self.server, self.station):
            leg.mark(self.now)
        self.up.zero()
        self.down.zero()
        self.run(seconds)
