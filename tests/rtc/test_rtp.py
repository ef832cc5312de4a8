from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vicon.rtc import rtp

sequences = st.integers(0, 0xFFFF)
words = st.integers(0, 0xFFFFFFFF)
elements = st.dictionaries(st.integers(1, 14), st.binary(min_size=1, max_size=16), max_size=5)
packets = st.builds(
    rtp.Packet, st.integers(0, 127), sequences, words, words, st.binary(), st.booleans(), elements
)


@given(packets)
def test_what_was_built_is_read_back(packet: rtp.Packet) -> None:
    assert rtp.parse(packet.build(), packet.extensions) == packet


@given(st.binary(max_size=80), st.integers(1, 14))
def test_garbage_raises_nothing_but_its_own_error(data: bytes, wanted: int) -> None:
    try:
        bounds = rtp.locate(data)
    except rtp.RtpError:
        return
    assert 12 <= bounds.payload_start <= bounds.payload_end <= len(data)
    rtp.find_extension(data, bounds, wanted)


@given(packets, st.data())
def test_a_cut_packet_never_reads_past_its_end(packet: rtp.Packet, data: st.DataObject) -> None:
    whole = packet.build()
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    try:
        assert len(rtp.parse(cut, packet.extensions).payload) <= len(packet.payload)
    except rtp.RtpError:
        assert len(cut) < len(whole)


def test_padding_is_not_payload() -> None:
    head = rtp.HEADER.pack(0xA0, 96, 1, 2, 3)
    assert rtp.parse(head + b"ab" + b"\0\0\3").payload == b"ab"
    with pytest.raises(rtp.RtpError):
        rtp.parse(head + b"ab\0")


def test_two_byte_header_extensions_are_found() -> None:
    block = b"\x10\x00\x00\x02" + b"\x03\x01Z" + b"\x00" + b"\x10\x02hi"
    packet = rtp.HEADER.pack(0x90, 96, 1, 2, 3) + block + b"payload"
    assert rtp.parse(packet, (3, 16)).extensions == {3: b"Z", 16: b"hi"}


@given(sequences, st.integers(-0x8000, 0x7FFF))
def test_distance_undoes_addition_over_the_wrap(start: int, step: int) -> None:
    assert rtp.sequence_distance((start + step) & 0xFFFF, start) == step


@given(st.integers(0, 2**40), st.integers(-0x8000, 0x7FFF))
def test_unwrap_finds_the_nearest(near: int, step: int) -> None:
    assert rtp.unwrap((near + step) & 0xFFFF, near) == near + step


@given(sequences, st.binary())
def test_a_retransmission_names_its_original(sequence: int, payload: bytes) -> None:
    assert rtp.rtx_original(rtp.rtx_payload(sequence, payload)) == (sequence, payload)


def test_abs_send_time_is_six_bits_of_seconds() -> None:
    assert rtp.abs_send_time(1.5) == (1 << 18 | 1 << 17).to_bytes(3, "big")
    assert rtp.abs_send_time(65.5) == rtp.abs_send_time(1.5)
