"""A world of two servers and some halls, every pair of which may be cut from each other. A cut
holds back what is sent, in order, as TCP does; a power cut loses it and says nothing; a killed
process refuses connections. Each server has a clock of its own pace."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from signaling.shape import WitnessWord
from signaling.witness import Page
from vicon.pair.rules import BEAT_S, Epoch, FirstRules, StandbyRules
from vicon.pair.witnesses import Council, FirstCouncils, StandbyCouncil

STEP = 0.05
SILENT_S, GIVE_UP_S, DIAL_S, TAKEOVER_S = 5.0, 10.0, 0.3, 3.0
LOST_S, TRY_S, ASK_S = 3.0, 0.5, 1.0
"""Of a hall: a server that says nothing for so long is left; between two tries. Of a server:
between two times that it asks."""
Frame = tuple[float, int, bool, Council | None]
Answer = tuple[str, str, WitnessWord]
"""Council, member, its word."""


@dataclass
class Line:
    """Of one attachment: frames to the standby, confirmations back."""

    frames: deque[Frame] = field(default_factory=deque)
    back: deque[tuple[float, int, str]] = field(default_factory=deque)
    ended: bool = False
    confirmed: int = 0
    heard_at: float = 0.0
    passes: int = 0


class Hall:
    """One page; with which of the two it is (0, 1 or none)."""

    def __init__(self, number: int) -> None:
        self.number, self.life = number, 0
        self.page = Page()
        self.at: int | None = 0
        self.cut = [False, False]
        """From the first, from the standby."""
        self.stalled = False
        self.heard_at = self.try_at = 0.0
        self.asked: deque[tuple[str, WitnessWord]] = deque()
        """On the connection that it has."""
        self.said: tuple[deque[Answer], deque[Answer]] = (deque(), deque())
        """To each server; what was said comes, if late, though the connection is given up."""

    @property
    def member(self) -> str:
        return f"{self.number}.{self.life}"

    def reload(self) -> None:
        self.life += 1
        self.page, self.at = Page(), None
        self.asked.clear()


class World:
    def __init__(
        self, halls: int = 3, takeover_s: float = TAKEOVER_S, pace: tuple[float, float] = (1, 1)
    ) -> None:
        self.now = 0.0
        self.pace = pace
        self.cut = self.standby_stalled = self.first_stalled = False
        self.first_up, self.first_asks, self.powered = True, False, True
        self.paired = False
        self.first, self.councils, self.spent = FirstRules(Epoch(1, "a")), FirstCouncils(), False
        self.standby_up, self.serves = True, False
        self.standby, self.council = StandbyRules(takeover_s), StandbyCouncil()
        self.takeover_s = takeover_s
        self.halls = [Hall(number) for number in range(halls)]
        self.line: Line | None = None
        self.lost_since = 0.0
        self.named = 0
        self.written = self.acknowledged = self.copied = 0
        self.beat_at = self.dial_at = self.ask_at = self.want_at = 0.0

    @property
    def first_now(self) -> float:
        return self.now * self.pace[0]

    @property
    def standby_now(self) -> float:
        return self.now * self.pace[1]

    # --- what happens ---------------------------------------------------------------------------

    def act(self) -> None:
        if self.first_serves and not self.first_stalled:
            self.written += 1
            self._beat()
            self._acknowledge()

    def isolate_first(self, on: bool) -> None:
        self.cut = on
        for hall in self.halls:
            hall.cut[0] = on

    def kill_first(self) -> None:
        self.first_up = self.first_asks = self.first_stalled = False
        if self.line is not None:
            self.line.ended = True

    def power_cut(self) -> None:
        self.first_up = self.first_asks = self.powered = self.first_stalled = False
        if self.line is not None:
            self.line.frames.clear()
        for hall in self.halls:
            hall.said[0].clear()

    def start_first(self) -> None:
        self.powered = self.first_up = self.first_asks = True
        self.first, self.councils, self.spent = FirstRules(Epoch(1, "a")), FirstCouncils(), False
        for hall in self.halls:
            hall.said[0].clear()
            if hall.at == 0:
                hall.at = None
        self._ask_other()

    def kill_standby(self) -> None:
        self.standby_up = self.standby_stalled = False
        self.line = None if self.line is None or not self.cut else self.line

    def start_standby(self) -> None:
        self.standby_up = True
        self.standby, self.council = StandbyRules(self.takeover_s), StandbyCouncil()
        self.line = None
        for hall in self.halls:
            hall.said[1].clear()

    def pass_time(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            self.now += STEP
            self._step()

    # --- how all go on --------------------------------------------------------------------------

    @property
    def first_serves(self) -> bool:
        return self.first_up and not self.first_asks and self.first.fenced is None

    @property
    def alone(self) -> bool:
        """The first acknowledges without its standby."""
        return self.first_serves and not self.first.waits

    def _step(self) -> None:
        if self.first_asks:
            self._ask_other()
        if self.first_serves and not self.first_stalled:
            self._first_goes_on()
            self._acknowledge()
        if self.standby_up and not self.serves and not self.standby_stalled:
            self._standby_goes_on()
        for hall in self.halls:
            if not hall.stalled:
                self._hall_goes_on(hall)

    def _ask_other(self) -> None:
        reachable = self.standby_up and not self.cut and not self.standby_stalled
        if reachable and self.serves:
            self.first.saw(Epoch(2, "b"))
            self.first_asks = False
        elif reachable or not self.paired:
            if reachable:
                self.standby.asked()
                self.council.release()
            self.paired, self.first_asks = False, False

    # --- the first ------------------------------------------------------------------------------

    def _first_goes_on(self) -> None:
        line, now = self.line, self.first_now
        for hall in self.halls:
            while hall.said[0] and not hall.cut[0]:
                self.councils.heard(*hall.said[0].popleft())
        if line is not None and not line.ended:
            while line.back and not self.cut:
                sent, acts, council = line.back.popleft()
                self.first.answered(sent)
                self.councils.confirmed(council)
                line.confirmed, line.heard_at = acts, now
            if now - line.heard_at > GIVE_UP_S:
                line.ended = True
        if self.first.silent(now):
            self._end_the_right()
        if now >= self.beat_at:
            self._beat()

    def _end_the_right(self) -> None:
        """By silence: what the standby may decide is taken from it first."""
        if self.councils.asking:
            self.spent = True
            if self.first_now >= self.ask_at:
                self.ask_at = self.first_now + ASK_S
                for hall in self.halls:
                    if hall.at == 0:
                        hall.asked.extend((one.id, "alone") for one in self.councils.asking)
            return
        self.paired = False
        self.first.renounce()
        self._beat()
        self.first.alone()
        self.councils.release()

    def _beat(self) -> None:
        line = self.line
        if line is None or line.ended:
            return
        if line.passes and line.confirmed == self.written and not line.frames:
            self._name()
            if not self.first.waits:
                self.first.prepare(self.first_now)
            elif not self.first.right and not self.first.silent(self.first_now):
                self.paired = True
                self.first.grant()
        line.passes += 1
        council = self.councils.latest if self.first.right else None
        line.frames.append((self.first_now, self.written, self.first.right, council))
        self.beat_at = self.first_now + BEAT_S

    def _name(self) -> None:
        members = frozenset(hall.member for hall in self.halls if hall.at == 0)
        latest = self.councils.latest
        same = latest is not None and latest.members == members and not self.spent
        if not same and not self.councils.pending:
            self.named, self.spent = self.named + 1, False
            self.councils.name(Council(id=f"k{self.named}", members=members))

    def _acknowledge(self) -> None:
        if self.first_serves:
            confirmed = self.line.confirmed if self.line is not None else 0
            if not self.first.waits:
                self.acknowledged = self.written
            else:
                self.acknowledged = max(self.acknowledged, min(confirmed, self.written))

    # --- the standby ----------------------------------------------------------------------------

    def _standby_goes_on(self) -> None:
        now = self.standby_now
        for hall in self.halls:
            while hall.said[1] and not hall.cut[1]:
                self.council.heard(*hall.said[1].popleft())
        line = self.line
        if line is None:
            if now >= self.dial_at:
                self.dial_at = now + DIAL_S
                self._dial()
            if self.line is None and not self.serves:
                self._witnesses()
            return
        while line.frames and not self.cut:
            sent, acts, right, council = line.frames.popleft()
            self.standby.heard(now, right)
            self.council.frame(council if right else None)
            self.copied = max(self.copied, acts)
            line.back.append((sent, acts, council.id if right and council is not None else ""))
        over = line.ended and not line.frames and not self.cut
        if over or self.standby.silence(now) > SILENT_S:
            self.standby.ended(now)
            line.ended = True
            self.line, self.lost_since = None, now

    def _witnesses(self) -> None:
        if self.takeover_s <= 0 or self.council.asking is None:
            return
        if self.council.carried:
            self.serves = True
        elif self.standby_now >= self.want_at:
            self.want_at = self.standby_now + ASK_S
            for hall in self.halls:
                if hall.at == 1:
                    hall.asked.append((self.council.asking.id, "takeover"))

    def _dial(self) -> None:
        if self.cut or not self.powered or (self.first_up and self.first_stalled):
            self.standby.unreachable()
        elif self.first_serves:
            assert self.copied <= self.written, "the standby has what the first has not"
            self.standby.asked()
            self.council.release()
            self.first.alone()
            self.councils.release()
            self.paired = False
            self.line = Line(confirmed=self.copied, heard_at=self.first_now)
            self.standby.heard(self.standby_now, False)
        elif self.first_up:
            self.standby.asked()
            self.council.release()
        elif self.standby.refused(self.standby_now):
            self.serves = True

    # --- a hall ---------------------------------------------------------------------------------

    def _speaks(self, hall: Hall, server: int) -> bool:
        """The server says something to it, just now."""
        if hall.cut[server]:
            return False
        if server == 0:
            return self.first_serves and not self.first_stalled
        return self.standby_up and not self.standby_stalled and (self.serves or self._wants)

    @property
    def _wants(self) -> bool:
        return self.line is None and self.council.asking is not None

    def _hall_goes_on(self, hall: Hall) -> None:
        if hall.at is not None:
            if self._speaks(hall, hall.at):
                hall.heard_at = self.now
                while hall.asked:
                    council, word = hall.asked.popleft()
                    said = hall.page.asked(council, word)
                    if said is not None:
                        hall.said[hall.at].append((council, hall.member, said))
            elif self.now - hall.heard_at > LOST_S:
                hall.at, hall.try_at = None, self.now
                hall.asked.clear()
        elif self.now >= hall.try_at:
            hall.try_at = self.now + TRY_S
            for server in (0, 1):
                if self._speaks(hall, server):
                    hall.at, hall.heard_at = server, self.now
                    break
