"""How long to wait before connecting again: exponential with full jitter, so that fifty clients
of one server do not come back at the same moment."""

from __future__ import annotations

from typing import Protocol


class Uniform(Protocol):
    """The part of random.Random that is used."""

    def uniform(self, a: float, b: float) -> float: ...


class Backoff:
    """`first`, `most`: bounds in seconds of the longest wait after one and after many failures."""

    def __init__(self, rng: Uniform, first: float = 0.25, most: float = 2.0) -> None:
        self._rng = rng
        self._first = first
        self._most = most
        self._failures = 0

    def delay(self) -> float:
        """Seconds to wait after one more failure."""
        # Beyond 2**16 the bound is reached for any sensible `first`; floats overflow later.
        bound = min(self._most, self._first * 2.0 ** min(self._failures, 16))
        self._failures += 1
        return self._rng.uniform(0.0, bound)

    def reset(self) -> None:
        """A connection held: start anew."""
        self._failures = 0
