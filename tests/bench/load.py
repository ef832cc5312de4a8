"""Synthetic rooms for the SFU's measurements: real ICE, DTLS and SRTP, packets of a browser's
size and rhythm. What the receivers get is counted in the kernel and dropped there, so that the
load costs little: a socket filter lets RTCP, STUN and one RTP packet in 256 through."""

from __future__ import annotations

import asyncio
import ctypes
import heapq
import itertools
import os
import random
import socket
import struct
import time
from pathlib import Path

from msgspec.structs import replace

from vicon.rtc import negotiate, rtcp, sdp
from vicon.rtc.ice import local_addresses
from vicon.rtc.rtp import HEADER, abs_send_time, extensions_block
from vicon.rtc.transport import RtcTransport, make_certificate

PACKETS_PER_FRAME = 5
VIDEO_BYTES = 1170
SOUND_BYTES = 100
_SO_ATTACH_FILTER = 26
_CERTIFICATE = make_certificate()


def address() -> str:
    """One IPv4 address, the same for every side that is compared."""
    return next(a for a in local_addresses() if ":" not in a)


def _transport(*, controlling: bool) -> RtcTransport:
    return RtcTransport(
        _CERTIFICATE, time.monotonic, controlling=controlling, addresses=[address()]
    )


class Publisher:
    def __init__(self) -> None:
        self.transport = _transport(controlling=True)
        self.audio, self.video, self.rtx = (random.getrandbits(31) for _ in range(3))
        self.video_sequence, self.audio_sequence = random.getrandbits(15), random.getrandbits(15)
        self.video_time = self.audio_time = random.getrandbits(31)
        self.frames = 0
        self.sent = 0
        self._body = os.urandom(VIDEO_BYTES)

    async def offer(self) -> str:
        ours = await self.transport.gather("actpass")
        return sdp.render(negotiate.offer_publish(ours, self.audio, self.video, self.rtx))

    async def connect(self, answer: str) -> None:
        await self.transport.connect(sdp.parse(answer).transport)

    def frame(self, seconds: float) -> None:
        """One picture in five packets at once, as an unpaced encoder sends it."""
        key = 0 if self.frames % 100 == 0 else 1
        stamp = abs_send_time(time.monotonic())
        block = extensions_block([(negotiate.ABS_SEND_TIME_ID, stamp)])
        for index in range(PACKETS_PER_FRAME):
            marker = 128 if index == PACKETS_PER_FRAME - 1 else 0
            head = HEADER.pack(
                0x90,
                marker | negotiate.VP8_TYPE,
                self.video_sequence,
                self.video_time,
                self.video,
            )
            start = b"\x10" if index == 0 else b"\0"
            self.transport.send_rtp(head + block + start + bytes([key]) + self._body)
            self.video_sequence = (self.video_sequence + 1) & 0xFFFF
        self.video_time = (self.video_time + int(90_000 * seconds)) & 0xFFFFFFFF
        self.frames += 1
        self.sent += PACKETS_PER_FRAME

    def sound(self) -> None:
        head = HEADER.pack(
            0x90, negotiate.OPUS_TYPE, self.audio_sequence, self.audio_time, self.audio
        )
        block = extensions_block([(negotiate.AUDIO_LEVEL_ID, b"\x20")])
        self.transport.send_rtp(head + block + self._body[:SOUND_BYTES])
        self.audio_sequence = (self.audio_sequence + 1) & 0xFFFF
        self.audio_time = (self.audio_time + 960) & 0xFFFFFFFF
        self.sent += 1


class Subscriber:
    """As an answerer (our own SFU) or as the one who offers (the prototype)."""

    def __init__(self, *, offers: bool) -> None:
        self.transport = _transport(controlling=offers)
        self.transport.on_rtp = self._on_rtp
        self.verified = 0
        self.ssrcs: tuple[int, ...] = ()

    def _on_rtp(self, packet: bytes, now: float) -> None:
        self.verified += 1

    async def answer(self, offer: sdp.Description) -> str:
        self.ssrcs = tuple(s.ssrcs[0] for s in offer.sections)
        ours = await self.transport.gather("active")
        return sdp.render(negotiate.answer_subscribe(offer, ours))

    async def offer(self, rooms: int) -> str:
        """Receive audio and video of so many rooms."""
        ours = await self.transport.gather("actpass")
        slots = [
            negotiate.DownSlot(mid=str(index), kind=kind, stream="", ssrc=1)
            for index, kind in enumerate(("audio", "video") * rooms)
        ]
        sending = negotiate.offer_subscribe(slots, ours)
        receiving = negotiate.answer_subscribe(sending, ours)
        return sdp.render(replace(receiving, transport=ours))

    async def connect(self, remote: sdp.Description) -> None:
        self.ssrcs = tuple(s.ssrcs[0] for s in remote.sections)
        await self.transport.connect(remote.transport)

    @property
    def port(self) -> int:
        assert self.transport.local_socket is not None
        return int(self.transport.local_socket.getsockname()[1])

    def filter(self) -> None:
        assert self.transport.local_socket is not None
        self._program = _attach(self.transport.local_socket)

    def report(self) -> None:
        blocks = [rtcp.ReportBlock(ssrc, 0, 0, 0, 0, 0, 0) for ssrc in self.ssrcs]
        packets = [rtcp.ReceiverReport(77, tuple(part)) for part in _batches(blocks, 30)]
        self.transport.send_rtcp(rtcp.build(*packets))


def _batches(items: list[rtcp.ReportBlock], size: int) -> list[list[rtcp.ReportBlock]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def _attach(own: socket.socket) -> object:
    """Classic BPF on the UDP datagram with its header of eight bytes. Returns what must stay
    referenced."""

    def step(code: int, yes: int, no: int, value: int) -> bytes:
        return struct.pack("HBBI", code, yes, no, value)

    load_byte, mask, equal, at_least, give = 0x30, 0x54, 0x15, 0x35, 0x06
    program = b"".join(
        (
            step(load_byte, 0, 0, 8),  # first byte
            step(mask, 0, 0, 0xC0),
            step(equal, 0, 7, 0x80),  # not RTP or RTCP: accept
            step(load_byte, 0, 0, 9),
            step(mask, 0, 0, 0x7F),
            step(at_least, 0, 1, 64),  # 64-95 in the type's low bits: RTCP, accept
            step(at_least, 0, 3, 96),
            step(load_byte, 0, 0, 11),  # low byte of the sequence number
            step(equal, 1, 0, 0),  # one in 256: accept
            step(give, 0, 0, 0),
            step(give, 0, 0, 0xFFFFFFFF),
        )
    )
    buffer = ctypes.create_string_buffer(program)
    head = struct.pack("HL", len(program) // 8, ctypes.addressof(buffer))
    own.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, head)
    return buffer


def kernel_drops(ports: set[int]) -> int:
    """Datagrams that the kernel dropped at these local ports since their sockets were opened."""
    drops = 0
    for line in Path("/proc/net/udp").read_text().splitlines()[1:]:
        fields = line.split()
        if int(fields[1].split(":")[1], 16) in ports:
            drops += int(fields[-1])
    return drops


def cpu_seconds(pid: int) -> float:
    """Processor time of all threads of a process, by the scheduler's own nanoseconds."""
    stats = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(path.read_text().split()[0]) for path in stats) / 1e9


class Generator:
    """Sends for all publishers at a rate that can be changed while it runs."""

    def __init__(self, publishers: list[Publisher], video_pps: float, audio_pps: float) -> None:
        """Packets per second of each publisher."""
        self.publishers = publishers
        self.video_pps, self.audio_pps = video_pps, audio_pps
        self._order = itertools.count()

    @property
    def sent(self) -> int:
        return sum(publisher.sent for publisher in self.publishers)

    async def run(self) -> None:
        queue: list[tuple[float, int, Publisher, bool]] = []
        now = time.monotonic()
        for publisher in self.publishers:
            for video in (True, False):
                heapq.heappush(
                    queue, (now + random.random() / 25, next(self._order), publisher, video)
                )
        while True:
            now = time.monotonic()
            while queue[0][0] <= now:
                due, _, publisher, video = heapq.heappop(queue)
                due = max(due, now - 0.1)  # what a stalled machine missed is not made up for
                if video:
                    interval = PACKETS_PER_FRAME / self.video_pps
                    publisher.frame(interval)
                else:
                    interval = 1 / self.audio_pps
                    publisher.sound()
                heapq.heappush(queue, (due + interval, next(self._order), publisher, video))
            await asyncio.sleep(max(0.0005, min(0.01, queue[0][0] - time.monotonic())))
