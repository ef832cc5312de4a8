"""Transport-wide feedback: what is built is read again, and garbage raises one error alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vicon.rtc import rtcp
from vicon.rtc.twcc import Twcc

ARRIVALS = st.lists(st.one_of(st.none(), st.integers(0, 2000)), min_size=1, max_size=300)


@given(ARRIVALS, st.integers(0, 65535), st.integers(0, 2**24 - 1), st.integers(0, 255))
def test_round_trip(gaps: list[int | None], base: int, reference: int, number: int) -> None:
    at, arrivals = 0, list[int | None]()
    for gap in gaps:
        at += gap or 0
        arrivals.append(None if gap is None else at)
    packet = Twcc(1, 2, base, reference, number, tuple(arrivals))
    assert rtcp.parse(rtcp.build(packet)) == [packet]


@given(st.lists(st.integers(-3000, 3000), min_size=1, max_size=50))
def test_reordered_packets_have_negative_deltas(ticks: list[int]) -> None:
    packet = Twcc(1, 2, 65530, 9, 3, tuple(ticks))
    assert rtcp.parse(rtcp.build(packet)) == [packet]


def test_runs_and_one_bit_vectors_as_browsers_send_them() -> None:
    run = bytes.fromhex("2003")  # three small deltas
    bits = bytes.fromhex("a800")  # one-bit vector: 1 0 1 0 ...
    body = (10).to_bytes(2, "big") + (6).to_bytes(2, "big") + b"\0\0\5\7" + run + bits
    body += bytes([4, 8, 12, 16, 20]) + b"\0" * 3
    head = bytes([0x8F, 205]) + ((8 + len(body)) // 4).to_bytes(2, "big")
    (packet,) = rtcp.parse(head + b"\0\0\0\1\0\0\0\2" + body)
    assert packet == Twcc(1, 2, 10, 5, 7, (4, 12, 24, 40, None, 60))


@given(st.binary(max_size=200))
def test_garbage_raises_rtcp_errors_alone(body: bytes) -> None:
    body = body[: len(body) // 4 * 4]
    head = bytes([0x8F, 205]) + (2 + len(body) // 4).to_bytes(2, "big")
    try:
        rtcp.parse(head + b"\0" * 8 + body)
    except rtcp.RtcpError:
        return
