"""The rules of a pair under cuts, kills, stalls and restarts in any order: what was acknowledged is
at whoever serves, and two never acknowledge at once.

The world below has two servers and one line between them. A cut holds frames back, in order, as TCP
does; a power cut loses them and says nothing. A killed process refuses connections."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from vicon.pair.rules import ALONE_S, BEAT_S, FRESH_S, Epoch, FirstRules, StandbyRules

STEP = 0.05
SILENT_S, GIVE_UP_S, DIAL_S, TAKEOVER_S = 5.0, 10.0, 0.3, 3.0


@dataclass
class Line:
    """Of one attachment: frames to the standby (number, acts up to, right), confirmations back."""

    frames: deque[tuple[float, int, bool]] = field(default_factory=deque)
    back: deque[tuple[float, int]] = field(default_factory=deque)
    ended: bool = False
    """The first's end is among the frames' successors: after all of them."""
    confirmed: int = 0
    heard_at: float = 0.0
    passes: int = 0


class World:
    def __init__(self, takeover_s: float = TAKEOVER_S) -> None:
        self.now = 0.0
        self.cut = self.stalled = False
        self.first_up, self.first_asks, self.powered = True, False, True
        self.paired = False
        self.first = FirstRules(Epoch(1, "a"))
        self.standby_up, self.serves = True, False
        self.standby = StandbyRules(takeover_s)
        self.takeover_s = takeover_s
        self.line: Line | None = None
        self.written = self.acknowledged = self.copied = 0
        """Acts by their number: in the first's journal, told to persons, in the standby's."""
        self.beat_at = self.dial_at = 0.0

    # --- what happens -------------------------------------------------------------------------

    def act(self) -> None:
        if self.first_serves:
            self.written += 1
            self._beat()
            self._acknowledge()

    def kill_first(self) -> None:
        self.first_up = self.first_asks = False
        if self.line is not None:
            self.line.ended = True

    def power_cut(self) -> None:
        """No end of the line, no refusal: nothing at all."""
        self.first_up = self.first_asks = self.powered = False
        if self.line is not None:
            self.line.frames.clear()

    def start_first(self) -> None:
        self.powered = self.first_up = self.first_asks = True
        self.first = FirstRules(Epoch(1, "a"))
        self._ask()

    def kill_standby(self) -> None:
        self.standby_up = False
        self.line = None if self.line is None or not self.cut else self.line

    def start_standby(self) -> None:
        self.standby_up = True
        self.standby = StandbyRules(self.takeover_s)
        self.line = None

    def pass_time(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            self.now += STEP
            self._step()

    # --- how the two go on ---------------------------------------------------------------------

    @property
    def first_serves(self) -> bool:
        return self.first_up and not self.first_asks and self.first.fenced is None

    def _step(self) -> None:
        if self.first_asks:
            self._ask()
        if self.first_serves:
            self._first_goes_on()
        if self.standby_up and not self.serves:
            self._standby_goes_on()
        self._acknowledge()

    def _ask(self) -> None:
        """A first that is started: vicon.cli.turns."""
        reachable = self.standby_up and not self.cut
        if reachable and self.serves:
            self.first.saw(Epoch(2, "b"))
            self.first_asks = False
        elif reachable or not self.paired:
            if reachable:
                self.standby.asked()
            self.paired, self.first_asks = False, False

    def _first_goes_on(self) -> None:
        line = self.line
        if line is not None and not line.ended:
            while line.back and not self.cut and line.back[0][0] <= self.now:
                sent, acts = line.back.popleft()
                self.first.answered(sent)
                line.confirmed, line.heard_at = acts, self.now
            if self.now - line.heard_at > GIVE_UP_S:
                line.ended = True
        if self.first.silent(self.now):
            self.paired = False
            self.first.renounce()
            self._beat()  # told before anything counts
            self.first.alone()
        if self.now >= self.beat_at:
            self._beat()

    def _beat(self) -> None:
        line = self.line
        if line is None or line.ended:
            return
        if line.passes and line.confirmed == self.written and not line.frames:
            if not self.first.waits:
                self.first.prepare(self.now)
            elif not self.first.right and not self.first.silent(self.now):
                self.paired = True
                self.first.grant()
        line.passes += 1
        line.frames.append((self.now, self.written, self.first.right))
        self.beat_at = self.now + BEAT_S

    def _acknowledge(self) -> None:
        """first.First.wrote: an act counts once the standby has it, or cannot take over."""
        if self.first_serves:
            confirmed = self.line.confirmed if self.line is not None else 0
            if not self.first.waits:
                self.acknowledged = self.written
            else:
                self.acknowledged = max(self.acknowledged, min(confirmed, self.written))

    def _standby_goes_on(self) -> None:
        if self.line is None:
            if self.now >= self.dial_at:
                self.dial_at = self.now + DIAL_S
                self._dial()
            return
        line = self.line
        if self.stalled:
            return
        while line.frames and not self.cut:
            sent, acts, right = line.frames.popleft()
            self.standby.heard(self.now, right)
            self.copied = max(self.copied, acts)
            line.back.append((sent, acts))
        over = line.ended and not line.frames and not self.cut
        if over or self.standby.silence(self.now) > SILENT_S:
            self.standby.ended(self.now)
            line.ended = True
            self.line = None

    def _dial(self) -> None:
        if self.cut or not self.powered:
            self.standby.unreachable()
        elif self.first_serves:
            if self.copied > self.written:
                raise AssertionError("the standby has what the first has not")
            self.standby.asked()
            self.first.alone()
            self.paired = False
            self.line = Line(confirmed=self.copied, heard_at=self.now)
            self.standby.heard(self.now, False)
        elif self.first_up:
            self.standby.asked()
        elif self.standby.refused(self.now):
            self.serves = True


class Pair(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.world = World()
        self.world.pass_time(2.0)
        assert self.world.first.right

    @rule(seconds=st.sampled_from([STEP, 0.3, 1.0, FRESH_S, 3.5, ALONE_S + 1, 12.0]))
    def time(self, seconds: float) -> None:
        self.world.pass_time(seconds)

    @rule(count=st.integers(1, 3))
    def act(self, count: int) -> None:
        for _ in range(count):
            self.world.act()

    @rule(cut=st.booleans())
    def network(self, cut: bool) -> None:
        self.world.cut = cut

    @rule(stalled=st.booleans())
    def standbys_disk(self, stalled: bool) -> None:
        self.world.stalled = stalled

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
        """The machine is up, and refuses connections: nothing runs there yet."""
        self.world.powered = True

    @precondition(lambda self: not self.world.first_up and not self.world.serves)
    @rule()
    def first_starts(self) -> None:
        self.world.start_first()

    @precondition(lambda self: not self.world.first_up and self.world.serves)
    @rule()
    def old_first_returns(self) -> None:
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
    def two_never_serve(self) -> None:
        if hasattr(self, "world") and self.world.serves:
            assert not (self.world.first_serves and not self.world.first.waits)


Pair.TestCase.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
TestPair = Pair.TestCase


def synced(takeover_s: float = TAKEOVER_S) -> World:
    world = World(takeover_s)
    world.pass_time(2.0)
    assert world.first.right
    assert world.standby.right(world.now)
    return world


def test_a_killed_first_is_followed_within_seconds_and_nothing_is_lost() -> None:
    world = synced()
    world.act()
    world.pass_time(STEP)
    world.act()
    world.kill_first()
    world.pass_time(TAKEOVER_S + 1)
    assert world.serves
    assert world.acknowledged <= world.copied


def test_a_cut_is_no_death_and_the_first_goes_on_after_a_while() -> None:
    world = synced()
    world.cut = True
    world.pass_time(1.0)
    world.act()
    assert world.acknowledged < world.written, "it waits for the standby"
    world.pass_time(ALONE_S)
    assert world.acknowledged == world.written
    world.pass_time(30)
    assert not world.serves
    world.cut = False
    world.pass_time(3.0)
    assert world.first.right, "it has caught up"
    assert world.copied == world.written


def test_nothing_alone_is_lost_when_the_first_dies_behind_a_cut() -> None:
    world = synced()
    world.cut = True
    world.pass_time(ALONE_S + 0.5)
    world.act()
    assert world.acknowledged == world.written
    world.kill_first()
    world.cut = False
    world.pass_time(20)
    assert not world.serves, "only a person may decide now"


def test_after_a_power_cut_a_person_decides() -> None:
    world = synced()
    world.power_cut()
    world.pass_time(60)
    world.powered = True
    world.pass_time(60)
    assert not world.serves
    assert not world.standby.right(world.now)


def test_a_first_that_was_paired_does_not_serve_before_it_has_asked() -> None:
    world = synced()
    world.kill_first()
    world.pass_time(TAKEOVER_S + 1)
    assert world.serves
    world.cut = True
    world.start_first()
    world.pass_time(20)
    assert not world.first_serves
    world.cut = False
    world.pass_time(1)
    assert world.first.fenced == Epoch(2, "b")


def test_a_quick_restart_is_no_takeover() -> None:
    world = synced()
    world.kill_first()
    world.pass_time(TAKEOVER_S - 1)
    world.start_first()
    world.pass_time(5)
    assert not world.serves
    assert world.first.right


def test_without_automatic_takeover_acts_never_wait() -> None:
    rules = StandbyRules(0)
    rules.heard(0.0, right=True)
    assert not rules.right(0.1)
    assert not rules.refused(0.2)


def test_a_later_epoch_fences_and_an_earlier_one_does_not() -> None:
    rules = FirstRules(Epoch(2, "b"))
    assert not rules.saw(Epoch(1, "z"))
    assert not rules.saw(Epoch(2, "b"))
    assert rules.saw(Epoch(3, "a"))
    rules.prepare(1.0)
    assert not rules.waits, "for good"
    assert FirstRules(Epoch(2, "b")).saw(Epoch(2, "c")), "two hands at once: one gives way"


@pytest.mark.parametrize("after", [0.5, FRESH_S + 0.1])
def test_the_lines_end_counts_only_soon_after_the_last_word(after: float) -> None:
    rules = StandbyRules(TAKEOVER_S)
    rules.heard(10.0, right=True)
    rules.ended(10.0 + after)
    assert rules.refused(20.0) is False
    assert rules.refused(20.0 + TAKEOVER_S) is (after < FRESH_S)


def test_the_first_waits_longer_than_the_standby_believes() -> None:
    """A frame may take a second, and the last one may have been sent a beat before."""
    assert FRESH_S + 1.0 + BEAT_S < ALONE_S
