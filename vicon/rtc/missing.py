"""Packets that a publisher sent and that did not come: which to ask for again, and when."""

from __future__ import annotations

from collections import deque

from vicon.rtc.repairs import Repairs

MAX_MISSING = 500
"""More at once cannot be repaired in time: a new key frame is cheaper."""
MAX_TRIES = 20
FIRST_ROUND_TRIP_S = 0.1
_SOON, _LATER = 0.2, 0.85
"""Of the round trip: asked for once more long before an answer could be there, since the request
itself may be lost; then just after it would have been, and so on. Who gets both requests sends
once: browsers send no packet again within a round trip."""
_SHORTEST_S, _LONGEST_S = 0.02, 0.25
_BACK_OFF, _NO_BACK_OFF = 1.25, 2
"""After every two requests, but not between the first rounds, which come in time to be seen: a
full line is not filled with them."""
_KNOWN = 8
"""Of the last so many that came, the one that came soonest tells the round trip: others took
longer because a request or an answer was lost."""


class Missing:
    """Extended sequence numbers of one stream. Times are monotonic seconds."""

    __slots__ = ("_asked", "_took", "repairs", "round_trip")

    def __init__(self) -> None:
        self._asked: dict[int, tuple[int, float, float]] = {}
        """Number -> times asked, first asked at, ask again at."""
        self.round_trip = FIRST_ROUND_TRIP_S
        """Seconds from asking to coming."""
        self.repairs = Repairs()
        self._took = deque([FIRST_ROUND_TRIP_S], maxlen=_KNOWN)

    def __len__(self) -> int:
        return len(self._asked)

    def __contains__(self, number: int) -> bool:
        return number in self._asked

    def gap(self, first: int, after: int, now: float) -> list[int] | None:
        """first <= number < after did not come. Returns what to ask for at once; None when it is
        too much, and then everything missing is given up."""
        if after - first + len(self._asked) > MAX_MISSING:
            self._asked.clear()
            return None
        again = now + self._interval(1)
        numbers = list(range(first, after))
        for number in numbers:
            self._asked[number] = (1, now, again)
        return numbers

    def came(self, number: int, now: float) -> bool:
        """A packet came late or again. True if it was missed (and so is wanted)."""
        entry = self._asked.pop(number, None)
        if entry is None:
            return False
        took = now - entry[1]
        self.repairs.came(took, now)
        self._took.append(took)
        self.round_trip = min(self._took)
        return True

    def due(self, now: float) -> tuple[list[int], bool]:
        """What to ask for again now, and whether any number was given up."""
        if not self._asked:
            return [], False
        ask: list[int] = []
        gone: list[int] = []
        for number, (tries, first, at) in self._asked.items():
            if at > now:
                continue
            if tries >= MAX_TRIES:
                gone.append(number)
            else:
                ask.append(number)
                self._asked[number] = (tries + 1, first, now + self._interval(tries + 1))
        for number in gone:
            del self._asked[number]
        return ask, bool(gone)

    def clear(self) -> None:
        self._asked.clear()

    def _interval(self, tries: int) -> float:
        rounds = max(0, tries // 2 - _NO_BACK_OFF)
        part = (_SOON if tries % 2 else _LATER) * _BACK_OFF**rounds
        return min(_LONGEST_S, max(_SHORTEST_S, part * self.round_trip))
