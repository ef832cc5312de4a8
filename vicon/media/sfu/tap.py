"""What a recorder takes of one publisher: its sound, and the largest layer of its picture that
comes anyway. It joins a layer's receivers, so that what is lost is asked for again; it never
sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from vicon.media.sfu.layer import Layer, Stored
from vicon.media.sfu.producer import Producer
from vicon.media.sfu.publisher import Publisher

STALE_S = 0.4
"""A layer of several that sent nothing for so long has been paused: a smaller one takes over."""
DWELL_S = 2.0
"""After a change of layers so long to the next, as long as the present one lives: each costs a key
frame."""
KEY_EVERY_S = 8.0
"""A key frame is asked for where none came for so long: a player can jump to those alone."""
LOOK_S = 0.1
RECORDED = ("vp8", "h264")
"""Pictures that can be recorded. Of a publisher of another codec the sound alone is."""


class Basket(Protocol):
    """Where packets are put. It never blocks, and leaves out what it has no room for."""

    def stream(self, kind: str, codec: str, rate: int, clock: int) -> int:
        """A new stream begins: its number. `clock`: streams of the same number share a sender's
        clock."""
        ...

    def packet(self, stream: int, packet: Stored, now: float) -> None: ...

    def sender(self, stream: int, ntp: int, timestamp: int) -> None:
        """A sender's report: its clock (64 bits) at an RTP timestamp."""
        ...


class Pipe:
    """One layer into the basket: see layer.Sink."""

    def __init__(self, basket: Basket, layer: Layer, stream: int, now: float) -> None:
        self.layer, self.stream = layer, stream
        self.key_at: float | None = None
        self.since = now
        self._basket = basket
        self._told: tuple[int, int] | None = None

    def forward(self, layer: Layer, packet: Stored, plain: bytes, tail: bytes, now: float) -> None:
        descriptor = packet[3]
        if descriptor is not None and descriptor.key:
            self.key_at = now
        self._basket.packet(self.stream, packet, now)

    def skip(self, layer: Layer, number: int) -> None:
        self._basket.packet(self.stream, (number, 0, 0, None, b"", b""), 0.0)

    def tell_clock(self) -> None:
        """The sender's last report, once."""
        heard = self.layer.reception.clock
        if heard is not None and heard != self._told:
            self._told = heard
            self._basket.sender(self.stream, *heard)


class Tap:
    """Times are monotonic seconds. `find` gives the device's publisher; it may be another one from
    one call to the next."""

    def __init__(self, find: Callable[[], Publisher | None], basket: Basket) -> None:
        self._find, self._basket = find, basket
        self._publisher: Publisher | None = None
        self._clock = 0
        self._sound: Pipe | None = None
        self._picture: Pipe | None = None
        self._coming: Pipe | None = None
        """A layer that takes over with its next key frame."""
        self._next_look = self._next_change = 0.0
        self.audio = self.video = True
        """Whether these are to be taken."""

    def look(self, now: float) -> None:
        """Call every 20 ms or so: follows the publisher and its layers, asks for key frames."""
        if now < self._next_look:
            return
        self._next_look = now + LOOK_S
        publisher = self._find()
        if publisher is not self._publisher:
            self.close()
            self._publisher = publisher
            self._clock += 1
        if publisher is None:
            return
        self._listen(publisher.audio if self.audio else None, now)
        self._watch(publisher.producers.get("video") if self.video else None, now)
        for pipe in (self._sound, self._picture, self._coming):
            if pipe is not None:
                pipe.tell_clock()

    def _listen(self, layer: Layer | None, now: float) -> None:
        if self._sound is not None and self._sound.layer is not layer:
            _shut(self._sound)
            self._sound = None
        if self._sound is None and layer is not None:
            self._sound = self._open(layer, now)

    def _watch(self, camera: Producer | None, now: float) -> None:
        if camera is None or camera.codec not in RECORDED:
            self._drop_pictures()
            return
        # Somebody watches: the smallest layer at least is to come.
        camera.recorded = True
        if self._coming is not None and self._coming.key_at is not None:
            _shut(self._picture)
            self._picture, self._coming = self._coming, None
        best = _best(camera, now)
        if best is None:
            return
        current = self._coming or self._picture
        stays = current is not None and current.layer.live(now) and now < self._next_change
        if current is None or (current.layer is not best and not stays):
            self._change(best, now)
        self._ask_key(now)

    def _change(self, best: Layer, now: float) -> None:
        self._next_change = now + DWELL_S
        _shut(self._coming)
        self._coming = None
        if self._picture is None or self._picture.layer is not best:
            self._coming = self._open(best, now)
            best.request_key(now)

    def _ask_key(self, now: float) -> None:
        pipe = self._picture
        if pipe is None or self._coming is not None:
            return
        if now - (pipe.key_at if pipe.key_at is not None else pipe.since) > KEY_EVERY_S:
            pipe.key_at = now  # asked for: the layer itself asks again until it comes
            pipe.layer.request_key(now, repair=True)

    def _open(self, layer: Layer, now: float) -> Pipe:
        kind = "video" if layer.video else "audio"
        number = self._basket.stream(kind, layer.codec, layer.clock_rate, self._clock)
        pipe = Pipe(self._basket, layer, number, now)
        pipe.tell_clock()
        layer.add(pipe)
        return pipe

    def close(self) -> None:
        """Take nothing any more."""
        camera = self._publisher.producers.get("video") if self._publisher is not None else None
        if camera is not None:
            camera.recorded = False
        _shut(self._sound)
        self._sound = None
        self._drop_pictures()
        self._publisher = None

    def _drop_pictures(self) -> None:
        for pipe in (self._picture, self._coming):
            _shut(pipe)
        self._picture = self._coming = None


def _shut(pipe: Pipe | None) -> None:
    if pipe is not None:
        pipe.layer.discard(pipe)


def _best(camera: Producer, now: float) -> Layer | None:
    """The largest layer that comes now; with none of several fresh, the largest that lives."""
    if not camera.simulcast:
        return camera.first if camera.first.last_at is not None else None
    fresh = [
        layer
        for layer in camera.layers
        if layer.last_at is not None and now - layer.last_at < STALE_S
    ]
    if fresh:
        return fresh[-1]
    return next((layer for layer in reversed(camera.layers) if layer.live(now)), None)
