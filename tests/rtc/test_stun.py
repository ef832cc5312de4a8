from __future__ import annotations

import contextlib

import pytest
from aioice import stun as other
from hypothesis import given
from hypothesis import strategies as st

from vicon.rtc import stun

TRANSACTION = bytes(range(12))
KEY = b"a password of the test"
# RFC 5769, section 2.1.
SAMPLE = bytes.fromhex(
    "000100582112a442b7e7a701bc34d686fa87dfae"
    "802200105354554e207465737420636c69656e74"
    "002400046e0001ff"
    "80290008932ff9b151263b36"
    "000600096576746a3a68367659202020"
    "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
    "80280004e57a3bcf"
)


def check(more: dict[str, object] | None = None) -> bytes:
    message = other.Message(other.Method.BINDING, other.Class.REQUEST, TRANSACTION)
    message.attributes.update({"USERNAME": "here:there", "PRIORITY": 7, **(more or {})})
    message.add_message_integrity(KEY)
    return bytes(message)


def test_the_sample_of_the_rfc_is_read() -> None:
    message = stun.parse(SAMPLE)
    assert (message.kind, message.username) == ("request", "evtj:h6vY")
    assert message.controlled == 0x932FF9B151263B36
    assert message.is_signed_by(b"VOkJxbRl1RmTxUk/WvJxBt")
    assert not message.is_signed_by(b"VOkJxbRl1RmTxUk/WvJxBT")


def test_a_check_of_another_implementation_is_read() -> None:
    message = stun.parse(check({"ICE-CONTROLLING": 9, "USE-CANDIDATE": None}))
    assert message.transaction == TRANSACTION
    assert message.username == "here:there"
    assert (message.use_candidate, message.controlling, message.controlled) == (True, 9, None)
    assert message.is_signed_by(KEY)


@pytest.mark.parametrize("source", [("192.0.2.7", 40000), ("2001:db8::7", 1)])
def test_another_implementation_reads_our_answers(source: tuple[str, int]) -> None:
    answer = other.parse_message(stun.success(TRANSACTION, source, KEY))
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == source
    assert answer.check_message_integrity(KEY)
    assert "FINGERPRINT" in answer.attributes
    refusal = other.parse_message(stun.failure(TRANSACTION, stun.ROLE_CONFLICT, KEY))
    assert refusal.error_code == 487
    assert refusal.check_message_integrity(KEY)
    plain = other.parse_message(stun.failure(TRANSACTION, stun.UNAUTHENTICATED))
    assert plain.error_code == 401
    assert "MESSAGE-INTEGRITY" not in plain.attributes


def test_another_implementation_reads_our_requests() -> None:
    made = stun.request(TRANSACTION, "there:here", KEY, tie_breaker=5, priority=6)
    request = other.parse_message(made)
    assert request.attributes["ICE-CONTROLLED"] == 5
    assert request.check_message_integrity(KEY)
    assert stun.parse(made).is_signed_by(KEY)


def test_what_must_be_understood_and_is_not_is_named() -> None:
    assert stun.parse(_with(bytes.fromhex("7001000100000000"))).unknown == (0x7001,)
    assert stun.parse(_with(bytes.fromhex("c057000400000000"))).unknown == ()


def _with(attribute: bytes) -> bytes:
    """A message with this attribute alone."""
    return (
        b"\x00\x01"
        + len(attribute).to_bytes(2, "big")
        + b"\x21\x12\xa4\x42"
        + TRANSACTION
        + attribute
    )


def test_what_stands_behind_the_signature_counts_nothing() -> None:
    use_candidate = bytes.fromhex("00250000")
    message = stun.parse(_without_fingerprint(check(), use_candidate))
    assert message.is_signed_by(KEY)
    assert not message.use_candidate


def _without_fingerprint(data: bytes, more: bytes = b"") -> bytes:
    data = data[:-8]
    return data[:2] + (len(data) - 20 + len(more)).to_bytes(2, "big") + data[4:] + more


@given(st.integers(0, len(check()) - 9), st.integers(1, 255))
def test_no_changed_check_is_taken_for_the_right_one(at: int, by: int) -> None:
    assert stun.parse(_without_fingerprint(check())).is_signed_by(KEY)
    data = bytearray(_without_fingerprint(check()))
    data[at] ^= by
    with contextlib.suppress(stun.StunError):
        assert not stun.parse(bytes(data)).is_signed_by(KEY)


@given(st.binary(max_size=200))
def test_anything_is_a_message_or_an_error_of_our_own(data: bytes) -> None:
    with contextlib.suppress(stun.StunError):
        stun.parse(data)


@given(
    st.lists(st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=40), st.integers(0, 60))),
    st.sampled_from([0x0001, 0x0011, 0x0101, 0x0111, 0x0003]),
)
def test_any_attributes_are_read_or_refused(
    attributes: list[tuple[int, bytes, int]], kind: int
) -> None:
    body = b""
    for number, value, size in attributes:
        length = size if size < 50 else len(value)
        body += (
            number.to_bytes(2, "big") + length.to_bytes(2, "big") + value + bytes(-len(value) & 3)
        )
    head = (
        kind.to_bytes(2, "big") + len(body).to_bytes(2, "big") + b"\x21\x12\xa4\x42" + TRANSACTION
    )
    with contextlib.suppress(stun.StunError):
        stun.parse(head + body)
