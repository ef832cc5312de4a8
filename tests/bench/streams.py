"""What the synthetic publishers send: sound, and pictures in layers. Packets are made and sent in
one go; the last eight bytes of each are the Unix time of its sending in nanoseconds."""

from __future__ import annotations

import os
import random
import struct
import time
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from vicon.rtc import rtcp
from vicon.rtc.rtp import HEADER, abs_send_time, extensions_block

OPUS, VP8, RTX = 111, 96, 97
"""Payload types."""
LEVEL_ID, SEND_TIME_ID, WIDE_ID, MID_ID, RID_ID, REPAIRED_ID = 1, 2, 3, 4, 10, 11
"""Header extension ids, Chromium's."""
SOUND_BYTES, SOUND_INTERVAL_S = 100, 0.02
_STAMP = struct.Struct("!q")
_NOISE = b"\x78" + os.urandom(1499)
"""As sound it begins as Opus does with one frame of 20 ms (RFC 6716 section 3.1)."""
_LOG = 400_000


@dataclass(frozen=True)
class Layer:
    rid: str
    """Empty: the only one."""
    frames_per_s: float
    packets: int
    """Of each frame, sent at once as an encoder gives them."""
    bytes: int
    """Payload of each packet."""
    temporal: int = 1
    """Temporal layers: 1 or 3."""


MESH = Layer("", 32, 5, 1170)
"""160 packets/s, 1.5 Mbit/s."""
SIMULCAST = (
    Layer("q", 15, 2, 625, temporal=3),
    Layer("h", 30, 2, 833, temporal=3),
    Layer("f", 30, 6, 1042, temporal=3),
)
"""180p with 150, 360p with 400, 720p with 1,500 kbit/s."""


class Log:
    """When each packet was sent, and by whom; in the order of sending."""

    def __init__(self) -> None:
        self._times: list[int] = []
        self._owners: list[int] = []

    def add(self, at: int, owner: int) -> None:
        self._times.append(at)
        self._owners.append(owner)
        if len(self._times) > _LOG:
            del self._times[: _LOG // 2], self._owners[: _LOG // 2]

    def between(self, after: int, upto: int, receiver: int) -> list[int]:
        """Times of what all others sent."""
        start, end = bisect_right(self._times, after), bisect_right(self._times, upto)
        owners = self._owners[start:end]
        times = self._times[start:end]
        return [at for at, owner in zip(times, owners, strict=True) if owner != receiver]


class Wide(Protocol):
    """Numbers the packets of a whole transport."""

    def allowed(self, kind: str) -> bool:
        """Whether the other side wants them for audio or video."""
        ...

    def next(self) -> int: ...


class Stream(ABC):
    kind = "audio"
    mid = "0"
    interval = SOUND_INTERVAL_S
    """Seconds from one send() to the next."""

    def __init__(self, send: Callable[[bytes], None], noted: Callable[[int], None]) -> None:
        """`noted` gets the time of each packet, as it stands in it."""
        self.ssrc = random.getrandbits(31)
        self.packets = self.octets = 0
        self.acknowledged = False
        """The receiver knows our SSRC: mid and rid need not be said any more."""
        self._send, self._noted = send, noted
        self._sequence, self._time = random.getrandbits(15), random.getrandbits(31)
        self._wide: Wide | None = None

    def agreed(self, wide: Wide) -> None:
        self._wide = wide if wide.allowed(self.kind) else None

    @abstractmethod
    def send(self, interval: float) -> None:
        """The sound or picture of this many seconds."""

    def sender_report(self, ntp: int) -> rtcp.SenderReport:
        return rtcp.SenderReport(self.ssrc, ntp, self._time, self.packets, self.octets)

    def _names(self) -> list[tuple[int, bytes]]:
        return [(MID_ID, self.mid.encode())]

    def _packet(self, kind: int, first: tuple[int, bytes], payload: bytes) -> None:
        elements = [first]
        if self._wide is not None:
            elements.append((WIDE_ID, self._wide.next().to_bytes(2, "big")))
        if not self.acknowledged:
            elements += self._names()
        head = HEADER.pack(0x90, kind, self._sequence, self._time, self.ssrc)
        head += extensions_block(elements)
        now = time.time_ns()
        self._noted(now)
        self._send(head + payload + _STAMP.pack(now))
        self._sequence = (self._sequence + 1) & 0xFFFF
        self.packets += 1
        self.octets += len(payload) + 8


class Voice(Stream):
    def __init__(self, send: Callable[[bytes], None], noted: Callable[[int], None]) -> None:
        super().__init__(send, noted)
        self.level = 32
        """-dBov"""

    def send(self, interval: float) -> None:
        level = (LEVEL_ID, bytes([0x80 | self.level]))
        self._packet(OPUS, level, _NOISE[: SOUND_BYTES - 8])
        self._time = (self._time + 960) & 0xFFFFFFFF


class Picture(Stream):
    """VP8 as libwebrtc packs it: a PictureID of 15 bits, and with temporal layers TL0PICIDX, TID
    and KEYIDX (RFC 7741, section 4.2)."""

    kind = "video"
    mid = "1"

    def __init__(
        self, send: Callable[[bytes], None], noted: Callable[[int], None], layer: Layer
    ) -> None:
        super().__init__(send, noted)
        self.layer = layer
        self.interval = 1 / layer.frames_per_s
        self.rtx = random.getrandbits(31)
        self.key = True
        """The next frame is to be a key frame."""
        self.active = True
        self._picture, self._tl0 = random.getrandbits(15), random.getrandbits(8)
        self._frames = 0

    def _names(self) -> list[tuple[int, bytes]]:
        rid = self.layer.rid.encode()
        return [*super()._names(), (RID_ID, rid)] if rid else super()._names()

    def send(self, interval: float) -> None:
        if not self.active:
            self.key = True  # an encoder that begins again begins with one
            return
        stamp = (SEND_TIME_ID, abs_send_time(time.monotonic()))
        start, rest = self._descriptors()
        frame = bytes([0x10 if self.key else 0x11])
        for index in range(self.layer.packets):
            last = index == self.layer.packets - 1
            payload = (rest if index else start + frame) + _NOISE[: self.layer.bytes - 15]
            self._packet(VP8 | (0x80 if last else 0), stamp, payload)
        self._time = (self._time + int(90_000 * interval)) & 0xFFFFFFFF
        self._picture = (self._picture + 1) & 0x7FFF
        self._frames = 1 if self.key else self._frames + 1
        self.key = False

    def _descriptors(self) -> tuple[bytes, bytes]:
        """Of the frame's first packet and of the others."""
        number = (0x8000 | self._picture).to_bytes(2, "big")
        if self.layer.temporal == 1:
            return b"\x90\x80" + number, b"\x80\x80" + number
        place = 0 if self.key else self._frames % 4
        temporal = (0, 2, 1, 2)[place]
        if temporal == 0:
            self._tl0 = (self._tl0 + 1) & 0xFF
        tail = number + bytes([self._tl0, temporal << 6 | (0x20 if temporal else 0)])
        return b"\x90\xf0" + tail, b"\x80\xf0" + tail
