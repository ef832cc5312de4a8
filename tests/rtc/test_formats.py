"""Payloads of every codec: where frames begin, which are keys, what can be left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vicon.rtc.formats import FORMATS, FormatError

# The first bytes of packets as Chromium 156 and Firefox ESR 153 sent them, and what they are:
# S begins a frame, K a key frame, - goes on with one; then the temporal id.
SENT = [
    ("h264", "7800046742c01f000268ce", "K0"),  # STAP-A with SPS, PPS (shortened)
    ("h264", "7c85b80004000005388c", "K0"),  # FU-A, start of the IDR slice
    ("h264", "7c45c65a660123be54df", "-0"),  # FU-A, end
    ("h264", "61e0004000be405380b0", "S0"),
    ("h264", "7c81e0024004be405ff8", "S0"),  # FU-A, start of an ordinary slice
    ("vp9", "9bdb8e10028001688249", "K0"),
    ("vp9", "95db8e80cef03b37b96c", "-0"),
    ("vp9", "dddb8f0286004092b85c", "S0"),
    ("vp9", "d9db9502860040929828", "S0"),
    ("vp9", "d5db950210805e743f6d", "-0"),
    ("vp9", "8ff78518014000b40114", "K0"),
    ("av1", "280b080000000cc4ff67", "K0"),
    ("av1", "103030c040fdf80126c3", "S0"),
    ("av1", "902df7ab92d615e46ad2", "-0"),
    ("vp8", "90e0f72745205018009d", "K0"),
    ("vp8", "b0e0f72845a01110002e", "S2"),
    ("vp8", "90e0f7294560b1110024", "S1"),
    ("vp8", "90e0f72b4600b11900e4", "S0"),
]


@pytest.mark.parametrize(("codec", "packet", "what"), SENT)
def test_what_browsers_send_is_understood(codec: str, packet: str, what: str) -> None:
    found = FORMATS[codec].parse(bytes.fromhex(packet), None)
    assert found.start == (what[0] in "SK")
    assert found.key == (what[0] == "K")
    assert found.tid == int(what[1])
    assert (found.length > 0) == FORMATS[codec].rewrites == (codec == "vp8")


SPS, PPS, IDR, SLICE = b"\x67\x42\xc0\x1f", b"\x68\xce", b"\x65\xb8\x00", b"\x61\xe0\x00"


def stap(*units: bytes) -> bytes:
    return b"\x78" + b"".join(len(unit).to_bytes(2, "big") + unit for unit in units)


@pytest.mark.parametrize(
    ("payload", "key"),
    [
        (SPS, True),  # each set in a packet of its own
        (PPS, False),
        (IDR, True),  # sets sent once for all
        (b"\x65\x40\x00", False),  # a later slice of an IDR picture
        (stap(SPS, PPS), True),
        (stap(b"\x09\xf0", SPS, PPS, IDR), True),
        (stap(SPS, PPS, SLICE), False),  # sets repeated without an IDR picture
        (SLICE, False),
    ],
)
def test_a_switch_may_begin_at_h264_parameter_sets_or_an_idr(payload: bytes, key: bool) -> None:
    assert FORMATS["h264"].parse(payload, None).key == key


def test_h264_pictures_that_nothing_refers_to_are_a_temporal_layer() -> None:
    found = FORMATS["h264"].parse(b"\x01\xe0\x00", None)
    assert (found.discardable, found.tid, found.sync) == (True, 1, True)
    assert not FORMATS["h264"].parse(b"\x06\x05", None).discardable  # SEI


def test_vp9_tells_its_layers() -> None:
    up = FORMATS["vp9"].parse(b"\xa8\x05\x30\x01x", None)
    assert (up.start, up.key, up.tid, up.sync) == (True, True, 1, True)
    upper_spatial = FORMATS["vp9"].parse(b"\xa8\x05\x02\x01x", None)
    assert not upper_spatial.start
    assert not upper_spatial.key


def test_av1_s_dependency_descriptor_says_where_frames_begin() -> None:
    payload = b"\x10\x30\x30"
    assert FORMATS["av1"].parse(payload, bytes.fromhex("c10002")).start
    assert not FORMATS["av1"].parse(payload, bytes.fromhex("410002")).start
    with pytest.raises(FormatError):
        FORMATS["av1"].parse(payload, b"\xc1")


@pytest.mark.parametrize("codec", FORMATS)
@given(data=st.data())
def test_garbage_raises_nothing_but_its_own_error(codec: str, data: st.DataObject) -> None:
    samples = [bytes.fromhex(packet) for name, packet, _ in SENT if name == codec]
    payload = data.draw(
        st.binary(max_size=24)
        | st.tuples(st.sampled_from(samples), st.integers(0, 10), st.binary(max_size=8)).map(
            lambda parts: parts[0][: parts[1]] + parts[2]
        )
    )
    dependency = data.draw(st.none() | st.binary(max_size=4))
    try:
        found = FORMATS[codec].parse(payload, dependency)
    except FormatError:
        return
    assert found.length < len(payload)
    assert not found.key or found.start
    assert 0 <= found.tid < 8
