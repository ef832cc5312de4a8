"""A token bucket: so many per second, and a burst."""

from __future__ import annotations


class TokenBucket:
    """Full at the start. `rate`: tokens per second; `burst`: most that can lie in it."""

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = float(burst)
        self._at = now

    def take(self, now: float) -> bool:
        """Take one token; whether there was one. `now` in seconds; going back adds nothing."""
        elapsed = max(0.0, now - self._at)
        self._at = max(self._at, now)
        self._tokens = min(self._burst, self._tokens + elapsed * self._rate)
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True
