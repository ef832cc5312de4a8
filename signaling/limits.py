"""How often somebody may ask, by who it is; bounded in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

from signaling.bucket import TokenBucket


class Limits:
    """A token bucket for each asker; beyond `most` of them the one that was away longest is
    forgotten, and so has a full bucket again."""

    def __init__(self, rate: float, burst: float, most: int = 4096) -> None:
        """`rate`: tokens per second."""
        self._rate, self._burst, self._most = rate, burst, most
        self._buckets: OrderedDict[Hashable, TokenBucket] = OrderedDict()

    def allow(self, asker: Hashable, now: float) -> bool:
        """Take a token of `asker`; whether there was one. `now`: monotonic seconds."""
        bucket = self._buckets.get(asker)
        if bucket is None:
            bucket = self._buckets[asker] = TokenBucket(self._rate, self._burst, now)
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(asker)
        return bucket.take(now)
