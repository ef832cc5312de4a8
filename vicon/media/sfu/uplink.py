"""Whether a publisher's line has room for a picture beside its sound. Pure."""

from __future__ import annotations

NARROW = 130_000
"""bit/s: a voice takes 60, the smallest picture that a browser sends about as much."""
LOST, STRIKES = 0.05, 2
"""From this share of lost sound on, so many times in a row, the picture is what is in its way."""
MOST_SOUNDS, LEAST_SOUNDS = 150, 10
"""Of sound in a second: more were sent, or less came, where a line was dead for a while: such a
second says nothing of its width."""
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
        self._rests = False
        """Since `narrow` no picture came."""
        self._strikes = 0
        self._hold = HOLD_S
        self._since = 0.0
        """When `narrow` changed last."""

    def update(self, rate: int, sent: int, came: int, pictures: bool, now: float) -> None:
        """Call once a second. `rate`: bit/s that came; `sent`, `came`: packets of sound since the
        last call; `pictures`: some came beside it."""
        if self.narrow:
            if not pictures and not self._rests:
                # It may have been told late, over this very line. An encoder cannot be told at all.
                self._rests = self.limited = True
                self._since = now
            elif now - self._since >= self._hold:
                self._turn(False, now)
            return
        if self.limited and now - self._since >= TRIED_S:
            self.limited = False
        dead = sent > MOST_SOUNDS or came < LEAST_SOUNDS
        bad = pictures and not dead and rate < NARROW and sent - came >= LOST * sent
        self._strikes = self._strikes + 1 if bad else 0
        if self._strikes < STRIKES:
            return
        again = self._since and now - self._since < PROVEN_S
        self._hold = min(LONGEST_HOLD_S, 2 * self._hold) if again else HOLD_S
        self._turn(True, now)

    def _turn(self, narrow: bool, now: float) -> None:
        self.narrow, self._since, self._strikes = narrow, now, 0
        self._rests = False
