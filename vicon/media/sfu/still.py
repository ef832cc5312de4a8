"""One whole key frame out of what a layer remembers: for who looks at a camera now and then."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from vicon.media.sfu.layer import RING, Layer, Stored
from vicon.media.sfu.producer import LOOKED, Producer
from vicon.ports import Still, StillCodec
from vicon.rtc.h264 import annex_b

_WHOLE: dict[str, tuple[StillCodec, Callable[[Iterable[bytes]], bytes]]] = {
    "vp8": ("vp8", b"".join),
    "h264": ("h264", annex_b),
}
"""Codec -> its name there, and what makes a frame of its packets."""


def newest(camera: Producer, now: float) -> Still | None:
    """The newest whole key frame of the largest layer that is being sent (a few seconds old at
    most). None: there is none, or its codec is not looked at."""
    layer = largest(camera, now)
    if layer is None or camera.codec not in _WHOLE:
        return None
    highest = layer.reception.highest
    for number in range(highest, max(0, highest - RING), -1):
        stored = layer.stored(number)
        if stored is not None and stored[3] is not None and stored[3].key:
            packets = _frame(layer, number)
            codec, whole = _WHOLE[camera.codec]
            data = whole(packet[5] for packet in packets)
            if data:
                return Still(codec=codec, data=data)
    return None


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
    assert first is not None
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
