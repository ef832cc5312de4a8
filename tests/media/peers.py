"""Synthetic devices over real transports, for tests of the media plane."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from vicon.ports import MediaEngine, Route, SlotPlan
from vicon.rtc import negotiate, rtcp, sdp, vp8
from vicon.rtc.rtp import Packet, parse
from vicon.rtc.transport import RtcTransport, make_certificate

LOOPBACK = ["127.0.0.1"]
CONFERENCE = "c"
_CERTIFICATE = make_certificate()


async def until(condition: Callable[[], object], seconds: float = 15.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


def transport(*, controlling: bool) -> RtcTransport:
    return RtcTransport(_CERTIFICATE, time.monotonic, controlling=controlling, addresses=LOOPBACK)


def route(
    receiver: str, room: str, sender: str, *, audio: bool = True, video: bool = True
) -> Route:
    return Route(receiver=receiver, room=room, sender=sender, audio=audio, video=video)


def plan(*rooms: str) -> list[SlotPlan]:
    """What is beside the programme has sound alone."""
    return [
        SlotPlan(room=room, kind=kind)
        for room in rooms
        for kind in ("audio", "video")
        if kind == "audio" or not room.startswith("@")
    ]


class Sender:
    """Sends frames of three packets and audio of one, when told to or steadily."""

    def __init__(self, tag: bytes = b"") -> None:
        self.transport = transport(controlling=True)
        self.transport.on_rtcp = self._on_rtcp
        self.audio_ssrc, self.video_ssrc, self.rtx_ssrc = 10, 20, 21
        self.tag = tag
        self.heard: list[rtcp.RtcpPacket] = []
        self.sequence = 65_500
        self.audio_sequence = 100
        self.frames = 0
        self.key_next = True
        self.keys: list[bytes] = []
        """The key frames that were sent."""
        self.drop: Callable[[int], bool] = lambda sequence: False
        """Whether to lose the packet of this sequence number."""
        self._sent: dict[int, Packet] = {}
        self._rtx_sequence = 1

    def _on_rtcp(self, data: bytes, now: float) -> None:
        for packet in rtcp.parse(data):
            self.heard.append(packet)
            if isinstance(packet, rtcp.Pli):
                self.key_next = True
            elif isinstance(packet, rtcp.Nack):
                for sequence in packet.sequences:
                    self._send_again(sequence)

    async def publish(self, engine: MediaEngine, device: str) -> None:
        ours = await self.transport.gather("actpass")
        offer = negotiate.offer_publish(ours, self.audio_ssrc, self.video_ssrc, self.rtx_ssrc)
        answer = sdp.parse(await engine.publish(CONFERENCE, device, sdp.render(offer)))
        await self.transport.connect(answer.transport)

    def _send_again(self, sequence: int) -> None:
        packet = self._sent[sequence]
        payload = sequence.to_bytes(2, "big") + packet.payload
        again = packet._replace(
            payload_type=negotiate.RTX_TYPE,
            ssrc=self.rtx_ssrc,
            sequence=self._rtx_sequence,
            payload=payload,
        )
        self._rtx_sequence += 1
        self.transport.send_rtp(again.build())

    def frame(self) -> None:
        """One picture; a key frame if one was asked for."""
        body = bytes([0 if self.key_next else 1]) + self.tag + os.urandom(3000)
        if self.key_next:
            self.keys.append(body)
        self.key_next = False
        payloads = list(vp8.packetise(body, self.frames))
        for index, payload in enumerate(payloads):
            packet = Packet(
                negotiate.VP8_TYPE,
                self.sequence,
                self.frames * 3000 & 0xFFFFFFFF,
                self.video_ssrc,
                payload,
                index == len(payloads) - 1,
            )
            self._sent[self.sequence] = packet
            if not self.drop(self.sequence):
                self.transport.send_rtp(packet.build())
            self.sequence = (self.sequence + 1) & 0xFFFF
        self.frames += 1

    def sound(self, level: int = 30) -> None:
        packet = Packet(
            negotiate.OPUS_TYPE,
            self.audio_sequence & 0xFFFF,
            self.audio_sequence * 960 & 0xFFFFFFFF,
            self.audio_ssrc,
            self.tag + b"opus",
            extensions={negotiate.AUDIO_LEVEL_ID: bytes([level])},
        )
        self.transport.send_rtp(packet.build())
        self.audio_sequence += 1

    @asynccontextmanager
    async def steadily(self) -> AsyncIterator[None]:
        """30 frames and 50 packets of sound a second, meanwhile."""
        task = asyncio.create_task(self._play())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task], timeout=1)

    async def _play(self) -> None:
        while True:
            self.frame()
            self.sound()
            await asyncio.sleep(0.02)
            self.sound()
            await asyncio.sleep(0.013)


class Receiver:
    """Collects what comes, by room and kind."""

    def __init__(self) -> None:
        self.transport = transport(controlling=False)
        self.transport.on_rtp = self._on_rtp
        self.transport.on_rtcp = self._on_rtcp
        self.packets: dict[tuple[str, str], list[Packet]] = {}
        self.again: list[Packet] = []
        self.reports: list[rtcp.SenderReport] = []
        self.ssrcs: dict[tuple[str, str], int] = {}
        self._slots: dict[int, tuple[str, str]] = {}

    async def subscribe(self, engine: MediaEngine, device: str, rooms: Sequence[str]) -> None:
        text, slots = await engine.subscribe(CONFERENCE, device, plan(*rooms))
        offer = sdp.parse(text)
        by_mid = {section.mid: section for section in offer.sections}
        for slot in slots:
            ssrc = by_mid[slot.mid].ssrcs[0]
            self.ssrcs[slot.room, slot.kind] = ssrc
            self._slots[ssrc] = (slot.room, slot.kind)
        ours = await self.transport.gather("active")
        answer = sdp.render(negotiate.answer_subscribe(offer, ours))
        await asyncio.gather(
            self.transport.connect(offer.transport), engine.answer(CONFERENCE, device, answer)
        )

    def _on_rtp(self, data: bytes, now: float) -> None:
        packet = parse(data, (negotiate.AUDIO_LEVEL_ID, negotiate.ABS_SEND_TIME_ID))
        key = self._slots.get(packet.ssrc)
        if key is None:
            self.again.append(packet)
        else:
            self.packets.setdefault(key, []).append(packet)

    def _on_rtcp(self, data: bytes, now: float) -> None:
        for packet in rtcp.parse(data):
            if isinstance(packet, rtcp.SenderReport):
                self.reports.append(packet)

    def of(self, room: str, kind: str) -> list[Packet]:
        return self.packets.get((room, kind), [])

    def ask_again(self, room: str, *sequences: int) -> None:
        nack = rtcp.Nack(1, self.ssrcs[room, "video"], sequences)
        self.transport.send_rtcp(rtcp.build(nack))
