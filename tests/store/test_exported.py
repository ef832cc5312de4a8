"""An export is checked by itself: no byte of it can be another."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.told import session
from vicon.store.chain import export_line
from vicon.store.exported import check_export


@cache
def lines() -> tuple[bytes, ...]:
    """Of a whole session: what was said, counted, signed."""
    return tuple(export_line(row) + b"\n" for row in session().rows())


def whole() -> bytes:
    return b"".join(lines())


def line_of(place: int) -> int:
    """Number of the line, and so of the entry, in which the byte stands."""
    return whole()[:place].count(b"\n") + 1


def test_what_was_exported_is_sound() -> None:
    report = check_export(whole())
    assert report.sound
    (one,) = report.conferences
    assert (one.conference, one.entries) == ("pakta-2020", len(lines()))
    assert one.last.encode() in lines()[-1]


@given(st.data())
def test_any_other_byte_is_told_with_its_entry_and_line(data: st.DataObject) -> None:
    text = bytearray(whole())
    place = data.draw(st.integers(0, len(text) - 1))
    text[place] = data.draw(st.integers(0, 255).filter(lambda value: value != text[place]))
    report = check_export(bytes(text))
    assert not report.sound
    number = line_of(place)
    # Of another conference's name the first entry is missing; the one it was is missing from ours.
    told = [fault for fault in report.faults if f"baris {number}:" in fault.words.id]
    assert told or number in {fault.sequence for fault in report.faults}, report.faults
    assert all(fault.words.en for fault in report.faults)


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=3))
def test_bytes_that_were_put_in_are_told(place: int, more: bytes) -> None:
    text = whole()
    place %= len(text) + 1
    assert not check_export(text[:place] + more + text[place:]).sound


@given(st.integers(1, 10_000))
def test_a_file_that_was_cut_off_within_an_entry_is_told(left: int) -> None:
    text = whole()[: left % len(whole())]
    at_an_end = text.endswith(b"\n") or not text
    assert check_export(text).sound == at_an_end  # whole entries missing at the end are not seen


@pytest.mark.parametrize("way", ["swapped", "twice", "without"])
def test_entries_out_of_their_order_are_told(way: str) -> None:
    told = list(lines())
    if way == "swapped":
        told[4], told[5] = told[5], told[4]
    elif way == "twice":
        told.insert(5, told[4])
    else:
        del told[4]
    (fault,) = check_export(b"".join(told)).faults
    assert fault.kind == ("order" if way == "twice" else "gap")
    assert fault.sequence == 5


def test_two_conferences_are_checked_each_by_itself() -> None:
    other = [line.replace(b'"pakta-2020"', b'"lain"') for line in lines()]
    report = check_export(whole() + b"".join(other))
    assert [(fault.conference, fault.sequence) for fault in report.faults] == [("lain", 1)]


@pytest.mark.parametrize("data", [b"", b"\n", b"{}\n", b"[1]\n", b"\xff\n", b"{" * 2_000 + b"\n"])
def test_what_is_no_export(data: bytes) -> None:
    report = check_export(data)
    assert report.sound == (data == b"")
