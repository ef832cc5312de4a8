"""Who tries passwords: how many may be wrong, of one account from one address, of one address, of
one account; and how long whoever tries too many has to wait.

A bucket of each kind loses one with every try and is given it back when the try was right, so that
a hundred at the same moment count as a hundred. An account as a whole has the largest, which slows
guesses from a thousand places. So that these keep its owner out nowhere, a browser that he has
signed in with before has a bucket of its own, and no other.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Hashable

from msgspec import Struct

MOST = 4096
"""Buckets of one kind; beyond these the one that was away longest is forgotten."""


class Kind(Struct, frozen=True):
    burst: float
    every_s: float
    """One more after so long."""


EACH, ADDRESS, ACCOUNT = Kind(5, 30.0), Kind(20, 6.0), Kind(60, 10.0)


class Tries:
    """Times are monotonic seconds."""

    def __init__(self) -> None:
        self._buckets: dict[Kind, OrderedDict[Hashable, tuple[float, float]]] = {
            kind: OrderedDict() for kind in (EACH, ADDRESS, ACCOUNT)
        }

    def take(self, account: str, address: str, now: float, familiar: str = "") -> int:
        """0: go on, one is taken from each. Else nothing is, and so many seconds are to be waited.
        `familiar`: names the browser, if the account has been signed in to with it."""
        keys = _keys(account, address, familiar)
        waits = [(1 - self._left(k, key, now)) * k.every_s for k, key in keys.items()]
        if max(waits) > 0:
            return math.ceil(max(waits))
        for kind, key in keys.items():
            self._put(kind, key, self._left(kind, key, now) - 1, now)
        return 0

    def give_back(self, account: str, address: str, now: float, familiar: str = "") -> None:
        """The try was right."""
        for kind, key in _keys(account, address, familiar).items():
            self._put(kind, key, min(kind.burst, self._left(kind, key, now) + 1), now)

    def _left(self, kind: Kind, key: Hashable, now: float) -> float:
        left, at = self._buckets[kind].get(key, (kind.burst, now))
        return min(kind.burst, left + max(0.0, now - at) / kind.every_s)

    def _put(self, kind: Kind, key: Hashable, left: float, now: float) -> None:
        buckets = self._buckets[kind]
        buckets[key] = (left, now)
        buckets.move_to_end(key)
        if len(buckets) > MOST:
            buckets.popitem(last=False)


def _keys(account: str, address: str, familiar: str) -> dict[Kind, Hashable]:
    if familiar:
        return {EACH: (account, "", familiar)}
    return {EACH: (account, address), ADDRESS: address, ACCOUNT: account}
