from __future__ import annotations

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from vicon.rtc import rtcp

words = st.integers(0, 0xFFFFFFFF)
blocks = st.lists(
    st.builds(
        rtcp.ReportBlock,
        words,
        st.integers(0, 255),
        st.integers(-0x800000, 0x7FFFFF),
        words,
        words,
        words,
        words,
    ),
    max_size=31,
).map(tuple)
packet = st.one_of(
    st.builds(rtcp.SenderReport, words, st.integers(0, 2**64 - 1), words, words, words, blocks),
    st.builds(rtcp.ReceiverReport, words, blocks),
    st.builds(
        rtcp.SourceName, st.lists(st.tuples(words, st.text(max_size=40)), max_size=5).map(tuple)
    ),
    st.builds(rtcp.Bye, st.lists(words, max_size=5).map(tuple)),
    st.builds(rtcp.Pli, words, words),
    st.builds(
        rtcp.Fir, words, st.lists(st.tuples(words, st.integers(0, 255)), max_size=4).map(tuple)
    ),
    st.builds(rtcp.Remb, words, st.integers(0, 0x3FFFF), st.lists(words, max_size=5).map(tuple)),
)


@given(st.lists(packet, min_size=1, max_size=4))
def test_a_compound_packet_is_read_back(packets: list[rtcp.RtcpPacket]) -> None:
    assert rtcp.parse(rtcp.build(*packets)) == packets


@given(st.sets(st.integers(0, 0xFFFF), max_size=60))
def test_a_nack_names_each_sequence_once(missing: set[int]) -> None:
    nack = rtcp.Nack(1, 2, tuple(sorted(missing)))
    (read,) = rtcp.parse(rtcp.build(nack))
    assert isinstance(read, rtcp.Nack)
    assert sorted(read.sequences) == sorted(missing)


def test_a_nack_over_the_wrap_needs_one_pair() -> None:
    assert rtcp.nack_items([65535, 0, 3]) == b"\xff\xff\x00\x09"


@given(st.binary(max_size=120))
def test_garbage_raises_nothing_but_its_own_error(data: bytes) -> None:
    with contextlib.suppress(rtcp.RtcpError):
        rtcp.parse(data)


@given(st.lists(packet, min_size=1, max_size=2), st.data())
def test_broken_packets_raise_nothing_else(
    packets: list[rtcp.RtcpPacket], data: st.DataObject
) -> None:
    broken = bytearray(rtcp.build(*packets))
    at = data.draw(st.integers(0, len(broken) - 1))
    broken[at] = data.draw(st.integers(0, 255))
    with contextlib.suppress(rtcp.RtcpError):
        rtcp.parse(bytes(broken[: data.draw(st.integers(0, len(broken)))]))


def test_a_large_remb_keeps_its_first_18_bits() -> None:
    (read,) = rtcp.parse(rtcp.build(rtcp.Remb(1, 3_000_001, (5,))))
    assert isinstance(read, rtcp.Remb)
    assert 0 <= 3_000_001 - read.bitrate < 2**5


def test_round_trip_is_what_the_other_side_did_not_hold() -> None:
    sent = rtcp.to_ntp(1000.0)
    block = rtcp.ReportBlock(1, 0, 0, 0, 0, rtcp.middle(sent), int(0.25 * 65536))
    measured = rtcp.round_trip(rtcp.to_ntp(1000.3), block)
    assert measured is not None
    assert abs(measured - 0.05) < 0.001
    assert rtcp.round_trip(sent, block._replace(last_sr=0)) is None
