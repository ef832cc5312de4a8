"""Synthetic rooms for the SFU's measurements: real ICE, DTLS and SRTP, packets of a browser's size
and rhythm, reports and requests as a browser sends them. What the receivers get is counted in the
kernel and dropped there, so that the load costs little: a filter lets RTCP, STUN and one RTP packet
in 128 through. Each packet ends with the time at which it was sent, so that these tell the delay.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import random
import struct
import time
from array import array
from collections import Counter
from collections.abc import Sequence

from tests.bench import descriptions, kernel
from tests.bench.feedback import Feedback
from tests.bench.streams import Layer, Log, Picture, Stream, Voice
from vicon.rtc import rtcp, sdp
from vicon.rtc.transport import RtcTransport, make_certificate

_CERTIFICATE = make_certificate()
_STAMP = struct.Struct("!q")
_SSRC = struct.Struct("!I")
ESTIMATE = 1_000_000_000
"""bit/s, of every receiver's link."""
ROUND_TRIP_S = 0.04
"""What receivers pretend in their reports. Below a millisecond Janus keeps no packets to send
again, which no real call would see."""
_OLD_NS = 10_000_000_000


def _transport(address: str, *, controlling: bool) -> RtcTransport:
    return RtcTransport(_CERTIFICATE, time.monotonic, controlling=controlling, addresses=[address])


class Publisher:
    """Sound and one picture, or its simulcast layers (those with a rid)."""

    def __init__(self, address: str, index: int, layers: Sequence[Layer], log: Log) -> None:
        self.transport = _transport(address, controlling=True)
        self.transport.on_rtcp = self._on_rtcp
        send = self.transport.send_rtp

        def note(now: int) -> None:
            log.add(now, index)

        self.voice = Voice(send, note)
        self.pictures = [Picture(send, note, layer) for layer in layers]
        self.simulcast = False
        self.rtcp_received = self.keys_asked = 0

    async def offer(self) -> str:
        ours = await self.transport.gather("actpass")
        return descriptions.publisher(ours, self.voice, self.pictures)

    async def connect(self, answer: str) -> None:
        """Without simulcast in the answer only the largest picture is sent."""
        remote = sdp.parse(answer)
        self.simulcast = "\na=simulcast:" in answer
        if not self.simulcast:
            self.wanted([self.pictures[-1].layer.rid])
        wide = descriptions.TransportWide(remote)
        for stream in self.streams:
            stream.agreed(wide)
        await self.transport.connect(remote.transport)

    @property
    def streams(self) -> list[Stream]:
        return [self.voice, *self.pictures]

    @property
    def sent(self) -> int:
        return sum(stream.packets for stream in self.streams)

    def wanted(self, rids: Sequence[str]) -> None:
        """Encode these layers alone, as a page does that was told so."""
        for picture in self.pictures:
            picture.active = picture.layer.rid in rids

    def report(self) -> None:
        """Sender reports of what was sent since the start, once a second as browsers do."""
        now = rtcp.to_ntp(time.time())
        for stream in self.streams:
            if stream.packets:
                name = rtcp.SourceName(((stream.ssrc, "bench"),))
                self.transport.send_rtcp(rtcp.build(stream.sender_report(now), name))

    def _on_rtcp(self, data: bytes, now: float) -> None:
        self.rtcp_received += 1
        for packet in rtcp.parse(data):
            match packet:
                case rtcp.ReceiverReport():
                    for stream in self.streams:
                        stream.acknowledged |= any(b.ssrc == stream.ssrc for b in packet.blocks)
                case rtcp.Pli():
                    self._key(packet.media)
                case rtcp.Fir():
                    for ssrc, _ in packet.requests:
                        self._key(ssrc)

    def _key(self, ssrc: int) -> None:
        for picture in self.pictures:
            if picture.ssrc == ssrc:
                self.keys_asked += 1
                picture.key = True


class Subscriber:
    """Answers the SFU's offer and receives all that it offers."""

    def __init__(self, address: str, index: int, log: Log, *, twcc: bool) -> None:
        """`index` of the publisher of the same room; `twcc`: tell of every packet when it came, as
        Chromium does (of those that the kernel dropped too: see feedback.py); else by REMB."""
        self.transport = _transport(address, controlling=False)
        self.transport.on_rtp, self.transport.on_rtcp = self._on_rtp, self._on_rtcp
        self.verified = 0
        """Media packets that the filter let through and that decrypted."""
        self.others = 0
        """Retransmissions and padding."""
        self.types: Counter[int] = Counter()
        """The same by payload type."""
        self.rtcp_received = 0
        self.delays = array("q")
        """Of the packets let through, in nanoseconds from the publisher's sending to the arrival
        at this socket."""
        self._offered: dict[int, str] = {}
        self._media: set[int] = set()
        self._highest: dict[int, int] = {}
        self._heard: dict[int, tuple[int, float]] = {}
        self._seconds = 0
        self._ask_again = False
        self._feedback = Feedback(index, log) if twcc else None
        self._filter: object = None

    async def answer(self, offer: sdp.Description) -> str:
        self._offered = {s.ssrcs[0]: s.kind for s in offer.sections if s.ssrcs}
        self._media = descriptions.media_types(offer)
        ours = await self.transport.gather("active")
        if self._feedback is not None:
            self._feedback.extension = descriptions.wide_extension(offer)
        return descriptions.subscriber(offer, ours, twcc=self._feedback is not None)

    async def connect(self, offer: sdp.Description) -> None:
        await self.transport.connect(offer.transport)
        own = self.transport.local_socket
        assert own is not None
        kernel.stamp_arrivals(own)
        self._filter = kernel.drop_media(own, self._media)

    @property
    def port(self) -> int:
        assert self.transport.local_socket is not None
        return int(self.transport.local_socket.getsockname()[1])

    def _on_rtp(self, packet: bytes, now: float) -> None:
        if packet[1] & 127 not in self._media or packet[0] & 0x20:
            self.others += 1
            self._answer_first_look(packet)
            return
        self.verified += 1
        self.types[packet[1] & 127] += 1
        assert self.transport.local_socket is not None
        stamp = _STAMP.unpack(packet[-8:])[0]
        delay = kernel.arrived(self.transport.local_socket) - stamp
        if 0 <= delay < _OLD_NS:
            self.delays.append(delay)
        ssrc, number = _SSRC.unpack_from(packet, 8)[0], packet[2] << 8 | packet[3]
        self._highest[ssrc] = number
        if self._feedback is not None:
            told = self._feedback.came(packet, ssrc, stamp, delay, now)
            if told is not None:
                self.transport.send_rtcp(rtcp.build(told))
        if self._ask_again and self._offered.get(ssrc) == "video":
            self._ask_again = False
            self.transport.send_rtcp(rtcp.build(rtcp.Nack(77, ssrc, (number,))))

    def _answer_first_look(self, packet: bytes) -> None:
        """A receiver without feedback on what goes before all media would be taken for one on a
        very narrow line."""
        if self._feedback is None or self.verified:
            return
        assert self.transport.local_socket is not None
        try:  # when it came, not when we had time for it
            came = kernel.arrived(self.transport.local_socket)
        except OSError:
            came = time.time_ns()  # the first one; from now on the kernel notes it
        told = self._feedback.alone(packet, _SSRC.unpack_from(packet, 8)[0], came)
        if told is not None:
            self.transport.send_rtcp(rtcp.build(told))

    def _on_rtcp(self, data: bytes, now: float) -> None:
        self.rtcp_received += 1
        for packet in rtcp.parse(data):
            if isinstance(packet, rtcp.SenderReport):
                self._heard[packet.ssrc] = rtcp.middle(packet.ntp), now

    def report(self, chance: random.Random) -> None:
        """Once a second: what each stream's receiver reports (of sound every five seconds, as
        libwebrtc does), perhaps an estimate of the link; the next picture's packet that comes
        through is asked for again; every tenth time a key frame is asked for."""
        now = time.monotonic()
        videos = tuple(ssrc for ssrc, kind in self._offered.items() if kind == "video")
        for ssrc, kind in self._offered.items():
            if kind == "video" or self._seconds % 5 == 0:
                report = rtcp.ReceiverReport(77, (self._block(ssrc, now),))
                self.transport.send_rtcp(rtcp.build(report))
        if self._feedback is None:
            estimate = rtcp.Remb(77, ESTIMATE, videos)
            self.transport.send_rtcp(rtcp.build(rtcp.ReceiverReport(77), estimate))
        self._ask_again = True
        if self._seconds % 10 == 9:
            pli = rtcp.Pli(77, chance.choice(videos))
            self.transport.send_rtcp(rtcp.build(rtcp.ReceiverReport(77), pli))
        self._seconds += 1

    def _block(self, ssrc: int, now: float) -> rtcp.ReportBlock:
        last, at = self._heard.get(ssrc, (0, now))
        delay = int(65536 * max(0.0, now - at - ROUND_TRIP_S))
        return rtcp.ReportBlock(ssrc, 0, 0, self._highest.get(ssrc, 0), 100, last, delay)


class Generator:
    """Sends for all publishers, their rhythm times `factor`, and for all clients what they report
    once a second. `factor` and `sending` can be changed while it runs."""

    def __init__(
        self, publishers: Sequence[Publisher], subscribers: Sequence[Subscriber], factor: float = 1
    ) -> None:
        self.publishers, self.subscribers = publishers, subscribers
        self.factor = factor
        self.sending = True
        self._chance = random.Random(1)

    @property
    def sent(self) -> int:
        return sum(publisher.sent for publisher in self.publishers)

    async def run(self) -> None:
        """Until cancelled."""
        await asyncio.gather(self._media(), self._reports())

    async def _media(self) -> None:
        order = itertools.count()
        queue: list[tuple[float, int, Stream]] = []
        now = time.monotonic()
        for publisher in self.publishers:
            for stream in publisher.streams:
                heapq.heappush(queue, (now + self._chance.random() / 25, next(order), stream))
        while True:
            now = time.monotonic()
            while queue[0][0] <= now:
                due, _, stream = queue[0]
                due = max(due, now - 0.1)  # what a stalled machine missed is not made up for
                interval = stream.interval / self.factor
                if self.sending:
                    stream.send(interval)
                heapq.heapreplace(queue, (due + interval, next(order), stream))
            await asyncio.sleep(max(0.0005, min(0.01, queue[0][0] - time.monotonic())))

    async def _reports(self) -> None:
        """Spread over the second, as those of many browsers are."""
        while True:
            clients: list[Publisher | Subscriber] = [*self.publishers, *self.subscribers]
            for client in clients:
                if isinstance(client, Publisher):
                    client.report()
                else:
                    client.report(self._chance)
                await asyncio.sleep(1 / len(clients))
