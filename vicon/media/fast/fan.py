"""The accelerator: one call sends a packet of a layer to all receivers that get it as it is. Behind
the same interface as without: whatever it leaves goes through Consumer.forward()."""

from __future__ import annotations

import socket
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cffi
import structlog
from pylibsrtp._binding import ffi as srtp_ffi
from pylibsrtp._binding import lib as srtp

from vicon.media.fast.build import place
from vicon.media.sfu.layer import Sink, Stored
from vicon.rtc.gcc import SendSide

VERSION = 1
AT_ONCE = 64
PLAIN, SHARED, WIDE = range(3)
_DECLARATIONS = """
typedef struct {
    int fd; unsigned address_size; unsigned char address[28];
    void *srtp; int (*protect)(void *, void *, int *);
    uint64_t dropped; uint8_t on;
} vicon_way;
typedef struct { uint64_t *cell; double *times; int *sizes; uint64_t mask; } vicon_flight;
typedef struct {
    vicon_way *way; vicon_flight *flight;
    int64_t source_start, offset;
    uint32_t timestamp, ssrc;
    uint16_t picture;
    uint8_t tl0, renumber, type, tid, extension, on, wide_head, level;
    int64_t highest;
    uint64_t packets, octets;
    double last_sent;
    uint32_t last_timestamp;
    int last_picture, last_tl0;
} vicon_target;
typedef struct {
    int64_t number;
    uint32_t timestamp;
    int marker, tid, picture, tl0, level;
    uint32_t send_time;
    const unsigned char *payload;
    int size;
    double now;
} vicon_packet;
uint64_t vicon_fan(vicon_target **, int, const vicon_packet *);
int vicon_fan_version(void);
"""
_V4, _V6 = struct.Struct("=HH4s8x"), struct.Struct("=HHI16sI")

log = structlog.get_logger("vicon.media")
ffi = cffi.FFI()
ffi.cdef(_DECLARATIONS)
_PROTECT = ffi.cast(
    "int (*)(void *, void *, int *)",
    int(srtp_ffi.cast("uintptr_t", srtp_ffi.addressof(srtp, "srtp_protect"))),
)


class FanError(Exception):
    """The compiled part cannot be used; the message says why."""


class Way:
    """A transport's end: where its packets go now, and its keys. Starts shut."""

    def __init__(self) -> None:
        self.struct = ffi.new("vicon_way *", {"protect": _PROTECT})
        self._dropped = 0
        self._aimed = False

    def keys(self, session: Any) -> None:
        """`session`: pylibsrtp's pointer; it must live as long as this is open."""
        self.struct.srtp = ffi.cast("void *", int(srtp_ffi.cast("uintptr_t", session)))

    def to(self, own: socket.socket, address: tuple[Any, ...] | None) -> None:
        """`address` None: the socket is connected. Raises ValueError for an address that is none,
        OSError."""
        packed = _sockaddr(own.family, address) if address is not None else b""
        self._aimed = True
        self.struct.fd = own.fileno()
        self.struct.address_size = len(packed)
        ffi.memmove(self.struct.address, packed, len(packed))

    def open(self, on: bool) -> None:
        self.struct.on = on and self.struct.srtp != ffi.NULL and self._aimed

    def take_dropped(self) -> int:
        """Packets since the last call that the kernel or SRTP did not take."""
        dropped = int(self.struct.dropped)
        since, self._dropped = dropped - self._dropped, dropped
        return since


def _sockaddr(family: int, address: tuple[Any, ...]) -> bytes:
    port = socket.htons(address[1])
    packed = socket.inet_pton(family, address[0].partition("%")[0])
    if family == socket.AF_INET:
        return _V4.pack(family, port, packed)
    flow, scope = (address[2], address[3]) if len(address) > 3 else (0, 0)
    return _V6.pack(family, port, socket.htonl(flow), packed, scope)


class FlightLink:
    """Transport-wide numbers of one connection, given by both sides of the call."""

    def __init__(self, link: SendSide) -> None:
        cell, times, sizes = link.shared()
        self._kept = (cell, times, sizes)
        self.struct = ffi.new(
            "vicon_flight *",
            {
                "cell": ffi.cast("uint64_t *", ffi.from_buffer(cell)),
                "times": ffi.cast("double *", ffi.from_buffer(times)),
                "sizes": ffi.cast("int *", ffi.from_buffer(sizes)),
                "mask": len(times) - 1,
            },
        )


class Library:
    """The compiled part, loaded."""

    def __init__(self, path: Path) -> None:
        """Raises FanError."""
        try:
            self._lib = ffi.dlopen(str(path))
            version = self._lib.vicon_fan_version()
        except (OSError, AttributeError) as error:
            raise FanError(str(error)) from error
        if version != VERSION:
            raise FanError(f"it has version {version}, not {VERSION}")
        self.call = self._lib.vicon_fan

    def fan(self) -> Fan:
        return Fan(self.call)


def load(cache: Path) -> Library | None:
    """What was compiled into `cache` before; None, with a word in the log, where there is none or
    it cannot be used."""
    path = place(cache)
    if not path.exists():
        return None
    try:
        return Library(path)
    except FanError as error:
        log.warning("x compiled part", why=str(error))
        return None


class Fan:
    """Of one layer: see layer.Fan."""

    def __init__(self, call: Any) -> None:
        self._call = call
        self._packet = ffi.new("vicon_packet *")
        self._parts: list[tuple[Sequence[Sink], Any, int]] = []
        self._slow: tuple[Sink, ...] = ()

    def changed(self, consumers: Sequence[Sink]) -> None:
        """Those without a target of their own go the slow way."""
        fast = [c for c in consumers if getattr(c, "target", None) is not None]
        self._slow = tuple(c for c in consumers if c not in fast)
        self._parts = []
        for start in range(0, len(fast), AT_ONCE):
            part = fast[start : start + AT_ONCE]
            targets = ffi.new("vicon_target *[]", [c.target for c in part])  # type: ignore[attr-defined]
            self._parts.append((part, targets, len(part)))

    def send(self, packet: Stored, payload: bytes, level: int, now: float) -> Sequence[Sink]:
        """See layer.Fan."""
        number, marker, timestamp, descriptor, _, _ = packet
        p = self._packet
        p.number, p.marker, p.timestamp = number, marker, timestamp
        p.level, p.size, p.now = level, len(payload), now
        if descriptor is not None:
            p.tid = descriptor.tid
            p.picture = -1 if descriptor.picture_id is None else descriptor.picture_id
            p.tl0 = -1 if descriptor.tl0 is None else descriptor.tl0
            p.send_time = int(now * 262144) & 0xFFFFFF
        held = ffi.from_buffer(payload)
        p.payload = held
        left: list[Sink] = list(self._slow)
        for part, targets, count in self._parts:
            bits = self._call(targets, count, p)
            if bits:
                left += [consumer for i, consumer in enumerate(part) if bits >> i & 1]
        return left
