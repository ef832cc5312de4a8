"""Who is loudest: the voices that are forwarded beside the hub's and that of the room on air."""

from __future__ import annotations

from collections.abc import Mapping

MOST = 3
SPEAKS = 60
"""-dBov (RFC 6464): a microphone louder than this may be a voice."""
MARGIN_DB = 6
"""So much louder a voice must be than the quietest of those that are forwarded, to replace it."""
STAY_S = 2.0
"""A voice that has fallen silent keeps its place for so long, if nobody needs it."""
UNKNOWN = 30
"""The level of a source that tells none (an encoder by WHIP)."""


class Speakers:
    """Times are monotonic seconds."""

    def __init__(self) -> None:
        self._spoke: dict[str, float] = {}
        self._level: dict[str, float] = {}
        self.loudest: frozenset[str] = frozenset()

    def update(self, levels: Mapping[str, int | None], now: float) -> frozenset[str]:
        """`levels`: of each source its loudest level since the last call, in -dBov (0 is full
        scale); None: it tells none. Call every 20 ms or so: a voice is taken at its first sound."""
        for name in [name for name in self._level if name not in levels]:
            del self._level[name]
            self._spoke.pop(name, None)
        for name, told in levels.items():
            level = float(UNKNOWN if told is None else told)
            before = self._level.get(name, 127.0)
            # Up at once, down slowly: a pause between two words is not silence.
            self._level[name] = level if level < before else before + (level - before) / 25
            if level <= SPEAKS:
                self._spoke[name] = now
        self.loudest = self._choose(now)
        return self.loudest

    def _choose(self, now: float) -> frozenset[str]:
        speaking = {name for name, at in self._spoke.items() if now - at < STAY_S}
        kept = [name for name in sorted(self.loudest) if name in speaking]
        rest = sorted(speaking.difference(kept), key=lambda name: (self._level[name], name))
        chosen = set(kept)
        for name in rest:
            if len(chosen) < MOST:
                chosen.add(name)
                continue
            quietest = max(chosen, key=lambda other: (self._level[other], other))
            if self._level[name] + MARGIN_DB > self._level[quietest]:
                break
            chosen.remove(quietest)
            chosen.add(name)
        return frozenset(chosen)
