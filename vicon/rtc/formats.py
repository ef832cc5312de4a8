"""The video codecs that can be forwarded, by their names in SDP in lower case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from vicon.rtc import av1, h264, vp8, vp9
from vicon.rtc.payload import Descriptor as Descriptor
from vicon.rtc.payload import FormatError as FormatError


class Format(NamedTuple):
    name: str
    parse: Callable[[bytes, bytes | None], Descriptor]
    """Of a payload and, where there is one, the value of AV1's dependency descriptor extension.
    Raises FormatError."""
    rewrites: bool
    """The first `Descriptor.length` bytes carry numbers that must go on over a switch (see
    vp8.rewrite_descriptor)."""


def _vp8(payload: bytes, dependency: bytes | None) -> Descriptor:
    return vp8.parse_descriptor(payload)


FORMATS: Mapping[str, Format] = {
    "vp8": Format("vp8", _vp8, rewrites=True),
    "h264": Format("h264", h264.parse, rewrites=False),
    "vp9": Format("vp9", vp9.parse, rewrites=False),
    "av1": Format("av1", av1.parse, rewrites=False),
}
