from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vicon.rtc import red

redundant = st.builds(
    red.Block, st.integers(0, 127), st.integers(0, red.MAX_OFFSET), st.binary(max_size=40)
)
newest = st.builds(red.Block, st.integers(0, 127), st.just(0), st.binary(max_size=40))
all_blocks = st.tuples(st.lists(redundant, max_size=4), newest).map(lambda p: [*p[0], p[1]])


@given(all_blocks)
def test_blocks_come_back(items: list[red.Block]) -> None:
    payload = red.build(items)
    assert red.blocks(payload) == items
    assert red.primary(payload) == (items[-1].payload_type, items[-1].payload)


@given(st.binary(max_size=60) | all_blocks.map(red.build), st.integers(0, 60))
def test_garbage_raises_nothing_but_its_own_error(data: bytes, length: int) -> None:
    payload = data[:length]
    try:
        found = red.blocks(payload)
    except red.RedError:
        with pytest.raises(red.RedError):
            red.primary(payload)
        return
    assert len(red.relabelled(payload, 5)) == len(payload)
    assert red.primary(payload) == (found[-1].payload_type, found[-1].payload)


@given(all_blocks, st.integers(0, 127))
def test_the_receiver_s_payload_type_goes_on_every_block(
    items: list[red.Block], payload_type: int
) -> None:
    found = red.blocks(red.relabelled(red.build(items), payload_type))
    assert found == [block._replace(payload_type=payload_type) for block in items]


def test_what_chromium_sends() -> None:
    """One redundant block of Opus (111), 20 ms before."""
    payload = bytes.fromhex("ef0f0003") + b"\x6f" + b"old" + b"newer"
    assert red.primary(payload) == (111, b"newer")
    assert red.blocks(payload)[0] == red.Block(111, 960, b"old")


@pytest.mark.parametrize(
    "items",
    [
        [],
        [red.Block(111, red.MAX_OFFSET + 1, b""), red.Block(111, 0, b"")],
        [red.Block(111, 1, bytes(red.MAX_LENGTH + 1)), red.Block(111, 0, b"")],
        [red.Block(111, 1, b"")] * (red.MAX_BLOCKS + 1),
    ],
)
def test_what_no_header_can_say_is_refused(items: list[red.Block]) -> None:
    with pytest.raises(red.RedError):
        red.build(items)
