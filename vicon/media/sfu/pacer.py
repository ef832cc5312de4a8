"""Pictures on a narrow line go out evenly: a key frame that went at once would fill the line's
queue, and the sound behind it would come too late to be played."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

LONGEST_S = 1.0
"""No packet waits longer: what is queued goes faster, then."""
MOST = 512
"""Packets that wait at most; beyond that the oldest goes at once."""


class _Waiting(NamedTuple):
    owner: object
    number: int
    octets: int
    """On the wire."""
    send: Callable[[float], None]


class Pacer:
    """Times are monotonic seconds. First in, first out, over all pictures to one receiver."""

    __slots__ = ("_at", "_debt", "_octets", "_waiting", "held", "rate")

    def __init__(self) -> None:
        self.rate = 0
        """bit/s that pictures may take."""
        self.held = False
        """Nothing leaves but by release()."""
        self._waiting: deque[_Waiting] = deque()
        self._octets = 0
        """Of those that wait."""
        self._debt = 0.0
        """Bits that went and have not been earned yet."""
        self._at = 0.0

    def add(
        self, owner: object, number: int, octets: int, send: Callable[[float], None], now: float
    ) -> None:
        """`send` sends the packet of this number, of so many octets on the wire; it gets the time
        at which it is called. `owner`: for drop()."""
        self._waiting.append(_Waiting(owner, number, octets, send))
        self._octets += octets
        while len(self._waiting) > MOST:
            self._next(now)
        self.run(now)

    def run(self, now: float) -> None:
        """Call every 20 ms or so: sends what is due."""
        if self.held:
            self._at = now
            return
        rate = max(self.rate, int(8 * self._octets / LONGEST_S))
        self._debt = max(0.0, self._debt - rate * (now - self._at))
        self._at = now
        while self._waiting and self._debt <= 0.0:
            self._debt += 8 * self._next(now)

    def release(self, octets: int, now: float) -> int:
        """Send what waits, until at least so many octets went; returns how many went."""
        went = 0
        while self._waiting and went < octets:
            went += self._next(now)
        return went

    def drop(self, owner: object) -> int | None:
        """What waits of this owner is not sent. Returns the lowest number of these, if any."""
        dropped = [one.number for one in self._waiting if one.owner is owner]
        self._waiting = deque(one for one in self._waiting if one.owner is not owner)
        self._octets = sum(one.octets for one in self._waiting)
        return min(dropped, default=None)

    def empty(self, now: float) -> None:
        """Send all that waits."""
        while self._waiting:
            self._next(now)

    def _next(self, now: float) -> int:
        first = self._waiting.popleft()
        self._octets -= first.octets
        first.send(now)
        return first.octets
