"""Outbox, bucket, backoff, replica and feed."""

from __future__ import annotations

import asyncio
import random
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling import messages as m
from signaling.backoff import Backoff
from signaling.bucket import TokenBucket
from signaling.client import Client
from signaling.feed import Changed, Connected, Disconnected, Feed
from signaling.outbox import Outbox
from signaling.peer import TRANSITIONS
from signaling.replica import Gap, Replica
from tests.signaling.examples import conference, room, welcome, you


@given(st.lists(st.binary(max_size=40) | st.none(), max_size=60))
def test_an_outbox_keeps_order_and_never_exceeds_its_bounds(acts: list[bytes | None]) -> None:
    outbox = Outbox(max_frames=5, max_bytes=100)
    model: list[bytes] = []
    for act in acts:
        if act is None:
            assert outbox.take() == (model.pop(0) if model else None)
        elif outbox.put(act):
            model.append(act)
        else:
            assert len(model) == 5 or sum(map(len, model)) + len(act) > 100
        assert len(outbox) == len(model) <= 5
        assert outbox.size == sum(map(len, model)) <= 100


def test_the_last_frame_always_fits_and_may_replace_the_rest() -> None:
    outbox = Outbox(max_frames=1, max_bytes=3)
    assert outbox.put(b"abc")
    outbox.put_last(b"after it")
    assert [outbox.take(), outbox.take(), outbox.take()] == [b"abc", b"after it", None]
    assert outbox.put(b"abc")
    outbox.put_last(b"instead", instead=True)
    assert [outbox.take(), outbox.take()] == [b"instead", None]
    assert outbox.size == 0


@given(st.lists(st.floats(0, 3), max_size=200))
def test_a_bucket_gives_no_more_than_burst_and_rate(steps: list[float]) -> None:
    bucket = TokenBucket(rate=20, burst=60, now=100.0)
    now, taken = 100.0, 0
    for step in steps:
        now += step
        taken += bucket.take(now)
        assert taken <= 60 + 20 * (now - 100.0) + 1e-6


def test_a_bucket_fills_again_and_a_clock_going_back_adds_nothing() -> None:
    bucket = TokenBucket(rate=2, burst=3, now=0.0)
    assert [bucket.take(0.0) for _ in range(4)] == [True, True, True, False]
    assert not bucket.take(-100.0)
    assert bucket.take(0.5)
    assert not bucket.take(0.5)


def test_waits_grow_with_full_jitter_up_to_the_bound_and_start_anew() -> None:
    class Most:
        def uniform(self, a: float, b: float) -> float:
            assert a == 0.0
            return b

    backoff = Backoff(Most())
    assert [backoff.delay() for _ in range(7)] == [0.25, 0.5, 1.0, 2.0, 2.0, 2.0, 2.0]
    for _ in range(5000):
        assert backoff.delay() == 2.0
    backoff.reset()
    assert backoff.delay() == 0.25
    jittered = Backoff(random.Random(1))
    assert len({jittered.delay() for _ in range(20)}) == 20


def test_a_delta_replaces_whole_parts_and_leaves_the_rest() -> None:
    replica = Replica(welcome(rev=7))
    changed = room("64.02", tally=3)
    replica.apply(m.Delta(prev=7, rev=9, conference=conference("64.02"), rooms=[changed]))
    assert [r.code for r in replica.view.rooms] == ["64", "64.02", "64.03"]
    assert replica.view.rooms[1] == changed
    assert replica.view.conference.floor == "64.02"
    assert replica.view.you == you()
    replica.apply(m.Delta(prev=9, rev=9, you=you("d1", "r1")))
    assert replica.view.you.resume == "r1"
    assert replica.view.rooms[1] == changed


@pytest.mark.parametrize(("prev", "rev"), [(6, 8), (8, 9), (7, 6)])
def test_a_gap_is_found_and_changes_nothing(prev: int, rev: int) -> None:
    replica = Replica(welcome(rev=7))
    before = replica.view
    with pytest.raises(Gap):
        replica.apply(m.Delta(prev=prev, rev=rev, rooms=[room("64.02", tally=3)]))
    assert (replica.view, replica.revision) == (before, 7)


async def test_a_feed_tells_the_latest_of_each_kind_in_the_order_of_their_last_coming() -> None:
    feed = Feed()
    for event in (Changed(), Connected("e1"), Disconnected(), Changed(), Connected("e2")):
        feed.put(event)
    feed.finish()
    assert [event async for event in feed] == [Disconnected(), Changed(), Connected("e2")]


async def test_a_feed_wakes_who_waits() -> None:
    feed = Feed()

    async def first() -> object:
        return await anext(feed)

    waiting = asyncio.create_task(first())
    await asyncio.sleep(0)
    feed.put(Changed())
    assert await asyncio.wait_for(waiting, 1) == Changed()


def test_the_client_knows_what_to_do_with_every_message_of_the_server() -> None:
    known = set(Client._HANDLERS) | {m.Welcome, m.WitnessAsk}
    assert known == set(get_args(m.ServerMessage))


def test_every_message_of_the_server_has_its_place_in_a_connection() -> None:
    placed = {tag for _, tag in TRANSITIONS}
    assert {str(one.__struct_config__.tag) for one in get_args(m.ServerMessage)} <= placed
