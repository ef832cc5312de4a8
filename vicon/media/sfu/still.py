"""One whole key frame out of what a layer remembers, and what mends it: for who looks at a camera
now and then."""

from __future__ import annotations

from collections.abc import Sequence

from vicon.media.sfu.layer import RING, Layer, Stored
from vicon.media.sfu.producer import LOOKED, Producer
from vicon.ports import Still, StillCodec
from vicon.rtc.h264 import annex_b

_CODECS: dict[str, StillCodec] = {"vp8": "vp8", "h264": "h264"}
"""Those that are looked at."""
MOST_AFTER, MOST_BYTES = 45, 2 << 20
"""Pictures after the key frame, and bytes of all, that are taken at most."""


def newest(camera: Producer, now: float) -> Still | None:
    """The newest whole key frame of the largest layer that is being sent (a few seconds old at
    most), with the whole pictures that follow it. None: there is none, or its codec is not looked
    at."""
    layer, key = _key(camera, now)
    if layer is None or not key:
        return None
    codec = _CODECS[camera.codec]
    after, seconds = _after(layer, key, codec)
    return Still(codec=codec, data=_whole(codec, key, alone=True), after=after, seconds=seconds)


def age(camera: Producer, now: float) -> float | None:
    """Seconds from the newest whole key frame to the newest packet of its layer: so much has come
    that mends it. None: see newest()."""
    layer, key = _key(camera, now)
    last = layer.stored(layer.reception.highest) if layer is not None and key else None
    if layer is None or last is None:
        return 0.0 if key else None
    return ((last[2] - key[0][2]) & 0xFFFFFFFF) / layer.clock_rate


def _key(camera: Producer, now: float) -> tuple[Layer | None, list[Stored]]:
    """The layer, and the packets of the key frame."""
    layer = largest(camera, now)
    if layer is None or camera.codec not in _CODECS:
        return None, []
    highest = layer.reception.highest
    for number in range(highest, max(0, highest - RING), -1):
        stored = layer.stored(number)
        if stored is not None and stored[3] is not None and stored[3].key:
            packets = _frame(layer, number)
            if _whole(_CODECS[camera.codec], packets, alone=True):
                return layer, packets
    return layer, []


def _after(layer: Layer, key: list[Stored], codec: StillCodec) -> tuple[tuple[bytes, ...], float]:
    """The pictures after a key frame up to the first that is not whole, and how long after it the
    last of them was taken."""
    found, size, last = list[bytes](), 0, key
    while len(found) < MOST_AFTER:
        packets = _frame(layer, last[-1][0] + 1)
        data = _whole(codec, packets, alone=False)
        size += len(data)
        if not data or size > MOST_BYTES:
            break
        found.append(data)
        last = packets
    ticks = (last[0][2] - key[0][2]) & 0xFFFFFFFF
    return tuple(found), ticks / layer.clock_rate


def _whole(codec: StillCodec, packets: Sequence[Stored], *, alone: bool) -> bytes:
    """The frame in these packets; empty where it cannot be decoded alone, and should be."""
    payloads = (packet[5] for packet in packets)
    return b"".join(payloads) if codec == "vp8" else annex_b(payloads, alone=alone)


def enough(camera: Producer, now: float) -> bool:
    """Whether a layer is being sent whose faces are large enough to be counted. One without
    layers is as it is."""
    if not camera.simulcast:
        return True
    found = largest(camera, now)
    rids = [layer.rid for layer in camera.layers]
    least = rids.index(LOOKED) if LOOKED in rids else len(rids) - 1
    return found is not None and rids.index(found.rid) >= least


def largest(camera: Producer, now: float) -> Layer | None:
    """The largest layer that is being sent."""
    return next((layer for layer in reversed(camera.layers) if layer.live(now)), None)


def _frame(layer: Layer, number: int) -> list[Stored]:
    """The packets of the frame to which this one belongs; empty when one is missing."""
    first = layer.stored(number)
    if first is None:
        return []
    timestamp = first[2]
    while (before := layer.stored(number - 1)) is not None and before[2] == timestamp:
        number -= 1
    found: list[Stored] = []
    while (packet := layer.stored(number)) is not None and packet[2] == timestamp:
        found.append(packet)
        if packet[1]:  # the marker: its last packet
            return found if found[0][3] is not None and found[0][3].start else []
        number += 1
    return []
