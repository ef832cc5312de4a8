"""Consumers whose plain cases the compiled part does: their numbers stand in its struct meanwhile,
and are taken over before anything else is done with them."""

from __future__ import annotations

from typing import Any

from vicon.media.fast.fan import PLAIN, SHARED, WIDE, FlightLink, Way, ffi
from vicon.media.sfu.consumer import Consumer, Segment, Sent, Types
from vicon.media.sfu.layer import Layer, Stored
from vicon.media.sfu.pacer import Pacer
from vicon.media.sfu.picture import VideoConsumer
from vicon.media.sfu.sound import AudioConsumer
from vicon.rtc.negotiate import TRANSPORT_WIDE_ID
from vicon.rtc.payload import Descriptor
from vicon.rtc.rtcp import SenderReport


class _Fast(Consumer):
    """What both kinds have in common; stands before AudioConsumer or VideoConsumer among the
    bases."""

    __slots__ = ()
    target: Any
    """For fan.Fan: a vicon_target."""
    flight: FlightLink

    def sync(self) -> None:
        t = self.target
        self.highest, self.packets, self.octets = t.highest, t.packets, t.octets
        self._last_sent, self._last_timestamp = t.last_sent, t.last_timestamp

    def _plain(self) -> bool:
        """Packets of its present layer go as they are."""
        return self.current is not None and self.current is self.wanted

    def _put_back(self) -> None:
        t = self.target
        t.on = self._plain()
        t.flight = self.flight.struct if self._sent is not None else ffi.NULL
        shared = SHARED if self._extensions else PLAIN
        t.extension = WIDE if self._sent is not None else shared
        t.wide_head, t.level = self._wide_head, self._extensions
        t.highest, t.packets, t.octets = self.highest, self.packets, self.octets
        t.last_sent, t.last_timestamp = self._last_sent, self._last_timestamp
        if self.segments:
            s = self.segments[-1]
            t.source_start, t.offset, t.timestamp = s.source_start, s.offset, s.timestamp
            t.type, t.picture, t.tl0 = s.type, s.picture, s.tl0
            t.renumber = bool(s.picture or s.tl0)

    def agreed(
        self,
        types: Types,
        *,
        extensions: bool,
        sent: Sent | None,
        wide_id: int = TRANSPORT_WIDE_ID,
    ) -> None:
        self.sync()
        super().agreed(types, extensions=extensions, sent=sent, wide_id=wide_id)
        self._put_back()

    def want(self, layer: Layer | None, now: float) -> None:
        if layer is not self.wanted:
            self.sync()
            super().want(layer, now)
            self._put_back()

    def forward(self, layer: Layer, packet: Stored, plain: bytes, tail: bytes, now: float) -> None:
        self.sync()
        super().forward(layer, packet, plain, tail, now)
        self._put_back()

    def skip(self, layer: Layer, number: int) -> None:
        self.sync()
        super().skip(layer, number)
        self._put_back()

    def on_nack(self, sequences: tuple[int, ...], now: float) -> None:
        self.sync()
        super().on_nack(sequences, now)

    def sender_report(self, now: float) -> SenderReport | None:
        self.sync()
        return super().sender_report(now)

    def close(self) -> None:
        self.sync()
        super().close()
        self._put_back()


class FastAudioConsumer(_Fast, AudioConsumer):
    __slots__ = ("_way", "flight", "target")

    def __init__(self, way: Way, flight: FlightLink, **common: Any) -> None:
        """`common`: as AudioConsumer's."""
        AudioConsumer.__init__(self, **common)
        self._way, self.flight = way, flight  # they hold what the target points to
        self.target = _target(self.ssrc, way)
        self._put_back()

    def _plain(self) -> bool:
        return super()._plain() and not self.repeats and self.gathers == 1 and not self._broken

    def gather(self, count: int, now: float) -> None:
        if count != self.gathers:
            self.sync()
            super().gather(count, now)
            self._put_back()

    def flush(self, now: float) -> None:
        if self._waiting:
            self.sync()
            super().flush(now)
            self._put_back()

    def repeat(self, count: int) -> None:
        if count != self.repeats:
            self.sync()
            super().repeat(count)
            self._put_back()


class FastVideoConsumer(_Fast, VideoConsumer):
    __slots__ = ("_way", "flight", "target")

    def __init__(self, way: Way, flight: FlightLink, **common: Any) -> None:
        """`common`: as VideoConsumer's."""
        VideoConsumer.__init__(self, **common)
        self._way, self.flight = way, flight  # they hold what the target points to
        self.target = _target(self.ssrc, way)
        self._put_back()

    def sync(self) -> None:
        t = self.target
        if t.packets == self.packets:
            return
        super().sync()
        picture = t.last_picture if t.last_picture >= 0 else None
        tl0 = t.last_tl0 if t.last_tl0 >= 0 else None
        self._last_descriptor = Descriptor(0, False, False, picture, tl0, False)

    def _plain(self) -> bool:
        plain = self.tid == self._tid and self._pacer is None and not self._telling
        return super()._plain() and plain

    def _put_back(self) -> None:
        super()._put_back()
        t, last = self.target, self._last_descriptor
        t.tid = self._tid
        t.last_picture = -1 if last is None or last.picture_id is None else last.picture_id
        t.last_tl0 = -1 if last is None or last.tl0 is None else last.tl0

    def limit(self, tid: int) -> None:
        if tid != self.tid:
            self.sync()
            super().limit(tid)
            self._put_back()

    def delay(self, seconds: float) -> None:
        before = self._telling
        super().delay(seconds)
        if self._telling != before:
            self.sync()
            self._put_back()

    def pace(self, pacer: Pacer | None) -> None:
        if pacer is not self._pacer:
            self.sync()
            super().pace(pacer)
            self._put_back()

    def _send_built(self, packet: Stored, segment: Segment, now: float) -> None:
        self.sync()
        super()._send_built(packet, segment, now)
        self._put_back()

    def pause(self) -> None:
        self.sync()
        super().pause()
        self._put_back()

    def pad(self, octets: int, cluster: int, now: float) -> int:
        self.sync()
        return super().pad(octets, cluster, now)


def _target(ssrc: int, way: Way) -> Any:
    start = {"way": way.struct, "ssrc": ssrc, "last_picture": -1, "last_tl0": -1}
    return ffi.new("vicon_target *", start)
