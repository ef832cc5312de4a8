"""A down connection: its slots, what feeds them, what its link carries, and the reports to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from vicon.media.sfu.allocation import RISE, Ask, Step, Voice, share_pictures, share_sound
from vicon.media.sfu.consumer import Consumer
from vicon.media.sfu.layer import Layer
from vicon.media.sfu.pacer import Pacer
from vicon.media.sfu.picture import ALL_TIDS, VideoConsumer
from vicon.media.sfu.producer import Producer
from vicon.media.sfu.retransmit import MOST, SAME_AGAIN_S
from vicon.media.sfu.sound import AudioConsumer
from vicon.ports import Limit, Paused
from vicon.rtc.gcc import SendSide
from vicon.rtc.rtcp import (
    Fir,
    Nack,
    Pli,
    ReceiverReport,
    Remb,
    RtcpError,
    RtcpPacket,
    SenderReport,
    build,
    parse,
)
from vicon.rtc.twcc import Twcc

REPORT_S = 1.0
SHARE_S, SOONER = 0.2, 0.93
"""How often what the link carries is divided anew; at once when it falls below this part of what
it was then."""
RISE_AFTER_S = 2.0
"""After a picture had to become smaller, none becomes larger for so long."""
VOICE_RATE = 60_000
"""bit/s on the wire of a voice that was not measured yet."""
UNKNOWN_RATE = 20_000_000
LOSSY, VERY_LOSSY, LOSSY_S = 0.004, 0.04, 20.0
"""From this share of lost packets on, sounds go twice, or three times; for so many seconds after
it was last so."""
REPAIR_TIMES, REPAIR_MOST = 2.5, 0.25
"""Times the share of lost packets, and at most, of what pictures may have, to send them again."""
THIN, NOT_THIN, GATHERED = 110_000, 160_000, 3
"""bit/s that a line carries: below the first, until it is more than the second again, so many
packets of a voice go as one."""
THINNER = 0.7
"""Of its rate, then."""
PACED, NOT_PACED = 800_000, 1_200_000
"""bit/s that a line carries: below the first, until it is more than the second again, pictures
leave evenly."""
KNOWN_S = 3.0
"""What a link carries is being tried out for so long: until then it is not said to limit."""
MUTE_S = 2.0
"""Who reports, but has given no transport-wide feedback for so long, will give none."""
PATIENCE_S = 2.0
"""A layer that the publisher was asked for and does not send is waited for so long."""
DROP, DRAIN_S, DRAIN_AGAIN_S = 0.8, 2.5, 8.0
"""When what the line carries falls below that share, a queue stands there and drains within a few
seconds; it is taken for that once in a while only."""
FADE = 0.94
"""Of what came through, every SHARE_S: half of it after 2.2 s."""
FULL = 1.4
"""When so much more is sent than the line carries, a larger layer stops at once."""
AGAIN_SHARE = 0.3
"""So much of what the line carries may be sent again."""
_REPORTS_PER_PACKET = 40
"""28 bytes each: the compound packet stays below the path's MTU."""

SlotKey = tuple[str, str]
"""Room, and audio or video."""


class Feed(NamedTuple):
    """What a slot is to get."""

    producer: Producer
    rank: int
    height: int
    """Pixels."""
    heard: bool = True
    """Of sound: it is among those that are forwarded now."""
    least: bool = False
    """Of a picture: its lowest step alone."""


class Subscriber:
    """Times are monotonic seconds. `send_rtcp` sends a compound packet to the device; `link` knows
    what may be sent to it."""

    def __init__(
        self,
        slots: Mapping[SlotKey, Consumer],
        send_rtcp: Callable[[bytes], None],
        link: SendSide,
    ) -> None:
        self.slots = dict(slots)
        self.link = link
        self.malformed = 0
        self.limit: Limit = ""
        self.counted = False
        """The device feeds back which packets came, and when."""
        self.targets: dict[SlotKey, Step | None] = {}
        """The step that each picture is to have now; None: the link does not carry it."""
        self._send_rtcp = send_rtcp
        self._by_ssrc = {consumer.ssrc: consumer for consumer in self.slots.values()}
        self._feeds: dict[SlotKey, Feed] = {}
        self._next_report = self._next_share = 0.0
        self._no_rise_before = 0.0
        # Not all at the same moment: that would hold up the media of everybody.
        self._every = SHARE_S * (0.8 + min(self._by_ssrc, default=0) % 41 / 100)
        self._switches = 0
        self._estimates = False
        self._came = self._carried = self._shared = 0.0
        self._drain_until = self._no_drain_before = 0.0
        self._lossy_until = -1.0
        self._copying: set[VideoConsumer] = set()
        """What they sent again goes once more at the next tick."""
        self._pacer = Pacer()
        self._paced = self._held = False
        self._opened_at: float | None = None
        self._thin = False
        self._gathering: list[AudioConsumer] = []
        self._waits: dict[SlotKey, float] = {}
        """Since when a slot has been waiting for a layer that nobody sends."""

    def on_rtcp(self, data: bytes, now: float) -> None:
        """Take in a compound packet: anything may come."""
        try:
            packets = parse(data)
        except RtcpError:
            self.malformed += 1
            return
        for packet in packets:
            self._on_packet(packet, now)

    def _on_packet(self, packet: RtcpPacket, now: float) -> None:
        if isinstance(packet, Twcc):
            self.link.on_feedback(packet, now)
            self.counted = self.link.heard
        elif isinstance(packet, Nack):
            consumer = self._by_ssrc.get(packet.media)
            if consumer is not None:
                consumer.on_nack(packet.sequences, now)
                if isinstance(consumer, VideoConsumer) and consumer.again.due:
                    self._copying.add(consumer)
        elif isinstance(packet, Pli):
            self._key_request(packet.media, now)
        elif isinstance(packet, Fir):
            for ssrc, _ in packet.requests:
                self._key_request(ssrc, now)
        elif isinstance(packet, ReceiverReport | SenderReport):
            self._on_report(packet, now)
        elif isinstance(packet, Remb):
            self._estimates = True
            self.link.on_remb(packet.bitrate, now)

    def _on_report(self, report: ReceiverReport | SenderReport, now: float) -> None:
        worst = 0.0
        for block in report.blocks:
            consumer = self._by_ssrc.get(block.ssrc)
            if consumer is None:
                continue
            consumer.on_report(block, now)
            worst = max(worst, consumer.loss)
            if consumer.round_trip is not None:
                self.link.on_round_trip(consumer.round_trip, now)
        if report.blocks and not self.link.heard and self._old(MUTE_S, now):
            self.counted = False  # it agreed to feed back, and does not
        if report.blocks and not self.counted:
            self.link.on_loss(worst, now)

    def _old(self, seconds: float, now: float) -> bool:
        """Whether it has been fed for longer."""
        return self._opened_at is not None and now - self._opened_at > seconds

    def _key_request(self, ssrc: int, now: float) -> None:
        consumer = self._by_ssrc.get(ssrc)
        if consumer is not None:
            consumer.on_key_request(now)

    # --- what feeds the slots -------------------------------------------------------------------

    def feed(self, slot: SlotKey, feed: Feed | None) -> None:
        """What this slot is to get from now on; share() brings it there."""
        before = self._feeds.get(slot)
        if feed is None:
            self._feeds.pop(slot, None)
            return
        self._feeds[slot] = feed
        if before is None or before.producer is not feed.producer:
            self.targets.pop(slot, None)
        elif before.height < feed.height or before.rank > feed.rank or before.least > feed.least:
            self._no_rise_before = 0.0  # a room takes the floor: that does not wait

    def hear(self, sources: frozenset[Producer], now: float) -> None:
        """The voices beside those of rank 0 and 1 that are forwarded now."""
        changed = False
        for slot, feed in self._feeds.items():
            if slot[1] != "audio":
                continue
            heard = feed.rank < 2 or feed.producer in sources
            if heard != feed.heard:
                self._feeds[slot] = feed._replace(heard=heard)
                changed = True
        if changed:
            self.share(now)

    @property
    def carries(self) -> int:
        """bit/s that may be sent to the device. One that tells nothing of its link gets all."""
        return self.link.target if self.estimated else UNKNOWN_RATE

    @property
    def estimated(self) -> bool:
        """Whether anything is known of its link."""
        return self.counted or self._estimates

    def share(self, now: float) -> None:
        """Divide what the link carries among the slots, and have each fed accordingly."""
        self._next_share = now + self._every
        self._open(now)
        self._shared = self.carries
        left = self._share_sound(now)
        left = int(left * (1 - self._repair(now)))
        self._pace(left, now)
        self._share_pictures(left, now)
        for slot, consumer in self.slots.items():
            if slot not in self._feeds:
                self.targets.pop(slot, None)
                consumer.want(None, now)

    def _open(self, now: float) -> None:
        """Before the first sound and picture the link is looked at: else they would find its limit
        out by being lost or late."""
        if self._opened_at is None:
            self._opened_at = now
            pads = (c.pads for c in self.slots.values() if isinstance(c, VideoConsumer))
            if self.counted and any(pads):
                self.link.open(now)
        self._held = self._pacer.held = self.link.opening(now)

    def _share_sound(self, now: float) -> int:
        """Returns the bit/s that are left for pictures."""
        slots = [slot for slot, feed in self._feeds.items() if slot[1] == "audio"]
        voices = []
        self._thin = self.counted and self.carries < (NOT_THIN if self._thin else THIN)
        for slot in slots:
            feed, consumer = self._feeds[slot], self.slots[slot]
            rate = feed.producer.first.meter.rate or VOICE_RATE
            rate = int(THINNER * rate) if self._thin else rate
            # A voice that is silent now may speak at any time, but does not yet.
            voices.append(Voice(feed.rank, rate if feed.heard else 0, consumer.wanted is not None))
        sent, left = share_sound(self.carries, voices)
        self._gathering.clear()
        for slot, goes, voice in zip(slots, sent, voices, strict=True):
            feed, consumer = self._feeds[slot], self.slots[slot]
            layer = feed.producer.first
            wanted = goes and feed.heard and consumer.decodes(layer) and not self._held
            consumer.want(layer if wanted else None, now)
            if isinstance(consumer, AudioConsumer):
                repeats = self._repeats(consumer, now) if wanted and not self._thin else 0
                # Payload is about half of what a voice takes on the wire.
                if repeats and left < repeats * voice.rate // 2:
                    repeats = 0
                left -= repeats * voice.rate // 2
                consumer.repeat(repeats)
                consumer.gather(GATHERED if self._thin else 1, now)
                if self._thin and wanted:
                    self._gathering.append(consumer)
        return left

    def _repeats(self, consumer: AudioConsumer, now: float) -> int:
        """How often a sound goes again in the packets after it: where packets are being lost, a
        voice is repaired without asking for anything, so that even a long way does not matter."""
        loss = self._own_loss(consumer)
        if loss >= LOSSY:
            self._lossy_until = now + LOSSY_S
        if now > self._lossy_until:
            return 0
        return 2 if loss >= VERY_LOSSY else 1

    def _repair(self, now: float) -> float:
        """The share of a picture's rate with which its losses are mended, each packet twice."""
        if now > self._lossy_until or not self.counted:
            return 0.0
        return min(REPAIR_MOST, REPAIR_TIMES * self.link.own_loss)

    def _own_loss(self, consumer: Consumer) -> float:
        """What a full queue drops does not count: that is not mended by sending more."""
        return self.link.own_loss if self.counted else consumer.loss

    def _pace(self, left: int, now: float) -> None:
        """`left`: bit/s for pictures."""
        self._pacer.rate = left
        narrow = self.carries < (NOT_PACED if self._paced else PACED)
        paced = self._held or (self.counted and narrow)
        if paced == self._paced:
            return
        self._paced = paced
        self._pacer.empty(now)
        for consumer in self.slots.values():
            if isinstance(consumer, VideoConsumer):
                consumer.pace(self._pacer if paced else None)

    def _share_pictures(self, left: int, now: float) -> None:
        slots = [
            slot
            for slot, feed in self._feeds.items()
            if slot[1] == "video" and self.slots[slot].decodes(feed.producer.first)
        ]
        asks = [self._ask(slot, now) for slot in slots]
        chosen = share_pictures(left, asks, self._through(left, now))
        if now < self._no_rise_before:
            # What was not shown at all may come at its lowest.
            chosen = [min(c, max(0, ask.current)) for c, ask in zip(chosen, asks, strict=True)]
        fell = any(step < ask.current for ask, step in zip(asks, chosen, strict=True))
        if fell:
            self._no_rise_before = now + RISE_AFTER_S
        full = fell and self._sent_now(slots) > FULL * left
        for slot, ask, step in zip(slots, asks, chosen, strict=True):
            self._give(slot, ask.steps[step] if step >= 0 else None, now)
            if full and step < ask.current:
                self._stop_larger(slot)
        self._note_limit(asks, chosen, now)
        self.link.limited(self._wanted(left, asks))

    def _through(self, left: int, now: float) -> int:
        """bit/s of pictures that the line is known to carry beside the sound, while a queue drains
        after a fall; 0 else."""
        carries = self.carries
        if carries < DROP * self._carried and now > self._no_drain_before:
            self._drain_until, self._no_drain_before = now + DRAIN_S, now + DRAIN_AGAIN_S
        self._carried = carries
        # What came in one second says little while frames are few: a while's best fades.
        self._came = max(float(self.link.acknowledged or 0), FADE * self._came)
        if not self.counted or now > self._drain_until:
            return 0
        return max(0, int(self._came) - (carries - left))

    def _wanted(self, left: int, asks: Sequence[Ask]) -> int:
        """bit/s with which every picture would have its highest step: with the room that a step
        needs to be taken, else the link is thought to carry all while a picture waits for that."""
        pictures = sum(max(int(RISE * a.steps[-1].rate), a.steps[-1].peak) for a in asks)
        return self.carries - left + pictures

    def _ask(self, slot: SlotKey, now: float) -> Ask:
        feed = self._feeds[slot]
        steps = feed.producer.steps(feed.height, now)
        steps = steps[:1] if feed.least else steps
        target = self.targets.get(slot)
        current = -1
        if target is not None:  # its layer may have lost a temporal step, or be beyond the height
            kept = [i for i, s in enumerate(steps) if s.rid == target.rid and s.tid <= target.tid]
            current = kept[-1] if kept else len(steps) - 1
        return Ask(feed.rank, steps, current)

    def _give(self, slot: SlotKey, step: Step | None, now: float) -> None:
        self.targets[slot] = step
        consumer = self.slots[slot]
        assert isinstance(consumer, VideoConsumer)
        if step is None:
            self._waits.pop(slot, None)
            consumer.want(None, now)
            return
        layer = self._layer(slot, step, now)
        whole = layer.rid != step.rid or step.tid >= len(layer.measured(now)) - 1
        consumer.limit(ALL_TIDS if whole else step.tid)
        self._delay(consumer, self._feeds[slot].producer, now)
        consumer.again.rate = min(MOST, int(AGAIN_SHARE * self.carries))
        consumer.again.copies = self._lossy(consumer, now)
        consumer.again.wait = max(SAME_AGAIN_S, min(0.5, 0.9 * (self.link.round_trip or 0.0)))
        consumer.want(layer, now)

    def _delay(self, consumer: VideoConsumer, producer: Producer, now: float) -> None:
        """As much as repairs take on either line. What a full queue of this one drops is no reason
        to wait: it will be less full."""
        repairs = consumer.again.repairs
        repairs.roll(now)
        own = repairs.delay if self._lossy(consumer, now) else 0.0
        consumer.delay(max(producer.delay, own))

    def _lossy(self, consumer: Consumer, now: float) -> bool:
        return self._own_loss(consumer) >= LOSSY or now <= self._lossy_until

    def _layer(self, slot: SlotKey, step: Step, now: float) -> Layer:
        """The layer of this step, or what comes nearest to it."""
        producer = self._feeds[slot].producer
        layer = producer.best(step.rid, now)
        if layer is not None:
            self._waits.pop(slot, None)
            return layer
        # Only larger ones come, perhaps: the publisher is being asked for this one.
        if now - self._waits.setdefault(slot, now) > PATIENCE_S:
            layer = producer.lowest(now)
        return layer or producer.layer(step.rid) or producer.first

    def demands(self) -> Iterator[tuple[Producer, str]]:
        """The layers that pictures here are to have, whether they come or not."""
        for slot, step in self.targets.items():
            if step is not None and slot in self._feeds:
                yield self._feeds[slot].producer, step.rid

    def _sent_now(self, slots: Sequence[SlotKey]) -> int:
        """bit/s of the pictures that are being sent."""
        layers = (self.slots[slot].current for slot in slots)
        return sum(layer.meter.rate for layer in layers if layer is not None)

    def _stop_larger(self, slot: SlotKey) -> None:
        """The line is full: until the smaller layer's key frame is there, nothing of the larger
        one is sent, else it would wait behind that."""
        consumer = self.slots[slot]
        if isinstance(consumer, VideoConsumer) and consumer.current is not consumer.wanted:
            consumer.pause()

    def _note_limit(self, asks: Sequence[Ask], chosen: Sequence[int], now: float) -> None:
        known = self._old(KNOWN_S, now)
        whole = all(c == len(a.steps) - 1 for a, c in zip(asks, chosen, strict=True))
        if whole or not known:
            self.limit = ""
        elif any(step >= 0 for step in chosen):
            self.limit = "reduced"
        else:
            self.limit = "sound"

    def decodes(self) -> frozenset[str]:
        """The codecs of pictures that the device takes."""
        pictures = (consumer for consumer in self.slots.values() if consumer.video)
        return frozenset(name for consumer in pictures for name in consumer.types)

    def fed(self, slot: SlotKey) -> bool:
        """Whether this slot is to get anything."""
        return slot in self._feeds

    def paused(self, slot: SlotKey, now: float) -> Paused:
        """Why nothing is forwarded in a slot that is fed."""
        feed, consumer = self._feeds[slot], self.slots[slot]
        if not consumer.decodes(feed.producer.first):
            return "codec"
        if consumer.wanted is None:
            return "silent" if slot[1] == "audio" and not feed.heard else "bandwidth"
        if any(layer.live(now) for layer in feed.producer.layers):
            return ""
        return "uplink" if feed.producer.resting else "source"

    # --- time -----------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Call every 20 ms or so. Reports go out every second, and within SHARE_S after a switch,
        since until then the device plays by the clock of the source before."""
        self.link.tick(now)
        while self._copying:
            self._copying.pop().send_copies(now)
        for voice in self._gathering:
            voice.flush(now)
        self._pacer.run(now)
        opened = self._held and not self.link.opening(now)
        if not opened and now < self._next_share and self.carries > SOONER * self._shared:
            return
        self.share(now)
        switches = sum(consumer.switches for consumer in self.slots.values())
        if now < self._next_report and switches == self._switches:
            return
        self._next_report = now + REPORT_S
        self._switches = switches
        reports = [consumer.sender_report(now) for consumer in self.slots.values()]
        self._report([report for report in reports if report is not None])

    def probing(self, now: float) -> bool:
        """Call probe() every few milliseconds meanwhile."""
        return self.link.probing(now)

    def probe(self, now: float) -> None:
        """Send what is due of a probe."""
        due = self.link.probe(now)
        if due is None:
            return
        cluster, octets = due
        octets -= self._pacer.release(octets, now)
        for consumer in self.slots.values():
            if octets <= 0:
                break
            if isinstance(consumer, VideoConsumer):
                octets -= consumer.pad(octets, cluster, now)

    def _report(self, reports: Sequence[SenderReport]) -> None:
        for start in range(0, len(reports), _REPORTS_PER_PACKET):
            self._send_rtcp(build(*reports[start : start + _REPORTS_PER_PACKET]))

    def drop(self, slot: SlotKey) -> None:
        """The device does not want this slot: feed it no more."""
        consumer = self.slots.pop(slot)
        self._by_ssrc.pop(consumer.ssrc)
        self._feeds.pop(slot, None)
        consumer.close()

    def close(self) -> None:
        for consumer in self.slots.values():
            consumer.close()
