"""Halls as witnesses, under cuts between any two, power cuts, kills, restarts, stalls and reloads
in any order: two never acknowledge at once, and what was acknowledged is at whoever serves."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from signaling.witness import MOST_KEPT, Page
from tests.pair.witnessed import LOST_S, SILENT_S, STEP, TAKEOVER_S, World
from vicon.pair.rules import ALONE_S, Epoch
from vicon.pair.witnesses import LEAST, Council, FirstCouncils, StandbyCouncil

HALLS = st.integers(0, 4)
SOON_S = 15.0


class Witnesses(RuleBasedStateMachine):
    @initialize(
        halls=st.integers(2, 5),
        pace=st.tuples(*2 * [st.sampled_from([0.9, 1.0, 1.1])]),
    )
    def begin(self, halls: int, pace: tuple[float, float]) -> None:
        self.world = World(halls, pace=pace)
        self.world.pass_time(2.0)
        assert self.world.first.right

    @rule(seconds=st.sampled_from([STEP, 0.3, 1.0, 3.5, ALONE_S + 1, 12.0]))
    def time(self, seconds: float) -> None:
        self.world.pass_time(seconds)

    @rule(count=st.integers(1, 3))
    def act(self, count: int) -> None:
        for _ in range(count):
            self.world.act()

    @rule(cut=st.booleans())
    def line_of_the_two(self, cut: bool) -> None:
        self.world.cut = cut

    @rule(hall=HALLS, server=st.sampled_from([0, 1]), cut=st.booleans())
    def line_of_a_hall(self, hall: int, server: int, cut: bool) -> None:
        self.world.halls[hall % len(self.world.halls)].cut[server] = cut

    @rule(on=st.booleans())
    def first_cut_from_all(self, on: bool) -> None:
        self.world.isolate_first(on)

    @rule(hall=HALLS, on=st.booleans())
    def hall_stalls(self, hall: int, on: bool) -> None:
        self.world.halls[hall % len(self.world.halls)].stalled = on

    @rule(hall=HALLS)
    def hall_reloads(self, hall: int) -> None:
        self.world.halls[hall % len(self.world.halls)].reload()

    @rule(on=st.booleans())
    def standby_stalls(self, on: bool) -> None:
        self.world.standby_stalled = on and self.world.standby_up

    @rule(on=st.booleans())
    def first_stalls(self, on: bool) -> None:
        self.world.first_stalled = on and self.world.first_up

    @precondition(lambda self: self.world.first_up)
    @rule(power=st.booleans())
    def first_ends(self, power: bool) -> None:
        if power:
            self.world.power_cut()
        else:
            self.world.kill_first()

    @precondition(lambda self: not self.world.powered)
    @rule()
    def power_returns(self) -> None:
        self.world.powered = True

    @precondition(lambda self: not self.world.first_up)
    @rule()
    def first_starts(self) -> None:
        self.world.start_first()

    @precondition(lambda self: self.world.standby_up and not self.world.serves)
    @rule()
    def standby_ends(self) -> None:
        self.world.kill_standby()

    @precondition(lambda self: not self.world.standby_up)
    @rule()
    def standby_starts(self) -> None:
        self.world.start_standby()

    @invariant()
    def what_counts_is_where_it_serves(self) -> None:
        if hasattr(self, "world") and self.world.serves:
            assert self.world.acknowledged <= self.world.copied

    @invariant()
    def two_never_acknowledge(self) -> None:
        if hasattr(self, "world") and self.world.serves:
            assert not self.world.alone


Witnesses.TestCase.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
TestWitnesses = Witnesses.TestCase


def synced(halls: int = 3, takeover_s: float = TAKEOVER_S) -> World:
    world = World(halls, takeover_s)
    world.pass_time(2.0)
    world.act()
    world.pass_time(1.0)
    assert world.acknowledged == world.written
    return world


def until_serves(world: World, most: float) -> float:
    began = world.now
    while not world.serves and world.now - began < most:
        world.pass_time(STEP)
    return world.now - began


@pytest.mark.parametrize("halls", [3, 4, 10])
def test_after_a_power_cut_the_standby_takes_over_by_the_halls_word(halls: int) -> None:
    world = synced(halls)
    world.power_cut()
    assert until_serves(world, 60) <= SILENT_S + LOST_S
    assert world.acknowledged <= world.copied
    world.start_first()
    world.pass_time(1)
    assert world.first.fenced == Epoch(2, "b")


def test_a_first_that_is_cut_off_acknowledges_nothing_and_is_fenced() -> None:
    world = synced(10)
    world.isolate_first(True)
    before = world.acknowledged
    assert until_serves(world, 60) < SOON_S
    world.act()
    world.pass_time(120)
    assert world.acknowledged == before
    assert world.first.waits


def test_a_first_that_keeps_the_halls_goes_on_without_its_standby() -> None:
    world = synced(10)
    world.cut = True
    world.pass_time(1)
    world.act()
    assert world.acknowledged < world.written
    world.pass_time(ALONE_S + 2)
    assert world.acknowledged == world.written
    world.isolate_first(True)
    world.pass_time(60)
    assert not world.serves, "what counted since is not at the standby"
    world.isolate_first(False)
    world.pass_time(5)
    assert world.first.right
    assert world.copied == world.written


def test_when_the_standby_dies_the_ceremony_waits_once_and_goes_on() -> None:
    world = synced(10)
    world.kill_standby()
    world.act()
    world.pass_time(ALONE_S + 2)
    assert world.acknowledged == world.written


def test_halls_divided_in_two_leave_it_to_a_person() -> None:
    world = synced(4)
    world.cut = True
    for hall in world.halls[:2]:
        hall.cut[0] = True
    world.act()
    world.pass_time(60)
    assert not world.serves
    assert world.acknowledged < world.written
    world.cut = False
    world.pass_time(3)
    assert world.acknowledged == world.written, "the line is back: all goes on"
    for hall in world.halls[:2]:
        hall.cut[0] = False
    world.pass_time(5)
    world.power_cut()
    assert until_serves(world, 60) < SOON_S, "and a new council decides anew"


@pytest.mark.parametrize("halls", range(LEAST))
def test_of_few_halls_none_is_asked(halls: int) -> None:
    world = synced(halls)
    world.power_cut()
    world.pass_time(60)
    assert not world.serves
    world = synced(halls)
    world.cut = True
    world.act()
    world.pass_time(ALONE_S + 1)
    assert world.acknowledged == world.written


def test_a_first_that_froze_finds_itself_replaced() -> None:
    world = synced(5)
    world.first_stalled = True
    assert until_serves(world, 60) < SOON_S
    before = world.acknowledged
    world.first_stalled = False
    world.act()
    world.pass_time(60)
    assert world.acknowledged == before


def test_a_page_says_one_thing_and_stays_with_it() -> None:
    page = Page()
    assert page.asked("k1", "takeover") == "takeover"
    assert page.asked("k1", "alone") == "takeover"
    assert page.asked("k2", "alone") == "alone"
    for number in range(3, MOST_KEPT + 1):
        page.asked(f"k{number}", "alone")
    assert page.asked("more", "alone") is None
    assert page.asked("k1", "alone") == "takeover", "nothing is forgotten"


def test_a_council_that_is_not_confirmed_counts_beside_the_one_before() -> None:
    """The standby may hold either."""
    first = FirstCouncils()
    old, new = (Council(id=id, members=frozenset(of)) for id, of in (("k1", "abc"), ("k2", "cde")))
    first.name(old)
    first.name(new)
    for member in "abc":
        first.heard("k1", member, "alone")
    assert first.asking == [new]
    for member in "cd":
        first.heard("k2", member, "alone")
    assert first.asking == []
    with pytest.raises(ValueError, match="pending"):
        first.name(old)
    first.confirmed("k2")
    assert not first.pending
    first.heard("k2", "z", "alone")
    assert first.latest == new


def test_whom_nobody_named_has_no_word() -> None:
    standby = StandbyCouncil()
    standby.frame(Council(id="k1", members=frozenset("abc")))
    for member in "xyz":
        standby.heard("k1", member, "takeover")
    standby.heard("k0", "a", "takeover")
    standby.heard("k1", "a", "alone")
    found = [standby.carried]
    for member in "ab":
        standby.heard("k1", member, "takeover")
        found.append(standby.carried)
    standby.release()
    assert [*found, standby.carried] == [False, False, True, False]
