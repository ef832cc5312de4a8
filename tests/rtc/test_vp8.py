from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vicon.rtc import vp8


@given(st.binary(max_size=40))
def test_garbage_raises_nothing_but_its_own_error(data: bytes) -> None:
    try:
        descriptor = vp8.parse_descriptor(data)
    except vp8.Vp8Error:
        return
    assert 0 < descriptor.length < len(data)


@given(
    st.integers(0, 255),
    st.integers(0, 255),
    st.binary(min_size=8, max_size=8),
    st.integers(0, 0x7FFF),
    st.integers(0, 255),
)
def test_rewriting_changes_only_the_numbers(
    first: int, flags: int, rest: bytes, picture_id: int, tl0: int
) -> None:
    payload = bytes([first, flags]) + rest
    old = vp8.parse_descriptor(payload)
    head = vp8.rewrite_descriptor(payload[: old.length], picture_id, tl0)
    new = vp8.parse_descriptor(head + payload[old.length :])
    assert new.picture_id == (None if old.picture_id is None else picture_id)
    assert new.tl0 == (None if old.tl0 is None else tl0)
    assert (new.start, new.key, new.discardable) == (old.start, old.key, old.discardable)
    assert new.length == len(head)


@given(st.binary(min_size=1, max_size=9000), st.integers(0, 0x7FFF))
def test_a_frame_comes_back_from_its_packets(frame: bytes, picture_id: int) -> None:
    payloads = list(vp8.packetise(frame, picture_id))
    read = [vp8.parse_descriptor(payload) for payload in payloads]
    assert b"".join(p[d.length :] for p, d in zip(payloads, read, strict=True)) == frame
    assert [d.start for d in read] == [True] + [False] * (len(read) - 1)
    assert {d.picture_id for d in read} == {picture_id}
    assert read[0].key == vp8.is_key_frame(frame)
    assert max(map(len, payloads)) <= 1150


def test_an_empty_frame_is_refused() -> None:
    with pytest.raises(vp8.Vp8Error):
        list(vp8.packetise(b"", 1))
