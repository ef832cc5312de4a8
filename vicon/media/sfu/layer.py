"""One encoding of a track: receives it, repairs it, remembers it, hands it to consumers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from vicon.media.sfu.meter import Meter
from vicon.rtc.formats import FORMATS, Descriptor
from vicon.rtc.missing import Missing
from vicon.rtc.negotiate import ABS_SEND_TIME_ID, AUDIO_LEVEL_ID, Choice
from vicon.rtc.reception import Reception
from vicon.rtc.red import MAX_LENGTH, MAX_OFFSET, Block, RedError, primary
from vicon.rtc.red import build as wrap_red
from vicon.rtc.rtcp import Nack, Pli, ReportBlock, SenderReport, build
from vicon.rtc.rtp import find_extension, locate, payload_bounds, rtx_original, unwrap

RING = 1024
KEY_INTERVAL_S, REPAIR_INTERVAL_S = 0.3, 1.0
"""Requests for a key frame go out at most this often, those that only repair a picture less often:
key frames are large, and all who watch get them. What comes between waits, it is not lost."""
MOST_BEFORE = 2
"""Earlier sounds that a packet may carry again."""
KEEP_S = 3.0
"""Pictures older than this are not asked for any more: they are let go of."""
SETTLED_S, SOON_S, FRESH_S = 1.5, 0.5, 0.3
"""A layer has grown to its rate after so long; a picture without layers comes as large as it is."""
LIVE_S = 1.0
"""A layer that sent nothing for so long is not chosen."""

Stored = tuple[int, int, int, Descriptor | None, bytes, bytes]
"""Extended sequence number, marker bit (128 or 0), timestamp, descriptor as read (None for audio),
its bytes as they came (VP8; for audio the whole RED payload, if it was one), the payload after
it. A tuple because one is made for every packet."""


class Sink(Protocol):
    """What a layer asks of a consumer."""

    def forward(self, layer: Layer, packet: Stored, plain: bytes, tail: bytes, now: float) -> None:
        """`tail`: all that follows the header when nothing needs to be renumbered; `plain`: the
        same after the header extension that all receivers can share."""
        ...

    def skip(self, layer: Layer, number: int) -> None:
        """The packet of this number held nothing and will not be sent on."""
        ...


PICTURE, NO_LEVEL = -1, 256


class Fan(Protocol):
    """Sends a packet to all consumers for whom nothing but plain numbers differs, faster than
    their forward() would."""

    def changed(self, consumers: Sequence[Sink]) -> None:
        """These are fed from now on."""
        ...

    def send(self, packet: Stored, payload: bytes, level: int, now: float) -> Sequence[Sink]:
        """`payload` as it came. `level`: of sound in -dBov with its voice bit, or NO_LEVEL; of a
        picture PICTURE. Returns the consumers that were left: they want forward()."""
        ...


class Layer:
    """What sound and picture have in common. Times are monotonic seconds."""

    video = False

    def __init__(
        self,
        choice: Choice,
        rid: str = "",
        ssrc: int | None = None,
        fan: Fan | None = None,
    ) -> None:
        self.track = choice
        """Layers of one track share it."""
        self.rid = rid
        """Empty where the track has one encoding."""
        self.codec = choice.codec.name.lower()
        self.clock_rate = choice.codec.clock_rate
        self.ssrc = ssrc
        self.reception = Reception(choice.codec.clock_rate)
        self.consumers: tuple[Sink, ...] = ()
        self._fan = fan
        self.meter = Meter()
        self._rates: list[int] = []
        self.last_at: float | None = None
        """When its last packet came."""
        self.live_since = 0.0
        """When it began, or began again after a rest."""
        self.closed = False
        """Its publisher is gone."""
        self.keys_asked = self.asked_again = self.repaired = 0
        """Key frames asked for; packets asked for by NACK, each time counted; those that came."""

    @property
    def delay(self) -> float:
        """Seconds by which it is to be shown later, so that repairs come in time."""
        return 0.0

    def add(self, consumer: Sink) -> None:
        if consumer not in self.consumers:
            self._feed((*self.consumers, consumer))

    def discard(self, consumer: Sink) -> None:
        self._feed(tuple(c for c in self.consumers if c is not consumer))

    def _feed(self, consumers: tuple[Sink, ...]) -> None:
        self.consumers = consumers
        if self._fan is not None:
            self._fan.changed(consumers)

    def live(self, now: float) -> bool:
        return self.last_at is not None and now - self.last_at < LIVE_S

    def measured(self, now: float) -> list[int]:
        """bit/s on the wire up to each of its temporal ids; while it rests, or has begun too
        lately to be measured, those of before, if there were any."""
        fresh = self.last_at is not None and now - self.last_at < FRESH_S
        if fresh and now - self.live_since > (SETTLED_S if self.rid else SOON_S):
            self._rates = self.meter.rates() or self._rates
        return self._rates

    def stored(self, number: int) -> Stored | None:
        """A packet of this extended sequence number, if it is still remembered."""
        return None

    def request_key(self, now: float, *, repair: bool = False) -> None:
        """Sound needs none."""

    def tick(self, now: float) -> None:
        """Call every 20 ms or so."""

    def roll(self, now: float) -> None:
        """Call a few times a second: measures the rates."""
        self.meter.roll(now)

    def receive(
        self, packet: bytes, second: int, sequence: int, timestamp: int, now: float
    ) -> None:
        """Take a packet in; `second` is its second byte. Raises RtpError or FormatError for one
        that is malformed, which then counts as received but goes nowhere."""
        raise NotImplementedError

    def receive_again(
        self, packet: bytes, second: int, sequence: int, timestamp: int, now: float
    ) -> None:
        """Take a retransmission in (RFC 4588). Raises as receive()."""

    def heard_sender(self, report: SenderReport, now: float) -> None:
        self.reception.heard_sender(report, now)

    def report(self, now: float) -> ReportBlock | None:
        """The block for the next receiver report; None before the first packet."""
        if self.ssrc is None or self.reception.highest < 0:
            return None
        return self.reception.report(self.ssrc, now)

    def close(self) -> None:
        """Forget all packets: consumers may still name this layer in old segments."""
        self.closed = True
        self._feed(())


class AudioLayer(Layer):
    def __init__(self, choice: Choice, ssrc: int | None = None, fan: Fan | None = None) -> None:
        super().__init__(choice, "", ssrc, fan)
        self.level: int | None = None
        """Loudest level since it was read last, -dBov: 0 is the loudest; None: never told."""
        self._before: tuple[tuple[int, bytes], ...] = ()
        """Timestamps and payloads of the newest packets, oldest first."""
        self._redundant: dict[tuple[int, int], bytes] = {}
        """Of the newest packet, by payload type and number of earlier ones."""
        self._level_id = choice.level_id
        self._red = choice.red.payload_type if choice.red is not None else None

    def take_level(self) -> int | None:
        """The loudest level since the last call; silence when packets stay away."""
        level = self.level
        if level is not None:
            self.level = 127
        return level

    def receive(
        self, packet: bytes, second: int, sequence: int, timestamp: int, now: float
    ) -> None:
        number = self.reception.update(sequence, timestamp, now)
        self.last_at = now
        extension = b""
        told = NO_LEVEL
        if self._level_id is None:
            start, end = payload_bounds(packet)
        else:
            bounds = locate(packet)
            start, end = bounds.payload_start, bounds.payload_end
            level = find_extension(packet, bounds, self._level_id)
            if level is not None:
                if self.level is None or level[0] & 127 < self.level:
                    self.level = level[0] & 127
                told = level[0]
                extension = _LEVEL_HEAD + level[:1] + b"\0\0"
        payload = packet[start:end]
        self.meter.add(len(payload), 0)
        red = b""
        if second & 127 == self._red:
            red, payload = payload, self._primary(payload)
        if not payload:
            for consumer in self.consumers:
                consumer.skip(self, number)
            return
        if number == self.reception.highest:
            self._before = (*self._before[-MOST_BEFORE:], (timestamp, payload))
            self._redundant.clear()
        stored = (number, second & 128, timestamp, None, red, payload)
        consumers: Sequence[Sink] = self.consumers
        if self._fan is not None and not red:
            consumers = self._fan.send(stored, payload, told, now)
        if consumers:
            plain = extension + payload
            for consumer in consumers:
                consumer.forward(self, stored, plain, payload, now)

    def redundant(self, opus_type: int, count: int) -> bytes | None:
        """The newest packet's payload with those of up to `count` before it (RFC 2198): who loses
        one finds it in the next. None where none before it may be told of."""
        known = self._redundant.get((opus_type, count))
        if known is None:
            known = self._redundant[opus_type, count] = self._wrap(opus_type, count)
        return known or None

    def _wrap(self, opus_type: int, count: int) -> bytes:
        timestamp, newest = self._before[-1]
        blocks = [
            Block(opus_type, (timestamp - at) & 0xFFFFFFFF, payload)
            for at, payload in self._before[-1 - count : -1]
        ]
        usable = [b for b in blocks if b.offset <= MAX_OFFSET and len(b.payload) <= MAX_LENGTH]
        return wrap_red([*usable, Block(opus_type, 0, newest)]) if usable else b""

    def _primary(self, payload: bytes) -> bytes:
        try:
            return primary(payload)[1]
        except RedError:
            return b""


class VideoLayer(Layer):
    """`send_rtcp` gets compound packets for the publisher, from `local_ssrc`."""

    video = True

    def __init__(
        self,
        choice: Choice,
        local_ssrc: int,
        send_rtcp: Callable[[bytes], None],
        rid: str = "",
        ssrc: int | None = None,
        fan: Fan | None = None,
    ) -> None:
        super().__init__(choice, rid, ssrc, fan)
        self.missing = Missing()
        self.frames = 0
        self._parse = FORMATS[self.codec].parse
        self._dependency_id = choice.dependency_id if self.codec == "av1" else None
        self._local_ssrc = local_ssrc
        self._send_rtcp = send_rtcp
        self._ring: list[Stored | None] = [None] * RING
        self._marks: deque[tuple[float, int]] = deque()
        """What the newest packet was at some times within KEEP_S."""
        self._kept_from = 0
        self._key_wanted = self._urgent = False
        self._key_interval = KEY_INTERVAL_S
        self._key_asked_at = -REPAIR_INTERVAL_S

    def receive(
        self, packet: bytes, second: int, sequence: int, timestamp: int, now: float
    ) -> None:
        reception = self.reception
        before = reception.highest
        number = reception.update(sequence, timestamp, now)
        if self.last_at is None or now - self.last_at > LIVE_S:
            self.live_since = now
        self.last_at = now
        if number != before + 1 and before >= 0:
            self._out_of_order(before, number, now)
        start, end = payload_bounds(packet)
        dependency = None
        if self._dependency_id is not None:
            dependency = find_extension(packet, locate(packet), self._dependency_id)
        self._deliver(number, second & 128, timestamp, packet[start:end], dependency, now)

    def receive_again(
        self, packet: bytes, second: int, sequence: int, timestamp: int, now: float
    ) -> None:
        if self.reception.highest < 0:
            return
        start, end = payload_bounds(packet)
        original, payload = rtx_original(packet[start:end])
        number = unwrap(original, self.reception.highest)
        if not self.missing.came(number, now):
            return
        self.repaired += 1
        dependency = None
        if self._dependency_id is not None:
            dependency = find_extension(packet, locate(packet), self._dependency_id)
        self._deliver(number, second & 128, timestamp, payload, dependency, now)

    def _out_of_order(self, before: int, number: int, now: float) -> None:
        if number <= before:
            self.missing.came(number, now)
            return
        asked = self.missing.gap(before + 1, number, now)
        if asked is None:
            self.request_key(now)
        elif self.consumers:
            self._nack(asked)

    def _deliver(
        self,
        number: int,
        marker: int,
        timestamp: int,
        payload: bytes,
        dependency: bytes | None,
        now: float,
    ) -> None:
        if not payload:
            for consumer in self.consumers:
                consumer.skip(self, number)
            return
        descriptor = self._parse(payload, dependency)
        length = descriptor.length
        self._ring[number % RING] = stored = (
            number,
            marker,
            timestamp,
            descriptor,
            payload[:length],
            payload[length:],
        )
        self.meter.add(len(payload), descriptor.tid)
        if marker:
            self.frames += 1
        if self._key_wanted:
            self._look_for_key(descriptor, now)
        consumers: Sequence[Sink] = self.consumers
        if self._fan is not None and consumers:
            consumers = self._fan.send(stored, payload, PICTURE, now)
        if consumers:
            plain = send_time(now) + payload
            for consumer in consumers:
                consumer.forward(self, stored, plain, payload, now)

    def stored(self, number: int) -> Stored | None:
        entry = self._ring[number % RING]
        return entry if entry is not None and entry[0] == number else None

    def request_key(self, now: float, *, repair: bool = False) -> None:
        """Ask the publisher for a key frame; requests close together become one. `repair`: for a
        receiver that has a picture and lost a part of it."""
        self._key_interval = REPAIR_INTERVAL_S if repair and not self._urgent else KEY_INTERVAL_S
        self._urgent = self._urgent or not repair
        self._key_wanted = True
        if now - self._key_asked_at >= self._key_interval:
            self._ask_key(now)

    def _look_for_key(self, descriptor: Descriptor, now: float) -> None:
        if descriptor.key:
            self._key_wanted = self._urgent = False
        elif now - self._key_asked_at >= self._key_interval:
            # Repeated only while other packets come: a camera that is off is not asked on.
            self._ask_key(now)

    def _ask_key(self, now: float) -> None:
        if self.ssrc is None:
            return  # nothing has come yet, and what comes first is a key frame
        self._key_asked_at = now
        self.keys_asked += 1
        self._send_rtcp(build(Pli(self._local_ssrc, self.ssrc)))

    def _nack(self, numbers: list[int]) -> None:
        if self.ssrc is None:
            return
        self.asked_again += len(numbers)
        sequences = tuple(number & 0xFFFF for number in numbers)
        self._send_rtcp(build(Nack(self._local_ssrc, self.ssrc, sequences)))

    @property
    def delay(self) -> float:
        return self.missing.repairs.delay

    def roll(self, now: float) -> None:
        super().roll(now)
        self.missing.repairs.roll(now)
        highest = self.reception.highest
        self._marks.append((now, highest))
        while now - self._marks[0][0] > KEEP_S:
            _, old = self._marks.popleft()
            for number in range(max(self._kept_from, old - RING), old + 1):
                if self.stored(number) is not None:
                    self._ring[number % RING] = None
            self._kept_from = old + 1

    def tick(self, now: float) -> None:
        """Asks again for what is still missing, and after ten times for a key frame instead."""
        if not len(self.missing):
            return
        if not self.consumers:
            self.missing.clear()
            return
        asked, gave_up = self.missing.due(now)
        if asked:
            self._nack(asked)
        if gave_up:
            self.request_key(now)

    def close(self) -> None:
        super().close()
        self.missing.clear()
        self._ring = [None] * RING
        self._send_rtcp = _ignore  # it holds the whole connection


def _ignore(packet: bytes) -> None:
    """The publisher is gone."""


def send_time(now: float) -> bytes:
    """A header extension of one element, abs-send-time; see rtp.abs_send_time."""
    return _SEND_TIME_HEAD + (int(now * 262144) & 0xFFFFFF).to_bytes(3, "big")


_SEND_TIME_HEAD = b"\xbe\xde\x00\x01" + bytes([ABS_SEND_TIME_ID << 4 | 2])
_LEVEL_HEAD = b"\xbe\xde\x00\x01" + bytes([AUDIO_LEVEL_ID << 4])
