"""When a hall's picture goes a step down or up, from looks at its two lines. Pure.

Down: 3 of the last 5 looks were bad. Up: all were good for 5 s. A step up that was in vain, because
the line did not bear it for half a minute, makes the next one wait twice as long: a picture that
comes and goes is worse than none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Literal, NamedTuple

from msgspec import Struct

from vicon.core.profile import LEVELS, Level, Side, Trouble, Why

WINDOW, BAD = 5, 3
GOOD_MS = 5_000
PROVEN_MS = 30_000
"""A step up that lasted so long was right."""
LONGEST_MS = 160_000
"""The longest wait before a step up is tried once more."""
GAP_MS = 6_000
"""Looks that lie further apart say nothing together."""

LOSS_BAD, LOSS_FAIR = 5.0, 3.0
"""Percent. From 5 on a trial fails (Polycom RMX, Vidyo); below 3 it is good again."""
RISE_BAD_MS, RISE_FAIR_MS = 300.0, 150.0
"""Above the hall's usual round trip: a queue is full. What a satellite's takes is usual there."""
USUAL_LOOKS = 30
"""The usual round trip is the shortest of so many looks: another path is usual after a minute."""
LATE_MS = 150
"""A look that comes so much later than it should tells that this machine was busy: a round trip
that was measured meanwhile is not the line's."""
CPU_BAD, CPU_FAIR = 80.0, 40.0
"""Percent of the time."""
LEAST_PACKETS = 20
"""A share of fewer is no figure."""

Step = Trouble | Literal["up"]
"""Down, because of that, or up."""


class LineLook(Struct, frozen=True, kw_only=True):
    """One connection of a hall's main device over the last interval."""

    packets: int = 0
    """Of media, that came."""
    lost_percent: float = 0.0
    rtt_ms: float | None = None
    narrow_kbps: float | None = None
    """It has room for sound alone, and carries this much; None: it has room for more."""


class Look(Struct, frozen=True, kw_only=True):
    """None: no such connection, or not known."""

    up: LineLook | None = None
    down: LineLook | None = None
    cpu_percent: float | None = None

    @property
    def empty(self) -> bool:
        """Nothing goes either way: whatever is wrong, it is not the size of the picture."""
        return sum(line.packets for line in (self.up, self.down) if line) < LEAST_PACKETS


class _Found(NamedTuple):
    trouble: Trouble
    fair: float
    bad: float

    @property
    def is_bad(self) -> bool:
        return self.trouble.value > self.bad

    @property
    def is_good(self) -> bool:
        return self.trouble.value <= self.fair


class Watch:
    """One hall's. Times are Unix ms."""

    def __init__(self, every_ms: int) -> None:
        """`every_ms`: how long a look covers."""
        self._every = every_ms
        self._recent: deque[bool] = deque(maxlen=WINDOW)
        self._rtts: deque[float] = deque(maxlen=USUAL_LOOKS)
        self._at: int | None = None
        self._good_since: int | None = None
        self._raised_at: int | None = None
        self._wait = GOOD_MS

    def forget(self) -> None:
        """What was seen is void: another line, or somebody decided."""
        self._recent.clear()
        self._good_since = None

    def take(self, look: Look, level: Level, ceiling: Level, now: int) -> Step | None:
        """Whether it is time for a step from `level`."""
        since = now - self._at if self._at is not None else -1
        if not 0 <= since <= GAP_MS or look.empty:
            self.forget()
        self._at = now
        if look.empty:
            return None
        found = list(self._found(look, timely=since <= self._every + LATE_MS))
        bad = next((one.trouble for one in found if one.is_bad), None)
        self._recent.append(bad is not None)
        if not all(one.is_good for one in found):
            self._good_since = None
        elif self._good_since is None:
            self._good_since = now - self._every
        if bad is not None and self._recent.count(True) >= BAD and level != "audio":
            self._down(now)
            return bad
        good = self._good_since is not None and now - self._good_since >= self._wait
        if good and LEVELS.index(level) > LEVELS.index(ceiling):
            self._raised_at = now
            self.forget()
            return "up"
        return None

    def _down(self, now: int) -> None:
        vain = self._raised_at is not None and now - self._raised_at < PROVEN_MS
        self._wait = min(LONGEST_MS, 2 * self._wait) if vain else GOOD_MS
        self._raised_at = None
        self.forget()

    def _found(self, look: Look, *, timely: bool) -> Iterator[_Found]:
        """The most telling first."""
        lines: tuple[tuple[Side, LineLook | None], ...] = (("up", look.up), ("down", look.down))
        for side, line in lines:
            if line is not None and line.narrow_kbps is not None:
                yield _found("rate", side, max(line.narrow_kbps, 0.1), 0.0, 0.0)
        for side, line in lines:
            if line is not None and line.packets >= LEAST_PACKETS:
                yield _found("loss", side, line.lost_percent, LOSS_FAIR, LOSS_BAD)
        for side, line in lines:
            if timely and line is not None and line.rtt_ms is not None:
                usual = self._usual(line.rtt_ms)
                yield _found("rtt", side, line.rtt_ms, usual + RISE_FAIR_MS, usual + RISE_BAD_MS)
                break  # both go the same way
        if look.cpu_percent is not None:
            yield _found("cpu", "up", look.cpu_percent, CPU_FAIR, CPU_BAD)

    def _usual(self, rtt: float) -> float:
        self._rtts.append(rtt)
        return min(self._rtts)


def _found(why: Why, side: Side, value: float, fair: float, bad: float) -> _Found:
    return _Found(Trouble(why=why, side=side, value=round(value, 1)), fair, bad)
