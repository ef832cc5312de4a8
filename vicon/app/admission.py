"""Who comes in first when many come at once: those who return, then halls and who guides them, then
who looks on. Bounded, and nobody waits for long."""

from __future__ import annotations

import asyncio
from collections import deque

from vicon.ports import Clock

RATE, BURST = 25.0, 100.0
"""So many a second, and at once: each is sent a whole view and sets up media."""
PATIENCE_S = 5.0
"""Who waits longer is turned away, and comes back by itself."""
WAITING = 500
RETURNING, HALL, LOOKS_ON = range(3)


def urgency_of(role: str, *, returns: bool) -> int:
    """`returns`: with a device that is still known."""
    if returns:
        return RETURNING
    return LOOKS_ON if role in ("observer", "tester") else HALL


class Admission:
    """One for the server. `turned_away` counts."""

    def __init__(self, clock: Clock, *, rate: float = RATE, burst: float = BURST) -> None:
        self._clock, self._rate, self._burst = clock, rate, burst
        self._tokens, self._at = burst, clock.monotonic()
        self._queues: tuple[deque[asyncio.Future[bool]], ...] = (deque(), deque(), deque())
        self._pump: asyncio.TimerHandle | None = None
        self.turned_away = 0

    @property
    def waiting(self) -> int:
        return sum(map(len, self._queues))

    async def enter(self, urgency: int) -> bool:
        """When it is this one's turn; False: not now. `urgency`: RETURNING to LOOKS_ON."""
        self._refill()
        if not self.waiting and self._tokens >= 1:
            self._tokens -= 1
            return True
        if self.waiting >= WAITING and not self._make_room(urgency):
            self.turned_away += 1
            return False
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._queues[urgency].append(turn)
        self._later()
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await turn
        except TimeoutError:
            self.turned_away += 1
            return False
        finally:
            if turn in self._queues[urgency]:
                self._queues[urgency].remove(turn)

    def stop(self) -> None:
        """Who waits is turned away."""
        if self._pump is not None:
            self._pump.cancel()
            self._pump = None
        for queue in self._queues:
            while queue:
                _settle(queue.popleft(), admitted=False)

    def _make_room(self, urgency: int) -> bool:
        """The last of those that are less urgent goes."""
        for queue in reversed(self._queues[urgency + 1 :]):
            if queue:
                self.turned_away += 1
                _settle(queue.pop(), admitted=False)
                return True
        return False

    def _later(self) -> None:
        if self._pump is None:
            pause = max(0.0, 1 - self._tokens) / self._rate
            self._pump = asyncio.get_running_loop().call_later(pause, self._admit)

    def _admit(self) -> None:
        self._pump = None
        self._refill()
        while self._tokens >= 1 and (queue := next(filter(None, self._queues), None)):
            if _settle(queue.popleft(), admitted=True):
                self._tokens -= 1
        if self.waiting:
            self._later()

    def _refill(self) -> None:
        now = self._clock.monotonic()
        self._tokens = min(self._burst, self._tokens + self._rate * (now - self._at))
        self._at = now


def _settle(turn: asyncio.Future[bool], *, admitted: bool) -> bool:
    """Whether somebody still waits for it."""
    if turn.done():
        return False
    turn.set_result(admitted)
    return True
