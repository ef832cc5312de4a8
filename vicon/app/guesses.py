"""Tokens that are not good, by the address from which they come.

A token holds more bits than anybody could guess, so this keeps nobody from guessing: it bounds what
the trying costs, and says so. Whoever shows a good token is never held up, however many bad ones
come from behind the same address: a hall, or a proxy, is one address.
"""

from __future__ import annotations

from typing import Protocol

from signaling.limits import Limits
from vicon.ops.claims import BadToken

PER_S, BURST = 0.5, 30.0
RETRY_S = 60


class Clock(Protocol):
    def monotonic(self) -> float: ...


class Guesses:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._limits = Limits(PER_S, BURST)

    def told(self, error: BadToken, address: str | None) -> str:
        """The code with which a token that is not good is refused. One that is ours, and has ended
        or was taken back, is no guess."""
        if error.code != BadToken.code or self._limits.allow(address, self._clock.monotonic()):
            return error.code
        return "too_fast"
