"""Whether a publisher's line has room for a picture beside its sound. Pure."""

from __future__ import annotations

NARROW = 130_000
"""bit/s: a voice takes 60, the smallest picture that a browser sends about as much."""
LOST, MUCH_LOST = 0.05, 0.15
"""From this share of lost sound on twice in a row, or the second one once, the picture is what is
in its way."""
HOLD_S, LONGEST_HOLD_S = 20.0, 160.0
"""Until the picture is tried again; twice as long after every try in vain."""
TRIED_S = 8.0
"""A picture that is tried has been carried after so long."""
PROVEN_S = 30.0
"""A picture that went well for so long: the next hold is short again."""


class Uplink:
    """Times are monotonic seconds."""

    def __init__(self) -> None:
        self.narrow = False
        """The picture should rest."""
        self.limited = False
        """It rests, or is but being tried."""
        self._strikes = 0
        self._hold = HOLD_S
        self._since = 0.0
        """When `narrow` changed last."""

    def update(self, rate: int, lost: float, pictures: bool, now: float) -> None:
        """Call once a second. `rate`: bit/s that came; `lost`: share of the sound's packets, 0-1;
        `pictures`: some came beside it."""
        if self.narrow:
            if now - self._since >= self._hold:
                self._turn(False, now)
            return
        if self.limited and now - self._since >= TRIED_S:
            self.limited = False
        self._strikes = self._strikes + 1 if pictures and rate < NARROW and lost >= LOST else 0
        if not self._strikes or (self._strikes < 2 and lost < MUCH_LOST):
            return
        again = self._since and now - self._since < PROVEN_S
        self._hold = min(LONGEST_HOLD_S, 2 * self._hold) if again else HOLD_S
        self._turn(True, now)

    def _turn(self, narrow: bool, now: float) -> None:
        self.narrow, self._since, self._strikes = narrow, now, 0
        self.limited = True
