"""Statistics of publishers and subscribers over an interval, as ports.MediaFigures tells them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

from vicon.media.sfu.consumer import Consumer
from vicon.media.sfu.layer import AudioLayer, Layer, VideoLayer
from vicon.media.sfu.picture import ALL_TIDS, VideoConsumer
from vicon.media.sfu.publisher import Publisher
from vicon.media.sfu.subscriber import SlotKey, Subscriber
from vicon.ports import LineStats, StreamStats


class _Counts(NamedTuple):
    """Counters that only rise."""

    packets: int = 0
    octets: int = 0
    nacks: int = 0
    repaired: int = 0
    plis: int = 0
    frames: int = 0
    expected: int = 0
    received: int = 0


class LineFigures:
    """Reads one connection again and again; each time tells what came since. Times are monotonic
    seconds."""

    def __init__(self, now: float) -> None:
        self._at = now
        self._before: dict[Hashable, _Counts] = {}

    def up(self, publisher: Publisher, rtt: float | None, state: str, now: float) -> LineStats:
        """`rtt`: round trip of the connection in seconds."""
        elapsed = self._elapsed(now)
        streams = tuple(self._sent(layer, rtt, elapsed) for layer in publisher.layers())
        return LineStats(
            rtt_ms=_ms(rtt),
            kbps=sum(stream.kbps for stream in streams),
            available_kbps=None,
            limit=publisher.limit,
            state=state,
            streams=streams,
        )

    def down(self, subscriber: Subscriber, rtt: float | None, state: str, now: float) -> LineStats:
        elapsed = self._elapsed(now)
        streams = tuple(
            self._received(subscriber, slot, elapsed, now)
            for slot in subscriber.slots
            if subscriber.fed(slot)
        )
        return LineStats(
            rtt_ms=_ms(rtt if rtt is not None else subscriber.link.round_trip),
            kbps=sum(stream.kbps for stream in streams),
            available_kbps=subscriber.carries // 1000 if subscriber.estimated else None,
            limit=subscriber.limit,
            state=state,
            streams=streams,
        )

    def _elapsed(self, now: float) -> float:
        elapsed, self._at = now - self._at, now
        return max(elapsed, 0.001)

    def _since(self, key: Hashable, now: _Counts) -> _Counts:
        before = self._before.get(key, _Counts())
        self._before[key] = now
        return _Counts(*(max(0, a - b) for a, b in zip(now, before, strict=True)))

    def _sent(self, layer: Layer, rtt: float | None, elapsed: float) -> StreamStats:
        expected, received = layer.reception.counts()
        counts = _Counts(
            packets=layer.meter.packets,
            octets=layer.meter.octets + 12 * layer.meter.packets,
            nacks=layer.asked_again,
            repaired=layer.repaired,
            plis=layer.keys_asked,
            frames=layer.frames if isinstance(layer, VideoLayer) else 0,
            expected=expected,
            received=received,
        )
        since = self._since((layer.video, layer.rid), counts)
        lost = max(0, since.expected - since.received)
        return StreamStats(
            kind="video" if layer.video else "audio",
            layer=layer.rid,
            codec=layer.codec,
            kbps=_kbps(since.octets, elapsed),
            octets=since.octets,
            packets=since.packets,
            lost_percent=round(100 * lost / since.expected, 2) if since.expected else 0.0,
            jitter_ms=round(1000 * layer.reception.jitter, 1),
            rtt_ms=_ms(rtt),
            nacks=since.nacks,
            repaired=since.repaired,
            plis=since.plis,
            fps=round(since.frames / elapsed, 1) if isinstance(layer, VideoLayer) else None,
            paused="" if since.packets or isinstance(layer, AudioLayer) else "source",
        )

    def _received(
        self, subscriber: Subscriber, slot: SlotKey, elapsed: float, now: float
    ) -> StreamStats:
        room, kind = slot
        consumer = subscriber.slots[slot]
        consumer.sync()
        counts = _Counts(
            packets=consumer.packets,
            octets=consumer.octets + 12 * consumer.packets,
            nacks=consumer.nacked,
            repaired=consumer.again.count if isinstance(consumer, VideoConsumer) else 0,
            plis=consumer.plis,
        )
        since = self._since(slot, counts)
        current = consumer.current
        return StreamStats(
            room=room,
            kind="video" if kind == "video" else "audio",
            layer=_layer(consumer),
            codec=current.codec if current is not None else "",
            kbps=_kbps(since.octets, elapsed),
            octets=since.octets,
            packets=since.packets,
            lost_percent=round(100 * consumer.loss, 2),
            jitter_ms=round(1000 * consumer.jitter, 1),
            rtt_ms=_ms(consumer.round_trip),
            nacks=since.nacks,
            repaired=since.repaired,
            plis=since.plis,
            paused=subscriber.paused(slot, now),
        )


def _layer(consumer: Consumer) -> str:
    current = consumer.current
    if current is None or not isinstance(consumer, VideoConsumer):
        return ""
    return current.rid if consumer.tid == ALL_TIDS else f"{current.rid}.{consumer.tid}"


def _kbps(octets: int, elapsed: float) -> int:
    return round(8 * octets / elapsed / 1000)


def _ms(seconds: float | None) -> float | None:
    return round(1000 * seconds, 1) if seconds is not None else None
